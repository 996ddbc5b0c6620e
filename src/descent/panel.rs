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

    /// The place of each number, row by row: its block within the panel, and its lane.
    fn places(self) -> impl Iterator<Item = (usize, usize)> {
        let padded_rows = self.length / self.stride;
        let block = move |i: usize, column: usize| match self.order {
            Order::Rows => i * self.stride + column,
            Order::Groups => {
                let first = i / LANES * LANES;
                let in_group = (padded_rows - first).min(LANES);
                first * self.stride + column * in_group + i % LANES
            }
        };
        (0..self.rows).flat_map(move |i| (0..self.columns).map(move |j| (block(i, j / LANES), j % LANES)))
    }

    /// Places the numbers, given row by row, among `blocks`, and zeros about them.
    pub fn write<T: Copy + Default>(&self, blocks: &mut [Block<T>], numbers: &[T]) {
        let blocks = &mut blocks[self.range()];
        blocks.as_flattened_mut().fill(T::default());
        for ((block, lane), &number) in self.places().zip(numbers) {
            blocks[block][lane] = number;
        }
    }

    /// Copies the numbers from among `blocks`, row by row.
    pub fn read<T: Copy>(&self, blocks: &[Block<T>], numbers: &mut [T]) {
        let blocks = &blocks[self.range()];
        for ((block, lane), number) in self.places().zip(numbers) {
            *number = blocks[block][lane];
        }
    }
}
