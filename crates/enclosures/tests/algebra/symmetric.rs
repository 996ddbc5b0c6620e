//! Eigenvalues of symmetric matrices and definiteness, against known eigenvalues and against exact inertia.

use enclosures::algebra::inertia::Inertia;
use enclosures::algebra::spectral::Effort;
use enclosures::algebra::symmetric::{eigenvalues, is_positive_definite, is_positive_semidefinite};
use enclosures::number::{Ball, Exact, Matrix, Real, Ring, Sign, Truth};
use quickcheck::QuickCheck;
use rug::Rational as Fraction;

use crate::exact::{Draws, orthogonal, power_of_ten, product};

const EFFORTS: [Effort; 2] = [Effort::Quick, Effort::Tight];

/// `Q diag(λ) Qᵀ` with a random rational orthogonal `Q`.
fn with_eigenvalues(values: &[Fraction], draws: &mut Draws) -> Matrix<Fraction> {
    let q = orthogonal(values.len(), draws);
    let scaled = Matrix::from_fn(values.len(), values.len(), |i, j| Fraction::from(&q[(i, j)] * &values[j]));
    product(&scaled, &q.transposed())
}

/// Descending eigenvalues, by name.
fn families() -> Vec<(&'static str, Vec<Fraction>)> {
    let integers = |values: &[i32]| values.iter().map(|&value| Fraction::from(value)).collect::<Vec<_>>();
    let tiny = |exponent: i32| power_of_ten(-exponent);
    vec![
        ("positive", integers(&[5, 3, 2, 1])),
        ("indefinite", integers(&[4, 1, -2, -3])),
        ("negative", integers(&[-1, -2, -2, -7])),
        ("opposite pairs", integers(&[3, 3, -3, -3])),
        ("repeated", integers(&[2, 2, 2, -1, -1])),
        ("singular", integers(&[2, 1, 0, 0])),
        ("singular and indefinite", integers(&[2, 0, -1])),
        ("clustered", vec![tiny(30) + 1, Fraction::from(1), 1 - tiny(30), Fraction::from(-1), -1 - tiny(20)]),
        ("nearly singular", vec![Fraction::from(1), Fraction::from((1, 2)), tiny(12), -tiny(12)]),
        ("graded", vec![Fraction::from(1), tiny(6), tiny(12), tiny(18)]),
        ("one", integers(&[-5])),
    ]
}

#[test]
fn known_eigenvalues_are_enclosed() {
    let mut draws = Draws(31);
    for (name, values) in families() {
        for _ in 0..3 {
            let exact = with_eigenvalues(&values, &mut draws);
            for bits in [64, 128, 400] {
                for effort in EFFORTS {
                    let found = eigenvalues(&Matrix::<Ball>::from_rationals(&exact, bits), effort);
                    assert_eq!(found.len(), values.len());
                    for (ball, value) in found.iter().zip(&values) {
                        assert!(ball.contains_rational(value), "{name}, {bits}, {effort:?}: {value} not in {ball}");
                    }
                    if effort == Effort::Tight && values.len() > 1 {
                        let width = found.iter().map(|ball| ball.radius().to_f64()).fold(0.0, f64::max);
                        assert!(width < 2.0_f64.powi(12 - bits as i32), "{name}, {bits}: {width:e}");
                    }
                }
            }
        }
    }
}

#[test]
fn only_the_upper_triangle_is_looked_at() {
    let mut draws = Draws(32);
    let mut exact = with_eigenvalues(&families()[1].1, &mut draws);
    for i in 0..4 {
        for j in 0..i {
            exact[(i, j)] = Fraction::from(1000);
        }
    }
    let found = eigenvalues(&Matrix::<Ball>::from_rationals(&exact, 128), Effort::Tight);
    assert!(found.iter().zip(&families()[1].1).all(|(ball, value)| ball.contains_rational(value)));
    assert_eq!(is_positive_definite(&Matrix::<Ball>::from_rationals(&exact, 128)), Truth::False);
}

#[test]
fn zero_rows_have_the_eigenvalue_zero_in_its_place() {
    let mut draws = Draws(33);
    for (name, values) in families() {
        let inner = with_eigenvalues(&values, &mut draws);
        let size = values.len() + 2;
        // Zero rows and columns at 0 and 2.
        let place = |i: usize| [None, Some(0), None, Some(1), Some(2), Some(3), Some(4)][i];
        let framed = Matrix::from_fn(size, size, |i, j| match (place(i), place(j)) {
            (Some(i), Some(j)) => inner[(i, j)].clone(),
            _ => Fraction::new(),
        });
        let mut sorted = values.clone();
        sorted.resize(size, Fraction::new());
        sorted.sort_by(|a, b| b.cmp(a));
        for effort in EFFORTS {
            let found = eigenvalues(&Matrix::<Ball>::from_rationals(&framed, 128), effort);
            for (ball, value) in found.iter().zip(&sorted) {
                assert!(ball.contains_rational(value), "{name}: {value} not in {ball}");
            }
        }
    }
}

