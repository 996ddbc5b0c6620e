//! How singular values move with a matrix (Lemma 3), and what that says of diagonal matrices (Lemma 4).

use rug::Rational;

use crate::algebra::exact::{identity, multiple, product, rectangular_diagonal, sum};
use crate::claims::{
    AboutPair, AboutPoint, AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnPairs, OnPoints, OnRuns,
};
use crate::generate::{Instance, Random, Sampled, orthogonal, towards, with_singular_values};
use crate::number::{Real, Sign, Truth};
use crate::problem::Matrix;
use crate::reference::{Point, Step};

use super::common_vectors::CommonVectors;
use super::theorem1::exact_start;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let swapped = |d_1: &[(i64, i64)], d_2: &[(i64, i64)]| three_layers(diagonal(d_1), swap(), diagonal(d_2));
    vec![
        Claim::new(
            "ACGH19.lemma3-lidskii",
            include_str!("text/lemma3-lidskii.md"),
            OnPairs(Lidskii::default()),
            Sampled::new("pairs of matrices", some_pair),
        )
        .on_own_runs(OnRuns(LidskiiOnRun))
        .control(
            "the singular values of B in rising order",
            OnPairs(Lidskii { rising: true, ..Lidskii::default() }),
            pair(diagonal(&[(2, 1), (1, 1)]), diagonal(&[(2, 1), (1, 1)])),
        )
        .control(
            "99/100 of the right sides",
            OnPairs(Lidskii { smaller: true, ..Lidskii::default() }),
            pair(diagonal(&[(2, 1), (1, 1)]), diagonal(&[(3, 1), (1, 1)])),
        ),
        Claim::new(
            "ACGH19.lemma4-diagonal",
            include_str!("text/lemma4-diagonal.md"),
            OnPoints(Diagonals::default()),
            Sampled::new("diagonal matrices and an orthogonal one", some_diagonals),
        )
        .control(
            "1.99 in the place of 2",
            OnPoints(Diagonals { smaller: true, ..Diagonals::default() }),
            swapped(&[(1, 1), (0, 1)], &[(1, 2), (1, 2)]),
        )
        .control(
            "a diagonal in rising order",
            OnPoints(Diagonals { any_order: true, ..Diagonals::default() }),
            swapped(&[(1, 1), (0, 1)], &[(0, 1), (1, 1)]),
        ),
    ]
}

/// `‖Sing(A) − Sing(B)‖ ≤ ‖A − B‖` in the spectral and in the Frobenius norm.
#[doc = include_str!("text/lemma3-lidskii.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Lidskii {
    /// A control: the singular values of the second matrix in rising order.
    pub rising: bool,
    /// A control: 99/100 of the right sides.
    pub smaller: bool,
}

/// The road of both equalities between numbers.
const SCALARS: &str = "scalars of one sign: ||a| − |b|| = |a − b|";

fn are_scalars_of_one_sign<T: Real>(a: &Matrix<T>, b: &Matrix<T>) -> bool {
    match (a.entries(), b.entries()) {
        ([a], [b]) => {
            matches!((a.sign(), b.sign()), (Sign::Positive, Sign::Positive) | (Sign::Negative, Sign::Negative))
        }
        _ => false,
    }
}

