//! What the verdicts of the catalogue were found to be beyond *holds* and *refuted*. A bound that has become looser, evidence that has become
//! weaker and instances that have drifted to where a claim says nothing are as wrong as a claim that fails.

use std::ops::RangeInclusive;

use gradient_witness::claims::{Expected, Scope};
use gradient_witness::harness::INSTANCES;
use gradient_witness::verify::{ClaimVerdict, Evidence};

/// What is decided over the rationals, whatever the instance.
const EXACT: [&str; 27] = [
    "JT19.data-normalised-separable",
    "JT19.assumption-3-support-span",
    "JT19.ball",
    "JT19.SL-6",
    "JT19.SL-8",
    "JT19.balanced-init-rank-one",
    "JT19.lemma3-dual-weights",
    "JT19.lemma3-alpha-positive",
    "JT19.rank1-distance",
    "JT19.appendix-a-zero-first-layer",
    "ACGH19.whitened-loss.optimum",
    "ACGH19.delta-balanced",
    "ACGH19.balanced-singular-values",
    "ACGH19.residual-init-balanced",
    "ACGH19.procedure1-balanced-init",
    "ACGH19.deficiency-margin",
    "ACGH19.remark-extensions",
    "ACGH19.flow-end-to-end-ode",
    "ACGH19.flow-PW-eigenvalues",
    "ACGH19.lemma18-symmetric-evolution",
    "ACGH19.S1",
    "ACGH19.S2",
    "ACGH19.S3",
    "ACGH19.claim4-unbalanced-divergence.printed",
    "ACGH19.lemma17-alternating-signs.printed",
    "ACGH19.lemma5-sigma-min.printed",
    "ACGH19.lemma7-linear-part.order.printed",
];

/// What rests on samples.
const STATISTICAL: [&str; 7] = [
    "ACGH19.claim2-gaussian-balance",
    "ACGH19.lemma10-imbalance-second-moment",
    "ACGH19.claim3-gaussian-margin",
    "ACGH19.lemma11-carbery-wright",
    "ACGH19.lemma12-product-norm",
    "ACGH19.lemma13-rotation-invariance",
    "ACGH19.small-std-margin-near-half",
];

/// Where the largest left over right lies.
const RATIOS: [(&str, RangeInclusive<f64>); 30] = [
    ("JT19.smoothness-beta", 0.1..=0.2),
    // A step whose size is far below 1/β lowers the risk by η‖∇R‖², twice what is promised.
    ("JT19.descent-step", 0.5..=0.57),
    ("JT19.lemma7-ball-step-sum", 0.04..=0.16),
    ("JT19.lemma6-escape", 0.05..=0.25),
    ("JT19.eq6-singular-chain", 0.99..=1.000001),
    ("JT19.lemma2-rank-gap", 0.99..=1.000001),
    // c is twice what is asked for.
    ("JT19.poster-hessian-unbounded", 0.249..=0.251),
    ("ACGH19.claim1-sigma-min-lower-bound", 0.999..=1.0),
    ("ACGH19.margin-requires-no-bottleneck", 0.999..=1.0),
    ("ACGH19.margin-implies-critical-is-global", 0.999..=1.0),
    ("ACGH19.residual-half-distance", 0.999..=1.0),
    ("ACGH19.flow-descent", 0.999..=1.0),
    // The decrease is at least 1.999 times what is promised.
    ("ACGH19.lemma1-single-step-descent", 0.49..=0.5003),
    ("ACGH19.lemma2-B-descent", 0.49..=0.5003),
    // The margin is nearly the least singular value of the start.
    ("ACGH19.thm1-contraction-product", 0.99..=1.0),
    // At most 1/8.
    ("ACGH19.lemma2-Aprime-step-drift", 0.005..=0.126),
    ("ACGH19.lemma2-C-layer-norms", 0.4..=0.75),
    ("ACGH19.lemma2-gradient-sum", 0.4..=0.5003),
    // Runs reach the end that Theorem 1 sets in half the time.
    ("ACGH19.thm1-linear-convergence", 0.4..=0.5003),
    ("ACGH19.lemma3-lidskii", 1.0..=1.0),
    ("ACGH19.lemma4-diagonal", 1.0..=1.0),
    // (1 − 1/N)/3 for N = 20.
    ("ACGH19.lemma5-partial-products", 0.31..=0.317),
    ("ACGH19.lemma5-sigma-min", 0.99..=1.0),
    ("ACGH19.lemma6-layer-norms", 0.504..=0.51),
    ("ACGH19.lemma7-single-step", 0.499..=0.501),
    ("ACGH19.lemma7-higher-order-terms", 1.0..=1.0),
    ("ACGH19.lemma17-alternating-signs", 0.99..=1.0),
    ("ACGH19.claim4-growth-rate", 0.3..=0.9),
    ("ACGH19.claim5-negative-eigenvalue", 0.99..=1.0),
    ("ACGH19.lemma9-chi-square", 0.3..=0.5),
];

