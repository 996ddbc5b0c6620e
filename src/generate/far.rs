//! Points far from the line of the maximum-margin direction, where Ji & Telgarsky's Lemma 4 speaks.

use rug::Rational;

use super::{Random, Separable, unit_vector};
use crate::algebra::exact::{inner, norm_squared, plus, power_of_two, root_above, scaled};
use crate::algebra::max_margin::{AlphaSquared, MaxMargin};
use crate::problem::Matrix;

/// The grid on which `K` is rounded upward.
const BITS: u32 = 30;

/// `e` from below.
fn e() -> Rational {
    Rational::from((2_718_281_828_i64, 1_000_000_000_i64))
}

/// An upper bound on `K = 2n/(eα)` within `2^−30` of it; `None` if `α` is 0, infinite or not known.
pub(super) fn distance(data: &Separable) -> Option<Rational> {
    let signed = Matrix::from_rows(data.signed().to_vec())?;
    match MaxMargin::of(&signed).ok()?.alpha_squared() {
        AlphaSquared::Finite(alpha) if alpha > 0 => {
            let numerator = Rational::from(2 * data.signed().len());
            let quotient = numerator / e();
            Some(root_above(&(quotient.square() / alpha), 2, BITS))
        }
        _ => None,
    }
}

/// `w = ρū + τq` for a unit vector `q ⊥ ū`, `ρ ≥ 0` and `τ = K(1 + 2^excess)`; `ρū` alone in dimension 1.
pub(super) fn far_vector(random: &mut Random, data: &Separable, excess: i32) -> Vec<Rational> {
    let direction = data.direction();
    let height = Rational::from(*random.choice(&[(0, 1), (1, 8), (1, 1), (16, 1)]));
    let w = scaled(direction, &height);
    if direction.len() == 1 {
        return w;
    }
    let distance = distance(data).unwrap_or_else(|| Rational::from(1));
    plus(&w, &(distance * (power_of_two(excess) + 1u32)), &orthogonal_to(random, direction))
}

/// A random unit vector orthogonal to the unit vector `direction`, of dimension 2 or more.
fn orthogonal_to(random: &mut Random, direction: &[Rational]) -> Vec<Rational> {
    let mut q = vec![Rational::new()];
    q.extend(unit_vector(random, direction.len() - 1));
    // The reflection that exchanges e_1 and `direction`: v = e_1 − direction.
    let mut v: Vec<Rational> = direction.iter().map(|entry| Rational::from(-entry)).collect();
    v[0] += 1u32;
    let norm = norm_squared(&v);
    if norm == 0 {
        return q;
    }
    let factor = -2 * inner(&v, &q) / norm;
    plus(&q, &factor, &v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Cloud;

    #[test]
    fn a_known_distance() {
        // Offsets ±s e_j: α = s/√(d − 1), the offset of every support vector being s.
        let mut random = Random::new("distance", 1, 0);
        for dim in [2, 3, 4] {
            let data = Separable::new(&mut random, Cloud::Cross, dim, 2 * (dim - 1), &(1, 4).into());
            let z = &data.signed()[0];
            let height = inner(z, data.direction());
            let square = norm_squared(z) - height.square();
            let alpha_squared = square / (dim as u32 - 1);
            let known = Rational::from(4 * (dim - 1)) / e();
            let distance = distance(&data).expect("α is positive");
            let ratio = distance.square() * alpha_squared / known.square();
            assert!(ratio >= 1 && ratio < Rational::from((1_000_001, 1_000_000)));
        }
    }

    #[test]
    fn orthogonal_vectors() {
        let mut random = Random::new("orthogonal to", 1, 0);
        for dim in [2, 3, 5] {
            let direction = unit_vector(&mut random, dim);
            let q = orthogonal_to(&mut random, &direction);
            assert_eq!((norm_squared(&q), inner(&q, &direction)), (Rational::from(1), Rational::new()));
        }
    }
}
