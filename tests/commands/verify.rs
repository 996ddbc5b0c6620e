//! `witness verify`: statuses, formats, budgets.

use serde_json::Value;

use super::specs::LOGISTIC;
use super::{Desk, witness};

/// Two claims that take no time: an identity, and a slip with its counterexample.
const QUICK: [&str; 4] = ["--claim", "JT19.layer-balance-gradient", "--claim", "JT19.SL-1"];

const SL_1: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/papers/ji_telgarsky/specs/SL-1.toml");
const SL_4: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/papers/ji_telgarsky/specs/SL-4.toml");

fn with(first: &[&'static str], rest: &[&'static str]) -> Vec<&'static str> {
    [first, rest].concat()
}

fn without_times(mut report: Value) -> Value {
    for claim in report["claims"].as_array_mut().unwrap() {
        claim["seconds"] = Value::Null;
    }
    report
}

#[test]
fn the_report_has_the_fields_of_the_format() {
    let desk = Desk::new();
    let told = desk.witness(&with(&["verify", "--format", "json"], &QUICK)).json(0);
    assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(told["seed"], 1);
    assert_eq!(told["scope_note"], "holds speaks of the instances checked; it is not a proof");
    assert_eq!(told["summary"], serde_json::json!({"as_expected": 2, "not_as_expected": 0, "undecided": 0}));
    let keys = [
        "id",
        "paper",
        "expected",
        "status",
        "scope",
        "evidence",
        "instances",
        "applicable",
        "informative",
        "attained",
        "undecided",
        "worst_ratio",
        "agrees_to",
        "within",
        "max_bits",
        "horizon",
        "control",
        "seconds",
        "note",
    ];
    for claim in told["claims"].as_array().unwrap() {
        let present: Vec<&String> = claim.as_object().unwrap().keys().take(keys.len()).collect();
        assert_eq!(present, keys);
        assert_eq!(claim["control"], "caught");
    }
    let (identity, slip) = (&told["claims"][0], &told["claims"][1]);
    assert_eq!((&identity["status"], &identity["evidence"]), (&"holds".into(), &"proved".into()));
    assert_eq!((&slip["status"], &slip["evidence"]), (&"refuted".into(), &"certified".into()));
    assert_eq!(slip["expected"], "refuted");
    assert!(identity["counterexample"].is_null());
    // The counterexample replays.
    desk.write("again.toml", slip["counterexample"].as_str().unwrap());
    let told = desk.witness(&["verify", "--claim", "JT19.SL-1", "--spec", "again.toml", "--format", "json"]).json(1);
    assert_eq!(told["claims"][0]["status"], "refuted");
    for field in ["version", "seed", "scope_note", "claims", "summary"] {
        assert!(!told[field].is_null(), "{field}");
    }
}

#[test]
fn what_holds_has_no_ratio_above_one() {
    let desk = Desk::new();
    let claim = ["--claim", "JT19.appendix-a-zero-first-layer"];
    let told = desk.witness(&with(&["verify", "--format", "json", "--instances", "16"], &claim)).json(0);
    // Equality is attained there, and the quotient of two equal balls reaches beyond 1.
    assert_eq!(told["claims"][0]["worst_ratio"], "1");
}

#[test]
fn verify_is_the_command_without_a_command() {
    let desk = Desk::new();
    let named = desk.witness(&with(&["verify", "--format", "json"], &QUICK)).json(0);
    let unnamed = desk.witness(&with(&["--format", "json"], &QUICK)).json(0);
    assert_eq!(without_times(named), without_times(unnamed));
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let desk = Desk::new();
    let claims = ["--claim", "JT19.norm-balance-gd", "--claim", "JT19.descent-step", "--instances", "6"];
    let run = |jobs: &'static str| {
        let told = desk.witness(&with(&["verify", "--format", "json", "--jobs", jobs], &claims));
        assert!([0, 1].contains(&told.status), "{told:?}");
        without_times(serde_json::from_str(&told.out).unwrap())
    };
    assert_eq!(run("1"), run("4"));
}

