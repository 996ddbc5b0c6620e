//! Step control: how long a step is, and of which degree its centre. Nothing here is a bound, and no choice made here can be wrong; it can be slow.

use super::centre::Centre;
use super::defect::{self, Defect};
use super::field::Field;
use crate::number::Magnitude;

/// Taylor steps cost `N²` products each for a degree `N` and are `ρ ε^{1/N}` long for a defect of `ε`: most is reached for the cost with
/// `N = ½ ln(1/ε)`, which is 0.347 of the bits of `ε`. What a step costs beside, in discs and curvature, makes longer ones better: it was about half
/// of all at 128 bits.
const DEGREE_PER_BIT: f64 = 0.45;

/// No centre has a lower degree.
const LEAST_DEGREE: usize = 6;

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
}

impl Control {
    /// For weights of so many bits, and a radius of about `tolerance` at the end of a path, if one is wanted.
    pub fn new(bits: u32, tolerance: Option<Magnitude>) -> Self {
        Self { bits, tolerance }
    }

    /// What a step may add to the radius beside roundings, where weights have the given norm.
    fn share(&self, size: Magnitude) -> Magnitude {
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

    /// The longest step that is found to keep within its share; `None` if `F` has no bound on any disc.
    pub fn choose(&self, field: &Field, centre: &Centre, cut: &[Magnitude]) -> Option<Choice> {
        let size = if centre.norm(0).is_zero() { centre.norm(1) } else { centre.norm(0) };
        let share = self.share(size);
        let at = |power: i32| -> Option<(f64, Choice)> {
            let radius = (f64::from(power) / 2.0).exp2();
            let sup = defect::sup(field, centre, radius).ok().filter(|sup| !sup.is_infinite())?;
            // The tail is sup ρ q^{N+1} / (N+1), nearly.
            let degree = (cut.len() + 1) as f64;
            let excess = log2(sup) + f64::from(power) / 2.0 - degree.log2() - log2(share);
            // A bound that is out of all proportion makes a length that is zero in f64: its logarithm still tells which disc is better.
            let log_length = f64::from(power) / 2.0 - (excess / degree).max(1.0);
            let (length, disc) = (shortened(log_length.exp2()), i64::from(power / 2));
            Some((log_length, Choice { length, defect: Defect::new(cut, radius, sup), disc, share }))
        };
        // From the disc that was best before: inward until there is a bound, then on as long as steps get longer.
        let (first, mut best) = (0..=-DISCS.start()).map(|down| -down).find_map(|power| Some((power, at(power)?)))?;
        for direction in [1, -1] {
            let mut power = first + direction;
            while DISCS.contains(&power) {
                match at(power) {
                    Some(found) if found.0 > best.0 => best = found,
                    _ => break,
                }
                power += direction;
            }
        }
        // A step of no length would be taken for ever.
        Some(best.1).filter(|choice| choice.length > 0.0)
    }
}

/// Whether a step is so long that the curvature is bounded loosely: `growth` in it is more than three times what it is in the first half.
///
/// Without the looseness it would be about twice as much. What is small is not looked at.
pub(super) fn is_loose(growth: Magnitude, in_half: impl FnOnce() -> Magnitude) -> bool {
    growth > Magnitude::power_of_two(SMALL_GROWTH) && {
        let half = in_half();
        growth > half + half.scaled(1)
    }
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
