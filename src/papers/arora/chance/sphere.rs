//! The margin of a start whose direction is uniform (Lemmas 8 and 15, the first also printed as Lemma 16).

use std::fmt;

use rug::Rational;

use crate::claims::{AboutChance, Chance, Claim, OnChance};
use crate::generate::Random;
use crate::number::{Real, Special, Tracked, Truth, special};

use super::cap::{FEW_DIMENSIONS, in_cap};
use super::{guaranteed_share, reciprocal};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::chance(
            "ACGH19.lemma16-rotation-invariant-margin",
            include_str!("../text/lemma16-rotation-invariant-margin.md"),
            OnChance::new(RotationInvariantMargin::default(), radial_cases()),
        )
        .chance_control(
            "a law that is not invariant: V always along −Φ",
            OnChance::new(
                RotationInvariantMargin { opposite: true },
                vec![RadialCase::new(20, (50, 1), (100, 1), (0, 1))],
            ),
        ),
        Claim::chance(
            "ACGH19.lemma15-sphere-margin",
            include_str!("../text/lemma15-sphere-margin.md"),
            // The most, and the least, that there is to see of the bound.
            OnChance::drawn(SphereMargin::default(), SphereCase::draw)
                .starting_with([100, 9, 100_000].map(|a| SphereCase { dimension: 20, a: Rational::from(a) }).into()),
        )
        .chance_control(
            "the largest margin there is on the sphere, r‖Φ‖",
            OnChance::new(SphereMargin { largest: true }, vec![SphereCase { dimension: 20, a: Rational::from(100) }]),
        ),
    ]
}

/// The height of the cap in which a point of the sphere of radius `r` has the margin `c`, for `‖Φ‖ = 1`:
/// `⟨V, Φ⟩ ≥ (r² + 2c − c²)/2`.
fn height<T: Real>(norm: &T, margin: &T) -> T {
    let whole = norm.square() + margin.clone().times(2) - margin.square();
    whole / norm.clone().times(2)
}

/// The margin of a point on the sphere of radius `‖Φ‖/√(ad)`.
#[doc = include_str!("../text/lemma15-sphere-margin.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SphereMargin {
    /// The control: the margin `‖Φ‖/√(ad)`, which only the pole has.
    pub largest: bool,
}

/// The sphere of radius `‖Φ‖/√(ad)` in `R^d`.
#[derive(Clone, Debug)]
pub struct SphereCase {
    /// `d`.
    pub dimension: u32,
    /// `a`.
    pub a: Rational,
}

impl fmt::Display for SphereCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dimension, a } = self;
        write!(f, "d = {dimension}, a = {a}")
    }
}

impl SphereCase {
    fn draw(random: &mut Random) -> Self {
        let largest = *random.choice(&[20, 40, 1000]);
        let dimension = random.size(20, largest) as u32;
        let scale = *random.choice(&[10_u32, 100, 1000, 100_000]);
        let a: Rational = random.positive(16) * scale;
        Self { dimension, a: a + 1_u32 }
    }
}

impl AboutChance for SphereMargin {
    type Case = SphereCase;

    fn examine<T: Special>(&self, case: &SphereCase, chance: &mut Chance<T>) {
        let d = case.dimension;
        chance.given().that("d ≥ 20", d >= 20);
        chance.given().that("a ≥ 1", case.a >= 1);
        let a = chance.number(case.a.clone());
        let square = chance.number(1) / a.clone().times(d);
        let norm = square.clone().sqrt();
        let margin = if self.largest { norm.clone() } else { square };
        let plane = height(&norm, &margin);
        let bound = guaranteed_share(&a);
        let area = special::cap_area(d, &plane);
        if d <= FEW_DIMENSIONS {
            let plane = Tracked::within(&plane);
            let event = chance.event("V has margin ‖Φ‖/(ad)", move |draws| in_cap(draws, d, plane));
            event.at_least(bound).exactly(area);
        } else {
            let positive = bound.constant(0).below(&bound);
            chance.finding().at_most("V has margin ‖Φ‖/(ad)", &bound, &area).informative_if(positive);
        }
    }
}

