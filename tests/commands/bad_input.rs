//! Bad input: one message that names the file, the field and the fix; nothing on standard output, no file left.

use super::specs::{DYADIC, LOGISTIC};
use super::{Desk, Told};

/// The commands that read a run spec.
const READERS: [&[&str]; 4] = [
    &["run", "run.toml", "--out", "out"],
    &["compare", "run.toml", "--out", "out"],
    &["verify", "--claim", "JT19.norm-gap-gd", "--spec", "run.toml", "--out", "out"],
    &["run", "run.toml"],
];

#[track_caller]
pub fn refused(told: &Told, parts: &[&str]) {
    assert_eq!((told.status, told.out.as_str()), (2, ""), "{told:?}");
    assert!(told.err.starts_with("error: ") && told.err.lines().count() == 1, "one message: {told:?}");
    for part in parts {
        assert!(told.err.contains(part), "{part} is not in {told:?}");
    }
}

/// The spec with one part replaced, which must be there.
pub fn changed(spec: &str, from: &str, to: &str) -> String {
    assert!(spec.contains(from), "{from}");
    spec.replace(from, to)
}

#[test]
fn bad_specs_are_refused_by_every_command() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("[network]", "[network", &["line 2"]),
        ("widths", "witdhs", &["network.witdhs", "network.widths"]),
        ("[[0.5, -0.25], [0.125, 0.75]]", "[[0.5, -0.25, 1], [0.125, 0.75, 1]]", &["init.weights", "W_1", "2×2"]),
        ("y = [1, -1, -1]", "y = [1, -1]", &["data.y", "3"]),
        ("y = [1, -1, -1]", "y = [1, -1, 0.5]", &["data.y", "-1"]),
        ("0.6, 0.2", "nan, 0.2", &["data.x", "entry 1"]),
        ("0.6, 0.2", "0.6, -inf", &["data.x", "entry 2"]),
        ("0.6, 0.2", "0.6, 1e400", &["data.x", "entry 2"]),
        ("0.6, 0.2", "0.6, \"1/0\"", &["data.x", "denominator"]),
        ("0.6, 0.2", "0.6, \"1e99999999\"", &["data.x", "exponent"]),
        ("rule = \"smoothness\"", "rule = \"constant\"\neta = -0.1", &["step.eta", "positive"]),
        ("rule = \"smoothness\"", "rule = \"constant\"\neta = 0", &["step.eta", "positive"]),
        ("steps = 20", "steps = -1", &["run.steps"]),
        ("steps = 20", "steps = 20\narithmetic = \"rational\"", &["run.arithmetic", "logistic", "ball:256"]),
        ("steps = 20", "steps = 20\narithmetic = \"ball:0\"", &["run.arithmetic", "16"]),
        ("steps = 20", "steps = 20\narithmetic = \"mpfr:1000000000\"", &["run.arithmetic", "1000000"]),
        ("widths = [2, 2, 1]", "widths = [2, 2, 2]", &["network.widths", "1"]),
        ("every = 10", "every = 0", &["run.record"]),
    ];
    for (from, to, parts) in cases {
        let desk = Desk::with_spec(&changed(LOGISTIC, from, to));
        for reader in READERS {
            refused(&desk.witness(reader), &[&["run.toml: "], *parts].concat());
            assert_eq!(desk.files(), ["run.toml"], "{to}");
        }
    }
}

#[test]
fn no_steps_are_allowed() {
    let desk = Desk::with_spec(&changed(LOGISTIC, "steps = 20", "steps = 0"));
    let (records, summary) = desk.witness(&["run", "run.toml"]).trajectory(0);
    assert_eq!((records.len(), &summary["last_t"]), (1, &0.into()));
    assert_eq!(desk.witness(&["compare", "run.toml"]).status, 0);
    assert_eq!(desk.witness(&["verify", "--claim", "JT19.norm-gap-gd", "--spec", "run.toml"]).status, 4);
}

#[test]
fn files_that_are_not_there_or_no_text() {
    let desk = Desk::new();
    refused(&desk.witness(&["run", "none.toml"]), &["none.toml: ", "cannot be read"]);
    refused(&desk.witness(&["run", "."]), &[".: ", "cannot be read"]);
    desk.write("run.toml", [0xff, 0xfe, 0x00]);
    refused(&desk.witness(&["run", "run.toml"]), &["run.toml: ", "UTF-8"]);
    desk.write("run.toml", "");
    refused(&desk.witness(&["run", "run.toml"]), &["run.toml: ", "network"]);
}

#[cfg(target_os = "linux")]
#[test]
fn files_without_an_end_are_refused() {
    let table = "path = \"endless.csv\"";
    let desk =
        Desk::with_spec(&changed(LOGISTIC, "x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]\ny = [1, -1, -1]", table));
    std::os::unix::fs::symlink("/dev/zero", desk.path("endless.csv")).unwrap();
    refused(&desk.witness(&["run", "run.toml"]), &["data.path", "endless.csv", "more than 256 MiB"]);
    refused(&desk.witness(&["run", "/dev/zero"]), &["/dev/zero", "more than 256 MiB"]);
}

