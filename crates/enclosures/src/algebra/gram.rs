//! Bounds of the eigenvalues of a nearly diagonal Gram matrix.
//!
//! Let `W = YᵀY` be symmetric and positive semidefinite, its diagonal nearly descending, its entries off the diagonal
//! small, and let `s_1 ≥ s_2 ≥ …` be numbers near its diagonal entries. The indices are cut into *windows* of neighbours
//! whose diagonal entries are too close to be told apart; within a window `B` the eigenvalues of the block `W_BB` are
//! enclosed by Weyl's inequality,
//!
//! - `|λ_i(W_BB) − s_i| ≤ ‖W_BB − diag(s)‖_F`.
//!
//! The windows are then separated from each other. Write `λ_i` for the eigenvalues of `W` in descending order, let
//! `B` be the window of the indices `a < i ≤ k`, and `W_{≤a}`, `W_{>a}` the leading and trailing blocks of `W`.
//!
//! - *Interlacing* (Cauchy): `λ_i(W_{≤k}) ≤ λ_i ≤ λ_{i−a}(W_{>a})`.
//! - *Upper*: let `ω = ‖W_{B,>k}‖_F`, `U ≥ λ_1(W_{>k})` and `g = λ_min(W_BB) − U`. If `g > 0`,
//!   `λ_j(W_{>a}) ≤ λ_j(W_BB) + ω²/g` for `j ≤ k − a`; in any case `λ_j(W_{>a}) ≤ λ_j(W_BB) + U`.
//!   The first is Sylvester's law of inertia: for `μ = λ_j(W_{>a}) ≥ λ_min(W_BB) > U` the block `W_{>k} − μ` is negative
//!   definite, so `λ_j` of the Schur complement `W_BB + W_{B,>k}(μ − W_{>k})^{-1}W_{>k,B}` is at least `μ`, and the
//!   eigenvalues of the second term are at most `ω²/(μ − U)`. The second is Weyl's inequality for
//!   `Y Yᵀ = Y_B Y_Bᵀ + Y_{>k} Y_{>k}ᵀ`.
//! - *Lower*: let `D = diag(s_1, …, s_a)` and `γ ≥ ‖D^{-1/2} W_{≤a} D^{-1/2} − I‖_F`, so that `W_{≤a} ⪰ (1 − γ) D`. Let
//!   `ε = Σ_{l≤a, j∈B} W_lj²/s_l`, `b_j ≤ λ_j(W_BB)` descending, and `h = 1 − γ − b_1/s_a`. If `h > 0`,
//!   `λ_{a+j}(W_{≤k}) ≥ b_j − ε/h =: μ`: the block `W_{≤a} − μ ⪰ (1 − γ − μ/s_a) D` is positive definite, and the Schur
//!   complement `W_BB − W_{B,≤a}(W_{≤a} − μ)^{-1}W_{≤a,B}` has at least `j` eigenvalues of at least `b_j − ε/h = μ`.
//! - *Trace*: `λ_i ≤ Σ_{j≥i} W_jj`, from interlacing and the trace of a positive semidefinite block.
//!
//! So an entry off the diagonal enters squared and divided by a gap, unless its two columns share a window: columns that
//! are orthogonal to 2^−53 give separated eigenvalues to 2^−100; and since all scales but that of the window itself cancel, a graded
//! matrix keeps its small values. The windows are chosen by approximation; every bound holds whatever they are.

use std::ops::Range;

use crate::number::{Matrix, Real, Sign};

/// Bounds of the eigenvalues of a Gram matrix, descending.
pub(super) struct GramBounds<T> {
    pub(super) lower: Vec<T>,
    pub(super) upper: Vec<T>,
    /// `Σ_{i≥2} λ_i` from below and from above.
    pub(super) all_but_first: (T, T),
}

impl<T: Real> GramBounds<T> {
    /// Bounds for a symmetric positive semidefinite matrix with at least one row, `w`, of which only the entries on and
    /// above the diagonal are looked at.
    pub(super) fn of(w: &Matrix<T>) -> Self {
        let scaling = Scaling::of(w);
        let windows = scaling.windows();
        Self::over(w, &scaling, windows)
    }

