//! Saved results: what is written is read back, and nothing else is read.

use std::sync::{Arc, LazyLock};

use gradient_witness::claims::Claim;
use gradient_witness::papers::catalogue;
use gradient_witness::problem::Spec;
use gradient_witness::report::changes::Changes;
use gradient_witness::report::html::page;
use gradient_witness::report::json::verification;
use gradient_witness::report::markdown::summary;
use gradient_witness::report::results::Results;
use gradient_witness::report::saved::{NotResults, merged, of_this_program, read};
use gradient_witness::trajectory::Courses;
use gradient_witness::verify::{Limits, Options, verify, verify_own_run};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::config;

static CATALOGUE: LazyLock<Vec<Claim>> = LazyLock::new(catalogue);

fn known() -> Vec<&'static Claim> {
    CATALOGUE.iter().collect()
}

/// Claims that take no time: an identity, one about chance, a slip, a limit.
const QUICK: [&str; 4] =
    ["JT19.layer-balance-gradient", "JT19.descent-step", "JT19.SL-1", "ACGH19.thm2-probability-formula"];

fn quick() -> Vec<&'static Claim> {
    CATALOGUE.iter().filter(|claim| QUICK.contains(&claim.id())).collect()
}

pub(super) static GENERATED: LazyLock<Results> = LazyLock::new(|| {
    let options = Options { instances: 4, draws: std::num::NonZeroU64::new(100), ..Options::default() };
    Results::of(&verify(&quick(), &options, &()))
});

pub(super) static OWN_RUN: LazyLock<Results> = LazyLock::new(|| {
    let text = include_str!("../../src/papers/ji_telgarsky/specs/SL-1.toml");
    let spec = Spec::parse(text, ".".as_ref()).unwrap();
    let (steps, limits) = (spec.schedule().unwrap().steps, Limits::default());
    let mut report = verify_own_run(&quick()[..3], &spec.problem, steps, &limits);
    report.draw_curves(&quick(), &spec.problem, steps, &limits);
    Results::of_own_run(&report, "run.toml", 1).with_run(&Courses::of(&Arc::new(spec.problem), steps, &limits))
});

/// A refutation with both sides of what fails over its run, and one's own run with its courses.
static WITH_CURVES: LazyLock<[Results; 2]> = LazyLock::new(|| {
    let (slip, limits) = (&quick()[2..3], Limits::default());
    let mut generated = verify(slip, &Options::default(), &());
    generated.draw_curves(slip, &limits);
    let text = include_str!("../../src/papers/ji_telgarsky/specs/SL-1.toml");
    let problem = Spec::parse(text, ".".as_ref()).unwrap().problem;
    let own_run = Results::of_own_run(&verify_own_run(slip, &problem, 5, &limits), "run.toml", 1);
    [Results::of(&generated), own_run.with_run(&Courses::of(&Arc::new(problem), 5, &limits))]
});

fn saved(results: &Results) -> String {
    format!("{:#}\n", verification(results))
}

/// The results with a part of what is saved of them changed.
fn changed(results: &Results, change: impl FnOnce(&mut Value)) -> String {
    let mut value = verification(results);
    change(&mut value);
    value.to_string()
}

