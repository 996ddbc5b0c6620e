//! Examples from a file.

use super::{TABLE, check, error};

#[test]
fn columns_of_a_table() {
    check(
        TABLE,
        &[
            (
                "path = \"train.csv\"",
                "path = \"absent.csv\"",
                "data.path",
                "absent.csv: it cannot be read",
                "relative to the spec",
            ),
            ("path = \"train.csv\"", "path = \"train.csv\"\nlabel = 3", "data.label", "no column 3", "up to 2"),
            ("path = \"train.csv\"", "path = \"train.csv\"\nlabel = -1", "data.label", "negative", "at least 0"),
            (
                "path = \"train.csv\"",
                "path = \"train.csv\"\nlabel = 1.0",
                "data.label",
                "a decimal stands",
                "name in quotes",
            ),
            (
                "path = \"train.csv\"",
                "path = \"train.csv\"\ncolumns = []",
                "data.columns",
                "no features",
                "at least one",
            ),
            ("path = \"train.csv\"", "path = \"train.csv\"\ncolumns = 1", "data.columns", "a whole number stands", "["),
            (
                "path = \"train.csv\"",
                "path = \"train.csv\"\ncolumns = [0, 2]",
                "data.columns",
                "is the label",
                "leave it out",
            ),
            ("path = \"train.csv\"", "path = \"train.csv\"\ncolumns = [0, 0]", "data.columns", "twice", "once"),
            ("path = \"train.csv\"", "path = \"train.csv\"\ncolumns = [0]", "data.path", "1 number", "rows of 2"),
            ("path = \"train.csv\"", "path = \"train.csv\"\nlabel = 0", "data.path", "label 2 is 3", "data.positive"),
            (
                "path = \"train.csv\"",
                "path = \"train.csv\"\npositive = 1",
                "data.positive",
                "a whole number stands",
                "quotes",
            ),
            (
                "path = \"train.csv\"",
                "path = \"train.csv\"\npositive = \"yes\"",
                "data.positive",
                "no row has the label \"yes\"",
                "\"1\", \"-1\"",
            ),
        ],
    );
}

#[test]
fn contents_of_a_table() {
    let path = "path = \"train.csv\"";
    for (table, selection, key, problem, fix) in [
        (&b""[..], "", "data.path", "is empty", "at least one row"),
        (b"\n\n\n", "", "data.path", "is empty", "at least one row"),
        (b"a,b,c\n", "", "data.path", "header and no rows", "at least one example"),
        (
            b"1,2,1\n3,x,-1\n",
            "",
            "data.path",
            "row 2 (line 2), column 1 (counted from 0): \"x\" is not a number",
            "drop or complete",
        ),
        (
            b"a,b,c\n1,2,1\n3,,-1\n",
            "",
            "data.path",
            "row 2 (line 3), column \"b\": the number is missing",
            "drop or complete",
        ),
        (
            b"a,b,c\n1,2,1\n3,NA,-1\n",
            "",
            "data.path",
            "column \"b\": the number is missing (\"NA\")",
            "drop or complete",
        ),
        (b"a,b,c\n1,2,1\n3,inf,-1\n", "", "data.path", "\"inf\" is not a finite f64", "drop or complete"),
        (b"a,b,c\n1,2,1\n3,1e400,-1\n", "", "data.path", "\"1e400\" is not a finite f64", "drop or complete"),
        (b"1,?,1\n3,4,-1\n", "", "data.path", "row 1 (line 1), column 1", "drop or complete"),
        (b"?,?,1\n3,4,-1\n", "", "data.path", "row 1 (line 1), column 0", "drop or complete"),
        (b"1,abc,1\n3,4,-1\n", "", "data.path", "row 1 (line 1), column 1", "drop or complete"),
        (b"1,2,1\n3,4\n", "", "data.path", "line 2: 2 fields where the first row has 3", "same number"),
        (b"1,2,1\n3,\xff,1\n", "", "data.path", "line 2: it is not a text in UTF-8", "UTF-8"),
        (b"1\n2\n", "", "data.path", "no features", "commas"),
        (b"1;2;1\n3;4;-1\n", "", "data.path", "no features", "commas"),
        (b"a,b,c\n1,2,setosa\n", "", "data.path", "column \"c\": \"setosa\" is not a number", "data.positive"),
        (b"a,b,c\n1,2,setosa\n", "positive = \"sertosa\"", "data.positive", "no row", "did you mean \"setosa\"?"),
        (
            b"a,b,c\n1,2,yes\n3,4,\n",
            "positive = \"yes\"",
            "data.path",
            "column \"c\": the label is missing",
            "complete",
        ),
        (b"a,b,c\n1,2,1\n", "label = \"d\"", "data.label", "no column named \"d\"", "\"a\", \"b\", \"c\""),
        (b"width,b,c\n1,2,1\n", "label = \"widht\"", "data.label", "no column named", "did you mean \"width\"?"),
        (b"a,a,c\n1,2,1\n", "label = \"a\"", "data.label", "several columns", "number"),
        (b"a,b,c\n1,2,1\n", "columns = [\"a\", \"x\"]", "data.columns", "no column named \"x\"", "\"a\", \"b\""),
        (b"a,b,c\n1,2,0\n", "", "data.path", "label 1 is 0", "data.positive"),
        (b"a,b,c\n1,2,1\n2,4,1\n", "whiten = true", "data.whiten", "singular", "drop features"),
        (b"a,b,c\n1,2,1\n", "whiten = true", "data.whiten", "1 examples cannot span 2", "add examples"),
        (b"a,b,c\n0,0,1\n", "unit_ball = true", "data.unit_ball", "zero", "leave it out"),
    ] {
        let error = error(TABLE, path, &format!("{path}\n{selection}"), &[("train.csv", table)]);
        let text = String::from_utf8_lossy(table);
        assert_eq!(error.key.as_deref(), Some(key), "{text}: {error}");
        assert!(error.problem.contains(problem), "{text}: {error}");
        assert!(error.fix.contains(fix), "{text}: {error}");
    }
}

