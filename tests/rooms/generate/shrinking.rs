//! Shrinking, and the adapters of proptest and quickcheck.

use gradient_witness::algebra::exact::norm_squared;
use gradient_witness::generate::{Family, Instance, Recipe, Sampled, Source, Structure, classification};
use gradient_witness::problem::{Loss, StepRule};
use proptest::prelude::*;

use super::{draw, examples, signed, widths};
use crate::support::{AnyPoint, Recipes};

#[test]
fn shrinking_ends_at_the_simplest() {
    for family in Family::ALL {
        for index in 0..10 {
            let mut recipe = Recipe::draw(family, 1, index);
            let mut steps = 0;
            while let Some(simpler) = recipe.simpler().into_iter().next() {
                assert!(simpler.size() < recipe.size());
                recipe = simpler;
                steps += 1;
                assert!(steps < 200);
            }
            let _ = recipe.build();
            assert_eq!(recipe.widths(), [1, 1]);
            if let Recipe::Examples(recipe) = recipe {
                assert_eq!(recipe.examples, 1);
            }
        }
    }
}

/// The simplest instance with two hidden units in some layer and two examples, from whatever it was drawn.
#[test]
fn shrinking_finds_what_matters() {
    for index in 0..20 {
        let fails = |instance: &Instance| widths(instance).contains(&2) && examples(instance).0.rows() >= 2;
        let drawn = Family::SmoothnessRuns.instance(1, index).expect("an instance");
        let mut tries = 0;
        let shrunk = Family::SmoothnessRuns.shrink(1, index, &mut |instance| {
            tries += 1;
            fails(instance)
        });
        assert!(tries <= 400);
        if !fails(&drawn) {
            continue;
        }
        let shrunk = shrunk.expect("a thousand steps are not needed");
        assert!(fails(&shrunk));
        assert_eq!((shrunk.look.steps(), examples(&shrunk).0.rows()), (1, 2));
        // 2-1 or 1-2-1.
        assert!(widths(&shrunk).iter().sum::<usize>() <= 4);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_simpler_recipe_can_be_built(recipe in Recipes(Family::Pairs)) {
        for simpler in recipe.simpler() {
            let instance = simpler.build();
            prop_assert!(instance.look.partner().map(Vec::as_slice) != Some(instance.problem.initial()));
        }
    }
}

/// The adapter of proptest goes down to the smallest failing recipe.
#[test]
fn proptest_shrinks_recipes() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let failure = runner.run(&Recipes(Family::Points), |recipe| {
        prop_assert!(recipe.widths().len() < 4);
        Ok(())
    });
    match failure {
        Err(proptest::test_runner::TestError::Fail(_, recipe)) => {
            assert_eq!(recipe.widths(), [1, 1, 1, 1]);
            let Recipe::Examples(recipe) = recipe else { panic!("points have examples") };
            assert_eq!((recipe.structure, recipe.examples), (Structure::Plain, 1));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn quickcheck_draws_and_shrinks_points() {
    fn in_the_unit_ball(point: AnyPoint) -> bool {
        signed(&point.0.build()).iter().all(|z| norm_squared(z) <= 1)
    }
    quickcheck::QuickCheck::new().tests(50).quickcheck(in_the_unit_ball as fn(AnyPoint) -> bool);
    let point = AnyPoint(Recipe::draw(Family::Points, 1, 3));
    assert!(quickcheck::Arbitrary::shrink(&point).all(|simpler| simpler.0.size() < point.0.size()));
}

#[test]
fn sampled_sources_shrink_by_taking_fewer_steps() {
    let source = Sampled::new("a thousand steps", |random| {
        let recipe = draw(Family::SmoothnessRuns, 1, 0);
        let layers = Structure::Plain.layers(random, &recipe.widths, 4);
        let problem = classification(&recipe.data(), Loss::logistic(), layers, StepRule::Smoothness);
        Instance::run(problem, 1000)
    });
    let shrunk = source.shrink(1, 0, &mut |instance| instance.look.steps() > 100).expect("it shrinks");
    assert_eq!(shrunk.look.steps(), 125);
    assert_eq!(shrunk.problem, source.instance(1, 0).expect("an instance").problem);
    assert!(source.shrink(1, 0, &mut |_| false).is_none());
}
