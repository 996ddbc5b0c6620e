//! What is recorded of a run at one of its steps or times.

use super::position::Position;
use crate::number::{Ball, Exact, Float, Magnitude, Matrix, Real, nearest_f64};
use crate::problem::{Arithmetic, Network, SpectralNorm};

/// A number of a run, as the arithmetic of the run knows it. It is finite, and something is known of it.
#[derive(Clone, Debug)]
pub enum Value {
    /// Of the f64 program.
    F64(f64),
    /// Rounded, without a bound on the error.
    Float(Float),
    /// Enclosed.
    Ball(Ball),
    /// Exact.
    Rational(rug::Rational),
}

impl Value {
    /// An f64 near the number, or near the middle of what encloses it; infinite beyond the range of f64.
    #[must_use]
    pub fn approximate(&self) -> f64 {
        match self {
            Self::F64(value) => *value,
            Self::Float(value) => value.approximate(),
            Self::Ball(value) => value.approximate(),
            Self::Rational(value) => nearest_f64(value),
        }
    }
}

/// A recorded step, or a recorded time of a flow.
#[derive(Clone, Debug)]
pub struct Record {
    /// The number of the step, or the time.
    pub t: Position,
    /// The time of a flow that is followed by `−ln R`, if it has a bound, …
    pub time: Option<Value>,
    /// … and the logarithm of it.
    pub log_time: Option<Value>,
    /// `R(W(t))`.
    pub risk: Value,
    /// `−ln R(W(t))` of a flow, if `R` is certainly positive.
    pub log_risk: Option<Value>,
    /// `η_t`, the size of the step from `t` to `t + 1`; `None` of a flow.
    pub eta: Option<Value>,
    /// `R_t`, exact, under the smoothness rule.
    pub radius: Option<rug::Rational>,
    /// `‖W_k‖_F`, or `‖w_k‖₂`, of each layer; over the rationals, where they are irrational, enclosed.
    pub norms: Vec<Value>,
    /// The exact squares of the norms, where the norms are irrational and the rest is not.
    pub norms_squared: Option<Vec<Value>>,
    /// `‖W_k‖₂` of each layer, `max_j |w_{k,j}|` of a diagonal one; `None` for convolutional networks and where it was not asked for.
    pub spectral: Option<Vec<Value>>,
    /// The end-to-end map, `d_L × d_0`; a vector is one row.
    pub end_to_end: Matrix<Value>,
    /// In certified arithmetic: the exact weights, all of them as one vector, lie within this distance of the centre.
    pub euclidean_radius: Option<Magnitude>,
    /// The weights of each layer, shaped as [`Network::layer_shapes`] says, if they were asked for; in certified arithmetic the centre.
    pub weights: Option<Vec<Matrix<Value>>>,
}

/// What is recorded beside what always is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The weights.
    pub weights: bool,
    /// The spectral norms of the layers.
    pub spectral: bool,
}

/// The most that spectral norms of one record may cost in certified arithmetic, in units of `rows · columns · min(rows, columns)`: that of a
/// layer of 101×101, which takes about a second and a half at 256 bits, and there a step takes milliseconds.
const MOST_SPECTRAL: u128 = 1 << 20;

impl Parts {
    /// The weights are not recorded, and the spectral norms if in `arithmetic` those of `network` take no longer than some steps.
    #[must_use]
    pub fn cheap(network: &Network, arithmetic: Arithmetic) -> Self {
        let singular = network.spectral_norm() == Some(SpectralNorm::LargestSingularValue);
        let shapes = if singular && arithmetic != Arithmetic::F64 { network.layer_shapes() } else { Vec::new() };
        let cost = shapes
            .iter()
            .map(|&(rows, columns)| (rows as u128 * columns as u128).saturating_mul(rows.min(columns) as u128));
        Self { weights: false, spectral: cost.fold(0, u128::saturating_add) <= MOST_SPECTRAL }
    }
}

/// A number that may be recorded.
pub(super) trait Recordable {
    /// The number; `None` if it is not finite, or nothing is known of it.
    fn recorded(&self) -> Option<Value>;
}

impl Recordable for f64 {
    fn recorded(&self) -> Option<Value> {
        self.is_finite().then_some(Value::F64(*self))
    }
}

impl Recordable for Float {
    fn recorded(&self) -> Option<Value> {
        self.is_defined().then(|| Value::Float(self.clone()))
    }
}

impl Recordable for Ball {
    /// Of a radius beyond the range of MPFR no number can tell.
    fn recorded(&self) -> Option<Value> {
        (self.is_defined() && self.radius().to_float().is_finite()).then(|| Value::Ball(self.clone()))
    }
}

impl Recordable for Exact {
    fn recorded(&self) -> Option<Value> {
        Exact::value(self).cloned().map(Value::Rational)
    }
}

/// All numbers of a slice; `None` if one of them cannot be recorded.
pub(super) fn values<T: Recordable>(numbers: &[T]) -> Option<Vec<Value>> {
    numbers.iter().map(Recordable::recorded).collect()
}

/// All numbers of a matrix; `None` if one of them cannot be recorded.
pub(super) fn matrix<T: Recordable>(matrix: &Matrix<T>) -> Option<Matrix<Value>> {
    Some(Matrix::from_entries(matrix.columns(), values(matrix.entries())?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Ring;

    #[test]
    fn what_is_not_finite_is_not_recorded() {
        let undefined = Float::one(64) / &Float::zero(64);
        assert!(f64::NAN.recorded().is_none() && f64::INFINITY.recorded().is_none());
        assert!(undefined.recorded().is_none() && Ball::whole_line(64).recorded().is_none());
        assert!(Recordable::recorded(&Exact::undefined()).is_none());
        assert!(values(&[1.0, f64::NAN]).is_none());
        assert!(matrix(&Matrix::row_vector(vec![1.0, f64::NEG_INFINITY])).is_none());
        let empty = matrix(&Matrix::from_entries(0, Vec::<f64>::new()));
        assert!(empty.is_some());
    }

    #[test]
    fn a_value_is_near_its_approximation() {
        let third = rug::Rational::from((1, 3));
        let values = [
            Recordable::recorded(&Exact::from(third.clone())),
            Float::from_rational(&third, 64).recorded(),
            Ball::from_rational(&third, 64).recorded(),
            (1.0_f64 / 3.0).recorded(),
        ];
        assert!(values.iter().all(|value| value.as_ref().unwrap().approximate() == 1.0 / 3.0));
    }

    #[test]
    fn spectral_norms_are_cheap_in_f64_and_of_small_layers() {
        let spectral =
            |width, arithmetic| Parts::cheap(&Network::fully_connected(&[width, width]).unwrap(), arithmetic).spectral;
        assert!(spectral(10_000, Arithmetic::F64) && spectral(101, Arithmetic::Ball(256)));
        assert!(!spectral(102, Arithmetic::Ball(256)) && !spectral(usize::MAX, Arithmetic::Rational));
        assert!(Parts::cheap(&Network::diagonal(10_000, 2).unwrap(), Arithmetic::Ball(64)).spectral);
    }
}
