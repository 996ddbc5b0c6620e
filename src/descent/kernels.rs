//! The loops that move the weights: sums of products over groups of rows.
//!
//! A matrix is stored in groups of eight rows, the last perhaps of four; in a group, the first blocks of all rows come
//! first, then the second ones, and so on. What pads it is zero. So a loop over a group runs through memory in order and
//! has no remainder. A sum runs in eight lanes that are added pairwise at the end, or over eight rows whose products are
//! added pairwise first; both make its chain of roundings about an eighth of its length. [`budget`](super::budget) counts
//! exactly these chains, so a change of order here is a change there.

use super::machine::{Block, LANES, Machine};

/// Neighbouring blocks.
#[inline(always)]
fn load_all<M: Machine, const N: usize>(m: M, blocks: &[Block<M::Number>; N]) -> [M::Vector; N] {
    let mut vectors = [m.zero(); N];
    for (vector, block) in vectors.iter_mut().zip(blocks) {
        *vector = m.load(block);
    }
    vectors
}

/// Each of some numbers in every lane of a vector.
#[inline(always)]
fn splat_all<M: Machine, const N: usize>(m: M, numbers: &[M::Number]) -> [M::Vector; N] {
    let mut vectors = [m.zero(); N];
    for (vector, &number) in vectors.iter_mut().zip(numbers) {
        *vector = m.splat(number);
    }
    vectors
}

/// `Σ_i c_i · r_i`, the products being added pairwise: terms N/2 apart, then N/4 apart, and so on; `N` is 4 or 8.
#[inline(always)]
pub(super) fn pairwise_products<M: Machine, const N: usize>(m: M, c: &[M::Vector; N], r: [M::Vector; N]) -> M::Vector {
    let mut sums = [m.zero(); N];
    let half = N / 2;
    for i in 0..half {
        sums[i] = m.mul_add(c[i + half], r[i + half], m.mul(c[i], r[i]));
    }
    if N == 8 {
        sums[0] = m.add(sums[0], sums[2]);
        sums[1] = m.add(sums[1], sums[3]);
    }
    m.add(sums[0], sums[1])
}

/// `out = Σ_i c_i · row_i` for one group of `N` rows, or `out += …`.
#[inline(always)]
fn combine_group<M: Machine, const N: usize>(
    m: M,
    out: &mut [Block<M::Number>],
    coefficients: &Block<M::Number>,
    group: &[Block<M::Number>],
    continues: bool,
) {
    let c = splat_all::<M, N>(m, coefficients);
    let columns = out.iter_mut().zip(group.as_chunks::<N>().0);
    if continues {
        for (out, column) in columns {
            m.store(out, m.add(m.load(out), pairwise_products(m, &c, load_all(m, column))));
        }
    } else {
        for (out, column) in columns {
            m.store(out, pairwise_products(m, &c, load_all(m, column)));
        }
    }
}

/// [`combine`] for rows of `W` blocks.
#[inline(always)]
fn combine_narrow<M: Machine, const W: usize>(
    m: M,
    out: &mut [Block<M::Number>],
    coefficients: &[Block<M::Number>],
    rows: &[Block<M::Number>],
    continues: bool,
) {
    let mut sums = [m.zero(); W];
    for (number, (c, group)) in coefficients.iter().zip(rows.chunks(LANES * W)).enumerate() {
        let mut add = |w: usize, sum: M::Vector| {
            sums[w] = if number == 0 { sum } else { m.add(sums[w], sum) };
        };
        let (eights, rest) = group.as_chunks::<LANES>();
        if rest.is_empty() && eights.len() == W {
            let c = splat_all::<M, LANES>(m, c);
            for (w, column) in eights.iter().enumerate() {
                add(w, pairwise_products(m, &c, load_all(m, column)));
            }
        } else {
            let c = splat_all::<M, 4>(m, c);
            for (w, column) in group.as_chunks::<4>().0.iter().enumerate() {
                add(w, pairwise_products(m, &c, load_all(m, column)));
            }
        }
    }
    for (out, sum) in out.iter_mut().zip(sums) {
        m.store(out, if continues { m.add(m.load(out), sum) } else { sum });
    }
}

