//! Lower bounds on the gradient: while the weights stay in a ball it does not vanish, and so they leave.

use crate::algebra::max_margin::MaxMargin;
use crate::claims::{AboutPoint, AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnPoints, OnRuns};
use crate::generate::Family;
use crate::number::{Real, Sign, Truth, dot};
use crate::problem::Loss;
use crate::reference::{Point, Step, loss, margin_and_direction};

use super::assumptions::{
    assume_decreasing_loss, assume_good_start, assume_separable, assume_unit_ball, loss_at_zero, risk_at_most_at_zero,
};
use super::gradient::above_first;
use super::replay;
use super::separator::separator;
use super::symmetry::Symmetry;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let nowhere = replay(include_str!("specs/SL-8.toml"));
    vec![
        Claim::new(
            "JT19.lemma1-gradient-floor",
            include_str!("text/lemma1-gradient-floor.md"),
            OnRuns(GradientFloor::default()),
            Family::SmoothnessRuns,
        )
        .control(
            "δ doubled",
            OnRuns(GradientFloor { doubled: true }),
            replay(include_str!("specs/lemma1-doubled.toml")),
        ),
        Claim::new("JT19.SL-8", include_str!("text/SL-8.md"), OnPoints(FloorEverywhere), nowhere)
            .expected_refuted(Some("JT19.lemma1-gradient-floor"))
            .control(
                "W = W(t) on the trajectory: on a start with the same data that meets Assumption 2",
                OnRuns(GradientFloor::default()),
                replay(include_str!("specs/SL-8-repaired.toml")),
            ),
        Claim::new(
            "JT19.theorem1-gradient-floor",
            include_str!("text/theorem1-gradient-floor.md"),
            OnPoints(ProductGradientFloor::default()),
            Family::Points,
        )
        .control(
            "the factor 1/n dropped",
            OnPoints(ProductGradientFloor { summed: true }),
            replay(include_str!("specs/theorem1-gradient-floor-summed.toml")),
        ),
    ]
}

/// The margin `γ`.
pub(super) fn gamma<T: Real>(point: &Point<T>, margin: &MaxMargin) -> T {
    point.constant(margin.margin_squared().clone()).sqrt()
}

/// The margin `γ` of the data of `point`; undefined if they are not separable.
pub(super) fn gamma_of_data<T: Real>(point: &Point<T>) -> T {
    separator(point.setting()).map_or_else(|| point.constant(0).undefined(), |margin| gamma(point, margin))
}

/// A bound from below of `‖g‖/(−νℓ′(q))`, `q = ℓ⁻¹(Σℓ(m_i))`, where margins are known so badly that nothing is known of `g`: over a stretch of a late flow.
///
/// It is `‖Σp_i z_i‖` with `p_i = ℓ′(m_i)/ℓ′(q) > 0`, whose sum is at least 1: `−ℓ′ = φ(ℓ)` with a concave `φ`, `φ(0) = 0`, so that `φ(Σℓ(m_i)) ≤ Σφ(ℓ(m_i))`. And so it is no
/// less than the least `⟨z_i, ū⟩`. Undefined if nothing separates the data.
fn least_pull<T: Real>(point: &Point<T>) -> T {
    let undefined = || point.constant(0).undefined();
    // Free losses need not be those of any margins.
    let examples = point.setting().signed_examples().filter(|_| point.free_losses().is_none());
    let (Some(z), Some((_, direction))) = (examples, margin_and_direction(point.setting())) else { return undefined() };
    let heights = (0..z.rows()).map(|i| dot(z.row(i), &direction));
    heights.reduce(|least, height| least.min(&height)).unwrap_or_else(undefined)
}

/// What this family speaks of: `z_i`, `w`, `ℓ`.
const CLASSIFIERS: Domain = Domain::FULLY_CONNECTED.one_output().labels();

/// `‖G_1(W(t))‖_F ≥ c(R) = M_R γ δ/R` as long as `W(t) ∈ B(R)`.
#[doc = include_str!("text/lemma1-gradient-floor.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct GradientFloor {
    /// The control: `2δ` in place of `δ`.
    pub doubled: bool,
}

/// What the fold of [`GradientFloor`] knows of the run.
struct Floor<T> {
    symmetry: Symmetry,
    gamma: T,
    at_zero: T,
    /// The multiple of `δ`.
    factor: u32,
    /// `R(W(t_1))` and `δ`.
    first: Option<(T, T)>,
}

impl AboutRun for GradientFloor {
    fn domain(&self) -> Domain {
        CLASSIFIERS
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        let setting = start.setting();
        assume_decreasing_loss(setting, given);
        assume_unit_ball(setting, given);
        assume_separable(setting, given);
        assume_good_start(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        Box::new(Floor {
            symmetry: Symmetry::of(start),
            gamma: gamma_of_data(start),
            at_zero: loss_at_zero(start),
            factor: if self.doubled { 2 } else { 1 },
            first: None,
        })
    }
}

impl<T: Real> Floor<T> {
    /// `R(W(t_1))` and `δ`; the first point asked for is `W(t_1)`.
    fn first(&mut self, point: &Point<T>) -> (T, T) {
        let factor = self.factor;
        let found = self.first.get_or_insert_with(|| {
            let risk = point.risk().clone();
            let delta = loss::inverse(point.setting().loss(), &risk).times(factor);
            (risk, delta)
        });
        found.clone()
    }
}

impl<T: Real> Fold<T> for Floor<T> {
    fn assume(&mut self, step: &Step<T>, given: &mut Hypotheses) {
        let is_first = self.first.is_none();
        let (first_risk, _) = self.first(&step.after);
        given.below("R(W(t_1)) < ℓ(0)", &first_risk, &self.at_zero);
        if !is_first {
            given.at_most("the risk has not risen since t_1", step.after.risk(), &first_risk);
        }
    }

