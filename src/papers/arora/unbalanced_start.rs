//! The unbalanced start of Claim 4, and how large its layers have to be for Lemma 17.
//!
//! `A` and `c^{1/N}` are roots of rationals. Every bound on them is one of their squares, which decide it where enclosures cannot tell.

use rug::Rational;

use crate::algebra::exact::{identity, power, rectangular_diagonal};
use crate::claims::{Domain, Hypotheses};
use crate::number::{Real, Truth};
use crate::problem::StepRule;
use crate::reference::Point;

use super::theorem1::exact_target;

/// How large the factor `A` of the construction has to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Amplitude {
    /// The repaired bound, which serves for every `3/4 ≤ c < 1`.
    #[default]
    Repaired,
    /// The maximum of (50), as printed.
    Printed,
    /// The control: any.
    Any,
}

/// What the statements on it speak of: layers of one size and a target.
pub(super) const DOMAIN: Domain = Domain::FULLY_CONNECTED.target().square_layers();

/// The start (51): `W_j(0) = diag(w_j, 1, …, 1)` with `w_j = A c^{1/N}` for `j ≤ N/2` and `w_j = c^{1/N}/A` above, `Φ = I_d`. Of any other
/// start the same numbers are taken from the first entries of the first and of the last layer.
#[derive(Clone, Debug)]
pub(super) struct Construction<T> {
    depth: u32,
    /// The start and the step, exact.
    exact: ExactStart,
    /// `A`.
    amplitude: T,
    /// `η`.
    eta: T,
    /// `η(1 − c)c^{(N−1)/N}`, what the first step adds to the small layers for each unit of `A`.
    push: T,
    /// `m = min{η(1 − c)c^{(N−1)/N}, 3/4}`.
    least: T,
}

/// The numbers of the construction that are rational.
#[derive(Clone, Debug)]
pub(super) struct ExactStart {
    /// Whether the start is one of the construction.
    is_of_the_form: bool,
    pub(super) depth: u32,
    /// `c^{2/N} = w_1 w_N`.
    pub(super) root_squared: Rational,
    /// `A² = w_1/w_N`.
    amplitude_squared: Rational,
    eta: Rational,
}

/// Beyond this depth a bound that balls leave open is not looked at over the rationals: its digits grow with `N²`.
const LARGEST_EXACT_DEPTH: u32 = 64;

impl ExactStart {
    /// What the start of a run is made of; `None` only without exact weights, a target or a constant step.
    pub(super) fn of<T: Real>(start: &Point<T>) -> Option<Self> {
        let (weights, target) = (start.exact_weights()?, exact_target(start.setting())?);
        let StepRule::Constant(eta) = start.setting().problem().step() else { return None };
        let (depth, size) = (weights.len(), target.rows());
        let (large, small) = (&weights[0][(0, 0)], &weights[depth - 1][(0, 0)]);
        let has_the_entries = weights.iter().enumerate().all(|(j, layer)| {
            let first = if j < depth / 2 { large } else { small };
            let diagonal = (0..size).map(|i| if i == 0 { first.clone() } else { Rational::from(1) });
            *layer == rectangular_diagonal(size, size, &diagonal.collect::<Vec<_>>())
        });
        let is_of_the_form =
            depth.is_multiple_of(2) && *target == identity(size) && has_the_entries && *small > 0 && large >= small;
        let quotient = if small.is_zero() { Rational::new() } else { Rational::from(large / small) };
        Some(Self {
            is_of_the_form: is_of_the_form && *eta > 0,
            depth: u32::try_from(depth).ok()?,
            root_squared: Rational::from(large * small),
            amplitude_squared: quotient,
            eta: eta.clone(),
        })
    }

    /// `c`, of an even depth.
    pub(super) fn margin(&self) -> Rational {
        power(&self.root_squared, self.depth / 2)
    }

    /// `(η(1 − c)c^{(N−1)/N})²`.
    fn push_squared(&self) -> Rational {
        let push: Rational = (1 - self.margin()) * &self.eta;
        push.square() * power(&self.root_squared, self.depth - 1)
    }

    /// `m²`.
    fn least_squared(&self) -> Rational {
        self.push_squared().min(Rational::from((9, 16)))
    }
}

impl<T: Real> Construction<T> {
    /// As [`ExactStart::of`].
    pub(super) fn of(start: &Point<T>) -> Option<Self> {
        let exact = ExactStart::of(start)?;
        let depth = exact.depth;
        let root = start.constant(exact.root_squared.clone()).sqrt();
        let amplitude = start.constant(exact.amplitude_squared.clone()).sqrt();
        let eta = start.constant(exact.eta.clone());
        let margin = root.power(depth);
        let push = root.power(depth - 1) * &eta * &(start.constant(1) - &margin);
        let least = push.clone().min(&start.constant((3, 4)));
        Some(Self { depth, exact, amplitude, eta, push, least })
    }

