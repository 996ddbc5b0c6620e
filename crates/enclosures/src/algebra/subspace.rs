//! A subspace that is known up to an angle, and how well two of them are aligned.

use crate::number::{Matrix, Real, Sign, Truth, dot};

/// An unknown subspace near a known one.
#[derive(Clone, Debug)]
pub struct Subspace<T> {
    /// Unit vectors as rows, nearly orthogonal to each other.
    basis: Matrix<T>,
    /// A bound of `‖B Bᵀ − I‖_F` for the basis `B`.
    defect: T,
    /// A bound of the sine of the largest angle between the unknown subspace and the span of the basis.
    sine: T,
}

impl<T: Real> Subspace<T> {
    /// The dimension, of the unknown subspace and of the known one.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.basis.rows()
    }

    /// Unit vectors, as rows, that span the known subspace; nearly orthogonal to each other.
    #[must_use]
    pub fn basis(&self) -> &Matrix<T> {
        &self.basis
    }

    /// An upper bound of the sine of the largest angle between the unknown subspace and the known one, below 1/2.
    #[must_use]
    pub fn sine(&self) -> &T {
        &self.sine
    }

    /// A line that is known, spanned by a unit vector.
    pub(super) fn known(vector: Vec<T>) -> Self {
        let zero = T::zero(vector[0].bits());
        Self { basis: Matrix::row_vector(vector), defect: zero.clone(), sine: zero }
    }

    /// The span of the rows of `vectors` from `first` on, where the part of each row outside the unknown subspace is at most the
    /// square root of its `outside_squared`; written in `size` coordinates, of which `places` are those of the rows, the
    /// others zero.
    pub(super) fn near(
        vectors: &Matrix<T>,
        first: usize,
        outside_squared: &[T],
        places: &[usize],
        size: usize,
    ) -> Self {
        let bits = vectors.bits();
        let dimension = outside_squared.len();
        let mut basis = Matrix::zeros(dimension, size, bits);
        let mut sine_squared = T::zero(bits);
        for (j, outside_squared) in outside_squared.iter().enumerate() {
            let row = vectors.row(first + j);
            let length_squared = row.iter().fold(T::zero(bits), |sum, entry| sum + entry.square());
            sine_squared += &(outside_squared.clone() / &length_squared);
            let length = length_squared.sqrt_of_nonnegative();
            for (entry, &place) in row.iter().zip(places) {
                basis[(j, place)] = entry.clone() / &length;
            }
        }
        let mut defect_squared = T::zero(bits);
        for (i, j) in (0..dimension).flat_map(|j| (0..j).map(move |i| (i, j))) {
            let square = dot(basis.row(i), basis.row(j)).square();
            defect_squared += &(square.clone() + &square);
        }
        let defect = defect_squared.sqrt_of_nonnegative();
        let sine = (sine_squared / (T::one(bits) - &defect)).sqrt_of_nonnegative();
        Self { basis, defect, sine }
    }

    /// Whether the bounds say something.
    pub(super) fn is_useful(&self) -> bool {
        let half = self.sine.constant((1, 2));
        self.sine.below(&half) == Truth::True && self.defect.below(&half) == Truth::True
    }

    /// The unit vector that spans a line, each coordinate with the distance to the unknown line.
    pub(super) fn unit_vector(&self) -> Vec<T> {
        if self.sine.sign() == Sign::Zero {
            return self.basis.row(0).to_vec();
        }
        // Unit vectors at an angle θ of at most a right angle are 2 sin(θ/2) ≤ √2 sin θ apart.
        let distance = self.sine.constant(2).sqrt() * &self.sine;
        let around = |entry: &T| T::between(&(entry.clone() - &distance), &(entry.clone() + &distance));
        self.basis.row(0).iter().map(around).collect()
    }
}

