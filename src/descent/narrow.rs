//! Steps of networks so narrow that every layer's row, and every partial product, is one vector.
//!
//! Such a step is one chain of some fifty dependent operations, and to write a vector to memory and read it again number by
//! number costs as much as several of them, as does a sum across the lanes of a vector. So what one operation leaves for the
//! next stays in registers here, and every matrix is there twice, with its transpose, so that all sums are sums of rows. They
//! are added in the same order as those of [`RankOne`] and [`Margins`], and their chains of roundings are the same.

use super::calm::Calm;
use super::fully_connected::RankOne;
use super::kernels::pairwise_products;
use super::layout::Layout;
use super::machine::{Block, LANES, Machine, Operation};
use super::objective::{EXAMPLES_PER_BLOCK, Margins};

/// A hidden layer, twice, and its left factor; what pads them is zero.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(super) struct NarrowLayer<T> {
    rows: Square<T>,
    columns: Square<T>,
    left: Block<T>,
}

/// Eight rows of eight.
type Square<T> = [Block<T>; LANES];

/// Steps of a narrow network, up to one that is not finite or begins beyond the bounds.
pub(super) struct NarrowSteps<'a, T> {
    layout: &'a mut RankOne<T>,
    margins: &'a Margins<T>,
    eta: T,
    steps: u64,
    calm: Calm<T>,
}

impl<'a, T: Copy + Default> NarrowSteps<'a, T> {
    /// Some steps, if all layers are narrow and there is one block of examples.
    pub fn new(layout: &'a mut RankOne<T>, margins: &'a Margins<T>, eta: T, steps: u64, calm: Calm<T>) -> Option<Self> {
        let is_narrow = layout.is_narrow() && margins.count <= EXAMPLES_PER_BLOCK;
        is_narrow.then_some(Self { layout, margins, eta, steps, calm })
    }
}

/// `Σ_i c_i · row_i` over `N` rows, the coefficients being vectors of equal lanes.
#[inline(always)]
fn combine_rows<M: Machine, const N: usize>(m: M, lanes: &[M::Vector; LANES], rows: &Square<M::Number>) -> M::Vector {
    let (mut c, mut r) = ([m.zero(); N], [m.zero(); N]);
    for i in 0..N {
        (c[i], r[i]) = (lanes[i], m.load(&rows[i]));
    }
    pairwise_products(m, &c, r)
}

/// The same over the rows that there are, at most eight.
#[inline(always)]
fn combine<M: Machine>(m: M, c: M::Vector, rows: &Square<M::Number>, count: usize) -> M::Vector {
    let lanes = m.lanes(c);
    if count <= 4 { combine_rows::<M, 4>(m, &lanes, rows) } else { combine_rows::<M, LANES>(m, &lanes, rows) }
}

/// `row_i += c_i · change` over the rows that there are.
#[inline(always)]
fn add_product<M: Machine>(m: M, rows: &mut Square<M::Number>, count: usize, c: M::Vector, change: M::Vector) {
    let lanes = m.lanes(c);
    let (first, second) = rows.split_at_mut(4);
    for (row, &lane) in first.iter_mut().zip(&lanes) {
        m.store(row, m.mul_add(lane, change, m.load(row)));
    }
    if count > 4 {
        for (row, &lane) in second.iter_mut().zip(&lanes[4..]) {
            m.store(row, m.mul_add(lane, change, m.load(row)));
        }
    }
}

/// A square of eight by eight with its transpose.
#[inline(always)]
fn turned<M: Machine>(m: M, rows: &Square<M::Number>) -> Square<M::Number> {
    let (mut vectors, mut turned) = ([m.zero(); LANES], *rows);
    for (vector, row) in vectors.iter_mut().zip(rows) {
        *vector = m.load(row);
    }
    for (row, vector) in turned.iter_mut().zip(m.transpose(vectors)) {
        m.store(row, vector);
    }
    turned
}

impl<T: Copy + Default> Operation<T> for NarrowSteps<'_, T> {
    /// How many steps were taken.
    type Output = u64;

    #[inline(always)]
    fn run<M: Machine<Number = T>>(self, m: M) -> Self::Output {
        let Self { layout, margins, eta, steps, calm } = self;
        let calm = calm.splat(m);
        let factor = m.mul(m.splat(eta), m.splat(margins.steepness_weight));
        let inputs = layout.layers()[0].columns;
        let examples = margins.rows.blocks().as_chunks::<LANES>().0;
        let mut turned_examples = [[[T::default(); LANES]; LANES]; EXAMPLES_PER_BLOCK / LANES];
        for (turned_group, group) in turned_examples.iter_mut().zip(examples) {
            *turned_group = turned(m, group);
        }
        let (layers, weights, narrow) = layout.parts();
        let (last, hidden) = layers.split_last().unwrap_or((&layers[0], &[]));
        for (layer, place) in narrow.iter_mut().zip(hidden) {
            layer.rows = [[T::default(); LANES]; LANES];
            layer.rows[..place.length].copy_from_slice(&weights[place.range()]);
            layer.columns = turned(m, &layer.rows);
        }
        let mut last_row = m.load(&weights[last.start]);
        let mut taken = 0;
        while taken < steps {
            let mut left = last_row;
            for (layer, place) in narrow.iter_mut().zip(hidden).rev() {
                m.store(&mut layer.left, left);
                left = combine(m, left, &layer.rows, place.rows);
            }
            let mut watch = calm.watch_map(m, left);
            let mut right = m.zero();
            for (number, (group, turned)) in examples.iter().zip(&turned_examples).enumerate() {
                let exponent = margins.loss.exponent(m, combine(m, left, turned, inputs));
                let steepness = margins.loss.steepness(m, exponent);
                watch = m.add(watch, m.add(m.sub(exponent, exponent), calm.watch_slope(m, steepness)));
                let sum = combine_rows::<M, LANES>(m, &m.lanes(m.mul(steepness, factor)), group);
                right = if number == 0 { sum } else { m.add(right, sum) };
            }
            if !m.is_finite(watch) {
                break;
            }
            for (layer, place) in narrow.iter_mut().zip(hidden) {
                let left = m.load(&layer.left);
                let next = combine(m, right, &layer.columns, place.columns);
                add_product(m, &mut layer.rows, place.rows, left, right);
                add_product(m, &mut layer.columns, place.columns, right, left);
                right = next;
            }
            last_row = m.add(last_row, right);
            taken += 1;
        }
        m.store(&mut weights[last.start], last_row);
        for (layer, place) in narrow.iter().zip(hidden) {
            weights[place.range()].copy_from_slice(&layer.rows[..place.length]);
        }
        taken
    }
}
