//! The radii of a product of balls: `|A| s + r (|B| + s)` for centres A, B and radii r, s, all entries at once.
//!
//! Centres and radii are f64 numbers over powers of two of their own for each line, so that a row of the sum is two matrix
//! products in f64. What is far below the largest of its line is counted as zero there, and bounded apart.

use super::Magnitude;
use super::lines::{Line, NONE, Seen};

/// A number that is smaller than the largest of its line by this many powers of two counts as zero: so no product underflows.
const NEGLIGIBLE: i64 = 480;

/// An upper bound of what a line loses by that, times another number of at most 2: in units of its power of two.
const NEGLECTED: f64 = exact_power(4 - NEGLIGIBLE);

/// 2^exponent for a normal number.
const fn exact_power(exponent: i64) -> f64 {
    f64::from_bits(((exponent + f64::MAX_EXP as i64 - 1) as u64) << (f64::MANTISSA_DIGITS - 1))
}

/// The absolute value of a centre between 1/2 and 1, over its power of two; perhaps too small, by less than 2^−52 of it.
#[inline]
fn size(centre: Option<&rug::Float>) -> f64 {
    let Some(significand) = centre.and_then(rug::Float::get_significand) else { return 0.0 };
    let limbs = significand.as_limbs();
    let (mut value, mut unit) = (0.0, 1.0);
    // Of limbs of 32 bits, which some machines have, it takes two.
    for limb in limbs.iter().rev().take(size_of::<u64>() / size_of_val(&limbs[0])) {
        unit *= exact_power(-8 * size_of_val(limb) as i64);
        value += *limb as f64 * unit;
    }
    value
}

/// Non-negative numbers of one matrix, each line over a power of two of its own.
struct Scaled {
    values: Vec<f64>,
    lines: Vec<ScaledLine>,
}

/// What is common to the numbers of a line.
#[derive(Clone, Copy)]
struct ScaledLine {
    /// [`NONE`] where all numbers are zero.
    exponent: i64,
    /// Whether a number counts as zero that is not.
    is_short: bool,
}

impl ScaledLine {
    /// `value · 2^exponent` over the power of two of the line, which is not smaller.
    #[inline]
    fn scale(&mut self, value: f64, exponent: i64) -> f64 {
        if value == 0.0 {
            return 0.0;
        }
        let drop = exponent - self.exponent;
        if drop < -NEGLIGIBLE {
            self.is_short = true;
            return 0.0;
        }
        value * exact_power(drop)
    }
}

impl Scaled {
    /// The absolute values of the centres plus `with_radii` times the radii, every line over 2^exponent at least; entry `k` of
    /// line `i` is multiplied by `2^shifts[k]` and stored at `k · step + i`, or one line after the other if there is no step.
    fn new(
        seen: &[Seen],
        shifts: &[i64],
        exponents: impl Iterator<Item = i64>,
        parts: Parts,
        step: Option<usize>,
    ) -> Self {
        let mut values = vec![0.0; seen.len()];
        let length = shifts.len();
        let lines = seen.chunks_exact(length).zip(exponents).enumerate().map(|(i, (line, centres))| {
            let radii =
                line.iter().zip(shifts).filter_map(|(entry, shift)| entry.radius.exponent().map(|own| own + shift));
            let radii = radii.max().unwrap_or(NONE);
            let exponent = match parts {
                Parts::Centres => centres,
                Parts::Radii => radii,
                Parts::Both => centres.max(radii),
            };
            let mut facts = ScaledLine { exponent, is_short: false };
            for (k, (entry, shift)) in line.iter().zip(shifts).enumerate() {
                let mut value = 0.0;
                if parts != Parts::Radii {
                    value += facts.scale(size(entry.centre.as_deref()), entry.exponent.saturating_add(*shift));
                }
                if let (true, Some(own)) = (parts != Parts::Centres, entry.radius.exponent()) {
                    value += facts.scale(entry.radius.mantissa(), own + shift);
                }
                values[step.map_or(i * length + k, |step| k * step + i)] = value;
            }
            facts
        });
        let lines = lines.collect();
        Self { values, lines }
    }
}

