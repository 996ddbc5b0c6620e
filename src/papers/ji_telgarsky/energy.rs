//! What descent spends: squared gradients summed over a run against the fall of the risk, and what follows for the step sizes.

use rug::{Integer, Rational};

use crate::algebra::exact::inner;
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns, Shape};
use crate::generate::{Cloud, Family, Instance, Random, Sampled, Separable, aligned, classification};
use crate::number::{Real, Sign, Truth};
use crate::problem::{Loss, Matrix, StepRule};
use crate::reference::{Point, Setting, Step, loss};

use super::alignment::under_the_step_rule;
use super::assumptions::{assume_good_start, assume_separable_descent, assume_smooth_lipschitz, assume_unit_ball};
use super::balance::{self, AT_REST};
use super::floors::gamma;
use super::gradient::shapes;
use super::replay;
use super::separator::separator;
use super::summed_gradients::SummedGradients;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let trap = replay(include_str!("specs/antisymmetric-trap.toml"));
    let one_layer = replay(include_str!("specs/one-layer.toml"));
    vec![
        Claim::new(
            "JT19.lemma7-unbounded",
            include_str!("text/lemma7-unbounded.md"),
            OnRuns(EnergyFloor::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control(
            "Assumption 2 dropped: a start that never leaves",
            OnRuns(EnergyFloor { any_start: true }),
            trap,
        ),
        Claim::new(
            "JT19.lemma7-step-sum-diverges",
            include_str!("text/lemma7-step-sum-diverges.md"),
            OnRuns(StepSum::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control("η_τ/(τ+1)² in the place of η_τ", OnRuns(StepSum { vanishing: true }), one_layer),
        Claim::new(
            "JT19.lemma7-ball-step-sum",
            include_str!("text/lemma7-ball-step-sum.md"),
            OnRuns(BallStepSum::default()),
            Sampled::new("smoothness-runs-out-of-balls", out_of_balls),
        )
        .control(
            "Assumption 2 dropped: a start that never leaves",
            OnRuns(BallStepSum { any_start: true }),
            trap,
        ),
        Claim::new(
            "JT19.summed-squared-gradients",
            include_str!("text/summed-squared-gradients.md"),
            OnRuns(SummedSquares::default()),
            Family::SmoothnessRuns,
        )
        .control("1 in place of 2", OnRuns(SummedSquares { factor: (1, 1) }), one_layer),
        Claim::identity(
            "JT19.summed-squared-gradients.traces",
            include_str!("text/summed-squared-gradients.traces.md"),
            OnRuns(SummedTraces::default()),
            shapes(2),
        )
        .identity_control(
            "η_τ in place of η_τ²",
            OnRuns(SummedTraces { first_power: true }),
            Shape::fully_connected(&[1, 1, 1]).with_examples(1).with_steps(1),
        ),
    ]
}

/// `Σ η_τ²‖∇R‖² ≤ Σ η_τ‖∇R‖² ≤ 2(R_0 − R(W(t))) ≤ 2R_0`.
#[doc = include_str!("text/summed-squared-gradients.md")]
#[derive(Clone, Copy, Debug)]
pub struct SummedSquares {
    /// The factor before the fall of the risk, as a fraction: `(2, 1)` in the paper.
    pub factor: (u32, u32),
}

impl Default for SummedSquares {
    fn default() -> Self {
        Self { factor: (2, 1) }
    }
}

impl AboutRun for SummedSquares {
    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_smooth_lipschitz(start.setting(), given);
        assume_unit_ball(start.setting(), given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let factor = self.factor;
        let at_rest = balance::starts_at_rest(start);
        let first_risk = start.risk().clone();
        let whole = first_risk.clone().times(factor);
        let mut energy = start.constant(0);
        let (mut squares, mut room) = (energy.clone(), energy.clone());
        Box::new(under_the_step_rule(false, move |step: &Step<T>, finding: &mut Finding| {
            let term = step.eta.clone() * step.before.gradient_norm_squared();
            energy += &term;
            squares.add_product(&step.eta, &term);
            // Σ η‖∇R‖² − Σ η²‖∇R‖² = Σ (1 − η) η‖∇R‖², with the exact 1 − η.
            room.add_product(&term, &step.before.constant(1 - step.exact_eta.clone()));
            finding.slack("Σ η_τ²‖∇R‖² ≤ Σ η_τ‖∇R‖²", &room, &squares, &energy).attained_if(at_rest, AT_REST);
            let fallen = (first_risk.clone() - step.after.risk()).times(factor);
            finding
                .at_most("Σ η_τ‖∇R‖² ≤ 2(R_0 − R(W(t)))", &energy, &fallen)
                .attained_if(at_rest || energy.sign() == Sign::Zero, AT_REST);
            let left_over = step.after.risk().clone().times(factor);
            finding
                .slack("2(R_0 − R(W(t))) ≤ 2R_0", &left_over, &fallen, &whole)
                .informative_if(Truth::False)
                .attained_if(at_rest, AT_REST);
        }))
    }
}

/// `Σ_k tr P_k(t) = Σ_{τ<t} η_τ²‖∇R(W(τ))‖²`.
#[doc = include_str!("text/summed-squared-gradients.traces.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SummedTraces {
    /// The control: the first power of `η_τ` on the right.
    pub first_power: bool,
}

impl AboutRun for SummedTraces {
    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let first_power = self.first_power;
        let at_rest = balance::starts_at_rest(start);
        let mut sums = SummedGradients::new(start.weights());
        let mut squares = start.constant(0);
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            sums.add(step);
            let factor = if first_power { step.eta.clone() } else { step.eta.square() };
            squares.add_product(&factor, step.before.gradient_norm_squared());
            let traces = sums.p().iter().fold(step.before.constant(0), |sum, p| sum + &p.trace());
            finding.equal("Σ_k tr P_k = Σ η_τ²‖∇R(W(τ))‖²", &traces, &squares).attained_if(at_rest, AT_REST);
        })
    }
}

