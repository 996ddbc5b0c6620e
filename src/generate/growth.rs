//! How far a few steps of any size can lead, by bounds: instances keep away from what floats and balls of any precision cannot
//! represent, `e^m` for `|m|` near 2³⁰.

use rug::Rational;

use crate::algebra::exact::{norm_squared, power_of_two, root_above};
use crate::problem::{Loss, Matrix};

/// Margins of initial weights stay below this, multiplied by the loss's steepness: the exponential loss then fits an f64.
fn moderate(loss: &Loss) -> Rational {
    power_of_two(if *loss == Loss::Exponential { 9 } else { 16 })
}

/// Bounds on margins that a run may reach stay below this, multiplied by the loss's steepness.
fn largest() -> Rational {
    power_of_two(24)
}

/// The grid on which bounds are rounded upward.
const BITS: u32 = 10;

/// Whether `b|m_i| ≤ 2¹⁶` for all margins, `|m_i| ≤ 2⁹` with the exponential loss.
pub(super) fn are_moderate(margins: &[Rational], loss: &Loss) -> bool {
    let limit = moderate(loss);
    margins.iter().all(|margin| steepened(&margin.clone().abs(), loss) <= limit)
}

/// `b·m`; `m` for a loss without steepness.
fn steepened(margin: &Rational, loss: &Loss) -> Rational {
    match loss {
        Loss::Logistic { steepness, .. } => Rational::from(margin * steepness),
        Loss::Exponential | Loss::Squared | Loss::SquaredTarget => margin.clone(),
    }
}

/// How many of `wanted` steps of size `eta` stay in reach: `b|m_i| ≤ 2²⁴` after each of them, by a bound that holds for all data in
/// the unit ball with labels ±1.
///
/// With `‖x_i‖ ≤ 1` and `s` a bound on `|ℓ′|`, a step adds at most `ηs∏_{j≠k}‖W_j‖_F` to `‖W_k‖_F`, and no margin exceeds
/// `∏‖W_k‖_F`.
pub(super) fn steps_in_reach(
    layers: &[Matrix<Rational>],
    margins: &[Rational],
    loss: &Loss,
    eta: &Rational,
    wanted: u64,
) -> u64 {
    let mut norms: Vec<Rational> =
        layers.iter().map(|layer| root_above(&norm_squared(layer.entries()), 2, BITS)).collect();
    let mut largest_margin = margins.iter().map(|margin| margin.clone().abs()).max().unwrap_or_default();
    let mut most_negative = margins.iter().map(|margin| Rational::from(-margin)).max().unwrap_or_default();
    for steps in 0..wanted {
        let Some(slope) = largest_slope(&largest_margin, &most_negative, loss) else { return steps };
        let change = slope * eta;
        norms = (0..norms.len())
            .map(|k| {
                let others = norms.iter().enumerate().filter(|&(j, _)| j != k);
                let gradient = others.fold(change.clone(), |product, (_, norm)| product * norm);
                root_above(&(gradient + &norms[k]), 1, BITS)
            })
            .collect();
        largest_margin = norms.iter().fold(Rational::from(1), |product, norm| product * norm);
        most_negative = largest_margin.clone();
        if steepened(&largest_margin, loss) > largest() {
            return steps;
        }
    }
    wanted
}

/// A bound on `|ℓ′|` at margins of at most `largest` in absolute value and at least `−most_negative`; `None` if there is none that
/// is moderate.
fn largest_slope(largest: &Rational, most_negative: &Rational, loss: &Loss) -> Option<Rational> {
    match loss {
        Loss::Logistic { scale, steepness } => Some(Rational::from(scale * steepness)),
        // e^m ≤ 2^{3m/2}.
        Loss::Exponential => {
            let exponent = (most_negative.clone() * Rational::from((3, 2))).ceil().into_numer_denom().0;
            exponent.to_i32().filter(|&exponent| exponent <= 512).map(power_of_two)
        }
        Loss::Squared | Loss::SquaredTarget => Some(Rational::from(largest + 1u32)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalars(entries: &[i32]) -> Vec<Matrix<Rational>> {
        entries.iter().map(|&entry| Matrix::row_vector(vec![Rational::from(entry)])).collect()
    }

    fn reach(layers: &[i32], margin: i32, loss: &Loss, eta: i32) -> u64 {
        steps_in_reach(&scalars(layers), &[Rational::from(margin)], loss, &Rational::from(eta), 6)
    }

    #[test]
    fn reach_of_scalar_networks() {
        // One layer grows by at most 40 a step.
        assert_eq!(reach(&[1], 1, &Loss::logistic(), 40), 6);
        // Norms 1 → 41 → 1681 → 68921: the last product is above 2²⁴.
        assert_eq!(reach(&[1, 1], 1, &Loss::logistic(), 40), 2);
        // Slopes e and e^9, the second bounded by 2^14: 1 → 3; 3 + 3·2^14, squared, is above 2²⁴.
        assert_eq!(reach(&[1, 1], -1, &Loss::Exponential, 1), 1);
        // Slopes 2^−1, 2^3, 2^15: 1 → 1.5 → 9.5 → 32777.5, and then a slope beyond all bounds.
        assert_eq!(reach(&[1], 1, &Loss::Exponential, 1), 3);
        assert_eq!(reach(&[1], -1000, &Loss::Exponential, 1), 0);
        // |f − y| ≤ 2, 1 → 3, |f − y| ≤ 10, 3 → 33, ≤ 1090, 33 → 36003.
        assert_eq!(reach(&[1, 1], 1, &Loss::Squared, 1), 2);
    }

    #[test]
    fn moderate_margins() {
        let steep = Loss::Logistic { scale: Rational::from(1), steepness: Rational::from(2) };
        let margins = [Rational::from(-65536), Rational::from(1)];
        assert!(are_moderate(&margins, &Loss::logistic()) && !are_moderate(&margins, &steep));
        assert!(!are_moderate(&margins, &Loss::Exponential));
    }
}
