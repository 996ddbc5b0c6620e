//! How far a gradient flow of a squared loss still goes, all time to come together: the path bound.
//!
//! *Outputs.* Let `P` be the end-to-end matrix, and let `C` and `B` be such that the risk is `R = ½ν(|CPᵀ − B|² + o)`, `ν` being `1/n` for means and 1 else:
//! for a target `C = I`, `B = Φᵀ`, `o = 0`; for examples whose rows are independent `C = X`, `B = Y`, `o = 0`; and else `C = QᵀX`, `B = QᵀY` for any `Q` whose
//! columns are an orthonormal basis of the column space of `X`, which leaves `o = |Y|² − |B|²`, what no weights can make up for. With `XᵀX = LDLᵀ` the rows
//! of `C` are those of `√D Lᵀ` whose pivot is not zero, and elimination of `[X Y]ᵀ[X Y]` finds `C`, `B` and `o`, all but the roots exactly.
//!
//! *Theorem.* Let `r = CPᵀ − B`, and `J` its derivative by all weights together. If `|Jᵀu| ≥ √μ|u|` for all `u` at all weights within `ρ = |r(W(t))|/√μ` of
//! `W(t)`, then the flow from `W(t)` on is no longer than `ρ`. So it stays in that ball, has a limit `W(∞)` there, and the risk at the limit is `½νo`,
//! the least that there is.
//!
//! *Proof.* The flow is `W′ = −νJᵀr`, so `|r|′ = −ν|Jᵀr|²/|r| ≤ −√μ|W′|` as long as it is in the ball: a part of the path of length `s` lowers `|r|` by at least
//! `√μ s`. So before it could leave the ball `r` would be zero, and where `r = 0` nothing moves. The length is finite, so there is a limit; and as
//! `|r|′ ≤ −νμ|r|`, `r → 0`. ∎
//!
//! Time enters nowhere: `ν` makes the flow slower and its path no longer, and `|r|² = 2nR` for means (if `o = 0`).
//!
//! *How `μ` is found.* `W(t)` is within `e` of a centre `c`. The least singular value `σ` of `J(c)`, a matrix of balls, is certified, and everywhere in the ball of
//! radius `e + ρ` around `c` it is at least `σ − K(e + ρ)`, `K` a bound of `‖DJ‖` on all of *that* ball: `|DJ(V, U)| ≤ ‖C‖ Σ_{j≠k} N_jk |V_k||U_j|`, `N_jk` the
//! product of the norms of all matrices but two over the ball, and of those of the maps from the weights of these two to their matrices. So a first `ρ` is taken
//! with `√μ = σ/2`, which loses least; if that much is left on its ball the path is no longer than that, and so stays where `σ − K(e + ρ)` is left,
//! mostly nearly all of `σ`: with that `√μ` it is no longer than `|r|/√μ` either.

use std::sync::Arc;

use rug::Rational;

use super::around::{Around, spread};
use super::curvature::mixed::Mixed;
use super::facts::Fact;
use super::gradient::layer_gradients;
use super::network::Products;
use super::{Point, Setting};
use crate::algebra::elimination::rank;
use crate::algebra::exact::product;
use crate::algebra::spectral::{Effort, Spectrum, spectral_norm};
use crate::number::{Ball, Magnitude, Real};
use crate::problem::{Layer, Matrix};
use crate::time_limit::check_exact;

/// Beyond this depth there are too many pairs of layers.
const MOST_LAYERS: usize = 256;

/// The most that the singular values of `J` may cost, in units of `outputs² · weights`.
const MOST_WORK: usize = 1 << 20;

/// The most columns of `X` and `Y` together of which the moments are eliminated.
const MOST_COLUMNS: usize = 64;

