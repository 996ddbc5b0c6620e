//! Without approximate balancedness no step size is safe: the unbalanced construction of Claim 4 and its proof (Lemma 17).

use rug::Rational;

use crate::algebra::exact::{identity, power, power_of_two, rectangular_diagonal, root_above};
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns};
use crate::generate::{Instance, Random, Sampled, towards};
use crate::number::{Real, Truth};
use crate::problem::Matrix;
use crate::reference::{Point, Step};

use super::replay;
use super::theorem1::{compare_least_square, depth, distance_squared, exact_target};
use super::unbalanced_start::{Construction, DOMAIN, ExactStart, assume, floor};

pub use super::unbalanced_start::Amplitude;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let source = || Sampled::new("unbalanced starts that diverge", unbalanced);
    let balanced = replay(include_str!("specs/balanced-start.toml"));
    let bound = replay(include_str!("specs/S1.toml"));
    let repaired = replay(include_str!("specs/S1-repaired.toml"));
    let vanishing = replay(include_str!("specs/claim4-vanishing-loss.toml"));
    let vanishing_repaired = replay(include_str!("specs/claim4-vanishing-loss-repaired.toml"));
    let printed = Amplitude::Printed;
    vec![
        Claim::new(
            "ACGH19.claim4-unbalanced-divergence",
            include_str!("text/claim4-unbalanced-divergence.md"),
            OnRuns(LossFloor::default()),
            source(),
        )
        .control("any A: a balanced start and a small step", OnRuns(LossFloor { amplitude: Amplitude::Any }), balanced)
        .control("the printed A", OnRuns(LossFloor { amplitude: printed }), vanishing),
        Claim::new(
            "ACGH19.claim4-unbalanced-divergence.printed",
            include_str!("text/claim4-unbalanced-divergence.printed.md"),
            OnRuns(LossFloor { amplitude: printed }),
            vanishing,
        )
        .expected_refuted(Some("ACGH19.claim4-unbalanced-divergence"))
        .from_a_scan()
        .control("the repaired A for the same N, η and c", OnRuns(LossFloor::default()), vanishing_repaired),
        Claim::new(
            "ACGH19.lemma17-alternating-signs",
            include_str!("text/lemma17-alternating-signs.md"),
            OnRuns(AlternatingSigns::default()),
            source(),
        )
        .control("the printed A", OnRuns(AlternatingSigns { amplitude: printed }), bound),
        Claim::new(
            "ACGH19.lemma17-alternating-signs.printed",
            include_str!("text/lemma17-alternating-signs.printed.md"),
            OnRuns(AlternatingSigns { amplitude: printed }),
            bound,
        )
        .expected_refuted(Some("ACGH19.lemma17-alternating-signs"))
        .from_a_scan()
        .control("the repaired A for the same N, η and c", OnRuns(AlternatingSigns::default()), repaired),
        Claim::new("ACGH19.S1", include_str!("text/S1.md"), OnRuns(FirstBound { printed: true }), bound)
            .expected_refuted(Some("ACGH19.lemma17-alternating-signs"))
            .from_a_scan()
            .control("B(1) = mA with the repaired A", OnRuns(FirstBound { printed: false }), repaired),
        Claim::new(
            "ACGH19.claim4-growth-rate",
            include_str!("text/claim4-growth-rate.md"),
            OnRuns(Growth::default()),
            source(),
        )
        .control(
            "any A: a balanced start and a small step",
            OnRuns(Growth { amplitude: Amplitude::Any }),
            balanced,
        ),
    ]
}

/// The loss stays above `min{½(1 − c)², ½(2^N − 1)²}`.
#[doc = include_str!("text/claim4-unbalanced-divergence.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct LossFloor {
    /// How large `A` has to be.
    pub amplitude: Amplitude,
}

/// What the loss stays above, and the entries that stay as they are. The deficiency margin of `W(0)` to `Φ = I` is `c = 1 − ‖W(0) − Φ‖_F`, so
/// that `½(1 − c)²` is `ℓ(0)`.
struct Floor<T> {
    start: T,
    later: T,
    others: Vec<Matrix<T>>,
}

fn off_first<T: Real>(layer: &Matrix<T>) -> Matrix<T> {
    Matrix::from_fn(layer.rows(), layer.columns(), |i, j| match (i, j) {
        (0, 0) => layer[(0, 0)].constant(0),
        _ => layer[(i, j)].clone(),
    })
}

