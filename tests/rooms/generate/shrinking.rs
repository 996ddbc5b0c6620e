//! Shrinking by choices, and the adapters of proptest and quickcheck.

use std::collections::BTreeMap;
use std::sync::Arc;

use gradient_witness::algebra::exact::norm_squared;
use gradient_witness::claims::Check;
use gradient_witness::generate::{
    Family, Fixed, Instance, Look, Random, Sampled, Shrinker, Source, Structure, classification,
};
use gradient_witness::papers::catalogue;
use gradient_witness::problem::{Data, Loss, Matrix, Problem, StepRule};
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};

use super::{draw, examples, signed, widths};
use crate::support::{AnyPoint, Instances, config};

/// The sources of the families and of the catalogue, by name.
fn sources() -> BTreeMap<String, Arc<dyn Source>> {
    let families = Family::ALL.map(|family| Arc::new(family) as Arc<dyn Source>);
    let of_claims = catalogue();
    let of_claims = of_claims.iter().filter_map(|claim| match claim.check() {
        Check::Instances { source, .. } => Some(Arc::clone(source)),
        _ => None,
    });
    families.into_iter().chain(of_claims).map(|source| (source.name(), source)).collect()
}

/// The layers' sizes, the number of examples and the number of digits of all numbers together.
fn size(instance: &Instance) -> (usize, usize, u32) {
    let layers = instance.problem.initial();
    let (count, data) = match instance.problem.data() {
        Data::Examples { x, .. } => (x.rows(), x),
        Data::Target(target) => (0, target),
    };
    let all = layers.iter().chain(instance.look.partner().into_iter().flatten()).chain([data]);
    let digits = all.flat_map(Matrix::entries).map(|q| q.numer().significant_bits() + q.denom().significant_bits() - 1);
    (layers.iter().map(|layer| layer.entries().len()).sum(), count, digits.sum())
}

#[test]
fn what_was_drawn_is_made_again_by_its_choices() {
    for (name, source) in sources() {
        for index in 0..30 {
            let mut random = Random::new(&name, 1, index);
            let Some(drawn) = source.draw(&mut random) else { continue };
            let mut chosen = Random::choosing(&name, 1, index, random.choices().to_vec());
            assert_eq!(format!("{:?}", source.draw(&mut chosen)), format!("{:?}", Some(drawn)), "{name}");
            assert_eq!(chosen.choices(), random.choices(), "{name}");
        }
    }
}

/// Whoever shrinks or searches makes choices that no stream of random numbers has made, or hardly ever would.
#[test]
fn whatever_is_chosen_makes_an_instance_and_is_made_again() {
    let mut random = Random::new("any choices", 1, 0);
    for (name, source) in sources() {
        for index in 0..60 {
            let drawn = Random::new(&name, 1, index);
            let mut first = drawn.clone();
            let _ = source.draw(&mut first);
            let mut choices = first.choices().to_vec();
            let end = random.size(0, choices.len());
            choices.truncate(end);
            for choice in &mut choices {
                *choice = match random.below(4) {
                    0 => 0,
                    1 => random.below(8),
                    2 => random.bits(),
                    _ => *choice,
                };
            }
            let mut chosen = Random::choosing(&name, 1, index, choices);
            let Some(instance) = source.draw(&mut chosen) else { continue };
            let mut again = Random::choosing(&name, 1, index, chosen.choices().to_vec());
            assert_eq!(format!("{:?}", source.draw(&mut again)), format!("{:?}", Some(instance)), "{name}");
            assert_eq!(again.choices(), chosen.choices(), "{name}");
        }
    }
}

#[test]
fn shrinking_ends_at_the_simplest() {
    for family in Family::ALL {
        for index in 0..10 {
            let mut tries = 0;
            let simplest = family.shrink(1, index, &mut |_| {
                tries += 1;
                true
            });
            let simplest = simplest.expect("nothing drawn is so simple");
            let least = match family {
                // Points far away have two dimensions at least.
                Family::FarPoints => &[2, 1][..],
                Family::ZeroFirst => &[1, 1, 1],
                _ => &[1, 1],
            };
            let steps = u64::from(matches!(simplest.look, Look::Run(_)));
            assert_eq!((&widths(&simplest)[..], simplest.look.steps()), (least, steps), "{family:?}");
            if family != Family::TargetRuns {
                assert!(examples(&simplest).0.rows() <= 2);
            }
            assert!(tries < 100, "{family:?}: {tries}");
        }
    }
}

/// The simplest instance with two hidden units in some layer and two examples, from whatever it was drawn.
#[test]
fn shrinking_finds_what_matters() {
    let mut simple = 0;
    for index in 0..20 {
        let fails = |instance: &Instance| widths(instance)[1..].contains(&2) && examples(instance).0.rows() >= 2;
        let drawn = Family::SmoothnessRuns.instance(1, index).expect("an instance");
        if !fails(&drawn) {
            continue;
        }
        let mut tries = 0;
        let shrunk = Family::SmoothnessRuns.shrink(1, index, &mut |instance| {
            tries += 1;
            fails(instance)
        });
        assert!(tries <= 200, "{tries}");
        let shrunk = shrunk.expect("a thousand steps are not needed");
        assert!(fails(&shrunk));
        assert_eq!((shrunk.look.steps(), examples(&shrunk).0.rows()), (1, 2));
        let (entries, _, digits) = size(&shrunk);
        assert!(widths(&shrunk).len() == 3 && entries <= 6 && digits <= 30, "{shrunk:?}");
        simple += 1;
    }
    assert!(simple >= 5, "{simple}");
}

