//! Without a deficiency margin balancedness does not help: descent from the identity towards a symmetric target (Claim 5, Lemma 18).

use rug::Rational;

use crate::algebra::exact::{identity, inner, norm_squared, product, rectangular_diagonal};
use crate::algebra::exact_pair::exact_vectors;
use crate::algebra::inertia::Inertia;
use crate::algebra::spectral::Effort;
use crate::algebra::symmetric::eigenvalues;
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns};
use crate::generate::{Instance, Random, Sampled, orthogonal, towards};
use crate::number::Real;
use crate::problem::Matrix;
use crate::reference::{Point, Setting, Step, balance};

use super::replay;
use super::theorem1::{depth, exact_target};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "ACGH19.claim5-negative-eigenvalue",
            include_str!("text/claim5-negative-eigenvalue.md"),
            OnRuns(NegativeEigenvalue::default()),
            Sampled::new("symmetric targets with a negative eigenvalue", some_negative),
        )
        .control(
            "a balanced start other than the identity: W_1 = −1, W_2 = 1",
            OnRuns(NegativeEigenvalue { any_start: true, ..NegativeEigenvalue::default() }),
            replay(include_str!("specs/opposite-signs.toml")),
        )
        .control(
            "an odd depth, with a step that overshoots",
            OnRuns(NegativeEigenvalue { any_depth: true, ..NegativeEigenvalue::default() }),
            replay(include_str!("specs/odd-depth.toml")),
        ),
        Claim::new(
            "ACGH19.lemma18-symmetric-evolution",
            include_str!("text/lemma18-symmetric-evolution.md"),
            OnRuns(SymmetricEvolution::default()),
            Sampled::new("symmetric targets of any depth", any_symmetric),
        )
        .control(
            "a target that is not symmetric",
            OnRuns(SymmetricEvolution { any_target: true }),
            replay(include_str!("specs/shear.toml")),
        ),
    ]
}

fn starts_at_identity<T: Real>(start: &Point<T>) -> bool {
    start.exact_weights().is_some_and(|weights| weights.iter().all(|layer| *layer == identity(layer.rows())))
}

pub(super) fn is_symmetric(matrix: &Matrix<Rational>) -> bool {
    *matrix == matrix.transposed()
}

/// A whole number `s ≥ ‖A‖_F`, and `A + sI`, which is positive semi-definite if `A` is symmetric.
fn shifted(matrix: &Matrix<Rational>) -> (Rational, Matrix<Rational>) {
    let (ceiling, _) = norm_squared(matrix.entries()).ceil().into_numer_denom();
    let shift = Rational::from(ceiling.sqrt() + 1u32);
    let raised = Matrix::from_fn(matrix.rows(), matrix.columns(), |i, j| {
        if i == j { Rational::from(&matrix[(i, j)] + &shift) } else { matrix[(i, j)].clone() }
    });
    (shift, raised)
}

/// `ℓ(t) ≥ ½Σ_{λ_i<0} λ_i²`.
#[doc = include_str!("text/claim5-negative-eigenvalue.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NegativeEigenvalue {
    /// A control: the start may be any.
    pub any_start: bool,
    /// A control: the depth may be odd.
    pub any_depth: bool,
}

/// `½Σ_{λ_i<0} λ_i²`; undefined if the target is not symmetric.
fn floor<T: Real>(setting: &Setting<T>) -> T {
    let Some(target) = exact_target(setting).filter(|target| is_symmetric(target)) else {
        return setting.constant(0).undefined();
    };
    if let Some(vectors) = rational_eigenvectors(target) {
        let negative = vectors.iter().map(|(_, eigenvalue)| eigenvalue).filter(|eigenvalue| **eigenvalue < 0);
        let sum = negative.fold(Rational::new(), |sum, eigenvalue| sum + Rational::from(eigenvalue * eigenvalue));
        return setting.constant(sum / 2u32);
    }
    let eigenvalues = eigenvalues(&Matrix::<T>::from_rationals(target, setting.bits()), Effort::Tight);
    // How many of them are negative is known exactly.
    let least = eigenvalues.iter().rev().take(Inertia::of(target).negative);
    least.fold(setting.constant(0), |sum, eigenvalue| sum + eigenvalue.square()).times((1, 2))
}

