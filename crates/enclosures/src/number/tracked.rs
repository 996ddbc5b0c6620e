//! Fast floating point that bounds its own rounding error.

use std::ops::{Add, AddAssign, Mul, Neg, Sub};

use super::Truth;

/// Half a unit in the last place of 1.
const UNIT: f64 = f64::EPSILON / 2.0;

/// What an underflow can lose.
const LEAST: f64 = f64::MIN_POSITIVE;

/// More than the roundings of a sum of non-negative terms can lose of it, for all numbers of terms below 2⁴⁰.
const A_LITTLE_MORE: f64 = 1.0 + 1.0 / 64.0;

/// A bound on the error of a sum of `count` products, each rounded and added in turn, the absolute values of which have the sum `sizes`,
/// itself computed so: each product goes through at most `count` roundings, whence `γ_count Σ|product|`; and what underflows.
fn sum_error(count: usize, sizes: f64) -> f64 {
    count as f64 * (sizes * UNIT + LEAST) * A_LITTLE_MORE
}

/// An f64 and a bound on its distance from the number meant: for the millions of draws of a sample, for which balls would be too
/// slow. A comparison is open if the error leaves it open, and after an overflow.
///
/// The bound is itself computed in f64; each sum of non-negative terms is enlarged by more than its own rounding can lose.
///
/// ```
/// use enclosures::number::{Tracked, Truth};
/// let tenth = Tracked::new(0.1);
/// let sum = (0..10).fold(Tracked::new(0.0), |sum, _| sum + tenth);
/// assert_eq!(sum.at_most(Tracked::new(1.1)), Truth::True);
/// assert_eq!(sum.at_most(Tracked::new(1.0)), Truth::Open); // ten roundings leave it open
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tracked {
    value: f64,
    error: f64,
}

impl Tracked {
    /// Exactly `value`.
    #[must_use]
    pub fn new(value: f64) -> Self {
        Self { value, error: 0.0 }
    }

    /// The nearest f64 of a rational, and half a unit in its last place.
    #[must_use]
    pub fn nearest(value: &rug::Rational) -> Self {
        let nearest = crate::number::nearest_f64(value);
        Self { value: nearest, error: nearest.abs() * f64::EPSILON + LEAST }
    }

    /// The number in an enclosure, such as a ball.
    #[must_use]
    pub fn within<T: super::Real>(enclosure: &T) -> Self {
        let value = enclosure.approximate();
        let (lower, upper) = (enclosure.lower_f64(), enclosure.upper_f64());
        Self { value, error: (upper - value).max(value - lower).next_up() }
    }

    /// Within `error` of `value`.
    #[must_use]
    pub fn around(value: f64, error: f64) -> Self {
        Self { value, error }
    }

    /// The f64.
    #[must_use]
    pub fn value(self) -> f64 {
        self.value
    }

    /// The bound on its error.
    #[must_use]
    pub fn error(self) -> f64 {
        self.error
    }

    /// The square.
    #[must_use]
    pub fn square(self) -> Self {
        self * self
    }

