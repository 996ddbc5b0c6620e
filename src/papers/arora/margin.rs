//! The deficiency margin (Definition 2) and Claim 1: what it says of singular values.

use rug::Rational;

use crate::algebra::exact::{multiple, product, rectangular_diagonal, sum};
use crate::claims::{AboutPair, AboutPoint, Claim, Domain, Finding, Hypotheses, OnPairs, OnPoints};
use crate::generate::{Instance, Random, Sampled, orthogonal, towards, unit_vector};
use crate::number::{Real, Truth};
use crate::problem::Matrix;
use crate::reference::Point;

use super::end_to_end::end_to_end_spectrum;
use super::replay;
use super::theorem1::{assume_margin, distance_squared, exact_target, margin, margin_exists};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let wide = replay(include_str!("specs/rectangular-margin.toml"));
    vec![
        Claim::new(
            "ACGH19.deficiency-margin",
            include_str!("text/deficiency-margin.md"),
            OnPoints(DeficiencyMargin::default()),
            Sampled::new("points inside and outside the deficiency margin", known_margin),
        )
        .definition()
        .on_own_runs(OnPoints(LargestMargin))
        .control(
            "the max{d_0, d_N}-th singular value in place of the min{d_0, d_N}-th",
            OnPoints(DeficiencyMargin { larger_side: true }),
            wide,
        ),
        Claim::new(
            "ACGH19.claim1-sigma-min-lower-bound",
            include_str!("text/claim1-sigma-min-lower-bound.md"),
            OnPairs(LeastSingularValue::default()),
            Sampled::new("pairs of which one has a margin", pair_with_margin),
        )
        .control(
            "1.001 c in place of c, where the bound is attained",
            OnPairs(LeastSingularValue { factor: (1001, 1000), ..LeastSingularValue::default() }),
            attained_pair(&mut Random::new("an attained bound", 1, 0)),
        )
        .control(
            "the second matrix may be farther from the target: W′ = 0",
            OnPairs(LeastSingularValue { any_second: true, ..LeastSingularValue::default() }),
            zero_partner(),
        ),
    ]
}

/// `‖W − Φ‖_F ≤ σ_min(Φ) − c` for some `c > 0`.
#[doc = include_str!("text/deficiency-margin.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct DeficiencyMargin {
    /// The control: the `max{d_0, d_N}`-th singular value, which is 0 unless `d_0 = d_N`.
    pub larger_side: bool,
}

impl AboutPoint for DeficiencyMargin {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target()
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let Some(target) = point.setting().target() else { return };
        let w = point.end_to_end();
        let exists = if self.larger_side && w.rows() != w.columns() { Truth::False } else { margin_exists(point) };
        let distance = w.clone().minus(target).frobenius();
        finding.accepts("‖W − Φ‖_F < σ_min(Φ)", exists).between(&distance, &point.spectrum_of(target).least());
    }
}

/// The largest margin of a point of a run, `σ_min(Φ) − ‖W(t) − Φ‖_F`, and whether it is one. The definition leaves `c` free, and a point
/// without a margin refutes nothing.
#[derive(Clone, Copy, Debug)]
struct LargestMargin;

impl AboutPoint for LargestMargin {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target()
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let Some(target) = point.setting().target() else { return };
        let is_decided = match margin_exists(point) {
            Truth::Open => Truth::Open,
            Truth::True | Truth::False => Truth::True,
        };
        finding.asserted("W has a deficiency margin c > 0, or has none: ‖W − Φ‖_F < σ_min(Φ) or not", is_decided);
        finding.trend("the largest margin is σ_min(Φ) − ‖W − Φ‖_F, one if it is positive:", &margin(point, target));
    }
}

/// A matrix with random singular values between random orthogonal ones, the nearest matrix of lower rank, and the smallest value.
pub(super) fn between_rotations(
    random: &mut Random,
    rows: usize,
    columns: usize,
) -> (Matrix<Rational>, Matrix<Rational>, Rational) {
    let values: Vec<Rational> = (0..rows.min(columns)).map(|_| Rational::from((random.between(4, 16), 8))).collect();
    let smallest = values.iter().min().cloned().unwrap_or_default();
    let (left, right) = (orthogonal(random, rows), orthogonal(random, columns));
    let of = |values: &[Rational]| product(&product(&left, &rectangular_diagonal(rows, columns, values)), &right);
    // The nearest matrix of lower rank: the smallest value replaced by zero.
    let place = values.iter().position(|value| *value == smallest).unwrap_or(0);
    let mut lower = values.clone();
    lower[place] = Rational::new();
    (of(&values), of(&lower), smallest)
}

