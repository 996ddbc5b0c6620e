//! A short description of an instance, from which the instance is built and which can be made simpler.

use super::{ExampleRecipe, Instance, TargetRecipe};

/// A short description of an instance.
///
/// ```
/// use gradient_witness::generate::{Family, Recipe};
/// let recipe = Recipe::draw(Family::SmoothnessRuns, 1, 0);
/// assert!(recipe.build().look.steps() >= 1000);
/// assert!(recipe.simpler().iter().all(|simpler| simpler.size() < recipe.size()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// A network with output dimension 1 on separable data.
    Examples(ExampleRecipe),
    /// A run towards a target, with the hypotheses of Arora et al.'s Theorem 1.
    Target(TargetRecipe),
}

impl Recipe {
    /// The instance.
    #[must_use]
    pub fn build(&self) -> Instance {
        match self {
            Self::Examples(recipe) => recipe.build(),
            Self::Target(recipe) => recipe.build(),
        }
    }

    /// Recipes that are simpler in one respect: fewer steps, layers, units or examples, plainer weights, data, loss or step,
    /// rounder numbers. Each has a smaller [`size`](Self::size), so that going from one to the next comes to an end.
    #[must_use]
    pub fn simpler(&self) -> Vec<Self> {
        match self {
            Self::Examples(recipe) => recipe.simpler().into_iter().map(Self::Examples).collect(),
            Self::Target(recipe) => recipe.simpler().into_iter().map(Self::Target).collect(),
        }
    }

    /// How much there is to the recipe: it falls with every step of [`simpler`](Self::simpler).
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Self::Examples(recipe) => recipe.size(),
            Self::Target(recipe) => recipe.size(),
        }
    }

    /// The widths `d_0, …, d_L`.
    #[must_use]
    pub fn widths(&self) -> &[usize] {
        match self {
            Self::Examples(recipe) => &recipe.widths,
            Self::Target(recipe) => &recipe.widths,
        }
    }
}