impl AboutRun for NegativeEigenvalue {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target().square_layers()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        let Some(target) = exact_target(start.setting()) else { return };
        given.that("a symmetric target Φ", is_symmetric(target));
        if !self.any_depth {
            given.that("N even", start.weights().len().is_multiple_of(2));
        }
        if !self.any_start {
            given.that("W_j(0) = I for all j", starts_at_identity(start));
        }
        if is_symmetric(target) {
            given.that("Φ has an eigenvalue −λ < 0", Inertia::of(target).negative > 0);
        }
    }

    fn begin<T: Real>(&self, _start: &Point<T>) -> Box<dyn Fold<T>> {
        Box::new(AboveFloor(None))
    }
}

/// The loss stays above a floor, which is found when it is first asked for.
struct AboveFloor<T>(Option<T>);

impl<T: Real> Fold<T> for AboveFloor<T> {
    fn conclude_start(&mut self, start: &Point<T>, finding: &mut Finding) {
        for (k, imbalance) in balance::imbalances(start.weights()).iter().enumerate() {
            let zero = Matrix::zeros(imbalance.rows(), imbalance.columns(), start.setting().bits());
            let terms = start.norms_squared()[k].clone().max(&start.norms_squared()[k + 1]);
            finding.equal_matrices_with_terms("the start is 0-balanced", imbalance, &zero, &terms).layer(k + 1);
        }
        for (k, square) in start.gradient_norms_squared().iter().enumerate() {
            finding.below("the start is not stationary: ∂L/∂W_j ≠ 0", &start.constant(0), square).layer(k + 1);
        }
    }

    fn conclude(&mut self, step: &Step<T>, finding: &mut Finding) {
        let floor = self.0.get_or_insert_with(|| floor(step.before.setting()));
        finding.at_most("½Σ_{λ_i<0} λ_i² ≤ ℓ(t)", floor, step.after.risk());
    }
}

/// `W_j(t) = UD(t)Uᵀ` for all `j`, with `D(t+1) = D(t) − ηD(t)^{N−1}(D(t)^N − D)`.
#[doc = include_str!("text/lemma18-symmetric-evolution.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SymmetricEvolution {
    /// The control: the target may be any.
    pub any_target: bool,
}

/// An eigenvector `u` of the target, and `d(t)`, by which every layer multiplies it.
struct Direction<T> {
    vector: Matrix<T>,
    eigenvalue: T,
    factor: T,
}

impl AboutRun for SymmetricEvolution {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target().square_layers()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        if !self.any_target {
            given.that("a symmetric target Φ", exact_target(start.setting()).is_some_and(is_symmetric));
        }
        given.that("W_j(0) = I for all j", starts_at_identity(start));
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let mut directions = directions(start);
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            let layers = step.after.weights();
            for (k, layer) in layers.iter().enumerate().skip(1) {
                finding.equal_matrices("all layers are equal", layer, &layers[0]).layer(k + 1);
            }
            diagonal_with_target(step, finding);
            let depth = depth(layers);
            for Direction { vector, eigenvalue, factor } in &mut directions {
                let slope = factor.power(depth - 1) * &(factor.power(depth) - &*eigenvalue);
                *factor -= &(slope * &step.eta);
                for (k, layer) in layers.iter().enumerate() {
                    let terms = layer.frobenius_squared() * &vector.frobenius_squared();
                    let label = "W_j(t)u = d(t)u for the eigenvectors u of Φ";
                    let terms = terms.sqrt_of_nonnegative();
                    let image = layer.times(vector);
                    finding.equal_matrices_with_terms(label, &image, &vector.scaled(factor), &terms).layer(k + 1);
                }
            }
        })
    }
}