/// The margin of a start with a rotation-invariant law.
#[doc = include_str!("../text/lemma16-rotation-invariant-margin.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RotationInvariantMargin {
    /// The control: the direction of `V` is always `−Φ`.
    pub opposite: bool,
}

/// A law whose direction is uniform and whose squared norm is uniform: with probability `1 − ε` between `‖Φ‖²/(b_2d)` and
/// `‖Φ‖²/(b_1d)`, else between `9‖Φ‖²` and `16‖Φ‖²`, where nothing has a margin.
#[derive(Clone, Debug)]
pub struct RadialCase {
    /// `d`.
    pub dimension: u32,
    /// `b_1`.
    pub b1: Rational,
    /// `b_2`.
    pub b2: Rational,
    /// `ε`.
    pub outside: Rational,
}

impl fmt::Display for RadialCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dimension, b1, b2, outside } = self;
        write!(f, "d = {dimension}, b₁ = {b1}, b₂ = {b2}, ε = {outside}")
    }
}

impl RadialCase {
    fn new(dimension: u32, b1: (u32, u32), b2: (u32, u32), outside: (u32, u32)) -> Self {
        Self { dimension, b1: b1.into(), b2: b2.into(), outside: outside.into() }
    }
}

fn radial_cases() -> Vec<RadialCase> {
    vec![
        RadialCase::new(100, (50, 1), (200, 1), (0, 1)),
        RadialCase::new(20, (10, 1), (11, 1), (1, 100)),
        RadialCase::new(20, (50, 1), (100, 1), (1, 4)),
        RadialCase::new(30, (10_000, 1), (1_000_000, 1), (1, 10)),
        RadialCase::new(64, (1000, 1), (1500, 1), (1, 1000)),
    ]
}

/// The number of cells over which the probability is integrated.
const CELLS: u32 = 256;

impl AboutChance for RotationInvariantMargin {
    type Case = RadialCase;

    fn examine<T: Special>(&self, case: &RadialCase, chance: &mut Chance<T>) {
        let d = case.dimension;
        let given = chance.given();
        given.that("d ≥ 20", d >= 20);
        given.that("b₂ > b₁ ≥ 1", case.b1 >= 1 && case.b2 > case.b1);
        given.that("0 ≤ ε < 1", case.outside >= 0 && case.outside < 1);
        let inverse = |b: &Rational| reciprocal(Rational::from(b * d));
        let (least, greatest) = (inverse(&case.b2), inverse(&case.b1));
        let margin = chance.number(least.clone());
        let inside = chance.number(Rational::from(1) - &case.outside);
        let bound = inside.clone() * &guaranteed_share(&chance.number(case.b1.clone()));
        let exact = if self.opposite {
            chance.number(0)
        } else {
            // The mean of the cap's area over the squared norm; over each cell the height is enclosed.
            let width = Rational::from(&greatest - &least) / CELLS;
            let end = |cell: u32| chance.number(Rational::from(&width * cell) + &least);
            let mut sum = chance.number(0);
            for cell in 0..CELLS {
                let norm = T::between(&end(cell), &end(cell + 1)).sqrt();
                sum += &special::cap_area(d, &height(&norm, &margin));
            }
            inside * &sum.times((1, CELLS))
        };
        let (c, low, high) = (Tracked::within(&margin), Tracked::nearest(&least), Tracked::nearest(&greatest));
        let (outside, opposite) = (Tracked::nearest(&case.outside), self.opposite);
        let event = chance.event("V has margin ‖Φ‖/(b₂d)", move |draws| {
            let (lot, share) = (Tracked::new(draws.uniform()), Tracked::new(draws.uniform()));
            let one = Tracked::new(1.0);
            let square = match outside.at_most(lot) {
                Truth::True => low + (high - low) * share,
                _ => Tracked::new(9.0) + Tracked::new(7.0) * share,
            };
            // ‖V‖² + 2c − c² ≤ 2⟨V, Φ⟩.
            let needed = square + Tracked::new(2.0) * c - c.square();
            if opposite {
                return needed.at_most(Tracked::new(-2.0) * square.sqrt());
            }
            in_cap(draws, d, needed * (one + one).recip() * square.sqrt().recip())
        });
        event.at_least(bound).exactly(exact);
    }
}
