//! Both sides of a relation over a run, and what becomes of one's own run: nothing but what is certain, and nothing that changes a verdict.

use std::sync::Arc;
use std::time::Duration;

use gradient_witness::claims::{Band, Claim, Expected, Symbol};
use gradient_witness::number::{Exact, Real};
use gradient_witness::papers::catalogue;
use gradient_witness::problem::{Problem, Spec};
use gradient_witness::reference::{Descent, Point, Setting, balance};
use gradient_witness::report::results::Results;
use gradient_witness::time_limit::TimeLimit;
use gradient_witness::trajectory::{Courses, Ending, Quantity};
use gradient_witness::verify::{Counterexample, Limits, Options, Remark, Standing, Status, verify, verify_own_run};
use rug::Rational;

const SL_4: &str = include_str!("../../src/papers/ji_telgarsky/specs/SL-4.toml");

fn spec(text: &str) -> Spec {
    Spec::parse(text, ".".as_ref()).unwrap()
}

fn holds(band: Band, exact: &Rational) -> bool {
    let [lower, upper] = [band.lower, band.upper].map(|bound| Rational::from_f64(bound).unwrap());
    lower <= *exact && *exact <= upper
}

#[test]
fn the_curve_of_a_refutation_crosses_where_its_note_says() {
    let claims = catalogue();
    let refuted: Vec<&Claim> = claims.iter().filter(|claim| claim.expected() == Expected::Refuted).collect();
    let options = Options { instances: 1, ..Options::default() };
    let mut report = verify(&refuted, &options, &());
    let before: Vec<String> = report.claims.iter().map(|verdict| format!("{verdict:?}")).collect();
    report.draw_curves(&refuted, &options.limits);
    let mut drawn = 0;
    for (verdict, before) in report.claims.iter_mut().zip(before) {
        let curves = std::mem::take(&mut verdict.curves);
        assert_eq!(format!("{verdict:?}"), before, "nothing else has changed");
        if !matches!(verdict.counterexample, Some(Counterexample::Run { .. })) {
            assert!(curves.is_empty(), "{} is refuted by no run", verdict.id);
            continue;
        }
        let Some(Remark::Failed(failure)) = verdict.note.all().first() else {
            panic!("{} does not say why", verdict.id)
        };
        let [curve] = &curves[..] else {
            assert!(failure.sides.0.is_nan(), "{} has sides and no curve", verdict.id);
            continue;
        };
        drawn += 1;
        assert_eq!((curve.id, curve.crosses), (failure.id, Some(failure.t.horizon())), "{}", verdict.id);
        let crossing = curve.readings.iter().find(|reading| reading.t == failure.t.horizon()).expect("it is shown");
        assert_eq!(crossing.mark, Standing::Fails);
        for reading in &curve.readings {
            let [left, right] = reading.bands;
            let fails = reading.mark == Standing::Fails;
            assert!(!fails || reading.t >= failure.t.horizon(), "{}: it has failed before", verdict.id);
            match curve.symbol {
                // Sides that are certainly in order do not fail.
                Some(Symbol::AtMost) => assert!(!fails || left.upper > right.lower, "{} {reading:?}", verdict.id),
                Some(Symbol::LessThan) => assert!(!fails || left.upper >= right.lower, "{} {reading:?}", verdict.id),
                Some(Symbol::Equal) | None => {}
            }
        }
    }
    assert!(drawn >= 10, "{drawn} curves are drawn");
}

#[test]
fn of_ones_own_run_every_claim_that_it_refutes_has_its_curve() {
    let claims = catalogue();
    let asked: Vec<&Claim> = claims
        .iter()
        .filter(|claim| ["JT19.SL-4", "JT19.lemma8-rank-gap", "JT19.descent-step"].contains(&claim.id()))
        .collect();
    let spec = spec(SL_4);
    let (problem, steps) = (spec.problem.clone(), spec.schedule().unwrap().steps);
    for conclusion_only in [false, true] {
        let limits = Limits { conclusion_only, ..Limits::default() };
        let mut report = verify_own_run(&asked, &problem, steps, &limits);
        let before = Results::of_own_run(&report, "run.toml", 1);
        report.draw_curves(&asked, &problem, steps, &limits);
        let mut after = Results::of_own_run(&report, "run.toml", 1);
        let refuted = after.claims.iter().filter(|claim| claim.status == Status::Refuted).count();
        assert_eq!(refuted, if conclusion_only { 3 } else { 1 });
        for claim in &mut after.claims {
            let curves = std::mem::take(&mut claim.curves);
            assert_eq!(curves.len(), usize::from(claim.status == Status::Refuted), "{}", claim.id);
            for curve in curves {
                assert!(claim.note.contains(&format!("at t = {}", curve.crosses.unwrap())), "{}: {curve:?}", claim.id);
            }
        }
        assert_eq!(before, after, "the verdicts are the same");
    }
}

