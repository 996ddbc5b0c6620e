//! The families of instances that claims are checked on.

use rug::Rational;

use super::separable::margin;
use super::{
    Cloud, ExampleRecipe, Imbalance, Instance, Look, Pace, Partner, Random, Recipe, Source, Start, Structure,
    TargetRecipe,
};
use crate::problem::{Clock, FlowRecording, Loss};

/// A family of instances, each drawn by a seed and a number, with fully-connected networks. All but [`Family::TargetRuns`] have
/// separable data in the unit ball and output dimension 1.
///
/// ```
/// use gradient_witness::generate::{Family, Source};
/// let instance = Family::Points.instance(1, 5).expect("a family has an instance for every number");
/// assert!(instance.problem.network().depth() <= 6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Points in weight space, of every structure, with logistic or exponential loss.
    Points,
    /// Pairs of different points in a common ball `‖W_k‖_F ≤ R`, `R ≥ 1`, with logistic loss.
    Pairs,
    /// Runs of 1000 steps with logistic loss under the smoothness rule, from Ji & Telgarsky's Assumption 2:
    /// `R(W(0)) ≤ ℓ(0)`, `∇R(W(0)) ≠ 0`, and `‖W_k(0)‖_F ≤ 4`.
    SmoothnessRuns,
    /// Runs of 1 to 6 steps of one size, also a large one, from any weights, with logistic, exponential or squared loss.
    ShortRuns,
    /// Points with `W_1 = 0` and `W_L⋯W_2 ≠ 0`.
    ZeroFirst,
    /// Runs of one or two layers with logistic loss and the constant step `1/β(R)` for an `R ≥ 1`, from Ji & Telgarsky's
    /// Assumption 2 and `‖W_k(0)‖_F ≤ R`, that leave this ball.
    EscapeRuns,
    /// Points with the logistic loss of scale and steepness 1, one to three layers, support vectors with `α > 0`, `⟨w, ū⟩ ≥ 0` and
    /// `‖Π⊥w‖` from just above Ji & Telgarsky's `K = 2n/(eα)` to far above it.
    FarPoints,
    /// Runs towards a target under the hypotheses of Arora, Cohen, Golowich & Hu's Theorem 1, with steps up to the largest it
    /// allows.
    TargetRuns,
    /// Flows from Ji & Telgarsky's Assumption 2 with logistic or exponential loss, to times from 4096 to 2²².
    Flows,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Points,
        Self::Pairs,
        Self::SmoothnessRuns,
        Self::ShortRuns,
        Self::ZeroFirst,
        Self::EscapeRuns,
        Self::FarPoints,
        Self::TargetRuns,
        Self::Flows,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Pairs => "pairs",
            Self::SmoothnessRuns => "smoothness-runs",
            Self::ShortRuns => "short-runs",
            Self::ZeroFirst => "zero-first",
            Self::EscapeRuns => "escape-runs",
            Self::FarPoints => "far-points",
            Self::TargetRuns => "target-runs",
            Self::Flows => "flows",
        }
    }

    /// The recipe of the instance that is drawn from `random`, whose number says whose turn it is.
    #[must_use]
    pub fn recipe(self, random: &mut Random) -> Recipe {
        // Depths and structures are taken in turn, from a place that the seed chooses, so that few instances meet all of them.
        let begin = Random::new(self.name(), random.seed(), u64::MAX).below(1 << 20);
        let turn = begin.wrapping_add(random.index());
        let examples = match self {
            Self::Points => point(random, turn),
            Self::Pairs => pair(random, turn),
            Self::SmoothnessRuns => smoothness_run(random, turn),
            Self::ShortRuns => short_run(random, turn),
            Self::ZeroFirst => zero_first(random, turn),
            Self::EscapeRuns => escape_run(random, turn),
            Self::FarPoints => far_point(random, turn),
            Self::Flows => flow(random, turn),
            Self::TargetRuns => return Recipe::Target(target_run(random, turn)),
        };
        Recipe::Examples(examples)
    }
}

impl Source for Family {
    fn name(&self) -> String {
        (*self).name().to_owned()
    }

