//! The multiply-add of eight pairs of 52-bit integers at a time that some x86 processors have (AVX-512 IFMA).

pulp::simd_type! {
    /// The proof that the processor has the instructions.
    pub(super) struct Ifma {
        pub(super) avx512f: "avx512f",
        pub(super) avx512ifma: "avx512ifma",
    }
}
