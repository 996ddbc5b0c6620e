//! Of almost all data, the support vectors are few, and each has a share in `ū`.

use rug::Rational;

use crate::algebra::elimination::{rank, solve};
use crate::algebra::exact::product;
use crate::claims::{AboutData, Claim, Domain, Finding, Hypotheses, OnData};
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
    ]
}

/// `|S| ≤ d` and `ū ∝ Σ_{i∈S} λ_i z_i` with all `λ_i > 0`, unless one of finitely many polynomials of the examples is zero, none of which is zero
/// everywhere.
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

/// `s` examples in `d ≥ s − 1` dimensions of which no polynomial is zero: the first `s` of `e_1, …, e_d, 0`.
fn simplex(count: usize, dim: usize) -> Matrix<Rational> {
    Matrix::from_fn(count, dim, |i, j| Rational::from(u32::from(i == j)))
}

/// The largest number of examples for which the polynomials of all smaller numbers are looked at beside those of the support.
const ALL_SIZES: usize = 5;

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
        // Almost all data are no exception: each polynomial is not zero somewhere.
        let most = z.rows().min(dim + 1);
        let sizes = (1..=most).filter(|&count| count <= ALL_SIZES || count == support.len());
        for count in sizes {
            finding
                .asserted(
                    "the polynomials of this many examples are not zero at unit vectors",
                    !is_exception(&simplex(count, dim)),
                )
                .layer(count)
                .informative_if(Truth::False);
        }
    }
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