    /// The bounds that a choice of windows gives; they are right for every choice.
    fn over(w: &Matrix<T>, scaling: &Scaling<T>, windows: Vec<Range<usize>>) -> Self {
        let windows: Vec<Window<T>> = windows.into_iter().map(|range| Window::of(w, scaling, range)).collect();
        let mut tails = vec![T::zero(w.bits())];
        for k in (0..w.rows()).rev() {
            tails.push(tails[tails.len() - 1].clone() + &w[(k, k)]);
        }
        tails.reverse();
        let (upper, first_excess) = upper_bounds(w, &windows, scaling, &tails);
        let lower = lower_bounds(w, &windows, scaling);
        // Σ_{i≥2} λ_i = tr W − λ_1, where λ_1 is at least W_11 and at most W_11 + first_excess.
        let tail = tails.swap_remove(1);
        let mut least_tail = tail.clone() - &first_excess;
        if least_tail.sign() != Sign::Positive {
            least_tail = greatest(least_tail, sum(w.bits(), lower[1..].iter().cloned()));
        }
        Self { all_but_first: (least_tail, tail), lower, upper }
    }
}

/// Upper bounds of all eigenvalues, and one of `λ_1 − W_11`; `tails[i] = Σ_{j≥i} W_jj`.
fn upper_bounds<T: Real>(w: &Matrix<T>, windows: &[Window<T>], scaling: &Scaling<T>, tails: &[T]) -> (Vec<T>, T) {
    let (size, bits) = (w.rows(), w.bits());
    let mut upper = tails[..size].to_vec();
    let mut below = T::zero(bits);
    let mut first_excess = tails[1].clone();
    for window in windows.iter().rev() {
        let Range { start, end } = window.range;
        let gap = window.lower[end - start - 1].clone() - &below;
        let is_separated = end == size || gap.sign() == Sign::Positive;
        let excess = if end == size || !is_separated {
            below
        } else {
            let pairs = (start..end).flat_map(|i| (end..size).map(move |j| (i, j)));
            sum(bits, pairs.map(|(i, j)| scaling.squares[pair(i, j)].clone())) / gap
        };
        for (bound, block) in upper[start..end].iter_mut().zip(&window.upper) {
            let sharp = block.clone() + &excess;
            // The trace is of use where the window is wide or the gap has failed.
            *bound = if is_separated && end == start + 1 { sharp } else { least(bound.clone(), sharp) };
        }
        below = upper[start].clone();
        if start == 0 {
            // The subtraction is done by hand where the window is W_11 itself.
            let excess = if end == 1 { excess } else { window.upper[0].clone() - &w[(0, 0)] + &excess };
            first_excess = if is_separated { excess } else { least(first_excess, excess) };
        }
    }
    (upper, first_excess)
}

/// Lower bounds of all eigenvalues, none of them certainly negative.
fn lower_bounds<T: Real>(w: &Matrix<T>, windows: &[Window<T>], scaling: &Scaling<T>) -> Vec<T> {
    let bits = w.bits();
    let zero = T::zero(bits);
    let mut lower = vec![zero.clone(); w.rows()];
    for window in windows {
        let Range { start, end } = window.range;
        let loss = match start.checked_sub(1) {
            None => zero.clone(),
            Some(last) => {
                // The diagonal scaling is one by positive numbers.
                if scaling.centres[last].sign() != Sign::Positive {
                    continue;
                }
                let ratio = window.lower[0].clone() * &scaling.reciprocals[last];
                let gap = T::one(bits) - &scaling.defects[last].clone().sqrt_of_nonnegative() - &ratio;
                if gap.sign() != Sign::Positive {
                    continue;
                }
                let pairs = (start..end).flat_map(|j| (0..start).map(move |i| (i, j)));
                sum(bits, pairs.map(|(i, j)| scaling.scaled_squares[pair(i, j)].clone())) / gap
            }
        };
        for (bound, block) in lower[start..end].iter_mut().zip(&window.lower) {
            let sharp = block.clone() - &loss;
            *bound = if sharp.sign() == Sign::Positive { sharp } else { greatest(bound.clone(), sharp) };
        }
    }
    lower
}

