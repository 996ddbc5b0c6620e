//! MPFR numbers of any size and precision.
//!
//! - [`lines`]: the common exponents, and the powers of two that level the inner index;
//! - [`integers`]: GMP's integers, with Winograd's inner product;
//! - `digits`: integers of 52-bit digits, on processors that multiply eight of these at a time;
//! - [`rounding`]: from an integer to an MPFR number;
//! - [`radii`]: `|A| s + r (|B| + s)` for all entries at once.

#[cfg(target_arch = "x86_64")]
mod digits;
mod integers;
mod lines;
mod radii;
mod rounding;

use std::borrow::Cow;

use integers::Integers;
use lines::{Line, Lines, Seen, balance, seen};
use radii::{Radii, Side};

use super::super::ball::rounding_error;
use super::super::matrix::entry_of_product;
use super::super::{Ball, Float, Magnitude, Ring, View};
use crate::number::Matrix;
use crate::time_limit::check_bits;

/// How entries become integers and dot products numbers again.
trait Format {
    /// An integer.
    type Entry;

    /// The number of bits of an entry.
    fn fraction_bits(&self) -> i64;

    /// The integer part of `value · 2^(fraction_bits − exponent − below)`, where `2^exponent` is the exponent of `value` and
    /// `below ≥ 0`; and whether a fraction was cut off.
    fn read(&mut self, value: &rug::Float, below: i64) -> (Self::Entry, bool);

    /// The entry 0.
    fn zero(&mut self) -> Self::Entry;

    /// What is computed once for all rows and columns.
    fn prepare(&mut self, left: &Lines<Self>, right: &Lines<Self>)
    where
        Self: Sized;

    /// The dot product of row `i` and column `j`, times `2^(the sum of their exponents − 2 fraction_bits)`, rounded to
    /// nearest at `bits` bits; and a bound of the rounding error.
    fn dot(
        &mut self,
        left: &Lines<Self>,
        i: usize,
        right: &Lines<Self>,
        j: usize,
        bits: u32,
    ) -> (rug::Float, Magnitude)
    where
        Self: Sized;

    /// A bound of what the dot product misses of the exact one, in units of `2^(the sum of the exponents − fraction_bits)`
    /// for each of its terms; 0 if it is exact.
    fn loss(&self, left: &Line, right: &Line) -> f64;
}

/// A number with an MPFR number at its centre.
trait Centred: Ring {
    /// The centre; `None` if nothing is known of the number.
    fn known_centre(&self) -> Option<Cow<'_, rug::Float>>;

    /// How far the number may be from its centre.
    fn known_radius(&self) -> Magnitude;
}

impl Centred for Ball {
    #[inline]
    fn known_centre(&self) -> Option<Cow<'_, rug::Float>> {
        (!self.is_whole_line()).then(|| self.midpoint_ref().to_float())
    }

    #[inline]
    fn known_radius(&self) -> Magnitude {
        self.radius()
    }
}

impl Centred for Float {
    #[inline]
    fn known_centre(&self) -> Option<Cow<'_, rug::Float>> {
        let value = self.value_ref();
        value.is_finite().then(|| value.to_float())
    }

    #[inline]
    fn known_radius(&self) -> Magnitude {
        Magnitude::ZERO
    }
}

/// A product of matrices of one kind of number.
trait Product: Centred {
    /// The product in one format.
    fn product_in<F: Format>(format: F, left: View<Self>, right: View<Self>, bits: u32) -> Matrix<Self>;
}

/// The product `left · right` at `bits` bits.
pub(super) fn product_of_balls(left: View<Ball>, right: View<Ball>, bits: u32) -> Matrix<Ball> {
    product(left, right, bits)
}

/// The product `left · right` at `bits` bits.
pub(super) fn product_of_floats(left: View<Float>, right: View<Float>, bits: u32) -> Matrix<Float> {
    product(left, right, bits)
}

fn product<T: Product>(left: View<T>, right: View<T>, bits: u32) -> Matrix<T> {
    #[cfg(target_arch = "x86_64")]
    if left.columns() <= digits::LARGEST_LENGTH
        && let Some(digits) = digits::Digits::new(bits)
    {
        return T::product_in(digits, left, right, bits);
    }
    T::product_in(Integers::new(bits), left, right, bits)
}

