//! Enclosures of top singular vectors and of their alignment against known ones.

use enclosures::algebra::exact::inner;
use enclosures::algebra::singular_vectors::{Declined, top_singular_pair};
use enclosures::algebra::spectral::{Effort, Spectrum};
use enclosures::algebra::subspace::{Subspace, squared_alignment};
use enclosures::number::{Ball, Exact, Float, Matrix, Real, Ring, Sign, Truth};
use rug::Rational as Fraction;

use crate::exact::{Draws, Known, product, spectra, with_values};

pub const EFFORTS: [Effort; 2] = [Effort::Quick, Effort::Tight];

pub fn column(matrix: &Matrix<Fraction>, j: usize) -> Vec<Fraction> {
    matrix.column(j).cloned().collect()
}

pub fn ball(known: &Known, bits: u32) -> Matrix<Ball> {
    Matrix::from_rationals(&known.matrix, bits)
}

pub fn contains(enclosure: &[Ball], truth: &[Fraction]) -> bool {
    enclosure.len() == truth.len() && enclosure.iter().zip(truth).all(|(ball, value)| ball.contains_rational(value))
}

pub fn negated(vector: &[Fraction]) -> Vec<Fraction> {
    vector.iter().map(|entry| Fraction::from(-entry)).collect()
}

/// The distance from the span of the basis, at most the stated sine: `‖x − Bᵀ(BBᵀ)^{-1}Bx‖ ≤ sine` for each known vector.
pub fn is_near(space: &Subspace<Ball>, truth: &[Vec<Fraction>]) -> bool {
    let basis = space.basis().map(|entry| entry.midpoint().exact().expect("a midpoint"));
    truth.iter().all(|x| {
        let gram = Matrix::from_fn(basis.rows(), basis.rows(), |i, j| inner(basis.row(i), basis.row(j)));
        let right: Vec<Fraction> = (0..basis.rows()).map(|i| inner(basis.row(i), x)).collect();
        let weights = enclosures::algebra::elimination::solve(&gram, &right).expect("independent rows");
        // Both are unit vectors, so that the squared distance is 1 − ⟨x, projection⟩.
        let distance_squared = Fraction::from(1) - inner(&weights, &right);
        // The midpoints of the basis are within its radii of it.
        let slack = space.basis().entries().iter().fold(0.0, |sum, entry| sum + entry.upper_f64() - entry.lower_f64());
        let bound = Ball::from_f64(space.sine().upper_f64() + 2.0 * slack, 64);
        Ball::from_rational(&distance_squared, 64).below(&bound.square()) != Truth::False || distance_squared <= 0
    })
}

fn check(name: &str, known: &Known, bits: u32, effort: Effort) -> Option<f64> {
    let context = format!("{name}, {:?}, {bits} bits, {effort:?}", (known.matrix.rows(), known.matrix.columns()));
    let spectrum = Spectrum::of(&ball(known, bits), effort);
    let space = match spectrum.top_space() {
        Ok(space) => space,
        Err(declined) => {
            assert_eq!(declined, Declined::NoGap, "{context}");
            assert_eq!(spectrum.top_pair().unwrap_err(), Declined::NoGap, "{context}");
            return None;
        }
    };
    let dimension = space.left.dimension();
    assert_eq!(dimension, space.right.dimension(), "{context}");
    // All equal values are inside.
    assert!(known.values.get(dimension).is_none_or(|next| *next < known.values[dimension - 1]), "{context}");
    let columns = |matrix| (0..dimension).map(|j| column(matrix, j)).collect::<Vec<_>>();
    assert!(is_near(&space.left, &columns(&known.left)), "{context}: left");
    assert!(is_near(&space.right, &columns(&known.right)), "{context}: right");
    if dimension > 1 {
        assert_eq!(spectrum.top_pair().unwrap_err(), Declined::NoGap, "{context}");
        return None;
    }
    let pair = spectrum.top_pair().unwrap();
    let (u, v) = (column(&known.left, 0), column(&known.right, 0));
    let plus = contains(&pair.left, &u) && contains(&pair.right, &v);
    let minus = contains(&pair.left, &negated(&u)) && contains(&pair.right, &negated(&v));
    assert!(plus || minus, "{context}: neither sign of the pair is enclosed");
    Some(space.right.sine().upper_f64().log2())
}

