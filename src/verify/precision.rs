//! Whether a higher precision may say more of an instance, and which.

use super::failure::Failure;
use super::instance_verdict::{InstanceVerdict, NumberSystem};

/// The unit in which a precision is chosen.
const STRIDE: u32 = 128;

/// The precision at which two numbers that cannot be told apart make a bound trivial.
const BITS_OF_A_TIE: u32 = 1024;

/// An equality that agrees, though not as far as is asked for.
#[derive(Clone, Debug)]
pub(super) struct Lacking {
    pub(super) failure: Failure,
    pub(super) agrees_log2: f64,
    pub(super) asked_log2: f64,
}

impl InstanceVerdict {
    /// Whether a higher precision may say more.
    pub(super) fn wants_more(&self) -> bool {
        !self.is_final()
            && !self.is_beyond_precision
            && (self.undecided.is_some() || self.lacking.is_some() || self.may_yet_inform())
    }

    /// Whether nothing has been said beyond trivial bounds, and a higher precision may tell that something was. What so many bits cannot
    /// tell from a tie is taken for one.
    fn may_yet_inform(&self) -> bool {
        let is_short = match self.arithmetic {
            NumberSystem::Rational => true,
            NumberSystem::Ball(bits) => bits < BITS_OF_A_TIE,
        };
        self.applicable && !self.informative && self.tie.is_some() && is_short
    }

    /// The precision at which it may, after `bits`: twice as much, or what an agreement lacks that has come about.
    pub(super) fn next_bits(&self, bits: u32) -> u32 {
        match &self.lacking {
            Some(lacking) if self.undecided.is_none() => {
                let needed = f64::from(bits) + (lacking.agrees_log2 - lacking.asked_log2) + f64::from(STRIDE);
                // A cast of what is too large is the largest of all.
                (needed.ceil() as u32).div_ceil(STRIDE).saturating_mul(STRIDE)
            }
            _ => bits.saturating_mul(2),
        }
    }

    /// No higher precision is tried: an agreement that is not all that was asked for decides nothing.
    pub(super) fn give_up(&mut self, max_bits: u32) {
        if self.undecided.is_none() && self.lacking.is_none() && self.may_yet_inform() {
            self.undecided = self.tie.take();
        }
        let (None, Some(lacking)) = (&self.undecided, self.lacking.take()) else { return };
        let Lacking { mut failure, agrees_log2, asked_log2 } = lacking;
        failure.remark = Some(format!(
            "both sides agree to 2^{:.0} of the largest term, and what differs may differ by less: 2^{:.0} is asked for, beyond {max_bits} bits",
            agrees_log2.ceil(),
            asked_log2.floor(),
        ));
        self.undecided = Some(failure);
    }
}
