//! Comparisons, bounds, maxima and hulls.

use std::cmp::Ordering;

use enclosures::number::{Ball, Real, Ring, Sign, Truth};

use super::dyadic::{Dyadic, contains, ends, includes, ulp};
use super::law;
use super::samples::Sample;

/// What a comparison of two sets must answer, given whether it holds for all pairs and for none.
fn expected(all: bool, none: bool) -> Truth {
    match (all, none) {
        (true, _) => Truth::True,
        (_, true) => Truth::False,
        _ => Truth::Open,
    }
}

#[test]
fn comparisons_answer_only_what_is_certain() {
    law("comparisons", 4000, |(a, b): (Sample, Sample)| {
        // Half the time beside each other.
        let pairs = [
            (a.ball.clone(), b.ball.clone()),
            (a.ball.clone(), a.ball.clone() + &b.ball),
            (a.ball.clone(), a.ball.clone()),
        ];
        for (x, y) in pairs {
            let ((xl, xu), (yl, yu)) = (ends(&x).unwrap(), ends(&y).unwrap());
            let less = |one: &Dyadic, other: &Dyadic| one.compare(other) == Ordering::Less;
            let below = expected(less(&xu, &yl), yu.at_most(&xl));
            let at_most = expected(xu.at_most(&yl), less(&yu, &xl));
            let points = x.is_point() && y.is_point();
            let equal = expected(points && xl.compare(&yl).is_eq(), less(&xu, &yl) || less(&yu, &xl));
            let bits = x.bits().max(y.bits());
            // An answer is right; it may be withheld only where the gap is lost in the rounding of the difference.
            let gap = xu.minus(&yl).abs().min(yu.minus(&xl).abs());
            let rounding =
                xl.abs().max(xu.clone().abs()).max(yl.abs()).max(yu.abs()).size() + 2 - i64::from(bits.min(50));
            let wide = gap.size() > rounding;
            for (name, answer, truth) in
                [("below", x.below(&y), below), ("at most", x.at_most(&y), at_most), ("equals", x.equals(&y), equal)]
            {
                assert!(answer == truth || answer == Truth::Open && !wide, "{name}: {answer:?} for {truth:?}");
            }
        }
    });
}

#[test]
fn points_are_compared_exactly() {
    law("points compared", 2000, |(a, b): (Sample, Sample)| {
        let (x, y) = (Ball::point(a.ball.centre()), Ball::point(b.ball.centre()));
        let order = Dyadic::of(&x.centre()).compare(&Dyadic::of(&y.centre()));
        assert_eq!(x.below(&y), Truth::from(order.is_lt()));
        assert_eq!(x.at_most(&y), Truth::from(order.is_le()));
        assert_eq!(x.equals(&y), Truth::from(order.is_eq()));
    });
}

#[test]
fn signs() {
    law("signs", 3000, |a: Sample| {
        let (least, greatest) = ends(&a.ball).unwrap();
        let zero = Dyadic::zero();
        let sign = if least.is_zero() && greatest.is_zero() {
            Sign::Zero
        } else if greatest.is_negative() {
            Sign::Negative
        } else if !least.at_most(&zero) {
            Sign::Positive
        } else {
            Sign::Open
        };
        assert_eq!(a.ball.sign(), sign, "decided exactly");
    });
}

#[test]
fn bounds_are_outward_and_near() {
    law("bounds", 3000, |a: Sample| {
        let (least, greatest) = ends(&a.ball).unwrap();
        let (lower, upper) = (a.ball.lower(), a.ball.upper());
        assert!(lower.is_point() && upper.is_point());
        assert!(lower.bits() == a.ball.bits() && upper.bits() == a.ball.bits());
        let (lower, upper) = (Dyadic::of(&lower.centre()), Dyadic::of(&upper.centre()));
        assert!(lower.at_most(&least) && greatest.at_most(&upper));
        let ulp = |x: &Dyadic| ulp(x, a.ball.bits());
        assert!(least.minus(&lower).at_most(&ulp(&lower)) && upper.minus(&greatest).at_most(&ulp(&upper)));
        let middle = a.ball.midpoint();
        assert!(middle.is_point() && middle.centre() == a.ball.centre());
        assert_eq!(a.ball.exact().is_some(), a.ball.is_point());
        if let Some(value) = a.ball.exact() {
            assert_eq!(value, a.ball.centre().to_rational().unwrap());
        }
        // f64 bounds: outward, and not further than the second neighbour.
        let (low, high) = (a.ball.lower_f64(), a.ball.upper_f64());
        let exactly = |value: f64| Dyadic::of(&rug::Float::with_val(53, value));
        assert!(!low.is_nan() && !high.is_nan());
        assert!(low == f64::NEG_INFINITY || exactly(low).at_most(&least));
        assert!(high == f64::INFINITY || greatest.at_most(&exactly(high)));
        let inner = low.next_up().next_up();
        assert!(inner.is_infinite() || !exactly(inner).at_most(&least));
        let inner = high.next_down().next_down();
        assert!(inner.is_infinite() || !greatest.at_most(&exactly(inner)));
        assert_eq!(a.ball.approximate(), a.ball.centre().to_f64());
        let (far, near) = (a.ball.greatest_absolute(), a.ball.least_absolute());
        assert!(a.point.abs().at_most(&Dyadic::radius(far)) && Dyadic::radius(near).at_most(&a.point.abs()));
    });
}

