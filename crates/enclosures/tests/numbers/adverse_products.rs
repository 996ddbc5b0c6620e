//! Products of matrices of balls that no fixed format suits: entries of every precision, size and sign, graded along rows, columns and
//! the inner index, at the ends of MPFR's range, with radii from nothing to far above the centre.

use enclosures::number::{Ball, Magnitude, Matrix, Real, Ring};

use super::dyadic::Dyadic;
use super::range::{Draws, cases, ends, exact};

const PRECISIONS: [u32; 12] = [1, 2, 5, 10, 53, 64, 65, 116, 128, 200, 350, 700];

/// How the entries of a factor are scattered.
#[derive(Clone, Debug)]
struct Style {
    bits: Option<u32>,
    offset: i64,
    spread: u64,
    zeros: u64,
    radii: u64,
    unknown: bool,
}

impl Style {
    fn new(offset: i64, draws: &mut Draws) -> Self {
        let bits = PRECISIONS[draws.below(PRECISIONS.len() as u64) as usize];
        Self {
            bits: (draws.below(3) > 0).then_some(bits),
            offset,
            spread: [0, 2, 60, 600][draws.below(4) as usize],
            zeros: [0, 0, 2, 10][draws.below(4) as usize],
            radii: draws.below(4),
            unknown: draws.below(12) == 0,
        }
    }

    /// A ball and a number in it, about `2^grade` times as large as the others.
    fn entry(&self, grade: i64, draws: &mut Draws) -> (Ball, Dyadic) {
        let bits = self.bits.unwrap_or_else(|| PRECISIONS[draws.below(PRECISIONS.len() as u64) as usize]);
        if self.unknown && draws.below(20) == 0 {
            return (Ball::whole_line(bits), Dyadic::new(1, self.offset));
        }
        let mut digits = rug::Integer::from(1);
        let pattern = draws.below(3);
        while digits.significant_bits() < bits {
            digits = match pattern {
                0 => digits << 1,
                1 => (digits << 1) + 1,
                _ => (digits << 1) + draws.below(2),
            };
        }
        let exponent = draws.around(self.offset + grade, self.spread) - i64::from(bits);
        let mut centre = rug::Float::with_val(bits, digits) * draws.sign();
        centre <<= i32::try_from(exponent).expect("an exponent of MPFR");
        if draws.below(self.zeros.max(1) + 1) == self.zeros.max(1) && self.zeros > 0 {
            centre = rug::Float::new(bits);
        }
        let size = Magnitude::power_of_two(exponent + i64::from(bits));
        let radius = match (self.radii, draws.below(6)) {
            (0, _) | (1, 0..5) => Magnitude::ZERO,
            (_, 0) => size.scaled(-(draws.below(1000) as i64)),
            (_, 1) => size.scaled(draws.below(90) as i64),
            (_, 2) => size,
            _ => size.scaled(-i64::from(bits)),
        };
        let share = [Dyadic::new(1, 0), Dyadic::new(-1, 0), Dyadic::new(draws.around(0, 1 << 20), -20)];
        let point = Dyadic::of(&centre).plus(&exact(radius).times(&share[draws.below(3) as usize]));
        (Ball::new(centre, radius), point)
    }
}

fn by_definition(left: &Matrix<Ball>, right: &Matrix<Ball>, i: usize, j: usize, bits: u32) -> Ball {
    let mut sum = Ball::zero(bits);
    for k in 0..left.columns() {
        sum.add_product(&left[(i, k)], &right[(k, j)]);
    }
    sum
}

fn check(draws: &mut Draws) {
    let (rows, columns) = (1 + draws.below(4) as usize, 1 + draws.below(4) as usize);
    let inner = match draws.below(12) {
        0 => 165 + draws.below(12),
        1 => 1,
        _ => 1 + draws.below(9),
    } as usize;
    let far = [0, 0, 1 << 29, -(1 << 29), (1 << 29) - 300][draws.below(5) as usize];
    // Against each other, so that the product is moderate, or together towards the ends of the range.
    let offsets = [far, if draws.below(3) == 0 { far } else { -far }];
    let offsets = if offsets[0] + offsets[1] > 0 { [0, offsets[1]] } else { offsets };
    let styles = offsets.map(|offset| Style::new(offset, draws));
    let steep = [0, 0, 7, 100, -300][draws.below(5) as usize];
    let grades: Vec<i64> = (0..inner as i64).map(|k| steep * (k % 9)).collect();
    let mut factor = |style: &Style, rows: usize, columns: usize, grade: &dyn Fn(usize, usize) -> i64| {
        let entries: Vec<(Ball, Dyadic)> =
            (0..rows * columns).map(|place| style.entry(grade(place / columns, place % columns), draws)).collect();
        let ball = Matrix::from_fn(rows, columns, |i, j| entries[i * columns + j].0.clone());
        (ball, Matrix::from_fn(rows, columns, |i, j| entries[i * columns + j].1.clone()))
    };
    let (left, x) = factor(&styles[0], rows, inner, &|_, k| grades[k]);
    let (right, y) = factor(&styles[1], inner, columns, &|k, _| -grades[k]);
    let bits = left.bits().max(right.bits());
    let transposed = [left.transposed(), right.transposed()];
    let products = [left.times(&right), transposed[0].transpose_times(&right), left.times_transpose(&transposed[1])];
    for product in &products {
        assert_eq!((product.rows(), product.columns()), (rows, columns));
        for i in 0..rows {
            for j in 0..columns {
                let known = (0..inner).all(|k| left[(i, k)].is_defined() && right[(k, j)].is_defined());
                let entry = &product[(i, j)];
                assert!(known || entry.is_whole_line(), "{styles:?}");
                let Some((least, greatest)) = ends(entry) else { continue };
                let sum = (0..inner).fold(Dyadic::zero(), |sum, k| sum.plus(&x[(i, k)].times(&y[(k, j)])));
                assert!(least.at_most(&sum) && sum.at_most(&greatest), "{styles:?}, inner {inner}: {entry:?}");
                let plain = by_definition(&left, &right, i, j, bits);
                // By definition a term may be lost early, and the roundings that follow then happen to be exact.
                let unit = Magnitude::above(&entry.centre()).scaled(1 - i64::from(bits));
                let least = Magnitude::power_of_two(rug::float::exp_min().into());
                let allowed = plain.radius().scaled(1) + unit + least;
                assert!(entry.radius() <= allowed, "{styles:?}: {entry:?}, by definition {plain:?}");
                assert!(entry.bits() >= plain.bits().min(bits), "{styles:?}");
            }
        }
    }
}

#[test]
fn products_of_matrices_contain_the_exact_result() {
    cases("matrix products", 2000, check);
}
