//! The constants of Theorem 1 are small enough for the proof of Lemma 7: (27), (28) and what they are derived from.

use rug::Rational;

use crate::algebra::exact::{self, power_of_two, rectangular_diagonal};
use crate::claims::{AboutPoint, Claim, Domain, Finding, Hypotheses, OnPoints};
use crate::generate::{Instance, Random, Sampled, towards};
use crate::number::{Real, Sign};
use crate::problem::Matrix;
use crate::reference::Point;

use super::end_to_end::end_to_end_spectrum;
use super::replay;
use super::theorem1::{Theorem1, assume_least_values, depth, exact_target, least_values_squared, multiple_of_power};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let source = || Sampled::new("depths, margins and norms", some_constants);
    let deep = replay(include_str!("specs/deep-scalars.toml"));
    vec![
        Claim::new(
            "ACGH19.lemma7-eta-preconditions",
            include_str!("text/lemma7-eta-preconditions.md"),
            OnPoints(StepSizes::default()),
            source(),
        )
        .control("twenty times the step", OnPoints(StepSizes { twentyfold: true }), deep),
        Claim::new(
            "ACGH19.lemma7-delta-preconditions",
            include_str!("text/lemma7-delta-preconditions.md"),
            OnPoints(Imbalances::default()),
            source(),
        )
        .control("twice the imbalance", OnPoints(Imbalances { doubled: true }), deep),
    ]
}

/// The constants at a point: the largest `c` with which it meets the conditions of Lemma 7, and `M = (4f)^{1/N}`, `B = f`.
struct Constants<T> {
    theorem: Theorem1<T>,
    /// `σ_min(W)²`.
    least_squared: T,
    /// `c²`.
    margin_squared: T,
    /// `c²` and `f²`, exact, where `Φ` has one row or one column: they may be equal, which enclosures could not tell.
    exact_squares: Option<(Rational, Rational)>,
    /// `f²`.
    norm_squared: T,
}

impl<T: Real> Constants<T> {
    /// The constants for `c = min{σ_min(W), σ_min(Φ)}`; undefined without a target.
    fn at(point: &Point<T>) -> Self {
        let margin_squared = least_values_squared(point);
        let target = point.setting().target();
        let norm_squared = target.map_or_else(|| point.constant(0).undefined(), Matrix::frobenius_squared);
        let root = |square: &T| square.clone().sqrt_of_nonnegative();
        Self {
            theorem: Theorem1::with_margin(depth(point.weights()), root(&margin_squared), root(&norm_squared)),
            least_squared: end_to_end_spectrum(point).least_squared(),
            margin_squared,
            exact_squares: exact_squares(point),
            norm_squared,
        }
    }

    fn depth(&self) -> u32 {
        self.theorem.depth
    }

    /// `M^k = (4f)^{k/N}`.
    fn m(&self, exponent: i64) -> T {
        let Ok(size) = u32::try_from(exponent.unsigned_abs()) else { return self.theorem.norm.undefined() };
        let power = self.theorem.norm.clone().times(4).rational_power(size, self.depth());
        if exponent < 0 { power.constant(1) / &power } else { power }
    }

    /// Asserts `left ≤ right` by `kf² − c²`, which has the sign of their difference. It is not negative, since `c ≤ σ_min(Φ) ≤ f`; where
    /// it may be zero, that is all that is known.
    fn compare(&self, label: &'static str, k: u32, left: &T, right: &T, finding: &mut Finding) {
        let room = match &self.exact_squares {
            Some((margin, norm)) => self.norm_squared.constant(Rational::from(norm * k) - margin),
            None => self.norm_squared.clone().times(k) - &self.margin_squared,
        };
        if room.is_defined() && room.sign() == Sign::Open {
            finding.asserted(label, true).between(left, right);
        } else {
            finding.slack(label, &room, left, right);
        }
    }

    /// `σ_min(W)^{2(N−1)/N}`.
    fn sigma(&self) -> T {
        self.least_squared.rational_power(self.depth() - 1, self.depth())
    }

