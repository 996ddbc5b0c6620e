//! The loops that move the weights: sums of products over contiguous slices.
//!
//! Every sum runs in eight lanes that are added pairwise at the end. That is what the vector units want, and it makes the
//! chain of roundings about an eighth of the sum's length; [`budget`](super::budget) counts exactly these chains, so a
//! change of order here is a change there. The text is generic for one reason: a test runs it over a number that counts
//! its own roundings.

use std::ops::{Add, Mul, Sub};

/// What the loops need of a number; `default()` is zero.
pub(super) trait Scalar: Copy + Default + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {}

impl<T: Copy + Default + Add<Output = T> + Sub<Output = T> + Mul<Output = T>> Scalar for T {}

/// The number of lanes of a sum.
pub(super) const LANES: usize = 8;

/// The sum of `terms`, pairwise; `N` is a power of two.
#[inline(always)]
fn pairwise<T: Scalar, const N: usize>(mut terms: [T; N]) -> T {
    let mut width = N;
    while width > 1 {
        width /= 2;
        for i in 0..width {
            terms[i] = terms[i] + terms[i + width];
        }
    }
    terms[0]
}

/// `Σ_i a_i b_i`.
#[inline]
pub(super) fn dot<T: Scalar>(a: &[T], b: &[T]) -> T {
    debug_assert_eq!(a.len(), b.len());
    let mut lanes = [T::default(); LANES];
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    for (x, y) in a_blocks.iter().zip(b_blocks) {
        for i in 0..LANES {
            lanes[i] = lanes[i] + x[i] * y[i];
        }
    }
    for ((lane, &x), &y) in lanes.iter_mut().zip(a_rest).zip(b_rest) {
        *lane = *lane + x * y;
    }
    pairwise(lanes)
}

/// `out += Σ_{i < N} coefficients_i · rows_i`, the sum of the `N` products formed before it is added.
#[inline(always)]
fn add_block<T: Scalar, const N: usize>(out: &mut [T], coefficients: [T; N], rows: [&[T]; N]) {
    let length = out.len();
    // One bound for all rows, so that the loop below needs no check.
    let rows = rows.map(|row| &row[..length]);
    for j in 0..length {
        let mut products = [T::default(); N];
        for i in 0..N {
            products[i] = coefficients[i] * rows[i][j];
        }
        out[j] = out[j] + pairwise(products);
    }
}

/// `out += Σ_i coefficients_i · row(i)`, in blocks of eight rows and, at the end, of four, two and one.
#[inline(always)]
pub(super) fn add_combination<'a, T: Scalar + 'a>(out: &mut [T], coefficients: &[T], row: impl Fn(usize) -> &'a [T]) {
    let (blocks, rest) = coefficients.as_chunks::<LANES>();
    for (block, &eight) in blocks.iter().enumerate() {
        add_block(out, eight, std::array::from_fn(|i| row(block * LANES + i)));
    }
    let mut next = blocks.len() * LANES;
    let mut rest = rest;
    if let Some((&four, after)) = rest.split_first_chunk::<4>() {
        add_block(out, four, std::array::from_fn(|i| row(next + i)));
        (next, rest) = (next + 4, after);
    }
    if let Some((&two, after)) = rest.split_first_chunk::<2>() {
        add_block(out, two, std::array::from_fn(|i| row(next + i)));
        (next, rest) = (next + 2, after);
    }
    if let Some((&one, _)) = rest.split_first_chunk::<1>() {
        add_block(out, one, [row(next)]);
    }
}

/// `out += coefficientsᵀ · rows` for a matrix `rows` of as many rows as there are coefficients, each as long as `out`.
#[inline]
pub(super) fn add_rows<T: Scalar>(out: &mut [T], coefficients: &[T], rows: &[T]) {
    let length = out.len();
    add_combination(out, coefficients, |i| &rows[i * length..(i + 1) * length]);
}

