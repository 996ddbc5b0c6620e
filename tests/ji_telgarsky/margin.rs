//! The maximum margin and what pulls towards it.

use gradient_witness::verify::Evidence;

use super::holds_on_instances;

#[test]
fn alpha_is_positive_in_general_position() {
    holds_on_instances("JT19.lemma3-alpha-positive", Evidence::Exact);
}

#[test]
fn far_from_the_margin_direction_the_gradient_pulls_back() {
    let verdict = holds_on_instances("JT19.lemma4-log", Evidence::Certified);
    assert_eq!(verdict.informative, verdict.applicable);
}
