//! The certification with bad approximations: what it says must be true whatever `V` is. Good approximations hide a
//! missing term below the rounding; bad ones do not.

use std::sync::OnceLock;

use super::super::factors::{defect, orthogonalised};
use super::super::subspace::squared_alignment;
use super::*;
use crate::algebra::elimination::solve;
use crate::algebra::exact::inner;
use crate::number::{Ball, Ring, Truth};
use rug::Rational;

#[path = "../../../tests/algebra/exact.rs"]
#[allow(dead_code, reason = "shared with the integration tests, which use all of it")]
mod exact;

use exact::{Draws, Known, power_of_ten, product, spectra, with_values};

const BITS: u32 = 200;

/// What is done to good vectors before they are used.
struct Harm {
    /// The size of the noise.
    error: Rational,
    /// The factor is `1 + stretch`.
    stretch: Rational,
    /// Whether they are improved again by a step of Newton and Schulz.
    is_mended: bool,
}

impl Harm {
    fn none() -> Self {
        Self { error: Rational::new(), stretch: Rational::new(), is_mended: false }
    }
}

/// The spectrum that the given vectors, harmed, certify.
fn spectrum(known: &Known, columns: &Matrix<Rational>, harm: &Harm, draws: &mut Draws) -> Spectrum<Ball> {
    let size = columns.columns();
    let Harm { error, stretch, is_mended } = harm;
    let noise = Matrix::from_fn(size, size, |_, _| Rational::from((draws.integer(9), 9)) * error);
    let disturbed = product(columns, &Matrix::from_fn(size, size, |i, j| noise[(i, j)].clone() + u32::from(i == j)));
    let vectors =
        Matrix::<Ball>::from_rationals(&disturbed.transposed().map(|entry| entry * (1 + stretch.clone())), BITS)
            .map(Ball::midpoint);
    let matrix = Matrix::<Ball>::from_rationals(&known.matrix, BITS);
    let indices = |count: usize| (0..count).collect::<Vec<usize>>();
    let core = Core::of(&matrix, indices(matrix.rows()), indices(size), Effort::Tight);
    let (vectors, beta) = if *is_mended {
        orthogonalised(vectors)
    } else {
        let beta = defect(&vectors).frobenius();
        (vectors, beta)
    };
    let factors = Factors::with_vectors(&core.tall, vectors, beta);
    let Squares { all, rank_gap } = factors.squares(|| matrix.frobenius_squared());
    let core = Core { factors: OnceLock::from(factors), ..core };
    Spectrum { size: (matrix.rows(), size), squares: all, rank_gap, shape: Shape::Full(core), top: OnceLock::new() }
}

fn column(matrix: &Matrix<Rational>, j: usize) -> Vec<Rational> {
    matrix.column(j).cloned().collect()
}

/// `(AᵀA)^{exponent/2}` or `(AAᵀ)^{exponent/2}` from the vectors of that side: `Q diag(σ_i^exponent) Qᵀ`.
fn root_of_power(known: &Known, vectors: &Matrix<Rational>, exponent: u32) -> Matrix<Rational> {
    let power = |value: &Rational| (0..exponent).fold(Rational::from(1), |power, _| power * value);
    let scaled =
        Matrix::from_fn(vectors.rows(), known.values.len(), |i, j| vectors[(i, j)].clone() * power(&known.values[j]));
    let used = Matrix::from_fn(vectors.rows(), known.values.len(), |i, j| vectors[(i, j)].clone());
    product(&scaled, &used.transposed())
}

