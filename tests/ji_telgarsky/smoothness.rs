//! Smoothness of the risk, and what single steps do.

use super::family::{come_out, is_as_tight_as_measured};

#[test]
fn smoothness_holds_on_pairs() {
    let report = come_out(&["JT19.smoothness-beta", "JT19.eq23-to-eq25"], 64);
    is_as_tight_as_measured(&report, "JT19.smoothness-beta", 0.1..=0.2);
}

#[test]
fn single_steps_lower_the_risk_and_stay_in_the_ball() {
    let report = come_out(&["JT19.descent-step", "JT19.SL-11", "JT19.norm-step-bound", "JT19.eq39"], 16);
    // A step whose size is far below 1/β lowers the risk by η‖∇R‖², twice what is promised.
    is_as_tight_as_measured(&report, "JT19.descent-step", 0.5..=0.57);
}
