//! How long a problem is trained, what is recorded, and in which arithmetic: what a run spec adds to the problem.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::fit::misfit;
use super::{Loss, Misfit, Problem};

/// How long to train, what to record, in which arithmetic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The number of steps; 0 records the start alone.
    pub steps: u64,
    /// The steps that are recorded.
    pub record: Recording,
    /// The arithmetic of `witness run`.
    pub arithmetic: Arithmetic,
}

/// Which steps are recorded, beside step 0 and the last, which always are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recording {
    /// The multiples of a number that is at least 1.
    Every(u64),
    /// These steps, in any order; those after the last are never reached.
    At(Vec<u64>),
}

impl Recording {
    /// Whether step `t` of a run whose last step is `last` is recorded.
    ///
    /// ```
    /// use gradient_witness::problem::Recording;
    /// let recorded = |record: Recording| (0..=7).filter(|&t| record.contains(t, 7)).collect::<Vec<u64>>();
    /// assert_eq!(recorded(Recording::Every(3)), [0, 3, 6, 7]);
    /// assert_eq!(recorded(Recording::At(vec![5, 1, 90])), [0, 1, 5, 7]);
    /// ```
    #[must_use]
    pub fn contains(&self, t: u64, last: u64) -> bool {
        t == 0
            || t == last
            || match self {
                Self::Every(interval) => t.is_multiple_of(*interval),
                Self::At(steps) => steps.contains(&t),
            }
    }
}

/// The arithmetic in which a run is computed.
///
/// Its text is that of a run spec and of the option `--arithmetic`:
///
/// ```
/// use gradient_witness::problem::Arithmetic;
/// assert_eq!("ball:256".parse(), Ok(Arithmetic::Ball(256)));
/// assert_eq!(Arithmetic::Mpfr(64).to_string(), "mpfr:64");
/// assert!("mpfr:0".parse::<Arithmetic>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arithmetic {
    /// IEEE double precision, the fast program.
    #[default]
    F64,
    /// Correctly rounded floats of this many bits, without a bound on the error.
    Mpfr(u32),
    /// Balls with midpoints of this many bits, which enclose the exact run.
    Ball(u32),
    /// Exact rationals, for losses that are polynomial.
    Rational,
}

impl Arithmetic {
    /// The precisions, in bits, that `mpfr` and `ball` accept.
    pub const BITS: RangeInclusive<u32> = 16..=1_000_000;

    /// Checks that the arithmetic can express the problem's loss, rationals having no exponential, and that there is room for its data.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] that names `run.arithmetic`.
    pub fn check(&self, problem: &Problem) -> Result<(), Misfit> {
        let transcendental = matches!(problem.loss(), Loss::Logistic { .. } | Loss::Exponential);
        if *self == Self::Rational && transcendental {
            return Err(misfit(
                "run.arithmetic",
                format!("the {} loss has no rational values", problem.loss().name()),
                "choose \"ball:256\", or a squared loss",
            ));
        }
        let bits = match self {
            // Numbers in eight bytes, of which there are no more than were read.
            Self::F64 => return Ok(()),
            Self::Mpfr(bits) | Self::Ball(bits) => *bits,
            Self::Rational => RATIONAL_BITS,
        };
        problem.check_room(bits).map_err(|too_large| {
            misfit("run.arithmetic", too_large.to_string(), "choose fewer bits, or \"f64\", or give fewer examples")
        })
    }
}

/// The bits that a rational is taken to have when room for it is sought.
const RATIONAL_BITS: u32 = 512;

impl fmt::Display for Arithmetic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::F64 => formatter.write_str("f64"),
            Self::Mpfr(bits) => write!(formatter, "mpfr:{bits}"),
            Self::Ball(bits) => write!(formatter, "ball:{bits}"),
            Self::Rational => formatter.write_str("rational"),
        }
    }
}

/// Why a text names no arithmetic.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArithmeticError {
    /// Not one of the four.
    #[error("there is no arithmetic {0:?}; choose \"f64\", \"mpfr:256\", \"ball:256\" or \"rational\"")]
    Unknown(String),
    /// `mpfr` or `ball` without a precision.
    #[error("{0} needs a precision in bits; write \"{0}:256\"")]
    NoBits(String),
    /// A precision beyond [`Arithmetic::BITS`].
    #[error("a precision of {0} bits is not supported; choose 16 to 1000000 bits")]
    Bits(String),
}

impl FromStr for Arithmetic {
    type Err = ArithmeticError;

    fn from_str(text: &str) -> Result<Self, ArithmeticError> {
        let (kind, bits): (fn(u32) -> Self, &str) = match text.split_once(':') {
            None if text == "f64" => return Ok(Self::F64),
            None if text == "rational" => return Ok(Self::Rational),
            None if text == "mpfr" || text == "ball" => return Err(ArithmeticError::NoBits(text.to_owned())),
            Some(("mpfr", bits)) => (Self::Mpfr, bits),
            Some(("ball", bits)) => (Self::Ball, bits),
            _ => return Err(ArithmeticError::Unknown(text.chars().take(40).collect())),
        };
        let refused = || ArithmeticError::Bits(bits.chars().take(40).collect());
        if !bits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refused());
        }
        bits.parse().ok().filter(|bits| Self::BITS.contains(bits)).map(kind).ok_or_else(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetics_print_as_they_read() {
        for arithmetic in [
            Arithmetic::F64,
            Arithmetic::Mpfr(16),
            Arithmetic::Mpfr(1_000_000),
            Arithmetic::Ball(53),
            Arithmetic::Rational,
        ] {
            assert_eq!(arithmetic.to_string().parse(), Ok(arithmetic));
        }
    }

    #[test]
    fn other_arithmetics_are_refused() {
        for text in ["", "F64", "float", "rational:64", "f64:64", "ball 256", " ball:256", "mprf:256"] {
            assert_eq!(text.parse::<Arithmetic>(), Err(ArithmeticError::Unknown(text.to_owned())));
        }
        for text in ["mpfr", "ball"] {
            assert_eq!(text.parse::<Arithmetic>(), Err(ArithmeticError::NoBits(text.to_owned())));
        }
        for bits in ["", "0", "15", "1000001", "1000000000", "99999999999999999999", "-5", "+64", "6.4", "256 "] {
            assert_eq!(format!("ball:{bits}").parse::<Arithmetic>(), Err(ArithmeticError::Bits(bits.to_owned())));
        }
    }

    #[test]
    fn the_first_and_the_last_step_are_always_recorded() {
        for record in [Recording::Every(1000), Recording::At(vec![])] {
            assert!(record.contains(0, 17) && record.contains(17, 17) && !record.contains(1, 17));
            assert!(record.contains(0, 0));
        }
        assert!((0..5).all(|t| Recording::Every(1).contains(t, 4)));
        // An interval of zero cannot be read from a spec; it must not panic either.
        assert!(!Recording::Every(0).contains(3, 4));
    }
}
