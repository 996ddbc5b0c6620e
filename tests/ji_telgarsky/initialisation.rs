//! The starts of the paper's appendix.

use gradient_witness::verify::Evidence;

use super::{holds_on_instances, is_proved};

#[test]
fn a_zero_first_layer_meets_assumption_2() {
    let verdict = holds_on_instances("JT19.appendix-a-zero-first-layer", Evidence::Exact);
    assert_eq!(verdict.attained, verdict.applicable, "R = ℓ(0) is an equality");
}

#[test]
fn the_antisymmetric_start_is_a_trap() {
    holds_on_instances("JT19.appendix-a-antisymmetric-trap", Evidence::Certified);
    is_proved("JT19.appendix-a-antisymmetric-trap.invariance");
}
