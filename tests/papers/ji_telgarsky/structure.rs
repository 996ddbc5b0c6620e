//! Runs of one's own on which the statements are true and were not seen to be: equalities that descent keeps, sums that grow, repeated
//! singular values.

use std::path::Path;
use std::time::{Duration, Instant};

use gradient_witness::claims::{Claim, Expected, Role};
use gradient_witness::papers::catalogue;
use gradient_witness::problem::Spec;
use gradient_witness::verify::{Limits, OwnRunVerdict, Status, verify_own_run};

/// A spec; `data` and `rest` are lines of the tables `[data]` and `[run]`.
fn spec(widths: &str, loss: &str, data: &str, weights: &str, step: &str, steps: u64) -> String {
    format!(
        "[network]\narchitecture = \"fully-connected\"\nwidths = {widths}\n[loss]\n{loss}\n[data]\n{data}\n[init]\n\
         weights = {weights}\n[step]\n{step}\n[run]\nsteps = {steps}\n"
    )
}

const LOGISTIC: &str = "kind = \"logistic\"";
const SMOOTHNESS: &str = "rule = \"smoothness\"";

fn verdict(id: &str, spec: &str, limits: &Limits) -> OwnRunVerdict {
    let claims = catalogue();
    let claim: Vec<&Claim> = claims.iter().filter(|claim| claim.id() == id).collect();
    let spec = Spec::parse(spec, Path::new("examples/iris")).expect("a valid spec");
    verify_own_run(&claim, &spec.problem, spec.schedule().unwrap().steps, limits).claims.remove(0)
}

#[track_caller]
fn comes_out(id: &str, spec: &str, expected: Status) -> OwnRunVerdict {
    let found = verdict(id, spec, &Limits::default());
    assert_eq!(found.verdict.status, expected, "{id}: {}; {:?}", found.verdict.note, found.assumptions);
    found
}

#[track_caller]
fn holds(id: &str, spec: &str) {
    comes_out(id, spec, Status::Holds);
}

/// Concluded whatever became of the hypotheses.
#[track_caller]
fn concludes(id: &str, spec: &str, expected: Status) {
    let found = verdict(id, spec, &Limits { conclusion_only: true, ..Limits::default() });
    assert_eq!(found.verdict.status, expected, "{id}: {}", found.verdict.note);
}

/// Three examples in the plane, a hidden layer of three.
fn three_examples(steps: u64) -> String {
    spec(
        "[2, 3, 1]",
        LOGISTIC,
        "x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]\ny = [1, -1, -1]",
        "[[[0.5, -0.25], [0.125, 0.75], [-0.3, 0.1]], [[0.5, 0.25, -1.0]]]",
        SMOOTHNESS,
        steps,
    )
}

#[test]
fn sums_over_pairs_of_steps_cost_as_much_at_every_step() {
    let time = |steps| {
        let begun = Instant::now();
        holds("JT19.pk-qk-norms", &three_examples(steps));
        begun.elapsed()
    };
    let (short, long) = (time(100), time(800));
    // Eight times as many steps: 8 times the time, or 64 or 512 times.
    assert!(long < 30 * short.max(Duration::from_millis(10)), "{short:?} for 100 steps, {long:?} for 800");
}

/// The example that is shipped, shorter.
fn iris(steps: u64) -> String {
    let text = include_str!("../../../examples/iris/iris.toml");
    assert!(text.contains("steps = 1000"));
    text.replace("steps = 1000", &format!("steps = {steps}")).replace("every = 250", "every = 1")
}

#[test]
fn balanced_layers_stay_balanced_to_first_order() {
    for id in ["JT19.balancedness-gd", "JT19.norm-balance-gd", "JT19.pk-qk-norms", "JT19.eq38.equality"] {
        holds(id, &iris(30));
    }
}

/// A start at a minimum with thirds among its weights, which balls do not hold exactly: nothing moves.
fn at_the_target() -> String {
    spec(
        "[2, 2, 1]",
        "kind = \"squared-target\"",
        "target = [[\"1/9\", \"2/9\"]]",
        "[[[\"1/3\", \"2/3\"], [0, \"1/7\"]], [[\"1/3\", 0]]]",
        "rule = \"constant\"\neta = \"1/10\"",
        12,
    )
}

#[test]
fn at_a_minimum_nothing_is_added() {
    for id in [
        "JT19.pk-qk-norms",
        "JT19.balancedness-gd",
        "JT19.norm-balance-gd",
        "JT19.summed-squared-gradients.traces",
        "JT19.eq38.equality",
    ] {
        holds(id, &at_the_target());
    }
    for id in ["JT19.norm-gap-gd", "JT19.summed-squared-gradients"] {
        comes_out(id, &at_the_target(), Status::NotApplicable);
        concludes(id, &at_the_target(), Status::Holds);
    }
}

