//! What is read off along a run, thinned to what a picture shows.
//!
//! A picture has columns, and of a column one sees how far down and how far up it goes: so of the readings of a column those are kept at which
//! a bound of a band is least or greatest, never every so many-th. Columns are as wide as a linear axis needs, and where an axis is
//! logarithmic and early readings are spread out, narrower. What was thinned once and is thinned again, as more readings come, is what all
//! of them thinned at once would be: columns join as wholes.

use crate::claims::Band;

/// A linear axis has at least half as many columns as this, and at most as many.
const COLUMNS: u64 = 512;

/// Two to the power of this is the number of columns that every further octave of a logarithmic axis has; before that, each reading has one.
const OCTAVE_LOG2: u32 = 5;

/// So many readings are gathered before they are thinned.
const GATHERED: usize = 1 << 14;

/// What is read off at the point or step number `t`: some numbers, and a mark that tells what kind of reading it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading<M, const N: usize> {
    /// The number of the point or step.
    pub t: u64,
    /// What kind of reading it is.
    pub mark: M,
    /// The numbers.
    pub bands: [Band; N],
}

/// Readings in the order of `t`, of which what a picture does not show is let go.
#[derive(Clone, Debug)]
pub(crate) struct Thinned<M, const N: usize> {
    readings: Vec<Reading<M, N>>,
}

impl<M, const N: usize> Default for Thinned<M, N> {
    fn default() -> Self {
        Self { readings: Vec::new() }
    }
}

impl<M: Copy + PartialEq, const N: usize> Thinned<M, N> {
    /// Adds a reading behind all others.
    pub(crate) fn push(&mut self, reading: Reading<M, N>) {
        self.readings.push(reading);
        if self.readings.len() >= GATHERED {
            self.thin();
        }
    }

    /// The readings that are kept: of each column those with the least and the greatest of each bound that is known, and the first with each
    /// mark and with each choice of numbers that are known; of all the first and the last.
    pub(crate) fn finish(mut self) -> Vec<Reading<M, N>> {
        self.thin();
        self.readings
    }

    fn thin(&mut self) {
        let Some(last) = self.readings.last().map(|reading| reading.t) else { return };
        let widest = widest(last);
        let mut kept = vec![false; self.readings.len()];
        (kept[0], kept[self.readings.len() - 1]) = (true, true);
        let mut begin = 0;
        for column in self.readings.chunk_by(|one, other| column(one.t, widest) == column(other.t, widest)) {
            for place in telling(column) {
                kept[begin + place] = true;
            }
            begin += column.len();
        }
        let mut kept = kept.into_iter();
        self.readings.retain(|_| kept.next().unwrap_or(false));
    }
}

/// The first `t` of each column of a linear or a logarithmic axis that ends at `last`, and `last`: for what is too dear to be read off everywhere.
pub(crate) fn column_beginnings(last: u64) -> impl Iterator<Item = u64> {
    let widest = widest(last);
    let next = move |&t: &u64| t.checked_add(column_width(t, widest)).filter(|&next| next < last);
    std::iter::successors(Some(0).filter(|&first| first < last), next).chain([last])
}

/// How wide the widest column is, a power of two, if `last` is the last `t`.
fn widest(last: u64) -> u64 {
    last.div_ceil(COLUMNS).max(1).next_power_of_two()
}

/// How wide the column of `t` is.
fn column_width(t: u64, widest: u64) -> u64 {
    let octave = t.checked_ilog2().unwrap_or(0);
    widest.min(1 << octave.saturating_sub(OCTAVE_LOG2))
}

/// The beginning of the column of `t`, where the widest is as wide as this, a power of two. A column of wider ones is a union of columns of
/// narrower ones.
fn column(t: u64, widest: u64) -> u64 {
    t - t % column_width(t, widest)
}

