//! Every control applies: what must be refuted is, and the repaired form of a slip says something where it must not be.

use gradient_witness::claims::{Check, Claim, ControlInstance};
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

/// A spec is read when a claim or a control is run, and not before: that it can be read is for this test to say.
#[test]
fn every_source_has_a_first_instance() {
    for claim in &catalogue() {
        let own = match claim.check() {
            Check::Instances(source) => Some(source),
            Check::Identity(_) | Check::Chance(_) => None,
        };
        let of_controls = claim.controls().iter().filter_map(|control| match &control.instance {
            ControlInstance::On(source) => Some(source),
            ControlInstance::Shape(_) | ControlInstance::Chance(_) => None,
        });
        for source in own.into_iter().chain(of_controls) {
            assert!(source.instance(1, 0).is_some(), "{}: {source:?}", claim.id());
        }
    }
}
