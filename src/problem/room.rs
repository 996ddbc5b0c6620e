//! Whether the data of a problem fit into memory in another number system.
//!
//! A system that grants memory which it does not have ends the program when the memory is used, and what ends it is no message.
//! So the room is computed first. The limit is a fixed one, because what is decided of a problem may not depend on the machine.

use super::Problem;

/// The most memory that the data may take in one number system: enough for 60 000 images of 28 × 28 at 128 bits.
const MOST_BYTES: u64 = 4 << 30;

/// The most numbers of data with which verification looks at the first events over the rationals: with more, what may be decided there costs
/// several times the memory and the time of all that follows.
const MOST_EXACT: u64 = 1 << 20;

/// The bytes of a number besides its digits: lengths, exponents, a radius, what the allocator needs.
const BYTES_BESIDES: u64 = 64;

/// Data that would take more memory than they may.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the data are {numbers} numbers, which at {bits} bits take {} MiB, and {} MiB are allowed", .bytes >> 20, MOST_BYTES >> 20)]
pub struct TooLarge {
    /// How many numbers.
    pub numbers: u64,
    /// At which precision.
    pub bits: u32,
    /// The bytes that they would take.
    pub bytes: u64,
}

impl Problem {
    /// Checks that the data may be brought into a number system of so many bits.
    ///
    /// # Errors
    ///
    /// [`TooLarge`], with the numbers.
    pub fn check_room(&self, bits: u32) -> Result<(), TooLarge> {
        let numbers = self.count_of_data();
        let bytes = numbers.saturating_mul(BYTES_BESIDES + u64::from(bits / 8));
        if bytes > MOST_BYTES { Err(TooLarge { numbers, bits, bytes }) } else { Ok(()) }
    }

    /// Whether the first events of a run are looked at over the rationals.
    pub(crate) fn has_exact_room(&self) -> bool {
        self.count_of_data() <= MOST_EXACT
    }

    /// How many numbers the data are.
    fn count_of_data(&self) -> u64 {
        match (self.exact_examples(), self.target()) {
            (Some((x, y)), _) => (x.rows() as u64).saturating_mul((x.columns() + y.columns()) as u64),
            (None, Some(target)) => target.entries().len() as u64,
            (None, None) => 0,
        }
    }
}