#[test]
fn several_labels_of_a_table() {
    // Two outputs; the table has four columns.
    let good = TABLE
        .replace("[2, 1]", "[2, 2]")
        .replace("\"logistic\"", "\"squared\"")
        .replace("\"smoothness\"", "\"constant\"\neta = 1");
    let path = "path = \"train.csv\"";
    let named: &[u8] = b"a,b,y1,y2\n1,2,3,4\n5,6,7,8\n";
    for (selection, table, key, problem, fix) in [
        ("label = [\"y1\"]", named, "data.label", "the list has one label", "without brackets"),
        ("label = []", named, "data.label", "the list is empty", "take the last one"),
        ("label = [\"y1\", 2]", named, "data.label", "column 2 is named twice", "once"),
        ("label = [\"y1\", \"y3\"]", named, "data.label", "no column named \"y3\"", "did you mean \"y1\"?"),
        ("label = [2, 4]", named, "data.label", "no column 4", "up to 3"),
        ("label = [2, -1]", named, "data.label", "negative", "at least 0"),
        ("label = [2, 3.0]", named, "data.label", "a decimal stands where a column", "in quotes"),
        ("label = [[2, 3]]", named, "data.label", "the list has one label", "without brackets"),
        ("label = [[2], [3]]", named, "data.label", "a list stands where a column", "in quotes"),
        (
            "label = [1, 2, 3]",
            named,
            "data.label",
            "3 labels and the output has dimension 2",
            "name 2 columns in a list, or end network.widths in 3",
        ),
        ("label = \"y1\"", named, "data.label", "1 label and the output has dimension 2", "name 2 columns in a list"),
        ("", named, "data.label", "one column is the label and the output has dimension 2", "name 2 columns in a list"),
        (
            "label = [2, 3]\npositive = \"1\"",
            named,
            "data.positive",
            "no meaning beside several labels",
            "leave it out, or name one column in data.label",
        ),
        ("label = [2, 3]\nnegative = [\"1\"]", named, "data.negative", "without data.positive", "add data.positive"),
        ("label = [2, 3]\ncolumns = [0, 3]", named, "data.columns", "column 3 is a label", "leave it out"),
        ("label = [0, 1]", b"y1,y2\n1,2\n", "data.label", "no column that is no label", "name fewer"),
        ("label = [1, 2]", b"1,2,3\n", "data.path", "1 number", "rows of 2"),
        (
            "label = [\"y1\", \"y2\"]",
            b"a,b,y1,y2\n1,2,3,4\n5,6,7,high\n",
            "data.path",
            "row 2 (line 3), column \"y2\": \"high\" is not a number",
            "other columns in data.label",
        ),
        (
            "label = [2, 3]",
            b"1,2,3,4\n5,6,,8\n",
            "data.path",
            "row 2 (line 2), column 2 (counted from 0): the number is missing",
            "drop or complete the row",
        ),
        (
            "label = [2, 3]\nheader = false",
            b"a,b,y1,y2\n1,2,3,4\n",
            "data.path",
            "row 1 (line 1), column 0",
            "choose other data.columns",
        ),
        ("label = [\"y1\", 3]\nheader = false", named, "data.header", "a column is named \"y1\"", "by their numbers"),
        ("label = [2, \"3\"]", b"1,2,0,3\n5,6,7,8\n", "data.label", "may be an example", "without quotes"),
    ] {
        let error = error(&good, path, &format!("{path}\n{selection}"), &[("train.csv", table)]);
        assert_eq!(error.key.as_deref(), Some(key), "{selection}: {error}");
        assert!(error.problem.contains(problem), "{selection}: {error}");
        assert!(error.fix.contains(fix), "{selection}: {error}");
    }
    // One output takes one label, whatever the loss and the network.
    let diagonal = "architecture = \"diagonal\"\ndim = 2\ndepth = 2";
    let single = good.replace("architecture = \"fully-connected\"\nwidths = [2, 2]", diagonal);
    for good in [TABLE, &single, &good.replace("[2, 2]", "[2, 1]")] {
        let error = error(good, path, &format!("{path}\nlabel = [2, 3]"), &[("train.csv", named)]);
        assert_eq!(error.key.as_deref(), Some("data.label"), "{error}");
        assert!(error.problem.contains("2 labels and the output has dimension 1"), "{error}");
        assert!(error.fix.starts_with("name 1 column"), "{error}");
        assert_eq!(error.fix.contains("end network.widths in 2"), good.contains("widths") && good.contains("squared"));
    }
    // A loss of a single margin has a message of its own.
    let wide = TABLE.replace("[2, 1]", "[2, 2]");
    let error = error(&wide, path, &format!("{path}\nlabel = [2, 3]"), &[("train.csv", named)]);
    assert_eq!(error.key.as_deref(), Some("network.widths"), "{error}");
}

