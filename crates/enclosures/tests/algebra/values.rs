//! Enclosures of singular values against matrices whose values are known exactly.

use crate::exact::{self, Draws, power_of_ten, spectra, with_values};
use enclosures::algebra::spectral::{
    Effort, Spectrum, rank_gap, second_singular_value, singular_values, spectral_norm, spectral_norm_squared_at_least,
};
use enclosures::number::{Ball, Exact, Float, Matrix, Real, Ring, Sign, Truth};
use rug::Rational as Fraction;

/// log2 of the width over the middle; 1 if the lower end is zero, and more below.
fn relative_width(ball: &Ball) -> f64 {
    let width = rug::Float::with_val(64, ball.upper_float(4000) - ball.lower_float(4000));
    (width / rug::Float::with_val(64, ball.centre().abs_ref())).to_f64().log2()
}

fn squared(value: &Fraction) -> Fraction {
    Fraction::from(value.square_ref())
}

fn sum_of_squares(values: &[Fraction]) -> Fraction {
    values.iter().fold(Fraction::new(), |sum, value| sum + squared(value))
}

/// Everything that is said of the spectrum of a matrix with known values is true.
fn check(name: &str, known: &exact::Known, bits: u32, effort: Effort) -> Spectrum<Ball> {
    let matrix = Matrix::<Ball>::from_rationals(&known.matrix, bits);
    let spectrum = Spectrum::of(&matrix, effort);
    let context = format!("{name}, {}×{}, {bits} bits, {effort:?}", matrix.rows(), matrix.columns());
    assert_eq!(spectrum.squares().len(), known.values.len());
    for ((square, value), truth) in spectrum.squares().iter().zip(spectrum.singular_values()).zip(&known.values) {
        assert!(square.is_defined() && value.is_defined(), "{context}");
        assert!(square.contains_rational(&squared(truth)), "{context}: {truth}² not in {square}");
        assert!(value.contains_rational(truth), "{context}: {truth} not in {value}");
    }
    let gap = sum_of_squares(&known.values[1..]);
    assert!(spectrum.rank_gap().contains_rational(&gap), "{context}: {gap} not in {}", spectrum.rank_gap());
    let nuclear = known.values.iter().fold(Fraction::new(), |sum, value| sum + value);
    assert!(spectrum.nuclear_norm().contains_rational(&nuclear), "{context}: nuclear norm");
    assert!(spectrum.least().contains_rational(known.values.last().unwrap()), "{context}: least value");
    let rank = known.values.iter().filter(|value| **value != 0).count();
    assert!((spectrum.rank_at_least()..=spectrum.rank_at_most()).contains(&rank), "{context}: rank");
    let bound = spectral_norm_squared_at_least(&matrix);
    assert!(bound.lower_float(bits) <= squared(&known.values[0]), "{context}: {bound}");
    // The quotient is no lazy bound either: a vector that is off by ε loses ε² only.
    assert!(bound.upper_float(bits) >= squared(&known.values[0]) * (1 - power_of_ten(-9)), "{context}: {bound}");
    spectrum
}

#[test]
fn enclosures_contain_the_known_values() {
    let mut draws = Draws(1);
    for (rows, columns) in [(2, 2), (3, 2), (2, 5), (3, 3), (4, 4), (5, 6), (6, 6), (9, 4), (10, 10)] {
        for (name, values) in spectra(rows.min(columns)) {
            let known = with_values(rows, columns, &values, &mut draws);
            for bits in [64, 128, 300, 2300] {
                for effort in [Effort::Quick, Effort::Tight] {
                    if bits < 2000 || rows * columns < 30 {
                        check(name, &known, bits, effort);
                    }
                }
            }
        }
    }
}

#[test]
fn enclosures_of_large_matrices() {
    let mut draws = Draws(5);
    for index in [0, 2, 5, 9] {
        let (name, values) = spectra(32).swap_remove(index);
        let known = with_values(32, 32, &values, &mut draws);
        check(name, &known, 128, Effort::Quick);
        check(name, &known, 128, Effort::Tight);
    }
}

