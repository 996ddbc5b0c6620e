//! Recipes of runs towards a target under the hypotheses of Arora, Cohen, Golowich & Hu's Theorem 1.
//!
//! The initial layers are balanced with rational singular values between rational orthogonal matrices, so that their product
//! `W` has known singular values and vectors. The target `Φ` has other singular values, also rational, and singular vectors
//! that are rotated a little. Then `c = σ_min(Φ) − ‖W − Φ‖_F` is known up to one square root, and with it the largest imbalance
//! `δ*(c) = c²/(256N³‖Φ‖_F^{2(N−1)/N})` and the largest step `η*(c) = c^{(4N−2)/N}/(6144N³‖Φ‖_F^{(6N−4)/N})` of the theorem,
//! which are rounded downward.

use rug::Rational;

use super::sampled::fully_connected;
use super::{Instance, Random, balanced_between, orthogonal, pythagorean};
use crate::algebra::exact::{
    end_to_end, identity, norm_squared, power, product, rectangular_diagonal, root_above, root_below, sum,
};
use crate::problem::{Data, Loss, Matrix, StepRule};

/// How unbalanced the initial layers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imbalance {
    /// Not at all, exactly.
    None,
    /// As much as Theorem 1 allows for the margin, or up to a thousandth less. One layer alone is always balanced.
    Largest,
}

/// A description of a run towards a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetRecipe {
    /// `d_0, …, d_N`; no hidden width is below both ends.
    pub widths: Vec<usize>,
    /// The target differs from the initial end-to-end matrix by about `2^−nearness` of itself, or less: so little that the
    /// margin is at least half of `σ_min(Φ)`.
    pub nearness: u32,
    /// The imbalance.
    pub imbalance: Imbalance,
    /// The step is `η*(c)` divided by this number, at least 1.
    pub slowness: u32,
    /// The number of steps.
    pub steps: u64,
    /// The seed of all that is drawn.
    pub seed: u64,
}

/// What a recipe is made into.
struct Start {
    layers: Vec<Matrix<Rational>>,
    target: Matrix<Rational>,
    margin: Rational,
}

impl TargetRecipe {
    /// The instance: it depends on the recipe alone, and what is chosen for it is recorded in `random`.
    #[must_use]
    pub fn build(&self, random: &mut Random) -> Instance {
        self.build_with_margin(random).0
    }

    /// The instance, and a deficiency margin of the initial weights, `0 < c ≤ σ_min(Φ) − ‖W_N⋯W_1 − Φ‖_F`, for which the imbalance
    /// is at most `δ*(c)` and the step at most `η*(c)`.
    #[must_use]
    pub fn build_with_margin(&self, random: &mut Random) -> (Instance, Rational) {
        let Start { layers, target, margin } = random.part("target", self.seed, 0, |random| self.start(random));
        let eta = largest_step(self.depth(), &target, &margin) / self.slowness.max(1);
        let problem = fully_connected(Loss::SquaredTarget, Data::Target(target), layers, StepRule::Constant(eta));
        (Instance::run(problem, self.steps), margin)
    }

    fn depth(&self) -> u32 {
        self.widths.len() as u32 - 1
    }

    fn start(&self, random: &mut Random) -> Start {
        let (input, output) = (self.widths[0], self.widths[self.widths.len() - 1]);
        let rank = input.min(output);
        let values: Vec<Rational> = (0..rank).map(|_| Rational::from((random.between(12, 20), 16))).collect();
        let gauges: Vec<Matrix<Rational>> = self.widths.iter().map(|&width| orthogonal(random, width)).collect();
        let layers = balanced_between(&gauges, &values);
        let product_values: Vec<Rational> = values.iter().map(|value| power(value, self.depth())).collect();
        let stretch: Vec<Rational> = (0..rank).map(|_| random.dyadic(4)).collect();
        let planes = [input, output].map(|size| plane(random, size));

        let initial = end_to_end(&layers, input);
        let mut size = Rational::from(1) >> self.nearness;
        loop {
            // A stretch of 0 everywhere and no plane to rotate in would leave the target at the start.
            let target_values: Vec<Rational> = product_values
                .iter()
                .zip(&stretch)
                .map(|(value, stretch)| {
                    let stretch = if *stretch == 0 { Rational::from((1, 2)) } else { stretch.clone() };
                    value * (stretch * &size + 1u32)
                })
                .collect();
            let [right, left] = &planes;
            let right = product(&gauges[0], &rotation(input, *right, &size));
            let left = product(&gauges[gauges.len() - 1], &rotation(output, *left, &size));
            let diagonal = rectangular_diagonal(output, input, &target_values);
            let target = product(&product(&left, &diagonal), &right.transposed());
            let smallest = target_values.iter().min().cloned().unwrap_or_default();
            let margin = &smallest - distance(&initial, &target);
            if margin >= smallest.clone() / 2u32 {
                return self.unbalanced(random, Start { layers, target, margin }, &smallest);
            }
            size /= 2u32;
        }
    }

