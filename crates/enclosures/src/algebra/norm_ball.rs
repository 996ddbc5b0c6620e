//! Matrices of f64 that are known up to an error in norm, and bounds of norms: certified, at about the cost of floating point.
//!
//! Where only norms of products are wanted, an error for every entry is too much. A [`NormBall`] has one for the whole matrix, and the
//! products of two cost those of their centres and a dozen operations on [`Magnitude`]s.
//!
//! Of a sum of `n` products in f64, in whatever order, the error is at most `γ_n Σ|a_i b_i|`, `γ_n = nu/(1 − nu)` ([`gamma`]), and `2⁻¹⁰⁷⁵`
//! for every product that underflows, itself multiplied by at most `1 + γ_n ≤ 2` later. So with inner dimension `n` the product of two
//! matrices errs by at most `γ_n ‖|A||B|‖_F ≤ γ_n ‖A‖_F ‖B‖_F` and by `2⁻¹⁰⁷⁴ n` an entry.

use crate::number::{Magnitude, Matrix, nearest_f64};
use crate::time_limit::check_after;

/// `2⁻⁵³` is the unit roundoff of f64; half the least subnormal number, `2⁻¹⁰⁷⁵`, is what one operation loses below the normal range.
const UNIT_LOG2: i64 = -53;

/// Twice what a product loses that underflows.
const UNDERFLOW_LOG2: i64 = -1074;

/// `γ_n = nu/(1 − nu)`, rounded upward: more than what `n` roundings in f64 change a number by, relatively. Infinite if `nu ≥ 1`.
///
/// ```
/// use enclosures::algebra::norm_ball::gamma;
/// assert!(gamma(1).to_f64() > f64::EPSILON / 2.0);
/// assert!(gamma(1 << 53).is_infinite());
/// ```
#[must_use]
pub fn gamma(roundings: usize) -> Magnitude {
    let share = Magnitude::above_f64(roundings as f64).scaled(UNIT_LOG2);
    share.over(Magnitude::power_of_two(0).minus_below(share))
}

/// The real matrices within `radius` of a centre of f64 numbers in the Frobenius norm. What is computed of such sets contains what is computed
/// of any of their matrices. A centre with an entry that is infinite or NaN bounds nothing: then all bounds are infinite.
///
/// ```
/// use enclosures::algebra::norm_ball::NormBall;
/// use enclosures::number::Matrix;
/// let rows = NormBall::exact(Matrix::from([[3.0, 0.0], [0.0, 4.0]]));
/// assert!((4.0..4.4).contains(&rows.spectral().to_f64()));
/// assert!((5.0..5.001).contains(&rows.frobenius().to_f64()));
/// assert!(rows.times(&rows).radius().to_f64() < 1e-14);
/// ```
#[derive(Clone, Debug)]
pub struct NormBall {
    centre: Matrix<f64>,
    radius: Magnitude,
    /// At least the Frobenius norm of the centre.
    size: Magnitude,
}

impl NormBall {
    /// The matrix itself.
    #[must_use]
    pub fn exact(centre: Matrix<f64>) -> Self {
        Self::new(centre, Magnitude::ZERO)
    }

    /// The matrices within `radius` of `centre`.
    #[must_use]
    pub fn new(centre: Matrix<f64>, radius: Magnitude) -> Self {
        let size = euclidean(centre.entries());
        Self { centre, radius, size }
    }

    /// Around the f64 numbers that are nearest to some rationals.
    #[must_use]
    pub fn nearest(values: &Matrix<rug::Rational>) -> Self {
        let centre = values.map(nearest_f64);
        let is_exact = |(value, nearest): (&rug::Rational, &f64)| value == nearest;
        let are_exact = values.entries().iter().zip(centre.entries()).all(is_exact);
        if are_exact { Self::exact(centre) } else { Self::rounded(centre) }
    }