/// `c(R)² Σ_{1≤τ<t} η_τ ≤ Σ_{1≤τ<t} η_τ‖∇R‖² ≤ 2(R(W(1)) − R(W(t)))` while `W(1), …, W(t−1) ∈ B(R)`.
#[doc = include_str!("text/lemma7-unbounded.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct EnergyFloor {
    /// The control: Assumption 2 is not required.
    pub any_start: bool,
}

impl AboutRun for EnergyFloor {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_lemma7(start, self.any_start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let mut floor = FloorFromFirst::of(start);
        let mut radius_squared = start.constant(0);
        let (mut steps, mut energy) = (radius_squared.clone(), radius_squared.clone());
        Box::new(under_the_step_rule(false, move |step: &Step<T>, finding: &mut Finding| {
            let floor = floor.seen(step);
            if step.t == 0 {
                return;
            }
            radius_squared =
                step.before.norms_squared().iter().fold(radius_squared.clone(), |largest, norm| largest.max(norm));
            steps += &step.eta;
            energy.add_product(&step.eta, step.before.gradient_norm_squared());
            let fallen = (floor.risk.clone() - step.after.risk()).times(2);
            finding.at_most("Σ η_τ‖∇R‖² ≤ 2(R(W(1)) − R(W(t)))", &energy, &fallen);
            finding.trend("the largest ‖W_k‖_F²", &radius_squared);
            // A sum of one term is an equality for one layer aligned with one example; of two it is none.
            if step.t >= 2 {
                let least =
                    floor.squared(step.before.setting(), &radius_squared.clone().sqrt_of_nonnegative()) * &steps;
                finding.at_most("c(R)² Σ η_τ ≤ Σ η_τ‖∇R‖²", &least, &energy);
            }
        }))
    }
}

/// `‖W(t) − W(0)‖² ≤ (Σ η_τ)(Σ η_τ‖∇R‖²) ≤ 2R_0 Σ η_τ`.
#[doc = include_str!("text/lemma7-step-sum-diverges.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct StepSum {
    /// The control: `η_τ/(τ+1)²` in the sum of the steps, which converges.
    pub vanishing: bool,
}

