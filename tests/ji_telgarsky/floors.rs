//! Lower bounds on the gradient.

use gradient_witness::verify::Evidence;

use super::family::come_out;
use super::{holds_on_instances, is_refuted};

#[test]
fn along_runs_the_gradient_does_not_vanish_and_the_normalised_margin_is_enclosed() {
    come_out(&["JT19.lemma1-gradient-floor", "JT19.corollary1-normalised-margin"], 32);
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
