//! Squared losses near saddles, where the two terms of the Hessian cancel: their sum at one centre, and how far it is from that at others.
//!
//! Where a part of the target is learned and another is not, `S` alone has eigenvalues that the first term makes up for, and the bound by norms is far
//! too large. Let `d = 1/16`, and let `J_0` and `S_0` be of the forms of `J` and `S` with *any* matrices of f64 in the place of `A_k`, `C_k`, `B_kj` and `C_j Gᵀ A_k`:
//! those at a centre that was met before. Then at every point of the ball, with `E = J − J_0`, for all `V`,
//!
//! ```text
//! ⟨JV, Λ″JV⟩ ≥ (1 − d) ⟨J_0V, Λ″J_0V⟩ − (1/d − 1) ⟨EV, Λ″EV⟩,
//! ⟨JV, Λ″JV⟩ ≤ (1 + d) ⟨J_0V, Λ″J_0V⟩ + (1 + 1/d) ⟨EV, Λ″EV⟩
//! ```
//!
//! (Young's inequality in the seminorm of `Λ″`, which is constant). So
//!
//! ```text
//! λ⁻ ≤ m + 15 ‖Λ″‖‖E‖² + ‖S − S_0‖     if (1 − d) J_0*Λ″J_0 + S_0 ⪰ −m,
//! λ⁺ ≤ l + 17 ‖Λ″‖‖E‖² + ‖S − S_0‖     if (1 + d) J_0*Λ″J_0 + S_0 ⪯ l.
//! ```
//!
//! The matrices on the right are formed in f64, with a bound of what the roundings of their entries add up to, and
//! [factorised](crate::algebra::cholesky). What is left is bounded by norms, `‖E‖² ≤ Σ_k (‖A_k − A_k⁰‖‖C_k‖ + ‖A_k⁰‖‖C_k − C_k⁰‖)²` and `‖S − S_0‖ ≤ spec D` with
//! `D_jk = ‖M_jk − M_jk⁰‖‖B_kj‖ + ‖M_jk⁰‖‖B_kj − B_kj⁰‖`, `M_jk = C_j Gᵀ A_k`: the differences of small matrices, and what the ball adds to them. The
//! first term enters by its square, so that a factorisation serves for a while. What is made of it is for [`factored`](super::factored) to say.

use super::full::{Centre, Ends, Pair};
use super::mixed::Mixed;
use crate::algebra::norm_ball::{NormBall, gamma};
use crate::number::Magnitude;
use crate::problem::Matrix;

/// `d`.
const SHARE: f64 = 1.0 / 16.0;

/// `1/d − 1` and `1/d + 1`.
const OF_LOWER: f64 = 15.0;
const OF_UPPER: f64 = 17.0;

/// Which side of the spectrum.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Side {
    Lower,
    Upper,
}

impl Side {
    /// `1 ∓ d`, exactly.
    fn share(self) -> f64 {
        if self == Self::Lower { 1.0 - SHARE } else { 1.0 + SHARE }
    }
}

/// A matrix of f64, and at least its spectral norm.
type Measured = (NormBall, Magnitude);

fn measured(ball: &NormBall) -> Measured {
    let matrix = ball.centre_alone();
    let norm = matrix.spectral();
    (matrix, norm)
}

/// Matrices at a centre that was met before, and what a factorisation of their sum says.
#[derive(Debug)]
pub(super) struct Reference {
    /// `A_k⁰` and `C_k⁰`.
    above: Vec<Measured>,
    below: Vec<Measured>,
    /// Layers `j < k`, `M_jk⁰`, and `B_kj⁰`, `None` for the identity; in the order of [`Centre::pairs`].
    pairs: Vec<(usize, usize, Measured, Option<NormBall>)>,
    /// `m` or `l`; infinite before a factorisation finds it.
    pub bound: Magnitude,
}

/// How far a ball is from a reference: `‖Λ″‖‖E‖²` and `‖S − S_0‖`.
#[derive(Clone, Copy)]
pub(super) struct Drift {
    first: Magnitude,
    second: Magnitude,
}

