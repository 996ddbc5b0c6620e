//! The arithmetic in which a run is computed, and its name.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::fit::misfit;
use super::{Loss, Misfit, Problem, StepRule};

/// The arithmetic in which a run is computed.
///
/// Its text is that of a run spec and of the option `--arithmetic`:
///
/// ```
/// use gradient_witness::problem::Arithmetic;
/// assert_eq!("ball:256".parse(), Ok(Arithmetic::Ball(256)));
/// assert_eq!(Arithmetic::Mpfr(64).to_string(), "mpfr:64");
/// assert_eq!("certified".parse(), Ok(Arithmetic::Certified(None)));
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
    /// An exact centre and one bound of its Euclidean distance from the exact weights, all of them as one vector. The centre is made of f64,
    /// or of floats of so many bits.
    Certified(Option<u32>),
}

impl Arithmetic {
    /// The precisions, in bits, that `mpfr`, `ball` and `certified` accept.
    pub const BITS: RangeInclusive<u32> = 16..=1_000_000;

    /// The bits of a number, 53 of an f64; `None` of rationals, which are exact.
    #[must_use]
    pub fn precision(self) -> Option<u32> {
        match self {
            Self::F64 | Self::Certified(None) => Some(f64::MANTISSA_DIGITS),
            Self::Mpfr(bits) | Self::Ball(bits) | Self::Certified(Some(bits)) => Some(bits),
            Self::Rational => None,
        }
    }

    /// Checks that the arithmetic can express the problem's loss, rationals having no exponential, or its flow, and that there is room for its
    /// data.
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
        if *problem.step() == StepRule::Flow && matches!(self, Self::Mpfr(_) | Self::Rational) {
            return Err(misfit(
                "run.arithmetic",
                format!(
                    "a flow is not computed in {self}: {}",
                    match self {
                        Self::Rational => "its weights are not rational",
                        _ => "nothing would bound its error",
                    }
                ),
                "choose \"certified\", \"certified:128\", \"ball:128\" or \"f64\"",
            ));
        }
        let bits = match self {
            // Numbers in eight bytes, of which there are no more than were read.
            Self::F64 => return Ok(()),
            _ => self.precision().unwrap_or(RATIONAL_BITS),
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
            Self::Certified(None) => formatter.write_str("certified"),
            Self::Certified(Some(bits)) => write!(formatter, "certified:{bits}"),
        }
    }
}

/// Why a text names no arithmetic.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArithmeticError {
    /// Not one of the five.
    #[error(
        "there is no arithmetic {0:?}; choose \"f64\", \"mpfr:256\", \"ball:256\", \"certified\", \"certified:128\" or \"rational\""
    )]
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
            None if text == "certified" => return Ok(Self::Certified(None)),
            None if text == "mpfr" || text == "ball" => return Err(ArithmeticError::NoBits(text.to_owned())),
            Some(("mpfr", bits)) => (Self::Mpfr, bits),
            Some(("ball", bits)) => (Self::Ball, bits),
            Some(("certified", bits)) => (|bits| Self::Certified(Some(bits)), bits),
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
            Arithmetic::Certified(None),
            Arithmetic::Certified(Some(53)),
        ] {
            assert_eq!(arithmetic.to_string().parse(), Ok(arithmetic));
        }
    }

    #[test]
    fn other_arithmetics_are_refused() {
        for text in ["", "F64", "float", "rational:64", "f64:64", "ball 256", " ball:256", "mprf:256", "certifed"] {
            assert_eq!(text.parse::<Arithmetic>(), Err(ArithmeticError::Unknown(text.to_owned())));
        }
        for text in ["mpfr", "ball"] {
            assert_eq!(text.parse::<Arithmetic>(), Err(ArithmeticError::NoBits(text.to_owned())));
        }
        for bits in ["", "0", "15", "1000001", "1000000000", "99999999999999999999", "-5", "+64", "6.4", "256 "] {
            assert_eq!(format!("ball:{bits}").parse::<Arithmetic>(), Err(ArithmeticError::Bits(bits.to_owned())));
        }
    }
}
