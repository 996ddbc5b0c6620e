//! Recipes of instances on examples: networks with output dimension 1 on separable data.

use rug::Rational;

use super::far::far_vector;
use super::growth;
use super::sampled::classification;
use super::{Cloud, Instance, Look, Random, Separable, Structure, aligned, with_end_to_end};
use crate::algebra::exact::{end_to_end, inner, multiple, norm_squared, power_of_two, root_below, sum};
use crate::problem::{Loss, Matrix, StepRule};

/// The other point of a pair. It differs from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partner {
    /// All zero.
    Zero,
    /// The first with all signs changed.
    Opposite,
    /// Drawn as the first was.
    Far,
    /// Drawn as the first was, but every other layer is equal to the first's.
    Shared,
    /// Within about `2^−exponent` of the first.
    Near(u32),
}

/// How the size of a step is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Constant.
    Constant(Rational),
    /// Ji & Telgarsky's Assumption 5.
    Smoothness,
    /// The constant `1/β(R)`, `β(R) = 2L²R^{2L−2}(β_ℓ + G_ℓ)`, `R` the radius of the recipe or 1.
    Ball,
    /// No step at all: gradient flow.
    Flow,
}

/// What holds of the initial weights beside their structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Nothing.
    Drawn,
    /// Ji & Telgarsky's Assumption 2: `R(W(0)) ≤ ℓ(0)` and `∇R(W(0)) ≠ 0`. For the losses of classification.
    Descending,
    /// The end-to-end vector has `⟨w, ū⟩ ≥ 0` and `‖Π⊥w‖` above `K = 2n/(eα)`, Ji & Telgarsky's Lemma 4, by `2^exponent` times
    /// that much. Where `α` is 0 or infinite, `K` is taken to be 1.
    Far(i32),
}

/// A description of an instance of a fully-connected network with output dimension 1 on separable data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleRecipe {
    /// `d_0, …, d_L`, `d_L = 1`.
    pub widths: Vec<usize>,
    /// The structure of the layers.
    pub structure: Structure,
    /// The layers are multiplied by `2^exponent`, and halved together while a margin is beyond ±2¹⁶ over the loss's
    /// steepness, or ±2⁹ with the exponential loss.
    pub exponent: i32,
    /// Free entries of the layers are multiples of `2^−bits` before that.
    pub bits: u32,
    /// What holds of the initial weights beside that.
    pub start: Start,
    /// Layers with a larger Frobenius norm, of either point, are scaled down to nearly this one.
    pub radius: Option<Rational>,
    /// The data.
    pub cloud: Cloud,
    /// The number of examples `n`.
    pub examples: usize,
    /// The margin, as [`Separable::new`] takes it.
    pub margin: Rational,
    /// The loss.
    pub loss: Loss,
    /// The step sizes.
    pub pace: Pace,
    /// What to look at. With [`Pace::Constant`] a run has no more steps than keep all margins, certainly, within ±2²⁴ over the loss's
    /// steepness, but it has one.
    pub look: Look<Partner>,
    /// The seed of all that is drawn.
    pub seed: u64,
}

impl ExampleRecipe {
    /// The data: they depend on the recipe alone, and what is chosen for them is recorded in `random`.
    #[must_use]
    pub fn data(&self, random: &mut Random) -> Separable {
        random.part("data", self.seed, 0, |random| {
            Separable::new(random, self.cloud, self.widths[0], self.examples, &self.margin)
        })
    }

    /// The instance: it depends on the recipe alone, and what is chosen for it is recorded in `random`.
    #[must_use]
    pub fn build(&self, random: &mut Random) -> Instance {
        let data = self.data(random);
        let layers = self.initial(random, &data);
        let problem = classification(&data, self.loss.clone(), layers.clone(), self.step());
        match &self.look {
            Look::Point => Instance::point(problem),
            Look::Pair(partner) => Instance::pair(problem, self.partner(random, &layers, *partner)),
            Look::Run(_) => Instance::run(problem, self.steps_in_reach(&layers, &data)),
            Look::Flow { clock, record, horizon } => Instance::flow(problem, *clock, record.clone(), horizon.clone()),
        }
    }

    /// The steps, of a constant size as many of them as certainly stay in reach.
    fn steps_in_reach(&self, layers: &[Matrix<Rational>], data: &Separable) -> u64 {
        match &self.pace {
            Pace::Constant(eta) => {
                growth::steps_in_reach(layers, &margins(layers, data), &self.loss, eta, self.look.steps())
            }
            Pace::Smoothness | Pace::Ball | Pace::Flow => self.look.steps(),
        }
    }

    fn step(&self) -> StepRule {
        match &self.pace {
            Pace::Constant(eta) => StepRule::Constant(eta.clone()),
            Pace::Smoothness => StepRule::Smoothness,
            Pace::Flow => StepRule::Flow,
            Pace::Ball => {
                let one = Rational::from(1);
                let radius = self.radius.as_ref().unwrap_or(&one);
                StepRule::Constant(smoothness(&self.loss, self.widths.len() - 1, radius).recip())
            }
        }
    }

