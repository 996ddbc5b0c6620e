//! Long integers.
//!
//! Winograd (1968): `Σ x_k y_k = Σ (x_{2k} + y_{2k+1}) (x_{2k+1} + y_{2k}) − Σ x_{2k} x_{2k+1} − Σ y_{2k} y_{2k+1}` needs half as many
//! products for an entry, and a few for every row and column. In integers it is exact.

use rug::{Assign, Integer};

use super::rounding::round_integer;
use super::{Format, Line, Lines, Magnitude};

/// Bits by which an entry may be below the largest of its line before a bit of it is cut off.
const GUARD_BITS: u32 = 64;

/// Integers of any number of bits.
pub(super) struct Integers {
    fraction_bits: u32,
    /// `Σ x_{2k} x_{2k+1}` for every line of the left and of the right factor.
    pairs: [Vec<Integer>; 2],
    /// All dot products, row by row, where the processor has a faster way to them.
    products: Option<Vec<Integer>>,
    sum: Integer,
    one: Integer,
    other: Integer,
}

impl Integers {
    pub(super) fn new(bits: u32) -> Self {
        let room = || Integer::with_capacity(2 * bits as usize + 256);
        Self {
            fraction_bits: bits + GUARD_BITS,
            pairs: [Vec::new(), Vec::new()],
            products: None,
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

    fn read(&self, value: &rug::Float, below: i64) -> (Integer, bool) {
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

    fn zero(&self) -> Integer {
        Integer::new()
    }

    fn zero_limbs(&self, _entry: &Integer) -> usize {
        0
    }

    fn prepare(&mut self, left: &Lines<Self>, right: &Lines<Self>) {
        #[cfg(target_arch = "x86_64")]
        {
            self.products = super::ifma::products(left.every(), right.every(), left.length(), self.fraction_bits);
            if self.products.is_some() {
                return;
            }
        }
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
        if let Some(products) = &self.products {
            return round_integer(&products[i * right.all().len() + j], scale, bits);
        }
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
        round_integer(&self.sum, scale, bits)
    }

    /// A term misses a unit for each factor that was cut: `|ξ Y| + |X η| + |ξ η|`.
    fn loss(&self, left: &Line, right: &Line) -> f64 {
        if left.is_cut || right.is_cut { 2.125 } else { 0.0 }
    }
}
