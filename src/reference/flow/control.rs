//! Step control: how long a step is, and of which degree its centre. Nothing here is a bound, and no choice made here can be wrong; it can be slow.

use super::centre::Centre;
use super::defect::{self, Defect};
use super::field::{Field, Sup};
use crate::number::Magnitude;

/// Taylor steps cost `N²` products each for a degree `N` and are `ρ ε^{1/N}` long for a defect of `ε`: most is reached for the cost with
/// `N = ½ ln(1/ε)`, which is 0.347 of the bits of `ε`. What a step costs beside, in discs and curvature, makes longer ones better: it was about half
/// of all at 128 bits.
const DEGREE_PER_BIT: f64 = 0.45;

/// No centre has a lower degree: where little is asked for, discs and curvature are nearly all that a step costs, and longer ones are better.
const LEAST_DEGREE: usize = 16;

/// A step may add this part of the tolerance to the radius, as a power of two: some hundred steps, and what the flow makes of errors.
const SHARE: i64 = -12;

/// Without a tolerance the defect is this many bits below the roundings of the weights, which are then most of the error.
const BESIDE_ROUNDINGS: i64 = 3;

/// Radii of discs are these powers of √2, in units of the last one that was best.
const DISCS: std::ops::RangeInclusive<i32> = -120..=40;

/// Steps are multiples of a power of two, with so many bits: times stay short.
const STEP_BITS: u32 = 8;

/// Over some hundred steps in which `∫μ` is less than 2 to this power, errors grow by no more than a few times.
const SMALL_GROWTH: i64 = -6;

/// In so many parts the growth in a step is bounded at first, and at most: powers of two, so that all ends are exact.
const FEWEST_PARTS: u32 = 2;
const MOST_PARTS: u32 = 8;

/// Parts that gain no more than 2 to this power of the growth are not halved again.
const HELP: i64 = -3;

/// What a step is to be like.
#[derive(Clone, Debug)]
pub(super) struct Control {
    bits: u32,
    tolerance: Option<Magnitude>,
}

/// A disc on which `F` has a bound, and the step that it allows.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// The length of the step, in units of the centre.
    pub length: f64,
    /// The defect of the centre.
    pub defect: Defect,
    /// Two to this power is about the radius of the disc.
    pub disc: i64,
    /// What the step may add to the radius.
    pub share: Magnitude,
    /// The radius of the disc, and what is bounded there.
    pub bounds: (f64, Sup),
}

impl Control {
    /// For weights of so many bits, and a radius of about `tolerance` at the end of a path, if one is wanted.
    pub fn new(bits: u32, tolerance: Option<Magnitude>) -> Self {
        Self { bits, tolerance }
    }

    /// What a step may add to the radius beside roundings, where weights have the given norm.
    pub fn share(&self, size: Magnitude) -> Magnitude {
        let rounding = size.scaled(-i64::from(self.bits) - BESIDE_ROUNDINGS);
        self.tolerance.map_or(rounding, |tolerance| tolerance.scaled(SHARE).max(rounding))
    }

    /// The degree of the centre where weights have the given norm.
    pub fn degree(&self, size: Magnitude) -> usize {
        let most = f64::from(self.bits);
        // Weights that are all zero have no size, and no tolerance is large beside them.
        let bits = if size.is_zero() { most } else { most.min(log2(size) - log2(self.share(size))) };
        LEAST_DEGREE.max((DEGREE_PER_BIT * bits).ceil() as usize)
    }

    /// The longest step that is found to keep within its share; `None` if `F` has no bound on any disc. Discs are looked at as [`longest`] says.
    pub fn choose(&self, field: &Field, centre: &Centre, cut: &[Magnitude]) -> Option<Choice> {
        // Of a zero start it is known where it goes in a unit, which may be long, and that what is not known of it is not to be one.
        let size = if centre.norm(0).is_zero() { centre.norm(1).min(Magnitude::ONE) } else { centre.norm(0) };
        let share = self.share(size);
        let (log_length, (power, radius, sup)) = longest(|power| {
            let radius = (f64::from(power) / 2.0).exp2();
            let sup = defect::sup(field, centre, radius).ok().filter(|sup| !sup.gradient.is_infinite())?;
            // The tail is sup ρ q^{N+1} / (N+1), nearly.
            let degree = (cut.len() + 1) as f64;
            let excess = log2(sup.gradient) + f64::from(power) / 2.0 - degree.log2() - log2(share);
            // A bound that is out of all proportion makes a length that is zero in f64: its logarithm still tells which disc is better.
            Some((f64::from(power) / 2.0 - (excess / degree).max(1.0), (power, radius, sup)))
        })?;
        let length = shortened(log_length.exp2());
        let choice = Choice {
            length,
            defect: Defect::new(cut, radius, sup.gradient),
            disc: i64::from(power / 2),
            share,
            bounds: (radius, sup),
        };
        // A step of no length would be taken for ever.
        (length > 0.0).then_some(choice)
    }
}

/// The disc with the longest step, by the logarithm that comes first of what is known of the disc of a power, if it has a bound: from the disc that was best
/// before inward until there is a bound, and from there to both sides as long as steps get longer.
fn longest<T>(mut at: impl FnMut(i32) -> Option<(f64, T)>) -> Option<(f64, T)> {
    let (first, mut best) = (0..=-DISCS.start()).map(|down| -down).find_map(|power| Some((power, at(power)?)))?;
    for side in [1, -1] {
        let mut power = first + side;
        while DISCS.contains(&power) {
            match at(power) {
                Some(found) if found.0 > best.0 => best = found,
                _ => break,
            }
            power += side;
        }
    }
    Some(best)
}

