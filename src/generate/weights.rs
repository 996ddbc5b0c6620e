//! Initial weights with the structures that make the theory hard, or easy in a known way.

use rug::Rational;

use super::Random;
use super::orthogonal::{orthogonal, unit_vector};
use crate::algebra::exact::{image, multiple, power_of_two, product, rectangular_diagonal, sum};
use crate::problem::Matrix;

/// What the layers look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Structure {
    /// Independent dyadic entries.
    Plain,
    /// Every layer of rank one.
    RankOne,
    /// Every layer of rank one but for entries of about 2⁻⁵³.
    NearRankOne,
    /// `W_{k+1}ᵀW_{k+1} = W_kW_kᵀ`, exactly.
    Balanced,
    /// Balanced but for entries of about 2⁻¹².
    NearlyBalanced,
    /// Every layer an isometry, or the transpose of one: all its singular values are equal.
    Tied,
    /// Tied but for entries of about 2⁻⁴⁰.
    NearlyTied,
    /// Singular values 1, 2^−k, 2^−2k, …, known.
    Graded,
    /// Rows and columns multiplied by powers of two up to 2^±8.
    GradedEntries,
    /// Whole rows, columns or blocks of zeros.
    ZeroBlocks,
    /// `W_1 = 0`, and `W_L⋯W_2 ≠ 0`.
    ZeroFirst,
    /// `W_1 = −W_2ᵀ`: the trap of Ji & Telgarsky's appendix. Two layers with `d_2 = d_0` only; else plain.
    Antisymmetric,
    /// Layers equal to each other where their shapes overlap.
    Equal,
}

impl Structure {
    /// All of them. Their number has no common factor with 6, so that depths and structures taken in turn meet each other.
    pub const ALL: [Self; 13] = [
        Self::Plain,
        Self::RankOne,
        Self::NearRankOne,
        Self::Balanced,
        Self::NearlyBalanced,
        Self::Tied,
        Self::NearlyTied,
        Self::Graded,
        Self::GradedEntries,
        Self::ZeroBlocks,
        Self::ZeroFirst,
        Self::Antisymmetric,
        Self::Equal,
    ];

    /// Layers of this structure for the widths `d_0, …, d_L`, with entries that are multiples of `2^−bits` where they are
    /// free.
    #[must_use]
    pub fn layers(self, random: &mut Random, widths: &[usize], bits: u32) -> Vec<Matrix<Rational>> {
        let shapes = widths.windows(2).map(|pair| (pair[1], pair[0]));
        match self {
            Self::Plain => shapes.map(|(rows, columns)| random.matrix(rows, columns, bits)).collect(),
            Self::RankOne => shapes.map(|(rows, columns)| rank_one(random, rows, columns, bits)).collect(),
            Self::NearRankOne => {
                let layers = shapes.map(|(rows, columns)| rank_one(random, rows, columns, bits)).collect();
                disturbed(random, layers, -53)
            }
            Self::Balanced => {
                let values = falling(random, widths, bits);
                balanced(random, widths, &values)
            }
            Self::NearlyBalanced => {
                let values = falling(random, widths, bits);
                let layers = balanced(random, widths, &values);
                disturbed(random, layers, -12)
            }
            Self::Tied => shapes.map(|(rows, columns)| isometry(random, rows, columns)).collect(),
            Self::NearlyTied => {
                let layers = shapes.map(|(rows, columns)| isometry(random, rows, columns)).collect();
                disturbed(random, layers, -40)
            }
            Self::Graded => shapes
                .map(|(rows, columns)| {
                    let ratio = random.between(1, 8) as i32;
                    let values: Vec<Rational> =
                        (0..rows.min(columns)).map(|i| power_of_two(-ratio * i as i32)).collect();
                    with_singular_values(random, rows, columns, &values)
                })
                .collect(),
            Self::GradedEntries => shapes.map(|(rows, columns)| graded_entries(random, rows, columns, bits)).collect(),
            Self::ZeroBlocks => shapes.map(|(rows, columns)| zero_blocks(random, rows, columns, bits)).collect(),
            Self::ZeroFirst => zero_first(random, widths, bits),
            Self::Antisymmetric if widths.len() == 3 && widths[0] == widths[2] => {
                let second = random.matrix(widths[2], widths[1], bits);
                vec![multiple(&second.transposed(), &Rational::from(-1)), second]
            }
            Self::Antisymmetric => Self::Plain.layers(random, widths, bits),
            Self::Equal => {
                let largest = widths.iter().copied().max().unwrap_or(1);
                let common = random.matrix(largest, largest, bits);
                shapes.map(|(rows, columns)| Matrix::from_fn(rows, columns, |i, j| common[(i, j)].clone())).collect()
            }
        }
    }
}

