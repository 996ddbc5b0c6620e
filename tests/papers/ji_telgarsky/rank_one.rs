//! The distance from rank one.

use gradient_witness::claims::OnPoints;
use gradient_witness::generate::{Family, Source};
use gradient_witness::papers::ji_telgarsky::rank_one::RankOneDistance;
use gradient_witness::verify::{Limits, examine_instance};

#[test]
fn enclosed_singular_vectors_agree_with_it_as_well() {
    let mut enclosed = 0;
    for index in 0..40 {
        let instance = Family::Points.instance(1, index).expect("an instance for every number");
        let found = examine_instance(&[&OnPoints(RankOneDistance::default())], &instance, &Limits::default()).remove(0);
        assert!(found.refuted.is_none() && found.undecided.is_none(), "{index}: {:?}", found.undecided);
        enclosed += usize::from(found.agrees_log2.is_some());
    }
    assert!(enclosed >= 20, "{enclosed} of 40 by enclosures");
}
