//! The number systems, and what may be asked of a number.
//!
//! A formula is written once, as text over any [`Ring`] or [`Real`]. Which number system it runs over decides what the result is worth:
//!
//! | system | a number is | a comparison says | a result is | meant for |
//! |---|---|---|---|---|
//! | [`Exact`] | exact, or *undefined* once it left the rationals | true or false; open if undefined | exact | identities, decisions about rational data, short computations: fractions grow |
//! | [`Ball`] | a set that certainly contains the number meant | true or false only if that is certain | certified | whatever must be right, at any precision |
//! | [`ShortBall`] | the same with 128 bits, its radius an f64 | the same | certified | the same in less time, where 128 bits suffice |
//! | [`Float`] | rounded to nearest at a stated precision | true or false, and may be wrong | approximate | long computations, starting points |
//! | [`Dual`] | a value and its derivative, over one of the others | what the values say | what it is over the other | a derivative without a formula for it |
//! | [`Jet`] | a truncated power series, over one of the others | what the values say | what it is over the other | Taylor coefficients, slowly; what is faster is compared with it |
//! | [`Recorded`] | how it is computed, and no value | nothing | a [`Text`] | a formula that is played many times, in ways no number system has |
//! | [`Degree`] | a bound of the degree of a polynomial | nothing | a bound | polynomial identity testing, together with [`Exact`] |
//! | [`Majorant`] | the sum of the absolute values of all terms | cannot be asked for | a bound | rounding errors of another program |
//!
//! ```
//! use enclosures::number::{Ball, Float, Exact, Real, Truth};
//!
//! /// Is √x · √x equal to x? One text, three answers.
//! fn root_squares_back<T: Real>(x: &rug::Rational) -> Truth {
//!     let x = T::from_rational(x, 100);
//!     x.clone().sqrt().square().equals(&x)
//! }
//!
//! let (four, two) = (rug::Rational::from(4), rug::Rational::from(2));
//! assert_eq!(root_squares_back::<Exact>(&four), Truth::True);
//! assert_eq!(root_squares_back::<Exact>(&two), Truth::Open); // √2 is not rational
//! assert_eq!(root_squares_back::<Ball>(&two), Truth::Open); // never confirmed, never denied
//! assert_eq!(root_squares_back::<Float>(&two), Truth::False); // an artefact of rounding
//! ```
//!
//! # The discipline
//!
//! - A function returns a value only if it can vouch for it. Outside its domain, after an overflow, or where the system
//!   has no such number, the result is *undefined* (for balls: the whole line); every operation on it is undefined and
//!   every comparison with it is open.
//! - `a < b` and `a == b` do not compile for a [`Real`], and [`Ball`] has neither at all. A comparison is a
//!   [`Truth`], which has a third value, and whoever asks must say what becomes of it.
//! - Where text must branch for its numerical form, it looks at the [`midpoint`](Real::midpoint) and chooses among
//!   formulas that are each valid for the whole enclosure. Maxima and minima are hulls.
//! - Every operation states its precision and its rounding. The result has the larger precision of the operands,
//!   whatever their order; radii, bounds, conversions and printed decimals are rounded outward.
//! - A tolerance has no place here: no comparison is with an ε.
//!
//! # Texts
//!
//! What runs over [`Recorded`] becomes a [`Text`], a list of operations that knows nothing of where it came from. It is played for values over any number
//! system and f64 ([`evaluate`](Text::evaluate)), for Taylor coefficients one after the other at the cost of their own products
//! ([`series`](Text::series); over [`Ball`] in fixed point), and over complex discs ([`over_discs`](Text::over_discs)), which bound what comes after the last
//! coefficient.
//!
//! ```
//! use enclosures::number::{Ball, Disc, Magnitude, Real, Ring, Text};
//! // y′ = −1/(1 + e^y), y(0) = 0.
//! let slope = Text::record(1, |y| vec![y[0].constant(-1) / (y[0].constant(1) + y[0].clone().exp())])?;
//! let mut series = slope.series::<Ball>(128);
//! let mut coefficients = vec![Ball::zero(128)];
//! for n in 0..8_u32 {
//!     let slopes = series.next(&coefficients[n as usize..]);
//!     let next = slopes[0].clone().times((1, n + 1));
//!     coefficients.push(next);
//! }
//! assert!(coefficients[1].contains_rational(&(-1, 2).into()));
//! assert!(coefficients[2].contains_rational(&(-1, 16).into()));
//! // Along this polynomial the slope is at most 1 for complex times up to 1: by Cauchy its coefficients are, too.
//! let disc = Disc::of_polynomial(&coefficients, Magnitude::power_of_two(0));
//! assert!(slope.over_discs(&[disc])?[0].most().to_f64() < 1.0001);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Beside the number systems
//!
//! [`Matrix`] is a table of any entries, with its arithmetic if they are numbers. [`Magnitude`] is the radius of a ball: an upper or lower bound of 53
//! bits and any exponent. [`Polynomial`] and [`Chebyshev`] are polynomials in two bases, with bounds of them. [`Tracked`] is an f64 with a running bound on its rounding error, for millions of numbers. [`special`] has the probabilities
//! that have a formula. [`parse_exact`] reads decimals and fractions as what they are; [`decimal`] writes a number, rounded to a stated side.
//!
//! What may not enter the module: decompositions, or anything else that needs more of a matrix than sums and products.

mod ball;
mod binary;
pub(crate) mod bits;
mod decimal;
mod degree;
mod deviation;
mod dual;
mod elementary;
mod exact;
mod float;
mod jet;
mod kernel;
mod magnitude;
mod majorant;
mod matrix;
mod operators;
mod polynomial;
mod real;
mod recorded;
mod ring;
mod short;
mod short_ball;
pub mod special;
mod tracked;
pub use ball::{Ball, MidRad};
pub use decimal::{
    Compact, MAX_EXPONENT, MAX_LENGTH, NumberError, decimal, nearest_f64, parse_compact, parse_exact,
    parse_nearest_f64, readable,
};
pub use degree::Degree;
pub use dual::Dual;
pub use exact::Exact;
pub use float::Float;
pub use jet::Jet;
pub use magnitude::Magnitude;
pub use majorant::Majorant;
pub use matrix::{Matrix, View, dot};
pub use polynomial::{Chebyshev, Polynomial};
pub use real::{Real, Sign, Truth};
pub use recorded::{Disc, Known, NotRecorded, Numeral, Player, Recorded, Series, Text, TooWide};
pub use ring::Ring;
pub use short_ball::ShortBall;
pub use special::Special;
pub use tracked::Tracked;
