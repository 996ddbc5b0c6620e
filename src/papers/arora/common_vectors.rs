//! Where both bounds of Lemma 3 are equalities: consecutive weights of a layer that have their singular vectors in common, in one order.
//!
//! If `A = UΣVᵀ` and `B = UΣ′Vᵀ` with diagonal `Σ` and `Σ′`, no two entries in a place of opposite signs and both in one order of absolute
//! values, then `Sing(A) − Sing(B)` and `A − B` have the same singular values. No enclosure of the weights shows that, but descent keeps
//! what brings it about:
//! - a layer that is zero, or at rest;
//! - entries that are zero, so that no row and no column has more than one that is not;
//! - multiples of the identity at the start and a symmetric target, the eigenvectors of which every layer has for ever (Lemma 18);
//! - one output and layers `W_N ∥ u_{N−1}ᵀ`, `W_k ∥ u_k u_{k−1}ᵀ`, `W_1 = u_1 aᵀ` at the start: each but the first remains a multiple of what it
//!   was, and the first as well if all inputs are multiples of `a`. Balanced layers are of this kind, and two layers of which the first is zero.

use rug::Rational;

use crate::algebra::exact::{norm_squared, product};
use crate::algebra::spectral::Effort;
use crate::algebra::symmetric::{eigenvalues, is_positive_semidefinite};
use crate::number::{Exact, Real, Sign, Truth};
use crate::problem::Matrix;
use crate::reference::{Point, Step};

use super::symmetric::{is_symmetric, rational_eigenvectors};
use super::theorem1::exact_target;

/// What the layers of a run have in common with themselves at later steps.
pub(super) struct CommonVectors<T> {
    modes: Option<Modes<T>>,
    /// For every layer, what it remains a multiple of.
    multiples: Vec<Option<Matrix<T>>>,
}

/// The road of the equalities where one matrix is zero.
const ZERO: &str = "one of the matrices is zero";
/// Where nothing moves.
const AT_REST: &str = "A = B: descent is at rest";
/// Where zeros are kept.
const ENTRIES: &str = "A and B have at most one entry in a row or column, in the same places, signs and order";
/// Where the arithmetic is exact.
const EXACT: &str = "A and B have their singular vectors in common, in one order";
/// Lemma 18.
const MODES: &str =
    "multiples of the identity at the start, a symmetric target: A and B have its eigenvectors, in one order";
/// Rank one.
const MULTIPLES: &str = "A and B are multiples of one matrix, by factors of one sign";

impl<T: Real> CommonVectors<T> {
    /// What the start of a run brings about.
    pub(super) fn at(start: &Point<T>) -> Self {
        Self { modes: Modes::at(start), multiples: multiples(start) }
    }

    /// Why both bounds are equalities for each layer of a step; `None` where no reason is known. The steps are shown in order.
    pub(super) fn roads(&mut self, step: &Step<T>) -> Vec<Option<&'static str>> {
        let common = self.modes.as_mut().map(|modes| modes.step(step)).unwrap_or_default();
        let at_rest = step.before.exact_weights().zip(step.after.exact_weights()).is_some_and(|(a, b)| a == b);
        let layers = step.before.weights().iter().zip(step.after.weights());
        let road = |(k, (a, b)): (usize, (&Matrix<T>, &Matrix<T>))| {
            let is_multiple = |matrix: &Matrix<T>| {
                let (a, b) = (a.inner(matrix).sign(), b.inner(matrix).sign());
                a == b && matches!(a, Sign::Positive | Sign::Negative)
            };
            if at_rest {
                Some(AT_REST)
            } else if is_zero(a) || is_zero(b) {
                Some(ZERO)
            } else if have_common_entries(a, b) {
                Some(ENTRIES)
            } else if common.get(k).copied().unwrap_or(false) {
                Some(MODES)
            } else if self.multiples.get(k).is_some_and(|matrix| matrix.as_ref().is_some_and(is_multiple)) {
                Some(MULTIPLES)
            } else if have_common_vectors(a, b) {
                Some(EXACT)
            } else {
                None
            }
        };
        layers.enumerate().map(road).collect()
    }
}

fn is_zero<T: Real>(matrix: &Matrix<T>) -> bool {
    matrix.entries().iter().all(|entry| entry.sign() == Sign::Zero)
}

/// Whether two pairs of numbers are certainly in one order of absolute values, where equal ones are in any.
fn in_one_order<T: Real>((a, b): (&T, &T), (c, d): (&T, &T)) -> bool {
    let at_most = |x: &T, y: &T| x.clone().abs().at_most(&y.clone().abs()) == Truth::True;
    (at_most(a, c) && at_most(b, d)) || (at_most(c, a) && at_most(d, b))
}

/// Whether two numbers certainly have no opposite signs.
fn of_one_sign<T: Real>(a: &T, b: &T) -> bool {
    match (a.sign(), b.sign()) {
        (Sign::Open, _) | (_, Sign::Open) => false,
        (Sign::Zero, _) | (_, Sign::Zero) => true,
        (a, b) => a == b,
    }
}