/// How many pairs were certified.
fn check(context: &str, known: &Known, spectrum: &Spectrum<Ball>) -> usize {
    let squared = |value: &Rational| value.clone().square();
    for (square, truth) in spectrum.squares().iter().zip(&known.values) {
        assert!(square.contains_rational(&squared(truth)), "{context}: {truth}² not in {square}");
    }
    let gap = known.values[1..].iter().fold(Rational::new(), |sum, value| sum + squared(value));
    assert!(spectrum.rank_gap().contains_rational(&gap), "{context}: {gap} not in {}", spectrum.rank_gap());
    for exponent in [1, 3] {
        let sides =
            [(spectrum.right_power(exponent, 2), &known.right), (spectrum.left_power(exponent, 2), &known.left)];
        for (power, vectors) in sides {
            let truth = root_of_power(known, vectors, exponent);
            for (ball, value) in power.entries().iter().zip(truth.entries()) {
                assert!(ball.contains_rational(value), "{context}: power {exponent}/2: {value} not in {ball}");
            }
        }
    }
    for window in spectrum.windows() {
        let sides =
            [(spectrum.left_space(window.clone()), &known.left), (spectrum.right_space(window.clone()), &known.right)];
        for (space, vectors) in sides {
            let Ok(space) = space else { continue };
            assert_eq!(space.dimension(), window.len(), "{context}");
            for j in window.clone() {
                let vector = column(vectors, j);
                // The part of the true vector in the known span, by the normal equations of the basis at its midpoints.
                let basis = space.basis().map(|entry| entry.midpoint().exact().expect("a midpoint is a number"));
                let gram = Matrix::from_fn(basis.rows(), basis.rows(), |i, k| inner(basis.row(i), basis.row(k)));
                let products: Vec<Rational> = (0..basis.rows()).map(|i| inner(basis.row(i), &vector)).collect();
                let weights = solve(&gram, &products).expect("the basis is independent");
                let outside = 1 - inner(&weights, &products);
                // The basis is known to 2^−180 or so.
                let sine = space.sine().upper_float(BITS).to_rational().expect("finite") + power_of_ten(-40);
                assert!(outside <= sine.square(), "{context}, {window:?}: an angle is larger than stated");
            }
        }
    }
    let Ok(pair) = spectrum.top_pair() else { return 0 };
    let both: Vec<&Ball> = pair.left.iter().chain(&pair.right).collect();
    let truth = [column(&known.left, 0), column(&known.right, 0)].concat();
    let encloses =
        |sign: i32| both.iter().zip(&truth).all(|(ball, value)| ball.contains_rational(&Rational::from(value * sign)));
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
                for (stretch, is_mended) in [(0, false), (0, true), (-20, false), (-20, true), (20, false), (20, true)]
                {
                    let known = with_values(size + 1, size, &values, &mut draws);
                    let stretch = Rational::from((stretch, 100));
                    let context = format!("{name}, {size}, 1e{exponent}, {stretch}, {is_mended}");
                    let harm = Harm { error: power_of_ten(exponent), stretch, is_mended };
                    pairs += check(&context, &known, &spectrum(&known, &known.right, &harm, &mut draws));
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
        let harm = Harm { stretch: Rational::from(stretch), ..Harm::none() };
        let spectrum = spectrum(&known, &known.right, &harm, &mut draws);
        check("stretched", &known, &spectrum);
        let width = spectrum.norm_squared().upper_f64() - spectrum.norm_squared().lower_f64();
        assert!(width < 200.0 * f64::from(stretch.0).abs() / f64::from(stretch.1));
    }
}

#[test]
fn a_stretch_alone_is_seen_by_powers() {
    // AᵀA = I; the stretched V makes a multiple of it. A small exponent shows the stretch of V itself, which the bound on the
    // distance of the eigenvalues does not cover then; a large one shows that of the eigenvalues.
    let mut draws = Draws(25);
    let known = with_values(3, 3, &[1, 1, 1].map(Rational::from), &mut draws);
    for stretch in [(1, 1000), (-1, 1000), (1, 20), (-1, 20)] {
        for exponent in [(1, 16), (1, 50), (9, 2), (21, 2)] {
            let harm = Harm { stretch: Rational::from(stretch), ..Harm::none() };
            let power = spectrum(&known, &known.right, &harm, &mut draws).right_power(exponent.0, exponent.1);
            for (i, j) in (0..3).flat_map(|i| (0..3).map(move |j| (i, j))) {
                let truth = Rational::from(u32::from(i == j));
                assert!(power[(i, j)].contains_rational(&truth), "{stretch:?}, {exponent:?}: {}", power[(i, j)]);
            }
        }
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
            let spectrum = spectrum(&known, columns, &Harm::none(), &mut draws);
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
                let harm = Harm { error: power_of_ten(exponent), ..Harm::none() };
                let spectrum = spectrum(known, &known.right, &harm, &mut draws);
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
