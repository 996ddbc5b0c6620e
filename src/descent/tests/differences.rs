//! The step against central differences of the risk.

use rug::Rational;

use super::samples::kinds;
use super::{advance, start};

/// With `D(h)` the central difference, `(4D(h/2) − D(h))/3` errs by far less than `|D(h/2) − D(h)|`, which is the error
/// that the extrapolation removes; the rounding of the risk, at most 2⁻⁴⁵ of it for these sizes, is divided by `h`.
#[test]
fn the_gradient_is_the_slope_of_the_risk() {
    let h = (-8f64).exp2();
    let mut compared = 0;
    for examples in [1, 5] {
        for (seed, kind) in kinds(examples, &Rational::from(1), false).iter().enumerate() {
            let problem = kind.problem(seed as u64);
            let mut descent = start(&problem);
            let weights = descent.parameters().to_vec();
            let mut risk_at = |index: usize, shift: f64| {
                let mut moved = weights.clone();
                moved[index] += shift;
                descent.set_weights(&moved).unwrap();
                descent.risk().unwrap()
            };
            let slopes: Vec<(f64, f64)> = (0..weights.len())
                .map(|index| {
                    let (far, near) =
                        (risk_at(index, h) - risk_at(index, -h), risk_at(index, h / 2.0) - risk_at(index, -h / 2.0));
                    let (far, near) = (far / (2.0 * h), near / h);
                    let rounding = risk_at(index, 0.0) * (-45f64).exp2() / h;
                    ((4.0 * near - far) / 3.0, (near - far).abs() + rounding)
                })
                .collect();
            descent.set_weights(&weights).unwrap();
            advance(&mut descent);
            for (index, (slope, tolerance)) in slopes.into_iter().enumerate() {
                let gradient = weights[index] - descent.parameters()[index];
                let tolerance = tolerance + f64::EPSILON * weights[index].abs();
                assert!(
                    (gradient - slope).abs() <= tolerance,
                    "{gradient} {slope} ± {tolerance}, weight {index} of {kind:?}"
                );
                // A tolerance that swallows the slope compares nothing.
                compared += usize::from(tolerance < 1e-3 * slope.abs());
            }
        }
    }
    assert!(compared > 2000, "only {compared} slopes were sharply compared");
}
