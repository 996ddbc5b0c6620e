//! The families with examples.

use std::collections::BTreeSet;

use gradient_witness::algebra::exact::{end_to_end, inner, norm_squared, power_of_two};
use gradient_witness::algebra::max_margin::{AlphaSquared, MaxMargin};
use gradient_witness::generate::{Cloud, ExampleRecipe, Family, Instance, Look, Random, Source, Structure};
use gradient_witness::problem::{Arithmetic, Clock, Data, FlowSchedule, Loss, Matrix, StepRule};
use gradient_witness::reference::check_start;
use rug::Rational;

use super::{above, draw, examples, first, is_zero, rational, signed, widths, with_examples};

/// What every family promises.
#[test]
fn instances_are_within_their_ranges() {
    for family in with_examples() {
        for (recipe, instance) in first(family, 200) {
            assert_eq!(widths(&instance), recipe.widths);
            assert!(widths(&instance).iter().all(|width| (1..=6).contains(width)));
            assert_eq!(widths(&instance).last(), Some(&1));
            assert!((1..=6).contains(&instance.problem.network().depth()));
            assert!((1..=10).contains(&examples(&instance).0.rows()));
            assert!(signed(&instance).iter().all(|z| norm_squared(z) <= 1));
            let data = recipe.data(&mut Random::new("data", 1, 0));
            assert_eq!(signed(&instance), data.signed());
            let largest = instance
                .problem
                .initial()
                .iter()
                .flat_map(Matrix::entries)
                .map(|entry| entry.numer().significant_bits().max(entry.denom().significant_bits()));
            assert!(largest.max() <= Some(160), "{family:?} {recipe:?}");
            assert_eq!(instance.look.steps() == 0, !matches!(recipe.look, Look::Run(_)));
        }
    }
}

#[test]
fn the_first_64_points_cover_the_ground() {
    for seed in [1, 2, 3] {
        let recipes: Vec<ExampleRecipe> = (0..64).map(|index| draw(Family::Points, seed, index)).collect();
        let depths: BTreeSet<usize> = recipes.iter().map(|recipe| recipe.widths.len() - 1).collect();
        assert_eq!(depths, (1..=6).collect());
        let widths: BTreeSet<usize> = recipes.iter().flat_map(|recipe| recipe.widths.clone()).collect();
        assert_eq!(widths, (1..=6).collect());
        for structure in Structure::ALL {
            assert!(recipes.iter().filter(|recipe| recipe.structure == structure).count() >= 3);
        }
        for cloud in Cloud::ALL {
            assert!(recipes.iter().any(|recipe| recipe.cloud == cloud));
        }
        assert!(recipes.iter().any(|recipe| recipe.loss == Loss::Exponential));
        assert!(recipes.iter().any(|recipe| recipe.loss == Loss::logistic()));
        assert!(recipes.iter().any(|recipe| matches!(&recipe.loss, Loss::Logistic { scale, .. } if *scale < 1)));
        assert!(recipes.iter().any(|recipe| recipe.margin < power_of_two(-7)));
        let examples: BTreeSet<usize> = recipes.iter().map(|recipe| recipe.examples).collect();
        assert!(examples.contains(&1) && examples.contains(&10));
        let trapped = recipes.iter().filter(|recipe| recipe.structure == Structure::Antisymmetric);
        for recipe in trapped {
            let instance = recipe.build(&mut Random::new("trapped", 1, 0));
            let layers = instance.problem.initial();
            assert_eq!(layers[0].map(|entry| Rational::from(-entry)).transposed(), layers[1]);
        }
    }
}