/// An enclosure of `⟨x, y⟩²` for *every* unit `x` in one unknown subspace and every unit `y` in the other: with the top right space
/// of one matrix and the top left space of another, of `⟨v, u⟩²` over all choices of top singular vectors.
///
/// For lines it is as tight as the angles are known: at an angle `φ` between the known lines and an uncertainty `ε` of
/// both together the squared cosine is uncertain by about `2 ε sin φ + ε²`. If one of the subspaces is a plane or more it contains a
/// vector orthogonal to any of the other, and the lower bound is zero.
///
/// # Panics
///
/// If the subspaces are of spaces of different dimensions.
#[must_use]
pub fn squared_alignment<T: Real>(one: &Subspace<T>, other: &Subspace<T>) -> T {
    let bits = one.basis.bits().max(other.basis.bits());
    let (zero, unity) = (T::zero(bits), T::one(bits));
    if one.basis.columns() == 1 && other.basis.columns() == 1 {
        // There is but one line.
        return unity;
    }
    // sin(θ + θ′) ≤ sin θ + sin θ′.
    let sine = one.sine.clone() + &other.sine;
    if sine.below(&unity) != Truth::True {
        return T::between(&zero, &unity);
    }
    if one.dimension() > 1 || other.dimension() > 1 {
        let lengths = (unity.clone() - &one.defect) * &(unity.clone() - &other.defect);
        let cosine = (one.basis.times_transpose(&other.basis).frobenius_squared() / lengths).sqrt_of_nonnegative();
        let greatest = (cosine + &sine).min(&unity);
        return T::between(&zero, &greatest.square());
    }
    let (x, y) = (one.basis.row(0), other.basis.row(0));
    let product = dot(x, y);
    if sine.sign() == Sign::Zero {
        return product.square();
    }
    // sin φ = ‖x − ⟨x, y⟩ y‖, accurate where 1 − ⟨x, y⟩² is not.
    let across = x.iter().zip(y).fold(zero.clone(), |sum, (x, y)| sum + (x.clone() - &(product.clone() * y)).square());
    let drift = across.sqrt_of_nonnegative() * &sine;
    let cosine = product.abs();
    // cos(φ + ε) = cos φ cos ε − sin φ sin ε; and cos φ + sin φ sin ε is at least cos(φ − ε), and at least 1 if φ < ε.
    let least = cosine.clone() * &(unity.clone() - &sine.square()).sqrt_of_nonnegative() - &drift;
    let greatest = (cosine + &drift).min(&unity);
    T::between(&least.max(&zero).square(), &greatest.square())
}

/// An enclosure of `‖xᵀM‖²` for *every* unit `x` in the unknown subspace.
///
/// A unit vector of the known subspace is `Bᵀc` with `1/(1 + δ) ≤ ‖c‖² ≤ 1/(1 − δ)`, `δ ≥ ‖BBᵀ − I‖_F`; the eigenvalues of `(BM)(BM)ᵀ` lie in the
/// discs of Gershgorin; and two unit vectors at an angle of at most a right one are `2 sin(θ/2) ≤ √2 sin θ` apart.
///
/// # Panics
///
/// If the matrix has not one row for every coordinate.
#[must_use]
pub fn lengths_squared<T: Real>(space: &Subspace<T>, matrix: &Matrix<T>) -> T {
    let (zero, one) = (space.sine.constant(0), space.sine.constant(1));
    let images = space.basis.times(matrix);
    let gram = images.times_transpose(&images);
    let discs: Vec<(T, T)> = (0..gram.rows())
        .map(|i| {
            let others = (0..gram.rows()).filter(|&j| j != i).map(|j| gram[(i, j)].clone().abs());
            let radius = others.fold(zero.clone(), |sum, entry| sum + &entry);
            (gram[(i, i)].clone() - &radius, gram[(i, i)].clone() + &radius)
        })
        .collect();
    let (first, rest) = discs.split_first().expect("a subspace has a basis");
    let (least, greatest) =
        rest.iter().fold(first.clone(), |(least, greatest), (low, high)| (least.min(low), greatest.max(high)));
    let least = least.max(&zero) / &(one.clone() + &space.defect);
    let greatest = greatest.max(&zero) / &(one - &space.defect);
    let drift = space.sine.constant(2).sqrt() * &space.sine * &matrix.frobenius_squared().sqrt_of_nonnegative();
    let low = (least.sqrt_of_nonnegative() - &drift).max(&zero);
    let high = greatest.sqrt_of_nonnegative() + &drift;
    T::between(&low.square(), &high.square())
}

