//! The flow of two layers, one output and one example in closed form.
//!
//! *The form.* For one example `x` the output is a bilinear form of the weights `v = (v_1, v_2)` of the layers,
//!
//! ```text
//! p = v_1ᵀMv_2 = ½⟨v, M̂v⟩,   M̂ = [[0, M], [Mᵀ, 0]],
//! ```
//!
//! with an `M` that is linear in `x`, whatever the network: `M̂v` is the gradient of `p`, as the reference computes it. With a loss of the margin `x` stands for
//! `z = yx` here, and `p` is the margin.
//!
//! *Theorem.* Let `r = ∂R/∂p`, and `ν(t) = −∫_0^t r`. Then `W(t) = v(ν(t))` with `v(ν) = exp(νM̂)v(0)`, and `ν′ = −r(p(ν))`, an equation of one number.
//!
//! *Proof.* `∇R = r M̂v`, so `dv(ν(t))/dt = ν′M̂v = −∇R`, and at `t = 0` it is `v(0)`; solutions are unique. ∎
//!
//! `dp/dν = |M̂v|²`, which is zero nowhere or everywhere, since `exp(νM̂)` is regular: so `p` rises strictly, unless nothing moves, and what is asked of the flow at a value of
//! `p` is a question of one zero. It is found by Newton's method and certain by the signs on both sides of it. No vector or value is singular, and no
//! equation of the weights is solved.
//!
//! *How far `p` goes.* With the eigenvectors of `M̂` it is `Σ_j ½λ_j c_j² e^{2λ_jν}`. If `v(0)` has a part in one with `λ_j > 0` it rises beyond all bounds, and else to 0, where it never
//! comes. Every eigenvalue that `M̂` has on the Krylov space `K` of `v(0)` is that of such a part, since `v(0)` generates `K`. So there is one with `λ_j > 0` if and only if the form
//! `⟨u, M̂u⟩` is positive somewhere in `K`: if the matrix of the moments `⟨M̂ⁱv(0), M̂M̂ʲv(0)⟩` has a positive eigenvalue. That is decided exactly. Downwards it is the same with `−M̂`.
//!
//! What may not enter: singular vectors of `M`, steps of a solver.

mod time;

use std::sync::{Arc, OnceLock};

use rug::{Float, Rational};

use super::around::{enlarged, spread};
use super::gradient::layer_gradients;
use super::network::{Products, sum_of_products};
use super::{Point, Setting, loss};
use crate::algebra::inertia::Inertia;
use crate::number::{Ball, Exact, Magnitude, Real, Ring, Truth};
use crate::problem::{Loss, Matrix, Problem};

/// `|ν|‖M̂‖` is at most this; weights have grown or shrunk by as many factors of `e` then.
const FURTHEST: f64 = 1024.0;

/// Inside there are so many bits more than are asked for, and for each unit of `|ν|‖M̂‖` so many: terms of the exponential are up to `e^{|ν|‖M̂‖}`, and its sum may be as
/// small as the inverse of that.
const MORE_BITS: u32 = 64;
const BITS_FOR_SIZE: f64 = 4.0;

/// The eigenvalues of `M̂` are looked at in no larger a Krylov space.
const LARGEST_SPACE: usize = 24;

/// The radius around a zero is doubled so often at most.
const DOUBLINGS: u32 = 64;

/// The flow of a network of two layers with one output from its initial weights, for one example.
///
/// ```
/// use std::sync::Arc;
/// use gradient_witness::number::{Ball, Magnitude, Real};
/// use gradient_witness::problem::Spec;
/// use gradient_witness::reference::OneExample;
/// let text = r#"
///     network = { architecture = "fully-connected", widths = [1, 1, 1] }
///     loss = { kind = "squared" }
///     data = { x = [[1]], y = [4] }
///     init = { weights = [[[1]], [[1]]] }
///     step = { rule = "flow" }
///     run = { until = { time = 1 }, arithmetic = "certified" }
/// "#;
/// let spec = Spec::parse(text, ".".as_ref())?;
/// let flow = OneExample::new(Arc::new(spec.problem), 128)?;
/// // Both weights are e^ν, and go to √4.
/// let limit = flow.limit()?;
/// assert!(limit.may_meet(&Ball::from_f64(2.0, 128).ln()) && limit.radius() < Magnitude::power_of_two(-120));
/// assert!(flow.at(&limit)?.weights()[0].entries()[0].contains_rational(&2.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The numbers `ν` that it is asked for are enclosures, and so is what it answers: what holds for every number of the ball.
#[derive(Debug)]
pub struct OneExample {
    problem: Arc<Problem>,
    setting: Arc<Setting<Ball>>,
    /// At least `‖M̂‖`.
    norm: Magnitude,
    /// How many eigenvalues of `M̂` that `v(0)` has a part in have which sign; `None` if they are too many.
    signs: OnceLock<Option<Inertia>>,
}

