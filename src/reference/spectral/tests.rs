//! The certification with bad approximations: what it says must be true whatever `V` is. Good approximations hide a
//! missing term below the rounding; bad ones do not.

use std::sync::OnceLock;

use super::super::factors::defect;
use super::super::singular_vectors::squared_alignment;
use super::*;
use crate::number::{Ball, Ring, Truth};
use crate::reference::exact_algebra::{inner, solve};
use rug::Rational;

#[path = "../../../tests/spectra/exact.rs"]
#[allow(dead_code, reason = "shared with the integration tests, which use all of it")]
mod exact;

use exact::{Draws, Known, power_of_ten, product, spectra, with_values};

const BITS: u32 = 200;

/// The spectrum that the columns of `right · (1 + error)`, scaled by `1 + stretch`, certify.
fn spectrum(known: &Known, columns: &Matrix<Rational>, error: &Rational, stretch: &Rational, draws: &mut Draws) -> Spectrum<Ball> {
    let size = columns.columns();
    let noise = Matrix::from_fn(size, size, |_, _| Rational::from((draws.integer(9), 9)) * error);
    let disturbed = product(columns, &Matrix::from_fn(size, size, |i, j| {
        noise[(i, j)].clone() + u32::from(i == j)
    }));
    let vectors = Matrix::<Ball>::from_rationals(
        &disturbed.transposed().map(|entry| Rational::from(entry * (1 + stretch.clone()))),
        BITS,
    )
    .map(Ball::midpoint);
    let matrix = Matrix::<Ball>::from_rationals(&known.matrix, BITS);
    let indices = |count: usize| (0..count).collect::<Vec<usize>>();
    let core = Core::of(&matrix, indices(matrix.rows()), indices(size), Effort::Tight);
    let beta = defect(&vectors).frobenius();
    let factors = Factors::with_vectors(&core.tall, vectors, beta);
    let Squares { all, rank_gap } = factors.squares(|| matrix.frobenius_squared());
    let core = Core { factors: OnceLock::from(factors), ..core };
    Spectrum { size: (matrix.rows(), size), squares: all, rank_gap, shape: Shape::Full(core) }
}

fn column(matrix: &Matrix<Rational>, j: usize) -> Vec<Rational> {
    matrix.column(j).cloned().collect()
}

/// How many pairs were certified.
fn check(context: &str, known: &Known, spectrum: &Spectrum<Ball>) -> usize {
    let squared = |value: &Rational| value.clone().square();
    for (square, truth) in spectrum.squares().iter().zip(&known.values) {
        assert!(square.contains_rational(&squared(truth)), "{context}: {truth}² not in {square}");
    }
    let gap = known.values[1..].iter().fold(Rational::new(), |sum, value| sum + squared(value));
    assert!(spectrum.rank_gap().contains_rational(&gap), "{context}: {gap} not in {}", spectrum.rank_gap());
    let Ok(space) = spectrum.top_space() else { return 0 };
    for (space, vectors) in [(&space.left, &known.left), (&space.right, &known.right)] {
        for j in 0..space.dimension() {
            let vector = column(vectors, j);
            let line = Matrix::row_vector(vector.iter().map(|entry| Ball::from_rational(entry, BITS)).collect());
            // The part of the true vector in the known span, by the normal equations of the basis at its midpoints.
            let basis = space.basis().map(|entry| entry.midpoint().exact().expect("a midpoint is a number"));
            let gram = Matrix::from_fn(basis.rows(), basis.rows(), |i, k| inner(basis.row(i), basis.row(k)));
            let products: Vec<Rational> = (0..basis.rows()).map(|i| inner(basis.row(i), &vector)).collect();
            let weights = solve(&gram, &products).expect("the basis is independent");
            let outside = 1 - inner(&weights, &products);
            // The basis is known to 2^−180 or so.
            let sine = space.sine().upper_float(BITS).to_rational().expect("finite") + power_of_ten(-40);
            assert!(outside <= sine.square(), "{context}: an angle is larger than stated");
            assert!(line.is_defined());
        }
    }
    let Ok(pair) = spectrum.top_pair() else { return 0 };
    let both: Vec<&Ball> = pair.left.iter().chain(&pair.right).collect();
    let truth = [column(&known.left, 0), column(&known.right, 0)].concat();
    let encloses = |sign: i32| both.iter().zip(&truth).all(|(ball, value)| ball.contains_rational(&Rational::from(value * sign)));
    assert!(encloses(1) || encloses(-1), "{context}: neither sign of the pair is enclosed");
    1
}

