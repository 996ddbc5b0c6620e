//! The margin of a small normal start with one output (Claim 3).

use std::fmt;

use rug::ops::Pow;
use rug::{Integer, Rational};

use crate::claims::{AboutChance, Chance, Claim, OnChance};
use crate::number::{Special, Tracked};

use super::layered::{end_to_end, hidden_product, named};
use super::{guaranteed_share, normal_margin};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let too_large = GaussianMarginCase { widths: vec![20, 1], scale: Scale::Deviation(Rational::from(1)) };
    vec![
        Claim::chance(
            "ACGH19.claim3-gaussian-margin",
            include_str!("../text/claim3-gaussian-margin.md"),
            OnChance::new(GaussianMargin::default(), margin_cases()),
        )
        .chance_control(
            "the upper bound on s dropped: s = ‖Φ‖",
            OnChance::new(GaussianMargin { any_scale: true, ..GaussianMargin::default() }, vec![too_large]),
        )
        .chance_control(
            "probability one half",
            OnChance::new(
                GaussianMargin { half: true, ..GaussianMargin::default() },
                vec![GaussianMarginCase { widths: vec![20, 1], scale: Scale::Largest }],
            ),
        ),
    ]
}

/// `P[W_{1:N} has margin c] ≥ 0.49` for small `s` and smaller `c`.
#[doc = include_str!("../text/claim3-gaussian-margin.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct GaussianMargin {
    /// The control: no upper bound on `s`.
    pub any_scale: bool,
    /// The control: 0.5 instead of 0.49.
    pub half: bool,
}

/// How large `s` is.
#[derive(Clone, Debug)]
pub enum Scale {
    /// The largest that is allowed, and the largest `c` for it.
    Largest,
    /// `s^{2N}` is the largest times this, and `c` the largest for that `s`.
    Share(Rational),
    /// `s` itself, whether it is allowed or not.
    Deviation(Rational),
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Largest => f.write_str("the largest s"),
            Self::Share(share) => write!(f, "s^{{2N}} = {share} of the largest"),
            Self::Deviation(deviation) => write!(f, "s = {deviation}"),
        }
    }
}

/// A network with one output and the standard deviation of its entries, for `‖Φ‖ = 1`.
#[derive(Clone, Debug)]
pub struct GaussianMarginCase {
    /// `d_0, …, d_N = 1`.
    pub widths: Vec<usize>,
    /// The standard deviation.
    pub scale: Scale,
}

impl fmt::Display for GaussianMarginCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", named(&self.widths), self.scale)
    }
}

fn margin_cases() -> Vec<GaussianMarginCase> {
    let case = |widths: &[usize], scale| GaussianMarginCase { widths: widths.to_vec(), scale };
    vec![
        case(&[20, 1, 1], Scale::Largest),
        case(&[20, 1], Scale::Largest),
        case(&[20, 3, 1], Scale::Largest),
        case(&[20, 2, 2, 1], Scale::Largest),
        case(&[20, 3, 1], Scale::Share(Rational::from((1, 1000)))),
    ]
}

/// `C_1` of Lemma 12 for `C_2 = 0.999`, if `C_0 ≤ 1`: the least that its formula gives.
const CONSTANT: u32 = 2000;

/// `10⁵`.
const CLAIM_3: u32 = 100_000;

impl AboutChance for GaussianMargin {
    type Case = GaussianMarginCase;

    fn examine<T: Special>(&self, case: &GaussianMarginCase, chance: &mut Chance<T>) {
        let widths = &case.widths;
        let depth = widths.len().saturating_sub(1) as u32;
        let (inputs, hidden) = (widths.first().copied().unwrap_or(0) as u64, hidden_product(widths));
        chance.given().that("d₀ ≥ 20, d_N = 1", inputs >= 20 && widths.last() == Some(&1) && hidden > 0);
        if depth == 0 || inputs == 0 || hidden == 0 {
            return;
        }
        let power = |base: Rational, exponent: u32| (0..exponent).fold(Rational::from(1), |product, _| product * &base);
        let cube = Rational::from(Integer::from(inputs).pow(3));
        // s^{2N} ≤ 1/(10⁵d₀³KC_1), and c ≤ s^{2N}K/(C_1N)^{2N}.
        let whole = power(Rational::from(depth) * CONSTANT, 2 * depth);
        let unit: Rational = cube * CLAIM_3 * CONSTANT;
        let unit = unit.recip();
        let largest: Rational = unit.clone() / hidden;
        let scale = match &case.scale {
            Scale::Largest => largest.clone(),
            Scale::Share(share) => Rational::from(&largest * share),
            Scale::Deviation(deviation) => power(deviation.clone().square(), depth),
        };
        let margin: Rational = Rational::from(&scale * hidden) / &whole;
        let ceiling: Rational = unit / &whole;
        let (c, most) = (chance.number(margin.clone()), chance.number(ceiling.clone()));
        if !self.any_scale {
            let given = chance.given();
            given.that("s ≤ ‖Φ‖^{1/N}/(10⁵d₀³KC₁)^{1/(2N)}", scale > 0 && scale <= largest);
            let small = margin > 0 && margin <= ceiling;
            given.between("0 < c ≤ ‖Φ‖/(10⁵d₀³C₁(C₁N)^{2N})", small, &c, &most);
        }
        // Footnote 15: at the largest c the lower bound on s is the upper one.
        let least: Rational = Rational::from(&ceiling * &whole) / hidden;
        let compatible = least <= largest;
        let proved = guaranteed_share(&chance.number(CLAIM_3)).times((999, 1000));
        let claimed = chance.number(if self.half { (1, 2) } else { (49, 100) });
        let finding = chance.finding();
        finding.asserted("the bounds on s are compatible at the largest c", compatible);
        if !self.half && !self.any_scale {
            finding.at_most("the proof gives 0.999(3 − 4F(2/√10⁵))/2 ≥ 0.49", &claimed, &proved);
        }
        // ‖w‖² + 2c − c² ≤ 2⟨w, Φ⟩ with w = s^N z.
        let deviation = chance.number(scale).sqrt();
        let margin = chance.number(margin);
        let shift = (margin.clone().times(2) - margin.square()) / &deviation;
        let (s, rest, layers) = (Tracked::within(&deviation), Tracked::within(&shift), widths.clone());
        let event = chance.event("W_{1:N} has margin c with probability ≥ 0.49", move |draws| {
            let row = end_to_end(draws, &layers, Tracked::new);
            (s * Tracked::dot(&row, &row) + rest).at_most(Tracked::new(2.0) * row[0])
        });
        event.at_least(claimed);
        if depth == 1 {
            event.exactly(normal_margin(widths[0] as u32, &deviation, &margin));
        }
    }
}
