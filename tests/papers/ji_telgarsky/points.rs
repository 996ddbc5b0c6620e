//! Statements about points of weight space, at their boundaries and where their values are known by hand.

use std::path::Path;

use gradient_witness::claims::{Claim, OnPoints, Statement};
use gradient_witness::generate::Instance;
use gradient_witness::papers::catalogue;
use gradient_witness::papers::ji_telgarsky::conserved::{RankGap, SingularChain};
use gradient_witness::problem::{Plan, Spec};
use gradient_witness::verify::{Limits, Status, examine_instance, verify_own_flow, verify_own_run};

/// What becomes of a claim on a spec, a run or a flow.
fn status(id: &str, spec: &str) -> Status {
    let claims = catalogue();
    let claims: Vec<&Claim> = claims.iter().filter(|claim| claim.id() == id).collect();
    let spec = Spec::parse(spec, Path::new(".")).unwrap_or_else(|error| panic!("{error}"));
    let limits = Limits::default();
    let report = match &spec.plan {
        Plan::Descent(schedule) => verify_own_run(&claims, &spec.problem, schedule.steps, &limits),
        Plan::Flow(schedule) => verify_own_flow(&claims, &spec.problem, schedule, &limits),
    };
    let own = report.claims.into_iter().next().expect("one claim");
    println!("{id}: {:?} {} {:?}", own.verdict.status, own.verdict.note, own.assumptions);
    own.verdict.status
}

fn spec(widths: &str, loss: &str, x: &str, weights: &str) -> String {
    let labels = vec!["1"; x.matches('[').count() - 1].join(", ");
    format!(
        "network = {{ architecture = \"fully-connected\", widths = {widths} }}\nloss = {{ kind = \"{loss}\" }}\n\
         data = {{ x = {x}, y = [{labels}] }}\ninit = {{ weights = {weights} }}\nstep = {{ rule = \"constant\", eta = \"1/8\" }}\n\
         run = {{ steps = 0 }}\n"
    )
}

fn flow(widths: &str, weights: &str) -> String {
    let run = spec(widths, "logistic", "[[\"3/5\", \"4/5\"], [1, 0]]", weights);
    run.replace("rule = \"constant\", eta = \"1/8\"", "rule = \"flow\"")
        .replace("steps = 0", "until = { time = 2 }, record = { times = [1] }, arithmetic = \"certified\"")
}

#[test]
fn a_margin_of_zero_is_late_and_one_below_is_not() {
    // One example: R = ℓ(0) at w = 0, and where w is orthogonal to it.
    for loss in ["logistic", "exponential"] {
        let at = |w: &str| status("JT19.late-margins-nonnegative", &spec("[2, 1]", loss, "[[\"3/5\", \"4/5\"]]", w));
        assert_eq!(at("[[[0, 0]]]"), Status::Holds);
        assert_eq!(at("[[[4, -3]]]"), Status::Holds);
        assert_eq!(at("[[[4, \"-300000000001/100000000000\"]]]"), Status::NotApplicable);
        // A loss beyond all numbers is not small.
        assert_eq!(at("[[[\"-1e30\", 0]]]"), Status::NotApplicable);
    }
}

#[test]
fn data_in_special_position_are_no_exception_to_almost_all() {
    let of = |x: &str, dim: usize| {
        let weights = format!("[[{:?}]]", vec![0; dim]);
        status("JT19.lemma3-dual-weights", &spec(&format!("[{dim}, 1]"), "logistic", x, &weights))
    };
    assert_eq!(of("[[\"1/2\", \"1/3\"], [\"1/2\", \"-1/4\"]]", 2), Status::Holds);
    // Two of one kind; three in a line; a weight of zero.
    assert_eq!(of("[[\"1/2\", \"1/3\"], [\"1/2\", \"1/3\"]]", 2), Status::NotApplicable);
    assert_eq!(of("[[\"1/2\", \"1/3\"], [\"1/2\", \"-1/4\"], [\"1/2\", \"1/8\"]]", 2), Status::NotApplicable);
    assert_eq!(of("[[\"1/2\", 0], [\"1/2\", \"3/10\"]]", 2), Status::NotApplicable);
    // What is special and no support vector does not matter.
    assert_eq!(of("[[\"1/2\", \"1/3\"], [\"1/2\", \"-1/4\"], [1, 0], [1, 0]]", 2), Status::Holds);
    // Support vectors that are independent, one of them at the point of least norm of the others.
    assert_eq!(of("[[1, 1, 0], [1, -1, 0], [1, 0, 1]]", 3), Status::NotApplicable);
    assert_eq!(of("[[1, 1, 0], [1, -1, 1], [1, 0, -1]]", 3), Status::Holds);
}

