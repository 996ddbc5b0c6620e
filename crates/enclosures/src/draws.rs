//! Numbers that look random, the same in every run, for tests and benches.

/// The state after this one of a linear congruential generator (Knuth's MMIX); its upper bits are the better ones.
pub(crate) fn following(state: u64) -> u64 {
    state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407)
}
