//! What the loops need of a processor: arithmetic on eight numbers at a time.
//!
//! The text of a step is written once, over a [`Machine`]. Its vectors have eight lanes on every machine, whatever the
//! width of the registers: one register of AVX-512, two of AVX2, four of NEON, eight plain numbers. So the order of every
//! sum is the same everywhere, [`budget`](super::budget) counts one chain of roundings for all of them, and machines that
//! fuse a product with its sum agree to the last bit. The machine that does not fuse them rounds the product as well, which
//! the budget allows everywhere.
//!
//! pulp keeps what is unsafe about instructions that a processor may not have.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod exponential;
mod plain;
#[cfg(test)]
mod tests;

#[cfg(target_arch = "x86_64")]
pub(super) use self::{avx2::Avx2, avx512::Avx512};
pub(super) use plain::Plain;

/// The number of lanes of a vector.
pub(super) const LANES: usize = 8;

/// An operation on its machine.
#[cfg(target_arch = "x86_64")]
struct On<M, O>(M, O);

#[cfg(target_arch = "x86_64")]
impl<M: Machine, O: Operation<M::Number>> pulp::NullaryFnOnce for On<M, O> {
    type Output = O::Output;

    #[inline(always)]
    fn call(self) -> O::Output {
        self.1.run(self.0)
    }
}

/// Eight neighbours in memory.
pub(super) type Block<T> = [T; LANES];

/// Something to do with whichever machine there is.
pub(super) trait Operation<T> {
    /// What comes of it.
    type Output;

    /// Does it; to be inlined, because only then are the machine's instructions those of the processor.
    fn run<M: Machine<Number = T>>(self, m: M) -> Self::Output;
}

/// Arithmetic on vectors of eight lanes.
pub(super) trait Machine: Copy {
    /// What a lane holds.
    type Number: Copy + Default;
    /// Eight lanes.
    type Vector: Copy;

    /// Whether there are registers for some twenty vectors; otherwise for about seven.
    const HAS_MANY_REGISTERS: bool;

    /// Does `operation` in a function of its own. All else is inlined, which without optimisation, where every temporary has
    /// its own place, would make frames that no stack has room for.
    fn apart<O: Operation<Self::Number>>(self, operation: O) -> O::Output;

    /// The same number in every lane.
    fn splat(self, number: Self::Number) -> Self::Vector;

    /// Eight neighbours.
    fn load(self, block: &Block<Self::Number>) -> Self::Vector;

    /// Writes eight neighbours.
    fn store(self, block: &mut Block<Self::Number>, vector: Self::Vector);

    /// `a + b`.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a − b`.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a·b`.
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a/b`.
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a·b + c`, rounded once or twice.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// `eᵃ` within [`EXP_ROUNDINGS`](super::budget::EXP_ROUNDINGS) roundings; 0 far below and infinity far above the range.
    fn exp(self, a: Self::Vector) -> Self::Vector;

    /// `−|a|`.
    fn negated_magnitude(self, a: Self::Vector) -> Self::Vector;

    /// `−a`.
    fn neg(self, a: Self::Vector) -> Self::Vector;

    /// `if_negative` where `a < 0`, `otherwise` elsewhere.
    fn select_by_sign(self, a: Self::Vector, if_negative: Self::Vector, otherwise: Self::Vector) -> Self::Vector;

    /// The sum of each vector's lanes: lanes four apart are added, then two apart, then neighbours.
    fn sums(self, vectors: [Self::Vector; LANES]) -> Self::Vector;

    /// Each lane of a vector, in every lane of one of eight.
    #[inline(always)]
    fn lanes(self, a: Self::Vector) -> [Self::Vector; LANES] {
        let mut block = [Self::Number::default(); LANES];
        self.store(&mut block, a);
        let mut lanes = [a; LANES];
        for (lane, &number) in lanes.iter_mut().zip(&block) {
            *lane = self.splat(number);
        }
        lanes
    }

    /// The square matrix with these rows, transposed.
    #[inline(always)]
    fn transpose(self, rows: [Self::Vector; LANES]) -> [Self::Vector; LANES] {
        let mut entries = [[Self::Number::default(); LANES]; LANES];
        for (block, row) in entries.iter_mut().zip(rows) {
            self.store(block, row);
        }
        std::array::from_fn(|j| self.load(&std::array::from_fn(|i| entries[i][j])))
    }

    /// Whether no lane is infinite or NaN.
    fn is_finite(self, a: Self::Vector) -> bool;

    /// Zero in every lane.
    #[inline(always)]
    fn zero(self) -> Self::Vector {
        self.splat(Self::Number::default())
    }

    /// One in every lane.
    fn one(self) -> Self::Vector;

    /// Whether all numbers of some blocks are finite.
    #[inline(always)]
    fn are_finite(self, blocks: &[Block<Self::Number>]) -> bool {
        // x − x is zero for finite x and NaN for all others.
        let mut watch = self.zero();
        for block in blocks {
            let x = self.load(block);
            watch = self.add(watch, self.sub(x, x));
        }
        self.is_finite(watch)
    }
}
