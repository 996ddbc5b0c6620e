//! The maximum margin: its duals, the size of the support in the directions orthogonal to it, and what pulls towards it.

use rug::{Integer, Rational};

use crate::algebra::exact::{inner, norm_squared, plus, root_below, scaled};
use crate::algebra::max_margin::{AlphaSquared, MaxMargin};
use crate::claims::{
    AboutData, AboutPoint, AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnData, OnPoints, OnRuns,
};
use crate::generate::{
    Cloud, Family, Instance, Random, Sampled, Separable, Structure, classification, fully_connected, unit_vector,
    with_end_to_end,
};
use crate::number::{self, Real, Sign, Truth, dot};
use crate::problem::{Data, Loss, Matrix, StepRule};
use crate::reference::{Point, Setting, Step, network};

use super::assumptions::{assume_mean, assume_separable, assume_unit_ball, nonzero, support_spans};
use super::energy::margin_or_undefined;
use super::floors::gamma;
use super::replay;
use super::symmetry::Symmetry;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.lemma3-alpha-positive",
            include_str!("text/lemma3-alpha-positive.md"),
            OnData(AlphaPositive::default()),
            Sampled::new("data in general position", general_data),
        )
        .control(
            "general position dropped: a support vector with multiplier zero",
            OnData(AlphaPositive { any_multipliers: true, ..AlphaPositive::default() }),
            replay(include_str!("specs/zero-multiplier.toml")),
        )
        .control(
            "Assumption 3 dropped: support vectors that do not span",
            OnData(AlphaPositive { any_span: true, ..AlphaPositive::default() }),
            replay(include_str!("specs/support-does-not-span.toml")),
        ),
        Claim::new(
            "JT19.lemma4-log",
            include_str!("text/lemma4-log.md"),
            OnPoints(PullTowardsMargin::default()),
            Sampled::new("points far from the maximum-margin direction", far_point),
        )
        .control(
            "⟨w, ū⟩ ≥ 0 dropped",
            OnPoints(PullTowardsMargin { any_side: true, ..PullTowardsMargin::default() }),
            replay(include_str!("specs/lemma4-other-side.toml")),
        )
        .control(
            "0.32 K in place of K",
            OnPoints(PullTowardsMargin { share_of_k: (8, 25), ..PullTowardsMargin::default() }),
            replay(include_str!("specs/lemma4-nearer.toml")),
        ),
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

/// `α > 0`, and `α² ≤ 1 − γ²`.
#[doc = include_str!("text/lemma3-alpha-positive.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct AlphaPositive {
    /// A control: support vectors may have multiplier zero.
    pub any_multipliers: bool,
    /// A control: the support vectors need not span the space.
    pub any_span: bool,
}

impl AboutData for AlphaPositive {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS.labels()
    }

    fn assume<T: Real>(&self, setting: &Setting<T>, given: &mut Hypotheses) {
        assume_unit_ball(setting, given);
        assume_separable(setting, given);
        let Some(margin) = setting.max_margin() else { return };
        let dimension = margin.point().len();
        given.that(ORTHOGONAL, dimension > 1);
        if !self.any_span {
            given.that("Assumption 3: the support vectors span the space", support_spans(margin));
        }
        if !self.any_multipliers {
            let all_positive = margin.support().iter().all(|&i| margin.weights()[i] > 0);
            let general = margin.support().len() <= dimension && all_positive;
            given.that("general position: |S| ≤ d, all multipliers positive", general);
        }
    }

    fn conclude<T: Real>(&self, setting: &Setting<T>, finding: &mut Finding) {
        let Some(margin) = setting.max_margin() else {
            finding.asserted("α > 0, by duality", Truth::Open);
            return;
        };
        // By duality, and by the vertices of a polytope.
        finding.asserted("α > 0, by duality", margin.is_alpha_positive());
        let at_most = match setting.alpha_squared() {
            Some(AlphaSquared::Finite(square)) => {
                finding.below("0 < α²", &setting.constant(0), &setting.constant(square.clone()));
                Some(square.clone())
            }
            // More vertices than can be looked at: one direction bounds α from above as well.
            Some(AlphaSquared::TooManyCandidates) => alpha_squared_at_most(margin, setting),
            Some(AlphaSquared::Infinite) | None => None,
        };
        if let Some(at_most) = at_most {
            let room = Rational::from(1) - margin.margin_squared();
            finding.at_most("α² ≤ 1 − γ²", &setting.constant(at_most), &setting.constant(room));
        }
    }
}

/// The hypothesis that keeps one dimension out, where `α` is the least number of an empty set.
const ORTHOGONAL: &str = "d ≥ 2: some unit vector is orthogonal to ū";

