//! A theorem of one's own, as a crate that depends on this one would check it: nothing but public names is used.

use gradient_witness::claims::{AboutChance, Chance, OnChance};
use gradient_witness::generate::{Cloud, Replay, Separable, Source, Structure, classification};
use gradient_witness::prelude::*;
use gradient_witness::report::note;
use gradient_witness::verify::{ClaimVerdict, Remark, examine_instance};

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
fn wrong_side() -> Replay {
    replay(
        r#"
        network = { architecture = "fully-connected", widths = [1, 1] }
        loss = { kind = "logistic" }
        data = { x = [[1]], y = [1] }
        init = { weights = [[[-9]]] }
        step = { rule = "constant", eta = 1 }
        run = { steps = 1 }
        "#,
    )
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
    let replay = verdict.counterexample.and_then(|counterexample| counterexample.spec()).expect("a run");
    let spec = Spec::parse(&replay, ".".as_ref()).expect("it can be read");
    let again = verify_own_run(&[&too_much], &spec.problem, spec.schedule().unwrap().steps, &Limits::default())
        .claims
        .remove(0);
    assert_eq!(again.verdict.status, Status::Refuted);
    let true_one = verify_own_run(&[&short_steps()], &spec.problem, spec.schedule().unwrap().steps, &Limits::default())
        .claims
        .remove(0);
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

impl Source for Deep {
    fn name(&self) -> String {
        "mine-deep".to_owned()
    }

    fn draw(&self, random: &mut Random) -> Option<Instance> {
        let (seed, index) = (random.seed(), random.index());
        let two_layers = |instance: &Instance| instance.problem.network().depth() == 2;
        let mut family = (0..).filter_map(|number| Family::ShortRuns.instance(seed, number)).filter(two_layers);
        (index < 5).then(|| family.nth(usize::try_from(index).ok()?)).flatten()
    }
}

/// Of the second layer, which a network of one layer has not.
struct OfTheSecondLayer;

impl AboutPoint for OfTheSecondLayer {
    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let second = &point.weights()[1];
        finding.equal("W_2 = W_2", &second.frobenius_squared(), &second.frobenius_squared());
    }
}

impl AboutChance for OfTheSecondLayer {
    type Case = u32;

    fn examine<T: Special>(&self, case: &u32, chance: &mut Chance<T>) {
        let (layers, half) = (vec![*case], chance.number((1, 2)));
        let event = chance.event("drawn", move |draws| (draws.normal() < f64::from(layers[1])).into());
        event.at_least(half);
    }
}

#[test]
fn a_claim_that_panics_has_failed_and_says_where() {
    let says = |verdict: &ClaimVerdict, parts: &[&str]| {
        assert_eq!((verdict.status, verdict.evidence), (Status::Failed, None), "{}", verdict.note);
        for part in parts.iter().chain(&["panicked", "the len is 1 but the index is 1", "tests/rooms/own_theorem.rs:"])
        {
            assert!(verdict.note.to_string().contains(part), "{part} in {}", verdict.note);
        }
    };
    let sampled = || Sampled::new("one-layer", one_layer);
    let on_instances = Claim::new("mine.second", text("A second layer."), OnPoints(OfTheSecondLayer), sampled());
    let found = verdict(&on_instances, 8);
    says(&found, &["at t = 0", "instance 0 of seed 1"]);
    // The instance is there, to try again.
    let spec = Spec::parse(&found.counterexample.and_then(|run| run.spec()).expect("a spec"), ".".as_ref())
        .expect("it can be read");
    let own = verify_own_run(&[&on_instances], &spec.problem, spec.schedule().unwrap().steps, &Limits::default());
    says(&own.claims[0].verdict, &["at t = 0"]);
    assert_eq!(own.summary().not_as_expected, 1);

    let one_layer = Shape::fully_connected(&[2, 1]).with_examples(1).with_steps(1);
    let shapes = vec![Shape::fully_connected(&[2, 3, 1]).with_examples(1).with_steps(1), one_layer.clone()];
    let identity = Claim::identity("mine.identity", text("A second layer."), OnPoints(OfTheSecondLayer), shapes);
    says(&verdict(&identity, 1), &["at t = 0", "widths [2, 1]", "seed 1"]);

    let control = short_steps().control("the second layer", OnPoints(OfTheSecondLayer), wrong_side());
    let found = verdict(&control, 2);
    says(&found, &["its control panicked: the second layer"]);
    assert_eq!(found.control, Some(false));
    let control = short_steps().identity_control("by identity", OnPoints(OfTheSecondLayer), one_layer);
    says(&verdict(&control, 2), &["its control panicked: by identity"]);

    let chance = || OnChance::new(OfTheSecondLayer, vec![1]);
    says(&verdict(&Claim::chance("mine.chance", text("Drawn."), chance()), 1), &["seed 1"]);
    says(&verdict(&short_steps().chance_control("drawn", chance()), 2), &["its control panicked: drawn"]);
}

