//! A theorem of one's own, as a crate that depends on this one would check it: nothing but public names is used.

use gradient_witness::claims::{AboutRun, AboutStep, Claim, Finding, Fold, Hypotheses, OnRuns, OnSteps};
use gradient_witness::generate::{Cloud, Family, Instance, Random, Sampled, Separable, Structure, classification};
use gradient_witness::number::Real;
use gradient_witness::problem::{Loss, Spec, StepRule};
use gradient_witness::reference::{Point, Step};
use gradient_witness::verify::{ClaimVerdict, Evidence, Limits, Options, Status, verify, verify_own_run};
use rug::Rational;

/// Theorem: for one layer and the plain logistic loss of examples in the unit ball, `‖w(t+1) − w(t)‖² ≤ η²`.
struct ShortSteps {
    /// `η²` is multiplied by this fraction: 1 in the theorem.
    factor: (u32, u32),
}

impl AboutStep for ShortSteps {
    fn assume<T: Real>(&self, step: &Step<T>, given: &mut Hypotheses) {
        given.that("one layer", step.before.weights().len() == 1);
    }

    fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let moved = step.after.weights()[0].clone().minus(&step.before.weights()[0]).frobenius_squared();
        finding.at_most("‖w(t+1) − w(t)‖² ≤ η²", &moved, &step.eta.square().times(self.factor));
    }
}

/// The sum of all steps' lengths is at most `Σ η`: a statement about a run, with a memory.
struct ShortPath;

impl AboutRun for ShortPath {
    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let (mut path, mut time) = (start.constant(0), start.constant(0));
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            path += &step.after.weights()[0].clone().minus(&step.before.weights()[0]).frobenius();
            time += &step.eta;
            finding.at_most("Σ ‖w(t+1) − w(t)‖ ≤ Σ η", &path, &time);
            finding.trend("Σ η", &time);
        })
    }
}

/// One layer, plain logistic loss, any step size.
fn one_layer(random: &mut Random) -> Instance {
    let (dim, examples) = (random.size(1, 4), random.size(1, 6));
    let data = Separable::new(random, Cloud::Taught, dim, examples, &(1, 8).into());
    let layers = Structure::Plain.layers(random, &[dim, 1], 4);
    let eta = Rational::from(*random.choice(&[(1, 4), (1, 1), (7, 1)]));
    Instance::run(classification(&data, Loss::logistic(), layers, StepRule::Constant(eta)), 5)
}

fn text(statement: &str) -> &'static str {
    // A crate would write `include_str!("text.md")`.
    format!("# Statement\n{statement}\n# Source\nMine\nKind: finite-time inequality.\n# Notes\nNone.").leak()
}

/// One example of length 1 on the wrong side, far out: the slope of the loss is nearly −1 there.
fn wrong_side() -> Instance {
    let spec = r#"
        network = { architecture = "fully-connected", widths = [1, 1] }
        loss = { kind = "logistic" }
        data = { x = [[1]], y = [1] }
        init = { weights = [[[-9]]] }
        step = { rule = "constant", eta = 1 }
        run = { steps = 1 }
    "#;
    let spec = Spec::parse(spec, ".".as_ref()).expect("a spec");
    Instance::run(spec.problem, spec.schedule.steps)
}

fn short_steps() -> Claim {
    Claim::new(
        "mine.short-steps",
        text("No step is longer than η."),
        OnSteps(ShortSteps { factor: (1, 1) }),
        Sampled::new("one-layer", one_layer),
    )
    .control("0.99 in the place of 1", OnSteps(ShortSteps { factor: (99, 100) }), wrong_side())
}

fn verdict(claim: &Claim, instances: u64) -> ClaimVerdict {
    verify(&[claim], &Options { instances, ..Options::default() }, &()).claims.remove(0)
}

#[test]
fn a_true_theorem_holds_on_certified_evidence() {
    let verdict = verdict(&short_steps(), 16);
    assert_eq!((verdict.status, verdict.control), (Status::Holds, Some(true)), "{}", verdict.note);
    assert_eq!((verdict.evidence, verdict.applicable), (Some(Evidence::Certified), 16));
    assert!(verdict.as_expected() && verdict.worst_ratio.is_some_and(|ratio| ratio > 0.1 && ratio <= 1.0));
}

#[test]
fn a_statement_about_runs_keeps_its_memory() {
    let claim = Claim::new(
        "mine.short-path",
        text("The path is no longer than the time."),
        OnRuns(ShortPath),
        Sampled::new("one-layer", one_layer),
    );
    let verdict = verdict(&claim, 8);
    assert_eq!(verdict.status, Status::Holds, "{}", verdict.note);
    assert!(!verdict.as_expected(), "without a control it has not come out as expected");
    assert!(verdict.trends.iter().any(|trend| trend.label == "Σ η"));
}

#[test]
fn a_false_theorem_is_refuted_by_a_spec_that_replays() {
    let too_much = Claim::new(
        "mine.shorter-steps",
        text("No step is longer than η/10."),
        OnSteps(ShortSteps { factor: (1, 100) }),
        Sampled::new("one-layer", one_layer),
    );
    let verdict = verdict(&too_much, 16);
    assert_eq!(verdict.status, Status::Refuted, "{}", verdict.note);
    let replay = verdict.counterexample.expect("a spec of the counterexample");
    let spec = Spec::parse(&replay, ".".as_ref()).expect("it can be read");
    let again = verify_own_run(&[&too_much], &spec, &Limits::default()).claims.remove(0);
    assert_eq!(again.verdict.status, Status::Refuted);
    let true_one = verify_own_run(&[&short_steps()], &spec, &Limits::default()).claims.remove(0);
    assert_eq!(true_one.verdict.status, Status::Holds);
}

#[test]
fn outside_its_hypotheses_a_theorem_says_nothing() {
    let verdict =
        verdict(&Claim::new("mine.deep", text("One layer."), OnSteps(ShortSteps { factor: (1, 1) }), Deep), 4);
    assert_eq!((verdict.status, verdict.applicable), (Status::NotApplicable, 0), "{}", verdict.note);
}

/// A source of one's own: networks of two layers, five of them.
#[derive(Debug)]
struct Deep;

impl gradient_witness::generate::Source for Deep {
    fn name(&self) -> String {
        "mine-deep".to_owned()
    }

    fn instance(&self, seed: u64, index: u64) -> Option<Instance> {
        let two_layers = |instance: &Instance| instance.problem.network().depth() == 2;
        let mut family = (0..).filter_map(|number| Family::ShortRuns.instance(seed, number)).filter(two_layers);
        (index < 5).then(|| family.nth(usize::try_from(index).ok()?)).flatten()
    }
}
