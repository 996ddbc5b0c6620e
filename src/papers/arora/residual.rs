//! Identity starts near the identity have a deficiency margin.

use rug::Rational;

use crate::algebra::elimination::rank;
use crate::algebra::exact::{identity, multiple, norm_squared, sum, trace};
use crate::algebra::inertia::Inertia;
use crate::algebra::spectral::Effort;
use crate::algebra::symmetric::eigenvalues;
use crate::claims::{AboutStart, Claim, Domain, Finding, Hypotheses, OnStarts, Outcome};
use crate::generate::{Instance, Random, Sampled, towards, unit_vector};
use crate::number::{Real, Truth};
use crate::problem::Matrix;
use crate::reference::Point;

use super::balanced_starts::all_identities;
use super::theorem1::{compare_least_square, distance_squared, exact_target};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let mut random = Random::new("just outside", 1, 0);
    let outside = Rational::from((5001, 10_000));
    vec![
        Claim::new(
            "ACGH19.residual-half-distance",
            include_str!("text/residual-half-distance.md"),
            OnStarts(HalfDistance::default()),
            Sampled::new("targets near the identity", near_identity),
        )
        .control(
            "‖Φ − I‖_F = 0.5001, towards a lower singular value",
            OnStarts(HalfDistance { any_distance: true }),
            instance(3, 2, &sum(&identity(3), &-outside, &projection(&mut random, 3))),
        ),
    ]
}

/// From `W_j(0) = I`, `‖Φ − I‖_F < ½` gives the margin `σ_min(Φ) − ‖Φ − I‖_F ≥ 1 − ‖Φ − I‖_σ − ‖Φ − I‖_F > 0`.
#[doc = include_str!("text/residual-half-distance.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct HalfDistance {
    /// The control: the target may be farther away.
    pub any_distance: bool,
}

impl AboutStart for HalfDistance {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target().square_layers()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        given.that("W_j(0) = I for every j", all_identities(start));
        if !self.any_distance
            && let Some(exact) = exact_target(start.setting())
        {
            let square = distance_squared(exact, &identity(exact.rows()));
            given.that("‖Φ − I‖_F < ½", square < Rational::from((1, 4)));
        }
    }

    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        let (Some(target), Some(exact)) = (start.setting().target(), exact_target(start.setting())) else { return };
        let unit = identity(exact.rows());
        let difference = target.clone().minus(&Matrix::identity(exact.rows(), start.setting().bits()));
        let distance = difference.frobenius();
        let least = start.spectrum_of(target).least();
        let relation = finding.below("‖W_{1:N}(0) − Φ‖_F = ‖Φ − I‖_F < σ_min(Φ)", &distance, &least);
        if relation.outcome == Outcome::Open {
            // Both sides are roots of numbers that are known exactly.
            let is_below = compare_least_square(exact, &distance_squared(exact, &unit)).is_gt();
            relation.outcome = if is_below { Outcome::True } else { Outcome::False };
        }
        let spectral = start.spectrum_of(&difference).norm();
        let bound = start.constant(1) - &spectral;
        let exact_difference = sum(exact, &Rational::from(-1), &unit);
        finding.at_most("1 − ‖Φ − I‖_σ ≤ σ_min(Φ)", &bound, &least).attained_if(
            falls_most_below(&exact_difference, &difference),
            "Φ is symmetric, and of its eigenvalues the least is the farthest from 1",
        );
        finding
            .at_most("‖Φ − I‖_σ ≤ ‖Φ − I‖_F", &spectral, &distance)
            .attained_if(rank(&exact_difference) <= 1, "a matrix of rank one has one singular value");
    }
}

/// Whether `E = Φ − I`, given exactly and in the arithmetic at hand, is symmetric with `λ_max(E) ≤ −λ_min(E) < 1`; false if that is not
/// decided.
fn falls_most_below<T: Real>(exact: &Matrix<Rational>, matrix: &Matrix<T>) -> bool {
    if *exact != exact.transposed() || norm_squared(exact.entries()) >= 1 {
        return false;
    }
    let is_negative = Inertia::of(exact).positive == 0;
    is_negative || (exact.rows() == 2 && trace(exact) <= 0) || {
        let values = eigenvalues(matrix, Effort::Quick);
        values.first().zip(values.last()).is_some_and(|(most, least)| most.below(&-least.clone()) == Truth::True)
    }
}

/// `uuᵀ` for a unit vector `u`.
fn projection(random: &mut Random, size: usize) -> Matrix<Rational> {
    let u = unit_vector(random, size);
    Matrix::from_fn(size, size, |i, j| Rational::from(&u[i] * &u[j]))
}

fn instance(size: usize, depth: usize, target: &Matrix<Rational>) -> Instance {
    let problem = towards(target.clone(), vec![identity(size); depth], Rational::from((1, 1000)));
    Instance::point(problem)
}

/// A target at a known distance of up to just below ½ from the identity, in any direction or in the worst.
fn near_identity(random: &mut Random) -> Instance {
    let (size, depth) = (random.size(1, 5), random.size(1, 4));
    let just_below = (1 << 29) - 1;
    let distance = Rational::from(*random.choice(&[(0, 1), (1, 8), (2, 5), (4999, 10_000), (just_below, 1 << 30)]));
    let change = if random.chance(1, 2) {
        multiple(&projection(random, size), &Rational::from(-1))
    } else {
        let entries = unit_vector(random, size * size);
        Matrix::from_fn(size, size, |i, j| entries[i * size + j].clone())
    };
    instance(size, depth, &sum(&identity(size), &distance, &change))
}
