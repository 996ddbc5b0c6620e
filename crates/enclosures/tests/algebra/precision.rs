//! Values to a stated relative width, at whatever precision that takes.

use enclosures::algebra::raised_precision::{PrecisionExhausted, eigenvalues_to, singular_values_to, spectral_norm_to};
use enclosures::number::{Ball, Matrix, Real, Sign};
use rug::Rational as Fraction;

use crate::exact::{Draws, power_of_ten, product, spectra, with_values};

const MOST_BITS: u32 = 1 << 14;

fn assert_known(context: &str, found: &[Ball], truth: &[Fraction], width: &Fraction) {
    assert_eq!(found.len(), truth.len(), "{context}");
    for (ball, value) in found.iter().zip(truth) {
        assert!(ball.contains_rational(value), "{context}: {value} not in {ball}");
        if value.is_zero() {
            assert_eq!(ball.sign(), Sign::Zero, "{context}");
        } else {
            let (low, high) = (ball.lower().exact().unwrap(), ball.upper().exact().unwrap());
            let size = low.clone().abs().min(high.clone().abs());
            assert!(high - low <= size * width, "{context}: {ball} is too wide");
        }
    }
}

#[test]
fn every_spectrum_is_known_to_the_width_asked_for() {
    let mut draws = Draws(71);
    for (rows, columns) in [(1, 1), (1, 4), (3, 1), (3, 3), (4, 6)] {
        for (name, values) in spectra(rows.min(columns)) {
            let known = with_values(rows, columns, &values, &mut draws);
            for width in [power_of_ten(-3), power_of_ten(-40)] {
                let context = format!("{name}, {rows}×{columns}, {width}");
                let found = singular_values_to(&known.matrix, &width, MOST_BITS).expect(&context);
                assert_known(&context, &found.values, &values, &width);
                let norm = spectral_norm_to(&known.matrix, &width, MOST_BITS).expect(&context);
                assert_known(&context, &norm.values, &values[..1], &width);
            }
        }
    }
}

#[test]
fn a_rank_one_matrix_with_a_tiny_perturbation_is_told_from_rank_one() {
    let mut draws = Draws(72);
    for exponent in [50, 200, 1000] {
        let tiny: Fraction = Fraction::from(1) >> exponent;
        let values = vec![Fraction::from(1), tiny.clone(), tiny >> 1_u32];
        let known = with_values(3, 5, &values, &mut draws);
        let found = singular_values_to(&known.matrix, &power_of_ten(-10), MOST_BITS).unwrap().values;
        assert_known("perturbed", &found, &values, &power_of_ten(-10));
        // Not with a precision that cannot see it; what is said then is true all the same.
        let PrecisionExhausted(found) =
            singular_values_to(&known.matrix, &power_of_ten(-10), exponent).expect_err("more bits are needed");
        assert_eq!(found.bits, exponent);
        assert!(found.values.iter().zip(&values).all(|(ball, value)| ball.contains_rational(value)));
    }
}

#[test]
fn the_budget_ends_where_it_is_told_to() {
    let matrix =
        Matrix::from_rows(vec![vec![Fraction::from(1), Fraction::from(2)], vec![Fraction::from(3), Fraction::from(4)]]);
    let matrix = matrix.unwrap();
    for most_bits in [0, 1, 64, 100] {
        let PrecisionExhausted(found) = singular_values_to(&matrix, &Fraction::new(), most_bits).unwrap_err();
        assert_eq!(found.bits, most_bits);
        // Σσ² = 30, and σ_1 σ_2 = 2.
        let product = found.values[0].clone() * &found.values[1];
        assert!(product.contains_rational(&Fraction::from(2)));
    }
    // Nothing is asked of no values, and zeros are exact.
    let zero = Matrix::from_fn(2, 3, |_, _| Fraction::new());
    assert_eq!(singular_values_to(&zero, &Fraction::new(), 64).unwrap().values[1].sign(), Sign::Zero);
    let of_no_size = Matrix::from_fn(0, 3, |_, _| Fraction::new());
    assert!(singular_values_to(&of_no_size, &Fraction::new(), 64).unwrap().values.is_empty());
    for matrix in [zero, of_no_size] {
        assert_eq!(spectral_norm_to(&matrix, &Fraction::new(), 64).unwrap().values[0].sign(), Sign::Zero);
    }
}

#[test]
fn eigenvalues_are_known_to_the_width_asked_for() {
    let mut draws = Draws(73);
    let integers = |values: &[i32]| values.iter().map(|&value| Fraction::from(value)).collect::<Vec<_>>();
    for (name, values) in [
        ("indefinite", integers(&[4, 1, -2, -3])),
        ("singular", integers(&[4, 0, 0, -3])),
        ("nearly singular", vec![Fraction::from(1), power_of_ten(-60), -power_of_ten(-90), Fraction::from(-1)]),
        ("clustered", vec![power_of_ten(-40) + 1, Fraction::from(1), Fraction::from(1) - power_of_ten(-40)]),
    ] {
        let q = crate::exact::orthogonal(values.len(), &mut draws);
        let scaled = Matrix::from_fn(q.rows(), q.rows(), |i, j| Fraction::from(&q[(i, j)] * &values[j]));
        let matrix = product(&scaled, &q.transposed());
        let found = eigenvalues_to(&matrix, &power_of_ten(-25), MOST_BITS).unwrap().values;
        assert_known(name, &found, &values, &power_of_ten(-25));
        assert!(eigenvalues_to(&matrix, &power_of_ten(-25), 40).is_err());
    }
}

#[test]
fn large_matrices_of_deficient_rank() {
    let mut draws = Draws(74);
    let values: Vec<Fraction> = (0..16_u32).map(|i| Fraction::from(12_u32.saturating_sub(i))).collect();
    let known = with_values(16, 16, &values, &mut draws);
    let found = singular_values_to(&known.matrix, &power_of_ten(-20), 1024).unwrap().values;
    assert_known("deficient", &found, &values, &power_of_ten(-20));
}
