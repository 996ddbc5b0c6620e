//! Layers that are balanced but for a little, with everything about them known: what the instances of Lemmas 5, 6 and 7 are made of.

use rug::Rational;

use crate::algebra::exact::{multiple, power};
use crate::generate::{Random, balanced, towards};
use crate::problem::{Matrix, Problem};

/// How the layers differ in size; the step from one to the next is given apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// Each layer is a step smaller than the one before.
    Falling,
    /// Each layer is a step larger than the one before.
    Rising,
    /// Rising to the middle and falling again.
    Tent,
    /// Falling to the middle and rising again.
    Valley,
    /// The last layer a step larger than the others.
    LastLarger,
}

impl Profile {
    pub(super) const ALL: [Self; 5] = [Self::Falling, Self::Rising, Self::Tent, Self::Valley, Self::LastLarger];

    /// The factors of the layers, the largest of which is 1.
    pub(super) fn factors(self, depth: usize, step: &Rational) -> Vec<Rational> {
        let below = |k: usize| match self {
            Self::Falling => k,
            Self::Rising => depth - 1 - k,
            Self::Tent => k.max(depth - 1 - k) - depth / 2,
            Self::Valley => k.min(depth - 1 - k),
            Self::LastLarger => usize::from(k + 1 < depth),
        };
        (0..depth).map(|k| 1 - Rational::from(step * below(k))).collect()
    }
}

/// Exactly balanced layers times the factors of a profile.
#[derive(Clone, Debug)]
pub(super) struct NearlyBalanced {
    /// The balanced layers.
    pub(super) balanced: Vec<Matrix<Rational>>,
    /// The singular values that these have in common, falling.
    pub(super) values: Vec<Rational>,
    /// How they are made to differ.
    pub(super) profile: Profile,
}

impl NearlyBalanced {
    /// Layers of the given widths with as many singular values as the smallest width, from 3/4 to 5/4.
    pub(super) fn draw(random: &mut Random, widths: &[usize]) -> Self {
        let rank = widths.iter().copied().min().unwrap_or(1);
        let mut values: Vec<Rational> = (0..rank).map(|_| Rational::from((random.between(12, 20), 16))).collect();
        if random.chance(1, 2) {
            values = vec![values[0].clone(); rank];
        }
        values.sort_by(|a, b| b.cmp(a));
        // With two layers there is no middle.
        let profiles = if widths.len() > 3 { &Profile::ALL[..] } else { &Profile::ALL[..2] };
        Self { balanced: balanced(random, widths, &values), values, profile: *random.choice(profiles) }
    }

    /// The layers for a step of the profile.
    pub(super) fn layers(&self, step: &Rational) -> Vec<Matrix<Rational>> {
        let factors = self.profile.factors(self.balanced.len(), step);
        self.balanced.iter().zip(&factors).map(|(layer, factor)| multiple(layer, factor)).collect()
    }

    /// `max_j ‖W_j‖_σ`, whatever the step.
    pub(super) fn norm(&self) -> &Rational {
        &self.values[0]
    }

    /// `σ_max(W)` and `σ_min(W)` of the end-to-end matrix for a step of the profile.
    pub(super) fn product_range(&self, step: &Rational) -> (Rational, Rational) {
        let depth = self.balanced.len();
        let all: Rational = self.profile.factors(depth, step).iter().product();
        let of = |value: &Rational| power(value, depth as u32) * &all;
        (of(&self.values[0]), of(&self.values[self.values.len() - 1]))
    }

    /// The largest step on a grid of `2^−bits` relative to its leading bit for which `is_admissible`; it falls, and is admissible
    /// at zero.
    pub(super) fn largest_step(
        &self,
        bits: u32,
        is_admissible: impl Fn(&[Matrix<Rational>], &Rational) -> bool,
    ) -> Rational {
        let mut step = Rational::new();
        let mut bit = Rational::from((1, 4 * self.balanced.len()));
        let mut found = 0;
        for _ in 0..64 + bits {
            let larger = Rational::from(&step + &bit);
            if is_admissible(&self.layers(&larger), &larger) {
                step = larger;
                found = found.max(1);
            }
            if found > 0 {
                found += 1;
            }
            if found > bits {
                break;
            }
            bit /= 2u32;
        }
        step
    }
}

