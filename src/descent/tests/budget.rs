//! Every step is within its budget, and the budget is not much looser than what is measured.

use rug::{Float, Rational};

use super::definition::exact_step;
use super::samples::{Kind, kinds};
use super::start;
use crate::descent::StepOutcome;
use crate::descent::budget::{chain_length, layer_chain_lengths};
use crate::problem::{Loss, Network, Normalisation, Problem};

/// `γ_m = mu/(1 − mu)` with `u = 2⁻⁵³`, exact.
fn gamma(chain_length: u64) -> Rational {
    Rational::from((chain_length, (1u64 << 53) - chain_length))
}

/// The largest share of the budget that a weight uses in `steps` steps, after checking that none uses more than all of it.
fn worst_share(problem: &Problem, steps: usize) -> f64 {
    let mut descent = start(problem);
    let bracket = gamma(chain_length(problem));
    let gammas: Vec<_> = layer_chain_lengths(problem).into_iter().map(gamma).collect();
    let mut worst = 0.0f64;
    for _ in 0..steps {
        let before = descent.parameters().to_vec();
        let step = exact_step(problem, &before, descent.eta(), &bracket);
        let eta = descent.eta();
        if let StepOutcome::Diverged(divergence) = descent.step() {
            // The exponential loss of a deep network does, and says so.
            assert!(*problem.loss() == Loss::Exponential, "{divergence} in {problem:?}");
            break;
        }
        let after = descent.parameters();
        let mut index = 0;
        for (k, (layer, absolute)) in step.weights.iter().zip(&step.absolute).enumerate() {
            for (exact, absolute) in layer.iter().zip(absolute) {
                let error = (Float::with_val(400, after[index]) - exact).abs();
                let rounding = Float::with_val(400, before[index]).abs() >> 53;
                let budget = Float::with_val(400, absolute * &gammas[k]) * eta + rounding;
                assert!(error <= budget, "layer {} of {problem:?}", k + 1);
                if budget > 0 {
                    worst = worst.max(Float::with_val(64, error / budget).to_f64());
                }
                index += 1;
            }
        }
    }
    worst
}

#[test]
fn every_step_of_every_kind_is_within_its_budget() {
    for (seed, kind) in kinds(3, &Rational::from((1, 4)), false).iter().enumerate() {
        worst_share(&kind.problem(seed as u64), 3);
    }
    for (seed, kind) in kinds(1, &Rational::from((1, 4)), true).iter().enumerate() {
        worst_share(&kind.problem(seed as u64), 3);
    }
}

#[test]
fn long_sums_are_within_their_budget() {
    for examples in [8, 63, 64, 65, 200] {
        for loss in [Loss::logistic(), Loss::Squared] {
            let kind = Kind {
                network: Network::fully_connected(&[2, 2, 1]).unwrap(),
                loss,
                normalisation: Normalisation::Mean,
                examples,
                eta: Rational::from(1),
                f64_only: true,
            };
            worst_share(&kind.problem(examples as u64), 2);
        }
    }
}

/// That `m` counts no rounding too many is shown by the count itself (`roundings`). Here the whole inequality is looked at:
/// errors partly cancel and are seldom maximal, so with `m` roundings a share of about `1/√m` is the most to be expected.
#[test]
fn the_budget_is_not_much_looser_than_what_is_measured() {
    let mut shares: Vec<f64> = Vec::new();
    for (seed, kind) in kinds(3, &Rational::from(8), false).iter().enumerate() {
        let share = (0..8).map(|draw| worst_share(&kind.problem(1000 * draw + seed as u64), 1)).fold(0.0, f64::max);
        assert!(share > 1.0 / 256.0, "{share} of the budget of {kind:?}");
        shares.push(share);
    }
    shares.sort_by(f64::total_cmp);
    assert!(shares[shares.len() / 2] > 0.1, "the median share is {}", shares[shares.len() / 2]);
}
