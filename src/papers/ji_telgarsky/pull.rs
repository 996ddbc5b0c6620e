//! What pulls the end-to-end vector towards the maximum-margin direction where it is far from it.

use rug::{Integer, Rational};

use crate::algebra::exact::{inner, norm_squared, plus, root_below, scaled};
use crate::algebra::max_margin::{AlphaSquared, MaxMargin};
use crate::claims::{AboutPoint, Claim, Domain, Finding, Hypotheses, OnPoints};
use crate::generate::{
    Cloud, Instance, Random, Sampled, Separable, Structure, fully_connected, unit_vector, with_end_to_end,
};
use crate::number::{Real, Truth, dot};
use crate::problem::{Data, Loss, Matrix, StepRule};
use crate::reference::Point;

use super::assumptions::{assume_mean, assume_separable};
use super::replay;
use super::separator::{ORTHOGONAL, alpha_squared, alpha_squared_at_most, separator};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.lemma4-exp",
            include_str!("text/lemma4-exp.md"),
            OnPoints(PullTowardsMargin { loss: Tail::Exponential, ..PullTowardsMargin::default() }),
            Sampled::new("points far from the maximum-margin direction, exponential loss", far_exponential_point),
        )
        .control(
            "⟨w, ū⟩ ≥ 0 dropped",
            OnPoints(PullTowardsMargin { loss: Tail::Exponential, any_side: true, ..PullTowardsMargin::default() }),
            replay(include_str!("specs/lemma4-exp-other-side.toml")),
        )
        .control(
            "0.3 K in place of K",
            OnPoints(PullTowardsMargin {
                loss: Tail::Exponential,
                share_of_k: (3, 10),
                ..PullTowardsMargin::default()
            }),
            replay(include_str!("specs/lemma4-exp-nearer.toml")),
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
    ]
}

/// The loss that a form of the lemma speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// `c ln(1 + e^{−bm})`.
    Logistic,
    /// `e^{−m}`.
    Exponential,
}

impl Tail {
    /// That of a loss of the margin.
    pub(super) fn of(loss: &Loss) -> Self {
        if matches!(loss, Loss::Exponential) { Self::Exponential } else { Self::Logistic }
    }

    /// `αK`: `2n/e`, and `1 + ln n` for the exponential loss.
    fn threshold<T: Real>(self, point: &Point<T>) -> T {
        let one = point.constant(1);
        let count = point.constant(Integer::from(point.setting().count()));
        match self {
            Self::Logistic => count.times(2) / &one.exp(),
            Self::Exponential => count.ln() + one,
        }
    }
}

/// `⟨Π⊥w, g⟩ ≥ e^{−γ⟨w, ū⟩}(α‖Π⊥w‖/(2n) − 1/e) ≥ 0` where `⟨w, ū⟩ ≥ 0` and `‖Π⊥w‖ ≥ K = 2n/(eα)`; for the exponential loss
/// `⟨Π⊥w, g⟩ ≥ e^{−γ⟨w, ū⟩}(ae^a/n − 1/e) ≥ 0`, `a = α‖Π⊥w‖`, where `‖Π⊥w‖ ≥ K = (1 + ln n)/α`.
#[doc = include_str!("text/lemma4-log.md")]
#[derive(Clone, Copy, Debug)]
pub struct PullTowardsMargin {
    /// The loss.
    pub loss: Tail,
    /// A control: `⟨w, ū⟩ ≥ 0` is not required.
    pub any_side: bool,
    /// A control: this multiple of `K` is enough, as numerator and denominator.
    pub share_of_k: (u32, u32),
}

impl Default for PullTowardsMargin {
    fn default() -> Self {
        Self { loss: Tail::Logistic, any_side: false, share_of_k: (1, 1) }
    }
}