#[cfg(test)]
mod tests {
    use rug::Rational;

    use super::*;
    use crate::number::{Ball, Ring};

    /// The span of the rows, each a fraction of `denominator`, and all subspaces at an angle of at most the stated sine.
    fn around(rows: &[&[i32]], denominator: i32, sine: (i32, i32)) -> Subspace<Ball> {
        let ball = |value: Rational| Ball::from_rational(&value, 200);
        let rows = rows.iter().map(|row| row.iter().map(|&k| ball(Rational::from((k, denominator)))).collect());
        let basis = Matrix::from_rows(rows.collect()).expect("rows of one length");
        Subspace { basis, defect: ball(Rational::new()), sine: ball(Rational::from(sine)) }
    }

    fn contains(alignment: &Ball, cosine: (i32, i32)) -> bool {
        alignment.contains_rational(&Rational::from(cosine).square())
    }

    #[test]
    fn there_is_but_one_line_among_the_numbers() {
        let line = around(&[&[1]], 1, (3, 5));
        let alignment = squared_alignment(&line, &line);
        assert!(alignment.radius().is_zero() && contains(&alignment, (1, 1)), "however badly it is known: {alignment}");
    }

    #[test]
    fn an_angle_between_lines_grows_and_shrinks_by_their_uncertainty() {
        let axis = around(&[&[1, 0]], 1, (0, 1));
        // The unknown line may be at the angle whose sine is 3/5 from its basis, e₁: the cosine is 4/5.
        for (one, other) in [(&axis, &around(&[&[1, 0]], 1, (3, 5))), (&around(&[&[-1, 0]], 1, (3, 5)), &axis)] {
            let alignment = squared_alignment(one, other);
            assert!(contains(&alignment, (4, 5)) && contains(&alignment, (1, 1)), "{alignment}");
            assert!(!contains(&alignment, (79, 100)), "{alignment} is wider than it must be");
        }
        // At an angle with the cosine 4/5 and uncertain by that with the sine 5/13: between cos(φ + ε) and cos(φ − ε).
        let tilted = around(&[&[4, 3]], 5, (5, 13));
        let alignment = squared_alignment(&axis, &tilted);
        assert!(contains(&alignment, (33, 65)) && contains(&alignment, (63, 65)), "{alignment}");
        assert!(!contains(&alignment, (1, 2)));
        // The uncertainties of both add up: each line may be off by the angle with the sine 5/13, in opposite directions, cosine 119/169.
        let alignment = squared_alignment(&around(&[&[1, 0]], 1, (5, 13)), &around(&[&[1, 0]], 1, (5, 13)));
        assert!(contains(&alignment, (119, 169)) && contains(&alignment, (1, 1)), "{alignment}");
        // Orthogonal, and uncertain: the unknown line has a part in e₁.
        let alignment = squared_alignment(&axis, &around(&[&[0, 1]], 1, (3, 5)));
        assert!(contains(&alignment, (3, 5)) && contains(&alignment, (0, 1)) && !contains(&alignment, (7, 10)));
        // More than a right angle of uncertainty says nothing.
        let alignment = squared_alignment(&around(&[&[1, 0]], 1, (4, 5)), &around(&[&[1, 0]], 1, (4, 5)));
        assert!(contains(&alignment, (0, 1)) && contains(&alignment, (1, 1)));
    }

