//! Encloses the largest singular value of a matrix of f64 numbers.
//!
//! `cargo run --release --package enclosures --example largest_singular_value`
//!
//! The matrix is the one of issue 1172 of nalgebra, five columns of ones in three rows, and one that is as large as one likes (its
//! size may be given as an argument). Nothing here needs more than `largest_singular_value` and what may be asked of a ball.

use std::time::Instant;

use enclosures::number::{Matrix, Real, Truth};
use enclosures::{NotEnclosed, largest_singular_value};

fn main() -> Result<(), NotEnclosed> {
    let ones = largest_singular_value([[1.0; 5]; 3], 1e-20)?;
    println!("3×5 ones: σ₁ = {ones}");
    // An interval in f64, its ends rounded outward.
    println!("          σ₁ in [{}, {}]", ones.lower_f64(), ones.upper_f64());
    // What is asked of a ball has three answers, and only a certain one is used.
    assert_eq!(ones.below(&Real::from_f64(4.54, 64)), Truth::True, "what nalgebra's svd(true, true) gives");

    let size = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(50);
    let matrix = Matrix::from_fn(size, size, |i, j| ((i * i + 7 * j) as f64).sin());
    for width in [1e-12, 1e-100] {
        let begun = Instant::now();
        let norm = largest_singular_value(&matrix, width)?;
        println!("{size}×{size}, to a relative width of {width:.0e} in {:.0?}: {norm}", begun.elapsed());
    }
    Ok(())
}