    /// `f^{2k/N}`.
    fn f(&self, k: u32) -> T {
        self.norm_squared.rational_power(k, self.depth())
    }
}

/// `c²` and `f²` of a point of exact weights whose target has one row or one column, so that its only singular value is `f`.
fn exact_squares<T: Real>(point: &Point<T>) -> Option<(Rational, Rational)> {
    let target = exact_target(point.setting()).filter(|target| target.rows().min(target.columns()) == 1)?;
    let norm_squared = exact::norm_squared(target.entries());
    let least_squared = exact::norm_squared(point.exact_end_to_end()?.entries());
    Some((least_squared.min(norm_squared.clone()), norm_squared))
}

/// `η*(c)` is at most each of the four terms of (27).
#[doc = include_str!("text/lemma7-eta-preconditions.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct StepSizes {
    /// The control: `20η*(c)`.
    pub twentyfold: bool,
}

impl AboutPoint for StepSizes {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        assume_least_values(point, given);
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let constants = Constants::at(point);
        let (n, f) = (constants.depth(), constants.theorem.norm.clone());
        let (deep, sigma) = (i64::from(n), constants.sigma());
        let eta = constants.theorem.eta.clone().times(if self.twentyfold { 20 } else { 1 });
        let cube_root = |value: T| value.rational_power(1, 3);
        let terms = [
            (constants.m(deep - 2) * &f).times(multiple_of_power(2, n, 1)),
            (constants.m(3 * deep - 4) * &f).times(multiple_of_power(48, n, 2)) / &sigma,
            constants.m(4 * deep - 4).times(multiple_of_power(24, n, 2)) / &sigma,
            cube_root((constants.m(6 * deep - 8) * &f.square()).times(multiple_of_power(96, n, 4)) / &sigma),
        ]
        .map(|reciprocal| point.constant(1) / &reciprocal);
        let labels = [
            "η*(c) ≤ 1/(2M^{N−2}BN)",
            "η*(c) ≤ σ^a/(24·2M^{3N−4}N²B)",
            "η*(c) ≤ σ^a/(24N²M^{4(N−1)})",
            "η*(c) ≤ (σ^a/(24·4M^{6N−8}N⁴B²))^{1/3}",
        ];
        for (label, term) in labels.into_iter().zip(&terms) {
            finding.at_most(label, &eta, term);
        }
        let rate = constants.theorem.rate();
        let forms = [
            constants.f(n - 1).times(multiple_of_power(8, n, 1)),
            constants.f(2 * (n - 1)).times(multiple_of_power(6144, n, 2)) / &rate,
            // N^{4/3} f^{4a/3} and c^{a/3} in one root.
            cube_root(constants.f(4 * (n - 1)).times(multiple_of_power(192 * 192 * 192, n, 4)) / &rate),
        ]
        .map(|reciprocal| point.constant(1) / &reciprocal);
        finding.at_most("1/(8Nf^a) ≤ 1/(2M^{N−2}BN)", &forms[0], &terms[0]);
        finding.at_most("c^a/(3·2¹¹N²f^{2a}) ≤ σ^a/(24·2M^{3N−4}N²B)", &forms[1], &terms[1]);
        finding.at_most("c^a/(3·2¹¹N²f^{2a}) ≤ σ^a/(24N²M^{4(N−1)})", &forms[1], &terms[2]);
        finding.at_most("c^{a/3}/(3·2⁶N^{4/3}f^{4a/3}) ≤ (σ^a/(24·4M^{6N−8}N⁴B²))^{1/3}", &forms[2], &terms[3]);
        finding.at_most("c^a/(3·2¹¹N²f^{2a}) ≤ 1/(8Nf^a)", &forms[1], &forms[0]);
        finding.at_most("c^a/(3·2¹¹N²f^{2a}) ≤ c^{a/3}/(3·2⁶N^{4/3}f^{4a/3})", &forms[1], &forms[2]);
        // Their quotient is c²/(f²N).
        constants.compare("η*(c) ≤ c^a/(3·2¹¹N²f^{2a})", n, &constants.theorem.eta, &forms[1], finding);
    }
}

