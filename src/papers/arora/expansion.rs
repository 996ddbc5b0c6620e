//! One step of descent, expanded in the step size: what is of higher order, and how far the end-to-end matrix moves (proof of
//! Lemma 7).

use rug::{Integer, Rational};

use crate::algebra::exact::{end_to_end, inner, multiple, norm_squared, power, power_of_two, product, root_below, sum};
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns, assuming};
use crate::generate::{Instance, Random, Sampled, towards, with_singular_values};
use crate::number::{Real, Sign, Truth};
use crate::problem::Matrix;
use crate::reference::{Point, Step};

use super::convergence::end_to_end_change;
use super::end_to_end::end_to_end_spectrum;
use super::linear_part::linear_part;
use super::nearly_balanced::{NearlyBalanced, widths};
use super::partial_products::largest_norm_squared;
use super::replay;
use super::theorem1::{
    AT_TARGET, depth, exact_target, has_bottleneck, imbalance_squared, is_balanced, least_power, multiple_of_power,
    starts_at_target,
};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let source = || Sampled::new("steps of limited size", some_step);
    vec![
        Claim::new(
            "ACGH19.lemma7-higher-order-terms",
            include_str!("text/lemma7-higher-order-terms.md"),
            OnRuns(HigherOrder::default()),
            source(),
        )
        .control(
            "0.24 in the place of the constant 2",
            OnRuns(HigherOrder { smaller: true }),
            replay(include_str!("specs/equal-scalars.toml")),
        ),
        Claim::new(
            "ACGH19.lemma7-step-size",
            include_str!("text/lemma7-step-size.md"),
            OnRuns(StepSize::default()),
            source(),
        )
        .control(
            "0.9 in the place of the factor 2",
            OnRuns(StepSize { smaller: true }),
            replay(include_str!("specs/one-scalar.toml")),
        ),
    ]
}

/// A step, and the bounds of the proof taken as small as they can be: `M = max_j ‖W_j‖_σ` and `B = ‖G‖_σ`.
struct Bounds<'a, T> {
    depth: u32,
    step: &'a Step<T>,
    /// `M²`.
    m_squared: T,
    /// `B²`.
    b_squared: T,
    /// `‖G‖_F²`.
    slope_squared: T,
    /// `W(t+1) − W(t)`.
    change: Matrix<T>,
}

impl<'a, T: Real> Bounds<'a, T> {
    fn at(step: &'a Step<T>) -> Self {
        let point: &Point<T> = &step.before;
        let slope = point.product_gradient();
        let (depth, b_squared) = (depth(point.weights()), point.spectrum_of(slope).norm_squared());
        let mut m_squared = largest_norm_squared(point);
        if depth == 1 {
            // Here the bound on the step is ηB ≤ ½M, and a larger M serves where the layer is too small; any, if nothing moves.
            m_squared = m_squared.max(&(b_squared.clone() * &step.eta.square()).times((1025, 256)));
            if m_squared.sign() == Sign::Zero {
                m_squared = point.constant(1);
            }
        }
        Self {
            depth,
            step,
            m_squared,
            b_squared,
            slope_squared: slope.frobenius_squared(),
            change: end_to_end_change(step),
        }
    }

    /// States `ηM^{N−2}BN ≤ ½`.
    fn assume(&self, given: &mut Hypotheses) {
        let power = self.m_power(2 * (i64::from(self.depth) - 2));
        let square = (power * &self.b_squared * &self.step.eta.square()).times(multiple_of_power(4, self.depth, 2));
        given.at_most("(2ηM^{N−2}BN)² ≤ 1", &square, &square.constant(1));
    }

    /// `M^k`; without a root if `k` is even.
    fn m_power(&self, exponent: i64) -> T {
        let Ok(size) = u32::try_from(exponent.unsigned_abs()) else { return self.m_squared.undefined() };
        let even = self.m_squared.power(size / 2);
        let power = if size % 2 == 0 { even } else { even * &self.m_squared.clone().sqrt_of_nonnegative() };
        if exponent < 0 { power.constant(1) / &power } else { power }
    }

    /// `(2ηM^{3N−4}N²B)²`.
    fn rest_squared(&self) -> T {
        let n = self.depth;
        (self.m_power(6 * i64::from(n) - 8) * &self.b_squared * &self.step.eta.square())
            .times(multiple_of_power(4, n, 4))
    }

    /// `N²M^{4(N−1)}`.
    fn rate_squared(&self) -> T {
        self.m_power(4 * (i64::from(self.depth) - 1)).times(multiple_of_power(1, self.depth, 2))
    }
}