impl Drift {
    pub fn on(self, side: Side) -> Magnitude {
        let factor = if side == Side::Lower { OF_LOWER } else { OF_UPPER };
        Magnitude::above_f64(factor) * self.first + self.second
    }

    /// From a reference, or from the matrices at the centre of the ball itself.
    pub fn of(centre: &Centre, reference: Option<&Reference>) -> Self {
        let mut square = Magnitude::ZERO;
        for k in 0..centre.depth() {
            // What differs at the centre, and the norm of what is referred to: of the numbers in f64, not of what they stand for.
            let away = |ends: &Ends, from: Option<&Measured>| {
                let product = &ends.products[k];
                match from {
                    Some((matrix, norm)) => (product.minus(matrix).spectral(), *norm),
                    None => (product.radius(), ends.norms[k].size + product.radius()),
                }
            };
            let (above, norm) = away(&centre.above, reference.map(|reference| &reference.above[k]));
            let (below, _) = away(&centre.below, reference.map(|reference| &reference.below[k]));
            let (above, below) = (above + centre.above.norms[k].change, below + centre.below.norms[k].change);
            let layer = above * centre.below.norms[k].most() + norm * below;
            square += layer * layer;
        }
        let mut mixed = Mixed::new(centre.depth());
        for (index, pair) in centre.pairs.iter().enumerate() {
            let (inner, norm, between) = match reference.map(|reference| &reference.pairs[index]) {
                Some((_, _, (inner, norm), between)) => {
                    let change =
                        pair.between.as_ref().zip(between.as_ref()).map(|(now, then)| now.minus(then).spectral());
                    (pair.inner.minus(inner).spectral(), *norm, change)
                }
                None => {
                    let error = pair.inner.radius();
                    (error, pair.inner_norm.size + error, pair.between.as_ref().map(NormBall::radius))
                }
            };
            let inner = inner + pair.inner_norm.change;
            let between = between.unwrap_or(Magnitude::ZERO) + pair.between_norm.change;
            mixed.set(pair.j, pair.k, inner * pair.between_norm.most() + norm * between);
        }
        Self { first: centre.bend * square, second: mixed.spectral() }
    }
}

impl Reference {
    pub fn at(centre: &Centre) -> Self {
        let depth = centre.depth();
        let pair =
            |pair: &Pair| (pair.j, pair.k, measured(&pair.inner), pair.between.as_ref().map(NormBall::centre_alone));
        Self {
            above: centre.above.products.iter().take(depth).map(measured).collect(),
            below: centre.below.products.iter().take(depth).map(measured).collect(),
            pairs: centre.pairs.iter().map(pair).collect(),
            bound: Magnitude::INFINITE,
        }
    }