/// The smaller of two upper bounds; the other one where one is undefined.
pub(super) fn least<T: Real>(one: T, other: T) -> T {
    match (one.is_defined(), other.is_defined()) {
        (true, true) => one.min(&other),
        (true, false) => one,
        _ => other,
    }
}

/// The larger of two lower bounds; the other one where one is undefined.
pub(super) fn greatest<T: Real>(one: T, other: T) -> T {
    match (one.is_defined(), other.is_defined()) {
        (true, true) => one.max(&other),
        (true, false) => one,
        _ => other,
    }
}

fn sum<T: Real>(bits: u32, terms: impl Iterator<Item = T>) -> T {
    terms.reduce(|sum, term| sum + &term).unwrap_or_else(|| T::zero(bits))
}

/// Bounds of the eigenvalues of one diagonal block.
struct Window<T> {
    range: Range<usize>,
    lower: Vec<T>,
    upper: Vec<T>,
}

impl<T: Real> Window<T> {
    fn of(w: &Matrix<T>, scaling: &Scaling<T>, range: Range<usize>) -> Self {
        if range.len() == 1 {
            let value = vec![w[(range.start, range.start)].clone()];
            return Self { range, lower: value.clone(), upper: value };
        }
        let centres = &scaling.centres[range.clone()];
        let mut squares = T::zero(w.bits());
        for (j, centre) in range.clone().zip(centres) {
            squares += &(w[(j, j)].clone() - centre).square();
            for i in range.start..j {
                squares += &scaling.squares[pair(i, j)];
                squares += &scaling.squares[pair(i, j)];
            }
        }
        let spread = squares.sqrt_of_nonnegative();
        let lower = centres.iter().map(|centre| centre.clone() - &spread).collect();
        let upper = centres.iter().map(|centre| centre.clone() + &spread).collect();
        Self { range, lower, upper }
    }
}

/// The place of the pair `i < j` in the order (0,1), (0,2), (1,2), (0,3), ….
fn pair(i: usize, j: usize) -> usize {
    j * (j - 1) / 2 + i
}

/// The diagonal scaling, and how far from the identity it brings the matrix.
struct Scaling<T> {
    /// `s_1 ≥ s_2 ≥ …`, near the diagonal entries.
    centres: Vec<T>,
    /// `1/s_i`, undefined behind a zero.
    reciprocals: Vec<T>,
    /// `W_ij²` of every [`pair`].
    squares: Vec<T>,
    /// `W_ij²/s_i` of every [`pair`].
    scaled_squares: Vec<T>,
    /// `‖D^{-1/2} W_{≤k} D^{-1/2} − I‖_F²` with the first `k + 1` indices, for all `k` from 0.
    defects: Vec<T>,
    /// Approximate `‖W_{i,>i}‖/s_i`.
    couplings: Vec<f64>,
}

impl<T: Real> Scaling<T> {
    fn of(w: &Matrix<T>) -> Self {
        let size = w.rows();
        let one = T::one(w.bits());
        let mut centres: Vec<T> = Vec::with_capacity(size);
        for i in 0..size {
            let centre = w[(i, i)].midpoint();
            centres.push(match centres.last() {
                Some(above) => centre.min(above),
                None => centre,
            });
        }
        let reciprocals: Vec<T> = centres.iter().map(|centre| one.clone() / centre).collect();
        let mut squares = Vec::with_capacity(size * (size - 1) / 2);
        let mut scaled_squares = Vec::with_capacity(squares.capacity());
        let mut defects: Vec<T> = Vec::with_capacity(size);
        let mut couplings = vec![0.0; size];
        for j in 0..size {
            let own = w[(j, j)].clone() * &reciprocals[j] - &one;
            let mut defect = own.square();
            for i in 0..j {
                let square = w[(i, j)].square();
                let scaled = square.clone() * &reciprocals[i];
                couplings[i] += (scaled.clone() * &reciprocals[i]).approximate();
                let twice = scaled.clone() + &scaled;
                defect.add_product(&twice, &reciprocals[j]);
                squares.push(square);
                scaled_squares.push(scaled);
            }
            defects.push(match defects.last() {
                Some(before) => defect + before,
                None => defect,
            });
        }
        let couplings = couplings.into_iter().map(f64::sqrt).collect();
        Self { centres, reciprocals, squares, scaled_squares, defects, couplings }
    }

