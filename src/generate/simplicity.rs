//! In what order numbers are simple: 0 comes first, and each number has a place.
//!
//! What is drawn is recorded by its place, so that a smaller place is a simpler number whatever was drawn from.

/// The place of `value` among the numbers from `low` to `high`: from the one nearest to 0 outward, in turn above and below it.
pub(super) fn place_of_integer(value: i64, low: i64, high: i64) -> u64 {
    let centre = 0.clamp(low, high);
    let both = low.abs_diff(centre).min(high.abs_diff(centre));
    match value.abs_diff(centre) {
        distance if distance > both => distance + both,
        0 => 0,
        distance => 2 * distance - u64::from(value > centre),
    }
}

/// The number at a place of at most `high − low`: the inverse of [`place_of_integer`].
pub(super) fn integer_at(place: u64, low: i64, high: i64) -> i64 {
    let centre = 0.clamp(low, high);
    let (below, above) = (low.abs_diff(centre), high.abs_diff(centre));
    let both = below.min(above);
    let (distance, is_above) =
        if place > 2 * both { (place - both, above > below) } else { (place.div_ceil(2), place % 2 == 1) };
    if is_above { centre.wrapping_add_unsigned(distance) } else { centre.wrapping_sub_unsigned(distance) }
}

/// The place of `numerator/2^bits` among the multiples of `2^−bits` above 0 and at most 1: 1, 1/2, 1/4, 3/4, 1/8, 3/8, …, so that it
/// does not depend on `bits`.
pub(super) fn place_of_positive(numerator: u64, bits: u32) -> u64 {
    let digits = bits - numerator.trailing_zeros();
    if digits == 0 { 0 } else { (1 << (digits - 1)) + (numerator >> (bits - digits) >> 1) }
}

/// The numerator over `2^bits` of the number at a place below `2^bits`: the inverse of [`place_of_positive`].
pub(super) fn positive_at(place: u64, bits: u32) -> u64 {
    match place.checked_ilog2() {
        None => 1 << bits,
        Some(log) => (2 * (place - (1 << log)) + 1) << (bits - log - 1),
    }
}

/// The place of `numerator/2^bits` among the multiples of `2^−bits` from −1 to 1: 0, 1, −1, 1/2, −1/2, 1/4, −1/4, 3/4, ….
pub(super) fn place_of_dyadic(numerator: i64, bits: u32) -> u64 {
    match numerator.unsigned_abs() {
        0 => 0,
        size => 2 * place_of_positive(size, bits) + if numerator > 0 { 1 } else { 2 },
    }
}

/// The numerator over `2^bits` of the number at a place of at most `2^(bits + 1)`: the inverse of [`place_of_dyadic`].
pub(super) fn dyadic_at(place: u64, bits: u32) -> i64 {
    match place.checked_sub(1) {
        None => 0,
        Some(place) => {
            let size = positive_at(place / 2, bits) as i64;
            if place % 2 == 0 { size } else { -size }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_a_place_each() {
        for (low, high) in [(-3_i64, 4_i64), (-4, 2), (0, 5), (2, 6), (-6, -2), (-1, 0), (7, 7)] {
            let integers: Vec<i64> = (0..=high.abs_diff(low)).map(|place| integer_at(place, low, high)).collect();
            assert!(integers.windows(2).all(|pair| pair[0].abs() <= pair[1].abs()), "{integers:?}");
            assert!((low..=high).all(|value| integer_at(place_of_integer(value, low, high), low, high) == value));
        }
        assert_eq!((0..=4).map(|place| integer_at(place, -2, 2)).collect::<Vec<_>>(), [0, 1, -1, 2, -2]);
        for value in [i64::MIN, -1, 0, 1, i64::MAX] {
            assert_eq!(integer_at(place_of_integer(value, i64::MIN, i64::MAX), i64::MIN, i64::MAX), value);
        }
    }

    #[test]
    fn dyadic_numbers_have_a_place_each_whatever_the_grid() {
        for bits in [0, 1, 4, 7] {
            let unit = 1_i64 << bits;
            for numerator in -unit..=unit {
                let place = place_of_dyadic(numerator, bits);
                assert!(place <= 2 << bits);
                assert_eq!(dyadic_at(place, bits), numerator);
                assert_eq!(dyadic_at(place, bits + 3), numerator << 3);
            }
        }
        let places: Vec<i64> = (0..9).map(|place| dyadic_at(place, 2)).collect();
        assert_eq!(places, [0, 4, -4, 2, -2, 1, -1, 3, -3]);
        for numerator in [1, 1 << 61, 1 << 62, (1 << 62) - 1] {
            assert_eq!(positive_at(place_of_positive(numerator, 62), 62), numerator);
        }
    }
}
