//! A run that misses a hypothesis is not applicable, and the reason is said.

use std::sync::Arc;

use gradient_witness::claims::{Event, Finding};
use gradient_witness::generate::Instance;
use gradient_witness::number::Ball;
use gradient_witness::problem::Spec;
use gradient_witness::reference::{Descent, Setting};
use gradient_witness::verify::{InstanceVerdict, Limits, examine_instance};

use crate::claim;

fn found(id: &str, widths: &str, target: &str, weights: &str, eta: &str) -> InstanceVerdict {
    let text = format!(
        "[network]\narchitecture = \"fully-connected\"\nwidths = {widths}\n[loss]\nkind = \"squared-target\"\n\
         [data]\ntarget = {target}\n[init]\nweights = {weights}\n[step]\nrule = \"constant\"\neta = {eta}\n\
         [run]\nsteps = 4\n"
    );
    let spec = Spec::parse(&text, std::path::Path::new(".")).expect("a valid spec");
    let instance = Instance::run(spec.problem.clone(), spec.schedule().unwrap().steps);
    examine_instance(&[claim(id).statement().expect("of runs")], &instance, &Limits::default()).remove(0)
}

#[test]
fn the_hypotheses_of_theorem_1_are_named() {
    const ID: &str = "ACGH19.lemma1-single-step-descent";
    let unmet = |target, weights, eta| {
        let found = found(ID, "[2, 2, 2]", target, weights, eta);
        assert!(!found.applicable && found.undecided.is_none(), "{found:?}");
        let failure = found.unmet.expect("a hypothesis is not met");
        // And by how much it fails, where that is a matter of size.
        let (left, right) = failure.sides;
        assert_eq!(failure.id.label.starts_with('P'), left >= right, "{failure:?}");
        failure.id.label
    };
    const IDENTITY: &str = "[[[1, 0], [0, 1]], [[1, 0], [0, 1]]]";
    // A target of deficient rank, also where the start has reached it.
    assert!(unmet("[[1, 1], [1, 1]]", IDENTITY, "1e-6").contains("full rank"));
    assert!(unmet("[[1, 0], [0, 0]]", "[[[1, 0], [0, 0]], [[1, 0], [0, 0]]]", "1e-6").contains("full rank"));
    // Exactly at the distance σ_min(Φ).
    assert!(unmet("[[1, 0], [0, 2]]", "[[[1, 0], [0, 1]], [[1, 0], [0, 1]]]", "1e-6").starts_with("P1"));
    assert!(unmet("[[1, 0], [0, 1]]", "[[[1, 0], [0, 1]], [[1, 0], [0, 0.9]]]", "1e-6").starts_with("P2"));
    assert!(unmet("[[1, 0], [0, 0.99]]", IDENTITY, "1e-3").starts_with("P3"));
    let good = found(ID, "[2, 2, 2]", "[[1, 0], [0, 0.99]]", IDENTITY, "1e-6");
    assert!(good.applicable && good.refuted.is_none() && good.undecided.is_none(), "{good:?}");
}

#[test]
fn a_margin_that_is_the_least_singular_value_of_the_start_is_seen_as_such() {
    const ID: &str = "ACGH19.thm1-contraction-product";
    let layer = "[[2, 0], [0, 1]]";
    for (target, attained) in [("[[4, 0], [0, 1.05]]", true), ("[[4, 0.01], [0, 1.05]]", false)] {
        let found = found(ID, "[2, 2, 2]", target, &format!("[{layer}, {layer}]"), "1e-8");
        assert!(found.applicable && found.refuted.is_none() && found.undecided.is_none(), "{target}: {found:?}");
        assert_eq!(found.attained.keys().any(|road| road.contains("straight ahead")), attained, "{target}: {found:?}");
    }
}

#[test]
fn equality_in_p3_is_seen_as_such() {
    // N = 1, f = 1, c = 3/4: η* = c²/6144 exactly.
    for (eta, applicable) in [("\"3/32768\"", true), ("\"30000001/327680000000\"", false)] {
        let found = found("ACGH19.lemma1-single-step-descent", "[1, 1]", "[[1]]", "[[[\"3/4\"]]]", eta);
        assert_eq!(found.applicable, applicable, "{eta}: {found:?}");
        assert!(found.refuted.is_none() && found.undecided.is_none(), "{eta}: {found:?}");
    }
}