    /// The windows: neighbours stay together unless their gap is well above what the columns disturb each other, so that
    /// dividing by it does no harm.
    fn windows(&self) -> Vec<Range<usize>> {
        let size = self.centres.len();
        let mut windows = Vec::new();
        let mut start = 0;
        for k in 1..size {
            let gap = ((self.centres[k - 1].clone() - &self.centres[k]) * &self.reciprocals[k - 1]).approximate();
            let disturbance = self.defects[k].upper_f64().sqrt() + self.couplings[k - 1] + self.couplings[k];
            // Behind a zero, where nothing is a number, each index stands alone.
            let is_joined = gap < 0.5 && gap <= 4.0 * disturbance;
            if !is_joined {
                windows.push(start..k);
                start = k;
            }
        }
        windows.push(start..size);
        windows
    }
}

#[cfg(test)]
mod tests {
    use rug::Rational;
    use rug::ops::Pow;

    use super::*;
    use crate::number::{Ball, Ring};

    /// All ways to cut `0..size` into windows.
    fn partitions(size: usize) -> Vec<Vec<Range<usize>>> {
        (0..1_usize << (size - 1))
            .map(|cuts| {
                let mut start = 0;
                let mut windows = Vec::new();
                for k in 1..=size {
                    if k == size || cuts >> (k - 1) & 1 == 1 {
                        windows.push(start..k);
                        start = k;
                    }
                }
                windows
            })
            .collect()
    }

    /// `Q diag(λ) Qᵀ` with rational rotations by `2 atan(t)` of neighbouring coordinates.
    fn turned(eigenvalues: &[Rational], tangent: &Rational) -> Matrix<Rational> {
        let size = eigenvalues.len();
        let square: Rational = tangent.clone().square() + 1;
        let cos: Rational = (2 - square.clone()) / &square;
        let sin = Rational::from(tangent * 2) / &square;
        let mut matrix =
            Matrix::from_fn(size, size, |i, j| if i == j { eigenvalues[i].clone() } else { Rational::new() });
        for (i, j) in (0..size).flat_map(|i| (i + 1..size).map(move |j| (i, j))) {
            for k in 0..size {
                let (x, y) = (matrix[(k, i)].clone(), matrix[(k, j)].clone());
                matrix[(k, i)] = Rational::from(&cos * &x) - Rational::from(&sin * &y);
                matrix[(k, j)] = Rational::from(&sin * &x) + Rational::from(&cos * &y);
            }
            for k in 0..size {
                let (x, y) = (matrix[(i, k)].clone(), matrix[(j, k)].clone());
                matrix[(i, k)] = Rational::from(&cos * &x) - Rational::from(&sin * &y);
                matrix[(j, k)] = Rational::from(&sin * &x) + Rational::from(&cos * &y);
            }
        }
        matrix
    }