/// Why a flow has no closed form here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOneExample {
    /// With more, `p` is no bilinear form.
    #[error("the network has not two layers")]
    Layers,
    /// Each has a form of its own.
    #[error("the network has more than one output")]
    Outputs,
    /// Each has a form of its own, or there is a target.
    #[error("there is not one example")]
    Examples,
}

/// Why no `ν` is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    /// The loss has no limit, or no risk of which there is a logarithm.
    #[error("the loss is not one that this can be asked of")]
    Loss,
    /// `M̂v(0) = 0`.
    #[error("nothing moves")]
    Rests,
    /// 0 is between.
    #[error("the output comes near to 0 and no further")]
    StopsAtZero,
    /// It is before `W(0)` or after `W(∞)`.
    #[error("the flow does not pass there")]
    NotOnTheWay,
    /// `|ν|‖M̂‖` would be beyond a thousand, or what is asked for is not known well enough.
    #[error("it is too far away, or not known well enough")]
    TooFar,
}

/// What there is at a `ν`.
struct Place {
    weights: Vec<Matrix<Ball>>,
    /// `M̂v`.
    image: Vec<Matrix<Ball>>,
    /// `p`.
    output: Ball,
}

impl Place {
    /// `dp/dν = |M̂v|²`.
    fn slope(&self) -> Ball {
        inner(&self.image, &self.image)
    }
}

impl OneExample {
    /// The flow of a problem, told with as many bits.
    ///
    /// # Errors
    ///
    /// A [`NotOneExample`] if it is none of those.
    pub fn new(problem: Arc<Problem>, bits: u32) -> Result<Self, NotOneExample> {
        let network = problem.network();
        if network.depth() != 2 {
            return Err(NotOneExample::Layers);
        }
        if network.output_dimension() != 1 {
            return Err(NotOneExample::Outputs);
        }
        if problem.exact_examples().is_none_or(|(x, _)| x.rows() != 1) {
            return Err(NotOneExample::Examples);
        }
        let setting = Arc::new(Setting::new(Arc::clone(&problem), bits));
        let input = input(&setting).ok_or(NotOneExample::Examples)?;
        // |p| ≤ ‖M_2‖‖M_1‖|x|, M_k the matrices of the layers.
        let length = Magnitude::euclidean(input.entries().iter().map(Ball::greatest_absolute));
        let norm = setting.network().layers().iter().fold(length, |norm, layer| norm * spread(layer));
        Ok(Self { problem, setting, norm, signs: OnceLock::new() })
    }

    /// `M̂v`, the gradient of `p` by all weights, in any number system; `None` with a target.
    #[must_use]
    pub fn image<T: Ring>(setting: &Setting<T>, v: &[Matrix<T>]) -> Option<Vec<Matrix<T>>> {
        Some(image_and_output(setting, v)?.0)
    }

    /// The weights `v(ν)`.
    ///
    /// # Errors
    ///
    /// [`Unreached::TooFar`].
    pub fn at(&self, nu: &Ball) -> Result<Point<Ball>, Unreached> {
        let weights = self.over(nu)?.into_iter().map(|layer| layer.map(|weight| self.rounded(weight))).collect();
        Ok(Point::new(Arc::clone(&self.setting), weights))
    }

    /// `p(ν)`: it rises, so that it is between its values at the ends.
    ///
    /// # Errors
    ///
    /// [`Unreached::TooFar`].
    pub fn output(&self, nu: &Ball) -> Result<Ball, Unreached> {
        let [least, most] = [nu.lower(), nu.upper()].map(|end| self.place(&end));
        Ok(self.rounded(&Ball::between(&least?.output, &most?.output)))
    }