#[test]
fn a_spec_that_cannot_be_read_is_a_broken_check_that_says_why() {
    let misspelt = || replay("network = { architecture = \"fully-conected\", widths = [1, 1] }");
    let why = "run spec: line 1: network.architecture: ";
    let short_steps = || OnSteps(ShortSteps { factor: (1, 1) });
    let on_it = Claim::new("mine.misspelt", text("No step is longer than η."), short_steps(), misspelt());
    let found = verdict(&on_it, 2);
    assert_eq!(found.status, Status::Failed);
    assert!(found.note.to_string().starts_with(&format!("its source panicked: {why}")), "{}", found.note);
    assert!(found.note.to_string().contains("instance 0 of seed 1"), "{}", found.note);
    let control = Claim::new("mine.control", text("No step is longer than η."), short_steps(), wrong_side()).control(
        "misspelt",
        short_steps(),
        misspelt(),
    );
    let found = verdict(&control, 2);
    assert_eq!((found.status, found.control), (Status::Failed, Some(false)));
    assert!(found.note.to_string().starts_with(&format!("its control panicked: misspelt: {why}")), "{}", found.note);
}

#[test]
fn an_inequality_is_no_identity() {
    let shapes = vec![Shape::fully_connected(&[2, 1]).with_examples(1).with_steps(1)];
    let short_steps = OnSteps(ShortSteps { factor: (1, 1) });
    let claim = Claim::identity("mine.no-identity", text("An inequality."), short_steps, shapes);
    let found = verdict(&claim, 1);
    assert_eq!((found.status, found.evidence), (Status::Failed, None));
    let why = "“‖w(t+1) − w(t)‖² ≤ η²” is no equality: an identity is a list of equalities of polynomials";
    assert!(found.note.to_string().starts_with(why) && found.note.to_string().contains("Claim::new"), "{}", found.note);
}

#[test]
fn what_a_verdict_lacks_is_said() {
    let claim = Claim::new(
        "mine.no-control",
        text("No step is longer than η."),
        OnSteps(ShortSteps { factor: (1, 1) }),
        Sampled::new("now-and-then-one-layer", |random: &mut Random| {
            let rare = random.size(1, 40) == 1;
            if rare { one_layer(random) } else { two_layers(random) }
        }),
    );
    let found = verdict(&claim, 16);
    assert_eq!(found.status, Status::Holds);
    assert!(
        found
            .note
            .to_string()
            .contains(&format!("it applies to {} of 128 instances; 16 were wanted", found.applicable)),
        "{}",
        found.note
    );
    assert!(found.note.to_string().contains("it has no control"), "{}", found.note);
}

/// Two layers, to which the theorem does not apply.
fn two_layers(random: &mut Random) -> Instance {
    let data = Separable::new(random, Cloud::Taught, 2, 2, &(1, 8).into());
    let layers = Structure::Plain.layers(random, &[2, 2, 1], 4);
    Instance::run(classification(&data, Loss::logistic(), layers, StepRule::Constant(Rational::from((1, 4)))), 1)
}

