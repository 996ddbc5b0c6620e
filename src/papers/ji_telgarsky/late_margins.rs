//! From where on the proof of Theorem 2 argues: a risk so small that no margin is negative.

use rug::Rational;

use crate::algebra::exact::{inner, plus, scaled};
use crate::claims::{AboutPoint, Claim, Domain, Finding, Hypotheses, OnPoints};
use crate::generate::{Cloud, Instance, Random, Sampled, Separable, Structure, classification, with_end_to_end};
use crate::number::{Real, Sign, Truth, dot};
use crate::problem::{Loss, Matrix, StepRule};
use crate::reference::Point;

use super::assumptions::{
    assume_decreasing_loss, assume_separable, loss_at_zero, margins_are_zero, risk_at_most_share_of_zero,
};
use super::replay;
use super::separator::separator;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.late-margins-nonnegative",
            include_str!("text/late-margins-nonnegative.md"),
            OnPoints(LateMargins::default()),
            Sampled::new("points of small risk", point_of_small_risk),
        )
        .control(
            "2ℓ(0)/n in place of ℓ(0)/n, two examples",
            OnPoints(LateMargins { times: 2 }),
            replay(include_str!("specs/late-margins-doubled.toml")),
        ),
    ]
}

/// `R(w) ≤ ℓ(0)/n` makes `⟨w, z_i⟩ ≥ 0` for all `i`, and so `⟨w, ū⟩ ≥ 0` and `⟨w, g⟩ ≤ 0`.
#[doc = include_str!("text/late-margins-nonnegative.md")]
#[derive(Clone, Copy, Debug)]
pub struct LateMargins {
    /// The control: so many times `ℓ(0)/n` is small enough.
    pub times: u32,
}

impl Default for LateMargins {
    fn default() -> Self {
        Self { times: 1 }
    }
}

impl AboutPoint for LateMargins {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS.labels()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        let setting = point.setting();
        assume_decreasing_loss(setting, given);
        assume_separable(setting, given);
        let share = Rational::from((self.times, setting.count().max(1)));
        let most = loss_at_zero(point).times(share.clone());
        given.between("R(w) ≤ ℓ(0)/n", risk_at_most_share_of_zero(point, &share), point.risk(), &most);
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let zero = point.constant(0);
        let is_zero = margins_are_zero(point);
        for margin in point.margins() {
            finding.at_most("0 ≤ ⟨w, z_i⟩", &zero, margin).attained_if(is_zero, ALL_ZERO);
        }
        let Some(separator) = separator(point.setting()) else {
            finding.asserted("0 ≤ ⟨w, ū⟩", Truth::Open);
            return;
        };
        let p: Vec<T> = separator.point().iter().map(|entry| point.constant(entry.clone())).collect();
        let height = dot(point.end_to_end().row(0), &p);
        finding.at_most("0 ≤ γ⟨w, ū⟩", &zero, &height).attained_if(is_zero, ALL_ZERO);
        let along = point.end_to_end().inner(point.product_gradient());
        // −⟨w, g⟩ = −ν Σ ℓ′(m_i) m_i is positive if all margins are: where they are known so badly that their slopes are not.
        let least = point.margins().iter().cloned().reduce(|least, margin| least.min(&margin));
        let slack = match least.filter(|_| along.sign() == Sign::Open) {
            Some(least) => least.max(&-along.clone()),
            None => -along.clone(),
        };
        finding.slack("⟨w, g⟩ ≤ 0", &slack, &along, &zero).attained_if(is_zero, ALL_ZERO);
    }
}

/// The road of equalities where there is one example, and `w` is orthogonal to it.
const ALL_ZERO: &str = "every margin is zero";

/// A point whose risk is at most `ℓ(0)/n`, and would not be seen to be with half of the end-to-end vector.
fn point_of_small_risk(random: &mut Random) -> Instance {
    let (dim, examples) = (random.size(1, 5), random.size(1, 10));
    let margin = Rational::from(*random.choice(&[(1, 16), (1, 4), (1, 2), (3, 4)]));
    let cloud = *random.choice(&Cloud::ALL);
    let data = Separable::new(random, cloud, dim, examples, &margin);
    let loss = if random.chance(1, 2) { Loss::Exponential } else { logistic(random) };
    // Away from the direction of the data by up to as much as leaves their margins positive.
    let mut noise = random.vector(dim, 4);
    let mut target = plus(data.direction(), &Rational::from(1), &noise);
    while data.signed().iter().any(|z| inner(&target, z) <= 0) {
        noise = scaled(&noise, &Rational::from((1, 2)));
        target = plus(data.direction(), &Rational::from(1), &noise);
    }
    while !is_small(&data, &target, &loss) {
        target = scaled(&target, &Rational::from(2));
    }
    let mut widths = vec![dim];
    widths.extend((1..random.size(1, 4)).map(|_| random.size(1, 4)));
    widths.push(1);
    let layers = Structure::Plain.layers(random, &widths, 4);
    let layers = with_end_to_end(layers, &target).unwrap_or_else(|| vec![Matrix::row_vector(target)]);
    Instance::point(classification(&data, loss, layers, StepRule::Constant(Rational::from(1))))
}

fn logistic(random: &mut Random) -> Loss {
    let scale = Rational::from(*random.choice(&[(1, 1), (1, 50), (3, 1)]));
    let steepness = Rational::from(*random.choice(&[(1, 1), (1, 2), (4, 1)]));
    Loss::Logistic { scale, steepness }
}

/// Whether `Σ_i e^{−bm_i}`, no margin negative, is certainly so small that `R(w) ≤ ℓ(0)/n`: at most 1, and for the logistic loss, where
/// `ln(1 + e^{−bm}) ≤ e^{−bm}`, at most 0.693, which is less than `ln 2`.
fn is_small(data: &Separable, w: &[Rational], loss: &Loss) -> bool {
    let (most, steepness) = match loss {
        Loss::Logistic { steepness, .. } => (Rational::from((693, 1000)), steepness.clone()),
        _ => (Rational::from(1), Rational::from(1)),
    };
    // e^{−m} ≤ 1/(1 + m + m²/2).
    let above = |margin: Rational| (Rational::from(&margin * &margin) / 2u32 + margin + 1u32).recip();
    data.signed().iter().map(|z| above(inner(w, z) * &steepness)).sum::<Rational>() <= most
}
