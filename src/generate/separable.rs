//! Linearly separable data in the unit ball whose maximum-margin direction is known by construction.
//!
//! Write `z_i = y_i x_i`. Take a rational unit vector `ū`, vectors `ξ_i ⊥ ū` with `Σ λ_i ξ_i = 0` for some `λ_i ≥ 0`,
//! `Σ λ_i = 1`, and support vectors `z_i = γū + ξ_i`. Then `Σ λ_i z_i = γū`, so that `⟨u, z_i⟩ ≤ γ` for some `i` whatever the
//! unit vector `u`, while `⟨ū, z_i⟩ = γ`: `ū` is the maximum-margin direction and `γ` the margin. All other `z_i` have
//! `⟨ū, z_i⟩ > γ`.

use rug::Rational;

use super::Random;
use super::orthogonal::{orthogonal, pythagorean, unit_vector};
use crate::algebra::exact::{image, inner, norm_squared, power_of_two, scaled};
use crate::problem::{Data, Matrix};

/// How separable data are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cloud {
    /// The support vectors span the space and their components orthogonal to `ū` span theirs positively: Ji & Telgarsky's
    /// `α > 0`. It takes at least `d` examples; with fewer, like [`Cloud::Flat`].
    Spanning,
    /// As [`Cloud::Spanning`] with `α` known: the components orthogonal to `ū` are `±s` times orthonormal vectors. It takes at
    /// least `2(d − 1)` examples; with fewer, like [`Cloud::Spanning`].
    Cross,
    /// The support vectors span a proper subspace if `d ≥ 2`.
    Flat,
    /// The support vectors span the space, but one of them is `γū` and has all the weight: `α = 0`. It takes at least `d ≥ 2`
    /// examples; with fewer, like [`Cloud::Flat`].
    Degenerate,
    /// All examples have norm 1, exactly.
    Sphere,
    /// Labels of a linear teacher: the maximum-margin direction is not known.
    Taught,
}

impl Cloud {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Spanning, Self::Cross, Self::Flat, Self::Degenerate, Self::Sphere, Self::Taught];
}

/// Separable data in the unit ball.
///
/// ```
/// use gradient_witness::algebra::exact;
/// use gradient_witness::generate::{Cloud, Random, Separable};
/// let data = Separable::new(&mut Random::new("example", 1, 0), Cloud::Spanning, 3, 5, &(1, 8).into());
/// assert_eq!(exact::norm_squared(data.direction()), 1);
/// assert!(data.signed().iter().all(|z| exact::inner(data.direction(), z) >= *data.margin()));
/// ```
#[derive(Clone, Debug)]
pub struct Separable {
    signed: Vec<Vec<Rational>>,
    labels: Vec<i32>,
    direction: Vec<Rational>,
    margin: Rational,
    multipliers: Option<Vec<Rational>>,
}

/// The grid of the components that are free.
const BITS: u32 = 8;

impl Separable {
    /// Draws `examples` examples (at least 1) of dimension `dim` (at least 1) with the margin `margin`, above 0 and below 1.
    ///
    /// On [`Cloud::Sphere`] the margin is `γ/(1 + γ²/4)` in place of `γ`, and 1 where one example or one dimension leaves no
    /// choice. For [`Cloud::Taught`] it is the margin along the teacher.
    #[must_use]
    pub fn new(random: &mut Random, cloud: Cloud, dim: usize, examples: usize, margin: &Rational) -> Self {
        if cloud == Cloud::Taught {
            return Self::taught(random, dim, examples, margin);
        }
        let frame = orthogonal(random, dim);
        let mut margin = margin.clone();
        let mut offsets = match cloud {
            Cloud::Cross if examples >= 2 * (dim - 1) => cross(random, dim - 1, &margin),
            Cloud::Spanning | Cloud::Cross if examples >= dim => simplex(random, dim - 1, &margin),
            Cloud::Degenerate if examples >= dim && dim >= 2 => wedge(random, dim - 1, &margin),
            Cloud::Sphere => {
                let (cosine, sine) = match (dim, examples) {
                    (1, _) | (_, 1) => (Rational::from(1), Rational::new()),
                    _ => pythagorean(&(margin / 2u32)),
                };
                margin = cosine;
                antipodes(random, dim - 1, examples / 2, &sine)
            }
            _ => flat(random, dim - 1, examples, &margin),
        };
        let mut heights = vec![margin.clone(); offsets.len()];
        while offsets.len() < examples {
            let (height, offset) = match cloud {
                Cloud::Sphere => {
                    let (height, sine) = higher_on_sphere(random, &margin);
                    let direction = if dim == 1 { Vec::new() } else { unit_vector(random, dim - 1) };
                    (if dim == 1 { Rational::from(1) } else { height }, scaled(&direction, &sine))
                }
                _ => inside(random, dim - 1, &margin),
            };
            heights.push(height);
            offsets.push((offset, Rational::new()));
        }
        let mut order: Vec<usize> = (0..examples).collect();
        random.shuffle(&mut order);
        let signed = order
            .iter()
            .map(|&i| {
                let coordinates: Vec<Rational> = std::iter::once(&heights[i]).chain(&offsets[i].0).cloned().collect();
                image(&frame, &coordinates)
            })
            .collect();
        let multipliers = order.iter().map(|&i| offsets[i].1.clone()).collect();
        let labels = order.iter().map(|_| random.sign()).collect();
        let direction = frame.column(0).cloned().collect();
        Self { signed, labels, direction, margin, multipliers: Some(multipliers) }
    }

