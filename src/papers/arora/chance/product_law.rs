//! The law of the end-to-end matrix of normal layers with one output (Lemmas 11 to 13).

use std::fmt;

use rug::{Integer, Rational};

use crate::claims::{AboutChance, Chance, Claim, OnChance};
use crate::generate::Draws;
use crate::number::{Special, Tracked};

use super::layered::{end_to_end, hidden_product, named};
use super::reciprocal;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::chance(
            "ACGH19.lemma11-carbery-wright",
            include_str!("../text/lemma11-carbery-wright.md"),
            OnChance::new(SmallProduct::default(), small_product_cases()),
        )
        .chance_control(
            "the exponent 1 instead of 1/N",
            OnChance::new(
                SmallProduct { linear: true },
                vec![SmallProductCase { widths: vec![1, 1, 1], threshold: Rational::from((1, 1000)) }],
            ),
        ),
        Claim::chance(
            "ACGH19.lemma12-product-norm",
            include_str!("../text/lemma12-product-norm.md"),
            OnChance::new(ProductNorm::default(), product_norm_cases()),
        )
        .chance_control(
            "a tenth of the mean instead of the upper side",
            OnChance::new(ProductNorm { tenth: true }, vec![ProductNormCase::new(&[20, 3, 2, 1], (9, 10))]),
        ),
        Claim::chance(
            "ACGH19.lemma13-rotation-invariance",
            include_str!("../text/lemma13-rotation-invariance.md"),
            OnChance::new(RotationInvariance::default(), rotation_cases()),
        )
        .chance_control(
            "uniform entries in W_1",
            OnChance::new(RotationInvariance { uniform: true }, vec![RotationCase { widths: vec![2, 1, 1] }]),
        ),
    ]
}

/// `P[|h| ≤ ε√Var h] ≤ C_0 N ε^{1/N}` with `C_0 = 1`, for `h` an entry of `W_{1:N}`.
#[doc = include_str!("../text/lemma11-carbery-wright.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SmallProduct {
    /// The control: `C_0 N ε`.
    pub linear: bool,
}

/// An entry of `W_{1:N}`, a multilinear function of degree `N` of normal entries, and an `ε`.
#[derive(Clone, Debug)]
pub struct SmallProductCase {
    /// `d_0, …, d_N = 1`; all ones for a product of `N` normal numbers.
    pub widths: Vec<usize>,
    /// `ε`.
    pub threshold: Rational,
}

impl fmt::Display for SmallProductCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ε = {}", named(&self.widths), self.threshold)
    }
}

fn small_product_cases() -> Vec<SmallProductCase> {
    let case = |widths: &[usize], threshold: (u32, u32)| SmallProductCase {
        widths: widths.to_vec(),
        threshold: threshold.into(),
    };
    let mut cases = Vec::new();
    for depth in [2, 3, 4, 1] {
        for threshold in [(1, 100), (1, 10), (1, 10_000)] {
            cases.push(case(&vec![1; depth + 1], threshold));
        }
    }
    cases.push(case(&[1, 3, 1], (1, 100)));
    cases.push(case(&[1, 2, 2, 1], (1, 1000)));
    cases
}

impl AboutChance for SmallProduct {
    type Case = SmallProductCase;

    fn examine<T: Special>(&self, case: &SmallProductCase, chance: &mut Chance<T>) {
        let depth = case.widths.len().saturating_sub(1) as u32;
        chance.given().that("ε > 0", case.threshold > 0);
        let threshold = chance.number(case.threshold.clone());
        let bound = match self.linear {
            true => threshold.clone().times(depth),
            false => threshold.rational_power(1, depth).times(depth),
        };
        // Var h = K.
        let squared: Rational = case.threshold.clone().square() * hidden_product(&case.widths);
        let (limit, widths) = (Tracked::nearest(&squared), case.widths.clone());
        let event = chance.event("|h| ≤ ε√Var h", move |draws| {
            end_to_end(draws, &widths, Tracked::new)[0].square().at_most(limit)
        });
        event.at_most(bound);
        if depth == 1 {
            event.exactly((threshold.clone() / threshold.constant(2).sqrt()).erf());
        }
    }
}

/// `P[s^{2N}K/(C_1N)^{2N} ≤ ‖W_{1:N}‖² ≤ C_1d_0²Ks^{2N}] ≥ C_2`.
#[doc = include_str!("../text/lemma12-product-norm.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct ProductNorm {
    /// The control: the upper side `0.1·d_0Ks^{2N}`.
    pub tenth: bool,
}