/// A number that `α²` is at most: the square of the largest `⟨ξ, z_i⟩/‖ξ‖`, `i ∈ S`, for the best of the directions `ξ = ±Π⊥z_j`,
/// `j ∈ S`; `None` if there is no support vector beside the multiples of `ū`.
fn alpha_squared_at_most<T: Real>(margin: &MaxMargin, setting: &Setting<T>) -> Option<Rational> {
    let z = setting.exact_signed_examples()?;
    let p = margin.point();
    let largest = |xi: &[Rational], sign: i32| {
        let products = margin.support().iter().map(|&i| inner(xi, z.row(i)) * sign);
        // Not negative, since a convex combination of them is zero.
        products.max().map(|largest| Rational::from(&largest * &largest) / norm_squared(xi))
    };
    margin
        .support()
        .iter()
        .map(|&j| plus(z.row(j), &Rational::from(-1), p))
        .filter(|xi| xi.iter().any(|entry| !entry.is_zero()))
        .flat_map(|xi| [1, -1].map(|sign| largest(&xi, sign)))
        .flatten()
        .min()
}

/// Data in general position most of the time: labels of a teacher, or support vectors that span positively.
fn general_data(random: &mut Random) -> Instance {
    let dim = random.size(2, 5);
    let cloud = *random.choice(&[Cloud::Taught, Cloud::Taught, Cloud::Spanning, Cloud::Cross]);
    let examples = random.size(dim, 12);
    let margin = Rational::from(*random.choice(&[(1, 1000), (1, 16), (1, 4), (1, 2)]));
    let data = Separable::new(random, cloud, dim, examples, &margin);
    let layers = Structure::Plain.layers(random, &[dim, 1], 4);
    Instance::point(classification(&data, Loss::logistic(), layers, StepRule::Smoothness))
}

/// `⟨Π⊥w, g⟩ ≥ e^{−γ⟨w, ū⟩}(α‖Π⊥w‖/(2n) − 1/e) ≥ 0` where `⟨w, ū⟩ ≥ 0` and `‖Π⊥w‖ ≥ K = 2n/(eα)`.
#[doc = include_str!("text/lemma4-log.md")]
#[derive(Clone, Copy, Debug)]
pub struct PullTowardsMargin {
    /// A control: `⟨w, ū⟩ ≥ 0` is not required.
    pub any_side: bool,
    /// A control: this multiple of `K` is enough, as numerator and denominator.
    pub share_of_k: (u32, u32),
}

impl Default for PullTowardsMargin {
    fn default() -> Self {
        Self { any_side: false, share_of_k: (1, 1) }
    }
}

impl AboutPoint for PullTowardsMargin {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        let setting = point.setting();
        assume_mean(setting, given);
        given.that("the logistic loss", matches!(setting.loss(), Loss::Logistic { .. }));
        assume_separable(setting, given);
        let Some(margin) = setting.max_margin() else { return };
        given.that(ORTHOGONAL, margin.point().len() > 1);
        given.that("α > 0", margin.is_alpha_positive());
        let Some(pull) = Pull::of(point, margin) else { return };
        if !self.any_side {
            given.that("⟨w, ū⟩ ≥ 0", height_is_nonnegative(point, margin, &pull.height));
        }
        let k = point.constant((Integer::from(setting.count()) * 2u32, 1)) / &point.constant(1).exp();
        given.at_most("αK ≤ α‖Π⊥w‖", &k.times(self.share_of_k), &pull.alpha_length);
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let (bounded, sign) = ("e^{−γ⟨w, ū⟩}(α‖Π⊥w‖/(2n) − 1/e) ≤ ⟨Π⊥w, g⟩", "0 ≤ ⟨Π⊥w, g⟩");
        let setting = point.setting();
        let Some(pull) = setting.max_margin().and_then(|margin| Pull::of(point, margin)) else {
            finding.asserted(bounded, Truth::Open);
            return;
        };
        let (zero, one) = (point.constant(0), point.constant(1));
        let (scale, steepness) = scale_and_steepness(setting.loss());
        // c ln(1 + e^{−bm}) at w is c times the plain loss at bw.
        let size = (-pull.height.times(steepness)).exp().times(scale);
        let share = Rational::from((1, Integer::from(setting.count()) * 2u32));
        let bound = size * &(pull.alpha_length.times(share) - one.clone() / &one.exp());
        let along = dot(&pull.across, point.product_gradient().row(0));
        finding.at_most(bounded, &bound, &along).informative_if(zero.below(&bound));
        finding.at_most(sign, &zero, &along);
    }
}

