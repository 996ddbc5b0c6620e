//! Caps of a sphere, and the margin of a start whose direction is uniform (Lemmas 8 and 14 to 16).

use rug::Rational;

use crate::claims::{AboutChance, Chance, Claim, OnChance};
use crate::generate::{Draws, Random};
use crate::number::{Real, Tracked, Truth, special};

use super::{guaranteed_share, has_margin, layered, normal_margin};

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
        Claim::chance(
            "ACGH19.small-std-margin-near-half",
            include_str!("../text/small-std-margin-near-half.md"),
            OnChance::new(NearHalf::default(), near_half_cases()),
        )
        .consequence()
        .chance_control(
            "at least 0.49 whatever the norm",
            OnChance::new(
                NearHalf { whatever: true },
                vec![NearHalfCase::OnSphere { dimension: 20, norm: (1, 1).into() }],
            ),
        ),
    ]
}

/// The height of the cap in which a point of the sphere of radius `r` has the margin `c`, for `‖Φ‖ = 1`:
/// `⟨V, Φ⟩ ≥ (r² + 2c − c²)/2`.
fn height<T: Real>(norm: &T, margin: &T) -> T {
    let whole = norm.square() + margin.clone().times(2) - margin.square();
    whole / norm.clone().times(2)
}

/// Draws a uniform direction and says whether its first coordinate is at least `height`, which is not negative.
fn in_cap(draws: &mut Draws, dimension: u32, height: Tracked) -> Truth {
    let first = Tracked::new(draws.normal());
    let mut square = first.square();
    for _ in 1..dimension {
        square += Tracked::new(draws.normal()).square();
    }
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
const FEW_DIMENSIONS: u32 = 40;

impl AboutChance for CapArea {
    type Case = CapCase;

    fn examine<T: Real>(&self, case: &CapCase, chance: &mut Chance<T>) {
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
        let finding = chance.finding();
        finding.given("d ≥ 20", d >= 20);
        finding.given("0 ≤ h ≤ 1", case.height >= 0 && case.height <= 1);
        // C_{d−2}(0) and C_{d−2}(h).
        let whole = cosine_integral(d - 2, &one);
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
fn cosine_integral<T: Real>(exponent: u32, one: &T) -> T {
    let mut integral =
        if exponent.is_multiple_of(2) { special::pi::<T>(one.bits()).times((1, 2)) } else { one.clone() };
    let mut n = exponent % 2;
    while n < exponent {
        n += 2;
        integral = integral.times((n - 1, n));
    }
    integral
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

    fn examine<T: Real>(&self, case: &SphereCase, chance: &mut Chance<T>) {
        let d = case.dimension;
        chance.finding().given("d ≥ 20", d >= 20);
        chance.finding().given("a ≥ 1", case.a >= 1);
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

    fn examine<T: Real>(&self, case: &RadialCase, chance: &mut Chance<T>) {
        let d = case.dimension;
        let finding = chance.finding();
        finding.given("d ≥ 20", d >= 20);
        finding.given("b₂ > b₁ ≥ 1", case.b1 >= 1 && case.b2 > case.b1);
        finding.given("0 ≤ ε < 1", case.outside >= 0 && case.outside < 1);
        let inverse = |b: &Rational| Rational::from(b * d).recip();
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

/// The probability of a margin tends to one half as the start shrinks, and stays below it.
#[doc = include_str!("../text/small-std-margin-near-half.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NearHalf {
    /// The control: the probability is at least 0.49 whatever the norm.
    pub whatever: bool,
}

/// A start with one output, for `‖Φ‖ = 1`.
#[derive(Clone, Debug)]
pub enum NearHalfCase {
    /// On the sphere of this radius.
    OnSphere {
        /// `d_0`.
        dimension: u32,
        /// The radius.
        norm: Rational,
    },
    /// One layer of normal entries.
    Normal {
        /// `d_0`.
        dimension: u32,
        /// The standard deviation.
        deviation: Rational,
    },
    /// Layers of normal entries.
    Layers {
        /// `d_0, …, d_N = 1`.
        widths: Vec<usize>,
        /// `s^N`.
        scale: Rational,
    },
}

fn near_half_cases() -> Vec<NearHalfCase> {
    let sphere = |dimension, norm: (u32, u32)| NearHalfCase::OnSphere { dimension, norm: norm.into() };
    let normal = |dimension, deviation: (u32, u32)| NearHalfCase::Normal { dimension, deviation: deviation.into() };
    let layers =
        |widths: &[usize], scale: (u32, u32)| NearHalfCase::Layers { widths: widths.to_vec(), scale: scale.into() };
    vec![
        sphere(20, (1, 10)),
        sphere(20, (1, 100)),
        sphere(20, (1, 10_000)),
        sphere(100, (1, 1000)),
        sphere(20, (1, 1)),
        sphere(20, (19, 10)),
        normal(20, (1, 20)),
        normal(20, (1, 200)),
        normal(50, (1, 1000)),
        layers(&[20, 3, 1], (1, 50)),
        layers(&[20, 2, 2, 1], (1, 50)),
    ]
}

impl AboutChance for NearHalf {
    type Case = NearHalfCase;

    fn examine<T: Real>(&self, case: &NearHalfCase, chance: &mut Chance<T>) {
        let half = chance.number((1, 2));
        // The density of ⟨U, Φ⟩ is at most its value 1/(2C) at 0, C the integral of cos^{d−2}: so P ≥ ½ − E‖w‖/(4C).
        let floor = |dimension: u32, norm: &T| match self.whatever {
            true => half.constant((49, 100)),
            false => half.clone() - &(norm.clone() / cosine_integral(dimension - 2, &half.constant(1)).times(4)),
        };
        match case {
            NearHalfCase::OnSphere { dimension, norm } => {
                let d = *dimension;
                let norm = chance.number(norm.clone());
                let plane = norm.clone().times((1, 2));
                let area = special::cap_area(d, &plane);
                chance.finding().below("P[some margin] < ½", &area, &half);
                let plane = Tracked::within(&plane);
                let event = chance
                    .event("some margin: P ≥ ½ − ‖w‖/(4C‖Φ‖)", move |draws| in_cap(draws, d, plane));
                event.at_least(floor(d, &norm)).exactly(area);
            }
            NearHalfCase::Normal { dimension, deviation } => {
                let d = *dimension;
                let deviation = chance.number(deviation.clone());
                let exact = normal_margin(d, &deviation, &chance.number(0));
                chance.finding().below("P[some margin] < ½", &exact, &half);
                let s = Tracked::within(&deviation);
                let event = chance.event("some margin: P ≥ ½ − s√d₀/(4C‖Φ‖)", move |draws| {
                    has_margin(draws, d as usize, s, Tracked::new(0.0))
                });
                event.at_least(floor(d, &(deviation * &half.constant(d).sqrt()))).exactly(exact);
            }
            NearHalfCase::Layers { widths, scale } => {
                let d = widths.first().map_or(0, |&width| width as u32);
                let size = half.constant(u64::from(d) * layered::hidden_product(widths)).sqrt();
                let bound = floor(d, &(chance.number(scale.clone()) * &size));
                let (s, widths) = (Tracked::nearest(scale), widths.clone());
                let event = chance.event("some margin: P ≥ ½ − s^N√(d₀K)/(4C‖Φ‖)", move |draws| {
                    let row = layered::end_to_end(draws, &widths);
                    (s * Tracked::dot(&row, &row)).at_most(Tracked::new(2.0) * row[0])
                });
                event.at_least(bound).within(0.05);
            }
        }
    }
}
