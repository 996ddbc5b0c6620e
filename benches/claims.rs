//! What a claim costs an instance: every claim of the catalogue on its first one, without controls. `cargo bench --bench claims -- ACGH19`
//! narrows it to a paper, an id to a claim.

use std::hint::black_box;
use std::num::NonZeroU64;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use gradient_witness::claims::Check;
use gradient_witness::papers::catalogue;
use gradient_witness::verify::{Limits, Options, examine_identity, examine_instance, verify};

fn all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("claim");
    group.sample_size(10).warm_up_time(Duration::from_millis(20)).measurement_time(Duration::from_millis(200));
    for claim in catalogue() {
        match claim.check() {
            Check::Instances { statement, source } => {
                let Some(instance) = source.instance(1, 0) else { continue };
                group.bench_function(claim.id(), |bencher| {
                    bencher.iter(|| black_box(examine_instance(&[&**statement], &instance, &Limits::default())));
                });
            }
            Check::Identity { statement, shapes } => {
                let Some(shape) = shapes.first() else { continue };
                group.bench_function(claim.id(), |bencher| {
                    bencher.iter(|| black_box(examine_identity(&**statement, shape, 1)));
                });
            }
            // Of free numbers; or one case with a thousand draws of each of its events; with the controls, which are cases of their own.
            Check::Formula(_) | Check::Chance(_) => {
                let options = Options { instances: 1, draws: NonZeroU64::new(1000), ..Options::default() };
                group.bench_function(claim.id(), |bencher| {
                    bencher.iter(|| black_box(verify(&[&claim], &options, &())));
                });
            }
        }
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
