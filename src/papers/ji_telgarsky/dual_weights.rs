//! Of almost all data, the support vectors are few, and each has a share in `ū`.

use rug::Rational;

use crate::algebra::elimination::{rank, solve};
use crate::algebra::exact::product;
use crate::claims::{AboutData, AboutNumbers, Claim, Domain, Finding, Hypotheses, OnData};
use crate::generate::{Cloud, Instance, Random, Sampled, Separable, classification};
use crate::number::{Real, Truth};
use crate::problem::{Loss, Matrix, StepRule};
use crate::reference::Setting;

use super::assumptions::assume_separable;
use super::replay;
use super::separator::separator;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.lemma3-dual-weights",
            include_str!("text/lemma3-dual-weights.md"),
            OnData(DualWeights::default()),
            Sampled::new("draws of one to four examples in one to four dimensions", draw),
        )
        .control(
            "almost all data: the exceptions allowed",
            OnData(DualWeights { any_position: true }),
            replay(include_str!("specs/zero-multiplier.toml")),
        ),
        Claim::formula(
            "JT19.lemma3-dual-weights.exceptions",
            include_str!("text/lemma3-dual-weights.exceptions.md"),
            Exceptions::default(),
        )
        .formula_control("one unit vector for all examples", Exceptions { one_vector: true, ..Exceptions::default() })
        .formula_control("minors in place of cofactors", Exceptions { minors: true, ..Exceptions::default() }),
    ]
}

/// `|S| ≤ d` and `ū ∝ Σ_{i∈S} λ_i z_i` with all `λ_i > 0`, unless one of finitely many polynomials of the examples is zero: of those of [`Exceptions`].
#[doc = include_str!("text/lemma3-dual-weights.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct DualWeights {
    /// The control: the polynomials may be zero.
    pub any_position: bool,
}

/// Whether one of the polynomials is zero of `s` examples, the rows of `z`, whose zeros are the exceptions:
///
/// - `s > d`: the determinant of `d + 1` rows `(z_i, 1)`, zero if one hyperplane has them. `S` lies in one, `⟨p, z⟩ = ‖p‖²`, so that of more than `d`
///   support vectors any `d + 1` are an exception.
/// - `s ≤ d`: the determinant of the Gram matrix `G`, zero if they are linearly dependent; and the entries of `adj(G)1`. Where `det G ≠ 0` the `λ_i` of `S`
///   are unique, and `Gλ = ‖p‖²1` says that `⟨p, z_i⟩ = ‖p‖²`, so that `λ = ‖p‖² adj(G)1/det G`.
///
/// So if none of those of `S` is zero, `|S| ≤ d`, and no `λ_i` is zero.
fn is_exception(z: &Matrix<Rational>) -> bool {
    let (count, dim) = (z.rows(), z.columns());
    if count > dim {
        let extended = Matrix::from_fn(dim + 1, dim + 1, |i, j| if j < dim { z[(i, j)].clone() } else { 1.into() });
        return rank(&extended) <= dim;
    }
    let gram = product(z, &z.transposed());
    let shares = solve(&gram, &vec![Rational::from(1); count]);
    shares.is_none_or(|shares| shares.iter().any(Rational::is_zero))
}

impl AboutData for DualWeights {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS.labels()
    }

    fn assume<T: Real>(&self, setting: &Setting<T>, given: &mut Hypotheses) {
        assume_separable(setting, given);
        let support = support_of(setting);
        if !self.any_position {
            let general = support.as_ref().map_or(Truth::Open, |support| Truth::from(!is_exception(support)));
            given.lasting("no polynomial of the support vectors is zero that says they are an exception", general);
        }
    }

    fn conclude<T: Real>(&self, setting: &Setting<T>, finding: &mut Finding) {
        let (Some(margin), Some(z)) = (separator(setting), setting.exact_signed_examples()) else {
            finding.asserted("ū and its support vectors", Truth::Open);
            return;
        };
        let (support, weights) = (margin.support(), margin.weights());
        let dim = z.columns();
        finding.asserted("|S| ≤ d", support.len() <= dim).informative_if(Truth::from(z.rows() > dim));
        finding.asserted("λ_i > 0 for all i ∈ S", support.iter().all(|&i| weights[i] > 0));
        let combined: Vec<Rational> =
            (0..dim).map(|j| support.iter().map(|&i| Rational::from(&weights[i] * &z[(i, j)])).sum()).collect();
        finding.asserted("Σ_{i∈S} λ_i z_i = γū", combined == margin.point());
    }
}

/// That the zeros of the polynomials are the exceptions, and that none of them is zero everywhere.
#[doc = include_str!("text/lemma3-dual-weights.exceptions.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Exceptions {
    /// A control: all examples are the same unit vector, in place of one each.
    pub one_vector: bool,
    /// A control: the signs of the cofactors are left out.
    pub minors: bool,
}

/// So many examples at most, in so many dimensions at most.
const LARGEST: usize = 4;

