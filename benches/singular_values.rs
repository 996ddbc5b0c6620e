//! Certified singular values against the size of the matrix and the precision: separated values, and a matrix near rank one.

#[path = "../crates/enclosures/src/draws.rs"]
mod draws;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use gradient_witness::algebra::spectral::{Effort, Spectrum};
use gradient_witness::number::Ball;
use gradient_witness::problem::Matrix;
use rug::Rational;

/// Entries k/16 from a fixed linear congruence; times 2^−200 and added to a matrix of ones, if it is to be near rank one.
fn matrix(size: usize, is_near_rank_one: bool, bits: u32) -> Matrix<Ball> {
    let mut state = 1_u64;
    let exact = Matrix::from_fn(size, size, |_, _| {
        state = draws::following(state);
        let entry = Rational::from(((state >> 59) as i64 - 16, 16));
        if is_near_rank_one { (entry >> 200_u32) + 1u32 } else { entry }
    });
    Matrix::from_rationals(&exact, bits)
}

fn all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("singular-values");
    group.sample_size(10).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(300));
    for (name, effort, is_near_rank_one) in [
        ("quick", Effort::Quick, false),
        ("tight", Effort::Tight, false),
        ("tight, near rank one", Effort::Tight, true),
    ] {
        for bits in [128, 256] {
            for size in [2, 4, 8, 16, 32, 64] {
                let matrix = matrix(size, is_near_rank_one, bits);
                group.bench_with_input(
                    BenchmarkId::new(format!("{name}, {bits} bits"), size),
                    &matrix,
                    |bencher, matrix| {
                        bencher.iter(|| black_box(Spectrum::of(black_box(matrix), effort)));
                    },
                );
            }
        }
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