/// The path bound at a time of a flow with a squared loss.
///
/// ```
/// use std::sync::Arc;
/// use gradient_witness::number::{Ball, Magnitude, Matrix};
/// use gradient_witness::problem::{Data, Loss, Network, Normalisation, Problem, StepRule};
/// use gradient_witness::reference::{Around, PathBound, Setting};
/// // One weight, ½(w − 3)², at w = 1: the way to go is 2.
/// let number = |value: i32| Matrix::row_vector(vec![rug::Rational::from(value)]);
/// let (network, target) = (Network::fully_connected(&[1, 1])?, Data::Target(number(3)));
/// let problem =
///     Problem::new(network, Loss::SquaredTarget, Normalisation::Mean, target, vec![number(1)], StepRule::Flow)?;
/// let setting = Arc::new(Setting::new(Arc::new(problem), 64));
/// let here = Around::new(setting, vec![Matrix::row_vector(vec![Ball::from_f64(1.0, 64)])], Magnitude::ZERO);
/// let bound = PathBound::of(&here).expect("J = 1");
/// assert!((2.0..2.000001).contains(&bound.length().to_f64()));
/// # Ok::<(), gradient_witness::problem::Misfit>(())
/// ```
#[derive(Debug)]
pub struct PathBound {
    length: Magnitude,
    limit: Around,
    least_risk: Ball,
}

/// Why nothing is known of how far a flow still goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPathBound {
    /// The path is not of finite length, or is not known to be.
    #[error("the loss is none of the squared losses")]
    Loss,
    /// `J` cannot map onto the outputs.
    #[error("there are more independent outputs than weights")]
    Outputs,
    /// It would take too long.
    #[error("the network or the data are too large for singular values of the Jacobian")]
    TooLarge,
    /// `σ = 0`, or it is not known better.
    #[error("the Jacobian of the outputs may be singular here")]
    Singular,
    /// The residual is too large beside `σ`; perhaps it does not vanish.
    #[error(
        "the residual is too large still, or the weights are not known well enough, for the Jacobian to stay regular on the way"
    )]
    TooEarly,
}

impl PathBound {
    /// The path bound for a flow that is there.
    ///
    /// # Errors
    ///
    /// A [`NoPathBound`] if it does not hold, or is not found to hold. Later it may.
    pub fn of(here: &Around) -> Result<Self, NoPathBound> {
        let (point, own) = (here.point(), here.radius());
        let Outputs { inputs, wanted, off } = point.setting().know::<Known>().0.as_ref().map_err(|why| *why)?;
        let network = point.setting().network();
        let outputs = inputs.rows().saturating_mul(network.output_dimension());
        let weights = point.weights().iter().map(|layer| layer.entries().len()).fold(0, usize::saturating_add);
        if outputs > weights {
            return Err(NoPathBound::Outputs);
        }
        let work = outputs.saturating_mul(outputs).saturating_mul(weights);
        if network.depth() > MOST_LAYERS || work > MOST_WORK {
            return Err(NoPathBound::TooLarge);
        }
        let spectrum = Spectrum::of(&jacobian(point, inputs), Effort::Quick);
        let sigma = spectrum.least().least_absolute();
        let norms = norms(point);
        let size = spectral_norm(inputs, Effort::Quick).greatest_absolute();
        let change = |radius: Magnitude| turn(&norms, radius) * size * radius;
        let there = inputs.times_transpose(point.end_to_end()).minus(wanted).frobenius().greatest_absolute();
        let residual = there + (spectrum.norm().greatest_absolute() + change(own)) * own;
        let half = sigma.scaled(-1);
        if half.is_zero() {
            return Err(NoPathBound::Singular);
        }
        let first = residual.over(half);
        let left = sigma.minus_below(change(own + first));
        if left < half {
            return Err(NoPathBound::TooEarly);
        }
        let length = residual.over(left).min(first);
        let limit = Around::new(Arc::clone(point.setting()), point.weights().to_vec(), own + length);
        let least_risk = point.setting().normaliser().clone() * &point.constant(off / Rational::from(2));
        Ok(Self { length, limit, least_risk })
    }

