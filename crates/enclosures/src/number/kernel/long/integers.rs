//! Long integers.
//!
//! Winograd (1968): `Σ x_k y_k = Σ (x_{2k} + y_{2k+1}) (x_{2k+1} + y_{2k}) − Σ x_{2k} x_{2k+1} − Σ y_{2k} y_{2k+1}` needs half as many
//! products for an entry, and a few for every row and column. In integers it is exact.

use rug::{Assign, Integer};

use super::rounding::rounded;
use super::{Format, Line, Lines, Magnitude};

/// Bits by which an entry may be below the largest of its line before a bit of it is cut off.
const GUARD_BITS: u32 = 64;

/// The bits of an entry, for numbers of `bits` bits.
pub(super) fn fraction_bits(bits: u32) -> u32 {
    bits + GUARD_BITS
}

/// A bound of what each term of a dot product misses, in units of the last place of an entry: one for each factor that was cut,
/// `|ξ Y| + |X η| + |ξ η|`.
pub(super) fn loss(left: &Line, right: &Line) -> f64 {
    if left.is_cut || right.is_cut { 2.125 } else { 0.0 }
}

/// Integers of any number of bits.
pub(super) struct Integers {
    fraction_bits: u32,
    /// `Σ x_{2k} x_{2k+1}` for every line of the left and of the right factor.
    pairs: [Vec<Integer>; 2],
    sum: Integer,
    one: Integer,
    other: Integer,
}

impl Integers {
    pub(super) fn new(bits: u32) -> Self {
        let room = || Integer::with_capacity(2 * bits as usize + 256);
        Self {
            fraction_bits: fraction_bits(bits),
            pairs: [Vec::new(), Vec::new()],
            sum: room(),
            one: room(),
            other: room(),
        }
    }
}

impl Format for Integers {
    type Entry = Integer;

    fn fraction_bits(&self) -> i64 {
        self.fraction_bits.into()
    }

    fn read(&mut self, value: &rug::Float, below: i64) -> (Integer, bool) {
        let Some(significand) = value.get_significand() else { return (Integer::new(), false) };
        let up = self.fraction_bits() - below - i64::from(significand.significant_bits());
        let (mut entry, is_cut) = match (u32::try_from(up), u32::try_from(-up)) {
            (Ok(up), _) => (Integer::from(&*significand << up), false),
            (_, Ok(down)) => {
                (Integer::from(&*significand >> down), significand.find_one(0).is_some_and(|lowest| lowest < down))
            }
            // Farther below than any significand is long.
            _ => return (Integer::new(), true),
        };
        if value.is_sign_negative() {
            entry *= -1;
        }
        (entry, is_cut)
    }

    fn zero(&mut self) -> Integer {
        Integer::new()
    }

    /// What Winograd's inner product computes once for every line.
    fn prepare(&mut self, left: &Lines<Self>, right: &Lines<Self>) {
        self.pairs = [left, right].map(|lines| {
            (0..lines.all().len())
                .map(|i| lines.entries(i).chunks_exact(2).fold(Integer::new(), |sum, pair| sum + &pair[0] * &pair[1]))
                .collect()
        });
    }

    fn dot(
        &mut self,
        left: &Lines<Self>,
        i: usize,
        right: &Lines<Self>,
        j: usize,
        bits: u32,
    ) -> (rug::Float, Magnitude) {
        let scale = left.line(i).exponent + right.line(j).exponent - 2 * self.fraction_bits();
        let (row, column) = (left.entries(i), right.entries(j));
        self.sum.assign(&self.pairs[0][i] + &self.pairs[1][j]);
        self.sum *= -1;
        for (x, y) in row.chunks_exact(2).zip(column.chunks_exact(2)) {
            self.one.assign(&x[0] + &y[1]);
            self.other.assign(&x[1] + &y[0]);
            self.sum += &self.one * &self.other;
        }
        if let ([x], [y]) = (row.chunks_exact(2).remainder(), column.chunks_exact(2).remainder()) {
            self.sum += x * y;
        }
        rounded(&self.sum, scale, bits)
    }

    fn loss(&self, left: &Line, right: &Line) -> f64 {
        loss(left, right)
    }
}

#[cfg(test)]
mod tests {
    use super::super::View;
    use super::super::lines::seen;
    use super::*;
    use crate::draws::following;
    use crate::number::{Float, Matrix};

