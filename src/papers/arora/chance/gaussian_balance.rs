//! Normal layers are balanced up to their size (Claim 2, Lemma 10).

use std::fmt;

use rug::ops::Pow;
use rug::{Integer, Rational};

use crate::claims::{AboutChance, Chance, Claim, OnChance};
use crate::generate::{Draws, Random};
use crate::number::{Special, Tracked, Truth};

use super::layered::{Layer, named};
use super::reciprocal;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let one_layer_each = |a, b, d| PairCase { a, b, d, k: Rational::from(2) };
    vec![
        Claim::chance(
            "ACGH19.claim2-gaussian-balance",
            include_str!("../text/claim2-gaussian-balance.md"),
            OnChance::new(GaussianBalance::default(), balance_cases()),
        )
        .chance_control(
            "d_max² instead of d_max³",
            OnChance::new(
                GaussianBalance { width_exponent: 2, ..GaussianBalance::default() },
                vec![BalanceCase {
                    widths: vec![64, 64, 64],
                    s: Rational::from(1),
                    delta_squared: Rational::from(163_840),
                }],
            ),
        )
        .chance_control(
            "s² instead of s⁴",
            OnChance::new(
                GaussianBalance { scale_exponent: 2, ..GaussianBalance::default() },
                vec![BalanceCase {
                    widths: vec![1, 1, 1],
                    s: Rational::from(100),
                    delta_squared: Rational::from(400_000),
                }],
            ),
        ),
        Claim::chance(
            "ACGH19.lemma10-imbalance-second-moment",
            include_str!("../text/lemma10-imbalance-second-moment.md"),
            OnChance::drawn(ImbalanceMoment::default(), PairCase::draw).starting_with(vec![one_layer_each(3, 2, 4)]),
        )
        .chance_control(
            "the term d²(a + b) dropped",
            OnChance::new(ImbalanceMoment { without_square: true }, vec![one_layer_each(1, 1, 29)]),
        ),
        Claim::chance(
            "ACGH19.S2",
            include_str!("../text/S2.md"),
            OnChance::new(DiagonalMoment { cross: 1 }, vec![one_layer_each(1, 1, 1), one_layer_each(3, 1, 1)]),
        )
        .expected_refuted(Some("ACGH19.lemma10-imbalance-second-moment"))
        .chance_control(
            "the cross term −2ab",
            OnChance::new(
                DiagonalMoment { cross: 2 },
                vec![one_layer_each(1, 1, 1), one_layer_each(3, 1, 1), one_layer_each(2, 3, 1)],
            ),
        ),
    ]
}

/// `P[δ-balanced] ≥ max{0, 1 − 10 δ⁻² N s⁴ d_max³}`.
#[doc = include_str!("../text/claim2-gaussian-balance.md")]
#[derive(Clone, Copy, Debug)]
pub struct GaussianBalance {
    /// The exponent of `d_max`: 3, or 2 in a control.
    pub width_exponent: u32,
    /// The exponent of `s`: 4, or 2 in a control.
    pub scale_exponent: u32,
}

impl Default for GaussianBalance {
    fn default() -> Self {
        Self { width_exponent: 3, scale_exponent: 4 }
    }
}

/// Layers of independent `N(0, s²)` entries, and a `δ`.
#[derive(Clone, Debug)]
pub struct BalanceCase {
    /// `d_0, …, d_N`.
    pub widths: Vec<usize>,
    /// `s`.
    pub s: Rational,
    /// `δ²`.
    pub delta_squared: Rational,
}

impl fmt::Display for BalanceCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, s = {}, δ² = {}", named(&self.widths), self.s, self.delta_squared)
    }
}

impl BalanceCase {
    /// `δ = k s² √(10 d_max³)`, for which the bound is `1 − N/k²`.
    fn new(widths: &[usize], s: impl Into<Rational>, k: impl Into<Rational>) -> Self {
        let (s, k) = (s.into(), k.into());
        let largest = Integer::from(widths.iter().copied().max().unwrap_or(0));
        let cube = Rational::from(largest.pow(3)) * 10;
        let delta_squared: Rational = k.square() * s.clone().square().square() * cube;
        Self { widths: widths.to_vec(), s, delta_squared }
    }
}

fn balance_cases() -> Vec<BalanceCase> {
    vec![
        BalanceCase::new(&[20, 3, 2, 1], 1, 3),
        BalanceCase::new(&[8, 8, 8], (1, 10), 3),
        BalanceCase::new(&[1, 1, 1], 100, 2),
        BalanceCase::new(&[1, 1, 1], (1, 1000), 4),
        BalanceCase::new(&[5, 1, 5, 2, 4], 3, 5),
        BalanceCase::new(&[2, 12, 12, 3], (1, 3), 4),
        // The bound is max{0, …} = 0 here, and says nothing.
        BalanceCase::new(&[2, 3, 2, 1], 1, 1),
    ]
}

impl AboutChance for GaussianBalance {
    type Case = BalanceCase;

