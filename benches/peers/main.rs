//! This program's side of `make bench-peers`, which times it beside others.
//!
//! ```text
//! peers list                     the names of the cases
//! peers problem CASE             the case, in JSON
//! peers run CASE STEPS           nanoseconds a step and the weights after so many steps, in JSON
//! peers plain CASE STEPS         the same of a plain program on nalgebra
//! peers times [CASE…]            nanoseconds a step with each of the processor's instructions
//! peers many                     what two threads gain on many runs
//! peers certified                a certified run beside the plain one
//! peers machine                  the processor's bandwidth and peak, and how far each case is from them
//! ```

mod cases;
mod machine;
mod plain;

use std::sync::Arc;
use std::time::Instant;

use cases::{Case, cases};
use gradient_witness::descent::{Descent, Instructions, StepOutcome, advance_all};
use gradient_witness::problem::{Data, Matrix, Problem};
use gradient_witness::reference::long_run::Run;
use gradient_witness::trajectory::long_run;
use rug::Rational;
use serde_json::{Value, json};

/// The time a step takes, in nanoseconds: the best of a few measurements of about a fiftieth of a second.
fn nanoseconds_a_step(mut advance: impl FnMut(u64)) -> f64 {
    let mut time = |steps: u64| {
        let start = Instant::now();
        advance(steps);
        start.elapsed().as_nanos() as f64 / steps as f64
    };
    let mut steps = 1;
    while time(steps) * (steps as f64) < 2e7 {
        steps *= 2;
    }
    (0..7).map(|_| time(steps)).fold(f64::INFINITY, f64::min)
}

fn advance(descent: &mut Descent, steps: u64) {
    assert_eq!(descent.advance(steps), StepOutcome::Advanced);
}

/// The numbers of a matrix, row by row.
fn rows(matrix: &Matrix<Rational>) -> Value {
    let row = |i: usize| matrix.row(i).iter().map(Rational::to_f64).collect::<Vec<_>>();
    json!((0..matrix.rows()).map(row).collect::<Vec<_>>())
}

/// A problem for a peer: all its numbers, which are f64s.
fn problem(problem: &Problem) -> Value {
    let network = problem.network();
    let kind = network.architecture().name();
    let widths = if network.is_fully_connected() {
        network.widths()
    } else {
        network.layer_shapes().into_iter().map(|(_, size)| size).collect()
    };
    let (x, y, target) = match problem.data() {
        Data::Examples { x, y } => (rows(x), rows(y), Value::Null),
        Data::Target(target) => (Value::Null, Value::Null, rows(target)),
    };
    let weights: Vec<Value> = problem.initial().iter().map(rows).collect();
    json!({ "network": kind, "widths": widths, "x": x, "y": y, "target": target, "weights": weights, "eta": cases::ETA })
}

/// What two threads gain on many runs of one network from different weights.
fn many() {
    for case in cases().iter().filter(|case| ["tiny", "small", "gas-3", "gas-8", "square-64"].contains(&case.name)) {
        let problem = case.problem();
        let mut runs: Vec<Descent> = (1..=16)
            .map(|seed| {
                let mut run = Descent::new(&problem).expect("numbers in range");
                let scale = 1.0 - 0.01 * f64::from(seed);
                let weights: Vec<f64> = run.parameters().iter().map(|weight| weight * scale).collect();
                run.set_weights(&weights).expect("finite weights");
                run
            })
            .collect();
        let one = nanoseconds_a_step(|steps| runs.iter_mut().for_each(|run| advance(run, steps)));
        let all = nanoseconds_a_step(|steps| {
            assert!(advance_all(&mut runs, steps).iter().all(|outcome| *outcome == StepOutcome::Advanced));
        });
        println!(
            "{:14} {:12.1} ns one after the other {:12.1} ns together: {:.2} times faster",
            case.name,
            one,
            all,
            one / all
        );
    }
}

/// Steps of a certified run: as many as the theory speaks of.
const LONG: u64 = 1_000_000;

/// How much longer a certified run takes than the plain one: both go on for a million steps, one after the other, three times.
fn certified() {
    println!("{:14} {:>12} {:>12} {:>16} {:>6} {:>10}", "case", "plain, s", "certified, s", "ratio", "goal", "radius");
    for (name, goal) in [("tiny", 4.0), ("small", 2.0), ("gas-3", 1.5)] {
        let problem = Arc::new(named(name).problem());
        let start = || Descent::new(&problem).expect("numbers in range");
        let mut rounds: Vec<(f64, f64, f64)> = (0..3)
            .map(|_| {
                let (mut plain, begun) = (start(), Instant::now());
                advance(&mut plain, LONG);
                let (plain, begun) = (begun.elapsed().as_secs_f64(), Instant::now());
                let mut run = long_run(Arc::clone(&problem), start()).expect("a run that begins");
                run.advance(LONG, &mut || false).expect("a run that is known to its end");
                (begun.elapsed().as_secs_f64() / plain, plain, run.radius().to_f64())
            })
            .collect();
        rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
        let [(least, ..), (ratio, plain, radius), (most, ..)] = rounds[..] else { unreachable!("three rounds") };
        let spread = format!("{ratio:.2} {least:.2}–{most:.2}");
        println!("{name:14} {plain:12.4} {:12.4} {spread:>16} {goal:6} {radius:10.1e}", ratio * plain);
    }
}

fn named(name: &str) -> Case {
    cases().into_iter().find(|case| case.name == name).unwrap_or_else(|| panic!("no case is called {name}"))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["list"] => cases().iter().for_each(|case| println!("{}", case.name)),
        ["problem", name] => println!("{}", problem(&named(name).problem())),
        ["run", name, steps] => {
            let problem = named(name).problem();
            let start = || Descent::new(&problem).expect("numbers in range");
            let run = |steps| {
                let mut descent = start();
                let begun = Instant::now();
                advance(&mut descent, steps);
                (begun.elapsed(), descent.parameters().to_vec())
            };
            let steps: u64 = steps.parse().expect("a number of steps");
            run(steps.div_ceil(20));
            let (elapsed, weights) = run(steps);
            println!("{}", json!({ "ns": elapsed.as_nanos() as f64 / steps as f64, "weights": weights }));
        }
        ["plain", name, steps] => {
            let problem = named(name).problem();
            let steps: u64 = steps.parse().expect("a number of steps");
            let found = plain::Plain::new(&problem).map(|start| {
                start.clone().advance(steps.div_ceil(20));
                let mut plain = start;
                let begun = Instant::now();
                plain.advance(steps);
                let elapsed = begun.elapsed();
                json!({ "ns": elapsed.as_nanos() as f64 / steps as f64, "weights": plain.weights() })
            });
            println!("{}", found.unwrap_or(Value::Null));
        }
        ["many"] => many(),
        ["certified"] => certified(),
        ["machine"] => machine::report(|case| {
            let mut descent = Descent::new(&case.problem()).expect("numbers in range");
            nanoseconds_a_step(|steps| advance(&mut descent, steps))
        }),
        ["times", ref names @ ..] => {
            for case in cases().iter().filter(|case| names.is_empty() || names.contains(&case.name)) {
                print!("{:20}", case.name);
                for instructions in Instructions::available() {
                    let problem = case.problem();
                    let mut descent = Descent::with_instructions(&problem, instructions).expect("numbers in range");
                    print!(" {instructions:?} {:12.1} ns", nanoseconds_a_step(|steps| advance(&mut descent, steps)));
                }
                println!();
            }
        }
        // A run of all benchmarks is no comparison: that takes the peers.
        _ => println!("peers: see `make bench-peers`"),
    }
}