/// `‖(⋆)‖_F ≤ Σ_{k=2}^N η^k C(N,k)M^{k(N−1)+N−k}‖G‖_F B^{k−1} ≤ 2η²M^{3N−4}N²B‖G‖_F`.
#[doc = include_str!("text/lemma7-higher-order-terms.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct HigherOrder {
    /// The control: 0.24 in the place of the constant 2.
    pub smaller: bool,
}

impl AboutRun for HigherOrder {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let (statement, known) = (*self, Known::of(start));
        Box::new(assuming(
            |step: &Step<T>, given: &mut Hypotheses| Bounds::at(step).assume(given),
            move |step: &Step<T>, finding: &mut Finding| statement.conclude(step, known, finding),
        ))
    }
}

/// What is known of every step of a run from its start, exactly.
#[derive(Clone, Copy)]
struct Known {
    /// Nothing moves.
    at_target: bool,
    /// All layers are multiples of what they were, by one factor, and so are the product and the gradient.
    is_one_direction: bool,
}

impl Known {
    fn of<T: Real>(start: &Point<T>) -> Self {
        Self { at_target: starts_at_target(start), is_one_direction: is_one_direction(start) }
    }
}

/// Whether a start is balanced, all singular values of its product but zeros are alike, and the target is a multiple of it, exactly. Each
/// layer then is a number times a partial isometry, the same number for all but for signs, and a step of descent changes nothing but
/// that number.
fn is_one_direction<T: Real>(start: &Point<T>) -> bool {
    let Some((w, target)) = start.exact_end_to_end().zip(exact_target(start.setting())) else { return false };
    let (size, along) = (norm_squared(w.entries()), inner(w.entries(), target.entries()));
    if size == 0 || is_balanced(start) != Truth::True || multiple(&w, &Rational::from(&along / &size)) != *target {
        return false;
    }
    let cube = product(&product(&w, &w.transposed()), &w);
    multiple(&w, &(inner(cube.entries(), w.entries()) / &size)) == cube
}

impl HigherOrder {
    fn conclude<T: Real>(self, step: &Step<T>, known: Known, finding: &mut Finding) {
        const ATTAINED: &str = "layers of one size in one direction: all terms have the same sign";
        let bounds = Bounds::at(step);
        let (n, eta) = (bounds.depth, &step.eta);
        let linear = linear_part(&step.before);
        let rest = bounds.change.clone().plus(&linear.scaled(eta)).frobenius_squared();
        let factor = if self.smaller { Rational::from((12, 100)) } else { Rational::from(1) };
        let bound = (bounds.rest_squared() * &bounds.slope_squared * &eta.square()).times(factor.square());
        let alone = n == 1;
        finding
            .roots_at_most("‖(⋆)‖_F ≤ 2η²M^{3N−4}N²B‖G‖_F", &rest, &bound)
            .informative_if(Truth::from(!alone))
            .attained_if(known.at_target, AT_TARGET);
        if alone {
            return;
        }
        // With two layers there is one term; with more they have one sign where the layers grow.
        let grows = step.before.product_gradient().inner(step.before.end_to_end()).sign() == Sign::Negative;
        let is_attained = known.is_one_direction && (n == 2 || grows);
        let deep = i64::from(n);
        let b = bounds.b_squared.clone().sqrt_of_nonnegative();
        // Without the common factor ‖G‖_F.
        let mut binomial = eta.constant(0);
        for k in 2..=n {
            let exponent = i64::from(k) * (deep - 1) + deep - i64::from(k);
            let count = Rational::from(Integer::from(n).binomial(k));
            binomial += &(eta.power(k) * &bounds.m_power(exponent) * &b.power(k - 1)).times(count);
        }
        // With two layers the sum is one term, and its square needs no root.
        let square = if n == 2 {
            (bounds.m_squared.clone() * &eta.square()).square() * &bounds.b_squared
        } else {
            binomial.square()
        };
        let sum_squared = square * &bounds.slope_squared;
        finding
            .roots_at_most("‖(⋆)‖_F ≤ Σ_{k=2}^N η^k C(N,k)M^{k(N−1)+N−k}‖G‖_F B^{k−1}", &rest, &sum_squared)
            .attained_if(known.at_target, AT_TARGET)
            .attained_if(is_attained, ATTAINED);
        let x = (bounds.m_power(deep - 2) * &b * eta).times(n);
        let mut geometric = eta.constant(0);
        for k in 1..n {
            geometric += &x.power(k);
        }
        let scale = (bounds.m_power(2 * deep - 2) * eta).times(n);
        let geometric = geometric * &scale;
        finding
            .at_most(
                "Σ_{k=2}^N η^k C(N,k)M^{k(N−1)+N−k}B^{k−1} ≤ ηM^{2N−2}NΣ_{k=2}^N(ηM^{N−2}BN)^{k−1}",
                &binomial,
                &geometric,
            )
            .attained_if(known.at_target, AT_TARGET);
        finding
            .at_most("ηM^{2N−2}NΣ_{k=2}^N(ηM^{N−2}BN)^{k−1} ≤ 2η²M^{3N−4}N²B", &geometric, &(x * &scale).times(2))
            .attained_if(known.at_target, AT_TARGET);
    }
}