/// Where `w` lies with respect to the maximum-margin direction.
struct Pull<T> {
    /// `γ⟨w, ū⟩`.
    height: T,
    /// `Π⊥w`.
    across: Vec<T>,
    /// `α‖Π⊥w‖` times the steepness of the loss.
    alpha_length: T,
}

impl<T: Real> Pull<T> {
    /// `None` in one dimension.
    fn of(point: &Point<T>, margin: &MaxMargin) -> Option<Self> {
        let setting = point.setting();
        let alpha = match setting.alpha_squared()? {
            AlphaSquared::Finite(square) => point.constant(square.clone()).sqrt_of_nonnegative(),
            // Its value is not known, but where it lies.
            AlphaSquared::TooManyCandidates => {
                let at_most = alpha_squared_at_most(margin, setting)?;
                T::between(&point.constant(0), &point.constant(at_most).sqrt_of_nonnegative())
            }
            AlphaSquared::Infinite => return None,
        };
        let p: Vec<T> = margin.point().iter().map(|entry| point.constant(entry.clone())).collect();
        let w = point.end_to_end().row(0);
        // γ⟨w, ū⟩ = ⟨w, p⟩, and Π⊥w = w − p⟨w, p⟩/γ².
        let height = dot(w, &p);
        let share = height.clone() / point.constant(margin.margin_squared().clone());
        let across: Vec<T> = w.iter().zip(&p).map(|(entry, p)| entry.clone() - share.clone() * p).collect();
        let length = dot(&across, &across).sqrt_of_nonnegative();
        let alpha_length = alpha * &length.times(scale_and_steepness(setting.loss()).1);
        Some(Self { height, across, alpha_length })
    }
}

/// `c` and `b` of `c ln(1 + e^{−bm})`; 1 and 1 of another loss.
fn scale_and_steepness(loss: &Loss) -> (Rational, Rational) {
    match loss {
        Loss::Logistic { scale, steepness } => (scale.clone(), steepness.clone()),
        Loss::Exponential | Loss::Squared | Loss::SquaredTarget => (Rational::from(1), Rational::from(1)),
    }
}

/// `⟨w, p⟩ ≥ 0`, decided exactly where the weights are exact: zero is allowed.
fn height_is_nonnegative<T: Real>(point: &Point<T>, margin: &MaxMargin, height: &T) -> Truth {
    match point.exact_end_to_end() {
        Some(w) => Truth::from(inner(w.row(0), margin.point()) >= 0),
        None => point.constant(0).at_most(height),
    }
}

/// A point with `⟨w, ū⟩ ≥ 0` and `‖Π⊥w‖` from just above `K` to many times as much.
fn far_point(random: &mut Random) -> Instance {
    let steepness = Rational::from(*random.choice(&[(1, 1), (1, 1), (1, 2), (4, 1)]));
    let scale = Rational::from(*random.choice(&[(1, 1), (1, 1), (1, 50)]));
    let reach = Rational::from(*random.choice(&[(1_000_001, 1_000_000), (11, 10), (2, 1), (20, 1)]));
    let z = if random.chance(2, 3) { spread_examples(random) } else { harmful_examples(random, &reach) };
    let dim = z.columns();
    let target = far_vector(random, &z, &(reach / &steepness)).unwrap_or_else(|| vec![Rational::new(); dim]);
    let mut widths = vec![dim];
    widths.extend((1..random.size(1, 4)).map(|_| random.size(1, 4)));
    widths.push(1);
    let layers = Structure::Plain.layers(random, &widths, 4);
    let layers = with_end_to_end(layers, &target).unwrap_or_else(|| vec![Matrix::row_vector(target)]);
    let labels = Matrix::from_fn(z.rows(), 1, |_, _| Rational::from(1));
    let data = Data::Examples { x: z, y: labels };
    Instance::point(fully_connected(Loss::Logistic { scale, steepness }, data, layers, StepRule::Smoothness))
}

/// A vector `w` with `⟨w, ū⟩ ≥ 0` and `‖Π⊥w‖` just above `reach · 2n/(eα)`; `None` where there is none.
fn far_vector(random: &mut Random, z: &Matrix<Rational>, reach: &Rational) -> Option<Vec<Rational>> {
    let margin = MaxMargin::of(z).ok()?;
    let AlphaSquared::Finite(alpha_squared) = margin.alpha_squared() else { return None };
    let p = margin.point();
    let along = unit_vector(random, p.len());
    let across = plus(&along, &(-inner(&along, p) / margin.margin_squared()), p);
    // Both roots are rounded downward, and 2.718 is less than e: at least K.
    let (alpha, length) = (root_below(&alpha_squared, 2, 60), root_below(&norm_squared(&across), 2, 60));
    if alpha == 0 || length == 0 {
        return None;
    }
    let k = Rational::from((2000 * z.rows(), 2718)) / &alpha;
    let height = Rational::from(*random.choice(&[(0, 1), (0, 1), (1, 4), (3, 1), (40, 1)]));
    Some(plus(&scaled(p, &height), &(k * reach / &length), &across))
}