    fn taught(random: &mut Random, dim: usize, examples: usize, margin: &Rational) -> Self {
        let teacher = unit_vector(random, dim);
        let signed: Vec<Vec<Rational>> = (0..examples)
            .map(|_| {
                // A point that is too near the boundary of the teacher's half-space, or outside the ball, is drawn again; the
                // teacher itself is neither.
                let drawn = random.attempts(64, |random, _| {
                    let z = random.vector(dim, BITS);
                    let height = inner(&teacher, &z);
                    let is_good = height.clone().abs() >= *margin && norm_squared(&z) <= 1;
                    is_good.then(|| if height < 0 { scaled(&z, &Rational::from(-1)) } else { z })
                });
                drawn.unwrap_or_else(|| teacher.clone())
            })
            .collect();
        let labels = signed.iter().map(|_| random.sign()).collect();
        let margin = signed.iter().map(|z| inner(&teacher, z)).min().unwrap_or_default();
        Self { signed, labels, direction: teacher, margin, multipliers: None }
    }

    /// The `z_i = y_i x_i`.
    #[must_use]
    pub fn signed(&self) -> &[Vec<Rational>] {
        &self.signed
    }

    /// The labels `y_i`.
    #[must_use]
    pub fn labels(&self) -> &[i32] {
        &self.labels
    }

    /// A unit vector with `⟨u, z_i⟩ ≥ margin` for all `i`: the maximum-margin direction `ū` if there are
    /// [`multipliers`](Self::multipliers).
    #[must_use]
    pub fn direction(&self) -> &[Rational] {
        &self.direction
    }

    /// `min_i ⟨u, z_i⟩`, positive: the margin `γ` if there are [`multipliers`](Self::multipliers).
    #[must_use]
    pub fn margin(&self) -> &Rational {
        &self.margin
    }

    /// `λ_i ≥ 0` with `Σ λ_i = 1` and `Σ λ_i z_i = γū`, which prove that `ū` and `γ` are what they are said to be.
    #[must_use]
    pub fn multipliers(&self) -> Option<&[Rational]> {
        self.multipliers.as_deref()
    }

    /// The examples `x_i = y_i z_i` with their labels.
    #[must_use]
    pub fn data(&self) -> Data {
        let dim = self.direction.len();
        Data::Examples {
            x: Matrix::from_fn(self.signed.len(), dim, |i, j| Rational::from(&self.signed[i][j] * self.labels[i])),
            y: Matrix::from_fn(self.labels.len(), 1, |i, _| Rational::from(self.labels[i])),
        }
    }
}

/// A vector orthogonal to `ū` in coordinates of that subspace, and its multiplier.
type Offset = (Vec<Rational>, Rational);

/// Halves `offsets` until each has `‖ξ‖² ≤ 1 − γ²`.
fn fitted(mut offsets: Vec<Offset>, margin: &Rational) -> Vec<Offset> {
    let room = Rational::from(1) - Rational::from(margin * margin);
    let half = Rational::from((1, 2));
    while offsets.iter().any(|(offset, _)| norm_squared(offset) > room) {
        for (offset, _) in &mut offsets {
            *offset = scaled(offset, &half);
        }
    }
    offsets
}

/// `dim + 1` vectors that span the space of dimension `dim` positively.
fn simplex(random: &mut Random, dim: usize, margin: &Rational) -> Vec<Offset> {
    let mut vectors = triangle(random, dim);
    let weights: Vec<Rational> = (0..dim).map(|_| Rational::from((random.between(1, 4), 2))).collect();
    let mut last = vec![Rational::new(); dim];
    for (vector, weight) in vectors.iter().zip(&weights) {
        last = crate::algebra::exact::plus(&last, &Rational::from(-weight), vector);
    }
    vectors.push(last);
    let total = weights.iter().fold(Rational::from(1), |sum, weight| sum + weight);
    let multipliers = weights.iter().cloned().chain(std::iter::once(Rational::from(1))).map(|weight| weight / &total);
    fitted(vectors.into_iter().zip(multipliers).collect(), margin)
}

