//! The maximum margin over products of unit layers is the maximum margin of the data.

use rug::Rational;

use crate::algebra::exact::inner;
use crate::claims::{AboutPoint, AboutStart, Claim, Domain, Finding, Hypotheses, OnPoints, OnStarts};
use crate::generate::Family;
use crate::number::{Real, Ring, Sign, Truth};
use crate::reference::{Fact, Point, Setting};

use super::assumptions::assume_separable;
use super::floors::gamma_of_data;
use super::margin::{is_margin_exactly, size_squared};
use super::replay;
use super::separator::separator;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.nested-max-margin",
            include_str!("text/nested-max-margin.md"),
            OnPoints(NestedMargin::default()),
            Family::Points,
        )
        .on_own_runs(OnStarts(NestedMargin::default()))
        .control(
            "‖A_1‖_F = 3/2 in place of 1",
            OnPoints(NestedMargin { first_norm: (3, 2) }),
            replay(include_str!("specs/along-the-margin.toml")),
        ),
    ]
}

/// `max min_i (A_L⋯A_1)z_i = γ` over `‖A_k‖_F = 1`.
#[doc = include_str!("text/nested-max-margin.md")]
#[derive(Clone, Copy, Debug)]
pub struct NestedMargin {
    /// The control: `‖A_1‖_F`, as numerator and denominator.
    pub first_norm: (u32, u32),
}

impl Default for NestedMargin {
    fn default() -> Self {
        Self { first_norm: (1, 1) }
    }
}

impl AboutPoint for NestedMargin {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output().labels()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        assume_separable(point.setting(), given);
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        // Every tuple of unit layers is W_k/‖W_k‖_F of some W; so multiplied, zero layers need no exception.
        let Some((first, rest)) = point.margins().split_first() else { return };
        let least = rest.iter().fold(first.clone(), |least, margin| least.min(margin));
        let most = gamma_of_data(point) * size_squared(point).sqrt_of_nonnegative();
        let is_zero = point.norms_squared().iter().any(|norm| norm.sign() == Sign::Zero);
        let are_scalars = point.weights().iter().all(|layer| layer.entries().len() == 1);
        finding
            .at_most("min_i ⟨w, z_i⟩ ≤ γ ∏‖W_k‖_F", &least, &most)
            .attained_if(is_zero, "a layer is zero: both sides are zero")
            .attained_if(are_scalars && least.sign() == Sign::Positive, "layers of one entry: w = ∏‖W_k‖_F ū")
            .attained_if(is_margin_exactly(point), "squares of rationals");
        let ChainMargin(chain) = point.setting().know();
        let label = "A_1 = a_1ūᵀ, A_k = a_ka_{k−1}ᵀ of norm 1 have min_i (A_L⋯A_1)z_i = γ";
        match (chain, separator(point.setting())) {
            (Some(margin), Some(separator)) => {
                let reached = margin.clone() * Rational::from(self.first_norm);
                finding
                    .asserted(label, reached == *separator.margin_squared())
                    .between(&point.constant(reached), &point.constant(separator.margin_squared().clone()));
            }
            _ => _ = finding.asserted(label, Truth::Open),
        }
    }
}

/// Of one's own run the start: what it says of data and all weights is no other at later ones.
impl AboutStart for NestedMargin {
    fn domain(&self) -> Domain {
        AboutPoint::domain(self)
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        AboutPoint::assume(self, start, given);
    }

    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        AboutPoint::conclude(self, start, finding);
    }
}

/// `γ min_i (A_L⋯A_1)z_i` of the chain `A_1 = a_1ūᵀ`, `A_k = a_ka_{k−1}ᵀ`, `a_L = 1`, whose unit vectors `a_k` have one entry that is not zero, a
/// different one from layer to layer; `γA_1` is rational. `None` if there is no `ū`.
struct ChainMargin(Option<Rational>);

impl<T: Ring> Fact<Setting<T>> for ChainMargin {
    fn of(setting: &Setting<T>) -> Self {
        let chain = || {
            let (separator, z) = (separator(setting)?, setting.exact_signed_examples()?);
            let widths = setting.network().widths();
            let unit = |k: usize| -> Vec<Rational> {
                (0..widths[k]).map(|i| Rational::from(u32::from(i == k % widths[k]))).collect()
            };
            // The row 1ᵀA_L⋯A_k is ⟨row, a_k⟩a_{k−1}ᵀ, and ⟨row, a_1⟩ūᵀ at last.
            let mut row = vec![Rational::from(1)];
            for k in (1..widths.len()).rev() {
                let share = inner(&row, &unit(k));
                row = if k == 1 { separator.point().to_vec() } else { unit(k - 1) };
                row.iter_mut().for_each(|entry| *entry *= &share);
            }
            (0..z.rows()).map(|i| inner(&row, z.row(i))).min()
        };
        Self(chain())
    }
}
