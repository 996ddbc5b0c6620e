//! Lower bounds on the gradient.

use gradient_witness::verify::Evidence;

use super::{holds_on_instances, is_refuted};

#[test]
fn the_gradient_does_not_vanish_in_a_ball() {
    let verdict = holds_on_instances("JT19.lemma1-gradient-floor", Evidence::Certified);
    assert_eq!(verdict.horizon, 1000);
    assert_eq!(verdict.informative, verdict.applicable);
}

#[test]
fn the_printed_lemma_1_is_refuted_at_zero() {
    is_refuted("JT19.SL-8", Evidence::Exact);
}

#[test]
fn the_gradient_with_respect_to_the_product_does_not_vanish() {
    let verdict = holds_on_instances("JT19.theorem1-gradient-floor", Evidence::Certified);
    assert!(verdict.attained > 0, "one example is an equality");
}