#[test]
fn balls_around_a_matrix_contain_its_values() {
    // Every entry is known to 30 bits only; the values must be enclosed all the same, and cannot be much better known.
    let mut draws = Draws(11);
    for (name, values) in spectra(4) {
        let known = with_values(4, 4, &values, &mut draws);
        let matrix = Matrix::<Ball>::from_rationals(&known.matrix, 30).map(|entry| entry.clone().with_bits(128));
        for effort in [Effort::Quick, Effort::Tight] {
            let spectrum = Spectrum::of(&matrix, effort);
            for (square, truth) in spectrum.squares().iter().zip(&known.values) {
                assert!(square.contains_rational(&squared(truth)), "{name}");
            }
            assert!(spectrum.rank_gap().contains_rational(&sum_of_squares(&known.values[1..])), "{name}");
            assert!(relative_width(&spectrum.norm_squared()) > -40.0, "{name}");
        }
    }
}

#[test]
fn widths_stay_as_good_as_they_are() {
    // log2 of the relative width of σ_1², of the worst σ_i² and of the rank gap at most; Quick and Tight at 128 bits,
    // for 6×6. A width of 1 means that zero is not excluded.
    let table: [(&str, [f64; 3], [f64; 3]); 13] = [
        ("separated", [-92.0, -92.0, -92.0], [-120.0, -120.0, -120.0]),
        ("all equal", [-92.0, -92.0, -92.0], [-120.0, -120.0, -120.0]),
        ("half twos, half ones", [-92.0, -92.0, -92.0], [-119.0, -119.0, -119.0]),
        ("top within 1e-30", [-45.0, -45.0, -45.0], [-120.0, -120.0, -120.0]),
        ("top three within 1e-10", [-45.0, -45.0, -45.0], [-120.0, -119.0, -120.0]),
        ("rank one and 1e-16", [-94.0, 1.0, -3.0], [-120.0, -43.0, -73.0]),
        ("rank one and 1e-60", [-94.0, 1.0, 1.0], [-120.0, 1.0, 1.0]),
        ("rank one", [-94.0, 1.0, 1.0], [-120.0, 1.0, 1.0]),
        ("half rank", [-92.0, 1.0, -92.0], [-120.0, 1.0, -120.0]),
        ("graded 1 to 1e-12", [-94.0, 1.0, -85.0], [-120.0, -80.0, -115.0]),
        ("graded 1 to 1e-300", [-94.0, 1.0, 1.0], [-120.0, 1.0, 1.0]),
        ("tiny", [-92.0, -92.0, -92.0], [-120.0, -120.0, -120.0]),
        ("huge", [-92.0, -92.0, -92.0], [-120.0, -120.0, -120.0]),
    ];
    let mut draws = Draws(7);
    for ((name, values), (expected, quick, tight)) in spectra(6).into_iter().zip(table) {
        assert_eq!(name, expected);
        let known = with_values(6, 6, &values, &mut draws);
        for (effort, limits) in [(Effort::Quick, quick), (Effort::Tight, tight)] {
            let spectrum = check(name, &known, 128, effort);
            let worst = spectrum.squares().iter().map(relative_width).fold(f64::NEG_INFINITY, f64::max);
            let widths = [relative_width(&spectrum.norm_squared()), worst, relative_width(spectrum.rank_gap())];
            for (width, limit) in widths.into_iter().zip(limits) {
                assert!(width <= limit + 1e-9, "{name}, {effort:?}: {widths:?}, not {limits:?}");
            }
        }
    }
}