/// A table of two features and a label, with the spec's further keys, and what the refusal must say.
fn refused(cases: &[(&[u8], &str, &str, &str)]) {
    let path = "path = \"train.csv\"";
    for (table, selection, problem, fix) in cases {
        let error = error(TABLE, path, &format!("{path}\n{selection}"), &[("train.csv", table)]);
        let text = String::from_utf8_lossy(table);
        assert_eq!(error.key.as_deref(), Some("data.path"), "{text}: {error}");
        assert!(error.problem.contains(problem), "{text}: {error}");
        assert!(error.fix.contains(fix), "{text}: {error}");
    }
}

#[test]
fn a_first_row_that_is_no_header_is_not_dropped() {
    let rest = "\n3,4,1\n5,6,-1\n";
    for first in [
        "\"1,250\",\"2,300\",1",
        "−1,−2,1",
        "#N/A,#DIV/0!,1",
        "-,-,1",
        ".,.,1",
        "\"1,5\",\"2,5\",1",
        "1e400,1e400,1",
        "0x10,0x1f,1",
        "inf,-inf,1",
        "NaN,nan,1",
        "TRUE,FALSE,1",
        "12kg,15kg,1",
        "$5,$6,1",
        "50%,60%,1",
        "1_000,2_000,1",
        "n.d.,<LOD,1",
        "\\N,NULL,1",
        "１,２,1",
        "high,low,1",
        "x,x,y",
        ",,y",
        "a,b,3",
        "a,?,y",
        "a,b,-",
        "true,false,y",
        "12 kg,15 kg,y",
    ] {
        refused(&[(
            format!("{first}{rest}").as_bytes(),
            "",
            "row 1 (line 1), column 0 (counted from 0): ",
            "header = true",
        )]);
    }
    // The labels below tell that a row of words is an example.
    let words = b"high,low,no\n3,4,yes\n5,6,no\n";
    refused(&[
        (
            words,
            "positive = \"yes\"",
            "row 1 (line 1), column 0 (counted from 0): \"high\" is not a number",
            "header = true",
        ),
        (b"high,low,yes\n3,4,yes\n5,6,no\n", "positive = \"yes\"", "\"high\" is not a number", "header = true"),
        (
            b"high,low,no\n3,4,yes\n",
            "positive = \"yes\"\nnegative = [\"no\"]",
            "\"high\" is not a number",
            "header = true",
        ),
    ]);
}

