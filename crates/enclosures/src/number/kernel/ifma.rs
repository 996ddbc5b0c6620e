//! The multiply-add of eight pairs of 52-bit integers at a time that some x86 processors have (AVX-512 IFMA).

pulp::simd_type! {
    /// The proof that the processor has the instructions.
    pub(in crate::number) struct Ifma {
        pub(in crate::number) avx512f: "avx512f",
        pub(in crate::number) avx512ifma: "avx512ifma",
        // For what is compiled around it: shifts by a variable and counts of zeros.
        bmi1: "bmi1",
        bmi2: "bmi2",
        lzcnt: "lzcnt",
    }
}

impl Ifma {
    /// The instructions, if the processor has them and the [plain kernels](crate::processor::is_plain) are not asked for.
    pub(in crate::number) fn if_wanted() -> Option<Self> {
        if crate::processor::is_plain() { None } else { Self::try_new() }
    }
}