#[test]
fn one_row_or_column_has_rank_one_by_structure() {
    let entries: Vec<Fraction> = [3, -1, 0, 4].iter().map(|&k| Fraction::from((k, 7))).collect();
    let row = Matrix::<Ball>::from_rationals(&Matrix::row_vector(entries), 128);
    let mut framed = Matrix::zeros(5, 6, 128);
    for (j, entry) in row.entries().iter().enumerate() {
        framed[(2, j)] = entry.clone();
    }
    for matrix in [row.clone(), row.transposed(), framed.clone(), framed.transposed()] {
        for effort in [Effort::Quick, Effort::Tight] {
            let spectrum = Spectrum::of(&matrix, effort);
            let norm_squared = matrix.frobenius_squared();
            assert_eq!(spectrum.squares().len(), matrix.rows().min(matrix.columns()));
            let same = |a: &Ball, b: &Ball| a.centre() == b.centre() && a.radius() == b.radius();
            assert!(same(&spectrum.norm_squared(), &norm_squared));
            assert!(same(&spectral_norm(&matrix, effort), &matrix.frobenius()));
            assert_eq!(rank_gap(&matrix, effort).sign(), Sign::Zero);
            assert_eq!(second_singular_value(&matrix, effort).sign(), Sign::Zero);
            assert!(spectrum.squares()[1..].iter().all(|square| square.sign() == Sign::Zero));
        }
    }
    assert_eq!(spectral_norm_squared_at_least(&row).sign(), Sign::Positive);
}

#[test]
fn the_rank_is_bounded_by_what_can_be_proved() {
    let bounds = |spectrum: &Spectrum<Ball>| (spectrum.rank_at_least(), spectrum.rank_at_most());
    let mut draws = Draws(12);
    let known = with_values(4, 5, &[5, 3, 0, 0].map(Fraction::from), &mut draws);
    let spectrum = Spectrum::of(&Matrix::<Ball>::from_rationals(&known.matrix, 128), Effort::Tight);
    // Entries with radii: matrices of full rank are among them.
    assert_eq!(bounds(&spectrum), (2, 4));
    let rational = Spectrum::of(&Matrix::<Exact>::from_rationals(&known.matrix, 64), Effort::Quick);
    assert_eq!((rational.rank_at_least(), rational.rank_at_most(), rational.exact_rank()), (2, 2, Some(2)));
    // Exact balls, of rank two, with a row of zeros.
    let rows = [[1, 2, 3], [4, 5, 6], [0, 0, 0], [7, 8, 9]].map(|row| row.map(Fraction::from).to_vec());
    let exact = Matrix::<Ball>::from_rationals(&Matrix::from_rows(rows.to_vec()).unwrap(), 128);
    assert_eq!(bounds(&Spectrum::of(&exact, Effort::Quick)), (2, 2));
    let row = Matrix::row_vector([0, 0, 3].map(|k| Ball::from_rational(&k.into(), 64)).to_vec());
    assert_eq!(bounds(&Spectrum::of(&row, Effort::Quick)), (1, 1));
    let nearly = row.map(|_| Ball::hull(&rug::Float::with_val(64, -1e-9), &rug::Float::with_val(64, 1e-9), 64));
    assert_eq!(bounds(&Spectrum::of(&nearly, Effort::Quick)), (0, 1));
    assert_eq!(bounds(&Spectrum::of(&Matrix::zeros(2, 3, 64), Effort::Quick)), (0, 0));
    assert_eq!(bounds(&Spectrum::of(&Matrix::from_fn(2, 3, |_, _| Ball::whole_line(64)), Effort::Quick)), (0, 2));
}

#[test]
fn the_least_value_is_that_of_the_shorter_side() {
    let tall = Matrix::from_rows(vec![vec![3, 0], vec![0, 0], vec![0, 2]])
        .unwrap()
        .map(|&k: &i32| Exact::from(Fraction::from(k)));
    for matrix in [tall.clone(), tall.transposed()] {
        let spectrum = Spectrum::of(&matrix, Effort::Quick);
        assert_eq!(spectrum.least().exact(), Some(Fraction::from(2)));
        assert_eq!(spectrum.nuclear_norm().exact(), Some(Fraction::from(5)));
    }
    let row = Matrix::row_vector(tall.row(0).to_vec());
    assert_eq!(Spectrum::of(&row, Effort::Quick).least().exact(), Some(Fraction::from(3)));
}

