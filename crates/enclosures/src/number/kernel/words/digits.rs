//! Entries as integers of digits, with one exponent for each line.

use super::super::lanes::{DIGIT_BITS, LANES, Lanes, lower, raise};
use super::Entry;
use crate::number::bits::power_of_two;

/// Words of an entry that was moved to the right: one more than an entry has.
const MOST_WORDS: usize = 5;

/// The number of bits of an entry: one less than its digits have.
pub(super) const fn fraction_bits(digits: usize) -> i32 {
    (DIGIT_BITS * digits) as i32 - 1
}

/// The exponent that zero takes part with.
const NONE: i32 = i32::MIN / 4;

/// What is common to the entries of a line.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// Every entry is below `2^exponent` in absolute value, after balancing.
    pub(super) exponent: i32,
    /// Whether every radius is zero.
    pub(super) is_certain: bool,
    /// Whether a fraction of an entry was cut off.
    pub(super) is_cut: bool,
}

impl Line {
    const EMPTY: Self = Self { exponent: NONE, is_certain: true, is_cut: false };

    #[inline(always)]
    fn meet<const WORDS: usize>(&mut self, entry: &Entry<WORDS>, shift: i32) {
        self.exponent = self.exponent.max(exponent(entry) + shift);
        self.is_certain &= entry.radius == 0.0;
    }

    /// A line of zeros has exponent 0.
    fn settle(&mut self) {
        if self.exponent < NONE / 2 {
            self.exponent = 0;
        }
    }
}

/// The e of `|centre| < 2^e`.
#[inline(always)]
fn exponent<const WORDS: usize>(entry: &Entry<WORDS>) -> i32 {
    if entry.centre.is_zero() { NONE } else { entry.centre.exponent() + 1 }
}

/// The powers of two by which the columns of the left factor are multiplied, and the rows of the right one divided, so that
/// they are equally large: an inner index that is graded the opposite way in the two factors would cost as many bits as the grades are
/// apart.
#[inline(always)]
pub(super) fn balance<const WORDS: usize>(
    left: &[Entry<WORDS>],
    right: &[Entry<WORDS>],
    length: usize,
    columns: usize,
) -> Vec<i32> {
    let mut largest = vec![NONE; length];
    for row in left.chunks_exact(length) {
        for (largest, entry) in largest.iter_mut().zip(row) {
            *largest = (*largest).max(exponent(entry));
        }
    }
    for (left, row) in largest.iter_mut().zip(right.chunks_exact(columns)) {
        let right = row.iter().map(exponent).max().unwrap_or(NONE);
        *left = if *left == NONE || right == NONE { 0 } else { (right - *left) >> 1 };
    }
    largest
}

/// An integer of the left factor.
pub(super) struct Integer<const DIGITS: usize> {
    /// Of the absolute value, the lowest first.
    pub(super) digits: [u64; DIGITS],
    /// Which integer of a block of the right factor it meets: that of its inner index and its sign.
    pub(super) partner: usize,
}

/// The rows of the left factor.
pub(super) struct Left<const DIGITS: usize> {
    integers: Vec<Integer<DIGITS>>,
    lines: Vec<Line>,
    /// What the sums of the DIGITS + 1 highest digits of a row begin with.
    starts: Vec<u64>,
    length: usize,
}

impl<const DIGITS: usize> Left<DIGITS> {
    #[inline(always)]
    pub(super) fn new<const WORDS: usize>(entries: &[Entry<WORDS>], shifts: &[i32]) -> Self {
        let length = shifts.len();
        let rows = entries.len() / length;
        let mut left = Self {
            integers: Vec::with_capacity(entries.len()),
            lines: Vec::with_capacity(rows),
            starts: vec![0; rows * (DIGITS + 1)],
            length,
        };
        for (row, starts) in entries.chunks_exact(length).zip(left.starts.chunks_exact_mut(DIGITS + 1)) {
            let mut line = Line::EMPTY;
            row.iter().zip(shifts).for_each(|(entry, shift)| line.meet(entry, *shift));
            line.settle();
            let mut sums = [0; DIGITS];
            for (k, (entry, shift)) in row.iter().zip(shifts).enumerate() {
                let (digits, is_cut) = digits::<WORDS, DIGITS>(entry, line.exponent - shift);
                line.is_cut |= is_cut;
                sums.iter_mut().zip(digits).for_each(|(sum, digit)| *sum += digit);
                left.integers.push(Integer { digits, partner: 2 * k + usize::from(entry.centre.is_negative()) });
            }
            lower(starts, &sums);
            left.lines.push(line);
        }
        left
    }

