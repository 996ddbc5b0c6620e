//! What is told of two verifications of which one is older.

use gradient_witness::claims::Expected;
use gradient_witness::report::changes::Changes;
use gradient_witness::report::results::{ClaimResult, Control, Results};
use gradient_witness::verify::{Evidence, Status};

use super::saved_results::{GENERATED, OWN_RUN};

/// Places of the claims that are changed.
const IDENTITY: usize = 0;
const STEP: usize = 1;
const SLIP: usize = 2;
const CHANCE: usize = 3;

/// What is told when a claim at this place was changed.
fn told(place: usize, change: impl Fn(&mut ClaimResult)) -> Vec<String> {
    of(&GENERATED, |results| change(&mut results.claims[place]))
}

fn of(old: &Results, change: impl Fn(&mut Results)) -> Vec<String> {
    let mut new = old.clone();
    change(&mut new);
    let changes = Changes::between("old.json", old, &new);
    assert!(!changes.is_empty());
    changes.list.iter().map(ToString::to_string).collect()
}

#[test]
fn of_the_same_results_nothing_is_told() {
    for results in [&*GENERATED, &OWN_RUN] {
        let changes = Changes::between("old.json", results, results);
        assert!(changes.is_empty() && changes.list.is_empty());
        assert_eq!(changes.sentence(), format!("Nothing changed in {} claims.", results.claims.len()));
    }
}

#[test]
fn each_field_has_its_words_and_its_direction() {
    assert_eq!(
        told(STEP, |claim| claim.status = Status::Refuted),
        ["worse: JT19.descent-step: status: holds (certified) → refuted (certified)"]
    );
    assert_eq!(
        told(STEP, |claim| claim.status = Status::Undecided),
        ["worse: JT19.descent-step: status: holds (certified) → undecided (certified)"]
    );
    assert_eq!(
        told(SLIP, |claim| claim.status = Status::Holds),
        ["worse: JT19.SL-1: status: refuted (certified) → holds (certified)"]
    );
    assert_eq!(told(SLIP, |claim| claim.expected = Expected::Holds), ["worse: JT19.SL-1: expected: refuted → holds"]);
    assert_eq!(
        told(IDENTITY, |claim| claim.evidence = Some(Evidence::Numerical)),
        ["worse: JT19.layer-balance-gradient: evidence: proved → numerical"]
    );
    assert_eq!(
        told(STEP, |claim| claim.evidence = Some(Evidence::Exact)),
        ["better: JT19.descent-step: evidence: certified → exact"]
    );
    assert_eq!(
        told(STEP, |claim| claim.control = Some(Control::Missed)),
        ["worse: JT19.descent-step: control: caught → missed"]
    );
    assert_eq!(told(STEP, |claim| claim.control = None), ["worse: JT19.descent-step: control: caught → none"]);
    assert_eq!(told(STEP, |claim| claim.max_bits = 256), ["other: JT19.descent-step: bits: 128 → 256"]);
    assert_eq!(
        told(STEP, |claim| claim.undecided = 1),
        ["worse: JT19.descent-step: instances: 0 undecided → 1 undecided"]
    );
    assert!(told(STEP, |claim| claim.informative = 3)[0].starts_with("worse: JT19.descent-step: instances: "));
    assert!(told(STEP, |claim| claim.instances = 8)[0].starts_with("other: JT19.descent-step: instances: "));
    assert_eq!(
        told(CHANCE, |claim| claim.samples[1].agrees = Some(false)),
        [
            "worse: ACGH19.thm2-probability-formula: sample: s²d₀/2 ≤ ‖w‖² ≤ 2s²d₀, d₀ = 100, a = 100, s = ‖Φ‖/(√a·d₀): \
             agrees → disagrees",
            "other: ACGH19.thm2-probability-formula: other fields: as before → samples",
        ]
    );
    // Whatever else is saved is compared too.
    let other = told(STEP, |claim| {
        claim.note = "else".to_owned();
        claim.horizon += 1;
        claim.depths = None;
    });
    assert_eq!(other, ["other: JT19.descent-step: other fields: as before → depths, horizon, note"]);
}