#[test]
fn other_statements_name_theirs() {
    let identity = "[[[1, 0], [0, 1]], [[1, 0], [0, 1]]]";
    for (id, widths, target, weights, reason) in [
        ("ACGH19.margin-requires-no-bottleneck", "[2, 2, 2]", "[[1, 0], [0, 1]]", identity, "hidden width"),
        ("ACGH19.margin-implies-critical-is-global", "[2, 2, 2]", "[[9, 0], [0, 9]]", identity, "margin"),
        ("ACGH19.residual-half-distance", "[2, 2, 2]", "[[2, 0], [0, 1]]", identity, "½"),
        ("ACGH19.procedure1-balanced-init", "[2, 1, 2]", "[[1, 0], [0, 0]]", "[[[1, 0]], [[1], [0]]]", "d_{N−1}"),
        ("ACGH19.procedure1-balanced-init", "[2, 2]", "[[1, 0], [0, 0]]", "[[[1, 0], [0, 0]]]", "two layers"),
        ("ACGH19.remark-extensions", "[2, 2, 2]", "[[1, 0], [0, 0]]", identity, "null spaces of Φ"),
        (
            "ACGH19.flow-end-to-end-ode",
            "[2, 2, 2]",
            "[[1, 0], [0, 1]]",
            "[[[1, 0], [0, 2]], [[1, 0], [0, 1]]]",
            "balanced",
        ),
    ] {
        let found = found(id, widths, target, weights, "1e-3");
        assert!(!found.applicable && found.undecided.is_none(), "{id}: {found:?}");
        let unmet = found.unmet.unwrap_or_else(|| panic!("{id}: a hypothesis is not met"));
        assert!(unmet.id.label.contains(reason), "{id}: {}", unmet.id.label);
    }
}

#[test]
fn identities_are_decided_on_ones_own_run_too() {
    let third = "[[[\"1/3\", 0], [0, 1]], [[\"1/3\", 0], [0, 1]]]";
    for id in [
        "ACGH19.loss-equals-end-to-end-loss",
        "ACGH19.gd-update",
        "ACGH19.flow-balance-conserved",
        "ACGH19.balance-step-identity",
        "ACGH19.balanced-singular-values",
        "ACGH19.flow-end-to-end-ode",
        "ACGH19.flow-descent",
    ] {
        for (target, weights) in [("[[1, 1], [1, 1]]", third), ("[[\"1/7\", 0], [0, \"1/7\"]]", third)] {
            let found = found(id, "[2, 2, 2]", target, weights, "\"1/30\"");
            assert!(found.applicable && found.refuted.is_none() && found.undecided.is_none(), "{id}: {found:?}");
        }
    }
}

#[test]
fn what_speaks_of_a_target_needs_one() {
    let text = "[network]\narchitecture = \"fully-connected\"\nwidths = [2, 2, 1]\n[loss]\nkind = \"logistic\"\n\
                [data]\nx = [[1, 0], [0, 1]]\ny = [1, -1]\n[init]\nweights = [[[1, 0], [0, 1]], [[1, 1]]]\n\
                [step]\nrule = \"constant\"\neta = 1e-3\n[run]\nsteps = 2\n";
    let spec = Spec::parse(text, std::path::Path::new(".")).expect("a valid spec");
    let instance = Instance::run(spec.problem.clone(), spec.schedule().unwrap().steps);
    for id in [
        "ACGH19.margin-requires-no-bottleneck",
        "ACGH19.margin-implies-critical-is-global",
        "ACGH19.lemma7-linear-part",
        "ACGH19.lemma7-linear-part.order",
        "ACGH19.lemma7-higher-order-terms",
        "ACGH19.lemma7-step-size",
    ] {
        let found =
            examine_instance(&[claim(id).statement().expect("of runs")], &instance, &Limits::default()).remove(0);
        let unmet = found.unmet.map(|failure| failure.id.label);
        assert_eq!((found.applicable, unmet), (false, Some("a squared target")), "{id}");
    }
}

#[test]
fn relations_between_neighbours_are_placed_at_their_layers() {
    let layer = "[[1, 0], [0, 1]]";
    let text = format!(
        "[network]\narchitecture = \"fully-connected\"\nwidths = [2, 2, 2, 2]\n[loss]\nkind = \"squared-target\"\n\
         [data]\ntarget = [[1, 0], [0, 0.99]]\n[init]\nweights = [{layer}, {layer}, {layer}]\n\
         [step]\nrule = \"constant\"\neta = 1e-7\n[run]\nsteps = 1\n"
    );
    let problem = Spec::parse(&text, std::path::Path::new(".")).expect("a valid spec").problem;
    let setting = Arc::new(Setting::<Ball>::new(Arc::new(problem), 128));
    for id in ["ACGH19.flow-balance-conserved", "ACGH19.lemma2-Aprime-step-drift"] {
        let claim = claim(id);
        let mut observer = claim.statement().expect("of runs").observer();
        let mut descent = Descent::new(Arc::clone(&setting)).expect("small weights");
        let mut finding = Finding::default();
        observer(Event::Start(&Arc::clone(descent.point())), &mut finding);
        finding.clear();
        observer(Event::Step(&descent.step().expect("small weights")), &mut finding);
        let mut layers: Vec<usize> = finding.relations().iter().map(|relation| relation.id.layer).collect();
        layers.dedup();
        assert_eq!(layers, [1, 2], "{id}");
    }
}
