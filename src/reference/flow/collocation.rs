//! Centres by collocation: for stretches on which a flow is stiff.
//!
//! The step of a Taylor polynomial is about its degree over the largest eigenvalue of the Hessian, however slowly the weights move. The polynomial here is found
//! from equations in place of that: of degree `N` on `[−h, h]`, with `c′ = 2^unit F(c)` at `N` nodes and `c(−h) = w`, the weights at the begin. The nodes are those
//! of Chebyshev, Gauss and Radau with the last time among them: what stiff directions begin with is gone at the end.
//!
//! Where the flow has decayed onto what is slow, it has to begin there to more bits than are asked for: a rounding of `w` is a defect of `|λ|h` times that. So a step by
//! collocation goes on from where the last one ended, not from where that was rounded to.
//!
//! Nothing here is a bound, and nothing can be wrong: what the polynomial is worth is what its [`defect`](super::defect) says. It can be slow, or not be found.

use nalgebra::linalg::{LU, SymmetricEigen};
use nalgebra::{DMatrix, DVector, Dyn};
use rug::Rational;

use super::centre::{Centre, two_to};
use super::field::Field;
use crate::number::{Ball, Magnitude, Real, Ring};

/// So many corrections are made at most, and the Jacobian is found anew at most so often.
const CORRECTIONS: usize = 120;
const JACOBIANS: usize = 7;

/// All equations at once are solved if they are no more than this.
const MOST_EQUATIONS: usize = 2000;

/// A correction that leaves more than 2 to this power of the residual asks for another Jacobian, and one that leaves more than 2 to that power for another step.
const SLOW: i64 = -2;
const HOPELESS: i64 = 0;

/// So many terms of the last polynomial tell where the next may be.
const EXTRAPOLATED: usize = 7;

/// Beside the bits of the result: what the coefficients of a polynomial of degree `N` about the middle lose to the values at the nodes is `log₂ (1 + √2)` for each
/// degree, …
const BITS_PER_DEGREE: f64 = 1.28;
/// … and so many for the stiffness.
const SPARE_BITS: f64 = 32.0;

/// The collocation of one degree at one precision: nodes `x_0 = −1 < x_1 < … < x_N = 1`, which are f64 numbers, and matrices of the polynomials `ℓ_j` that are 1 at one
/// of them and 0 at the others.
#[derive(Debug)]
pub(super) struct Collocation {
    bits: u32,
    nodes: Vec<Ball>,
    /// `ℓ_j′(x_i)`.
    slopes: Vec<Vec<Ball>>,
    /// The same in f64, without the begin.
    rough: DMatrix<f64>,
    /// The n-th coefficient of `ℓ_j`.
    coefficients: Vec<Vec<Ball>>,
}

/// The equations of Newton steps: `Σ_j ℓ_j′(x_i) v_j − h J_i v_i` at the nodes beyond the begin, with the Jacobian `J_i` at each.
enum Newton {
    /// One Jacobian at all nodes, that of a gradient or nearly so: what is not symmetric in it is left out. One of its directions after the other there are as many
    /// equations as nodes.
    Coupled {
        /// Orthonormal directions as columns.
        directions: DMatrix<f64>,
        /// For each of them `ℓ_j′(x_i) − h μ` at `i`, `j`.
        systems: Vec<LU<f64, Dyn, Dyn>>,
    },
    /// All equations: where stiff directions turn on the way by more than one over the root of the stiffness, no single Jacobian will do.
    Whole(Box<LU<f64, Dyn, Dyn>>),
}

impl Collocation {
    /// The precision that polynomials of this degree need for weights of so many bits.
    pub fn working_bits(degree: usize, bits: u32) -> u32 {
        let more = BITS_PER_DEGREE * degree as f64 + SPARE_BITS;
        bits.saturating_add(more as u32).checked_next_multiple_of(64).unwrap_or(u32::MAX)
    }