    pub(super) fn line(&self, i: usize) -> Line {
        self.lines[i]
    }

    /// Whether all radii of a row are zero.
    pub(super) fn has_certain(&self) -> bool {
        self.lines.iter().any(|line| line.is_certain)
    }

    /// The integers of row `i`, and what its sums begin with.
    pub(super) fn row(&self, i: usize) -> (&[Integer<DIGITS>], &[u64]) {
        (&self.integers[i * self.length..(i + 1) * self.length], &self.starts[i * (DIGITS + 1)..(i + 1) * (DIGITS + 1)])
    }
}

/// The columns of the right factor, in blocks. Digits know no signs, so every integer y is there as B + y and B − y.
pub(super) struct Right<const DIGITS: usize> {
    /// For each block and each inner index the digits of B + y and of B − y, the lowest first.
    integers: Vec<[Lanes; DIGITS]>,
    lines: Vec<Line>,
    length: usize,
}

impl<const DIGITS: usize> Right<DIGITS> {
    #[inline(always)]
    pub(super) fn new<const WORDS: usize>(entries: &[Entry<WORDS>], shifts: &[i32], columns: usize) -> Self {
        let length = shifts.len();
        let mut lines = vec![Line::EMPTY; columns];
        for (row, shift) in entries.chunks_exact(columns).zip(shifts) {
            lines.iter_mut().zip(row).for_each(|(line, entry)| line.meet(entry, -shift));
        }
        lines.iter_mut().for_each(Line::settle);
        let mut integers = vec![[Lanes::ZERO; DIGITS]; 2 * length * columns.div_ceil(LANES)];
        for (k, (row, shift)) in entries.chunks_exact(columns).zip(shifts).enumerate() {
            for (j, (entry, line)) in row.iter().zip(&mut lines).enumerate() {
                let (digits, is_cut) = digits::<WORDS, DIGITS>(entry, line.exponent + shift);
                line.is_cut |= is_cut;
                let place = 2 * (j / LANES * length + k);
                let negative = usize::from(entry.centre.is_negative());
                raise(&digits, |digit, sum, difference| {
                    integers[place + negative][digit].0[j % LANES] = sum;
                    integers[place + 1 - negative][digit].0[j % LANES] = difference;
                });
            }
        }
        Self { integers, lines, length }
    }

    pub(super) fn line(&self, j: usize) -> Line {
        self.lines[j]
    }

    /// Whether all radii of a column are zero.
    pub(super) fn has_certain(&self) -> bool {
        self.lines.iter().any(|line| line.is_certain)
    }

    /// The number of columns.
    pub(super) fn count(&self) -> usize {
        self.lines.len()
    }

    /// Block after block, the integers of all its columns.
    pub(super) fn blocks(&self) -> std::slice::ChunksExact<'_, [Lanes; DIGITS]> {
        self.integers.chunks_exact(2 * self.length)
    }
}

/// The digits of the integer part of `|entry| · 2^(fraction_bits − exponent)`, the lowest first, where `|entry| < 2^exponent`; and whether a
/// fraction was cut off.
#[inline(always)]
fn digits<const WORDS: usize, const DIGITS: usize>(entry: &Entry<WORDS>, exponent: i32) -> ([u64; DIGITS], bool) {
    const { assert!(WORDS < MOST_WORDS) };
    if entry.centre.is_zero() {
        return ([0; DIGITS], false);
    }
    // One word more than an entry has; the highest is at place WORDS.
    let mut moved = [0; MOST_WORDS];
    moved[1..=WORDS].copy_from_slice(entry.centre.words());
    let (mut shift, mut is_cut) = ((exponent - entry.centre.exponent()) as u32, false);
    while shift >= 64 {
        is_cut |= moved[0] != 0;
        moved.copy_within(1.., 0);
        moved[WORDS] = 0;
        shift -= 64;
    }
    is_cut |= moved[0] << 1 << (63 - shift) != 0;
    for place in 0..=WORDS {
        let above = if place < WORDS { moved[place + 1] } else { 0 };
        moved[place] = moved[place] >> shift | above << 1 << (63 - shift);
    }
    let mut digits = [0; DIGITS];
    for (place, digit) in digits.iter_mut().rev().enumerate() {
        let offset = DIGIT_BITS * place;
        let (word, shift) = (WORDS - offset / 64, offset % 64);
        let next = if shift > 64 - DIGIT_BITS { moved[word - 1] >> (64 - shift) } else { 0 };
        *digit = (moved[word] << shift | next) >> (64 - DIGIT_BITS);
    }
    let unused = 64 * (WORDS + 1) - DIGIT_BITS * DIGITS;
    (digits, is_cut || moved[0] << (64 - unused) != 0)
}