/// `‖W(t+1) − W(t)‖_F² ≤ 2η²‖G‖_F²(N²M^{4(N−1)} + 4η²M^{6N−8}N⁴B²)`, and what follows for the loss.
#[doc = include_str!("text/lemma7-step-size.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct StepSize {
    /// The control: 0.9 in the place of the factor 2.
    pub smaller: bool,
}

impl AboutRun for StepSize {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let (statement, at_target) = (*self, starts_at_target(start));
        Box::new(assuming(
            |step: &Step<T>, given: &mut Hypotheses| Bounds::at(step).assume(given),
            move |step: &Step<T>, finding: &mut Finding| statement.conclude(step, at_target, finding),
        ))
    }
}

impl StepSize {
    fn conclude<T: Real>(self, step: &Step<T>, at_target: bool, finding: &mut Finding) {
        let bounds = Bounds::at(step);
        let eta = &step.eta;
        let factor = if self.smaller { Rational::from((9, 10)) } else { Rational::from(2) };
        let (rate, rest) = (bounds.rate_squared(), bounds.rest_squared());
        let moved = bounds.change.frobenius_squared();
        let bound = ((rate.clone() + &rest) * &bounds.slope_squared * &eta.square()).times(factor);
        finding
            .at_most("‖ΔW‖_F² ≤ 2η²‖G‖_F²(N²M^{4(N−1)} + 4η²M^{6N−8}N⁴B²)", &moved, &bound)
            .attained_if(at_target, AT_TARGET);
        if !self.smaller {
            let budget = Budget::of(&bounds);
            finding
                .implied(|given| budget.assume(given), |finding| budget.conclude(&bounds, &moved, at_target, finding));
        }
    }
}

/// Where (27) and (28) hold with these `M` and `B` and `2δ = max_j ‖D_j‖_F`: the fall of the loss is at least `η‖G‖_F²` times what is
/// left of `¾σ^a`, and that is at least `½σ^a`.
struct Budget<T> {
    /// Whether a hidden width excludes `σ_min(W) > 0`.
    has_bottleneck: bool,
    /// `σ^a`.
    sigma: T,
    /// `σ²`.
    least_squared: T,
    /// `2ηM^{3N−4}N²B`.
    rest: T,
    /// `ηN²M^{4(N−1)}` and `4η³M^{6N−8}N⁴B²`.
    squares: [T; 2],
    /// `N³M^{2(N−2)}` times the imbalance.
    unbalanced: T,
    /// `6N²M^{2(N−1)}` times the imbalance.
    excess: T,
}

impl<T: Real> Budget<T> {
    fn of(bounds: &Bounds<'_, T>) -> Self {
        let (n, eta, point) = (bounds.depth, &bounds.step.eta, &*bounds.step.before);
        let deep = i64::from(n);
        let nu = imbalance_squared(point.weights()).sqrt_of_nonnegative();
        Self {
            has_bottleneck: has_bottleneck(point),
            sigma: least_power(point),
            least_squared: end_to_end_spectrum(point).least_squared(),
            rest: bounds.rest_squared().sqrt_of_nonnegative(),
            squares: [bounds.rate_squared() * eta, bounds.rest_squared() * eta],
            unbalanced: bounds.m_power(2 * (deep - 2)).times(multiple_of_power(1, n, 3)) * &nu,
            excess: bounds.m_power(2 * (deep - 1)).times(multiple_of_power(6, n, 2)) * &nu,
        }
    }