#[test]
fn zero_matrices_have_exactly_zero_values() {
    for (rows, columns) in [(1, 1), (3, 3), (2, 5), (0, 0), (0, 3)] {
        let zero = Matrix::<Ball>::zeros(rows, columns, 100);
        let spectrum = Spectrum::of(&zero, Effort::Quick);
        assert_eq!(spectrum.squares().len(), rows.min(columns));
        assert!(spectrum.singular_values().iter().all(|value| value.sign() == Sign::Zero));
        for value in
            [spectrum.norm(), spectrum.second(), spectrum.rank_gap().clone(), spectral_norm_squared_at_least(&zero)]
        {
            assert_eq!(value.sign(), Sign::Zero);
        }
    }
}

#[test]
fn undefined_entries_make_everything_undefined() {
    let mut matrix = Matrix::<Ball>::identity(3, 80);
    matrix[(1, 2)] = Ball::whole_line(80);
    let spectrum = Spectrum::of(&matrix, Effort::Tight);
    assert!(spectrum.singular_values().iter().chain([spectrum.rank_gap()]).all(|value| !value.is_defined()));
    assert!(!spectral_norm_squared_at_least(&matrix).is_defined());
}

#[test]
fn rationals_are_exact_or_undefined() {
    let lift = |rows: &[[i32; 3]]| {
        let rows = rows.iter().map(|row| row.map(Fraction::from).to_vec()).collect();
        Matrix::<Exact>::from_rationals(&Matrix::from_rows(rows).unwrap(), 64)
    };
    // Orthogonal columns, permuted and signed.
    let permuted = lift(&[[0, 0, -2], [3, 0, 0], [0, 7, 0]]);
    for effort in [Effort::Quick, Effort::Tight] {
        let values: Vec<_> = singular_values(&permuted, effort).iter().map(|value| value.exact()).collect();
        assert_eq!(values, [7, 3, 2].map(|value| Some(Fraction::from(value))));
        assert_eq!(rank_gap(&permuted, effort).exact(), Some(Fraction::from(13)));
        let identity = Matrix::<Exact>::identity(4, 64);
        assert_eq!(spectral_norm(&identity, effort).exact(), Some(Fraction::from(1)));
        // √5 is not rational, its square is.
        let row = lift(&[[0, 1, 2]]);
        assert!(!spectral_norm(&row, effort).is_defined());
        assert_eq!(Spectrum::of(&row, effort).norm_squared().exact(), Some(Fraction::from(5)));
        assert!(!spectral_norm(&lift(&[[1, 2, 3], [4, 5, 6]]), effort).is_defined());
    }
}

#[test]
fn floats_are_approximated() {
    let mut draws = Draws(3);
    for (index, tolerance) in [(0, 1e-27), (3, 1e-13), (5, 1e-27)] {
        let (name, values) = spectra(5).swap_remove(index);
        let known = with_values(5, 5, &values, &mut draws);
        let matrix = Matrix::<Float>::from_rationals(&known.matrix, 200);
        let error = |effort| (spectral_norm(&matrix, effort).exact().unwrap() - &values[0]).to_f64().abs();
        // The bounds meet to about 2^−194 here, and the middle of them is taken.
        let (quick, tight) = (error(Effort::Quick), error(Effort::Tight));
        assert!(quick < tolerance && tight < 1e-57, "{name}: {quick:e}, {tight:e}");
    }
}

mod laws {
    use quickcheck::QuickCheck;

    use super::*;

    /// A matrix with small entries, of any rank.
    fn matrix(rows: u8, columns: u8, seed: u64) -> Matrix<Fraction> {
        let mut draws = Draws(seed);
        let scale = 1 + draws.next() % 4;
        Matrix::from_fn(usize::from(rows % 5) + 1, usize::from(columns % 5) + 1, |_, _| {
            Fraction::from((draws.integer(4), scale))
        })
    }

