//! Every machine against plain arithmetic, and `exp` against MPFR.

use rug::Float;

use super::{LANES, Machine, Operation, Plain};
use crate::descent::instructions::Instructions;

/// A few vectors of numbers that differ from lane to lane.
fn vectors() -> [[f64; LANES]; LANES] {
    std::array::from_fn(|i| std::array::from_fn(|j| (i as f64 + 0.3) * (j as f64 - 3.7) + 0.01 * (i * j) as f64))
}

/// What a machine does with some vectors.
struct All([[f64; LANES]; LANES]);

impl Operation<f64> for All {
    type Output = Vec<[f64; LANES]>;

    fn run<M: Machine<Number = f64>>(self, m: M) -> Self::Output {
        let [a, b, c, ..] = self.0.map(|block| m.load(&block));
        let mut results = vec![
            m.splat(2.5),
            m.zero(),
            m.one(),
            m.add(a, b),
            m.sub(a, b),
            m.mul(a, b),
            m.div(a, b),
            m.negated_magnitude(a),
            m.neg(a),
            m.select_by_sign(a, b, c),
            m.sums(self.0.map(|block| m.load(&block))),
        ];
        results.extend(m.transpose(self.0.map(|block| m.load(&block))));
        results.into_iter().map(|vector| stored(m, vector)).collect()
    }
}

fn stored<M: Machine<Number = f64>>(m: M, vector: M::Vector) -> [f64; LANES] {
    let mut block = [0.0; LANES];
    m.store(&mut block, vector);
    block
}

#[test]
fn every_machine_calculates_the_same() {
    let plain = Instructions::Scalar.run(All(vectors()));
    for instructions in Instructions::available() {
        assert_eq!(instructions.run(All(vectors())), plain, "{instructions:?}");
    }
    // And what it calculates is right.
    let v = vectors();
    assert_eq!(plain[3][2], v[0][2] + v[1][2]);
    assert_eq!(plain[9], std::array::from_fn(|i| if v[0][i] < 0.0 { v[1][i] } else { v[2][i] }));
    let pairwise = |[a, b, c, d, e, f, g, h]: [f64; LANES]| ((a + e) + (c + g)) + ((b + f) + (d + h));
    assert_eq!(plain[10], v.map(pairwise));
    assert_eq!(plain[11..], std::array::from_fn::<[f64; LANES], LANES, _>(|i| std::array::from_fn(|j| v[j][i])));
}

/// `a·b + c` of numbers whose product is not exact.
struct Fused;

impl Operation<f64> for Fused {
    type Output = f64;

    fn run<M: Machine<Number = f64>>(self, m: M) -> f64 {
        stored(m, m.mul_add(m.splat(1.0 + f64::EPSILON), m.splat(1.0 + f64::EPSILON), m.splat(-1.0)))[7]
    }
}

#[test]
fn only_the_scalar_machine_rounds_twice() {
    let once = 2.0 * f64::EPSILON + f64::EPSILON * f64::EPSILON;
    for instructions in Instructions::available() {
        let expected = if instructions == Instructions::Scalar { 2.0 * f64::EPSILON } else { once };
        assert_eq!(instructions.run(Fused), expected, "{instructions:?}");
    }
}

/// Whether a vector with this number in one lane is finite.
struct Finite(f64, usize);

impl Operation<f64> for Finite {
    type Output = (bool, bool);

    fn run<M: Machine<Number = f64>>(self, m: M) -> (bool, bool) {
        let mut block = [-1.5; LANES];
        block[self.1] = self.0;
        (m.is_finite(m.load(&block)), m.are_finite(&[[0.0; LANES], block, [f64::MAX; LANES]]))
    }
}

#[test]
fn every_lane_is_watched() {
    for instructions in Instructions::available() {
        for lane in 0..LANES {
            for (number, expected) in [
                (f64::MAX, true),
                (f64::MIN, true),
                (0.0, true),
                (f64::INFINITY, false),
                (f64::NEG_INFINITY, false),
                (f64::NAN, false),
            ] {
                let found = instructions.run(Finite(number, lane));
                assert_eq!(found, (expected, expected), "{instructions:?}, {number} in lane {lane}");
            }
        }
    }
}

