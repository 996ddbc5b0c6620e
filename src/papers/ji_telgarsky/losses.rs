//! The definitions of the paper's losses, as functions of the margin.

use std::sync::Arc;

use rug::Rational;

use crate::algebra::exact::power_of_two;
use crate::claims::{AboutData, Claim, Domain, Finding, OnData};
use crate::generate::{Instance, Random, Sampled};
use crate::number::{Real, Sign, Truth};
use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
use crate::reference::{Point, Setting, loss};

use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.assumption-1-loss",
            include_str!("text/assumption-1-loss.md"),
            OnData(FallingLoss::default()),
            Sampled::new("falling losses and others", falling_or_not),
        )
        .definition()
        .on_own_runs(OnData(FallingLoss { of_the_margin: true, ..FallingLoss::default() }))
        .control(
            "margins up to 1/2 only: the squared loss",
            OnData(FallingLoss { left_only: true, ..FallingLoss::default() }),
            replay(include_str!("specs/squared-loss.toml")).outside(),
        ),
        Claim::new(
            "JT19.assumption-4-smooth-lipschitz",
            include_str!("text/assumption-4-smooth-lipschitz.md"),
            OnData(SmoothLipschitz::default()),
            Sampled::new("smooth and Lipschitz losses and others", smooth_or_not),
        )
        .definition()
        .on_own_runs(OnData(SmoothLipschitz { of_the_margin: true, ..SmoothLipschitz::default() }))
        .control(
            "0.24 in place of β = 1/4",
            OnData(SmoothLipschitz { share_of_beta: (24, 25), ..SmoothLipschitz::default() }),
            replay(include_str!("specs/along-the-margin.toml")),
        ),
    ]
}

/// The loss of a problem as a function of the margin: the risk of one weight `m` on the single example `z = 1`.
///
/// The logistic loss `c ln(1 + e^{−bm})` is `c` times one function of `bm`, whatever `c` and `b` are. Margins are counted in units of `1/b`
/// and losses in units of `c`, so that what is looked at is the same part of that function for all of them.
struct MarginLoss<T> {
    setting: Arc<Setting<T>>,
    /// `1/b`, and 1 for the other losses.
    unit: Rational,
    /// `c`, and 1 for the other losses.
    scale: Rational,
}

impl<T: Real> MarginLoss<T> {
    /// `None` for the loss that has a target instead of examples.
    fn of(setting: &Setting<T>) -> Option<Self> {
        let problem = one_weight(setting.loss().clone())?;
        let (unit, scale) = match setting.loss() {
            Loss::Logistic { scale, steepness } => (steepness.clone().recip(), scale.clone()),
            Loss::Exponential | Loss::Squared | Loss::SquaredTarget => (Rational::from(1), Rational::from(1)),
        };
        Some(Self { setting: Arc::new(Setting::new(Arc::new(problem), setting.bits())), unit, scale })
    }

    /// `ℓ(m)` and `ℓ′(m)`.
    fn at(&self, margin: &T) -> (T, T) {
        let weights = vec![Matrix::row_vector(vec![margin.clone()])];
        let point = Point::new(Arc::clone(&self.setting), weights);
        (point.risk().clone(), point.gradient()[0][(0, 0)].clone())
    }

    /// The margin of so many units.
    fn margin(&self, units: &Rational) -> T {
        self.setting.constant(Rational::from(units * &self.unit))
    }
}

/// One weight, 0, on the example `z = 1`; `None` for a loss without examples.
fn one_weight(loss: Loss) -> Option<Problem> {
    let one = || Matrix::row_vector(vec![Rational::from(1)]);
    let network = Network::fully_connected(&[1, 1]).ok()?;
    let data = Data::Examples { x: one(), y: one() };
    let weights = vec![Matrix::row_vector(vec![Rational::new()])];
    Problem::new(network, loss, Normalisation::Mean, data, weights, StepRule::Constant(Rational::from(1))).ok()
}

