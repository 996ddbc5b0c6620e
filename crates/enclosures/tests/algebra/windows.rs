//! The spaces of every window of singular values that is certainly apart, against known vectors.

use enclosures::algebra::singular_vectors::Declined;
use enclosures::algebra::spectral::{Effort, Spectrum};
use enclosures::algebra::subspace::Subspace;
use enclosures::number::{Ball, Exact, Matrix, Real, Ring, Sign};
use rug::Rational as Fraction;

use crate::exact::{Draws, power_of_ten, spectra, with_values};
use crate::vectors::{EFFORTS, ball, column, contains, is_near, negated};

#[test]
fn every_separated_window_has_its_spaces() {
    let mut draws = Draws(51);
    let (mut inner, mut pairs, mut nothing) = (0, 0, 0);
    for (rows, columns) in [(2, 2), (3, 2), (2, 5), (4, 4), (5, 6), (9, 4), (8, 8)] {
        for (name, values) in spectra(rows.min(columns)) {
            let known = with_values(rows, columns, &values, &mut draws);
            for (bits, effort) in
                [(64, Effort::Quick), (128, Effort::Tight), (128, Effort::Quick), (300, Effort::Tight)]
            {
                let spectrum = Spectrum::of(&ball(&known, bits), effort);
                let windows = spectrum.windows();
                assert_eq!(windows.concat_lengths(), values.len());
                for window in windows {
                    let context = format!("{name}, {rows}×{columns}, {bits} bits, {effort:?}, {window:?}");
                    // Equal values are never torn apart.
                    for end in [window.start, window.end] {
                        assert!(end == 0 || end == values.len() || values[end] < values[end - 1], "{context}");
                    }
                    let vectors =
                        |matrix: &Matrix<Fraction>| window.clone().map(|j| column(matrix, j)).collect::<Vec<_>>();
                    let sides = [
                        (spectrum.left_space(window.clone()), vectors(&known.left)),
                        (spectrum.right_space(window.clone()), vectors(&known.right)),
                    ];
                    for (space, truth) in &sides {
                        let Ok(space) = space else { continue };
                        assert_eq!(space.dimension(), window.len(), "{context}");
                        assert!(is_near(space, truth), "{context}");
                        inner += usize::from(window.start > 0);
                    }
                    let both = spectrum.spaces(window.clone());
                    assert_eq!(both.is_ok(), sides.iter().all(|(space, _)| space.is_ok()), "{context}");
                    nothing += usize::from(both.is_err());
                    if window.len() > 1 {
                        assert_eq!(spectrum.pair(window.start).unwrap_err(), Declined::NoGap, "{context}");
                        continue;
                    }
                    let Ok(pair) = spectrum.pair(window.start) else { continue };
                    let (u, v) = (&sides[0].1[0], &sides[1].1[0]);
                    let plus = contains(&pair.left, u) && contains(&pair.right, v);
                    let minus = contains(&pair.left, &negated(u)) && contains(&pair.right, &negated(v));
                    assert!(plus || minus, "{context}: neither sign of the pair is enclosed");
                    pairs += 1;
                }
            }
        }
    }
    // Most windows say something, and those that do not hold values that may be zero, or are too close.
    assert!(inner > 600 && pairs > 400 && nothing < 250, "{inner} inner spaces, {pairs} pairs, {nothing} declined");
}

trait Lengths {
    fn concat_lengths(&self) -> usize;
}

impl Lengths for Vec<std::ops::Range<usize>> {
    /// The length of the ranges together, which follow upon each other.
    fn concat_lengths(&self) -> usize {
        assert!(self.first().is_none_or(|first| first.start == 0));
        assert!(self.windows(2).all(|pair| pair[0].end == pair[1].start));
        self.last().map_or(0, |last| last.end)
    }
}

