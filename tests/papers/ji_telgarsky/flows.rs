//! What the proof of Lemma 2, (22) and Lemma 1 say of flows whose numbers are known.

use gradient_witness::claims::{AboutFlow, Claim, OnFlows};
use gradient_witness::generate::Instance;
use gradient_witness::papers::catalogue;
use gradient_witness::papers::ji_telgarsky::flow_across::AcrossTheMargin;
use gradient_witness::papers::ji_telgarsky::flow_alignment::{Alignment, Chain};
use gradient_witness::papers::ji_telgarsky::sojourn::Sojourn;
use gradient_witness::problem::{Plan, Spec};
use gradient_witness::verify::{InstanceVerdict, Limits, OwnRunVerdict, Status, examine_instance, verify_own_flow};

/// What is found of a flow with the exponential loss, by its widths, examples with the label 1, weights, moments and horizon.
fn found(statement: impl AboutFlow, [widths, x, weights, moments, horizon]: [&str; 5]) -> InstanceVerdict {
    let y = vec![1; x.matches('[').count() - 1];
    let text = format!(
        "network = {{ architecture = \"fully-connected\", widths = {widths} }}\nloss = {{ kind = \"exponential\" }}\n\
         data = {{ x = {x}, y = {y:?} }}\ninit = {{ weights = {weights} }}\nstep = {{ rule = \"flow\" }}\n\
         run = {{ until = {{ time = {horizon} }}, record = {{ times = {moments} }}, arithmetic = \"certified\" }}\n"
    );
    let spec = Spec::parse(&text, ".".as_ref()).expect("a spec that can be read");
    let instance = Instance::of_plan(spec.problem, &spec.plan);
    examine_instance(&[&OnFlows(statement)], &instance, &Limits::default()).remove(0)
}

fn holds(found: &InstanceVerdict) -> bool {
    found.applicable && found.refuted.is_none() && found.undecided.is_none()
}

/// Two examples that span the plane.
const X: &str = r#"[[1, 0], ["3/5", "4/5"]]"#;

