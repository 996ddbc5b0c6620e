//! Stand-in until the families land: delete this file then.
#![allow(missing_docs)]
use super::{Instance, Source};
#[derive(Clone, Debug)]
pub enum Family {
    Points,
    Pairs,
    SmoothnessRuns,
    ShortRuns,
    EscapeRuns,
    FarPoints,
    ZeroFirst,
    TargetRuns,
}
impl Source for Family {
    fn name(&self) -> String {
        format!("{self:?}")
    }
    fn instance(&self, _seed: u64, _index: u64) -> Option<Instance> {
        None
    }
}
