//! What the tests of several rooms share: generated recipes as proptest strategies and quickcheck arguments.

use gradient_witness::generate::{Family, Recipe};
use proptest::prelude::{ProptestConfig, Rng};
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{RngSeed, TestRunner};
use quickcheck::{Arbitrary, Gen};

/// How proptest runs: from a fixed seed, or that of `WITNESS_SEED`. What fails becomes a named case, not a file.
pub fn config(cases: u32) -> ProptestConfig {
    let seed =
        std::env::var("WITNESS_SEED").map_or(1, |text| text.parse().expect("WITNESS_SEED is an unsigned integer"));
    println!("{cases} cases with WITNESS_SEED={seed}");
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..ProptestConfig::default() }
}

/// The recipes of a family, for proptest.
#[derive(Clone, Copy, Debug)]
pub struct Recipes(pub Family);

impl Strategy for Recipes {
    type Tree = RecipeTree;
    type Value = Recipe;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let (seed, index) = (runner.rng().next_u64(), runner.rng().next_u64());
        Ok(RecipeTree::new(Recipe::draw(self.0, seed, index)))
    }
}

/// A recipe on its way down [`Recipe::simpler`].
#[derive(Clone, Debug)]
pub struct RecipeTree {
    /// The simplest recipe known to fail, or the first.
    failing: Recipe,
    current: Recipe,
    /// The recipes to try next, the last first.
    candidates: Vec<Recipe>,
}

impl RecipeTree {
    fn new(recipe: Recipe) -> Self {
        Self { failing: recipe.clone(), current: recipe, candidates: Vec::new() }
    }

    fn advance(&mut self) -> bool {
        match self.candidates.pop() {
            Some(next) => {
                self.current = next;
                true
            }
            None => {
                self.current = self.failing.clone();
                false
            }
        }
    }
}

impl ValueTree for RecipeTree {
    type Value = Recipe;

    fn current(&self) -> Recipe {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        self.failing = self.current.clone();
        self.candidates = self.failing.simpler();
        self.candidates.reverse();
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        self.advance()
    }
}

/// The recipe of a point, for quickcheck.
#[derive(Clone, Debug)]
pub struct AnyPoint(pub Recipe);

impl Arbitrary for AnyPoint {
    fn arbitrary(generator: &mut Gen) -> Self {
        Self(Recipe::draw(Family::Points, u64::arbitrary(generator), u64::arbitrary(generator)))
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        Box::new(self.0.simpler().into_iter().map(Self))
    }
}