    /// The lower triangle of `(1 ∓ d) J_0*Λ″J_0 + S_0` in f64, and at least the spectral norm of what the symmetric matrix with it differs by from that.
    ///
    /// Weights are numbered layer by layer, row by row. Of layers `k ≥ l` the block of the first term is the Kronecker product of `A_kᵀA_l` and
    /// `C_k C C_lᵀ`, that of the second has `M_lk[d, a] B_kl[b, c]` for the weights `(a, b)` of layer `k` and `(c, d)` of layer `l`. An entry of the first
    /// passes two products and a sum after its factors, whose own errors are known; one of the second a product and a sum. Norms of Frobenius of Kronecker
    /// products are products of norms; and every block counts at most twice, as does the triangle of one on the diagonal.
    pub fn matrix(&self, moment: Option<&NormBall>, side: Side) -> (Matrix<f64>, Magnitude) {
        let share = side.share();
        // Rows and columns of W_k.
        let shape = |k: usize| (self.above[k].0.centre().columns(), self.below[k].0.centre().rows());
        let mut starts = vec![0];
        for k in 0..self.above.len() {
            starts.push(starts[k] + shape(k).0 * shape(k).1);
        }
        let count = starts[self.above.len()];
        let mut matrix = Matrix::from_entries(count, vec![0.0; count * count]);
        let mut error = Magnitude::ZERO;
        for k in 0..self.above.len() {
            let turned = moment.map(|moment| self.below[k].0.times(moment));
            let turned = turned.as_ref().unwrap_or(&self.below[k].0);
            for l in 0..=k {
                let (left, right) =
                    (self.above[k].0.transpose_times(&self.above[l].0), turned.times_transpose(&self.below[l].0));
                let pair = self.pairs.iter().find(|(j, other, ..)| (*j, *other) == (l, k));
                let pair = pair.map(|(_, _, (inner, _), between)| (inner.centre(), between.as_ref()));
                let ((rows, columns), (other_rows, other_columns)) = (shape(k), shape(l));
                for (a, b) in (0..rows).flat_map(|a| (0..columns).map(move |b| (a, b))) {
                    let row = starts[k] + a * columns + b;
                    for c in 0..other_rows {
                        let factor = share * left.centre()[(a, c)];
                        let middle = match pair {
                            Some((_, Some(between))) => between.centre()[(b, c)],
                            Some((_, None)) => f64::from(u8::from(b == c)),
                            None => 0.0,
                        };
                        for d in 0..other_columns {
                            let inner = pair.map_or(0.0, |(inner, _)| inner[(d, a)]);
                            let column = starts[l] + c * other_columns + d;
                            matrix[(row, column)] = factor * right.centre()[(b, d)] + inner * middle;
                        }
                    }
                }
                let first = left.frobenius() * right.frobenius();
                let second = pair.map_or(Magnitude::ZERO, |(inner, between)| {
                    let middle = between.map_or(Magnitude::above_f64(columns as f64), NormBall::frobenius);
                    NormBall::exact(inner.clone()).frobenius() * middle
                });
                // The norm of a block whose entries, no more than the square of the count, are all at most 2⁻¹⁰⁷³.
                let underflow = Magnitude::above_f64(count as f64).scaled(-1073);
                let block = Magnitude::sum_of_products([
                    // The share is at most 2.
                    (first.scaled(1), gamma(3)),
                    (left.radius().scaled(1), right.frobenius()),
                    (left.frobenius().scaled(1), right.radius()),
                    (second, gamma(2)),
                    (underflow, Magnitude::ONE),
                    (underflow, right.frobenius()),
                ]);
                error += (block * block).scaled(1);
            }
        }
        (matrix, error.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::super::convex::Convex;
    use super::super::factored::Factored;
    use super::super::renewal::Aim;
    use super::*;
    use crate::algebra::inertia::Inertia;
    use crate::problem::Network;
    use rug::Rational;

    fn rational(value: f64) -> Rational {
        Rational::from_f64(value).unwrap()
    }

    fn numbers(rows: usize, columns: usize, state: &mut u64) -> Matrix<f64> {
        Matrix::from_fn(rows, columns, |_, _| {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (*state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        })
    }

    fn exactly(matrix: &Matrix<f64>) -> Matrix<Rational> {
        matrix.map(|entry| rational(*entry))
    }

    fn product(left: &Matrix<Rational>, right: &Matrix<Rational>) -> Matrix<Rational> {
        Matrix::from_fn(left.rows(), right.columns(), |i, j| {
            (0..left.columns()).map(|k| Rational::from(&left[(i, k)] * &right[(k, j)])).sum()
        })
    }

    /// A layer and a unit direction `V_k`, and its image `A_k V_k C_k`.
    type Direction = ((usize, Matrix<Rational>), Matrix<Rational>);

    fn directions(reference: &Reference) -> Vec<Direction> {
        let ends = |measured: &[Measured]| -> Vec<Matrix<Rational>> {
            measured.iter().map(|(matrix, _)| exactly(matrix.centre())).collect()
        };
        let (above, below) = (ends(&reference.above), ends(&reference.below));
        let mut directions = Vec::new();
        for k in 0..above.len() {
            let (rows, columns) = (above[k].columns(), below[k].rows());
            for (a, b) in (0..rows).flat_map(|a| (0..columns).map(move |b| (a, b))) {
                let unit = Matrix::from_fn(rows, columns, |i, j| Rational::from(u8::from((i, j) == (a, b))));
                let image = product(&product(&above[k], &unit), &below[k]);
                directions.push(((k, unit), image));
            }
        }
        directions
    }

    /// The entries of `(1 ∓ d) J_0*CJ_0 + S_0` by the definition of the forms: the values at pairs of unit directions.
    fn by_definition(reference: &Reference, moment: &Matrix<Rational>, share: Rational) -> Matrix<Rational> {
        let directions = directions(reference);
        let inner = |one: &Matrix<Rational>, other: &Matrix<Rational>| -> Rational {
            one.entries().iter().zip(other.entries()).map(|(a, b)| Rational::from(a * b)).sum()
        };
        Matrix::from_fn(directions.len(), directions.len(), |row, column| {
            let ((one, image), (other, other_image)) = (&directions[row], &directions[column]);
            let first = inner(image, &product(other_image, moment)) * &share;
            let (upper, lower) = if one.0 > other.0 { (one, other) } else { (other, one) };
            let pair = reference.pairs.iter().find(|(j, k, ..)| (*j, *k) == (lower.0, upper.0));
            let Some((_, _, (matrix, _), between)) = pair else { return first };
            let mut form = product(&exactly(matrix.centre()), &upper.1);
            if let Some(between) = between {
                form = product(&form, &exactly(between.centre()));
            }
            let form = product(&form, &lower.1);
            first + (0..form.rows()).map(|i| form[(i, i)].clone()).sum::<Rational>()
        })
    }

    /// Layers of shapes 2 × 3, 2 × 2 and 1 × 2, or 2 × 2 at the end, and a second moment that is known badly.
    #[test]
    fn the_matrix_is_that_of_the_forms_and_its_error_is_counted() {
        let mut state = 3;
        for (outputs, scale) in [(1, 1.0), (2, 1.0), (2, 1e9)] {
            let shapes = [(2, 3), (2, 2), (outputs, 2)];
            let weights: Vec<Matrix<f64>> = (shapes.iter())
                .map(|&(rows, columns)| numbers(rows, columns, &mut state).map(|entry| entry * scale))
                .collect();
            let root = numbers(3, 3, &mut state);
            let near = Matrix::from_fn(3, 3, |i, j| (0..3).map(|k| root[(k, i)] * root[(k, j)]).sum());
            for distance in [0.0, 0.25] {
                // The true moment lies at the end of what is allowed, in one direction or the other.
                for sign in [1, -1] {
                    let moment = NormBall::new(near.clone(), Magnitude::above_f64(distance * 2.0));
                    let shift: Rational = rational(distance) * sign;
                    let truth = Matrix::from_fn(3, 3, |i, j| {
                        rational(near[(i, j)]) + if i == j { shift.clone() } else { Rational::new() }
                    });
                    let bend = moment.spectral();
                    let convex = Convex::Quadratic {
                        linear: NormBall::exact(numbers(outputs, 3, &mut state)),
                        moment: Some(moment.clone()),
                        bend,
                    };
                    let centre = Centre::new(&convex, &weights, Magnitude::ZERO);
                    let network = Network::fully_connected(&[3, 2, 2, outputs]).unwrap();
                    let mut factored = Factored::of(&network, &convex).unwrap();
                    let reference = Reference::at(&centre);
                    for side in [Side::Lower, Side::Upper] {
                        let (matrix, error) = reference.matrix(Some(&moment), side);
                        let expected = by_definition(&reference, &truth, rational(side.share()));
                        let far: Rational = (0..matrix.rows())
                            .flat_map(|i| (0..matrix.rows()).map(move |j| (i, j)))
                            .map(|(i, j)| (rational(matrix[(i.max(j), i.min(j))]) - &expected[(i, j)]).square())
                            .sum();
                        assert!(far <= error.to_rational().unwrap().square(), "{outputs} {scale} {distance} {sign}");
                        assert!(distance > 0.0 || scale > 1.0 || error.to_f64() < 1e-13);
                    }
                    if scale > 1.0 {
                        continue;
                    }
                    // What comes of it, whatever the bounds by norms are.
                    let aim = Aim::of_upper(Magnitude::power_of_two(-60));
                    let hundred = Magnitude::above_f64(100.0);
                    let [lower, upper] = [Side::Lower, Side::Upper].map(|side| {
                        let fresh = Drift::of(&centre, None).on(side);
                        factored.factorise(side, aim, &centre, fresh, hundred).unwrap().there
                    });
                    let is_semidefinite = |side: Side, sign: i32, shift: Magnitude| {
                        let form = by_definition(&reference, &truth, rational(side.share()));
                        let shift = shift.to_rational().unwrap();
                        let shifted = Matrix::from_fn(form.rows(), form.rows(), |i, j| {
                            Rational::from(&form[(i, j)] * sign) + if i == j { shift.clone() } else { Rational::new() }
                        });
                        Inertia::of(&shifted).negative == 0
                    };
                    assert!(is_semidefinite(Side::Lower, 1, lower) && is_semidefinite(Side::Upper, -1, upper));
                    if distance == 0.0 {
                        let less = |bound: Magnitude| bound * Magnitude::above_f64(0.85);
                        assert!(
                            !is_semidefinite(Side::Lower, 1, less(lower))
                                && !is_semidefinite(Side::Upper, -1, less(upper))
                        );
                    }
                }
            }
        }
    }

    /// The largest singular value.
    fn spectral(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> Rational) -> f64 {
        nalgebra::DMatrix::from_fn(rows, columns, |i, j| entry(i, j).to_f64()).singular_values().max()
    }

    /// Two centres a tenth apart, whitened data: `‖E‖²` and `‖S − S_0‖` by definition, and what is said of them.
    #[test]
    fn the_drift_from_another_centre_is_no_less_than_the_forms_differ_and_not_much_more() {
        let mut state = 5;
        for _ in 0..4 {
            let shapes = [(2, 3), (2, 2), (2, 2)];
            let linear = NormBall::exact(numbers(2, 3, &mut state));
            let bend = Magnitude::above_f64(2.0);
            let convex = Convex::Quadratic { linear, moment: None, bend };
            let start: Vec<Matrix<f64>> =
                shapes.iter().map(|&(rows, columns)| numbers(rows, columns, &mut state)).collect();
            let moved: Vec<Matrix<f64>> = start
                .iter()
                .map(|layer| {
                    let change = numbers(layer.rows(), layer.columns(), &mut state);
                    Matrix::from_fn(layer.rows(), layer.columns(), |i, j| layer[(i, j)] + 0.1 * change[(i, j)])
                })
                .collect();
            let there = Reference::at(&Centre::new(&convex, &start, Magnitude::ZERO));
            let centre = Centre::new(&convex, &moved, Magnitude::ZERO);
            let (drift, here) = (Drift::of(&centre, Some(&there)), Reference::at(&centre));
            let (now, then) = (directions(&here), directions(&there));
            let change = |i: usize, j: usize| Rational::from(&now[j].1.entries()[i] - &then[j].1.entries()[i]);
            let first = 2.0 * spectral(6, now.len(), change).powi(2);
            let none = Matrix::from_fn(3, 3, |_, _| Rational::new());
            let forms = [&here, &there].map(|reference| by_definition(reference, &none, Rational::new()));
            let second = spectral(now.len(), now.len(), |i, j| Rational::from(&forms[0][(i, j)] - &forms[1][(i, j)]));
            for (found, exact) in [(drift.first, first), (drift.second, second)] {
                assert!((exact..2.0 * exact).contains(&found.to_f64()), "{} for {exact}", found.to_f64());
            }
            assert_eq!(drift.on(Side::Lower), Magnitude::above_f64(15.0) * drift.first + drift.second);
            assert_eq!(drift.on(Side::Upper), Magnitude::above_f64(17.0) * drift.first + drift.second);
            // From a reference at the centre itself all that differs is the ball, and that is what the matrices at the centre differ by.
            let ball = Centre::new(&convex, &moved, Magnitude::above_f64(0.05));
            let (itself, fresh) = (Drift::of(&ball, Some(&here)), Drift::of(&ball, None));
            for (one, other) in [(itself.first, fresh.first), (itself.second, fresh.second)] {
                assert!((one.to_f64() / other.to_f64() - 1.0).abs() < 1e-9, "{} {}", one.to_f64(), other.to_f64());
            }
        }
    }
}
