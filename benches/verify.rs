//! `witness verify`, paper by paper: with one instance a claim, and as a whole with its defaults if `WITNESS_LONG` is set.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use gradient_witness::claims::Claim;
use gradient_witness::papers::catalogue;
use gradient_witness::verify::{Options, verify};

fn all(criterion: &mut Criterion) {
    let catalogue = catalogue();
    let mut group = criterion.benchmark_group("verify");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_secs(1));
    for paper in ["JT19", "ACGH19"] {
        let claims: Vec<&Claim> = catalogue.iter().filter(|claim| claim.paper() == paper).collect();
        let one = Options { instances: 1, ..Options::default() };
        group.bench_function(BenchmarkId::new("one instance a claim", paper), |bencher| {
            bencher.iter(|| black_box(verify(&claims, &one, &())));
        });
        if std::env::var_os("WITNESS_LONG").is_some() {
            group.bench_function(BenchmarkId::new("all", paper), |bencher| {
                bencher.iter(|| black_box(verify(&claims, &Options::default(), &())));
            });
        }
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