fn is_positive<T: Real>(value: &T) -> Truth {
    match value.sign() {
        Sign::Positive => Truth::True,
        Sign::Zero | Sign::Negative => Truth::False,
        Sign::Open => Truth::Open,
    }
}

/// `0, ±1/8, ±1/4, …, ±2^last`, ascending.
fn grid(last: i32) -> Vec<Rational> {
    let positive: Vec<Rational> = (-3..=last).map(power_of_two).collect();
    let negative = positive.iter().rev().map(|value| Rational::from(-value));
    negative.chain(std::iter::once(Rational::new())).chain(positive.clone()).collect()
}

/// `ℓ′ < 0`, and `ℓ` falls from infinity to zero.
#[doc = include_str!("text/assumption-1-loss.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct FallingLoss {
    /// The control: only margins up to 1/2 are looked at.
    pub left_only: bool,
    /// Asked of losses of the margin alone.
    pub of_the_margin: bool,
}

impl AboutData for FallingLoss {
    fn domain(&self) -> Domain {
        domain_of_losses(self.of_the_margin)
    }

    fn conclude<T: Real>(&self, setting: &Setting<T>, finding: &mut Finding) {
        let Some(function) = MarginLoss::of(setting) else { return };
        let units: Vec<Rational> = grid(10).into_iter().filter(|units| !self.left_only || *units <= 0.5).collect();
        let values: Vec<(T, T)> = units.iter().map(|units| function.at(&function.margin(units))).collect();
        let mut truth = Truth::True;
        for (value, slope) in &values {
            truth = truth.and(is_positive(value)).and(is_positive(&-slope.clone()));
        }
        for pair in values.windows(2) {
            truth = truth.and(pair[1].0.below(&pair[0].0));
        }
        let (at_zero, _) = function.at(&function.margin(&Rational::new()));
        if let (Some((first, _)), Some((last, _))) = (values.first(), values.last()) {
            truth = truth.and(at_zero.clone().times(16).below(first));
            if !self.left_only {
                truth = truth.and(last.below(&at_zero.times(power_of_two(-40))));
            }
        }
        finding.accepts("ℓ′ < 0, ℓ falls from infinity to zero", truth);
        if truth == Truth::True && setting.loss().is_classification() {
            takes_every_value(&function, finding);
        }
    }
}

/// Any loss of examples, or those of the margin `y f(x)` of labels ±1.
fn domain_of_losses(of_the_margin: bool) -> Domain {
    let domain = Domain::ALL_NETWORKS.one_output();
    if of_the_margin { domain.labels() } else { domain.examples() }
}

/// `ℓ⁻¹` is the inverse: `ℓ` passes `v` between `ℓ⁻¹(v) − 2⁻⁴⁰` and `ℓ⁻¹(v) + 2⁻⁴⁰`, in the units of the loss.
fn takes_every_value<T: Real>(function: &MarginLoss<T>, finding: &mut Finding) {
    let distance = function.margin(&power_of_two(-40));
    for exponent in [-60, -20, -1, 0, 1, 6] {
        let value = function.setting.constant(power_of_two(exponent) * &function.scale);
        let margin = loss::inverse(function.setting.loss(), &value);
        let (before, _) = function.at(&(margin.clone() - &distance));
        let (after, _) = function.at(&(margin + &distance));
        finding.below("v < ℓ(ℓ⁻¹(v) − 2⁻⁴⁰)", &value, &before);
        finding.below("ℓ(ℓ⁻¹(v) + 2⁻⁴⁰) < v", &after, &value);
    }
}

/// A logistic loss of any scale and steepness.
fn any_logistic(random: &mut Random) -> Loss {
    let scale = Rational::from(*random.choice(&[(1, 500), (1, 50), (1, 4), (1, 1), (3, 1)])) * random.positive(6);
    let steepness = Rational::from(*random.choice(&[(1, 4), (1, 2), (1, 1), (2, 1), (10, 1)]));
    Loss::Logistic { scale, steepness }
}

