//! Numbers of up to 256 bits, in words: no number is allocated.
//!
//! Entries are integers of a few digits of 52 bits, and a dot product is a sum of products of digits. What the products of the lowest
//! digits would add is left out and bounded, unless a row and a column are points.
//!
//! Bounds are f64 numbers, so the factors must be of moderate size: where one is not, there is no product here.
//!
//! - [`digits`]: entries as integers;
//! - [`sums`]: sums of products of digits, the same on every processor;
//! - [`rounding`]: from sums back to words;
//! - [`radii`]: `|A| s + r (|B| + s)` for all entries at once.

mod digits;
mod radii;
mod rounding;
mod sums;

use super::View;
#[cfg(target_arch = "x86_64")]
use super::ifma::Ifma;
use super::lanes::{DIGIT_BITS, LANES, Lanes};
use crate::number::bits::{power_of_two, successor};
use crate::number::matrix::entry_of_product;
use crate::number::short::Short;
use crate::number::{Matrix, Ring};
use crate::time_limit::check_after;
use digits::{Left, Right};
use pulp::NullaryFnOnce;
use radii::Radii;
use sums::{Image, Plain, Processor};

/// The longest dot product for which sums of digits have room.
pub(super) const LARGEST_LENGTH: usize = sums::LARGEST_LENGTH;

/// Centres are zero or within 2^± this in absolute value, so that what is computed in f64 stays in its range.
const CENTRE_LIMIT: i32 = 250;

/// Radii are zero, or no larger than 2^[`CENTRE_LIMIT`] and no smaller than this.
const LEAST_RADIUS: f64 = power_of_two(-510);

/// A ball whose centre has a few words.
#[derive(Clone, Copy, Debug)]
pub(in crate::number) struct Entry<const WORDS: usize> {
    pub(in crate::number) centre: Short<WORDS>,
    /// Neither NaN nor infinite.
    pub(in crate::number) radius: f64,
}

impl<const WORDS: usize> Entry<WORDS> {
    /// Whether everything that is computed from this number in f64 stays in its range.
    #[inline(always)]
    fn is_moderate(&self) -> bool {
        let radius_is_moderate =
            self.radius == 0.0 || (LEAST_RADIUS..=power_of_two(CENTRE_LIMIT)).contains(&self.radius);
        radius_is_moderate && (self.centre.is_zero() || self.centre.exponent().abs() < CENTRE_LIMIT)
    }

    /// A bound of |centre| from above, for a number of moderate size.
    #[inline(always)]
    fn size(&self) -> f64 {
        if self.centre.is_zero() {
            return 0.0;
        }
        (self.centre.leading().0 + 1) as f64 * power_of_two(self.centre.exponent() - 52)
    }
}

/// Half a unit of the last place of a centre of `bits` bits that is of moderate size.
#[inline(always)]
fn half_unit<const WORDS: usize>(centre: &Short<WORDS>, bits: u32) -> f64 {
    power_of_two((centre.exponent() - bits as i32).max(-900))
}

/// A number that can be read as words and made from them.
pub(in crate::number) trait InWords<const WORDS: usize>: Ring {
    /// Whether the number knows how far it may be from its centre.
    const IS_BALL: bool;

    /// The number; `None` if it has no bounds, or none that an [`Entry`] can have.
    fn entry(&self) -> Option<Entry<WORDS>>;

    /// The number whose centre was rounded to `bits` bits.
    fn from_entry(entry: Entry<WORDS>, bits: u32) -> Self;

    /// The narrower of two enclosures of one number.
    fn narrower(one: Self, other: Self) -> Self;
}

/// Whether reading short balls as integers costs less than it saves. In terms of the definition, reading an entry of a factor takes one, making
/// an entry of the product two, and the rest twenty.
pub(super) fn pays_for_short_balls<T>(left: View<T>, right: View<T>) -> bool {
    let (rows, length, columns) = (left.rows(), left.columns(), right.columns());
    let overhead = 20 + (rows + columns) * length + 2 * rows * columns;
    (1..=LARGEST_LENGTH).contains(&length) && rows * length * columns >= overhead
}

/// The product `left · right` at `bits` bits, at most 128, or `None` if a number is not of moderate size.
pub(super) fn product_of_two_words<T: InWords<2>>(left: View<T>, right: View<T>, bits: u32) -> Option<Matrix<T>> {
    product::<T, 2, 3, 4, 6>(left, right, bits)
}

/// The product `left · right` at `bits` bits, at most 256, or `None` if a number is not of moderate size.
pub(super) fn product_of_four_words<T: InWords<4>>(left: View<T>, right: View<T>, bits: u32) -> Option<Matrix<T>> {
    product::<T, 4, 6, 7, 12>(left, right, bits)
}

/// The product by DIGITS digits, which have to hold a few more bits than WORDS words; CUT is DIGITS + 1, FULL is 2 DIGITS.
fn product<T, const WORDS: usize, const DIGITS: usize, const CUT: usize, const FULL: usize>(
    left: View<T>,
    right: View<T>,
    bits: u32,
) -> Option<Matrix<T>>
where
    T: InWords<WORDS>,
{
    const { assert!(CUT == DIGITS + 1 && FULL == 2 * DIGITS && digits::fraction_bits(DIGITS) > 64 * WORDS as i32) };
    #[cfg(target_arch = "x86_64")]
    if let Some(processor) = Ifma::if_wanted() {
        return processor.vectorize(Product::<_, _, WORDS, DIGITS, CUT, FULL> { processor, left, right, bits });
    }
    Product::<_, _, WORDS, DIGITS, CUT, FULL> { processor: Plain, left, right, bits }.call()
}

