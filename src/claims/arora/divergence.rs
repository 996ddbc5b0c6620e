//! Without approximate balancedness no step size is safe: the unbalanced construction of Claim 4 and its proof (Lemma 17).

use rug::Rational;

use crate::claims::{Claim, Finding, Hypothesis, OldAboutRun, OldFold, OldOnRuns};
use crate::generate::exact::{identity, power, power_of_two, rectangular_diagonal, root_above};
use crate::generate::{Fixed, Instance, Random, Sampled, towards};
use crate::number::Real;
use crate::problem::{Data, Loss, Matrix, StepRule};
use crate::reference::{Point, Step};

use super::replay;

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
            OldOnRuns(LossFloor::default()),
            source(),
        )
        .control(
            "any A: a balanced start and a small step",
            OldOnRuns(LossFloor { amplitude: Amplitude::Any }),
            balanced.clone(),
        )
        .control("the printed A", OldOnRuns(LossFloor { amplitude: printed }), vanishing.clone()),
        Claim::new(
            "ACGH19.claim4-unbalanced-divergence.printed",
            include_str!("text/claim4-unbalanced-divergence.printed.md"),
            OldOnRuns(LossFloor { amplitude: printed }),
            Fixed::new("ACGH19.claim4-unbalanced-divergence.printed", vec![vanishing]),
        )
        .expected_refuted(Some("ACGH19.claim4-unbalanced-divergence"))
        .from_a_scan()
        .control("the repaired A for the same N, η and c", OldOnRuns(LossFloor::default()), vanishing_repaired),
        Claim::new(
            "ACGH19.lemma17-alternating-signs",
            include_str!("text/lemma17-alternating-signs.md"),
            OldOnRuns(AlternatingSigns::default()),
            source(),
        )
        .control("the printed A", OldOnRuns(AlternatingSigns { amplitude: printed }), bound.clone()),
        Claim::new(
            "ACGH19.lemma17-alternating-signs.printed",
            include_str!("text/lemma17-alternating-signs.printed.md"),
            OldOnRuns(AlternatingSigns { amplitude: printed }),
            Fixed::new("ACGH19.S1", vec![bound.clone()]),
        )
        .expected_refuted(Some("ACGH19.lemma17-alternating-signs"))
        .from_a_scan()
        .control(
            "the repaired A for the same N, η and c",
            OldOnRuns(AlternatingSigns::default()),
            repaired.clone(),
        ),
        Claim::new("ACGH19.S1", include_str!("text/S1.md"), OldOnRuns(FirstBound { printed: true }), {
            Fixed::new("ACGH19.S1", vec![bound])
        })
        .expected_refuted(Some("ACGH19.lemma17-alternating-signs"))
        .from_a_scan()
        .control("B(1) = mA with the repaired A", OldOnRuns(FirstBound { printed: false }), repaired),
        Claim::new(
            "ACGH19.claim4-growth-rate",
            include_str!("text/claim4-growth-rate.md"),
            OldOnRuns(Growth::default()),
            source(),
        )
        .control(
            "any A: a balanced start and a small step",
            OldOnRuns(Growth { amplitude: Amplitude::Any }),
            balanced,
        ),
    ]
}

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

/// The start (51): `W_j(0) = diag(w_j, 1, …, 1)` with `w_j = A c^{1/N}` for `j ≤ N/2` and `w_j = c^{1/N}/A` above, `Φ = I_d`.
#[derive(Clone, Debug)]
struct Construction<T> {
    depth: u32,
    /// `c`, exact because `N` is even.
    margin: Rational,
    /// `A`.
    amplitude: T,
    /// `η`.
    eta: T,
    /// `η(1 − c)c^{(N−1)/N}`, what the first step adds to the small layers for each unit of `A`.
    push: T,
    /// `m = min{η(1 − c)c^{(N−1)/N}, 3/4}`.
    least: T,
}

impl<T: Real> Construction<T> {
    /// What the start of a run with the step `eta` is made of; `None` if it is not of this form.
    fn of(start: &Point<T>, eta: &Rational) -> Option<Self> {
        let weights = start.exact_weights()?;
        let Data::Target(target) = start.setting().problem().data() else { return None };
        let (depth, size) = (weights.len(), target.rows());
        if depth % 2 == 1 || *target != identity(size) {
            return None;
        }
        let (large, small) = (&weights[0][(0, 0)], &weights[depth - 1][(0, 0)]);
        let is_of_the_form = weights.iter().enumerate().all(|(j, layer)| {
            let first = if j < depth / 2 { large } else { small };
            let diagonal = (0..size).map(|i| if i == 0 { first.clone() } else { Rational::from(1) });
            *layer == rectangular_diagonal(size, size, &diagonal.collect::<Vec<_>>())
        });
        if !is_of_the_form || *small <= 0 || large < small {
            return None;
        }
        let depth = u32::try_from(depth).ok()?;
        // w_1 w_N = c^{2/N} and w_1/w_N = A².
        let square = Rational::from(large * small);
        let margin = power(&square, depth / 2);
        let root = start.constant(square).sqrt_of_nonnegative();
        let amplitude = start.constant(Rational::from(large / small)).sqrt_of_nonnegative();
        let eta = start.constant(eta.clone());
        let push = root.power(depth - 1) * &eta * &start.constant(Rational::from(1 - &margin));
        let least = push.clone().min(&start.constant((3, 4)));
        Some(Self { depth, margin, amplitude, eta, push, least })
    }

