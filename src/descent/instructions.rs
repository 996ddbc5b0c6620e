//! Which of the processor's instructions do the arithmetic.

#[cfg(target_arch = "x86_64")]
use super::machine::{Avx2, Avx512};
use super::machine::{Machine, Operation, Plain};

/// Instructions for arithmetic on vectors.
///
/// A run takes the best that the processor has. All but [`Scalar`](Self::Scalar) give the same numbers to the last bit; what
/// it gives is within the same [`budget`](super::budget).
///
/// ```
/// use gradient_witness::descent::Instructions;
/// assert!(Instructions::available().any(|instructions| instructions == Instructions::Scalar));
/// assert!(Instructions::available().any(|instructions| instructions == Instructions::best()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Instructions {
    /// One number at a time, for every processor.
    Scalar,
    /// Two at a time, on ARM.
    Neon,
    /// Four at a time, on x86.
    Avx2,
    /// Eight at a time, on x86.
    Avx512,
}

impl Instructions {
    /// Those that the processor has, the best first.
    pub fn available() -> impl Iterator<Item = Self> {
        [Self::Avx512, Self::Avx2, Self::Neon, Self::Scalar].into_iter().filter(|instructions| instructions.are_here())
    }

    /// The best that the processor has; scalar ones if the environment variable `WITNESS_KERNELS` is `plain`.
    #[must_use]
    pub fn best() -> Self {
        let best = if enclosures::processor::is_plain() { None } else { Self::available().next() };
        best.unwrap_or(Self::Scalar)
    }

    /// Whether the processor has them.
    fn are_here(self) -> bool {
        match self {
            Self::Scalar => true,
            // Every ARM processor with 64 bits has them.
            Self::Neon => cfg!(target_arch = "aarch64"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => pulp::x86::V3::is_available(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => pulp::x86::V4::is_available(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }

    /// Does `operation` with these instructions, or with scalar ones if the processor does not have them.
    #[inline(always)]
    pub(super) fn run<O: Operation<f64>>(self, operation: O) -> O::Output {
        #[cfg(target_arch = "x86_64")]
        match self {
            Self::Avx512 => {
                if let Some(v4) = pulp::x86::V4::try_new() {
                    return Avx512(v4).apart(operation);
                }
            }
            Self::Avx2 => {
                if let Some(v3) = pulp::x86::V3::try_new() {
                    return Avx2(v3).apart(operation);
                }
            }
            Self::Neon | Self::Scalar => {}
        }
        #[cfg(target_arch = "aarch64")]
        if self == Self::Neon {
            return Plain::<true>.apart(operation);
        }
        Plain::<false>.apart(operation)
    }
}
