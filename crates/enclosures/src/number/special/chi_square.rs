//! The law of the squared norm of normal vectors, centred or not.

use super::falling;
use crate::number::{Sign, Special};

/// `P[χ²_degrees ≥ x]`; 1 for `x ≤ 0`.
///
/// With `y = x/2` this is a finite sum of positive terms: `e^{−y} Σ_{j < d/2} y^j/j!` in even dimensions `d`, and
/// `1 − erf √y + e^{−y} Σ_{j=1}^{(d−1)/2} y^{j−1/2}/Γ(j+½)` in odd ones.
///
/// ```
/// use enclosures::number::{Ball, Real, Ring, special};
/// // Two degrees of freedom: e^(−x/2).
/// let tail = special::chi_square_above(2, &Ball::from_f64(3.0, 128));
/// assert_eq!(tail.approximate(), (-1.5_f64).exp());
/// ```
#[must_use]
pub fn chi_square_above<T: Special>(degrees: u32, x: &T) -> T {
    falling(x, |end| tail(degrees, end))
}

/// `P[χ²_degrees ≤ x]`; 0 for `x ≤ 0`.
#[must_use]
pub fn chi_square_below<T: Special>(degrees: u32, x: &T) -> T {
    x.constant(1) - &chi_square_above(degrees, x)
}

fn tail<T: Special>(degrees: u32, x: &T) -> T {
    let one = x.constant(1);
    match x.sign() {
        Sign::Zero | Sign::Negative => return one,
        Sign::Open => return T::between(&x.constant(0), &one),
        Sign::Positive => {}
    }
    if degrees == 0 {
        return x.constant(0);
    }
    let y = x.clone().times((1, 2));
    let decay = (-y.clone()).exp();
    if degrees.is_multiple_of(2) {
        let (mut term, mut sum) = (one.clone(), one);
        for j in 1..degrees / 2 {
            term = (term * &y).times((1, j));
            sum += &term;
        }
        return decay * &sum;
    }
    let root = y.clone().sqrt();
    // y^{1/2}/Γ(3/2) = 2√y/√π.
    let mut term = root.clone().times(2) / super::pi::<T>(x.bits()).sqrt();
    let mut sum = x.constant(0);
    for j in 1..=degrees / 2 {
        if j > 1 {
            // Γ(j + ½) = (j − ½) Γ(j − ½).
            term = (term * &y).times((2, 2 * j - 1));
        }
        sum += &term;
    }
    one - &root.erf() + decay * &sum
}

/// A window of the Poisson weights may have at most this many terms; beyond, nothing is said.
const LONGEST_WINDOW: u64 = 1 << 22;

/// `P[‖Z − m‖² ≤ squared_radius]` for a standard normal `Z` in `R^dimension` and a point `m` with `‖m‖² = squared_distance`: the
/// law of χ² with a shifted centre.
///
/// It is `Σ_j p_j P[χ²_{dimension+2j} ≤ squared_radius]` with the Poisson weights `p_j` of mean `squared_distance/2`. Both the
/// weights and the differences of neighbouring probabilities come from recurrences between non-negative numbers, each started
/// once by `ln Γ`; what lies outside the window of `j` that is summed is bounded by geometric series and left in the enclosure.
/// An enclosure of 0 and 1 where the window would be longer than 2²² terms.
///
/// ```
/// use enclosures::number::{Ball, Real, Ring, special};
/// // In one dimension: P[|Z − 1| ≤ 1] = F(2) − F(0).
/// let one = Ball::one(128);
/// let chance = special::offset_ball(1, &one, &one);
/// let same = special::normal_below(&one.constant(2)) - special::normal_below(&one.constant(0));
/// assert!(chance.may_meet(&same) && chance.radius().to_f64() < 1e-20);
/// ```
#[must_use]
pub fn offset_ball<T: Special>(dimension: u32, squared_distance: &T, squared_radius: &T) -> T {
    let bits = squared_distance.bits().max(squared_radius.bits());
    let (zero, one) = (T::zero(bits), T::one(bits));
    let unknown = || T::between(&zero, &one);
    let (mean, y) = (squared_distance.clone().times((1, 2)), squared_radius.clone().times((1, 2)));
    match (mean.sign(), y.sign()) {
        (_, Sign::Negative | Sign::Zero) => return zero,
        (Sign::Zero, _) => return super::chi_square_below(dimension, squared_radius),
        (Sign::Positive, Sign::Positive) => {}
        _ => return unknown(),
    }
    let Some(window) = Window::new(dimension, mean.upper_f64(), y.upper_f64()) else { return unknown() };
    let Window { first, last, end } = window;
    let number = |value: u64| T::from_rational(&rug::Rational::from(value), bits);
    // T_i = e^{−y} y^{d/2+i}/Γ(d/2+i+1), so that P[χ²_{d+2j} ≤ 2y] = Σ_{i ≥ j} T_i.
    let half = u64::from(dimension);
    let divisor = |i: u64| T::from_rational(&rug::Rational::from((half + 2 * i, 2)), bits);
    let mut step = (y.clone().ln() * &divisor(end) - &y - T::ln_gamma_of_half(half + 2 * end + 2, bits)).exp();
    let mut weight = (mean.clone().ln() * &number(last) - &mean - T::ln_gamma_of_half(2 * last + 2, bits)).exp();
    if !step.is_defined() || !weight.is_defined() {
        return unknown();
    }
    let (inverse_y, inverse_mean) = (one.clone() / &y, one.clone() / &mean);
    // Σ_{i > end} T_i: each term is at most y/(d/2 + end + 1) times the one before.
    let mut below = T::between(&zero, &geometric(&step, &(y.clone() / divisor(end + 1))));
    for i in (last..end).rev() {
        below += &step;
        // T_i from T_{i+1}.
        step = step * &(divisor(i + 1) * &inverse_y);
    }
    below += &step;
    let mut outside = geometric(&weight, &(mean / number(last + 1)));
    let mut sum = weight.clone() * &below;
    for j in (first..last).rev() {
        weight = weight * &(inverse_mean.clone() * number(j + 1));
        step = step * &(divisor(j + 1) * &inverse_y);
        below += &step;
        sum.add_product(&weight, &below);
    }
    // Σ_{j < first} p_j: each weight is at most first/mean times the next.
    if first > 0 {
        outside += &geometric(&weight, &(inverse_mean * number(first)));
    }
    T::between(&sum.lower().max(&zero), &(sum + &outside).upper().min(&one))
}

