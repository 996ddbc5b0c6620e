//! Runs towards a target.

use std::collections::BTreeSet;

use gradient_witness::algebra::exact::{end_to_end, norm_squared, power, product, root_above, sum};
use gradient_witness::generate::{Family, Imbalance, Instance, Random, Recipe, TargetRecipe};
use gradient_witness::problem::{Data, Loss, Matrix, StepRule};
use rug::Rational;

use super::{imbalance_squared, rational};

/// A recipe of the family, what it makes, and the margin of that.
fn target(index: u64) -> (TargetRecipe, Instance, Rational) {
    let mut random = Random::new(Family::TargetRuns.name(), 1, index);
    match Family::TargetRuns.recipe(&mut random) {
        Recipe::Target(recipe) => {
            let (instance, margin) = recipe.build_with_margin(&mut random);
            (recipe, instance, margin)
        }
        Recipe::Examples(recipe) => panic!("{recipe:?}"),
    }
}

/// `B − s²I` has no negative eigenvalue, `B` symmetric: elimination meets no negative pivot, and after a zero pivot its row is
/// zero.
fn is_at_least(b: &Matrix<Rational>, s_squared: &Rational) -> bool {
    let size = b.rows();
    let mut rest =
        Matrix::from_fn(
            size,
            size,
            |i, j| {
                if i == j { Rational::from(&b[(i, j)] - s_squared) } else { b[(i, j)].clone() }
            },
        );
    for pivot in 0..size {
        let value = rest[(pivot, pivot)].clone();
        if value < 0 || (value == 0 && (pivot..size).any(|j| rest[(pivot, j)] != 0)) {
            return false;
        }
        if value == 0 {
            continue;
        }
        for i in pivot + 1..size {
            let factor = Rational::from(&rest[(i, pivot)] / &value);
            for j in pivot..size {
                let change = Rational::from(&rest[(pivot, j)] * &factor);
                rest[(i, j)] -= change;
            }
        }
    }
    true
}

/// The three hypotheses of the theorem, all roots removed by taking powers.
#[test]
fn target_runs_meet_the_theorem() {
    let (mut unbalanced, mut nearly_all, mut largest_step) = (0, 0, 0);
    let mut depths = BTreeSet::new();
    for index in 0..64 {
        let (recipe, instance, c) = target(index);
        let Data::Target(target) = instance.problem.data() else { panic!("a target") };
        let layers = instance.problem.initial();
        let n = layers.len() as u32;
        depths.insert(n);
        assert_eq!(*instance.problem.loss(), Loss::SquaredTarget);
        // (P1): ‖W − Φ‖_F ≤ d and σ_min(Φ) ≥ d + c for some d ≥ 0, d being a root from above.
        let w = end_to_end(layers, recipe.widths[0]);
        let difference = sum(&w, &rational(-1, 1), target);
        let distance_squared = norm_squared(difference.entries());
        assert!(distance_squared > 0);
        let distance = root_above(&distance_squared, 2, 60);
        assert!(distance.clone().square() >= distance_squared && c > 0);
        let smaller = if target.rows() <= target.columns() { target.clone() } else { target.transposed() };
        let gram = product(&smaller, &smaller.transposed());
        // The margin was found with a coarser root, so that it leaves room for this one.
        assert!(is_at_least(&gram, &Rational::from(&c + &distance).square()), "{recipe:?}");
        // It is no less than about half of σ_min(Φ).
        assert!(!is_at_least(&gram, &(&c * rational(21, 10)).square()));
        // (P2): imb ≤ c²/(256 N³ f^{2(N−1)/N}).
        let f_squared = norm_squared(target.entries());
        let imbalance = layers.windows(2).map(imbalance_squared).max().unwrap_or_default();
        let bound = power(&c, 4 * n) / power(&f_squared, 2 * (n - 1));
        let used = power(&imbalance, n) * power(&rational(256 * i64::from(n).pow(3), 1), 2 * n);
        assert!(used <= bound, "{recipe:?}");
        if recipe.imbalance == Imbalance::Largest && n >= 2 {
            unbalanced += 1;
            nearly_all += usize::from(used >= bound * power(&rational(99, 100), 2 * n));
        } else {
            assert_eq!(imbalance, 0);
        }
        // (P3): 0 < η ≤ c^{(4N−2)/N}/(6144 N³ f^{(6N−4)/N}).
        let StepRule::Constant(eta) = instance.problem.step() else { panic!("a constant step") };
        assert!(*eta > 0);
        let used = power(&Rational::from(eta * (6144 * n.pow(3))), n) * power(&f_squared, 3 * n - 2);
        let bound = power(&c, 4 * n - 2);
        assert!(used <= bound, "{recipe:?}");
        largest_step += usize::from(used >= bound * power(&rational(999, 1000), n));
        assert!((200..=1000).contains(&instance.look.steps()));
    }
    assert_eq!(depths, (1..=4).collect());
    assert!(unbalanced >= 20 && nearly_all == unbalanced, "{nearly_all} of {unbalanced}");
    assert!(largest_step >= 15, "{largest_step}");
}

/// With one or two layers the singular values of the target can be had exactly, and margins from 1/2 to nearly 1 of the least of
/// them occur.
#[test]
fn target_margins_vary() {
    let ratios: Vec<(bool, bool)> = (0..64)
        .map(|index| {
            let (_, instance, margin) = target(index);
            let Data::Target(target) = instance.problem.data() else { panic!("a target") };
            let smaller = if target.rows() <= target.columns() { target.clone() } else { target.transposed() };
            let gram = product(&smaller, &smaller.transposed());
            let above = |factor: Rational| !is_at_least(&gram, &(margin.clone() * factor).square());
            (above(rational(10, 9)), above(rational(10, 7)))
        })
        .collect();
    assert!(ratios.iter().filter(|(large, _)| *large).count() >= 5);
    assert!(ratios.iter().filter(|(_, medium)| !*medium).count() >= 5);
}
