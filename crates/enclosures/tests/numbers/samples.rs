//! Balls with a number inside, chosen where mistakes live: radius zero, a few ulps, as large as the centre and just
//! beside it, much larger; ends, centre, zero; exponents up to ± 10⁶; odd precisions.

use std::fmt;

use enclosures::number::{Ball, Magnitude};
use quickcheck::{Arbitrary, Gen};
use rug::Integer;

use super::dyadic::Dyadic;

/// What a sample is made from; shrinking works on this.
#[derive(Clone, Debug)]
pub struct Recipe {
    bits: u32,
    /// 0: zero, 1: one, 2: all bits set, 3: one and the last bit, else random digits.
    digits: u8,
    seed: u64,
    negative: bool,
    exponent: i32,
    radius: u8,
    place: u8,
}

/// A ball and a number inside it.
#[derive(Clone)]
pub struct Sample {
    recipe: Recipe,
    pub ball: Ball,
    pub point: Dyadic,
}

impl fmt::Debug for Sample {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{:?}: {:?} radius {:?}", self.recipe, self.ball.centre(), self.ball.radius())
    }
}

/// A well-mixed function of the seed and an index (splitmix64).
pub fn mix(seed: u64, index: u64) -> u64 {
    let mut state = seed.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

fn pick<T: Copy>(generator: &mut Gen, choices: &[T]) -> T {
    *generator.choose(choices).expect("there are choices")
}

pub const PRECISIONS: [u32; 14] = [1, 2, 3, 16, 24, 53, 54, 64, 65, 100, 128, 129, 256, 521];

impl Recipe {
    fn arbitrary(generator: &mut Gen) -> Self {
        let reach = pick(generator, &[4, 4, 4, 4, 4, 4, 60, 60, 60, 60, 1100, 1100, 20_000, 1_000_000]);
        let exponent = (i64::arbitrary(generator) % (reach + 1)) as i32;
        // Now and then exactly at the end of the range.
        let exponent = if u8::arbitrary(generator) < 8 { reach as i32 } else { exponent };
        Self {
            bits: pick(generator, &PRECISIONS),
            digits: u8::arbitrary(generator) % 10,
            seed: u64::arbitrary(generator),
            negative: bool::arbitrary(generator),
            exponent,
            radius: u8::arbitrary(generator) % 16,
            place: u8::arbitrary(generator) % 8,
        }
    }

    /// The centre: digits·2^(exponent − bits), so that its size is about 2^exponent.
    fn centre(&self) -> rug::Float {
        let one = || Integer::from(1) << (self.bits - 1);
        let digits = match self.digits {
            0 => Integer::new(),
            1 => one(),
            2 => (Integer::from(1) << self.bits) - 1,
            3 => one() + u32::from(self.bits > 1),
            _ => {
                let mut digits = Integer::new();
                for index in 0..u64::from(self.bits / 64 + 1) {
                    digits = (digits << 64) + mix(self.seed, index);
                }
                digits.keep_bits_mut(self.bits);
                digits | one()
            }
        };
        let mut centre = rug::Float::with_val(self.bits, digits);
        centre <<= self.exponent - self.bits as i32;
        if self.negative { -centre } else { centre }
    }

    fn radius(&self, centre: &rug::Float) -> Magnitude {
        let fraction = 1.0 + (mix(self.seed, 1000) >> 12) as f64 / (1_u64 << 52) as f64;
        let mantissa = Magnitude::above_f64(fraction);
        let exponent = i64::from(self.exponent);
        let size = Magnitude::above(centre);
        // A centre that is zero has no size of its own.
        let size = if size.is_zero() { Magnitude::power_of_two(exponent) } else { size };
        let down = |bits: u64| mantissa.scaled(-((mix(self.seed, 1001) % bits) as i64));
        match self.radius {
            0..=3 => Magnitude::ZERO,
            4 => Magnitude::power_of_two(exponent - 1 - i64::from(self.bits)),
            5 | 6 => mantissa.scaled(exponent - i64::from(self.bits)),
            7 => down(u64::from(self.bits) + 1).scaled(exponent - 1),
            8 => down(100).scaled(exponent - 1),
            9 => size,
            10 => size.minus_below(size.scaled(-52)),
            11 => size + size.scaled(-52),
            12 => size.scaled(-1),
            13 => size * down(3).scaled(3),
            14 => down(60).scaled(exponent + 40),
            // Nothing to do with the centre; an exponent of 10⁶ beside one of −10⁶ is too slow to be exact about.
            _ => down(4000).scaled(2000),
        }
    }

    fn build(self) -> Sample {
        let centre = self.centre();
        let radius = self.radius(&centre);
        let (middle, reach) = (Dyadic::of(&centre), Dyadic::radius(radius));
        let fraction = (mix(self.seed, 1002) % (1 << 21)) as i64 - (1 << 20);
        let point = match self.place {
            0 => middle.clone(),
            1 => middle.plus(&reach),
            2 => middle.minus(&reach),
            3 if middle.abs().at_most(&reach) => Dyadic::zero(),
            // Beside the ends.
            4 => middle.plus(&reach.minus(&reach.scaled(-40))),
            5 => middle.minus(&reach.minus(&reach.scaled(-40))),
            _ => middle.plus(&reach.times(&Dyadic::new(fraction, -20))),
        };
        Sample { ball: Ball::new(centre, radius), point, recipe: self }
    }
}

impl Sample {
    /// The same centre and a radius that is larger by at least a thousandth.
    pub fn widened(&self) -> Ball {
        let radius = self.ball.radius();
        let exponent = i64::from(self.recipe.exponent);
        let extra = match mix(self.recipe.seed, 2000) % 5 {
            0 => radius.scaled(-10),
            1 => radius,
            2 => Magnitude::power_of_two(exponent - i64::from(self.recipe.bits)),
            3 => Magnitude::power_of_two(exponent - 3),
            _ => Magnitude::power_of_two(exponent + 3),
        };
        Ball::new(self.ball.centre(), radius + extra.max(radius.scaled(-10)))
    }

    /// Another number inside the same ball.
    pub fn other_point(&self) -> Dyadic {
        let mut recipe = self.recipe.clone();
        recipe.place = (recipe.place + 3) % 8;
        recipe.build().point
    }
}

impl Arbitrary for Sample {
    fn arbitrary(generator: &mut Gen) -> Self {
        Recipe::arbitrary(generator).build()
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        let recipe = &self.recipe;
        let mut simpler = Vec::new();
        let mut push = |change: fn(&mut Recipe)| {
            let mut recipe = recipe.clone();
            change(&mut recipe);
            simpler.push(recipe);
        };
        if recipe.radius != 0 {
            push(|recipe| recipe.radius = 0);
        }
        if recipe.place != 0 {
            push(|recipe| recipe.place = 0);
        }
        if recipe.digits > 1 {
            push(|recipe| recipe.digits = 1);
        }
        if recipe.negative {
            push(|recipe| recipe.negative = false);
        }
        if recipe.exponent != 0 {
            push(|recipe| recipe.exponent = 0);
            push(|recipe| recipe.exponent /= 2);
        }
        if recipe.bits > 16 {
            push(|recipe| recipe.bits = 16);
            push(|recipe| recipe.bits = recipe.bits / 2 + 1);
        }
        Box::new(simpler.into_iter().map(Recipe::build))
    }
}

/// A fraction with a denominator that is usually no power of two.
#[derive(Clone, Debug)]
pub struct Fraction(pub rug::Rational);

impl Arbitrary for Fraction {
    fn arbitrary(generator: &mut Gen) -> Self {
        let (one, two, three) = (i64::arbitrary(generator), i64::arbitrary(generator), i64::arbitrary(generator));
        let numerator = pick(generator, &[0, 1, -1, one, two % 100]);
        let denominator = pick(generator, &[1, 3, 10, 1 << 40, three.saturating_abs()]);
        let shift = pick(generator, &[0, 0, 0, 70, -70, 1500, -1500, 20_000, -20_000]);
        Self(rug::Rational::from((numerator, denominator.max(1))) << shift)
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        let simple = [rug::Rational::new(), rug::Rational::from(1), rug::Rational::from((1, 3))];
        let own = self.0.clone();
        Box::new(simple.into_iter().take_while(move |value| *value != own).map(Self))
    }
}

/// A precision.
#[derive(Clone, Copy, Debug)]
pub struct Bits(pub u32);

impl Arbitrary for Bits {
    fn arbitrary(generator: &mut Gen) -> Self {
        Self(pick(generator, &PRECISIONS))
    }
}