/// The terms that are summed.
struct Window {
    /// The first and the last Poisson weight.
    first: u64,
    last: u64,
    /// The last term of the probability of χ².
    end: u64,
}

impl Window {
    /// Where the terms are not negligible, by rough estimates: the bounds hold wherever the window lies.
    fn new(dimension: u32, mean: f64, y: f64) -> Option<Self> {
        let reach = |centre: f64| 14.0 * centre.sqrt() + 100.0;
        if !(mean + y + reach(mean) + reach(y)).is_finite() || mean + y > 1e15 {
            return None;
        }
        let first = (mean - reach(mean)).max(0.0).floor() as u64;
        let last = (mean + reach(mean)).ceil() as u64;
        let end = ((y - f64::from(dimension) / 2.0 + reach(y)).max(0.0).ceil() as u64).max(last + 1);
        (end - first <= LONGEST_WINDOW).then_some(Self { first, last, end })
    }
}

/// An upper bound of `term·(q + q² + …)`, `q` the ratio; undefined unless `q < 1`.
fn geometric<T: Special>(term: &T, ratio: &T) -> T {
    let room = ratio.constant(1) - &ratio.upper();
    // The logarithm of what is not positive is undefined.
    if room.sign() != Sign::Positive {
        return ratio.constant(-1).ln();
    }
    (term.upper() * &ratio.upper() / room).upper()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Ball, Real, Ring, Truth};
    use statrs::function::gamma::gamma_ur;

    #[test]
    fn tails_agree_with_the_incomplete_gamma_function() {
        for degrees in [1_u32, 2, 3, 10, 99, 100, 501] {
            for x in [0.01, 0.5, 1.0, 7.0, 90.0, 120.0, 600.0] {
                let tail = chi_square_above(degrees, &Ball::from_f64(x, 192));
                let other = gamma_ur(f64::from(degrees) / 2.0, x / 2.0);
                let distance = (tail.approximate() - other).abs();
                assert!(distance <= 1e-9 * other + 1e-14, "{degrees} {x}: {} {other}", tail.approximate());
            }
        }
        assert!(chi_square_above(3, &Ball::zero(64)).contains_rational(&1.into()));
    }

    #[test]
    fn a_shifted_centre_in_one_dimension() {
        for (distance, radius) in [(0.25, 0.5), (1.0, 3.0), (3.0, 1.0), (10.0, 10.0), (10.0, 30.0), (100.0, 99.0)] {
            let (m, r) = (Ball::from_f64(distance, 192), Ball::from_f64(radius, 192));
            let chance = offset_ball(1, &m.square(), &r.square());
            let low = super::super::normal_below(&(m.clone() - &r));
            let same = super::super::normal_below(&(m + &r)) - low;
            assert!(chance.may_meet(&same), "{distance} {radius}: {chance:?} {same:?}");
            assert!(chance.radius().to_f64() < 1e-25, "{distance} {radius}: {chance:?}");
        }
    }

    #[test]
    fn a_shifted_centre_in_more_dimensions() {
        // Not shifted, against χ²; and a disc through the centre, by a sum over rings that statrs does not share.
        let at = |value: f64| Ball::from_f64(value, 192);
        let none = offset_ball(4, &at(0.0), &at(3.0));
        assert!(none.may_meet(&chi_square_below(4, &at(3.0))));
        let near = offset_ball(4, &at(1e-40), &at(3.0));
        assert!((near - none).abs().below(&at(1e-30)) == Truth::True);
        // More dimensions, or a centre further away: less likely.
        let mut earlier = at(1.0);
        for dimension in [1, 2, 5, 20] {
            let chance = offset_ball(dimension, &at(9.0), &at(9.0));
            assert_eq!(chance.below(&earlier), Truth::True);
            earlier = chance;
        }
    }

    #[test]
    fn out_of_reach_is_not_known() {
        let far = offset_ball(3, &Ball::from_f64(1e30, 128), &Ball::from_f64(1e30, 128));
        assert!(far.contains_rational(&0.into()) && far.contains_rational(&1.into()));
        let unknown = offset_ball(3, &Ball::whole_line(128), &Ball::one(128));
        assert!(unknown.contains_rational(&0.into()) && unknown.contains_rational(&1.into()));
    }
}
