use super::*;
use crate::number::{Real, Ring, Truth};

fn third(bits: u32) -> Ball {
    Ball::from_rational(&rug::Rational::from((1, 3)), bits)
}

#[test]
fn logistic_loss_keeps_its_relative_accuracy() {
    for margin in [-1_000_000_i32, -1000, -1, 0, 1, 50, 1000, 1_000_000] {
        let margin = Ball::from_rational(&rug::Rational::from(margin), 128);
        let loss = (-margin).exp().ln_1p();
        let relative = loss.radius().over(Magnitude::below(loss.centre()));
        assert!(relative < Magnitude::power_of_two(-125), "{loss}");
    }
}

#[test]
fn mixed_precisions() {
    let (narrow, wide) = (Ball::point(rug::Float::with_val(20, 0.625)), third(200));
    for (a, b) in [(&narrow, &wide), (&wide, &narrow)] {
        for result in [
            a.clone() + b,
            a.clone() - b,
            a.clone() * b,
            a.clone() / b,
            a.clone().max(b),
            a.clone().min(b),
            Ball::between(a, b),
        ] {
            assert_eq!(result.bits(), 200);
        }
    }
    let exact = rug::Rational::from((1, 3)) + rug::Rational::from((5, 8)) * rug::Rational::from((1, 3));
    let mut sum = wide.clone();
    sum.add_product(&narrow, &wide);
    assert!(sum.contains_rational(&exact));
    assert!(sum.radius() < Magnitude::power_of_two(-198));
}

#[test]
fn comparisons() {
    assert_eq!(third(64).below(&third(128)), Truth::Open);
    assert_eq!(third(64).equals(&third(64)), Truth::Open);
    assert_eq!(Ball::one(64).equals(&Ball::one(128)), Truth::True);
    assert_eq!(Ball::one(64).below(&Ball::one(128)), Truth::False);
    assert_eq!(Ball::one(64).at_most(&Ball::one(128)), Truth::True);
    assert_eq!(third(64).below(&Ball::one(64)), Truth::True);
    assert_eq!(Ball::whole_line(64).below(&Ball::one(64)), Truth::Open);
}