#[test]
fn ratios_are_compared_as_the_decimals_they_are() {
    let ratio = |before: Option<&str>, after: Option<&str>| {
        let mut old = GENERATED.clone();
        old.claims[STEP].worst_ratio = before.map(str::to_owned);
        let mut new = old.clone();
        new.claims[STEP].worst_ratio = after.map(str::to_owned);
        Changes::between("old.json", &old, &new).list.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(ratio(Some("0.5"), Some("0.50")), [""; 0]);
    assert_eq!(ratio(Some("1e-3"), Some("0.001")), [""; 0]);
    // One f64 holds both.
    let (less, more) = ("0.99999999999999999999998", "0.99999999999999999999999");
    assert_eq!(ratio(Some(less), Some(more)), [format!("worse: JT19.descent-step: worst ratio: {less} → {more}")]);
    assert_eq!(ratio(Some("0.5"), Some("4e-1")), ["better: JT19.descent-step: worst ratio: 0.5 → 4e-1"]);
    assert_eq!(ratio(None, Some("0.5")), ["other: JT19.descent-step: worst ratio: none → 0.5"]);
    let agreement = told(IDENTITY, |claim| claim.agrees_to = Some("5.42102e-20".to_owned()));
    assert_eq!(agreement, ["other: JT19.layer-balance-gradient: agrees to: none → 5.42102e-20"]);
}

#[test]
fn a_time_counts_beyond_a_factor_and_a_difference() {
    let times = |before: f64, after: f64| {
        let mut old = GENERATED.clone();
        old.claims[STEP].seconds = before;
        let mut new = old.clone();
        new.claims[STEP].seconds = after;
        Changes::between("old.json", &old, &new).list.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(times(10.0, 19.9), [""; 0]);
    assert_eq!(times(0.001, 0.5), [""; 0]);
    assert_eq!(times(0.0, 0.5), ["worse: JT19.descent-step: time: 0.00 s → 0.50 s"]);
    assert_eq!(times(3.0, 1.5), ["better: JT19.descent-step: time: 3.00 s → 1.50 s"]);
}

#[test]
fn what_is_worse_comes_first_and_verdicts_before_numbers() {
    let told = of(&GENERATED, |results| {
        results.claims[IDENTITY].max_bits = 64;
        results.claims[STEP].worst_ratio = Some("0.9".to_owned());
        results.claims[CHANCE].evidence = Some(Evidence::Exact);
        results.claims[SLIP].status = Status::Undecided;
    });
    let words: Vec<&str> = told.iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(words, ["worse", "worse", "better", "other"]);
    assert!(told[0].contains("JT19.SL-1: status") && told[1].contains("worst ratio"), "{told:?}");
}

#[test]
fn claims_that_one_side_has_are_new_or_gone() {
    let mut new = GENERATED.clone();
    new.claims[STEP].id = "JT19.renamed".to_owned();
    let changes = Changes::between("old.json", &GENERATED, &new);
    assert_eq!(changes.new, [("JT19.renamed".to_owned(), "holds (certified)".to_owned())]);
    assert_eq!(changes.gone, [("JT19.descent-step".to_owned(), "holds (certified)".to_owned())]);
    assert_eq!(
        changes.sentence(),
        "3 claims in both: 0 changes for the worse, 0 for the better, 0 other. 1 claim new, 1 gone."
    );
}

#[test]
fn other_instances_are_said_first_and_judge_no_number() {
    let mut new = Results { seed: 2, version: "9.0.0".to_owned(), interrupted: true, ..GENERATED.clone() };
    new.claims[STEP].worst_ratio = Some("0.9".to_owned());
    new.claims[SLIP].status = Status::Holds;
    let changes = Changes::between("old.json", &GENERATED, &new);
    let conditions: Vec<String> = changes.conditions.iter().map(ToString::to_string).collect();
    let version = format!("version: {} → 9.0.0", env!("CARGO_PKG_VERSION"));
    assert_eq!(conditions, [version.as_str(), "seed: 1 → 2", "interrupted: no → yes"]);
    assert!(changes.reading().contains("These are other instances"));
    let told: Vec<String> = changes.list.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "worse: JT19.SL-1: status: refuted (certified) → holds (certified)",
            "other: JT19.descent-step: worst ratio: 0.501075 → 0.9"
        ]
    );
    // On one's own run nothing but a refutation is bad.
    assert_eq!(OWN_RUN.claims[SLIP].status, Status::Refuted);
    let told = of(&OWN_RUN, |results| results.claims[SLIP].status = Status::NotApplicable);
    assert_eq!(told, ["better: JT19.SL-1: status: refuted (certified) → not-applicable (certified)"]);
}
