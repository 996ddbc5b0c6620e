//! The hot loop: steps of the method with one choice of instructions.

use super::tableau::{AT, END, STAGES};
use super::{Clock, Failure, Tolerance};
use crate::descent::buffer::Buffer;
use crate::descent::calm::Calm;
use crate::descent::divergence::Divergence;
use crate::descent::layout::{Layers, Layout, with_layout};
use crate::descent::machine::{Block, LANES, Machine, Operation};
use crate::descent::objective::Objective;
use crate::descent::stretch::{Evaluation, Pull};

/// A step is never more than so many times as long as the one before it, or as the one that failed.
const GROWTH: (f64, f64) = (1.0 / 3.0, 6.0);

/// What a step is shortened to after one that left the range of f64.
const RETREAT: f64 = 0.1;

/// How far below the tolerance the next error is aimed.
const SAFETY: f64 = 0.9;

/// The length of the first step, in units of the time in which the largest weight would move by its own size.
const FIRST: f64 = 0.01;

/// All that a step needs room for, shaped as the weights of the layout.
#[derive(Debug)]
pub(super) struct Stages {
    /// The weights at the present time.
    start: Buffer<f64>,
    /// The slopes of the stages, one after the other; the first is that at `start` when the clock says so.
    slopes: Buffer<f64>,
}

impl Stages {
    /// Room for weights in so many blocks.
    pub fn new(blocks: usize) -> Self {
        Self { start: Buffer::new(blocks), slopes: Buffer::new(STAGES * blocks) }
    }
}

/// Some steps towards a time.
pub(super) struct Steps<'a> {
    pub layers: &'a mut Layers<f64>,
    pub objective: &'a mut Objective<f64>,
    /// Work space, shaped as the end-to-end map.
    pub pull: &'a mut Buffer<f64>,
    pub stages: &'a mut Stages,
    pub clock: &'a mut Clock,
    pub tolerance: Tolerance,
    pub until: f64,
    /// How many attempts at most.
    pub attempts: u64,
}

impl Operation<f64> for Steps<'_> {
    /// Whether it could go on, had it more attempts. The layout has the weights of the time that the clock shows.
    type Output = Result<(), Failure>;

    #[inline(always)]
    fn run<M: Machine<Number = f64>>(self, m: M) -> Self::Output {
        let Self { layers, objective, pull, stages, clock, tolerance, until, attempts } = self;
        with_layout!(layers, layout => {
            let mut walk = Walk { layout, objective, pull, stages, clock, tolerance, until };
            let result = walk.go(m, attempts);
            walk.layout.weights_mut().copy_from_slice(walk.stages.start.blocks());
            result
        })
    }
}

/// The same with one layout.
struct Walk<'a, L> {
    layout: &'a mut L,
    objective: &'a mut Objective<f64>,
    pull: &'a mut Buffer<f64>,
    stages: &'a mut Stages,
    clock: &'a mut Clock,
    tolerance: Tolerance,
    until: f64,
}

