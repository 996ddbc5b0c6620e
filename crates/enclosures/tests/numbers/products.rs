//! The fast matrix product beside the slow one, term after term, and both beside the exact product: on inputs with graded rows, columns and
//! inner indices, zeros, points, radii of every size, and sums that nearly cancel.

use std::fmt;

use enclosures::number::{Ball, Float, Magnitude, Matrix, Ring, ShortBall};
use quickcheck::{Arbitrary, Gen};
use rug::Integer;

use super::dyadic::{Dyadic, contains, meet};
use super::law;
use super::samples::mix;

/// What two matrices are made from; shrinking works on this.
#[derive(Clone, Debug)]
struct Recipe {
    seed: u64,
    rows: usize,
    length: usize,
    columns: usize,
    bits: u32,
    /// 0: none, 1: rows and columns, 2: the inner index against itself, 3: the inner index in one direction, 4: every entry.
    grading: u8,
    /// Powers of two from one line to the next.
    steepness: i64,
    /// 0: random digits, 1: few digits, 2: each second product is nearly minus the one before, 3: exactly, 4: one or two digits.
    digits: u8,
    /// 0: points, 1: half ulps, 2: a few ulps, 3: nearly as large as the entry, 4: huge, 5: anything.
    radii: u8,
    /// One entry in so many is zero, or has another precision; 0 for none.
    zeros: u64,
    mixed: u64,
    /// The exponent of the whole.
    exponent: i64,
}

/// Balls and in each a number.
struct Factor {
    balls: Matrix<Ball>,
    points: Matrix<Dyadic>,
}

#[derive(Clone)]
struct Pair(Recipe);

impl fmt::Debug for Pair {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

fn pick<T: Copy>(generator: &mut Gen, choices: &[T]) -> T {
    *generator.choose(choices).expect("there are choices")
}

impl Arbitrary for Pair {
    fn arbitrary(generator: &mut Gen) -> Self {
        let sizes = [1, 2, 3, 4, 4, 5, 6, 7];
        Self(Recipe {
            seed: u64::arbitrary(generator),
            rows: pick(generator, &sizes),
            length: pick(generator, &[1, 2, 4, 5, 6, 7, 10, 13, 16]),
            columns: pick(generator, &sizes),
            bits: pick(
                generator,
                &[1, 2, 53, 64, 92, 93, 100, 128, 128, 129, 150, 151, 192, 208, 256, 266, 267, 324, 325, 400, 521],
            ),
            grading: pick(generator, &[0, 0, 1, 2, 2, 3, 4, 4]),
            steepness: pick(generator, &[1, 3, 8, 20, 40, 58, 64, 130, 700]),
            digits: pick(generator, &[0, 0, 0, 1, 2, 2, 3, 4]),
            radii: pick(generator, &[0, 0, 1, 1, 2, 3, 4, 5]),
            zeros: pick(generator, &[0, 0, 5, 2, 1]),
            mixed: pick(generator, &[0, 0, 4]),
            exponent: pick(generator, &[0, 0, 0, 7, -300, 2000, -100_000, 100_000]),
        })
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        let mut simpler = Vec::new();
        let mut push = |change: fn(&mut Recipe)| {
            let mut recipe = self.0.clone();
            change(&mut recipe);
            if format!("{recipe:?}") != format!("{:?}", self.0) {
                simpler.push(Self(recipe));
            }
        };
        push(|recipe| recipe.exponent = 0);
        push(|recipe| recipe.mixed = 0);
        push(|recipe| recipe.zeros = 0);
        push(|recipe| recipe.radii = 0);
        push(|recipe| recipe.grading = 0);
        push(|recipe| recipe.digits = 0);
        push(|recipe| recipe.steepness = recipe.steepness / 2 + 1);
        push(|recipe| recipe.rows = recipe.rows.min(2));
        push(|recipe| recipe.columns = recipe.columns.min(2));
        push(|recipe| recipe.length = recipe.length / 2 + 1);
        Box::new(simpler.into_iter())
    }
}

impl Recipe {
    /// Hash of a place and a purpose.
    fn hash(&self, side: u64, i: usize, k: usize, purpose: u64) -> u64 {
        mix(self.seed, side + 2 * (i as u64 + 64 * (k as u64 + 64 * purpose)))
    }