    /// The `ν` with `p(ν) = output`.
    ///
    /// # Errors
    ///
    /// An [`Unreached`] if there is none, or none is found.
    pub fn nu_of_output(&self, output: &Ball) -> Result<Ball, Unreached> {
        let start = self.place(&Ball::zero(self.bits()))?;
        if !output.is_defined() {
            return Err(Unreached::TooFar);
        }
        if self.signs().is_some_and(|signs| signs.positive == 0 && signs.negative == 0) || self.norm.is_zero() {
            return Err(Unreached::Rests);
        }
        let zero = || Ball::zero(self.inner_bits(Magnitude::ZERO));
        let is_below = start.output.below(output) == Truth::True;
        let is_above = output.below(&start.output) == Truth::True;
        let lower = if is_below { zero() } else { self.beyond(output, false)? };
        let upper = if is_above { zero() } else { self.beyond(output, true)? };
        self.between(lower, upper, output).map(|nu| self.rounded(&nu))
    }

    /// The `ν` with `−ln R = log_risk`, of a loss of the margin.
    ///
    /// # Errors
    ///
    /// An [`Unreached`] if there is none, or none is found.
    pub fn nu_of_log_risk(&self, log_risk: &Ball) -> Result<Ball, Unreached> {
        if !self.setting.loss().is_classification() {
            return Err(Unreached::Loss);
        }
        let log_risk = log_risk.clone().with_bits(self.inner_bits(Magnitude::ZERO).max(log_risk.bits()));
        self.nu_of_output(&loss::inverse(self.setting.loss(), &(-log_risk).exp()))
    }

    /// `ν_∞`, at which the squared loss is zero and the flow ends: `p(ν_∞) = y`.
    ///
    /// # Errors
    ///
    /// An [`Unreached`] if there is none, or none is found. If the output [comes near to 0 and no further](Unreached::StopsAtZero) the risk does not fall to its least.
    pub fn limit(&self) -> Result<Ball, Unreached> {
        let label = self.problem.exact_examples().map(|(_, y)| y.row(0)[0].clone());
        let label = label.filter(|_| *self.setting.loss() == Loss::Squared).ok_or(Unreached::Loss)?;
        self.nu_of_output(&Ball::from_rational(&label, self.inner_bits(Magnitude::ZERO)))
    }

    fn bits(&self) -> u32 {
        self.setting.bits()
    }

    /// The precision inside, for a `|ν|‖M̂‖` of that size.
    fn inner_bits(&self, size: Magnitude) -> u32 {
        let more = (size.to_f64().min(FURTHEST) * BITS_FOR_SIZE).ceil() as u32;
        self.bits().saturating_add(MORE_BITS).saturating_add(more)
    }

    /// What is smaller by so many powers of two is not seen in an answer.
    fn enough(&self) -> i64 {
        i64::from(self.bits()) + 16
    }

    fn at_bits(&self, bits: u32) -> Setting<Ball> {
        Setting::new(Arc::clone(&self.problem), bits)
    }

    fn rounded(&self, value: &Ball) -> Ball {
        value.clone().with_bits(self.bits())
    }

    /// `v(ν)` over a ball. With its middle `m` and radius `r`, `|v(ν) − v(m)| = |(e^{(ν−m)M̂} − 1)v(m)| ≤ (e^{r‖M̂‖} − 1)|v(m)|`.
    fn over(&self, nu: &Ball) -> Result<Vec<Matrix<Ball>>, Unreached> {
        let weights = self.place(&nu.midpoint())?.weights;
        let change = (self.norm * nu.radius()).exp_m1() * size(&weights);
        Ok(weights.into_iter().map(|layer| layer.map(|weight| enlarged(weight, change))).collect())
    }

    /// What there is at the exact `ν`.
    fn place(&self, nu: &Ball) -> Result<Place, Unreached> {
        let furthest = nu.greatest_absolute() * self.norm;
        if furthest > Magnitude::above_f64(FURTHEST) {
            return Err(Unreached::TooFar);
        }
        let bits = self.inner_bits(furthest).max(nu.bits());
        self.exponential(nu, bits, Magnitude::power_of_two(-i64::from(bits))).ok_or(Unreached::TooFar)
    }