    #[test]
    fn bounds_hold_for_every_choice_of_windows_and_are_sharp_for_some() {
        let spectra: [&[(i32, i32)]; 7] = [
            &[(9, 1), (4, 1), (1, 1), (1, 5)],
            &[(2, 1), (2, 1), (1, 1), (1, 1)],
            &[(1, 1), (999, 1000), (998, 1000), (1, 10_000)],
            &[(1, 1), (1, 1000), (1, 1_000_000), (1, 1_000_000_000)],
            &[(5, 1), (1, 1_000_000), (0, 1), (0, 1)],
            &[(1, 1), (1, 1), (1, 1), (1, 1)],
            &[(3, 1), (2, 1)],
        ];
        for spectrum in spectra {
            let eigenvalues: Vec<Rational> = spectrum.iter().map(|&pair| Rational::from(pair)).collect();
            let rest: Rational = eigenvalues[1..].iter().fold(Rational::new(), |sum, value| sum + value);
            for denominator in [2, 5, 20, 100, 1000, 1_000_000] {
                let exact = turned(&eigenvalues, &Rational::from((1, denominator)));
                let w = Matrix::<Ball>::from_rationals(&exact, 200);
                let scaling = Scaling::of(&w);
                let mut least_slack = f64::INFINITY;
                for windows in partitions(eigenvalues.len()).into_iter().chain([scaling.windows()]) {
                    let context = format!("{spectrum:?}, t = 1/{denominator}, {windows:?}");
                    let bounds = GramBounds::over(&w, &scaling, windows);
                    for ((lower, upper), value) in bounds.lower.iter().zip(&bounds.upper).zip(&eigenvalues) {
                        assert!(lower.lower_float(300) <= *value, "{context}: {lower} above {value}");
                        assert!(upper.upper_float(300) >= *value, "{context}: {upper} below {value}");
                        assert!(lower.upper_f64() >= 0.0, "{context}");
                    }
                    let (least, greatest) = &bounds.all_but_first;
                    assert!(least.lower_float(300) <= rest, "{context}: {least} above {rest}");
                    assert!(greatest.upper_float(300) >= rest, "{context}: {greatest} below {rest}");
                    let slack = (bounds.upper[0].clone() - &bounds.lower[0]).upper_f64();
                    least_slack = least_slack.min(slack / eigenvalues[0].to_f64());
                }
                if denominator >= 1000 && eigenvalues[0] != eigenvalues[1] {
                    // Quadratic in the rotation, up to the reciprocal of the gap.
                    let gap = 1.0 - eigenvalues[1].to_f64() / eigenvalues[0].to_f64();
                    let expected = 40.0 / f64::from(denominator).powi(2) / gap;
                    let linear = 20.0 / f64::from(denominator);
                    assert!(least_slack < expected.min(linear), "{spectrum:?}, 1/{denominator}: {least_slack}");
                }
            }
        }
    }

    #[test]
    fn a_scale_that_may_be_negative_bounds_nothing_from_below() {
        // diag(1, λ, 10⁻⁵⁰) with a λ of at most 10⁻⁶⁰ whose enclosure has a negative centre: the least eigenvalue is λ.
        let power = |exponent: u32| Rational::from((1, rug::Integer::from(10u32).pow(exponent)));
        let entry = |value: Rational| Ball::from_rational(&value, 200);
        let tiny = Ball::between(&entry(power(60) * -3), &entry(power(60)));
        let diagonal = [entry(Rational::from(1)), tiny, entry(power(50))];
        let w = Matrix::from_fn(3, 3, |i, j| if i == j { diagonal[i].clone() } else { Ball::zero(200) });
        let scaling = Scaling::of(&w);
        for windows in partitions(3) {
            let bounds = GramBounds::over(&w, &scaling, windows.clone());
            assert!(bounds.lower[2].lower_float(300) <= power(60), "{windows:?}: {}", bounds.lower[2]);
        }
    }

    #[test]
    fn a_diagonal_matrix_has_its_entries() {
        let entries = [5, 5, 3, 0, 0];
        let w =
            Matrix::from_fn(5, 5, |i, j| Ball::from_rational(&Rational::from(if i == j { entries[i] } else { 0 }), 64));
        let bounds = GramBounds::of(&w);
        for (bounds, entry) in bounds.lower.iter().zip(&bounds.upper).zip(entries) {
            assert_eq!(
                (bounds.0.exact(), bounds.1.exact()),
                (Some(Rational::from(entry)), Some(Rational::from(entry)))
            );
        }
        assert_eq!(bounds.all_but_first.0.exact(), Some(Rational::from(8)));
    }

    #[test]
    fn of_two_bounds_the_sharper_counts_and_an_undefined_one_never() {
        let number = |value: i32| Ball::from_rational(&Rational::from(value), 64);
        let nothing = number(1) / &number(0);
        let exact = |bound: Ball| bound.exact().expect("a defined bound");
        assert_eq!((exact(least(number(2), number(3))), exact(greatest(number(2), number(3)))), (2.into(), 3.into()));
        for choice in [least::<Ball>, greatest::<Ball>] {
            assert_eq!(exact(choice(number(2), nothing.clone())), 2);
            assert_eq!(exact(choice(nothing.clone(), number(2))), 2);
            assert!(!choice(nothing.clone(), nothing.clone()).is_defined());
        }
    }
}
