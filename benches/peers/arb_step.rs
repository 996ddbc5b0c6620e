//! Certified gradient descent on the data of arb_step.py, its peer: four square layers of 10 with a squared target.
//!
//! Arguments: bits, steps, and the number system, `ball`, `short-ball` (always 128 bits) or `float`. Prints one line of JSON: the time of
//! a step in microseconds, log2 of the largest radius of a weight after the last step, and one weight. Without arguments it takes a
//! step of each, so that it can be run with the other benchmarks.

#[path = "../../crates/enclosures/src/draws.rs"]
mod draws;

use std::sync::Arc;
use std::time::Instant;

use gradient_witness::number::{Ball, Float, Magnitude, Real, ShortBall};
use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
use gradient_witness::reference::descent::one_step;
use gradient_witness::reference::{Point, Setting};
use rug::Rational;

const SIZE: usize = 10;
const DEPTH: usize = 4;

/// The target with entries k/16 and layers with entries k/64, from a fixed linear congruence.
fn problem() -> Problem {
    let mut state = 1_u64;
    let mut matrix = |denominator: i64| {
        Matrix::from_fn(SIZE, SIZE, |_, _| {
            state = draws::following(state);
            Rational::from(((state >> 59) as i64 - 16, denominator))
        })
    };
    Problem::new(
        Network::fully_connected(&[SIZE; DEPTH + 1]).expect("sizes of at least 1"),
        Loss::SquaredTarget,
        Normalisation::Mean,
        Data::Target(matrix(16)),
        (0..DEPTH).map(|_| matrix(64)).collect(),
        StepRule::Constant(Rational::from((1, 1024))),
    )
    .expect("four square layers and a square target")
}

/// Runs and prints; `radius` is that of a weight.
fn run<T: Real>(program: &str, bits: u32, steps: u32, radius: fn(&T) -> Magnitude) {
    let setting = Arc::new(Setting::<T>::new(Arc::new(problem()), bits));
    let eta = setting.constant((1, 1024));
    let mut point = Point::initial(setting);
    let start = Instant::now();
    for _ in 0..steps {
        point = one_step(&point, &eta);
    }
    let microseconds = start.elapsed().as_secs_f64() / f64::from(steps) * 1e6;
    let weights = point.weights().iter().flat_map(Matrix::entries);
    let largest = weights.map(radius).fold(Magnitude::ZERO, Ord::max);
    let log2_radius = (!largest.is_zero()).then(|| rug::Float::with_val(53, largest.to_float().log2_ref()).to_f64());
    let weight = point.weights()[0][(0, 0)].approximate();
    let line = serde_json::json!({
        "program": program,
        "bits": bits,
        "steps": steps,
        "microseconds": microseconds,
        "log2_radius": log2_radius,
        "weight": weight,
    });
    println!("{line}");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number =
        |index: usize, default: u32| arguments.get(index).map_or(default, |text| text.parse().expect("a number"));
    let (bits, steps) = (number(0, 128), number(1, 1));
    let system = arguments.get(2).map(String::as_str);
    let is_wanted = |name| system.is_none_or(|system| system == name);
    if is_wanted("ball") {
        run::<Ball>("ball", bits, steps, Ball::radius);
    }
    if is_wanted("short-ball") {
        run::<ShortBall>("short-ball", ShortBall::BITS, steps, |weight| weight.to_ball().radius());
    }
    if is_wanted("float") {
        run::<Float>("float", bits, steps, |_| Magnitude::ZERO);
    }
}
