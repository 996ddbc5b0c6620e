use quickcheck::QuickCheck;
use rug::ops::Pow;

use super::alpha::for_each_choice;
use super::least_norm::combination;
use super::*;
use crate::algebra::elimination::{null_space, solve};

fn examples<const D: usize>(rows: &[[i32; D]], denominator: u32) -> Matrix<Rational> {
    Matrix::from_rows(rows.iter().map(|row| row.map(|e| Rational::from((e, denominator))).to_vec()).collect())
        .expect("rows of one length")
}

fn some_examples(count: u8, dimension: u8, seed: &[i8], spread: i8) -> Matrix<Rational> {
    let mut entries = seed.iter().cycle();
    // A first coordinate that is seldom negative makes about half of the sets separable.
    Matrix::from_fn(usize::from(count), usize::from(dimension), |i, j| {
        let entry = entries.next().map_or(0, |e| e % spread) + i8::try_from(i % 2).unwrap_or(0);
        Rational::from(if j == 0 { entry.abs() } else { entry })
    })
}

/// The least norm over all sets of examples that are affinely independent with non-negative affine weights.
fn least_norm_by_search(z: &Matrix<Rational>) -> Rational {
    let rows: Vec<&[Rational]> = (0..z.rows()).map(|i| z.row(i)).collect();
    let mut least: Option<Rational> = None;
    for size in 1..=(z.columns() + 1).min(z.rows()) {
        for_each_choice(z.rows(), size, |chosen| {
            let system = Matrix::from_fn(size + 1, size + 1, |i, j| {
                if i == size && j == size {
                    Rational::new()
                } else if i == size || j == size {
                    Rational::from(1)
                } else {
                    inner(rows[chosen[i]], rows[chosen[j]])
                }
            });
            let right: Vec<_> = (0..=size).map(|i| Rational::from(u32::from(i == size))).collect();
            let Some(weights) = solve(&system, &right) else { return };
            if weights[..size].iter().all(|weight| *weight >= 0) {
                let members: Vec<_> = chosen.iter().map(|&i| rows[i]).collect();
                let point = combination(&weights[..size], &members);
                let norm = inner(&point, &point);
                least = Some(least.take().map_or(norm.clone(), |least| least.min(norm)));
            }
        });
    }
    least.expect("single examples are among the sets")
}

fn is_certified(z: &Matrix<Rational>) -> bool {
    let hull = |weights: &[Rational]| {
        let rows: Vec<_> = (0..z.rows()).map(|i| z.row(i)).collect();
        let sum: Rational = weights.iter().fold(Rational::new(), |sum, weight| sum + weight);
        (weights.iter().all(|weight| *weight >= 0) && sum == 1).then(|| combination(weights, &rows))
    };
    let least = least_norm_by_search(z);
    let is_told = is_separable(z) != least.is_zero();
    is_told
        && match MaxMargin::of(z) {
            Ok(margin) => {
                let products: Vec<_> = (0..z.rows()).map(|i| inner(margin.point(), z.row(i))).collect();
                let tight: Vec<_> = (0..z.rows()).filter(|&i| products[i] == *margin.margin_squared()).collect();
                hull(margin.weights()).is_some_and(|point| point == margin.point())
                    && products.iter().all(|product| product >= margin.margin_squared())
                    && *margin.margin_squared() == inner(margin.point(), margin.point())
                    && *margin.margin_squared() == least
                    && margin.support() == tight
                    && (0..z.rows()).all(|i| tight.contains(&i) || margin.weights()[i].is_zero())
            }
            Err(NoMargin::NotSeparable { weights }) => {
                least.is_zero() && hull(&weights).is_some_and(|zero| zero.iter().all(Rational::is_zero))
            }
            Err(NoMargin::NoExamples) => false,
        }
}

#[test]
fn agrees_with_a_search_over_all_subsets() {
    QuickCheck::new().tests(600).quickcheck(
        (|count, dimension, seed, spread| {
            is_certified(&some_examples(count % 6 + 1, dimension % 4 + 1, &seed, (spread as i8 & 7) + 2))
        }) as fn(u8, u8, Vec<i8>, u8) -> bool,
    );
}

#[test]
fn duplicates_are_all_support_vectors() {
    let z = examples(&[[1, 1], [1, -1], [1, 1], [1, 0], [2, 0], [1, 1]], 1);
    let margin = MaxMargin::of(&z).unwrap();
    assert_eq!(margin.support(), [0, 1, 2, 3, 5]);
    assert_eq!(margin.support_rank(), 2);
    assert!(is_certified(&z));
}