fn falling_or_not(random: &mut Random) -> Instance {
    let loss = some_loss(random);
    let inside = loss != Loss::Squared;
    on_one_weight(loss, inside)
}

fn smooth_or_not(random: &mut Random) -> Instance {
    let loss = some_loss(random);
    let inside = matches!(loss, Loss::Logistic { .. });
    on_one_weight(loss, inside)
}

/// A logistic loss as often as another.
fn some_loss(random: &mut Random) -> Loss {
    match random.below(4) {
        0 | 1 => any_logistic(random),
        2 => Loss::Exponential,
        _ => Loss::Squared,
    }
}

fn on_one_weight(loss: Loss, inside: bool) -> Instance {
    let problem = one_weight(loss).expect("a loss with examples fits one weight and one example");
    let instance = Instance::point(problem);
    if inside { instance } else { instance.outside() }
}

/// `|ℓ′| ≤ G` and `|ℓ′(x) − ℓ′(y)| ≤ β|x − y|`.
#[doc = include_str!("text/assumption-4-smooth-lipschitz.md")]
#[derive(Clone, Copy, Debug)]
pub struct SmoothLipschitz {
    /// The control: this multiple of `β`, as numerator and denominator.
    pub share_of_beta: (u32, u32),
    /// Asked of losses of the margin alone.
    pub of_the_margin: bool,
}

impl Default for SmoothLipschitz {
    fn default() -> Self {
        Self { share_of_beta: (1, 1), of_the_margin: false }
    }
}

impl AboutData for SmoothLipschitz {
    fn domain(&self) -> Domain {
        domain_of_losses(self.of_the_margin)
    }

    fn conclude<T: Real>(&self, setting: &Setting<T>, finding: &mut Finding) {
        let label = "|ℓ′| ≤ G, |ℓ′(x) − ℓ′(y)| ≤ β|x − y|";
        let Some(function) = MarginLoss::of(setting) else { return };
        let Some((beta, lipschitz)) = loss::smoothness_constants(setting.loss()) else {
            // No G is large enough if there is always a slope more than twice as steep.
            finding.accepts(label, always_steeper(&function).not());
            return;
        };
        let beta = beta * Rational::from(self.share_of_beta);
        let bound = function.setting.constant(lipschitz);
        let mut inequalities = Vec::new();
        let mut last: Option<(Rational, T)> = None;
        for units in grid(4).into_iter().flat_map(|units| [units.clone(), units + power_of_two(-8)]) {
            let (_, slope) = function.at(&function.margin(&units));
            inequalities.push(("|ℓ′(x)| ≤ G", slope.clone().abs(), bound.clone()));
            if let Some((before, slope_before)) = last {
                let change = (slope.clone() - &slope_before).abs();
                let most = function.margin(&(Rational::from(&units - &before) * &beta));
                inequalities.push(("|ℓ′(x) − ℓ′(y)| ≤ β|x − y|", change, most));
            }
            last = Some((units, slope));
        }
        let truth = inequalities.iter().map(|(_, left, right)| left.at_most(right)).fold(Truth::True, Truth::and);
        let answer = finding.accepts(label, truth);
        // The inequality that keeps the answer from being yes.
        let decisive = inequalities.iter().find(|(_, left, right)| left.at_most(right) == truth);
        if let (Some((_, left, right)), Truth::False | Truth::Open) = (decisive, truth) {
            answer.between(left, right);
        }
        if truth == Truth::True {
            for (label, left, right) in &inequalities {
                finding.at_most(label, left, right);
            }
        }
    }
}

/// Whether, wherever one looks, `|ℓ′|` is more than twice as large at a place further to the left.
fn always_steeper<T: Real>(function: &MarginLoss<T>) -> Truth {
    let steepness = |units: &Rational| function.at(&function.margin(units)).1.abs();
    grid(4)
        .iter()
        .map(|units| {
            let further = Rational::from(-2) * units.clone().abs() - 4u32;
            steepness(units).times(2).below(&steepness(&further))
        })
        .fold(Truth::True, Truth::and)
}
