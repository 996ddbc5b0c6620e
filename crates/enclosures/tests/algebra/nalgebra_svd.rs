//! nalgebra's singular value decomposition with vectors is wrong near rank one, and the enclosures say so.

use enclosures::algebra::spectral::{Effort, singular_values};
use enclosures::number::{Ball, Matrix, Real, Ring, Truth};
use nalgebra::DMatrix;
use rug::Rational;

use crate::exact::Draws;

/// The matrix as nalgebra sees it and as exact numbers: the same f64 entries.
fn both(rows: usize, columns: usize, mut entry: impl FnMut(usize, usize) -> f64) -> (DMatrix<f64>, Matrix<Ball>) {
    let plain = DMatrix::from_fn(rows, columns, &mut entry);
    let exact = Matrix::from_fn(rows, columns, |i, j| Ball::from_f64(plain[(i, j)], 128));
    (plain, exact)
}

/// Whether each claimed value is within `n · 2^−44 · σ_1` of the enclosure: what a backward stable algorithm achieves
/// with room to spare. *False* is a proof that the claim is wrong by more.
fn within_backward_error(claimed: &[f64], enclosures: &[Ball]) -> Truth {
    let mut claimed = claimed.to_vec();
    claimed.sort_by(|a, b| b.total_cmp(a));
    let allowed = enclosures[0].clone().times((enclosures.len(), 1_u64 << 44));
    claimed.iter().zip(enclosures).fold(Truth::True, |all, (claim, enclosure)| {
        let error = (Ball::from_f64(*claim, 128) - enclosure).abs();
        all.and(error.at_most(&allowed))
    })
}

#[test]
fn all_ones_is_refuted_with_vectors_and_accepted_without() {
    let (plain, exact) = both(3, 5, |_, _| 1.0);
    let enclosures = singular_values(&exact, Effort::Tight);
    assert!(enclosures[0].square().contains_rational(&Rational::from(15)));
    let wrong = plain.clone().svd(true, true).singular_values;
    assert!((wrong.max() - 4.5415).abs() < 1e-3, "{wrong}");
    assert_eq!(within_backward_error(wrong.as_slice(), &enclosures), Truth::False);
    let right = plain.svd(false, false).singular_values;
    assert_eq!(within_backward_error(right.as_slice(), &enclosures), Truth::True);
}

#[test]
fn rank_one_and_noise_is_often_refuted_with_vectors_and_never_without() {
    let mut draws = Draws(42);
    let mut refuted = 0;
    for _ in 0..200 {
        let mut unit = || f64::from(draws.integer(1 << 20)) / f64::from(1 << 20);
        let (left, right): (Vec<f64>, Vec<f64>) = ((0..4).map(|_| unit()).collect(), (0..4).map(|_| unit()).collect());
        let (plain, exact) = both(4, 4, |i, j| left[i] * right[j] + 1e-16 * unit());
        for effort in [Effort::Quick, Effort::Tight] {
            let enclosures = singular_values(&exact, effort);
            let without = plain.clone().svd(false, false).singular_values;
            assert_eq!(within_backward_error(without.as_slice(), &enclosures), Truth::True, "{plain}");
            let with = plain.clone().svd(true, true).singular_values;
            match within_backward_error(with.as_slice(), &enclosures) {
                Truth::True => {}
                Truth::False => refuted += 1,
                Truth::Open => panic!("undecided: {plain}"),
            }
        }
    }
    assert!(refuted > 0, "nalgebra's decomposition with vectors was right on all of 200 matrices near rank one");
    println!("{refuted} of 400 refuted");
}