/// `2δ*(c)` is at most both terms of (28), and what Lemma 6 asks for (34).
#[doc = include_str!("text/lemma7-delta-preconditions.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Imbalances {
    /// The control: `4δ*(c)` in the place of `2δ*(c)` in (28).
    pub doubled: bool,
}

impl AboutPoint for Imbalances {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        assume_least_values(point, given);
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let constants = Constants::at(point);
        let (n, deep) = (constants.depth(), i64::from(constants.depth()));
        let twice = constants.theorem.delta.clone().times(2);
        let imbalance = if self.doubled { twice.clone().times(2) } else { twice.clone() };
        let terms = [
            constants.sigma() / &constants.m(2 * (deep - 2)).times(multiple_of_power(8, n, 3)),
            constants.least_squared.clone() / &constants.m(2 * (deep - 1)).times(multiple_of_power(6, n, 2)),
        ];
        finding.at_most("2δ*(c) ≤ σ^a/(8N³M^{2(N−2)})", &imbalance, &terms[0]);
        finding.at_most("2δ*(c) ≤ σ²/(6N²M^{2(N−1)})", &imbalance, &terms[1]);
        // f^{2(N−2)/N}, also for one layer.
        let norm = if n > 1 { constants.f(n - 2) } else { point.constant(1) / &constants.norm_squared };
        let forms = [
            constants.theorem.rate() / &norm.times(multiple_of_power(128, n, 3)),
            constants.margin_squared.clone() / &constants.f(n - 1).times(multiple_of_power(96, n, 2)),
        ];
        finding.at_most("c^a/(8·2⁴N³f^{2(N−2)/N}) ≤ σ^a/(8N³M^{2(N−2)})", &forms[0], &terms[0]);
        finding.at_most("c²/(6·2⁴N²f^a) ≤ σ²/(6N²M^{2(N−1)})", &forms[1], &terms[1]);
        // Their quotient is (c/f)^{2/N}.
        constants.compare("2δ*(c) ≤ c^a/(8·2⁴N³f^{2(N−2)/N})", 1, &twice, &forms[0], finding);
        finding.at_most("2δ*(c) ≤ c²/(6·2⁴N²f^a)", &twice, &forms[1]);
        let room =
            constants.norm_squared.clone().times(4).rational_power(1, n) / &point.constant(multiple_of_power(30, n, 2));
        finding.at_most("2δ*(c) ≤ (2f)^{2/N}/(30N²)", &twice, &room);
    }
}

/// One to twelve layers, `f` from 2⁻⁶ to 2⁶ and `c/f` from 1 to 1/100; the end-to-end matrix has its least singular value at `c` or
/// above.
fn some_constants(random: &mut Random) -> Instance {
    let depth = random.size(1, 12);
    let size = Rational::from(random.between(5, 8)) * power_of_two(random.between(-8, 4) as i32);
    let narrow = random.chance(2, 3);
    let (rows, columns) = if narrow { (1, 1) } else { (random.size(1, 3), random.size(1, 3)) };
    let rank = rows.min(columns);
    let mut values = vec![size.clone(); rank];
    if !narrow {
        values[rank - 1] *= Rational::from(*random.choice(&[(1, 1), (1, 2), (1, 100)]));
    }
    let target = rectangular_diagonal(rows, columns, &values);
    let share = Rational::from(*random.choice(&[(1, 1), (1, 1), (9, 8), (7, 8), (1, 2), (1, 64)]));
    // The product is the first layer; the others are identities.
    let first = target.map(|entry| Rational::from(entry * &share));
    let mut layers = vec![first];
    layers.extend((1..depth).map(|_| Matrix::from_fn(rows, rows, |i, j| Rational::from(u32::from(i == j)))));
    Instance::point(towards(target, layers, Rational::from(1)))
}