/// A bound of what the dot product of a row and a column of `length` entries misses of the exact one; 0 if it is exact, which takes
/// that all sums of digits were computed.
#[inline(always)]
pub(super) fn loss<const DIGITS: usize>(row: Line, column: Line, length: usize, is_full: bool) -> f64 {
    // A term misses less than a unit for each factor that was cut, |ξ Y| + |X η| and a little for |ξ η|. What is left out of a
    // product of two integers is Σ (c + 1) 2^(52 c + 104) over c < DIGITS − 1: less than 2 (DIGITS − 1) units and a little.
    let cuts = f64::from(u8::from(row.is_cut) + u8::from(column.is_cut));
    let units = if is_full { cuts } else { cuts + 2.0 * (DIGITS - 1) as f64 };
    // Below this bound is a product of lines that have no index in common where neither is zero. It is exact, and any bound is one.
    let exponent = (row.exponent + column.exponent - fraction_bits(DIGITS)).max(-900);
    units * (1.0 + 1e-12) * length as f64 * power_of_two(exponent)
}

#[cfg(test)]
mod tests {
    use super::super::super::lanes::MASK;
    use super::*;
    use crate::number::short::Short;
    use rug::Integer;

    /// Entries of few bits, of all, and of runs of them, moved to the right by every distance.
    fn check<const WORDS: usize, const DIGITS: usize>() {
        let length = 64 * WORDS;
        let top = || Integer::from(1) << (length as u32 - 1);
        for bit in [0, 1, 7, 8, 35, 36, 37, 62, 63, 64, 65, 100, 126] {
            let run: Integer = (Integer::from(1) << length as u32) - (Integer::from(1) << bit);
            for significand in [top() + (Integer::from(1) << bit), run] {
                let mut words = [0; WORDS];
                significand.write_digits(&mut words, rug::integer::Order::Lsf);
                let entry = Entry { centre: Short::from_words(words, 3, false), radius: 0.0 };
                for shift in 1..=length as i32 + 140 {
                    let (found, is_cut) = digits::<WORDS, DIGITS>(&entry, 3 + shift);
                    let value = found.iter().rev().fold(Integer::new(), |sum, digit| (sum << DIGIT_BITS) + digit);
                    // |entry| · 2^(fraction_bits − exponent), the significand having its point behind its highest bit.
                    let left = fraction_bits(DIGITS) - shift - (length as i32 - 1);
                    let moved = if left >= 0 {
                        significand.clone() << left as u32
                    } else {
                        significand.clone() >> left.unsigned_abs()
                    };
                    let is_exact = left >= 0 || significand.is_divisible_2pow(left.unsigned_abs());
                    assert_eq!(value, moved, "{significand:x} moved by {shift}");
                    assert_eq!(is_cut, !is_exact, "{significand:x} moved by {shift}");
                    assert!(found.iter().all(|digit| *digit <= MASK));
                }
            }
        }
    }

    #[test]
    fn entries_are_cut_where_they_say_so() {
        check::<2, 3>();
        check::<4, 6>();
    }

    #[test]
    fn a_bound_of_what_is_missed_is_positive_for_the_smallest_lines() {
        // Entries of moderate size, balanced, are no smaller than this.
        for exponent in -501..=501 {
            let line = Line { exponent, is_certain: true, is_cut: true };
            for is_full in [false, true] {
                assert!(loss::<3>(line, line, 1, is_full) > 0.0 && loss::<6>(line, line, 1, is_full) > 0.0);
            }
            let whole = Line { is_cut: false, ..line };
            assert!(loss::<6>(whole, whole, 1, false) > 0.0 && loss::<6>(whole, whole, 1, true) == 0.0);
        }
    }
}
