//! The instances lie where they are meant to: just inside the hypotheses, at their limits, and at the worst that there is. A check
//! whose instances have drifted inward still holds, and says less.

use std::sync::Arc;

use gradient_witness::algebra::exact::{end_to_end, identity, norm_squared, rectangular_diagonal, sum};
use gradient_witness::claims::{Check, Claim, Event, Finding, Hypothesis};
use gradient_witness::generate::{Instance, Look, imbalance_squared, towards};
use gradient_witness::number::{Ball, Truth};
use gradient_witness::problem::{Data, Matrix};
use gradient_witness::reference::{Descent, Setting};
use rug::Rational as Exact;

use crate::claim;

fn instances(claim: &Claim, count: u64) -> Vec<Instance> {
    let Check::Instances { source, .. } = claim.check() else { panic!("{} has instances", claim.id()) };
    (0..count).map_while(|index| source.instance(1, index)).collect()
}

/// What the claim finds at the start and after each step of a run.
fn findings(claim: &Claim, instance: &Instance) -> Vec<Finding> {
    let setting = Arc::new(Setting::<Ball>::new(Arc::clone(&instance.problem), 256));
    let mut descent = Descent::new(setting).expect("small weights");
    let mut observer = claim.statement().expect("of runs").observer();
    let mut see = |event: Event<'_, Ball>| {
        let mut finding = Finding::default();
        observer(event, &mut finding);
        finding
    };
    let start = Arc::clone(descent.point());
    let mut found = vec![see(Event::Start(&start))];
    for _ in 0..instance.look.steps() {
        found.push(see(Event::Step(&descent.step().expect("small weights"))));
    }
    found
}

/// How near a hypothesis of the form left ≤ right is to its limit.
fn closeness(hypothesis: &Hypothesis) -> f64 {
    hypothesis.sides.map_or(0.0, |(left, right)| left / right)
}

fn target(instance: &Instance) -> &Matrix<Exact> {
    let Data::Target(target) = instance.problem.data() else { panic!("a target") };
    target
}

#[test]
fn layers_at_the_limit_of_28_are_within_a_thousandth_of_it() {
    let claim = claim("ACGH19.lemma7-linear-part");
    for (index, instance) in instances(&claim, 24).iter().enumerate() {
        let finding = &findings(&claim, instance)[0];
        assert_eq!(finding.applicable(), Truth::True, "{index}: {:?}", finding.hypotheses());
        let bounds = finding.hypotheses().iter().filter(|hypothesis| hypothesis.label.starts_with("(28)"));
        let nearest = bounds.map(closeness).fold(0.0, f64::max);
        assert!((0.99..=1.0).contains(&nearest), "{index}: {:?}", finding.hypotheses());
    }
}

#[test]
fn steps_are_just_below_the_limit_of_the_expansion_or_of_27() {
    let claim = claim("ACGH19.lemma7-step-size");
    let (mut at_the_limit, mut within) = (0, 0);
    for (index, instance) in instances(&claim, 48).iter().enumerate() {
        let finding = &findings(&claim, instance)[1];
        assert_eq!(finding.applicable(), Truth::True, "{index}: {:?}", finding.hypotheses());
        let limit = finding.hypotheses().iter().find(|hypothesis| hypothesis.label.starts_with("(2ηM"));
        if limit.is_some_and(|limit| closeness(limit) > 0.99) {
            at_the_limit += 1;
        } else if imbalance_squared(instance.problem.initial()) == 0 {
            // (28) asks for nothing, and the step is just below what (27) allows.
            let budget = finding.relations().iter().find(|relation| relation.id.label.starts_with("½σ^a"));
            let ratio = budget.and_then(|budget| budget.ratio);
            assert!(ratio.is_some_and(|ratio| (0.68..=1.0).contains(&ratio)), "{index}: {ratio:?}");
            within += 1;
        }
    }
    assert!(at_the_limit >= 12 && within >= 3, "{at_the_limit} at the limit, {within} balanced ones at that of (27)");
}

