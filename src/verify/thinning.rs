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
    let next = move |&t: &u64| Some(t + column_width(t, widest)).filter(|&next| next < last);
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