#[test]
fn one_example_supports_itself() {
    let margin = MaxMargin::of(&examples(&[[3, 4]], 5)).unwrap();
    assert_eq!(*margin.margin_squared(), 1);
    assert_eq!((margin.support(), margin.support_rank()), ([0].as_slice(), 1));
    assert_eq!(margin.alpha_squared(), AlphaSquared::Finite(Rational::new()));
}

#[test]
fn zero_in_the_hull_is_not_separable() {
    for z in [
        examples(&[[0, 0], [1, 0]], 1),
        examples(&[[1, 0], [-2, 0]], 1),
        examples(&[[1, 1], [-1, 1], [0, -1]], 1),
        examples(&[[1, 2], [-1, -2], [5, 5]], 7),
    ] {
        assert!(matches!(MaxMargin::of(&z), Err(NoMargin::NotSeparable { .. })));
        assert!(is_certified(&z));
    }
    assert_eq!(MaxMargin::of(&Matrix::from_fn(0, 0, |_, _| Rational::new())), Err(NoMargin::NoExamples));
}

#[test]
fn nearly_inseparable_data_are_separable() {
    let tiny = Rational::from((1, rug::Integer::from(10).pow(200)));
    let z = Matrix::from_fn(2, 2, |i, j| match (i, j) {
        (0, 0) => Rational::from(1),
        (1, 0) => Rational::from(-1),
        _ => tiny.clone(),
    });
    assert_eq!(*MaxMargin::of(&z).unwrap().margin_squared(), tiny.square());
}

#[test]
fn collinear_examples_have_alpha_zero() {
    let margin = MaxMargin::of(&examples(&[[1, 1], [2, 2], [3, 3]], 4)).unwrap();
    assert_eq!((margin.support(), margin.support_rank()), ([0].as_slice(), 1));
    assert!(!margin.is_alpha_positive());
    // All on the line x = 1: every one is a support vector, and α is the shorter way to an end of the segment.
    let margin = MaxMargin::of(&examples(&[[4, -2], [4, 1], [4, 8]], 4)).unwrap();
    assert_eq!(margin.support(), [0, 1, 2]);
    assert_eq!(margin.alpha_squared(), AlphaSquared::Finite(Rational::from((1, 4))));
}

#[test]
fn a_zero_multiplier_makes_alpha_zero() {
    // Spanning support, but the second multiplier vanishes: ξ = (0, −1) has no positive product.
    let margin = MaxMargin::of(&examples(&[[5, 0], [5, 3]], 10)).unwrap();
    assert_eq!(margin.support(), [0, 1]);
    assert_eq!(margin.support_rank(), 2);
    assert_eq!(margin.alpha_squared(), AlphaSquared::Finite(Rational::new()));
}

#[test]
fn in_one_dimension_alpha_is_infinite() {
    let margin = MaxMargin::of(&examples(&[[3], [2]], 1)).unwrap();
    assert_eq!(margin.alpha_squared(), AlphaSquared::Infinite);
    assert!(margin.is_alpha_positive());
}

#[test]
fn alpha_of_a_square_a_cube_and_a_simplex() {
    // The faces x = 1 of a square pyramid, of a cube and of a simplex; α is the distance from the foot of p to
    // the nearest side, since the foot is where the functionals ⟨ξ, ·⟩ vanish.
    let square = MaxMargin::of(&examples(&[[1, 1, 1], [1, 1, -1], [1, -1, 1], [1, -1, -1]], 1)).unwrap();
    assert_eq!(square.alpha_squared(), AlphaSquared::Finite(Rational::from(1)));
    let corners: Vec<[i32; 4]> = (0..8).map(|k| [2, 1 - 2 * (k & 1), 1 - (k & 2), 1 - (k & 4) / 2]).collect();
    let cube = MaxMargin::of(&examples(&corners, 1)).unwrap();
    assert_eq!((cube.support().len(), cube.support_rank()), (8, 4));
    assert_eq!(cube.alpha_squared(), AlphaSquared::Finite(Rational::from(1)));
    // Unit vectors of R^3: the inscribed circle of a triangle of side √2 has radius 1/√6.
    let simplex = MaxMargin::of(&examples(&[[1, 0, 0], [0, 1, 0], [0, 0, 1]], 1)).unwrap();
    assert_eq!(simplex.alpha_squared(), AlphaSquared::Finite(Rational::from((1, 6))));
}

