//! `witness verify --spec`: all claims on one's own run, and how that ends; `witness check`, and what is said of a misplaced spec.

use serde_json::Value;

use super::specs::LOGISTIC;
use super::{Desk, Told};

const SL_1: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/papers/ji_telgarsky/specs/SL-1.toml");

/// A network of which one of the papers says nothing.
const DIAGONAL: &str = r#"
network = { architecture = "diagonal", dim = 3, depth = 2 }
loss = { kind = "logistic" }
data = { x = [[0.6, 0.2, -1], [0.1, -0.9, "1/7"]], y = [1, -1] }
init = { weights = [["1/2", "-1/4", "1/3"], ["1", "2/3", "-1"]] }
step = { rule = "constant", eta = "1/10" }
run = { steps = 3 }
"#;

/// Fisher's iris, some steps of it.
fn iris() -> Desk {
    let iris = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/iris/iris");
    let spec = std::fs::read_to_string(format!("{iris}.toml")).unwrap().replace("steps = 1000", "steps = 4");
    assert!(spec.contains("steps = 4"));
    let desk = Desk::new();
    desk.write("iris.toml", spec);
    desk.write("iris.csv", std::fs::read(format!("{iris}.csv")).unwrap());
    desk
}

fn ask(desk: &Desk, arguments: &[&str]) -> Told {
    desk.witness(&[&["verify"], arguments].concat())
}

fn claims(results: &Value) -> &Vec<Value> {
    results["claims"].as_array().unwrap()
}

/// The lines of the table from this heading to the next empty one.
#[track_caller]
fn section<'a>(table: &'a str, heading: &str) -> Vec<&'a str> {
    let lines = table.lines().skip_while(|line| !line.starts_with(heading));
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    assert!(!lines.is_empty(), "{heading}: {table}");
    lines
}

#[test]
fn a_run_is_asked_every_claim_that_can_speak_of_it() {
    let desk = iris();
    let results = ask(&desk, &["--spec", "iris.toml", "--format", "json"]).json(0);
    // What is about chance or free numbers is counted, all else is there.
    let left_out = results["left_out"].as_u64().unwrap() as usize;
    assert!(left_out > 0);
    let catalogue = desk.witness(&["claims", "--format", "json"]).json(0);
    assert_eq!(claims(&results).len() + left_out, claims(&catalogue).len());
    assert_eq!(results["summary"]["not_as_expected"], 0);
    // It refutes statements that are false as printed, and that is no failure of the run.
    let refuted = |claim: &&Value| claim["status"] == "refuted";
    let slips: Vec<&Value> = claims(&results).iter().filter(refuted).collect();
    assert!(!slips.is_empty() && slips.iter().all(|slip| slip["expected"] == "refuted"), "{slips:?}");

    let table = ask(&desk, &["--spec", "iris.toml"]).quietly(0);
    let slip = slips[0]["id"].as_str().unwrap();
    let line = |section: &[&str], id: &str| section.iter().any(|line| line.split_whitespace().any(|word| word == id));
    let apart = section(&table, "false as printed");
    assert!(line(&apart, slip) && !line(&section(&table, "JT19"), slip), "{table}");
    assert!(line(&section(&table, "definitions"), "JT19.assumption-1-loss"), "{table}");
    assert!(line(&section(&table, "JT19"), "JT19.descent-step"), "{table}");
    assert!(!table.contains("FAIL"), "{table}");
    // Dozens of claims are about a squared target, and two lines say so.
    let unmet = section(&table, "not applicable");
    let targets: Vec<&&str> = unmet.iter().filter(|line| line.contains("a squared target")).collect();
    assert!(targets.len() == 1 && targets[0].trim().starts_with(char::is_numeric), "{table}");
    assert!(unmet.len() < 60, "{table}");
    assert!(table.contains(&format!("{left_out} about chance or free numbers")), "{table}");
}

#[test]
fn papers_and_claims_narrow_it() {
    let desk = Desk::with_spec(LOGISTIC);
    let papers = |arguments: &[&str]| {
        let results = ask(&desk, &[&["--spec", "run.toml", "--format", "json"], arguments].concat()).json(0);
        let mut papers: Vec<String> =
            claims(&results).iter().map(|claim| claim["paper"].as_str().unwrap().to_owned()).collect();
        papers.dedup();
        (papers, claims(&results).len())
    };
    assert_eq!(papers(&["--paper", "ACGH19"]).0, ["ACGH19"]);
    let ids = ["--claim", "JT19.norm-gap-gd", "--claim", "JT19.descent-step"];
    assert_eq!(papers(&ids), (vec!["JT19".to_owned()], 2));
    // One claim that is named is told in full, several in a table.
    let one = ask(&desk, &["--spec", "run.toml", "--claim", "JT19.norm-gap-gd"]).quietly(0);
    assert!(one.contains("JT19.norm-gap-gd: holds") && one.contains("  hypotheses:\n"), "{one}");
    let two = ask(&desk, &[&["--spec", "run.toml"], &ids[..]].concat()).quietly(0);
    assert!(two.contains(": 2 hold,") && !two.contains("hypotheses:"), "{two}");
    let all = ask(&desk, &[&["--spec", "run.toml", "--verbose"], &ids[..]].concat()).quietly(0);
    assert!(all.matches("  hypotheses:\n").count() == 2, "{all}");
}