#[test]
fn rationals_are_exact_where_the_bounds_meet() {
    let entries = [3, -1, 3, 0];
    let diagonal = Matrix::from_fn(4, 4, |i, j| Fraction::from(if i == j { entries[i] } else { 0 }));
    let found = eigenvalues(&Matrix::<Exact>::from_rationals(&diagonal, 64), Effort::Quick);
    assert_eq!(found.iter().map(|value| value.exact().unwrap()).collect::<Vec<_>>(), [3, 3, 0, -1]);
    let empty = Matrix::<Ball>::zeros(0, 0, 64);
    assert!(eigenvalues(&empty, Effort::Tight).is_empty());
    assert_eq!(is_positive_definite(&empty), Truth::True);
    let mut undefined = Matrix::<Ball>::identity(3, 64);
    undefined[(0, 2)] = Ball::whole_line(64);
    assert!(eigenvalues(&undefined, Effort::Tight).iter().all(|value| !value.is_defined()));
    assert_eq!(is_positive_semidefinite(&undefined), Truth::Open);
}

#[test]
fn definiteness_is_decided_and_open_only_for_singular_balls() {
    let mut draws = Draws(34);
    for (name, values) in families() {
        let exact = with_eigenvalues(&values, &mut draws);
        let least = values.last().unwrap();
        let (definite, semidefinite) = (Truth::from(*least > 0), Truth::from(*least >= 0));
        let rational = Matrix::<Exact>::from_rationals(&exact, 64);
        assert_eq!(is_positive_definite(&rational), definite, "{name}");
        assert_eq!(is_positive_semidefinite(&rational), semidefinite, "{name}");
        let ball = Matrix::<Ball>::from_rationals(&exact, 200);
        if least.is_zero() {
            // Entries with radii: the enclosure contains definite and indefinite matrices.
            assert_eq!((is_positive_definite(&ball), is_positive_semidefinite(&ball)), (Truth::Open, Truth::Open));
        } else {
            assert_eq!(is_positive_definite(&ball), definite, "{name}");
            assert_eq!(is_positive_semidefinite(&ball), semidefinite, "{name}");
        }
    }
}

#[test]
fn a_zero_on_the_diagonal_needs_a_row_of_zeros() {
    // The third entry is known to 20 bits only, so that nothing but the first two rows decides.
    let mut matrix = Matrix::<Ball>::zeros(3, 3, 128);
    matrix[(2, 2)] = Ball::from_rational(&Fraction::from((1, 3)), 20);
    matrix[(1, 1)] = Ball::one(128);
    assert_eq!(is_positive_semidefinite(&matrix), Truth::True);
    assert_eq!(is_positive_definite(&matrix), Truth::False);
    matrix[(0, 2)] = Ball::from_rational(&Fraction::from((1, 7)), 20);
    assert_eq!(is_positive_semidefinite(&matrix), Truth::False);
    assert_eq!(is_positive_definite(&matrix), Truth::False);
}

#[test]
fn exact_balls_are_decided_even_if_singular() {
    // Of rank two. Elimination divides by 10 here, so that the last pivot is a ball around zero; the entries are exact.
    let vectors = [[3, 1, 2], [1, 5, -1]];
    let gram = Matrix::from_fn(3, 3, |i, j| vectors.iter().map(|v| Fraction::from(v[i] * v[j])).sum());
    let ball = Matrix::<Ball>::from_rationals(&gram, 64);
    assert!(ball.entries().iter().all(Ball::is_point));
    assert_eq!((is_positive_definite(&ball), is_positive_semidefinite(&ball)), (Truth::False, Truth::True));
}

mod laws {
    use super::*;

    fn symmetric(size: u8, seed: u64) -> Matrix<Fraction> {
        let mut draws = Draws(seed);
        let size = usize::from(size % 5) + 1;
        let entries: Vec<i32> = (0..size * size).map(|_| draws.integer(4)).collect();
        Matrix::from_fn(size, size, |i, j| Fraction::from(entries[i.min(j) * size + i.max(j)]))
    }

