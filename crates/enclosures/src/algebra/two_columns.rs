//! The singular values of a matrix with two columns, in closed form.
//!
//! Here the values need no approximation and are as tight as the matrix.

use super::factors::Squares;
use crate::number::{Matrix, Real, Sign};

/// The squares of the two singular values of a matrix with columns `a` and `b`, at least two rows.
///
/// With `p = ‖a‖²`, `q = ‖b‖²`, `r = ⟨a, b⟩`: `σ_1² = (p + q + √((p − q)² + 4r²))/2`, and `σ_2² = (pq − r²)/σ_1²` without
/// cancellation, since `pq − r² = p ‖b − (r/p) a‖²`. `None` if nothing shows that the matrix is not zero.
pub(super) fn squares<T: Real>(tall: &Matrix<T>) -> Option<Squares<T>> {
    let bits = tall.bits();
    let (mut p, mut q, mut r) = (T::zero(bits), T::zero(bits), T::zero(bits));
    for i in 0..tall.rows() {
        let [a, b] = [&tall[(i, 0)], &tall[(i, 1)]];
        p += &a.square();
        q += &b.square();
        r.add_product(a, b);
    }
    let half = p.constant((1, 2));
    let twice = r.clone() + &r;
    let root = ((p.clone() - &q).square() + &twice.square()).sqrt_of_nonnegative();
    let first = (p.clone() + &q + &root) * &half;
    // The longer column is the divisor; any would be right.
    let is_first_longer = p.approximate() >= q.approximate();
    let (long, long_squared) = if is_first_longer { (0, p) } else { (1, q) };
    let factor = r / &long_squared;
    let mut rest = T::zero(bits);
    for i in 0..tall.rows() {
        rest += &(tall[(i, 1 - long)].clone() - &(factor.clone() * &tall[(i, long)])).square();
    }
    let second = long_squared * &rest / &first;
    (first.sign() == Sign::Positive && second.is_defined())
        .then(|| Squares { all: vec![first, second.clone()], rank_gap: second })
}
