//! Products of matrices in tiles that stay in registers.
//!
//! The right factor is read in whole blocks of a row, the left one number by number, so neither has to be packed. A strip of
//! the right factor two blocks wide stays in the first-level cache while all rows of the left factor meet it.

use super::machine::{Block, LANES, Machine, Operation};
use super::panel::Panel;
use crate::time_limit::check_after;

/// Terms of a sum that are added one after the other before they join the others: two levels keep the chain of roundings
/// short.
pub(super) const TERMS_PER_BLOCK: usize = 64;

/// The left factor of a product.
#[derive(Clone, Copy)]
pub(super) enum Factor<'a, T> {
    /// A matrix.
    Plain(Panel, &'a [Block<T>]),
    /// The transpose of a matrix.
    Transposed(Panel, &'a [Block<T>]),
}

/// What becomes of the matrix that was there.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mode {
    /// It is overwritten.
    Write,
    /// The product is added to it.
    Add,
}

/// One tile of a product: `N` rows of `V` blocks; `left(i, p)` is the factor of row `i` in term `p` of the sum.
#[inline(always)]
fn tile<M: Machine, const N: usize, const V: usize>(
    m: M,
    inner: usize,
    left: impl Fn(usize, usize) -> M::Number,
    right: &[Block<M::Number>],
    stride: usize,
) -> [[M::Vector; V]; N] {
    let mut totals = [[m.zero(); V]; N];
    for first in (0..inner).step_by(TERMS_PER_BLOCK) {
        let mut sums = [[m.zero(); V]; N];
        for p in first..inner.min(first + TERMS_PER_BLOCK) {
            let mut row = [m.zero(); V];
            for (vector, block) in row.iter_mut().zip(&right[p * stride..p * stride + V]) {
                *vector = m.load(block);
            }
            for (i, sums) in sums.iter_mut().enumerate() {
                let factor = m.splat(left(i, p));
                for (sum, &block) in sums.iter_mut().zip(&row) {
                    *sum = m.mul_add(factor, block, *sum);
                }
            }
        }
        if first == 0 {
            totals = sums;
        } else {
            for (total, sum) in totals.as_flattened_mut().iter_mut().zip(sums.as_flattened()) {
                *total = m.add(*total, *sum);
            }
        }
    }
    totals
}

/// The rows of a tile from `first` on, in a strip of `V` blocks from `column` on.
#[inline(always)]
fn rows<M: Machine, const N: usize, const V: usize>(
    m: M,
    (panel, out): (Panel, &mut [Block<M::Number>]),
    (first, column): (usize, usize),
    inner: usize,
    left: Factor<'_, M::Number>,
    right: (Panel, &[Block<M::Number>]),
    mode: Mode,
) {
    let strip = &right.1[column..];
    let tile = match left {
        Factor::Plain(panel, blocks) => {
            let numbers = blocks.as_flattened();
            let step = panel.stride * LANES;
            let mut rows: [&[M::Number]; N] = [&[]; N];
            for (i, row) in rows.iter_mut().enumerate() {
                *row = &numbers[(first + i) * step..][..inner];
            }
            tile::<M, N, V>(m, inner, |i, p| rows[i][p], strip, right.0.stride)
        }
        Factor::Transposed(panel, blocks) => {
            let numbers = &blocks.as_flattened()[first..];
            let step = panel.stride * LANES;
            tile::<M, N, V>(m, inner, |i, p| numbers[p * step..p * step + N][i], strip, right.0.stride)
        }
    };
    for (i, sums) in tile.iter().enumerate() {
        let row = &mut out[(first + i) * panel.stride + column..][..V];
        for (block, &sum) in row.iter_mut().zip(sums) {
            m.store(block, if mode == Mode::Add { m.add(m.load(block), sum) } else { sum });
        }
    }
}

/// All rows of a strip of `V` blocks from `column` on.
struct Strip<'a, T, const V: usize> {
    out: (Panel, &'a mut [Block<T>]),
    column: usize,
    inner: usize,
    left: Factor<'a, T>,
    right: (Panel, &'a [Block<T>]),
    mode: Mode,
}

impl<T: Copy + Default, const V: usize> Operation<T> for Strip<'_, T, V> {
    type Output = ();

    #[inline(always)]
    fn run<M: Machine<Number = T>>(self, m: M) {
        let Self { out: (panel, out), column, inner, left, right, mode } = self;
        let mut first = 0;
        if M::HAS_MANY_REGISTERS {
            while first + 4 < panel.rows {
                rows::<M, LANES, V>(m, (panel, out), (first, column), inner, left, right, mode);
                first += LANES;
            }
        }
        while first < panel.rows {
            rows::<M, 4, V>(m, (panel, out), (first, column), inner, left, right, mode);
            first += 4;
        }
    }
}

