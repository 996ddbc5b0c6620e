//! AVX-512: a vector is one register, and there are 32 of them.

use pulp::x86::V4;
use pulp::{Simd, cast, f64x8};

use super::exponential::{self, Powers};
use super::{Block, LANES, Machine, On, Operation};

/// The proof that the processor has AVX-512.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Avx512(pub V4);

impl Avx512 {
    /// The even lanes of both, alternately.
    #[inline(always)]
    fn low_pairs(self, a: f64x8, b: f64x8) -> f64x8 {
        cast(self.0.avx512f._mm512_unpacklo_pd(cast(a), cast(b)))
    }

    /// The odd lanes of both, alternately.
    #[inline(always)]
    fn high_pairs(self, a: f64x8, b: f64x8) -> f64x8 {
        cast(self.0.avx512f._mm512_unpackhi_pd(cast(a), cast(b)))
    }

    /// Of the pairs of neighbours, the first and third of both.
    #[inline(always)]
    fn even_pairs(self, a: f64x8, b: f64x8) -> f64x8 {
        cast(self.0.avx512f._mm512_shuffle_f64x2::<0b10_00_10_00>(cast(a), cast(b)))
    }

    /// Of the pairs of neighbours, the second and fourth of both.
    #[inline(always)]
    fn odd_pairs(self, a: f64x8, b: f64x8) -> f64x8 {
        cast(self.0.avx512f._mm512_shuffle_f64x2::<0b11_01_11_01>(cast(a), cast(b)))
    }

    /// From two vectors: the sums of lanes four apart, four of the first and four of the second.
    #[inline(always)]
    fn four_apart(self, a: f64x8, b: f64x8) -> f64x8 {
        let low = self.0.avx512f._mm512_shuffle_f64x2::<0b01_00_01_00>(cast(a), cast(b));
        let high = self.0.avx512f._mm512_shuffle_f64x2::<0b11_10_11_10>(cast(a), cast(b));
        self.add(cast(low), cast(high))
    }

    /// From two such: the sums of lanes two apart, two of each of four vectors.
    #[inline(always)]
    fn two_apart(self, a: f64x8, b: f64x8) -> f64x8 {
        self.add(self.even_pairs(a, b), self.odd_pairs(a, b))
    }

    /// Four vectors as a four by four matrix of pairs, transposed.
    #[inline(always)]
    fn transpose_pairs(self, [a, b, c, d]: [f64x8; 4]) -> [f64x8; 4] {
        let (x, y) = (self.even_pairs(a, b), self.even_pairs(c, d));
        let (z, w) = (self.odd_pairs(a, b), self.odd_pairs(c, d));
        [self.even_pairs(x, y), self.even_pairs(z, w), self.odd_pairs(x, y), self.odd_pairs(z, w)]
    }
}

impl Machine for Avx512 {
    type Number = f64;
    type Vector = f64x8;

    const HAS_MANY_REGISTERS: bool = true;

    #[inline(always)]
    fn apart<O: Operation<f64>>(self, operation: O) -> O::Output {
        self.0.vectorize(On(self, operation))
    }

    #[inline(always)]
    fn splat(self, number: f64) -> f64x8 {
        self.0.splat_f64s(number)
    }

    #[inline(always)]
    fn load(self, block: &Block<f64>) -> f64x8 {
        cast(*block)
    }

    #[inline(always)]
    fn store(self, block: &mut Block<f64>, vector: f64x8) {
        *block = cast(vector);
    }

    #[inline(always)]
    fn add(self, a: f64x8, b: f64x8) -> f64x8 {
        self.0.add_f64s(a, b)
    }

    #[inline(always)]
    fn sub(self, a: f64x8, b: f64x8) -> f64x8 {
        self.0.sub_f64s(a, b)
    }

    #[inline(always)]
    fn mul(self, a: f64x8, b: f64x8) -> f64x8 {
        self.0.mul_f64s(a, b)
    }

    #[inline(always)]
    fn div(self, a: f64x8, b: f64x8) -> f64x8 {
        self.0.div_f64s(a, b)
    }

    #[inline(always)]
    fn mul_add(self, a: f64x8, b: f64x8, c: f64x8) -> f64x8 {
        self.0.mul_add_f64s(a, b, c)
    }

    #[inline(always)]
    fn one(self) -> f64x8 {
        self.splat(1.0)
    }

    #[inline(always)]
    fn exp(self, a: f64x8) -> f64x8 {
        exponential::exp(self, a)
    }

    #[inline(always)]
    fn negated_magnitude(self, a: f64x8) -> f64x8 {
        self.0.or_f64s(a, self.0.splat_f64s(-0.0))
    }

    #[inline(always)]
    fn neg(self, a: f64x8) -> f64x8 {
        self.0.neg_f64s(a)
    }

    #[inline(always)]
    fn select_by_sign(self, a: f64x8, if_negative: f64x8, otherwise: f64x8) -> f64x8 {
        let is_negative = self.0.less_than_f64s(a, self.zero());
        self.0.select_f64s(is_negative, if_negative, otherwise)
    }

    #[inline(always)]
    fn sums(self, [a, b, c, d, e, f, g, h]: [f64x8; LANES]) -> f64x8 {
        let even = self.two_apart(self.four_apart(a, c), self.four_apart(e, g));
        let odd = self.two_apart(self.four_apart(b, d), self.four_apart(f, h));
        self.add(self.low_pairs(even, odd), self.high_pairs(even, odd))
    }

    #[inline(always)]
    fn lanes(self, a: f64x8) -> [f64x8; LANES] {
        let mut lanes = [a; LANES];
        for (i, lane) in lanes.iter_mut().enumerate() {
            let index = self.0.splat_u64s(i as u64);
            *lane = cast(self.0.avx512f._mm512_permutexvar_pd(cast(index), cast(a)));
        }
        lanes
    }

    #[inline(always)]
    fn transpose(self, [a, b, c, d, e, f, g, h]: [f64x8; LANES]) -> [f64x8; LANES] {
        let even = [self.low_pairs(a, b), self.low_pairs(c, d), self.low_pairs(e, f), self.low_pairs(g, h)];
        let odd = [self.high_pairs(a, b), self.high_pairs(c, d), self.high_pairs(e, f), self.high_pairs(g, h)];
        let [p, r, t, v] = self.transpose_pairs(even);
        let [q, s, u, w] = self.transpose_pairs(odd);
        [p, q, r, s, t, u, v, w]
    }

    #[inline(always)]
    fn is_finite(self, a: f64x8) -> bool {
        let limit = self.splat(f64::INFINITY);
        self.0.less_than_f64s(self.0.abs_f64s(a), limit).0 == u8::MAX
    }
}

impl Powers for Avx512 {
    #[inline(always)]
    fn clamp(self, a: f64x8, limit: f64) -> f64x8 {
        self.0.min_f64s(self.0.max_f64s(a, self.splat(-limit)), self.splat(limit))
    }

    #[inline(always)]
    fn scale(self, a: f64x8, n: f64x8) -> f64x8 {
        cast(self.0.avx512f._mm512_scalef_pd(cast(a), cast(n)))
    }
}