/// Separable examples whose support spans positively, most of the time.
fn spread_examples(random: &mut Random) -> Matrix<Rational> {
    let dim = random.size(2, 5);
    let cloud = *random.choice(&[Cloud::Spanning, Cloud::Cross, Cloud::Taught]);
    let examples = random.size(dim, 10);
    let margin = Rational::from(*random.choice(&[(1, 1000), (1, 16), (1, 4), (1, 2)]));
    let data = Separable::new(random, cloud, dim, examples, &margin);
    Matrix::from_fn(examples, dim, |i, j| data.signed()[i][j].clone())
}

/// Two support vectors `(γ, ±s)` and copies of one more example, which pulls away from `ū` as much as any can at the distance
/// `reach · K`: its margin across `ū` is 1.278, where `x/(1 + e^x)` is greatest.
fn harmful_examples(random: &mut Random, reach: &Rational) -> Matrix<Rational> {
    let n = random.size(3, 10);
    let s = Rational::from(*random.choice(&[(1, 20), (1, 4), (3, 4)]));
    let gamma = Rational::from((1, 10));
    let product = Rational::from((1278, 1000)) * Rational::from((2718, 2000 * n)) / reach;
    Matrix::from_fn(n, 2, |i, j| match (i, j) {
        (0 | 1, 0) => gamma.clone(),
        (0, _) => s.clone(),
        (1, _) => Rational::from(-&s),
        (_, 0) => Rational::from((10_000_001, 100_000_000)),
        _ => Rational::from(&product * &s),
    })
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
fn direction<T: Real>(point: &Point<T>) -> Vec<T> {
    let Some(margin) = point.setting().max_margin() else {
        return vec![point.constant(0).undefined(); point.end_to_end().columns()];
    };
    let gamma = gamma(point, margin);
    margin.point().iter().map(|entry| point.constant(entry.clone()) / &gamma).collect()
}

/// `‖w/∏‖W_k‖_F − ū‖`, from the product of the norms and `ū`.
fn distance<T: Real>(point: &Point<T>, size: &T, direction: &[T]) -> T {
    let entries = point.end_to_end().entries().iter().zip(direction);
    let deviation: Vec<T> = entries.map(|(entry, direction)| entry.clone() / size - direction).collect();
    dot(&deviation, &deviation).sqrt_of_nonnegative()
}

/// `∏‖W_k‖_F²`.
fn size_squared<T: Real>(point: &Point<T>) -> T {
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
    gamma_squared: Option<Rational>,
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
            gamma_squared: start.setting().max_margin().map(|margin| margin.margin_squared().clone()),
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

impl<T: Real> Normalised<T> {
    /// Whether `min_i ⟨w, z_i⟩ > 0` and its square is `γ² ∏‖W_k‖_F²`, decided where the weights are rational.
    fn is_margin_exactly(&self, point: &Point<T>) -> bool {
        let (Some(weights), Some(z), Some(gamma_squared)) =
            (point.exact_weights(), point.setting().exact_signed_examples(), &self.gamma_squared)
        else {
            return false;
        };
        let lifted: Vec<Matrix<number::Exact>> =
            weights.iter().map(|layer| Matrix::from_rationals(layer, 64)).collect();
        let end_to_end = network::end_to_end(point.setting().network(), &lifted);
        let margins = Matrix::<number::Exact>::from_rationals(&z, 64).times_transpose(&end_to_end);
        let Some(least) = margins.entries().iter().filter_map(number::Exact::value).min() else { return false };
        let bound = lifted
            .iter()
            .filter_map(|layer| layer.frobenius_squared().into_value())
            .fold(gamma_squared.clone(), |product, norm| product * norm);
        *least > 0 && Rational::from(least * least) == bound
    }

    fn judge(&self, point: &Point<T>, finding: &mut Finding) {
        let Some((first, rest)) = point.margins().split_first() else { return };
        let size = size_squared(point).sqrt_of_nonnegative();
        let least = rest.iter().fold(first.clone(), |least, margin| least.min(margin)) / &size;
        let Symmetry { one_unit_example, on_ray, is_chain, .. } = self.symmetry;
        let is_margin = is_chain && least.sign() == Sign::Positive;
        let is_margin_exactly = self.is_margin_exactly(point);
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