/// `u vᵀ` with vectors that are not zero.
#[must_use]
pub fn rank_one(random: &mut Random, rows: usize, columns: usize, bits: u32) -> Matrix<Rational> {
    let (u, v) = (random.vector(rows, bits), random.vector(columns, bits));
    Matrix::from_fn(rows, columns, |i, j| Rational::from(&u[i] * &v[j]))
}

/// A matrix with the singular values given (non-negative, at most as many as the smaller side; the others are 0), between two
/// random rational orthogonal matrices.
#[must_use]
pub fn with_singular_values(random: &mut Random, rows: usize, columns: usize, values: &[Rational]) -> Matrix<Rational> {
    let (left, right) = (orthogonal(random, rows), orthogonal(random, columns));
    product(&product(&left, &rectangular_diagonal(rows, columns, values)), &right)
}

/// A matrix whose singular values are all 1.
#[must_use]
pub fn isometry(random: &mut Random, rows: usize, columns: usize) -> Matrix<Rational> {
    let diagonal = rectangular_diagonal(rows, columns, &vec![Rational::from(1); rows.min(columns)]);
    if rows >= columns {
        product(&orthogonal(random, rows), &diagonal)
    } else {
        product(&diagonal, &orthogonal(random, columns))
    }
}

/// Layers with `W_{k+1}ᵀW_{k+1} = W_kW_kᵀ`, exactly, for the widths `d_0, …, d_L`: the same singular values (at most as many as
/// the smallest width) in every layer, between random orthogonal matrices that adjacent layers share.
///
/// ```
/// use gradient_witness::algebra::exact::product;
/// use gradient_witness::generate::{Random, balanced};
/// let layers = balanced(&mut Random::new("example", 1, 0), &[3, 4, 2, 2], &[3.into(), 1.into()]);
/// for pair in layers.windows(2) {
///     assert_eq!(product(&pair[1].transposed(), &pair[1]), product(&pair[0], &pair[0].transposed()));
/// }
/// ```
#[must_use]
pub fn balanced(random: &mut Random, widths: &[usize], values: &[Rational]) -> Vec<Matrix<Rational>> {
    let smallest = widths.iter().copied().min().unwrap_or(0);
    let gauges: Vec<Matrix<Rational>> = widths.iter().map(|&width| orthogonal(random, width)).collect();
    balanced_between(&gauges, &values[..values.len().min(smallest)])
}

/// The layers `O_k Σ O_{k−1}ᵀ` for orthogonal matrices `O_0, …, O_L`, with the values given (no more than the smallest size) on the
/// diagonal of every `Σ`: balanced, exactly, with the end-to-end matrix `O_L Σ^L O_0ᵀ`.
#[must_use]
pub fn balanced_between(gauges: &[Matrix<Rational>], values: &[Rational]) -> Vec<Matrix<Rational>> {
    gauges
        .windows(2)
        .map(|pair| {
            let diagonal = rectangular_diagonal(pair[1].rows(), pair[0].rows(), values);
            product(&product(&pair[1], &diagonal), &pair[0].transposed())
        })
        .collect()
}

/// `layers` with a multiple of `2^(exponent−4)` up to about `2^exponent` added to every entry.
#[must_use]
pub fn disturbed(random: &mut Random, layers: Vec<Matrix<Rational>>, exponent: i32) -> Vec<Matrix<Rational>> {
    let size = power_of_two(exponent);
    layers
        .into_iter()
        .map(|layer| {
            let noise = random.matrix(layer.rows(), layer.columns(), 4);
            sum(&layer, &size, &noise)
        })
        .collect()
}