/// Layers of standard normal entries, and a `C_2`.
#[derive(Clone, Debug)]
pub struct ProductNormCase {
    /// `d_0, …, d_N = 1`.
    pub widths: Vec<usize>,
    /// `C_2`.
    pub probability: Rational,
}

impl fmt::Display for ProductNormCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, C₂ = {}", named(&self.widths), self.probability)
    }
}

impl ProductNormCase {
    fn new(widths: &[usize], probability: (u32, u32)) -> Self {
        Self { widths: widths.to_vec(), probability: probability.into() }
    }
}

fn product_norm_cases() -> Vec<ProductNormCase> {
    vec![
        ProductNormCase::new(&[20, 3, 2, 1], (99, 100)),
        ProductNormCase::new(&[20, 1, 1, 1], (9, 10)),
        ProductNormCase::new(&[30, 8, 8, 8, 1], (1, 2)),
        ProductNormCase::new(&[20, 1, 1], (999, 1000)),
        ProductNormCase::new(&[1, 1, 1], (9, 10)),
        ProductNormCase::new(&[2, 2, 1], (3, 4)),
        ProductNormCase::new(&[1, 2, 2, 1], (3, 4)),
        ProductNormCase::new(&[5, 1], (3, 4)),
    ]
}

/// Second moments are found by enumeration for at most this many entries.
const FEW_ENTRIES: usize = 10;

impl AboutChance for ProductNorm {
    type Case = ProductNormCase;

    fn examine<T: Special>(&self, case: &ProductNormCase, chance: &mut Chance<T>) {
        let widths = &case.widths;
        let depth = widths.len().saturating_sub(1) as u32;
        let (inputs, hidden) = (widths.first().copied().unwrap_or(0) as u64, hidden_product(widths));
        chance.given().that("0 < C₂ < 1", case.probability > 0 && case.probability < 1);
        // C_1 = max{2/(1 − C_2), 2C_0/(1 − C_2)} with C_0 = 1.
        let constant: Rational = reciprocal(Rational::from(1) - &case.probability) * 2u32;
        let low: Rational = reciprocal(power(&Rational::from(&constant * depth), 2 * depth)) * hidden;
        let high: Rational = match self.tenth {
            true => Rational::from((inputs * hidden, 10)),
            false => Rational::from(inputs).square() * hidden * &constant,
        };
        if widths.windows(2).map(|pair| pair[0] * pair[1]).sum::<usize>() <= FEW_ENTRIES {
            let (found, claimed) = (chance.number(second_moment(widths)), chance.number(hidden));
            chance.finding().equal("Var (W_{1:N})_1 = K s^{2N}", &found, &claimed);
        }
        let norm = |widths: &[usize]| {
            let widths = widths.to_vec();
            move |draws: &mut Draws| {
                let row = end_to_end(draws, &widths, Tracked::new);
                Tracked::dot(&row, &row)
            }
        };
        let bound = chance.number(case.probability.clone());
        let (square, least, most) = (norm(widths), Tracked::nearest(&low), Tracked::nearest(&high));
        let event = chance.event("s^{2N}K/(C₁N)^{2N} ≤ ‖W‖² ≤ C₁d₀²K s^{2N}", move |draws| {
            let square = square(draws);
            least.at_most(square).and(square.at_most(most))
        });
        event.at_least(bound);
        if self.tenth {
            return;
        }
        // The two sides apart, at B_1 = 4 and ε = 1/(4N): (44) and (45).
        let (square, most) = (norm(widths), Tracked::nearest(&(Rational::from(inputs).square() * hidden * 4)));
        let bound = chance.number((1, 4));
        chance
            .event("‖W‖² ≥ B₁d₀²K s^{2N} with probability ≤ 1/B₁", move |draws| {
                most.at_most(square(draws))
            })
            .at_most(bound);
        let least: Rational = reciprocal(power(&(Rational::from(depth) * 4u32), 2 * depth)) * hidden;
        let (square, least) = (norm(widths), Tracked::nearest(&least));
        let bound = chance.number((3, 4));
        chance
            .event("‖W‖² ≥ ε^{2N}K s^{2N} with probability ≥ 1 − C₀Nε", move |draws| {
                least.at_most(square(draws))
            })
            .at_least(bound);
    }
}

fn power(base: &Rational, exponent: u32) -> Rational {
    (0..exponent).fold(Rational::from(1), |product, _| product * base)
}