#[test]
fn pairs_are_different_points_of_a_common_ball() {
    let (mut at_the_edge, mut near, mut zero, mut shared) = (0, 0, 0, 0);
    for (recipe, instance) in first(Family::Pairs, 200) {
        let radius = recipe.radius.clone().expect("pairs have a radius");
        assert!(radius >= 1);
        let square = Rational::from(&radius * &radius);
        let (one, other) = (instance.problem.initial(), instance.look.partner().expect("a pair"));
        assert_ne!(one, other);
        assert!(matches!(instance.problem.loss(), Loss::Logistic { .. }));
        let mut distance = Rational::new();
        for (a, b) in one.iter().zip(other) {
            assert_eq!((a.rows(), a.columns()), (b.rows(), b.columns()));
            assert!(norm_squared(a.entries()) <= square && norm_squared(b.entries()) <= square);
            let edge = &square * rational(99, 100);
            at_the_edge += usize::from(norm_squared(a.entries()) > edge);
            zero += usize::from(is_zero(b));
            shared += usize::from(a == b && !is_zero(a));
            for (a, b) in a.entries().iter().zip(b.entries()) {
                let difference = Rational::from(a - b);
                distance += difference.clone() * difference;
            }
        }
        near += usize::from(distance < power_of_two(-30));
    }
    assert!(at_the_edge > 20 && near > 10 && zero > 20 && shared > 10, "{at_the_edge} {near} {zero} {shared}");
}

/// `Σ ln(1 + e^{−b m_i}) ≤ n ln 2` by f64, far from equality or with no negative margin, and `W_L⋯W_2 ≠ 0`.
fn assert_descending(instance: &Instance) {
    let layers = instance.problem.initial();
    assert!(!is_zero(&above(layers)));
    let w = end_to_end(layers, widths(instance)[0]);
    let margins: Vec<Rational> = signed(instance).iter().map(|z| inner(w.row(0), z)).collect();
    if margins.iter().all(|margin| *margin >= 0) {
        return;
    }
    let loss = |margin: f64| match instance.problem.loss() {
        Loss::Logistic { steepness, .. } => (-steepness.to_f64() * margin).exp().ln_1p(),
        other => panic!("{other:?}"),
    };
    let excess: f64 = margins.iter().map(|margin| loss(margin.to_f64()) - loss(0.0)).sum();
    assert!(excess < 0.0, "{excess}");
}

#[test]
fn smoothness_runs_start_where_they_should() {
    let mut negative = 0;
    for (recipe, instance) in first(Family::SmoothnessRuns, 200) {
        assert_descending(&instance);
        assert_eq!(*instance.problem.step(), StepRule::Smoothness);
        assert!(instance.look.steps() >= 1000);
        assert!(matches!(instance.problem.loss(), Loss::Logistic { .. }));
        let w = end_to_end(instance.problem.initial(), recipe.widths[0]);
        negative += usize::from(signed(&instance).iter().any(|z| inner(w.row(0), z) < 0));
    }
    assert!(negative >= 20, "only {negative} runs start with a negative margin");
}

/// A flow that is drawn is one that a run spec may have.
#[test]
fn flows_that_go_until_a_risk_can_come_there() {
    let mut late = 0;
    for (_, instance) in first(Family::Flows, 200) {
        let Look::Flow { clock, record, horizon } = instance.look else { panic!("{:?}", instance.look) };
        late += u32::from(clock == Clock::LogRisk);
        let arithmetic = Arithmetic::Certified(None);
        let schedule = FlowSchedule { clock, horizon, tolerance: None, record, arithmetic };
        schedule.check(&instance.problem).unwrap();
        check_start(&instance.problem, &schedule).unwrap();
    }
    assert!(late > 50, "{late}");
}

#[test]
fn short_runs_have_every_loss_and_step() {
    let mut losses = [0; 3];
    let mut steps = BTreeSet::new();
    let mut lengths = [0; 7];
    for (_, instance) in first(Family::ShortRuns, 64) {
        losses[match instance.problem.loss() {
            Loss::Logistic { .. } => 0,
            Loss::Exponential => 1,
            Loss::Squared => 2,
            Loss::SquaredTarget => panic!("a target"),
        }] += 1;
        let StepRule::Constant(eta) = instance.problem.step() else { panic!("the step is constant") };
        steps.insert(eta.clone());
        lengths[instance.look.steps() as usize] += 1;
    }
    assert!(lengths[0] == 0 && lengths[1..3].iter().all(|&count| count >= 5), "{lengths:?}");
    assert!(lengths[3..].iter().sum::<i32>() >= 20, "{lengths:?}");
    assert!(losses.iter().all(|&count| count >= 20));
    assert!(steps.len() == 6 && steps.last() >= Some(&Rational::from(40)));
}

