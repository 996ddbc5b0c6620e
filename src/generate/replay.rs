//! The run or the flow of a spec, as a source.

use std::path::Path;

use super::{Built, Instance, Random, Source};
use crate::problem::Spec;

/// The run or the flow of a spec, read when it is looked at: a source of one instance. [`replay`] makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay {
    spec: &'static str,
    built: Built,
}

/// The run or the flow of a spec that ships with a claim, `include_str!("spec.toml")`.
///
/// A text that is no run spec is found out when the run is looked at; the harness says then that the claim or its control is broken, and why.
///
/// ```
/// use gradient_witness::generate::{Source, replay};
/// let source = replay(
///     r#"
///     network = { architecture = "fully-connected", widths = [1, 1] }
///     loss = { kind = "squared-target" }
///     data = { target = [[1]] }
///     init = { weights = [[["1/3"]]] }
///     step = { rule = "constant", eta = "1/2" }
///     run = { steps = 3 }
///     "#,
/// );
/// assert_eq!(source.instance(1, 0).map(|instance| instance.look.steps()), Some(3));
/// assert!(source.instance(1, 1).is_none());
/// ```
#[must_use]
pub fn replay(spec: &'static str) -> Replay {
    Replay { spec, built: Built::Inside }
}

impl Replay {
    /// The same run, marked as built outside the definition.
    #[must_use]
    pub fn outside(self) -> Self {
        Self { built: Built::Outside, ..self }
    }
}

impl Source for Replay {
    /// The same for the same text: claims on one run share it.
    fn name(&self) -> String {
        format!("{self:?}")
    }

    /// # Panics
    ///
    /// If the text is no run spec: a mistake of whoever wrote the claim.
    fn draw(&self, random: &mut Random) -> Option<Instance> {
        let run = || {
            let spec = Spec::parse(self.spec, Path::new("."));
            let spec = spec.unwrap_or_else(|error| panic!("{error}"));
            Instance { built: self.built, ..Instance::of_plan(spec.problem, &spec.plan) }
        };
        (random.index() == 0).then(run)
    }
}