/// No layer of its own accord fits the next, and the flow is fast: near the start a stretch is wider than what is left of the inequalities.
#[test]
fn what_layers_have_to_do_with_each_other_is_certain_at_all_times() {
    let flow =
        ["[2, 2, 2, 1]", X, r#"[[[0, 0], [0, 0]], [["1/4", "1/4"], [0, "1/8"]], [["1/2", "1/4"]]]"#, "[1, 16]", "1024"];
    let (chain, alignment) = (found(Chain::default(), flow), found(Alignment::default(), flow));
    assert!(holds(&chain) && chain.informative, "{chain:?}");
    assert!(holds(&alignment) && alignment.informative, "{alignment:?}");
    assert_eq!(chain.horizon, 1024);
    // Without the norms at the start it is false at the start.
    assert!(found(Chain { without_start: true }, flow).refuted.is_some());
}

#[test]
fn a_layer_that_was_zero_below_or_above_one_singular_value_leaves_equalities() {
    let attained = |weights: &str| {
        let found = found(Chain::default(), ["[2, 2, 1]", X, weights, "[1]", "16"]);
        assert!(holds(&found), "{found:?}");
        found.attained.keys().any(|road| road.contains("was zero"))
    };
    assert!(attained("[[[1, 1], [1, 1]], [[0, 0]]]"), "(9)");
    assert!(attained("[[[0, 0], [0, 0]], [[1, 2]]]"), "(12)");
    assert!(attained("[[[1, 0], [0, 1]], [[0, 0]]]"), "(9), for every top singular vector");
    assert!(!attained("[[[1, 1], [0, 1]], [[0, 0]]]"), "W_1 has two singular values");
}

/// (10) at the start: `u_1` is `e_2`, of which `W_2 = diag(1, 15/16)` leaves 225/256 across `v_2 = e_1`; and `D` is 2, from `A_1` and `A_2`.
#[test]
fn what_is_across_the_top_vector_of_the_next_layer_is_measured_by_the_imbalance() {
    let weights = r#"[[[0, 0], [1, 0]], [[1, 0], [0, "15/16"]], [["3/2", 0]]]"#;
    let found = found(Chain::default(), ["[2, 2, 2, 1]", X, weights, "[1]", "2"]);
    assert!(holds(&found), "{found:?}");
    // D = (9/4 − 9/4) + 1 + 5/4.
    let least = 225.0 / 256.0 / 2.25;
    assert!(found.worst_ratio.is_some_and(|ratio| (least..1.0).contains(&ratio)), "{found:?}");
}

/// At the start of `W_1 = diag(1/2, 0)`, `W_2 = (0, 1)` nothing is aligned, and the bound is `D + 1 + 1/4` with `D = 1`: 4/9 of it is what is needed.
#[test]
fn about_half_of_the_bound_on_alignment_is_used() {
    let flow = ["[2, 2, 1]", X, r#"[[["1/2", 0], [0, 0]], [[0, 1]]]"#, "[1]", "16"];
    assert!(found(Alignment { share: Some((45, 100)) }, flow).refuted.is_none());
    assert!(found(Alignment { share: Some((44, 100)) }, flow).refuted.is_some());
    assert!(holds(&found(Alignment::default(), flow)));
}

/// `W_1 = diag(1, 1/2)` has 1/2 across `ū = v_1`; with `W_2 = (9/8, 0)`, `D = ‖A_1‖_2 = 17/64`, and `√(2D) = 0.73` is enough, half of it not.
#[test]
fn what_is_across_the_margin_is_what_of_the_top_vector_is_and_the_imbalance() {
    let weights = r#"[[[1, 0], [0, "1/2"]], [["9/8", 0]]]"#;
    let flow = ["[2, 2, 1]", "[[1, 0]]", weights, "[1]", "16"];
    assert!(holds(&found(AcrossTheMargin::default(), flow)));
    assert!(found(AcrossTheMargin { without_imbalance: true }, flow).refuted.is_some());
    // From a balanced start D is zero, and both sides are equal.
    let balanced = ["[2, 2, 1]", X, "[[[0, 1], [0, 0]], [[1, 0]]]", "[1]", "64"];
    let found = found(AcrossTheMargin::default(), balanced);
    assert!(holds(&found) && found.informative && !found.attained.is_empty(), "{found:?}");
}

/// `w(t) = ln(1 + t)`: from 1 to 5/2 it is in the ball of radius `w(5/2)`, and the bound is `(7/2)²/2`; it is known to an eighth, what is between two moments.
#[test]
fn the_time_in_a_ball_is_enclosed() {
    let flow = ["[1, 1]", "[[1]]", "[[[0]]]", r#"[1, 2, "17/8", "9/4", "19/8", "5/2", "21/8"]"#, "4"];
    let share = |share| found(Sojourn { share, ..Sojourn::default() }, flow);
    let whole = share((1, 1));
    assert!(holds(&whole) && whole.informative, "{whole:?}");
    assert!(whole.asserted.iter().any(|label| label.starts_with("|{t ≥ t_1")), "for ever: {:?}", whole.asserted);
    // It has left by 21/8 at the latest.
    let most = 1.625 / 6.125;
    assert!(whole.worst_ratio.is_some_and(|ratio| (most..most + 1e-9).contains(&ratio)), "{whole:?}");
    assert!(share((1, 5)).refuted.is_some());
}

/// Three equal examples of margins from 0.9 to 1 have together a larger loss than one of margin 0.
#[test]
fn a_ball_is_left_for_good_once_all_losses_together_are_small() {
    let flow = |horizon| ["[1, 1]", "[[1], [1], [1]]", r#"[[["9/10"]]]"#, r#"["1/8"]"#, horizon];
    let is_for_good = |horizon| {
        let found = found(Sojourn::default(), flow(horizon));
        assert!(holds(&found) && found.informative, "{found:?}");
        found.asserted.iter().any(|label| label.starts_with("|{t ≥ t_1"))
    };
    assert!(!is_for_good(r#""1/4""#));
    assert!(is_for_good("1"));
}

/// What each claim finds of a flow with the exponential loss until `−ln R = 400`.
fn found_late(ids: &[&str], [widths, x, weights]: [&str; 3]) -> Vec<OwnRunVerdict> {
    let y = vec![1; x.matches('[').count() - 1];
    let text = format!(
        "network = {{ architecture = \"fully-connected\", widths = {widths} }}\nloss = {{ kind = \"exponential\" }}\n\
         data = {{ x = {x}, y = {y:?} }}\ninit = {{ weights = {weights} }}\nstep = {{ rule = \"flow\" }}\n\
         run = {{ until = {{ log_risk = 400 }}, record = {{ log_risks = [100] }}, arithmetic = \"certified\" }}\n"
    );
    let spec = Spec::parse(&text, ".".as_ref()).expect("a spec that can be read");
    let Plan::Flow(schedule) = &spec.plan else { panic!("its rule is the flow") };
    let claims = catalogue();
    let claims: Vec<&Claim> = claims.iter().filter(|claim| ids.contains(&claim.id())).collect();
    assert_eq!(claims.len(), ids.len());
    verify_own_flow(&claims, &spec.problem, schedule, &Limits::default()).claims
}

/// Late stretches are so long that margins are known by no better than several units, and singular values by no better than the difference of two.
#[test]
fn what_is_true_of_late_flows_does_not_drown_in_the_width_of_their_stretches() {
    let ids = [
        "JT19.late-margins-nonnegative",
        "JT19.theorem1-gradient-floor",
        "JT19.SL-8",
        "JT19.eq6-singular-chain",
        "JT19.rank1-distance",
    ];
    let flow = ["[2, 2, 1]", X, r#"[[["1/2", "1/4"], ["-1/4", "1/2"]], [["1/4", 0]]]"#];
    let open: Vec<String> = found_late(&ids, flow)
        .into_iter()
        .filter(|own| own.verdict.status != Status::Holds)
        .map(|own| format!("{} {:?}", own.verdict.id, own.verdict.note))
        .collect();
    assert!(open.is_empty(), "{open:#?}");
}

/// From `W_2 = 0` every stretch at the beginning is as long as the time before it.
#[test]
fn what_is_one_number_on_both_sides_is_compared_as_one() {
    let flow = ["[2, 2, 1]", X, r#"[[["1/2", "1/4"], ["-1/4", "1/2"]], [[0, 0]]]"#];
    let own = found_late(&["JT19.theorem1-product-half"], flow).remove(0);
    assert_eq!(own.verdict.status, Status::Holds, "{:?}", own.verdict.note);
}

/// What a second derivative is at late times is not known over a stretch, and it is said that this is why.
#[test]
fn what_stays_open_over_a_stretch_says_so() {
    let flow = ["[2, 2, 1]", X, r#"[[["1/2", "1/4"], ["-1/4", "1/2"]], [["1/4", 0]]]"#];
    let own = found_late(&["JT19.poster-hessian-unbounded"], flow).remove(0);
    assert_eq!(own.verdict.status, Status::Undecided);
    let note = format!("{:?}", own.verdict.note);
    assert!(note.contains("no shorter stretch is looked at, and more bits do not help"), "{note}");
}