    /// Around numbers that were rounded to nearest: each by at most `u` times itself, or `2⁻¹⁰⁷⁵`.
    #[must_use]
    pub fn rounded(centre: Matrix<f64>) -> Self {
        let mut rounded = Self::exact(centre);
        rounded.radius = rounded.size * gamma(1) + rounded.underflow(1);
        rounded
    }

    /// The identity.
    #[must_use]
    pub fn identity(size: usize) -> Self {
        Self::exact(Matrix::from_fn(size, size, |i, j| f64::from(u8::from(i == j))))
    }

    /// The centre.
    #[must_use]
    pub fn centre(&self) -> &Matrix<f64> {
        &self.centre
    }

    /// The set that consists of the centre.
    #[must_use]
    pub fn centre_alone(&self) -> Self {
        Self { radius: Magnitude::ZERO, ..self.clone() }
    }

    /// The radius, in the Frobenius norm.
    #[must_use]
    pub fn radius(&self) -> Magnitude {
        self.radius
    }

    /// At least the Frobenius norm of every matrix of the set.
    #[must_use]
    pub fn frobenius(&self) -> Magnitude {
        self.size + self.radius
    }

    /// What `products` products that underflow lose for each entry, in the Frobenius norm: `√m ≤ m` times that, `m` the number of entries.
    fn underflow(&self, products: usize) -> Magnitude {
        let count = self.centre.entries().len() as f64;
        (Magnitude::above_f64(count) * Magnitude::above_f64(products as f64)).scaled(UNDERFLOW_LOG2)
    }