#[test]
fn where_nothing_applies_the_status_is_4() {
    let desk = Desk::with_spec(DIAGONAL);
    let all = ["--spec", "run.toml", "--paper", "ACGH19"];
    let table = ask(&desk, &all).quietly(4);
    assert!(table.contains("nothing applies to this run"), "{table}");
    // What fails most stands first.
    let unmet = section(&table, "not applicable");
    let counts = |line: &&str| line.trim().split(' ').next().and_then(|word| word.parse::<u32>().ok());
    let counts: Vec<u32> = unmet[1..].iter().filter_map(counts).collect();
    assert!(!counts.is_empty() && counts.is_sorted_by(|a, b| a >= b), "{table}");
    assert_eq!(ask(&desk, &[&all[..], &["--allow-none"]].concat()).status, 0);
    assert_eq!(ask(&desk, &[&all[..], &["--format", "json"]].concat()).json(4)["summary"]["not_as_expected"], 0);
    assert_eq!(ask(&desk, &[&all[..], &["--out", "table.txt"]].concat()).quietly(4), "");
    assert!(desk.read("table.txt").contains("nothing applies"));

    let one = ["--spec", "run.toml", "--claim", "ACGH19.whitened-loss"];
    assert!(ask(&desk, &one).quietly(4).contains("ACGH19.whitened-loss: not-applicable"));
    assert_eq!(ask(&desk, &[&one[..], &["--allow-none"]].concat()).status, 0);
    // One that applies is enough.
    assert_eq!(ask(&desk, &[&one[..], &["--claim", "JT19.gradient-layer"]].concat()).status, 0);
    let help = desk.witness(&["--help"]).quietly(0);
    assert!(help.split_whitespace().collect::<Vec<_>>().join(" ").contains("4 no claim applies"), "{help}");
}

