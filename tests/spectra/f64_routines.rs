//! What the singular values of the f64 libraries are worth on the families of the tests, measured against enclosures.

use gradient_witness::number::{Ball, Real};
use gradient_witness::problem::Matrix;
use gradient_witness::reference::raised_precision::singular_values_to;
use rug::Rational as Fraction;

use crate::exact::{Draws, power_of_ten, spectra, with_values};

/// Singular values, descending.
type Routine = fn(&Matrix<f64>) -> Vec<f64>;

fn nalgebra(matrix: &Matrix<f64>, with_vectors: bool) -> Vec<f64> {
    let matrix = nalgebra::DMatrix::from_row_slice(matrix.rows(), matrix.columns(), matrix.entries());
    sorted(matrix.svd(with_vectors, with_vectors).singular_values.as_slice().to_vec())
}

fn faer(matrix: &Matrix<f64>) -> Vec<f64> {
    let matrix = faer::Mat::from_fn(matrix.rows(), matrix.columns(), |i, j| matrix[(i, j)]);
    sorted(matrix.singular_values().expect("faer converges"))
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

const ROUTINES: [(&str, Routine); 3] = [
    ("nalgebra, values", |matrix| nalgebra(matrix, false)),
    ("nalgebra, with vectors", |matrix| nalgebra(matrix, true)),
    ("faer, values", faer),
];

/// The error of the worst value in terms of the largest, and that of the least value in terms of itself, rounded down.
fn errors(claimed: &[f64], truth: &[Ball]) -> [f64; 2] {
    let error = |i: usize| (Ball::from_f64(claimed[i], 256) - &truth[i]).abs();
    let worst = (0..truth.len()).map(|i| (error(i) / &truth[0]).lower_f64()).fold(0.0, f64::max);
    let last = truth.len() - 1;
    [worst, (error(last) / &truth[last]).lower_f64()]
}

#[test]
fn print_table() {
    let mut draws = Draws(81);
    for (name, values) in spectra(6).into_iter().take(11) {
        for (routine_name, routine) in ROUTINES {
            let mut worst = [0.0_f64; 2];
            let mut wrong = 0;
            for _ in 0..20 {
                let known = with_values(6, 6, &values, &mut draws);
                let plain = known.matrix.map(Fraction::to_f64);
                let exact = plain.map(|entry| Fraction::from_f64(*entry).unwrap());
                let truth = singular_values_to(&exact, &power_of_ten(-30), 1 << 14).reached().unwrap();
                let found = errors(&routine(&plain), &truth);
                wrong += usize::from(found[0] > 1e-10);
                worst = [0, 1].map(|k| worst[k].max(found[k]));
            }
            println!("{name:30} {routine_name:25} {:.1e} {:.1e} {wrong}", worst[0], worst[1]);
        }
    }
}
