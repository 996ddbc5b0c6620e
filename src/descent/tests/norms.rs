//! Norms, at the ends of the range and near rank one.

use nalgebra::DMatrix;

use super::samples::Source;
use crate::descent::norms::{euclidean, spectral};

/// nalgebra's decomposition with vectors is wrong on the first of these; the value used here must not be.
#[test]
fn the_spectral_norm_near_rank_one() {
    let ones = spectral(&[1.0; 15], 3, 5);
    assert!((ones / 15f64.sqrt() - 1.0).abs() < 1e-15, "{ones}");
    let mut source = Source::new(5);
    for case in 0..400 {
        let (rows, columns) = (2 + case % 7, 2 + case / 7 % 7);
        let u: Vec<f64> = (0..rows).map(|_| source.uniform()).collect();
        let v: Vec<f64> = (0..columns).map(|_| source.uniform()).collect();
        let noise = [0.0, 1e-16, 1e-12, 1e-8][case % 4];
        let entries: Vec<f64> =
            u.iter().flat_map(|a| v.iter().map(move |b| a * b)).map(|entry| entry + noise * source.uniform()).collect();
        // σ₁ of the product is ‖u‖‖v‖; the noise and the rounding of the entries move it by at most their own norm.
        let expected = euclidean(&u) * euclidean(&v);
        let moved = (noise + f64::EPSILON) * ((rows * columns) as f64).sqrt();
        let found = spectral(&entries, rows, columns);
        assert!((found - expected).abs() <= moved + 1e-13 * expected, "{found} for {expected}, {rows} × {columns}");
    }
}

/// A plain decomposition, another library and this one agree on matrices of every spectrum.
#[test]
fn the_spectral_norm_agrees_with_another_library() {
    let mut source = Source::new(6);
    for case in 0..200 {
        let (rows, columns) = (1 + case % 9, 1 + case / 9 % 9);
        let grading = if case % 3 == 0 { 0.01f64 } else { 1.0 };
        let entries: Vec<f64> =
            (0..rows * columns).map(|index| source.uniform() * grading.powi((index % columns) as i32)).collect();
        let matrix = faer::Mat::from_fn(rows, columns, |i, j| entries[i * columns + j]);
        let expected = matrix.singular_values().unwrap()[0];
        let found = spectral(&entries, rows, columns);
        assert!((found / expected - 1.0).abs() < 1e-14 * (rows + columns) as f64, "{found} for {expected}");
    }
}

#[test]
fn the_test_behind_the_spectral_norm_refuses_wrong_values() {
    use crate::descent::norms::is_largest_singular_value;
    let matrix = DMatrix::from_element(3, 5, 1.0);
    let gram = &matrix * matrix.transpose();
    assert!(is_largest_singular_value(&gram, 15f64.sqrt(), 1e-14));
    for wrong in [4.541_5, 3.873, 0.0, 15f64.sqrt() * (1.0 + 1e-12), 15f64.sqrt() * (1.0 - 1e-12), f64::NAN] {
        assert!(!is_largest_singular_value(&gram, wrong, 1e-14), "{wrong}");
    }
    let with_vectors = matrix.svd(true, true).singular_values.max();
    assert!(!is_largest_singular_value(&gram, with_vectors, 1e-14), "nalgebra now says {with_vectors}");
}

#[test]
fn the_way_out_when_the_decomposition_is_refused() {
    use crate::descent::norms::bisected;
    let matrix = DMatrix::from_row_slice(2, 3, &[1.0, 2.0, 3.0, -1.0, 0.5, 4.0]);
    let gram = &matrix * matrix.transpose();
    let expected = matrix.svd(false, false).singular_values.max();
    assert!((bisected(&gram, 1e-14) / expected - 1.0).abs() < 1e-13);
}

#[test]
fn norms_at_the_ends_of_the_range() {
    for scale in [700f64.exp2(), (-700f64).exp2()] {
        assert_eq!(euclidean(&[3.0 * scale, 4.0 * scale]), 5.0 * scale);
    }
    assert_eq!(euclidean(&[0.0, -0.0]), 0.0);
    assert_eq!(euclidean(&[3.0 * f64::from_bits(1), 4.0 * f64::from_bits(1)]), 5.0 * f64::from_bits(1));
    assert_eq!(euclidean(&[f64::MAX, f64::MAX]), f64::INFINITY);
    assert_eq!(euclidean(&[f64::MAX]), f64::MAX);
    assert_eq!(spectral(&[2e300, 0.0, 0.0, 1e300], 2, 2), 2e300);
    assert_eq!(spectral(&[2e-320, 0.0, 0.0, 1e-320], 2, 2), 2e-320);
    assert_eq!(spectral(&[0.0; 6], 2, 3), 0.0);
    assert_eq!(spectral(&[-3.0, 4.0], 2, 1), 5.0);
}
