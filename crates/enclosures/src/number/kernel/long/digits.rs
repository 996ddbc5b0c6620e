//! Long integers of 52-bit digits, for processors with a multiply-add of such digits (x86 with AVX-512 IFMA).
//!
//! Eight columns of the right factor are worked on at a time. All is exact, and the results are those of
//! [`Integers`](super::integers::Integers) bit for bit.

use rug::Integer;
use rug::integer::Order;

use super::super::ifma::Ifma;
use super::super::lanes::{DIGIT_BITS, LANES, Lanes, MASK, lower, raise};
use super::integers::{fraction_bits, loss};
use super::rounding::rounded;
use super::{Format, Line, Lines, Magnitude};

/// Digits of a sum worked on at a time.
const TILE: usize = 4;

/// Zeros before and after the digits of an entry of a block, so that a tile may reach beyond them.
const MARGIN: usize = TILE - 1;

/// The longest dot product that this is for, so that the sums of the absolute values of a row have room.
pub(super) const LARGEST_LENGTH: usize = 512;

/// The most digits that this is for: of longer integers GMP knows faster ways.
const MOST_DIGITS: usize = 400;

/// The format of D digits, and the digits of both factors.
pub(super) struct Digits {
    ifma: Ifma,
    fraction_bits: u32,
    /// D.
    count: usize,
    /// The digits of all absolute values that were read, first those of the left factor; of each the lowest first.
    absolute: Vec<u64>,
    /// For each block of columns, inner index and sign the digits of B ± y between [`MARGIN`] zeros.
    columns: Vec<Lanes>,
    /// What the sums of each row begin with, −B Σ |x|: the D + 1 highest digits, each with a sign.
    starts: Vec<u64>,
    /// The sums of a row with all columns, for each block.
    images: Vec<Lanes>,
    /// The row whose images these are.
    row: Option<usize>,
    /// Room to work in.
    words: Vec<u64>,
    integer: Integer,
}

impl Digits {
    /// The format for numbers of `bits` bits, if the processor has the instructions.
    pub(super) fn new(bits: u32) -> Option<Self> {
        let fraction_bits = fraction_bits(bits);
        let count = (fraction_bits as usize + 1).div_ceil(DIGIT_BITS);
        Some(Self {
            ifma: Ifma::if_wanted().filter(|_| count <= MOST_DIGITS)?,
            fraction_bits,
            count,
            absolute: Vec::new(),
            columns: Vec::new(),
            starts: Vec::new(),
            images: Vec::new(),
            row: None,
            words: Vec::new(),
            integer: Integer::new(),
        })
    }

    /// The digits of an image, to whole tiles.
    fn image_length(&self) -> usize {
        (2 * self.count).next_multiple_of(TILE)
    }

    /// The digits of an entry of a block and the zeros around them.
    fn padded(&self) -> usize {
        self.count + 2 * MARGIN
    }

    fn prepare_starts(&mut self, left: &Lines<Self>) {
        let mut sums = vec![0; self.count];
        for i in 0..left.all().len() {
            sums.fill(0);
            for entry in left.entries(i) {
                for (sum, digit) in sums.iter_mut().zip(&self.absolute[entry.place..]) {
                    *sum += digit;
                }
            }
            let start = self.starts.len();
            self.starts.resize(start + self.count + 1, 0);
            lower(&mut self.starts[start..], &sums);
        }
    }

    fn prepare_columns(&mut self, right: &Lines<Self>) {
        let (length, padded) = (right.length(), self.padded());
        let lines = right.all().len();
        self.columns.resize(lines.div_ceil(LANES) * 2 * length * padded, Lanes::ZERO);
        for j in 0..lines {
            for (k, entry) in right.entries(j).iter().enumerate() {
                let place = 2 * (j / LANES * length + k);
                let negative = usize::from(entry.is_negative);
                let [raised, lowered] = [place + negative, place + 1 - negative].map(|place| place * padded + MARGIN);
                let columns = &mut self.columns;
                raise(&self.absolute[entry.place..entry.place + self.count], |a, sum, difference| {
                    columns[raised + a].0[j % LANES] = sum;
                    columns[lowered + a].0[j % LANES] = difference;
                });
            }
        }
    }
}