    /// The product `A B`.
    ///
    /// # Panics
    ///
    /// If the inner dimensions differ, as in the other products.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let (left, right) = (&self.centre, &other.centre);
        assert_eq!(left.columns(), right.rows(), "inner dimensions of a product");
        let mut product = vec![0.0; left.rows() * right.columns()];
        for i in 0..left.rows() {
            let sums = &mut product[i * right.columns()..(i + 1) * right.columns()];
            for (k, factor) in left.row(i).iter().enumerate() {
                add_multiple(sums, *factor, right.row(k));
            }
        }
        self.product(other, left.columns(), Matrix::from_entries(right.columns(), product))
    }

    /// The product `AᵀB`.
    ///
    /// # Panics
    ///
    /// As [`times`](Self::times).
    #[must_use]
    pub fn transpose_times(&self, other: &Self) -> Self {
        let (left, right) = (&self.centre, &other.centre);
        assert_eq!(left.rows(), right.rows(), "inner dimensions of a product");
        let mut product = vec![0.0; left.columns() * right.columns()];
        for k in 0..left.rows() {
            for (i, factor) in left.row(k).iter().enumerate() {
                add_multiple(&mut product[i * right.columns()..(i + 1) * right.columns()], *factor, right.row(k));
            }
        }
        self.product(other, left.rows(), Matrix::from_entries(right.columns(), product))
    }

    /// The product `ABᵀ`.
    ///
    /// # Panics
    ///
    /// As [`times`](Self::times).
    #[must_use]
    pub fn times_transpose(&self, other: &Self) -> Self {
        let (left, right) = (&self.centre, &other.centre);
        assert_eq!(left.columns(), right.columns(), "inner dimensions of a product");
        let mut product = Vec::with_capacity(left.rows() * right.rows());
        for i in 0..left.rows() {
            for j in 0..right.rows() {
                check_after(left.columns() / 8);
                product.push(inner(left.row(i), right.row(j)));
            }
        }
        self.product(other, left.columns(), Matrix::from_entries(right.rows(), product))
    }

    /// The set around `centre`, the product of the two centres in f64, each entry a sum of `inner` products.
    fn product(&self, other: &Self, inner: usize, centre: Matrix<f64>) -> Self {
        let mut product = Self::exact(centre);
        // ‖A'B' − AB‖_F ≤ ‖A' − A‖_F ‖B'‖_F + ‖A‖_F ‖B' − B‖_F.
        product.radius = Magnitude::sum_of_products([
            (self.size * gamma(inner), other.size),
            (self.radius, other.frobenius()),
            (self.size, other.radius),
            (product.underflow(inner), Magnitude::power_of_two(0)),
        ]);
        product
    }

    /// The difference `A − B`; of the centres it errs by at most `u‖A − B‖_F`, and exactly nothing below the normal range.
    ///
    /// # Panics
    ///
    /// If the shapes differ.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let (left, right) = (&self.centre, &other.centre);
        assert_eq!((left.rows(), left.columns()), (right.rows(), right.columns()), "shapes of a difference");
        let entries = left.entries().iter().zip(right.entries()).map(|(one, other)| one - other).collect();
        let mut difference = Self::exact(Matrix::from_entries(left.columns(), entries));
        difference.radius = difference.size * gamma(1) + self.radius + other.radius;
        difference
    }

    /// The multiple by a number within `radius` of `factor`.
    #[must_use]
    pub fn scaled(&self, factor: f64, radius: Magnitude) -> Self {
        let mut multiple = Self::exact(self.centre.map(|entry| entry * factor));
        multiple.radius = Magnitude::sum_of_products([
            (multiple.size, gamma(1)),
            (multiple.underflow(1), Magnitude::power_of_two(0)),
            (self.radius, Magnitude::above_f64(factor) + radius),
            (self.size, radius),
        ]);
        multiple
    }

    /// The transpose.
    #[must_use]
    pub fn transposed(&self) -> Self {
        Self { centre: self.centre.transposed(), ..*self }
    }

    /// At least the spectral norm `‖A‖_2` of every matrix of the set, the least of three bounds: `‖A‖_F`, `(‖A‖_1‖A‖_∞)^{1/2}` and
    /// `‖(AᵀA)⁴‖_F^{1/8}`. The last is at most `n^{1/16}` times the norm of an `n × m` matrix with `n ≤ m`.
    #[must_use]
    pub fn spectral(&self) -> Magnitude {
        let (rows, columns) = (self.centre.rows(), self.centre.columns());
        if rows.min(columns) <= 1 || self.size.is_zero() || self.size.is_infinite() {
            return self.frobenius();
        }
        let sums = sums_of_lines(&self.centre);
        let least = [sums, self.eighth_power()].into_iter().fold(self.size, Ord::min);
        least + self.radius
    }

    /// `‖(AᵀA)⁴‖_F^{1/8}` of the centre, or of `AAᵀ` if that is smaller.
    fn eighth_power(&self) -> Magnitude {
        // By a power of two to a norm near 1, so that no power leaves the range of f64. Entries that become subnormal are rounded.
        let Some(exponent) = self.size.exponent().filter(|exponent| exponent.abs() < 1000) else { return self.size };
        let scale = power_of_two(-exponent);
        let mut scaled = Self::exact(self.centre.map(|entry| entry * scale));
        scaled.radius = scaled.underflow(1);
        let square = if self.centre.rows() < self.centre.columns() {
            scaled.times_transpose(&scaled)
        } else {
            scaled.transpose_times(&scaled)
        };
        let fourth = square.times_transpose(&square);
        fourth.times_transpose(&fourth).frobenius().sqrt().sqrt().sqrt().scaled(exponent)
    }
}

/// `2^exponent` for an exponent within ±1000.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}

/// `sums += factor · terms`.
fn add_multiple(sums: &mut [f64], factor: f64, terms: &[f64]) {
    check_after(terms.len() / 8);
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += factor * term;
    }
}