/// `d_0, …, d_N` with no hidden width below both ends, as Theorem 1 has it.
pub(super) fn widths(random: &mut Random, depth: usize, largest: usize) -> Vec<usize> {
    let (input, output) = (random.size(1, largest), random.size(1, largest));
    let mut widths = vec![input];
    widths.extend((1..depth).map(|_| input.min(output) + random.size(0, 2)));
    widths.push(output);
    widths
}

/// A problem for layers of which alone something is said: the target is zero.
pub(super) fn free(layers: Vec<Matrix<Rational>>) -> Problem {
    let (input, output) = (layers[0].columns(), layers[layers.len() - 1].rows());
    towards(Matrix::from_fn(output, input, |_, _| Rational::new()), layers, Rational::from(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::imbalance_squared;

    #[test]
    fn profiles_differ_by_steps_from_the_largest() {
        // How many steps each layer is below the largest, of four layers and of five.
        let counts: [(Profile, [u32; 4], [u32; 5]); 5] = [
            (Profile::Falling, [0, 1, 2, 3], [0, 1, 2, 3, 4]),
            (Profile::Rising, [3, 2, 1, 0], [4, 3, 2, 1, 0]),
            (Profile::Tent, [1, 0, 0, 1], [2, 1, 0, 1, 2]),
            (Profile::Valley, [0, 1, 1, 0], [0, 1, 2, 1, 0]),
            (Profile::LastLarger, [1, 1, 1, 0], [1, 1, 1, 1, 0]),
        ];
        let step = Rational::from((1, 100));
        for (profile, of_four, of_five) in counts {
            for counts in [&of_four[..], &of_five[..]] {
                let expected: Vec<Rational> = counts.iter().map(|count| Rational::from((100 - count, 100))).collect();
                assert_eq!(profile.factors(counts.len(), &step), expected, "{profile:?}");
            }
        }
    }

    #[test]
    fn every_profile_is_drawn_where_there_is_a_middle() {
        let drawn = |widths: &[usize]| {
            let profiles =
                (0..100).map(|index| NearlyBalanced::draw(&mut Random::new("profiles", 1, index), widths).profile);
            let profiles: Vec<Profile> = profiles.collect();
            Profile::ALL.map(|profile| profiles.contains(&profile))
        };
        assert_eq!(drawn(&[1, 1, 1]), [true, true, false, false, false]);
        assert_eq!(drawn(&[1, 1, 1, 1]), [true; 5]);
    }

    #[test]
    fn the_largest_step_is_found_to_the_stated_bits_however_small_it_is() {
        for limit in [Rational::from((1, 1000)), Rational::from((1, 1_000_000)), Rational::from((3, 1_000_000_007))] {
            for index in 0..8 {
                let nearly = NearlyBalanced::draw(&mut Random::new("largest step", 1, index), &[2, 2, 2, 2]);
                let step = nearly.largest_step(10, |layers, _| imbalance_squared(layers) < limit);
                let square = |step: &Rational| imbalance_squared(&nearly.layers(step));
                // Ten bits with the leading one.
                let beyond: Rational = Rational::from((513, 512)) * &step;
                assert!(square(&step) < limit && limit <= square(&beyond), "{nearly:?}: {step}");
            }
        }
    }

    #[test]
    fn layers_keep_half_their_size_however_large_a_step_is_admissible() {
        for widths in [vec![1; 3], vec![1; 4], vec![1; 5], vec![1; 6]] {
            for index in 0..20 {
                let nearly = NearlyBalanced::draw(&mut Random::new("large steps", 1, index), &widths);
                let step = nearly.largest_step(10, |_, _| true);
                let factors = nearly.profile.factors(nearly.balanced.len(), &step);
                assert!(factors.iter().all(|factor| *factor > Rational::from((1, 2))), "{nearly:?}: {factors:?}");
            }
        }
    }
}