impl AboutPoint for PullTowardsMargin {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        let setting = point.setting();
        assume_mean(setting, given);
        let is_meant = Tail::of(setting.loss()) == self.loss;
        match self.loss {
            Tail::Logistic => given.that("the logistic loss", is_meant),
            Tail::Exponential => given.that("the exponential loss", is_meant),
        };
        assume_far(point, self.loss, self.any_side, self.share_of_k, given);
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let (bounded, sign) = match self.loss {
            Tail::Logistic => ("e^{−γ⟨w, ū⟩}(α‖Π⊥w‖/(2n) − 1/e) ≤ ⟨Π⊥w, g⟩", "0 ≤ ⟨Π⊥w, g⟩"),
            Tail::Exponential => ("e^{−γ⟨w, ū⟩}(ae^a/n − 1/e) ≤ ⟨Π⊥w, g⟩, a = α‖Π⊥w‖", "0 ≤ ⟨Π⊥w, g⟩"),
        };
        let setting = point.setting();
        let Some(pull) = separator(setting).and_then(|margin| Pull::of(point, margin)) else {
            finding.asserted(bounded, Truth::Open);
            return;
        };
        let (zero, one) = (point.constant(0), point.constant(1));
        let bound = pull.size(setting.loss()) * &(pull.least_share(self.loss, point) - one.clone() / &one.exp());
        let along = dot(&pull.across, point.product_gradient().row(0));
        finding.at_most(bounded, &bound, &along).informative_if(zero.below(&bound));
        finding.at_most(sign, &zero, &along);
    }
}

/// What Lemma 4 assumes of data and place: separable, `α > 0`, `⟨w, ū⟩ ≥ 0` unless a control drops it, and `‖Π⊥w‖` at least that multiple of `K`.
pub(super) fn assume_far<T: Real>(
    point: &Point<T>,
    loss: Tail,
    any_side: bool,
    share_of_k: (u32, u32),
    given: &mut Hypotheses,
) {
    let setting = point.setting();
    assume_separable(setting, given);
    let Some(margin) = separator(setting) else { return };
    given.that(ORTHOGONAL, margin.point().len() > 1);
    given.that("α > 0", margin.is_alpha_positive());
    let Some(pull) = Pull::of(point, margin) else { return };
    if !any_side {
        given.that("⟨w, ū⟩ ≥ 0", height_is_nonnegative(point, margin, &pull.height));
    }
    given.at_most("αK ≤ α‖Π⊥w‖", &loss.threshold(point).times(share_of_k), &pull.alpha_length);
}

/// Where `w` lies with respect to the maximum-margin direction.
pub(super) struct Pull<T> {
    /// `γ⟨w, ū⟩`.
    pub(super) height: T,
    /// `Π⊥w`.
    pub(super) across: Vec<T>,
    /// `α‖Π⊥w‖` times the steepness of the loss.
    alpha_length: T,
}

