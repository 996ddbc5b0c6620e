//! The whole of `witness verify` with its defaults, and the cost of one instance.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use gradient_witness::claims::{Claim, catalogue};
use gradient_witness::verify::{Options, verify};

fn all(criterion: &mut Criterion) {
    let claims = catalogue();
    let claims: Vec<&Claim> = claims.iter().collect();
    let mut group = criterion.benchmark_group("verify");
    group.sample_size(10).warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_secs(1));
    group.bench_function("one instance a claim", |bencher| {
        let options = Options { instances: 1, ..Options::default() };
        bencher.iter(|| black_box(verify(&claims, &options, &())));
    });
    if std::env::var_os("WITNESS_LONG").is_some() {
        group.bench_function("all", |bencher| {
            bencher.iter(|| black_box(verify(&claims, &Options::default(), &())));
        });
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
