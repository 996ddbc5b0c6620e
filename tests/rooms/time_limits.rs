//! A verification ends when its time is up, whatever is being computed, and so it does when it is interrupted.
//!
//! The subjects are too large for most claims: exact eliminations, maximum margins, rational steps and spectra that would take minutes. Time is
//! measured on a machine that has other things to do, so a verification may end [`LATE`] seconds after its limit; what is not heeded takes far
//! longer than that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gradient_witness::claims::Claim;
use gradient_witness::papers::catalogue;
use gradient_witness::problem::{
    Data, Loss, Matrix, Network, Normalisation, Problem, Spec, StepRule, balanced_weights, gaussian_matrix,
    gaussian_weights, whiten,
};
use gradient_witness::time_limit::{OutOfTime, TimeLimit};
use gradient_witness::verify::{Limits, Options, Status, verify, verify_own_run};
use rug::Rational;

/// How late a verification may end.
const LATE: Duration = Duration::from_secs(5);

/// The claims that can speak of a run.
fn claims() -> Vec<Claim> {
    catalogue().into_iter().filter(|claim| claim.statement().is_some()).collect()
}

fn fully_connected(widths: Vec<usize>) -> Network {
    Network::fully_connected(&widths).unwrap()
}

/// A step from Gaussian weights of this standard deviation, on classified examples that some vector separates.
fn classified(widths: Vec<usize>, examples: usize, std: Rational) -> Spec {
    let (dimension, network) = (widths[0], fully_connected(widths));
    let x = gaussian_matrix(examples, dimension, &Rational::from((1, 16)), 3).unwrap();
    let direction = gaussian_matrix(1, dimension, &1.into(), 4).unwrap();
    let sign = |i: usize| {
        let product: Rational = x.row(i).iter().zip(direction.row(0)).map(|(a, b)| Rational::from(a * b)).sum();
        Rational::from(if product < 0 { -1 } else { 1 })
    };
    let y = Matrix::from_fn(examples, 1, |i, _| sign(i));
    let weights = gaussian_weights(&network, &std, 5).unwrap();
    let data = Data::Examples { x, y };
    let step = StepRule::Smoothness;
    Spec::of_run(Problem::new(network, Loss::logistic(), Normalisation::Mean, data, weights, step).unwrap(), 4)
}

/// Two steps towards the identity.
fn towards_identity(widths: Vec<usize>, is_balanced: bool) -> Spec {
    let size = widths[0];
    let network = fully_connected(widths);
    let std = Rational::from((1, 8));
    let weights =
        if is_balanced { balanced_weights(&network, &std, 8) } else { gaussian_weights(&network, &std, 8) }.unwrap();
    let data = Data::Target(Matrix::from_fn(size, size, |i, j| Rational::from(u32::from(i == j))));
    let step = StepRule::Constant(Rational::from((1, 8)));
    let problem = Problem::new(network, Loss::SquaredTarget, Normalisation::Mean, data, weights, step);
    Spec::of_run(problem.unwrap(), 2)
}

/// The large subjects, each with its name.
fn subjects() -> Vec<(&'static str, Spec)> {
    vec![
        ("2000 examples of dimension 100", classified(vec![100, 4, 1], 2000, Rational::from((1, 4)))),
        ("five layers of 8 by 8", towards_identity(vec![8; 6], true)),
        ("two layers of 64 by 64", towards_identity(vec![64; 3], false)),
        ("200 layers of 2 by 2", towards_identity(vec![2; 201], false)),
    ]
}

/// Verifies the claims within so much time, and says how long it took.
fn timed(claims: &[&Claim], spec: &Spec, time: TimeLimit) -> Duration {
    let begun = Instant::now();
    let limits = Limits { time, ..Limits::default() };
    let report = verify_own_run(claims, &spec.problem, spec.schedule().unwrap().steps, &limits);
    let elapsed = begun.elapsed();
    assert!(limits.time.is_interrupted() || report.claims.len() == claims.len());
    // What time did not suffice for is undecided, and says so.
    for found in report.claims.iter().filter(|found| found.verdict.note.to_string().contains("time budget")) {
        assert_eq!(found.verdict.status, Status::Undecided, "{}", found.verdict.id);
    }
    elapsed
}

#[test]
fn all_claims_together_end_in_time() {
    let claims = claims();
    let claims: Vec<&Claim> = claims.iter().collect();
    let time = Duration::from_secs(1);
    for (name, spec) in subjects() {
        let elapsed = timed(&claims, &spec, TimeLimit::after(time));
        println!("{name}: {elapsed:?}");
        assert!(elapsed < time + LATE, "{name}: {elapsed:?}");
    }
}

/// Every claim by itself: a claim that is slow is not hidden by one before it. With `WITNESS_LONG` on every subject and with all the time that is
/// spoken of, a second.
#[test]
fn every_claim_ends_in_time() {
    let is_long = std::env::var_os("WITNESS_LONG").is_some_and(|value| value == "1");
    let (time, chosen) = if is_long { (1000, 0..4) } else { (50, 1..2) };
    let time = Duration::from_millis(time);
    for (name, spec) in &subjects()[chosen] {
        for claim in &claims() {
            let elapsed = timed(&[claim], spec, TimeLimit::after(time));
            println!("{name}, {}: {elapsed:?}", claim.id());
            assert!(elapsed < time + LATE, "{name}, {}: {elapsed:?}", claim.id());
        }
    }
}

#[test]
fn the_whole_catalogue_ends_in_time() {
    let claims = catalogue();
    let claims: Vec<&Claim> = claims.iter().collect();
    let (begun, time) = (Instant::now(), Duration::from_secs(1));
    let limits = Limits { time: TimeLimit::after(time), ..Limits::default() };
    let report = verify(&claims, &Options { limits, ..Options::default() }, &());
    let elapsed = begun.elapsed();
    assert!(elapsed < time + LATE, "{elapsed:?}");
    assert_eq!(report.claims.len(), claims.len());
    assert!(report.claims.iter().any(|verdict| verdict.status == Status::Undecided));
    assert!(report.claims.iter().all(|verdict| verdict.status != Status::Failed));
}

#[test]
fn an_interruption_is_heeded_at_once() {
    let claims = claims();
    let claims: Vec<&Claim> = claims.iter().collect();
    let flag = Arc::new(AtomicBool::new(false));
    let (name, spec) = subjects().swap_remove(1);
    let raised = Arc::clone(&flag);
    let raiser = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        raised.store(true, Ordering::Relaxed);
    });
    let elapsed = timed(&claims, &spec, TimeLimit::until(flag));
    raiser.join().unwrap();
    assert!(elapsed < LATE, "{name}: {elapsed:?}");
}

#[test]
fn a_problem_is_not_built_for_longer_than_there_is_time() {
    let limit = Duration::from_millis(200);
    let cases: [(&str, fn()); 3] = [
        ("whitening", || {
            let _ = whiten(&gaussian_matrix(400, 200, &1.into(), 1).unwrap());
        }),
        ("a balanced start", || {
            let _ = balanced_weights(&fully_connected(vec![300; 3]), &1.into(), 1);
        }),
        ("draws", || {
            let _ = gaussian_matrix(2000, 1000, &1.into(), 1);
        }),
    ];
    for (name, build) in cases {
        let begun = Instant::now();
        assert_eq!(TimeLimit::after(limit).within(build), Err(OutOfTime), "{name}");
        assert!(begun.elapsed() < limit + LATE, "{name}: {:?}", begun.elapsed());
    }
}