#[test]
fn multiples_of_isometries_stay_such_under_a_target_that_is_one() {
    let turned = spec(
        "[2, 2, 2]",
        "kind = \"squared-target\"",
        "target = [[\"3/5\", \"-4/5\"], [\"4/5\", \"3/5\"]]",
        "[[[\"3/10\", \"-4/10\"], [\"4/10\", \"3/10\"]], [[\"1/3\", 0], [0, \"1/3\"]]]",
        "rule = \"constant\"\neta = \"1/10\"",
        20,
    );
    let whitened = spec(
        "[3, 3, 3]",
        "kind = \"squared\"",
        "x = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]\ny = [[2, 0, 0], [0, 2, 0], [0, 0, 2]]",
        "[[[\"1/3\", 0, 0], [0, \"1/3\", 0], [0, 0, \"1/3\"]], [[\"1/7\", 0, 0], [0, \"1/7\", 0], [0, 0, \"1/7\"]]]",
        "rule = \"constant\"\neta = \"1/10\"",
        20,
    );
    for spec in [turned, whitened] {
        holds("JT19.alignment-ratio-floor", &spec);
        holds("JT19.rank1-distance", &spec);
    }
}

#[test]
fn a_largest_singular_value_that_stays_repeated_is_no_obstacle() {
    // W_1 = c·1 and a start on the wrong side: descent lessens one singular value and leaves the others.
    let identity = |entry: &str| {
        let row = |i: usize| {
            let entries: Vec<&str> = (0..4).map(|j| if i == j { entry } else { "0" }).collect();
            format!("[{}]", entries.join(", "))
        };
        format!("[{}]", (0..4).map(row).collect::<Vec<_>>().join(", "))
    };
    let data = "x = [[\"3/5\", 0, 0, 0]]\ny = [1]";
    for entry in ["\"1/3\"", "3"] {
        let weights = format!("[{}, [[\"-1/3\", 0, 0, 0]]]", identity(entry));
        let spec = spec("[4, 4, 1]", LOGISTIC, data, &weights, SMOOTHNESS, 15);
        for id in [
            "JT19.rank1-distance",
            "JT19.alignment-ratio-floor",
            "JT19.singular-chain-gd",
            "JT19.lemma8-product-direction",
        ] {
            holds(id, &spec);
        }
    }
    // Irrational and twice the same, (3 + √5)/2, at the start.
    let golden = "[[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]";
    let weights = format!("[{golden}, [[1, 0, 0, 0]]]");
    let spec = spec("[4, 4, 1]", LOGISTIC, data, &weights, SMOOTHNESS, 0);
    for id in ["JT19.rank1-distance", "JT19.lemma2-product-direction"] {
        holds(id, &spec);
    }
}

#[test]
fn layers_of_rank_one_between_the_first_and_the_last_are_spoken_of() {
    let data = "x = [[\"3/5\", \"4/5\"], [\"3/5\", \"-1/5\"]]\ny = [1, 1]";
    let first = "[[\"1/3\", 1], [\"-1/5\", \"1/2\"]]";
    // Aligned with the last layer, and kept so; and not.
    for weights in [
        format!("[{first}, [[\"3/7\", \"6/7\"], [\"4/7\", \"8/7\"]], [[\"3/11\", \"4/11\"]]]"),
        format!("[{first}, [[\"3/7\", \"6/7\"], [\"4/7\", \"8/7\"]], [[\"3/11\", \"-1/11\"]]]"),
    ] {
        holds("JT19.lemma8-product-direction", &spec("[2, 2, 2, 1]", LOGISTIC, data, &weights, SMOOTHNESS, 15));
    }
}

#[test]
fn the_antisymmetric_start_of_ones_own_keeps_its_symmetry() {
    let trap = spec(
        "[1, 2, 1]",
        "kind = \"exponential\"",
        "x = [[1]]\ny = [1]",
        "[[[\"1/3\"], [\"-2/7\"]], [[\"-1/3\", \"2/7\"]]]",
        "rule = \"constant\"\neta = \"1/8\"",
        40,
    );
    holds("JT19.appendix-a-antisymmetric-trap", &trap);
    holds("JT19.appendix-a-antisymmetric-trap.invariance", &trap);
}

#[test]
fn a_start_on_the_sphere_belongs_to_the_ball() {
    // R = 5/3: β(R) = 8 · 25/9 · 5/4. The first step leaves W_1, and with it the run, on the sphere; the second one leads out.
    let on_the_sphere = spec(
        "[1, 1, 1]",
        LOGISTIC,
        "x = [[1]]\ny = [1]",
        "[[[\"5/3\"]], [[0]]]",
        "rule = \"constant\"\neta = \"9/250\"",
        3,
    );
    holds("JT19.lemma6-escape", &on_the_sphere);
}