impl<L: Layout<f64>> Walk<'_, L> {
    #[inline(always)]
    fn go<M: Machine<Number = f64>>(&mut self, m: M, attempts: u64) -> Result<(), Failure> {
        if self.clock.step.is_none() {
            self.stages.start.blocks_mut().copy_from_slice(self.layout.weights());
            self.slope(m, 0).map_err(Failure::Diverged)?;
            let (weights, slopes) = (self.largest_weight(m), self.largest_slope(m));
            let first = FIRST * weights / slopes;
            // From zero weights, or with a slope so small that there is no such time, any length will do; what is too long fails.
            self.clock.step = Some(if first > 0.0 && first.is_finite() { first } else { f64::MAX });
        }
        for _ in 0..attempts {
            if self.clock.t >= self.until {
                break;
            }
            if self.clock.failed.is_none() && self.largest_slope(m) == 0.0 {
                self.clock.t = self.until;
                break;
            }
            let (wanted, room) = (self.clock.step.unwrap_or(f64::MAX), self.until - self.clock.t);
            let lands = wanted >= room;
            let end = if lands { self.until } else { self.clock.t + wanted };
            if end <= self.clock.t {
                return Err(self.clock.failed.unwrap_or(Failure::StepUnderflow));
            }
            // What the clock moves by, not what was wanted of it.
            let size = end - self.clock.t;
            match self.attempt(m, size) {
                Ok(error) if error <= 1.0 => {
                    let failed = self.clock.failed.take();
                    let next = size * growth(error).min(if failed.is_some() { 1.0 } else { GROWTH.1 });
                    // A step that was cut short to land says nothing against a longer one.
                    self.clock.step = Some(if lands { next.max(wanted) } else { next });
                    self.clock.t = end;
                    self.clock.steps += 1;
                    self.stages.start.blocks_mut().copy_from_slice(self.layout.weights());
                }
                Ok(error) => {
                    self.clock.step = Some(size * growth(error).min(1.0));
                    self.clock.failed = Some(Failure::StepUnderflow);
                }
                Err(divergence) => {
                    self.clock.step = Some(size * RETREAT);
                    self.clock.failed = Some(Failure::Diverged(divergence));
                }
            }
        }
        Ok(())
    }

    /// One step of the given length from the start: its error in units of what is tolerated. Where that is at most 1, the weights of the
    /// layout are those at its end, and the first slope is the one there; else that is still the one at the start.
    #[inline(always)]
    fn attempt<M: Machine<Number = f64>>(&mut self, m: M, size: f64) -> Result<f64, Divergence> {
        for stage in 1..STAGES {
            let (weights, stages) = (self.layout.weights_mut(), &*self.stages);
            m.apart(Stage { weights, stages, row: AT[stage - 1], size });
            self.slope(m, stage)?;
        }
        let (weights, stages) = (self.layout.weights_mut(), &*self.stages);
        let (of_order_5, of_order_3, weights) = m.apart(End { weights, stages, size });
        // The error of a method of order 7, made of the two.
        let ratio = of_order_3 / of_order_5;
        let error = if of_order_5 == 0.0 { 0.0 } else { size * of_order_5 / (1.0 + 0.01 * ratio * ratio).sqrt() };
        let Tolerance { relative, absolute } = self.tolerance;
        let tolerated = absolute + relative * weights;
        let error = if error == 0.0 { 0.0 } else { error / tolerated };
        if error <= 1.0 {
            self.slope(m, 0)?;
        }
        Ok(error)
    }

    /// The slope at the weights of the layout, as that of a stage.
    #[inline(always)]
    fn slope<M: Machine<Number = f64>>(&mut self, m: M, stage: usize) -> Result<(), Divergence> {
        let Self { layout, objective, pull, stages, .. } = self;
        if !m.apart(Evaluation(&mut **layout, Calm::RANGE)) {
            return Err(Divergence::EndToEnd);
        }
        let product = layout.product();
        m.apart(Pull { objective, product, eta: 1.0, calm: Calm::RANGE, pull: pull.blocks_mut() })?;
        let blocks = stages.start.blocks().len();
        let slope = &mut stages.slopes.blocks_mut()[stage * blocks..(stage + 1) * blocks];
        m.apart(Slope { layout: &mut **layout, pull: pull.blocks(), slope });
        Ok(())
    }

    fn largest_slope<M: Machine<Number = f64>>(&self, m: M) -> f64 {
        m.apart(Largest(&self.stages.slopes.blocks()[..self.stages.start.blocks().len()]))
    }

    fn largest_weight<M: Machine<Number = f64>>(&self, m: M) -> f64 {
        m.apart(Largest(self.stages.start.blocks()))
    }
}

/// How many times as long as a step of the given error the next one may be.
fn growth(error: f64) -> f64 {
    // The eighth root, by square roots, which every processor rounds alike.
    let growth = SAFETY / error.sqrt().sqrt().sqrt();
    if growth.is_nan() { GROWTH.0 } else { growth.clamp(GROWTH.0, GROWTH.1) }
}