    fn assume(&self, amplitude: Amplitude, finding: &mut Finding) {
        let Self { depth, margin, amplitude: a, eta, push, least } = self;
        let (one, degree) = (a.constant(1), 2 * depth - 2);
        finding.given("3/4 ≤ c < 1", *margin >= Rational::from((3, 4)) && *margin < 1);
        match amplitude {
            Amplitude::Any => {}
            Amplitude::Repaired => {
                let steep = least.power(2 * depth - 1) * eta * &a.power(degree);
                finding
                    .given_at_most("ηN ≤ A²", &eta.clone().times(*depth), &a.square())
                    .given_at_most(
                        "2 ≤ mA with m = min{η(1 − c)c^{(N−1)/N}, 3/4}",
                        &a.constant(2),
                        &(least.clone() * a),
                    )
                    .given_at_most("1 ≤ ¾ηA²", &one, &(a.square() * eta).times((3, 4)))
                    .given_at_most("20 max{η, 1} ≤ η m^{2N−1}A^{2N−2}", &eta.clone().max(&one).times(20), &steep);
            }
            Amplitude::Printed => {
                let steep = eta.power(2 * depth) * &a.power(degree);
                let bound = a.constant(power(&Rational::from(10), 2 * depth - 1) * 20u32);
                finding
                    .given_at_most("ηN ≤ A²", &eta.clone().times(*depth), &a.square())
                    .given_at_most("2 ≤ η(1 − c)c^{(N−1)/N}A", &a.constant(2), &(push.clone() * a))
                    .given_at_most("2000 ≤ A", &a.constant(2000), a)
                    .given_at_most("20 ≤ ηA", &a.constant(20), &(eta.clone() * a))
                    .given_at_most("20·10^{2N−1} ≤ η^{2N}A^{2N−2}", &bound, &steep);
            }
        }
    }

    /// `B(1)` and `C(1)`.
    fn first_bounds(&self, printed: bool) -> (T, T) {
        let one = self.eta.constant(1);
        let larger = self.eta.clone().max(&one) * &self.amplitude;
        let smaller = if printed { self.eta.clone().min(&one).times((1, 10)) } else { self.least.clone() };
        (smaller * &self.amplitude, larger)
    }

    /// `½(2^N − 1)²`.
    fn floor(&self) -> T {
        let root: Rational = power(&Rational::from(2), self.depth) - 1;
        self.eta.constant(root.square() / 2)
    }
}

/// What is assumed of a run, and the construction if the run starts from one.
fn assumed<T: Real>(start: &Point<T>, amplitude: Amplitude) -> (Vec<Hypothesis>, Option<Construction<T>>) {
    let mut assumed = Finding::default();
    let eta = match start.setting().problem().step() {
        StepRule::Constant(eta) if *eta > 0 => Some(eta),
        _ => None,
    };
    let found = eta.and_then(|eta| Construction::of(start, eta));
    let is_target = matches!(start.setting().loss(), Loss::SquaredTarget);
    assumed.given("N even, Φ = I, a constant step, and the start (51)", is_target && found.is_some());
    if let Some(construction) = &found {
        construction.assume(amplitude, &mut assumed);
    }
    (assumed.hypotheses().to_vec(), found)
}

/// The loss stays above `min{½(1 − c)², ½(2^N − 1)²}`.
#[doc = include_str!("text/claim4-unbalanced-divergence.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct LossFloor {
    /// How large `A` has to be.
    pub amplitude: Amplitude,
}

