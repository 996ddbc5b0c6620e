//! A text over complex discs: what bounds the tail of a Taylor series.
//!
//! If `|f(z)| ≤ M` for `|z| ≤ ρ`, the n-th Taylor coefficient of `f` at 0 is at most `M ρ^−n` (Cauchy). An input is a function of `z`, real at real `z`, of
//! which a [`Disc`] says what is known for `|z| ≤ ρ`; so is every number that the text makes of them. All its bounds are [`Magnitude`]s, and each
//! has its proof beside it. They are of the values alone: ρ does not occur.

use super::series::Known;
use super::text::{Factor, Operation, Place, Text};
use crate::number::{Ball, Magnitude, Real, Ring, Sign};
use crate::time_limit::check_after;

/// The precision of values and of bounds with a sign.
const BITS: u32 = 64;

/// Less than π/2.
const QUARTER_TURN: (u32, u32) = (157_079_632, 100_000_000);

/// What is known of an analytic function `f` on a disc `|z| ≤ ρ`, real at real `z`: where `f(0)` is, how far the other values are from it, and
/// between which bounds their absolute values and their real parts lie.
#[derive(Clone, Debug)]
pub struct Disc {
    /// `f(0)`.
    value: Ball,
    /// `|f(z) − f(0)|` at most.
    deviation: Magnitude,
    /// `|f(z)|` at most.
    most: Magnitude,
    /// `|f(z)|` at least.
    least: Magnitude,
    /// `Re f(z)` at least, a point, where more is known of it than that it is at least `f(0)` less the deviation.
    least_real: Option<Ball>,
}

/// An operation whose argument on the disc may be where there is no bound: a divisor that may vanish, a logarithm or root of what may leave the
/// right half-plane, a result out of range. A smaller disc may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation} on a complex disc that is too wide for it")]
pub struct TooWide {
    /// The operation.
    pub operation: &'static str,
}

impl Disc {
    /// A function with this value at 0 that deviates from it by at most so much.
    #[must_use]
    pub fn new(value: &Ball, deviation: Magnitude) -> Self {
        Self::around(value.clone().with_bits(BITS), deviation)
    }

    /// The polynomial with these coefficients on the disc of radius ρ: `|Σ_{n≥1} c_n z^n| ≤ Σ_{n≥1} |c_n| ρ^n`.
    ///
    /// ```
    /// use enclosures::number::{Ball, Disc, Magnitude, Ring};
    /// let number = |value: i32| Ball::from_rational(&value.into(), 64);
    /// let disc = Disc::of_polynomial(&[number(3), number(-1), number(2)], Magnitude::power_of_two(-1));
    /// assert!(1.0 <= disc.deviation().to_f64() && disc.deviation().to_f64() < 1.0001);
    /// assert!(disc.most().to_f64() < 4.0001 && disc.least().to_f64() > 1.9999);
    /// ```
    #[must_use]
    pub fn of_polynomial(coefficients: &[Ball], radius: Magnitude) -> Self {
        let Some((value, rest)) = coefficients.split_first() else {
            return Self::new(&Ball::zero(BITS), Magnitude::ZERO);
        };
        // Horner's rule, upward.
        let deviation = rest
            .iter()
            .rev()
            .fold(Magnitude::ZERO, |sum, coefficient| (sum + coefficient.greatest_absolute()) * radius);
        Self::new(value, deviation)
    }

    /// `f(0)`, with few bits.
    #[must_use]
    pub fn value(&self) -> &Ball {
        &self.value
    }

    /// A bound of `|f(z) − f(0)|`.
    #[must_use]
    pub fn deviation(&self) -> Magnitude {
        self.deviation
    }

    /// A bound of `|f(z)|`.
    #[must_use]
    pub fn most(&self) -> Magnitude {
        self.most
    }

    /// A bound of `|f(z)|` from below.
    #[must_use]
    pub fn least(&self) -> Magnitude {
        self.least
    }

    /// A bound of `Re f(z)` from below: a ball of radius zero.
    #[must_use]
    pub fn least_real(&self) -> Ball {
        self.least_real.clone().unwrap_or_else(|| least_real(&self.value, self.deviation))
    }

