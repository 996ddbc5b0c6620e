//! Without a deficiency margin balancedness does not help: descent from the identity towards a symmetric target (Claim 5, Lemma 18).

use rug::Rational;

use crate::claims::{Claim, Finding, Hypothesis, OldAboutRun, OldFold, OldOnRuns};
use crate::generate::exact::{identity, product, rectangular_diagonal};
use crate::generate::{Instance, Random, Sampled, orthogonal, towards};
use crate::number::{Real, Sign, Truth};
use crate::problem::{Data, Loss, Matrix};
use crate::reference::exact_pair::exact_vectors;
use crate::reference::spectral::Effort;
use crate::reference::symmetric::eigenvalues;
use crate::reference::{Point, balance};

use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "ACGH19.claim5-negative-eigenvalue",
            include_str!("text/claim5-negative-eigenvalue.md"),
            OldOnRuns(NegativeEigenvalue::default()),
            Sampled::new("symmetric targets with a negative eigenvalue", some_negative),
        )
        .control(
            "a balanced start other than the identity: W_1 = −1, W_2 = 1",
            OldOnRuns(NegativeEigenvalue { any_start: true, ..NegativeEigenvalue::default() }),
            replay(include_str!("specs/opposite-signs.toml")),
        )
        .control(
            "an odd depth, with a step that overshoots",
            OldOnRuns(NegativeEigenvalue { any_depth: true, ..NegativeEigenvalue::default() }),
            replay(include_str!("specs/odd-depth.toml")),
        ),
        Claim::new(
            "ACGH19.lemma18-symmetric-evolution",
            include_str!("text/lemma18-symmetric-evolution.md"),
            OldOnRuns(SymmetricEvolution::default()),
            Sampled::new("symmetric targets of any depth", any_symmetric),
        )
        .control(
            "a target that is not symmetric",
            OldOnRuns(SymmetricEvolution { any_target: true }),
            replay(include_str!("specs/shear.toml")),
        ),
    ]
}

/// The exact target of a run, if it has one.
fn exact_target<T: Real>(start: &Point<T>) -> Option<&Matrix<Rational>> {
    match (start.setting().problem().data(), start.setting().loss()) {
        (Data::Target(target), Loss::SquaredTarget) => Some(target),
        _ => None,
    }
}

fn starts_at_identity<T: Real>(start: &Point<T>) -> bool {
    start.exact_weights().is_some_and(|weights| weights.iter().all(|layer| *layer == identity(layer.rows())))
}

fn is_symmetric(matrix: &Matrix<Rational>) -> bool {
    *matrix == matrix.transposed()
}

