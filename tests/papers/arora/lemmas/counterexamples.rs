//! What happens without approximate balancedness, or without a deficiency margin.

use std::sync::Arc;

use gradient_witness::algebra::exact::{identity, product, rectangular_diagonal};
use gradient_witness::claims::{AboutRun, Hypotheses};
use gradient_witness::generate::{Random, orthogonal, towards};
use gradient_witness::number::{Ball, Exact, Real};
use gradient_witness::papers::arora::divergence::{Amplitude, LossFloor};
use gradient_witness::problem::Matrix;
use gradient_witness::reference::{Descent, Setting};
use rug::Rational;

/// The exact end-to-end weight after two steps of the printed construction for `N = 2` and `c = 0.9995²`.
fn printed_product(eta: &Rational) -> Rational {
    let root = Rational::from((1999, 2000));
    let amplitude: Rational = 2 / ((1 - root.clone().square()) * &root * eta);
    // The other terms of (50) are smaller: √(2η), 2000, 20/η and (20·10³/η⁴)^{1/2}.
    assert!(
        amplitude > 2000
            && amplitude > Rational::from(20) / eta
            && amplitude.clone().square() > Rational::from(2 * eta)
    );
    let fourth = eta.clone().square().square();
    assert!(amplitude.clone().square() * fourth > 20_000);
    let layers = [Rational::from(&root * &amplitude), Rational::from(&root / &amplitude)];
    let layers = layers.map(|entry| Matrix::row_vector(vec![entry])).to_vec();
    let problem = towards(identity(1), layers, eta.clone());
    let mut descent = Descent::new(Arc::new(Setting::<Exact>::new(Arc::new(problem), 64))).expect("small weights");
    for _ in 0..2 {
        descent.step().expect("small weights");
    }
    descent.point().end_to_end()[(0, 0)].exact().expect("rationals are exact")
}

#[test]
fn for_some_step_the_printed_construction_reaches_loss_zero_at_the_second_step() {
    // The end-to-end weight is continuous in η and crosses 1 between these two steps, 2^−100 apart.
    let unit = Rational::from(1) >> 100;
    let eta = Rational::parse("316892890029309557451597065948").expect("an integer");
    let below = Rational::from(eta) * &unit;
    let above = Rational::from(&below + &unit);
    assert!(printed_product(&below) < 1 && printed_product(&above) > 1);
}

#[test]
fn symmetric_evolution_is_exact_for_four_steps() {
    for (seed, depth) in [(1, 1), (2, 2), (3, 3)] {
        let mut random = Random::new("four steps", seed, 0);
        let basis = orthogonal(&mut random, 2);
        let eigenvalues = [Rational::from((-3, 2)), Rational::from((1, 2))];
        let target = product(&product(&basis, &rectangular_diagonal(2, 2, &eigenvalues)), &basis.transposed());
        let eta = Rational::from((1, 4));
        let problem = towards(target, vec![identity(2); depth], eta.clone());
        let mut descent = Descent::new(Arc::new(Setting::<Exact>::new(Arc::new(problem), 64))).expect("small weights");
        let mut factors = [Rational::from(1), Rational::from(1)];
        for _ in 0..4 {
            let step = descent.step().expect("small weights");
            for (factor, eigenvalue) in factors.iter_mut().zip(&eigenvalues) {
                let power = |exponent| (0..exponent).fold(Rational::from(1), |power, _| power * &*factor);
                let change = power(depth - 1) * (power(depth) - eigenvalue) * &eta;
                *factor -= change;
            }
            let diagonal = rectangular_diagonal(2, 2, &factors);
            let expected = product(&product(&basis, &diagonal), &basis.transposed());
            for layer in step.after.weights() {
                assert_eq!(layer.map(|entry| entry.exact().expect("rationals are exact")), expected);
            }
        }
    }
}

/// The sides of the bounds on `A = 1000` for four layers, `η = 1/2` and `c = (9/10)⁴` or `c = (99/100)⁴`, by their first words.
fn bounds_on_the_amplitude(amplitude: Amplitude, root: (i32, i32)) -> Vec<(&'static str, (f64, f64))> {
    let root = Rational::from(root);
    let layer = |j: u32| {
        Matrix::row_vector(vec![if j < 2 { Rational::from(&root * 1000) } else { Rational::from(&root / 1000) }])
    };
    let problem = towards(identity(1), (0..4).map(layer).collect(), Rational::from((1, 2)));
    let descent = Descent::new(Arc::new(Setting::<Ball>::new(Arc::new(problem), 128))).expect("small weights");
    let mut given = Hypotheses::default();
    LossFloor { amplitude }.assume(&**descent.point(), &mut given);
    let bounds = given.stated().iter();
    bounds.filter_map(|bound| Some((bound.label.split(' ').next()?, bound.sides?))).collect()
}

#[test]
fn the_bounds_on_the_amplitude_are_those_of_the_text_for_four_layers() {
    let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-12;
    for root in [(9, 10), (99, 100)] {
        let r = f64::from(root.0) / f64::from(root.1);
        // η(1 − c)c^{(N−1)/N} with c = r⁴, and m, which is below 3/4.
        let push = 0.5 * (1.0 - r.powi(4)) * r.powi(3);
        let (a, eta) = (1000_f64, 0.5_f64);
        let repaired = [
            ("ηN", (2.0, a.powi(2))),
            ("2", (2.0, push * a)),
            ("1", (1.0, 0.75 * eta * a.powi(2))),
            ("20", (20.0, eta * push.powi(7) * a.powi(6))),
        ];
        let printed = [
            ("ηN", (2.0, a.powi(2))),
            ("2", (2.0, push * a)),
            ("2000", (2000.0, a)),
            ("20", (20.0, eta * a)),
            ("20·10^{2N−1}", (20.0 * 1e7, eta.powi(8) * a.powi(6))),
        ];
        for (amplitude, expected) in [(Amplitude::Repaired, &repaired[..]), (Amplitude::Printed, &printed[..])] {
            let found = bounds_on_the_amplitude(amplitude, root);
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for ((label, found), (name, sides)) in found.iter().zip(expected) {
                assert_eq!(label, name);
                assert!(
                    near(found.0, sides.0) && near(found.1, sides.1),
                    "{amplitude:?}, {label}: {found:?}, {sides:?}"
                );
            }
        }
    }
}