    /// The same function, of which it is known on other grounds that it deviates from its value at 0 by no more than this.
    #[must_use]
    pub fn with_deviation(self, deviation: Magnitude) -> Self {
        if deviation < self.deviation {
            let other = Self::around(self.value.clone(), deviation);
            return Self::meeting(
                self.value,
                deviation,
                self.most.min(other.most),
                self.least.max(other.least),
                self.least_real,
            );
        }
        self
    }

    /// What value and deviation say: `|f(0)| ∓ D` bound the absolute value, `f(0) − D` the real part.
    fn around(value: Ball, deviation: Magnitude) -> Self {
        let most = value.greatest_absolute() + deviation;
        let least = value.least_absolute().minus_below(deviation);
        Self { value, deviation, most, least, least_real: None }
    }

    /// The same with bounds that were found in another way, each of which may be the better one. A bound of the absolute value also bounds the
    /// deviation, `|f(z) − f(0)| ≤ |f(z)| + |f(0)|`, and one of the real part from below, if positive, the absolute value.
    fn meeting(value: Ball, deviation: Magnitude, most: Magnitude, least: Magnitude, least_real: Option<Ball>) -> Self {
        let deviation = deviation.min(most + value.greatest_absolute().min(most));
        let plain = Self::around(value, deviation);
        let least_real = least_real.filter(Real::is_defined).map(|real| real.max(&plain.least_real()));
        let of_real = positive(least_real.as_ref());
        Self { most: most.min(plain.most), least: least.max(plain.least).max(of_real), least_real, ..plain }
    }

    /// A bound of `|f(0)|`.
    fn size(&self) -> Magnitude {
        self.value.greatest_absolute().min(self.most)
    }

    /// A bound of `|f(0)|` from below.
    fn size_below(&self) -> Magnitude {
        self.value.least_absolute().max(self.least)
    }

    /// Whether the real part is never negative.
    fn is_on_the_right(&self) -> bool {
        match &self.least_real {
            Some(real) => matches!(real.sign(), Sign::Zero | Sign::Positive),
            None => {
                matches!(self.value.sign(), Sign::Zero | Sign::Positive)
                    && self.deviation <= self.value.least_absolute()
            }
        }
    }

    /// `|f(z)|` at least, on the whole segment between `f(0)` and `f(z)`, for a positive `f(0)`: on it `|w − f(0)| ≤ D`, and the real part is no
    /// less than at the worse of its ends. Zero where neither says anything.
    fn least_between(&self) -> Magnitude {
        if self.value.sign() != Sign::Positive {
            return Magnitude::ZERO;
        }
        let below = self.value.least_absolute();
        let of_real = positive(self.least_real.as_ref());
        below.minus_below(self.deviation).max(of_real.min(below))
    }

    fn product(&self, other: &Self) -> Self {
        // f g − f(0) g(0) = (f − f(0)) g + f(0) (g − g(0)), or the same with f and g exchanged.
        let one = Magnitude::sum_of_products([(self.deviation, other.most), (self.size(), other.deviation)]);
        let two = Magnitude::sum_of_products([(other.deviation, self.most), (other.size(), self.deviation)]);
        let most = self.most * other.most;
        let least = self.least.times_below(other.least);
        let value = self.value.clone() * &other.value;
        Self::meeting(value, one.min(two), most, least, None)
    }

    fn quotient(&self, divisor: &Self) -> Self {
        // f/g − f(0)/g(0) = ((f − f(0)) − (f(0)/g(0)) (g − g(0))) / g.
        let ratio = self.size().over(divisor.size_below());
        let deviation = (self.deviation + ratio * divisor.deviation).over(divisor.least);
        let most = self.most.over(divisor.least);
        let least = self.least.over_below(divisor.most);
        // Re(c/g) = c Re g / |g|², which is not negative for a number c ≥ 0 and g in the right half-plane.
        let is_number = self.deviation.is_zero() && matches!(self.value.sign(), Sign::Zero | Sign::Positive);
        let least_real = (is_number && divisor.is_on_the_right()).then(|| Ball::zero(BITS));
        Self::meeting(self.value.clone() / &divisor.value, deviation, most, least, least_real)
    }

