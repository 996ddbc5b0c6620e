//! Data that do not span the space: what training can never change.

use crate::algebra::elimination::null_space;
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, OnRuns, Shape, at_every_point};
use crate::number::{Real, Ring};
use crate::problem::Matrix;
use crate::reference::Point;

use super::terms::{absolute, equal_matrices, in_absolute_values, largest};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let shape = |widths: &[usize], examples| Shape::fully_connected(widths).with_examples(examples).with_steps(2);
    vec![
        Claim::identity(
            "JT19.assumption-3-relaxed-span",
            include_str!("text/assumption-3-relaxed-span.md"),
            OnRuns(RelaxedSpan::default()),
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
            OnRuns(RelaxedSpan { leaking: true }),
            Shape::fully_connected(&[3, 2, 1]).with_examples(2).with_steps(1),
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
        let terms =
            |of: fn(&Point<T>) -> &Matrix<T>| largest(&of(in_absolute_values(point)).times(&absolute(complement)));
        let orthogonal = |matrix: &Matrix<T>| self.leaked(matrix).times(complement);
        let zero = |like: &Matrix<T>| Matrix::zeros(like.rows(), like.columns(), like.bits());
        let product = orthogonal(point.product_gradient());
        equal_matrices(finding, G_INSIDE, (&product, &zero(&product)), || terms(Point::product_gradient));
        let first = orthogonal(&point.gradient()[0]);
        equal_matrices(finding, ROWS_INSIDE, (&first, &zero(&first)), || terms(|point| &point.gradient()[0])).layer(1);
    }
}

const G_INSIDE: &str = "g is in the span of the data";
const ROWS_INSIDE: &str = "the rows of G_1 are in the span of the data";
const FROZEN: &str = "W_1(I − Π_V) has not changed";

impl AboutRun for RelaxedSpan {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.examples()
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let Some(complement) = complement(start) else {
            // V is the whole space, and I − Π_V is zero.
            return Box::new(at_every_point(|_: &Point<T>, finding: &mut Finding| {
                finding.asserted(G_INSIDE, true);
                finding.asserted(ROWS_INSIDE, true).layer(1);
                finding.asserted(FROZEN, true).layer(1);
            }));
        };
        let claim = *self;
        let mut at_start = None;
        Box::new(at_every_point(move |point: &Point<T>, finding: &mut Finding| {
            claim.inside(point, &complement, finding);
            let first = &point.weights()[0];
            let now = first.times(&complement);
            match &at_start {
                None => at_start = Some((now, first.clone())),
                Some((frozen, weights)) => {
                    equal_matrices(finding, FROZEN, (&now, frozen), || {
                        let terms = |layer: &Matrix<T>| largest(&absolute(layer).times(&absolute(&complement)));
                        terms(first).max(&terms(weights))
                    })
                    .layer(1);
                }
            }
        }))
    }
}

/// Vectors, as columns, that are orthogonal to every example; `None` if nothing is. Where the examples are free variables they are
/// polynomials in them.
fn complement<T: Real>(start: &Point<T>) -> Option<Matrix<T>> {
    let setting = start.setting();
    if start.free_losses().is_some() {
        return setting.signed_examples().and_then(orthogonal_vectors);
    }
    let (x, _) = setting.problem().examples()?;
    let vectors = Matrix::from_rows(null_space(x)).filter(|vectors| vectors.rows() > 0)?;
    Some(Matrix::from_rationals(&vectors, setting.bits()).transposed())
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
    use crate::number::Exact;

    #[test]
    fn minors_span_the_complement() {
        let z = Matrix::from_rows(vec![vec![1, 2, -1, 3], vec![0, 5, 2, 1]]).unwrap();
        let z: Matrix<Exact> = Matrix::from_rationals(&z.map(|&entry| rug::Rational::from(entry)), 64);
        let vectors = orthogonal_vectors(&z).unwrap();
        assert_eq!((vectors.rows(), vectors.columns()), (4, 4));
        assert!(z.times(&vectors).entries().iter().all(|entry| entry.exact() == Some(rug::Rational::new())));
        // Of the first two vectors, neither is a multiple of the other: together they span the two dimensions left.
        let minor = determinant(&vectors, &[0, 1, 2, 3][..2], &[0, 1]);
        assert_ne!(minor.exact(), Some(rug::Rational::new()));
        assert!(orthogonal_vectors(&Matrix::<Exact>::zeros(2, 2, 64)).is_none());
        assert_eq!(subsets(4, 2).len(), 6);
    }
}