/// At least `(‖A‖_1 ‖A‖_∞)^{1/2}`, by the largest sums of absolute values of columns and rows. Sums of non-negative numbers do not underflow.
fn sums_of_lines(matrix: &Matrix<f64>) -> Magnitude {
    let mut columns = vec![0.0; matrix.columns()];
    let mut largest_row = 0.0_f64;
    for i in 0..matrix.rows() {
        let mut row = 0.0;
        for (column, entry) in columns.iter_mut().zip(matrix.row(i)) {
            *column += entry.abs();
            row += entry.abs();
        }
        largest_row = largest_row.max(row);
    }
    let largest_column = columns.into_iter().fold(0.0_f64, f64::max);
    let exact = |sum: f64, count: usize| {
        let sum = Magnitude::above_f64(sum);
        sum + sum * gamma(count)
    };
    (exact(largest_row, matrix.columns()) * exact(largest_column, matrix.rows())).sqrt()
}

/// The inner product of as many numbers each in f64, in eight sums that do not wait for each other.
///
/// ```
/// use enclosures::algebra::norm_ball::inner;
/// assert_eq!(inner(&[1.0; 11], &[2.0; 11]), 22.0);
/// ```
#[must_use]
pub fn inner(left: &[f64], right: &[f64]) -> f64 {
    const LANES: usize = 8;
    let one_by_one = |left: &[f64], right: &[f64]| left.iter().zip(right).map(|(one, other)| one * other).sum();
    if left.len() < LANES {
        return one_by_one(left, right);
    }
    let mut sums = [0.0; LANES];
    let (left, right) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let rest: f64 = one_by_one(left.remainder(), right.remainder());
    for (left, right) in left.zip(right) {
        for (sum, (one, other)) in sums.iter_mut().zip(left.iter().zip(right)) {
            *sum += one * other;
        }
    }
    sums.iter().fold(rest, |total, sum| total + sum)
}

