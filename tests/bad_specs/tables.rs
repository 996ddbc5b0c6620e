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