/// `out = left · right` or `out += left · right`, over `inner` terms.
#[inline(always)]
pub(super) fn multiply<M: Machine>(
    m: M,
    (panel, out): (Panel, &mut [Block<M::Number>]),
    inner: usize,
    left: Factor<'_, M::Number>,
    right: (Panel, &[Block<M::Number>]),
    mode: Mode,
) {
    let blocks = panel.columns.div_ceil(LANES);
    // A strip is a few operations of the processor for each row and term.
    let work = panel.rows * inner / LANES;
    let mut column = 0;
    if M::HAS_MANY_REGISTERS {
        while column + 1 < blocks {
            check_after(work);
            m.apart(Strip::<_, 2> { out: (panel, out), column, inner, left, right, mode });
            column += 2;
        }
    }
    while column < blocks {
        check_after(work);
        m.apart(Strip::<_, 1> { out: (panel, out), column, inner, left, right, mode });
        column += 1;
    }
}

/// `out = matrixᵀ`.
#[inline(always)]
pub(super) fn transpose<M: Machine>(
    m: M,
    (panel, out): (Panel, &mut [Block<M::Number>]),
    (of, matrix): (Panel, &[Block<M::Number>]),
) {
    for i in 0..of.rows.div_ceil(LANES) {
        for j in 0..panel.rows.div_ceil(LANES) {
            let mut rows = [m.zero(); LANES];
            for (r, row) in rows.iter_mut().enumerate() {
                *row = m.load(&matrix[(i * LANES + r) * of.stride + j]);
            }
            for (r, row) in m.transpose(rows).into_iter().enumerate() {
                m.store(&mut out[(j * LANES + r) * panel.stride + i], row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descent::buffer::Buffer;
    use crate::descent::instructions::Instructions;

    /// A matrix of integers that differ from place to place, in blocks and by entry.
    fn matrix(rows: usize, columns: usize, seed: i64) -> (Panel, Buffer<f64>, Vec<f64>) {
        let numbers: Vec<f64> =
            (0..(rows * columns) as i64).map(|i| ((i * i + seed * i + 3 * seed + 1) % 1009 - 400) as f64).collect();
        let panel = Panel::rows(rows, columns, 0);
        let mut buffer = Buffer::new(panel.length);
        panel.write(buffer.blocks_mut(), &numbers);
        (panel, buffer, numbers)
    }

    fn taken(panel: Panel, buffer: &Buffer<f64>) -> Vec<f64> {
        let mut numbers = vec![0.0; panel.rows * panel.columns];
        panel.read(buffer.blocks(), &mut numbers);
        numbers
    }

    /// All products of a shape: rows, terms, columns.
    struct Products(usize, usize, usize);

    impl Operation<f64> for Products {
        type Output = ();

        fn run<M: Machine<Number = f64>>(self, m: M) {
            let Self(rows, inner, columns) = self;
            let (a_panel, a_blocks, a) = matrix(rows, inner, 1);
            let (b_panel, b_blocks, b) = matrix(inner, columns, 2);
            let (out_panel, mut out, before) = matrix(rows, columns, 3);
            let entry = |i: usize, j: usize| (0..inner).map(|p| a[i * inner + p] * b[p * columns + j]).sum::<f64>();
            let product: Vec<f64> = (0..rows * columns).map(|e| entry(e / columns, e % columns)).collect();
            let right = (b_panel, b_blocks.blocks());

            let plain = Factor::Plain(a_panel, a_blocks.blocks());
            multiply(m, (out_panel, out.blocks_mut()), inner, plain, right, Mode::Add);
            let sum: Vec<f64> = before.iter().zip(&product).map(|(x, y)| x + y).collect();
            assert_eq!(taken(out_panel, &out), sum, "{rows} {inner} {columns}");
            multiply(m, (out_panel, out.blocks_mut()), inner, plain, right, Mode::Write);
            assert_eq!(taken(out_panel, &out), product, "{rows} {inner} {columns}");

            let (turned_panel, mut turned, _) = matrix(inner, rows, 4);
            transpose(m, (turned_panel, turned.blocks_mut()), (a_panel, a_blocks.blocks()));
            let expected: Vec<f64> = (0..rows * inner).map(|e| a[e % rows * inner + e / rows]).collect();
            assert_eq!(taken(turned_panel, &turned), expected);
            out.numbers_mut().fill(7.0);
            let transposed = Factor::Transposed(turned_panel, turned.blocks());
            multiply(m, (out_panel, out.blocks_mut()), inner, transposed, right, Mode::Write);
            assert_eq!(taken(out_panel, &out), product, "{rows} {inner} {columns}");
        }
    }

    #[test]
    fn products_of_every_shape_are_whole() {
        for instructions in Instructions::available() {
            for rows in [1, 2, 4, 5, 8, 9, 13] {
                for inner in [1, 2, 7, 8, 18, 65, 130] {
                    for columns in [1, 3, 8, 17, 70] {
                        instructions.run(Products(rows, inner, columns));
                    }
                }
            }
        }
    }
}
