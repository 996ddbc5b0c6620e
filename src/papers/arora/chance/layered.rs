//! Networks with independent normal weights, drawn in f64 with a bound on the rounding.

use std::ops::{AddAssign, Mul};

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
///
/// `number` is what the entries become; the products and sums are those of that type.
#[must_use]
pub fn end_to_end<T>(draws: &mut Draws, widths: &[usize], number: impl Fn(f64) -> T) -> Vec<T>
where
    T: Copy + AddAssign + Mul<Output = T>,
{
    let count: usize = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
    // The weights, layer by layer from the first, row by row; behind them the rows W_N⋯W_j of the products, of which each needs the one
    // before.
    let mut numbers = Vec::with_capacity(count + widths.iter().sum::<usize>());
    numbers.extend(std::iter::repeat_with(|| number(draws.normal())).take(count));
    numbers.push(number(1.0));
    let (mut end_of_weights, mut row) = (count, count);
    for pair in widths.windows(2).rev() {
        let (columns, rows) = (pair[0], pair[1]);
        let (weights, below) = (end_of_weights - rows * columns, numbers.len());
        numbers.resize(below + columns, number(0.0));
        let (known, below_row) = numbers.split_at_mut(below);
        for (&factor, weights) in known[row..].iter().zip(known[weights..].chunks_exact(columns.max(1))) {
            for (entry, &weight) in below_row.iter_mut().zip(weights) {
                *entry += factor * weight;
            }
        }
        (end_of_weights, row) = (weights, below);
    }
    numbers.drain(..row);
    numbers
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