    /// The square root; without a bound where the number may be negative or zero.
    #[must_use]
    pub fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        if self.value.is_nan() || self.value - self.error <= 0.0 {
            return Self { value, error: f64::INFINITY };
        }
        // |√x − √y| ≤ |x − y|/√x.
        Self { value, error: (self.error / value + value * UNIT) * (1.0 + 16.0 * UNIT) }
    }

    /// The reciprocal; without a bound where the number may be zero.
    #[must_use]
    pub fn recip(self) -> Self {
        let value = self.value.recip();
        let least = self.value.abs() - self.error;
        if least.is_nan() || least <= 0.0 {
            return Self { value, error: f64::INFINITY };
        }
        // |1/x − 1/y| = |x − y|/|xy|; the difference above was rounded, by less than four units.
        let least = least * (1.0 - 4.0 * UNIT);
        let carried = self.error * value.abs() / least;
        Self { value, error: (carried + value.abs() * UNIT + LEAST) * (1.0 + 16.0 * UNIT) }
    }

    /// The exponential; without a bound above 700, or if the number is not known to ½ and may be above −699.
    ///
    /// With `k` the integer nearest to `x/ln 2` the reduced argument `r = x − k ln 2` has `|r| ≤ 0.35`, and errs by less than `2u`: the product of `k`
    /// with the first 33 bits of `ln 2` is exact, the rest of it, at most `2⁻²²`, and both differences are rounded. The Taylor polynomial of degree 13
    /// leaves `0.35¹⁴ e^{0.35}/14! < 2⁻⁵⁶`, and in Horner's scheme errs by less than `γ_{42} e^{0.35}`, its coefficients included. All that is less
    /// than `2⁻⁴⁵` of the value.
    ///
    /// ```
    /// use enclosures::number::Tracked;
    /// let e = Tracked::new(1.0).exp();
    /// assert!((e.value() - std::f64::consts::E).abs() <= e.error() && e.error() < 1e-13);
    /// ```
    #[must_use]
    pub fn exp(self) -> Self {
        const FIRST_OF_LN_2: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
        const REST_OF_LN_2: f64 = 1.908_214_929_270_587_7e-10;
        const INVERSE_FACTORIALS: [f64; 14] = inverse_factorials();
        if self.value + self.error < -699.0 {
            // e^{−698} < 2⁻¹⁰⁰⁶.
            return Self { value: 0.0, error: super::bits::power_of_two(-1000) };
        }
        let is_known = self.error <= 0.5 && self.value <= 700.0;
        if !is_known {
            return Self { value: f64::INFINITY, error: f64::INFINITY };
        }
        let k = (self.value * std::f64::consts::LOG2_E).round();
        let r = (self.value - k * FIRST_OF_LN_2) - k * REST_OF_LN_2;
        let series = INVERSE_FACTORIALS.iter().rev().fold(0.0, |sum, coefficient| sum * r + coefficient);
        let value = series * super::bits::power_of_two(k as i32);
        // e^{±e} is within 2e of 1.
        Self { value, error: value * (2.0 * self.error + 32.0 * 8.0 * UNIT) * (1.0 + 16.0 * UNIT) }
    }

    /// `self ≤ other`; open within the error.
    #[must_use]
    pub fn at_most(self, other: Self) -> Truth {
        let slack = other - self;
        // Infinite minus infinite is no number and decides nothing.
        if slack.value - slack.error >= 0.0 {
            Truth::True
        } else if slack.value + slack.error < 0.0 {
            Truth::False
        } else {
            Truth::Open
        }
    }

    /// `Σ left_i right_i`; pairs beyond the shorter of the two are left out.
    ///
    /// ```
    /// use enclosures::number::Tracked;
    /// let row = [1.0, 0.1, 3.0].map(Tracked::new);
    /// let dot = Tracked::dot(&row, &row);
    /// assert!((dot.value() - 10.01).abs() < 1e-14 && dot.error() < 1e-14);
    /// ```
    #[must_use]
    pub fn dot(left: &[Self], right: &[Self]) -> Self {
        let (mut value, mut sizes, mut carried) = (0.0, 0.0, 0.0);
        for (a, b) in left.iter().zip(right) {
            let product = a.value * b.value;
            value += product;
            sizes += product.abs();
            carried += a.value.abs() * b.error + (b.value.abs() + b.error) * a.error;
        }
        Self { value, error: carried * A_LITTLE_MORE + sum_error(left.len().min(right.len()), sizes) }
    }

    /// The sum of the squares of exact numbers.
    ///
    /// ```
    /// use enclosures::number::Tracked;
    /// let square = Tracked::sum_of_squares([3.0, 4.0]);
    /// assert!(square.value() == 25.0 && square.error() < 1e-14);
    /// ```
    #[must_use]
    pub fn sum_of_squares(numbers: impl IntoIterator<Item = f64>) -> Self {
        let (value, count) =
            numbers.into_iter().fold((0.0, 0), |(sum, count), number| (sum + number * number, count + 1));
        Self { value, error: sum_error(count, value) }
    }
}

/// `1/k!` for `k` up to 13, each from an exact integer.
const fn inverse_factorials() -> [f64; 14] {
    let mut inverses = [1.0; 14];
    let (mut k, mut factorial) = (1_u64, 1_u64);
    while k < 14 {
        factorial *= k;
        inverses[k as usize] = 1.0 / factorial as f64;
        k += 1;
    }
    inverses
}

impl Neg for Tracked {
    type Output = Self;

    fn neg(self) -> Self {
        Self { value: -self.value, error: self.error }
    }
}

impl Add for Tracked {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let value = self.value + other.value;
        // A sum that underflows is exact.
        Self { value, error: (self.error + other.error + value.abs() * UNIT) * (1.0 + 16.0 * UNIT) }
    }
}