#[test]
fn tables_of_data_are_refused_by_row_and_column() {
    let spec = changed(LOGISTIC, "x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]\ny = [1, -1, -1]", "path = \"data.csv\"");
    for (csv, parts) in [
        ("", &["data.path", "data.csv"][..]),
        ("a,b,y\n", &["data.path", "data.csv"]),
        ("a,b,y\n1,2,1\n3,many,-1\n", &["data.path", "data.csv", "many"]),
        ("a,b,y\n1,2,1\n3,,-1\n", &["data.path", "data.csv"]),
        ("a,b,y\n1,2,1\n3,-1\n", &["data.path", "data.csv"]),
    ] {
        let desk = Desk::with_spec(&spec);
        desk.write("data.csv", csv);
        refused(&desk.witness(&["run", "run.toml", "--out", "out"]), parts);
        assert_eq!(desk.files(), ["data.csv", "run.toml"]);
    }
    refused(&Desk::with_spec(&spec).witness(&["run", "run.toml"]), &["data.path", "data.csv"]);
}

#[test]
fn options_out_of_range() {
    let desk = Desk::with_spec(LOGISTIC);
    for (arguments, parts) in [
        (&["run", "run.toml", "--arithmetic", "ball:0"][..], &["--arithmetic", "16"][..]),
        (&["run", "run.toml", "--arithmetic", "ball:1000000000"], &["--arithmetic", "1000000"]),
        (&["run", "run.toml", "--arithmetic", "exact"], &["--arithmetic", "rational"]),
        (&["compare", "run.toml", "--bits", "0"], &["--bits", "16"]),
        (&["compare", "run.toml", "--bits", "1000000000"], &["--bits", "1000000"]),
        (&["verify", "--max-bits", "0"], &["--max-bits", "16"]),
        (&["verify", "--max-bits", "1000000000"], &["--max-bits", "1000000"]),
        (&["verify", "--instances", "0"], &["--instances", "1"]),
        (&["verify", "--samples", "0"], &["--samples", "1"]),
        (&["verify", "--samples", "-3"], &["--samples", "-3"]),
        (&["verify", "--samples", "10000001"], &["--samples", "10000000"]),
        (
            &["verify", "--claim", "ACGH19.lemma9-chi-square", "--spec", "run.toml"],
            &["--spec", "ACGH19.lemma9-chi-square"],
        ),
        (&["verify", "--seed", "-1"], &["-1"]),
        (&["verify", "--seed", "lucky"], &["--seed", "random"]),
        (&["verify", "--budget", "0"], &["--budget", "positive"]),
        (&["verify", "--budget", "1e400"], &["--budget", "positive"]),
        (&["verify", "--budget", "nan"], &["--budget", "positive"]),
        (&["verify", "--jobs", "0"], &["--jobs", "1"]),
        (&["verify", "--format", "xml"], &["--format", "junit"]),
        (&["verify", "--claim", "JT19.SL-1", "--allow-none"], &["--spec"]),
        (&["verify", "--claim", "JT19.SL-1", "--conclusion-only"], &["--spec"]),
        (&["--seed", "3", "claims"], &["--seed", "claims"]),
        (&["sing"], &["sing"]),
        (&["explain"], &["ID"]),
        (&["run"], &["FILE"]),
        (&["run", "run.toml", "--out"], &["--out"]),
    ] {
        let told = desk.witness(arguments);
        assert_eq!((told.status, told.out.as_str()), (2, ""), "{arguments:?}: {told:?}");
        for part in parts {
            assert!(told.err.contains(part), "{part} is not in {told:?}");
        }
    }
    refused(
        &desk.witness(&["run", "run.toml", "--arithmetic", "rational"]),
        &["run.toml: --arithmetic: ", "logistic", "ball:256"],
    );
}

#[test]
fn numbers_beyond_f64_need_another_arithmetic_where_that_helps() {
    // The weights as they are: a run ends there in every arithmetic.
    let desk = Desk::with_spec(&changed(DYADIC, "[[0.5, -0.25]]", "[[\"1e400\", 0]]"));
    for arguments in [&["run", "run.toml"][..], &["compare", "run.toml"]] {
        let told = desk.witness(arguments);
        refused(&told, &["run.toml: ", "init.weights", "make it smaller"]);
        assert!(!told.err.contains("--arithmetic"), "{told:?}");
    }
    let (records, summary) = desk.witness(&["run", "run.toml", "--arithmetic", "ball:64"]).trajectory(0);
    assert_eq!((records.len(), &summary["outcome"]), (0, &"diverged".into()));
}

