//! How many bits the certified side of a comparison is given.

use crate::problem::Problem;
use crate::trajectory::Ending;

/// The precision up to which that of a certified run is raised.
const MAX_BITS: u32 = 4096;

/// Measures at `bits` bits or more: the precision is doubled, up to [`MAX_BITS`] and as long as there is room for `problem`, until what was measured
/// is enough. With it comes the precision.
///
/// # Errors
///
/// The first of `measure`.
pub(super) fn at_enough_bits<T, E>(
    problem: &Problem,
    mut bits: u32,
    mut measure: impl FnMut(u32) -> Result<T, E>,
    is_enough: impl Fn(&T) -> bool,
) -> Result<(u32, T), E> {
    loop {
        let measured = measure(bits)?;
        if is_enough(&measured) || bits >= MAX_BITS || problem.check_room(bits.saturating_mul(2)).is_err() {
            return Ok((bits, measured));
        }
        bits = (bits * 2).min(MAX_BITS);
    }
}

/// Whether more bits are of no use: the time is over, or the certified runs are well and what they tell is not blurred by their radii.
pub(super) fn is_settled<'a>(
    certified: impl IntoIterator<Item = &'a Ending, IntoIter: Clone>,
    is_blurred: bool,
) -> bool {
    let mut endings = certified.into_iter();
    let is_over = endings.clone().any(|ending| matches!(ending, Ending::Interrupted(_)));
    is_over || !endings.any(|ending| matches!(ending, Ending::PrecisionExhausted(_))) && !is_blurred
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::problem::{Data, Loss, Matrix, Network, Normalisation, StepRule};

    #[test]
    fn bits_are_doubled_until_it_is_enough() {
        let number = || Matrix::row_vector(vec![rug::Rational::from(1)]);
        let network = Network::fully_connected(&[1, 1]).unwrap();
        let (data, step) = (Data::Target(number()), StepRule::Flow);
        let problem =
            Problem::new(network, Loss::SquaredTarget, Normalisation::Mean, data, vec![number()], step).unwrap();
        let tried = |bits, enough: u32| {
            let mut tried = Vec::new();
            let measure = |bits| -> Result<u32, Infallible> {
                tried.push(bits);
                Ok(bits)
            };
            let Ok((last, measured)) = at_enough_bits(&problem, bits, measure, |&bits| bits >= enough);
            assert_eq!((last, Some(&measured)), (measured, tried.last()));
            tried
        };
        assert_eq!(tried(128, 64), [128]);
        assert_eq!(tried(100, 300), [100, 200, 400]);
        assert_eq!(tried(1500, u32::MAX), [1500, 3000, 4096]);
        assert_eq!(tried(10_000, u32::MAX), [10_000]);
    }

    #[test]
    fn more_bits_help_what_was_exhausted_or_blurred_and_had_time() {
        let (well, over) = (Ending::Finished, Ending::Interrupted(String::new()));
        let exhausted = Ending::PrecisionExhausted(String::new());
        assert!(is_settled([&well], false) && !is_settled([&well], true));
        assert!(!is_settled([&well, &exhausted], false));
        assert!(is_settled([&exhausted, &over], true));
    }
}