    fn exp(&self) -> Self {
        let value = self.value.clone().exp();
        // e^f − e^f(0) = e^f(0) (e^(f − f(0)) − 1), and |e^d − 1| ≤ e^|d| − 1.
        let deviation = value.greatest_absolute() * self.deviation.exp_m1();
        // |e^f| = e^Re f, which is between e^f(0) e^−D and e^f(0) e^D; the real part may have a better bound from below.
        let growth = Magnitude::ONE + self.deviation.exp_m1();
        let most = value.greatest_absolute() * growth;
        let least = value.least_absolute().over_below(growth);
        let of_real = self.least_real.as_ref().map_or(Magnitude::ZERO, |real| real.clone().exp().least_absolute());
        let least = least.max(of_real);
        let least_real = self.least_real_of_exp(least);
        Self::meeting(value, deviation, most, least, least_real)
    }

    /// `Re e^f = |e^f| cos Im f`. At real z the function is real, so `|Im f(z)| = |Im (f(z) − f(0))| ≤ D`. For `D ≤ π/2` the cosine is not
    /// negative, and at least `1 − D²/2`.
    fn least_real_of_exp(&self, least: Magnitude) -> Option<Ball> {
        let is_narrow = self.deviation <= Magnitude::ONE.scaled(1) && is_at_most(self.deviation, QUARTER_TURN);
        is_narrow.then(|| {
            let cosine = Magnitude::ONE.minus_below((self.deviation * self.deviation).scaled(-1));
            point_below(least.times_below(cosine))
        })
    }

    /// `f − 1`.
    fn less_one(&self, value: Ball) -> Self {
        let least_real = self.least_real.as_ref().map(|real| (real.clone() - Ball::one(BITS)).lower());
        Self::meeting(value, self.deviation, Magnitude::INFINITE, Magnitude::ZERO, least_real)
    }

    /// `ln f` with its value at 0.
    ///
    /// It is analytic where `f` stays in the right half-plane or in a disc around a positive number that does not contain 0. There
    /// `ln f(z) − ln f(0)` is the integral of `dw/w` from `f(0)` straight to `f(z)`, so at most D over the least `|w|` on the way; and in the disc
    /// `|ln(1 + d)| ≤ −ln(1 − |d|)`, `d = (f(z) − f(0))/f(0)`.
    fn ln(&self, value: Ball) -> Self {
        let by_integral = self.deviation.over(self.least_between());
        let rest = self.value.least_absolute().minus_below(self.deviation);
        let deviation = self.deviation.over(rest).ln_1p().min(by_integral);
        let deviation = if self.value.sign() == Sign::Positive { deviation } else { Magnitude::INFINITE };
        Self::meeting(value, deviation, Magnitude::INFINITE, Magnitude::ZERO, None)
    }

    /// `f^(1/q)` with its value at 0, where `ln f` is analytic.
    ///
    /// The difference is the integral of `w^(1/q − 1)/q dw` from `f(0)` straight to `f(z)`. The argument of `f` is below π/2 in absolute value, and that
    /// of the root is, too.
    fn root(&self, degree: u32, value: Ball) -> Self {
        let power = |base: Magnitude| point_below(base).root(degree);
        let least = self.least_between();
        if least.is_zero() {
            return Self::around(value, Magnitude::INFINITE);
        }
        // w^(1 − 1/q)
        let slope = point_below(least) / power(least);
        let divisor = slope.times(degree).least_absolute();
        let most = Ball::new(self.most.to_float(), Magnitude::ZERO).root(degree).greatest_absolute();
        let least = power(self.least).least_absolute();
        Self::meeting(value, self.deviation.over(divisor), most, least, Some(Ball::zero(BITS)))
    }

    /// A constant.
    fn constant(value: &rug::Rational) -> Self {
        Self::around(Ball::from_rational(value, BITS), Magnitude::ZERO)
    }

    /// `± f` or `c f`.
    fn times(&self, factor: &Factor) -> Self {
        match factor {
            Factor::One => self.clone(),
            Factor::MinusOne => Self { value: -self.value.clone(), least_real: None, ..self.clone() },
            Factor::Other(value) => {
                let constant = Self::constant(value);
                let product = self.product(&constant);
                match &self.least_real {
                    Some(real) if *value > 0 => {
                        Self { least_real: Some((real.clone() * &constant.value).lower()), ..product }.settled()
                    }
                    _ => product,
                }
            }
        }
    }