/// An entry: where its digits begin, and its sign.
#[derive(Clone, Copy)]
pub(super) struct Signed {
    place: usize,
    is_negative: bool,
}

impl Format for Digits {
    type Entry = Signed;

    fn fraction_bits(&self) -> i64 {
        self.fraction_bits.into()
    }

    fn read(&mut self, value: &rug::Float, below: i64) -> (Signed, bool) {
        let entry = self.zero();
        let Some(significand) = value.get_significand() else { return (entry, false) };
        let limbs = significand.as_limbs();
        // The bit of the significand, from its lowest, that becomes the lowest one of the integer.
        let first = i64::from(significand.significant_bits()) - self.fraction_bits() + below;
        let word = |place: i64| usize::try_from(place).ok().and_then(|place| limbs.get(place)).copied().unwrap_or(0);
        for (place, digit) in self.absolute[entry.place..].iter_mut().enumerate() {
            let bit = first + (DIGIT_BITS * place) as i64;
            let shift = bit & 63;
            // One word ends where the other begins, and shifts are below 64.
            *digit = (word(bit >> 6) >> shift | word((bit >> 6) + 1) << 1 << (63 - shift)) & MASK;
        }
        let is_cut = first > 0 && significand.find_one(0).is_some_and(|lowest| i64::from(lowest) < first);
        (Signed { is_negative: value.is_sign_negative(), ..entry }, is_cut)
    }

    fn zero(&mut self) -> Signed {
        let place = self.absolute.len();
        self.absolute.resize(place + self.count, 0);
        Signed { place, is_negative: false }
    }

    fn prepare(&mut self, left: &Lines<Self>, right: &Lines<Self>) {
        self.prepare_starts(left);
        self.prepare_columns(right);
        self.images = vec![Lanes::ZERO; right.all().len().div_ceil(LANES) * self.image_length()];
    }

    fn dot(
        &mut self,
        left: &Lines<Self>,
        i: usize,
        right: &Lines<Self>,
        j: usize,
        bits: u32,
    ) -> (rug::Float, Magnitude) {
        let image_length = self.image_length();
        if self.row != Some(i) {
            self.row = Some(i);
            let (row, length, padded) = (left.entries(i), right.length(), self.padded());
            let blocks = self.columns.chunks_exact(2 * length * padded);
            for (block, image) in blocks.zip(self.images.chunks_exact_mut(image_length)) {
                let (ifma, count) = (self.ifma, self.count);
                ifma.vectorize(Row { ifma, row, absolute: &self.absolute, count, block, image });
            }
        }
        let image = &self.images[j / LANES * image_length..(j / LANES + 1) * image_length];
        let starts = &self.starts[i * (self.count + 1)..(i + 1) * (self.count + 1)];
        let starts = std::iter::repeat_n(&0, self.count - 1).chain(starts).chain(std::iter::repeat(&0));
        let digits = image.iter().zip(starts).map(|(digits, start)| digits.0[j % LANES].wrapping_add(*start) as i64);
        let is_negative = pack(digits, &mut self.words);
        self.integer.assign_digits(&self.words, Order::Lsf);
        if is_negative {
            self.integer *= -1;
        }
        let scale = left.line(i).exponent + right.line(j).exponent - 2 * self.fraction_bits();
        rounded(&self.integer, scale, bits)
    }

    fn loss(&self, left: &Line, right: &Line) -> f64 {
        loss(left, right)
    }
}

