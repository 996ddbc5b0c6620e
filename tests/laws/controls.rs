//! Every control applies: what must be refuted is, and the repaired form of a slip says something where it must not be.

use gradient_witness::claims::Claim;
use gradient_witness::papers::catalogue;
use gradient_witness::verify::{Caught, Options};
use rayon::prelude::*;

#[test]
fn every_control_comes_out_as_it_must() {
    let claims = catalogue();
    let missed: Vec<String> = claims
        .par_iter()
        .filter_map(|claim: &Claim| match Caught::run(claim, &Options::default()) {
            Caught::All => None,
            caught => Some(format!("{}: {caught:?}", claim.id())),
        })
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
}
