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

#[cfg(test)]
mod tests {
    use super::*;

    /// Integers that differ from place to place: a dropped, doubled or misplaced entry changes every sum.
    fn numbers(count: usize, seed: i64) -> Vec<i64> {
        (0..count as i64).map(|i| (i * i + seed * i + 3 * seed + 1) % 1009 - 400).collect()
    }

    /// `Σ_l a(i, l) b(l, j)` for all `i`, `j`, row by row.
    fn sums(
        (rows, inner, columns): (usize, usize, usize),
        a: impl Fn(usize, usize) -> i64,
        b: impl Fn(usize, usize) -> i64,
    ) -> Vec<i64> {
        let entry = |i, j| (0..inner).map(|l| a(i, l) * b(l, j)).sum();
        (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))).map(|(i, j)| entry(i, j)).collect()
    }

    #[test]
    fn sums_of_every_length_are_whole() {
        for length in 0..=40 {
            let (a, b) = (numbers(length, 1), numbers(length, 2));
            let expected: i64 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
            assert_eq!(dot(&a, &b), expected, "{length}");
            let mut next = vec![0; length];
            let (along, square) = update_row(&a, 5, &b, &mut next);
            let updated: Vec<i64> = a.iter().zip(&b).map(|(x, y)| x + 5 * y).collect();
            assert_eq!((along, square), (expected, updated.iter().map(|x| x * x).sum()), "{length}");
            assert_eq!(next, updated);
            let mut moved = b.clone();
            let square = shift_in_place(&a, &mut moved);
            assert_eq!(shift(&a, &b, &mut next), square);
            assert_eq!(moved, next);
            assert_eq!(next, a.iter().zip(&b).map(|(x, y)| x + y).collect::<Vec<_>>());
            for width in [1, 3, 9] {
                let rows = numbers(length * width, 3);
                let mut out = vec![7; width];
                add_rows(&mut out, &a, &rows);
                let expected = sums((1, length, width), |_, l| a[l], |l, j| rows[l * width + j]);
                assert_eq!(out, expected.iter().map(|sum| sum + 7).collect::<Vec<_>>(), "{length} rows of {width}");
            }
        }
    }

    #[test]
    fn matrix_products_of_every_shape_are_whole() {
        for rows in [1, 2, 5, 9] {
            for inner in 1..=18 {
                for columns in [1, 3, 7, 8, 17] {
                    let shape = (rows, inner, columns);
                    let (a, b) = (numbers(rows * inner, 1), numbers(inner * columns, 2));
                    let expected = sums(shape, |i, l| a[i * inner + l], |l, j| b[l * columns + j]);
                    let mut out = vec![1; rows * columns];
                    product(&a, &b, &mut out, rows, columns);
                    assert_eq!(out, expected, "{shape:?}");

                    let transposed: Vec<i64> = (0..inner)
                        .flat_map(|l| (0..rows).map(move |i| (i, l)))
                        .map(|(i, l)| a[i * inner + l])
                        .collect();
                    out.fill(1);
                    transposed_product(&transposed, &b, &mut out, rows, columns);
                    assert_eq!(out, expected, "{shape:?}");

                    let transposed: Vec<i64> = (0..columns)
                        .flat_map(|j| (0..inner).map(move |l| (l, j)))
                        .map(|(l, j)| b[l * columns + j])
                        .collect();
                    out.fill(1);
                    product_transposed(&a, &transposed, &mut out, inner, columns);
                    assert_eq!(out, expected, "{shape:?}");
                }
            }
        }
    }
}