/// `out = Σ_i c_i · row_i` over the rows of a matrix, each as wide as `out`; `out += …` if the sum `continues` another.
#[inline(always)]
pub(super) fn combine<M: Machine>(
    m: M,
    out: &mut [Block<M::Number>],
    coefficients: &[Block<M::Number>],
    rows: &[Block<M::Number>],
    continues: bool,
) {
    // A narrow result stays in registers.
    match out.len() {
        1 => return combine_narrow::<M, 1>(m, out, coefficients, rows, continues),
        2 => return combine_narrow::<M, 2>(m, out, coefficients, rows, continues),
        _ => {}
    }
    let eight = LANES * out.len();
    for (number, (c, group)) in coefficients.iter().zip(rows.chunks(eight)).enumerate() {
        if group.len() == eight {
            combine_group::<M, LANES>(m, out, c, group, continues || number > 0);
        } else {
            combine_group::<M, 4>(m, out, c, group, continues || number > 0);
        }
    }
}

/// The products of the `N` rows from `first` on of a group of eight with a vector, lane by lane, into their places.
#[inline(always)]
fn add_lanes_of_dots<M: Machine, const N: usize>(
    m: M,
    lanes: &mut [M::Vector; LANES],
    first: usize,
    group: &[Block<M::Number>],
    vector: &[Block<M::Number>],
) {
    let mut sums = [m.zero(); N];
    for (column, block) in group.as_chunks::<LANES>().0.iter().zip(vector) {
        let x = m.load(block);
        for i in 0..N {
            sums[i] = m.mul_add(m.load(&column[first + i]), x, sums[i]);
        }
    }
    lanes[first..first + N].copy_from_slice(&sums);
}

/// `row_i · vector` for a group of eight rows.
#[inline(always)]
pub(super) fn dots<M: Machine>(m: M, group: &[Block<M::Number>], vector: &[Block<M::Number>]) -> M::Vector {
    let mut lanes = [m.zero(); LANES];
    if M::HAS_MANY_REGISTERS {
        add_lanes_of_dots::<M, LANES>(m, &mut lanes, 0, group, vector);
    } else {
        add_lanes_of_dots::<M, 4>(m, &mut lanes, 0, group, vector);
        add_lanes_of_dots::<M, 4>(m, &mut lanes, 4, group, vector);
    }
    m.sums(lanes)
}

/// `row_i · right`, lane by lane, and then `row_i += factor_i · right`, in one pass over the `N` rows from `first` on of a
/// group of `G`.
#[inline(always)]
fn update_rows<M: Machine, const G: usize, const N: usize>(
    m: M,
    lanes: &mut [M::Vector; LANES],
    first: usize,
    group: &mut [Block<M::Number>],
    factors: &Block<M::Number>,
    right: &[Block<M::Number>],
) {
    let factors = splat_all::<M, N>(m, &factors[first..]);
    let mut sums = [m.zero(); N];
    for (column, block) in group.as_chunks_mut::<G>().0.iter_mut().zip(right) {
        let r = m.load(block);
        for i in 0..N {
            let w = m.load(&column[first + i]);
            sums[i] = m.mul_add(w, r, sums[i]);
            m.store(&mut column[first + i], m.mul_add(factors[i], r, w));
        }
    }
    lanes[first..first + N].copy_from_slice(&sums);
}