#[test]
fn a_header_of_numbers_is_no_example() {
    let positive = "positive = \"benign\"";
    refused(&[
        (
            b"0,1,class\n3,4,benign\n5,6,malignant\n",
            positive,
            "row 1 (line 1) may be an example or a header",
            "header = false",
        ),
        (b"0,1,class\n3,4,benign\n5,6,benign\n", positive, "no other row has the label \"class\"", "header = true"),
        (b"2019,2020,class\n3,4,benign\n5,6,malignant\n", positive, "no other row has the label", "header = true"),
        (b"0,1,2\n3,4,1\n5,6,-1\n", "", "row 1 (line 1) may be an example or a header", "header = true"),
        (b"0,1,class\n3,4,1\n5,6,-1\n", "", "column 2 (counted from 0): \"class\" is not a number", "header = true"),
    ]);
    let path = "path = \"train.csv\"";
    for (selection, key) in [("label = \"2\"", "data.label"), ("columns = [\"0\", \"1\"]", "data.columns")] {
        let table: &[u8] = b"1,0,2\n3,4,1\n";
        let error = error(TABLE, path, &format!("{path}\n{selection}"), &[("train.csv", table)]);
        assert_eq!(error.key.as_deref(), Some(key), "{error}");
        assert!(error.fix.contains("without quotes"), "{error}");
    }
}

#[test]
fn quotes_that_do_not_fit_are_refused() {
    refused(&[
        (
            b"a,b,c\n1,2,1\n2,1,\"1\n3,1,-1\n1,1,1\n",
            "",
            "line 3: a quote opens here and is never closed",
            "close every quote",
        ),
        (b"a,b,c\n1,2,1\n2,1,\"1\n3,1,\"1\"\n", "", "line 4: something stands", "close every quote"),
        (b"a,b,c\n1,\"2\"5,1\n", "", "line 2: something stands", "close every quote"),
        (b"a,b,c\n1,2\"5,1\n", "", "line 2: a quote stands inside", "double"),
        (
            b"a,b,c\n1,2,\"yes\n2,3,\"\n4,5,yes\n6,7,no\n",
            "positive = \"yes\"",
            "row 1 (line 2), column \"c\": the label \"yes\\n2,3,\" has several lines",
            "correct the quotes",
        ),
    ]);
}

#[test]
fn what_is_no_label_is_not_minus_one() {
    let positive = "positive = \"yes\"";
    let number = "positive = \"1\"";
    for mark in ["?", "", "NA", "#N/A", "-", ".", "NULL", "nan", "n/a", "\\N", "None", "*"] {
        let table = format!("a,b,c\n1,2,yes\n3,4,{mark}\n5,6,no\n");
        refused(&[(
            table.as_bytes(),
            positive,
            "row 2 (line 3), column \"c\": the label is missing",
            "complete the row",
        )]);
        let two = format!("a,b,c\n1,2,yes\n3,4,{mark}\n");
        refused(&[(
            two.as_bytes(),
            positive,
            "row 2 (line 3), column \"c\": the label is missing",
            "complete the row",
        )]);
    }
    refused(&[
        (
            b"a,b,c\n1,2,yes\n3,4,Yes\n5,6,no\n",
            positive,
            "row 2 (line 3), column \"c\": the label \"Yes\" is all but",
            "data.negative",
        ),
        (b"a,b,c\n1,2,yes\n3,4,yes.\n", positive, "the label \"yes.\" is all but", "data.negative"),
        ("a,b,c\n1,2,yes\n3,4,yes\u{200b}\n".as_bytes(), positive, "is all but", "data.negative"),
        (b"a,b,c\n1,2,1\n3,4,\"1,0\"\n", number, "\"1,0\" is a number in a notation that is not read", "plain decimal"),
        (b"a,b,c\n1,2,1\n3,4,1e400\n5,6,0\n", number, "\"1e400\" is a number in a notation", "plain decimal"),
        (
            b"a,b,c\n1,2,1\n3,4,0\n5,6,O\n",
            number,
            "row 3 (line 4), column \"c\": the label \"O\" is a text",
            "data.negative",
        ),
        (b"a,b,c\n1,2,yes\n3,4,no\n5,6,7\n", positive, "the label \"7\" is a number", "data.negative"),
        (
            b"a,b,c\n1,2,yes\n3,4,no\n5,6,na\n",
            "positive = \"yes\"\nnegative = [\"no\"]",
            "\"na\" is neither",
            "add it to",
        ),
        (b"a,b,c\n1,2,yes\n3,4,no\n5,6,\n", "positive = \"yes\"\nnegative = [\"no\"]", "label is missing", "complete"),
        (
            b"a,b,c,\n1,2,yes,\n3,4,no,\n",
            "positive = \"yes\"\nheader = true\ncolumns = [0, 1]",
            "label is missing",
            "comma",
        ),
    ]);
    let path = "path = \"train.csv\"";
    for (selection, problem) in [
        ("negative = [\"no\"]", "no meaning without data.positive"),
        ("positive = \"yes\"\nnegative = []", "the list is empty"),
        ("positive = \"yes\"\nnegative = \"no\"", "a string stands"),
        ("positive = \"yes\"\nnegative = [\"yes\"]", "is data.positive as well"),
        ("positive = \"1\"\nnegative = [\"0\", \"1.0\"]", "is data.positive as well"),
    ] {
        let error = error(TABLE, path, &format!("{path}\n{selection}"), &[("train.csv", b"a,b,c\n1,2,yes\n")]);
        assert_eq!(error.key.as_deref(), Some("data.negative"), "{error}");
        assert!(error.problem.contains(problem), "{error}");
    }
}

