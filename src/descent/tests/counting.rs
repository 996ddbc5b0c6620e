//! A machine whose numbers count their own roundings.

use crate::descent::budget::EXP_ROUNDINGS;
use crate::descent::machine::{Block, LANES, Machine, Operation};

/// The length of the longest chain of roundings behind a number; `None` is an exact zero, which rounds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Chain(pub Option<u64>);

pub const EXACT: Chain = Chain(Some(0));

impl Chain {
    pub fn rounded(self, times: u64) -> Self {
        Self(self.0.map(|length| length + times))
    }

    /// A sum or a difference: a sign rounds nothing.
    fn plus(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Self(Some(a.max(b) + 1)),
            (a, b) => Self(a.or(b)),
        }
    }

    fn times(self, other: Self) -> Self {
        Self(self.0.zip(other.0).map(|(a, b)| a + b + 1))
    }
}

/// Eight chains at a time. Products and their sums are rounded separately: that is the longest chain of any machine.
#[derive(Clone, Copy)]
pub struct Counting;

fn zip(a: [Chain; LANES], b: [Chain; LANES], f: impl Fn(Chain, Chain) -> Chain) -> [Chain; LANES] {
    std::array::from_fn(|i| f(a[i], b[i]))
}

impl Machine for Counting {
    type Number = Chain;
    type Vector = [Chain; LANES];

    const HAS_MANY_REGISTERS: bool = true;

    fn apart<O: Operation<Chain>>(self, operation: O) -> O::Output {
        operation.run(self)
    }

    fn splat(self, number: Chain) -> Self::Vector {
        [number; LANES]
    }

    fn load(self, block: &Block<Chain>) -> Self::Vector {
        *block
    }

    fn store(self, block: &mut Block<Chain>, vector: Self::Vector) {
        *block = vector;
    }

    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, Chain::plus)
    }

    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, Chain::plus)
    }

    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, Chain::times)
    }

    /// Both hold the same exponential, whose errors partly cancel: it is counted once.
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, Chain::plus)
    }

    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        self.add(self.mul(a, b), c)
    }

    fn one(self) -> Self::Vector {
        [EXACT; LANES]
    }

    /// The exponential of zero is one, and what is not zero keeps its chain.
    fn exp(self, a: Self::Vector) -> Self::Vector {
        a.map(|a| Chain(a.0.or(Some(0))).rounded(EXP_ROUNDINGS))
    }

    fn negated_magnitude(self, a: Self::Vector) -> Self::Vector {
        a
    }

    fn neg(self, a: Self::Vector) -> Self::Vector {
        a
    }

    /// Either of them.
    fn select_by_sign(self, _: Self::Vector, if_negative: Self::Vector, otherwise: Self::Vector) -> Self::Vector {
        zip(if_negative, otherwise, |a, b| Chain(a.0.max(b.0)))
    }

    fn sums(self, vectors: [Self::Vector; LANES]) -> Self::Vector {
        vectors.map(|mut lanes| {
            for width in [4, 2, 1] {
                for i in 0..width {
                    lanes[i] = lanes[i].plus(lanes[i + width]);
                }
            }
            lanes[0]
        })
    }

    fn is_finite(self, _: Self::Vector) -> bool {
        true
    }
}