    /// `ρ`, which the rest of the path is no longer than.
    #[must_use]
    pub fn length(&self) -> Magnitude {
        self.length
    }

    /// What is known of `W(∞)`, and of every `W(s)` from here on: the ball of radius `e + ρ` around the centre.
    #[must_use]
    pub fn limit(&self) -> &Around {
        &self.limit
    }

    /// `R(W(∞))`, which no weights are below.
    #[must_use]
    pub fn least_risk(&self) -> &Ball {
        &self.least_risk
    }
}

/// `C`, `B` and `o` of a problem with a squared loss.
#[derive(Clone, Debug)]
struct Outputs {
    inputs: Matrix<Ball>,
    wanted: Matrix<Ball>,
    off: Rational,
}

/// Those of a setting, if they are found.
struct Known(Result<Outputs, NoPathBound>);

impl Fact<Setting<Ball>> for Known {
    fn of(setting: &Setting<Ball>) -> Self {
        Self(Outputs::of(setting))
    }
}

impl Outputs {
    fn of(setting: &Setting<Ball>) -> Result<Self, NoPathBound> {
        if setting.loss().is_classification() || !setting.is_as_given() {
            return Err(NoPathBound::Loss);
        }
        if let Some(target) = setting.target() {
            let inputs = Matrix::identity(target.columns(), setting.bits());
            return Ok(Self { inputs, wanted: target.transposed(), off: Rational::new() });
        }
        let Some((exact, exact_y)) = setting.problem().exact_examples() else { return Err(NoPathBound::Loss) };
        let columns = exact.columns();
        if exact.rows() <= columns {
            if exact.rows() > MOST_COLUMNS {
                return Err(NoPathBound::TooLarge);
            }
            if let Some((x, y)) = setting.examples().filter(|_| rank(&exact.to_rationals()) == exact.rows()) {
                return Ok(Self { inputs: x.clone(), wanted: y.clone(), off: Rational::new() });
            }
        }
        if columns.saturating_add(exact_y.columns()) > MOST_COLUMNS {
            return Err(NoPathBound::TooLarge);
        }
        let both: Vec<Vec<Rational>> = (0..exact.rows()).map(|i| [exact.row(i), exact_y.row(i)].concat()).collect();
        let both = Matrix::from_rows(both).ok_or(NoPathBound::TooLarge)?;
        Ok(Self::of_moments(product(&both.transposed(), &both), columns, setting))
    }

    /// By elimination of `[X Y]ᵀ[X Y]`, pivoting in the columns of `X`. A pivot that is zero has a row of zeros, for what is left is semidefinite.
    fn of_moments(mut moments: Matrix<Rational>, columns: usize, setting: &Setting<Ball>) -> Self {
        let all = moments.columns();
        let (mut inputs, mut wanted) = (Vec::new(), Vec::new());
        for pivot in 0..columns {
            let row = moments.row(pivot).to_vec();
            if row[pivot].is_zero() {
                continue;
            }
            for i in pivot + 1..all {
                let factor = Rational::from(&row[i] / &row[pivot]);
                for j in pivot..all {
                    check_exact(&moments[(i, j)]);
                    moments[(i, j)] -= Rational::from(&factor * &row[j]);
                }
            }
            let root = setting.constant(row[pivot].clone()).sqrt_of_nonnegative();
            let scaled =
                |j: usize| if j < pivot { setting.constant(0) } else { setting.constant(row[j].clone()) / &root };
            inputs.extend((0..columns).map(scaled));
            wanted.extend((columns..all).map(scaled));
        }
        let off = (columns..all).fold(Rational::new(), |sum, o| sum + &moments[(o, o)]);
        Self { inputs: Matrix::from_entries(columns, inputs), wanted: Matrix::from_entries(all - columns, wanted), off }
    }
}