    fn conclude(&mut self, step: &Step<T>, finding: &mut Finding) {
        let point = &*step.after;
        let setting = point.setting();
        let is_first = step.t == 0;
        let (_, delta) = self.first(point);
        let gamma = &self.gamma;
        let norms = point.norms_squared();
        let (first, others) = norms.split_first().expect("a network has at least one layer");
        let radius = others.iter().fold(first.clone(), |largest, norm| largest.max(norm)).sqrt_of_nonnegative();
        let depth = setting.network().degree();
        let least_slope = -loss::slope(setting.loss(), &radius.power(depth));

        let Symmetry { one_unit_example, on_ray, is_chain, norms_are_equal } = self.symmetry;
        // ⟨w, z_i⟩ = R^L for all i.
        let margins_are_greatest = one_unit_example && norms_are_equal;
        // ⟨w, z_i⟩ = ‖w‖ for all i, so that R(W(t_1)) = ℓ(‖w‖).
        let is_delta = is_first && one_unit_example && on_ray;
        // ‖w‖ = ‖W_L⋯W_2‖ R.
        let first_is_largest = norms_are_equal
            || others.iter().map(|norm| norm.at_most(first)).fold(Truth::True, Truth::and) == Truth::True;
        let is_delta_over_radius = is_delta && first_is_largest && (is_chain || point.weights()[0].rows() == 1);

        let product_floor = least_slope * gamma;
        finding
            .at_most("M_R γ ≤ ‖g‖", &product_floor, &point.product_gradient().frobenius())
            .attained_if(margins_are_greatest, "one unit example, layers of equal norm aligned with it");
        finding
            .at_most("δ ≤ ‖w‖", &delta, &point.end_to_end().frobenius())
            .attained_if(is_delta, "t = t_1, one unit example, w aligned with it");
        let floor = match above_first(point) {
            None => product_floor,
            Some(above) => {
                let above_floor = delta / &radius;
                finding
                    .at_most("δ/R ≤ ‖W_L⋯W_2‖", &above_floor, &above.frobenius())
                    .attained_if(is_delta_over_radius, "t = t_1, one unit example, W_1 the largest layer and aligned");
                product_floor * &above_floor
            }
        };
        let is_floor = margins_are_greatest && (norms.len() == 1 || is_delta_over_radius);
        finding
            .at_most("c(R) ≤ ‖G_1‖_F", &floor, &point.gradient()[0].frobenius())
            .attained_if(is_floor, "one unit example, layers of equal norm aligned with it");
    }
}

/// The printed Lemma 1: the gradient is bounded below at any `W` of a ball.
#[doc = include_str!("text/SL-8.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct FloorEverywhere;

impl AboutPoint for FloorEverywhere {
    fn domain(&self) -> Domain {
        CLASSIFIERS
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        let setting = point.setting();
        assume_decreasing_loss(setting, given);
        assume_unit_ball(setting, given);
        assume_separable(setting, given);
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        // What cancels is zero, though its enclosure cannot say so.
        let square = match point.is_critical() {
            Truth::True => point.constant(0),
            Truth::False | Truth::Open => point.gradient_norms_squared()[0].clone(),
        };
        let square = match (square.sign(), above_first(point)) {
            (Sign::Open, Some(above)) => least_pull(point).square() * &above.frobenius_squared(),
            (Sign::Open, None) => least_pull(point),
            _ => square,
        };
        finding.below("0 < ‖∂R/∂W_1‖_F²", &point.constant(0), &square);
    }
}

/// `‖g‖ ≥ −ℓ′(ℓ⁻¹(R(w))) γ/n` wherever `R(w) ≤ ℓ(0)`.
#[doc = include_str!("text/theorem1-gradient-floor.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct ProductGradientFloor {
    /// The control: without the factor `1/n`.
    pub summed: bool,
}

impl AboutPoint for ProductGradientFloor {
    fn domain(&self) -> Domain {
        CLASSIFIERS
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        let setting = point.setting();
        assume_decreasing_loss(setting, given);
        assume_separable(setting, given);
        given.that("R(w) ≤ ℓ(0)", risk_at_most_at_zero(point));
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let setting = point.setting();
        let count = setting.count();
        let steepness = -loss::slope(setting.loss(), &loss::inverse(setting.loss(), point.risk()));
        let floor = steepness * gamma_of_data(point);
        let share = if self.summed { (1, 1) } else { (1, count) };
        let (floor, norm) = (floor.times(share), point.product_gradient().frobenius());
        let mut slack = norm.clone() - &floor;
        if slack.sign() == Sign::Open {
            // Both sides over −νℓ′(q), q = ℓ⁻¹(S) and S = nR. With −ℓ′ = φ(ℓ), in units of c of the logistic loss φ(x) = 1 − e^{−x}, and by
            // S/(1 + S) ≤ φ(S) and φ(S/n) ≤ S/n it is φ(S/n)/(φ(S)/n) ≤ 1 + S. For the exponential loss φ(x) = x.
            let most = match setting.loss() {
                Loss::Logistic { scale, .. } => {
                    point.risk().clone().times(count) / &point.constant(scale.clone()) + &point.constant(1)
                }
                _ => point.constant(1),
            };
            slack = slack.max(&(least_pull(point) - &(gamma_of_data(point) * &most).times(share)));
        }
        finding
            .slack("−ℓ′(ℓ⁻¹(R)) γ/n ≤ ‖g‖", &slack, &floor, &norm)
            .attained_if(count == 1, "one example: g = ℓ′(⟨w, z⟩) z and R = ℓ(⟨w, z⟩)");
    }
}
