//! Confidence intervals: of a probability, and of the distance of two laws.

use rug::Rational;

use crate::number::{Ball, Real, Ring, special};

/// Bits of the binomial tails that certify an interval.
const BITS: u32 = 128;

/// Numbers between which a probability lies, at a stated confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

impl Interval {
    /// How long it is.
    #[must_use]
    pub fn length(self) -> f64 {
        self.upper - self.lower
    }
}

/// The interval of Clopper and Pearson: whatever the probability `p` of an event, the interval that is computed from the number
/// of its occurrences among `draws` independent draws holds `p` with probability at least `1 − error`.
///
/// `least` and `most` bound the number of occurrences: they differ where some draws could not be told. The ends are proposed in
/// f64 and certified afterwards: the tails `P_p[B ≥ least]` at the lower end and `P_p[B ≤ most]` at the upper one are at most
/// `error/2`, in ball arithmetic. Where a proposal fails, a wider one is tried; the widest is `[0, 1]`.
///
/// ```
/// use gradient_witness::verify::clopper_pearson;
/// let interval = clopper_pearson(10, 0, 0, &(1, 20).into());
/// // The tail is (1 − p)^10.
/// assert_eq!(interval.lower, 0.0);
/// assert!((interval.upper - (1.0 - 0.025_f64.powf(0.1))).abs() < 1e-6);
/// ```
#[must_use]
pub fn clopper_pearson(draws: u64, least: u64, most: u64, error: &Rational) -> Interval {
    let tail = Rational::from(error / 2);
    let below = lower_end(draws, least.min(draws), &tail);
    let above = lower_end(draws, draws - most.min(draws), &tail);
    // Rounded upward: 1 − above is a number between 0 and 1.
    let upper = if above == 0.0 { 1.0 } else { (1.0 - above).next_up().min(1.0) };
    Interval { lower: below, upper }
}

/// A probability at which `occurrences` or more have a probability of at most `tail`, close to the largest.
fn lower_end(draws: u64, occurrences: u64, tail: &Rational) -> f64 {
    if occurrences == 0 {
        return 0.0;
    }
    let (successes, rest) = (occurrences as f64, (draws - occurrences) as f64);
    let proposed = statrs::function::beta::inv_beta_reg(successes, rest + 1.0, tail.to_f64());
    let target = Ball::from_rational(tail, BITS);
    // 2⁻³⁶ of itself lower, then eight times as much each time.
    for step in 0..12 {
        let end = proposed * (1.0 - 2_f64.powi(3 * step - 36));
        if !(end > 0.0 && end < 1.0) {
            continue;
        }
        let chance = special::binomial_tail(draws, occurrences, &Ball::from_f64(end, BITS));
        if chance.at_most(&target) == crate::number::Truth::True {
            return end;
        }
    }
    0.0
}