    /// What there is at `ν`, by terms down to so small a part of `v(0)`.
    ///
    /// `v(ν)` is the sum of the `τ_n = (νM̂)ⁿv(0)/n!`. With `q = |ν|‖M̂‖/n < 1` those after `τ_n` are no more than `|τ_n|(q + q² + …)` together, since each is at most `q` times that
    /// before it.
    fn exponential(&self, nu: &Ball, bits: u32, enough: Magnitude) -> Option<Place> {
        let (setting, furthest) = (self.at_bits(bits), nu.greatest_absolute() * self.norm);
        let start = self.problem.initial().iter().map(|layer| Matrix::from_rationals(layer, bits));
        let mut weights: Vec<Matrix<Ball>> = start.collect();
        let mut term = weights.clone();
        let enough = size(&weights) * enough;
        for n in 1_u32.. {
            let factor = nu.clone().with_bits(bits).times((1, n));
            term = Self::image(&setting, &term)?.iter().map(|layer| layer.scaled(&factor)).collect();
            weights = weights.into_iter().zip(&term).map(|(sum, term)| sum.plus(term)).collect();
            let share = furthest.over(Magnitude::above_f64(f64::from(n)));
            if share < Magnitude::ONE.scaled(-1) && size(&term) <= enough {
                let rest = size(&term) * share.over(Magnitude::ONE.minus_below(share));
                weights = weights.into_iter().map(|layer| layer.map(|weight| enlarged(weight, rest))).collect();
                break;
            }
        }
        let (image, output) = image_and_output(&setting, &weights)?;
        Some(Place { weights, image, output })
    }

    /// The signs of the eigenvalues of `M̂` that `v(0)` has a part in, as far as one of each sign; of the form `⟨u, M̂u⟩` on the first of the Krylov vectors, and on all of
    /// them if no sign is found before.
    fn signs(&self) -> Option<Inertia> {
        *self.signs.get_or_init(|| {
            let setting = Setting::<Exact>::new(Arc::clone(&self.problem), self.bits());
            let start = self.problem.initial().iter();
            let mut krylov: Vec<Vec<Matrix<Exact>>> =
                vec![start.map(|layer| Matrix::from_rationals(layer, self.bits())).collect()];
            let mut moments: Vec<Rational> = Vec::new();
            for count in 1..=LARGEST_SPACE {
                let last = krylov.last()?;
                let next = Self::image(&setting, last)?;
                moments.push(inner(last, last).exact()?);
                moments.push(inner(last, &next).exact()?);
                krylov.push(next);
                let of_moments = |from: usize| Matrix::from_fn(count, count, |i, j| moments[i + j + from].clone());
                let signs = Inertia::of(&of_moments(1));
                // The vectors are dependent: they span the space, and no more come.
                let is_whole = Inertia::of(&of_moments(0)).positive < count;
                if is_whole || (signs.positive > 0 && signs.negative > 0) {
                    return Some(signs);
                }
            }
            None
        })
    }

    /// A `ν` at which `p` is certainly above `output`, or below, on the side of 0 where it is.
    fn beyond(&self, output: &Ball, above: bool) -> Result<Ball, Unreached> {
        let zero = output.constant(0);
        // 0 is neither passed nor reached without eigenvalues of the sign.
        let passes = if above { zero.at_most(output) } else { output.at_most(&zero) };
        let count = |signs: Inertia| if above { signs.positive } else { signs.negative };
        if passes != Truth::False && self.signs().is_some_and(|signs| count(signs) == 0) {
            return Err(Unreached::StopsAtZero);
        }
        let unit = Magnitude::ONE.over(self.norm).to_float();
        let mut nu = Ball::point(Float::with_val(self.inner_bits(Magnitude::ZERO), if above { unit } else { -unit }));
        loop {
            let here = self.place(&nu)?.output;
            if (if above { output.below(&here) } else { here.below(output) }) == Truth::True {
                return Ok(nu);
            }
            nu = nu.times(2);
        }
    }

    /// The `ν` with `p(ν) = output` between two where `p` is certainly less and more.
    ///
    /// An approximation `ν̃` comes from halving, and from Newton's method. It is certain that `p(ν̃ − δ) < output < p(ν̃ + δ)`, and so that the one `ν` is between, for `p` rises.
    fn between(&self, mut lower: Ball, mut upper: Ball, output: &Ball) -> Result<Ball, Unreached> {
        let bits = self.inner_bits(Magnitude::ZERO);
        let middle = |lower: &Ball, upper: &Ball| (lower.clone() + upper).times((1, 2)).with_bits(bits).midpoint();
        // p changes by hardly more than a factor in so much.
        let near = Magnitude::ONE.over(self.norm).scaled(-2);
        let mut nu = middle(&lower, &upper);
        let mut delta = Magnitude::ZERO;
        for _ in 0..2 * bits {
            let here = self.place(&nu)?;
            let off = here.output.clone() - output;
            let slope = here.slope();
            delta = off.greatest_absolute().over(slope.least_absolute());
            match off.below(&off.constant(0)) {
                Truth::True => lower = nu.clone(),
                Truth::False => upper = nu.clone(),
                // It is found as well as it can be told.
                Truth::Open => break,
            }
            let newton = (nu.clone() - off.midpoint() / slope.midpoint()).with_bits(bits).midpoint();
            let is_near = (upper.clone() - &lower).greatest_absolute() < near;
            let is_between = lower.below(&newton).and(newton.below(&upper)) == Truth::True;
            let next = if is_near && is_between { newton } else { middle(&lower, &upper) };
            let step = (next.clone() - &nu).greatest_absolute();
            nu = next;
            if step <= nu.greatest_absolute().scaled(-self.enough()) {
                break;
            }
        }
        delta = delta.max(nu.greatest_absolute().scaled(-self.enough()));
        for _ in 0..DOUBLINGS {
            delta = delta.scaled(1);
            let around = Ball::new(nu.centre(), delta);
            let [least, most] = [around.lower(), around.upper()];
            let outputs = [self.place(&least)?.output, self.place(&most)?.output];
            if outputs[0].below(output).and(output.below(&outputs[1])) == Truth::True {
                return Ok(Ball::between(&least, &most));
            }
        }
        Err(Unreached::TooFar)
    }
}

