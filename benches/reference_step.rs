//! One step of the reference, four square layers of 10 with a squared target, in every number system.

#[path = "../crates/enclosures/src/draws.rs"]
mod draws;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use gradient_witness::number::{Ball, Exact, Float, Real, ShortBall};
use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
use gradient_witness::reference::{Descent, Setting};

const SIZE: usize = 10;
const DEPTH: usize = 4;

/// Entries k/16 from a fixed linear congruence.
fn problem() -> Problem {
    let mut state = 1_u64;
    let mut matrix = || {
        Matrix::from_fn(SIZE, SIZE, |_, _| {
            state = draws::following(state);
            rug::Rational::from(((state >> 59) as i64 - 16, 16))
        })
    };
    Problem::new(
        Network::fully_connected(&[SIZE; DEPTH + 1]).expect("sizes of at least 1"),
        Loss::SquaredTarget,
        Normalisation::Mean,
        Data::Target(matrix()),
        (0..DEPTH).map(|_| matrix()).collect(),
        StepRule::Constant(rug::Rational::from((1, 1024))),
    )
    .expect("four square layers and a square target")
}

fn one_step<T: Real>(criterion: &mut Criterion, name: &str, precisions: &[u32]) {
    let mut group = criterion.benchmark_group("reference-step");
    group.sample_size(10).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(300));
    let problem = Arc::new(problem());
    for &bits in precisions {
        let start = Descent::new(Arc::new(Setting::<T>::new(Arc::clone(&problem), bits))).expect("weights in range");
        group.bench_with_input(BenchmarkId::new(name, bits), &start, |bencher, start| {
            // A new point each time: what is computed at a point is kept there.
            bencher.iter_batched(
                || Descent::new(Arc::clone(start.point().setting())).expect("weights in range"),
                |mut descent| black_box(descent.step()),
                criterion::BatchSize::SmallInput,
            );
        });
    }
}

fn all(criterion: &mut Criterion) {
    one_step::<Exact>(criterion, "rational", &[0]);
    one_step::<ShortBall>(criterion, "short-ball", &[ShortBall::BITS]);
    one_step::<Float>(criterion, "float", &[128, 256, 1024, 4096]);
    one_step::<Ball>(criterion, "ball", &[128, 256, 1024, 4096]);
}

criterion_group!(benches, all);
criterion_main!(benches);
