//! Matrices whose singular value decomposition is known exactly: rational orthogonal factors, rational values.

use super::{Matrix, solve};
use rug::ops::Pow;
use rug::{Integer, Rational};

/// Numbers that look random, reproducibly (SplitMix64).
pub struct Draws(pub u64);

impl Draws {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A small integer in `−size..=size`.
    pub fn integer(&mut self, size: i32) -> i32 {
        (self.next() % (2 * size as u64 + 1)) as i32 - size
    }
}

pub fn product(left: &Matrix<Rational>, right: &Matrix<Rational>) -> Matrix<Rational> {
    Matrix::from_fn(left.rows(), right.columns(), |i, j| {
        left.row(i).iter().zip(right.column(j)).fold(Rational::new(), |sum, (a, b)| sum + Rational::from(a * b))
    })
}

pub fn identity(size: usize) -> Matrix<Rational> {
    Matrix::from_fn(size, size, |i, j| Rational::from(u32::from(i == j)))
}

/// A rational orthogonal matrix: Cayley's `(I − S)(I + S)^{-1}` of a skew matrix for small sizes, a product of rational
/// rotations for large ones.
pub fn orthogonal(size: usize, draws: &mut Draws) -> Matrix<Rational> {
    if size > 10 {
        let mut matrix = identity(size);
        for round in 0..2 {
            for i in 0..size {
                let j = (i + 1 + round * 5) % size;
                let t = Rational::from((draws.integer(3), 2));
                let s: Rational = t.clone().square() + 1;
                let (cos, sin) = ((2 - s.clone()) / &s, t * 2 / &s);
                for k in 0..size {
                    let (x, y) = (matrix[(k, i)].clone(), matrix[(k, j)].clone());
                    matrix[(k, i)] = Rational::from(&cos * &x) - Rational::from(&sin * &y);
                    matrix[(k, j)] = Rational::from(&sin * &x) + Rational::from(&cos * &y);
                }
            }
        }
        return matrix;
    }
    let mut skew = Matrix::from_fn(size, size, |_, _| Rational::new());
    for i in 0..size {
        for j in 0..i {
            let entry = Rational::from((draws.integer(5), 3));
            skew[(j, i)] = Rational::from(-&entry);
            skew[(i, j)] = entry;
        }
    }
    let one = identity(size);
    let plus = Matrix::from_fn(size, size, |i, j| Rational::from(&one[(i, j)] + &skew[(i, j)]));
    let columns: Vec<Vec<Rational>> = (0..size)
        .map(|j| {
            let right: Vec<Rational> = (0..size).map(|i| Rational::from(&one[(i, j)] - &skew[(i, j)])).collect();
            solve(&plus, &right).expect("I + S is invertible for skew S")
        })
        .collect();
    Matrix::from_fn(size, size, |i, j| columns[j][i].clone())
}

/// A matrix with known factors.
pub struct Known {
    pub matrix: Matrix<Rational>,
    /// Descending.
    pub values: Vec<Rational>,
    /// Left singular vectors as columns, in the order of the values.
    pub left: Matrix<Rational>,
    /// Right singular vectors as columns.
    pub right: Matrix<Rational>,
}

/// `Q_1 D Q_2ᵀ` with random orthogonal factors; as many values as the shorter side, descending.
pub fn with_values(rows: usize, columns: usize, values: &[Rational], draws: &mut Draws) -> Known {
    assert_eq!(values.len(), rows.min(columns));
    assert!(values.is_sorted_by(|a, b| a >= b));
    let (left, right) = (orthogonal(rows, draws), orthogonal(columns, draws));
    let diagonal = Matrix::from_fn(rows, columns, |i, j| if i == j { values[i].clone() } else { Rational::new() });
    let transposed = Matrix::from_fn(columns, columns, |i, j| right[(j, i)].clone());
    let matrix = product(&product(&left, &diagonal), &transposed);
    Known { matrix, values: values.to_vec(), left, right }
}

pub fn power_of_ten(exponent: i32) -> Rational {
    let power = Rational::from(Integer::from(10).pow(exponent.unsigned_abs()));
    if exponent < 0 { power.recip() } else { power }
}

/// The spectra of the tests, by name.
pub fn spectra(size: usize) -> Vec<(&'static str, Vec<Rational>)> {
    let integer = |k: usize| Rational::from(k);
    let tail = |scale: i32| {
        (0..size)
            .map(move |i| if i == 0 { Rational::from(1) } else { integer(size - i) * power_of_ten(scale) })
            .collect()
    };
    vec![
        ("separated", (0..size).map(|i| integer(size - i)).collect()),
        ("all equal", vec![Rational::from((7, 3)); size]),
        ("half twos, half ones", (0..size).map(|i| integer(if i < size / 2 { 2 } else { 1 })).collect()),
        (
            "top within 1e-30",
            (0..size)
                .map(|i| {
                    if i == 0 {
                        power_of_ten(-30) + 1
                    } else if i == 1 {
                        integer(1)
                    } else {
                        Rational::from((1, i))
                    }
                })
                .collect(),
        ),
        (
            "top three within 1e-10",
            (0..size)
                .map(|i| if i < 3 { integer(1) + integer(3 - i) * power_of_ten(-10) } else { Rational::from((1, i)) })
                .collect(),
        ),
        ("rank one and 1e-16", tail(-16)),
        ("rank one and 1e-60", tail(-60)),
        ("rank one", (0..size).map(|i| integer(usize::from(i == 0) * 3)).collect()),
        ("half rank", (0..size).map(|i| if i < size / 2 { integer(size - i) } else { Rational::new() }).collect()),
        ("graded 1 to 1e-12", (0..size).map(|i| power_of_ten(-12 * i as i32 / (size as i32 - 1).max(1))).collect()),
        ("graded 1 to 1e-300", (0..size).map(|i| power_of_ten(-300 * i as i32 / (size as i32 - 1).max(1))).collect()),
        ("tiny", (0..size).map(|i| integer(size - i) * power_of_ten(-400)).collect()),
        ("huge", (0..size).map(|i| integer(size - i) * power_of_ten(300)).collect()),
    ]
}