#[test]
fn junit_has_a_case_for_each_claim() {
    let desk = Desk::new();
    let told = desk.witness(&with(&["verify", "--format", "junit"], &QUICK)).quietly(0);
    assert!(told.starts_with("<?xml") && told.contains(r#"tests="2" skipped="0" failures="0" errors="0""#), "{told}");
    for id in ["JT19.layer-balance-gradient", "JT19.SL-1"] {
        assert!(told.contains(&format!(r#"<testcase name="{id}" classname="JT19""#)), "{told}");
    }
    let told = desk.witness(&with(&["verify", "--format", "junit", "--budget", "0.000001"], &QUICK)).quietly(3);
    assert!(told.contains(r#"errors="2""#) && told.contains("<error "), "undecided is no pass: {told}");
}

#[test]
fn a_budget_that_is_used_up_leaves_things_undecided() {
    let desk = Desk::new();
    let told = desk.witness(&["verify", "--budget", "0.000001", "--format", "json"]).json(3);
    for claim in told["claims"].as_array().unwrap() {
        assert_eq!(claim["status"], "undecided", "{claim}");
        assert!(claim["note"].as_str().unwrap().contains("time budget"), "{claim}");
    }
    assert_eq!(told["summary"]["as_expected"], 0);
}

#[test]
fn a_random_seed_is_told() {
    let desk = Desk::new();
    let seeds: Vec<u64> = (0..2)
        .map(|_| {
            let told = desk.witness(&with(&["verify", "--seed", "random", "--format", "json"], &QUICK));
            assert_eq!(told.status, 0);
            let report: Value = serde_json::from_str(&told.out).unwrap();
            let seed = report["seed"].as_u64().unwrap();
            assert_eq!(told.remarks(), format!("seed {seed}\n"));
            seed
        })
        .collect();
    assert_ne!(seeds[0], seeds[1]);
    assert!(seeds.iter().all(|&seed| seed < 1 << 53));
    desk.witness(&with(&["verify", "--quiet", "--seed", "random"], &QUICK)).quietly(0);
}

#[test]
fn the_long_tier_is_a_wish_of_the_environment() {
    let line = |long: Option<&str>| {
        let mut command = witness();
        if let Some(value) = long {
            command.env("WITNESS_LONG", value);
        }
        let output = command.args(with(&["verify"], &QUICK)).output().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().next().unwrap().to_owned()
    };
    assert!(line(None).contains("64 applicable instances"), "{}", line(None));
    assert!(line(Some("0")).contains("64 applicable instances"));
    assert!(line(Some("1")).contains("256 applicable instances"));
}

#[test]
fn counterexamples_are_saved() {
    let desk = Desk::new();
    let told = desk.witness(&with(&["verify", "--quiet", "--counterexamples", "found/here"], &QUICK));
    assert_eq!(told.status, 0, "{told:?}");
    let spec = desk.path("found/here/JT19.SL-1.toml");
    assert!(spec.exists());
    assert_eq!(std::fs::read_dir(desk.path("found/here")).unwrap().count(), 1);
    let told = desk.witness(&["verify", "--claim", "JT19.SL-1", "--spec", spec.to_str().unwrap()]);
    assert_eq!(told.status, 1, "{told:?}");
    assert!(told.out.contains("JT19.SL-1: refuted (certified)"), "{told:?}");
}

#[test]
fn ones_own_run_has_a_status_and_its_exit() {
    let desk = Desk::with_spec(LOGISTIC);
    let verify = |id: &'static str, spec: &'static str, rest: &[&'static str]| {
        desk.witness(&with(&["verify", "--claim", id, "--spec", spec, "--format", "json"], rest))
    };
    // Holds, although the catalogue expects it to be refuted somewhere: this run does not.
    let told = verify("JT19.norm-balance-gd", SL_1, &[]).json(0);
    assert_eq!(told["claims"][0]["status"], "holds");
    assert_eq!(told["claims"][0]["scope"], "instance");
    assert_eq!(told["spec"], SL_1);
    assert_eq!(verify("JT19.SL-1", SL_1, &[]).json(1)["claims"][0]["status"], "refuted");
    // A hypothesis fails; it is said which, and where.
    let told = verify("JT19.norm-gap-gd", SL_4, &[]).json(4);
    let claim = &told["claims"][0];
    assert_eq!(claim["status"], "not-applicable");
    let failing: Vec<&Value> =
        claim["hypotheses"].as_array().unwrap().iter().filter(|hypothesis| hypothesis["unmet"] != 0).collect();
    assert_eq!(failing.len(), 1, "{claim}");
    assert!(failing[0]["label"].as_str().unwrap().contains("step rule"), "{claim}");
    // The conclusion even so.
    let told = verify("JT19.norm-gap-gd", SL_4, &["--conclusion-only"]).json(1);
    assert_eq!((&told["claims"][0]["status"], &told["conclusion_only"]), (&"refuted".into(), &true.into()));
    // Undecided for lack of time.
    let told = verify("JT19.norm-gap-gd", "run.toml", &["--budget", "0.000001"]).json(3);
    assert_eq!(told["claims"][0]["status"], "undecided");
}

#[test]
fn a_failing_hypothesis_is_told_with_its_numbers() {
    let spec = LOGISTIC.replace("[[0.6, 0.2]", "[[3, 4]");
    let desk = Desk::with_spec(&spec);
    let told = desk.witness(&["verify", "--claim", "JT19.norm-gap-gd", "--spec", "run.toml"]).quietly(4);
    assert!(told.contains("JT19.norm-gap-gd: not-applicable"), "{told}");
    assert!(told.contains("fails ‖x_i‖ ≤ 1"), "{told}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_the_claims_that_were_finished() {
    use std::process::{Command, Stdio};
    let desk = Desk::new();
    // The identities are done at once; a million instances of the other take hours.
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("witness"))
        .current_dir(desk.0.path())
        .args(["verify", "--claim", "JT19.layer-balance-gradient", "--claim", "JT19.norm-gap-gd"])
        .args(["--instances", "1000000", "--format", "json", "--out", "report.json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while desk.files().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let report: Value = serde_json::from_str(&desk.read("report.json")).unwrap();
    assert_eq!(report["interrupted"], true);
    let claims = report["claims"].as_array().unwrap();
    assert!(claims.iter().all(|claim| claim["id"] == "JT19.layer-balance-gradient"), "{report}");
    assert_eq!(desk.files(), ["report.json"]);
}

#[test]
fn a_sampled_verdict_says_so_in_every_format() {
    let desk = Desk::new();
    let one = ["verify", "--claim", "ACGH19.lemma11-carbery-wright", "--claim", "ACGH19.lemma9-chi-square"];
    let told = desk.witness(&with(&one, &["--format", "json"])).json(0);
    let (formula, sampled) = (&told["claims"][0], &told["claims"][1]);
    assert_eq!((&formula["evidence"], &sampled["evidence"]), (&"certified".into(), &"statistical".into()));
    assert_eq!(sampled["confidence"], 0.999);
    let sample = &sampled["samples"][0];
    let keys: Vec<&String> = sample.as_object().unwrap().keys().collect();
    let expected = [
        "case",
        "event",
        "stream",
        "draws",
        "seen",
        "unclear",
        "interval",
        "confidence",
        "exact",
        "at_least",
        "at_most",
        "agrees",
    ];
    assert_eq!(keys, expected);
    assert!(sample["draws"].as_u64().unwrap() >= 1000 && sample["exact"].is_null());
    assert_eq!(sample["case"], "(d₀, …, d_N) = (1, 1, 1), ε = 1/100");
    assert!(formula["samples"].as_array().unwrap().iter().all(|sample| sample["agrees"] == true));
    let table = desk.witness(&with(&one, &["--verbose"])).quietly(0);
    assert!(table.contains("statistical") && table.contains("draws, confidence 0.999"), "{table}");
    let xml = desk.witness(&with(&one, &["--format", "junit"])).quietly(0);
    for part in [r#"name="evidence" value="statistical""#, r#"name="confidence" value="0.999""#, r#"name="draws""#] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
    // Too few draws decide nothing.
    let told = desk.witness(&with(&one[..3], &["--samples", "3", "--format", "json"])).json(3);
    assert_eq!(
        (&told["claims"][0]["status"], &told["claims"][0]["samples"][0]["draws"]),
        (&"undecided".into(), &3.into())
    );
}

#[test]
fn a_refutation_without_a_spec_tells_the_case_and_the_command_that_makes_it_again() {
    let desk = Desk::new();
    let told = desk.witness(&["verify", "--claim", "ACGH19.S2", "--instances", "1", "--format", "json"]).json(0);
    let claim = &told["claims"][0];
    let note = claim["note"].as_str().unwrap();
    assert!(note.starts_with("for a = 1, b = 1, d = 1, k = 2: ") && claim["counterexample"].is_null(), "{note}");
    let (_, command) = note.split_once("; replayed by witness ").unwrap();
    let again: Vec<&str> = command.split(' ').chain(["--format", "json"]).collect();
    assert_eq!(without_times(desk.witness(&again).json(0)), without_times(told.clone()));
}

#[test]
fn a_limit_names_the_inequality_it_holds_through_and_prints_its_trend() {
    let arguments = ["verify", "--claim", "JT19.lemma2-product-direction", "--instances", "4"];
    let told = Desk::new().witness(&[&arguments[..], &["--format", "json"]].concat()).json(0);
    let claim = &told["claims"][0];
    assert_eq!(claim["scope"], "consequence");
    let note = claim["note"].as_str().unwrap();
    assert!(note.starts_with("through ") && note.contains("∏ρ_k ∏c_k − Σe_k ≤ |⟨w/∏‖W_k‖_F, v_1⟩|"), "{note}");
    assert_eq!(claim["trends"][0]["label"], "|⟨w/∏‖W_k‖_F, v_1⟩|");
    assert!(claim["trends"][0]["value"].is_number(), "{claim}");
    let table = Desk::new().witness(&[&arguments[..], &["--verbose"]].concat()).quietly(0);
    assert!(table.contains("  |⟨w/∏‖W_k‖_F, v_1⟩| = "), "{table}");
}

#[test]
fn one_instance_is_enough_where_the_first_ones_are_trivial() {
    let told = Desk::new()
        .witness(&["verify", "--claim", "JT19.alignment-ratio-floor", "--instances", "1", "--format", "json"])
        .json(0);
    let claim = &told["claims"][0];
    assert_eq!((&claim["status"], &claim["informative"]), (&"holds".into(), &1.into()));
    assert!(claim["applicable"].as_u64().unwrap() > 1, "{claim}");
}

#[test]
fn curves_are_kept_where_they_are_asked_for_and_change_nothing() {
    let desk = Desk::new();
    let told = |curves: &[&'static str], arguments: &[&'static str], exit| {
        let arguments = [&["verify", "--format", "json"], arguments, curves].concat();
        let mut told = without_times(desk.witness(&arguments).json(exit));
        // It says what was asked for.
        let command = told.as_object_mut().unwrap().remove("command").unwrap();
        assert_eq!(command.as_str().unwrap().ends_with(" --curves"), !curves.is_empty(), "{command}");
        told
    };
    let taken = |claim: &mut Value| claim.as_object_mut().unwrap().remove("curves");
    for (arguments, exit) in
        [(&QUICK[..], 0), (&["--claim", "JT19.SL-4", "--claim", "JT19.descent-step", "--spec", SL_4], 1)]
    {
        let (plain, mut curved) = (told(&[], arguments, exit), told(&["--curves"], arguments, exit));
        for claim in curved["claims"].as_array_mut().unwrap() {
            let curves = taken(claim);
            assert_eq!(curves.is_some(), claim["status"] == "refuted", "{claim}");
            let Some(curves) = curves else { continue };
            let curve = &curves[0];
            let length = curve["t"].as_array().unwrap().len();
            for side in ["left", "right"] {
                assert_eq!(
                    [&curve[side]["mid"], &curve[side]["rad"]].map(|list| list.as_array().unwrap().len()),
                    [length; 2]
                );
            }
            assert!(curve["failing"].as_array().unwrap().contains(&curve["crosses"]), "{curve}");
            let note = claim["note"].as_str().unwrap();
            assert!(note.starts_with(&format!("at t = {}", curve["crosses"])), "{note}: {curve}");
        }
        let run = curved.as_object_mut().unwrap().remove("run");
        assert_eq!(run.is_some(), arguments.contains(&"--spec"));
        if let Some(run) = run {
            assert_eq!(
                (&run["series"][0]["quantity"], &run["series"][0]["t"]),
                (&"risk".into(), &serde_json::json!([0, 1, 2, 3]))
            );
        }
        assert_eq!(plain, curved);
    }
}

#[test]
fn a_run_is_shown_even_if_the_claims_take_all_the_time() {
    let desk = Desk::new();
    let iris = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/iris/iris.toml");
    let told = desk.witness(&["verify", "--spec", iris, "--curves", "--format", "json", "--budget", "2"]).json(3);
    assert!(told["summary"]["undecided"].as_u64() > Some(0));
    assert!(told["run"]["series"][0]["t"].as_array().unwrap().len() > 1, "{}", told["run"]["ends"]);
}