#[test]
fn spaces_in_the_middle_are_known_as_well_as_those_at_the_top() {
    let mut draws = Draws(52);
    let values = [9, 4, 4, 1, 1, 1].map(Fraction::from);
    for (rows, columns) in [(6, 6), (8, 6), (6, 7)] {
        let known = with_values(rows, columns, &values, &mut draws);
        for (effort, limit) in [(Effort::Quick, -40.0), (Effort::Tight, -110.0)] {
            let spectrum = Spectrum::of(&ball(&known, 128), effort);
            assert_eq!(spectrum.windows(), [0..1, 1..3, 3..6]);
            for window in spectrum.windows() {
                let spaces = spectrum.spaces(window.clone()).unwrap();
                let sine = spaces.left.sine().upper_f64().max(spaces.right.sine().upper_f64());
                assert!(sine.log2() < limit, "{window:?}: 2^{}", sine.log2());
            }
            // A part of a repeated value has no space of its own.
            assert_eq!(spectrum.spaces(1..2).unwrap_err(), Declined::NoGap);
            assert_eq!(spectrum.spaces(0..2).unwrap_err(), Declined::NoGap);
            // Windows may be joined.
            assert_eq!(spectrum.spaces(1..6).unwrap().right.dimension(), 5);
        }
    }
}

#[test]
fn a_null_space_is_known_on_the_side_of_the_shorter_dimension() {
    let mut draws = Draws(53);
    let known = with_values(5, 4, &[3, 2, 0, 0].map(Fraction::from), &mut draws);
    for effort in EFFORTS {
        for is_transposed in [false, true] {
            let matrix = ball(&known, 128);
            let spectrum = Spectrum::of(&if is_transposed { matrix.transposed() } else { matrix }, effort);
            let (known_side, other): (Result<Subspace<Ball>, _>, _) = if is_transposed {
                (spectrum.left_space(2..4), spectrum.right_space(2..4))
            } else {
                (spectrum.right_space(2..4), spectrum.left_space(2..4))
            };
            assert!(is_near(&known_side.unwrap(), &[column(&known.right, 2), column(&known.right, 3)]));
            assert_eq!(other.unwrap_err(), Declined::NoGap);
        }
    }
}

#[test]
fn there_is_no_space_without_values_or_gaps() {
    let row =
        Spectrum::of(&Matrix::row_vector([3, 4].map(|k| Ball::from_rational(&k.into(), 64)).to_vec()), Effort::Quick);
    assert_eq!(row.spaces(0..1).unwrap().right.sine().sign(), Sign::Zero);
    for window in [0..0, 1..2, 0..2, 5..9, std::ops::Range { start: 3, end: 1 }] {
        assert_eq!(row.spaces(window).unwrap_err(), Declined::NoGap);
    }
    let square = Spectrum::of(&Matrix::<Ball>::identity(3, 64), Effort::Tight);
    assert_eq!(square.spaces(1..4).unwrap_err(), Declined::NoGap);
    assert_eq!(square.pair(usize::MAX).unwrap_err(), Declined::NoGap);
    assert_eq!(square.spaces(0..3).unwrap().left.dimension(), 3);
    let zero = Spectrum::of(&Matrix::<Ball>::zeros(3, 3, 64), Effort::Tight);
    assert_eq!(zero.spaces(0..3).unwrap_err(), Declined::MayBeZero);
    // Over the rationals, with orthogonal columns, everything is exact.
    let entries = [4, 1, -3];
    let diagonal = Matrix::from_fn(3, 3, |i, j| Fraction::from(if i == j { entries[i] } else { 0 }));
    let pair = Spectrum::of(&Matrix::<Exact>::from_rationals(&diagonal, 64), Effort::Quick).pair(1).unwrap();
    assert_eq!([0, 1, 2].map(|i| pair.left[i].exact().unwrap()), [0, 0, -1]);
    assert_eq!([0, 1, 2].map(|i| pair.right[i].exact().unwrap()), [0, 0, 1]);
}

#[test]
fn graded_windows_are_resolved_with_bits_to_match() {
    let mut draws = Draws(54);
    let values: Vec<Fraction> = (0..4).map(|i| power_of_ten(-100 * i)).collect();
    let known = with_values(4, 5, &values, &mut draws);
    let spectrum = Spectrum::of(&ball(&known, 2400), Effort::Tight);
    assert_eq!(spectrum.windows(), [0..1, 1..2, 2..3, 3..4]);
    let pair = spectrum.pair(3).unwrap();
    let (u, v) = (column(&known.left, 3), column(&known.right, 3));
    let plus = contains(&pair.left, &u) && contains(&pair.right, &v);
    assert!(plus || contains(&pair.left, &negated(&u)) && contains(&pair.right, &negated(&v)));
    assert!(pair.right[0].radius().to_f64() < 1e-80);
}
