//! How large the end-to-end map may be without anything that is recorded of a run being out of range.
//!
//! A risk may overflow long before a weight does: the square of a residual of 10¹⁶⁰ is no f64. A run ends there, at the first step whose
//! record is not finite, whether it is recorded or not; but the risk is no part of a step, and to compute it at each would cost more than
//! the step. So bounds are fixed once. Steps taken many at a time stay below them, where nothing can overflow; what exceeds them is taken step
//! by step, and there the risk is looked at.

use super::loss::MarginLoss;
use super::machine::{Block, Machine};
use super::objective::{Examples, Margins, Objective, Residuals};

/// Far from overflow, with room for what the roundings of any sum add.
const LARGE: f64 = f64::from_bits((1023 + 1000) << 52);

/// Its square root.
const LARGE_ROOT: f64 = f64::from_bits((1023 + 500) << 52);

/// Bounds on the end-to-end map and on the slopes of the losses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calm<T> {
    /// 1 over the bound on the entries of the map.
    pub map: T,
    /// What takes all beyond the bound out of range after that.
    pub beyond: T,
    /// What takes a slope beyond its bound out of range.
    pub slope: T,
}

impl Calm<f64> {
    /// All finite numbers.
    pub const RANGE: Self = Self { map: 1.0, beyond: 1.0, slope: 1.0 };
}

impl<T: Copy> Calm<T> {
    /// The bounds in every lane.
    #[inline(always)]
    pub fn splat<M: Machine<Number = T>>(self, m: M) -> Calm<M::Vector> {
        Calm { map: m.splat(self.map), beyond: m.splat(self.beyond), slope: m.splat(self.slope) }
    }

    /// Whether a map is within its bound.
    #[inline(always)]
    pub fn holds<M: Machine<Number = T>>(self, m: M, map: &[Block<T>]) -> bool {
        let bounds = self.splat(m);
        let mut watch = m.zero();
        for block in map {
            watch = m.add(watch, bounds.watch_map(m, m.load(block)));
        }
        m.is_finite(watch)
    }
}

impl<V: Copy> Calm<V> {
    /// Zero in the lanes where the map is within its bound, NaN in all others.
    #[inline(always)]
    pub fn watch_map<M: Machine<Vector = V>>(self, m: M, x: V) -> V {
        let x = m.mul(m.mul(x, self.map), self.beyond);
        m.sub(x, x)
    }

    /// The same for slopes.
    #[inline(always)]
    pub fn watch_slope<M: Machine<Vector = V>>(self, m: M, x: V) -> V {
        let x = m.mul(x, self.slope);
        m.sub(x, x)
    }
}

/// The largest absolute value.
fn largest(blocks: &[Block<f64>]) -> f64 {
    blocks.as_flattened().iter().fold(0.0, |largest, entry| entry.abs().max(largest))
}

impl Objective<f64> {
    /// Bounds within which all margins and the risk are finite.
    pub fn calm(&self) -> Calm<f64> {
        let (map, slope) = match self {
            Self::Margins(margins) => (margins.calm_map(), margins.beyond_slope()),
            Self::Residuals(residuals) => (residuals.calm_map(), 1.0),
            Self::FewExamples(few) => (few.examples.as_ref().map_or(LARGE_ROOT, Examples::calm_map), 1.0),
        };
        // Where nothing is known, 1/0 keeps even a zero out.
        Calm { map: map.clamp(0.0, LARGE_ROOT).recip(), beyond: f64::MAX, slope }
    }

    /// As long as the product of the norms of all layers does not exceed this, all margins and the risk are finite.
    pub fn calm_norm(&self) -> f64 {
        let bound = match self {
            Self::Margins(margins) => margins.calm_norm(),
            Self::Residuals(residuals) => residuals.calm_map(),
            Self::FewExamples(few) => few.examples.as_ref().map_or(LARGE_ROOT, Examples::calm_map),
        };
        bound.clamp(0.0, LARGE_ROOT)
    }
}

impl Margins<f64> {
    /// What the sum of the losses is multiplied by, and how many they are.
    fn weight(&self) -> f64 {
        self.count as f64 * self.value_weight.max(1.0)
    }

    /// The largest feature, and how many there are.
    fn features(&self) -> (f64, f64) {
        (largest(self.rows.blocks()), self.partial.blocks().as_flattened().len() as f64)
    }

    fn calm_map(&self) -> f64 {
        // |m_i| ≤ ‖x_i‖₁ max|E|, and a logistic loss is at most 1 + b|m|.
        let (feature, count) = self.features();
        let steepness = match self.loss {
            MarginLoss::Logistic { steepness } => steepness.unwrap_or(1.0),
            MarginLoss::Exponential => 1.0,
        };
        LARGE / self.weight() / steepness.max(1.0) / (feature * count).max(1.0) / 2.0
    }

    /// An exponential loss is its own slope, so n of them may be as large as 2^1000/n.
    fn beyond_slope(&self) -> f64 {
        match self.loss {
            MarginLoss::Logistic { .. } => 1.0,
            MarginLoss::Exponential => f64::MAX / LARGE * self.weight(),
        }
    }

    fn calm_norm(&self) -> f64 {
        match self.loss {
            MarginLoss::Logistic { .. } => self.calm_map(),
            // |m_i| ≤ ‖x_i‖ ‖E‖.
            MarginLoss::Exponential => {
                let (feature, count) = self.features();
                ((LARGE / self.weight()).ln() / (feature * count.sqrt())).min(self.calm_map())
            }
        }
    }
}

impl Residuals<f64> {
    fn calm_map(&self) -> f64 {
        let entries = (self.map.rows * self.map.columns) as f64;
        let to_target = || LARGE_ROOT / entries.sqrt() / 2.0 - largest(self.cross.blocks());
        self.examples.as_ref().map_or_else(to_target, Examples::calm_map)
    }
}

impl Examples {
    /// `|f(x_i) − y_i| ≤ ‖x_i‖₁ max|E| + |y_i|`, squared and summed over examples and outputs.
    fn calm_map(&self) -> f64 {
        let Some(examples) = self.data.examples() else { return LARGE_ROOT };
        let of = |numbers: &[f64]| numbers.iter().fold(0.0f64, |largest, entry| entry.abs().max(largest));
        let (x, y) = (examples.x.nearest_entries(), examples.y.nearest_entries());
        let residual = LARGE_ROOT / (y.len() as f64).sqrt() / 2.0;
        (residual - of(y)) / (examples.x.columns() as f64 * of(x)).max(1.0)
    }
}