/// At least the Euclidean norm of some numbers; infinite if one is infinite or NaN.
///
/// ```
/// use enclosures::algebra::norm_ball::euclidean;
/// assert!((5.0..5.00001).contains(&euclidean(&[3.0, -4.0]).to_f64()));
/// assert!(euclidean(&[1e-300; 4]).to_f64() >= 2e-300);
/// assert!(euclidean(&[0.0, f64::NAN]).is_infinite());
/// ```
#[must_use]
pub fn euclidean(numbers: &[f64]) -> Magnitude {
    let sum = inner(numbers, numbers);
    if (1e-250..1e300).contains(&sum) {
        // What underflows is less than 2⁻¹⁰⁷⁴ each, and that less than 2⁻²⁰⁰ of the sum.
        let sum = Magnitude::above_f64(sum);
        return (sum + sum * gamma(numbers.len() + 1)).sqrt();
    }
    // The sum of a NaN, or of squares out of range.
    Magnitude::euclidean(numbers.iter().copied().map(Magnitude::above_f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Exact, Real};
    use rug::Rational;

    fn numbers(rows: usize, columns: usize, seed: u64, scale: f64) -> Matrix<f64> {
        let mut state = seed;
        Matrix::from_fn(rows, columns, |_, _| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0) * scale
        })
    }

    fn exact(matrix: &Matrix<f64>) -> Matrix<Exact> {
        matrix.map(|entry| Exact::from(Rational::from_f64(*entry).unwrap()))
    }

    /// The exact square of a distance, and the square of a radius.
    fn assert_within(found: &NormBall, expected: &Matrix<Exact>) {
        let distance = exact(found.centre()).minus(expected).frobenius_squared().exact().unwrap();
        let radius = found.radius().to_rational().unwrap();
        assert!(distance <= radius.clone() * &radius, "{distance} {radius}");
    }

    /// Every operation, on matrices with an error whose true values lie at its end, from tiny to huge.
    #[test]
    fn the_image_of_every_matrix_is_within_the_radius() {
        for (seed, scale) in [(1, 1.0), (2, 1e-170), (3, 1e120), (4, 3e-308), (5, 1e-8)] {
            let with_error = |centre: Matrix<f64>, error: f64| {
                let moved = Matrix::from_fn(centre.rows(), centre.columns(), |i, j| {
                    centre[(i, j)] + if i == j { error } else { 0.0 }
                });
                let difference = exact(&moved).minus(&exact(&centre)).frobenius_squared().exact().unwrap();
                let radius = Magnitude::above_rational(&difference).sqrt();
                (exact(&moved), NormBall::new(centre, radius))
            };
            for error in [0.0, 1e-3 * scale, scale] {
                let (a, ball_a) = with_error(numbers(4, 5, seed, scale), error);
                let (b, ball_b) = with_error(numbers(5, 3, seed + 7, scale), -error);
                let (c, ball_c) = with_error(numbers(4, 5, seed + 9, scale), -error);
                assert_within(&ball_a.times(&ball_b), &a.times(&b));
                assert_within(&ball_a.transpose_times(&ball_c), &a.transpose_times(&c));
                assert_within(&ball_a.times_transpose(&ball_c), &a.times_transpose(&c));
                assert_within(&ball_a.minus(&ball_c), &a.clone().minus(&c));
                let third = Exact::from(Rational::from((1, 3)));
                assert_within(&ball_a.scaled(1.0 / 3.0, Magnitude::power_of_two(-54)), &a.scaled(&third));
                let size = ball_a.frobenius().to_rational().unwrap();
                assert!(a.frobenius_squared().exact().unwrap() <= size.clone() * size);
            }
        }
    }

    /// A vector that the matrix stretches by nearly its norm, from power steps in f64, is stretched by less than the bound; and the bound is near.
    #[test]
    fn the_spectral_norm_is_bounded_from_above_and_nearly() {
        for (rows, columns, seed, scale) in
            [(1, 6, 1, 1.0), (5, 5, 2, 1.0), (3, 8, 3, 1e-200), (8, 3, 4, 1e-290), (6, 6, 5, 1e200), (4, 4, 6, 4e-322)]
        {
            let matrix = numbers(rows, columns, seed, scale);
            let bound = NormBall::exact(matrix.clone()).spectral();
            let unit = matrix.map(|entry| entry / scale);
            let mut vector = vec![1.0; columns];
            for _ in 0..200 {
                let image: Vec<f64> =
                    (0..rows).map(|i| unit.row(i).iter().zip(&vector).map(|(a, v)| a * v).sum()).collect();
                vector = (0..columns).map(|j| (0..rows).map(|i| unit[(i, j)] * image[i]).sum()).collect();
                let size: f64 = vector.iter().map(|entry| entry * entry).sum::<f64>().sqrt();
                vector.iter_mut().for_each(|entry| *entry /= size);
            }
            let vector = exact(&Matrix::from_entries(1, vector));
            let image = exact(&matrix).times(&vector).frobenius_squared().exact().unwrap();
            let (bound, size) = (bound.to_rational().unwrap().square(), vector.frobenius_squared().exact().unwrap());
            assert!(image <= bound.clone() * &size, "{rows} {columns}");
            let is_near = bound * size < image * Rational::from((14, 10));
            assert!(is_near || scale < 1e-300, "{rows} {columns} {scale}");
        }
    }

    #[test]
    fn a_diagonal_matrix_has_the_norm_of_its_largest_entry() {
        let diagonal = Matrix::from_fn(40, 40, |i, j| if i == j { 1.0 + i as f64 / 64.0 } else { 0.0 });
        let bound = NormBall::exact(diagonal).spectral().to_f64();
        assert!((1.609_375..1.609_376).contains(&bound), "{bound}");
    }

    #[test]
    fn what_is_no_number_bounds_nothing() {
        for bad in [f64::NAN, f64::INFINITY] {
            let ball = NormBall::exact(Matrix::from([[1.0, bad], [0.0, 2.0]]));
            assert!(ball.spectral().is_infinite() && ball.frobenius().is_infinite());
            assert!(ball.times(&ball).frobenius().is_infinite());
        }
        let huge = NormBall::exact(Matrix::from([[1e200, 1.0], [0.0, 1e200]]));
        assert!(huge.times(&huge).frobenius().is_infinite());
        assert!((1e200..1.4e200).contains(&huge.spectral().to_f64()));
    }
}