/// What the lemma says without eigenvectors, which need not be rational: a symmetric matrix that commutes with `Φ` is `UDUᵀ` with the
/// eigenvectors of `Φ`, and the equation of `D` is that of the matrix, which is a polynomial in `Φ`.
fn diagonal_with_target<T: Real>(step: &Step<T>, finding: &mut Finding) {
    let Some(target) = step.before.setting().target() else { return };
    let (then, now) = (&step.before.weights()[0], &step.after.weights()[0]);
    finding.equal_matrices("W_j(t) = W_j(t)ᵀ", now, &now.transposed());
    let terms = (now.frobenius_squared() * &target.frobenius_squared()).sqrt_of_nonnegative();
    finding.equal_matrices_with_terms("W_j(t)Φ = ΦW_j(t)", &now.times(target), &target.times(now), &terms);
    let count = step.before.weights().len();
    let mut power = Matrix::identity(then.rows(), then.bits());
    for _ in 1..count {
        power = power.times(then);
    }
    let residual = power.times(then).minus(target);
    let next = then.clone().minus(&power.times(&residual).scaled(&step.eta));
    let terms = [then, &power, target].map(Matrix::frobenius_squared).into_iter().reduce(|a, b| a.max(&b));
    let terms = terms.unwrap_or_else(|| step.eta.clone()).sqrt_of_nonnegative();
    let label = "W_j(t+1) = W_j(t) − ηW_j(t)^{N−1}(W_j(t)^N − Φ)";
    finding.equal_matrices_with_terms(label, now, &next, &terms);
}

/// A basis of eigenvectors of the target with `d(0) = 1`; empty unless they are rational.
fn directions<T: Real>(start: &Point<T>) -> Vec<Direction<T>> {
    let vectors = exact_target(start.setting()).and_then(rational_eigenvectors).unwrap_or_default();
    let direction = |(vector, eigenvalue): (Vec<Rational>, Rational)| Direction {
        vector: Matrix::from_fn(vector.len(), 1, |i, _| start.constant(vector[i].clone())),
        eigenvalue: start.constant(eigenvalue),
        factor: start.constant(1),
    };
    vectors.into_iter().map(direction).collect()
}

/// Up to this size rational eigenvalues are looked for.
const LARGEST_RATIONAL: usize = 8;

/// A basis of eigenvectors of a symmetric matrix with their eigenvalues; `None` unless all are rational.
pub(super) fn rational_eigenvectors(target: &Matrix<Rational>) -> Option<Vec<(Vec<Rational>, Rational)>> {
    if !is_symmetric(target) || target.rows() > LARGEST_RATIONAL {
        return None;
    }
    let (shift, raised) = shifted(target);
    let mut vectors = Vec::new();
    while vectors.len() < target.rows() {
        let found = exact_vectors(&raised, vectors.len())?;
        // A rational square of a singular value is not enough: Φ + sI has the rational entries, and so has its image.
        let vector = found.right.first()?;
        let at = vector.iter().position(|entry| *entry != 0)?;
        let eigenvalue = inner(raised.row(at), vector) / &vector[at] - &shift;
        vectors.extend(found.right.into_iter().map(|vector| (vector, eigenvalue.clone())));
    }
    Some(vectors)
}

/// `U diag(λ) Uᵀ` with a random rational orthogonal `U`.
fn with_eigenvalues(random: &mut Random, eigenvalues: &[Rational]) -> Matrix<Rational> {
    let size = eigenvalues.len();
    let basis = orthogonal(random, size);
    product(&product(&basis, &rectangular_diagonal(size, size, eigenvalues)), &basis.transposed())
}

/// An even depth, and a target of which at least one eigenvalue is negative; the loss settles near its floor, or the run diverges.
fn some_negative(random: &mut Random) -> Instance {
    let depth = *random.choice(&[2, 2, 4]);
    let size = random.size(1, 3);
    let mut eigenvalues: Vec<Rational> = (0..size).map(|_| Rational::from((random.between(-16, 16), 8))).collect();
    eigenvalues[0] = Rational::from((random.between(-16, -1), 8));
    let target = with_eigenvalues(random, &eigenvalues);
    let eta = Rational::from(*random.choice(&[(1, 16), (1, 8), (1, 4), (5, 16)]));
    let steps = *random.choice(&[2, 12, 24]);
    Instance::run(towards(target, vec![identity(size); depth], eta), steps)
}

/// Any depth and any symmetric target with rational eigenvalues, some of them repeated; two steps, which are exact.
fn any_symmetric(random: &mut Random) -> Instance {
    let depth = random.size(1, 5);
    let size = random.size(1, 4);
    let eigenvalues: Vec<Rational> = (0..size).map(|_| Rational::from((random.between(-4, 4), 2))).collect();
    let target = with_eigenvalues(random, &eigenvalues);
    let eta = Rational::from(*random.choice(&[(1, 16), (1, 4), (1, 1), (3, 1)]));
    Instance::run(towards(target, vec![identity(size); depth], eta), 2)
}