/// Whether the entries that may be other than zero, of either matrix, are alone in their rows and columns, of one sign and in one order.
fn have_common_entries<T: Real>(a: &Matrix<T>, b: &Matrix<T>) -> bool {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for i in 0..a.rows() {
        for j in 0..a.columns() {
            if a[(i, j)].sign() == Sign::Zero && b[(i, j)].sign() == Sign::Zero {
                continue;
            }
            if found.iter().any(|&(row, column)| row == i || column == j) {
                return false;
            }
            found.push((i, j));
        }
    }
    let pairs: Vec<(&T, &T)> = found.iter().map(|&place| (&a[place], &b[place])).collect();
    pairs.iter().all(|(a, b)| of_one_sign(*a, *b))
        && pairs.iter().enumerate().all(|(k, &pair)| pairs[..k].iter().all(|&other| in_one_order(pair, other)))
}

/// Up to this many rows on the smaller side common vectors are looked for exactly.
const LARGEST: usize = 4;

/// Whether two matrices of exact entries have their singular vectors in common, with products `σ_iσ_i′ ≥ 0` and in one order: `AᵀB` and
/// `ABᵀ` are symmetric and the first is positive semidefinite, and no pair of squares is in different orders, which is to say that
/// `(AᵀA ⊗ I − I ⊗ AᵀA)(BᵀB ⊗ I − I ⊗ BᵀB)` is positive semidefinite.
fn have_common_vectors<T: Real>(a: &Matrix<T>, b: &Matrix<T>) -> bool {
    if a.rows().min(a.columns()) > LARGEST {
        return false;
    }
    let exact = |matrix: &Matrix<T>| -> Option<Matrix<Exact>> {
        let tall = if matrix.rows() < matrix.columns() { matrix.transposed() } else { matrix.clone() };
        tall.exact().map(|tall| tall.map(|entry| Exact::from(entry.clone())))
    };
    let (Some(a), Some(b)) = (exact(a), exact(b)) else { return false };
    let same = |a: &Matrix<Exact>, b: &Matrix<Exact>| {
        a.entries().iter().zip(b.entries()).all(|(a, b)| a.equals(b) == Truth::True)
    };
    let (inner, outer) = (a.transpose_times(&b), a.times_transpose(&b));
    if !same(&inner, &inner.transposed()) || !same(&outer, &outer.transposed()) {
        return false;
    }
    let one = Matrix::identity(a.columns(), a.bits());
    let order = |matrix: &Matrix<Exact>| {
        let gram = matrix.transpose_times(matrix);
        gram.kronecker(&one).minus(&one.kronecker(&gram))
    };
    is_positive_semidefinite(&inner) == Truth::True
        && is_positive_semidefinite(&order(&a).times(&order(&b))) == Truth::True
}

/// Layers `U diag(d_{k,1}, …, d_{k,n}) Uᵀ`, `U` the eigenvectors of the target; each eigenvalue has a run of scalars of its own.
struct Modes<T> {
    /// For every eigenvalue `λ_i`: what identifies it if it is rational, itself, and `d_{1,i}(t), …, d_{N,i}(t)`.
    each: Vec<Mode<T>>,
    at_start: bool,
}

struct Mode<T> {
    exact: Option<Rational>,
    eigenvalue: T,
    factors: Vec<T>,
}

/// Up to this many eigenvalues are followed.
const MOST_MODES: usize = 16;

impl<T: Real> Modes<T> {
    fn at(start: &Point<T>) -> Option<Self> {
        let target = exact_target(start.setting())?;
        let weights = start.exact_weights()?;
        let is_multiple = |layer: &Matrix<Rational>| {
            layer.rows() == layer.columns()
                && (0..layer.rows()).all(|i| {
                    (0..layer.rows()).all(|j| if i == j { layer[(i, i)] == layer[(0, 0)] } else { layer[(i, j)] == 0 })
                })
        };
        if target.rows() > MOST_MODES || !is_symmetric(target) || !weights.iter().all(is_multiple) {
            return None;
        }
        let factors: Vec<T> = weights.iter().map(|layer| start.constant(layer[(0, 0)].clone())).collect();
        let mode = |(exact, eigenvalue)| Mode { exact, eigenvalue, factors: factors.clone() };
        let each = match rational_eigenvectors(target) {
            Some(vectors) => {
                let lifted = vectors.into_iter().map(|(_, value)| (Some(value.clone()), start.constant(value)));
                lifted.map(mode).collect()
            }
            None => {
                let matrix = Matrix::<T>::from_rationals(target, start.setting().bits());
                eigenvalues(&matrix, Effort::Tight).into_iter().map(|value| mode((None, value))).collect()
            }
        };
        Some(Self { each, at_start: true })
    }