    /// Numbers of `bits` bits: all digits set, one digit, random digits, or zero; of both signs and sizes up to `spread` powers apart.
    fn matrix(rows: usize, columns: usize, bits: u32, spread: u64, random: &mut impl FnMut() -> u64) -> Matrix<Float> {
        Matrix::from_fn(rows, columns, |_, _| {
            let digits = match random() % 5 {
                0 => (Integer::from(1) << bits) - 1u32,
                1 => Integer::from(1) << (bits - 1),
                2 => Integer::new(),
                _ => (0..bits / 32 + 1)
                    .fold(Integer::new(), |digits, _| (digits << 32) + random() % (1 << 32))
                    .keep_bits(bits),
            };
            let mut value = rug::Float::with_val(bits, digits);
            value >>= bits as i32 + (random() % (spread + 1)) as i32;
            Float::new(if random().is_multiple_of(2) { -value } else { value })
        })
    }

    /// All dot products in one format at two precisions, and the integers that they are taken of.
    fn products<F: Format>(
        mut format: F,
        left: &Matrix<Float>,
        right: &Matrix<Float>,
        precisions: [u32; 2],
    ) -> Vec<[(rug::Float, Magnitude); 2]> {
        let shifts = vec![0; left.columns()];
        let rows = Lines::new(&mut format, &seen(View::of(left)), &shifts);
        let columns = Lines::new(&mut format, &seen(View::of(right).transposed()), &shifts);
        format.prepare(&rows, &columns);
        let places = (0..left.rows()).flat_map(|i| (0..right.columns()).map(move |j| (i, j)));
        places.map(|(i, j)| precisions.map(|bits| format.dot(&rows, i, &columns, j, bits))).collect()
    }

    #[test]
    fn dot_products_by_either_way_are_those_of_the_exact_integers() {
        let mut state = 11_u64;
        let mut random = || {
            state = following(state);
            state >> 20
        };
        for bits in [257, 299, 512, 701, 1024, 2048, 4096, 9000] {
            for (rows, length, columns, spread) in [
                (1, 1, 1, 0),
                (2, 2, 3, 40),
                (3, 3, 2, 0),
                (2, 5, 9, 64),
                (3, 10, 3, 0),
                (2, 11, 2, 63),
                (1, 60, 17, 9),
            ] {
                let (left, right) = (
                    matrix(rows, length, bits, spread, &mut random),
                    matrix(length, columns, bits, spread, &mut random),
                );
                // With room for all digits nothing is rounded.
                let found = products(Integers::new(bits), &left, &right, [3 * bits, bits]);
                for (index, [(value, error), (rounded, _)]) in found.iter().enumerate() {
                    let terms = left.row(index / columns).iter().zip(right.column(index % columns));
                    let exact = terms.fold(rug::Rational::new(), |sum, (x, y)| {
                        sum + x.value().to_rational().unwrap() * y.value().to_rational().unwrap()
                    });
                    assert!(error.is_zero());
                    assert_eq!(*value, exact, "{bits} bits, {index}");
                    assert_eq!(*rounded, rug::Float::with_val(bits, &exact), "{bits} bits, {index}");
                }
                // The way that the processor may have finds the same.
                #[cfg(target_arch = "x86_64")]
                if let Some(digits) = super::super::digits::Digits::new(bits) {
                    let others = products(digits, &left, &right, [3 * bits, bits]);
                    for (index, (one, other)) in found.iter().flatten().zip(others.iter().flatten()).enumerate() {
                        assert_eq!(one.0, other.0, "{bits} bits, {index}");
                        assert_eq!(one.1.to_rational(), other.1.to_rational(), "{bits} bits, {index}");
                    }
                }
            }
        }
    }

    #[test]
    fn entries_are_read_to_the_last_bit_and_say_what_they_lose() {
        let mut format = Integers::new(512);
        let digits: Integer = (Integer::from(1) << 511) + 1u32;
        for sign in [1, -1] {
            // Between 1/2 and 1.
            let value = (rug::Float::with_val(512, &digits) * sign) >> 512;
            for below in [0, 1, 63, 64, 65, 200, 575, 576, 577, 100_000, 1 << 40] {
                let (entry, is_cut) = format.read(&value, below);
                let up = 64 - below;
                let exact = match u32::try_from(up) {
                    Ok(up) => Integer::from(&digits << up),
                    Err(_) => u32::try_from(-up).map_or(Integer::new(), |down| Integer::from(&digits >> down)),
                };
                assert_eq!(entry, exact * sign, "{below} below");
                assert_eq!(is_cut, below > 64, "{below} below");
            }
        }
    }
}
