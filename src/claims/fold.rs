//! What examines the steps of a run one after the other, and what it remembers of them.

use super::{Finding, Hypotheses};
use crate::reference::{EverAfter, Moment, Point, Step, Stretch};

/// The part of a run claim that sees the steps.
///
/// The harness calls `assume` and then `conclude` at every step, in order. `conclude` is called even where a hypothesis on that step fails,
/// so that sums and maxima are over every step; what it says there is left out. Only where a hypothesis fails that
/// [lasts](Hypotheses::lasting), or one on the start, neither is called any more, unless the conclusion alone is asked for: what is
/// concluded from *all* steps so far needs hypotheses that last. A closure that concludes is a fold; [`assuming`] adds what
/// is assumed of each step, and [`at_every_point`] looks at the start as well.
pub trait Fold<T>: Send {
    /// Computes relations at the start.
    fn conclude_start(&mut self, start: &Point<T>, finding: &mut Finding) {
        let _ = (start, finding);
    }

    /// States what is assumed of `step`; what is assumed of the start has been stated already.
    fn assume(&mut self, step: &Step<T>, given: &mut Hypotheses) {
        let _ = (step, given);
    }

    /// Computes relations for `step`, and remembers what later steps need.
    fn conclude(&mut self, step: &Step<T>, finding: &mut Finding);
}

impl<T, C: FnMut(&Step<T>, &mut Finding) + Send> Fold<T> for C {
    fn conclude(&mut self, step: &Step<T>, finding: &mut Finding) {
        self(step, finding);
    }
}

/// A fold with hypotheses on each step.
struct Assuming<A, C> {
    assume: A,
    conclude: C,
}

impl<T, A, C> Fold<T> for Assuming<A, C>
where
    A: FnMut(&Step<T>, &mut Hypotheses) + Send,
    C: Fold<T>,
{
    fn conclude_start(&mut self, start: &Point<T>, finding: &mut Finding) {
        self.conclude.conclude_start(start, finding);
    }

    fn assume(&mut self, step: &Step<T>, given: &mut Hypotheses) {
        (self.assume)(step, given);
        self.conclude.assume(step, given);
    }

    fn conclude(&mut self, step: &Step<T>, finding: &mut Finding) {
        self.conclude.conclude(step, finding);
    }
}

/// A fold that assumes something of each step.
///
/// ```
/// use gradient_witness::claims::{AboutRun, Fold, assuming};
/// use gradient_witness::number::Real;
/// use gradient_witness::reference::Point;
///
/// /// While the steps are shorter than 1, so is their sum over the number of them.
/// struct MeanStep;
///
/// impl AboutRun for MeanStep {
///     fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
///         let mut sum = start.constant(0);
///         Box::new(assuming(
///             |step, given| {
///                 given.at_most("η_t ≤ 1", &step.eta, &step.before.constant(1));
///             },
///             move |step, finding| {
///                 sum += &step.eta;
///                 finding.at_most("Σ η ≤ t", &sum, &step.before.constant(step.t + 1));
///             },
///         ))
///     }
/// }
/// ```
pub fn assuming<T>(
    assume: impl FnMut(&Step<T>, &mut Hypotheses) + Send,
    conclude: impl FnMut(&Step<T>, &mut Finding) + Send,
) -> impl Fold<T> {
    Assuming { assume, conclude }
}

/// A fold that looks at every point of the run, the start included, and remembers what it likes of them.
pub fn at_every_point<T>(look_at: impl FnMut(&Point<T>, &mut Finding) + Send) -> impl Fold<T> {
    EveryPoint(look_at)
}

struct EveryPoint<L>(L);

impl<T, L: FnMut(&Point<T>, &mut Finding) + Send> Fold<T> for EveryPoint<L> {
    fn conclude_start(&mut self, start: &Point<T>, finding: &mut Finding) {
        (self.0)(start, finding);
    }

    fn conclude(&mut self, step: &Step<T>, finding: &mut Finding) {
        (self.0)(&step.after, finding);
    }
}

/// The part of a claim about flow that sees where it passes.
///
/// The harness shows the start, and then stretches and moments in the order of time. What [`stretch`](Self::stretch) concludes holds of a whole stretch
/// of time; where that stays open the stretch is shown again in two halves. So what is *remembered* must not depend on how time is cut, and
/// whoever remembers concludes at moments alone.
pub trait FlowFold<T>: Send {
    /// Computes relations at the start.
    fn start(&mut self, start: &Point<T>, finding: &mut Finding) {
        let _ = (start, finding);
    }

    /// Computes relations at a moment.
    fn moment(&mut self, moment: &Moment<T>, finding: &mut Finding) {
        let _ = (moment, finding);
    }

    /// Computes relations for all times of a stretch.
    fn stretch(&mut self, stretch: &Stretch<T>, finding: &mut Finding) {
        let _ = (stretch, finding);
    }

    /// Computes relations for all times from the last moment on, from what is known there.
    fn ever_after(&mut self, after: &EverAfter<T>, finding: &mut Finding) {
        let _ = (after, finding);
    }
}

/// A fold over a flow that says the same at the start, at every moment, over every stretch and, where one point encloses them, of all times after; it remembers
/// nothing of them.
///
/// ```
/// use gradient_witness::claims::{AboutFlow, FlowFold, throughout};
/// use gradient_witness::number::Real;
/// use gradient_witness::reference::Point;
///
/// /// The risk is never more than at the start.
/// struct Falls;
///
/// impl AboutFlow for Falls {
///     fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>> {
///         let initial = start.risk().clone();
///         Box::new(throughout(move |point, finding| _ = finding.at_most("R(W(t)) ≤ R(W(0))", point.risk(), &initial)))
///     }
/// }
/// ```
pub fn throughout<T>(look_at: impl Fn(&Point<T>, &mut Finding) + Send) -> impl FlowFold<T> {
    Throughout(look_at)
}

struct Throughout<L>(L);

impl<T, L: Fn(&Point<T>, &mut Finding) + Send> FlowFold<T> for Throughout<L> {
    fn start(&mut self, start: &Point<T>, finding: &mut Finding) {
        (self.0)(start, finding);
    }

    fn moment(&mut self, moment: &Moment<T>, finding: &mut Finding) {
        (self.0)(&moment.point, finding);
    }

    fn stretch(&mut self, stretch: &Stretch<T>, finding: &mut Finding) {
        (self.0)(&stretch.point, finding);
    }

    fn ever_after(&mut self, after: &EverAfter<T>, finding: &mut Finding) {
        if let Some(later) = &after.later {
            finding.speaks_of_all_later();
            (self.0)(later, finding);
        }
    }
}