impl AboutRun for StepSum {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_lemma7(start, false, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let vanishing = self.vanishing;
        let at_rest = balance::starts_at_rest(start);
        let origin: Vec<Matrix<T>> = start.weights().to_vec();
        let twice_first_risk = start.risk().clone().times(2);
        let (mut steps, mut energy) = (start.constant(0), start.constant(0));
        Box::new(under_the_step_rule(false, move |step: &Step<T>, finding: &mut Finding| {
            energy.add_product(&step.eta, step.before.gradient_norm_squared());
            if vanishing {
                let count = Integer::from(step.t) + 1u32;
                steps += &step.eta.clone().times(Rational::from((1, count.square())));
            } else {
                steps += &step.eta;
            }
            let moved_squared = step
                .after
                .weights()
                .iter()
                .zip(&origin)
                .map(|(now, then)| now.clone().minus(then).frobenius_squared())
                .fold(step.before.constant(0), |sum, square| sum + &square);
            if !vanishing {
                finding
                    .at_most("‖W(t) − W(0)‖² ≤ (Σ η_τ)(Σ η_τ‖∇R‖²)", &moved_squared, &(steps.clone() * &energy))
                    .attained_if(step.t == 0, "one step: W(1) − W(0) = −η_0∇R(W(0))")
                    .attained_if(at_rest, AT_REST);
            }
            let bound = twice_first_risk.clone() * &steps;
            finding.at_most("‖W(t) − W(0)‖² ≤ 2R_0 Σ η_τ", &moved_squared, &bound);
            finding.trend("Σ η_τ", &steps);
        }))
    }
}

/// `Σ η_τ ≤ 2R(W(1))/c(R)²` over the `τ ≥ 1` with `W(τ) ∈ B(R)`.
#[doc = include_str!("text/lemma7-ball-step-sum.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct BallStepSum {
    /// The control: Assumption 2 is not required.
    pub any_start: bool,
}

/// A ball of radius `R` and the time spent in it.
struct NormBall<T> {
    radius: T,
    radius_squared: T,
    /// `2R(W(1))/c(R)²`, once `W(1)` is known.
    bound: Option<T>,
    steps: T,
    /// Whether every `W(τ)` so far is certainly inside or certainly outside.
    decided: bool,
    /// Whether the sum of all steps is certainly above the bound.
    exceeded: bool,
}

impl AboutRun for BallStepSum {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_lemma7(start, self.any_start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let mut floor = FloorFromFirst::of(start);
        let zero = start.constant(0);
        let mut balls: Vec<NormBall<T>> = radii(start)
            .into_iter()
            .map(|radius| {
                let radius = start.constant(radius);
                NormBall {
                    radius_squared: radius.square(),
                    radius,
                    bound: None,
                    steps: zero.clone(),
                    decided: true,
                    exceeded: false,
                }
            })
            .collect();
        let mut all_steps = zero;
        Box::new(under_the_step_rule(false, move |step: &Step<T>, finding: &mut Finding| {
            let floor = floor.seen(step);
            if step.t == 0 {
                return;
            }
            all_steps += &step.eta;
            let norms = step.before.norms_squared();
            let largest = norms.iter().fold(norms[0].clone(), |largest, norm| largest.max(norm));
            for ball in &mut balls {
                ball.spend(step, &largest, &all_steps, floor, finding);
            }
        }))
    }
}

impl<T: Real> NormBall<T> {
    /// Takes in a step from a point whose largest `‖W_k‖_F²` is `largest`, `all_steps` being the sum of the steps so far.
    fn spend(
        &mut self,
        step: &Step<T>,
        largest: &T,
        all_steps: &T,
        floor: &GradientFloorConstant<T>,
        finding: &mut Finding,
    ) {
        let inside = largest.at_most(&self.radius_squared);
        match inside {
            Truth::True => self.steps += &step.eta,
            Truth::False => {}
            Truth::Open => self.decided = false,
        }
        if !self.decided {
            finding.asserted("whether W(τ) ∈ B(R)", Truth::Open);
            return;
        }
        let bound = self
            .bound
            .get_or_insert_with(|| floor.risk.clone().times(2) / &floor.squared(step.before.setting(), &self.radius));
        let informative = if self.exceeded { Truth::True } else { bound.below(all_steps) };
        // Outside the sum stays what it is; it is shown once more when the bound begins to say something.
        if inside == Truth::True || (informative == Truth::True && !self.exceeded) {
            self.exceeded = informative == Truth::True;
            finding
                .at_most("Σ η_τ ≤ 2R(W(1))/c(R)² over the τ with W(τ) ∈ B(R)", &self.steps, bound)
                .informative_if(informative);
        }
    }
}