    fn draw(&self, random: &mut Random) -> Option<Instance> {
        let recipe = self.recipe(random);
        Some(recipe.build(random))
    }
}

/// Members of `all` taken in turn.
fn in_turn<T: Copy>(all: &[T], turn: u64) -> T {
    all[(turn % all.len() as u64) as usize]
}

/// Structures taken in turn; simplest is the one that comes first in [`Structure::ALL`].
fn structure(random: &mut Random, structures: &[Structure], turn: u64) -> Structure {
    let options: Vec<Structure> = Structure::ALL.into_iter().filter(|option| structures.contains(option)).collect();
    let structure = in_turn(structures, turn);
    let place = options.iter().position(|option| *option == structure).unwrap_or(0);
    options[random.given(place, 0, options.len() - 1)]
}

/// `d_0, …, d_L` for the depth `L`, with `d_L = 1` and the others from 1 to `largest`.
fn widths(random: &mut Random, depth: usize, largest: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = (0..depth).map(|_| random.size(1, largest)).collect();
    widths.push(1);
    widths
}

/// The logistic loss, plain half the time, else scaled and steepened.
fn logistic(random: &mut Random) -> Loss {
    // Half the time; the simplest choice is the simplest loss.
    if random.below(2) == 0 {
        return Loss::logistic();
    }
    let scale = Rational::from(*random.choice(&[(1, 500), (1, 50), (1, 4), (1, 1), (3, 1)]));
    let steepness = Rational::from(*random.choice(&[(1, 8), (1, 2), (1, 1), (2, 1), (10, 1)]));
    Loss::Logistic { scale, steepness }
}

/// 1 to 10 examples, in turn; half the time at least `dim`, so that they can span.
fn examples(random: &mut Random, dim: usize, turn: u64) -> usize {
    let count = random.given(1 + (turn / 6 % 10) as usize, 1, 10);
    if random.chance(1, 2) { count.max(dim) } else { count }
}

/// The widths that the antisymmetric weights need, and one example or more of dimension 1.
fn fit_to_structure(recipe: &mut ExampleRecipe) {
    if recipe.structure == Structure::Antisymmetric {
        let hidden = recipe.widths[0];
        recipe.widths = vec![1, hidden, 1];
    }
}

fn point(random: &mut Random, turn: u64) -> ExampleRecipe {
    let depth = random.given(1 + (turn % 6) as usize, 1, 6);
    let widths = widths(random, depth, 6);
    let examples = examples(random, widths[0], turn);
    let nearly_none = random.chance(1, 4);
    let mut recipe = ExampleRecipe {
        structure: structure(random, &Structure::ALL, turn),
        exponent: random.between(-4, 2) as i32,
        bits: *random.choice(&[4, 10, 20]),
        start: Start::Drawn,
        radius: None,
        cloud: *random.choice(&Cloud::ALL),
        examples,
        margin: margin(random, nearly_none),
        loss: if random.chance(1, 3) { Loss::Exponential } else { logistic(random) },
        pace: Pace::Constant(Rational::from(1)),
        look: Look::Point,
        seed: random.key(),
        widths,
    };
    fit_to_structure(&mut recipe);
    recipe
}

fn pair(random: &mut Random, turn: u64) -> ExampleRecipe {
    let near = Partner::Near(*random.choice(&[2, 8, 20, 40]));
    let partners = [Partner::Zero, Partner::Opposite, Partner::Far, Partner::Shared, near];
    // Near ones more often: only there does a bound on the change of the gradient say more than one on the gradient itself.
    let partner = partners[random.given(in_turn(&[2, 4, 3, 4, 0, 4, 1], turn), 0, 4)];
    ExampleRecipe {
        radius: Some(Rational::from(*random.choice(&[(1, 1), (5, 4), (2, 1), (4, 1)]))),
        exponent: random.between(-3, 2) as i32,
        loss: logistic(random),
        look: Look::Pair(partner),
        ..point(random, turn)
    }
}