    /// Follows a step. For every layer, whether signs and order certainly stay.
    fn step(&mut self, step: &Step<T>) -> Vec<bool> {
        let before: Vec<Vec<T>> = self.each.iter().map(|mode| mode.factors.clone()).collect();
        for mode in &mut self.each {
            mode.step(&step.eta);
        }
        // At the start all factors of a layer are equal.
        let was_start = std::mem::replace(&mut self.at_start, false);
        let layers = step.before.weights().len();
        let stays = |k: usize| {
            let pair = |i: usize| (&before[i][k], &self.each[i].factors[k]);
            let modes = 0..self.each.len();
            let ordered = |i: usize, j: usize| {
                let equal = self.each[i].exact.is_some() && self.each[i].exact == self.each[j].exact;
                was_start || equal || in_one_order(pair(i), pair(j))
            };
            modes.clone().all(|i| of_one_sign(pair(i).0, pair(i).1))
                && modes.clone().all(|i| (0..i).all(|j| ordered(i, j)))
        };
        (0..layers).map(stays).collect()
    }
}

impl<T: Real> Mode<T> {
    /// `d_k − η(d_1⋯d_N − λ)∏_{j≠k} d_j`.
    fn step(&mut self, eta: &T) {
        let one = eta.constant(1);
        let products = |factors: &mut dyn Iterator<Item = &T>| {
            factors.fold(vec![one.clone()], |mut products, factor| {
                products.push(products[products.len() - 1].clone() * factor);
                products
            })
        };
        let below = products(&mut self.factors.iter());
        let above = products(&mut self.factors.iter().rev());
        let count = self.factors.len();
        let pull = (below[count].clone() - &self.eigenvalue) * eta;
        for (k, factor) in self.factors.iter_mut().enumerate() {
            *factor -= &(pull.clone() * &below[k] * &above[count - 1 - k]);
        }
    }
}

/// For every layer of a network of one output, what it remains a multiple of, if anything.
fn multiples<T: Real>(start: &Point<T>) -> Vec<Option<Matrix<T>>> {
    let none = || vec![None; start.weights().len()];
    let Some((last, below)) = start.exact_weights().and_then(<[_]>::split_last) else { return none() };
    if last.rows() != 1 || last.entries().iter().all(Rational::is_zero) {
        return none();
    }
    if below.is_empty() {
        // The only layer is the first.
        let stays = input_direction(start).is_some_and(|input| are_parallel(last.entries(), &input));
        return vec![stays.then(|| Matrix::from_rationals(last, start.setting().bits()))];
    }
    // u_{N−1}, and what every layer from above is, down to the second.
    let mut direction = last.transposed();
    let mut found = vec![last.clone()];
    for (k, layer) in below.iter().enumerate().rev() {
        let rest = product(&layer.transposed(), &direction);
        let square = norm_squared(direction.entries());
        let is_of_rank_one = (0..layer.rows()).all(|i| {
            (0..layer.columns())
                .all(|j| Rational::from(&layer[(i, j)] * &square) == Rational::from(&direction[(i, 0)] * &rest[(j, 0)]))
        });
        let vanishes = rest.entries().iter().all(Rational::is_zero);
        if !is_of_rank_one || vanishes && k > 0 {
            return none();
        }
        if k > 0 {
            found.push(layer.clone());
            direction = rest;
            continue;
        }
        let Some(input) = input_direction(start) else { break };
        if vanishes || are_parallel(rest.entries(), &input) {
            found.push(Matrix::from_fn(layer.rows(), layer.columns(), |i, j| {
                Rational::from(&direction[(i, 0)] * &input[j])
            }));
        }
    }
    let mut multiples: Vec<Option<Matrix<T>>> =
        found.iter().map(|matrix| Some(Matrix::from_rationals(matrix, start.setting().bits()))).collect();
    multiples.resize_with(start.weights().len(), || None);
    multiples.reverse();
    multiples
}

/// The direction of which all inputs are multiples, if there is one: that of the examples, or of the only row of the target.
fn input_direction<T: Real>(start: &Point<T>) -> Option<Vec<Rational>> {
    let problem = start.setting().problem();
    match (problem.exact_examples(), problem.target()) {
        (Some((x, _)), _) => common_direction((0..x.rows()).map(|i| x.row(i))),
        (None, Some(target)) => common_direction((0..target.rows()).map(|i| target.row(i).to_vec())),
        (None, None) => None,
    }
}

/// A vector of which all of these are multiples, if there is one.
fn common_direction(mut vectors: impl Iterator<Item = Vec<Rational>>) -> Option<Vec<Rational>> {
    let first = vectors.find(|vector| vector.iter().any(|entry| !entry.is_zero()))?;
    vectors.all(|vector| are_parallel(&vector, &first)).then_some(first)
}

fn are_parallel(a: &[Rational], b: &[Rational]) -> bool {
    let Some(at) = b.iter().position(|entry| !entry.is_zero()) else { return true };
    a.iter().zip(b).all(|(x, y)| Rational::from(x * &b[at]) == Rational::from(&a[at] * y))
}