/// A run of three steps, a row of two weights times a square, with a target.
const SHORT: &str = r#"
    network = { architecture = "fully-connected", widths = [2, 2, 1] }
    loss = { kind = "squared-target" }
    data = { target = [["1/3", "-2/7"]] }
    init = { weights = [[["1/2", "1/5"], ["-1/3", "1"]], [["2/3", "1/7"]]] }
    step = { rule = "constant", eta = "1/11" }
    run = { steps = 3 }
"#;

/// The risk at a point, or the square of something else that is the root of a rational.
fn exactly(quantity: Quantity, layer: usize, point: &Point<Exact>) -> Option<Rational> {
    let weights = point.weights();
    let square = match quantity {
        Quantity::Risk => return point.risk().exact(),
        Quantity::Norm => weights[layer - 1].frobenius_squared(),
        Quantity::Imbalance => balance::imbalances(weights)[layer - 1].frobenius_squared(),
        Quantity::NormRatio | Quantity::Alignment => return None,
    };
    square.exact()
}

#[test]
fn the_courses_of_a_run_hold_the_exact_numbers() {
    let spec = spec(SHORT);
    let (problem, steps) = (spec.problem.clone(), spec.schedule().unwrap().steps);
    let problem = Arc::new(problem);
    let seen = Courses::of(&problem, steps, &Limits::default());
    assert_eq!((seen.ending, seen.left_out.is_empty(), seen.bits), (Ending::Finished, true, 128));
    let quantities: Vec<(Quantity, usize)> =
        seen.courses.iter().map(|course| (course.quantity, course.layer)).collect();
    use Quantity::{Alignment, Imbalance, Norm, NormRatio, Risk};
    assert_eq!(quantities, [(Risk, 0), (Norm, 1), (Norm, 2), (Imbalance, 1), (NormRatio, 1), (Alignment, 1)]);
    let mut descent = Descent::<Exact>::new(Arc::new(Setting::new(Arc::clone(&problem), 64))).unwrap();
    for t in 0..=steps {
        for course in &seen.courses {
            let reading = course.readings[t as usize];
            assert_eq!(reading.t, t);
            let [band] = reading.bands;
            assert!(band.upper - band.lower < 1e-15, "{course:?}");
            let Some(exact) = exactly(course.quantity, course.layer, descent.point()) else {
                assert!(0.0 <= band.lower && band.upper <= 1.0, "{course:?}");
                continue;
            };
            let is_square = course.quantity != Risk;
            // Sharper than the band of the number itself, which is what is shown: its ends squared.
            let [lower, upper] = [band.lower, band.upper].map(|bound| Rational::from_f64(bound).unwrap());
            let enclosed = if is_square {
                lower.clone().square() <= exact && exact <= upper.clone().square()
            } else {
                holds(band, &exact)
            };
            assert!(enclosed, "{course:?} at {t}: {exact}");
        }
        descent.step().unwrap();
    }
}

