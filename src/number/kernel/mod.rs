//! The matrix product of [`Ball`]s and [`Float`]s in fixed point.
//!
//! Each row of A and each column of B has one exponent, so that its entries are integers; a dot product is computed exactly in
//! integers and rounded once. What an entry far below the largest of its row loses is bounded, and where the bound is
//! not small beside the radius that the entry would have anyway, the entry is computed as its definition says, one product after
//! the other: so a radius is never much larger than by definition, and a product that is exact by definition stays a point. A
//! larger radius of a factor never makes a radius of the product smaller, but for a factor of two where the way to it changes.
//!
//! - [`lines`]: the common exponents, and the powers of two that level the inner index: `A D · D⁻¹ B = A B`;
//! - [`limbs`]: integers of a fixed number of limbs, up to a few hundred bits;
//! - [`words`]: the same for numbers of up to four words, without MPFR;
//! - [`integers`]: long integers, with Winograd's inner product;
//! - `ifma`: the same with 52-bit digits, eight numbers at once, on processors that can;
//! - [`rounding`]: from sums of limbs to an MPFR number;
//! - [`radii`]: `|A| s + r |B| + r s` for all entries at once.

#[cfg(target_arch = "x86_64")]
mod ifma;
mod integers;
mod limbs;
mod lines;
mod radii;
mod rounding;
mod words;

use std::borrow::Cow;

use integers::Integers;
use limbs::Limbs;
use lines::{Line, Lines, Seen, balance, seen};
use radii::{Radii, Side};

use super::ball::rounding_error;
use super::float::clamp_bits;
use super::matrix::{entry_of_product, product_by_definition};
use super::{Ball, Float, Magnitude, Ring, ShortBall, View};
use crate::problem::Matrix;
pub(super) use words::{Entry, InWords};

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

    /// How many of the lowest limbs of an entry are zero.
    fn zero_limbs(&self, _entry: &Self::Entry) -> usize {
        0
    }

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

/// The product `left · right` at `bits` bits, no less than any entry has.
pub(super) fn product_of_balls(left: View<Ball>, right: View<Ball>, bits: u32) -> Matrix<Ball> {
    product(left, right, bits)
}

/// The product `left · right` at `bits` bits, no less than any entry has.
pub(super) fn product_of_floats(left: View<Float>, right: View<Float>, bits: u32) -> Matrix<Float> {
    product(left, right, bits)
}

/// The product `left · right`.
pub(super) fn product_of_short_balls(left: View<ShortBall>, right: View<ShortBall>) -> Matrix<ShortBall> {
    assert_eq!(left.columns(), right.rows(), "inner dimensions of a matrix product");
    let bits = ShortBall::BITS;
    let fast = pays_in_words(left, right).then(|| words::product::<ShortBall, 2, 3, 4, 6>(left, right, bits));
    fast.flatten().unwrap_or_else(|| product_by_definition(left, right, bits))
}

fn product<T: Product>(left: View<T>, right: View<T>, bits: u32) -> Matrix<T> {
    assert_eq!(left.columns(), right.rows(), "inner dimensions of a matrix product");
    let bits = clamp_bits(bits);
    // A limb more than the bits that are asked for would always do, half a limb nearly always.
    match (bits + 24).div_ceil(limbs::RADIX_BITS) {
        _ if !pays(left, right) => product_by_definition(left, right, bits),
        _ if left.columns() > limbs::LARGEST_LENGTH => product_of_long_numbers(left, right, bits),
        0..=2 => T::product_in(Limbs::<2>::new(), left, right, bits),
        3 => T::product_in(Limbs::<3>::new(), left, right, bits),
        4 => T::product_in(Limbs::<4>::new(), left, right, bits),
        5 => T::product_in(Limbs::<5>::new(), left, right, bits),
        6 => T::product_in(Limbs::<6>::new(), left, right, bits),
        _ => product_of_long_numbers(left, right, bits),
    }
}

fn product_of_long_numbers<T: Product>(left: View<T>, right: View<T>, bits: u32) -> Matrix<T> {
    #[cfg(target_arch = "x86_64")]
    if left.columns() <= ifma::LARGEST_LENGTH
        && let Some(digits) = ifma::Digits::new(bits)
    {
        return T::product_in(digits, left, right, bits);
    }
    T::product_in(Integers::new(bits), left, right, bits)
}

/// Products of fewer terms than this are 1.4 times as fast or more by definition. Up to about 50 terms the definition is still a little
/// faster, but its radii are up to three times as wide.
const LEAST_TERMS: usize = 24;

/// Whether bringing the factors into fixed point costs less than it saves.
fn pays<T>(left: View<T>, right: View<T>) -> bool {
    let shortest = left.rows().min(right.columns());
    shortest >= 2 && left.columns() >= 2 && left.rows() * left.columns() * right.columns() >= LEAST_TERMS
}

/// The same for numbers that need no allocation, of which a term costs little. Measured in terms, reading an entry of a factor takes one, making one
/// of the product two, and the rest twenty.
fn pays_in_words<T>(left: View<T>, right: View<T>) -> bool {
    let (rows, length, columns) = (left.rows(), left.columns(), right.columns());
    let overhead = 20 + (rows + columns) * length + 2 * rows * columns;
    (1..=words::LARGEST_LENGTH).contains(&length) && rows * length * columns >= overhead
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