fn short_run(random: &mut Random, turn: u64) -> ExampleRecipe {
    let loss = match random.given((turn % 3) as usize, 0, 2) {
        0 => logistic(random),
        1 => Loss::Exponential,
        _ => Loss::Squared,
    };
    let eta = *random.choice(&[(1, 64), (1, 8), (1, 2), (1, 1), (8, 1), (40, 1)]);
    ExampleRecipe {
        // Depths in turn as well, but not in step with the losses.
        loss,
        exponent: random.between(-3, 0) as i32,
        pace: Pace::Constant(Rational::from(eta)),
        look: Look::Run(random.between(1, 6) as u64),
        ..point(random, turn / 3)
    }
}

fn zero_first(random: &mut Random, turn: u64) -> ExampleRecipe {
    let depth = random.given(2 + (turn % 5) as usize, 2, 6);
    ExampleRecipe { widths: widths(random, depth, 6), structure: Structure::ZeroFirst, ..point(random, turn) }
}

/// The structures that runs start from: those whose initial imbalance is small come more often, because what the theory says of
/// a run is measured against that imbalance.
const RUN_STRUCTURES: [Structure; 11] = [
    Structure::Balanced,
    Structure::NearlyBalanced,
    Structure::Tied,
    Structure::Balanced,
    Structure::Graded,
    Structure::ZeroFirst,
    Structure::NearlyBalanced,
    Structure::Plain,
    Structure::Balanced,
    Structure::RankOne,
    Structure::GradedEntries,
];

/// The depths of runs: 2 mostly, because with more layers a thousand steps of the rule seldom come far.
const RUN_DEPTHS: [usize; 32] =
    [2, 2, 3, 2, 2, 1, 2, 3, 2, 2, 4, 2, 2, 3, 2, 2, 2, 3, 2, 2, 5, 2, 3, 2, 1, 2, 2, 3, 2, 4, 6, 2];

fn smoothness_run(random: &mut Random, turn: u64) -> ExampleRecipe {
    let depth = random.given(in_turn(&RUN_DEPTHS, turn), 1, 6);
    let largest = *random.choice(&[3, 4, 6]);
    let mut widths = widths(random, depth, largest);
    if random.chance(3, 4) {
        // Layers of rank one by their shape are aligned from the start.
        for width in &mut widths[..depth] {
            *width = (*width).max(2);
        }
    }
    // A small scale keeps R(W(0)) far below the norms and η near 1.
    let scale = *match depth {
        1 | 2 => random.choice(&[(1, 1), (1, 4), (1, 10), (1, 20), (1, 50), (1, 100)]),
        _ => random.choice(&[(1, 10), (1, 20), (1, 50)]),
    };
    let steepness = *random.choice(&[1, 1, 1, 2]);
    ExampleRecipe {
        structure: structure(random, &RUN_STRUCTURES, turn),
        // The gradient of a deep network at a small start is too small to leave it.
        exponent: if depth > 2 { -i32::from(random.chance(1, 2)) } else { random.between(-4, -2) as i32 },
        bits: 10,
        start: Start::Descending,
        radius: Some(Rational::from(4)),
        cloud: *random.choice(&Cloud::ALL),
        examples: random.size(1, 4),
        margin: if depth > 2 {
            Rational::from(*random.choice(&[(1, 2), (2, 3), (3, 4)]))
        } else {
            margin(random, false)
        },
        loss: Loss::Logistic { scale: Rational::from(scale), steepness: Rational::from(steepness) },
        pace: Pace::Smoothness,
        look: Look::Run(1000),
        seed: random.key(),
        widths,
    }
}

/// The structures that flows start from: none of them ties singular values, which a stretch of time never tells apart.
const FLOW_STRUCTURES: [Structure; 6] = [
    Structure::Plain,
    Structure::Graded,
    Structure::Plain,
    Structure::ZeroFirst,
    Structure::Plain,
    Structure::NearlyBalanced,
];

/// The depths of flows.
const FLOW_DEPTHS: [usize; 13] = [2, 3, 2, 2, 3, 2, 4, 2, 2, 1, 2, 3, 2];