/// A layer's forward product and its update of rank one in one pass: `out = rows · right`, then `row_i += factor_i · right`.
#[inline(always)]
pub(super) fn update<M: Machine>(
    m: M,
    rows: &mut [Block<M::Number>],
    factors: &[Block<M::Number>],
    right: &[Block<M::Number>],
    out: &mut [Block<M::Number>],
) {
    let eight = LANES * right.len();
    for ((group, factors), out) in rows.chunks_mut(eight).zip(factors).zip(out) {
        let mut lanes = [m.zero(); LANES];
        if group.len() < eight {
            update_rows::<M, 4, 4>(m, &mut lanes, 0, group, factors, right);
        } else if M::HAS_MANY_REGISTERS {
            update_rows::<M, LANES, LANES>(m, &mut lanes, 0, group, factors, right);
        } else {
            update_rows::<M, LANES, 4>(m, &mut lanes, 0, group, factors, right);
            update_rows::<M, LANES, 4>(m, &mut lanes, 4, group, factors, right);
        }
        m.store(out, m.sums(lanes));
    }
}

/// [`update_rows`], but what would be added is written to `changes`, and the rows stay as they are.
#[inline(always)]
fn slope_of_rows<M: Machine, const G: usize, const N: usize>(
    m: M,
    lanes: &mut [M::Vector; LANES],
    first: usize,
    group: &[Block<M::Number>],
    changes: &mut [Block<M::Number>],
    factors: &Block<M::Number>,
    right: &[Block<M::Number>],
) {
    let factors = splat_all::<M, N>(m, &factors[first..]);
    let mut sums = [m.zero(); N];
    let columns = group.as_chunks::<G>().0.iter().zip(changes.as_chunks_mut::<G>().0);
    for ((column, changes), block) in columns.zip(right) {
        let r = m.load(block);
        for i in 0..N {
            sums[i] = m.mul_add(m.load(&column[first + i]), r, sums[i]);
            m.store(&mut changes[first + i], m.mul(factors[i], r));
        }
    }
    lanes[first..first + N].copy_from_slice(&sums);
}

/// A layer's forward product and its slope of rank one in one pass: `out = rows · right` and `change_i = factor_i · right`.
#[inline(always)]
pub(super) fn slope<M: Machine>(
    m: M,
    rows: &[Block<M::Number>],
    factors: &[Block<M::Number>],
    right: &[Block<M::Number>],
    changes: &mut [Block<M::Number>],
    out: &mut [Block<M::Number>],
) {
    let eight = LANES * right.len();
    for (((group, changes), factors), out) in rows.chunks(eight).zip(changes.chunks_mut(eight)).zip(factors).zip(out) {
        let mut lanes = [m.zero(); LANES];
        if group.len() < eight {
            slope_of_rows::<M, 4, 4>(m, &mut lanes, 0, group, changes, factors, right);
        } else if M::HAS_MANY_REGISTERS {
            slope_of_rows::<M, LANES, LANES>(m, &mut lanes, 0, group, changes, factors, right);
        } else {
            slope_of_rows::<M, LANES, 4>(m, &mut lanes, 0, group, changes, factors, right);
            slope_of_rows::<M, LANES, 4>(m, &mut lanes, 4, group, changes, factors, right);
        }
        m.store(out, m.sums(lanes));
    }
}

/// `weights += change`.
#[inline(always)]
pub(super) fn shift<M: Machine>(m: M, weights: &mut [Block<M::Number>], change: &[Block<M::Number>]) {
    for (w, c) in weights.iter_mut().zip(change) {
        m.store(w, m.add(m.load(w), m.load(c)));
    }
}

