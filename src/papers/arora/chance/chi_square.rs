//! Tails of the norm of a normal vector (Lemma 9).

use std::fmt;

use rug::Rational;

use crate::claims::{AboutChance, Chance, Claim, OnChance};
use crate::generate::Random;
use crate::number::{Special, Tracked, special};

use super::normal_point;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::chance(
            "ACGH19.lemma9-chi-square",
            include_str!("../text/lemma9-chi-square.md"),
            OnChance::drawn(SquaredNorm::default(), SquaredNormCase::draw)
                .starting_with(vec![SquaredNormCase { dimension: 20, k: Rational::from((1, 2)) }]),
        )
        .chance_control(
            "the term 2k dropped",
            OnChance::new(
                SquaredNorm { without_linear_term: true },
                vec![SquaredNormCase { dimension: 1, k: Rational::from(10) }],
            ),
        ),
    ]
}

/// `P[‖V‖² ≥ s²(d + 2k + 2√(kd))] ≤ e^{−k}` and `P[‖V‖² ≤ s²(d − 2√(kd))] ≤ e^{−k}`.
#[doc = include_str!("../text/lemma9-chi-square.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SquaredNorm {
    /// The control: `d + 2√(kd)` instead of `d + 2k + 2√(kd)`.
    pub without_linear_term: bool,
}

/// A dimension `d` and a number `k`; the standard deviation `s` is a unit of length, 1 here.
#[derive(Clone, Debug)]
pub struct SquaredNormCase {
    /// `d`.
    pub dimension: u32,
    /// `k`.
    pub k: Rational,
}

impl fmt::Display for SquaredNormCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dimension, k } = self;
        write!(f, "d = {dimension}, k = {k}")
    }
}

impl SquaredNormCase {
    fn draw(random: &mut Random) -> Self {
        let largest = *random.choice(&[1, 2, 10, 30, 100, 1000]);
        let scale = *random.choice(&[1, 8, 50]);
        Self { dimension: random.size(1, largest) as u32, k: random.positive(10) * scale }
    }
}

/// In at most this many dimensions a sample is drawn as well.
const FEW_DIMENSIONS: u32 = 30;

impl AboutChance for SquaredNorm {
    type Case = SquaredNormCase;

    fn examine<T: Special>(&self, case: &SquaredNormCase, chance: &mut Chance<T>) {
        let dimension = case.dimension;
        let (d, k) = (chance.number(dimension), chance.number(case.k.clone()));
        let root = (d.clone() * &k).sqrt().times(2);
        let high = if self.without_linear_term { d.clone() + &root } else { d.clone() + &root + k.clone().times(2) };
        let low = d - &root;
        let bound = (-k).exp();
        let (above, below) = (special::chi_square_above(dimension, &high), special::chi_square_below(dimension, &low));
        if dimension <= FEW_DIMENSIONS {
            let threshold = Tracked::within(&high);
            let event = chance.event("‖V‖² ≥ s²(d + 2k + 2√(kd)) with probability ≤ e^−k", move |draws| {
                threshold.at_most(normal_point(draws, dimension as usize).1)
            });
            event.at_most(bound.clone()).exactly(above);
        } else {
            chance.finding().at_most("‖V‖² ≥ s²(d + 2k + 2√(kd)) with probability ≤ e^−k", &above, &bound);
        }
        let positive = low.constant(0).below(&low);
        chance
            .finding()
            .at_most("‖V‖² ≤ s²(d − 2√(kd)) with probability ≤ e^−k", &below, &bound)
            .informative_if(positive);
    }
}
