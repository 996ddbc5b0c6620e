//! The margin of a balanced normal start with one output (Theorem 2).

use std::fmt;

use rug::Rational;

use crate::claims::{AboutChance, Chance, Claim, OnChance};
use crate::number::{Special, Tracked, special};
use crate::papers::arora::theorem1::rate_power;

use super::balanced_flow::time_to_loss;
use super::{guaranteed_share, has_margin, normal_margin, normal_point, reciprocal};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let control = vec![StartCase::new(100, 100_000)];
    let long = |part| RegressionCase {
        start: StartCase::new(100, 100),
        probability: Rational::from((1, 4)),
        depth: 2,
        loss: Rational::from((1, 10)),
        part,
    };
    vec![
        Claim::chance(
            "ACGH19.thm2-scalar-regression",
            include_str!("../text/thm2-scalar-regression.md"),
            OnChance::new(ScalarRegression::default(), regression_cases()),
        )
        .chance_control(
            "probability one half",
            OnChance::new(
                ScalarRegression { any_probability: true, ..ScalarRegression::default() },
                vec![RegressionCase { probability: Rational::from((1, 2)), ..long(Part::Probability) }],
            ),
        )
        .chance_control(
            "the time without the term ln 4",
            OnChance::new(
                ScalarRegression { without_ln_4: true, ..ScalarRegression::default() },
                vec![long(Part::Time)],
            ),
        ),
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
        let square: Rational = d.square() * self.a;
        self.scale.clone().square() * reciprocal(square)
    }

    /// `(1 − 2e^{−d_0/16})(3 − 4F(2/√(a/2)))`, which is at least `2p`.
    fn twice_guaranteed<T: Special>(&self, chance: &Chance<T>) -> T {
        let tail = chance.number((-i64::from(self.dimension), 16)).exp().times(2);
        (chance.number(1) - &tail) * &guaranteed_share(&chance.number((self.a, 2))).times(2)
    }
}

impl fmt::Display for StartCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dimension, a, scale } = self;
        write!(f, "d₀ = {dimension}, a = {a}, s = ")?;
        if *scale != 1 {
            write!(f, "{scale}·")?;
        }
        write!(f, "‖Φ‖/(√a·d₀)")
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

    fn examine<T: Special>(&self, case: &StartCase, chance: &mut Chance<T>) {
        let (d, a) = (case.dimension, case.a);
        chance.given().that("d₀ ≥ 20", d >= 20);
        chance.given().that("a ≥ 2", a >= 2);
        chance.given().that("s ≤ ‖Φ‖/(√a·d₀)", case.scale > 0 && case.scale <= 1);
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
                let (_, square) = normal_point(draws, d as usize);
                let (low, high) = (Tracked::new(f64::from(d) / 2.0), Tracked::new(f64::from(d) * 2.0));
                low.at_most(square).and(square.at_most(high))
            })
            .at_least(bound)
            .exactly(norm);
    }
}

/// Theorem 2: with probability at least `p` the start has a margin, and from such a start the loss is small in time.
#[doc = include_str!("../text/thm2-scalar-regression.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct ScalarRegression {
    /// The control: `p` and the constants need not fit.
    pub any_probability: bool,
    /// The control: the time without `ln 4·(‖Φ‖/(s²d_0))^{2−2/N}`.
    pub without_ln_4: bool,
}

/// Which half of the theorem a case looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The probability of the margin.
    Probability,
    /// The time from a start at the margin's threshold.
    Time,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Probability => "the margin",
            Self::Time => "the time",
        })
    }
}

/// A start, a probability that it allows, a depth and a loss to reach, for `‖Φ‖ = 1`.
#[derive(Clone, Debug)]
pub struct RegressionCase {
    /// The law of the start.
    pub start: StartCase,
    /// `p`.
    pub probability: Rational,
    /// `N`.
    pub depth: u32,
    /// `ε`.
    pub loss: Rational,
    /// What is looked at.
    pub part: Part,
}

impl fmt::Display for RegressionCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, probability, depth, loss, part } = self;
        write!(f, "{start}, p = {probability}, N = {depth}, ε = {loss} ({part})")
    }
}