/// Radii on multiples of 1/16, from the least one whose ball holds the start and has room around it up to 2 more: the statement is about
/// every radius, and these are some. None of a start that is not exact.
fn radii<T: Real>(start: &Point<T>) -> Vec<Rational> {
    let Some(weights) = start.exact_weights() else { return Vec::new() };
    let norms = weights.iter().map(|layer| inner(layer.entries(), layer.entries()));
    let largest = norms.max().unwrap_or_default();
    // The least whole number whose square is at least 256 ‖W_k‖_F² for every layer.
    let sixteenths = (largest * 256u32).ceil().into_numer_denom().0;
    let (root, remainder) = sixteenths.sqrt_rem(Integer::new());
    let sixteenths = if remainder.is_zero() { root } else { root + 1 };
    [1, 4, 8, 16, 32].iter().map(|&more| Rational::from((Integer::from(&sixteenths + more), 16))).collect()
}

/// What Lemma 7 assumes of the start; Assumption 5 is seen from the steps.
fn assume_lemma7<T: Real>(start: &Point<T>, any_start: bool, given: &mut Hypotheses) {
    assume_separable_descent(start.setting(), given);
    if !any_start {
        assume_good_start(start, given);
    }
}

/// The constant of Lemma 1, once `W(1)` is known.
struct FloorFromFirst<T> {
    gamma: T,
    floor: Option<GradientFloorConstant<T>>,
}

impl<T: Real> FloorFromFirst<T> {
    fn of(start: &Point<T>) -> Self {
        Self { gamma: margin_or_undefined(start), floor: None }
    }

    /// Looks at the next step; the first one leads to `W(1)`.
    fn seen(&mut self, step: &Step<T>) -> &GradientFloorConstant<T> {
        self.floor.get_or_insert_with(|| GradientFloorConstant::new(&step.after, self.gamma.clone()))
    }
}

/// The margin `γ`, undefined where the data have none.
pub(super) fn margin_or_undefined<T: Real>(point: &Point<T>) -> T {
    separator(point.setting()).map_or_else(|| point.constant(0).undefined(), |margin| gamma(point, margin))
}

/// The constant `c(R) = M_R γ δ/R` of Lemma 1 for the time `t_1 = 1`: `‖∂R/∂W_1‖_F ≥ c(R)` as long as `W(t) ∈ B(R)` and the risk has not
/// risen. `M_R` is the least `−ℓ′(x)` over `|x| ≤ R^L`, `δ = ℓ⁻¹(R(W(1)))`; with one layer the factor `δ/R` is missing.
#[derive(Clone, Debug)]
pub(super) struct GradientFloorConstant<T> {
    gamma: T,
    /// `R(W(1))`.
    pub(super) risk: T,
    delta: T,
}

impl<T: Real> GradientFloorConstant<T> {
    /// The constant for a run that goes through `first = W(1)`, of a loss of classification.
    pub(super) fn new(first: &Point<T>, gamma: T) -> Self {
        let risk = first.risk().clone();
        Self { gamma, delta: loss::inverse(first.setting().loss(), &risk), risk }
    }

    /// `c(R)²`.
    pub(super) fn squared(&self, setting: &Setting<T>, radius: &T) -> T {
        let depth = setting.network().degree();
        // −ℓ′ falls, so that its least value is at the right end.
        let product_floor = -loss::slope(setting.loss(), &radius.power(depth)) * &self.gamma;
        let floor = if depth == 1 { product_floor } else { product_floor * &self.delta / radius };
        floor.square()
    }
}

/// Runs of one or two layers under the step rule whose steps add up to more than the bounds for the balls that they leave.
fn out_of_balls(random: &mut Random) -> Instance {
    let depth = random.size(1, 2);
    let margin = if depth == 1 { random.choice(&[(1, 3), (1, 2), (2, 3)]) } else { random.choice(&[(4, 5), (9, 10)]) };
    let dim = random.size(1, 3);
    let mut widths = vec![dim; depth];
    widths.push(1);
    let cloud = *random.choice(&[Cloud::Spanning, Cloud::Flat, Cloud::Cross]);
    let count = random.size(1, 4);
    let data = Separable::new(random, cloud, dim, count, &(*margin).into());
    let size =
        *if depth == 1 { random.choice(&[(0, 1), (1, 8), (1, 2)]) } else { random.choice(&[(7, 8), (1, 1), (9, 8)]) };
    let layers = aligned(random, &widths, data.direction(), &size.into());
    let scale = *random.choice(&[(1, 2), (1, 1), (3, 1)]);
    let loss = Loss::Logistic { scale: scale.into(), steepness: 1.into() };
    Instance::run(classification(&data, loss, layers, StepRule::Smoothness), 1200)
}