#[test]
fn what_bad_vectors_certify_is_true() {
    let mut draws = Draws(21);
    let mut pairs = 0;
    for size in [3, 4, 5] {
        for (name, values) in spectra(size) {
            for exponent in [-1, -2, -3, -5, -9, -20] {
                for stretch in [0, -30, 30] {
                    let known = with_values(size + 1, size, &values, &mut draws);
                    let stretch = Rational::from((stretch, 100));
                    let spectrum = spectrum(&known, &known.right, &power_of_ten(exponent), &stretch, &mut draws);
                    pairs += check(&format!("{name}, {size}, 1e{exponent}, {stretch}"), &known, &spectrum);
                }
            }
        }
    }
    assert!(pairs > 100, "only {pairs} pairs were certified");
}

#[test]
fn a_stretch_alone_is_seen() {
    // V is orthogonal but for its length: σ_i(AV) is off by the factor, and nothing else would tell.
    let mut draws = Draws(22);
    let known = with_values(3, 3, &[3, 2, 1].map(Rational::from), &mut draws);
    for stretch in [(1, 10), (-1, 10), (1, 1_000_000), (-1, 1_000_000)] {
        let spectrum = spectrum(&known, &known.right, &Rational::new(), &Rational::from(stretch), &mut draws);
        check("stretched", &known, &spectrum);
        let width = spectrum.norm_squared().upper_f64() - spectrum.norm_squared().lower_f64();
        assert!(width < 200.0 * f64::from(stretch.0).abs() / f64::from(stretch.1));
    }
}

#[test]
fn a_wrong_order_and_a_useless_basis_are_survived() {
    let mut draws = Draws(23);
    for (name, values) in spectra(4) {
        let known = with_values(4, 4, &values, &mut draws);
        let reversed = Matrix::from_fn(4, 4, |i, j| known.right[(i, 3 - j)].clone());
        let identity = exact::identity(4);
        let singular = Matrix::from_fn(4, 4, |i, _| known.right[(i, 0)].clone());
        for columns in [&reversed, &identity, &singular] {
            let spectrum = spectrum(&known, columns, &Rational::new(), &Rational::new(), &mut draws);
            check(name, &known, &spectrum);
        }
    }
}

#[test]
fn alignment_is_enclosed_when_vectors_are_badly_known() {
    let mut draws = Draws(24);
    let mut informative = 0;
    for exponent in [-1, -2, -3, -6] {
        for _ in 0..60 {
            let values = [9, 2, 1].map(Rational::from);
            let lower = with_values(3, 3, &values, &mut draws);
            // The right vectors of the upper layer are the left ones of the lower, turned a little.
            let mut upper = with_values(3, 3, &values, &mut draws);
            let t = Rational::from((draws.integer(20), 100));
            let square: Rational = t.clone().square() + 1;
            let cos: Rational = (2 - square.clone()) / &square;
            let sin: Rational = t * 2 / &square;
            let turn = Matrix::from_fn(3, 3, |i, j| match (i, j) {
                (0, 0) | (1, 1) => cos.clone(),
                (0, 1) => sin.clone(),
                (1, 0) => -sin.clone(),
                _ => Rational::from(u32::from(i == j)),
            });
            upper.right = product(&lower.left, &turn);
            let diagonal = Matrix::from_fn(3, 3, |i, j| if i == j { values[i].clone() } else { Rational::new() });
            upper.matrix = product(&product(&upper.left, &diagonal), &upper.right.transposed());
            let mut space = |known: &Known| {
                let spectrum = spectrum(known, &known.right, &power_of_ten(exponent), &Rational::new(), &mut draws);
                spectrum.top_space().ok()
            };
            let (Some(below), Some(above)) = (space(&lower), space(&upper)) else { continue };
            if below.left.dimension() > 1 || above.right.dimension() > 1 {
                continue;
            }
            let alignment = squared_alignment(&above.right, &below.left);
            let truth = inner(&column(&lower.left, 0), &column(&upper.right, 0)).square();
            assert!(alignment.contains_rational(&truth), "1e{exponent}: {truth} not in {alignment}");
            let half = Ball::from_rational(&Rational::from((1, 2)), BITS);
            informative += usize::from(half.below(&alignment) == Truth::True);
        }
    }
    assert!(informative > 100, "only {informative} alignments say something");
}