/// A matrix of Frobenius norm 1.
pub(super) fn direction(random: &mut Random, rows: usize, columns: usize) -> Matrix<Rational> {
    let entries = unit_vector(random, rows * columns);
    Matrix::from_fn(rows, columns, |i, j| entries[i * columns + j].clone())
}

/// `W` as a network of one layer, or of two of which the second is orthogonal.
fn network_with(random: &mut Random, w: Matrix<Rational>, target: Matrix<Rational>) -> Instance {
    let layers = if random.chance(1, 2) {
        vec![w]
    } else {
        let turn = orthogonal(random, w.rows());
        vec![product(&turn.transposed(), &w), turn]
    };
    Instance::point(towards(target, layers, Rational::from(1)))
}

/// Inside: a point at a distance below the smallest singular value of the target, which is known. Outside: any matrix of lower
/// rank, the nearest among them, or a point at that distance or farther.
fn known_margin(random: &mut Random) -> Instance {
    let (rows, columns) = (random.size(1, 4), random.size(1, 4));
    let (target, lower, smallest) = between_rotations(random, rows, columns);
    let inside = random.chance(1, 2);
    let w = if inside {
        let share = Rational::from(*random.choice(&[(0, 1), (1, 2), (9, 10), ((1 << 20) - 1, 1 << 20)]));
        sum(&target, &(share * &smallest), &direction(random, rows, columns))
    } else {
        match random.size(0, 3) {
            0 => lower,
            1 => sum(&target, &smallest, &direction(random, rows, columns)),
            2 => {
                let more = Rational::from(((1 << 20) + 1, 1 << 20));
                sum(&target, &(more * &smallest), &direction(random, rows, columns))
            }
            // One row is a combination of the others, so that the rank is lower on the shorter side.
            _ => {
                let shorter = product(&rank_lost(rows.min(columns)), &short(&random.matrix(rows, columns, 4)));
                if rows <= columns { shorter } else { shorter.transposed() }
            }
        }
    };
    let instance = network_with(random, w, target);
    if inside { instance } else { instance.outside() }
}

fn short(matrix: &Matrix<Rational>) -> Matrix<Rational> {
    if matrix.rows() <= matrix.columns() { matrix.clone() } else { matrix.transposed() }
}

/// The identity, but that the first row is the sum of the others.
fn rank_lost(size: usize) -> Matrix<Rational> {
    Matrix::from_fn(size, size, |i, j| Rational::from(i32::from(if i == 0 { j > 0 } else { i == j })))
}

/// If `W` has margin `c` with respect to `Φ` and `‖W′ − Φ‖_F ≤ ‖W − Φ‖_F`, then `σ_min(W′) ≥ c`.
#[doc = include_str!("text/claim1-sigma-min-lower-bound.md")]
#[derive(Clone, Copy, Debug)]
pub struct LeastSingularValue {
    /// A control: this multiple of `c`.
    pub factor: (i32, i32),
    /// A control: the second matrix may be farther from the target.
    pub any_second: bool,
}

impl Default for LeastSingularValue {
    fn default() -> Self {
        Self { factor: (1, 1), any_second: false }
    }
}