#[test]
fn a_report_is_printed_with_what_replays_a_refutation() {
    let too_much = Claim::new(
        "mine.shorter-steps",
        text("No step is longer than η/10."),
        OnSteps(ShortSteps { factor: (1, 100) }),
        Sampled::new("one-layer", one_layer),
    );
    let report = verify(&[&short_steps(), &too_much], &Options { instances: 4, ..Options::default() }, &());
    let text = report.to_string();
    for part in [
        "ok   mine.short-steps: holds (certified)\n",
        "  4 of 4 applicable, ratio ≤ ",
        "control caught",
        "FAIL mine.shorter-steps: refuted (certified), expected holds\n",
        "‖w(t+1) − w(t)‖² ≤ η²: ",
        "it has no control:\n    nothing shows that its check can fail",
        "  verify_own_run replays it on this run:\n[network]\n",
        "1 as expected, 1 not as expected, 0 undecided",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let spec = report.claims[1].counterexample.as_ref().and_then(Counterexample::spec).expect("a run");
    let (before, after) = text.split_once(spec.trim_end()).expect("the spec as it is");
    assert!(before.lines().chain(after.lines()).all(|line| line.chars().count() <= 80), "{text}");

    let spec = Spec::parse(&spec, ".".as_ref()).expect("it can be read");
    let own =
        verify_own_run(&[&short_steps(), &too_much], &spec.problem, spec.schedule().unwrap().steps, &Limits::default())
            .to_string();
    for part in ["mine.short-steps: holds (", "    met   one layer\n", "mine.shorter-steps: refuted ("] {
        assert!(own.contains(part), "{part}\n{own}");
    }
    assert!(own.lines().all(|line| line.chars().count() <= 80), "{own}");
}

/// Both sides are one number, of which no ball can see it.
struct BothSidesAreOne;

impl AboutPoint for BothSidesAreOne {
    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let third = point.constant((1, 3)).exp();
        finding.at_most("e^{1/3} ≤ e^{1/3}", &third, &third.clone().square().sqrt());
    }
}

#[test]
fn what_stays_open_is_shown_with_the_run_that_leaves_it_so() {
    let claim = Claim::new("mine.open", text("One number."), OnPoints(BothSidesAreOne), Family::Points);
    let limits = Limits { max_bits: 256, ..Limits::default() };
    let report = verify(&[&claim], &Options { instances: 1, limits, ..Options::default() }, &());
    assert_eq!(report.claims[0].status, Status::Undecided);
    let text = report.to_string();
    assert!(text.contains("too close to be told") && text.contains("on this run:\n[network]\n"), "{text}");
}

/// Two points of weight space are never apart.
struct NeverApart;

impl AboutPair for NeverApart {
    fn conclude<T: Real>(&self, first: &Point<T>, second: &Point<T>, finding: &mut Finding) {
        finding.equal_matrices("A_1 = B_1", &first.weights()[0], &second.weights()[0]);
    }
}

#[test]
fn a_pair_is_replayed_by_the_verification_that_found_it() {
    let claim = Claim::new("mine.never-apart", text("Points are one."), OnPairs(NeverApart), Family::Pairs);
    let options = Options { instances: 2, seed: 7, ..Options::default() };
    let found = verify(&[&claim], &options, &()).claims.remove(0);
    assert_eq!(found.status, Status::Refuted, "{found}");
    let Some(counterexample @ Counterexample::Pair(instance, again)) = &found.counterexample else { panic!("{found}") };
    assert_eq!((again.seed, again.instances, counterexample.spec()), (7, 2, None));
    let statement = claim.statement().expect("of pairs");
    assert!(examine_instance(&[statement], instance, &Limits::default())[0].refuted.is_some());
    let call = "; replayed by verify(&[&claim], &Options { seed: 7, instances: 2, ..Options::default() }, &()); it has no control";
    assert!(note(&found).contains(call), "{}", note(&found));
    assert!(matches!(found.note.all(), [Remark::Failed(_), Remark::NoControl]), "{}", found.note);
}