    fn ball(matrix: &Matrix<Fraction>) -> Matrix<Ball> {
        Matrix::from_rationals(matrix, 128)
    }

    fn all_may_be_equal(left: &[Ball], right: &[Ball]) -> bool {
        left.len() == right.len() && left.iter().zip(right).all(|(a, b)| a.may_meet(b))
    }

    fn law(property: fn(u8, u8, u64) -> bool) {
        QuickCheck::new().tests(150).quickcheck(property as fn(u8, u8, u64) -> bool);
    }

    #[test]
    fn a_transpose_has_the_same_values() {
        law(|rows, columns, seed| {
            let matrix = ball(&matrix(rows, columns, seed));
            [Effort::Quick, Effort::Tight].into_iter().all(|effort| {
                all_may_be_equal(&singular_values(&matrix, effort), &singular_values(&matrix.transposed(), effort))
            })
        });
    }

    #[test]
    fn orthogonal_factors_change_nothing() {
        law(|rows, columns, seed| {
            let plain = matrix(rows, columns, seed);
            let mut draws = Draws(seed);
            let turned = exact::product(&exact::orthogonal(plain.rows(), &mut draws), &plain);
            [Effort::Quick, Effort::Tight].into_iter().all(|effort| {
                let (plain, turned) = (Spectrum::of(&ball(&plain), effort), Spectrum::of(&ball(&turned), effort));
                all_may_be_equal(plain.squares(), turned.squares()) && plain.rank_gap().may_meet(turned.rank_gap())
            })
        });
    }

    #[test]
    fn the_squares_sum_to_the_frobenius_norm() {
        law(|rows, columns, seed| {
            let matrix = ball(&matrix(rows, columns, seed));
            let spectrum = Spectrum::of(&matrix, Effort::Quick);
            let sum = spectrum.squares().iter().fold(Ball::zero(128), |sum, square| sum + square);
            let norm_squared = matrix.frobenius_squared();
            sum.may_meet(&norm_squared)
                && (spectrum.norm_squared() + spectrum.rank_gap()).may_meet(&norm_squared)
                && norm_squared.below(&spectrum.norm_squared()) != Truth::True
        });
    }

    #[test]
    fn values_descend_and_both_efforts_agree() {
        law(|rows, columns, seed| {
            let matrix = ball(&matrix(rows, columns, seed));
            let (quick, tight) = (singular_values(&matrix, Effort::Quick), singular_values(&matrix, Effort::Tight));
            let coarse = spectral_norm_squared_at_least(&matrix);
            all_may_be_equal(&quick, &tight)
                && tight.windows(2).all(|pair| pair[0].below(&pair[1]) != Truth::True)
                && tight[0].square().below(&coarse) != Truth::True
        });
    }

    #[test]
    fn weyl_bounds_the_change_of_each_value() {
        law(|rows, columns, seed| {
            let one = ball(&matrix(rows, columns, seed));
            let two = ball(&matrix(rows, columns, seed ^ 0x5555));
            let change = spectral_norm(&two.clone().minus(&one), Effort::Tight);
            singular_values(&one, Effort::Tight)
                .into_iter()
                .zip(singular_values(&two, Effort::Tight))
                .all(|(before, after)| change.below(&(after - &before).abs()) != Truth::True)
        });
    }

    #[test]
    fn more_bits_never_contradict_fewer() {
        law(|rows, columns, seed| {
            let matrix = matrix(rows, columns, seed);
            let spectrum = |bits, effort| Spectrum::of(&Matrix::<Ball>::from_rationals(&matrix, bits), effort);
            let reference = spectrum(400, Effort::Tight);
            [(20, Effort::Quick), (53, Effort::Tight), (64, Effort::Quick), (128, Effort::Tight)]
                .into_iter()
                .all(|(bits, effort)| all_may_be_equal(spectrum(bits, effort).squares(), reference.squares()))
        });
    }
}
