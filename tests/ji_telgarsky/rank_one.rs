//! The ratio of the norms of a layer.

use gradient_witness::claims::OnPoints;
use gradient_witness::generate::{Family, Source};
use gradient_witness::papers::ji_telgarsky::rank_one::RankOneDistance;
use gradient_witness::verify::{Evidence, Limits, examine_instance};

use super::holds_on_instances;

#[test]
fn the_distance_from_rank_one_is_a_ratio_of_norms() {
    let verdict = holds_on_instances("JT19.rank1-distance", Evidence::Exact);
    assert_eq!(verdict.attained, verdict.applicable);
}

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

#[test]
fn the_ratio_of_norms_has_a_floor() {
    let verdict = holds_on_instances("JT19.alignment-ratio-floor", Evidence::Certified);
    assert!(verdict.attained > 0, "isometries attain it");
}
