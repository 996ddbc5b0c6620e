//! Numbers as people write and read them, in decimal digits.

mod reading;
mod writing;

pub use reading::{
    Compact, MAX_EXPONENT, MAX_LENGTH, NumberError, nearest_f64, parse_compact, parse_exact, parse_nearest_f64,
};
pub(super) use writing::digits_for;
pub use writing::{decimal, readable};
