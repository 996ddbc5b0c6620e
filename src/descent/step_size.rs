//! The step size, constant or by the smoothness rule.
//!
//! Ji & Telgarsky (2019), Assumption 5: `η_t = min{1/β(R_t), 1}` with `β(R) = 2L²R^{2L−2}(β_ℓ + G_ℓ)`. `R` lives on
//! multiples of 1/16 and follows the layers: `R_0` is the least one, at least 1, with `R_0 − 1 ≥ max_k‖W_k(0)‖_F`, and when
//! some norm exceeds `R_t − 1` after a step, `R_{t+1}` is found the same way. So η is an exact rational; f64 gets it rounded
//! once.
//!
//! Squares of norms are compared, and exactly: the f64 sum of squares with its error bound decides, and where it does not,
//! the exact sum does. Only a change of `R` and such a close call leave f64, and only they make GMP allocate.

use rug::ops::Pow;
use rug::{Integer, Rational};

use super::layer::Layer;
use super::machine::LANES;
use crate::problem::nearest_f64;

/// The step size of a run.
#[derive(Clone, Debug)]
pub(super) enum StepSize {
    /// `η`.
    Constant(f64),
    /// The smoothness rule.
    Smoothness(Smoothness),
}

/// The state of the smoothness rule.
#[derive(Clone, Debug)]
pub(super) struct Smoothness {
    /// `2L²(β_ℓ + G_ℓ)`.
    factor: Rational,
    /// `2L − 2`.
    exponent: u32,
    /// How far a computed sum of squares of one layer may be from the true one, relatively.
    slack: f64,
    radius: Rational,
    eta: f64,
    /// A computed sum of squares up to this is certainly at most `(R − 1)²`.
    inside: f64,
}

impl StepSize {
    /// `η` of the next step.
    pub fn eta(&self) -> f64 {
        match self {
            Self::Constant(eta) => *eta,
            Self::Smoothness(rule) => rule.eta,
        }
    }

    /// `R_t`.
    pub fn radius(&self) -> Option<&Rational> {
        match self {
            Self::Constant(_) => None,
            Self::Smoothness(rule) => Some(&rule.radius),
        }
    }

    /// The computed square of a layer's norm above which [`follow`](Self::follow) must be asked.
    pub fn limit(&self) -> Option<f64> {
        match self {
            Self::Constant(_) => None,
            Self::Smoothness(rule) => Some(rule.inside),
        }
    }

    /// Begins again at `weights`.
    pub fn start(&mut self, weights: &[f64], layers: &[Layer]) {
        if let Self::Smoothness(rule) = self {
            rule.set_radius(weights, layers);
        }
    }

    /// Follows the run to `weights`; in between no computed square of a norm was above [`limit`](Self::limit).
    pub fn follow(&mut self, weights: &[f64], layers: &[Layer]) {
        if let Self::Smoothness(rule) = self
            && layers.iter().any(|layer| square(&weights[layer.range()]) > rule.inside)
            && rule.left_behind(weights, layers)
        {
            rule.set_radius(weights, layers);
        }
    }
}

impl Smoothness {
    /// The rule for `c ln(1 + e^{−bm})`, before its first radius is found.
    pub fn new(scale: &Rational, steepness: &Rational, layers: &[Layer]) -> Self {
        let depth = layers.len() as u64;
        let slope = Rational::from(scale * steepness);
        let curvature = Rational::from(&slope * steepness) / 4u32;
        let factor = (slope + curvature) * Integer::from(2 * depth) * depth;
        // The longest chain of a sum of squares: a lane of eight over all entries, or over a row and then the rows. A
        // unit in the last place (two roundings) for each of its additions leaves room for the comparison itself.
        let longest = layers.iter().map(|layer| layer.rows * layer.columns / 8 + layer.rows).max().unwrap_or(0);
        let slack = (longest + 8) as f64 * f64::EPSILON;
        // Exact: no network has so many layers.
        let exponent = 2 * (layers.len() as u32 - 1);
        Self { factor, exponent, slack, radius: Rational::from(1), eta: 1.0, inside: 0.0 }
    }

    /// Whether some layer's norm exceeds `R − 1`, decided exactly.
    fn left_behind(&self, weights: &[f64], layers: &[Layer]) -> bool {
        let limit = Rational::from(&self.radius - 1u32).square();
        layers.iter().any(|layer| exact_square(&weights[layer.range()]) > limit)
    }

    /// Finds `R` for the given weights, and all that depends on it.
    fn set_radius(&mut self, weights: &[f64], layers: &[Layer]) {
        let largest = layers.iter().map(|layer| square(&weights[layer.range()])).fold(0.0, f64::max);
        let sixteenths = self.sixteenths_from_enclosure(largest).unwrap_or_else(|| {
            let exact = layers.iter().map(|layer| exact_square(&weights[layer.range()])).max();
            sixteenths(&exact.unwrap_or_default())
        });
        let limit = Rational::from((sixteenths.clone(), 16u32)).square();
        self.radius = Rational::from((sixteenths + 16u32, 16u32));
        // Two slacks: one for the sum of squares, one for this product and the rounding of the limit. With R = 1 only the
        // zero network is inside, and a sum of squares that underflows must not be taken for it.
        self.inside = if limit == 0 { -1.0 } else { nearest_f64(&limit) * (1.0 - 2.0 * self.slack) };
        let beta = Rational::from((&self.radius).pow(self.exponent)) * &self.factor;
        self.eta = if beta <= 1 { 1.0 } else { nearest_f64(&beta.recip()) };
    }

    /// `⌈16·max_k‖W_k‖_F⌉` if both ends of the error bound of the computed square agree on it.
    fn sixteenths_from_enclosure(&self, square: f64) -> Option<Integer> {
        // Far from the ends of the range no product underflows or overflows in a way that the slack does not cover.
        if !(1e-200..1e200).contains(&square) {
            return None;
        }
        let below = sixteenths(&Rational::from_f64(square * (1.0 - self.slack))?);
        let above = sixteenths(&Rational::from_f64(square * (1.0 + self.slack))?);
        (below == above).then_some(below)
    }
}

/// `‖w‖²` in f64, in eight lanes.
fn square(weights: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    for weights in weights.chunks(LANES) {
        for (lane, weight) in lanes.iter_mut().zip(weights) {
            *lane += weight * weight;
        }
    }
    lanes.iter().sum()
}

/// `‖w‖²`, exact.
fn exact_square(weights: &[f64]) -> Rational {
    weights.iter().filter_map(|&weight| Rational::from_f64(weight)).map(Rational::square).sum()
}

/// The least integer `s ≥ 0` with `s² ≥ 256·square`: the norm in sixteenths, rounded up.
fn sixteenths(square: &Rational) -> Integer {
    // s² is an integer, so it may be compared with the next integer above 256·square.
    let bound = Integer::from(Rational::from(square * 256u32).ceil_ref());
    let root = bound.clone().sqrt();
    if root.clone().square() < bound { root + 1u32 } else { root }
}