    fn examine<T: Special>(&self, case: &BalanceCase, chance: &mut Chance<T>) {
        let depth = case.widths.len().saturating_sub(1);
        let largest = case.widths.iter().copied().max().unwrap_or(0);
        chance.given().that("δ > 0", case.delta_squared > 0);
        let power = |base: Rational, exponent: u32| (0..exponent).fold(Rational::from(1), |product, _| product * &base);
        let mut failure: Rational = power(case.s.clone(), self.scale_exponent);
        failure *= power(Rational::from(largest), self.width_exponent) * 10;
        failure *= depth as u64;
        if case.delta_squared > 0 {
            failure /= &case.delta_squared;
        }
        let bound: Rational = Rational::from(1) - failure;
        let bound = bound.max(Rational::new());
        let bound = chance.number(bound);
        let (s, limit) = (Tracked::nearest(&case.s), Tracked::nearest(&case.delta_squared));
        let widths = case.widths.clone();
        chance.event("δ-balanced", move |draws| is_balanced(draws, &widths, s, limit)).at_least(bound);
    }
}

/// Draws the layers and says whether `‖W_{j+1}ᵀW_{j+1} − W_jW_jᵀ‖_F² ≤ limit` for every `j`.
fn is_balanced(draws: &mut Draws, widths: &[usize], s: Tracked, limit: Tracked) -> Truth {
    let fourth = s.square().square();
    let layers: Vec<Layer> = widths.windows(2).map(|pair| Layer::normal(draws, pair[1], pair[0])).collect();
    layers.windows(2).fold(Truth::True, |all, pair| {
        let columns = pair[1].transposed();
        all.and(norm_at_most(&columns, &pair[0], fourth, limit))
    })
}

/// Whether `scale·‖AAᵀ − BBᵀ‖_F² ≤ limit`. The sum of squares is given up once it is certainly larger.
fn norm_at_most(a: &Layer, b: &Layer, scale: Tracked, limit: Tracked) -> Truth {
    let mut sum = Tracked::new(0.0);
    for i in 0..a.rows() {
        for j in 0..=i {
            let entry = Tracked::dot(a.row(i), a.row(j)) - Tracked::dot(b.row(i), b.row(j));
            let square = entry.square();
            sum += if i == j { square } else { square + square };
        }
        if (scale * sum).at_most(limit) == Truth::False {
            return Truth::False;
        }
    }
    (scale * sum).at_most(limit)
}

/// `P[‖AᵀA − BBᵀ‖_F ≥ k s²√(2d(a+b)² + d²(a+b))] ≤ 1/k²`, with the exact second moments behind it.
#[doc = include_str!("../text/lemma10-imbalance-second-moment.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct ImbalanceMoment {
    /// The control: without `d²(a + b)`.
    pub without_square: bool,
}

/// `A ∈ R^{a×d}` and `B ∈ R^{d×b}` of standard normal entries; `s` is a unit.
#[derive(Clone, Debug)]
pub struct PairCase {
    /// The number of rows of `A`.
    pub a: u32,
    /// The number of columns of `B`.
    pub b: u32,
    /// The dimension that they share.
    pub d: u32,
    /// `k`.
    pub k: Rational,
}

impl fmt::Display for PairCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { a, b, d, k } = self;
        write!(f, "a = {a}, b = {b}, d = {d}, k = {k}")
    }
}

impl PairCase {
    fn draw(random: &mut Random) -> Self {
        let largest = *random.choice(&[2, 3, 12, 40]);
        let mut size = || random.size(1, largest) as u32;
        let (a, b, d) = (size(), size(), size());
        Self { a, b, d, k: Rational::from(*random.choice(&[(3, 2), (2, 1), (3, 1), (5, 1)])) }
    }
}

/// Moments are found by enumeration for at most this many entries, and samples drawn for at most that many.
const FEW_ENTRIES: u32 = 7;
const SOME_ENTRIES: u32 = 60;

impl AboutChance for ImbalanceMoment {
    type Case = PairCase;

