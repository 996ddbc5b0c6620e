//! Rational powers of `AᵀA` and `AAᵀ` against known ones.

use enclosures::algebra::spectral::{Effort, Spectrum};
use enclosures::number::{Ball, Exact, Matrix, Real, Ring};
use rug::Rational as Fraction;

use crate::exact::{Draws, Known, power_of_ten, product, with_values};

/// `base^exponent`.
fn power(base: &Fraction, exponent: u32) -> Fraction {
    (0..exponent).fold(Fraction::from(1), |product, _| product * base)
}

/// `Q diag(σ_i^{2p/q}) Qᵀ`, zeros beyond the values, for `σ_i = root_i^q`.
fn known_power(vectors: &Matrix<Fraction>, roots: &[Fraction], numerator: u32) -> Matrix<Fraction> {
    let value = |j: usize| roots.get(j).map_or_else(Fraction::new, |root| power(root, 2 * numerator));
    let scaled = Matrix::from_fn(vectors.rows(), vectors.columns(), |i, j| &vectors[(i, j)] * value(j));
    product(&scaled, &vectors.transposed())
}

/// The largest radius; every entry contains the true one.
fn check(context: &str, found: &Matrix<Ball>, truth: &Matrix<Fraction>) -> f64 {
    assert_eq!((found.rows(), found.columns()), (truth.rows(), truth.columns()), "{context}");
    for (ball, value) in found.entries().iter().zip(truth.entries()) {
        assert!(ball.contains_rational(value), "{context}: {value} not in {ball}");
    }
    found.entries().iter().map(|ball| ball.radius().to_f64()).fold(0.0, f64::max)
}

/// The matrix whose singular values are the `denominator`-th powers of the roots.
fn matrix(shape: (usize, usize), roots: &[Fraction], denominator: u32, draws: &mut Draws) -> Known {
    let values: Vec<Fraction> = roots.iter().map(|root| power(root, denominator)).collect();
    with_values(shape.0, shape.1, &values, draws)
}

#[test]
fn known_powers_are_enclosed_on_either_side() {
    let integers = |values: &[i32]| values.iter().map(|&value| Fraction::from(value)).collect::<Vec<_>>();
    let families: [(&str, Vec<Fraction>, f64); 5] = [
        ("separated", integers(&[3, 2, 1]), -95.0),
        ("repeated", integers(&[2, 2, 1]), -95.0),
        ("rank two", integers(&[2, 1, 0]), -5.0),
        ("close", vec![power_of_ten(-9) + 1, Fraction::from(1), 1 - power_of_ten(-9)], -95.0),
        ("graded", vec![Fraction::from(1), power_of_ten(-1), power_of_ten(-2)], -40.0),
    ];
    let mut draws = Draws(41);
    for (name, roots, limit) in families {
        for shape in [(3, 3), (5, 3), (3, 4)] {
            for (numerator, denominator) in [(1, 2), (1, 3), (2, 3), (3, 2), (4, 3), (1, 1), (3, 1), (7, 4)] {
                let known = matrix(shape, &roots, denominator, &mut draws);
                for effort in [Effort::Quick, Effort::Tight] {
                    let context = format!("{name}, {shape:?}, {numerator}/{denominator}, {effort:?}");
                    let spectrum = Spectrum::of(&Matrix::<Ball>::from_rationals(&known.matrix, 128), effort);
                    let right = check(
                        &context,
                        &spectrum.right_power(numerator, denominator),
                        &known_power(&known.right, &roots, numerator),
                    );
                    let left = check(
                        &context,
                        &spectrum.left_power(numerator, denominator),
                        &known_power(&known.left, &roots, numerator),
                    );
                    if effort == Effort::Tight {
                        assert!(right.max(left).log2() < limit, "{context}: {:?}", (right.log2(), left.log2()));
                    }
                }
            }
        }
    }
}

#[test]
fn structure_makes_powers_exact() {
    let column = Matrix::<Exact>::from_rationals(
        &Matrix::row_vector([3, 0, -4].map(|k| Fraction::from(k * 25)).to_vec()).transposed(),
        64,
    );
    let entry = |matrix: &Matrix<Exact>, i: usize, j: usize| matrix[(i, j)].exact().unwrap();
    // σ² = 125² = 5⁶: the cube root is 25.
    for (matrix, is_row) in [(column.clone(), false), (column.transposed(), true)] {
        let spectrum = Spectrum::of(&matrix, Effort::Quick);
        let (axis, along) = if is_row {
            (spectrum.left_power(1, 3), spectrum.right_power(1, 3))
        } else {
            (spectrum.right_power(1, 3), spectrum.left_power(1, 3))
        };
        assert_eq!(entry(&axis, 0, 0), 25);
        assert_eq!([entry(&along, 0, 0), entry(&along, 0, 2), entry(&along, 2, 2)], [9, -12, 16]);
        assert_eq!(entry(&along, 1, 1), 0);
    }
    let zero = Spectrum::of(&Matrix::<Exact>::zeros(2, 3, 64), Effort::Quick);
    assert_eq!(entry(&zero.right_power(1, 3), 2, 2), 0);
    assert_eq!(entry(&zero.right_power(0, 3), 2, 2), 1);
    assert!(!zero.left_power(1, 0)[(0, 0)].is_defined());
    // Integer exponents are products.
    let rows = [[1, 2], [3, 4], [5, 6]].map(|row| row.map(Fraction::from).to_vec()).to_vec();
    let plain = Matrix::from_rows(rows).unwrap();
    let spectrum = Spectrum::of(&Matrix::<Exact>::from_rationals(&plain, 64), Effort::Quick);
    let gram = product(&plain.transposed(), &plain);
    let cube = product(&product(&gram, &gram), &gram);
    assert_eq!(spectrum.right_power(6, 2).map(|entry| entry.exact().unwrap()), cube);
    let outer = product(&plain, &plain.transposed());
    assert_eq!(spectrum.left_power(2, 1).map(|entry| entry.exact().unwrap()), product(&outer, &outer));
}

