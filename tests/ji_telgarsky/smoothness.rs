//! Smoothness of the risk, and what single steps do.

use super::family::come_out;

#[test]
fn smoothness_holds_on_pairs() {
    come_out(&["JT19.smoothness-beta", "JT19.eq23-to-eq25"], 64);
}

#[test]
fn single_steps_lower_the_risk_and_stay_in_the_ball() {
    come_out(&["JT19.descent-step", "JT19.SL-11", "JT19.norm-step-bound", "JT19.eq39"], 16);
}
