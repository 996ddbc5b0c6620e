//! The two phases of the proof of Theorem 2: Theorem 1 twice, with margins that differ.

use std::fmt;

use rug::Rational;

use crate::claims::{AboutChance, Chance, Claim, OnChance};
use crate::generate::Random;
use crate::number::Special;
use crate::papers::arora::theorem1::{multiple_of_power, rate_power};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let at_depth = |depth| PhaseCase {
        depth,
        dimension: 100,
        target: Rational::from(1),
        size: Rational::from((1, 10_000)),
        loss: Rational::from((1, 100)),
        slowness: 1,
    };
    vec![
        Claim::chance(
            "ACGH19.thm2-two-phase",
            include_str!("../text/thm2-two-phase.md"),
            OnChance::drawn(TwoPhase::default(), PhaseCase::draw),
        )
        .chance_control(
            "60000 instead of 100000, three layers",
            OnChance::new(TwoPhase { constant: 60_000 }, vec![at_depth(3)]),
        ),
    ]
}

/// What the proof of Theorem 2 takes from Theorem 1.
#[doc = include_str!("../text/thm2-two-phase.md")]
#[derive(Clone, Copy, Debug)]
pub struct TwoPhase {
    /// The constant in the largest step: 10⁵.
    pub constant: u32,
}

impl Default for TwoPhase {
    fn default() -> Self {
        Self { constant: 100_000 }
    }
}

/// A start that has the margin `s²d_0/(2‖Φ‖)`, with the numbers that the statement speaks of.
#[derive(Clone, Debug)]
pub struct PhaseCase {
    /// `N`.
    pub depth: u32,
    /// `d_0`.
    pub dimension: u32,
    /// `f = ‖Φ‖`.
    pub target: Rational,
    /// `s²d_0`, at most `f²/(2d_0)`.
    pub size: Rational,
    /// `ε`.
    pub loss: Rational,
    /// `η` is the largest step divided by this.
    pub slowness: u32,
}

impl fmt::Display for PhaseCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { depth, dimension, target, size, loss, slowness } = self;
        write!(
            f,
            "N = {depth}, d₀ = {dimension}, ‖Φ‖ = {target}, s²d₀ = {size}, ε = {loss}, the largest η over {slowness}"
        )
    }
}

impl PhaseCase {
    fn draw(random: &mut Random) -> Self {
        let depth = random.size(1, 8) as u32;
        let dimension = random.size(20, 200) as u32;
        let target: Rational = random.positive(6) * *random.choice(&[1_u32, 4, 64]);
        let a = random.size(2, 200) as u32;
        // The largest s first: s²d₀ = f²/(a d₀).
        let shrink = if random.chance(1, 2) { Rational::from(1) } else { random.positive(8) };
        let size: Rational = target.clone().square() * shrink / (a * dimension);
        let loss: Rational = target.clone().square() * random.positive(10) / *random.choice(&[1000_u32, 8, 1]);
        Self { depth, dimension, target, size, loss, slowness: *random.choice(&[1, 1, 7]) }
    }
}

impl AboutChance for TwoPhase {
    type Case = PhaseCase;

    fn examine<T: Special>(&self, case: &PhaseCase, chance: &mut Chance<T>) {
        let (n, d) = (case.depth, case.dimension);
        chance.given().that("N ≥ 1", n >= 1);
        chance.given().that("d₀ ≥ 20", d >= 20);
        let largest: Rational = case.target.clone().square() / (Rational::from(d.max(1)) * 2u32);
        chance.given().that("s ≤ ‖Φ‖/(√a·d₀) for an a ≥ 2", case.size > 0 && case.size <= largest);
        chance.given().that("ε > 0", case.loss > 0);
        if n == 0 {
            return;
        }
        let (f, size) = (chance.number(case.target.clone()), chance.number(case.size.clone()));
        let loss = chance.number(case.loss.clone());
        let cube = |factor: u32| multiple_of_power(factor, n, 3);
        // x^a with a = 2 − 2/N, by which all exponents are made: 4 − 2/N = 2 + a, 6 − 4/N = 2 + 2a, 10 − 6/N = 4 + 3a.
        let power = |base: &T| rate_power(base, n);
        let squared_power = |base: &T| base.square() * &power(base);
        // f^{10−6/N}, (s²d₀)^{4−2/N}, f^{(6N−4)/N}; the margins of the two phases.
        let step = squared_power(&size) / (squared_power(&f).square() * &power(&f));
        let eta = step.clone() / f.constant(cube(self.constant) * case.slowness);
        let largest_step = |margin: &T| squared_power(margin) / (squared_power(&f) * &power(&f)).times(cube(6144));
        let drift = |margin: &T| margin.square() / power(&f).times(cube(256));
        let (first, second) = (size.clone() / f.clone().times(2), f.clone().times((1, 2)));
        let finding = chance.finding();
        finding.at_most(
            "η ≤ (s²d₀)^{4−2/N}/(2⁴·6144 N³‖Φ‖^{10−6/N})",
            &eta,
            &(step.clone() / f.constant(cube(98_304))),
        );
        finding.at_most("which is at most η*(s²d₀/(2‖Φ‖))", &(step / f.constant(cube(98_304))), &largest_step(&first));
        finding.at_most("η ≤ η*(s²d₀/(2‖Φ‖)), as (7) requires", &eta, &largest_step(&first));
        finding.at_most("η ≤ η*(‖Φ‖/2)", &eta, &largest_step(&second));
        // 2δ*(c) = s⁴d₀²/(512N³f^{4−2/N}) ≤ f^{2/N}/(1024N³) = δ*(f/2).
        let left = size.square() / squared_power(&f).times(cube(512));
        let right = f.rational_power(2, n) / f.constant(cube(1024));
        // Both equalities are rational once 1/(N³f^{2−2/N}) is taken out.
        let square: Rational = case.size.clone().square() / case.target.clone().square();
        let twice: Rational = Rational::from(&square / 4) * 2 / 256;
        let same = twice == Rational::from(&square / 512);
        finding.asserted("2δ*(s²d₀/(2‖Φ‖)) = s⁴d₀²/(512N³‖Φ‖^{4−2/N})", same);
        finding.at_most("(42): at most ‖Φ‖^{2/N}/(1024N³)", &left, &right);
        finding.at_most("and so 2δ*(s²d₀/(2‖Φ‖)) ≤ δ*(‖Φ‖/2)", &drift(&first).times(2), &drift(&second));
        // Times η: the first phase by Theorem 1, from ℓ(0) ≤ (f − c)²/2 to f²/8.
        let begun = (f.clone() - &first).square().times((1, 2));
        let eighth = f.square().times((1, 8));
        let ratio = f.clone() / &size;
        let phase = |margin: &T, from: &T, to: &T| (from.clone() / to).ln() / power(margin);
        let one = power(&ratio.clone().times(2)) * &f.constant(4).ln();
        finding.at_most("ℓ ≤ ‖Φ‖²/8 from t₀ on", &phase(&first, &begun, &eighth), &one);
        let speed = power(&f);
        let total = (power(&ratio) * &f.constant(4).ln() + (eighth.clone() / &loss).ln() / &speed).times(4);
        if case.loss.clone() * 8 <= case.target.clone().square() {
            // t₀ is rounded up to a whole step.
            let two = phase(&second, &eighth, &loss);
            finding.at_most("t₀ and the second phase fit into T", &(one + &eta + &two), &total);
        } else if case.loss.clone() * 2 < case.target.clone().square() {
            finding.at_most("ε > ‖Φ‖²/8: the first phase alone fits into T", &phase(&first, &begun, &loss), &total);
        }
    }
}
