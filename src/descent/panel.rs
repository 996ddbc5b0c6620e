//! Where a matrix lies among blocks.

use std::ops::Range;

use super::machine::{Block, LANES};

/// The order of the blocks of a matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    /// Row by row.
    Rows,
    /// In groups of eight rows, the last perhaps of four; in a group, the first blocks of all rows, then the second ones.
    Groups,
}

/// `rows × columns` numbers from block `start` on; what pads them is zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panel {
    pub rows: usize,
    pub columns: usize,
    /// Blocks of a row.
    pub stride: usize,
    pub start: usize,
    /// Blocks in all.
    pub length: usize,
    order: Order,
}

impl Panel {
    /// A matrix for [`kernels`](super::kernels).
    pub fn groups(rows: usize, columns: usize, start: usize) -> Self {
        let stride = columns.div_ceil(LANES);
        Self { rows, columns, stride, start, length: rows.next_multiple_of(4) * stride, order: Order::Groups }
    }

    /// A matrix for [`products`](super::products): whole groups of eight rows, and long rows that are no power of two
    /// apart, because the cache would have room for a few of those only.
    pub fn rows(rows: usize, columns: usize, start: usize) -> Self {
        let blocks = columns.div_ceil(LANES);
        let stride = if blocks < LANES { blocks } else { blocks | 1 };
        Self { rows, columns, stride, start, length: rows.next_multiple_of(LANES) * stride, order: Order::Rows }
    }

    /// A row by itself.
    pub fn row(columns: usize, start: usize) -> Self {
        let stride = columns.div_ceil(LANES);
        Self { rows: 1, columns, stride, start, length: stride, order: Order::Rows }
    }

    /// The blocks of the matrix.
    #[inline(always)]
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.length
    }

    /// The block of row `i` that holds the columns from `8·column` on, within the panel.
    fn block(&self, i: usize, column: usize) -> usize {
        match self.order {
            Order::Rows => i * self.stride + column,
            Order::Groups => {
                let first = i / LANES * LANES;
                let in_group = (self.length / self.stride - first).min(LANES);
                first * self.stride + column * in_group + i % LANES
            }
        }
    }

    /// Places the numbers, given row by row, among `blocks`, and zeros about them.
    pub fn write<T: Copy + Default>(&self, blocks: &mut [Block<T>], numbers: &[T]) {
        blocks[self.range()].as_flattened_mut().fill(T::default());
        for (i, row) in numbers.chunks_exact(self.columns).enumerate() {
            self.write_row(blocks, i, row);
        }
    }

    /// Places the numbers of row `i` among `blocks`; what pads the row is left as it is.
    pub fn write_row<T: Copy>(&self, blocks: &mut [Block<T>], i: usize, row: &[T]) {
        let blocks = &mut blocks[self.range()];
        for (column, numbers) in row.chunks(LANES).enumerate() {
            blocks[self.block(i, column)][..numbers.len()].copy_from_slice(numbers);
        }
    }

    /// Copies the numbers from among `blocks`, row by row.
    pub fn read<T: Copy>(&self, blocks: &[Block<T>], numbers: &mut [T]) {
        for (i, row) in numbers.chunks_exact_mut(self.columns).enumerate() {
            self.read_row(blocks, i, row);
        }
    }

    /// Copies the numbers of row `i` from among `blocks`.
    pub fn read_row<T: Copy>(&self, blocks: &[Block<T>], i: usize, row: &mut [T]) {
        let blocks = &blocks[self.range()];
        for (column, numbers) in row.chunks_mut(LANES).enumerate() {
            let block = &blocks[self.block(i, column)];
            numbers.copy_from_slice(&block[..numbers.len()]);
        }
    }
}