impl AddAssign for Tracked {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Tracked {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Tracked {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let value = self.value * other.value;
        let carried = self.value.abs() * other.error + (other.value.abs() + other.error) * self.error;
        Self { value, error: (carried + value.abs() * UNIT + 4.0 * LEAST) * (1.0 + 16.0 * UNIT) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickcheck::QuickCheck;
    use rug::Rational;

    /// The error of a polynomial in f64 inputs is within its bound, whatever cancels.
    #[test]
    fn the_exact_value_is_within_the_bound() {
        fn property(entries: Vec<(i32, i32)>) -> bool {
            let number = |(mantissa, exponent): (i32, i32)| f64::from(mantissa) * 2_f64.powi(exponent % 60 - 20) / 3.0;
            let exact = |value: f64| Rational::from_f64(value).unwrap();
            let mut tracked = Tracked::new(1.0);
            let mut true_value = Rational::from(1);
            for (index, entry) in entries.into_iter().take(12).enumerate() {
                let x = number(entry);
                match index % 3 {
                    0 => (tracked, true_value) = (tracked + Tracked::new(x), true_value + exact(x)),
                    1 => (tracked, true_value) = (tracked * Tracked::new(x), true_value * exact(x)),
                    _ => (tracked, true_value) = (tracked.square() - tracked, true_value.clone().square() - true_value),
                }
            }
            if !tracked.value().is_finite() || !tracked.error().is_finite() {
                return tracked.at_most(Tracked::new(0.0)) == Truth::Open;
            }
            (true_value - exact(tracked.value())).abs() <= exact(tracked.error())
        }
        QuickCheck::new().tests(2000).quickcheck(property as fn(Vec<(i32, i32)>) -> bool);
    }

    /// Sums of products, whose bound is not computed term by term.
    #[test]
    fn exact_dot_products_are_within_the_bound() {
        fn property(entries: Vec<(i32, i32, i32)>, scale: i16) -> bool {
            let scale = 2_f64.powi(i32::from(scale) % 560);
            let exact = |value: f64| Rational::from_f64(value).unwrap();
            let number = |mantissa: i32, error: i32| Tracked {
                value: f64::from(mantissa) / 3.0 * scale,
                error: if error % 3 == 0 { 0.0 } else { f64::from(error).abs() * scale * 1e-9 },
            };
            let left: Vec<Tracked> = entries.iter().map(|&(a, _, error)| number(a, error)).collect();
            let right: Vec<Tracked> = entries.iter().map(|&(_, b, error)| number(b, error / 2)).collect();
            // The numbers meant are at the ends of what their errors allow: the worst for one sign or the other.
            [1, -1].into_iter().all(|sign| {
                let meant = |number: &Tracked| exact(number.value) + exact(number.error) * sign;
                let dot = Tracked::dot(&left, &right);
                let true_dot: Rational = left.iter().zip(&right).map(|(a, b)| meant(a) * meant(b)).sum();
                let squares = Tracked::sum_of_squares(left.iter().map(|a| a.value));
                let true_squares: Rational = left.iter().map(|a| exact(a.value).square()).sum();
                !dot.error.is_finite()
                    || !squares.error.is_finite()
                    || (true_dot - exact(dot.value)).abs() <= exact(dot.error)
                        && (true_squares - exact(squares.value)).abs() <= exact(squares.error)
            })
        }
        QuickCheck::new().tests(2000).quickcheck(property as fn(Vec<(i32, i32, i32)>, i16) -> bool);
    }

    #[test]
    fn exponentials_are_within_their_bound_and_known_to_44_bits() {
        let mut state = 1_u64;
        for index in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let spread = [1e-9, 0.4, 3.0, 800.0][index % 4];
            let x = ((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0) * spread;
            let error = [0.0, 1e-12, 0.3][index % 3];
            let found = Tracked::around(x, error).exp();
            if x > 700.0 {
                assert!(found.error.is_infinite());
                continue;
            }
            for end in [x - error, x, x + error] {
                let exact = rug::Float::with_val(120, end).exp();
                assert!((exact - found.value).abs() <= found.error, "{x} {error}");
            }
            assert!(x < -699.0 || error > 0.0 || found.error < found.value * 2_f64.powi(-44));
        }
        assert!(Tracked::around(0.0, 0.6).exp().error.is_infinite());
        assert!(Tracked::around(0.0, f64::NAN).exp().error.is_infinite());
    }

    #[test]
    fn overflow_and_undefined_values_stay_open() {
        let huge = Tracked::new(1e200).square();
        assert_eq!((huge - huge).at_most(Tracked::new(1.0)), Truth::Open);
        assert_eq!(Tracked::new(f64::NAN).at_most(Tracked::new(1.0)), Truth::Open);
    }
}
