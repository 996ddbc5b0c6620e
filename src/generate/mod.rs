//! Instances on which claims are checked: structure-aware, deterministic for a seed, shrinking.
//!
//! Proptest, quickcheck, `verify` and the benches draw from here. An instance is an exact problem and what to look at in it;
//! no claim is named here, and nothing is trained.
//!
//! A [`Recipe`] is a short description of an instance; it is drawn by a [`Family`] from a seed and a number, built into an
//! [`Instance`], and made simpler step by step when a claim fails on it. All numbers are exact and made by integer arithmetic,
//! so that an instance is the same on every machine. What the recipes are made of is public for sources of other kinds
//! ([`Sampled`]): separable data of known margin ([`Separable`]), weights of known structure ([`Structure`], [`balanced`],
//! [`with_singular_values`], …) and the [exact linear algebra](crate::algebra::exact) under them.

mod draws;
mod example_recipe;
mod family;
mod far;
mod growth;
mod instance;
mod orthogonal;
mod random;
mod recipe;
mod replay;
mod sampled;
mod separable;
mod shrink;
mod simplicity;
mod target_recipe;
mod weights;

pub use draws::Draws;
pub use example_recipe::{ExampleRecipe, Pace, Partner, Start};
pub use family::Family;
pub use instance::{Built, Fixed, Instance, Look, Source};
pub use orthogonal::{orthogonal, pythagorean, unit_vector};
pub use random::Random;
pub use recipe::Recipe;
pub use replay::{Replay, replay};
pub use sampled::{Sampled, classification, fully_connected, towards};
pub use separable::{Cloud, Separable};
pub use shrink::Shrinker;
pub use target_recipe::{Imbalance, TargetRecipe, imbalance_squared, largest_imbalance, largest_step};
pub use weights::{
    Structure, aligned, balanced, balanced_between, disturbed, isometry, rank_one, with_end_to_end,
    with_singular_values,
};