#[test]
fn pairs_and_spaces_are_enclosed() {
    let mut draws = Draws(2);
    for (rows, columns) in [(2, 2), (3, 2), (2, 5), (3, 3), (4, 4), (5, 6), (6, 6), (9, 4), (10, 10)] {
        for (name, values) in spectra(rows.min(columns)) {
            let known = with_values(rows, columns, &values, &mut draws);
            for bits in [64, 128, 300] {
                for effort in EFFORTS {
                    check(name, &known, bits, effort);
                }
            }
        }
    }
}

#[test]
fn angles_are_as_small_as_the_gap_allows() {
    let mut draws = Draws(4);
    // log2 of the sine for 6×6 at 128 bits.
    let limits: [(&str, Option<f64>, Option<f64>); 13] = [
        ("separated", Some(-45.0), Some(-115.0)),
        ("all equal", None, None),
        ("half twos, half ones", None, None),
        ("top within 1e-30", None, Some(-18.0)),
        ("top three within 1e-10", Some(-12.0), Some(-85.0)),
        ("rank one and 1e-16", Some(-48.0), Some(-120.0)),
        ("rank one and 1e-60", Some(-48.0), Some(-120.0)),
        ("rank one", Some(-48.0), Some(-120.0)),
        ("half rank", Some(-45.0), Some(-115.0)),
        ("graded 1 to 1e-12", Some(-48.0), Some(-120.0)),
        ("graded 1 to 1e-300", Some(-48.0), Some(-120.0)),
        ("tiny", Some(-45.0), Some(-115.0)),
        ("huge", Some(-45.0), Some(-115.0)),
    ];
    for ((name, values), (expected, quick, tight)) in spectra(6).into_iter().zip(limits) {
        assert_eq!(name, expected);
        let known = with_values(6, 6, &values, &mut draws);
        for (effort, limit) in [(Effort::Quick, quick), (Effort::Tight, tight)] {
            let sine = check(name, &known, 128, effort);
            match (sine, limit) {
                (Some(sine), Some(limit)) => assert!(sine <= limit, "{name}, {effort:?}: 2^{sine}"),
                (sine, limit) => assert_eq!(sine.is_some(), limit.is_some(), "{name}, {effort:?}"),
            }
        }
    }
}

#[test]
fn repeated_values_have_a_space_of_their_multiplicity() {
    let mut draws = Draws(9);
    let values = [2, 2, 1, 1].map(Fraction::from);
    let known = with_values(5, 4, &values, &mut draws);
    for effort in EFFORTS {
        let space = Spectrum::of(&ball(&known, 128), effort).top_space().unwrap();
        assert_eq!(space.left.dimension(), 2);
        let whole = with_values(3, 3, &[1, 1, 1].map(Fraction::from), &mut draws);
        let space = Spectrum::of(&ball(&whole, 128), effort).top_space().unwrap();
        assert_eq!((space.left.dimension(), space.right.sine().sign()), (3, Sign::Zero));
    }
}

#[test]
fn lines_are_known_by_structure() {
    let row = Matrix::row_vector([3, 0, -4].map(|k| Fraction::from((k, 5))).to_vec());
    for effort in EFFORTS {
        let pair = top_singular_pair(&Matrix::<Exact>::from_rationals(&row, 64), effort).unwrap();
        let exact = |vector: &[Exact]| vector.iter().map(|entry| entry.exact().unwrap()).collect::<Vec<_>>();
        assert_eq!(exact(&pair.left), [1]);
        assert_eq!(exact(&pair.right), row.row(0));
        let pair = top_singular_pair(&Matrix::<Ball>::from_rationals(&row.transposed(), 64), effort).unwrap();
        assert_eq!(pair.right[0].exact(), Some(Fraction::from(1)));
        assert!(contains(&pair.left, row.row(0)));
        let space = Spectrum::of(&Matrix::<Ball>::from_rationals(&row, 64), effort).top_space().unwrap();
        assert_eq!(space.right.sine().sign(), Sign::Zero);
    }
}