/// Positive values, falling, as many as the smallest width; the first is at least 1/2.
fn falling(random: &mut Random, widths: &[usize], bits: u32) -> Vec<Rational> {
    let count = widths.iter().copied().min().unwrap_or(0);
    let mut values: Vec<Rational> = (0..count).map(|_| random.positive(bits.min(6))).collect();
    values.sort_by(|a, b| b.cmp(a));
    if let Some(first) = values.first_mut() {
        *first = (Rational::from(1) + &*first) / 2u32;
    }
    values
}

fn graded_entries(random: &mut Random, rows: usize, columns: usize, bits: u32) -> Matrix<Rational> {
    let grades =
        |random: &mut Random, count| -> Vec<i32> { (0..count).map(|_| random.between(-8, 8) as i32).collect() };
    let (by_row, by_column) = (grades(random, rows), grades(random, columns));
    let matrix = random.matrix(rows, columns, bits);
    Matrix::from_fn(rows, columns, |i, j| &matrix[(i, j)] * power_of_two(by_row[i] + by_column[j]))
}

fn zero_blocks(random: &mut Random, rows: usize, columns: usize, bits: u32) -> Matrix<Rational> {
    let matrix = random.matrix(rows, columns, bits);
    let (i0, j0) = (random.size(0, rows), random.size(0, columns));
    let outside = random.chance(1, 2);
    // The block of the first i0 rows and j0 columns, or all but it; a row, a column, nothing and everything are among them.
    Matrix::from_fn(
        rows,
        columns,
        |i, j| {
            if (i < i0 && j < j0) == outside { matrix[(i, j)].clone() } else { Rational::new() }
        },
    )
}

fn zero_first(random: &mut Random, widths: &[usize], bits: u32) -> Vec<Matrix<Rational>> {
    let mut layers = Structure::Plain.layers(random, widths, bits);
    if let Some(first) = layers.first_mut() {
        *first = first.map(|_| Rational::new());
    }
    // W_L⋯W_2 must not vanish: a zero product is repaired by adding to each layer the same unit entry.
    if layers.len() > 1 {
        let above = crate::algebra::exact::end_to_end(&layers[1..], widths[1]);
        if above.entries().iter().all(|entry| *entry == 0) {
            for layer in &mut layers[1..] {
                *layer = layer.map(|_| Rational::new());
                layer[(0, 0)] = Rational::from(1);
            }
        }
    }
    layers
}

/// Layers of norm `size` and rank one whose end-to-end vector is `size^L` times the unit vector `direction`: adjacent layers
/// aligned, and exactly balanced.
#[must_use]
pub fn aligned(
    random: &mut Random,
    widths: &[usize],
    direction: &[Rational],
    size: &Rational,
) -> Vec<Matrix<Rational>> {
    let depth = widths.len() - 1;
    let mut right = direction.to_vec();
    (1..=depth)
        .map(|k| {
            let left = if k == depth {
                (0..widths[k]).map(|i| Rational::from(u32::from(i == 0))).collect()
            } else {
                unit_vector(random, widths[k])
            };
            let layer = Matrix::from_fn(widths[k], widths[k - 1], |i, j| Rational::from(&left[i] * &right[j]) * size);
            right = left;
            layer
        })
        .collect()
}

/// `layers` with the first one changed so that the end-to-end vector of an output of dimension 1 is `target`; `None` if
/// `W_L⋯W_2 = 0`.
#[must_use]
pub fn with_end_to_end(mut layers: Vec<Matrix<Rational>>, target: &[Rational]) -> Option<Vec<Matrix<Rational>>> {
    let first = layers.first()?.clone();
    let above = crate::algebra::exact::end_to_end(&layers[1..], first.rows());
    let p = above.row(0);
    let norm = crate::algebra::exact::norm_squared(p);
    if norm == 0 {
        return None;
    }
    // W_1 ← W_1 + pᵀ(target − pW_1)/‖p‖².
    let current = image(&first.transposed(), p);
    layers[0] = Matrix::from_fn(first.rows(), first.columns(), |i, j| {
        let missing = Rational::from(&target[j] - &current[j]) / &norm;
        &p[i] * missing + &first[(i, j)]
    });
    Some(layers)
}
