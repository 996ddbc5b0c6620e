//! Weights of known structure.

use gradient_witness::algebra::elimination::rank;
use gradient_witness::algebra::exact::{end_to_end, identity, norm_squared, power_of_two, product, scaled};
use gradient_witness::generate::{
    Random, Structure, aligned, balanced, isometry, unit_vector, with_end_to_end, with_singular_values,
};
use gradient_witness::problem::Matrix;
use rug::Rational;

use super::{above, imbalance_squared, is_zero, rational};

#[test]
fn structures_are_what_they_say() {
    let mut random = Random::new("structures", 1, 0);
    for _ in 0..200 {
        let depth = random.size(1, 5);
        let mut widths: Vec<usize> = (0..=depth).map(|_| random.size(1, 5)).collect();
        for structure in Structure::ALL {
            let layers = structure.layers(&mut random, &widths, 6);
            let shapes: Vec<(usize, usize)> = layers.iter().map(|layer| (layer.rows(), layer.columns())).collect();
            assert_eq!(shapes, widths.windows(2).map(|pair| (pair[1], pair[0])).collect::<Vec<_>>());
            match structure {
                Structure::RankOne => assert!(layers.iter().all(|layer| rank(layer) == 1)),
                Structure::Balanced => assert!(layers.windows(2).all(|pair| imbalance_squared(pair) == 0)),
                Structure::NearlyBalanced => {
                    assert!(layers.windows(2).all(|pair| imbalance_squared(pair) < power_of_two(-8)));
                }
                Structure::Tied => assert!(layers.iter().all(is_isometry)),
                Structure::ZeroFirst => {
                    assert!(is_zero(&layers[0]));
                    assert!(!is_zero(&above(&layers)));
                }
                Structure::Antisymmetric if depth == 2 && widths[0] == widths[2] => {
                    assert_eq!(layers[0].map(|entry| Rational::from(-entry)).transposed(), layers[1]);
                }
                _ => {}
            }
        }
        widths.reverse();
    }
    let several = |structure: Structure, wanted: &dyn Fn(&Matrix<Rational>) -> bool| {
        let mut random = Random::new("some", 1, 0);
        (0..40).any(|_| structure.layers(&mut random, &[5, 4, 3], 6).iter().any(wanted))
    };
    assert!(several(Structure::NearRankOne, &|layer| rank(layer) == 3));
    assert!(several(Structure::NearlyTied, &|layer| !is_isometry(layer)));
    assert!(several(Structure::ZeroBlocks, &|layer| is_zero(layer)));
    assert!(several(Structure::ZeroBlocks, &|layer| rank(layer) == 1));
    assert!(several(Structure::ZeroBlocks, &|layer| layer.entries().iter().filter(|entry| **entry == 0).count() < 3));
    assert!(several(Structure::GradedEntries, &|layer| {
        let sizes = || layer.entries().iter().map(|entry| entry.clone().abs());
        sizes().max() > sizes().filter(|size| *size > 0).min().map(|least| least * 4096u32)
    }));
}

fn is_isometry(layer: &Matrix<Rational>) -> bool {
    let smaller = if layer.rows() <= layer.columns() { layer.clone() } else { layer.transposed() };
    product(&smaller, &smaller.transposed()) == identity(smaller.rows())
}

/// `AᵀA − s²I` is singular for each singular value `s` and not for others.
#[test]
fn singular_values_are_as_asked() {
    let mut random = Random::new("singular values", 1, 0);
    let values = [rational(3, 2), Rational::from(1), power_of_two(-20)];
    for (rows, columns) in [(3, 3), (5, 3), (3, 6), (4, 4)] {
        let matrix = with_singular_values(&mut random, rows, columns, &values);
        let gram = product(&matrix.transposed(), &matrix);
        let shifted = |value: &Rational| {
            let square = Rational::from(value * value);
            rank(&Matrix::from_fn(columns, columns, |i, j| {
                let entry = gram[(i, j)].clone();
                if i == j { entry - &square } else { entry }
            }))
        };
        assert!(values.iter().all(|value| shifted(value) == columns - 1));
        assert_eq!(shifted(&rational(5, 4)), columns);
        assert_eq!(rank(&matrix), 3);
        assert!(is_isometry(&isometry(&mut random, rows, columns)));
    }
}

#[test]
fn balanced_layers_have_the_singular_values_asked_for() {
    let mut random = Random::new("balanced", 1, 0);
    let layers = balanced(&mut random, &[4, 3, 2, 5, 2], &[Rational::from(2), rational(1, 3)]);
    assert!(layers.windows(2).all(|pair| imbalance_squared(pair) == 0));
    for layer in &layers {
        assert_eq!(norm_squared(layer.entries()), rational(37, 9));
        assert_eq!(rank(layer), 2);
    }
}

#[test]
fn end_to_end_vectors_are_as_asked() {
    let mut random = Random::new("end to end", 1, 0);
    for widths in [vec![3, 1], vec![3, 4, 1], vec![2, 3, 3, 1], vec![1, 1, 1]] {
        let target = random.vector(widths[0], 10);
        let layers = Structure::Plain.layers(&mut random, &widths, 10);
        let changed = with_end_to_end(layers, &target).expect("plain layers have a product that is not zero");
        assert_eq!(end_to_end(&changed, widths[0]).row(0), target);
        let direction = unit_vector(&mut random, widths[0]);
        let layers = aligned(&mut random, &widths, &direction, &rational(1, 2));
        let power = power_of_two(-(layers.len() as i32));
        assert_eq!(end_to_end(&layers, widths[0]).row(0), scaled(&direction, &power));
        assert!(layers.windows(2).all(|pair| imbalance_squared(pair) == 0));
        assert!(layers.iter().all(|layer| norm_squared(layer.entries()) == rational(1, 4)));
    }
    let zero = Structure::Plain.layers(&mut random, &[2, 2, 1], 4).iter().map(|l| l.map(|_| Rational::new())).collect();
    assert!(with_end_to_end(zero, &[Rational::from(1), Rational::from(1)]).is_none());
}