    /// With the bounds that follow from each other.
    fn settled(self) -> Self {
        Self::meeting(self.value, self.deviation, self.most, self.least, self.least_real)
    }

    /// The sum of the terms, bound by bound; of a constant `c ≥ 0` and one term in the right half-plane also
    /// `|c + f|² = c² + 2 c Re f + |f|² ≥ |f|²`.
    fn sum(constant: Option<&rug::Rational>, terms: impl Iterator<Item = Self>) -> Self {
        let mut sum = constant.map_or_else(|| Self::around(Ball::zero(BITS), Magnitude::ZERO), Self::constant);
        let mut single = None;
        for (count, term) in terms.enumerate() {
            // Of all terms, if of one more is known than value and deviation say.
            let least_real = (sum.least_real.is_some() || term.least_real.is_some())
                .then(|| (sum.least_real() + term.least_real()).lower());
            sum = Self {
                value: sum.value + &term.value,
                deviation: sum.deviation + term.deviation,
                most: sum.most + term.most,
                least: Magnitude::ZERO,
                least_real,
            };
            single = (count == 0).then_some(term);
        }
        if let Some(term) = single
            && (constant.is_none() || term.is_on_the_right() && constant.is_some_and(|constant| *constant >= 0))
        {
            sum.least = term.least;
        }
        sum.settled()
    }

    /// Whether there are bounds at all.
    fn is_bounded(&self) -> bool {
        !self.deviation.is_infinite() && !self.most.is_infinite() && self.value.is_defined()
    }
}

/// What the value at 0 and the deviation say of the real part: a point.
fn least_real(value: &Ball, deviation: Magnitude) -> Ball {
    (value.clone() - Ball::new(deviation.to_float(), Magnitude::ZERO)).lower()
}

/// The bound of an absolute value that one of the real part is, if it is positive.
fn positive(real: Option<&Ball>) -> Magnitude {
    real.filter(|real| real.sign() == Sign::Positive).map_or(Magnitude::ZERO, Ball::least_absolute)
}

fn is_at_most(magnitude: Magnitude, (numerator, denominator): (u32, u32)) -> bool {
    magnitude.to_rational().is_some_and(|value| value <= rug::Rational::from((numerator, denominator)))
}

/// A point that is not above: zero where it is out of the range of MPFR.
fn point_below(magnitude: Magnitude) -> Ball {
    let is_in_range = magnitude.exponent().is_some_and(|exponent| exponent.unsigned_abs() < 1 << 29);
    if is_in_range { Ball::point(magnitude.to_float()) } else { Ball::zero(BITS) }
}

impl Text {
    /// The outputs on a complex disc `|z| ≤ ρ`, given what is known of the inputs there.
    ///
    /// # Errors
    ///
    /// If an operation has no bound there.
    ///
    /// # Panics
    ///
    /// If there are not as many inputs as the text has.
    ///
    /// ```
    /// use enclosures::number::{Ball, Disc, Magnitude, Real, Ring, Text};
    /// // 1 / (1 + e^x): the zeros of 1 + e^x are at ±πi.
    /// let text = Text::record(1, |x| vec![x[0].constant(1) / (x[0].constant(1) + x[0].clone().exp())])?;
    /// let around_zero = |deviation| Disc::new(&Ball::zero(64), Magnitude::above_f64(deviation));
    /// assert!(text.over_discs(&[around_zero(1.5)]).unwrap()[0].most().to_f64() < 1.0001);
    /// assert!(text.over_discs(&[around_zero(3.2)]).is_err());
    /// # Ok::<(), enclosures::number::NotRecorded>(())
    /// ```
    pub fn over_discs(&self, inputs: &[Disc]) -> Result<Vec<Disc>, TooWide> {
        self.bounded(&self.discs(inputs, |_, disc| disc))
    }