    /// The digits of an entry, with `bits` bits, and its exponent: about 2^exponent altogether.
    fn centre(&self, side: u64, i: usize, k: usize, bits: u32) -> rug::Float {
        if self.zeros > 0 && self.hash(side, i, k, 1).is_multiple_of(self.zeros) {
            return rug::Float::new(bits);
        }
        // For sums that cancel, the right factor has a column of one number, and the left one has pairs.
        let place = match self.digits {
            2 | 3 if side == 0 => k / 2 * 2,
            2 | 3 => 0,
            _ => k,
        };
        let kept = match self.digits {
            1 => bits.min(1 + (self.hash(side, i, k, 2) % 20) as u32),
            4 => bits.min(2),
            _ => bits,
        };
        let mut digits = Integer::from(1);
        for index in 0..u64::from(kept / 64 + 1) {
            digits = (digits << 64) + self.hash(side, i, place, 10 + index);
        }
        let length = digits.significant_bits();
        digits >>= length - kept;
        if self.digits == 2 && side == 0 && k % 2 == 1 && kept > 4 {
            digits ^= Integer::from(self.hash(side, i, k, 3) % 8);
        }
        let steps = |count: usize| self.steepness * count as i64;
        let exponent = match (self.grading, side) {
            (1, 0) => steps(i),
            (1, _) => -steps(i),
            (2, 0) => -steps(place),
            (2, _) => steps(place),
            (3, _) => -steps(place),
            (4, _) => (self.hash(side, i, place, 4) % (2 * self.steepness as u64 + 1)) as i64 - self.steepness,
            _ => 0,
        };
        let mut centre = rug::Float::with_val(bits, digits);
        centre <<= (exponent + self.exponent) as i32 - kept as i32;
        let is_negative = match self.digits {
            2 | 3 if side == 0 => k % 2 == 1,
            2 | 3 => false,
            _ => self.hash(side, i, k, 5).is_multiple_of(2),
        };
        if is_negative { -centre } else { centre }
    }

    fn radius(&self, side: u64, i: usize, k: usize, centre: &rug::Float) -> Magnitude {
        let hash = self.hash(side, i, k, 6);
        let mantissa = Magnitude::above_f64(1.0 + (hash >> 12) as f64 / (1_u64 << 52) as f64);
        let exponent = centre.get_exp().map_or(self.exponent, i64::from);
        let kind = if self.radii == 5 { hash % 6 } else { u64::from(self.radii) };
        match kind {
            0 => Magnitude::ZERO,
            1 => Magnitude::power_of_two(exponent - 1 - i64::from(centre.prec())),
            2 => mantissa.scaled(exponent - i64::from(centre.prec()) + (hash % 4) as i64),
            3 => mantissa.scaled(exponent - 2),
            4 => mantissa.scaled(exponent + (hash % 900) as i64),
            _ => mantissa.scaled(exponent - (hash % 3000) as i64),
        }
    }

    fn factor(&self, side: u64, rows: usize, columns: usize) -> Factor {
        let balls = Matrix::from_fn(rows, columns, |row, column| {
            let (i, k) = if side == 0 { (row, column) } else { (column, row) };
            let bits = match self.hash(side, i, k, 7) {
                hash if self.mixed > 0 && hash.is_multiple_of(self.mixed) => 1 + (hash >> 8) as u32 % self.bits,
                _ => self.bits,
            };
            let centre = self.centre(side, i, k, bits);
            let radius = self.radius(side, i, k, &centre);
            Ball::new(centre, radius)
        });
        let points = Matrix::from_fn(rows, columns, |row, column| self.point(&balls[(row, column)], row, column));
        Factor { balls, points }
    }

    /// A number in the ball: an end, the centre, or between.
    fn point(&self, ball: &Ball, row: usize, column: usize) -> Dyadic {
        let (middle, reach) = (Dyadic::of(&ball.centre()), Dyadic::radius(ball.radius()));
        match self.hash(2, row, column, 8) % 4 {
            0 => middle,
            1 => middle.plus(&reach),
            2 => middle.minus(&reach),
            _ => middle.plus(&reach.times(&Dyadic::new((self.hash(2, row, column, 9) % 2048) as i64 - 1024, -10))),
        }
    }