    /// The layers as structure, exponent and radius say, for the `attempt`-th time.
    fn drawn(&self, random: &mut Random, purpose: &str, attempt: u64) -> Vec<Matrix<Rational>> {
        let layers =
            random.part(purpose, self.seed, attempt, |random| self.structure.layers(random, &self.widths, self.bits));
        self.in_ball(layers.iter().map(|layer| multiple(layer, &power_of_two(self.exponent))).collect())
    }

    fn in_ball(&self, layers: Vec<Matrix<Rational>>) -> Vec<Matrix<Rational>> {
        let Some(radius) = &self.radius else { return layers };
        let square = Rational::from(radius * radius);
        let shrunk = |layer: Matrix<Rational>| {
            let norm = norm_squared(layer.entries());
            if norm <= square { layer } else { multiple(&layer, &root_below(&Rational::from(&square / &norm), 2, 20)) }
        };
        layers.into_iter().map(shrunk).collect()
    }

    fn initial(&self, random: &mut Random, data: &Separable) -> Vec<Matrix<Rational>> {
        let found = match self.start {
            Start::Drawn => return self.moderate(self.drawn(random, "weights", 0), data),
            Start::Descending => random.attempts(ATTEMPTS, |random, attempt| {
                descending(self.moderate(self.drawn(random, "weights", attempt), data), data, &self.loss)
            }),
            Start::Far(excess) => {
                let target = random.part("far", self.seed, 0, |random| far_vector(random, data, excess));
                let drawn = random.attempts(ATTEMPTS, |random, attempt| {
                    with_end_to_end(self.drawn(random, "weights", attempt), &target)
                });
                drawn.or_else(|| with_end_to_end(self.aligned(random, data), &target))
            }
        };
        found.unwrap_or_else(|| self.aligned(random, data))
    }

    /// `layers`, halved until the margins are moderate and the first step of a run, if it is wanted, stays in reach.
    fn moderate(&self, mut layers: Vec<Matrix<Rational>>, data: &Separable) -> Vec<Matrix<Rational>> {
        let wanted = self.look.steps().min(1);
        while !growth::are_moderate(&margins(&layers, data), &self.loss) || self.steps_in_reach(&layers, data) < wanted
        {
            layers = halved(&layers);
        }
        layers
    }

    /// Weights whose margins are all positive: `⟨w, z_i⟩ = s^L ⟨u, z_i⟩`.
    fn aligned(&self, random: &mut Random, data: &Separable) -> Vec<Matrix<Rational>> {
        let size = power_of_two(self.exponent.min(0));
        let layers =
            random.part("aligned", self.seed, 0, |random| aligned(random, &self.widths, data.direction(), &size));
        self.in_ball(layers)
    }

    fn partner(&self, random: &mut Random, first: &[Matrix<Rational>], partner: Partner) -> Vec<Matrix<Rational>> {
        let mut layers: Vec<Matrix<Rational>> = match partner {
            Partner::Zero => first.iter().map(|layer| layer.map(|_| Rational::new())).collect(),
            Partner::Opposite => first.iter().map(|layer| multiple(layer, &Rational::from(-1))).collect(),
            Partner::Far => self.drawn(random, "partner", 0),
            Partner::Shared => {
                let other = self.drawn(random, "partner", 0);
                let parity = random.given(self.seed as usize % 2, 0, 1);
                let pick = |(k, (own, other)): (usize, (&Matrix<Rational>, Matrix<Rational>))| {
                    if k % 2 == parity { own.clone() } else { other }
                };
                first.iter().zip(other).enumerate().map(pick).collect()
            }
            Partner::Near(exponent) => {
                let size = Rational::from(1) >> exponent;
                let near = random.part("partner", self.seed, 0, |random| {
                    let mut near =
                        |layer: &Matrix<Rational>| sum(layer, &size, &random.matrix(layer.rows(), layer.columns(), 4));
                    first.iter().map(&mut near).collect()
                });
                self.in_ball(near)
            }
        };
        if layers == first {
            // Zero, equal or shared layers can leave no difference. Halving keeps a point in the ball, and a zero layer becomes
            // one of norm 1/2.
            let first = &mut layers[0];
            *first = multiple(first, &Rational::from((1, 2)));
            if first.entries().iter().all(|entry| *entry == 0) {
                first[(0, 0)] = Rational::from((1, 2));
            }
        }
        layers
    }
}

/// How often weights are drawn anew before [`aligned`] ones are taken.
const ATTEMPTS: u64 = 16;

/// How often all layers are halved to lower the risk.
const HALVINGS: u32 = 8;

