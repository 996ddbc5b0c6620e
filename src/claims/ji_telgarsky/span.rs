//! Data that do not span the space: what training can never change.

use crate::claims::{Claim, Finding, OldAboutRun, OldFold, OldOnRuns, Shape};
use crate::number::{Real, Ring};
use crate::problem::Matrix;
use crate::reference::Point;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let shape = |widths: &[usize], examples| Shape { widths: widths.to_vec(), examples, steps: 2 };
    vec![
        Claim::identity(
            "JT19.assumption-3-relaxed-span",
            include_str!("text/assumption-3-relaxed-span.md"),
            OldOnRuns(RelaxedSpan::default()),
            vec![
                shape(&[2, 1], 1),
                shape(&[4, 1], 2),
                shape(&[2, 3, 1], 1),
                shape(&[3, 2, 1], 2),
                shape(&[3, 1, 2, 1], 1),
                shape(&[4, 2, 2, 1], 3),
                shape(&[3, 2, 2, 2, 1], 2),
            ],
        )
        .identity_control(
            "10⁻⁶ is added to one entry of the gradient, which takes it out of the span",
            OldOnRuns(RelaxedSpan { leaking: true }),
            Shape { widths: vec![3, 2, 1], examples: 2, steps: 1 },
        ),
    ]
}

/// `g ∈ V`, and `W_1(I − Π_V)` is constant, `V` being the span of the data.
#[doc = include_str!("text/assumption-3-relaxed-span.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RelaxedSpan {
    /// The control: the first entry of `g` and of `G_1` is changed by 10⁻⁶.
    pub leaking: bool,
}

impl RelaxedSpan {
    fn leaked<T: Real>(self, gradient: &Matrix<T>) -> Matrix<T> {
        let mut gradient = gradient.clone();
        if self.leaking {
            let noise = gradient[(0, 0)].constant((1, 1_000_000));
            gradient[(0, 0)] += &noise;
        }
        gradient
    }

    fn inside<T: Real>(self, point: &Point<T>, complement: &Matrix<T>, finding: &mut Finding) {
        let orthogonal = |matrix: &Matrix<T>| self.leaked(matrix).times(complement);
        let product = orthogonal(point.product_gradient());
        let zero = |like: &Matrix<T>| Matrix::zeros(like.rows(), like.columns(), like.bits());
        finding.equal_matrices("g is in the span of the data", &product, &zero(&product));
        let first = orthogonal(&point.gradient()[0]);
        finding.equal_matrices("the rows of G_1 are in the span of the data", &first, &zero(&first)).layer(1);
    }
}

impl OldAboutRun for RelaxedSpan {
    fn begin<T: Real>(&self, start: &Point<T>, finding: &mut Finding) -> OldFold<T> {
        let Some(complement) = start.setting().signed_examples().and_then(orthogonal_vectors) else {
            return Box::new(|_, _| {});
        };
        let claim = *self;
        claim.inside(start, &complement, finding);
        let frozen = start.weights()[0].times(&complement);
        Box::new(move |step, finding| {
            claim.inside(&step.after, &complement, finding);
            let now = step.after.weights()[0].times(&complement);
            finding.equal_matrices("W_1(I − Π_V) has not changed", &now, &frozen).layer(1);
        })
    }
}

/// Vectors, as columns, that are orthogonal to every row of `z` (`n × d`) whatever the rows are: for each `n + 1` of the `d`
/// coordinates the vector of the signed minors of `z` there, polynomials in its entries. If the rows are linearly independent,
/// they span all that is orthogonal to them. `None` unless `n < d`.
fn orthogonal_vectors<T: Ring>(z: &Matrix<T>) -> Option<Matrix<T>> {
    let (n, d) = (z.rows(), z.columns());
    if n == 0 || n >= d {
        return None;
    }
    let rows: Vec<usize> = (0..n).collect();
    let mut vectors = Vec::new();
    for chosen in subsets(d, n + 1) {
        let mut vector = vec![T::zero(z.bits()); d];
        for (position, &j) in chosen.iter().enumerate() {
            let others: Vec<usize> = chosen.iter().copied().filter(|&other| other != j).collect();
            let minor = determinant(z, &rows, &others);
            vector[j] = if position % 2 == 0 { minor } else { -minor };
        }
        vectors.push(vector);
    }
    Matrix::from_rows(vectors).map(|rows| rows.transposed())
}

/// The determinant of the given rows and columns of `matrix`, by expansion along the first row.
fn determinant<T: Ring>(matrix: &Matrix<T>, rows: &[usize], columns: &[usize]) -> T {
    let Some((&first, rest)) = rows.split_first() else { return T::one(matrix.bits()) };
    let mut sum = T::zero(matrix.bits());
    for (position, &j) in columns.iter().enumerate() {
        let others: Vec<usize> = columns.iter().copied().filter(|&other| other != j).collect();
        let minor = determinant(matrix, rest, &others);
        let signed = if position % 2 == 0 { minor } else { -minor };
        sum.add_product(&matrix[(first, j)], &signed);
    }
    sum
}

/// All sets of `size` among `0..count`, each ascending.
fn subsets(count: usize, size: usize) -> Vec<Vec<usize>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    (size - 1..count)
        .flat_map(|last| {
            subsets(last, size - 1).into_iter().map(move |mut subset| {
                subset.push(last);
                subset
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Rational;

    #[test]
    fn minors_span_the_complement() {
        let z = Matrix::from_rows(vec![vec![1, 2, -1, 3], vec![0, 5, 2, 1]]).unwrap();
        let z: Matrix<Rational> = Matrix::from_rationals(&z.map(|&entry| rug::Rational::from(entry)), 64);
        let vectors = orthogonal_vectors(&z).unwrap();
        assert_eq!((vectors.rows(), vectors.columns()), (4, 4));
        assert!(z.times(&vectors).entries().iter().all(|entry| entry.exact() == Some(rug::Rational::new())));
        // Of the first two vectors, neither is a multiple of the other: together they span the two dimensions left.
        let minor = determinant(&vectors, &[0, 1, 2, 3][..2], &[0, 1]);
        assert_ne!(minor.exact(), Some(rug::Rational::new()));
        assert!(orthogonal_vectors(&Matrix::<Rational>::zeros(2, 2, 64)).is_none());
        assert_eq!(subsets(4, 2).len(), 6);
    }
}