/// Both factors in fixed point.
struct Factors<'a, F: Format> {
    format: F,
    left: Lines<F>,
    right: Lines<F>,
    seen: [Vec<Seen<'a>>; 2],
    /// The powers of two by which the columns of the left factor were multiplied, and the rows of the right one.
    shifts: [Vec<i64>; 2],
}

impl<'a, F: Format> Factors<'a, F> {
    fn new<T: Centred>(mut format: F, left: View<'a, T>, right: View<'a, T>) -> Self {
        let seen = [seen(left), seen(right.transposed())];
        let shifts = balance(&seen[0], &seen[1], left.columns());
        let shifts = [shifts.clone(), shifts.into_iter().map(|shift| -shift).collect()];
        let [left, right] = [0, 1].map(|side| Lines::new(&mut format, &seen[side], &shifts[side]));
        format.prepare(&left, &right);
        Self { format, left, right, seen, shifts }
    }

    fn side(&self, side: usize) -> Side<'_> {
        let lines = [&self.left, &self.right][side].all();
        Side { seen: &self.seen[side], lines, shifts: &self.shifts[side] }
    }

    /// The dot product of row `i` and column `j`, and a bound of its rounding error.
    #[inline]
    fn dot(&mut self, i: usize, j: usize, bits: u32) -> (rug::Float, Magnitude) {
        check_bits(self.left.length() as u64 * u64::from(bits));
        self.format.dot(&self.left, i, &self.right, j, bits)
    }

    /// A bound of what the dot product of row `i` and column `j` misses.
    #[inline]
    fn loss(&self, i: usize, j: usize) -> Magnitude {
        let (row, column) = (self.left.line(i), self.right.line(j));
        let loss = self.format.loss(row, column) * self.left.length() as f64;
        Magnitude::above_scaled(loss, row.exponent + column.exponent - self.format.fraction_bits())
    }
}

impl Product for Ball {
    fn product_in<F: Format>(format: F, left: View<Self>, right: View<Self>, bits: u32) -> Matrix<Self> {
        let mut factors = Factors::new(format, left, right);
        let radii = Radii::new(factors.side(0), factors.side(1));
        let columns = right.columns();
        // Of one row at a time.
        let mut sums = [vec![0.0; columns], vec![0.0; columns]];
        Matrix::from_fn(left.rows(), columns, |i, j| {
            if j == 0 {
                radii.row(i, &mut sums);
            }
            let (row, column) = (factors.left.line(i), factors.right.line(j));
            if !(row.is_defined && column.is_defined) {
                return Self::whole_line(bits);
            }
            // A product of points may be exact by its definition, whatever is lost here.
            let may_be_exact = row.is_certain && column.is_certain;
            let (centre, rounding) = factors.dot(i, j, bits);
            let [one, other] = radii.terms(i, j, &sums);
            let radius = Magnitude::sum_of_products([one, other, rounding].map(|term| (term, Magnitude::ONE)));
            let loss = factors.loss(i, j) + radii.loss(i, j);
            if loss.is_zero() {
                return Self::new(centre, radius);
            }
            let fast = Self::new(centre, radius + loss);
            if loss <= radius && !may_be_exact {
                return fast;
            }
            // The narrower one, so that a larger radius of a factor never makes a smaller radius of the product.
            let slow = entry_of_product(left, right, i, j, bits);
            if slow.radius() <= fast.radius() { slow } else { fast }
        })
    }
}

impl Product for Float {
    fn product_in<F: Format>(format: F, left: View<Self>, right: View<Self>, bits: u32) -> Matrix<Self> {
        let mut factors = Factors::new(format, left, right);
        Matrix::from_fn(left.rows(), right.columns(), |i, j| {
            let (row, column) = (factors.left.line(i), factors.right.line(j));
            if row.is_defined && column.is_defined {
                let loss = factors.loss(i, j);
                let (value, rounding) = factors.dot(i, j, bits);
                // Less than the rounding of the result.
                if loss.is_zero() || !rounding.is_zero() && loss <= rounding_error(&value) {
                    return Self::new(value);
                }
            }
            entry_of_product(left, right, i, j, bits)
        })
    }
}