/// `β(R) = 2L²R^{2L−2}(β_ℓ + G_ℓ)`: Ji & Telgarsky's Lemma 5, with `β_ℓ = cb²/4` and `G_ℓ = cb` of the logistic loss (those of
/// scale and steepness 1 for any other loss).
fn smoothness(loss: &Loss, depth: usize, radius: &Rational) -> Rational {
    let one = Rational::from(1);
    let (scale, steepness) = match loss {
        Loss::Logistic { scale, steepness } => (scale, steepness),
        _ => (&one, &one),
    };
    let lipschitz = Rational::from(scale * steepness);
    let curvature = Rational::from(&lipschitz * steepness) / 4u32;
    let power = (1..depth).fold(one.clone(), |power, _| power * radius * radius);
    power * (curvature + lipschitz) * (2 * depth as u64 * depth as u64)
}

/// `layers`, with the sign of the last one chosen and all of them halved as often as needed, so that `R(W) ≤ ℓ(0)`, certainly,
/// and `W_L⋯W_2 ≠ 0`; `None` if that cannot be had.
///
/// `∇R ≠ 0` follows for separable data, because `g ≠ 0` there and `∂R/∂W_1 = (W_L⋯W_2)ᵀ gᵀ`.
fn descending(mut layers: Vec<Matrix<Rational>>, data: &Separable, loss: &Loss) -> Option<Vec<Matrix<Rational>>> {
    let above = end_to_end(&layers[1..], layers[0].rows());
    if above.entries().iter().all(|entry| *entry == 0) {
        return None;
    }
    let total = margins(&layers, data).iter().fold(Rational::new(), |sum, margin| sum + margin);
    if total < 0
        && let Some(last) = layers.last_mut()
    {
        *last = multiple(last, &Rational::from(-1));
    }
    for _ in 0..=HALVINGS {
        if risk_at_most_at_zero(&margins(&layers, data), loss) {
            return Some(layers);
        }
        layers = halved(&layers);
    }
    None
}

fn halved(layers: &[Matrix<Rational>]) -> Vec<Matrix<Rational>> {
    layers.iter().map(|layer| multiple(layer, &Rational::from((1, 2)))).collect()
}

/// `⟨w, z_i⟩`.
fn margins(layers: &[Matrix<Rational>], data: &Separable) -> Vec<Rational> {
    let end_to_end = end_to_end(layers, data.direction().len());
    data.signed().iter().map(|z| inner(end_to_end.row(0), z)).collect()
}

/// Whether `Σ ℓ(m_i) ≤ nℓ(0)`, certainly; `false` when that is not seen.
///
/// No margin may be negative, or a parabola above the loss decides: `ln(1 + e^{−m}) ≤ ln 2 − m/2 + m²/8` for all `m`, because the
/// second derivative is at most 1/4, and `e^{−m} ≤ 1 − m + m²` for `|m| ≤ 1`.
fn risk_at_most_at_zero(margins: &[Rational], loss: &Loss) -> bool {
    let (mut total, mut squares) = (Rational::new(), Rational::new());
    for margin in margins {
        total += margin;
        squares += Rational::from(margin * margin);
    }
    if margins.iter().all(|margin| *margin >= 0) {
        return true;
    }
    match loss {
        Loss::Logistic { steepness, .. } => squares * steepness <= total * 4u32,
        Loss::Exponential => squares <= total && margins.iter().all(|margin| margin.clone().abs() <= 1),
        Loss::Squared | Loss::SquaredTarget => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothness_constants_by_hand() {
        assert_eq!(smoothness(&Loss::logistic(), 1, &Rational::from(7)), Rational::from((5, 2)));
        assert_eq!(smoothness(&Loss::logistic(), 2, &Rational::from(2)), 40);
        let loss = Loss::Logistic { scale: Rational::from((1, 10)), steepness: Rational::from(2) };
        // 2·9·(3/2)⁴·(0.1·4/4 + 0.1·2)
        assert_eq!(smoothness(&loss, 3, &Rational::from((3, 2))), Rational::from((18 * 81 * 3, 16 * 10)));
    }

    /// `n ln 2` is approached from below when all margins are small, and the parabolas lie above the losses.
    #[test]
    fn risks_below_that_at_zero() {
        let rationals =
            |margins: &[(i32, i32)]| margins.iter().map(|&margin| Rational::from(margin)).collect::<Vec<_>>();
        let logistic = Loss::logistic();
        let steep = Loss::Logistic { scale: Rational::from(1), steepness: Rational::from(100) };
        for (margins, loss, expected) in [
            (vec![(0, 1), (5, 1)], &steep, true),
            (vec![(-1, 10), (1, 2)], &logistic, true),
            (vec![(-1, 10), (1, 2)], &steep, false),
            (vec![(-1, 10), (1, 10)], &logistic, false),
            (vec![(-1, 2), (1, 4)], &logistic, false),
            (vec![(-1, 10), (1, 2)], &Loss::Exponential, true),
            (vec![(-1, 1), (9, 1)], &Loss::Exponential, false),
            (vec![(-1, 10), (1, 2)], &Loss::Squared, false),
        ] {
            assert_eq!(risk_at_most_at_zero(&rationals(&margins), loss), expected, "{margins:?} {loss:?}");
        }
    }
}