#[test]
fn margins_that_cancel_to_zero_are_not_negative() {
    let data = "x = [[\"3/5\", \"4/5\"], [\"3/5\", \"-1/5\"]]\ny = [1, 1]";
    // w = 0, as balls cannot tell: 1/15 − 1/15.
    let weights = "[[[\"1/3\", \"1/7\"], [\"1/3\", \"1/7\"]], [[\"1/5\", \"-1/5\"]]]";
    holds("JT19.theorem4-excursion", &spec("[2, 2, 1]", LOGISTIC, data, weights, SMOOTHNESS, 6));
}

#[test]
fn a_theorem_is_concluded_from_whatever_becomes_of_its_assumptions() {
    let large_step = spec(
        "[2, 2, 1]",
        LOGISTIC,
        "x = [[\"3/5\", \"4/5\"], [\"3/5\", \"-4/5\"]]\ny = [1, 1]",
        "[[[\"-1/10\", 0], [\"-2/5\", \"-3/10\"]], [[\"-1/5\", 0]]]",
        "rule = \"constant\"\neta = 40",
        3,
    );
    for id in [
        "JT19.theorem3-gd",
        "JT19.lemma8-rank-gap",
        "JT19.lemma8-alignment",
        "JT19.norm-gap-gd",
        "JT19.summed-squared-gradients",
    ] {
        comes_out(id, &large_step, Status::NotApplicable);
        concludes(id, &large_step, Status::Refuted);
    }
}

#[test]
fn data_without_a_margin_are_no_ground_for_a_conclusion() {
    let contradictory =
        spec("[1, 1, 1]", LOGISTIC, "x = [[\"1/2\"], [\"1/2\"]]\ny = [1, -1]", "[[[1]], [[1]]]", SMOOTHNESS, 3);
    for id in ["JT19.eq38", "JT19.theorem4-excursion", "JT19.corollary1-normalised-margin", "JT19.lemma7-unbounded"] {
        comes_out(id, &contradictory, Status::NotApplicable);
        concludes(id, &contradictory, Status::Undecided);
    }
}

#[test]
fn degenerate_data_are_decided() {
    let plane = "[[[\"1/3\", \"1/7\"], [\"-1/5\", \"1/2\"]], [[\"1/3\", \"1/2\"]]]";
    let specs = [
        // One example; the same one three times; one label; a line.
        spec("[2, 2, 1]", LOGISTIC, "x = [[\"3/5\", \"1/5\"]]\ny = [1]", plane, SMOOTHNESS, 15),
        spec(
            "[2, 2, 1]",
            LOGISTIC,
            "x = [[\"3/5\", \"1/5\"], [\"3/5\", \"1/5\"], [\"3/5\", \"1/5\"]]\ny = [1, 1, 1]",
            plane,
            SMOOTHNESS,
            15,
        ),
        spec(
            "[2, 2, 1]",
            LOGISTIC,
            "x = [[\"3/5\", \"1/5\"], [\"1/5\", \"3/5\"], [\"2/5\", \"2/5\"]]\ny = [1, 1, 1]",
            plane,
            SMOOTHNESS,
            15,
        ),
        spec(
            "[1, 1, 1]",
            LOGISTIC,
            "x = [[\"1/2\"], [\"-1/3\"]]\ny = [1, -1]",
            "[[[\"1/3\"]], [[\"1/3\"]]]",
            SMOOTHNESS,
            15,
        ),
        spec("[1, 1]", LOGISTIC, "x = [[\"1/2\"], [\"-1/3\"]]\ny = [1, -1]", "[[[\"1/3\"]]]", SMOOTHNESS, 15),
        spec(
            "[2, 2, 1]",
            LOGISTIC,
            "x = [[\"3/5\", \"1/5\"]]\ny = [1]",
            "[[[0, 0], [0, 0]], [[\"1/3\", 0]]]",
            SMOOTHNESS,
            15,
        ),
    ];
    let claims = catalogue();
    let claims: Vec<&Claim> = claims
        .iter()
        .filter(|claim| {
            claim.paper() == "JT19" && claim.expected() == Expected::Holds && claim.role() != Role::Definition
        })
        .collect();
    for (index, text) in specs.iter().enumerate() {
        let spec = Spec::parse(text, Path::new(".")).expect("a valid spec");
        for found in verify_own_run(&claims, &spec.problem, spec.schedule().unwrap().steps, &Limits::default()).claims {
            let (id, status) = (found.verdict.id, found.verdict.status);
            assert!(
                matches!(status, Status::Holds | Status::NotApplicable),
                "{index}: {id}: {status:?}, {}",
                found.verdict.note
            );
        }
    }
}