#[test]
fn a_refutation_is_a_failure_whatever_does_not_apply() {
    let desk = Desk::new();
    let named = |more: &[&str]| {
        let ids = ["--spec", SL_1, "--claim", "JT19.SL-1", "--claim", "ACGH19.whitened-loss"];
        ask(&desk, &[&ids[..], more].concat())
    };
    // Whoever names a slip asks whether it is true of the run.
    let table = named(&[]).quietly(1);
    let slips = section(&table, "false as printed");
    assert!(slips.iter().any(|line| line.trim().starts_with("FAIL") && line.ends_with(" JT19.SL-1")), "{table}");
    assert_eq!(named(&["--allow-none"]).status, 1);
    assert_eq!(named(&["--format", "json"]).json(1)["summary"]["not_as_expected"], 1);
    assert!(named(&["--format", "junit"]).quietly(1).contains("<failure "));
    // Of one among many it is known that it is false.
    let xml = ask(&desk, &["--spec", SL_1, "--paper", "JT19", "--format", "junit"]).quietly(0);
    assert!(!xml.contains("<failure ") && xml.contains("<skipped ") && xml.contains(r#"value="refuted""#), "{xml}");
}

#[test]
fn what_a_budget_leaves_undecided_is_no_absence() {
    let desk = Desk::with_spec(DIAGONAL);
    let told = ask(&desk, &["--spec", "run.toml", "--budget", "0.000001", "--format", "json"]).json(3);
    assert!(claims(&told).iter().all(|claim| claim["status"] == "undecided"), "{told}");
    let table = ask(&desk, &["--spec", "run.toml", "--budget", "0.000001"]).quietly(3);
    assert!(table.contains("the time budget is used up"), "{table}");
}

#[test]
fn chance_and_free_numbers_are_left_out_unless_they_are_named() {
    let desk = Desk::with_spec(LOGISTIC);
    let told = ask(&desk, &["--spec", "run.toml", "--claim", "ACGH19.lemma9-chi-square"]);
    assert!(told.status == 2 && told.out.is_empty() && told.err.contains("chance"), "{told:?}");
    let told = ask(&desk, &["--spec", "run.toml", "--paper", "JT19", "--format", "json"]).json(0);
    assert_eq!(told["left_out"], 1);
    let table = ask(&desk, &["--spec", "run.toml", "--paper", "JT19"]).quietly(0);
    assert!(table.contains("1 about chance or free numbers"), "{table}");
}

#[test]
fn a_spec_that_fits_is_described() {
    let desk = iris();
    let told = desk.witness(&["check", "iris.toml"]).quietly(0);
    for part in [
        "iris.toml fits",
        "iris: setosa against the rest",
        "fully-connected, widths [4, 3, 3, 1]: 3 layers, 24 weights",
        "logistic, c = 1/50, b = 1, mean",
        "150 examples of 4 features, from iris.csv",
        "balanced up to",
        "smoothness",
        "4 steps, by `witness run` in f64",
        "witness verify --spec iris.toml\n",
        "witness run iris.toml\n",
        "witness compare iris.toml\n",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let json = desk.witness(&["check", "iris.toml", "--format", "json"]).json(0);
    assert_eq!((&json["examples"], &json["tables"]), (&150.into(), &serde_json::json!(["iris.csv"])));
    assert!(json["imbalance"].as_f64().unwrap() < 1e-15 && json["whitening_residual"].is_null(), "{json}");
    // As many claims can speak of it as its first steps show.
    let results = ask(&desk, &["--spec", "iris.toml", "--format", "json"]).json(0);
    let applicable = claims(&results).iter().filter(|claim| claim["status"] != "not-applicable").count();
    let said = json["claims"]["applicable"].as_u64().unwrap() as usize;
    assert!(said.abs_diff(applicable) < 10 && json["claims"]["asked"] == claims(&results).len(), "{applicable} {json}");
    // A name that a shell would take apart is quoted.
    desk.write("my run.toml", DIAGONAL);
    let told = desk.witness(&["check", "my run.toml"]).quietly(0);
    assert!(told.contains("witness verify --spec 'my run.toml'\n"), "{told}");
    assert!(
        told.contains("diagonal, dim 3, depth 2") && told.contains("2 examples of 3 features, in the spec"),
        "{told}"
    );
    assert!(told.contains("constant, η = 1/10"), "{told}");
}

#[test]
fn a_spec_that_does_not_fit_is_refused_as_run_refuses_it() {
    for (from, to) in [
        ("y = [1, -1, -1]", "y = [1, -1]"),
        ("[network]", "[network"),
        ("widths", "witdhs"),
        ("steps = 20", "steps = 20\narithmetic = \"rational\""),
        ("[[0.5, -1.0]]", "[[0.5, \"1e400\"]]"),
    ] {
        assert!(LOGISTIC.contains(from));
        let desk = Desk::with_spec(&LOGISTIC.replace(from, to));
        let (check, run) = (desk.witness(&["check", "run.toml"]), desk.witness(&["run", "run.toml"]));
        assert_eq!((check.status, check.out.as_str()), (2, ""), "{check:?}");
        assert_eq!(check.err, run.err);
        assert_eq!(desk.witness(&["check", "run.toml", "--format", "json"]).err, run.err);
    }
    let desk = Desk::new();
    assert_eq!(desk.witness(&["check", "none.toml"]).err, desk.witness(&["run", "none.toml"]).err);
}

#[test]
fn a_spec_where_none_is_expected_brings_what_to_type() {
    let desk = Desk::with_spec(LOGISTIC);
    desk.write("my run", LOGISTIC);
    for (arguments, file) in [
        (&["run.toml"][..], "run.toml"),
        (&["verify", "run.toml"], "run.toml"),
        (&["--quiet", "run.toml"], "run.toml"),
        (&["verify", "--claim", "JT19.SL-1", "run.toml"], "run.toml"),
        (&["none.toml"], "none.toml"),
        (&["my run"], "'my run'"),
    ] {
        let told = desk.witness(arguments);
        assert_eq!((told.status, told.out.as_str()), (2, ""), "{told:?}");
        assert!(told.err.starts_with("error: ") && told.err.lines().count() == 1, "{told:?}");
        assert!(told.err.contains(&format!("`witness verify --spec {file}`")), "{told:?}");
    }
    // No file, no hint.
    for arguments in [&["iris"][..], &["verify", "iris"], &["claims", "run.toml"], &["verify", "--tomls.toml"]] {
        let told = desk.witness(arguments);
        assert!(
            told.status == 2 && !told.err.contains("--spec run.toml") && !told.err.contains("stands behind"),
            "{told:?}"
        );
    }
}