impl Lidskii {
    /// Both bounds for every layer of two points; `roads` say why they are equalities, where that is known.
    fn compare<T: Real>(
        self,
        first: &Point<T>,
        second: &Point<T>,
        roads: &[Option<&'static str>],
        finding: &mut Finding,
    ) {
        let factor = if self.smaller { Rational::from((99, 100)).square() } else { Rational::from(1) };
        for (k, (a, b)) in first.weights().iter().zip(second.weights()).enumerate() {
            let values = first.spectra()[k].singular_values();
            let mut others = second.spectra()[k].singular_values();
            if self.rising {
                others.reverse();
            }
            let squares: Vec<T> =
                values.iter().zip(&others).map(|(one, other)| (one.clone() - other).square()).collect();
            let difference = a.clone().minus(b);
            let zero = first.constant(0);
            let largest = squares.iter().fold(zero.clone(), |largest, square| largest.max(square));
            let total = squares.iter().fold(zero, |sum, square| sum + square);
            let norm = first.spectrum_of(&difference).norm_squared().times(factor.clone());
            let frobenius = difference.frobenius_squared().times(factor.clone());
            let one_sign = !self.smaller && are_scalars_of_one_sign(a, b);
            let road = roads.get(k).copied().flatten();
            finding
                .roots_at_most("‖Sing(A) − Sing(B)‖_σ ≤ ‖A − B‖_σ", &largest, &norm)
                .layer(k + 1)
                .attained_if(one_sign, SCALARS)
                .attained_if(road.is_some(), road.unwrap_or_default());
            finding
                .roots_at_most("‖Sing(A) − Sing(B)‖_F ≤ ‖A − B‖_F", &total, &frobenius)
                .layer(k + 1)
                .attained_if(one_sign, SCALARS)
                .attained_if(road.is_some(), road.unwrap_or_default());
        }
    }
}

impl AboutPair for Lidskii {
    fn conclude<T: Real>(&self, first: &Point<T>, second: &Point<T>, finding: &mut Finding) {
        self.compare(first, second, &[], finding);
    }
}

/// Lemma 3 for every `W_k(t)`, `W_k(t+1)` of a run, on which descent keeps what makes both bounds equalities.
#[derive(Clone, Copy, Debug)]
struct LidskiiOnRun;

impl AboutRun for LidskiiOnRun {
    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let mut common = CommonVectors::at(start);
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            let roads = common.roads(step);
            Lidskii::default().compare(&step.before, &step.after, &roads, finding);
        })
    }
}

/// The pair of two matrices of one shape, as networks of one layer.
fn pair(first: Matrix<Rational>, second: Matrix<Rational>) -> Instance {
    Instance::pair(towards(first.clone(), vec![first], Rational::from(1)), vec![second])
}

/// Two matrices: near each other or not, also on common singular vectors, where the bounds are attained or nearly so.
fn some_pair(random: &mut Random) -> Instance {
    let (rows, columns) = (random.size(1, 5), random.size(1, 5));
    let size = rows.min(columns);
    let falling = |random: &mut Random| {
        let mut values: Vec<Rational> = (0..size).map(|_| random.positive(6)).collect();
        values.sort_by(|a, b| b.cmp(a));
        values
    };
    let (values, others) = (falling(random), falling(random));
    let near = *random.choice(&[-4, -20, -40]);
    match random.below(4) {
        // Orthogonal rows and columns: over the rationals both bounds are equalities.
        0 => {
            let on_diagonal = |values: &[Rational]| rectangular_diagonal(rows, columns, values);
            pair(on_diagonal(&values), on_diagonal(&others))
        }
        // Common singular vectors, but for a little.
        1 => {
            let (left, right) = (orthogonal(random, rows), orthogonal(random, columns));
            let on =
                |values: &[Rational]| product(&product(&left, &rectangular_diagonal(rows, columns, values)), &right);
            let noise = multiple(&random.matrix(rows, columns, 4), &(Rational::from(1) << near));
            pair(on(&values), sum(&on(&others), &Rational::from(1), &noise))
        }
        // A small change of any kind.
        2 => {
            let first = with_singular_values(random, rows, columns, &values);
            let second = sum(&first, &(Rational::from(1) << near), &random.matrix(rows, columns, 4));
            pair(first, second)
        }
        _ => pair(random.matrix(rows, columns, 10), random.matrix(rows, columns, 10)),
    }
}

/// With `‖D_1 − OD_2Oᵀ‖_F ≤ ε`: `‖D_1 − OD_1Oᵀ‖_F ≤ 2ε` and `‖D_1 − D_2‖_F ≤ ε`.
#[doc = include_str!("text/lemma4-diagonal.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Diagonals {
    /// A control: 1.99 in the place of 2.
    pub smaller: bool,
    /// A control: the diagonals in any order.
    pub any_order: bool,
}

impl AboutPoint for Diagonals {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.just_layers(3).square_layers()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        // Exactly where the weights are exact: a rotation has entries that no ball holds.
        match exact_start(point) {
            Some(exact) => self.assume_of(exact.weights(), given),
            None => self.assume_of(point.weights(), given),
        }
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let [d_2, o, d_1] = point.weights() else { return };
        let conjugated = |diagonal: &Matrix<T>| o.times(diagonal).times_transpose(o);
        let distance = d_1.clone().minus(&conjugated(d_2)).frobenius_squared();
        let commutator = d_1.clone().minus(&conjugated(d_1)).frobenius_squared();
        let factor = if self.smaller { Rational::from((199, 100)) } else { Rational::from(2) };
        finding.roots_at_most(
            "‖D_1 − OD_1Oᵀ‖_F ≤ 2‖D_1 − OD_2Oᵀ‖_F",
            &commutator,
            &distance.clone().times(factor.square()),
        );
        let difference = d_1.clone().minus(d_2).frobenius_squared();
        finding.roots_at_most("‖D_1 − D_2‖_F ≤ ‖D_1 − OD_2Oᵀ‖_F", &difference, &distance);
    }
}