#[test]
fn maxima_and_hulls() {
    law("maxima", 3000, |(a, b): (Sample, Sample)| {
        let (x, y) = (&a.point, &b.point);
        let (max, min) = (a.ball.clone().max(&b.ball), a.ball.clone().min(&b.ball));
        assert!(contains(&max, &x.clone().max(y.clone())));
        assert!(contains(&min, &x.clone().min(y.clone())));
        // A sure choice is the chosen ball itself.
        if a.ball.below(&b.ball) == Truth::True {
            assert!(max.centre() == b.ball.centre() && max.radius() == b.ball.radius());
            assert!(min.centre() == a.ball.centre() && min.radius() == a.ball.radius());
        }
        let between = Ball::between(&a.ball, &b.ball);
        for point in [x.clone(), y.clone(), x.plus(y).scaled(-1)] {
            assert!(contains(&between, &point));
        }
        assert!(includes(&between, &a.ball) && includes(&between, &b.ball));
        // None is wider than the hull of both and a few ulps.
        let ((al, au), (bl, bu)) = (ends(&a.ball).unwrap(), ends(&b.ball).unwrap());
        let width = au.max(bu).minus(&al.min(bl));
        for ball in [&max, &min, &between] {
            let (least, greatest) = ends(ball).unwrap();
            let ulps = ulp(&least.abs().max(greatest.abs()), ball.bits()).scaled(1);
            assert!(greatest.minus(&least).at_most(&width.plus(&width.scaled(-40)).plus(&ulps)), "{ball:?}");
        }
        let hull = Ball::hull(&a.ball.centre(), &b.ball.centre(), 40);
        assert!(contains(&hull, &Dyadic::of(&a.ball.centre())) && contains(&hull, &Dyadic::of(&b.ball.centre())));
    });
    law("absolute value", 2000, |a: Sample| {
        let image = a.ball.clone().abs();
        assert!(contains(&image, &a.point.abs()));
        let (least, greatest) = ends(&image).unwrap();
        let (lower, upper) = ends(&a.ball).unwrap();
        // Below 53 bits the radius of the ball from zero cannot be the centre exactly unless both are rounded.
        assert!(!least.is_negative(), "no negative numbers: {image:?}");
        let far = lower.abs().max(upper.abs());
        let slack = far.scaled(2 - i64::from(a.ball.bits().min(45)));
        assert!(greatest.at_most(&far.plus(&slack)));
    });
}

#[test]
fn inclusion_of_balls() {
    law("inclusion", 2000, |a: Sample| {
        let wide = Ball::new(a.widened().centre(), a.widened().radius());
        assert!(wide.contains(&a.ball));
        assert!(a.ball.contains(&a.ball));
        assert_eq!(a.ball.contains(&wide), wide.radius() == a.ball.radius());
        assert!(Ball::whole_line(64).contains(&a.ball) && !a.ball.contains(&Ball::whole_line(64)));
        assert!(a.ball.may_meet(&wide));
    });
    law("inclusion is certain", 2000, |(a, b): (Sample, Sample)| {
        if a.ball.contains(&b.ball) {
            assert!(includes(&a.ball, &b.ball));
        }
        if !a.ball.may_meet(&b.ball) {
            assert!(!super::dyadic::meet(&a.ball, &b.ball));
        }
    });
}