    /// As [`over_discs`](Self::over_discs) for the disc of this radius ρ, with narrower bounds: the first Taylor coefficients of every number of the text are
    /// [known](super::Series::known). `twice` has what is known of the same inputs for `|z| ≤ 2ρ`.
    ///
    /// Of a number f that deviates by at most D from `f(0)` for `|z| ≤ 2ρ` the coefficients are at most `D (2ρ)^−n`. If those below the m-th are known, or more of
    /// them, `f` deviates for `|z| ≤ ρ` by at most `Σ_{1 ≤ n < m} |f_n| ρ^n + D Σ_{n ≥ m} 2^−n`, whatever has cancelled in it.
    ///
    /// # Errors
    ///
    /// If an operation has no bound on the disc of radius ρ.
    ///
    /// # Panics
    ///
    /// If there are not as many inputs as the text has.
    pub fn over_discs_with(
        &self,
        known: &Known,
        radius: Magnitude,
        inputs: &[Disc],
        twice: &[Disc],
    ) -> Result<Vec<Disc>, TooWide> {
        let wider = self.discs(twice, |_, disc| disc);
        let discs = self.discs(inputs, |place, disc| {
            let deviation = wider[place].as_ref().and_then(|wider| known.deviation(place, radius, wider.deviation));
            match deviation {
                Some(deviation) => disc.with_deviation(deviation),
                None => disc,
            }
        });
        self.bounded(&discs)
    }

    /// The outputs, if everything is bounded.
    fn bounded(&self, discs: &[Option<Disc>]) -> Result<Vec<Disc>, TooWide> {
        match discs.iter().position(Option::is_none) {
            Some(place) => Err(TooWide { operation: self.list()[place].name() }),
            None => Ok(self.output_places().iter().filter_map(|place| discs[*place as usize].clone()).collect()),
        }
    }

    /// What is known at every place, where `better` may know more; `None` where an operation has no bound, and from there on.
    fn discs(&self, inputs: &[Disc], better: impl Fn(usize, Disc) -> Disc) -> Vec<Option<Disc>> {
        assert_eq!(inputs.len(), self.inputs(), "as many discs as the text has inputs");
        let mut discs: Vec<Option<Disc>> = Vec::with_capacity(self.list().len());
        let mut inputs = inputs.iter();
        for (place, operation) in self.list().iter().enumerate() {
            check_after(16);
            let disc = disc_of(operation, &discs, &mut inputs);
            discs.push(disc.map(|disc| better(place, disc)).filter(Disc::is_bounded));
        }
        discs
    }
}

/// What is known after an operation, if all that it is computed from is bounded.
fn disc_of<'a>(
    operation: &Operation,
    discs: &[Option<Disc>],
    inputs: &mut impl Iterator<Item = &'a Disc>,
) -> Option<Disc> {
    let at = |place: Place| discs[place as usize].as_ref();
    Some(match operation {
        Operation::Input => inputs.next()?.clone(),
        Operation::Sum { constant, linear, products } => {
            if linear.iter().any(|(_, place)| at(*place).is_none())
                || products.iter().any(|(_, left, right)| at(*left).is_none() || at(*right).is_none())
            {
                return None;
            }
            let linear = linear.iter().filter_map(|(factor, place)| Some(at(*place)?.times(factor)));
            let products = products.iter().filter_map(|(is_negative, left, right)| {
                let product = at(*left)?.product(at(*right)?);
                Some(if *is_negative { product.times(&Factor::MinusOne) } else { product })
            });
            Disc::sum(constant.as_ref(), linear.chain(products))
        }
        Operation::Quotient { dividend, divisor } => at(*dividend)?.quotient(at(*divisor)?),
        Operation::Exp { argument } => at(*argument)?.exp(),
        Operation::ExpM1 { argument, exponential } => at(*exponential)?.less_one(at(*argument)?.value.clone().exp_m1()),
        Operation::Ln { argument } => at(*argument)?.ln(at(*argument)?.value.clone().ln()),
        Operation::Ln1p { argument, successor } => at(*successor)?.ln(at(*argument)?.value.clone().ln_1p()),
        Operation::Sqrt { argument } => at(*argument)?.root(2, at(*argument)?.value.clone().sqrt()),
        Operation::Root { argument, degree } => {
            at(*argument)?.root(*degree, at(*argument)?.value.clone().root(*degree))
        }
    })
}