    fn law(property: fn(u8, u64) -> bool) {
        QuickCheck::new().tests(300).quickcheck(property as fn(u8, u64) -> bool);
    }

    /// How many eigenvalues are above, at and below a number, by exact elimination.
    fn counted(matrix: &Matrix<Fraction>, at: &Fraction) -> Inertia {
        let mut shifted = matrix.clone();
        for i in 0..shifted.rows() {
            shifted[(i, i)] -= at;
        }
        Inertia::of(&shifted)
    }

    #[test]
    fn each_enclosure_has_the_counted_number_of_eigenvalues_on_either_side() {
        law(|size, seed| {
            let exact = symmetric(size, seed);
            EFFORTS.into_iter().all(|effort| {
                let found = eigenvalues(&Matrix::<Ball>::from_rationals(&exact, 128), effort);
                found.iter().enumerate().all(|(i, ball)| {
                    let (low, high) = (ball.lower().exact().unwrap(), ball.upper().exact().unwrap());
                    // λ_i ≥ low: more than i eigenvalues at or above it; λ_i ≤ high: at most i above it.
                    let below = counted(&exact, &low);
                    below.positive + below.zero > i && counted(&exact, &high).positive <= i
                })
            })
        });
    }

    #[test]
    fn definiteness_is_that_of_the_inertia() {
        law(|size, seed| {
            let exact = symmetric(size, seed);
            let inertia = Inertia::of(&exact);
            let none = inertia.negative == 0;
            let expected = (Truth::from(none && inertia.zero == 0), Truth::from(none));
            let rational = Matrix::<Exact>::from_rationals(&exact, 64);
            let ball = Matrix::<Ball>::from_rationals(&exact, 128);
            (is_positive_definite(&rational), is_positive_semidefinite(&rational)) == expected
                && (is_positive_definite(&ball), is_positive_semidefinite(&ball)) == expected
        });
    }

    #[test]
    fn inertia_is_that_of_the_eigenvalues_also_without_a_diagonal() {
        law(|size, seed| {
            let mut exact = symmetric(size, seed);
            for i in 0..exact.rows() {
                exact[(i, i)] = Fraction::new();
            }
            let inertia = Inertia::of(&exact);
            let found = eigenvalues(&Matrix::<Ball>::from_rationals(&exact, 128), Effort::Tight);
            let count = |sign: Sign| found.iter().filter(|value| value.sign() == sign).count();
            // Those that are not certainly of a sign are zero: small integers have no tinier eigenvalues.
            [count(Sign::Positive), count(Sign::Negative)] == [inertia.positive, inertia.negative]
                && inertia.zero == found.len() - inertia.positive - inertia.negative
        });
    }

    #[test]
    fn gram_matrices_are_semidefinite_and_shifts_move_eigenvalues() {
        law(|size, seed| {
            let exact = symmetric(size, seed);
            let gram = product(&exact.transposed(), &exact);
            let shifted = Matrix::from_fn(exact.rows(), exact.rows(), |i, j| {
                exact[(i, j)].clone() + Fraction::from(if i == j { 7 } else { 0 })
            });
            let values =
                |matrix: &Matrix<Fraction>| eigenvalues(&Matrix::<Ball>::from_rationals(matrix, 128), Effort::Tight);
            let seven = Ball::from_rational(&7.into(), 128);
            is_positive_semidefinite(&Matrix::<Exact>::from_rationals(&gram, 64)) == Truth::True
                && values(&exact).into_iter().zip(values(&shifted)).all(|(one, two)| (one + &seven).may_meet(&two))
        });
    }
}

#[test]
fn what_elimination_leaves_open_is_decided_exactly() {
    // XXᵀ of rank two, whose last two diagonal entries balls cannot tell from zero once the others are eliminated.
    let rows = [[5, 3], [2, 7], [1, 0], [0, 1]];
    let gram = |i: usize, j: usize| rows[i][0] * rows[j][0] + rows[i][1] * rows[j][1];
    let balls = |entry: &dyn Fn(usize, usize) -> i32| {
        Matrix::from_fn(4, 4, |i, j| Ball::from_rational(&Fraction::from(entry(i, j)), 128))
    };
    let singular = balls(&gram);
    assert_eq!((is_positive_semidefinite(&singular), is_positive_definite(&singular)), (Truth::True, Truth::False));
    // Coupled, these two have one eigenvalue of either sign.
    let coupled = balls(&|i, j| gram(i, j) + i32::from(i + j == 5 && i != j));
    assert_eq!((is_positive_semidefinite(&coupled), is_positive_definite(&coupled)), (Truth::False, Truth::False));
}