/// A product on a processor: all of it is compiled for that, not only the sums.
struct Product<'a, P, T, const WORDS: usize, const DIGITS: usize, const CUT: usize, const FULL: usize> {
    processor: P,
    left: View<'a, T>,
    right: View<'a, T>,
    bits: u32,
}

impl<P, T, const WORDS: usize, const DIGITS: usize, const CUT: usize, const FULL: usize> NullaryFnOnce
    for Product<'_, P, T, WORDS, DIGITS, CUT, FULL>
where
    P: Processor,
    T: InWords<WORDS>,
{
    type Output = Option<Matrix<T>>;

    #[inline(always)]
    fn call(self) -> Option<Matrix<T>> {
        let Self { processor, left, right, bits } = self;
        let (length, columns) = (left.columns(), right.columns());
        let entries = [read(left)?, read(right)?];
        let shifts = digits::balance(&entries[0], &entries[1], length, columns);
        let factors = Factors {
            processor,
            left,
            right,
            bits,
            rows: Left::<DIGITS>::new(&entries[0], &shifts),
            columns: Right::<DIGITS>::new(&entries[1], &shifts, columns),
            radii: Radii::new(&entries[0], &entries[1], length, columns),
        };
        // Where a row and a column are points their product may be one.
        let may_be_exact = factors.rows.has_certain() && factors.columns.has_certain();
        Some(if may_be_exact { factors.product::<FULL, WORDS>() } else { factors.product::<CUT, WORDS>() })
    }
}

/// All entries, row by row.
#[inline(always)]
fn read<T: InWords<WORDS>, const WORDS: usize>(matrix: View<T>) -> Option<Vec<Entry<WORDS>>> {
    let mut entries = Vec::with_capacity(matrix.rows() * matrix.columns());
    for i in 0..matrix.rows() {
        for k in 0..matrix.columns() {
            let entry = matrix.entry(i, k).entry()?;
            if !entry.is_moderate() {
                return None;
            }
            entries.push(entry);
        }
    }
    Some(entries)
}

/// Both factors, as numbers and as digits.
struct Factors<'a, P, T, const DIGITS: usize> {
    processor: P,
    left: View<'a, T>,
    right: View<'a, T>,
    bits: u32,
    rows: Left<DIGITS>,
    columns: Right<DIGITS>,
    radii: Radii,
}

impl<P: Processor, T, const DIGITS: usize> Factors<'_, P, T, DIGITS> {
    /// The product, by the COUNT highest digits of each sum.
    #[inline(always)]
    fn product<const COUNT: usize, const WORDS: usize>(&self) -> Matrix<T>
    where
        T: InWords<WORDS>,
    {
        let Self { processor, left, right, bits, rows, columns, radii } = self;
        let mut images: Vec<Image<COUNT>> = vec![[Lanes::ZERO; COUNT]; columns.blocks().len()];
        let mut sums = vec![0.0; right.columns()];
        // The place of the lowest digit of a sum.
        let unit = (DIGIT_BITS * (2 * DIGITS - COUNT)) as i32 - 2 * digits::fraction_bits(DIGITS);
        // Terms are taken eight at a time.
        let work_of_row = left.columns() * right.columns() / LANES;
        // Where too much is lost.
        let mut doubtful = Vec::new();
        let mut entries = Vec::with_capacity(left.rows() * right.columns());
        for i in 0..left.rows() {
            check_after(work_of_row);
            processor.row(rows.row(i), columns, &mut images);
            radii.row(i, &mut sums);
            let row = rows.line(i);
            for (j, sum) in sums.iter().enumerate() {
                let column = columns.line(j);
                let image = &images[j / LANES];
                let digits = std::array::from_fn::<_, COUNT, _>(|place| image[place].0[j % LANES]);
                let Entry { centre, radius: rounding } =
                    rounding::rounded::<COUNT, WORDS>(digits, unit + row.exponent + column.exponent, *bits);
                let mut radius = if rounding == 0.0 { *sum } else { successor(sum + rounding) };
                let loss = digits::loss::<DIGITS>(row, column, left.columns(), COUNT == 2 * DIGITS);
                if loss > 0.0 {
                    let is_small = if T::IS_BALL {
                        // A product of points may be exact by its definition, whatever is lost here.
                        loss <= radius && !(row.is_certain && column.is_certain)
                    } else {
                        // Less than the rounding of the result.
                        rounding != 0.0 && loss <= half_unit(&centre, *bits)
                    };
                    if !is_small {
                        doubtful.push((i, j));
                    }
                    radius = successor(radius + loss);
                }
                entries.push(T::from_entry(Entry { centre, radius }, *bits));
            }
        }
        for (i, j) in doubtful {
            // The narrower one, so that a larger radius of a factor never makes a smaller radius of the product.
            let by_definition = entry_of_product(*left, *right, i, j, *bits);
            let entry = &mut entries[i * right.columns() + j];
            *entry = T::narrower(by_definition, entry.clone());
        }
        Matrix::from_entries(right.columns(), entries)
    }
}