/// `±s e_j` for all `j`, which span positively; one zero vector in dimension 0.
fn cross(random: &mut Random, dim: usize, margin: &Rational) -> Vec<Offset> {
    if dim == 0 {
        return vec![(Vec::new(), Rational::from(1))];
    }
    let size = random.positive(BITS);
    let multiplier = Rational::from((1, 2 * dim));
    let vectors = (0..dim).flat_map(|j| {
        [1, -1]
            .map(|sign| (0..dim).map(|i| if i == j { Rational::from(&size * sign) } else { Rational::new() }).collect())
    });
    fitted(vectors.map(|vector| (vector, multiplier.clone())).collect(), margin)
}

/// The zero vector with all the weight, and `dim` independent vectors on one side of a hyperplane.
fn wedge(random: &mut Random, dim: usize, margin: &Rational) -> Vec<Offset> {
    // The triangle's last entry is positive in its last vector and 0 in all others.
    let vectors = triangle(random, dim).into_iter().map(|vector| (vector, Rational::new()));
    let zero = (vec![Rational::new(); dim], Rational::from(1));
    fitted(std::iter::once(zero).chain(vectors).collect(), margin)
}

/// One, or two, or more vectors in a proper subspace whose weighted sum is 0.
fn flat(random: &mut Random, dim: usize, examples: usize, margin: &Rational) -> Vec<Offset> {
    // One time in four; the simplest choice is the simplest offset.
    if dim <= 1 || examples == 1 || random.below(4) == 0 {
        return vec![(vec![Rational::new(); dim], Rational::from(1))];
    }
    let rank = random.size(1, (dim - 1).min(examples - 1));
    let mut offsets = simplex(random, rank, margin);
    for (offset, _) in &mut offsets {
        offset.resize(dim, Rational::new());
    }
    offsets
}

/// Pairs `±s` times a unit vector; where there is no pair, the zero vector.
fn antipodes(random: &mut Random, dim: usize, pairs: usize, size: &Rational) -> Vec<Offset> {
    if dim == 0 || pairs == 0 {
        return vec![(vec![Rational::new(); dim], Rational::from(1))];
    }
    let pairs = random.size(1, pairs);
    let multiplier = Rational::from((1, 2 * pairs));
    let mut offsets = Vec::new();
    for _ in 0..pairs {
        let vector = unit_vector(random, dim);
        for sign in [1, -1] {
            offsets.push((scaled(&vector, &Rational::from(size * sign)), multiplier.clone()));
        }
    }
    offsets
}

/// `dim` independent vectors of dimension `dim`: entry `j` of the `j`-th is positive, those after it are 0.
fn triangle(random: &mut Random, dim: usize) -> Vec<Vec<Rational>> {
    (0..dim)
        .map(|j| {
            (0..dim)
                .map(|i| match i.cmp(&j) {
                    std::cmp::Ordering::Less => random.dyadic(BITS),
                    std::cmp::Ordering::Equal => (random.positive(BITS) + 1u32) / 2u32,
                    std::cmp::Ordering::Greater => Rational::new(),
                })
                .collect()
        })
        .collect()
}

/// A height above `margin` and an offset, together in the unit ball.
fn inside(random: &mut Random, dim: usize, margin: &Rational) -> (Rational, Vec<Rational>) {
    let height = (Rational::from(1) - margin) * random.positive(BITS) + margin;
    let offset = (0..dim).map(|_| random.dyadic(BITS)).collect();
    let mut fitting = fitted_unless_on_top(vec![(offset, Rational::new())], &height);
    (height, fitting.pop().map_or_else(Vec::new, |(offset, _)| offset))
}

/// [`fitted`], with the zero vector at height 1, where nothing else fits.
fn fitted_unless_on_top(offsets: Vec<Offset>, height: &Rational) -> Vec<Offset> {
    if *height == 1 {
        return offsets.into_iter().map(|(offset, weight)| (vec![Rational::new(); offset.len()], weight)).collect();
    }
    fitted(offsets, height)
}

/// Cosine and sine of an angle whose cosine is at least `margin`.
fn higher_on_sphere(random: &mut Random, margin: &Rational) -> (Rational, Rational) {
    let (cosine, sine) = pythagorean(&(random.positive(4) * Rational::from((15, 16))));
    if cosine >= *margin && *margin != 1 { (cosine, sine) } else { (Rational::from(1), Rational::new()) }
}

/// `2^−k` for nearly no margin, or one of some ordinary margins.
pub(super) fn margin(random: &mut Random, nearly_none: bool) -> Rational {
    if nearly_none {
        power_of_two(-(random.between(8, 30) as i32))
    } else {
        Rational::from(*random.choice(&[(1, 16), (1, 8), (1, 4), (3, 8), (1, 2), (3, 4), (1, 5), (2, 3)]))
    }
}