fn regression_cases() -> Vec<RegressionCase> {
    let case = |start: StartCase, probability: (u32, u32), depth, loss: (u32, u32), part| RegressionCase {
        start,
        probability: probability.into(),
        depth,
        loss: loss.into(),
        part,
    };
    let start = StartCase::new;
    let mut cases = vec![
        case(start(100, 100), (1, 4), 2, (1, 10), Part::Probability),
        case(start(20, 100), (1, 10), 2, (1, 10), Part::Probability),
        case(start(100, 1000), (2, 5), 3, (1, 10), Part::Probability),
        case(start(200, 10_000), (47, 100), 3, (1, 10), Part::Probability),
    ];
    for (depth, loss) in [(1, (1, 1000)), (2, (1, 10)), (2, (1, 100_000)), (3, (1, 100)), (5, (1, 10))] {
        cases.push(case(start(100, 100), (1, 4), depth, loss, Part::Time));
    }
    cases.push(case(start(20, 30), (1, 100), 2, (1, 100), Part::Time));
    cases
}

impl AboutChance for ScalarRegression {
    type Case = RegressionCase;

    fn examine<T: Special>(&self, case: &RegressionCase, chance: &mut Chance<T>) {
        let RegressionCase { start, probability, depth, loss, part } = case;
        let (d, a, n) = (start.dimension, start.a, *depth);
        let p = chance.number(probability.clone());
        let allowed = start.twice_guaranteed(chance);
        let given = chance.given();
        given.that("d₀ ≥ d₀′ ≥ 20 and a ≥ 2", d >= 20 && a >= 2);
        given.that("s ≤ ‖Φ‖/(√a·d₀)", start.scale > 0 && start.scale <= 1);
        given.that("N ≥ 1 and ε > 0", n >= 1 && *loss > 0);
        if !self.any_probability {
            given.that("0 < p < 1/2", *probability > 0 && *probability < Rational::from((1, 2)));
            given.at_most("(1 − 2e^{−d₀/16})(3 − 4F(2/√(a/2))) ≥ 2p", &p.clone().times(2), &allowed);
        }
        // ‖Φ‖ = 1: s²d₀, and the margin s²d₀/2.
        let size: Rational = start.variance() * d;
        let margin = chance.number(Rational::from(&size / 2));
        if *part == Part::Probability {
            let deviation = chance.number(start.variance()).sqrt();
            let exact = normal_margin(d, &deviation, &margin);
            let shift = (margin.clone().times(2) - &margin.square()) / &deviation;
            let (s, shift) = (Tracked::within(&deviation), Tracked::within(&shift));
            let event = chance.event("with probability ≥ p: margin s²d₀/(2‖Φ‖)", move |draws| {
                has_margin(draws, d as usize, s, shift)
            });
            event.at_least(p).exactly(exact).within(0.03);
            return;
        }
        // ηT, which is what flow calls time.
        let inverse = chance.number(reciprocal(size.clone()));
        let start_up = rate_power(&inverse, n) * &margin.constant(4).ln();
        let finish = (margin.constant((1, 8)) / &margin.constant(loss.clone())).ln();
        let time = if self.without_ln_4 { finish.times(4) } else { (start_up + &finish).times(4) };
        if n == 1 {
            // W(t) − Φ = (1 − η)^t (W(0) − Φ), and ‖W(0) − Φ‖ = 1 − c at the threshold of the margin: descent itself, at the largest η.
            let eta = chance.number(size.clone().square() / 100_000u32);
            let steps = time.clone() / &eta;
            let initial = (margin.constant(1) - &margin).square().times((1, 2));
            let needed = (initial / &margin.constant(loss.clone())).ln();
            let fallen = -(-eta).ln_1p() * &steps.times(2);
            chance.finding().at_most("N = 1: ln(ℓ(0)/ε) ≤ ln(ℓ(0)/ℓ(T)) = −2T ln(1 − η)", &needed, &fallen);
        }
        // Starts of the least, the typical and the greatest norm that (38) counts, at the threshold of the margin.
        for (label, factor) in [
            ("‖w‖² = s²d₀/2: flow has ℓ ≤ ε by ηT", (1, 2)),
            ("‖w‖² = s²d₀: flow has ℓ ≤ ε by ηT", (1, 1)),
            ("‖w‖² = 2s²d₀: flow has ℓ ≤ ε by ηT", (2, 1)),
        ] {
            let square = chance.number(size.clone()).times(factor);
            let norm = square.clone().sqrt();
            let cosine = (square + margin.clone().times(2) - margin.square()) / norm.clone().times(2);
            let taken = time_to_loss(n, &cosine, &norm, &margin.constant(loss.clone()));
            chance.finding().at_most(label, &taken, &time);
        }
    }
}
