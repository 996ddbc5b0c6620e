//! One call from f64 numbers to enclosures: what comes out is right, narrow, and refused where there is nothing to enclose.

use enclosures::number::{Ball, Matrix, Real, Ring, Sign};
use enclosures::{MOST_BITS, NotEnclosed, largest_singular_value, singular_values};
use rug::Rational as Fraction;

use crate::exact::{Draws, spectra, with_values};

fn assert_narrow(ball: &Ball, width: f64) {
    let (low, high) = (ball.lower().exact().unwrap(), ball.upper().exact().unwrap());
    assert!(low > 0 && high - &low <= low * Fraction::from_f64(width).unwrap(), "{ball} at {width}");
}

#[test]
fn values_known_by_hand_are_enclosed_to_every_width() {
    // σ = 3√5 and √5; f64 has nothing between 1e−300 and its next number.
    for width in [0.5, 1e-3, 1e-15, 1e-17, 1e-40, 1e-300, 5e-324] {
        let rows = [[3.0, 0.0], [4.0, 5.0]];
        let values = singular_values(rows, width).unwrap();
        assert!(values[0].square().contains_rational(&45.into()) && values[1].square().contains_rational(&5.into()));
        let norm = largest_singular_value(rows, width).unwrap();
        assert!(norm.square().contains_rational(&45.into()));
        values.iter().chain([&norm]).for_each(|ball| assert_narrow(ball, width));
    }
}

#[test]
fn the_two_calls_agree_on_every_family() {
    let mut draws = Draws(91);
    for (name, values) in spectra(5) {
        let plain = with_values(7, 5, &values, &mut draws).matrix.map(Fraction::to_f64);
        for width in [1e-9, 1e-25] {
            let all = singular_values(&plain, width).unwrap_or_else(|error| panic!("{name}: {error}"));
            let norm = largest_singular_value(&plain, width).unwrap();
            assert!(all[0].may_meet(&norm), "{name}");
            // One family is below every f64 and rounded to zeros.
            for value in all.iter().chain([&norm]).filter(|value| value.sign() != Sign::Zero) {
                assert_narrow(value, width);
            }
            // Σσ² = ‖A‖_F², by a route without the decomposition.
            let squares = all.iter().fold(Ball::zero(2048), |sum, value| sum + &value.square());
            let exact = plain.to_rationals().unwrap();
            let sum = exact.entries().iter().fold(Fraction::new(), |sum, entry| sum + Fraction::from(entry * entry));
            assert!(squares.contains_rational(&sum), "{name}: {squares}");
        }
    }
}

#[test]
fn the_whole_range_of_f64_is_taken() {
    let values = singular_values([[f64::MAX, 0.0, 0.0], [0.0, 0.0, 5e-324], [0.0; 3]], 1e-10).unwrap();
    assert!(values[0].contains_rational(&Fraction::from_f64(f64::MAX).unwrap()));
    assert!(values[1].contains_rational(&Fraction::from_f64(5e-324).unwrap()));
    assert_eq!(values[2].sign(), Sign::Zero);
    assert!(largest_singular_value([[f64::MAX; 3]; 3], 1e-10).is_ok());
    // Small only by cancellation: det = 2^−1074 · 2^1023 − …, far below both entries.
    let values = singular_values([[1e308, 1e308], [1e308, 1e308_f64.next_up()]], 1e-10).unwrap();
    values.iter().for_each(|value| assert_narrow(value, 1e-10));
}

#[test]
fn nothing_is_made_of_what_is_no_number() {
    let refused =
        |matrix: [[f64; 2]; 1], width| (largest_singular_value(matrix, width), singular_values(matrix, width));
    for width in [0.0, -0.0, -1e-3, f64::NAN, f64::INFINITY] {
        let (norm, all) = refused([[1.0, 2.0]], width);
        assert!(matches!(norm, Err(NotEnclosed::Width(_))) && matches!(all, Err(NotEnclosed::Width(_))), "{width}");
    }
    for entry in [f64::NAN, f64::NEG_INFINITY] {
        let (norm, all) = refused([[1.0, entry]], 1e-3);
        for error in [norm.unwrap_err(), all.unwrap_err()] {
            let NotEnclosed::NotFinite(place) = error else { panic!("{error}") };
            assert_eq!((place.row, place.column), (0, 1));
        }
    }
}

#[test]
fn matrices_without_entries_have_no_values() {
    for plain in [Matrix::<f64>::from([[0.0; 3]; 0]), Matrix::from([[]; 2])] {
        assert!(singular_values(&plain, 1e-3).unwrap().is_empty());
        assert_eq!(largest_singular_value(&plain, 1e-3).unwrap().sign(), Sign::Zero);
    }
}

#[test]
fn what_is_known_when_the_bits_end_is_handed_over() {
    // Upper triangular, each row 2^2000 times the diagonal: the least value is some 2^−18000 of the largest.
    let size = 10;
    let plain = Matrix::from_fn(size, size, |i, j| match i.cmp(&j) {
        std::cmp::Ordering::Equal => 2_f64.powi(-1000),
        std::cmp::Ordering::Less => 2_f64.powi(1000),
        std::cmp::Ordering::Greater => 0.0,
    });
    match singular_values(&plain, 1e-10).unwrap_err() {
        NotEnclosed::PrecisionExhausted(exhausted) => {
            assert_eq!((exhausted.0.bits, exhausted.0.values.len()), (MOST_BITS, size));
            assert_narrow(&exhausted.0.values[0], 1e-10);
        }
        error => panic!("{error}"),
    }
    assert!(largest_singular_value(&plain, 1e-10).is_ok());
}

#[cfg(feature = "nalgebra")]
#[test]
fn a_matrix_of_nalgebra_is_taken_as_it_is() {
    let ones = nalgebra::DMatrix::from_element(3, 5, 1.0);
    let norm = largest_singular_value(&ones, 1e-12).unwrap();
    assert!(norm.square().contains_rational(&15.into()));
    // Its own decomposition with vectors says 4.54.
    let claimed = Ball::from_f64(ones.svd(true, true).singular_values.max(), 64);
    assert!(!norm.may_meet(&claimed));
}

#[cfg(feature = "faer")]
#[test]
fn a_matrix_of_faer_is_taken_as_it_is() {
    let ones = faer::Mat::from_fn(3, 5, |_, _| 1.0);
    let norm = largest_singular_value(&ones, 1e-12).unwrap();
    assert!(norm.square().contains_rational(&15.into()));
    assert!(largest_singular_value(ones.transpose(), 1e-12).unwrap().may_meet(&norm));
}
