//! What the singular values of the f64 libraries are worth on the families of the tests, measured against enclosures.

use enclosures::algebra::raised_precision::singular_values_to;
use enclosures::number::{Ball, Matrix, Real};
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

/// How wrong a routine is on a family, at the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digits {
    /// All but the last few of an f64.
    All,
    /// Some.
    Some,
    /// Not one.
    None,
}

impl Digits {
    /// From a relative error.
    fn after(error: f64) -> Self {
        match error {
            _ if error < 1e-13 => Self::All,
            _ if error < 0.1 => Self::Some,
            _ => Self::None,
        }
    }
}

/// The error of the worst value in terms of the largest one, and that of the least value in terms of itself; lower bounds.
fn errors(claimed: &[f64], truth: &[Ball]) -> [f64; 2] {
    let error = |i: usize| (Ball::from_f64(claimed[i], 256) - &truth[i]).abs();
    let worst = (0..truth.len()).map(|i| (error(i) / &truth[0]).lower_f64()).fold(0.0, f64::max);
    let last = truth.len() - 1;
    [worst, (error(last) / &truth[last]).lower_f64()]
}

/// The table in the documentation of `algebra::spectral`: for each family and routine how many digits of the values are right in
/// terms of the largest one, and how many of the least one in its own terms. If this test fails a library has changed, for
/// better or worse, and the table must follow.
#[test]
fn the_table_of_the_documentation_is_still_true() {
    use Digits::{All, None, Some};
    // nalgebra, values alone; nalgebra, with vectors; faer.
    let table: [(&str, [[Digits; 2]; 3]); 11] = [
        ("separated", [[All, All]; 3]),
        ("all equal", [[All, All]; 3]),
        ("half twos, half ones", [[All, All]; 3]),
        ("top within 1e-30", [[All, All]; 3]),
        ("top three within 1e-10", [[All, All]; 3]),
        ("rank one and 1e-16", [[All, None], [Some, None], [All, None]]),
        ("rank one and 1e-60", [[All, None]; 3]),
        ("rank one", [[All, None]; 3]),
        ("half rank", [[All, None], [Some, None], [All, None]]),
        ("graded 1 to 1e-12", [[All, Some]; 3]),
        ("graded 1 to 1e-300", [[All, None]; 3]),
    ];
    let mut draws = Draws(81);
    for ((name, values), (expected_name, expected)) in spectra(6).into_iter().zip(table) {
        assert_eq!(name, expected_name);
        let mut worst = [[0.0_f64; 2]; 3];
        for _ in 0..20 {
            let known = with_values(6, 6, &values, &mut draws);
            let plain = known.matrix.map(Fraction::to_f64);
            // The values of the matrix that the libraries see, which is not quite the one with the known values.
            let exact = plain.to_rationals().expect("finite");
            let truth = singular_values_to(&exact, &power_of_ten(-30), 1 << 14).expect("enough bits").values;
            for ((_, routine), worst) in ROUTINES.iter().zip(&mut worst) {
                let found = errors(&routine(&plain), &truth);
                *worst = [0, 1].map(|k| worst[k].max(found[k]));
            }
        }
        for (((routine, _), worst), expected) in ROUTINES.iter().zip(worst).zip(expected) {
            assert_eq!(worst.map(Digits::after), expected, "{name}, {routine}: {worst:?}");
        }
    }
}