/// An interval that holds `sup_x |F(x) − G(x)|` with probability at least `1 − error`, from independent samples of the laws with
/// the distribution functions `F` and `G`; the samples are sorted.
///
/// By the inequality of Dvoretzky, Kiefer and Wolfowitz with Massart's constant, an empirical distribution function of `n` draws
/// is within `√(ln(2/α)/(2n))` of the true one everywhere, but for a probability of `α`; here `α = error/2` for each sample.
#[must_use]
pub fn distance_of_laws(first: &mut [f64], second: &mut [f64], error: &Rational) -> Interval {
    // The stable sort merges what is sorted already, such as a sample to which new draws were added.
    first.sort_by(f64::total_cmp);
    second.sort_by(f64::total_cmp);
    if first.is_empty() || second.is_empty() {
        return Interval { lower: 0.0, upper: 1.0 };
    }
    let (n, m) = (first.len() as f64, second.len() as f64);
    let (mut i, mut j, mut distance) = (0, 0, 0.0_f64);
    while i < first.len() && j < second.len() {
        let at = if first[i].total_cmp(&second[j]).is_lt() { first[i] } else { second[j] };
        i += first[i..].iter().take_while(|x| x.total_cmp(&at).is_le()).count();
        j += second[j..].iter().take_while(|x| x.total_cmp(&at).is_le()).count();
        distance = distance.max((i as f64 / n - j as f64 / m).abs());
    }
    let logarithm = (4.0 / error.to_f64()).ln();
    // Far more than the roundings of these few operations.
    let reach = ((logarithm / (2.0 * n)).sqrt() + (logarithm / (2.0 * m)).sqrt()) * (1.0 + 1e-12) + 1e-12;
    Interval { lower: (distance - reach).max(0.0), upper: (distance + reach).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(n: u64, k: u64) -> Rational {
        let n = u32::try_from(n).unwrap();
        Rational::from(rug::Integer::from(n).binomial(u32::try_from(k).unwrap()))
    }

    fn power(base: &Rational, exponent: u64) -> Rational {
        (0..exponent).fold(Rational::from(1), |product, _| product * base)
    }

    /// `P_p[B = k]`, in rationals.
    fn exactly(n: u64, k: u64, p: &Rational) -> Rational {
        choose(n, k) * power(p, k) * power(&(Rational::from(1) - p), n - k)
    }

    /// `P_p[B ≥ k]`, in rationals.
    fn or_more(n: u64, k: u64, p: &Rational) -> Rational {
        (k..=n).map(|j| exactly(n, j, p)).sum()
    }

    #[test]
    fn tails_at_the_ends_are_just_below_half_the_error() {
        let error = Rational::from((1, 1000));
        for n in [1_u64, 2, 7, 30, 120] {
            for k in [0, 1, n / 3, n / 2, n - 1, n] {
                let Interval { lower, upper } = clopper_pearson(n, k, k, &error);
                let (lower, upper) = (Rational::from_f64(lower).unwrap(), Rational::from_f64(upper).unwrap());
                let half = Rational::from(&error / 2);
                let (above, below) = (or_more(n, k, &lower), Rational::from(1) - or_more(n, k + 1, &upper));
                if k == 0 {
                    assert_eq!(lower, 0);
                } else {
                    assert!(above <= half && above > Rational::from(&half * 999) / 1000, "{n} {k}: {above}");
                }
                if k == n {
                    assert_eq!(upper, 1);
                } else {
                    assert!(below <= half && below > Rational::from(&half * 999) / 1000, "{n} {k}: {below}");
                }
            }
        }
    }

    #[test]
    fn the_interval_covers_as_often_as_it_says() {
        for (n, error) in [(12_u64, (1, 20)), (40, (1, 1000)), (25, (1, 2))] {
            let error = Rational::from(error);
            let intervals: Vec<Interval> = (0..=n).map(|k| clopper_pearson(n, k, k, &error)).collect();
            for p in (0..=50).map(|numerator| Rational::from((numerator, 50))) {
                let value = p.to_f64();
                let covered: Rational = (0..=n)
                    .filter(|&k| (intervals[k as usize].lower..=intervals[k as usize].upper).contains(&value))
                    .map(|k| exactly(n, k, &p))
                    .sum();
                assert!(covered >= Rational::from(1) - &error, "n = {n}, p = {p}: {}", covered.to_f64());
            }
        }
    }

    #[test]
    fn distances_of_laws() {
        let error = Rational::from((1, 1000));
        let grid = |first: u32| (first..first + 1000).map(f64::from).collect::<Vec<f64>>();
        let reach = 2.0 * (4000.0_f64.ln() / 2000.0).sqrt();
        let same = distance_of_laws(&mut grid(0), &mut grid(0), &error);
        assert!(same.lower == 0.0 && (same.upper - reach).abs() < 1e-9, "{same:?}");
        let shifted = distance_of_laws(&mut grid(0), &mut grid(300), &error);
        assert!((shifted.lower - (0.3 - reach)).abs() < 1e-9 && (shifted.upper - (0.3 + reach)).abs() < 1e-9);
        let apart = distance_of_laws(&mut grid(0), &mut grid(2000), &error);
        assert!(apart.lower > 0.8 && apart.upper == 1.0);
        assert_eq!(distance_of_laws(&mut [], &mut grid(0), &error), Interval { lower: 0.0, upper: 1.0 });
    }

    #[test]
    fn many_draws_and_draws_that_could_not_be_told() {
        let error = Rational::from((1, 1000));
        let sure = clopper_pearson(1_000_000, 461_600, 461_600, &error);
        // About 3.29 standard errors to either side.
        assert!((sure.length() - 2.0 * 3.29 * (0.4616_f64 * 0.5384 / 1e6).sqrt()).abs() < 1e-5, "{sure:?}");
        let unsure = clopper_pearson(1_000_000, 461_600, 461_700, &error);
        assert_eq!(unsure.lower, sure.lower);
        assert!(unsure.upper > sure.upper);
        let nothing = clopper_pearson(50, 0, 50, &error);
        assert_eq!((nothing.lower, nothing.upper), (0.0, 1.0));
    }
}