    /// For polynomials of this degree, at least 1, and weights of so many bits.
    pub fn new(degree: usize, bits: u32) -> Self {
        let bits = Self::working_bits(degree, bits);
        // Twice what the coefficients lose, and as many as they are to have.
        let inner = bits + 4 * degree as u32 + 64;
        let node = |i: usize| match i {
            0 => -1.0,
            _ => (std::f64::consts::TAU * (degree - i) as f64 / (2 * degree - 1) as f64).cos(),
        };
        // The last of them is exactly 1: cos 0.
        let nodes: Vec<Ball> = (0..=degree).map(|i| Ball::from_f64(node(i), inner)).collect();
        let point = |value: Ball| value.midpoint();
        let difference = |i: usize, j: usize| nodes[i].clone() - &nodes[j];
        // ∏_{k≠j} (x_j − x_k).
        let scales: Vec<Ball> = (0..=degree)
            .map(|j| {
                let others = (0..=degree).filter(|&k| k != j);
                point(others.fold(Ball::one(inner), |product, k| product * difference(j, k)))
            })
            .collect();
        let mut slopes: Vec<Vec<Ball>> = (0..=degree)
            .map(|i| {
                let entry = |j: usize| match i == j {
                    true => Ball::zero(inner),
                    false => point(scales[i].clone() / &(scales[j].clone() * difference(i, j))),
                };
                (0..=degree).map(entry).collect()
            })
            .collect();
        for (i, row) in slopes.iter_mut().enumerate() {
            // The slope of what is 1 everywhere is zero.
            row[i] = point(-row.iter().fold(Ball::zero(inner), |sum, entry| sum + entry));
        }
        // ∏_k (x − x_k), and that without one of its factors.
        let mut product = vec![Ball::one(inner)];
        for node in &nodes {
            product.insert(0, Ball::zero(inner));
            for n in 0..product.len() - 1 {
                let term = product[n + 1].clone() * node;
                product[n] = point(product[n].clone() - &term);
            }
        }
        let mut coefficients = vec![Vec::with_capacity(degree + 1); degree + 1];
        for (node, scale) in nodes.iter().zip(&scales) {
            let mut carried = Ball::zero(inner);
            for n in (0..=degree).rev() {
                carried = point(carried * node + &product[n + 1]);
                coefficients[n].push(point(carried.clone() / scale));
            }
        }
        let rough = DMatrix::from_fn(degree, degree, |i, j| slopes[i + 1][j + 1].approximate());
        for entry in slopes.iter_mut().flatten() {
            *entry = entry.clone().with_bits(bits).midpoint();
        }
        let nodes = nodes.into_iter().map(|node| node.with_bits(bits)).collect();
        Self { bits, nodes, slopes, rough, coefficients }
    }

    /// The degree of the polynomials.
    pub fn degree(&self) -> usize {
        self.slopes.len() - 1
    }

    /// The precision of their coefficients.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// The polynomial from `start` on `[−half, half]` in units of `2^unit`, with a residual of no more than `enough` at the nodes, if it is found.
    ///
    /// It is looked for from the first derivatives at the end of the polynomial `before`, which ends at the start, or else from rest; with all equations at once where
    /// one Jacobian does not do and `is_whole` says that this is worth it.
    pub fn solve(
        &self,
        field: &Field,
        start: &[Ball],
        before: Option<&Centre>,
        (half, unit): (f64, i64),
        enough: Magnitude,
        is_whole: bool,
    ) -> Option<Centre> {
        let exact = Rational::from_f64(half)? * two_to(unit);
        let rough = exact.to_f64();
        if !rough.is_normal() {
            return None;
        }
        let step = Ball::from_rational(&exact, self.bits);
        let start: Vec<Ball> = start.iter().map(|weight| weight.clone().with_bits(self.bits).midpoint()).collect();
        let guess = self.guess(&start, before, half, unit);
        let mut values = guess.clone();
        let mut newton = self.newton(field, &start, rough)?;
        let (mut jacobians, mut first, mut last) = (1, Magnitude::INFINITE, Magnitude::INFINITE);
        for _ in 0..CORRECTIONS {
            let residual = self.residual(field, &values, &step);
            let norms = residual.iter().map(|row| Magnitude::euclidean(row.iter().map(Ball::greatest_absolute)));
            let norm = norms.fold(Magnitude::ZERO, Ord::max);
            if norm.is_infinite() {
                return None;
            }
            if norm <= enough {
                return Some(self.centre(&values, half, unit));
            }
            first = first.min(norm);
            let is_slow = norm > last.scaled(SLOW);
            if is_slow && jacobians < JACOBIANS {
                // One Jacobian may have led astray.
                let is_astray = norm > first && matches!(newton, Newton::Coupled { .. });
                if is_astray {
                    values.clone_from(&guess);
                }
                let whole = if is_whole { self.whole(field, &values, rough) } else { None };
                newton = match whole {
                    Some(whole) => whole,
                    None => self.newton(field, &values[self.degree() / 2], rough)?,
                };
                jacobians += 1;
                if is_astray {
                    last = first;
                    continue;
                }
            } else if norm > last.scaled(HOPELESS) {
                return None;
            }
            last = norm;
            newton.correct(&mut values, &residual, norm);
        }
        None
    }

