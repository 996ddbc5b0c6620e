//! Lemmas 3 to 7.

use super::{are_refuted, come_out, is_as_tight_as_measured};

#[test]
fn singular_values_move_no_faster_than_the_matrix() {
    let report = come_out(&["ACGH19.lemma3-lidskii", "ACGH19.lemma4-diagonal"], 24);
    for verdict in &report.claims {
        assert!(verdict.attained > 0, "{}: both lemmas are sharp", verdict.id);
    }
    is_as_tight_as_measured(&report, "ACGH19.lemma3-lidskii", 1.0..=1.0);
    is_as_tight_as_measured(&report, "ACGH19.lemma4-diagonal", 1.0..=1.0);
}

#[test]
fn partial_products_are_nearly_powers() {
    let report = come_out(&["ACGH19.lemma5-partial-products", "ACGH19.lemma5-sigma-min"], 32);
    // (1 − 1/N)/3 for N = 20.
    is_as_tight_as_measured(&report, "ACGH19.lemma5-partial-products", 0.31..=0.317);
    is_as_tight_as_measured(&report, "ACGH19.lemma5-sigma-min", 0.99..=1.0);
}

#[test]
fn layers_are_hardly_larger_than_their_product_allows() {
    let report = come_out(&["ACGH19.lemma6-layer-norms"], 24);
    is_as_tight_as_measured(&report, "ACGH19.lemma6-layer-norms", 0.504..=0.51);
}

#[test]
fn a_single_step_lowers_the_loss() {
    let report = come_out(&["ACGH19.lemma7-single-step"], 32);
    is_as_tight_as_measured(&report, "ACGH19.lemma7-single-step", 0.499..=0.501);
}

#[test]
fn the_constants_are_small_enough() {
    come_out(&["ACGH19.lemma7-eta-preconditions", "ACGH19.lemma7-delta-preconditions"], 32);
}

#[test]
fn the_expansion_of_a_step_is_bounded() {
    let report = come_out(&["ACGH19.lemma7-higher-order-terms", "ACGH19.lemma7-step-size"], 24);
    is_as_tight_as_measured(&report, "ACGH19.lemma7-higher-order-terms", 1.0..=1.0);
}

#[test]
fn the_linear_part_is_nearly_that_of_balanced_layers() {
    come_out(&["ACGH19.lemma7-linear-part", "ACGH19.lemma7-linear-part.vec", "ACGH19.lemma7-linear-part.order"], 24);
}

#[test]
fn what_is_false_as_printed_is_refuted() {
    are_refuted(&["ACGH19.lemma5-sigma-min.printed", "ACGH19.lemma7-linear-part.order.printed"]);
}
