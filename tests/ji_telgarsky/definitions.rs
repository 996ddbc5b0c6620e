//! Definitions accept what was built inside them and reject what was built outside.

use gradient_witness::claims::{Check, Role};
use gradient_witness::generate::Built;
use gradient_witness::papers::catalogue;
use gradient_witness::verify::Evidence;

use super::holds_on_instances;

const DEFINITIONS: [&str; 7] = [
    "JT19.data-normalised-separable",
    "JT19.assumption-1-loss",
    "JT19.assumption-2-init",
    "JT19.assumption-3-support-span",
    "JT19.assumption-4-smooth-lipschitz",
    "JT19.assumption-5-step-rule",
    "JT19.ball",
];

#[test]
fn definitions_tell_inside_from_outside() {
    for id in DEFINITIONS {
        let exact = ["JT19.data-normalised-separable", "JT19.assumption-3-support-span", "JT19.ball"].contains(&id);
        holds_on_instances(id, if exact { Evidence::Exact } else { Evidence::Certified });
    }
}

#[test]
fn both_kinds_of_instances_come_in_quantity() {
    let claims = catalogue();
    for id in DEFINITIONS {
        let claim = claims.iter().find(|claim| claim.id() == id).expect("in the catalogue");
        assert_eq!(claim.role(), Role::Definition, "{id}");
        let Check::Instances(source) = claim.check() else { panic!("{id} has instances") };
        let inside = (0..64).filter(|&index| source.instance(1, index).is_some_and(|one| one.built == Built::Inside));
        let inside = inside.count();
        assert!((16..=52).contains(&inside), "{id}: {inside} of 64 inside");
    }
}
