//! Numbers that Arora et al. state of random starts, and numbers that were found by other programs.

use gradient_witness::claims::Claim;
use gradient_witness::papers::catalogue;
use gradient_witness::report::note;
use gradient_witness::verify::{ClaimVerdict, Evidence, Options, Status, verify};

fn verdict_on(id: &str, options: &Options) -> ClaimVerdict {
    let claims = catalogue();
    let claim: Vec<&Claim> = claims.iter().filter(|claim| claim.id() == id).collect();
    assert_eq!(claim.len(), 1, "{id} in the catalogue");
    verify(&claim, options, &()).claims.remove(0)
}

#[test]
fn the_misprinted_moment_is_refuted_exactly() {
    let verdict = verdict_on("ACGH19.S2", &Options::default());
    assert_eq!((verdict.status, verdict.evidence), (Status::Refuted, Some(Evidence::Exact)));
    assert_eq!(verdict.control, Some(true));
    let told = note(&verdict);
    assert!(told.contains(": 4 against 5; replayed by witness verify --claim ACGH19.S2"), "{told}");
    assert!(verdict.as_expected());
}

/// The paper's own example, `d_0 = a = 100`: exact, sampled and guaranteed.
#[test]
fn the_example_of_theorem_2() {
    let verdict = verdict_on("ACGH19.thm2-probability-formula", &Options { instances: 1, ..Options::default() });
    let sample = &verdict.samples[0];
    let (least, greatest) = sample.exact.unwrap();
    assert!(0.460_369 < least && greatest < 0.460_371, "{least} {greatest}");
    assert!(greatest - least < 1e-15);
    let guaranteed = sample.at_least.unwrap();
    assert!((guaranteed - 0.276_226).abs() < 1e-6, "{guaranteed}");
    assert_eq!((sample.draws, sample.seen, sample.unclear, sample.agrees), (64_000, Some(29_493), 0, Some(true)));
    assert!(sample.interval.lower < 0.4604 && 0.4604 < sample.interval.upper && sample.interval.length() < 0.03);
    for part in [
        "drawn 0.4608",
        "exactly 0.460370",
        "claimed at least 0.276227",
        "draws for d₀ = 100, a = 100, s = ‖Φ‖/(√a·d₀)",
    ] {
        assert!(verdict.note.to_string().contains(part), "{}", verdict.note);
    }
}

/// Exact probabilities and guarantees of the text, found there by other programs.
#[test]
fn numbers_that_were_known_before() {
    let near = |value: f64, known: f64, digits: i32| (value - known).abs() <= 0.5 * 10_f64.powi(-digits);
    let sphere = verdict_on("ACGH19.lemma15-sphere-margin", &Options { instances: 3, ..Options::default() });
    assert_eq!(sphere.samples.len(), 3, "in 20 dimensions a sample is drawn as well");
    for (sample, (exact, guaranteed, digits)) in
        sphere.samples.iter().zip([(0.443, 0.341, 3), (0.315, 0.005, 3), (0.4982, 0.4950, 4)])
    {
        let (least, greatest) = sample.exact.unwrap();
        assert!(near(least, exact, digits) && near(greatest, exact, digits), "{sample:?}");
        assert!(near(sample.at_least.unwrap(), guaranteed, digits), "{sample:?}");
    }
    let shrinking = verdict_on("ACGH19.small-std-margin-near-half", &Options { instances: 6, ..Options::default() });
    for (index, known, digits) in [(0, 0.4148, 4), (1, 0.4914, 4), (4, 0.0105, 4), (5, 2e-11, 11)] {
        assert!(near(shrinking.samples[index].exact.unwrap().0, known, digits), "{:?}", shrinking.samples[index]);
    }
}

#[test]
fn a_slip_in_a_formula_would_show() {
    // Other seeds draw other samples; the formulas must agree with all of them.
    for seed in 2..6 {
        for id in ["ACGH19.lemma16-rotation-invariant-margin", "ACGH19.lemma15-sphere-margin"] {
            let verdict = verdict_on(id, &Options { seed, instances: 8, ..Options::default() });
            assert!(matches!(verdict.status, Status::Holds | Status::NotApplicable), "{id}: {}", verdict.note);
        }
    }
}
