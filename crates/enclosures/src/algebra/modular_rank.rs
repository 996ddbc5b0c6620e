//! A lower bound of the rank of a rational matrix from its residues modulo a prime.
//!
//! A minor that is not zero modulo a prime is not zero. So the rank modulo the prime is at most the rank, and full rank is proved at
//! the cost of machine arithmetic, where fractions would grow with every pivot. A prime that divides a denominator says nothing.

use rug::{Integer, Rational};

use crate::number::Matrix;
use crate::time_limit::{check_after, check_exact};

/// The Mersenne prime 2^61 − 1.
const PRIME: u64 = (1 << 61) - 1;

/// A number that the rank is at least; `None` if the prime divides a denominator.
pub(super) fn rank_at_least(matrix: &Matrix<Rational>) -> Option<usize> {
    let residues: Vec<u64> = matrix.entries().iter().map(residue).collect::<Option<_>>()?;
    let columns = matrix.columns();
    let mut rows: Vec<Vec<u64>> =
        (0..matrix.rows()).map(|i| residues[i * columns..(i + 1) * columns].to_vec()).collect();
    let mut rank = 0;
    for column in 0..columns {
        let Some(pivot) = (rank..rows.len()).find(|&i| rows[i][column] != 0) else { continue };
        rows.swap(rank, pivot);
        let reciprocal = power(rows[rank][column], PRIME - 2);
        let (above, below) = rows.split_at_mut(rank + 1);
        for row in below {
            check_after(columns - column);
            let factor = product(row[column], reciprocal);
            for (entry, leading) in row[column..].iter_mut().zip(&above[rank][column..]) {
                *entry = (*entry + PRIME - product(factor, *leading)) % PRIME;
            }
        }
        rank += 1;
    }
    Some(rank)
}

fn residue(value: &Rational) -> Option<u64> {
    // The remainder has the sign of the dividend.
    check_exact(value);
    let modulo = |integer: &Integer| ((Integer::from(integer % PRIME) + PRIME) % PRIME).to_u64_wrapping();
    let denominator = modulo(value.denom());
    (denominator != 0).then(|| product(modulo(value.numer()), power(denominator, PRIME - 2)))
}

fn product(left: u64, right: u64) -> u64 {
    // The remainder is below 2^61.
    (u128::from(left) * u128::from(right) % u128::from(PRIME)) as u64
}

fn power(base: u64, exponent: u64) -> u64 {
    let half = if exponent > 1 { power(base, exponent / 2) } else { 1 };
    let square = product(half, half);
    if exponent % 2 == 1 { product(square, base) } else { square }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residues_form_a_field() {
        let third = residue(&Rational::from((1, 3))).unwrap();
        assert_eq!(product(third, 3), 1);
        assert_eq!(residue(&Rational::from(-1)), Some(PRIME - 1));
        assert_eq!(residue(&Rational::from((1, PRIME))), None);
        assert_eq!(power(2, 61), 1);
    }

    #[test]
    fn a_multiple_of_the_prime_lowers_the_bound_and_never_raises_it() {
        let diagonal =
            |last: u64| {
                Matrix::from_fn(2, 2, |i, j| {
                    if i != j { Rational::new() } else { Rational::from(if i == 0 { 5 } else { last }) }
                })
            };
        assert_eq!(rank_at_least(&diagonal(7)), Some(2));
        assert_eq!(rank_at_least(&diagonal(PRIME)), Some(1));
        assert_eq!(rank_at_least(&diagonal(0)), Some(1));
    }
}
