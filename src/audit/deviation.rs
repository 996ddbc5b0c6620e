//! An f64 beside the enclosure of what it stands for.

use rug::Float;

use crate::number::{Ball, Matrix, Real};
use crate::reference::Point;

/// One record of a run: of a step, or of a time.
#[derive(Clone, Debug)]
pub struct Row<T> {
    /// The step or the time.
    pub t: T,
    /// The risk.
    pub risk: Deviation,
    /// The weight that is furthest off.
    pub weight: Deviation,
    /// The layer of that weight, counted from 1.
    pub layer: usize,
}

/// An f64 beside the enclosure of the number that it stands for.
#[derive(Clone, Debug)]
pub struct Deviation {
    /// The f64.
    pub value: f64,
    /// The enclosure.
    pub exact: Ball,
}

impl<T> Row<T> {
    /// The f64 run, with its weights layer by layer, beside the point at which the exact one is.
    pub(super) fn new(t: T, risk: f64, weights: impl Fn(usize) -> Matrix<f64>, certified: &Point<Ball>) -> Self {
        let risk = Deviation { value: risk, exact: certified.risk().clone() };
        let mut worst: Option<(Deviation, usize)> = None;
        for (k, layer) in certified.weights().iter().enumerate() {
            for (&value, exact) in weights(k + 1).entries().iter().zip(layer.entries()) {
                let error = Deviation { value, exact: exact.clone() };
                if worst.as_ref().is_none_or(|(worst, _)| error.bound() > worst.bound()) {
                    worst = Some((error, k + 1));
                }
            }
        }
        let (weight, layer) =
            worst.unwrap_or((Deviation { value: 0.0, exact: risk.exact.midpoint() - &risk.exact.midpoint() }, 1));
        Self { t, risk, weight, layer }
    }

    /// Whether the radius of an enclosure, not the error, is what one would see.
    pub(super) fn is_blurred(&self) -> bool {
        self.risk.is_blurred() || self.weight.is_blurred()
    }
}

impl Deviation {
    fn difference(&self) -> Ball {
        Ball::from_f64(self.value, f64::MANTISSA_DIGITS) - &self.exact
    }

    /// `|value − mid|`: the error, but for what is not known of the exact number; infinite if nothing is known of it.
    #[must_use]
    pub fn absolute(&self) -> Float {
        known(&self.difference()).map_or_else(infinity, |difference| difference.centre().abs())
    }

    /// `|value − mid| + rad`, rounded upward: no less than the error. Infinite if nothing is known of the exact number.
    #[must_use]
    pub fn bound(&self) -> Float {
        let upper = self.difference().abs().upper();
        known(&upper).map_or_else(infinity, |upper| upper.centre())
    }

    /// The error in units of the last place of the f64, the distance to the next f64 away from zero.
    #[must_use]
    pub fn ulps(&self) -> f64 {
        Float::with_val(f64::MANTISSA_DIGITS, self.absolute() / self.unit()).to_f64()
    }

    /// Whether the enclosure is so wide that its radius, not the error, is what one would see: above a hundredth of both the error
    /// and the unit of the last place.
    #[must_use]
    pub fn is_blurred(&self) -> bool {
        let radius = Float::with_val(f64::MANTISSA_DIGITS, self.exact.radius().to_float() * 100u32);
        !self.exact.is_defined() || (radius > self.unit() && radius > self.absolute())
    }

    /// The unit of the last place.
    fn unit(&self) -> f64 {
        self.value.abs().next_up() - self.value.abs()
    }
}

/// The ball, unless it is the whole line, whose centre means nothing.
fn known(ball: &Ball) -> Option<&Ball> {
    ball.is_defined().then_some(ball)
}

fn infinity() -> Float {
    Float::with_val(f64::MANTISSA_DIGITS, rug::float::Special::Infinity)
}