    fn examine<T: Special>(&self, case: &PairCase, chance: &mut Chance<T>) {
        let &PairCase { a, b, d, ref k } = case;
        let [ra, rb, rd] = [a, b, d].map(Rational::from);
        let (sum, difference) = (Rational::from(&ra + &rb), Rational::from(&ra - &rb).square());
        let off_diagonal = sum.clone();
        let diagonal = difference.clone() + Rational::from(&sum * 2);
        let shared: Rational = Rational::from(&rd + 1) * &rd;
        let moment: Rational = Rational::from(&rd * &difference) + shared * &sum;
        let mut bound: Rational = sum.clone().square() * Rational::from(&rd * 2);
        if !self.without_square {
            bound += rd.square() * &sum;
        }
        let [off_diagonal, diagonal, moment, limit] =
            [off_diagonal, diagonal, moment, bound.clone()].map(|value| chance.number(value));
        chance.given().that("k ≥ 1", *k >= 1);
        let finding = chance.finding();
        finding.at_most("E‖AᵀA − BBᵀ‖_F² ≤ s⁴(2d(a+b)² + d²(a+b))", &moment, &limit);
        let entries = a.saturating_add(b).saturating_mul(d);
        if entries <= FEW_ENTRIES && entries > 0 {
            let exact = |value: Rational| moment.constant(value);
            let found = Moments::by_enumeration(a, b, d);
            finding.equal("E‖X‖_F² = s⁴(d(a−b)² + d(d+1)(a+b))", &exact(found.whole), &moment);
            finding.equal("E X_11² = s⁴((a−b)² + 2(a+b))", &exact(found.diagonal), &diagonal);
            if let Some(found) = found.off_diagonal {
                finding.equal("E X_12² = s⁴(a+b)", &exact(found), &off_diagonal);
            }
        }
        if entries <= SOME_ENTRIES {
            let bound: Rational = k.clone().square() * bound;
            let limit = Tracked::nearest(&bound);
            let at_most = chance.number(reciprocal(k.clone().square()));
            let event = chance.event("‖AᵀA − BBᵀ‖_F ≥ k s²√(2d(a+b)² + d²(a+b))", move |draws| {
                let rows = |draws: &mut Draws, columns: u32| Layer::normal(draws, d as usize, columns as usize);
                let (columns_of_a, rows_of_b) = (rows(draws, a), rows(draws, b));
                norm_at_most(&columns_of_a, &rows_of_b, Tracked::new(1.0), limit).not()
            });
            event.at_most(at_most);
        }
    }
}

/// Slip S2: `E X_ii² = s⁴(3(a+b) + a(a−1) + b(b−1) − cross·ab)`.
#[doc = include_str!("../text/S2.md")]
#[derive(Clone, Copy, Debug)]
pub struct DiagonalMoment {
    /// The factor of `ab`: 1 as printed, 2 in truth.
    pub cross: u32,
}

impl AboutChance for DiagonalMoment {
    type Case = PairCase;

    fn examine<T: Special>(&self, case: &PairCase, chance: &mut Chance<T>) {
        let &PairCase { a, b, d, .. } = case;
        const LABEL: &str = "E X_ii² = s⁴(3(a+b) + a(a−1) + b(b−1) − ab)";
        chance.given().that("a, b, d ≥ 1", a > 0 && b > 0 && d > 0);
        if a.saturating_add(b).saturating_mul(d) > FEW_ENTRIES || d == 0 {
            // There are too many matrices to enumerate.
            chance.finding().asserted(LABEL, Truth::Open);
            return;
        }
        let [ra, rb] = [a, b].map(Rational::from);
        let squares = Rational::from(&ra * &ra) + Rational::from(&rb * &rb);
        let formula = squares + Rational::from(&ra + &rb) * 2u32 - ra * rb * self.cross;
        let (left, right) = (chance.number(Moments::by_enumeration(a, b, d).diagonal), chance.number(formula));
        chance.finding().equal(LABEL, &left, &right);
    }
}

/// Second moments of `X = AᵀA − BBᵀ`, `s = 1`.
struct Moments {
    whole: Rational,
    diagonal: Rational,
    off_diagonal: Option<Rational>,
}

impl Moments {
    /// By a law with few values: `√3·y` with `y ∈ {−1, 0, 1}` of probabilities 1/6, 2/3, 1/6 has the moments of a normal number up
    /// to the fifth, and every monomial of the entries' squares has degree 4, so that the factor √3 comes out as 9. So the
    /// expectation over normal entries is a sum over finitely many matrices, exactly.
    fn by_enumeration(a: u32, b: u32, d: u32) -> Self {
        let entries = (a + b) * d;
        let (mut whole, mut diagonal, mut off_diagonal) = (0_i128, 0_i128, 0_i128);
        for code in 0..3_u32.pow(entries) {
            let mut rest = code;
            let mut weight = 1_i128;
            let mut digits = Vec::with_capacity(entries as usize);
            for _ in 0..entries {
                let digit = i128::from(rest % 3) - 1;
                rest /= 3;
                weight *= if digit == 0 { 4 } else { 1 };
                digits.push(digit);
            }
            // Row k of A, then column k of B; each has d entries.
            let entry = |i: u32, j: u32| -> i128 {
                let product = |k: u32| digits[(k * d + i) as usize] * digits[(k * d + j) as usize];
                (0..a).map(product).sum::<i128>() - (a..a + b).map(product).sum::<i128>()
            };
            for i in 0..d {
                for j in 0..d {
                    whole += weight * entry(i, j).pow(2);
                }
            }
            diagonal += weight * entry(0, 0).pow(2);
            if d > 1 {
                off_diagonal += weight * entry(0, 1).pow(2);
            }
        }
        let mean = |sum: i128| Rational::from((Integer::from(sum) * 9, Integer::from(6).pow(entries)));
        Self { whole: mean(whole), diagonal: mean(diagonal), off_diagonal: (d > 1).then(|| mean(off_diagonal)) }
    }
}
