//! This program's side of the comparisons of gradient flow in `make bench-peers`.
//!
//! ```text
//! flow problem SPEC                        the problem of a spec, in JSON
//! flow f64 SPEC TIME TOLERANCE             the weights at that time by the f64 integrator, and seconds
//! flow certified SPEC TIME BITS [RADIUS]   the same enclosed: the centre, log2 of its radius, and seconds; RADIUS is what is tolerated
//! ```

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use gradient_witness::descent::{self, FlowOutcome, Tolerance};
use gradient_witness::number::{Matrix, parse_exact};
use gradient_witness::problem::{Data, Problem, Spec};
use gradient_witness::reference;
use rug::Rational;
use serde_json::{Value, json};

/// A run is repeated until it has taken so long.
const SECONDS: f64 = 0.1;

fn problem(spec: &str) -> Problem {
    Spec::read(Path::new(spec)).unwrap_or_else(|error| panic!("{error}")).problem
}

/// The numbers of a matrix, row by row.
fn rows(matrix: &Matrix<Rational>) -> Value {
    let row = |i: usize| matrix.row(i).iter().map(Rational::to_f64).collect::<Vec<_>>();
    json!((0..matrix.rows()).map(row).collect::<Vec<_>>())
}

/// Seconds a run of what `begin` makes, which itself is not counted, and what the last one comes to.
fn timed<B, R>(mut begin: impl FnMut() -> B, mut run: impl FnMut(B) -> R) -> (f64, R) {
    let (mut seconds, mut runs) = (0.0, 0);
    loop {
        let begun = begin();
        let clock = Instant::now();
        let result = run(begun);
        seconds += clock.elapsed().as_secs_f64();
        runs += 1;
        if seconds > SECONDS {
            return (seconds / f64::from(runs), result);
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["problem", spec] => {
            let problem = problem(spec);
            let Data::Examples { x, y } = problem.data() else { panic!("peers take examples") };
            let weights: Vec<Value> = problem.initial().iter().map(rows).collect();
            println!("{}", json!({ "loss": problem.loss().name(), "x": rows(x), "y": rows(y), "weights": weights }));
        }
        ["f64", spec, time, tolerance] => {
            let mut flow = descent::Flow::new(&problem(spec)).expect("numbers in range");
            let relative = tolerance.parse().expect("a tolerance");
            flow.set_tolerance(Tolerance { relative, absolute: 0.0 });
            let start = flow.parameters().to_vec();
            let time = time.parse().expect("a time");
            let (seconds, steps) = timed(
                || (),
                |()| {
                    flow.set_weights(&start).expect("finite weights");
                    let before = flow.steps();
                    assert_eq!(flow.advance_to(time), FlowOutcome::Advanced);
                    flow.steps() - before
                },
            );
            println!("{}", json!({ "seconds": seconds, "steps": steps, "weights": flow.parameters() }));
        }
        ["certified", spec, time, bits, ref radius @ ..] => {
            let problem = Arc::new(problem(spec));
            let [time, tolerance] =
                [Some(time), radius.first().copied()].map(|text| text.and_then(|text| parse_exact(text).ok()));
            let (time, bits) = (time.expect("a time"), bits.parse().expect("bits"));
            // Peers write their field down before the clock starts, and so does this program.
            let begin = || reference::Flow::new(Arc::clone(&problem), bits, tolerance.as_ref()).expect("a short text");
            let (seconds, flow) = timed(begin, |mut flow| {
                flow.advance(&time).expect("an enclosure");
                flow
            });
            let weights: Vec<String> =
                flow.centre().iter().flat_map(Matrix::entries).map(|weight| weight.centre().to_string()).collect();
            let radius = flow.radius().to_float().log2().to_f64();
            println!(
                "{}",
                json!({ "seconds": seconds, "steps": flow.steps(), "log2_radius": radius, "weights": weights })
            );
        }
        // A run of all benchmarks is no comparison: that takes the peers.
        _ => println!("flow: see `make bench-peers`"),
    }
}