/// A bound of the growth in a step of this length, by as many parts as are worth it, given what it is in a length by so many parts; infinite if the step is so
/// long that it is bounded loosely: if it is more than three times what it is in the first half.
///
/// In each part the curvature is that at its middle and what it may vary by. Twice as many parts are taken as long as that helps. Without the looseness the whole
/// would be about twice as much as the half. What is small is good enough.
pub(super) fn growth_by_parts(length: f64, mut bound: impl FnMut(f64, u32) -> Magnitude) -> Magnitude {
    let (mut parts, mut growth) = (FEWEST_PARTS, bound(length, FEWEST_PARTS));
    while growth > Magnitude::power_of_two(SMALL_GROWTH) {
        if parts == MOST_PARTS {
            let half = bound(length / 2.0, parts);
            return if growth > half + half.scaled(1) { Magnitude::INFINITE } else { growth };
        }
        parts *= 2;
        let before = growth;
        growth = bound(length, parts).min(before);
        if growth + growth.scaled(HELP) >= before {
            break;
        }
    }
    growth
}

/// The number cut to a few bits.
fn shortened(value: f64) -> f64 {
    f64::from_bits(value.to_bits() & !((1 << (f64::MANTISSA_DIGITS - STEP_BITS)) - 1))
}

/// About the binary logarithm.
pub(super) fn log2(value: Magnitude) -> f64 {
    match value.exponent() {
        Some(exponent) => exponent as f64 + value.scaled(-exponent).to_f64().log2(),
        None if value.is_zero() => -1e6,
        None => 1e6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The disc that is found where the step for the power `p` is `-(p - best)²` long and there is a bound up to a power, and the powers that were looked at.
    fn looked(best: i32, most: i32) -> (Option<i32>, Vec<i32>) {
        let mut looks = Vec::new();
        let found = longest(|power| {
            looks.push(power);
            (power <= most).then(|| (-f64::from(power - best).powi(2), power))
        });
        (found.map(|(_, power)| power), looks)
    }

    #[test]
    fn discs_are_looked_at_as_long_as_steps_get_longer() {
        assert_eq!(looked(0, 40), (Some(0), vec![0, 1, -1]));
        assert_eq!(looked(3, 40), (Some(3), vec![0, 1, 2, 3, 4, -1]));
        assert_eq!(looked(-2, 40), (Some(-2), vec![0, 1, -1, -2, -3]));
        // Inward to the first bound, and no look at what has none but for one to its side.
        assert_eq!(looked(3, -2), (Some(-2), vec![0, -1, -2, -1, -3]));
        // Out of the range of discs.
        assert_eq!(looked(1000, 1000).0, Some(*DISCS.end()));
        assert_eq!(looked(-1000, 1000).0, Some(*DISCS.start()));
        assert_eq!(looked(0, -1000), (None, (0..=120).map(|down| -down).collect()));
    }

    /// The growth `t h + v h²/k` in a step of length 1, and the numbers of parts that were asked for.
    fn parted(t: f64, v: f64) -> (f64, Vec<u32>) {
        let mut asked = Vec::new();
        let growth = growth_by_parts(1.0, |h, parts| {
            asked.push(parts);
            Magnitude::above_f64(t * h + v * h * h / f64::from(parts))
        });
        (growth.to_f64(), asked)
    }

    #[test]
    fn parts_are_halved_as_long_as_that_helps() {
        // What is small is good enough.
        assert_eq!(parted(0.0, 0.03), (0.015, vec![2]));
        assert_eq!(parted(1.0, 0.1), (1.025, vec![2, 4]));
        assert_eq!(parted(0.0, 0.0625), (0.015_625, vec![2, 4]));
        assert_eq!(parted(1.0, 1.0), (1.125, vec![2, 4, 8]));
        // Loose: what varies is more than twice the rest in eight parts.
        assert_eq!(parted(1.0, 15.0), (2.875, vec![2, 4, 8, 8]));
        assert_eq!(parted(1.0, 17.0), (f64::INFINITY, vec![2, 4, 8, 8]));
        assert_eq!(growth_by_parts(1.0, |_, _| Magnitude::INFINITE), Magnitude::INFINITE);
        // More parts may be worse by a rounding; what was found before holds.
        let worse = |_, parts: u32| Magnitude::above_f64(1.0 + f64::from(parts) / 1e6);
        assert_eq!(growth_by_parts(1.0, worse), Magnitude::above_f64(1.000_002));
    }

    #[test]
    fn steps_have_few_bits_and_degrees_follow_the_bits_that_are_asked_for() {
        assert_eq!(shortened(0.1), 0.099_609_375);
        assert_eq!(shortened(1.5), 1.5);
        let one = Magnitude::ONE;
        let degree = |bits, tolerance: Option<f64>| Control::new(bits, tolerance.map(Magnitude::above_f64)).degree(one);
        assert_eq!((degree(128, None), degree(256, None)), (58, 116));
        // A tolerance below the roundings is none, and a loose one takes fewer.
        assert_eq!(degree(128, Some(1e-60)), degree(128, None));
        assert!(degree(128, Some(1e-10)) < degree(128, None) / 2);
        assert_eq!(degree(53, Some(1.0)), LEAST_DEGREE);
    }
}