#[test]
fn unbalanced_starts_are_a_thousandth_above_the_repaired_bound() {
    let claim = claim("ACGH19.claim4-unbalanced-divergence");
    let mut depths = Vec::new();
    for (index, instance) in instances(&claim, 24).iter().enumerate() {
        let finding = &findings(&claim, &Instance { look: Look::Run(1), ..instance.clone() })[1];
        assert_eq!(finding.applicable(), Truth::True, "{index}: {:?}", finding.hypotheses());
        let nearest = finding.hypotheses().iter().map(closeness).fold(0.0, f64::max);
        // The bounds are of degree up to 2N − 2 = 10 in A.
        assert!((0.985..1.0).contains(&nearest), "{index}: {:?}", finding.hypotheses());
        depths.push(instance.problem.initial().len());
    }
    assert!([2, 4, 6].iter().all(|depth| depths.contains(depth)), "{depths:?}");
}

#[test]
fn targets_near_the_identity_reach_the_distance_one_half_and_the_worst_direction() {
    let claim = claim("ACGH19.residual-half-distance");
    let (mut farthest, mut downward) = (0.0_f64, 0);
    for instance in instances(&claim, 48) {
        let target = target(&instance);
        let change = sum(target, &Exact::from(-1), &identity(target.rows()));
        farthest = farthest.max(norm_squared(change.entries()).to_f64().sqrt());
        let trace = (0..change.rows()).fold(0.0, |trace, i| trace + change[(i, i)].to_f64());
        // −δuuᵀ has the trace −δ, and nothing of that norm a lower one.
        let distance = norm_squared(change.entries()).to_f64().sqrt();
        downward += u32::from(change.rows() > 1 && distance > 0.0 && (trace + distance).abs() < 1e-9);
    }
    assert!((0.499_999_9..0.5).contains(&farthest), "{farthest}");
    assert!(downward >= 8, "{downward}");
}

#[test]
fn symmetric_targets_have_eigenvalues_of_both_signs() {
    let claim = claim("ACGH19.lemma18-symmetric-evolution");
    let trace = |instance: &Instance| {
        let target = target(instance);
        (0..target.rows()).fold(Exact::new(), |trace, i| trace + &target[(i, i)])
    };
    let traces: Vec<Exact> = instances(&claim, 24).iter().map(trace).collect();
    assert!(traces.iter().any(|trace| *trace < -1) && traces.iter().any(|trace| *trace > 1), "{traces:?}");
}

#[test]
fn every_draw_of_diagonals_makes_an_instance() {
    for id in ["ACGH19.lemma3-lidskii", "ACGH19.lemma4-diagonal"] {
        assert_eq!(instances(&claim(id), 300).len(), 300, "{id}");
    }
}

#[test]
fn the_fall_of_the_loss_is_judged_where_28_holds_and_nowhere_else() {
    let claim = claim("ACGH19.lemma7-step-size");
    // W_1 = diag(1, ¼), W_2 = diag(x, ¼): M = 1, σ = x/16 at most and ‖D_1‖_F = 1 − x². The first bound of (28) is 64‖D_1‖_F ≤ 1/16, the
    // second 24‖D_1‖_F ≤ 1/256: 9.77·10⁻⁴ and 1.63·10⁻⁴.
    for (x, is_judged) in [((999_925, 1_000_000), true), ((99_990, 100_000), false)] {
        let layer = |first: Exact| rectangular_diagonal(2, 2, &[first, Exact::from((1, 4))]);
        let layers = vec![layer(Exact::from(1)), layer(Exact::from(x))];
        let target = sum(&end_to_end(&layers, 2), &Exact::from((1, 100)), &identity(2));
        let instance = Instance::run(towards(target, layers, Exact::from((1, 1_000_000))), 1);
        let finding = &findings(&claim, &instance)[1];
        assert_eq!(finding.applicable(), Truth::True, "{:?}", finding.hypotheses());
        let judged = finding.relations().iter().any(|relation| relation.id.label.starts_with("½σ^a"));
        assert_eq!(judged, is_judged, "{x:?}");
    }
}
