//! Circular convolutional layers.
//!
//! The network sends a filter's entry `j` to the shift by `j`, so the end-to-end vector is the circular convolution of all
//! filters (padded to `d`), and `−η ∂R/∂w_k[j] = Σ_i right_{k−1}[i+j] left_k[i]` with `left_k = w_L ∗ ⋯ ∗ w_{k+1}` and
//! `right_k = (−ηg) ⋆ w_1 ⋆ ⋯ ⋆ w_k`, indices modulo `d`. Vectors that are read at a shift are kept twice in a row, so
//! that each shift is a contiguous window. All three sums are then the same: windows of one vector, weighted by the
//! entries of another.

use super::buffer::Buffer;
use super::kernels::shift;
use super::layout::Layout;
use super::machine::{Block, LANES, Machine};
use super::panel::Panel;

/// The weights and partial products of a convolutional network.
#[derive(Debug)]
pub(super) struct Convolutional<T> {
    dim: usize,
    layers: Vec<Panel>,
    weights: Buffer<T>,
    /// `left[k]` is `w_L ∗ ⋯ ∗ w_{k+1}`, kept twice, for k = 0, …, L−1; the first is the end-to-end map.
    left: Vec<Buffer<T>>,
    /// `right_k`, kept twice.
    right: Buffer<T>,
    next_right: Buffer<T>,
    change: Buffer<T>,
}

impl<T: Copy + Default> Convolutional<T> {
    pub fn new(dim: usize, filters: &[usize]) -> Self {
        let mut start = 0;
        let mut layers = Vec::with_capacity(filters.len());
        for &columns in filters {
            let layer = Panel::row(columns, start);
            start += layer.length;
            layers.push(layer);
        }
        // Windows are whole blocks, so the last one may look beyond the second copy by almost a block.
        let twice = || Buffer::new((2 * dim).div_ceil(LANES) + 1);
        Self {
            dim,
            weights: Buffer::new(start),
            left: layers.iter().map(|_| twice()).collect(),
            right: twice(),
            next_right: twice(),
            change: Buffer::new(dim.div_ceil(LANES)),
            layers,
        }
    }
}

/// Copies the first `dim` numbers behind themselves and clears the rest.
#[inline(always)]
fn repeat<T: Copy + Default>(twice: &mut [T], dim: usize) {
    twice.copy_within(..dim, dim);
    twice[2 * dim..].fill(T::default());
}

/// Adds to `N` blocks of sums the terms `phase`, `phase + 8`, … of `Σ_j c_j · window(j)`; window `j` begins at place `j`.
#[inline(always)]
fn add_phase<M: Machine, const N: usize>(
    m: M,
    mut sums: [M::Vector; N],
    (phase, terms): (usize, usize),
    coefficient: impl Fn(usize) -> M::Number,
    twice: &[M::Number],
) -> [M::Vector; N] {
    // Windows eight apart have all blocks but one in common.
    let (blocks, _) = twice[phase..].as_chunks::<LANES>();
    let mut window = [m.zero(); N];
    for v in 1..N {
        window[v] = m.load(&blocks[v - 1]);
    }
    for (j, block) in (phase..terms).step_by(LANES).zip(&blocks[N - 1..]) {
        for v in 1..N {
            window[v - 1] = window[v];
        }
        window[N - 1] = m.load(block);
        let c = m.splat(coefficient(j));
        for v in 0..N {
            sums[v] = m.mul_add(c, window[v], sums[v]);
        }
    }
    sums
}

/// `N` blocks of `Σ_j c_j · window(j)`, each in two sums of alternate terms.
#[inline(always)]
fn strip<M: Machine, const N: usize>(
    m: M,
    out: &mut [Block<M::Number>],
    terms: usize,
    coefficient: impl Fn(usize) -> M::Number,
    twice: &[M::Number],
) {
    let (mut even, mut odd) = ([m.zero(); N], [m.zero(); N]);
    for phase in (0..LANES).step_by(2) {
        even = add_phase(m, even, (phase, terms), &coefficient, twice);
        odd = add_phase(m, odd, (phase + 1, terms), &coefficient, twice);
    }
    for v in 0..N {
        m.store(&mut out[v], m.add(even[v], odd[v]));
    }
}

