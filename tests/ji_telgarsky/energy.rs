//! What descent spends, and what follows for the step sizes.

use super::family::{come_out, is_as_tight_as_measured};
use super::is_proved;

#[test]
fn energy_is_bounded_by_the_fall_of_the_risk() {
    come_out(&["JT19.lemma7-unbounded", "JT19.lemma7-step-sum-diverges", "JT19.summed-squared-gradients"], 16);
    is_proved("JT19.summed-squared-gradients.traces");
}

#[test]
fn the_time_in_a_ball_is_bounded() {
    let report = come_out(&["JT19.lemma7-ball-step-sum"], 32);
    is_as_tight_as_measured(&report, "JT19.lemma7-ball-step-sum", 0.04..=0.16);
}

#[test]
fn runs_of_one_step_size_leave_their_ball() {
    let report = come_out(&["JT19.lemma6-escape"], 32);
    is_as_tight_as_measured(&report, "JT19.lemma6-escape", 0.05..=0.25);
}
