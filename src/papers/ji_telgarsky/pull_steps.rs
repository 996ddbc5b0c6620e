//! The steps of the proof of Lemma 4: what one support vector pulls, and what all examples on the other side pull away at most.

use rug::Rational;

use crate::algebra::exact::inner;
use crate::algebra::max_margin::MaxMargin;
use crate::claims::{AboutPoint, Claim, Domain, Finding, Hypotheses, OnPoints};
use crate::generate::Sampled;
use crate::number::{Real, Sign, Truth, dot};
use crate::reference::Point;

use super::assumptions::assume_mean;
use super::pull::{Pull, Tail, assume_far, far_point_of_either, scale_and_steepness};
use super::replay;
use super::separator::separator;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.lemma4-steps",
            include_str!("text/lemma4-steps.md"),
            OnPoints(PullTermByTerm::default()),
            Sampled::new("points far from the maximum-margin direction, either loss", far_point_of_either),
        )
        .control(
            "⟨w, ū⟩ ≥ 0 dropped, logistic loss",
            OnPoints(PullTermByTerm { any_side: true }),
            replay(include_str!("specs/lemma4-other-side.toml")),
        )
        .control(
            "⟨w, ū⟩ ≥ 0 dropped, exponential loss",
            OnPoints(PullTermByTerm { any_side: true }),
            replay(include_str!("specs/lemma4-exp-other-side.toml")),
        ),
    ]
}

/// (14)–(16), and (18), (19) for the logistic loss.
#[doc = include_str!("text/lemma4-steps.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct PullTermByTerm {
    /// The control: `⟨w, ū⟩ ≥ 0` is not required.
    pub any_side: bool,
}

impl AboutPoint for PullTermByTerm {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        let setting = point.setting();
        assume_mean(setting, given);
        assume_far(point, Tail::of(setting.loss()), self.any_side, (1, 1), given);
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let setting = point.setting();
        let found = separator(setting).and_then(|margin| Some((margin, Pull::of(point, margin)?)));
        let (Some((margin, pull)), Some(z)) = (found, setting.signed_examples()) else {
            finding.asserted("ū and what is orthogonal to it", Truth::Open);
            return;
        };
        let loss = Tail::of(setting.loss());
        let (_, steepness) = scale_and_steepness(setting.loss());
        let zero = point.constant(0);
        let is_level = is_level(point, margin);
        let across: Vec<T> = (0..z.rows()).map(|i| dot(&pull.across, z.row(i))).collect();
        for (i, (across, product)) in across.iter().zip(point.margins()).enumerate() {
            finding
                .at_most("(15) ⟨Π⊥w, z⟩ ≤ ⟨w, z − γū⟩", across, &(product.clone() - &pull.height))
                .attained_if(margin.support().binary_search(&i).is_ok(), "a support vector: ⟨ū, z⟩ = γ")
                .attained_if(is_level, LEVEL);
        }
        // (1/n)ℓ′(⟨w, z⟩)⟨Π⊥w, z⟩: what example i adds to ⟨Π⊥w, g⟩.
        let term = |i: usize| point.slopes()[i].clone() * &across[i] * setting.normaliser();
        // Over the support the term rises with ⟨−Π⊥w, z⟩ where it is positive, and so z′ has the largest.
        let largest = margin.support().iter().map(|&i| term(i)).reduce(|largest, term| largest.max(&term));
        let size = pull.size(setting.loss());
        if let Some(largest) = largest {
            let least = size.clone() * &pull.least_share(loss, point);
            match loss {
                Tail::Exponential => finding
                    .at_most("(14) e^{−γ⟨w, ū⟩}ae^a/n ≤ e^{−⟨w, z′⟩}⟨−Π⊥w, z′⟩/n, a = α‖Π⊥w‖", &least, &largest)
                    .attained_if(
                        is_least_in_the_plane(point, margin, &pull.across),
                        "in the plane, ⟨−Π⊥w, z′⟩ = α‖Π⊥w‖",
                    ),
                Tail::Logistic => {
                    finding.at_most("(19) e^{−γ⟨w, ū⟩}α‖Π⊥w‖/(2n) ≤ −ℓ′(⟨w, z′⟩)⟨−Π⊥w, z′⟩/n", &least, &largest)
                }
            };
        }
        // An example whose side is not known has nearly no term.
        let harm = (0..z.rows()).fold(zero.clone(), |sum, i| {
            sum + point.slopes()[i].clone() * across[i].clone().max(&zero) * setting.normaliser()
        });
        let most = size / &point.constant(1).exp();
        finding.at_most("(16) −e^{−γ⟨w, ū⟩}/e ≤ Σ ℓ′(⟨w, z⟩)⟨Π⊥w, z⟩/n over ⟨Π⊥w, z⟩ ≥ 0", &-most, &harm);
        if loss == Tail::Logistic {
            let falling = |exponent: &T| (-exponent.clone().times(steepness.clone())).exp();
            for &i in margin.support() {
                finding
                    .at_most(
                        "(18) e^{−⟨w, z⟩} ≤ e^{−⟨Π⊥w, z⟩}, z in S",
                        &falling(&point.margins()[i]),
                        &falling(&across[i]),
                    )
                    .attained_if(is_level, LEVEL);
            }
        }
    }
}

/// The road of an equality at `⟨w, ū⟩ = 0`.
const LEVEL: &str = "⟨w, ū⟩ = 0";

/// Whether `⟨w, ū⟩` is exactly zero.
fn is_level<T: Real>(point: &Point<T>, margin: &MaxMargin) -> bool {
    point.exact_end_to_end().is_some_and(|w| inner(w.row(0), margin.point()).is_zero())
}

/// Whether `max_{i∈S} ⟨−Π⊥w, z_i⟩ = α‖Π⊥w‖`, where it is seen by structure: in the plane `α` is the lesser of what two opposite directions reach, and
/// `−Π⊥w` has one of them.
fn is_least_in_the_plane<T: Real>(point: &Point<T>, margin: &MaxMargin, across: &[T]) -> bool {
    let [first, second] = margin.point() else { return false };
    let Some(z) = point.setting().exact_signed_examples() else { return false };
    let side = [Rational::from(-second), first.clone()];
    let products: Vec<Rational> = margin.support().iter().map(|&i| inner(z.row(i), &side)).collect();
    let (Some(least), Some(greatest)) = (products.iter().min(), products.iter().max()) else { return false };
    // ⟨side, z⟩ and ⟨−side, z⟩ reach this far.
    let (along, against) = (greatest.clone(), Rational::from(-least));
    let component = across[0].clone().times(side[0].clone()) + across[1].clone().times(side[1].clone());
    match component.sign() {
        Sign::Negative => along <= against,
        Sign::Positive => against <= along,
        Sign::Zero | Sign::Open => along == against,
    }
}