/// `out = Σ_j c_j · window(j)` over `terms` terms, where `window(j)` begins at place `j` of `twice`.
#[inline(always)]
fn windows<M: Machine>(
    m: M,
    out: &mut [Block<M::Number>],
    terms: usize,
    coefficient: impl Fn(usize) -> M::Number,
    twice: &[M::Number],
) {
    let mut rest = out;
    let mut twice = twice;
    while !rest.is_empty() {
        let blocks = match rest.len() {
            8.. if M::HAS_MANY_REGISTERS => 8,
            4.. if M::HAS_MANY_REGISTERS => 4,
            2.. => 2,
            _ => 1,
        };
        let (out, after) = rest.split_at_mut(blocks);
        match blocks {
            8 => strip::<M, 8>(m, out, terms, &coefficient, twice),
            4 => strip::<M, 4>(m, out, terms, &coefficient, twice),
            2 => strip::<M, 2>(m, out, terms, &coefficient, twice),
            _ => strip::<M, 1>(m, out, terms, &coefficient, twice),
        }
        (rest, twice) = (after, &twice[blocks * LANES..]);
    }
}

impl<T: Copy + Default> Layout<T> for Convolutional<T> {
    fn layers(&self) -> &[Panel] {
        &self.layers
    }

    fn weights(&self) -> &[Block<T>] {
        self.weights.blocks()
    }

    fn weights_mut(&mut self) -> &mut [Block<T>] {
        self.weights.blocks_mut()
    }

    fn map(&self) -> Panel {
        Panel::row(self.dim, 0)
    }

    #[inline(always)]
    fn product(&self) -> &[Block<T>] {
        &self.left[0].blocks()[..self.dim.div_ceil(LANES)]
    }

    #[inline(always)]
    fn evaluate<M: Machine<Number = T>>(&mut self, m: M) {
        let dim = self.dim;
        let blocks = dim.div_ceil(LANES);
        let (last, weights) = (self.layers.len() - 1, self.weights.numbers());
        let filter = |layer: &Panel| &weights[layer.start * LANES..layer.start * LANES + layer.columns];
        self.left[last].numbers_mut()[..dim].copy_from_slice(filter(&self.layers[last]));
        repeat(self.left[last].numbers_mut(), dim);
        for k in (1..=last).rev() {
            let (below, above) = self.left.split_at_mut(k);
            let (out, left) = (&mut below[k - 1], &above[0]);
            // Entry m of the convolution takes left[m − j] from the window that begins at d − j; so the last comes first.
            let filter = filter(&self.layers[k - 1]);
            let size = filter.len();
            let twice = &left.numbers()[dim + 1 - size..];
            windows(m, &mut out.blocks_mut()[..blocks], size, |j| filter[size - 1 - j], twice);
            repeat(out.numbers_mut(), dim);
        }
    }

    #[inline(always)]
    fn update<M: Machine<Number = T>>(&mut self, m: M, pull: &[Block<T>]) {
        self.carry(m, pull, |m, weights, change| shift(m, weights, change));
    }

    #[inline(always)]
    fn slope<M: Machine<Number = T>>(&mut self, m: M, pull: &[Block<T>], slope: &mut [Block<T>]) {
        let mut start = 0;
        self.carry(m, pull, |_, _, change| {
            slope[start..start + change.len()].copy_from_slice(change);
            start += change.len();
        });
    }
}

impl<T: Copy + Default> Convolutional<T> {
    /// Carries the pull through the layers, and has each layer's weights meet what it means to them, before they carry it on.
    #[inline(always)]
    fn carry<M: Machine<Number = T>>(
        &mut self,
        m: M,
        pull: &[Block<T>],
        mut meet: impl FnMut(M, &mut [Block<T>], &[Block<T>]),
    ) {
        let dim = self.dim;
        let last = self.layers.len() - 1;
        self.right.blocks_mut()[..pull.len()].copy_from_slice(pull);
        for (k, layer) in self.layers[..last].iter().enumerate() {
            repeat(self.right.numbers_mut(), dim);
            let (right, left) = (self.right.numbers(), &self.left[k + 1].numbers()[..dim]);
            let change = &mut self.change.blocks_mut()[..layer.stride];
            windows(m, change, dim, |i| left[i], right);
            let filter = &self.weights.numbers()[layer.start * LANES..layer.start * LANES + layer.columns];
            windows(m, &mut self.next_right.blocks_mut()[..pull.len()], filter.len(), |j| filter[j], right);
            // Beyond the filter's end the sums are those of shifts that it does not have.
            change.as_flattened_mut()[layer.columns..].fill(T::default());
            meet(m, &mut self.weights.blocks_mut()[layer.range()], change);
            std::mem::swap(&mut self.right, &mut self.next_right);
        }
        self.right.numbers_mut()[dim..].fill(T::default());
        let last = self.layers[last];
        meet(m, &mut self.weights.blocks_mut()[last.range()], &self.right.blocks()[..last.length]);
    }
}
