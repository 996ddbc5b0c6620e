//! AVX-512: a vector is one register, and there are 32 of them.

use pulp::x86::V4;
use pulp::{Simd, cast, f64x8};

use super::exponential::{self, Powers};
use super::{Block, LANES, Machine, On, Operation};

/// The proof that the processor has AVX-512.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Avx512(pub V4);

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
        let avx512 = self.0.avx512f;
        // From two vectors: the sums of lanes four apart, four of the first and four of the second.
        let four_apart = |a, b| {
            let low = avx512._mm512_shuffle_f64x2::<0b01_00_01_00>(cast(a), cast(b));
            let high = avx512._mm512_shuffle_f64x2::<0b11_10_11_10>(cast(a), cast(b));
            self.add(cast(low), cast(high))
        };
        // From two such: the sums of lanes two apart, two of each of four vectors.
        let two_apart = |a, b| {
            let low = avx512._mm512_shuffle_f64x2::<0b10_00_10_00>(cast(a), cast(b));
            let high = avx512._mm512_shuffle_f64x2::<0b11_01_11_01>(cast(a), cast(b));
            self.add(cast(low), cast(high))
        };
        let even = two_apart(four_apart(a, c), four_apart(e, g));
        let odd = two_apart(four_apart(b, d), four_apart(f, h));
        let low = avx512._mm512_unpacklo_pd(cast(even), cast(odd));
        let high = avx512._mm512_unpackhi_pd(cast(even), cast(odd));
        self.add(cast(low), cast(high))
    }

    #[inline(always)]
    fn transpose(self, [a, b, c, d, e, f, g, h]: [f64x8; LANES]) -> [f64x8; LANES] {
        let avx512 = self.0.avx512f;
        let low = |a, b| avx512._mm512_unpacklo_pd(cast(a), cast(b));
        let high = |a, b| avx512._mm512_unpackhi_pd(cast(a), cast(b));
        // Pairs of numbers, as the four by four matrix that they form, transposed.
        let pairs = |a, b, c, d| {
            let even = |a, b| avx512._mm512_shuffle_f64x2::<0b10_00_10_00>(a, b);
            let odd = |a, b| avx512._mm512_shuffle_f64x2::<0b11_01_11_01>(a, b);
            let (x, y, z, w) = (even(a, b), even(c, d), odd(a, b), odd(c, d));
            [cast(even(x, y)), cast(even(z, w)), cast(odd(x, y)), cast(odd(z, w))]
        };
        let [p, r, t, v] = pairs(low(a, b), low(c, d), low(e, f), low(g, h));
        let [q, s, u, w] = pairs(high(a, b), high(c, d), high(e, f), high(g, h));
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