#[test]
fn too_many_support_vectors_are_refused_and_alpha_is_still_decided() {
    // 64 points with rational coordinates on a sphere in 5 dimensions, at height 1.
    let mut rows = Vec::new();
    for i in 0..64_i32 {
        let t = [i % 4 - 2, i / 4 % 4 - 1, i / 16 - 2];
        let s: i32 = t.iter().map(|t| t * t).sum();
        let point = [2 * t[0], 2 * t[1], 2 * t[2], s - 1].map(|e| Rational::from((e, s + 1)));
        rows.push([vec![Rational::from(1)], point.to_vec()].concat());
    }
    let margin = MaxMargin::of(&Matrix::from_rows(rows).unwrap()).unwrap();
    assert_eq!(margin.support().len(), 64);
    assert!(margin.is_alpha_positive());
    assert_eq!(margin.alpha_squared(), AlphaSquared::TooManyCandidates);
}

/// In the plane `ξ` is one of two directions; in space it turns on a circle, which is sampled.
fn alpha_agrees_with_directions(z: &Matrix<Rational>) -> bool {
    let Ok(margin) = MaxMargin::of(z) else { return true };
    let AlphaSquared::Finite(alpha_squared) = margin.alpha_squared() else { return false };
    if margin.is_alpha_positive() == alpha_squared.is_zero() {
        return false;
    }
    let basis = null_space(&Matrix::row_vector(margin.point().to_vec()));
    let support: Vec<&[Rational]> = margin.support().iter().map(|&i| z.row(i)).collect();
    if let [xi] = basis.as_slice() {
        let products: Vec<Rational> = support.iter().map(|row| inner(xi, row)).collect();
        let [up, down] = [products.iter().max(), products.iter().min()].map(|product| product.unwrap().clone());
        return alpha_squared == up.min(-down).square() / inner(xi, xi);
    }
    let float = |vector: &[Rational]| vector.iter().map(Rational::to_f64).collect::<Vec<f64>>();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let unit = |a: &[f64]| a.iter().map(|entry| entry / dot(a, a).sqrt()).collect::<Vec<f64>>();
    let first = unit(&float(&basis[0]));
    let second = float(&basis[1]);
    let along = dot(&first, &second);
    let second = unit(&second.iter().zip(&first).map(|(b, a)| b - along * a).collect::<Vec<f64>>());
    let support: Vec<Vec<f64>> = support.into_iter().map(float).collect();
    let samples = 4000;
    let least = (0..samples).map(|k| {
        let (sin, cos) = (f64::from(k) * std::f64::consts::TAU / f64::from(samples)).sin_cos();
        let xi: Vec<f64> = first.iter().zip(&second).map(|(a, b)| cos * a + sin * b).collect();
        support.iter().map(|row| dot(&xi, row)).fold(f64::NEG_INFINITY, f64::max)
    });
    // The nearest sample is at most half a step away, where each product differs by at most that angle times ‖z_i‖.
    let reach = support.iter().map(|row| dot(row, row).sqrt()).fold(0.0, f64::max);
    let excess = least.fold(f64::INFINITY, f64::min) - alpha_squared.to_f64().sqrt();
    (-1e-9..reach * std::f64::consts::PI / f64::from(samples) + 1e-9).contains(&excess)
}

#[test]
fn alpha_agrees_with_a_search_over_directions() {
    QuickCheck::new().tests(300).quickcheck(
        (|count, dimension, seed, spread| {
            let z = some_examples(count % 7 + 2, dimension % 2 + 2, &seed, (spread as i8 & 7) + 2);
            alpha_agrees_with_directions(&z)
        }) as fn(u8, u8, Vec<i8>, u8) -> bool,
    );
    // On a plane x = 1 every example is a support vector, so that α is decided among many of them.
    QuickCheck::new().tests(200).quickcheck(
        (|count, seed| {
            let z = some_examples(count % 8 + 3, 3, &seed, 4);
            let z = Matrix::from_fn(z.rows(), 3, |i, j| if j == 0 { Rational::from(2) } else { z[(i, j)].clone() });
            alpha_agrees_with_directions(&z)
        }) as fn(u8, Vec<i8>) -> bool,
    );
}