#[test]
fn outputs_that_cannot_be_written() {
    let desk = Desk::with_spec(LOGISTIC);
    std::fs::create_dir(desk.path("directory")).unwrap();
    desk.write("fixed", "old");
    let mut permissions = std::fs::metadata(desk.path("fixed")).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(desk.path("fixed"), permissions).unwrap();
    let before = desk.files();
    for command in [
        &["run", "run.toml"][..],
        &["compare", "run.toml"],
        &["claims"],
        &["verify", "--claim", "JT19.SL-1"],
        &["verify", "--claim", "JT19.SL-1", "--spec", "run.toml"],
    ] {
        for (out, part) in [
            ("nowhere/out", "there is no such directory"),
            ("directory", "it is a directory"),
            ("fixed", "read-only"),
            ("run.toml/out", "cannot be written"),
        ] {
            let told = desk.witness(&[command, &["--out", out]].concat());
            refused(&told, &["cannot be written", part, "--out"]);
            assert_eq!(desk.files(), before, "{out}");
        }
    }
    assert_eq!(desk.read("fixed"), "old");
    let told = desk.witness(&["verify", "--claim", "JT19.SL-1", "--counterexamples", "run.toml"]);
    refused(&told, &["run.toml", "--counterexamples"]);
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_stays() {
    let desk = Desk::with_spec(LOGISTIC);
    assert_eq!(desk.witness(&["run", "run.toml", "--out", "/dev/null"]).quietly(0), "");
    assert!(!std::path::Path::new("/dev/null").is_file());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let desk = Desk::with_spec(LOGISTIC);
    let told = desk.witness(&["run", "run.toml", "--out", "/dev/full"]);
    assert_eq!((told.status, told.out.as_str()), (2, ""), "{told:?}");
    assert!(told.err.contains("/dev/full: it cannot be written"), "{told:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_standard_error_that_is_full_is_no_panic() {
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let status = |arguments: &[&str]| {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("witness"));
        command.args(arguments).stdout(std::process::Stdio::null()).stderr(full()).status().unwrap().code()
    };
    assert_eq!(status(&["run", "missing.toml"]), Some(2));
    assert_eq!(status(&["--claim", "JT19.homogeneity", "--seed", "random"]), Some(0));
}

#[test]
fn explain_names_what_it_was_given() {
    refused(&Desk::new().witness(&["explain", "JT19.decsent-step"]), &["ID: there is no claim", "JT19.descent-step"]);
}

#[test]
fn what_is_beyond_f64_is_named_as_what_it_is() {
    // 10¹⁵⁵ is an f64, its square is none; nor is the product of a scale and a steepness that are.
    let squares = changed(DYADIC, "[0.5, 1]", "[1e155, 1]");
    let labels = changed(&changed(DYADIC, "[0.5, 1]", "[1e110, 1]"), "[1, -0.5]", "[1e250, -0.5]");
    let scale = LOGISTIC
        .replace("kind = \"logistic\"", "kind = \"logistic\"\nscale = 1e200\nsteepness = 1e200")
        .replace("rule = \"smoothness\"", "rule = \"constant\"\neta = 1");
    for (spec, key, what) in [
        (squares, "data.x: ", "the products of two features"),
        (labels, "data.y: ", "the products of a feature and a label"),
        (scale, "loss.scale: ", "scale times steepness"),
    ] {
        let desk = Desk::with_spec(&spec);
        refused(&desk.witness(&["run", "run.toml"]), &[key, what, "--arithmetic ball:256"]);
        refused(&desk.witness(&["compare", "run.toml"]), &[key, what, "witness run --arithmetic ball:256"]);
        assert_eq!(desk.witness(&["run", "run.toml", "--arithmetic", "ball:256"]).err, "", "the fix works");
    }
}

#[test]
fn exact_numbers_that_have_no_room_say_so() {
    let desk = Desk::with_spec(&DYADIC.replace("steps = 2", "steps = 40"));
    let (_, summary) = desk.witness(&["run", "run.toml", "--arithmetic", "rational"]).trajectory(3);
    let reason = summary["reason"].as_str().unwrap();
    assert!(
        reason.contains("1048576 bits") && reason.contains("fewer steps") && !reason.contains("bounded"),
        "{reason}"
    );
}

#[test]
fn the_words_of_the_parser_are_those_of_the_user() {
    for (title, fix) in [("\"C:\\data\"", true), ("\"C:\\users\"", true), ("\"a\\ b\"", true), ("'C:\\data", false)] {
        let desk = Desk::with_spec(&format!("title = {title}\n{DYADIC}"));
        let told = desk.witness(&["run", "run.toml"]);
        refused(&told, &["run.toml: line 1: it is not TOML"]);
        assert_eq!(told.err.contains("single quotes ('C:\\data')"), fix, "{told:?}");
    }
}

#[test]
fn only_what_is_there_is_offered() {
    for (from, to) in [
        ("\"fully-connected\"", "\"dense\""),
        ("\"fully-connected\"", "\"structured\""),
        ("\"constant\"", "\"adam\""),
        ("[init]", "[init]\nfrom = 1"),
    ] {
        let told = Desk::with_spec(&changed(DYADIC, from, to)).witness(&["run", "run.toml"]);
        assert_eq!(told.status, 2);
        let offered = told.err.split_once("; ").unwrap().1;
        for name in ["structured", "tensor", "path"] {
            assert!(!offered.contains(name), "{told:?}");
        }
    }
}
