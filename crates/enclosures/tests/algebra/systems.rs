//! Linear systems and inverses against exact elimination.

use enclosures::algebra::linear_systems::{MayBeSingular, inverse, solve};
use enclosures::number::{Ball, Exact, Float, Matrix, Real, Ring};
use quickcheck::QuickCheck;
use rug::Rational as Fraction;

use crate::exact::{Draws, identity, power_of_ten, product, with_values};

/// The exact solution; `None` of a singular matrix.
fn exact_solution(matrix: &Matrix<Fraction>, right: &Matrix<Fraction>) -> Option<Matrix<Fraction>> {
    let columns: Vec<Vec<Fraction>> = (0..right.columns())
        .map(|j| crate::solve(matrix, &right.column(j).cloned().collect::<Vec<_>>()))
        .collect::<Option<_>>()?;
    Some(Matrix::from_fn(matrix.rows(), right.columns(), |i, j| columns[j][i].clone()))
}

fn lift<T: Ring>(matrix: &Matrix<Fraction>, bits: u32) -> Matrix<T> {
    Matrix::from_rationals(matrix, bits)
}

fn assert_encloses(context: &str, found: &Matrix<Ball>, truth: &Matrix<Fraction>) {
    for (ball, value) in found.entries().iter().zip(truth.entries()) {
        assert!(ball.contains_rational(value), "{context}: {value} not in {ball}");
    }
}

#[test]
fn random_systems_are_solved_or_singular() {
    fn law(size: u8, columns: u8, seed: u64) -> bool {
        let mut draws = Draws(seed);
        let size = usize::from(size % 6) + 1;
        let mut matrix = |rows, columns| Matrix::from_fn(rows, columns, |_, _| Fraction::from((draws.integer(3), 3)));
        let (left, right) = (matrix(size, size), matrix(size, usize::from(columns % 3)));
        let truth = exact_solution(&left, &right);
        let truth =
            if right.columns() == 0 { exact_solution(&left, &identity(size)).map(|_| right.clone()) } else { truth };
        let over_rationals = solve(&lift::<Exact>(&left, 64), &lift(&right, 64)).ok();
        if over_rationals.map(|found| found.map(|entry| entry.exact().unwrap())) != truth {
            return false;
        }
        match (solve(&lift::<Ball>(&left, 128), &lift(&right, 128)), truth) {
            (Ok(found), Some(truth)) => {
                assert_encloses("random", &found, &truth);
                found.entries().iter().all(|ball| ball.radius().to_f64() < 1e-30)
            }
            (Err(MayBeSingular), None) => true,
            _ => false,
        }
    }
    QuickCheck::new().tests(400).quickcheck(law as fn(u8, u8, u64) -> bool);
}

#[test]
fn ill_conditioned_matrices_are_declined_or_solved() {
    // Hilbert's matrix of size 12 has the condition number 2^54.
    let size = 12;
    let hilbert = Matrix::from_fn(size, size, |i, j| Fraction::from((1, i + j + 1)));
    let truth = exact_solution(&hilbert, &identity(size)).unwrap();
    assert_eq!(inverse(&lift::<Ball>(&hilbert, 40)).unwrap_err(), MayBeSingular);
    for (bits, limit) in [(100, -15.0), (200, -115.0)] {
        let found = inverse(&lift::<Ball>(&hilbert, bits)).unwrap();
        assert_encloses("hilbert", &found, &truth);
        let widest = found.entries().iter().map(|ball| (ball.radius().to_f64() / ball.centre().to_f64()).abs());
        let widest = widest.fold(0.0, f64::max).log2();
        assert!(widest < limit, "{bits}: 2^{widest}");
    }
}

#[test]
fn regularity_is_proved_as_soon_as_the_precision_allows() {
    let mut draws = Draws(61);
    let tiny: Fraction = Fraction::from(1) >> 200;
    for values in [
        vec![Fraction::from(2), Fraction::from(1), tiny.clone()],
        (0..4).map(|i| power_of_ten(-20 * i)).collect(),
        vec![Fraction::from(3); 5],
        vec![tiny.clone() + 1, Fraction::from(1), Fraction::from(1) - tiny],
    ] {
        let known = with_values(values.len(), values.len(), &values, &mut draws);
        let truth = exact_solution(&known.matrix, &identity(values.len())).unwrap();
        let is_near_singular = values.last().unwrap().to_f64() < 1e-30;
        assert_eq!(inverse(&lift::<Ball>(&known.matrix, 128)).is_err(), is_near_singular);
        assert_encloses("known", &inverse(&lift::<Ball>(&known.matrix, 512)).unwrap(), &truth);
    }
    // Exactly singular at any precision, and one by one.
    let known = with_values(3, 3, &[2, 1, 0].map(Fraction::from), &mut draws);
    assert_eq!(inverse(&lift::<Ball>(&known.matrix, 1000)).unwrap_err(), MayBeSingular);
    assert_eq!(inverse(&Matrix::<Ball>::zeros(1, 1, 64)).unwrap_err(), MayBeSingular);
    assert_eq!(inverse(&Matrix::from_fn(2, 2, |_, _| Ball::whole_line(64))).unwrap_err(), MayBeSingular);
    assert_eq!(inverse(&Matrix::<Ball>::zeros(0, 0, 64)).unwrap().rows(), 0);
    let half = inverse(&Matrix::row_vector(vec![Ball::from_rational(&2.into(), 64)])).unwrap();
    assert_eq!(half[(0, 0)].exact(), Some(Fraction::from((1, 2))));
}

#[test]
fn every_matrix_of_the_enclosure_is_meant() {
    // Entries known to 20 bits: the inverse of any matrix in the enclosure lies in that of the enclosure.
    let mut draws = Draws(62);
    for _ in 0..40 {
        let exact = Matrix::from_fn(3, 3, |i, j| Fraction::from(draws.integer(4) + if i == j { 9 } else { 0 }));
        let wide = exact.map(|entry| {
            let ball = Ball::from_rational(entry, 128);
            Ball::new(ball.centre(), enclosures::number::Magnitude::power_of_two(-10))
        });
        let found = inverse(&wide).unwrap();
        for _ in 0..5 {
            let inside = exact.map(|entry| Fraction::from((draws.integer(8), 8 * 1024)) + entry);
            assert_encloses("wide", &found, &exact_solution(&inside, &identity(3)).unwrap());
        }
    }
}

#[test]
fn large_and_floating_systems() {
    let mut draws = Draws(63);
    let values: Vec<Fraction> = (0..20).map(|i| Fraction::from(20 - i)).collect();
    let known = with_values(20, 20, &values, &mut draws);
    let found = inverse(&lift::<Ball>(&known.matrix, 128)).unwrap();
    let reciprocal = Matrix::from_fn(20, 20, |i, j| Fraction::from(&known.right[(i, j)] / &values[j]));
    assert_encloses("large", &found, &product(&reciprocal, &known.left.transposed()));
    let approximate = inverse(&lift::<Float>(&known.matrix, 200)).unwrap();
    let defect = Matrix::identity(20, 200).minus(&approximate.times(&lift(&known.matrix, 200)));
    assert!(defect.frobenius().upper_f64() < 1e-55);
}
