//! The matrix product of balls and floats in fixed point.
//!
//! Each row of A and each column of B has one exponent, so that its entries are integers; a dot product is computed in
//! integers and rounded once. What an entry far below the largest of its row loses is bounded, and where the bound is
//! not small beside the radius that the entry would have anyway, the entry is computed as its definition says, one product after
//! the other: so a radius is never much larger than by definition, and a product that is exact by definition stays a point. A
//! larger radius of a factor never makes a radius of the product smaller, but for a factor of two where the way to it changes.
//!
//! An inner index that is graded the opposite way in the two factors is levelled by powers of two, `A D · D⁻¹ B = A B`: it would cost as many
//! bits as the grades are apart.
//!
//! - [`words`]: numbers of up to 256 bits and of moderate size, without MPFR;
//! - [`long`]: MPFR numbers of any size and precision;
//! - [`lanes`]: integers of 52-bit digits, eight columns side by side;
//! - `ifma`: eight digits of 52 bits at a time, where the processor can.

#[cfg(target_arch = "x86_64")]
mod ifma;
mod lanes;
mod long;
mod words;

use super::float::clamp_bits;
use super::matrix::product_by_definition;
use super::short::Short;
use super::{Ball, Float, ShortBall, View};
use crate::number::Matrix;

#[cfg(target_arch = "x86_64")]
pub(super) use ifma::Ifma;
pub(super) use words::{Entry, InWords};

/// The product `left · right` at `bits` bits, no less than any entry has.
pub(super) fn product_of_balls(left: View<Ball>, right: View<Ball>, bits: u32) -> Matrix<Ball> {
    product(left, right, bits, long::product_of_balls)
}

/// The product `left · right` at `bits` bits, no less than any entry has.
pub(super) fn product_of_floats(left: View<Float>, right: View<Float>, bits: u32) -> Matrix<Float> {
    product(left, right, bits, long::product_of_floats)
}

/// The product `left · right`.
pub(super) fn product_of_short_balls(left: View<ShortBall>, right: View<ShortBall>) -> Matrix<ShortBall> {
    assert_eq!(left.columns(), right.rows(), "inner dimensions of a matrix product");
    let fast =
        words::pays_for_short_balls(left, right).then(|| words::product_of_two_words(left, right, ShortBall::BITS));
    fast.flatten().unwrap_or_else(|| product_by_definition(left, right, ShortBall::BITS))
}

fn product<T: InWords<2> + InWords<4>>(
    left: View<T>,
    right: View<T>,
    bits: u32,
    long: fn(View<T>, View<T>, u32) -> Matrix<T>,
) -> Matrix<T> {
    assert_eq!(left.columns(), right.rows(), "inner dimensions of a matrix product");
    let bits = clamp_bits(bits);
    if !pays(left, right) {
        return product_by_definition(left, right, bits);
    }
    let in_words = if left.columns() > words::LARGEST_LENGTH {
        None
    } else if bits <= Short::<2>::BITS {
        words::product_of_two_words(left, right, bits)
    } else if bits <= Short::<4>::BITS {
        words::product_of_four_words(left, right, bits)
    } else {
        None
    };
    in_words.unwrap_or_else(|| long(left, right, bits))
}

/// Products of fewer terms than this are 1.4 times as fast or more by definition. Up to about 50 terms the definition is still a little
/// faster, but its radii are up to three times as wide.
const LEAST_TERMS: usize = 24;

/// Whether bringing the factors into fixed point costs less than it saves.
fn pays<T>(left: View<T>, right: View<T>) -> bool {
    let shortest = left.rows().min(right.columns());
    shortest >= 2 && left.columns() >= 2 && left.rows() * left.columns() * right.columns() >= LEAST_TERMS
}