    fn factors(&self) -> (Factor, Factor) {
        (self.factor(0, self.rows, self.length), self.factor(1, self.length, self.columns))
    }
}

/// The product as its definition says.
fn slow<T: Ring>(left: &Matrix<T>, right: &Matrix<T>) -> Matrix<T> {
    let bits = left.entries().iter().chain(right.entries()).map(T::bits).max().expect("no matrix is empty");
    Matrix::from_fn(left.rows(), right.columns(), |i, j| {
        let mut sum = T::zero(bits);
        for k in 0..left.columns() {
            sum.add_product(&left[(i, k)], &right[(k, j)]);
        }
        sum
    })
}

fn exact(left: &Matrix<Dyadic>, right: &Matrix<Dyadic>) -> Matrix<Dyadic> {
    Matrix::from_fn(left.rows(), right.columns(), |i, j| {
        (0..left.columns()).fold(Dyadic::zero(), |sum, k| sum.plus(&left[(i, k)].times(&right[(k, j)])))
    })
}

/// A bound of fast radii in slow ones. A rounding error is known to 2^−63 of the last place, while by definition a term far below that may
/// be all that was rounded.
fn four_times(radius: Magnitude, centre: &rug::Float) -> Magnitude {
    radius.scaled(2) + Magnitude::above(centre).scaled(-60 - i64::from(centre.prec()))
}

#[test]
fn the_fast_and_the_slow_product_contain_the_exact_one_and_are_nearly_as_narrow() {
    law("matrix products", 3000, |Pair(recipe): Pair| {
        let (a, b) = recipe.factors();
        let exact = exact(&a.points, &b.points);
        let fast = a.balls.times(&b.balls);
        let slow = slow(&a.balls, &b.balls);
        for ((fast, slow), exact) in fast.entries().iter().zip(slow.entries()).zip(exact.entries()) {
            assert!(contains(slow, exact), "slow: {slow:?}");
            assert!(contains(fast, exact), "fast: {fast:?}, slow: {slow:?}");
            assert!(meet(fast, slow), "fast: {fast:?}, slow: {slow:?}");
            assert_eq!(fast.bits(), slow.bits());
            assert!(fast.radius() <= four_times(slow.radius(), &fast.centre()), "fast: {fast:?}, slow: {slow:?}");
            assert!(!slow.is_point() || fast.is_point() && fast.centre() == slow.centre());
        }
    });
}

#[test]
fn the_fast_and_the_slow_product_of_short_balls_do_so_too() {
    law("matrix products of short balls", 4000, |Pair(mut recipe): Pair| {
        recipe.bits = ShortBall::BITS;
        // Smaller ones are made by definition.
        (recipe.rows, recipe.length, recipe.columns) = (recipe.rows + 4, recipe.length + 4, recipe.columns + 4);
        let (a, b) = recipe.factors();
        let exact = exact(&a.points, &b.points);
        // The same balls where they are in range, and otherwise larger ones.
        let short = |matrix: &Matrix<Ball>| matrix.map(|entry| ShortBall::from_ball(entry.clone()));
        let (a, b) = (short(&a.balls), short(&b.balls));
        let (fast, slow) = (a.times(&b).map(ShortBall::to_ball), slow(&a, &b).map(ShortBall::to_ball));
        for ((fast, slow), exact) in fast.entries().iter().zip(slow.entries()).zip(exact.entries()) {
            assert!(contains(slow, exact), "slow: {slow:?}");
            assert!(contains(fast, exact), "fast: {fast:?}, slow: {slow:?}");
            assert!(meet(fast, slow), "fast: {fast:?}, slow: {slow:?}");
            assert!(fast.radius() <= four_times(slow.radius(), &fast.centre()), "fast: {fast:?}, slow: {slow:?}");
            assert!(!slow.is_point() || fast.is_point() && fast.centre() == slow.centre());
        }
        let same = |product: &Matrix<ShortBall>| {
            for (one, other) in product.entries().iter().zip(fast.entries()) {
                let one = one.to_ball();
                assert_eq!((one.centre(), one.radius()), (other.centre(), other.radius()));
            }
        };
        same(&a.transposed().transpose_times(&b));
        same(&a.times_transpose(&b.transposed()));
    });
}

#[test]
fn transposed_factors_make_the_same_product() {
    law("transposed factors", 300, |Pair(recipe): Pair| {
        let (a, b) = recipe.factors();
        let same = |one: &Matrix<Ball>, other: &Matrix<Ball>| {
            for (one, other) in one.entries().iter().zip(other.entries()) {
                assert_eq!((one.centre(), one.radius()), (other.centre(), other.radius()));
            }
        };
        let product = a.balls.times(&b.balls);
        same(&product, &a.balls.transposed().transpose_times(&b.balls));
        same(&product, &a.balls.times_transpose(&b.balls.transposed()));
    });
}

#[test]
fn widening_an_entry_never_shrinks_the_product() {
    law("isotony of matrix products", 1000, |Pair(recipe): Pair| {
        let (a, b) = recipe.factors();
        let exact = exact(&a.points, &b.points);
        let narrow = a.balls.times(&b.balls);
        let mut wide = a.balls.clone();
        for (index, entry) in wide.entries_mut().iter_mut().enumerate() {
            let hash = recipe.hash(3, index, 0, 0);
            if hash.is_multiple_of(3) {
                let size = Magnitude::above(&entry.centre());
                let more = [entry.radius().scaled(-8), size.scaled(-100), size.scaled(-3), size.scaled(60)];
                *entry = Ball::new(entry.centre(), entry.radius() + more[(hash / 3 % 4) as usize]);
            }
        }
        let wide = wide.times(&b.balls);
        assert!(wide.entries().iter().zip(exact.entries()).all(|(wide, exact)| contains(wide, exact)));
        // Where the way to the product changes its radius may change too, but never by more than half.
        for (wide, narrow) in wide.entries().iter().zip(narrow.entries()) {
            // An error of rounding is known to 2^−64 of the last place.
            let unit = Magnitude::above(&narrow.centre()).scaled(-60 - i64::from(narrow.bits()));
            assert!(wide.radius().scaled(1) + unit >= narrow.radius(), "wide: {wide:?}, narrow: {narrow:?}");
        }
    });
}

#[test]
fn more_precision_never_contradicts() {
    law("matrix products at two precisions", 500, |Pair(recipe): Pair| {
        let (a, b) = recipe.factors();
        let product = a.balls.times(&b.balls);
        for more in [1, 30, 64, 300] {
            let lift = |matrix: &Matrix<Ball>| matrix.map(|entry| entry.clone().with_bits(recipe.bits + more));
            let lifted = lift(&a.balls).times(&lift(&b.balls));
            for (index, (one, other)) in product.entries().iter().zip(lifted.entries()).enumerate() {
                assert!(meet(one, other), "{one:?}, {other:?}");
                // By definition each partial sum is rounded, which the fewer bits may happen to need less often.
                let (row, column) = (a.balls.row(index / recipe.columns), b.balls.column(index % recipe.columns));
                let terms = row.iter().zip(column).map(|(x, y)| x.greatest_absolute() * y.greatest_absolute());
                let unit = terms.fold(Magnitude::ZERO, |sum, term| sum + term).scaled(-i64::from(other.bits()));
                let rounding = (0..recipe.length).fold(Magnitude::ZERO, |sum, _| sum + unit);
                let allowed = four_times(one.radius(), &other.centre()) + rounding;
                assert!(other.radius() <= allowed, "{one:?}, {other:?}");
            }
        }
    });
}

#[test]
fn products_of_floats_are_as_good_as_their_definition() {
    law("matrix products of floats", 1500, |Pair(recipe): Pair| {
        let (a, b) = recipe.factors();
        let plain = |matrix: &Matrix<Ball>| matrix.map(|entry| Float::new(entry.centre()));
        let numbers = |matrix: &Matrix<Ball>| matrix.map(|entry| Dyadic::of(&entry.centre()));
        let sizes = |matrix: &Matrix<Ball>| matrix.map(|entry| Dyadic::of(&entry.centre()).abs());
        let fast = plain(&a.balls).times(&plain(&b.balls));
        let slow = slow(&plain(&a.balls), &plain(&b.balls));
        let exact_product = exact(&numbers(&a.balls), &numbers(&b.balls));
        let absolute = exact(&sizes(&a.balls), &sizes(&b.balls));
        for (index, fast) in fast.entries().iter().enumerate() {
            let (slow, exact, size) =
                (&slow.entries()[index], &exact_product.entries()[index], &absolute.entries()[index]);
            assert_eq!(fast.bits(), slow.bits());
            let error = Dyadic::of(&fast.value()).minus(exact).abs();
            let ulp = exact.abs().scaled(1 - i64::from(fast.bits()));
            let slow_bound = size.scaled(-i64::from(fast.bits())).times(&Dyadic::new(recipe.length as i64 + 1, 0));
            assert!(error.at_most(&ulp) || error.at_most(&slow_bound), "{fast} instead of {slow}");
        }
    });
}

/// 2^exponent · digits at 128 bits.
fn number(digits: i64, exponent: i32) -> rug::Float {
    rug::Float::with_val(128, digits) << exponent
}

#[test]
fn what_is_not_known_stays_unknown_and_spoils_nothing_else() {
    for bits in [100, 128, 1000] {
        let one = |value: i64| Ball::point(rug::Float::with_val(bits, value));
        let a =
            Matrix::from_fn(4, 4, |i, k| if (i, k) == (1, 2) { Ball::whole_line(bits) } else { one((i + k) as i64) });
        // Zero times the unknown is unknown.
        let product = a.times(&Matrix::from_fn(4, 3, |k, _| one(2 - k as i64)));
        for i in 0..4 {
            for j in 0..3 {
                assert_eq!(product[(i, j)].is_whole_line(), i == 1);
                assert_eq!(product[(i, j)].is_point(), i != 1);
            }
        }
        let floats = a.map(|entry| Float::new(if entry.is_whole_line() { entry.centre() / 0 } else { entry.centre() }));
        let product = floats.times(&floats);
        for i in 0..4 {
            for j in 0..4 {
                let reads_it = i == 1 || j == 2;
                assert_eq!(product[(i, j)].value().is_nan(), reads_it, "{i} {j}");
            }
        }
    }
}

#[test]
fn exponents_at_the_ends_of_the_range() {
    let limit = rug::float::exp_max() - 10;
    let matrix = |entries: [rug::Float; 4]| {
        Matrix::from_fn(4, 4, |i, j| Ball::new(entries[2 * (i % 2) + j % 2].clone(), Magnitude::power_of_two(-3)))
    };
    let huge = matrix([number(3, limit), number(1, 0), number(-1, 0), number(5, limit)]);
    let tiny = matrix([number(3, -limit), number(1, 0), number(-1, 0), number(5, -limit)]);
    let points = |matrix: &Matrix<Ball>| matrix.map(|entry| Ball::point(entry.centre()));
    // An overflow is the whole line, whatever the rest is.
    assert!(huge.times(&huge).entries().iter().filter(|entry| entry.is_whole_line()).count() >= 2);
    for (a, b) in [(&huge, &tiny), (&tiny, &huge), (&tiny, &tiny), (&huge, &huge)] {
        for (a, b) in [(a.clone(), b.clone()), (points(a), points(b)), (a.clone(), points(b))] {
            let (fast, slow) = (a.times(&b), slow(&a, &b));
            for (fast, slow) in fast.entries().iter().zip(slow.entries()) {
                assert_eq!(fast.is_whole_line(), slow.is_whole_line());
                assert!(fast.may_meet(slow));
                assert!(fast.radius() <= four_times(slow.radius(), &fast.centre()), "fast {fast:?} slow {slow:?}");
            }
        }
    }
}

#[test]
fn empty_matrices_and_long_inner_products() {
    let nothing = Matrix::<Ball>::zeros(3, 0, 128).times(&Matrix::zeros(0, 2, 128));
    assert_eq!((nothing.rows(), nothing.columns()), (3, 2));
    assert!(nothing.entries().iter().all(|entry| entry.is_point() && entry.centre().is_zero()));
    assert_eq!(Matrix::<Ball>::zeros(0, 4, 128).times(&Matrix::zeros(4, 5, 128)).columns(), 5);
    // Longer than the sums of limbs have room for; all digits set.
    let length = 1000;
    for bits in [64, 116, 174, 232, 290] {
        let digits: Integer = (Integer::from(1) << bits) - 1;
        let entry = Ball::point(rug::Float::with_val(bits, &digits));
        let a = Matrix::from_fn(2, length, |_, _| entry.clone());
        let product = a.times_transpose(&a);
        let exact = Dyadic::new(digits.square() * length as u32, 0);
        for entry in product.entries() {
            assert!(contains(entry, &exact));
            assert!(entry.radius() <= slow(&a, &a.transposed())[(0, 0)].radius());
        }
    }
}