/// The words of the absolute value of `Σ digits[c] 2^(52 c)`, the lowest first, and whether the sum is negative.
fn pack(digits: impl Iterator<Item = i64>, words: &mut Vec<u64>) -> bool {
    words.clear();
    let (mut pending, mut filled, mut carry) = (0_u128, 0, 0);
    for digit in digits {
        let total = digit + carry;
        carry = total >> DIGIT_BITS;
        pending |= u128::from(total as u64 & MASK) << filled;
        filled += DIGIT_BITS;
        if filled >= 64 {
            words.push(pending as u64);
            pending >>= 64;
            filled -= 64;
        }
    }
    // The sign goes on for ever.
    pending |= (i128::from(carry) << filled) as u128;
    words.push(pending as u64);
    words.push((pending >> 64) as u64);
    let is_negative = carry < 0;
    if is_negative {
        let mut borrow = true;
        for word in words {
            (*word, borrow) = (!*word).overflowing_add(u64::from(borrow));
        }
    }
    is_negative
}

/// The sums of the digits of one row times eight columns.
struct Row<'a> {
    ifma: Ifma,
    row: &'a [Signed],
    absolute: &'a [u64],
    /// The digits of an entry.
    count: usize,
    /// Of every entry of eight columns, once for each sign, the digits between zeros.
    block: &'a [Lanes],
    /// `image[c]` becomes `Σ x_a y_b` over a + b = c, the upper halves carried to the next; all but the last below 2^52.
    image: &'a mut [Lanes],
}

impl Row<'_> {
    /// Adds the digits of the product of one number and eight others.
    #[inline(always)]
    fn add_product(&mut self, entry: &[u64], column: &[Lanes]) {
        let Self { ifma, count, .. } = *self;
        let splat = |value: u64| ifma.avx512f._mm512_set1_epi64(value as i64);
        let mut carried = splat(0);
        for (tile, image) in self.image.chunks_exact_mut(TILE).enumerate() {
            let first = tile * TILE;
            let (mut low, mut high) = ([splat(0); TILE], [splat(0); TILE]);
            // Digit a meets digit first + c − a, which is at place first + c − a + MARGIN of its column.
            let (start, end) = ((first + 1).saturating_sub(count), count.min(first + TILE));
            let meeting = column[first + MARGIN + 1 - end..first + MARGIN + TILE - start].windows(TILE);
            for (digit, others) in entry[start..end].iter().zip(meeting.rev()) {
                let x = splat(*digit);
                for c in 0..TILE {
                    let y = pulp::cast(others[c].0);
                    low[c] = ifma.avx512ifma._mm512_madd52lo_epu64(low[c], x, y);
                    high[c] = ifma.avx512ifma._mm512_madd52hi_epu64(high[c], x, y);
                }
            }
            for c in 0..TILE {
                let sum = ifma.avx512f._mm512_add_epi64(low[c], carried);
                image[c].0 = pulp::cast(ifma.avx512f._mm512_add_epi64(sum, pulp::cast(image[c].0)));
                carried = high[c];
            }
        }
    }

    /// Makes all digits but the last smaller than 2^52.
    #[inline(always)]
    fn carry(&mut self) {
        let mut carries = [0; LANES];
        let last = self.image.len() - 1;
        for (place, digits) in self.image.iter_mut().enumerate() {
            for (digit, carry) in digits.0.iter_mut().zip(&mut carries) {
                *digit += *carry;
                if place < last {
                    *carry = *digit >> DIGIT_BITS;
                    *digit &= MASK;
                }
            }
        }
    }
}

impl pulp::NullaryFnOnce for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let Self { row, absolute, count, block, .. } = self;
        let padded = count + 2 * MARGIN;
        self.image.fill(Lanes::ZERO);
        // Each adds 2 D numbers below 2^52 to a digit that may be that large already.
        let at_once = ((1 << (63 - DIGIT_BITS)) - 1) / (2 * count);
        for (chunk, row) in row.chunks(at_once).enumerate() {
            for (k, entry) in row.iter().enumerate() {
                let place = (2 * (chunk * at_once + k) + usize::from(entry.is_negative)) * padded;
                self.add_product(&absolute[entry.place..entry.place + count], &block[place..place + padded]);
            }
            self.carry();
        }
    }
}