/// `out = a · b` for `a` with `rows` rows and `b` with `columns` columns, all row by row.
///
/// Eight rows of `b` stay in the first-level cache while every row of `a` meets them.
pub(super) fn product<T: Scalar>(a: &[T], b: &[T], out: &mut [T], rows: usize, columns: usize) {
    let inner = b.len() / columns;
    out.fill(T::default());
    for (block, b_rows) in b.chunks(LANES * columns).enumerate() {
        let first = block * LANES;
        let count = b_rows.len() / columns;
        for i in 0..rows {
            let coefficients = &a[i * inner + first..i * inner + first + count];
            add_rows(&mut out[i * columns..(i + 1) * columns], coefficients, b_rows);
        }
    }
}

/// `out = aᵀ · b` for `a` with `rows` columns and `b` with `columns` columns, all row by row.
pub(super) fn transposed_product<T: Scalar>(a: &[T], b: &[T], out: &mut [T], rows: usize, columns: usize) {
    out.fill(T::default());
    let mut coefficients = [T::default(); LANES];
    for (block, b_rows) in b.chunks(LANES * columns).enumerate() {
        let first = block * LANES;
        let count = b_rows.len() / columns;
        for i in 0..rows {
            for (offset, coefficient) in coefficients[..count].iter_mut().enumerate() {
                *coefficient = a[(first + offset) * rows + i];
            }
            add_rows(&mut out[i * columns..(i + 1) * columns], &coefficients[..count], b_rows);
        }
    }
}

/// `out = a · bᵀ` for `b` with `columns` rows, the rows of `a` and `b` being `inner` long, all row by row.
pub(super) fn product_transposed<T: Scalar>(a: &[T], b: &[T], out: &mut [T], inner: usize, columns: usize) {
    for (block, b_rows) in b.chunks(LANES * inner).enumerate() {
        for (i, a_row) in a.chunks_exact(inner).enumerate() {
            let first = i * columns + block * LANES;
            for (entry, b_row) in out[first..].iter_mut().zip(b_rows.chunks_exact(inner)) {
                *entry = dot(a_row, b_row);
            }
        }
    }
}

/// One row of a rank-one update in one pass: `next = row + factor · right`.
///
/// Returns `row · right`, which the next layer needs, and `next · next`, which the norms need.
#[inline]
pub(super) fn update_row<T: Scalar>(row: &[T], factor: T, right: &[T], next: &mut [T]) -> (T, T) {
    debug_assert!(row.len() == right.len() && row.len() == next.len());
    let mut dots = [T::default(); LANES];
    let mut squares = [T::default(); LANES];
    let (row_blocks, row_rest) = row.as_chunks::<LANES>();
    let (right_blocks, right_rest) = right.as_chunks::<LANES>();
    let (next_blocks, next_rest) = next.as_chunks_mut::<LANES>();
    for ((w, r), out) in row_blocks.iter().zip(right_blocks).zip(next_blocks) {
        for i in 0..LANES {
            dots[i] = dots[i] + w[i] * r[i];
            let updated = w[i] + factor * r[i];
            squares[i] = squares[i] + updated * updated;
            out[i] = updated;
        }
    }
    for (i, ((&w, &r), out)) in row_rest.iter().zip(right_rest).zip(next_rest).enumerate() {
        dots[i] = dots[i] + w * r;
        let updated = w + factor * r;
        squares[i] = squares[i] + updated * updated;
        *out = updated;
    }
    (pairwise(dots), pairwise(squares))
}

/// `next = weights + change`; returns `next · next`.
#[inline]
pub(super) fn shift<T: Scalar>(weights: &[T], change: &[T], next: &mut [T]) -> T {
    for ((out, &w), &c) in next.iter_mut().zip(weights).zip(change) {
        *out = w + c;
    }
    dot(next, next)
}

/// `next = weights + next`: the change stands in `next` already; returns `next · next`.
#[inline]
pub(super) fn shift_in_place<T: Scalar>(weights: &[T], next: &mut [T]) -> T {
    for (out, &w) in next.iter_mut().zip(weights) {
        *out = w + *out;
    }
    dot(next, next)
}