impl<T: Real> Pull<T> {
    /// `None` in one dimension.
    pub(super) fn of(point: &Point<T>, margin: &MaxMargin) -> Option<Self> {
        let setting = point.setting();
        let alpha = match alpha_squared(setting)? {
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

    /// `e^{−γ⟨w, ū⟩}`; for `c ln(1 + e^{−bm})`, which at `w` is `c` times the plain loss at `bw`, `ce^{−bγ⟨w, ū⟩}`.
    pub(super) fn size(&self, loss: &Loss) -> T {
        let (scale, steepness) = scale_and_steepness(loss);
        (-self.height.clone().times(steepness)).exp().times(scale)
    }

    /// What one support vector gives at least, over [`size`](Self::size): `α‖Π⊥w‖/(2n)`, and `ae^a/n` with `a = α‖Π⊥w‖`.
    pub(super) fn least_share(&self, loss: Tail, point: &Point<T>) -> T {
        let a = self.alpha_length.clone();
        let count = Integer::from(point.setting().count());
        match loss {
            Tail::Logistic => a.times(Rational::from((1, count * 2u32))),
            Tail::Exponential => (a.clone().exp() * a).times(Rational::from((1, count))),
        }
    }
}

/// `c` and `b` of `c ln(1 + e^{−bm})`; 1 and 1 of another loss.
pub(super) fn scale_and_steepness(loss: &Loss) -> (Rational, Rational) {
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
    far_point_of(random, Loss::Logistic { scale, steepness })
}

/// The same with the exponential loss.
fn far_exponential_point(random: &mut Random) -> Instance {
    far_point_of(random, Loss::Exponential)
}

/// The same with one loss or the other.
pub(super) fn far_point_of_either(random: &mut Random) -> Instance {
    if random.chance(1, 2) { far_exponential_point(random) } else { far_point(random) }
}

/// `1 + ln n` from above, in thousandths, for `n = 1, …, 10`.
const ONE_AND_LOGARITHM: [u32; 10] = [1000, 1694, 2099, 2387, 2610, 2792, 2946, 3080, 3198, 3303];

/// `αK` from above for `n` examples; 2.718 is less than `e`.
fn threshold_above(loss: &Loss, n: usize) -> Rational {
    match Tail::of(loss) {
        Tail::Logistic => Rational::from((2000 * n, 2718)),
        Tail::Exponential => Rational::from((ONE_AND_LOGARITHM[n - 1], 1000)),
    }
}

fn far_point_of(random: &mut Random, loss: Loss) -> Instance {
    let (_, steepness) = scale_and_steepness(&loss);
    let reach = Rational::from(*random.choice(&[(1_000_001, 1_000_000), (11, 10), (2, 1), (20, 1)]));
    let z = if random.chance(2, 3) { spread_examples(random) } else { harmful_examples(random, &loss, &reach) };
    let dim = z.columns();
    let distance = threshold_above(&loss, z.rows()) * reach / &steepness;
    let target = far_vector(random, &z, &distance).unwrap_or_else(|| vec![Rational::new(); dim]);
    let mut widths = vec![dim];
    widths.extend((1..random.size(1, 4)).map(|_| random.size(1, 4)));
    widths.push(1);
    let layers = Structure::Plain.layers(random, &widths, 4);
    let layers = with_end_to_end(layers, &target).unwrap_or_else(|| vec![Matrix::row_vector(target)]);
    let labels = Matrix::from_fn(z.rows(), 1, |_, _| Rational::from(1));
    let data = Data::Examples { x: z, y: labels };
    // No step is taken, and the exponential loss has no rule for one.
    let step = match Tail::of(&loss) {
        Tail::Logistic => StepRule::Smoothness,
        Tail::Exponential => StepRule::Constant(Rational::from(1)),
    };
    Instance::point(fully_connected(loss, data, layers, step))
}

/// A vector `w` with `⟨w, ū⟩ ≥ 0` and `α‖Π⊥w‖` just above `distance`; `None` where there is none.
fn far_vector(random: &mut Random, z: &Matrix<Rational>, distance: &Rational) -> Option<Vec<Rational>> {
    let margin = MaxMargin::of(z).ok()?;
    let AlphaSquared::Finite(alpha_squared) = margin.alpha_squared() else { return None };
    let p = margin.point();
    let along = unit_vector(random, p.len());
    let across = plus(&along, &(-inner(&along, p) / margin.margin_squared()), p);
    // Both roots are rounded downward: at least as far.
    let (alpha, length) = (root_below(&alpha_squared, 2, 60), root_below(&norm_squared(&across), 2, 60));
    if alpha == 0 || length == 0 {
        return None;
    }
    let height = Rational::from(*random.choice(&[(0, 1), (0, 1), (1, 4), (3, 1), (40, 1)]));
    Some(plus(&scaled(p, &height), &(distance.clone() / &alpha / &length), &across))
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
/// `reach · K`: its margin across `ū` is 1.278, where `x/(1 + e^x)` is greatest, or 1, where `xe^{−x}` is.
fn harmful_examples(random: &mut Random, loss: &Loss, reach: &Rational) -> Matrix<Rational> {
    let n = random.size(3, 10);
    let s = Rational::from(*random.choice(&[(1, 20), (1, 4), (3, 4)]));
    let gamma = Rational::from((1, 10));
    let worst = Rational::from(match Tail::of(loss) {
        Tail::Logistic => (1278, 1000),
        Tail::Exponential => (1, 1),
    });
    let product = worst / threshold_above(loss, n) / reach;
    Matrix::from_fn(n, 2, |i, j| match (i, j) {
        (0 | 1, 0) => gamma.clone(),
        (0, _) => s.clone(),
        (1, _) => Rational::from(-&s),
        (_, 0) => Rational::from((10_000_001, 100_000_000)),
        _ => Rational::from(&product * &s),
    })
}
