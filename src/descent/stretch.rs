//! The hot loop: many steps with one choice of instructions.

use super::buffer::Buffer;
use super::calm::Calm;
use super::diagonal::TargetSteps;
use super::divergence::Divergence;
use super::layout::{Layers, Layout, with_layout};
use super::machine::{Block, Machine, Operation};
use super::narrow::NarrowSteps;
use super::objective::{Objective, Residuals};

/// Some steps in a row, all of the same size.
///
/// What is not finite on the way ends it, but weights that overflow are noticed only by what follows from them.
pub(super) struct Stretch<'a> {
    pub layers: &'a mut Layers<f64>,
    pub objective: &'a mut Objective<f64>,
    /// Work space, shaped as the end-to-end map.
    pub pull: &'a mut Buffer<f64>,
    pub eta: f64,
    /// How many steps at most.
    pub steps: u64,
    /// The squared norm at which a layer ends the stretch.
    pub limit: Option<f64>,
    /// The bounds within which the stretch goes on; where it ends they need not hold.
    pub calm: Calm<f64>,
}

impl Operation<f64> for Stretch<'_> {
    /// How many steps were taken.
    type Output = Result<u64, Divergence>;

    #[inline(always)]
    fn run<M: Machine<Number = f64>>(self, m: M) -> Self::Output {
        let Self { layers, objective, pull, eta, steps, limit, calm } = self;
        if limit.is_none()
            && let Some(taken) = in_one_pass(m, layers, objective, eta, steps, calm)
        {
            return taken;
        }
        with_layout!(layers, layout => m.apart(Steps { layout, objective, pull, eta, steps, limit, calm }))
    }
}

/// The steps of networks that need not write down what one half of a step leaves for the other: how many were taken. `None` of
/// other networks, and where not even one step could be taken; the steps in halves then find out why.
#[inline(always)]
fn in_one_pass<M: Machine<Number = f64>>(
    m: M,
    layers: &mut Layers<f64>,
    objective: &Objective<f64>,
    eta: f64,
    steps: u64,
    calm: Calm<f64>,
) -> Option<Result<u64, Divergence>> {
    match (layers, objective) {
        (Layers::RankOne(layout), Objective::Margins(margins)) => {
            let taken = m.apart(NarrowSteps::new(layout, margins, eta, steps, calm)?);
            (taken > 0).then_some(Ok(taken))
        }
        // Towards a target.
        (Layers::Diagonal(layout), Objective::Residuals(Residuals { gram: None, cross, .. })) => {
            let done = m.apart(TargetSteps { layout, target: cross.blocks(), eta, steps, calm });
            Some(done.map(|()| steps))
        }
        _ => None,
    }
}

/// The steps of a stretch in two halves, with one layout.
struct Steps<'a, L> {
    layout: &'a mut L,
    objective: &'a mut Objective<f64>,
    pull: &'a mut Buffer<f64>,
    eta: f64,
    steps: u64,
    limit: Option<f64>,
    calm: Calm<f64>,
}

impl<L: Layout<f64>> Operation<f64> for Steps<'_, L> {
    type Output = Result<u64, Divergence>;

    #[inline(always)]
    fn run<M: Machine<Number = f64>>(self, m: M) -> Self::Output {
        let Self { layout, objective, pull, eta, steps, limit, calm } = self;
        for t in 1..=steps {
            if !m.apart(Evaluation(layout, calm)) {
                return Err(Divergence::EndToEnd);
            }
            m.apart(Pull { objective, product: layout.product(), eta, calm, pull: pull.blocks_mut() })?;
            m.apart(Update { layout, pull: pull.blocks() });
            if limit.is_some_and(|limit| layout.exceeds(m, limit)) {
                return Ok(t);
            }
        }
        Ok(steps)
    }
}

/// The partial products of the weights as they are.
pub(super) struct Evaluation<'a, L>(pub &'a mut L, pub Calm<f64>);

impl<L: Layout<f64>> Operation<f64> for Evaluation<'_, L> {
    /// Whether the end-to-end map is within its bound.
    type Output = bool;

    #[inline(always)]
    fn run<M: Machine<Number = f64>>(self, m: M) -> bool {
        self.0.evaluate(m);
        self.1.holds(m, self.0.product())
    }
}

/// The pull on the end-to-end map.
pub(super) struct Pull<'a> {
    pub objective: &'a mut Objective<f64>,
    pub product: &'a [Block<f64>],
    pub eta: f64,
    pub calm: Calm<f64>,
    pub pull: &'a mut [Block<f64>],
}

impl Operation<f64> for Pull<'_> {
    type Output = Result<(), Divergence>;

    #[inline(always)]
    fn run<M: Machine<Number = f64>>(self, m: M) -> Self::Output {
        self.objective.pull(m, self.product, self.eta, self.calm, self.pull)
    }
}

/// The move of the weights.
struct Update<'a, L> {
    layout: &'a mut L,
    pull: &'a [Block<f64>],
}

impl<L: Layout<f64>> Operation<f64> for Update<'_, L> {
    type Output = ();

    #[inline(always)]
    fn run<M: Machine<Number = f64>>(self, m: M) {
        self.layout.update(m, self.pull);
    }
}

/// The end-to-end map of the weights as they are.
pub(super) struct EndToEnd<'a>(pub &'a mut Layers<f64>);

impl Operation<f64> for EndToEnd<'_> {
    /// Whether it is finite.
    type Output = bool;

    #[inline(always)]
    fn run<M: Machine<Number = f64>>(self, m: M) -> bool {
        with_layout!(self.0, layout => m.apart(Evaluation(layout, Calm::RANGE)))
    }
}