#[test]
fn zero_first_layers_leave_a_gradient() {
    for (_, instance) in first(Family::ZeroFirst, 64) {
        let layers = instance.problem.initial();
        assert!(layers.len() >= 2 && is_zero(&layers[0]) && !is_zero(&above(layers)));
    }
}

#[test]
fn escape_runs_start_inside_their_ball() {
    for (recipe, instance) in first(Family::EscapeRuns, 64) {
        assert_descending(&instance);
        let radius = recipe.radius.clone().expect("a ball");
        let layers = instance.problem.initial();
        let square = Rational::from(&radius * &radius);
        assert!(radius >= 1 && layers.iter().all(|layer| norm_squared(layer.entries()) <= square));
        assert!((1..=2).contains(&layers.len()));
    }
}

/// `‖Π⊥w‖² ≥ K²`, `K = 2n/(eα)`, for an `e` that is too small.
#[test]
fn far_points_are_far() {
    let (mut just, mut far) = (0, 0);
    let e = rational(2_718_281_828, 1_000_000_000);
    for (recipe, instance) in first(Family::FarPoints, 64) {
        let z = signed(&instance);
        let margin = MaxMargin::of(&Matrix::from_rows(z.clone()).unwrap()).expect("the data are separable");
        let AlphaSquared::Finite(alpha_squared) = margin.alpha_squared() else { panic!("{recipe:?}") };
        assert!(alpha_squared > 0 && margin.support_rank() == recipe.widths[0]);
        let w = end_to_end(instance.problem.initial(), recipe.widths[0]);
        let (p, w) = (margin.point(), w.row(0));
        let height = inner(w, p);
        assert!(height >= 0);
        let across = norm_squared(w) - Rational::from(&height * &height) / margin.margin_squared();
        let threshold = rational(2 * z.len() as i64, 1) / &e;
        let ratio = across * alpha_squared / (threshold.clone() * threshold);
        assert!(ratio > 1, "{recipe:?}");
        just += usize::from(ratio < rational(1001, 1000));
        far += usize::from(ratio > 1000);
        assert_eq!(*instance.problem.loss(), Loss::logistic());
        assert!((1..=3).contains(&instance.problem.initial().len()));
    }
    assert!(just >= 5 && far >= 5, "{just} {far}");
    let depths: BTreeSet<usize> = first(Family::FarPoints, 6).map(|(recipe, _)| recipe.widths.len() - 1).collect();
    assert_eq!(depths, (1..=3).collect());
}

/// The first eight instances of each family for seed 1, condensed by FNV-1a.
const PINNED: [&str; 9] = [
    "points f641d4b9f45175f2",
    "pairs 7939119baeb4fafb",
    "smoothness-runs ee52e895173b8248",
    "short-runs c4fa9ef7f1b9c4be",
    "zero-first 52fab7935538fc77",
    "escape-runs 7eabd30154e899fd",
    "far-points 8c29d8512717b41e",
    "target-runs 0a507d8ed1d7a719",
    "flows 1ace315836468487",
];

/// A change of the pinned numbers changes what `verify` checks claims on for a given seed.
#[test]
fn instances_are_the_same_everywhere() {
    let digest = |family: Family| {
        (0..8).fold(0xcbf2_9ce4_8422_2325_u64, |hash, index| {
            let instance = family.instance(1, index).expect("an instance");
            let layers = instance.problem.initial().iter().chain(instance.look.partner().into_iter().flatten());
            let data = match instance.problem.data() {
                Data::Examples { x, y } => vec![x, y],
                Data::Target(target) => vec![target],
            };
            let numbers: Vec<String> = layers.chain(data).flat_map(Matrix::entries).map(Rational::to_string).collect();
            let rest = (instance.problem.loss(), instance.problem.step(), instance.look.steps());
            let text = format!("{numbers:?} {rest:?}");
            text.bytes().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        })
    };
    let digests: Vec<String> =
        Family::ALL.iter().map(|&family| format!("{} {:016x}", family.name(), digest(family))).collect();
    assert_eq!(digests, PINNED, "the first instances of a family have changed");
}