impl<T: Real> Fold<T> for Floor<T> {
    fn conclude_start(&mut self, start: &Point<T>, finding: &mut Finding) {
        let label = "the deficiency margin is c: ‖W(0) − Φ‖_F = 1 − c and σ_min(Φ) = 1";
        let (Some(product), Some(target), Some(exact)) =
            (start.exact_end_to_end(), exact_target(start.setting()), ExactStart::of(start))
        else {
            finding.asserted(label, Truth::Open);
            return;
        };
        let is_one = compare_least_square(target, &Rational::from(1)).is_eq();
        let distance = distance_squared(&product, target);
        // Of an odd depth c^{1/N} alone may be rational: (1 − c)² = 1 + c² − 2c is compared by its square root.
        let is_margin = if exact.depth.is_multiple_of(2) {
            let deficit: Rational = 1 - exact.margin();
            deficit.square() == distance
        } else {
            let margin_squared = power(&exact.root_squared, exact.depth);
            let twice = Rational::from(1 + &margin_squared) - distance;
            twice >= 0 && twice.square() == margin_squared * 4u32
        };
        finding.asserted(label, is_one && is_margin);
    }

    fn conclude(&mut self, step: &Step<T>, finding: &mut Finding) {
        let floor = self.start.clone().min(&self.later);
        finding.at_most("min{½(1 − c)², ½(2^N − 1)²} ≤ ℓ(t)", &floor, step.after.risk());
        for (k, (layer, other)) in step.after.weights().iter().zip(&self.others).enumerate() {
            finding
                .equal_matrices("all entries but the first stay as they were", &off_first(layer), other)
                .layer(k + 1);
        }
    }
}

impl AboutRun for LossFloor {
    fn domain(&self) -> Domain {
        DOMAIN
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume(start, self.amplitude, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let others = start.weights().iter().map(off_first).collect();
        let later = floor(&start.constant(0), depth(start.weights()));
        let start = match (start.exact_end_to_end(), exact_target(start.setting())) {
            (Some(w), Some(target)) => start.constant(distance_squared(&w, target) / 2u32),
            _ => start.risk().clone(),
        };
        Box::new(Floor { start, later, others })
    }
}

/// The layers have one sign, which alternates, and lie between `B(t)` and `C(t)`.
#[doc = include_str!("text/lemma17-alternating-signs.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct AlternatingSigns {
    /// How large `A` has to be; with the printed one only the signs and `2 ≤ |w_j(t)|` are asserted, which leaves `B(t)` and `C(t)` free.
    pub amplitude: Amplitude,
}

/// `w_j(t)` times `(−1)^{t−1}`, which Lemma 17 says to be positive; `t ≥ 1` is that of the point after the step.
fn signed_first_entries<T: Real>(step: &Step<T>) -> Vec<T> {
    let is_positive = step.t.is_multiple_of(2);
    let entry = |layer: &Matrix<T>| if is_positive { layer[(0, 0)].clone() } else { -layer[(0, 0)].clone() };
    step.after.weights().iter().map(entry).collect()
}

impl AboutRun for AlternatingSigns {
    fn domain(&self) -> Domain {
        DOMAIN
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume(start, self.amplitude, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let construction = Construction::of(start);
        let printed = self.amplitude == Amplitude::Printed;
        // B and C of the step before: those of this step are found when it is there, for they have (2N − 1)^t times as many digits.
        let mut earlier: Option<(T, T)> = None;
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            let two = step.eta.constant(2);
            let sizes = signed_first_entries(step);
            for (k, size) in sizes.iter().enumerate() {
                finding.below("w_j(t) has the sign of (−1)^{t−1}", &two.constant(0), size).layer(k + 1);
                if printed {
                    finding.at_most("2 ≤ |w_j(t)|", &two, size).layer(k + 1);
                }
            }
            let Some(construction) = construction.as_ref().filter(|_| !printed) else { return };
            let (lower, upper) = match &earlier {
                None => construction.first_bounds(false),
                Some((_, upper)) => (upper.clone().times(9), construction.steep(upper)),
            };
            for (k, size) in sizes.iter().enumerate() {
                finding.at_most("B(t) ≤ |w_j(t)|", &lower, size).layer(k + 1);
                finding.at_most("|w_j(t)| ≤ C(t)", size, &upper).layer(k + 1);
            }
            finding.at_most("2 ≤ B(t)", &two, &lower);
            finding.below("B(t) < C(t)", &lower, &upper);
            finding.at_most("20C(t) ≤ ηB(t)^{2N−1}", &upper.clone().times(20), &construction.steep(&lower));
            finding.at_most("½(2^N − 1)² ≤ ℓ(t)", &construction.floor(), step.after.risk());
            earlier = Some((lower, upper));
        })
    }
}