    /// States the bound `left ≤ right` of numbers that are not negative. Where balls leave it open it is decided by the squares of both
    /// sides, which are rational.
    fn bound(
        &self,
        given: &mut Hypotheses,
        label: &'static str,
        (left, right): (&T, &T),
        squares: impl FnOnce(&ExactStart) -> (Rational, Rational),
    ) {
        let truth = match left.at_most(right) {
            Truth::Open if self.depth <= LARGEST_EXACT_DEPTH => {
                let (left, right) = squares(&self.exact);
                Truth::from(left <= right)
            }
            known => known,
        };
        given.between(label, truth, left, right);
    }

    fn assume(&self, amplitude: Amplitude, given: &mut Hypotheses) {
        let Self { depth, amplitude: a, eta, push, least, .. } = self;
        let (one, degree) = (a.constant(1), 2 * depth - 2);
        let margin = self.exact.margin();
        given.that("3/4 ≤ c < 1", margin >= Rational::from((3, 4)) && margin < 1);
        if amplitude == Amplitude::Any {
            return;
        }
        let square = |value: Rational| value.square();
        let layers = (&eta.clone().times(*depth), &a.square());
        self.bound(given, "ηN ≤ A²", layers, |exact| {
            (square(Rational::from(&exact.eta * exact.depth)), square(exact.amplitude_squared.clone()))
        });
        if amplitude == Amplitude::Repaired {
            let label = "2 ≤ mA with m = min{η(1 − c)c^{(N−1)/N}, 3/4}";
            self.bound(given, label, (&a.constant(2), &(least.clone() * a)), |exact| {
                (Rational::from(4), exact.least_squared() * &exact.amplitude_squared)
            });
            self.bound(given, "1 ≤ ¾ηA²", (&one, &(a.square() * eta).times((3, 4))), |exact| {
                (Rational::from(1), square(Rational::from(&exact.eta * &exact.amplitude_squared) * 3u32 / 4u32))
            });
            let steep = least.power(2 * depth - 1) * eta * &a.power(degree);
            let label = "20 max{η, 1} ≤ η m^{2N−1}A^{2N−2}";
            self.bound(given, label, (&eta.clone().max(&one).times(20), &steep), |exact| {
                let larger = exact.eta.clone().max(Rational::from(1)) * 20u32;
                let right = power(&exact.least_squared(), 2 * exact.depth - 1) * square(exact.eta.clone());
                (square(larger), right * power(&exact.amplitude_squared, 2 * exact.depth - 2))
            });
            return;
        }
        self.bound(given, "2 ≤ η(1 − c)c^{(N−1)/N}A", (&a.constant(2), &(push.clone() * a)), |exact| {
            (Rational::from(4), exact.push_squared() * &exact.amplitude_squared)
        });
        self.bound(given, "2000 ≤ A", (&a.constant(2000), a), |exact| {
            (Rational::from(4_000_000), exact.amplitude_squared.clone())
        });
        self.bound(given, "20 ≤ ηA", (&a.constant(20), &(eta.clone() * a)), |exact| {
            (Rational::from(400), square(exact.eta.clone()) * &exact.amplitude_squared)
        });
        let steep = eta.power(2 * depth) * &a.power(degree);
        let tens = |depth: u32| power(&Rational::from(10), 2 * depth - 1) * 20u32;
        self.bound(given, "20·10^{2N−1} ≤ η^{2N}A^{2N−2}", (&a.constant(tens(*depth)), &steep), |exact| {
            let right = power(&exact.eta, 2 * exact.depth) * power(&exact.amplitude_squared, exact.depth - 1);
            (square(tens(exact.depth)), square(right))
        });
    }

    /// `B(1)` and `C(1)`.
    pub(super) fn first_bounds(&self, printed: bool) -> (T, T) {
        let one = self.eta.constant(1);
        let larger = self.eta.clone().max(&one) * &self.amplitude;
        let smaller = if printed { self.eta.clone().min(&one).times((1, 10)) } else { self.least.clone() };
        (smaller * &self.amplitude, larger)
    }

    /// `ηb^{2N−1}`.
    pub(super) fn steep(&self, bound: &T) -> T {
        bound.power(2 * self.depth - 1) * &self.eta
    }

    /// `½(2^N − 1)²`.
    pub(super) fn floor(&self) -> T {
        floor(&self.eta, self.depth)
    }
}

/// `½(2^N − 1)²`.
pub(super) fn floor<T: Real>(like: &T, depth: u32) -> T {
    let root: Rational = power(&Rational::from(2), depth) - 1;
    like.constant(root.square() / 2)
}

/// States what is assumed of the start of a run.
pub(super) fn assume<T: Real>(start: &Point<T>, amplitude: Amplitude, given: &mut Hypotheses) {
    let construction = Construction::of(start).filter(|construction| construction.exact.is_of_the_form);
    given.that("N even, Φ = I, a constant step, and the start (51)", construction.is_some());
    if let Some(construction) = construction {
        construction.assume(amplitude, given);
    }
}