    fn assume(&self, given: &mut Hypotheses) {
        let (sigma, zero) = (&self.sigma, self.sigma.constant(0));
        let positive = if self.has_bottleneck { Truth::False } else { zero.below(&self.least_squared) };
        let [square, of_rest] = &self.squares;
        given
            .between("σ = σ_min(W) > 0", positive, &zero, &self.least_squared)
            .at_most("(27): 24·2ηM^{3N−4}N²B ≤ σ^a", &self.rest.clone().times(24), sigma)
            .at_most("(27): 24ηN²M^{4(N−1)} ≤ σ^a", &square.clone().times(24), sigma)
            .at_most("(27): 24·4η³M^{6N−8}N⁴B² ≤ σ^a", &of_rest.clone().times(24), sigma)
            .at_most("(28): 8N³M^{2(N−2)} max_j ‖D_j‖_F ≤ σ^a", &self.unbalanced.clone().times(8), sigma)
            .at_most("(28): 6N²M^{2(N−1)} max_j ‖D_j‖_F ≤ σ²", &self.excess, &self.least_squared);
    }

    fn conclude(&self, bounds: &Bounds<'_, T>, moved: &T, at_target: bool, finding: &mut Finding) {
        let [square, of_rest] = &self.squares;
        let left = self.sigma.clone().times((3, 4)) - &self.rest - &self.unbalanced - square - of_rest;
        let fall = -bounds.step.before.product_gradient().inner(&bounds.change) - &moved.clone().times((1, 2));
        finding
            .at_most(
                "η‖G‖_F²{¾σ^a − 2ηM^{3N−4}N²B − 2δN³M^{2(N−2)} − η(N²M^{4(N−1)} + 4η²M^{6N−8}N⁴B²)} ≤ ℓ(t) − ℓ(t+1)",
                &(left.clone() * &bounds.step.eta * &bounds.slope_squared),
                &fall,
            )
            .attained_if(at_target, AT_TARGET);
        finding.at_most(
            "½σ^a ≤ ¾σ^a − 2ηM^{3N−4}N²B − 2δN³M^{2(N−2)} − η(N²M^{4(N−1)} + 4η²M^{6N−8}N⁴B²)",
            &self.sigma.clone().times((1, 2)),
            &left,
        );
    }
}

/// One step of nearly balanced layers with `ηM^{N−2}BN` just below ½, or with a step just below what (27) allows, towards a target at
/// a distance of known singular values.
fn some_step(random: &mut Random) -> Instance {
    let depth = *random.choice(&[1, 2, 2, 3, 4, 5]);
    let widths = if random.chance(1, 3) { vec![1; depth + 1] } else { widths(random, depth, 3) };
    let nearly = NearlyBalanced::draw(random, &widths);
    // Scalars of one size make the first link an equality.
    let step = if depth == 1 || (widths.iter().all(|&width| width == 1) && random.chance(1, 2)) {
        Rational::new()
    } else {
        power_of_two(-*random.choice(&[6, 16, 24]))
    };
    let layers = nearly.layers(&step);
    let (rows, columns) = (widths[depth], widths[0]);
    let rank = rows.min(columns);
    let b = Rational::from(*random.choice(&[(1, 1), (1, 4), (1, 64)]));
    let mut slopes: Vec<Rational> = (0..rank).map(|_| b.clone() * random.positive(4)).collect();
    slopes[0] = b.clone();
    // Either sign, so that the step shrinks the layers or makes them grow.
    let slope = multiple(&with_singular_values(random, rows, columns, &slopes), &Rational::from(random.sign()));
    let product = end_to_end(&layers, columns);
    let target = sum(&product, &Rational::from(-1), &slope);
    // The norms of all layers are at most the largest singular value, and one attains it.
    let (n, m) = (depth as u32, nearly.norm().clone());
    let to = |exponent: i32| {
        let size = power(&m, exponent.unsigned_abs());
        if exponent < 0 { size.recip() } else { size }
    };
    let deep = depth as i32;
    let largest = (to(deep - 2) * &b * Rational::from(2 * n)).recip();
    let eta = if random.chance(1, 2) {
        largest * Rational::from((1023, 1024))
    } else {
        let sigma = power(&nearly.product_range(&step).1, 2 * (n - 1));
        let sigma = root_below(&sigma, n, 40);
        let first = &sigma / (to(3 * deep - 4) * &b * Rational::from(48 * n * n));
        let second = &sigma / (to(4 * deep - 4) * Rational::from(24 * n * n));
        let cube = &sigma / (to(6 * deep - 8) * Rational::from(&b * &b) * Rational::from(96 * n.pow(4)));
        let third = root_below(&cube, 3, 40);
        largest.min(first).min(second).min(third) * Rational::from((1023, 1024))
    };
    Instance::run(towards(target, layers, eta), 1)
}
