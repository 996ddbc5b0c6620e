//! What descent spends: squared gradients summed over a run against the fall of the risk, and what follows for the step sizes.

use crate::claims::{Claim, Finding, Hypotheses, Hypothesis, OldAboutRun, OldFold, OldOnRuns, Shape};
use crate::generate::{Cloud, Family, Instance, Random, Sampled, Separable, aligned, classification};
use crate::number::{Real, Sign, Truth};
use crate::problem::{Loss, Matrix, StepRule};
use crate::reference::{Point, Setting, Step, balance, loss};

use super::assumptions::{
    StepRuleSoFar, assume_good_start, assume_separable_descent, assume_smooth_lipschitz, assume_unit_ball,
};
use super::floors::gamma;
use super::gradient::shapes;
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let trap = replay(include_str!("specs/antisymmetric-trap.toml"));
    let one_layer = replay(include_str!("specs/one-layer.toml"));
    vec![
        Claim::new(
            "JT19.lemma7-unbounded",
            include_str!("text/lemma7-unbounded.md"),
            OldOnRuns(EnergyFloor::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control(
            "Assumption 2 dropped: a start that never leaves",
            OldOnRuns(EnergyFloor { any_start: true }),
            trap.clone(),
        ),
        Claim::new(
            "JT19.lemma7-step-sum-diverges",
            include_str!("text/lemma7-step-sum-diverges.md"),
            OldOnRuns(StepSum::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control("η_τ/(τ+1)² in the place of η_τ", OldOnRuns(StepSum { vanishing: true }), one_layer.clone()),
        Claim::new(
            "JT19.lemma7-ball-step-sum",
            include_str!("text/lemma7-ball-step-sum.md"),
            OldOnRuns(BallStepSum::default()),
            Sampled::new("smoothness-runs-out-of-balls", out_of_balls),
        )
        .control(
            "Assumption 2 dropped: a start that never leaves",
            OldOnRuns(BallStepSum { any_start: true }),
            trap,
        ),
        Claim::new(
            "JT19.summed-squared-gradients",
            include_str!("text/summed-squared-gradients.md"),
            OldOnRuns(SummedSquares::default()),
            Family::SmoothnessRuns,
        )
        .control("1 in place of 2", OldOnRuns(SummedSquares { factor: (1, 1) }), one_layer),
        Claim::identity(
            "JT19.summed-squared-gradients.traces",
            include_str!("text/summed-squared-gradients.traces.md"),
            OldOnRuns(SummedTraces::default()),
            shapes(2),
        )
        .identity_control(
            "η_τ in place of η_τ²",
            OldOnRuns(SummedTraces { first_power: true }),
            Shape { widths: vec![1, 1, 1], examples: 1, steps: 1 },
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

impl OldAboutRun for SummedSquares {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let factor = self.factor;
        let first_risk = start.risk().clone();
        let whole = first_risk.clone().times(factor);
        let mut rule = StepRuleSoFar::default();
        let mut energy = start.constant(0);
        let (mut squares, mut room) = (energy.clone(), energy.clone());
        Box::new(move |step, finding| {
            assume_descent(step.before.setting(), finding);
            rule.assume(step, finding);
            let term = step.eta.clone() * step.before.gradient_norm_squared();
            energy += &term;
            squares.add_product(&step.eta, &term);
            // Σ η‖∇R‖² − Σ η²‖∇R‖² = Σ (1 − η) η‖∇R‖², with the exact 1 − η.
            room.add_product(&term, &step.before.constant(1 - step.exact_eta.clone()));
            finding.slack("Σ η_τ²‖∇R‖² ≤ Σ η_τ‖∇R‖²", &room, &squares, &energy);
            let fallen = (first_risk.clone() - step.after.risk()).times(factor);
            finding
                .at_most("Σ η_τ‖∇R‖² ≤ 2(R_0 − R(W(t)))", &energy, &fallen)
                .attained_if(energy.sign() == Sign::Zero, "the gradient is zero, and nothing moves");
            let left_over = step.after.risk().clone().times(factor);
            finding.slack("2(R_0 − R(W(t))) ≤ 2R_0", &left_over, &fallen, &whole).informative_if(Truth::False);
        })
    }
}

/// `Σ_k tr P_k(t) = Σ_{τ<t} η_τ²‖∇R(W(τ))‖²`.
#[doc = include_str!("text/summed-squared-gradients.traces.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SummedTraces {
    /// The control: the first power of `η_τ` on the right.
    pub first_power: bool,
}

impl OldAboutRun for SummedTraces {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let first_power = self.first_power;
        let mut sums = balance::SummedGradients::new(start.weights());
        let mut squares = start.constant(0);
        Box::new(move |step, finding| {
            sums.add(step);
            let factor = if first_power { step.eta.clone() } else { step.eta.square() };
            squares.add_product(&factor, step.before.gradient_norm_squared());
            let traces = sums.p().iter().fold(step.before.constant(0), |sum, p| sum + &p.trace());
            finding.equal("Σ_k tr P_k = Σ η_τ²‖∇R(W(τ))‖²", &traces, &squares);
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

impl OldAboutRun for EnergyFloor {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let mut setup = Lemma7::begin(start, self.any_start);
        let mut radius_squared = start.constant(0);
        let (mut steps, mut energy) = (radius_squared.clone(), radius_squared.clone());
        Box::new(move |step, finding| {
            let Some(floor) = setup.assume(step, finding) else { return };
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
        })
    }
}

/// `‖W(t) − W(0)‖² ≤ (Σ η_τ)(Σ η_τ‖∇R‖²) ≤ 2R_0 Σ η_τ`.
#[doc = include_str!("text/lemma7-step-sum-diverges.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct StepSum {
    /// The control: `η_τ/(τ+1)²` in the sum of the steps, which converges.
    pub vanishing: bool,
}

impl OldAboutRun for StepSum {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let vanishing = self.vanishing;
        let mut setup = Lemma7::begin(start, false);
        let origin: Vec<Matrix<T>> = start.weights().to_vec();
        let twice_first_risk = start.risk().clone().times(2);
        let (mut steps, mut energy) = (start.constant(0), start.constant(0));
        Box::new(move |step, finding| {
            if setup.assume(step, finding).is_none() {
                return;
            }
            energy.add_product(&step.eta, step.before.gradient_norm_squared());
            if vanishing {
                let count = rug::Integer::from(step.t + 1);
                steps += &step.eta.clone().times(rug::Rational::from((1, count.square())));
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
                    .attained_if(step.t == 0, "one step: W(1) − W(0) = −η_0∇R(W(0))");
            }
            let bound = twice_first_risk.clone() * &steps;
            finding.at_most("‖W(t) − W(0)‖² ≤ 2R_0 Σ η_τ", &moved_squared, &bound);
            finding.trend("Σ η_τ", &steps);
        })
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
struct Ball<T> {
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

impl OldAboutRun for BallStepSum {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let mut setup = Lemma7::begin(start, self.any_start);
        let zero = start.constant(0);
        let mut balls: Vec<Ball<T>> = radii(start)
            .into_iter()
            .map(|radius| {
                let radius = start.constant(radius);
                Ball {
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
        Box::new(move |step, finding| {
            let Some(floor) = setup.assume(step, finding) else { return };
            if step.t == 0 {
                return;
            }
            all_steps += &step.eta;
            let norms = step.before.norms_squared();
            let largest = norms.iter().fold(norms[0].clone(), |largest, norm| largest.max(norm));
            for ball in &mut balls {
                let inside = largest.at_most(&ball.radius_squared);
                match inside {
                    Truth::True => ball.steps += &step.eta,
                    Truth::False => {}
                    Truth::Open => ball.decided = false,
                }
                if !ball.decided {
                    finding.asserted("whether W(τ) ∈ B(R)", Truth::Open);
                    continue;
                }
                let setting = step.before.setting();
                let bound = ball
                    .bound
                    .get_or_insert_with(|| floor.risk.clone().times(2) / &floor.squared(setting, &ball.radius));
                let informative = if ball.exceeded { Truth::True } else { bound.below(&all_steps) };
                // Outside the sum stays what it is; it is shown once more when the bound begins to say something.
                if inside == Truth::True || (informative == Truth::True && !ball.exceeded) {
                    ball.exceeded = informative == Truth::True;
                    finding
                        .at_most("Σ η_τ ≤ 2R(W(1))/c(R)² over the τ with W(τ) ∈ B(R)", &ball.steps, bound)
                        .informative_if(informative);
                }
            }
        })
    }
}

/// Radii on multiples of 1/16, from the least one whose ball holds the start and has room around it up to 2 more; none if the
/// start is not bounded.
fn radii<T: Real>(start: &Point<T>) -> Vec<rug::Rational> {
    let largest = start.norms_squared().iter().map(Real::upper_f64).fold(0.0, f64::max).sqrt();
    let Some(sixteenths) = rug::Integer::from_f64((16.0 * largest).ceil()) else { return Vec::new() };
    [1, 4, 8, 16, 32].iter().map(|&more| rug::Rational::from((rug::Integer::from(&sixteenths + more), 16))).collect()
}

/// The mean of a smooth, Lipschitz loss of examples in the unit ball.
fn assume_descent<T: Real>(setting: &Setting<T>, finding: &mut Hypotheses) {
    assume_smooth_lipschitz(setting, finding);
    assume_unit_ball(setting, finding);
}

/// What Lemma 7 assumes of a run, and the constant of its proof.
struct Lemma7<T> {
    start: Vec<Hypothesis>,
    rule: StepRuleSoFar,
    gamma: Option<T>,
    floor: Option<GradientFloorConstant<T>>,
}

impl<T: Real> Lemma7<T> {
    fn begin(start: &Point<T>, any_start: bool) -> Self {
        let setting = start.setting();
        let mut hypotheses = Finding::default();
        let margin = assume_separable_descent(setting, &mut hypotheses);
        if !any_start {
            assume_good_start(start, &mut hypotheses);
        }
        Self {
            gamma: margin.map(|margin| gamma(start, margin)),
            start: hypotheses.hypotheses().to_vec(),
            rule: StepRuleSoFar::default(),
            floor: None,
        }
    }

    /// States the hypotheses for the run up to this step; the constant, unless there is none because a hypothesis fails.
    fn assume(&mut self, step: &Step<T>, finding: &mut Finding) -> Option<&GradientFloorConstant<T>> {
        finding.given_again(&self.start);
        self.rule.assume(step, finding);
        if finding.applicable() == Truth::False {
            return None;
        }
        if self.floor.is_none() {
            // The first step that is shown leads to W(1).
            self.floor = self.gamma.clone().map(|gamma| GradientFloorConstant::new(&step.after, gamma));
        }
        self.floor.as_ref()
    }
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
        let depth = u32::try_from(setting.depth()).unwrap_or(u32::MAX);
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