/// Which numbers are meant.
#[derive(Clone, Copy, PartialEq)]
enum Parts {
    Centres,
    Radii,
    Both,
}

/// What the radii of two factors make of their product.
pub(super) struct Radii {
    /// |A|, row by row, and s, row by row; `None` if s is zero.
    right: Option<(Scaled, Scaled)>,
    /// r, row by row, and |B| + s, row by row; `None` if r is zero.
    left: Option<(Scaled, Scaled)>,
    length: usize,
    columns: usize,
    /// More than the rounding of a sum can have lost.
    rounding: f64,
}

impl Radii {
    /// For factors with their shifts and the exponents of their lines.
    pub(super) fn new(left: Side, right: Side) -> Self {
        let has_radii = |side: &Side| side.seen.iter().any(|entry| !entry.radius.is_zero());
        let (length, columns) = (left.shifts.len(), right.lines.len());
        let scaled = |side: &Side, parts, step| {
            Scaled::new(side.seen, side.shifts, side.lines.iter().map(|line| line.exponent), parts, step)
        };
        let pair = |one, other| (scaled(&left, one, None), scaled(&right, other, Some(columns)));
        Self {
            right: has_radii(&right).then(|| pair(Parts::Centres, Parts::Radii)),
            left: has_radii(&left).then(|| pair(Parts::Radii, Parts::Both)),
            length,
            columns,
            // A centre and a sum |B| + s may be too small by 2 units each, a product and every sum by one half.
            rounding: 1.0 + (length as f64 + 8.0) * f64::EPSILON,
        }
    }

    /// The sums `|A| s` and `r (|B| + s)` of row `i`, for every column.
    pub(super) fn row(&self, i: usize, sums: &mut [Vec<f64>; 2]) {
        for (pair, sums) in [&self.right, &self.left].into_iter().zip(sums) {
            let Some((left, right)) = pair else { continue };
            sums.fill(0.0);
            let row = &left.values[i * self.length..(i + 1) * self.length];
            for (factor, others) in row.iter().zip(right.values.chunks_exact(self.columns)) {
                for (sum, other) in sums.iter_mut().zip(others) {
                    *sum += factor * other;
                }
            }
        }
    }

    /// The two terms of the radius of entry `(i, j)`, given the sums of row `i`.
    #[inline]
    pub(super) fn terms(&self, i: usize, j: usize, sums: &[Vec<f64>; 2]) -> [Magnitude; 2] {
        let term = |pair: &Option<(Scaled, Scaled)>, sums: &[f64]| match pair {
            Some((left, right)) if sums[j] != 0.0 => {
                let exponent = left.lines[i].exponent + right.lines[j].exponent;
                Magnitude::above_scaled(sums[j] * self.rounding, exponent)
            }
            _ => Magnitude::ZERO,
        };
        [term(&self.right, &sums[0]), term(&self.left, &sums[1])]
    }

    /// A bound of what those terms miss.
    #[inline]
    pub(super) fn loss(&self, i: usize, j: usize) -> Magnitude {
        let mut loss = Magnitude::ZERO;
        for (left, right) in [&self.right, &self.left].into_iter().flatten() {
            let (one, other) = (left.lines[i], right.lines[j]);
            if (one.is_short || other.is_short) && one.exponent != NONE && other.exponent != NONE {
                loss += Magnitude::above_scaled(NEGLECTED * self.length as f64, one.exponent + other.exponent);
            }
        }
        loss
    }
}

/// A factor: its entries line by line, what is common to each line, and the powers of two by which its columns are multiplied.
pub(super) struct Side<'a> {
    pub(super) seen: &'a [Seen<'a>],
    pub(super) lines: &'a [Line],
    pub(super) shifts: &'a [i64],
}