    #[test]
    fn a_plane_holds_orthogonal_vectors_and_is_as_near_as_its_nearest() {
        let line = around(&[&[0, 0, 1]], 1, (0, 1));
        let plane = around(&[&[5, 0, 0], &[0, 3, 4]], 5, (0, 1));
        let alignment = squared_alignment(&line, &plane);
        assert!(contains(&alignment, (4, 5)) && contains(&alignment, (0, 1)) && !contains(&alignment, (81, 100)));
        // Turned by the angle with the sine 3/5 the plane may hold the line.
        let alignment = squared_alignment(&line, &around(&[&[5, 0, 0], &[0, 3, 4]], 5, (3, 5)));
        assert!(contains(&alignment, (1, 1)) && contains(&alignment, (0, 1)));
    }

    #[test]
    fn lengths_of_images_are_those_of_every_unit_vector_of_the_subspace() {
        let ball = |value: (i32, i32)| Ball::from_rational(&Rational::from(value), 200);
        let diagonal = Matrix::from_fn(3, 3, |i, j| ball((if i == j { [3, 4, 10][i] } else { 0 }, 1)));
        let holds = |lengths: &Ball, square: (i32, i32)| lengths.contains_rational(&Rational::from(square));
        // The plane of the first two coordinates: from 9 to 16, whatever orthonormal basis it has.
        for basis in [&[&[5, 0, 0][..], &[0, 5, 0]], &[&[3, 4, 0][..], &[-4, 3, 0]]] {
            let lengths = lengths_squared(&around(basis, 5, (0, 1)), &diagonal);
            assert!(holds(&lengths, (9, 1)) && holds(&lengths, (16, 1)), "{lengths}");
        }
        let lengths = lengths_squared(&around(&[&[1, 0, 0], &[0, 1, 0]], 1, (0, 1)), &diagonal);
        assert!(!holds(&lengths, (8, 1)) && !holds(&lengths, (17, 1)), "{lengths}");
        // A line that may be at the angle with the sine 3/5 from the first axis, towards the last one: (16 · 9 + 9 · 100)/25.
        let lengths = lengths_squared(&around(&[&[1, 0, 0]], 1, (3, 5)), &diagonal);
        assert!(holds(&lengths, (1044, 25)) && holds(&lengths, (9, 1)), "{lengths}");
        // The basis of a plane that is all there is, and not orthogonal.
        let exact = [Ball::zero(200), Ball::zero(200)];
        let plane = Subspace::near(&oblique(), 0, &exact, &[0, 1], 2);
        let stretch = Matrix::from_fn(2, 2, |i, j| ball((if i == j { [1, 7][i] } else { 0 }, 1)));
        let lengths = lengths_squared(&plane, &stretch);
        assert!(holds(&lengths, (1, 1)) && holds(&lengths, (49, 1)), "{lengths}");
    }

    /// Unit vectors of the plane with the inner product 7/25, as rows.
    fn oblique() -> Matrix<Ball> {
        let ball = |value: i32| Ball::from_rational(&Rational::from((value, 25)), 200);
        Matrix::from_rows(vec![vec![ball(25), ball(0)], vec![ball(7), ball(24)]]).expect("rows of one length")
    }

    #[test]
    fn a_basis_that_is_not_orthogonal_says_by_how_much() {
        let exact = [Ball::zero(200), Ball::zero(200)];
        let plane = Subspace::near(&oblique(), 0, &exact, &[0, 1], 2);
        // ‖VVᵀ − I‖_F² = 2⟨v₁, v₂⟩².
        assert!(plane.defect.square().contains_rational(&Rational::from((98, 625))), "{}", plane.defect);
        assert_eq!(plane.sine.sign(), Sign::Zero);
    }

    #[test]
    fn an_alignment_allows_for_a_basis_that_is_not_orthogonal() {
        let exact = [Ball::zero(200), Ball::zero(200)];
        // The plane is all of it, so that every line lies in it; the squared inner products of this one are 18/25 together.
        let plane = Subspace::near(&oblique(), 0, &exact, &[0, 1], 2);
        let line = around(&[&[-3, 4]], 5, (0, 1));
        for alignment in [squared_alignment(&plane, &line), squared_alignment(&line, &plane)] {
            assert!(contains(&alignment, (1, 1)), "{alignment}");
        }
    }
}
