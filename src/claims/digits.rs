//! Decimal digits of the two sides of a relation, for the report.

use rug::Float;
use rug::float::Round;

use crate::number::{Real, decimal};

/// Significant digits of a side, where they suffice to tell it from the other.
const USUAL: usize = 7;

/// The most digits that are printed; sides that are closer are told apart by their difference alone.
const MOST: usize = 30;

/// Significant digits of a difference.
const OF_DIFFERENCE: usize = 3;

/// More than any of the digits above need.
const BITS: u32 = 256;

/// Two sides in decimal digits, and how far the left one lies above the right one: kept where seven digits do not tell the sides apart, or
/// where f64 does not hold them.
///
/// ```
/// use gradient_witness::claims::Finding;
/// use gradient_witness::number::Exact;
/// let number = |numerator: u64| Exact::from(rug::Rational::from((numerator, 1_000_000_000_000_u64)));
/// let mut finding = Finding::default();
/// finding.at_most("a ≤ b", &number(1_000_000_000_001), &number(1_000_000_000_000));
/// let digits = finding.relations()[0].digits.as_deref().expect("seven digits do not suffice");
/// assert_eq!((digits.left.as_str(), digits.right.as_str()), ("1.000000000001", "1"));
/// assert_eq!(digits.difference.as_deref(), Some("1e-12"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits {
    /// The left side.
    pub left: String,
    /// The right side.
    pub right: String,
    /// Left minus right; `None` if nothing is known of it.
    pub difference: Option<String>,
}

impl Digits {
    /// The digits of two sides that are certainly not the same, if the f64s beside them do not show that; `difference` is left minus right.
    pub(super) fn where_needed<T: Real>(sides: (f64, f64), left: &T, right: &T, difference: &T) -> Option<Box<Self>> {
        if are_told_apart(sides) {
            return None;
        }
        Self::of(&middle(left)?, &middle(right)?, middle(difference))
    }

    /// As [`where_needed`](Self::where_needed), of the roots of two numbers.
    pub(super) fn of_roots_where_needed<T: Real>(sides: (f64, f64), left: &T, right: &T) -> Option<Box<Self>> {
        if are_told_apart(sides) {
            return None;
        }
        let difference = middle(&(left.clone() - right))?;
        let (left, right) = (middle(left)?.sqrt(), middle(right)?.sqrt());
        // a − b = (a² − b²)/(a + b).
        let sum = Float::with_val(BITS, &left + &right);
        Self::of(&left, &right, Some(difference / sum))
    }

    fn of(left: &Float, right: &Float, difference: Option<Float>) -> Option<Box<Self>> {
        let difference = difference.filter(|difference| difference.is_finite() && !difference.is_zero());
        if !left.is_finite() || !right.is_finite() {
            return None;
        }
        let largest = Float::with_val(BITS, left.abs_ref()).max(&Float::with_val(BITS, right.abs_ref()));
        // As many digits as the sides have in common, and the first three in which they differ.
        let common = difference.as_ref().map(|difference| {
            let ratio = Float::with_val(53, &largest / difference).abs();
            ratio.log10().to_f64().max(0.0)
        });
        let digits = match common {
            Some(common) if common + 3.0 <= MOST as f64 => USUAL.max(common as usize + 3),
            _ => USUAL,
        };
        let print = |value: &Float, digits| decimal(value, digits, Round::Nearest).0;
        Some(Box::new(Self {
            left: print(left, digits),
            right: print(right, digits),
            difference: difference.map(|difference| print(&difference, OF_DIFFERENCE)),
        }))
    }
}

/// Whether seven digits show that the sides differ, or there are none.
fn are_told_apart((left, right): (f64, f64)) -> bool {
    if left.is_nan() || right.is_nan() {
        return true;
    }
    left.is_finite() && right.is_finite() && (left - right).abs() > 1e-6 * left.abs().max(right.abs())
}

/// The middle of an enclosure, at a precision that is enough for all digits.
fn middle<T: Real>(number: &T) -> Option<Float> {
    number.midpoint().exact().map(|exact| Float::with_val(BITS, &exact))
}

#[cfg(test)]
mod tests {
    use rug::Rational as Exact;

    use crate::claims::{Finding, Relation};
    use crate::number::{Ball, Ring};

    #[test]
    fn sides_are_told_apart_in_digits_where_f64s_do_not() {
        let number = |exact: Exact| Ball::from_rational(&exact, 4096);
        let (one, tiny) = (number(Exact::from(1)), Exact::from(1) >> 2000_u32);
        let beyond = number(Exact::from(1) << 1100_u32);
        let mut finding = Finding::default();
        finding.at_most("close", &number(Exact::from(1) + Exact::from((1, 3_000_000_000_u64))), &one);
        finding.equal("closer", &number(Exact::from(1) + &tiny), &one);
        finding.roots_at_most(
            "roots",
            &number(Exact::from((4_000_000_001_u64, 1_000_000_000))),
            &number(Exact::from(4)),
        );
        finding.at_most("beyond f64", &beyond, &one);
        finding.equal("below f64", &number(tiny), &number(Exact::new()));
        finding.at_most("far apart", &number(Exact::from(2)), &one);
        finding.at_most("true", &one, &number(Exact::from(1) + Exact::from((1, 3_000_000_000_u64))));
        let digits = |place: usize| {
            let relation: &Relation = &finding.relations()[place];
            relation
                .digits
                .as_deref()
                .map(|digits| (&*digits.left, &*digits.right, digits.difference.as_deref().unwrap()))
        };
        assert_eq!(digits(0), Some(("1.00000000033", "1", "3.33e-10")));
        assert_eq!(digits(1), Some(("1", "1", "8.71e-603")));
        assert_eq!(digits(2), Some(("2.00000000025", "2", "2.5e-10")));
        assert_eq!(digits(3), Some(("1.358299e331", "1", "1.36e331")));
        assert_eq!(digits(4), Some(("8.70981e-603", "0", "8.71e-603")));
        assert_eq!((digits(5), digits(6)), (None, None));
        let mut given = Finding::default();
        given.assumed().at_most("close", &number(Exact::from(1) + Exact::from((1, 3_000_000_000_u64))), &one);
        assert_eq!(given.hypotheses()[0].digits.as_deref().map(|digits| &*digits.left), Some("1.00000000033"));
    }
}