/// The example, `x` or `z`, as a row; `None` with a target.
fn input<T: Ring>(setting: &Setting<T>) -> Option<&Matrix<T>> {
    setting.signed_examples().or_else(|| setting.examples().map(|(x, _)| x))
}

/// `M̂v` and `p`.
fn image_and_output<T: Ring>(setting: &Setting<T>, v: &[Matrix<T>]) -> Option<(Vec<Matrix<T>>, T)> {
    let (network, input) = (setting.network(), input(setting)?);
    let products = Products::new(network, v);
    let output = sum_of_products(products.end_to_end().row(0), input.row(0));
    Some((layer_gradients(network, v, &products, input), output))
}

fn inner<T: Ring>(one: &[Matrix<T>], other: &[Matrix<T>]) -> T {
    let bits = one.first().map_or(64, Matrix::bits);
    one.iter().zip(other).fold(T::zero(bits), |sum, (one, other)| sum + one.inner(other))
}

/// `|v|`.
fn size(v: &[Matrix<Ball>]) -> Magnitude {
    Magnitude::euclidean(v.iter().flat_map(Matrix::entries).map(Ball::greatest_absolute))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Data, Network, Normalisation, StepRule};

    /// Three weights against a filter of three, all of one sign: `M` is a matrix of equal entries.
    pub(super) fn filter(loss: Loss) -> OneExample {
        let row = |entries: [i32; 3]| Matrix::row_vector(entries.map(Rational::from).to_vec());
        let data = Data::Examples { x: row([1; 3]), y: Matrix::row_vector(vec![1.into()]) };
        let network = Network::convolutional(3, &[3, 3]).unwrap();
        let weights = vec![row([1, 2, 3]), row([-1, 1, 2])];
        let problem = Problem::new(network, loss, Normalisation::Mean, data, weights, StepRule::Flow).unwrap();
        OneExample::new(Arc::new(problem), 128).unwrap()
    }

    #[test]
    fn the_norm_is_that_of_filters_too() {
        let flow = filter(Loss::Squared);
        let ones = || Matrix::row_vector(vec![Ball::one(128); 3]);
        let image = OneExample::image(&flow.at_bits(128), &[ones(), ones()]).unwrap();
        // M̂(1, 1) = 3 (1, 1).
        assert!(image.iter().flat_map(Matrix::entries).all(|entry| entry.contains_rational(&3.into())));
        assert!((3.0..3.000_001).contains(&flow.norm.to_f64()), "{:?}", flow.norm);
    }

    /// However few terms there are, the rest of them is in the radius.
    #[test]
    fn what_is_left_of_the_exponential_is_in_the_radius() {
        let flow = filter(Loss::Squared);
        for nu in [-0.75, 0.125, 1.0] {
            let nu = Ball::from_f64(nu, 128);
            let sharp = flow.place(&nu).unwrap();
            for power in [0, 4, 20] {
                let loose = flow.exponential(&nu, 128, Magnitude::power_of_two(-power)).unwrap();
                let pairs = loose.weights.iter().zip(&sharp.weights);
                let mut pairs = pairs.flat_map(|(one, other)| one.entries().iter().zip(other.entries()));
                assert!(pairs.all(|(loose, sharp)| loose.contains(sharp)), "{nu:?}, {power}");
                assert!(loose.output.contains(&sharp.output), "{nu:?}, {power}");
            }
        }
    }
}