#[test]
fn alignment_and_rank_are_those_of_the_singular_vectors() {
    // diag(3, 1) below a row at an angle: u_1 = e_1, so that the alignment is cos of it; σ_1/‖·‖_F = 3/√10.
    let text = SHORT.replace(r#"[["1/2", "1/5"], ["-1/3", "1"]], [["2/3", "1/7"]]"#, r"[[3, 0], [0, 1]], [[4, 3]]");
    let still = Arc::new(spec(&text).problem);
    let seen = Courses::of(&still, 0, &Limits::default());
    let square = |quantity: Quantity| {
        let course = seen.courses.iter().find(|course| course.quantity == quantity).unwrap();
        let [Band { lower, upper }] = course.readings[0].bands;
        assert!(upper - lower < 1e-12, "{course:?}");
        (lower * lower, upper * upper)
    };
    let near = |(lower, upper): (f64, f64), exact: f64| lower <= exact + 1e-12 && exact - 1e-12 <= upper;
    assert!(near(square(Quantity::Alignment), 16.0 / 25.0) && near(square(Quantity::NormRatio), 9.0 / 10.0));
    // Of the identity every vector is a top singular vector: all that is certain is that the alignment is from 0 to 1.
    let text = SHORT.replace(r#"[["1/2", "1/5"], ["-1/3", "1"]]"#, r"[[1, 0], [0, 1]]");
    let seen = Courses::of(&Arc::new(spec(&text).problem), 0, &Limits::default());
    let [Band { lower, upper }] = seen.courses.last().unwrap().readings[0].bands;
    assert!(lower == 0.0 && upper > 0.999, "{lower} {upper}");
}

#[test]
fn what_a_network_has_is_shown_and_what_is_too_large_is_named() {
    let kinds = |text: &str| {
        let seen = Courses::of(&Arc::new(spec(text).problem), 30, &Limits::default());
        let mut kinds: Vec<Quantity> = seen.courses.iter().map(|course| course.quantity).collect();
        kinds.dedup();
        (kinds, seen.left_out)
    };
    let diagonal = r#"
        network = { architecture = "diagonal", dim = 2, depth = 3 }
        loss = { kind = "logistic" }
        data = { x = [[1, 2], [-1, 1]], y = [1, -1] }
        init = { kind = "gaussian", std = 0.5, seed = 1 }
        step = { rule = "constant", eta = 0.1 }
        run = { steps = 2 }
    "#;
    use Quantity::{Alignment, Imbalance, Norm, NormRatio, Risk};
    assert_eq!(kinds(diagonal), (vec![Risk, Norm, Imbalance, NormRatio], vec![]));
    let convolutional =
        diagonal.replace(r#""diagonal", dim = 2, depth = 3"#, r#""convolutional", dim = 2, filters = [2, 2]"#);
    assert_eq!(kinds(&convolutional), (vec![Risk, Norm, Imbalance], vec![]));
    let deep = diagonal.replace("depth = 3", "depth = 40");
    assert_eq!(kinds(&deep).1, ["all but the first 12 of 40 layers"]);
    let wide = diagonal.replace(r#""diagonal", dim = 2, depth = 3"#, r#""fully-connected", widths = [2, 80, 80, 1]"#);
    assert_eq!(
        kinds(&wide),
        (vec![Risk, Norm, Imbalance], vec!["spectral norms and alignment: the layers are too large".to_owned()])
    );
    let small = diagonal.replace(r#""diagonal", dim = 2, depth = 3"#, r#""fully-connected", widths = [2, 3, 2, 1]"#);
    assert_eq!(kinds(&small), (vec![Risk, Norm, Imbalance, NormRatio, Alignment], vec![]));
}

/// A run that loses a bit a step: 128 bits do not last for it.
fn losing(steps: u64) -> (Arc<Problem>, u64) {
    let text = SHORT.replace("1/11", "1/2");
    (Arc::new(spec(&text).problem), steps)
}

#[test]
fn the_precision_is_raised_until_nothing_can_be_seen_of_the_radii() {
    let (problem, steps) = losing(400);
    let seen = Courses::of(&problem, steps, &Limits::default());
    assert!(seen.bits > 128 && seen.ending == Ending::Finished, "{} {:?}", seen.bits, seen.ending);
    let last = seen.courses[1].readings.last().unwrap().bands[0];
    assert!(last.upper - last.lower < 1e-6 * last.upper, "{last:?}");
    let low = Courses::of(&problem, steps, &Limits { max_bits: 32, ..Limits::default() });
    assert!(matches!(low.ending, Ending::PrecisionExhausted(_)) || low.bits == 32, "{:?}", low.ending);
}

#[test]
fn a_run_ends_when_there_is_no_time() {
    let problem = Arc::new(spec(SL_4).problem);
    let limits = Limits { time: TimeLimit::after(Duration::from_millis(200)), ..Limits::default() };
    let seen = Courses::of(&problem, u64::MAX, &limits);
    assert!(matches!(seen.ending, Ending::Interrupted(_)), "{:?}", seen.ending);
    assert!(seen.courses[0].readings.len() > 1);
}

#[test]
fn what_no_f64_holds_asks_for_no_higher_precision() {
    // Each step multiplies the weights by some 2³⁰⁰: the risk leaves the range before they do.
    let text = SHORT.replace("1/11", r"1e90");
    let seen = Courses::of(&Arc::new(spec(&text).problem), 100, &Limits::default());
    assert!(matches!(seen.ending, Ending::Diverged(_)), "{:?}", seen.ending);
    let [Band { lower, upper }] = seen.courses[0].readings.last().unwrap().bands;
    assert_eq!((lower, upper, seen.bits), (f64::MAX, f64::INFINITY, 128));
}
