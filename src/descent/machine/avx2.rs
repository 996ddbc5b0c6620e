//! AVX2 with FMA: a vector is two registers, and there are 16 of them.

use pulp::x86::V3;
use pulp::{Simd, cast, f64x4};

use super::exponential::{self, Powers, ROUNDER};
use super::{Block, LANES, Machine, On, Operation};

/// The proof that the processor has AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Avx2(pub V3);

impl Avx2 {
    /// `f` of both halves of two vectors.
    #[inline(always)]
    fn zip(self, [a, b]: [f64x4; 2], [c, d]: [f64x4; 2], f: impl Fn(V3, f64x4, f64x4) -> f64x4) -> [f64x4; 2] {
        [f(self.0, a, c), f(self.0, b, d)]
    }

    /// From two halves: the sums of lanes two apart, two of the first and two of the second.
    #[inline(always)]
    fn two_apart(self, a: f64x4, b: f64x4) -> f64x4 {
        let low = self.0.avx._mm256_permute2f128_pd::<0x20>(cast(a), cast(b));
        let high = self.0.avx._mm256_permute2f128_pd::<0x31>(cast(a), cast(b));
        self.0.add_f64s(cast(low), cast(high))
    }

    /// The sums of four halves.
    #[inline(always)]
    fn four_sums(self, [a, b, c, d]: [f64x4; 4]) -> f64x4 {
        let (even, odd) = (self.two_apart(a, c), self.two_apart(b, d));
        let low = self.0.avx._mm256_unpacklo_pd(cast(even), cast(odd));
        let high = self.0.avx._mm256_unpackhi_pd(cast(even), cast(odd));
        self.0.add_f64s(cast(low), cast(high))
    }

    /// `if_negative` where `a < 0`, `otherwise` elsewhere.
    #[inline(always)]
    fn select_half(self, a: f64x4, if_negative: f64x4, otherwise: f64x4) -> f64x4 {
        let is_negative = self.0.less_than_f64s(a, self.0.splat_f64s(0.0));
        self.0.select_f64s(is_negative, if_negative, otherwise)
    }

    /// `a` held within ±`limit`.
    #[inline(always)]
    fn clamp_half(self, a: f64x4, limit: f64) -> f64x4 {
        self.0.min_f64s(self.0.max_f64s(a, self.0.splat_f64s(-limit)), self.0.splat_f64s(limit))
    }

    /// `a·2ⁿ`, rounded once.
    #[inline(always)]
    fn scale_half(self, a: f64x4, n: f64x4) -> f64x4 {
        // Two factors, because 2ⁿ itself may be out of range although the product is not.
        let rounder = self.0.splat_f64s(ROUNDER);
        let half = self.0.sub_f64s(self.0.mul_add_f64s(n, self.0.splat_f64s(0.5), rounder), rounder);
        let rest = self.0.sub_f64s(n, half);
        self.0.mul_f64s(self.0.mul_f64s(a, self.power_of_two(half)), self.power_of_two(rest))
    }

    /// `2ⁿ` for integers `|n| ≤ 1000`.
    #[inline(always)]
    fn power_of_two(self, n: f64x4) -> f64x4 {
        // The sum has n in its lowest bits, which are moved to the place of the exponent.
        let shifted = self.0.add_f64s(n, self.0.splat_f64s(ROUNDER + 1023.0));
        let avx = self.0.avx;
        let bits = self.0.avx2._mm256_slli_epi64::<52>(avx._mm256_castpd_si256(cast(shifted)));
        cast(avx._mm256_castsi256_pd(bits))
    }
}

impl Machine for Avx2 {
    type Number = f64;
    type Vector = [f64x4; 2];

    const HAS_MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn apart<O: Operation<f64>>(self, operation: O) -> O::Output {
        self.0.vectorize(On(self, operation))
    }

    #[inline(always)]
    fn splat(self, number: f64) -> Self::Vector {
        [self.0.splat_f64s(number); 2]
    }

    #[inline(always)]
    fn load(self, block: &Block<f64>) -> Self::Vector {
        cast(*block)
    }

    #[inline(always)]
    fn store(self, block: &mut Block<f64>, vector: Self::Vector) {
        *block = cast(vector);
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.zip(a, b, |simd, a, b| simd.add_f64s(a, b))
    }

    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.zip(a, b, |simd, a, b| simd.sub_f64s(a, b))
    }

    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.zip(a, b, |simd, a, b| simd.mul_f64s(a, b))
    }

    #[inline(always)]
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.zip(a, b, |simd, a, b| simd.div_f64s(a, b))
    }

    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        [self.0.mul_add_f64s(a[0], b[0], c[0]), self.0.mul_add_f64s(a[1], b[1], c[1])]
    }

    #[inline(always)]
    fn one(self) -> Self::Vector {
        self.splat(1.0)
    }

    #[inline(always)]
    fn exp(self, a: Self::Vector) -> Self::Vector {
        exponential::exp(self, a)
    }

    #[inline(always)]
    fn negated_magnitude(self, a: Self::Vector) -> Self::Vector {
        self.zip(a, self.splat(-0.0), |simd, a, sign| simd.or_f64s(a, sign))
    }

    #[inline(always)]
    fn neg(self, a: Self::Vector) -> Self::Vector {
        self.zip(a, self.splat(-0.0), |simd, a, sign| simd.xor_f64s(a, sign))
    }

    #[inline(always)]
    fn select_by_sign(self, a: Self::Vector, if_negative: Self::Vector, otherwise: Self::Vector) -> Self::Vector {
        [self.select_half(a[0], if_negative[0], otherwise[0]), self.select_half(a[1], if_negative[1], otherwise[1])]
    }

    #[inline(always)]
    fn sums(self, vectors: [Self::Vector; LANES]) -> Self::Vector {
        let mut halves = [self.0.splat_f64s(0.0); LANES];
        for (half, [low, high]) in halves.iter_mut().zip(vectors) {
            *half = self.0.add_f64s(low, high);
        }
        let [a, b, c, d, e, f, g, h] = halves;
        [self.four_sums([a, b, c, d]), self.four_sums([e, f, g, h])]
    }

    #[inline(always)]
    fn is_finite(self, [a, b]: Self::Vector) -> bool {
        // Of two finite numbers' magnitudes the larger is finite, and x − x is NaN for any other.
        let watch = self.0.add_f64s(self.0.sub_f64s(a, a), self.0.sub_f64s(b, b));
        let ordered = self.0.avx._mm256_cmp_pd::<{ std::arch::x86_64::_CMP_ORD_Q }>(cast(watch), cast(watch));
        self.0.avx._mm256_movemask_pd(ordered) == 0b1111
    }
}

impl Powers for Avx2 {
    #[inline(always)]
    fn clamp(self, a: Self::Vector, limit: f64) -> Self::Vector {
        [self.clamp_half(a[0], limit), self.clamp_half(a[1], limit)]
    }

    #[inline(always)]
    fn scale(self, a: Self::Vector, n: Self::Vector) -> Self::Vector {
        [self.scale_half(a[0], n[0]), self.scale_half(a[1], n[1])]
    }
}