    /// Values at the nodes to begin with.
    fn guess(&self, start: &[Ball], before: Option<&Centre>, half: f64, unit: i64) -> Vec<Vec<Ball>> {
        let mut values = vec![start.to_vec(); self.nodes.len()];
        let Some(before) = before else { return values };
        let end = Ball::from_f64(-before.begin(), self.bits);
        let scale = Ball::from_rational(&two_to(unit - before.unit()), self.bits)
            .times(Rational::from_f64(half).unwrap_or_default());
        let passed: Vec<Ball> = self.nodes.iter().map(|node| (node.clone() + &Ball::one(self.bits)) * &scale).collect();
        for weight in 0..start.len() {
            let terms = before.expansion(weight, &end, EXTRAPOLATED, self.bits);
            for (values, passed) in values.iter_mut().zip(&passed) {
                let away = terms.iter().skip(1).rev().fold(Ball::zero(self.bits), |sum, term| (sum + term) * passed);
                values[weight] = (away + &start[weight]).midpoint();
            }
        }
        values
    }

    /// What is left of the equations, `c′ − h F(c)` at each node beyond the begin.
    fn residual(&self, field: &Field, values: &[Vec<Ball>], step: &Ball) -> Vec<Vec<Ball>> {
        let mut series = field.series(self.bits);
        let at_node = |(row, at_node): (&Vec<Ball>, &Vec<Ball>)| {
            series.restart();
            let slope = |(weight, gradient): (usize, &Ball)| {
                let mut sum = gradient.midpoint() * step;
                for (entry, value) in row.iter().zip(values) {
                    sum.add_product(entry, &value[weight]);
                }
                sum.midpoint()
            };
            series.next(at_node).gradient.iter().enumerate().map(slope).collect()
        };
        self.slopes.iter().zip(values).skip(1).map(at_node).collect()
    }

    /// The equations over this half of a step, with the Jacobian at each node, if they are not too many.
    fn whole(&self, field: &Field, values: &[Vec<Ball>], half: f64) -> Option<Newton> {
        let (degree, count) = (self.degree(), values[0].len());
        if degree.saturating_mul(count) > MOST_EQUATIONS {
            return None;
        }
        let mut matrix = DMatrix::zeros(degree * count, degree * count);
        for i in 0..degree {
            let columns = jacobian(field, &values[i + 1]);
            for (column, entries) in columns.iter().enumerate() {
                for (row, entry) in entries.iter().enumerate() {
                    matrix[(i * count + row, i * count + column)] = -half * entry;
                }
            }
            for j in 0..degree {
                for weight in 0..count {
                    matrix[(i * count + weight, j * count + weight)] += self.rough[(i, j)];
                }
            }
        }
        matrix.iter().all(|entry| entry.is_finite()).then(|| Newton::Whole(Box::new(matrix.lu())))
    }