fn flow(random: &mut Random, turn: u64) -> ExampleRecipe {
    let depth = random.given(in_turn(&FLOW_DEPTHS, turn), 1, 4);
    // Every other flow of several layers is followed by its risk: most until that is e^−100, some until it is e^−10000 and a few further.
    let (clock, horizon) = if turn % 2 == 1 && depth > 1 {
        (Clock::LogRisk, late_horizon(turn))
    } else {
        (Clock::Time, *random.choice(&[4096_u32, 16384, 1 << 18, 1 << 22]))
    };
    let horizon = Rational::from(horizon);
    let loss = if random.chance(1, 2) { Loss::Exponential } else { Loss::logistic() };
    ExampleRecipe {
        widths: widths(random, depth, 4),
        structure: structure(random, &FLOW_STRUCTURES, turn),
        // Small starts are soon far behind; with more layers they are too slow to leave.
        exponent: if depth > 2 { random.between(-1, 0) } else { random.between(-3, -1) } as i32,
        loss,
        pace: Pace::Flow,
        look: Look::Flow { clock, record: FlowRecording::of_horizon(&horizon), horizon },
        ..smoothness_run(random, turn)
    }
}

/// Until which −ln R a late flow goes.
fn late_horizon(turn: u64) -> u32 {
    match turn % 32 {
        1 => 1_000_000,
        7 | 15 | 23 | 31 => 10_000,
        _ => 100,
    }
}

fn escape_run(random: &mut Random, turn: u64) -> ExampleRecipe {
    let depth = random.given(1 + (turn % 2) as usize, 1, 2);
    // Larger balls are left after thousands of steps only.
    let radius = *if depth == 1 {
        random.choice(&[(1, 1), (3, 2), (2, 1), (3, 1)])
    } else {
        random.choice(&[(1, 1), (5, 4), (3, 2)])
    };
    let steepness = *random.choice(&[(1, 2), (1, 1), (2, 1)]);
    let margin = *random.choice(&[(1, 4), (1, 2), (2, 3), (3, 4)]);
    let structures =
        [Structure::Balanced, Structure::Plain, Structure::ZeroFirst, Structure::Tied, Structure::NearlyBalanced];
    ExampleRecipe {
        widths: widths(random, depth, 4),
        structure: structure(random, &structures, turn),
        exponent: random.between(-2, 0) as i32,
        bits: 10,
        start: Start::Descending,
        radius: Some(Rational::from(radius)),
        cloud: *random.choice(&Cloud::ALL),
        examples: random.size(1, 4),
        margin: Rational::from(margin),
        loss: Loss::Logistic {
            scale: Rational::from(*random.choice(&[(1, 50), (1, 1), (3, 1)])),
            steepness: Rational::from(steepness),
        },
        pace: Pace::Ball,
        look: Look::Run(1000),
        seed: random.key(),
    }
}

fn far_point(random: &mut Random, turn: u64) -> ExampleRecipe {
    let depth = random.given(1 + (turn % 3) as usize, 1, 3);
    let mut widths = widths(random, depth, 5);
    widths[0] = random.size(2, 5);
    let dim = widths[0];
    let cross = random.chance(1, 2);
    let structures = [Structure::Plain, Structure::Balanced, Structure::Tied, Structure::RankOne, Structure::Graded];
    ExampleRecipe {
        start: Start::Far(*random.choice(&[-20, -3, 0, 3, 6])),
        structure: structure(random, &structures, turn),
        bits: 6,
        examples: random.size(if cross { 2 * (dim - 1) } else { dim }, 10),
        cloud: if cross { Cloud::Cross } else { Cloud::Spanning },
        loss: Loss::logistic(),
        widths,
        ..point(random, turn)
    }
}

fn target_run(random: &mut Random, turn: u64) -> TargetRecipe {
    let depth = random.given(in_turn(&[2, 3, 2, 3, 1, 2, 3, 4], turn), 1, 4);
    let (input, output) = (random.size(1, 4), random.size(1, 4));
    let mut widths = vec![input];
    for _ in 1..depth {
        widths.push(input.min(output) + random.size(0, 2));
    }
    widths.push(output);
    TargetRecipe {
        widths,
        nearness: random.size(1, 6) as u32,
        imbalance: if random.chance(2, 3) { Imbalance::Largest } else { Imbalance::None },
        slowness: *random.choice(&[1, 1, 2, 10]),
        steps: *random.choice(&[200, 400, 1000]),
        seed: random.key(),
    }
}