impl AboutNumbers for Exceptions {
    fn conclude<T: Real>(&self, free: &mut dyn FnMut() -> T, finding: &mut Finding) {
        let one = free().constant(1);
        for dim in 1..=LARGEST {
            for count in 1..=dim {
                let drawn = gram(&Matrix::from_fn(count, dim, |_, _| free()));
                self.invert("det(G)λ = adj(G)Gλ", &drawn, free, finding);
                let at_units = gram(&self.units(count, dim, &one));
                finding.equal("det G is 1 at unit vectors", &determinant(&at_units), &one).layer(count);
                for share in image(&self.adjugate(&at_units), &vec![one.clone(); count]) {
                    finding.equal("each entry of adj(G)1 is 1 at unit vectors", &share, &one).layer(count);
                }
            }
            let drawn = with_ones(&Matrix::from_fn(dim + 1, dim, |_, _| free()), &one);
            self.invert("det(Z, 1)(p, −c) = adj(Z, 1)(Zp − c1)", &drawn, free, finding);
            let at_units = with_ones(&self.units(dim + 1, dim, &one), &one);
            finding.equal("det(Z, 1) is 1 at unit vectors and 0", &determinant(&at_units), &one).layer(dim + 1);
        }
    }
}

impl Exceptions {
    /// `det(M)v = adj(M)Mv` for free `v`: if `Mv = b`, `det(M)v = adj(M)b`.
    fn invert<T: Real>(
        self,
        label: &'static str,
        matrix: &Matrix<T>,
        free: &mut dyn FnMut() -> T,
        finding: &mut Finding,
    ) {
        let vector: Vec<T> = (0..matrix.rows()).map(|_| free()).collect();
        let (det, adjugate) = (determinant(matrix), self.adjugate(matrix));
        for (entry, found) in vector.iter().zip(image(&adjugate, &image(matrix, &vector))) {
            finding.equal(label, &(det.clone() * entry), &found).layer(matrix.rows());
        }
    }

    /// The transposed matrix of the cofactors.
    fn adjugate<T: Real>(self, matrix: &Matrix<T>) -> Matrix<T> {
        let size = matrix.rows();
        Matrix::from_fn(size, size, |i, j| {
            let minor = if size == 1 { matrix[(0, 0)].constant(1) } else { determinant(&without(matrix, j, i)) };
            if (i + j) % 2 == 1 && !self.minors { -minor } else { minor }
        })
    }

    /// The first of `e_1, …, e_d, 0`, as rows.
    fn units<T: Real>(self, count: usize, dim: usize, one: &T) -> Matrix<T> {
        let place = |i: usize| if self.one_vector { 0 } else { i };
        Matrix::from_fn(count, dim, |i, j| one.constant(u32::from(place(i) == j)))
    }
}

/// `ZZᵀ`.
fn gram<T: Real>(z: &Matrix<T>) -> Matrix<T> {
    z.times(&z.transposed())
}

/// A column of ones beside `z`.
fn with_ones<T: Real>(z: &Matrix<T>, one: &T) -> Matrix<T> {
    let dim = z.columns();
    Matrix::from_fn(z.rows(), dim + 1, |i, j| if j < dim { z[(i, j)].clone() } else { one.clone() })
}

/// By the first row.
fn determinant<T: Real>(matrix: &Matrix<T>) -> T {
    if matrix.rows() == 1 {
        return matrix[(0, 0)].clone();
    }
    let terms = (0..matrix.rows()).map(|j| (j, matrix[(0, j)].clone() * &determinant(&without(matrix, 0, j))));
    terms.fold(matrix[(0, 0)].constant(0), |sum, (j, term)| if j % 2 == 0 { sum + &term } else { sum - &term })
}

/// Without a row and a column.
fn without<T: Real>(matrix: &Matrix<T>, row: usize, column: usize) -> Matrix<T> {
    let size = matrix.rows() - 1;
    Matrix::from_fn(size, size, |i, j| matrix[(i + usize::from(i >= row), j + usize::from(j >= column))].clone())
}

fn image<T: Real>(matrix: &Matrix<T>, vector: &[T]) -> Vec<T> {
    matrix.times(&Matrix::from_fn(vector.len(), 1, |i, _| vector[i].clone())).entries().to_vec()
}

/// The support vectors.
fn support_of<T: Real>(setting: &Setting<T>) -> Option<Matrix<Rational>> {
    let (margin, z) = (separator(setting)?, setting.exact_signed_examples()?);
    Some(Matrix::from_fn(margin.support().len(), z.columns(), |i, j| z[(margin.support()[i], j)].clone()))
}

/// Examples labelled by a random teacher, of every number and dimension from one to four in turn.
fn draw(random: &mut Random) -> Instance {
    let turn = (random.index() % 16) as usize;
    let (dim, examples) = (random.given(1 + turn % 4, 1, 4), random.given(1 + turn / 4, 1, 4));
    let data = Separable::new(random, Cloud::Taught, dim, examples, &(1, 64).into());
    let layers = vec![Matrix::row_vector(vec![Rational::new(); dim])];
    Instance::point(classification(&data, Loss::logistic(), layers, StepRule::Smoothness))
}