/// `W_1 = diag(12, 5)` and `W_2 = (c, 0)`: the gap is 25, and `D_1` is 50 for `c = 12`, 25 for `c = 13`.
#[test]
fn the_rank_gap_comes_near_its_bound_and_attains_it() {
    let at = |c: u32| {
        let weights = format!("[[[12, 0], [0, 5]], [[{c}, 0]]]");
        let spec = Spec::parse(&spec("[2, 2, 1]", "logistic", "[[\"3/5\", \"4/5\"]]", &weights), Path::new("."));
        let instance = Instance::point(spec.unwrap().problem);
        let found = examine_instance(&[&OnPoints(RankGap::default())], &instance, &Limits::default()).remove(0);
        assert!(found.refuted.is_none() && found.undecided.is_none(), "{found:?}");
        found.worst_ratio.expect("an informative bound")
    };
    assert!((0.5..0.5000001).contains(&at(12)) && (1.0..1.0000001).contains(&at(13)));
}

#[test]
fn equalities_at_points_are_seen() {
    for weights in [
        // Multiples of isometries; a shared top vector; zeros below; rows; balanced.
        "[[[1, 0], [0, 1]], [[2, 0], [0, 2]], [[3, 4]]]",
        "[[[\"1/3\", 0], [0, \"1/7\"]], [[2, 0], [0, \"1/7\"]], [[3, 0]]]",
        "[[[0, 0], [0, 0]], [[\"1/3\", 2], [5, 7]], [[3, 4]]]",
        "[[[\"1/3\", 2], [2, \"1/3\"]], [[\"1/3\", 2], [2, \"1/3\"]], [[0, 0]]]",
    ] {
        let spec = spec("[2, 2, 2, 1]", "logistic", "[[\"3/5\", \"4/5\"]]", weights);
        let problem = Spec::parse(&spec, Path::new(".")).unwrap().problem;
        let statements: [&dyn Statement; 2] = [&OnPoints(SingularChain::default()), &OnPoints(RankGap::default())];
        for found in examine_instance(&statements, &Instance::point(problem), &Limits::default()) {
            assert!(found.refuted.is_none() && found.undecided.is_none() && found.applicable, "{weights}: {found:?}");
        }
    }
}

/// Where both sides are equal for ever, no enclosure decides, and what the flow keeps of its start does.
#[test]
fn a_flow_that_starts_balanced_or_from_zero_keeps_its_equalities() {
    for (widths, weights) in [
        ("[2, 2, 1]", "[[[\"3/10\", 0], [\"4/10\", 0]], [[\"3/10\", \"4/10\"]]]"),
        ("[2, 2, 1]", "[[[0, 0], [0, 0]], [[\"1/3\", \"1/7\"]]]"),
        ("[2, 2, 2, 1]", "[[[\"1/3\", 0], [0, \"1/5\"]], [[\"1/2\", \"1/9\"], [0, \"1/4\"]], [[\"1/3\", \"1/7\"]]]"),
    ] {
        for id in ["JT19.eq6-singular-chain", "JT19.lemma2-rank-gap", "JT19.D-zero-when-balanced"] {
            // Where all bounds are trivial a claim says nothing.
            let status = status(id, &flow(widths, weights));
            assert!([Status::Holds, Status::NotApplicable].contains(&status), "{id}: {status:?}: {weights}");
        }
    }
    let balanced = flow("[2, 2, 1]", "[[[\"3/10\", 0], [\"4/10\", 0]], [[\"3/10\", \"4/10\"]]]");
    assert_eq!(status("JT19.balanced-init-rank-one", &balanced), Status::Holds);
    let other = flow("[2, 2, 1]", "[[[\"3/10\", 0], [\"4/10\", 0]], [[\"3/10\", \"41/100\"]]]");
    assert_eq!(status("JT19.balanced-init-rank-one", &other), Status::NotApplicable);
}

/// In the plane the support vector pulls exactly as much as it is said to at least, on the side on which the support reaches less far; and level
/// with the origin (15) and (18) are equalities.
#[test]
fn the_steps_of_lemma_4_are_equalities_in_the_plane() {
    let data = "[[\"1/2\", \"1/2\"], [\"1/2\", \"-1/4\"], [1, 0]]";
    let mirrored = "[[\"1/2\", \"-1/2\"], [\"1/2\", \"1/4\"], [1, 0]]";
    for loss in ["exponential", "logistic"] {
        for x in [data, mirrored] {
            for w in ["[[[0, 10]]]", "[[[0, -10]]]", "[[[3, 10]]]", "[[[3, -10]]]"] {
                assert_eq!(status("JT19.lemma4-steps", &spec("[2, 1]", loss, x, w)), Status::Holds, "{loss}: {x}: {w}");
            }
        }
    }
}
