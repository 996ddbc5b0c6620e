//! One step of the f64 program on networks from tiny to large: taken alone, and as one of many together.

#[path = "peers/cases.rs"]
mod cases;

use std::hint::black_box;
use std::time::Duration;

use cases::cases;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gradient_witness::descent::{Descent, StepOutcome};

/// The steps that are taken together.
const STEPS: u64 = 8;

fn descent_step(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("descent-step");
    group.sample_size(20).measurement_time(Duration::from_secs(1)).warm_up_time(Duration::from_millis(300));
    for case in cases() {
        let mut descent = Descent::new(&case.problem()).expect("numbers in range");
        group.throughput(Throughput::Elements(1));
        group.bench_function(format!("{}/alone", case.name), |bencher| {
            bencher.iter(|| assert_eq!(black_box(&mut descent).step(), StepOutcome::Advanced));
        });
        group.throughput(Throughput::Elements(STEPS));
        group.bench_function(format!("{}/together", case.name), |bencher| {
            bencher.iter(|| assert_eq!(black_box(&mut descent).advance(STEPS), StepOutcome::Advanced));
        });
    }
}

criterion_group!(benches, descent_step);
criterion_main!(benches);