/// Where a stage is evaluated.
struct Stage<'a> {
    weights: &'a mut [Block<f64>],
    stages: &'a Stages,
    row: &'static [(usize, f64)],
    size: f64,
}

impl Operation<f64> for Stage<'_> {
    type Output = ();

    #[inline(always)]
    fn run<M: Machine<Number = f64>>(self, m: M) {
        let Self { weights, stages, row, size } = self;
        let (start, slopes) = (stages.start.blocks(), stages.slopes.blocks());
        let (size, blocks) = (m.splat(size), start.len());
        for (v, (weights, start)) in weights.iter_mut().zip(start).enumerate() {
            let mut sum = m.zero();
            for &(j, a) in row {
                sum = m.mul_add(m.splat(a), m.load(&slopes[j * blocks + v]), sum);
            }
            m.store(weights, m.mul_add(size, sum, m.load(start)));
        }
    }
}

/// The end of a step.
struct End<'a> {
    weights: &'a mut [Block<f64>],
    stages: &'a Stages,
    size: f64,
}

impl Operation<f64> for End<'_> {
    /// The largest entries of the two errors, for a step of length 1, and of the weights at both ends of the step.
    type Output = (f64, f64, f64);

    #[inline(always)]
    fn run<M: Machine<Number = f64>>(self, m: M) -> Self::Output {
        let Self { weights, stages, size } = self;
        let (start, slopes) = (stages.start.blocks(), stages.slopes.blocks());
        let (size, blocks) = (m.splat(size), start.len());
        let mut lowest = [m.zero(); 3];
        for (v, (weights, start)) in weights.iter_mut().zip(start).enumerate() {
            let (mut sum, mut of_order_5, mut of_order_3) = (m.zero(), m.zero(), m.zero());
            for &(j, b, five, three) in &END {
                let slope = m.load(&slopes[j * blocks + v]);
                sum = m.mul_add(m.splat(b), slope, sum);
                of_order_5 = m.mul_add(m.splat(five), slope, of_order_5);
                of_order_3 = m.mul_add(m.splat(three), slope, of_order_3);
            }
            let start = m.load(start);
            let end = m.mul_add(size, sum, start);
            m.store(weights, end);
            lowest = [
                lower(m, lowest[0], of_order_5),
                lower(m, lowest[1], of_order_3),
                lower(m, lower(m, lowest[2], start), end),
            ];
        }
        let [five, three, weights] = lowest.map(|lowest| magnitude(m, lowest));
        (five, three, weights)
    }
}

/// The lower of `lowest` and `−|a|`, lane by lane.
#[inline(always)]
fn lower<M: Machine>(m: M, lowest: M::Vector, a: M::Vector) -> M::Vector {
    let a = m.negated_magnitude(a);
    m.select_by_sign(m.sub(lowest, a), lowest, a)
}

/// The largest magnitude of what [`lower`] found.
#[inline(always)]
fn magnitude<M: Machine<Number = f64>>(m: M, lowest: M::Vector) -> f64 {
    let mut lanes = [0.0; LANES];
    m.store(&mut lanes, lowest);
    -lanes.into_iter().fold(0.0, f64::min)
}

/// The largest magnitude of some numbers.
struct Largest<'a>(&'a [Block<f64>]);

impl Operation<f64> for Largest<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<M: Machine<Number = f64>>(self, m: M) -> f64 {
        let lowest = self.0.iter().fold(m.zero(), |lowest, block| lower(m, lowest, m.load(block)));
        magnitude(m, lowest)
    }
}

/// The slope of the weights that were last evaluated.
struct Slope<'a, L> {
    layout: &'a mut L,
    pull: &'a [Block<f64>],
    slope: &'a mut [Block<f64>],
}

impl<L: Layout<f64>> Operation<f64> for Slope<'_, L> {
    type Output = ();

    #[inline(always)]
    fn run<M: Machine<Number = f64>>(self, m: M) {
        self.layout.slope(m, self.pull, self.slope);
    }
}