    /// Changes one layer so much that the imbalance nearly reaches `δ*(c)`, if that is asked for.
    fn unbalanced(&self, random: &mut Random, balanced: Start, smallest: &Rational) -> Start {
        if self.imbalance == Imbalance::None || self.depth() < 2 {
            return balanced;
        }
        let changed = random.size(0, self.widths.len() - 2);
        let (rows, columns) = (balanced.layers[changed].rows(), balanced.layers[changed].columns());
        let entries = random.vector(rows * columns, 4);
        let noise = Matrix::from_fn(rows, columns, |i, j| entries[i * columns + j].clone());
        let at = |size: &Rational| {
            let mut layers = balanced.layers.clone();
            layers[changed] = sum(&layers[changed], size, &noise);
            let margin = smallest - distance(&end_to_end(&layers, self.widths[0]), &balanced.target);
            let allowed = largest_imbalance(self.depth(), &balanced.target, &margin);
            let admissible = margin > 0 && imbalance_squared(&layers) <= allowed.square();
            admissible.then(|| Start { layers, target: balanced.target.clone(), margin })
        };
        // The largest admissible size on a grid: first the leading bit, then the bits after it. At size 0 all is balanced.
        let mut size = Rational::new();
        let mut found = None;
        let mut bit = Rational::from(1);
        let mut bits = 0;
        while bits < 12 {
            if let Some(start) = at(&Rational::from(&size + &bit)) {
                size += &bit;
                found = Some(start);
            }
            bits += u32::from(found.is_some());
            bit /= 2u32;
        }
        found.unwrap_or(balanced)
    }
}

/// The grid on which roots are rounded.
const BITS: u32 = 48;

/// The grid on which the step is rounded downward.
const STEP_BITS: u32 = 56;

/// `δ*(c) = c²/(256N³‖Φ‖_F^{2(N−1)/N})` for the depth `N` and a margin `c`, rounded downward.
#[must_use]
pub fn largest_imbalance(depth: u32, target: &Matrix<Rational>, margin: &Rational) -> Rational {
    let norm = root_above(&power(&norm_squared(target.entries()), depth - 1), depth, BITS);
    Rational::from(margin * margin) / (norm * (256 * depth.pow(3)))
}

/// `η*(c) = c^{(4N−2)/N}/(6144N³‖Φ‖_F^{(6N−4)/N})` for the depth `N` and a margin `c`, rounded downward.
#[must_use]
pub fn largest_step(depth: u32, target: &Matrix<Rational>, margin: &Rational) -> Rational {
    let numerator = root_below(&power(margin, 4 * depth - 2), depth, BITS);
    let norm = root_above(&power(&norm_squared(target.entries()), 3 * depth - 2), depth, BITS);
    let exact = numerator / (norm * (6144 * depth.pow(3)));
    root_below(&exact, 1, STEP_BITS)
}

/// `‖A − B‖_F` from above.
fn distance(a: &Matrix<Rational>, b: &Matrix<Rational>) -> Rational {
    root_above(&norm_squared(sum(a, &Rational::from(-1), b).entries()), 2, BITS)
}

/// `max_j ‖W_{j+1}ᵀW_{j+1} − W_jW_jᵀ‖_F²`, exactly; zero for a single layer.
#[must_use]
pub fn imbalance_squared(layers: &[Matrix<Rational>]) -> Rational {
    let one = |pair: &[Matrix<Rational>]| {
        let upper = product(&pair[1].transposed(), &pair[1]);
        let lower = product(&pair[0], &pair[0].transposed());
        norm_squared(sum(&upper, &Rational::from(-1), &lower).entries())
    };
    layers.windows(2).map(one).max().unwrap_or_default()
}

/// Two different coordinates of a space of the given size, if there are two.
fn plane(random: &mut Random, size: usize) -> Option<(usize, usize)> {
    (size >= 2).then(|| {
        let first = random.size(0, size - 1);
        (first, (first + random.size(1, size - 1)) % size)
    })
}

/// The rotation in a plane by an angle of about `size`, exact; the identity without a plane.
fn rotation(dimension: usize, plane: Option<(usize, usize)>, size: &Rational) -> Matrix<Rational> {
    let mut rotation = identity(dimension);
    if let Some((i, j)) = plane {
        let (sine, cosine) = pythagorean(&(Rational::from(size) / 2u32));
        rotation[(i, i)] = cosine.clone();
        rotation[(j, j)] = cosine;
        rotation[(i, j)] = Rational::from(-&sine);
        rotation[(j, i)] = sine;
    }
    rotation
}
