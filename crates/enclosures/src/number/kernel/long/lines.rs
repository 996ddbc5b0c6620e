//! The rows of a matrix, or the columns, each with one exponent.

use std::borrow::Cow;

use super::{Centred, Format, Magnitude, View};

/// The exponent that zero, and a number of which nothing is known, take part with: none.
pub(super) const NONE: i64 = i64::MIN;

/// What is read from an entry, once.
pub(super) struct Seen<'a> {
    /// `None` if nothing is known of the number.
    pub(super) centre: Option<Cow<'a, rug::Float>>,
    /// The MPFR exponent of the centre, `|x| < 2^e`; or [`NONE`].
    pub(super) exponent: i64,
    /// Zero if nothing is known of the number.
    pub(super) radius: Magnitude,
}

/// All entries, row by row.
pub(super) fn seen<T: Centred>(matrix: View<'_, T>) -> Vec<Seen<'_>> {
    let mut seen = Vec::with_capacity(matrix.rows() * matrix.columns());
    for i in 0..matrix.rows() {
        for k in 0..matrix.columns() {
            let number = matrix.entry(i, k);
            let centre = number.known_centre();
            let exponent = centre.as_deref().and_then(rug::Float::get_exp).map_or(NONE, i64::from);
            let radius = if centre.is_some() { number.known_radius() } else { Magnitude::ZERO };
            seen.push(Seen { centre, exponent, radius });
        }
    }
    seen
}

/// The powers of two that make column `k` of the left factor as large as row `k` of the right one, whose exponents are given column
/// by column: an inner index that is graded the opposite way in the two factors would cost as many bits as the grades are apart.
pub(super) fn balance(left: &[Seen], right: &[Seen], length: usize) -> Vec<i64> {
    let largest = |seen: &[Seen]| {
        let mut largest = vec![NONE; length];
        for line in seen.chunks_exact(length) {
            for (largest, entry) in largest.iter_mut().zip(line) {
                *largest = (*largest).max(entry.exponent);
            }
        }
        largest
    };
    let pairs = largest(left).into_iter().zip(largest(right));
    pairs.map(|(left, right)| if left == NONE || right == NONE { 0 } else { (right - left) >> 1 }).collect()
}

/// What is common to the entries of a line.
pub(super) struct Line {
    /// Every entry is below `2^exponent` in absolute value, after balancing.
    pub(super) exponent: i64,
    /// Whether something is known of every entry.
    pub(super) is_defined: bool,
    /// Whether every radius is zero.
    pub(super) is_certain: bool,
    /// Whether a fraction of an entry was cut off.
    pub(super) is_cut: bool,
}

/// Lines in fixed point.
pub(super) struct Lines<F: Format> {
    entries: Vec<F::Entry>,
    lines: Vec<Line>,
    length: usize,
}

impl<F: Format> Lines<F> {
    /// Lines of `length` entries, entry `k` multiplied by `2^shifts[k]`.
    pub(super) fn new(format: &mut F, seen: &[Seen], shifts: &[i64]) -> Self {
        let length = shifts.len();
        let mut entries = Vec::with_capacity(seen.len());
        let lines = seen
            .chunks_exact(length)
            .map(|line| {
                let own = line.iter().zip(shifts).filter(|(entry, _)| entry.exponent != NONE);
                let exponent = own.map(|(entry, shift)| entry.exponent + shift).max().unwrap_or(0);
                let mut facts = Line { exponent, is_defined: true, is_certain: true, is_cut: false };
                for (entry, shift) in line.iter().zip(shifts) {
                    facts.is_defined &= entry.centre.is_some();
                    facts.is_certain &= entry.radius.is_zero();
                    let Some(centre) = entry.centre.as_deref().filter(|_| entry.exponent != NONE) else {
                        entries.push(format.zero());
                        continue;
                    };
                    let (integer, is_cut) = format.read(centre, exponent - entry.exponent - shift);
                    facts.is_cut |= is_cut;
                    entries.push(integer);
                }
                facts
            })
            .collect();
        Self { entries, lines, length }
    }

    /// The number of entries of a line.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// What is known of line `i`.
    #[inline]
    pub(super) fn line(&self, i: usize) -> &Line {
        &self.lines[i]
    }

    /// All lines.
    pub(super) fn all(&self) -> &[Line] {
        &self.lines
    }

    /// The entries of line `i`.
    #[inline]
    pub(super) fn entries(&self, i: usize) -> &[F::Entry] {
        &self.entries[i * self.length..(i + 1) * self.length]
    }
}
