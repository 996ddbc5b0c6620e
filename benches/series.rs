//! Taylor coefficients of the gradient of a 4-4-4-1 network on 8 examples, as many as a step of the flow takes at each precision.

#[path = "../crates/enclosures/src/draws.rs"]
mod draws;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use gradient_witness::number::{Ball, Disc, Magnitude, Matrix, Numeral, Recorded, Ring, ShortBall, Text};
use gradient_witness::problem::{Data, Loss, Network, Normalisation, Problem, StepRule};
use gradient_witness::reference::{Point, Setting};
use rug::Rational;

/// Entries k/16 from a fixed linear congruence.
fn problem() -> Problem {
    let mut state = 1_u64;
    let mut matrix = |rows, columns| {
        Matrix::from_fn(rows, columns, |_, _| {
            state = draws::following(state);
            Rational::from(((state >> 59) as i64 - 16, 16))
        })
    };
    let widths = [4, 4, 4, 1];
    Problem::new(
        Network::fully_connected(&widths).expect("sizes of at least 1"),
        Loss::logistic(),
        Normalisation::Mean,
        Data::Examples { x: matrix(8, 4), y: Matrix::from_fn(8, 1, |i, _| Rational::from(1 - 2 * (i as i32 % 2))) },
        widths.windows(2).map(|pair| matrix(pair[1], pair[0])).collect(),
        StepRule::Constant(Rational::from((1, 1024))),
    )
    .expect("parts that fit")
}

fn gradient(problem: &Arc<Problem>) -> Text {
    let shapes = problem.network().layer_shapes();
    let inputs = shapes.iter().map(|(rows, columns)| rows * columns).sum();
    Text::record(inputs, |x: &[Recorded]| {
        let mut rest = x;
        let weights = shapes.iter().map(|&(rows, columns)| {
            let (own, others) = rest.split_at(rows * columns);
            rest = others;
            Matrix::from_entries(columns, own.to_vec())
        });
        let point = Point::new(Arc::new(Setting::new(Arc::clone(problem), 64)), weights.collect());
        point.gradient().iter().flat_map(Matrix::entries).cloned().collect()
    })
    .expect("a gradient can be recorded")
}

/// The coefficients of a step: from those of the weights those of the gradient, from which the next of the weights.
fn coefficients<T: Numeral>(criterion: &mut Criterion, name: &str, sizes: &[(u32, usize)]) {
    let mut group = criterion.benchmark_group("series");
    group.sample_size(10).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(300));
    let problem = Arc::new(problem());
    let text = gradient(&problem);
    for &(bits, order) in sizes {
        let start: Vec<T> =
            problem.initial().iter().flat_map(Matrix::entries).map(|weight| T::rational(weight, bits)).collect();
        let time_scale = T::rational(&Rational::from((-1, 4)), bits);
        let mut series = text.series::<T>(bits);
        group.bench_function(BenchmarkId::new(name, format!("{bits} bits, {order}")), |bencher| {
            bencher.iter(|| {
                series.restart();
                let mut weights = start.clone();
                for n in 1..=order {
                    let slopes = series.next(&weights);
                    weights.clear();
                    weights.extend(slopes.iter().map(|slope| slope.product(&time_scale).over(n as u32, bits)));
                }
                black_box(&weights);
            });
        });
    }
}

fn discs(criterion: &mut Criterion) {
    let problem = Arc::new(problem());
    let text = gradient(&problem);
    let inputs: Vec<Disc> = problem
        .initial()
        .iter()
        .flat_map(Matrix::entries)
        .map(|weight| Disc::new(&Ball::from_rational(weight, 64), Magnitude::power_of_two(-5)))
        .collect();
    criterion.bench_function("over-discs", |bencher| bencher.iter(|| black_box(text.over_discs(&inputs))));
    criterion.bench_function("record", |bencher| bencher.iter(|| black_box(gradient(&problem))));
    println!("{} operations", text.operations());
}

fn all(criterion: &mut Criterion) {
    coefficients::<Ball>(criterion, "ball", &[(53, 19), (128, 44), (256, 89)]);
    coefficients::<ShortBall>(criterion, "short-ball", &[(128, 44)]);
    coefficients::<f64>(criterion, "f64", &[(53, 19)]);
    discs(criterion);
}

criterion_group!(benches, all);
criterion_main!(benches);
