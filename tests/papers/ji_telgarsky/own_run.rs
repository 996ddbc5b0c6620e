//! What the claims say of a run that was not made for them.

use gradient_witness::claims::Claim;
use gradient_witness::papers::catalogue;
use gradient_witness::problem::Spec;
use gradient_witness::verify::{Limits, Status, verify_own_run};

/// A run as a spec: network, loss, data, start and step size, each as they stand there.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub widths: &'a str,
    pub loss: &'a str,
    pub x: &'a str,
    pub y: &'a str,
    pub weights: &'a str,
    pub eta: &'a str,
    pub steps: u64,
}

/// Two layers with the logistic loss on two examples that span the plane.
pub const ORDINARY: Run<'_> = Run {
    widths: "[2, 2, 1]",
    loss: "kind = \"logistic\"",
    x: r#"[["3/5", "4/5"], ["3/5", "-4/5"]]"#,
    y: "[1, 1]",
    weights: r#"[[["1/2", 0], [0, "1/4"]], [["1/2", 0]]]"#,
    eta: "1/100",
    steps: 4,
};

impl Run<'_> {
    fn spec(&self) -> Spec {
        let Run { widths, loss, x, y, weights, eta, steps } = self;
        let rule = if *eta == "smoothness" {
            "rule = \"smoothness\"".to_owned()
        } else {
            format!("rule = \"constant\"\neta = \"{eta}\"")
        };
        let text = format!(
            "[network]\narchitecture = \"fully-connected\"\nwidths = {widths}\n[loss]\n{loss}\n[data]\nx = {x}\ny = {y}\n\
             [init]\nweights = {weights}\n[step]\n{rule}\n[run]\nsteps = {steps}\n"
        );
        Spec::parse(&text, std::path::Path::new(".")).expect("a spec that can be read")
    }

    fn examined(&self, id: &str, conclusion_only: bool) -> (Status, String) {
        let claims = catalogue();
        let claim: Vec<&Claim> = claims.iter().filter(|claim| claim.id() == id).collect();
        let limits = Limits { conclusion_only, ..Limits::default() };
        let spec = self.spec();
        let verdict = verify_own_run(&claim, &spec.problem, spec.schedule().unwrap().steps, &limits).claims.remove(0);
        let failing = verdict.assumptions.iter().filter(|assumption| assumption.unmet > 0);
        let failing: Vec<&str> = failing.map(|assumption| assumption.label).collect();
        (verdict.verdict.status, format!("{}: {}", failing.join("; "), verdict.verdict.note))
    }

    /// How the claim comes out, and which hypotheses fail.
    pub fn verdict(&self, id: &str) -> (Status, String) {
        self.examined(id, false)
    }

    /// How its conclusion comes out.
    pub fn conclusion(&self, id: &str) -> Status {
        self.examined(id, true).0
    }

    fn comes_out(&self, ids: &[&str], status: Status) {
        for id in ids {
            let (found, why) = self.verdict(id);
            assert_eq!(found, status, "{id}: {why}");
        }
    }
}

const IDENTITIES: [&str; 7] = [
    "JT19.risk-network-equals-linear",
    "JT19.gradient-layer",
    "JT19.gradient-w1-norm",
    "JT19.layer-balance-gradient",
    "JT19.homogeneity",
    "JT19.perp-derivative",
    "JT19.assumption-3-relaxed-span",
];

#[test]
fn a_statement_about_one_output_is_not_asked_of_two() {
    let two = Run {
        widths: "[1, 1, 2]",
        loss: "kind = \"squared\"",
        x: "[[1]]",
        y: "[[0, 3]]",
        weights: "[[[1]], [[1], [2]]]",
        eta: "1/8",
        steps: 2,
    };
    let (status, why) = two.verdict("JT19.gradient-w1-norm");
    assert_eq!(status, Status::NotApplicable);
    assert!(why.starts_with("one output"), "{why}");
    // Nor is one of a loss of the margin asked of the squared loss.
    two.comes_out(&["JT19.risk-network-equals-linear", "JT19.perp-derivative", "JT19.SL-8"], Status::NotApplicable);
    two.comes_out(&["JT19.assumption-1-loss", "JT19.assumption-4-smooth-lipschitz"], Status::NotApplicable);
    // What is said of any number of outputs holds.
    for id in ["JT19.gradient-layer", "JT19.layer-balance-gradient", "JT19.homogeneity"] {
        assert_eq!(two.verdict(id).0, Status::Holds, "{id}");
    }
}

