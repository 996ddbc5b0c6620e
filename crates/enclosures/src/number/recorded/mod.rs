//! Numbers that write down what is done with them, and the text that comes of it.
//!
//! A formula that is written over any [`Real`](super::Real) is run once over [`Recorded`]; what it did is then a [`Text`], a straight-line program that can
//! be played in ways a number system cannot: Taylor coefficient after Taylor coefficient, each at the cost of its own products, or over sets of
//! complex numbers.
//!
//! - `tape`: where operations are written while a text is recorded, and the sums that are still being added up;
//! - `arithmetic`: [`Recorded`] as a ring and as a real number;
//! - `text`: the finished [`Text`];
//! - `numeral`: what a number must be able to do for a text to be played over it;
//! - `series`: Taylor coefficients, by definition;
//! - `fixed`: the same over balls, in fixed point;
//! - `discs`: sets of complex numbers.
//!
//! What may not enter: what a text is about. It knows inputs, operations and outputs.

mod arithmetic;
mod discs;
mod fixed;
mod numeral;
mod series;
mod tape;
mod text;

pub use discs::{Disc, TooWide};
pub use numeral::Numeral;
pub use series::{Known, Player, Series};
pub use tape::Recorded;
pub use text::{NotRecorded, Text};

use super::Ball;

/// Taylor coefficients over balls in fixed point, for precisions up to 256 bits.
pub(super) fn player_of_balls(text: &Text, bits: u32) -> Option<Box<dyn Player<Ball>>> {
    fixed::player(text, bits)
}
