//! A start with one output has some margin with a probability near one half, if it is small.

use std::fmt;

use rug::Rational;

use crate::claims::{AboutChance, Chance, Claim, OnChance};
use crate::number::{Special, Tracked, special};

use super::cap::{cosine_integral, in_cap};
use super::{has_margin, layered, normal_margin};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
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

impl fmt::Display for NearHalfCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnSphere { dimension, norm } => write!(f, "d₀ = {dimension}, ‖w‖ = {norm}"),
            Self::Normal { dimension, deviation } => write!(f, "d₀ = {dimension}, s = {deviation}"),
            Self::Layers { widths, scale } => write!(f, "{}, s^N = {scale}", layered::named(widths)),
        }
    }
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

    fn examine<T: Special>(&self, case: &NearHalfCase, chance: &mut Chance<T>) {
        let half = chance.number((1, 2));
        // The density of ⟨U, Φ⟩ is at most its value 1/(2C) at 0, C the integral of cos^{d−2}: so P ≥ ½ − E‖w‖/(4C).
        let floor = |dimension: u32, norm: &T| match self.whatever {
            true => half.constant((49, 100)),
            false => {
                half.clone()
                    - &(norm.clone() / cosine_integral(dimension.saturating_sub(2), &half.constant(1)).times(4))
            }
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
                    let row = layered::end_to_end(draws, &widths, Tracked::new);
                    (s * Tracked::dot(&row, &row)).at_most(Tracked::new(2.0) * row[0])
                });
                event.at_least(bound).within(0.05);
            }
        }
    }
}
