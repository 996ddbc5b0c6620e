//! Caps of a sphere: how large they are, and whether a uniform point lies in one (Lemma 14).

use std::fmt;

use rug::Rational;

use crate::claims::{AboutChance, Chance, Claim, OnChance};
use crate::generate::{Draws, Random};
use crate::number::{Special, Tracked, Truth, special};

use super::normal_point;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::chance(
            "ACGH19.lemma14-cap-area",
            include_str!("../text/lemma14-cap-area.md"),
            OnChance::drawn(CapArea::default(), CapCase::draw)
                .starting_with(vec![CapCase { dimension: 20, height: Rational::from((1, 20)) }]),
        )
        .chance_control(
            "the natural sharper bound 1 − F((1 − h)√(d − 3))",
            OnChance::new(
                CapArea { sharper: true },
                vec![CapCase { dimension: 20, height: Rational::from((311, 1000)) }],
            ),
        ),
    ]
}

/// Draws a uniform direction and says whether its first coordinate is at least `height`, which is not negative.
pub(super) fn in_cap(draws: &mut Draws, dimension: u32, height: Tracked) -> Truth {
    let (first, square) = normal_point(draws, dimension as usize);
    if first.value() < 0.0 {
        return Truth::False;
    }
    (height.square() * square).at_most(first.square())
}

/// The area of a cap is at least `(3 − 4F((1 − h)√(d − 3)))/2`, and the steps of its proof.
#[doc = include_str!("../text/lemma14-cap-area.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct CapArea {
    /// The control: `1 − F((1 − h)√(d − 3))`.
    pub sharper: bool,
}

/// A cap of the unit sphere of `R^d`.
#[derive(Clone, Debug)]
pub struct CapCase {
    /// `d`.
    pub dimension: u32,
    /// `1 − h`, the distance of the cap's plane from the centre.
    pub height: Rational,
}

impl fmt::Display for CapCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dimension, height } = self;
        write!(f, "d = {dimension}, 1 − h = {height}")
    }
}

impl CapCase {
    fn draw(random: &mut Random) -> Self {
        let largest = *random.choice(&[20, 21, 40, 200, 1000]);
        let dimension = random.size(20, largest) as u32;
        // The bound says something up to about 0.67/√(d − 3); the pole and the equator come as well.
        let height = match random.below(8) {
            0 => Rational::from(random.below(2)),
            1 => random.positive(10),
            _ => random.positive(12) / Rational::from((f64::from(dimension)).sqrt().floor() as u32),
        };
        Self { dimension, height }
    }
}

/// A sample is drawn as well in at most this many dimensions.
pub(super) const FEW_DIMENSIONS: u32 = 40;

impl AboutChance for CapArea {
    type Case = CapCase;

    fn examine<T: Special>(&self, case: &CapCase, chance: &mut Chance<T>) {
        let d = case.dimension;
        let height = chance.number(case.height.clone());
        let (one, degrees) = (chance.number(1), chance.number(d.saturating_sub(3)));
        let distribution = special::normal_below(&(height.clone() * &degrees.clone().sqrt()));
        let bound = if self.sharper {
            one.clone() - &distribution
        } else {
            (chance.number(3) - &distribution.clone().times(4)).times((1, 2))
        };
        let area = special::cap_area(d, &height);
        chance.given().that("d ≥ 20", d >= 20).that("0 ≤ h ≤ 1", case.height >= 0 && case.height <= 1);
        let finding = chance.finding();
        // C_{d−2}(0) and C_{d−2}(h).
        let whole = cosine_integral(d.saturating_sub(2), &one);
        let zone = whole.clone() * &(one.clone() - &area.clone().times(2));
        let unit = special::pi::<T>(one.bits()) / &degrees;
        let tail = (degrees.times((-1, 4))).exp();
        let floor = unit.clone().sqrt() * &(one.clone() - &tail.times(2)).times((1, 2));
        let ceiling = unit.times(2).sqrt() * &(distribution.times(2) - &one).times((1, 2));
        finding.at_most("C_{d−2}(0) ≥ √(π/(d−3))(1 − 2e^{−(d−3)/4})/2", &floor, &whole);
        finding
            .at_most("C_{d−2}(h) ≤ √(2π/(d−3))(2F((1−h)√(d−3)) − 1)/2", &zone, &ceiling)
            .attained_if(case.height == 0, "both sides are 0 at h = 1");
        let factor = one.constant(2).sqrt() * &(one.constant((-17, 4)).exp().times(4) + &one);
        finding.at_most("√2(1 + 4e^{−17/4}) ≤ 2", &factor, &one.constant(2));
        if d <= FEW_DIMENSIONS {
            let plane = Tracked::within(&height);
            let event = chance.event("a point in the cap", move |draws| in_cap(draws, d, plane));
            event.at_least(bound).exactly(area);
        } else {
            let positive = one.constant(0).below(&bound);
            chance.finding().at_most("a point in the cap", &bound, &area).informative_if(positive);
        }
    }
}

/// `∫_0^{π/2} cosⁿ`, by Wallis.
pub(super) fn cosine_integral<T: Special>(exponent: u32, one: &T) -> T {
    let mut integral =
        if exponent.is_multiple_of(2) { special::pi::<T>(one.bits()).times((1, 2)) } else { one.clone() };
    let mut n = exponent % 2;
    while n < exponent {
        n += 2;
        integral = integral.times((n - 1, n));
    }
    integral
}