#[test]
fn zero_rows_and_columns_stay_zero() {
    let mut draws = Draws(43);
    let roots = [3, 1].map(Fraction::from);
    let known = matrix((2, 2), &roots, 3, &mut draws);
    let framed = Matrix::from_fn(3, 4, |i, j| match (i, j) {
        (0 | 2, 1 | 3) => known.matrix[(i / 2, j / 2)].clone(),
        _ => Fraction::new(),
    });
    let spectrum = Spectrum::of(&Matrix::<Ball>::from_rationals(&framed, 128), Effort::Tight);
    let inner = known_power(&known.right, &roots, 1);
    let found = spectrum.right_power(1, 3);
    for (i, j) in (0..4).flat_map(|i| (0..4).map(move |j| (i, j))) {
        let truth = if i % 2 == 1 && j % 2 == 1 { inner[(i / 2, j / 2)].clone() } else { Fraction::new() };
        assert!(found[(i, j)].contains_rational(&truth), "{i}, {j}");
    }
    check(
        "left",
        &Matrix::from_fn(2, 2, |i, j| spectrum.left_power(1, 3)[(2 * i, 2 * j)].clone()),
        &known_power(&known.left, &roots, 1),
    );
}

#[test]
fn powers_of_one_matrix_multiply() {
    // (AᵀA)^{1/3} (AᵀA)^{2/3} = AᵀA, for matrices whose values are not known.
    let mut draws = Draws(44);
    for (rows, columns) in [(4, 3), (3, 4), (5, 5), (2, 2)] {
        let exact = Matrix::from_fn(rows, columns, |_, _| Fraction::from((draws.integer(9), 4)));
        let ball = Matrix::<Ball>::from_rationals(&exact, 128);
        let spectrum = Spectrum::of(&ball, Effort::Tight);
        let product = spectrum.right_power(1, 3).times(&spectrum.right_power(2, 3));
        check("product", &product, &self::product(&exact.transposed(), &exact));
        let product = spectrum.left_power(3, 4).times(&spectrum.left_power(1, 4));
        check("product", &product, &self::product(&exact, &exact.transposed()));
    }
}

#[test]
fn the_preconditioner_of_the_end_to_end_flow_is_a_sum_of_kronecker_products() {
    // vec(Σ_j (WWᵀ)^{(j−1)/N} G (WᵀW)^{(N−j)/N}) = P_W vec(G), P_W = Σ_j (WᵀW)^{(N−j)/N} ⊗ (WWᵀ)^{(j−1)/N}; all columns in one.
    let mut draws = Draws(45);
    let depth = 3;
    let exact = Matrix::from_fn(2, 3, |_, _| Fraction::from(draws.integer(5)));
    let gradient = Matrix::<Ball>::from_fn(2, 3, |_, _| Ball::from_rational(&draws.integer(5).into(), 128));
    let spectrum = Spectrum::of(&Matrix::<Ball>::from_rationals(&exact, 128), Effort::Tight);
    let stacked = |matrix: &Matrix<Ball>| Matrix::row_vector(matrix.transposed().entries().to_vec()).transposed();
    let mut image = Matrix::zeros(2, 3, 128);
    let mut preconditioner = Matrix::zeros(6, 6, 128);
    for j in 1..=depth {
        let (right, left) = (spectrum.right_power(depth - j, depth), spectrum.left_power(j - 1, depth));
        image = image.plus(&left.times(&gradient).times(&right));
        preconditioner = preconditioner.plus(&right.kronecker(&left));
    }
    let product = preconditioner.times(&stacked(&gradient));
    for (one, other) in product.entries().iter().zip(stacked(&image).entries()) {
        assert!(one.may_meet(other) && one.is_defined());
    }
}

#[test]
fn a_power_of_a_line_that_may_be_zero_has_its_size_and_no_direction() {
    // A column in [−3, 3]², such as (2, −2): (AAᵀ)^{1/3} = [[1, −1], [−1, 1]].
    let wide = Ball::new(rug::Float::new(64), enclosures::number::Magnitude::above_f64(3.0));
    for is_row in [false, true] {
        let line = Matrix::row_vector(vec![wide.clone(), wide.clone()]);
        let spectrum = Spectrum::of(&if is_row { line } else { line.transposed() }, Effort::Tight);
        let power = if is_row { spectrum.right_power(1, 3) } else { spectrum.left_power(1, 3) };
        for (entry, signs) in power.entries().iter().zip([[1, 1], [-1, 1], [-1, 1], [1, 1]]) {
            assert!(signs.iter().all(|&sign| entry.contains_rational(&Fraction::from(sign))), "{entry}");
            // ‖A‖² is at most 18, the power of that 2.62; the enclosure may be twice as wide.
            assert!(entry.clone().abs().upper_f64() < 5.25, "{entry}");
        }
    }
}