impl AboutPair for LeastSingularValue {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target()
    }

    fn assume<T: Real>(&self, first: &Point<T>, second: &Point<T>, given: &mut Hypotheses) {
        assume_margin(first, "W has a deficiency margin c > 0: ‖W − Φ‖_F < σ_min(Φ)", given);
        if self.any_second {
            return;
        }
        let label = "‖W′ − Φ‖_F ≤ ‖W − Φ‖_F";
        let Some(target) = first.setting().target() else { return };
        let exactly = exact_target(first.setting()).and_then(|target| {
            let squares = [second, first].map(|point| point.exact_end_to_end().map(|w| distance_squared(&w, target)));
            let [Some(second), Some(first)] = squares else { return None };
            Some(second <= first)
        });
        let square = |point: &Point<T>| point.end_to_end().clone().minus(target).frobenius_squared();
        let (left, right) = (square(second), square(first));
        match exactly {
            Some(decided) => given.between(label, decided, &left, &right),
            None => given.at_most(label, &left, &right),
        };
    }

    fn conclude<T: Real>(&self, first: &Point<T>, second: &Point<T>, finding: &mut Finding) {
        let Some(target) = first.setting().target() else { return };
        let bound = margin(first, target).times(Rational::from(self.factor));
        let least = end_to_end_spectrum(second).singular_values().pop().unwrap_or_else(|| second.constant(0));
        let at_target = |point: &Point<T>| {
            let exact = point.exact_end_to_end().zip(exact_target(point.setting()));
            exact.is_some_and(|(w, target)| w == *target)
        };
        let rests = self.factor == (1, 1) && at_target(first) && at_target(second);
        finding.at_most("c ≤ σ_min(W′)", &bound, &least).attained_if(rests, "W = W′ = Φ, exactly");
    }
}

/// A pair of one-layer networks: `W` with a margin, `W′` no farther from the target; every sixth time the bound is attained.
fn pair_with_margin(random: &mut Random) -> Instance {
    if random.chance(1, 6) {
        return attained_pair(random);
    }
    let (rows, columns) = (random.size(1, 4), random.size(1, 4));
    let (target, lower, smallest) = between_rotations(random, rows, columns);
    let share = Rational::from(*random.choice(&[(1, 8), (1, 2), (9, 10), (99, 100)]));
    let distance = Rational::from(&share * &smallest);
    let w = sum(&target, &distance, &direction(random, rows, columns));
    let partner = if random.chance(1, 2) {
        // Towards the nearest matrix of lower rank, where σ_min falls fastest; not quite as far, so that the bound is not attained.
        let back = sum(&target, &Rational::from(-1), &lower);
        let less = Rational::from(*random.choice(&[(1, 2), (15, 16), (1023, 1024)]));
        sum(&target, &(-(less * share)), &back)
    } else {
        let less = Rational::from(*random.choice(&[(0, 1), (1, 2), (1, 1)]));
        sum(&target, &(less * distance), &direction(random, rows, columns))
    };
    pair(w, partner, target)
}

fn pair(w: Matrix<Rational>, partner: Matrix<Rational>, target: Matrix<Rational>) -> Instance {
    Instance::pair(towards(target, vec![w], Rational::from(1)), vec![partner])
}

/// `Φ` diagonal, `W′ = Φ − ‖W − Φ‖_F u vᵀ` for the least singular pair: `σ_min(W′) = c`, and all of it rational.
fn attained_pair(random: &mut Random) -> Instance {
    let (rows, columns) = (random.size(1, 4), random.size(1, 4));
    let values: Vec<Rational> =
        (0..rows.min(columns)).map(|i| Rational::from((4 + i as i64 + random.between(0, 3) * 4, 4))).collect();
    let place = (0..values.len()).min_by_key(|&i| values[i].clone()).unwrap_or(0);
    let target = rectangular_diagonal(rows, columns, &values);
    let distance = Rational::from(*random.choice(&[(3, 10), (1, 2), (7, 8)]));
    let mut partner = target.clone();
    partner[(place, place)] -= &distance;
    let w = sum(&target, &distance, &direction(random, rows, columns));
    pair(w, partner, target)
}

/// `Φ = diag(2, 1)`, `W` near it, `W′ = 0`.
fn zero_partner() -> Instance {
    let target = rectangular_diagonal(2, 2, &[Rational::from(2), Rational::from(1)]);
    pair(multiple(&target, &Rational::from((9, 10))), Matrix::from_fn(2, 2, |_, _| Rational::new()), target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::elimination::rank as exact_rank;

    #[test]
    fn a_row_that_is_the_sum_of_the_others_costs_one_rank() {
        for size in 1..=5 {
            assert_eq!(exact_rank(&rank_lost(size)), size - 1);
        }
    }
}
