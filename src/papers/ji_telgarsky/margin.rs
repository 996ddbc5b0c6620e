//! The normalised margin: at most that of the data, and as near as the direction is.

use rug::Rational;

use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns};
use crate::generate::Family;
use crate::number::{self, Real, Sign, dot};
use crate::problem::Matrix;
use crate::reference::{Point, Step, margin_and_direction, network};

use super::assumptions::{assume_separable, assume_unit_ball, nonzero};
use super::energy::margin_or_undefined;
use super::replay;
use super::separator::separator;
use super::symmetry::Symmetry;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.corollary1-normalised-margin",
            include_str!("text/corollary1-normalised-margin.md"),
            OnRuns(NormalisedMargin::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control(
            "0.99 γ in place of γ",
            OnRuns(NormalisedMargin { share_of_margin: (99, 100) }),
            replay(include_str!("specs/along-the-margin.toml")),
        ),
    ]
}

/// The trend towards the direction of the maximum margin.
const DISTANCE: &str = "‖w/∏‖W_k‖_F − ū‖";

/// `min_i ⟨w, z_i⟩/∏‖W_k‖_F` is at most `γ` and at least `γ − ‖w/∏‖W_k‖_F − ū‖`.
#[doc = include_str!("text/corollary1-normalised-margin.md")]
#[derive(Clone, Copy, Debug)]
pub struct NormalisedMargin {
    /// The control: this multiple of `γ` as the upper bound, as numerator and denominator.
    pub share_of_margin: (u32, u32),
}

impl Default for NormalisedMargin {
    fn default() -> Self {
        Self { share_of_margin: (1, 1) }
    }
}

/// `ū`; undefined numbers if the data are not separable.
pub(super) fn direction<T: Real>(point: &Point<T>) -> Vec<T> {
    margin_and_direction(point.setting())
        .map_or_else(|| vec![point.constant(0).undefined(); point.end_to_end().columns()], |(_, direction)| direction)
}

/// `‖w/∏‖W_k‖_F − ū‖`, from the product of the norms and `ū`.
pub(super) fn distance<T: Real>(point: &Point<T>, size: &T, direction: &[T]) -> T {
    let entries = point.end_to_end().entries().iter().zip(direction);
    let deviation: Vec<T> = entries.map(|(entry, direction)| entry.clone() / size - direction).collect();
    dot(&deviation, &deviation).sqrt_of_nonnegative()
}

/// `∏‖W_k‖_F²`.
pub(super) fn size_squared<T: Real>(point: &Point<T>) -> T {
    point.norms_squared().iter().fold(point.constant(1), |product, norm| product * norm)
}

/// Reports how far the direction of the end-to-end vector is from that of the maximum margin: a trend, on which no verdict rests.
pub(super) fn report_distance<T: Real>(point: &Point<T>, finding: &mut Finding) {
    let size = size_squared(point).sqrt_of_nonnegative();
    finding.trend(DISTANCE, &distance(point, &size, &direction(point)));
}

/// The fold of [`NormalisedMargin`].
struct Normalised<T> {
    gamma: T,
    upper: T,
    upper_is_gamma: bool,
    direction: Vec<T>,
    symmetry: Symmetry,
}

impl AboutRun for NormalisedMargin {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_unit_ball(start.setting(), given);
        assume_separable(start.setting(), given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let gamma = margin_or_undefined(start);
        Box::new(Normalised {
            upper: gamma.clone().times(self.share_of_margin),
            upper_is_gamma: self.share_of_margin.0 == self.share_of_margin.1,
            direction: direction(start),
            symmetry: Symmetry::of(start),
            gamma,
        })
    }
}

/// Where a layer is zero there is no direction to speak of.
pub(super) fn assume_all_layers<T: Real>(point: &Point<T>, given: &mut Hypotheses) {
    given.that("W_k ≠ 0 for all k", nonzero(&size_squared(point)));
}

impl<T: Real> Fold<T> for Normalised<T> {
    fn conclude_start(&mut self, start: &Point<T>, finding: &mut Finding) {
        finding.implied(|given| assume_all_layers(start, given), |finding| self.judge(start, finding));
    }

    fn assume(&mut self, step: &Step<T>, given: &mut Hypotheses) {
        assume_all_layers(&step.after, given);
    }

    fn conclude(&mut self, step: &Step<T>, finding: &mut Finding) {
        self.judge(&step.after, finding);
    }
}

/// Whether `min_i ⟨w, z_i⟩ > 0` and its square is `γ² ∏‖W_k‖_F²`, decided where the weights are rational.
pub(super) fn is_margin_exactly<T: Real>(point: &Point<T>) -> bool {
    let (Some(weights), Some(z), Some(margin)) =
        (point.exact_weights(), point.setting().exact_signed_examples(), separator(point.setting()))
    else {
        return false;
    };
    let lifted: Vec<Matrix<number::Exact>> = weights.iter().map(|layer| Matrix::from_rationals(layer, 64)).collect();
    let end_to_end = network::end_to_end(point.setting().network(), &lifted);
    let margins = Matrix::<number::Exact>::from_rationals(&z, 64).times_transpose(&end_to_end);
    let Some(least) = margins.entries().iter().filter_map(number::Exact::value).min() else { return false };
    let bound = lifted
        .iter()
        .filter_map(|layer| layer.frobenius_squared().into_value())
        .fold(margin.margin_squared().clone(), |product, norm| product * norm);
    *least > 0 && Rational::from(least * least) == bound
}

impl<T: Real> Normalised<T> {
    fn judge(&self, point: &Point<T>, finding: &mut Finding) {
        let Some((first, rest)) = point.margins().split_first() else { return };
        let size = size_squared(point).sqrt_of_nonnegative();
        let least = rest.iter().fold(first.clone(), |least, margin| least.min(margin)) / &size;
        let Symmetry { one_unit_example, on_ray, is_chain, .. } = self.symmetry;
        let is_margin = is_chain && least.sign() == Sign::Positive;
        let is_margin_exactly = is_margin_exactly(point);
        finding
            .at_most("min_i ⟨w, z_i⟩/∏‖W_k‖_F ≤ γ", &least, &self.upper)
            .attained_if(is_margin && self.upper_is_gamma, "rank-one layers aligned with ū: w/∏‖W_k‖_F = ū")
            .attained_if(self.upper_is_gamma && is_margin_exactly, "squares of rationals");
        let distance = distance(point, &size, &self.direction);
        let floor = self.gamma.clone() - &distance;
        finding
            .at_most("γ − ‖w/∏‖W_k‖_F − ū‖ ≤ min_i ⟨w, z_i⟩/∏‖W_k‖_F", &floor, &least)
            .informative_if(point.constant(0).below(&floor))
            .attained_if(is_margin, "rank-one layers aligned with ū: w/∏‖W_k‖_F = ū")
            .attained_if(one_unit_example && on_ray, "w is a multiple of ū, the only example")
            // Only w/∏‖W_k‖_F = ū has the margin γ.
            .attained_if(is_margin_exactly, "squares of rationals");
        finding.trend("min_i ⟨w, z_i⟩/(γ ∏‖W_k‖_F)", &(least / &self.gamma));
        finding.trend(DISTANCE, &distance);
    }
}