impl OldAboutRun for LossFloor {
    fn begin<T: Real>(&self, start: &Point<T>, finding: &mut Finding) -> OldFold<T> {
        let (assumed, construction) = assumed(start, self.amplitude);
        let mut floor = None;
        if let Some(construction) = construction
            && let Some(product) = start.exact_end_to_end()
        {
            finding.given_again(&assumed);
            let deficit = Rational::from(1 - &construction.margin);
            let distance = |sum: Rational, (i, j): (usize, usize)| {
                sum + Rational::from(&product[(i, j)] - u32::from(i == j)).square()
            };
            let entries = (0..product.rows()).flat_map(|i| (0..product.columns()).map(move |j| (i, j)));
            finding.asserted(
                "the deficiency margin is c: ‖W(0) − Φ‖_F = 1 − c and σ_min(Φ) = 1",
                entries.fold(Rational::new(), distance) == deficit.clone().square(),
            );
            floor = Some(construction.floor().min(&start.constant(deficit.square() / 2)));
        }
        let off_first = |layer: &Matrix<T>| {
            Matrix::from_fn(layer.rows(), layer.columns(), |i, j| match (i, j) {
                (0, 0) => layer[(0, 0)].constant(0),
                _ => layer[(i, j)].clone(),
            })
        };
        let others: Vec<Matrix<T>> = start.weights().iter().map(off_first).collect();
        Box::new(move |step, finding| {
            finding.given_again(&assumed);
            let Some(floor) = &floor else { return };
            finding.at_most("min{½(1 − c)², ½(2^N − 1)²} ≤ ℓ(t)", floor, step.after.risk());
            for (k, (layer, other)) in step.after.weights().iter().zip(&others).enumerate() {
                finding
                    .equal_matrices("all entries but the first stay as they were", &off_first(layer), other)
                    .layer(k + 1);
            }
        })
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

impl OldAboutRun for AlternatingSigns {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let (assumed, construction) = assumed(start, self.amplitude);
        let printed = self.amplitude == Amplitude::Printed;
        let mut bounds = construction.as_ref().map(|construction| construction.first_bounds(false));
        Box::new(move |step, finding| {
            finding.given_again(&assumed);
            let (Some(construction), Some((lower, upper))) = (&construction, &bounds) else { return };
            let two = step.eta.constant(2);
            for (k, size) in signed_first_entries(step).iter().enumerate() {
                finding.below("w_j(t) has the sign of (−1)^{t−1}", &two.constant(0), size).layer(k + 1);
                if printed {
                    finding.at_most("2 ≤ |w_j(t)|", &two, size).layer(k + 1);
                } else {
                    finding.at_most("B(t) ≤ |w_j(t)|", lower, size).layer(k + 1);
                    finding.at_most("|w_j(t)| ≤ C(t)", size, upper).layer(k + 1);
                }
            }
            if printed {
                return;
            }
            let steep = |bound: &T| bound.power(2 * construction.depth - 1) * &construction.eta;
            finding.at_most("2 ≤ B(t)", &two, lower);
            finding.below("B(t) < C(t)", lower, upper);
            finding.at_most("20C(t) ≤ ηB(t)^{2N−1}", &upper.clone().times(20), &steep(lower));
            finding.at_most("½(2^N − 1)² ≤ ℓ(t)", &construction.floor(), step.after.risk());
            bounds = Some((upper.clone().times(9), steep(upper)));
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

impl OldAboutRun for FirstBound {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let printed = self.printed;
        let (assumed, construction) = assumed(start, if printed { Amplitude::Printed } else { Amplitude::Repaired });
        Box::new(move |step, finding| {
            finding.given_again(&assumed);
            if step.t > 0 {
                return;
            }
            let Some(construction) = &construction else { return };
            let (lower, _) = construction.first_bounds(printed);
            for (k, size) in signed_first_entries(step).iter().enumerate() {
                finding.at_most("B(1) ≤ w_j(1)", &lower, size).layer(k + 1);
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

impl OldAboutRun for Growth {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let (assumed, construction) = assumed(start, self.amplitude);
        let any = self.amplitude == Amplitude::Any;
        let mut lower = construction.as_ref().map(|construction| construction.first_bounds(false).0);
        // The smallest |w_j(t)|, for t ≥ 1.
        let mut smallest: Option<T> = None;
        Box::new(move |step, finding| {
            finding.given_again(&assumed);
            let (Some(construction), Some(bound)) = (&construction, &lower) else { return };
            let depth = construction.depth;
            if step.t > 0 {
                let factor = (power(&Rational::from(9), depth) - Rational::from(1)).square();
                let larger = step.before.risk().clone().times(factor);
                finding.at_most("(9^N − 1)²ℓ(t) ≤ ℓ(t+1) for t ≥ 1", &larger, step.after.risk());
            }
            if any {
                return;
            }
            let floor = (bound.power(depth) - &bound.constant(1)).square().times((1, 2));
            finding.at_most("½((9^{t−1}B(1))^N − 1)² ≤ ℓ(t)", &floor, step.after.risk());
            lower = Some(bound.clone().times(9));
            let sizes = signed_first_entries(step).into_iter().map(T::abs).reduce(|least, size| least.min(&size));
            let Some(now) = sizes else { return };
            if let Some(before) = &smallest {
                let steep = (before.power(2 * depth - 1) * &construction.eta).times((9, 20));
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
