//! Singular values with a proof, beside those of the f64 libraries, on matrices whose values are known exactly.
//!
//! `cargo run --release --package enclosures --example widths` prints the table. Each row is one matrix `Q_1 D Q_2ᵀ` with rational orthogonal factors;
//! that the known values lie in the enclosures is asserted on the way. The errors are those of the matrix rounded to f64, against its own
//! enclosed values: of the worst value in terms of the largest one, and of the least value that is not zero in terms of itself.

#[path = "../tests/algebra/exact.rs"]
#[expect(dead_code, reason = "the tests look at the singular vectors too")]
mod exact;

use std::time::Instant;

use enclosures::algebra::elimination::solve;
use enclosures::algebra::raised_precision::{PrecisionExhausted, singular_values_to};
use enclosures::algebra::spectral::{Effort, singular_values};
use enclosures::number::{Ball, Matrix, Real, Sign};
use exact::{Draws, power_of_ten, spectra, with_values};
use rug::Rational;

/// The relative width that is asked for.
const WIDTH_EXPONENT: i32 = -30;

/// The most bits that are spent on it.
const MOST_BITS: u32 = 1 << 14;

fn main() {
    println!(
        "{:>2} {:24} {:>6} {:>6} {:>5} {:>8}   {:>8} {:>8}   {:>8} {:>8}   {:>8} {:>8}",
        "n", "values", "128", "256", "bits", "ms", "nalgebra", "least", "vectors", "least", "faer", "least"
    );
    let mut draws = Draws(81);
    for size in [6, 16, 32] {
        for (name, values) in spectra(size) {
            row(size, name, &values, &mut draws);
        }
    }
    println!(
        "128, 256: log2 of the widest relative width of a value that is not zero, at that many bits; - where zero is not excluded."
    );
    println!("bits, ms: what it takes to know every value to a relative width of 1e{WIDTH_EXPONENT}, zeros exactly.");
    println!(
        "nalgebra, vectors (nalgebra's svd(true, true)), faer: errors of the f64 decompositions; - where f64 has no entry but zeros, or no numbers come out."
    );
}

fn row(size: usize, name: &str, values: &[Rational], draws: &mut Draws) {
    let known = with_values(size, size, values, draws);
    let contains_all = |found: &[Ball]| found.iter().zip(values).all(|(ball, value)| ball.contains_rational(value));
    let width_at = |bits: u32| {
        let found = singular_values(&Matrix::from_rationals(&known.matrix, bits), Effort::Tight);
        assert!(contains_all(&found), "{name}: a known value outside of its enclosure");
        let nonzero = found.iter().zip(values).filter(|(_, value)| !value.is_zero());
        nonzero.map(|(ball, _)| log2_width(ball)).reduce(f64::max).filter(|width| width.is_finite())
    };
    let (narrow, wide) = (width_at(128), width_at(256));
    let begun = Instant::now();
    let outcome = singular_values_to(&known.matrix, &power_of_ten(WIDTH_EXPONENT), MOST_BITS);
    let time = begun.elapsed().as_secs_f64() * 1e3;
    let (found, more) = match outcome {
        Ok(found) => (found, ""),
        Err(PrecisionExhausted(found)) => (found, ">"),
    };
    assert!(contains_all(&found.values), "{name}: a known value outside of its enclosure");
    let bits = format!("{more}{}", found.bits);
    let text = |width: Option<f64>| width.map_or_else(|| "-".to_owned(), |width| format!("{width:.0}"));
    print!("{size:>2} {name:24} {:>6} {:>6} {bits:>5} {time:>8.1}", text(narrow), text(wide));
    let plain = known.matrix.map(Rational::to_f64);
    let is_held = plain.entries().iter().any(|entry| *entry != 0.0);
    for error in if is_held { errors(&plain) } else { [None; 3] } {
        match error {
            Some([worst, least]) => print!("   {worst:>8.0e} {least:>8.0e}"),
            None => print!("   {:>8} {:>8}", "-", "-"),
        }
    }
    println!();
}

/// log2 of the width of an enclosure in terms of its lower end; infinite if that is not positive.
fn log2_width(ball: &Ball) -> f64 {
    let low = ball.lower();
    if low.sign() != Sign::Positive {
        return f64::INFINITY;
    }
    ((ball.upper() - &low) / &low).upper_f64().log2()
}

/// The errors of nalgebra, of nalgebra with vectors and of faer; `None` for a routine that gives no numbers.
fn errors(plain: &Matrix<f64>) -> [Option<[f64; 2]>; 3] {
    let Ok(rounded) = plain.to_rationals() else { return [None; 3] };
    let outcome = singular_values_to(&rounded, &power_of_ten(WIDTH_EXPONENT), MOST_BITS);
    let truth = outcome.unwrap_or_else(|PrecisionExhausted(found)| found).values;
    let least = truth.iter().rposition(|value| value.sign() == Sign::Positive).unwrap_or(0);
    let dense = nalgebra::DMatrix::from_row_slice(plain.rows(), plain.columns(), plain.entries());
    let faer = faer::Mat::from_fn(plain.rows(), plain.columns(), |i, j| plain[(i, j)]);
    let claimed = [
        Some(dense.clone().svd(false, false).singular_values.as_slice().to_vec()),
        Some(dense.svd(true, true).singular_values.as_slice().to_vec()),
        faer.singular_values().ok(),
    ];
    claimed.map(|values| {
        let mut values = values.filter(|values| values.iter().all(|value| value.is_finite()))?;
        values.sort_by(|a, b| b.total_cmp(a));
        let error = |i: usize| (Ball::from_f64(values[i], 256) - &truth[i]).abs();
        let worst = (0..truth.len()).map(|i| (error(i) / &truth[0]).lower_f64()).fold(0.0, f64::max);
        Some([worst, (error(least) / &truth[least]).lower_f64()])
    })
}
