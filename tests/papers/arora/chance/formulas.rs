//! The numbers in the statements of Arora et al. about chance, where a sample would not notice another one: hypotheses at their
//! limits, and sides computed here by other means.

use gradient_witness::claims::{AboutChance, Chance, Finding, Outcome};
use gradient_witness::number::{Ball, Truth};
use gradient_witness::papers::arora::chance::cap::{CapArea, CapCase};
use gradient_witness::papers::arora::chance::gaussian_balance::{DiagonalMoment, PairCase};
use gradient_witness::papers::arora::chance::gaussian_margin::{GaussianMargin, GaussianMarginCase, Scale};
use gradient_witness::papers::arora::chance::sphere::{RadialCase, RotationInvariantMargin};
use gradient_witness::papers::arora::chance::two_phase::{PhaseCase, TwoPhase};
use rug::Rational;

/// What is said of a case.
fn finding<S: AboutChance>(statement: &S, case: &S::Case) -> Finding {
    let mut chance = Chance::<Ball>::new(128);
    statement.examine(case, &mut chance);
    chance.into_parts().0
}

/// The sides of the relation whose label begins so.
fn sides(finding: &Finding, label: &str) -> (f64, f64) {
    let relation = finding.relations().iter().find(|relation| relation.id.label.starts_with(label));
    relation.unwrap_or_else(|| panic!("{label}: {:?}", finding.relations())).sides
}

fn near(found: f64, expected: f64) -> bool {
    (found / expected - 1.0).abs() < 1e-9
}

#[test]
fn radial_laws_are_judged_within_the_hypotheses_alone() {
    let applies = |dimension, b1: (i32, i32), b2: (i32, i32), outside: (i32, i32)| {
        let case = RadialCase { dimension, b1: b1.into(), b2: b2.into(), outside: outside.into() };
        finding(&RotationInvariantMargin::default(), &case).applicable() == Truth::True
    };
    assert!(applies(20, (1, 1), (2, 1), (0, 1)) && applies(20, (1, 1), (2, 1), (99, 100)));
    assert!(!applies(19, (1, 1), (2, 1), (0, 1)), "d ≥ 20");
    assert!(!applies(20, (99, 100), (2, 1), (0, 1)), "b₁ ≥ 1");
    assert!(!applies(20, (2, 1), (2, 1), (0, 1)), "b₂ > b₁");
    assert!(!applies(20, (1, 1), (2, 1), (1, 1)), "ε < 1");
    assert!(!applies(20, (1, 1), (2, 1), (-1, 100)), "0 ≤ ε");
}

#[test]
fn moments_are_enumerated_of_matrices_with_few_entries() {
    let applies =
        |a, b, d| finding(&DiagonalMoment { cross: 2 }, &PairCase { a, b, d, k: 2.into() }).applicable() == Truth::True;
    assert!(applies(1, 1, 1) && applies(1, 2, 2) && applies(3, 4, 1));
    assert!(!applies(0, 1, 1) && !applies(1, 0, 1) && !applies(1, 1, 0));
    // The statement speaks of more entries as well, and is left open there.
    let large = finding(&DiagonalMoment { cross: 2 }, &PairCase { a: 4, b: 4, d: 1, k: 2.into() });
    assert!(large.applicable() == Truth::True && large.relations()[0].outcome == Outcome::Open);
}

#[test]
fn the_largest_deviation_of_claim_3_is_that_of_the_text() {
    // s ≤ (10⁵d₀³C₁)^{−1/2} with d₀ = 20 and C₁ = 2000: 7.9057·10⁻⁷.
    for (deviation, applies) in [((7905, 10_000_000_000_i64), true), ((7906, 10_000_000_000), false)] {
        let case = GaussianMarginCase { widths: vec![20, 1], scale: Scale::Deviation(Rational::from(deviation)) };
        let found = finding(&GaussianMargin::default(), &case).applicable();
        assert_eq!(found == Truth::True, applies, "{deviation:?}");
    }
}

#[test]
fn the_margin_of_claim_3_is_that_of_the_text() {
    for (widths, depth) in [(vec![20, 1], 1), (vec![20, 3, 1], 2), (vec![20, 2, 2, 1], 3)] {
        let finding = finding(&GaussianMargin::default(), &GaussianMarginCase { widths, scale: Scale::Largest });
        let bound = finding.hypotheses().iter().find(|hypothesis| hypothesis.label.starts_with("0 < c"));
        let (margin, ceiling) = bound.and_then(|bound| bound.sides).expect("the margin and its bound");
        // 1/(10⁵d₀³C₁(C₁N)^{2N}) with d₀ = 20 and C₁ = 2000, which the largest s attains.
        let expected = 1.0 / (1e5 * 8000.0 * 2000.0 * (2000.0 * f64::from(depth)).powi(2 * depth));
        assert!(near(margin, expected) && near(ceiling, expected), "{depth}: {margin}, {ceiling}, {expected}");
    }
}

#[test]
fn the_integrals_of_lemma_14_are_those_of_powers_of_the_cosine() {
    for dimension in [20, 21, 40] {
        let finding = finding(&CapArea::default(), &CapCase { dimension, height: Rational::from((1, 20)) });
        // ∫_0^{π/2} cos^{d−2}, by the rule of the midpoints, which is exact to rounding for a periodic function.
        let cells = 2000;
        let width = std::f64::consts::FRAC_PI_2 / f64::from(cells);
        let whole: f64 =
            (0..cells).map(|cell| (width * (f64::from(cell) + 0.5)).cos().powi(dimension as i32 - 2)).sum();
        assert!(near(sides(&finding, "C_{d−2}(0)").1, whole * width), "{dimension}");
    }
}

#[test]
fn both_phases_together_are_as_long_as_the_text_says() {
    // Two layers, f = 4, s²d₀ = 1/25, ε = 1/8.
    let (f, size, loss) = (4.0_f64, 0.04_f64, 0.125_f64);
    let case = PhaseCase {
        depth: 2,
        dimension: 100,
        target: Rational::from(4),
        size: Rational::from((1, 25)),
        loss: Rational::from((1, 8)),
        slowness: 1,
    };
    let finding = finding(&TwoPhase::default(), &case);
    assert_eq!(finding.applicable(), Truth::True);
    // 2 − 2/N = 1: T = 4(f/(s²d₀) · ln 4 + ln(f²/8ε)/f), and t₀ = (2f/(s²d₀)) ln 4, all times η.
    let total = 4.0 * (f / size * 4_f64.ln() + (f * f / (8.0 * loss)).ln() / f);
    let eta = size.powi(3) / f.powi(7) / (100_000.0 * 8.0);
    let needed = 2.0 * f / size * 4_f64.ln() + eta + (f * f / (8.0 * loss)).ln() / (f / 2.0);
    let (left, right) = sides(&finding, "t₀ and the second phase");
    assert!(near(left, needed) && near(right, total), "{left} {needed}, {right} {total}");
}
