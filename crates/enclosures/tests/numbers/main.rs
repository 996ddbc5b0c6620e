//! Laws of the number systems, on inputs biased to the corners.
//!
//! The inputs come from a seeded source, so that the suite is the same on every run; the environment variable
//! `WITNESS_SEED` explores others. A failing law prints the seed and the shrunk sample.
//!
//! What a ball is compared with is computed by other means than the ball's own: exact dyadic arithmetic on big
//! integers, or MPFR at four times the precision with directed rounding.

mod adverse_products;
mod discs;
mod dyadic;
mod fixed;
mod functions;
mod magnitude;
mod order;
mod products;
mod range;
mod recorded;
mod ring;
mod samples;
mod series;
mod systems;
mod text;
mod tracked;

use quickcheck::{Arbitrary, Gen, QuickCheck, Testable};

/// The seed of the whole suite.
fn seed() -> u64 {
    match std::env::var("WITNESS_SEED") {
        Ok(text) => text.parse().expect("WITNESS_SEED is an unsigned integer"),
        Err(_) => 1,
    }
}

/// Checks a law on `count` samples. Every law has a stream of its own, found by its name.
fn law<A: Arbitrary + std::fmt::Debug>(name: &str, count: u64, law: fn(A))
where
    fn(A): Testable,
{
    let seed = seed();
    let stream = name.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // Shown by the test runner only if the test fails.
    println!("law {name:?} with WITNESS_SEED={seed}");
    QuickCheck::new().rng(Gen::from_size_and_seed(100, stream)).tests(count).quickcheck(law);
}
