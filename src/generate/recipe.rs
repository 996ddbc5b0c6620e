//! A short description of an instance, from which the instance is built.

use super::{ExampleRecipe, Instance, Random, TargetRecipe};

/// A short description of an instance.
///
/// ```
/// use gradient_witness::generate::{Family, Random};
/// let mut random = Random::new("an example", 1, 0);
/// let recipe = Family::SmoothnessRuns.recipe(&mut random);
/// assert!(recipe.build(&mut random).look.steps() >= 1000);
/// ```
#[expect(clippy::large_enum_variant, reason = "one is made at a time, and built at once")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// A network with output dimension 1 on separable data.
    Examples(ExampleRecipe),
    /// A run towards a target, with the hypotheses of Arora et al.'s Theorem 1.
    Target(TargetRecipe),
}

impl Recipe {
    /// The instance: it depends on the recipe alone, and what is chosen for it is recorded in `random`.
    #[must_use]
    pub fn build(&self, random: &mut Random) -> Instance {
        match self {
            Self::Examples(recipe) => recipe.build(random),
            Self::Target(recipe) => recipe.build(random),
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