#[test]
fn what_may_be_zero_has_no_top_vector() {
    let zero = Matrix::<Ball>::zeros(2, 3, 64);
    let nearly = zero.map(|_| Ball::hull(&rug::Float::with_val(64, -1e-9), &rug::Float::with_val(64, 1e-9), 64));
    let line = Matrix::row_vector(nearly.row(0).to_vec());
    let undefined = zero.map(|_| Ball::whole_line(64));
    for matrix in [zero, nearly, line, undefined] {
        for effort in EFFORTS {
            assert_eq!(top_singular_pair(&matrix, effort).unwrap_err(), Declined::MayBeZero);
        }
    }
}

#[test]
fn alignment_of_known_layers_is_enclosed() {
    let mut draws = Draws(6);
    for (name, values) in spectra(4) {
        for (other_name, other_values) in spectra(4) {
            let (lower, upper) = (with_values(4, 5, &values, &mut draws), with_values(6, 4, &other_values, &mut draws));
            for effort in EFFORTS {
                let below = Spectrum::of(&ball(&lower, 128), effort).top_space();
                let above = Spectrum::of(&ball(&upper, 128), effort).top_space();
                let (Ok(below), Ok(above)) = (below, above) else { continue };
                let alignment = squared_alignment(&above.right, &below.left);
                let context = format!("{other_name} on {name}, {effort:?}");
                // Every pair of true vectors, and of combinations of them.
                for i in 0..below.left.dimension() {
                    for j in 0..above.right.dimension() {
                        let cosine = inner(&column(&lower.left, i), &column(&upper.right, j));
                        assert!(alignment.contains_rational(&cosine.clone().square()), "{context}");
                    }
                }
                if below.left.dimension() > 1 || above.right.dimension() > 1 {
                    assert!(alignment.contains_rational(&Fraction::new()), "{context}");
                } else {
                    // cos² φ changes by at most sin 2φ times the change of φ, which is at most both angles together.
                    let width = (alignment.upper() - alignment.lower()).upper_f64();
                    let sines = below.left.sine().upper_f64() + above.right.sine().upper_f64();
                    assert!(width <= 2.5 * sines + 1e-30, "{context}: {alignment}, {sines:e}");
                }
                assert!(
                    alignment.upper_f64() <= 1.0 + 1e-15 && alignment.lower_f64() >= -1e-15,
                    "{context}: {alignment}"
                );
            }
        }
    }
}

#[test]
fn aligned_layers_are_aligned_to_second_order() {
    // The right vectors of the upper layer are the left ones of the lower: the squared cosine is exactly 1.
    let mut draws = Draws(8);
    let values = [3, 2, 1].map(Fraction::from);
    let lower = with_values(3, 4, &values, &mut draws);
    let upper = with_values(5, 3, &values, &mut draws);
    let diagonal = Matrix::from_fn(5, 3, |i, j| if i == j { values[i].clone() } else { Fraction::new() });
    let matrix = product(&product(&upper.left, &diagonal), &lower.left.transposed());
    let upper = Known { matrix, values: values.to_vec(), left: upper.left, right: lower.left.clone() };
    for (effort, limit) in [(Effort::Quick, 1e-26), (Effort::Tight, 1e-34)] {
        let below = Spectrum::of(&ball(&lower, 128), effort).top_space().unwrap();
        let above = Spectrum::of(&ball(&upper, 128), effort).top_space().unwrap();
        let alignment = squared_alignment(&above.right, &below.left);
        assert!(alignment.contains_rational(&Fraction::from(1)));
        let loss = (Ball::one(128) - &alignment).upper_f64();
        assert!(loss < limit, "{effort:?}: {loss:e}");
    }
}

#[test]
fn floats_approximate_the_pair() {
    let mut draws = Draws(10);
    let known = with_values(4, 3, &[3, 2, 1].map(Fraction::from), &mut draws);
    let pair = top_singular_pair(&Matrix::<Float>::from_rationals(&known.matrix, 200), Effort::Tight).unwrap();
    let sign = if pair.left[0].approximate() * known.left[(0, 0)].to_f64() < 0.0 { -1 } else { 1 };
    for (entry, truth) in pair.left.iter().zip(known.left.column(0)).chain(pair.right.iter().zip(known.right.column(0)))
    {
        assert!((entry.exact().unwrap() - Fraction::from(truth * sign)).to_f64().abs() < 1e-55);
    }
}