#[track_caller]
fn refused(text: &str) -> String {
    read(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn what_is_written_is_read_back() {
    for results in [&*GENERATED, &OWN_RUN] {
        let text = saved(results);
        let again = read(text.as_bytes()).unwrap();
        assert_eq!(again, *results);
        assert_eq!(saved(&again), text);
        assert_eq!(of_this_program(&again, &known()), Ok(()));
        assert_eq!(again.counted(), again.summary);
    }
}

#[test]
fn what_is_no_saved_verification_is_told_what_it_is() {
    for (text, what) in [
        ("", "it is empty; give a file that `witness verify --format json --out FILE` has saved"),
        (" \n", "it is empty"),
        ("widths = [1]\n", "it is no JSON (expected value at line 1 column 1)"),
        ("[run]\n", "it is no JSON (expected value at line 1 column 2)"),
        ("[1, 2]", "it is JSON, but not one object"),
        ("3", "it is JSON, but not one object"),
        ("{}", "it is JSON, but not what a verification saves"),
        ("{\"t\":0,\"risk\":1}\n{\"t\":1,\"risk\":1}\n", "it is a trajectory (`witness run`), not results"),
        ("{\"summary\":{\"steps\":0}}\n", "it is a trajectory"),
        (r#"{"version":"0.1.0","bits":256,"records":[],"steps":{}}"#, "it is a comparison (`witness compare --format"),
        (r#"{"claims":[]}"#, "it is the catalogue (`witness claims --format json`), not results"),
    ] {
        assert!(refused(text).starts_with(what), "{text}: {}", refused(text));
    }
    assert!(read(b"\xff\xfe{\0}\0").unwrap_err().to_string().starts_with("it is no text in UTF-8"));
    for number in ["-", "1.", "1e", "1.5e-"] {
        assert!(refused(&format!("{{\n\"seconds\": {number}")).starts_with("it ends in line 2 before"), "{number}");
    }
    assert!(refused(&"[".repeat(1_000_000)).starts_with("it ends in line 1 before"));
    assert!(refused(&format!("{{\"claims\":{}", "[".repeat(1_000_000))).starts_with("it ends in line 1 before"));
}

#[test]
fn another_form_is_not_guessed() {
    let without = changed(&GENERATED, |saved| drop(saved.as_object_mut().unwrap().remove("schema")));
    assert!(refused(&without).starts_with("schema: it is missing: the form in which witness 0.1.0 saved this"));
    let newer = changed(&GENERATED, |saved| {
        saved["schema"] = 2.into();
        saved["version"] = "9.0.0".into();
        saved["claims"] = "elsewhere".into();
    });
    let told = refused(&newer);
    assert!(told.starts_with("schema: 2 is not known to witness") && told.contains("witness 9.0.0"), "{told}");
    let word = changed(&GENERATED, |saved| saved["schema"] = "1".into());
    assert!(refused(&word).starts_with("schema: invalid type: string"), "{}", refused(&word));
}

#[test]
fn a_wrong_field_is_named() {
    for (name, value, told) in [
        ("status", json!("hold"), "claims[1].status: unknown variant `hold`, expected one of `holds`, `refuted`"),
        ("instances", json!(-3), "claims[1].instances: invalid value"),
        ("informative", json!(5), "claims[1].informative: 5 is more than the 4 that it counts among"),
        ("worst_ratio", json!(0.5), "claims[1].worst_ratio: invalid type"),
        ("worst_ratio", json!("1/2"), "claims[1].worst_ratio: \"1/2\" is no decimal number"),
        ("agrees_to", json!("NaN"), "claims[1].agrees_to: \"NaN\" is no decimal number"),
        ("seconds", json!(-1.0), "claims[1].seconds: -1 is no time"),
        (
            "curves",
            json!([{ "relation": "", "layer": 0, "comparison": null, "t": [0], "left": { "mid": [], "rad": [] },
            "right": { "mid": [null], "rad": [null] }, "crosses": null, "failing": [] }]),
            "claims[1].curves: lists that",
        ),
        ("widths", json!([3, 1]), "claims[1].widths: from 3 to 1 is no range"),
        ("trends", json!([{ "label": "a", "value": "b" }]), "claims[1].trends[0].value: invalid type"),
        ("id", json!("JT19.layer-balance-gradient"), "claims[1].id: \"JT19.layer-balance-gradient\" is claims[0]"),
    ] {
        let text = changed(&GENERATED, |saved| saved["claims"][1][name] = value.clone());
        assert!(refused(&text).starts_with(told), "{name}, {value}: {}", refused(&text));
    }
    let without = changed(&GENERATED, |saved| drop(saved["claims"][2].as_object_mut().unwrap().remove("status")));
    assert!(refused(&without).starts_with("claims[2]: missing field `status`"), "{}", refused(&without));
    // What is repeated of a file is short.
    let long = changed(&GENERATED, |saved| saved["claims"][0]["status"] = "x".repeat(1_000_000).into());
    assert!(refused(&long).len() < 400);
}

#[test]
fn another_program_s_results_are_told_so() {
    let told = |text: String| of_this_program(&read(text.as_bytes()).unwrap(), &known()).unwrap_err().to_string();
    let older = told(changed(&GENERATED, |saved| saved["version"] = "0.0.9".into()));
    assert!(older.starts_with("version: it was saved by witness 0.0.9, and this is "), "{older}");
    let unknown = told(changed(&GENERATED, |saved| saved["claims"][3]["id"] = "JT19.none".into()));
    assert!(unknown.starts_with("claims[3].id: there is no claim \"JT19.none\""), "{unknown}");
    let paper = told(changed(&GENERATED, |saved| saved["claims"][0]["paper"] = "ACGH19".into()));
    assert!(paper.starts_with("claims[0].paper: of JT19.layer-balance-gradient it is \"JT19\", not"), "{paper}");
    let expected = told(changed(&GENERATED, |saved| saved["claims"][0]["expected"] = "refuted".into()));
    assert!(expected.starts_with("claims[0].expected: of JT19.layer"), "{expected}");
}

/// The results with those of their claims that are at these places.
fn part(results: &Results, places: &[usize]) -> Results {
    let claims = places.iter().map(|&place| results.claims[place].clone()).collect();
    let mut part = Results { claims, ..results.clone() };
    part.summary = part.counted();
    part
}

#[test]
fn parts_make_the_whole() {
    let whole = &*GENERATED;
    let merged = |parts: &[&Results]| {
        let mut named = parts.iter().enumerate().map(|(n, part)| (format!("{n}.json"), (*part).clone()));
        merged(named.next().unwrap(), named, &known())
    };
    let (a, b) = (part(whole, &[2, 0]), part(whole, &[3, 1]));
    assert_eq!(merged(&[&a, &b]).as_ref(), Ok(whole));
    assert_eq!(merged(&[&b, &a, whole]).as_ref(), Ok(whole));
    let by = |part: &Results, command: &str| Results { command: Some(command.to_owned()), ..part.clone() };
    let (first, same, other) = (by(&a, "one"), by(&b, "one"), by(&b, "other"));
    assert_eq!(merged(&[&first, &same]).unwrap().command.as_deref(), Some("one"));
    assert_eq!(merged(&[&first, &other, &same, &other]).unwrap().command.as_deref(), Some("one; other"));
    let interrupted = Results { interrupted: true, ..b.clone() };
    assert!(merged(&[&a, &interrupted]).unwrap().interrupted);

    let apart = |other: &Results| merged(&[&a, other]).unwrap_err().to_string();
    let seed = apart(&Results { seed: 2, ..b.clone() });
    assert!(seed.starts_with("1.json: seed: 2, but 0.json has 1; a report tells of one verification"), "{seed}");
    let more = merged(&[&Results { instances: Some(64), ..a.clone() }, &Results { instances: Some(8), ..b.clone() }]);
    let more = more.unwrap_err().to_string();
    assert!(more.starts_with("1.json: instances: 8, but 0.json has 64; a report tells of one verification"), "{more}");
    let own = apart(&OWN_RUN);
    assert!(own.starts_with("1.json: spec: the run of run.toml, but 0.json has generated instances"), "{own}");
    let mut other = part(whole, &[3, 2]);
    other.claims[1].status = gradient_witness::verify::Status::Holds;
    let verdict = apart(&other);
    let told =
        "1.json: JT19.SL-1: holds (certified), control caught, but 0.json has refuted (certified), control caught";
    assert!(verdict.starts_with(told), "{verdict}");
    let alone = Results { conclusion_only: Some(true), ..OWN_RUN.clone() };
    let told = merged(&[&OWN_RUN, &alone]).unwrap_err().to_string();
    assert!(told.contains("the conclusion alone, but 0.json has hypotheses that count"), "{told}");
    // The file that the other verdict came from is named, not the first of all.
    let told = merged(&[&b, &a, &other]).unwrap_err();
    assert!(told.to_string().starts_with("2.json: JT19.SL-1: ") && told.problem.contains("but 1.json has"), "{told}");
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn no_beginning_of_results_is_read_as_results(of_own_run: bool, share in 0.0..1.0) {
        let text = saved(if of_own_run { &OWN_RUN } else { &GENERATED });
        let complete = text.trim_end().len();
        let length = (share * complete as f64) as usize;
        let told = read(&text.as_bytes()[..length]);
        match told {
            Err(NotResults::CutOff { .. }) => prop_assert!(length > 0),
            told => prop_assert!(length == 0 && told.is_err(), "{length}: {told:?}"),
        }
    }

    #[test]
    fn whatever_is_in_a_file_nothing_panics(
        of_own_run: bool,
        changes in prop::collection::vec((0.0..1.0, prop::num::u8::ANY), 1..4),
    ) {
        let mut bytes = saved(if of_own_run { &OWN_RUN } else { &GENERATED }).into_bytes();
        for (share, byte) in changes {
            let place = (share * bytes.len() as f64) as usize;
            bytes[place] = byte;
        }
        if let Ok(results) = read(&bytes) {
            // What is read is well-formed: it is written and read again.
            prop_assert_eq!(read(saved(&results).as_bytes()).unwrap(), results.clone());
            let _ = of_this_program(&results, &known());
            let _ = merged(("a".to_owned(), results), [("b".to_owned(), GENERATED.clone())], &known());
        }
    }
    #[test]
    fn whatever_numbers_are_read_a_report_is_made_of_them(
        fixture in 0..4_usize,
        changes in prop::collection::vec((0.0..1.0, 0..NUMBERS.len()), 1..6),
    ) {
        let results = [&*GENERATED, &*OWN_RUN, &WITH_CURVES[0], &WITH_CURVES[1]][fixture];
        let mut value = verification(results);
        let count = numbers(&mut value).len();
        for (share, number) in changes {
            let place = (share * count as f64) as usize;
            let number = serde_json::from_str(NUMBERS[number]).unwrap();
            *numbers(&mut value).swap_remove(place) = number;
        }
        if let Ok(new) = read(value.to_string().as_bytes()) {
            let changes = Changes::between("old.json", results, &new);
            prop_assert_eq!(changes.is_empty(), Changes::between("", &new, results).is_empty());
            prop_assert!(summary(&new, Some(&changes)).len() < 1 << 20);
            prop_assert!(page(&new, Some(&changes), &known()).len() < 3 << 20);
        }
    }
}

/// Numbers at which arithmetic ends.
const NUMBERS: [&str; 9] =
    ["0", "1", "null", "5e-324", "1.7e308", "-1.7e308", "4294967295", "18446744073709551615", "0.5"];

/// All numbers in what is saved.
fn numbers(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Number(_) => vec![value],
        Value::Array(items) => items.iter_mut().flat_map(numbers).collect(),
        Value::Object(fields) => fields.iter_mut().flat_map(|(_, field)| numbers(field)).collect(),
        _ => Vec::new(),
    }
}
