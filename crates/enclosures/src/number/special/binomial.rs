//! Tails of the binomial law.

use crate::number::{Ball, Real, Ring, Sign, Special};

/// An upper bound of `P[B ≥ successes]` for `B` binomial with `trials` trials of probability `chance`; 1 where none is found.
///
/// The terms `C(n, j) p^j (1−p)^{n−j}` are summed upward from `j = successes`, the first from `ln Γ` and the others by their
/// ratios. Beyond the mean the ratios fall, and what is not summed is bounded by a geometric series.
///
/// ```
/// use enclosures::number::{Ball, Real, Ring, special};
/// // Two of three coins or more.
/// let tail = special::binomial_tail(3, 2, &Ball::from_f64(0.5, 128));
/// assert!((tail.approximate() - 0.5).abs() < 1e-15);
/// ```
#[must_use]
pub fn binomial_tail(trials: u64, successes: u64, chance: &Ball) -> Ball {
    let bits = chance.bits();
    let one = Ball::one(bits);
    let failure = one.clone() - chance;
    if successes == 0 || successes > trials {
        return if successes == 0 { one } else { Ball::zero(bits) };
    }
    if chance.sign() != Sign::Positive || failure.sign() != Sign::Positive {
        return if chance.sign() == Sign::Zero { Ball::zero(bits) } else { one };
    }
    let count = |value: u64| Ball::from_rational(&rug::Rational::from(value), bits);
    let ln_factorial = |n: u64| <Ball as Special>::ln_gamma_of_half(2 * n + 2, bits);
    let rest = trials - successes;
    let log = ln_factorial(trials) - ln_factorial(successes) - ln_factorial(rest)
        + chance.clone().ln() * &count(successes)
        + failure.clone().ln() * &count(rest);
    let odds = chance.clone() / &failure;
    let mut term = log.exp();
    let mut sum = term.clone();
    let negligible = Ball::from_rational(&rug::Rational::from((1, rug::Integer::from(1) << 80)), bits);
    for j in successes..trials {
        // The ratio of the next term to this one; it falls as j grows.
        let ratio = odds.clone().times(rug::Rational::from((trials - j, j + 1)));
        let room = one.clone() - &ratio;
        if room.sign() == Sign::Positive {
            let remainder = term.clone() * &ratio / room;
            if remainder.below(&(sum.clone() * &negligible)) != crate::number::Truth::False {
                return (sum + remainder.upper()).upper();
            }
        }
        term = term * &ratio;
        sum += &term;
    }
    sum.upper()
}