struct Exp([f64; LANES]);

impl Operation<f64> for Exp {
    type Output = [f64; LANES];

    fn run<M: Machine<Number = f64>>(self, m: M) -> [f64; LANES] {
        stored(m, m.exp(m.load(&self.0)))
    }
}

/// Numbers of every size from 10⁻⁶ to 710 and both signs, many of them near the ends of the reduced range.
fn arguments() -> Vec<f64> {
    let sizes = (0..4000).map(|i| 10f64.powf(f64::from(i) / 4000.0 * 8.852 - 6.0));
    let near_ends =
        (0..4000).map(|i| (f64::from(i % 2000 - 1000) + 0.5 + f64::from(i) * 1e-5) * std::f64::consts::LN_2);
    let near_one = (0..4000).map(|i| (f64::from(i) / 4000.0 - 0.5) * std::f64::consts::LN_2);
    sizes.flat_map(|x| [x, -x]).chain(near_ends).chain(near_one).filter(|x| (-708.0..709.7).contains(x)).collect()
}

#[test]
fn exp_is_within_its_budget() {
    let mut worst = Vec::new();
    for instructions in Instructions::available() {
        let mut largest = 0.0_f64;
        for chunk in arguments().chunks(LANES) {
            let mut block = [0.0; LANES];
            block[..chunk.len()].copy_from_slice(chunk);
            for (x, computed) in block.into_iter().zip(instructions.run(Exp(block))) {
                let exact = Float::with_val(200, x).exp();
                let error = (Float::with_val(200, computed - &exact) / exact).abs().to_f64();
                largest = largest.max(error * 53f64.exp2());
            }
        }
        // Two roundings; much less would mean that the budget has one too many.
        assert!((1.0..=2.0).contains(&largest), "{instructions:?}: {largest}");
        worst.push((instructions, largest));
    }
    println!("{worst:?}");
}

#[test]
fn exp_goes_on_beyond_the_range() {
    for instructions in Instructions::available() {
        let found = instructions.run(Exp([0.0, -0.0, 1e300, -1e300, 709.9, -746.0, f64::INFINITY, f64::NEG_INFINITY]));
        assert_eq!(found, [1.0, 1.0, f64::INFINITY, 0.0, f64::INFINITY, 0.0, f64::INFINITY, 0.0], "{instructions:?}");
        // Below the normal numbers it is right to their last place.
        for x in [-708.5, -720.0, -744.9] {
            let exact = Float::with_val(200, x).exp();
            let error = Float::with_val(200, instructions.run(Exp([x; LANES]))[0] - exact).abs().to_f64();
            assert!(error <= f64::from_bits(1), "{instructions:?}: exp({x})");
        }
    }
}

/// Machines that fuse agree to the last bit.
#[test]
fn exp_is_the_same_on_all_fused_machines() {
    let fused: Vec<_> =
        Instructions::available().filter(|&instructions| instructions != Instructions::Scalar).collect();
    for pair in fused.windows(2) {
        for chunk in arguments().as_chunks::<LANES>().0 {
            assert_eq!(pair[0].run(Exp(*chunk)), pair[1].run(Exp(*chunk)));
        }
    }
}

/// What NEON's instructions are compiled from, here without them.
#[test]
fn plain_numbers_that_fuse_are_a_fused_machine() {
    let fused = Plain::<true>;
    assert_eq!(fused.apart(All(vectors())), Instructions::Scalar.run(All(vectors())));
    assert_eq!(fused.apart(Fused), 2.0 * f64::EPSILON + f64::EPSILON * f64::EPSILON);
    for instructions in Instructions::available().filter(|&instructions| instructions != Instructions::Scalar) {
        for chunk in arguments().as_chunks::<LANES>().0 {
            assert_eq!(fused.apart(Exp(*chunk)), instructions.run(Exp(*chunk)));
        }
    }
}