/// A whole number `s ≥ ‖A‖_F`, and `A + sI`, which is positive semi-definite if `A` is symmetric.
fn shifted(matrix: &Matrix<Rational>) -> (Rational, Matrix<Rational>) {
    let sum = matrix.entries().iter().fold(Rational::new(), |sum, entry| sum + Rational::from(entry * entry));
    let (ceiling, _) = sum.ceil().into_numer_denom();
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

impl NegativeEigenvalue {
    /// The floor `½Σ_{λ_i<0} λ_i²`, with what is assumed.
    fn assume<T: Real>(self, start: &Point<T>) -> (Vec<Hypothesis>, Option<T>) {
        let mut assumed = Finding::default();
        let target = exact_target(start).filter(|target| target.rows() == target.columns());
        assumed.given("a symmetric target Φ", target.is_some_and(is_symmetric));
        if !self.any_depth {
            assumed.given("N even", start.weights().len().is_multiple_of(2));
        }
        if !self.any_start {
            assumed.given("W_j(0) = I for all j", starts_at_identity(start));
        }
        let Some(target) = target.filter(|target| is_symmetric(target)) else {
            return (assumed.hypotheses().to_vec(), None);
        };
        let eigenvalues = eigenvalues(&Matrix::from_rationals(target, start.setting().bits()), Effort::Tight);
        let zero = start.constant(0);
        if let Some(least) = eigenvalues.last() {
            assumed.given_below("Φ has an eigenvalue −λ < 0", least, &zero);
        }
        let mut sum = zero.clone();
        for eigenvalue in &eigenvalues {
            match eigenvalue.sign() {
                Sign::Negative => sum += &eigenvalue.square(),
                Sign::Zero | Sign::Positive => {}
                Sign::Open => sum += &T::between(&zero, &eigenvalue.square().upper()),
            }
        }
        (assumed.hypotheses().to_vec(), Some(sum.times((1, 2))))
    }
}

impl OldAboutRun for NegativeEigenvalue {
    fn begin<T: Real>(&self, start: &Point<T>, finding: &mut Finding) -> OldFold<T> {
        let (assumed, floor) = self.assume(start);
        finding.given_again(&assumed);
        if floor.is_some() {
            for (k, imbalance) in balance::imbalances(start.weights()).iter().enumerate() {
                let zero = Matrix::zeros(imbalance.rows(), imbalance.columns(), start.setting().bits());
                finding.equal_matrices("the start is 0-balanced", imbalance, &zero).layer(k + 1);
            }
            for (k, square) in start.gradient_norms_squared().iter().enumerate() {
                finding.below("the start is not stationary: ∂L/∂W_j ≠ 0", &start.constant(0), square).layer(k + 1);
            }
        }
        Box::new(move |step, finding| {
            finding.given_again(&assumed);
            if let Some(floor) = &floor {
                finding.at_most("½Σ_{λ_i<0} λ_i² ≤ ℓ(t)", floor, step.after.risk());
            }
        })
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

impl OldAboutRun for SymmetricEvolution {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let mut assumed = Finding::default();
        let target = exact_target(start).filter(|target| target.rows() == target.columns());
        let is_symmetric = target.is_some_and(is_symmetric);
        if !self.any_target {
            assumed.given("a symmetric target Φ", is_symmetric);
        }
        assumed.given("W_j(0) = I for all j", starts_at_identity(start));
        let mut directions = target.and_then(|target| directions(start, target)).unwrap_or_default();
        let size = target.map_or(0, Matrix::rows);
        assumed.given("all eigenvalues of Φ are rational", !is_symmetric || directions.len() == size);
        Box::new(move |step, finding| {
            finding.given_again(assumed.hypotheses());
            if assumed.applicable() != Truth::True {
                return;
            }
            let layers = step.after.weights();
            for (k, layer) in layers.iter().enumerate().skip(1) {
                finding.equal_matrices("all layers are equal", layer, &layers[0]).layer(k + 1);
            }
            let depth = u32::try_from(layers.len()).unwrap_or(u32::MAX);
            for Direction { vector, eigenvalue, factor } in &mut directions {
                let slope = factor.power(depth - 1) * &(factor.power(depth) - &*eigenvalue);
                *factor -= &(slope * &step.eta);
                for (k, layer) in layers.iter().enumerate() {
                    let image = layer.times(vector);
                    finding
                        .equal_matrices("W_j(t)u = d(t)u for the eigenvectors u of Φ", &image, &vector.scaled(factor))
                        .layer(k + 1);
                }
            }
        })
    }
}

/// A basis of eigenvectors of a symmetric matrix, exact, with `d(0) = 1`; `None` unless all eigenvalues are rational.
fn directions<T: Real>(start: &Point<T>, target: &Matrix<Rational>) -> Option<Vec<Direction<T>>> {
    if !is_symmetric(target) {
        return None;
    }
    let (shift, raised) = shifted(target);
    let mut directions = Vec::new();
    while directions.len() < target.rows() {
        let found = exact_vectors(&raised, directions.len())?;
        // A rational square of a singular value is not enough: Φ + sI has the rational entries, and so has its image.
        let vector = found.right.first()?;
        let at = vector.iter().position(|entry| *entry != 0)?;
        let image: Rational = raised.row(at).iter().zip(vector).map(|(a, b)| Rational::from(a * b)).sum();
        let eigenvalue = image / &vector[at] - &shift;
        for vector in &found.right {
            directions.push(Direction {
                vector: Matrix::from_fn(vector.len(), 1, |i, _| start.constant(vector[i].clone())),
                eigenvalue: start.constant(eigenvalue.clone()),
                factor: start.constant(1),
            });
        }
    }
    Some(directions)
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