/// The places of the readings of a column that tell what it looks like.
fn telling<M: Copy + PartialEq, const N: usize>(column: &[Reading<M, N>]) -> Vec<usize> {
    let mut places = Vec::new();
    let bounds: [fn(&Band) -> f64; 2] = [|band| band.lower, |band| band.upper];
    for number in 0..N {
        for bound in bounds {
            let known = || {
                let bounds = column.iter().map(|reading| bound(&reading.bands[number])).enumerate();
                bounds.filter(|(_, bound)| bound.is_finite())
            };
            places.extend(known().min_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(place, _)| place));
            // Of several the first, as of the least.
            places.extend(known().min_by(|(_, one), (_, other)| other.total_cmp(one)).map(|(place, _)| place));
        }
    }
    let kind = |reading: &Reading<M, N>| (reading.mark, reading.bands.map(|band| band.middle_and_radius().is_some()));
    let mut seen = Vec::new();
    for (place, reading) in column.iter().enumerate() {
        if !seen.contains(&kind(reading)) {
            seen.push(kind(reading));
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type One = Reading<bool, 2>;

    fn reading(t: u64, numbers: [f64; 2], radius: f64, mark: bool) -> One {
        let bands = numbers.map(|number| Band { lower: number - radius, upper: number + radius });
        Reading { t, mark, bands }
    }

    fn thinned(readings: &[One]) -> Vec<One> {
        let mut thinned = Thinned::default();
        readings.iter().for_each(|reading| thinned.push(*reading));
        thinned.finish()
    }

    /// What one sees of some readings: how far down and up each bound goes, and what kinds there are.
    fn look(readings: &[&One]) -> (Vec<(f64, f64)>, [bool; 2]) {
        let bounds: [fn(&One) -> f64; 4] =
            [|one| one.bands[0].lower, |one| one.bands[0].upper, |one| one.bands[1].lower, |one| one.bands[1].upper];
        let stretch = |bound: &fn(&One) -> f64| {
            let bounds = readings.iter().map(|one| bound(one)).filter(|bound| bound.is_finite());
            bounds.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), bound| (least.min(bound), most.max(bound)))
        };
        (bounds.iter().map(stretch).collect(), [false, true].map(|mark| readings.iter().any(|one| one.mark == mark)))
    }

    /// Some thousand readings: two numbers that wander and now and then jump, sometimes unknown, and a mark that is rarely set.
    fn readings() -> impl Strategy<Value = Vec<One>> {
        let step = (1_u64..4, -1.0..1.0, 0_u32..2000, 0.0..0.1);
        prop::collection::vec(step, 1..40_000).prop_map(|steps| {
            let (mut t, mut number) = (0, 0.0);
            steps
                .into_iter()
                .map(|(ahead, change, chance, radius)| {
                    t += ahead;
                    number += change;
                    let jump = if chance == 7 { 1e6 * change } else { 0.0 };
                    let mut one = reading(t, [number + jump, -number], radius, chance == 8);
                    if chance == 9 {
                        one.bands[0] = Band::WHOLE;
                    }
                    one
                })
                .collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn of_every_column_one_sees_the_same(all in readings()) {
            let kept = thinned(&all);
            prop_assert_eq!((kept.first(), kept.last()), (all.first(), all.last()));
            let widest = widest(all[all.len() - 1].t);
            let mut of_kept = kept.chunk_by(|one, other| column(one.t, widest) == column(other.t, widest));
            for column_of_all in all.chunk_by(|one, other| column(one.t, widest) == column(other.t, widest)) {
                let column_of_kept = of_kept.next().expect("no column is lost");
                prop_assert_eq!(look(&column_of_kept.iter().collect::<Vec<_>>()), look(&column_of_all.iter().collect::<Vec<_>>()));
            }
            // As if all had been there at once.
            let mut at_once = Thinned { readings: all };
            at_once.thin();
            prop_assert_eq!(kept, at_once.readings);
        }
    }

    #[test]
    fn a_spike_of_one_point_in_a_hundred_thousand_is_kept() {
        let steps = 100_000;
        for spike in [1, 4711, 65_537, 99_998] {
            for (side, up) in [(0, 1.0), (1, -1.0)] {
                let smooth = |t: u64| 1.0 / (t + 1) as f64;
                let all: Vec<One> = (0..=steps)
                    .map(|t| {
                        let mut numbers = [smooth(t); 2];
                        if t == spike {
                            numbers[side] += up;
                        }
                        reading(t, numbers, 1e-9, false)
                    })
                    .collect();
                let kept = thinned(&all);
                assert!(kept.contains(&all[spike as usize]), "{spike} {side}");
                assert!(kept.len() <= 1600, "{} readings", kept.len());
                assert_eq!((kept[0].t, kept[kept.len() - 1].t), (0, steps));
            }
        }
    }

    #[test]
    fn columns_are_few_and_early_readings_have_their_own() {
        for last in [0, 1, 31, 1000, 100_000, 10_000_000, u64::MAX] {
            let beginnings: Vec<u64> = column_beginnings(last).collect();
            assert!(beginnings.len() <= if last < u64::MAX { 1200 } else { 2600 }, "{last}: {}", beginnings.len());
            assert_eq!((beginnings[0], beginnings[beginnings.len() - 1]), (0, last));
            assert!(beginnings.is_sorted_by(|one, other| one < other));
            assert!((0..=last.min(63)).all(|t| beginnings.contains(&t)), "{last}");
            // Neither of a linear nor of a logarithmic axis is a column wider than what is seen.
            for pair in beginnings.windows(2) {
                let width = pair[1] - pair[0];
                assert!(
                    width == 1 || width as f64 <= (last as f64 / 256.0).min(pair[0] as f64 / 31.0),
                    "{last} {pair:?}"
                );
            }
        }
    }
}