    /// The equations over this half of a step, with one Jacobian, that at these weights.
    fn newton(&self, field: &Field, weights: &[Ball], half: f64) -> Option<Newton> {
        let columns = jacobian(field, weights);
        let count = columns.len();
        let jacobian = DMatrix::from_fn(count, count, |i, j| half * 0.5 * (columns[i][j] + columns[j][i]));
        if !jacobian.iter().all(|entry| entry.is_finite()) {
            return None;
        }
        let SymmetricEigen { eigenvectors, eigenvalues } =
            SymmetricEigen::try_new(jacobian, f64::EPSILON, 100 * count)?;
        let systems = eigenvalues.iter().map(|&rate| {
            let mut matrix = self.rough.clone();
            for i in 0..self.degree() {
                matrix[(i, i)] -= rate;
            }
            matrix.lu()
        });
        let systems = systems.collect();
        Some(Newton::Coupled { directions: eigenvectors, systems })
    }

    /// The polynomial with these values at the nodes of `[−half, half]`.
    fn centre(&self, values: &[Vec<Ball>], half: f64, unit: i64) -> Centre {
        let inner = self.coefficients[0][0].bits();
        let shorter = Ball::one(inner) / &Ball::from_f64(half, inner);
        let mut power = Ball::one(inner);
        let coefficients = self.coefficients.iter().map(|row| {
            let coefficient = |weight: usize| {
                let mut sum = Ball::zero(inner);
                for (entry, value) in row.iter().zip(values) {
                    sum.add_product(entry, &value[weight]);
                }
                (sum * &power).with_bits(self.bits).midpoint()
            };
            let coefficients: Vec<Ball> = (0..values[0].len()).map(coefficient).collect();
            power = power.clone() * &shorter;
            coefficients
        });
        Centre::new(unit, coefficients.collect()).about_middle(half)
    }
}

impl Newton {
    /// Makes the values better by one step, given what is left and about how much that is.
    fn correct(&self, values: &mut [Vec<Ball>], residual: &[Vec<Ball>], norm: Magnitude) {
        let exponent = norm.exponent().unwrap_or(0);
        let bits = values[0][0].bits();
        let [larger, smaller] = [-exponent, exponent].map(|power| Ball::from_rational(&two_to(power), bits));
        let (count, nodes) = (residual[0].len(), residual.len());
        let entry = |weight: usize, node: usize| -(residual[node][weight].clone() * &larger).approximate();
        let mut corrections = DMatrix::from_fn(count, nodes, entry);
        match self {
            Self::Coupled { directions, systems } => {
                corrections = directions.tr_mul(&corrections);
                for (direction, system) in systems.iter().enumerate() {
                    let mut right: DVector<f64> = corrections.row(direction).transpose();
                    system.solve_mut(&mut right);
                    corrections.row_mut(direction).tr_copy_from(&right);
                }
                corrections = directions * corrections;
            }
            Self::Whole(system) => {
                let mut right = DVector::from_column_slice(corrections.as_slice());
                system.solve_mut(&mut right);
                corrections.copy_from_slice(right.as_slice());
            }
        }
        for (values, correction) in values.iter_mut().skip(1).zip(corrections.column_iter()) {
            for (value, &correction) in values.iter_mut().zip(correction.iter()) {
                // What is no number makes all weights the whole line, and is given up.
                let sum = Ball::from_f64(correction, bits) * &smaller + &*value;
                *value = if sum.is_whole_line() { sum } else { sum.midpoint() };
            }
        }
    }
}

/// About the derivative of `F` by each weight: the second coefficient of what goes through these weights in its direction.
fn jacobian(field: &Field, weights: &[Ball]) -> Vec<Vec<f64>> {
    let weights: Vec<Ball> = weights.iter().map(|weight| weight.clone().with_bits(64).midpoint()).collect();
    let mut series = field.series(64);
    let mut direction = vec![Ball::zero(64); weights.len()];
    let column = |j: usize| {
        series.restart();
        series.next(&weights);
        direction[j] = Ball::one(64);
        let column = series.next(&direction).gradient.iter().map(|slope| -slope.approximate()).collect();
        direction[j] = Ball::zero(64);
        column
    };
    (0..weights.len()).map(column).collect()
}

