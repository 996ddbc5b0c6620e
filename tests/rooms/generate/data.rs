//! Separable data.

use gradient_witness::algebra::elimination::rank;
use gradient_witness::algebra::exact::{image, inner, norm_squared, plus, power_of_two, scaled};
use gradient_witness::algebra::max_margin::MaxMargin;
use gradient_witness::generate::{Cloud, Random, Separable};
use gradient_witness::problem::{Data, Matrix};
use rug::Rational;

use super::rational;

fn drawn_data() -> impl Iterator<Item = (Cloud, usize, usize, Rational, Separable)> {
    let margins = [rational(1, 2), rational(1, 5), rational(15, 16), power_of_two(-30)];
    let mut random = Random::new("data test", 1, 0);
    let mut drawn = Vec::new();
    for cloud in Cloud::ALL {
        for dim in 1..=6 {
            for examples in 1..=11 {
                for margin in &margins {
                    let data = Separable::new(&mut random, cloud, dim, examples, margin);
                    drawn.push((cloud, dim, examples, margin.clone(), data));
                }
            }
        }
    }
    drawn.into_iter()
}

#[test]
fn data_lie_in_the_unit_ball_and_are_separable() {
    for (cloud, dim, examples, _, data) in drawn_data() {
        assert_eq!(data.signed().len(), examples);
        assert!(data.signed().iter().all(|z| z.len() == dim && norm_squared(z) <= 1), "{cloud:?}");
        assert_eq!(norm_squared(data.direction()), 1);
        let heights: Vec<Rational> = data.signed().iter().map(|z| inner(data.direction(), z)).collect();
        assert_eq!(heights.iter().min(), Some(data.margin()), "{cloud:?} {dim} {examples}");
        assert!(*data.margin() > 0);
        assert!(data.labels().iter().all(|label| label.abs() == 1));
        let Data::Examples { x, y } = data.data() else { panic!("examples") };
        for i in 0..examples {
            assert_eq!(scaled(x.row(i), &y[(i, 0)]), data.signed()[i]);
        }
    }
}

/// No other unit vector has a larger margin: `γū` is a convex combination of the `z_i`.
#[test]
fn the_margin_is_the_largest() {
    for (cloud, dim, examples, asked, data) in drawn_data() {
        let Some(multipliers) = data.multipliers() else {
            assert_eq!(cloud, Cloud::Taught);
            assert!(*data.margin() >= asked);
            continue;
        };
        assert!(multipliers.iter().all(|multiplier| *multiplier >= 0));
        let total = multipliers.iter().fold(Rational::new(), |sum, multiplier| sum + multiplier);
        assert_eq!(total, 1);
        let rows = Matrix::from_rows(data.signed().to_vec()).unwrap();
        let combination = image(&rows.transposed(), multipliers);
        assert_eq!(combination, scaled(data.direction(), data.margin()), "{cloud:?} {dim} {examples}");
        if cloud != Cloud::Sphere {
            assert_eq!(*data.margin(), asked);
        }
    }
}

/// The reference finds the same margin, by its own algorithm.
#[test]
fn the_reference_finds_the_same_margin() {
    for (cloud, dim, examples, _, data) in drawn_data().step_by(7) {
        let found = MaxMargin::of(&Matrix::from_rows(data.signed().to_vec()).unwrap()).expect("the data are separable");
        if data.multipliers().is_some() {
            assert_eq!(found.point(), scaled(data.direction(), data.margin()), "{cloud:?} {dim} {examples}");
        } else {
            assert!(*found.margin_squared() >= Rational::from(data.margin() * data.margin()));
        }
        match cloud {
            Cloud::Spanning | Cloud::Cross if examples >= dim => assert!(found.is_alpha_positive()),
            Cloud::Degenerate if examples >= dim && dim >= 2 => {
                assert!(!found.is_alpha_positive() && found.support_rank() == dim);
            }
            Cloud::Flat if dim >= 2 => assert!(found.support_rank() < dim),
            _ => {}
        }
    }
}

/// The support vectors, and their components orthogonal to `ū`.
fn support(data: &Separable) -> (Matrix<Rational>, Matrix<Rational>) {
    let support: Vec<Vec<Rational>> =
        data.signed().iter().filter(|z| inner(data.direction(), z) == *data.margin()).cloned().collect();
    let minus = Rational::from(-data.margin());
    let offsets = support.iter().map(|z| plus(z, &minus, data.direction())).collect();
    (Matrix::from_rows(support).unwrap(), Matrix::from_rows(offsets).unwrap())
}

#[test]
fn support_vectors_span_as_they_should() {
    for (cloud, dim, examples, _, data) in drawn_data() {
        let (support, offsets) = support(&data);
        match cloud {
            Cloud::Spanning | Cloud::Cross if examples >= dim => {
                assert_eq!(rank(&support), dim);
                // Positive multipliers on all of them, and offsets of full rank: the offsets span positively, so α > 0.
                assert_eq!(rank(&offsets), dim - 1);
                let all = data.signed().iter().zip(data.multipliers().unwrap());
                assert!(all.clone().all(|(z, weight)| *weight > 0 || inner(data.direction(), z) > *data.margin()));
            }
            Cloud::Degenerate if examples >= dim && dim >= 2 => {
                assert_eq!(rank(&support), dim);
                // One offset is 0 and has all the weight; the others are independent, so that some ξ ≠ 0 has ⟨ξ, z_i⟩ ≤ 0 for
                // every support vector: α = 0.
                let others: Vec<Vec<Rational>> =
                    (0..offsets.rows()).map(|i| offsets.row(i).to_vec()).filter(|row| norm_squared(row) != 0).collect();
                assert_eq!(others.len(), dim - 1);
                assert_eq!(rank(&Matrix::from_rows(others).unwrap()), dim - 1);
            }
            Cloud::Flat if dim >= 2 => assert!(rank(&support) < dim),
            Cloud::Sphere => assert!(data.signed().iter().all(|z| norm_squared(z) == 1)),
            _ => {}
        }
    }
}

#[test]
fn data_include_nearly_no_margin_and_the_boundary() {
    let tiny = |data: &Separable| *data.margin() <= power_of_two(-29);
    assert!(drawn_data().any(|(cloud, .., data)| cloud == Cloud::Spanning && tiny(&data)));
    assert!(drawn_data().any(|(cloud, _, n, _, data)| cloud == Cloud::Sphere && n > 3 && tiny(&data)));
}
