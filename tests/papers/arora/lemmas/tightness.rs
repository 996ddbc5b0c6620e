//! How close the single links of the proof of Lemma 7 are, at the constants where they are closest.

use std::sync::Arc;

use gradient_witness::algebra::exact::identity;
use gradient_witness::claims::{AboutPoint, Finding};
use gradient_witness::generate::towards;
use gradient_witness::number::Ball;
use gradient_witness::papers::arora::preconditions::{Imbalances, StepSizes};
use gradient_witness::reference::{Point, Setting};

/// The largest left over right of the relation `label` at `c = σ = f = 1` and the given depth.
fn ratio(statement: &impl AboutPoint, depth: usize, label: &str) -> f64 {
    let problem = towards(identity(1), vec![identity(1); depth], 1.into());
    let setting = Arc::new(Setting::<Ball>::new(Arc::new(problem), 128));
    let mut finding = Finding::default();
    statement.conclude(&Point::initial(setting), &mut finding);
    let relation = finding.relations().iter().find(|relation| relation.id.label == label);
    relation.and_then(|relation| relation.ratio).expect("the relation is asserted and has a ratio")
}

#[test]
fn the_step_is_far_below_what_the_expansion_needs() {
    let largest = |label| (1..=12).map(|depth| ratio(&StepSizes::default(), depth, label)).fold(0.0, f64::max);
    for (label, range) in [
        ("η*(c) ≤ 1/(2M^{N−2}BN)", 8e-5..=8.2e-5),
        ("η*(c) ≤ σ^a/(24·2M^{3N−4}N²B)", 0.033..=0.0332),
        ("η*(c) ≤ σ^a/(24N²M^{4(N−1)})", 0.066..=0.0662),
        ("η*(c) ≤ (σ^a/(24·4M^{6N−8}N⁴B²))^{1/3}", 5e-4..=6e-4),
    ] {
        let found = largest(label);
        assert!(range.contains(&found), "{label}: {found} outside {range:?}");
    }
}

#[test]
fn the_printed_constant_256_is_sharp_for_many_layers() {
    let first = |depth| ratio(&Imbalances::default(), depth, "2δ*(c) ≤ σ^a/(8N³M^{2(N−2)})");
    for depth in 1..=24 {
        // 4^{−4/N}, which tends to 1.
        let expected = 4.0_f64.powf(-4.0 / depth as f64);
        assert!((first(depth) - expected).abs() < 1e-12, "{depth}: {} against {expected}", first(depth));
    }
    assert!((0.603..=0.605).contains(&first(11)));
    let others = ["2δ*(c) ≤ σ²/(6N²M^{2(N−1)})", "2δ*(c) ≤ (2f)^{2/N}/(30N²)"];
    for (label, range) in others.into_iter().zip([0.099..=0.0993, 0.0585..=0.0587]) {
        let found = (1..=12).map(|depth| ratio(&Imbalances::default(), depth, label)).fold(0.0, f64::max);
        assert!(range.contains(&found), "{label}: {found} outside {range:?}");
    }
}
