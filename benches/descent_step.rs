//! One step of the f64 program on networks from tiny to large. Seeds are fixed.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use gradient_witness::descent::{Descent, Outcome};
use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
use rug::Rational;

/// Numbers k/4096 in [−1, 1) from a fixed linear congruence.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 51) as i64 - 4096
    }

    /// Entries in [−1, 1) times `scale`.
    fn matrix(&mut self, rows: usize, columns: usize, scale: f64) -> Matrix<Rational> {
        Matrix::from_fn(rows, columns, |_, _| {
            Rational::from_f64(self.next() as f64 / 4096.0 * scale).expect("a product of finite numbers")
        })
    }
}

/// A network with layers of norm about 1, with `examples` examples and the logistic loss, or with a target if there are none.
fn problem(widths: &[usize], examples: Option<usize>) -> Problem {
    let mut numbers = Numbers(1);
    let (inputs, outputs) = (widths[0], widths[widths.len() - 1]);
    let (loss, data) = match examples {
        None => (Loss::SquaredTarget, Data::Target(numbers.matrix(outputs, inputs, 1.0))),
        Some(examples) => {
            let x = numbers.matrix(examples, inputs, (inputs as f64).sqrt().recip());
            let y = Matrix::from_fn(examples, 1, |_, _| Rational::from(if numbers.next() < 0 { -1 } else { 1 }));
            (Loss::logistic(), Data::Examples { x, y })
        }
    };
    let initial =
        widths.windows(2).map(|pair| numbers.matrix(pair[1], pair[0], (pair[0] as f64).sqrt().recip())).collect();
    let network = Network::FullyConnected { widths: widths.to_vec() };
    let step = StepRule::Constant(Rational::from((1, 1024)));
    Problem::new(network, loss, Normalisation::Mean, data, initial, step).expect("parts that fit")
}

fn descent_step(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("descent-step");
    group.sample_size(20).measurement_time(Duration::from_secs(1)).warm_up_time(Duration::from_millis(300));
    let mut gas_8 = vec![128];
    gas_8.extend([32; 7]);
    gas_8.push(1);
    let cases: [(&str, &[usize], Option<usize>); 7] = [
        ("tiny", &[2, 3, 3, 1], Some(8)),
        ("small", &[10, 10, 10, 10, 1], Some(64)),
        ("gas-3", &[128, 32, 32, 1], None),
        ("gas-8", &gas_8, None),
        ("logistic-256", &[256, 256, 256, 1], Some(1024)),
        ("square-64", &[64; 5], None),
        ("square-256", &[256; 5], None),
    ];
    for (name, widths, examples) in cases {
        let mut descent = Descent::new(&problem(widths, examples)).expect("numbers in range");
        group.bench_function(name, |bencher| {
            bencher.iter(|| assert_eq!(black_box(&mut descent).step(), Outcome::Advanced));
        });
    }
}

criterion_group!(benches, descent_step);
criterion_main!(benches);