proptest! {
    #![proptest_config(config(32))]

    /// Whatever is proposed is simpler than what is known to fail, so that shrinking comes to an end.
    #[test]
    fn proposals_are_instances_of_the_family(seed: u64, fails: u64) {
        let mut shrinker = Shrinker::new(&Family::Pairs, seed, 0).expect("an instance");
        for time in 0..64 {
            let Some(instance) = shrinker.next(&Family::Pairs) else { break };
            prop_assert!(instance.look.partner().is_some_and(|partner| partner[..] != *instance.problem.initial()));
            prop_assert!(signed(instance).iter().all(|z| norm_squared(z) <= 1));
            shrinker.learn(fails >> time & 1 == 1);
        }
    }
}

/// The adapter of proptest goes down to the smallest failing instance.
#[test]
fn proptest_shrinks_instances() {
    let mut runner = TestRunner::new(config(256));
    let failure = runner.run(&Instances(Family::Points), |instance| {
        prop_assert!(instance.problem.depth() < 3);
        Ok(())
    });
    match failure {
        Err(TestError::Fail(_, instance)) => {
            assert_eq!((widths(&instance), examples(&instance).0.rows()), (vec![1, 1, 1, 1], 1));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn quickcheck_draws_and_shrinks_points() {
    fn in_the_unit_ball(point: AnyPoint) -> bool {
        signed(point.instance()).iter().all(|z| norm_squared(z) <= 1)
    }
    quickcheck::QuickCheck::new().tests(50).quickcheck(in_the_unit_ball as fn(AnyPoint) -> bool);
    // As quickcheck does it: the first simpler one that fails, as long as there is one.
    let mut point: AnyPoint = quickcheck::Arbitrary::arbitrary(&mut quickcheck::Gen::new(10));
    while let Some(simpler) = quickcheck::Arbitrary::shrink(&point).next() {
        point = simpler;
    }
    assert_eq!((widths(point.instance()), examples(point.instance()).0.rows()), (vec![1, 1], 1));
}

/// A source of somebody who has said nothing of what is simple.
#[test]
fn sampled_sources_shrink() {
    let source = Sampled::new("a thousand steps", |random| {
        let recipe = draw(Family::SmoothnessRuns, 1, 0);
        let hidden = random.size(1, 9);
        let layers = Structure::Plain.layers(random, &[recipe.widths[0], hidden, 1], 4);
        let data = recipe.data(&mut Random::new("data", 1, 0));
        Instance::run(classification(&data, Loss::logistic(), layers, StepRule::Smoothness), 1000)
    });
    let hidden = |instance: &Instance| instance.problem.initial()[1].entries().len();
    let index = (0..).find(|&index| source.instance(1, index).is_some_and(|drawn| hidden(&drawn) > 5)).unwrap();
    let shrunk = source.shrink(1, index, &mut |instance| instance.look.steps() > 100 && hidden(instance) > 2);
    let shrunk = shrunk.expect("it shrinks");
    assert_eq!((shrunk.look.steps(), hidden(&shrunk)), (101, 3));
    assert!(shrunk.problem.initial().iter().flat_map(Matrix::entries).all(|entry| *entry == 0));
    assert!(source.shrink(1, index, &mut |_| false).is_none());
}

/// What nobody drew may be more than a source can bear; a source may also wait for what never comes.
#[test]
fn a_source_that_breaks_or_waits_shrinks_as_far_as_it_goes() {
    let breaks = Sampled::new("no zeros", |random| {
        let size = random.below(1000);
        assert!(size > 0, "this source does not know what to do with 0");
        Instance::run(some_problem(), size)
    });
    let index = (0..).find(|&index| Random::new("no zeros", 1, index).below(1000) > 500).unwrap();
    assert_eq!(breaks.shrink(1, index, &mut |_| true).map(|shrunk| shrunk.look), Some(Look::Run(1)));
    let waits = Sampled::new("not zero", |random| {
        let size = loop {
            match random.below(1000) {
                0 => {}
                size => break size,
            }
        };
        Instance::run(some_problem(), size)
    });
    assert_eq!(waits.shrink(1, 0, &mut |_| true).map(|shrunk| shrunk.look), Some(Look::Run(1)));
    let fixed = Fixed::new("one", vec![Instance::run(some_problem(), 1000)]);
    let shrunk = fixed.shrink(1, 0, &mut |instance| instance.look.steps() >= 10);
    assert_eq!(shrunk.map(|shrunk| shrunk.look), Some(Look::Run(10)));
}

fn some_problem() -> Problem {
    (*Family::Points.instance(1, 0).expect("an instance").problem).clone()
}