/// `B(1) ≤ |w_j(1)|`.
#[doc = include_str!("text/S1.md")]
#[derive(Clone, Copy, Debug)]
pub struct FirstBound {
    /// `B(1) = min{η, 1}A/10` with the printed `A`, in place of `B(1) = mA` with the repaired one.
    pub printed: bool,
}

impl AboutRun for FirstBound {
    fn domain(&self) -> Domain {
        DOMAIN
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume(start, if self.printed { Amplitude::Printed } else { Amplitude::Repaired }, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let bounds = Construction::of(start).map(|construction| construction.first_bounds(self.printed));
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            let (Some((lower, _)), 0) = (&bounds, step.t) else { return };
            for (k, size) in signed_first_entries(step).iter().enumerate() {
                finding.at_most("B(1) ≤ w_j(1)", lower, size).layer(k + 1);
            }
        })
    }
}

/// The loss grows at least exponentially, the weights doubly so.
#[doc = include_str!("text/claim4-growth-rate.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Growth {
    /// How large `A` has to be.
    pub amplitude: Amplitude,
}

impl AboutRun for Growth {
    fn domain(&self) -> Domain {
        DOMAIN
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume(start, self.amplitude, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let construction = Construction::of(start);
        let any = self.amplitude == Amplitude::Any;
        let count = depth(start.weights());
        let mut lower = construction.as_ref().map(|construction| construction.first_bounds(false).0);
        // The smallest |w_j(t)|, for t ≥ 1.
        let mut smallest: Option<T> = None;
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            if step.t > 0 {
                let factor = (power(&Rational::from(9), count) - Rational::from(1)).square();
                let larger = step.before.risk().clone().times(factor);
                finding.at_most("(9^N − 1)²ℓ(t) ≤ ℓ(t+1) for t ≥ 1", &larger, step.after.risk());
            }
            let (Some(construction), Some(bound), false) = (&construction, &lower, any) else { return };
            let floor = (bound.power(count) - &bound.constant(1)).square().times((1, 2));
            finding.at_most("½((9^{t−1}B(1))^N − 1)² ≤ ℓ(t)", &floor, step.after.risk());
            lower = Some(bound.clone().times(9));
            let sizes = signed_first_entries(step).into_iter().map(T::abs).reduce(|least, size| least.min(&size));
            let Some(now) = sizes else { return };
            if let Some(before) = &smallest {
                let steep = construction.steep(before).times((9, 20));
                finding.at_most("(9/20)η min_j |w_j(t)|^{2N−1} ≤ min_j |w_j(t+1)|", &steep, &now);
            }
            smallest = Some(now);
        })
    }
}

/// A construction for an even depth with `A` a thousandth above the repaired bound.
fn unbalanced(random: &mut Random) -> Instance {
    let depth: u32 = *random.choice(&[2, 2, 4, 6]);
    let size = random.size(1, 3);
    let eta = Rational::from(random.between(8, 15)) * power_of_two(random.between(-11, 3) as i32);
    // c^{1/N} = 1 − 1/q, from c near 3/4 to c near 1.
    let q = i64::from(depth) * random.choice(&[4_i64, 10, 1000, 500_000]) + random.between(0, 9);
    let root = Rational::from((q - 1, q));
    let steps = if random.chance(1, 2) { 2 } else { 4 };
    let amplitude = repaired_amplitude(depth, &eta, &root) * Rational::from((1001, 1000));
    let layers = (0..depth)
        .map(|j| {
            let is_large = j < depth / 2;
            let first = if is_large { Rational::from(&root * &amplitude) } else { Rational::from(&root / &amplitude) };
            let diagonal: Vec<Rational> =
                (0..size).map(|i| if i == 0 { first.clone() } else { Rational::from(1) }).collect();
            rectangular_diagonal(size, size, &diagonal)
        })
        .collect();
    Instance::run(towards(identity(size), layers, eta), steps)
}

/// The repaired `A` for `c = root^N`, rounded upward.
fn repaired_amplitude(depth: u32, eta: &Rational, root: &Rational) -> Rational {
    const BITS: u32 = 24;
    let push: Rational = (1 - power(root, depth)) * power(root, depth - 1) * eta;
    let least = push.min(Rational::from((3, 4)));
    let largest = eta.clone().max(Rational::from(1)) * 20 / (power(&least, 2 * depth - 1) * eta);
    [
        root_above(&Rational::from(eta * depth), 2, BITS),
        Rational::from(2) / &least,
        root_above(&(Rational::from((4, 3)) / eta), 2, BITS),
        root_above(&largest, 2 * depth - 2, BITS),
    ]
    .into_iter()
    .max()
    .unwrap_or_default()
}
