//! Hypotheses are met exactly at their boundary, and not just above it, by every claim that states them.

use gradient_witness::claims::Claim;
use gradient_witness::problem::Spec;
use gradient_witness::verify::{Assumption, Limits, OwnRunVerdict, verify_own_run};
use rug::Rational;

use super::CLAIMS;

/// What every claim says of its hypotheses with this in their label.
fn asked(label: &str, spec: &str) -> Vec<(&'static str, Assumption)> {
    let claims: Vec<&Claim> = CLAIMS.iter().collect();
    let spec = Spec::parse(spec, ".".as_ref()).unwrap_or_else(|error| panic!("{error}"));
    let report = verify_own_run(
        &claims,
        &spec.problem,
        spec.schedule().unwrap().steps,
        &Limits { max_bits: 1024, ..Limits::default() },
    );
    let of_claim = |own: OwnRunVerdict| {
        let id = own.verdict.id;
        own.assumptions.into_iter().map(move |assumption| (id, assumption))
    };
    let all = report.claims.into_iter().flat_map(of_claim);
    all.filter(|(_, assumption)| assumption.label.contains(label)).collect()
}

/// The hypothesis is met at the boundary and not above it, by all claims that state it, of which there are at least so many.
fn met_up_to(label: &str, at_least: usize, at: &str, above: &str) {
    let (met, unmet) = (asked(label, at), asked(label, above));
    assert!(met.len() >= at_least && unmet.len() >= at_least, "{label}: {} and {} claims", met.len(), unmet.len());
    for (id, assumption) in met {
        let Assumption { met, unmet, open, .. } = assumption;
        assert!(met > 0 && unmet == 0 && open == 0, "{id}: {label}, at the boundary: {assumption:?}");
    }
    for (id, assumption) in unmet {
        assert!(assumption.unmet > 0 && assumption.open == 0, "{id}: {label}, above: {assumption:?}");
    }
}

fn classifier(x: &str, weights: &str, widths: &str, step: &str) -> String {
    format!(
        "network = {{ architecture = \"fully-connected\", widths = {widths} }}\nloss = {{ kind = \"logistic\" }}\n\
         data = {{ x = {x}, y = [1, -1] }}\ninit = {{ weights = {weights} }}\nstep = {{ {step} }}\nrun = {{ steps = 1 }}\n"
    )
}

const RULE: &str = "rule = \"smoothness\"";

#[test]
fn data_on_the_sphere_are_in_the_ball() {
    let weights = "[[[\"1/4\", 0], [0, \"1/4\"]], [[\"1/4\", \"1/8\"]]]";
    let at = classifier("[[\"3/5\", \"4/5\"], [\"-5/13\", \"12/13\"]]", weights, "[2, 2, 1]", RULE);
    let above =
        classifier("[[\"3/5\", \"4/5\"], [\"-5/13\", \"12000000000001/13000000000000\"]]", weights, "[2, 2, 1]", RULE);
    met_up_to("‖x_i‖ ≤ 1", 10, &at, &above);
}

/// For one layer and the plain logistic loss `β(R) = 2(1/4 + 1)`, for two layers `10R²`. `R = 1` is enough for both ends of the step, and
/// `R = 1 + max ‖W_k‖_F = 3/2` is what Assumption 5 starts from.
#[test]
fn the_step_may_be_exactly_as_long_as_smoothness_allows() {
    let x = "[[\"1/2\", 0], [0, \"1/2\"]]";
    let (one_layer, two_layers) = ("[[[\"1/4\", 0]]]", "[[[\"3/10\", \"4/10\"]], [[\"1/3\"]]]");
    for (label, weights, widths, at, above) in [
        ("η_t ≤ 1/β(R), R ≥ 1", one_layer, "[2, 1]", "2/5", "400000000001/1000000000000"),
        ("η_t ≤ 1/β(R), R ≥ 1", two_layers, "[2, 1, 1]", "1/10", "100000000001/1000000000000"),
        ("Assumption 5: the step rule", one_layer, "[2, 1]", "2/5", "400000000001/1000000000000"),
        ("Assumption 5: the step rule", two_layers, "[2, 1, 1]", "2/45", "2000000000001/45000000000000"),
    ] {
        let step = |eta: &str| format!("rule = \"constant\", eta = \"{eta}\"");
        let (at, above) = (classifier(x, weights, widths, &step(at)), classifier(x, weights, widths, &step(above)));
        met_up_to(label, 1, &at, &above);
    }
}

#[test]
fn a_start_as_bad_as_the_origin_is_allowed() {
    // Where the data are symmetric, a row that is orthogonal to them has the risk of the origin.
    let at = classifier("[[\"1/2\", 0], [\"-1/2\", 0]]", "[[[0, \"1/3\"]]]", "[2, 1]", RULE);
    let above = classifier("[[\"1/2\", 0], [\"-1/2\", 0]]", "[[[\"-1/1000000\", \"1/3\"]]]", "[2, 1]", RULE);
    met_up_to("R(W(0)) ≤ ℓ(0)", 1, &at, &above);
}

/// Two scalars `a < b` and the target 1, with `ab < 1`: `c = ab`, and `b² − a² = c²/2048`, which is `δ*(c)`, if `a² = 2048(1 − s²)` and `b = a/s`.
fn balanced_enough(more: &str, eta: &str) -> String {
    format!(
        "network = {{ architecture = \"fully-connected\", widths = [1, 1, 1] }}\nloss = {{ kind = \"squared-target\" }}\n\
         data = {{ target = [[1]] }}\ninit = {{ weights = [[[\"18176/20166\"]], [[\"{more}\"]]] }}\n\
         step = {{ rule = \"constant\", eta = \"{eta}\" }}\nrun = {{ steps = 1 }}\n"
    )
}

#[test]
fn the_imbalance_may_be_exactly_what_theorem_1_allows() {
    let (at, above) = ("18176/20162", "18176000001/20162000000");
    met_up_to("P2", 5, &balanced_enough(at, "1/1000000"), &balanced_enough(above, "1/1000000"));
}

/// `η*(c) = c³/(6144·8)` there.
#[test]
fn the_step_may_be_exactly_as_long_as_theorem_1_allows() {
    let margin = Rational::from((18176, 20166)) * Rational::from((18176, 20162));
    let longest: Rational = Rational::from(margin.square_ref()) * margin / 49152;
    let above = longest.clone() * Rational::from((1_000_000_001, 1_000_000_000));
    let run = |eta: &Rational| balanced_enough("18176/20162", &eta.to_string());
    met_up_to("P3", 5, &run(&longest), &run(&above));
}

#[test]
fn a_margin_of_zero_is_none() {
    // ‖W − Φ‖_F is 1, and so is σ_min(Φ); just inside there is a margin.
    let run = |first: &str| {
        format!(
            "network = {{ architecture = \"fully-connected\", widths = [1, 1, 1] }}\nloss = {{ kind = \"squared-target\" }}\n\
             data = {{ target = [[1]] }}\ninit = {{ weights = [[[\"{first}\"]], [[\"1/1000\"]]] }}\n\
             step = {{ rule = \"constant\", eta = \"1/1000000\" }}\nrun = {{ steps = 1 }}\n"
        )
    };
    met_up_to("P1", 5, &run("1/1000000"), &run("0"));
}
