//! The squared loss over fewer examples than dimensions.
//!
//! `XXᵀ` has `d_0²` numbers and the examples have `n·d_0`. With `n < d_0` it costs less room, and less time a step up to twice as
//! many examples, to form the residuals `Y − EX` and from them the pull `η (Y − EX) Xᵀ`, up to the factor 1/n. The examples are
//! held twice, as they are and transposed, so that both products read their right factor row by row.

use super::buffer::Buffer;
use super::kernels::combine;
use super::machine::{Block, Machine};
use super::objective::Examples;
use super::panel::Panel;
use super::products::{Factor, Mode, multiply};

/// Half the squared distance to the labels of few examples.
#[derive(Debug)]
pub(super) struct FewExamples<T> {
    /// The shape of the end-to-end map.
    pub map: Panel,
    /// The examples as columns, `d_0 × n`.
    pub columns: (Panel, Buffer<T>),
    /// The examples as rows, `n × d_0`.
    pub rows: (Panel, Buffer<T>),
    /// The labels, `d_L × n`.
    pub labels: (Panel, Buffer<T>),
    /// Work space, shaped as the labels.
    pub residuals: Buffer<T>,
    /// `1/n` or 1.
    pub weight: T,
    /// The examples again, for the risk alone; missing where there is none to compute.
    pub examples: Option<Examples>,
}

impl<T: Copy + Default> FewExamples<T> {
    /// The shapes of the examples as columns, as rows, and of their labels, for a map shaped as `map`.
    pub fn shapes(map: Panel, count: usize) -> [Panel; 3] {
        if map.rows == 1 {
            let [columns, rows] = [(map.columns, count), (count, map.columns)].map(|(r, c)| Panel::groups(r, c, 0));
            [columns, rows, Panel::row(count, 0)]
        } else {
            [(map.columns, count), (count, map.columns), (map.rows, count)].map(|(r, c)| Panel::rows(r, c, 0))
        }
    }

    /// `pull = (η w (labels − product · columns)) · rows`.
    #[inline(always)]
    pub fn pull<M: Machine<Number = T>>(&mut self, m: M, product: &[Block<T>], eta: T, pull: &mut [Block<T>]) {
        let Self { map, columns: (column_panel, columns), rows: (row_panel, rows), labels: (panel, labels), .. } = self;
        let residuals = self.residuals.blocks_mut();
        if map.rows == 1 {
            combine(m, residuals, product, columns.blocks(), false);
        } else {
            let factor = Factor::Plain(*map, product);
            multiply(m, (*panel, residuals), map.columns, factor, (*column_panel, columns.blocks()), Mode::Write);
        }
        let factor = m.mul(m.splat(eta), m.splat(self.weight));
        for (residual, label) in residuals.iter_mut().zip(labels.blocks()) {
            m.store(residual, m.mul(factor, m.sub(m.load(label), m.load(residual))));
        }
        if map.rows == 1 {
            combine(m, pull, residuals, rows.blocks(), false);
        } else {
            let factor = Factor::Plain(*panel, residuals);
            multiply(m, (*map, pull), panel.columns, factor, (*row_panel, rows.blocks()), Mode::Write);
        }
    }
}
