//! The machine that every processor is: eight numbers in an array, one after the other.

use super::exponential::{self, Powers};
use super::{Block, LANES, Machine, Operation};

/// Plain numbers; `FUSED` says whether a product and its sum are rounded once, which takes an instruction for it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Plain<const FUSED: bool>;

/// `f` of the number of each lane.
#[inline(always)]
fn each(f: impl Fn(usize) -> f64) -> [f64; LANES] {
    let mut lanes = [0.0; LANES];
    for (i, lane) in lanes.iter_mut().enumerate() {
        *lane = f(i);
    }
    lanes
}

impl<const FUSED: bool> Machine for Plain<FUSED> {
    type Number = f64;
    type Vector = [f64; LANES];

    const HAS_MANY_REGISTERS: bool = false;

    fn apart<O: Operation<f64>>(self, operation: O) -> O::Output {
        operation.run(self)
    }

    #[inline(always)]
    fn splat(self, number: f64) -> Self::Vector {
        [number; LANES]
    }

    #[inline(always)]
    fn load(self, block: &Block<f64>) -> Self::Vector {
        *block
    }

    #[inline(always)]
    fn store(self, block: &mut Block<f64>, vector: Self::Vector) {
        *block = vector;
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|i| a[i] + b[i])
    }

    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|i| a[i] - b[i])
    }

    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|i| a[i] * b[i])
    }

    #[inline(always)]
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|i| a[i] / b[i])
    }

    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        each(|i| if FUSED { a[i].mul_add(b[i], c[i]) } else { a[i] * b[i] + c[i] })
    }

    #[inline(always)]
    fn one(self) -> Self::Vector {
        [1.0; LANES]
    }

    #[inline(always)]
    fn exp(self, a: Self::Vector) -> Self::Vector {
        exponential::exp(self, a)
    }

    #[inline(always)]
    fn negated_magnitude(self, a: Self::Vector) -> Self::Vector {
        each(|i| -a[i].abs())
    }

    #[inline(always)]
    fn neg(self, a: Self::Vector) -> Self::Vector {
        each(|i| -a[i])
    }

    #[inline(always)]
    fn select_by_sign(self, a: Self::Vector, if_negative: Self::Vector, otherwise: Self::Vector) -> Self::Vector {
        each(|i| if a[i] < 0.0 { if_negative[i] } else { otherwise[i] })
    }

    #[inline(always)]
    fn sums(self, vectors: [Self::Vector; LANES]) -> Self::Vector {
        each(|i| {
            let [a, b, c, d, e, f, g, h] = vectors[i];
            ((a + e) + (c + g)) + ((b + f) + (d + h))
        })
    }

    #[inline(always)]
    fn is_finite(self, a: Self::Vector) -> bool {
        a.iter().all(|a| a.is_finite())
    }
}

impl<const FUSED: bool> Powers for Plain<FUSED> {
    #[inline(always)]
    fn clamp(self, a: Self::Vector, limit: f64) -> Self::Vector {
        each(|i| a[i].clamp(-limit, limit))
    }

    #[inline(always)]
    fn scale(self, a: Self::Vector, n: Self::Vector) -> Self::Vector {
        each(|i| {
            // Two factors, because 2ⁿ itself may be out of range although the product is not.
            let half = (n[i] as i64) / 2;
            let power = |n: i64| f64::from_bits(((1023 + n) as u64) << 52);
            a[i] * power(half) * power(n[i] as i64 - half)
        })
    }
}