/// `J`, a row for each output: the gradient of an entry of `CPᵀ` by all weights, that of `⟨G, P⟩` where `G` has a row of `C` in the place of the output.
fn jacobian(point: &Point<Ball>, inputs: &Matrix<Ball>) -> Matrix<Ball> {
    let network = point.setting().network();
    let products = Products::new(network, point.weights());
    let (outputs, columns) = (network.output_dimension(), network.input_dimension());
    let gradient = |(i, output): (usize, usize)| {
        let entry = |o: usize, j: usize| if o == output { inputs[(i, j)].clone() } else { point.constant(0) };
        let slope = Matrix::from_fn(outputs, columns, entry);
        layer_gradients(network, point.weights(), &products, &slope)
    };
    let rows = (0..inputs.rows()).flat_map(|i| (0..outputs).map(move |output| (i, output)));
    let entries = rows.flat_map(gradient).flat_map(|layer| layer.entries().to_vec()).collect();
    Matrix::from_entries(point.weights().iter().map(|layer| layer.entries().len()).sum(), entries)
}

/// At least `‖M_k‖₂` of each layer at the centre, and the norm of the map from its weights to its matrix.
fn norms(point: &Point<Ball>) -> Vec<(Magnitude, Magnitude)> {
    let layers = point.setting().network().layers().iter().zip(point.weights());
    let norm = |(layer, weights): (&Layer, &Matrix<Ball>)| {
        let spread = spread(layer);
        let norm = match layer {
            Layer::Full { .. } => spectral_norm(weights, Effort::Quick).greatest_absolute(),
            Layer::Diagonal { .. } => {
                weights.entries().iter().map(Ball::greatest_absolute).fold(Magnitude::ZERO, Magnitude::max)
            }
            Layer::Circulant { .. } => weights.frobenius().greatest_absolute() * spread,
        };
        (norm, spread)
    };
    layers.map(norm).collect()
}

/// At least `‖DJ‖/‖C‖` over the ball of this radius. Of layers whose weights are not their matrix there is one output, so that spectral norms bound what is
/// left of a product; of the others the norms of Frobenius are those of the weights.
fn turn(norms: &[(Magnitude, Magnitude)], radius: Magnitude) -> Magnitude {
    let over: Vec<Magnitude> = norms.iter().map(|&(norm, spread)| norm + spread * radius).collect();
    let depth = over.len();
    let mut above = vec![Magnitude::ONE; depth + 1];
    for k in (0..depth).rev() {
        above[k] = above[k + 1] * over[k];
    }
    let mut mixed = Mixed::new(depth);
    let mut below = Magnitude::ONE;
    for j in 0..depth {
        let mut others = below;
        for k in j + 1..depth {
            mixed.set(j, k, others * above[k + 1] * norms[j].1 * norms[k].1);
            others = others * over[k];
        }
        below = below * over[j];
    }
    mixed.spectral()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of three layers of one weight each, `D²(uvw)` at `u = v = w = s` has `s` beside the diagonal, and the norm `2s`; of two, 1; of one, nothing.
    #[test]
    fn the_turn_is_that_of_the_whole_ball() {
        let chain = |depth: usize| vec![(Magnitude::ONE, Magnitude::ONE); depth];
        for radius in [0.0, 0.5, 3.0] {
            let radius = Magnitude::above_f64(radius);
            let expected = (Magnitude::ONE + radius).scaled(1);
            let found = turn(&chain(3), radius);
            assert!(found >= expected && found <= expected + expected.scaled(-9), "{found:?}, {expected:?}");
            assert!(turn(&chain(1), radius).is_zero());
            assert!((1.0..1.001).contains(&turn(&chain(2), radius).to_f64()));
        }
        // A filter of four entries below a row: √4 times as much, at whatever weights.
        let filter = [(Magnitude::ONE, Magnitude::power_of_two(1)), (Magnitude::ONE, Magnitude::ONE)];
        assert!((2.0..2.001).contains(&turn(&filter, Magnitude::ONE).to_f64()));
    }
}