/// What is an equality on some instances, or on all.
const ATTAINED: [&str; 15] = [
    "JT19.theorem1-gradient-floor",
    "JT19.eq6-singular-chain",
    "JT19.lemma2-rank-gap",
    "JT19.lemma4-steps",
    "JT19.nested-max-margin",
    "JT19.alignment-ratio-floor",
    "JT19.rank1-distance",
    "JT19.appendix-a-zero-first-layer",
    "ACGH19.claim1-sigma-min-lower-bound",
    "ACGH19.margin-requires-no-bottleneck",
    "ACGH19.margin-implies-critical-is-global",
    "ACGH19.residual-half-distance",
    "ACGH19.flow-descent",
    "ACGH19.lemma3-lidskii",
    "ACGH19.lemma4-diagonal",
];

/// Every id that is named here.
pub fn named() -> impl Iterator<Item = &'static str> {
    let ratios = RATIOS.iter().map(|(id, _)| *id);
    EXACT.into_iter().chain(STATISTICAL).chain(ATTAINED).chain(ratios)
}

/// What a verdict that came out as expected lacks of what was measured.
pub fn demand(verdict: &ClaimVerdict) -> Result<(), String> {
    let ClaimVerdict { id, applicable, instances, informative, attained, .. } = *verdict;
    let is_listed = |list: &[&str]| list.contains(&id);
    let asked = |holds: bool, what: String| if holds { Ok(()) } else { Err(what) };

    let least = match verdict.scope {
        Scope::Identity => Evidence::Proved,
        _ if is_listed(&EXACT) => Evidence::Exact,
        _ if is_listed(&STATISTICAL) => Evidence::Statistical,
        _ => Evidence::Certified,
    };
    asked(verdict.evidence >= Some(least), format!("it should rest on {least} evidence"))?;
    asked(verdict.undecided == 0, format!("{} undecided", verdict.undecided))?;
    asked(verdict.samples.iter().all(|sample| sample.agrees != Some(false)), "a sample disagrees".to_owned())?;
    asked(verdict.confidence.is_some() != verdict.samples.is_empty(), "a confidence comes with samples".to_owned())?;
    if verdict.expected == Expected::Refuted || applicable < INSTANCES.min(instances) {
        return Ok(());
    }
    asked(4 * informative >= applicable, format!("informative on {informative} of {applicable} only"))?;
    asked(4 * applicable >= instances, format!("applicable to {applicable} of {instances} only"))?;
    asked(attained > 0 || !is_listed(&ATTAINED), "an equality is attained nowhere".to_owned())?;
    let Some((_, range)) = RATIOS.iter().find(|(known, _)| *known == id) else { return Ok(()) };
    let is_inside = verdict.worst_ratio.is_some_and(|ratio| range.contains(&ratio));
    asked(is_inside, format!("the largest ratio is {:?}, outside {range:?}", verdict.worst_ratio))
}