/// The sum of the squares, in lanes, then pairwise.
#[inline(always)]
pub(super) fn sum_of_squares<M: Machine>(m: M, blocks: &[Block<M::Number>]) -> M::Number {
    let mut lanes = m.zero();
    for block in blocks {
        let x = m.load(block);
        lanes = m.mul_add(x, x, lanes);
    }
    let mut sums = [M::Number::default(); LANES];
    m.store(&mut sums, m.sums([lanes; LANES]));
    sums[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descent::buffer::Buffer;
    use crate::descent::instructions::Instructions;
    use crate::descent::machine::Operation;
    use crate::descent::panel::Panel;

    /// Integers that differ from place to place: a dropped, doubled or misplaced entry changes every sum.
    pub(crate) fn numbers(count: usize, seed: i64) -> Vec<f64> {
        (0..count as i64).map(|i| ((i * i + seed * i + 3 * seed + 1) % 1009 - 400) as f64).collect()
    }

    fn placed(panel: Panel, numbers: &[f64]) -> Buffer<f64> {
        let mut buffer = Buffer::new(panel.length);
        panel.write(buffer.blocks_mut(), numbers);
        buffer
    }

    fn taken(panel: Panel, buffer: &Buffer<f64>) -> Vec<f64> {
        let mut numbers = vec![0.0; panel.rows * panel.columns];
        panel.read(buffer.blocks(), &mut numbers);
        numbers
    }

    /// The kernels on a matrix of some shape; all numbers are integers, so every sum is exact in any order.
    struct Kernels(usize, usize);

    impl Operation<f64> for Kernels {
        type Output = ();

        fn run<M: Machine<Number = f64>>(self, m: M) {
            let Self(rows, columns) = self;
            let matrix = Panel::groups(rows, columns, 0);
            let (tall, wide) = (Panel::row(rows, 0), Panel::row(columns, 0));
            let (a, l, r) = (numbers(rows * columns, 1), numbers(rows, 2), numbers(columns, 3));
            let sum = |terms: &mut dyn Iterator<Item = f64>| terms.sum::<f64>();
            let forward: Vec<f64> =
                a.chunks(columns).map(|row| sum(&mut row.iter().zip(&r).map(|(x, y)| x * y))).collect();
            let backward: Vec<f64> =
                (0..columns).map(|j| sum(&mut (0..rows).map(|i| l[i] * a[i * columns + j]))).collect();
            let (left, right) = (placed(tall, &l), placed(wide, &r));
            let mut moved = placed(matrix, &a);

            let mut out = Buffer::new(wide.length);
            combine(m, out.blocks_mut(), left.blocks(), moved.blocks(), false);
            assert_eq!(taken(wide, &out), backward);
            combine(m, out.blocks_mut(), left.blocks(), moved.blocks(), true);
            assert_eq!(taken(wide, &out), backward.iter().map(|x| 2.0 * x).collect::<Vec<_>>());

            let group = Panel::groups(rows.next_multiple_of(LANES), columns, 0);
            let padded = placed(group, &a);
            let (groups, _) = padded.blocks().as_chunks::<1>();
            let dots: Vec<f64> = groups
                .as_flattened()
                .chunks_exact(LANES * wide.stride)
                .flat_map(|rows| {
                    let mut block = [0.0; LANES];
                    m.store(&mut block, dots(m, rows, right.blocks()));
                    block
                })
                .collect();
            assert_eq!(dots[..rows], forward);

            let mut out = Buffer::new(tall.length);
            update(m, moved.blocks_mut(), left.blocks(), right.blocks(), out.blocks_mut());
            assert_eq!(taken(tall, &out), forward);
            let updated: Vec<f64> = (0..rows * columns).map(|e| a[e] + l[e / columns] * r[e % columns]).collect();
            assert_eq!(taken(matrix, &moved), updated);
            assert_eq!(sum_of_squares(m, moved.blocks()), updated.iter().map(|x| x * x).sum::<f64>());
            shift(m, moved.blocks_mut(), placed(matrix, &a).blocks());
            assert_eq!(taken(matrix, &moved), updated.iter().zip(&a).map(|(x, y)| x + y).collect::<Vec<_>>());
        }
    }

    #[test]
    fn sums_of_every_shape_are_whole() {
        for instructions in Instructions::available() {
            for rows in (1..=20).chain([33]) {
                for columns in [1, 3, 7, 8, 9, 16, 17, 40] {
                    instructions.run(Kernels(rows, columns));
                }
            }
        }
    }
}