/// About how many products a step takes, without and with all equations at once, in those of the series of a Taylor polynomial.
///
/// An evaluation takes as much as some coefficients, of which the Jacobian has two for each weight and each residual one for each node; and the defect has the first
/// `2N` coefficients, at twice the bits. What is solved in f64 takes a fraction of that.
pub(super) fn work(field: &Field, weights: usize, degree: usize) -> [f64; 2] {
    let (weights, degree, operations) = (weights as f64, degree as f64, field.operations() as f64);
    let evaluations = EVALUATION * (2.0 * weights + RESIDUALS * degree) * operations;
    let coupled = evaluations + 4.0 * degree * degree * operations + 10.0 * weights.powi(3) * FLOP;
    [coupled, coupled + (degree * weights).powi(3) / 3.0 * FLOP / 8.0]
}

/// The products that an operation takes at one place, the residuals that are looked at, and what part of a product one of f64 takes.
const EVALUATION: f64 = 4.0;
const RESIDUALS: f64 = 20.0;
const FLOP: f64 = 1.0 / 16.0;

/// About the norm of `F` at these weights.
pub(super) fn slope(field: &Field, weights: &[Ball]) -> Magnitude {
    let weights: Vec<Ball> = weights.iter().map(|weight| weight.clone().with_bits(64).midpoint()).collect();
    Magnitude::euclidean(field.series(64).next(&weights).gradient.iter().map(Ball::greatest_absolute))
}

/// About the largest absolute value of an eigenvalue of the derivative of `F` at these weights.
pub(super) fn stiffness(field: &Field, weights: &[Ball]) -> f64 {
    let weights: Vec<Ball> = weights.iter().map(|weight| weight.clone().with_bits(64).midpoint()).collect();
    let mut series = field.series(64);
    let count = weights.len();
    let (mut largest, mut direction) = (0.0, DVector::from_fn(count, |i, _| 1.0 + (i as f64).sin() / 2.0).normalize());
    for _ in 0..POWERS {
        series.restart();
        series.next(&weights);
        let balls: Vec<Ball> = direction.iter().map(|&entry| Ball::from_f64(entry, 64)).collect();
        let image = DVector::from_iterator(count, series.next(&balls).gradient.iter().map(Ball::approximate));
        largest = image.norm();
        if !(largest.is_normal()) {
            return 0.0;
        }
        direction = image / largest;
    }
    largest
}

/// So many steps of the power iteration tell about how stiff a flow is.
const POWERS: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    /// The matrices of a degree do with the values of a power what they are to do: its slopes, and the power itself.
    #[test]
    fn powers_have_their_slopes_and_their_coefficients() {
        for degree in [1, 2, 5, 24, 40] {
            let collocation = Collocation::new(degree, 64);
            let bits = collocation.bits();
            assert_eq!(collocation.nodes.len(), degree + 1);
            assert_eq!(collocation.nodes[0].approximate(), -1.0);
            assert_eq!(collocation.nodes[degree].approximate(), 1.0);
            for power in 0..=degree as u32 {
                let sum = |row: &[Ball]| {
                    let terms = row.iter().zip(&collocation.nodes).map(|(entry, node)| node.power(power) * entry);
                    terms.fold(Ball::zero(bits + 200), |sum, term| sum + &term)
                };
                let small = Magnitude::power_of_two(20 - i64::from(bits));
                for (row, node) in collocation.slopes.iter().zip(&collocation.nodes) {
                    let expected = node.power(power.max(1) - 1).times(power);
                    assert!((sum(row) - &expected).least_absolute() <= small, "slope of x^{power}, degree {degree}");
                }
                for (n, row) in collocation.coefficients.iter().enumerate() {
                    let expected = Ball::from_rational(&u32::from(n == power as usize).into(), 64);
                    let small = small.scaled((1.3 * degree as f64) as i64);
                    assert!((sum(row) - &expected).least_absolute() <= small, "x^{power}, degree {degree}");
                }
            }
        }
    }
}