#[test]
fn lines_of_a_table_are_those_of_an_editor() {
    for (table, line) in [
        ("a,b,c\r\n1,2,1\r\n3,x,-1\r\n", 3),
        ("a,b,c\r1,2,1\r3,x,-1\r", 3),
        ("\n\na,b,c\n\n1,2,1\n \n\n3,x,-1\n", 8),
        ("\r\n\r\na,b,c\r\n\r\n1,2,1\r\n3,x,-1", 6),
        ("\u{feff}a,b,c\n1,2,1\n3,x,-1\n", 3),
        ("a,b,\"c\r\nd\"\r\n1,2,1\r\n3,x,-1\r\n", 4),
    ] {
        refused(&[(table.as_bytes(), "", &format!("row 2 (line {line}), column \"b\": \"x\""), "drop")]);
        let ragged = table.replace("x,-1", "-1");
        refused(&[(ragged.as_bytes(), "", &format!("line {line}: 2 fields where the first row has 3"), "same number")]);
        let latin = [table.split('x').next().unwrap().as_bytes(), b"\xff"].concat();
        refused(&[(&latin, "", &format!("line {line}: it is not a text in UTF-8"), "UTF-8")]);
    }
}

#[test]
fn other_encodings_and_separators() {
    let utf_16 = |big: bool, mark: bool| {
        let text = if mark { "\u{feff}a,b,c\n1,2,1\n" } else { "a,b,c\n1,2,1\n" };
        text.encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect::<Vec<u8>>()
    };
    refused(&[
        (&utf_16(false, true), "", "UTF-16", "UTF-8"),
        (&utf_16(true, true), "", "UTF-16", "UTF-8"),
        (&utf_16(false, false), "", "line 1: there is a NUL byte", "UTF-8"),
        (b"a,b,c\n1,2,1\n3,\x004,1\n", "", "line 3: there is a NUL byte", "UTF-8"),
        (b"1;2;1\n3;4;-1\n", "", "no features", "not by semicolons"),
        (b"1\t2\t1\n3\t4\t-1\n", "", "no features", "not by tabs"),
        (
            b"1,5;2,5;1\n3,5;4,5;-1\n",
            "",
            "row 1 (line 1), column 1 (counted from 0): \"5;2\" is not a number",
            "by commas alone",
        ),
        (b"# made by hand, with care\na,b,c\n1,2,1\n", "", "line 2: 3 fields where the first row has 2", "same number"),
        (b"a,b,c\n1,2,1\n#3,4,1\n", "", "row 2 (line 3), column \"a\": \"#3\" is not a number", "plain decimal"),
        (b"a,b,c\n1,2,1,\n3,4,1,\n", "", "line 2: 4 fields where the first row has 3", "same number"),
        (b"1,2,1,\n3,4,1,\n", "", "column 3 (counted from 0): the number is missing", "another data.label"),
    ]);
}
