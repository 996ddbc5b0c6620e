//! The margin of a balanced normal start with one output (Theorem 2).

use rug::Rational;

use crate::claims::{AboutChance, Chance, Claim, OnChance};
use crate::number::{Real, Tracked, special};

use super::{guaranteed_share, has_margin, normal_margin};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let control = vec![StartCase::new(100, 100_000)];
    vec![
        Claim::chance(
            "ACGH19.thm2-probability-formula",
            include_str!("../text/thm2-probability-formula.md"),
            OnChance::new(MarginOfStart::default(), start_cases()),
        )
        .chance_control("3 − 3F instead of 3 − 4F", OnChance::new(MarginOfStart { three_three: true }, control)),
    ]
}

/// A start `w ~ N(0, s²I)` in `R^{d_0}` with `s = scale·‖Φ‖/(√a·d_0)`.
#[derive(Clone, Debug)]
pub struct StartCase {
    /// `d_0`.
    pub dimension: u32,
    /// The paper's constant `a`.
    pub a: u32,
    /// By how much smaller than the largest `s` is: at most 1.
    pub scale: Rational,
}

impl StartCase {
    /// The largest `s`.
    #[must_use]
    pub fn new(dimension: u32, a: u32) -> Self {
        Self { dimension, a, scale: Rational::from(1) }
    }

    /// `s²`, for `‖Φ‖ = 1`.
    #[must_use]
    pub fn variance(&self) -> Rational {
        let d = Rational::from(self.dimension);
        self.scale.clone().square() / (d.square() * self.a)
    }

    /// `(1 − 2e^{−d_0/16})(3 − 4F(2/√(a/2)))`, which is at least `2p`.
    fn twice_guaranteed<T: Real>(&self, chance: &Chance<T>) -> T {
        let tail = chance.number((-i64::from(self.dimension), 16)).exp().times(2);
        (chance.number(1) - &tail) * &guaranteed_share(&chance.number((self.a, 2))).times(2)
    }
}

/// The paper's own example first.
fn start_cases() -> Vec<StartCase> {
    let mut cases: Vec<StartCase> =
        [(100, 100), (20, 20), (20, 100), (50, 40), (100, 1000), (33, 25)].map(|(d, a)| StartCase::new(d, a)).into();
    cases.push(StartCase { scale: Rational::from((1, 2)), ..StartCase::new(100, 100) });
    cases.push(StartCase { scale: Rational::from((1, 10)), ..StartCase::new(40, 60) });
    cases
}

/// The probabilities of (38): that of the norm, that of the margin, and the paper's bounds.
#[doc = include_str!("../text/thm2-probability-formula.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct MarginOfStart {
    /// The control: `3 − 3F` in place of `3 − 4F`.
    pub three_three: bool,
}

impl AboutChance for MarginOfStart {
    type Case = StartCase;

    fn examine<T: Real>(&self, case: &StartCase, chance: &mut Chance<T>) {
        let (d, a) = (case.dimension, case.a);
        chance.finding().given("d₀ ≥ 20", d >= 20);
        chance.finding().given("a ≥ 2", a >= 2);
        chance.finding().given("s ≤ ‖Φ‖/(√a·d₀)", case.scale > 0 && case.scale <= 1);
        let variance = chance.number(case.variance());
        let deviation = variance.clone().sqrt();
        // ‖Φ‖ = 1: c = s²d₀/2.
        let margin = variance.times((d, 2));
        let exact = normal_margin(d, &deviation, &margin);
        let guaranteed = if self.three_three {
            let tail = chance.number((-i64::from(d), 16)).exp().times(2);
            let distribution = special::normal_below(&chance.number((8, a)).sqrt());
            (chance.number(1) - &tail) * &(chance.number(3) - &distribution.times(3)).times((1, 2))
        } else {
            case.twice_guaranteed(chance).times((1, 2))
        };
        if (d, a) == (100, 100) && !self.three_three {
            let quarter = chance.number((1, 4));
            chance.finding().below("d₀ = a = 100 gives p > 1/4", &quarter, &guaranteed);
        }
        let shift = (margin.clone().times(2) - &margin.square()) / &deviation;
        let (s, shift) = (Tracked::within(&deviation), Tracked::within(&shift));
        chance
            .event("w has margin s²d₀/(2‖Φ‖)", move |draws| has_margin(draws, d as usize, s, shift))
            .at_least(guaranteed)
            .exactly(exact)
            .within(0.03);
        let norm =
            special::chi_square_above(d, &chance.number((d, 2))) - &special::chi_square_above(d, &chance.number(2 * d));
        let tail = chance.number((-i64::from(d), 16)).exp().times(2);
        let bound = chance.number(1) - &tail;
        chance
            .event("s²d₀/2 ≤ ‖w‖² ≤ 2s²d₀", move |draws| {
                let square = (0..d).fold(Tracked::new(0.0), |sum, _| sum + Tracked::new(draws.normal()).square());
                let (low, high) = (Tracked::new(f64::from(d) / 2.0), Tracked::new(f64::from(d) * 2.0));
                low.at_most(square).and(square.at_most(high))
            })
            .at_least(bound)
            .exactly(norm);
    }
}
