//! The claims of the catalogue, one line each: `cargo test JT19.lemma8` checks those of Lemma 8.
//!
//! A claim passes if it comes out as the catalogue expects, its controls included, and as was [`measured`]: on the evidence it should
//! rest on, as tight as it was, informative often enough. It is checked on 32 applicable instances, on as many as `WITNESS_INSTANCES` says,
//! or on 256 with `WITNESS_LONG=1`. What is measured is asked for only if there are at least as many as usual.

mod measured;

use std::process::ExitCode;

use gradient_witness::harness::{Harness, INSTANCES};
use gradient_witness::papers::catalogue;
use gradient_witness::verify::Options;

fn main() -> ExitCode {
    let is_long = std::env::var_os("WITNESS_LONG").is_some_and(|value| value == "1");
    let options = Options { instances: if is_long { 256 } else { INSTANCES }, ..Options::default() };
    let claims = catalogue();
    for id in measured::named() {
        assert!(claims.iter().any(|claim| claim.id() == id), "{id} is measured, and not in the catalogue");
    }
    Harness::new(claims).options(options).demanding(measured::demand).main()
}
