//! Theorem 1 to its very end in f64, where balls would take too long: 10⁵ to 10⁶ steps. Evidence beside the verdict, not for it.

use gradient_witness::algebra::spectral::{Effort, Spectrum};
use gradient_witness::claims::Check;
use gradient_witness::descent::{Descent, StepOutcome};
use gradient_witness::generate::{Imbalance, Random, TargetRecipe};
use gradient_witness::number::{Ball, Real};
use gradient_witness::papers::arora::theorem1::Dropped;
use gradient_witness::problem::StepRule;
use gradient_witness::reference::{Point, Setting};
use std::sync::Arc;

use crate::claim;

/// The unit roundoff of f64.
const UNIT: f64 = f64::EPSILON / 2.0;

/// Runs as many steps as the theorem asks for to bring the loss down by `e^fall`; the number of steps and the quotient of what is
/// needed of `ln(ℓ(0)/ℓ(T))` by what is reached.
fn run_to_the_end(widths: &[usize], fall: f64, seed: u64) -> (u64, f64) {
    let recipe = TargetRecipe {
        widths: widths.to_vec(),
        nearness: 5,
        imbalance: Imbalance::Largest,
        slowness: 1,
        steps: 1,
        seed,
    };
    let problem = recipe.build(&mut Random::new("a long run", seed, 0)).problem;
    let StepRule::Constant(eta) = problem.step() else { panic!("a constant step") };
    let setting = Arc::new(Setting::<Ball>::new(Arc::clone(&problem), 128));
    let constants = Dropped::default().constants(&Point::initial(setting));
    let rate = constants.rate().lower_f64() * eta.to_f64();
    let steps = (fall / rate).ceil() as u64;
    let mut descent = Descent::new(&problem).expect("numbers within f64");
    let initial = descent.risk().expect("a finite risk");
    for _ in 0..steps {
        assert!(matches!(descent.step(), StepOutcome::Advanced), "step {}", descent.t());
    }
    // A rounding moves a weight by at most 2u times the largest weight M, M^N ≤ 4f by condition C(t), once a step. What it has moved
    // grows by at most 1 + η(N−1)M^{N−2}‖G(t)‖ a step, because the rest of the Hessian is positive, and η Σ‖G(t)‖ ≤ 2‖G(0)‖/c^{2(N−1)/N}
    // by (9). The product moves by at most N M^{N−1} times as much.
    let layers = constants.depth as f64;
    let largest = (4.0 * constants.norm.upper_f64()).powf(1.0 / layers);
    let residual = (2.0 * initial).sqrt();
    let growth = (2.0 * (layers - 1.0) * largest.powf(layers - 2.0) * residual * eta.to_f64() / rate).exp();
    let count: usize = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let moved = growth * steps as f64 * 2.0 * UNIT * largest * (count as f64).sqrt();
    let off = 1.01 * layers * largest.powf(layers - 1.0) * moved;
    let reached = (2.0 * descent.risk().expect("a finite risk")).sqrt() + off;
    assert!(off < 0.01 * residual * (-fall / 2.0).exp(), "a budget of {off} would decide by itself");
    let needed = residual * (-fall / 2.0).exp();
    println!(
        "{widths:?}: {steps} steps, ‖G‖ {residual:e} → {reached:e} (of which roundings {off:e}), granted {needed:e}"
    );
    assert!(reached <= needed, "{widths:?}: {reached} above {needed} after {steps} steps");
    (steps, fall / (2.0 * (residual / reached).ln()))
}

#[test]
fn f64_runs_of_a_million_steps_end_in_time() {
    for (widths, fall, seed) in [
        (&[1, 1, 1][..], 4.0, 1),
        (&[2, 1, 1], 4.0, 2),
        (&[2, 2, 2], 0.5, 3),
        (&[1, 1, 1, 1], 4.0, 4),
        (&[2, 1, 1, 1], 2.0, 5),
    ] {
        let (steps, share) = run_to_the_end(widths, fall, seed);
        assert!((100_000..=3_000_000).contains(&steps), "{widths:?}: {steps} steps");
        assert!((0.05..=0.51).contains(&share), "{widths:?}: {share} of the steps");
    }
}

#[test]
fn complete_runs_are_as_long_as_theorem_1_asks() {
    let claim = claim("ACGH19.thm1-linear-convergence");
    let Check::Instances { source, .. } = claim.check() else { panic!("runs") };
    let mut depths = [0; 4];
    for instance in (0..100).filter_map(|index| source.instance(1, index)) {
        let StepRule::Constant(eta) = instance.problem.step() else { panic!("a constant step") };
        let setting = Arc::new(Setting::<Ball>::new(Arc::clone(&instance.problem), 128));
        let start = Point::initial(Arc::clone(&setting));
        let target = setting.target().expect("a target");
        let least = Spectrum::of(target, Effort::Tight).singular_values().pop().expect("a singular value");
        let margin = (least - &start.end_to_end().clone().minus(target).frobenius()).approximate();
        let depth = start.weights().len();
        // ηc^{2(N−1)/N} T ≥ ln(ℓ(0)/ε) for the first such T.
        let rate = eta.to_f64() * margin.powf(2.0 - 2.0 / depth as f64);
        let excess = |fall: f64| instance.look.steps() as f64 * rate - fall;
        let falls: &[f64] = [&[0.25, 1.0][..], &[0.25], &[0.0625], &[0.03125]][depth - 1];
        let is_first = |&fall: &f64| (-1e-6..1.001 * rate + 1e-6).contains(&excess(fall));
        assert!(falls.iter().any(is_first), "{} in {} steps", excess(0.0), instance.look.steps());
        depths[depth - 1] += 1;
    }
    assert!(depths.iter().all(|&count| count > 0), "{depths:?}");
}