impl Diagonals {
    fn assume_of<T: Real>(&self, weights: &[Matrix<T>], given: &mut Hypotheses) {
        let [d_2, o, d_1] = weights else { return };
        given.that("D_1 and D_2 are diagonal and not negative", is_diagonal(d_1).and(is_diagonal(d_2)));
        if !self.any_order {
            given.that("the diagonals of D_1 and D_2 do not rise", is_falling(d_1).and(is_falling(d_2)));
        }
        let rest = o.times_transpose(o).minus(&Matrix::identity(o.rows(), o.bits()));
        given.that("O is orthogonal", all_zero(rest.entries()));
    }
}

fn all_zero<'a, T: Real>(entries: impl IntoIterator<Item = &'a T>) -> Truth {
    entries.into_iter().fold(Truth::True, |all, entry| {
        all.and(match entry.sign() {
            Sign::Zero => Truth::True,
            Sign::Positive | Sign::Negative => Truth::False,
            Sign::Open => Truth::Open,
        })
    })
}

fn is_diagonal<T: Real>(matrix: &Matrix<T>) -> Truth {
    let size = matrix.rows();
    let off = (0..size).flat_map(|i| (0..size).filter(move |&j| j != i).map(move |j| &matrix[(i, j)]));
    let zero = matrix[(0, 0)].constant(0);
    (0..size).fold(all_zero(off), |all, i| all.and(zero.at_most(&matrix[(i, i)])))
}

fn is_falling<T: Real>(matrix: &Matrix<T>) -> Truth {
    (1..matrix.rows()).fold(Truth::True, |all, i| all.and(matrix[(i, i)].at_most(&matrix[(i - 1, i - 1)])))
}

fn diagonal(values: &[(i64, i64)]) -> Matrix<Rational> {
    let values: Vec<Rational> = values.iter().map(|&value| Rational::from(value)).collect();
    rectangular_diagonal(values.len(), values.len(), &values)
}

fn swap() -> Matrix<Rational> {
    Matrix::from_fn(2, 2, |i, j| Rational::from(u32::from(i != j)))
}

/// `D_1`, `O` and `D_2` as the layers of a network, `D_2` first.
fn three_layers(d_1: Matrix<Rational>, o: Matrix<Rational>, d_2: Matrix<Rational>) -> Instance {
    Instance::point(towards(identity(d_1.rows()), vec![d_2, o, d_1], Rational::from(1)))
}

/// Falling diagonals, also with ties and zeros, and a rotation, a permutation, or a rotation that is nearly the identity.
fn some_diagonals(random: &mut Random) -> Instance {
    let size = random.size(1, 5);
    let falling = |random: &mut Random| {
        let mut values: Vec<Rational> = (0..size).map(|_| Rational::from((random.between(0, 4), 4))).collect();
        values.sort_by(|a, b| b.cmp(a));
        values
    };
    let d_1 = falling(random);
    let d_2 = match random.below(3) {
        // The mean of two neighbours twice: with the permutation that exchanges them both bounds are attained.
        0 if size >= 2 => {
            let i = random.size(0, size - 2);
            let mut d_2 = d_1.clone();
            let mean = Rational::from(&d_1[i] + &d_1[i + 1]) / 2u32;
            d_2[i] = mean.clone();
            d_2[i + 1] = mean;
            let o = Matrix::from_fn(size, size, |row, column| {
                let image = if column == i {
                    i + 1
                } else if column == i + 1 {
                    i
                } else {
                    column
                };
                Rational::from(u32::from(row == image))
            });
            let on = |values: &[Rational]| rectangular_diagonal(size, size, values);
            return three_layers(on(&d_1), o, on(&d_2));
        }
        1 => d_1.clone(),
        _ => falling(random),
    };
    let on = |values: &[Rational]| rectangular_diagonal(size, size, values);
    three_layers(on(&d_1), orthogonal(random, size), on(&d_2))
}