/// `E[(W_{1:N})_1²]` for standard normal entries. Each entry has degree 2 at most in the square, so that entries ±1, each with
/// probability ½, have the same expectation: a sum over finitely many networks.
fn second_moment(widths: &[usize]) -> Rational {
    let entries: usize = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let mut sum = 0_i64;
    for code in 0..1_u32 << entries {
        let mut bit = 0;
        let mut sign = || {
            bit += 1;
            if code >> (bit - 1) & 1 == 0 { 1 } else { -1_i64 }
        };
        // The image of e_1, layer by layer.
        let mut image = vec![0_i64; widths[0]];
        image[0] = 1;
        for pair in widths.windows(2) {
            image = (0..pair[1]).map(|_| image.iter().map(|value| sign() * value).sum()).collect();
        }
        sum += image[0].pow(2);
    }
    Rational::from((Integer::from(sum), Integer::from(1) << entries as u32))
}

/// `W_{1:N}O` has the law of `W_{1:N}`.
#[doc = include_str!("../text/lemma13-rotation-invariance.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RotationInvariance {
    /// The control: the entries of `W_1` are uniform.
    pub uniform: bool,
}

/// A network with one output and at least two inputs.
#[derive(Clone, Debug)]
pub struct RotationCase {
    /// `d_0, …, d_N = 1`.
    pub widths: Vec<usize>,
}

impl fmt::Display for RotationCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&named(&self.widths))
    }
}

fn rotation_cases() -> Vec<RotationCase> {
    [vec![2, 1, 1], vec![2, 1], vec![3, 2, 2, 1], vec![20, 3, 1]].map(|widths| RotationCase { widths }).into()
}

/// What the distribution functions of one coordinate may differ by: far below what the control has, and more than a sample of the
/// size that is drawn leaves open.
const LARGEST_DISTANCE: f64 = 1.0 / 64.0;

impl AboutChance for RotationInvariance {
    type Case = RotationCase;

    fn examine<T: Special>(&self, case: &RotationCase, chance: &mut Chance<T>) {
        let inputs = case.widths.first().copied().unwrap_or(0);
        chance.given().that("at least two inputs", inputs >= 2);
        if inputs < 2 {
            return;
        }
        // O = [[3, −4], [4, 3]]/5 on the first two coordinates: 50 times O.
        let (cosine, sine) = (chance.number((3, 5)), chance.number((4, 5)));
        let one = chance.number(1);
        chance.given().that("O is orthogonal", (cosine.square() + sine.square()).equals(&one));
        let uniform = self.uniform;
        let coordinate = |cosine: f64, sine: f64| {
            let widths = case.widths.clone();
            move |draws: &mut Draws| coordinate_of(draws, &widths, uniform, cosine, sine)
        };
        let diagonal = std::f64::consts::FRAC_1_SQRT_2;
        chance.same_law(
            "⟨W, e₁⟩ and ⟨W, (e₁+e₂)/√2⟩",
            coordinate(1.0, 0.0),
            coordinate(diagonal, diagonal),
            LARGEST_DISTANCE,
        );
        chance.same_law("⟨W, e₁⟩ and ⟨WO, e₁⟩", coordinate(1.0, 0.0), coordinate(0.6, 0.8), LARGEST_DISTANCE);
    }
}

/// `cosine·W_1 + sine·W_2`, the first two entries of the end-to-end row; uniform entries have the same mean and variance.
fn coordinate_of(draws: &mut Draws, widths: &[usize], uniform: bool, cosine: f64, sine: f64) -> f64 {
    let above = end_to_end(draws, &widths[1..], |entry| entry);
    let entry = |draws: &mut Draws| match uniform {
        true => (2.0 * draws.uniform() - 1.0) * 3_f64.sqrt(),
        false => draws.normal(),
    };
    above.iter().map(|factor| factor * (cosine * entry(draws) + sine * entry(draws))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enumeration_knows_the_second_moments() {
        assert_eq!(second_moment(&[1, 2, 2, 1]), 4);
        assert_eq!(second_moment(&[3, 1]), 1);
    }

    #[test]
    fn uniform_entries_have_the_mean_and_the_variance_of_normal_ones() {
        const DRAWS: u32 = 4000;
        for uniform in [true, false] {
            let mut draws = Draws::new("entries", 1, 0);
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..DRAWS {
                let entry = coordinate_of(&mut draws, &[2, 1], uniform, 1.0, 0.0);
                (sum, squares) = (sum + entry, squares + entry * entry);
            }
            let (mean, variance) = (sum / f64::from(DRAWS), squares / f64::from(DRAWS));
            // Five standard deviations and more.
            assert!(mean.abs() < 0.08 && (variance - 1.0).abs() < 0.12, "{uniform}: {mean}, {variance}");
        }
    }
}
