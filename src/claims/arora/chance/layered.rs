//! Networks with independent normal weights, drawn in f64 with a bound on the rounding.

use crate::generate::Draws;
use crate::number::Tracked;

/// A matrix by rows.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The number of columns.
    pub columns: usize,
    /// The entries, row by row.
    pub entries: Vec<Tracked>,
}

impl Layer {
    /// A layer of standard normal entries.
    #[must_use]
    pub fn normal(draws: &mut Draws, rows: usize, columns: usize) -> Self {
        Self { columns, entries: (0..rows * columns).map(|_| Tracked::new(draws.normal())).collect() }
    }

    /// Row `i`.
    #[must_use]
    pub fn row(&self, i: usize) -> &[Tracked] {
        &self.entries[i * self.columns..(i + 1) * self.columns]
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.entries.len() / self.columns.max(1)
    }

    /// The transpose.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let entries = (0..self.columns).flat_map(|j| (0..self.rows()).map(move |i| self.row(i)[j])).collect();
        Self { columns: self.rows(), entries }
    }
}

/// The end-to-end row vector `W_N⋯W_1` of layers of standard normal entries with the widths `d_0, …, d_N`, `d_N = 1`.
#[must_use]
pub fn end_to_end(draws: &mut Draws, widths: &[usize]) -> Vec<Tracked> {
    let layers: Vec<Layer> = widths.windows(2).map(|pair| Layer::normal(draws, pair[1], pair[0])).collect();
    let mut row = vec![Tracked::new(1.0)];
    for layer in layers.iter().rev() {
        let mut below = vec![Tracked::new(0.0); layer.columns];
        for (i, &factor) in row.iter().enumerate() {
            for (entry, &weight) in below.iter_mut().zip(layer.row(i)) {
                *entry += factor * weight;
            }
        }
        row = below;
    }
    row
}

/// The widths `d_0, …, d_N` as a case that is shown to people gives them.
#[must_use]
pub fn named(widths: &[usize]) -> String {
    let list: Vec<String> = widths.iter().map(usize::to_string).collect();
    format!("(d₀, …, d_N) = ({})", list.join(", "))
}

/// `K = d_1⋯d_{N−1}`.
#[must_use]
pub fn hidden_product(widths: &[usize]) -> u64 {
    widths.iter().skip(1).rev().skip(1).map(|&width| width as u64).product()
}