#[test]
fn a_ball_may_have_any_radius() {
    let long = Run { weights: r#"[[[2, 0], [0, 7]], [["1/3", 0]]]"#, ..ORDINARY };
    long.comes_out(&["JT19.ball"], Status::Holds);
    Run { weights: "[[[0, 0], [0, 0]], [[0, 0]]]", ..ORDINARY }.comes_out(&["JT19.ball"], Status::Holds);
}

#[test]
fn every_logistic_loss_falls_from_infinity_to_zero_and_is_smooth_and_lipschitz() {
    for (scale, steepness) in [
        ("1", "1/50"),
        ("1", "1000"),
        ("1e-6", "1e6"),
        ("1e6", "1e-6"),
        ("1e-30", "1"),
        ("1e-6", "1e-6"),
        ("1e6", "1e6"),
    ] {
        let loss = format!("kind = \"logistic\"\nscale = \"{scale}\"\nsteepness = \"{steepness}\"");
        let run = Run { loss: &loss, ..ORDINARY };
        run.comes_out(&["JT19.assumption-1-loss", "JT19.assumption-4-smooth-lipschitz"], Status::Holds);
    }
    let exponential = Run { loss: "kind = \"exponential\"", ..ORDINARY };
    exponential.comes_out(&["JT19.assumption-1-loss"], Status::Holds);
    exponential.comes_out(&["JT19.assumption-4-smooth-lipschitz"], Status::NotApplicable);
}

#[test]
fn identities_hold_where_both_sides_cancel() {
    let weights = r#"[[[0.5, -0.25], [0.125, 0.75]], [[0.5, 0.3]]]"#;
    for (x, y, weights) in [
        ("[[0.6, 0.2]]", "[1]", weights),
        ("[[0.6, 0.2], [0.6, 0.2]]", "[1, 1]", weights),
        (ORDINARY.x, ORDINARY.y, weights),
        // The output is zero by cancellation, and with it ⟨w, g⟩: w = (1/7, −3/7)·2/3, x = (3, 1)/10.
        (r#"[["3/10", "1/10"]]"#, "[1]", r#"[[["1/7", "-3/7"], [0, 0]], [["2/3", "1/3"]]]"#),
        (r#"[["1/3", "1/7"]]"#, "[-1]", "[[[0, 0], [0, 0]], [[0.3, 0.1]]]"),
        (r#"[["1/3", "1/7"]]"#, "[-1]", "[[[0, 0], [0, 0]], [[0, 0]]]"),
    ] {
        for loss in ["kind = \"logistic\"", "kind = \"exponential\"", "kind = \"logistic\"\nsteepness = \"1e6\""] {
            Run { x, y, weights, loss, ..ORDINARY }.comes_out(&IDENTITIES, Status::Holds);
        }
    }
}

#[test]
fn what_is_across_the_data_is_found_for_many_inputs() {
    let row = |i: usize| (0..40).map(|j| format!("\"{}/997\"", (i * 31 + j * j * 17 + 5) % 97)).collect::<Vec<_>>();
    let x: Vec<String> = (0..20).map(|i| format!("[{}]", row(i).join(", "))).collect();
    let first = vec!["\"1/10\""; 40].join(", ");
    let run = Run {
        widths: "[40, 1, 1]",
        x: &format!("[{}]", x.join(", ")),
        y: &format!("{:?}", [1; 20]),
        weights: &format!("[[[{first}]], [[1]]]"),
        steps: 1,
        ..ORDINARY
    };
    run.comes_out(&["JT19.assumption-3-relaxed-span"], Status::Holds);
}

/// The rule at the first step for two layers of norm 1, whose margin is negative so that they shrink: `1/β(2) = 1/(8·4·5/4)`.
const AT_THE_LIMIT: Run<'_> = Run {
    widths: "[2, 2, 1]",
    x: r#"[["1/2", 0]]"#,
    y: "[1]",
    weights: r#"[[["-3/5", 0], [0, "4/5"]], [["3/5", "4/5"]]]"#,
    eta: "1/40",
    ..ORDINARY
};

#[test]
fn a_step_of_exactly_the_allowed_size_is_allowed() {
    let about_steps = [
        "JT19.norm-step-bound",
        "JT19.eq39",
        "JT19.descent-step",
        "JT19.assumption-5-step-rule",
        "JT19.summed-squared-gradients",
    ];
    AT_THE_LIMIT.comes_out(&about_steps, Status::Holds);
    let longer = Run { eta: "1000001/40000000", ..AT_THE_LIMIT };
    longer.comes_out(&["JT19.summed-squared-gradients"], Status::NotApplicable);
    longer.comes_out(&["JT19.assumption-5-step-rule"], Status::NotApplicable);
    // A norm that is no rational number: (1 + √(1/2))² · 10 · η = 1 has no rational solution, and either side is decided.
    let root = Run { weights: r#"[[["-1/2", 0], [0, "1/2"]], [["1/2", "1/2"]]]"#, ..AT_THE_LIMIT };
    Run { eta: "34314/1000000", ..root }.comes_out(&["JT19.assumption-5-step-rule"], Status::Holds);
    Run { eta: "34315/1000000", ..root }.comes_out(&["JT19.assumption-5-step-rule"], Status::NotApplicable);
}

#[test]
fn a_run_that_rests_is_decided_at_every_step() {
    // The gradient of the end-to-end vector points along the first axis and the layers hand on the second: SL-5.
    let rests = Run { weights: r#"[[[0, "1/3"], [0, 0]], [[0, 0]]]"#, eta: "1/90", ..ORDINARY };
    let about_pairs_and_steps = [
        "JT19.descent-step",
        "JT19.norm-step-bound",
        "JT19.eq39",
        "JT19.smoothness-beta",
        "JT19.eq23-to-eq25",
        "JT19.ball",
        "JT19.assumption-5-step-rule",
    ];
    for id in about_pairs_and_steps {
        let (status, why) = rests.verdict(id);
        // A bound that is attained as 0 = 0 may be all there is.
        assert!(matches!(status, Status::Holds | Status::NotApplicable), "{id}: {status:?} {why}");
    }
    let (status, why) = rests.verdict("JT19.lemma1-gradient-floor");
    assert_eq!(status, Status::NotApplicable, "{why}");
    assert!(why.contains("Assumption 2: ∇R(W(0)) ≠ 0"), "{why}");
    // The printed Lemma 1 knows no start.
    assert_eq!(rests.verdict("JT19.SL-8").0, Status::Refuted);
    rests.comes_out(&["JT19.assumption-2-init"], Status::NotApplicable);
}

#[test]
fn the_conclusion_is_looked_at_whatever_was_assumed() {
    // A step of 40: the risk rises, and the norms grow by more than 1.
    let large = Run { weights: r#"[[["-1/10", 0], ["-2/5", "-3/10"]], [["-1/5", 0]]]"#, eta: "40", ..ORDINARY };
    for id in ["JT19.descent-step", "JT19.norm-step-bound", "JT19.eq39"] {
        assert_eq!(large.verdict(id).0, Status::NotApplicable, "{id}");
        assert_eq!(large.conclusion(id), Status::Refuted, "{id}");
    }
    // W = 0 is no start of Lemma 1, and the printed form is false there.
    let zero = Run { weights: "[[[0, 0], [0, 0]], [[0, 0]]]", x: "[[2, 0]]", y: "[1]", ..ORDINARY };
    assert_eq!(zero.verdict("JT19.SL-8").0, Status::NotApplicable);
    assert_eq!(zero.conclusion("JT19.SL-8"), Status::Refuted);
    // Examples of length 4: the gradient changes faster than β(R) allows.
    let long = Run { widths: "[1, 1]", x: "[[4]]", y: "[1]", weights: r#"[[["1/100"]]]"#, eta: "1/100", ..ORDINARY };
    assert_eq!(long.verdict("JT19.smoothness-beta").0, Status::NotApplicable);
    assert_eq!(long.conclusion("JT19.smoothness-beta"), Status::Refuted);
}

#[test]
fn deep_networks_are_decided() {
    for depth in [89, 323] {
        let weights = vec![r#"[["999/1000"]]"#; depth].join(", ");
        let run = Run {
            widths: &format!("{:?}", vec![1; depth + 1]),
            x: "[[1]]",
            y: "[1]",
            weights: &format!("[{weights}]"),
            eta: "1/1000000000",
            steps: 1,
            ..ORDINARY
        };
        // β(1 + 0.999) is astronomically large, β(1) is 2·89²·5/4 or 2·323²·5/4.
        run.comes_out(&["JT19.eq39", "JT19.norm-step-bound"], Status::NotApplicable);
        run.comes_out(&["JT19.descent-step", "JT19.smoothness-beta", "JT19.gradient-w1-norm"], Status::Holds);
        run.comes_out(&["JT19.assumption-5-step-rule"], Status::NotApplicable);
    }
}
