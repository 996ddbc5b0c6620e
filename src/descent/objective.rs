//! The risk as a function of the end-to-end map, and its pull on that map.
//!
//! **Margins** (logistic, exponential): the examples enter as the rows `y_i x_i`. **Residuals** (the squared losses): the
//! gradient is `E·XXᵀ − YXᵀ` up to the factor 1/n, so it needs two small matrices that are formed once, and a step does not
//! depend on n. With fewer examples than dimensions those matrices would be larger than the data, and [`FewExamples`] goes through
//! the examples instead. The risk itself is *not* computed from them: `½(tr E·XXᵀ·Eᵀ − 2 tr E·XYᵀ + tr YYᵀ)` loses every digit when
//! the fit is good, because it is a small difference of large numbers. It is summed from the residuals, and only when asked
//! for.

use super::buffer::Buffer;
use super::calm::Calm;
use super::divergence::Divergence;
use super::few_examples::FewExamples;
use super::kernels::{combine, dots, shift};
use super::loss::MarginLoss;
use super::machine::{Block, LANES, Machine};
use super::panel::Panel;
use super::products::{Factor, Mode, multiply};
use crate::problem::Stored;

/// Examples that are summed in one block: two levels of summation keep the chain of roundings near √n.
pub(super) const EXAMPLES_PER_BLOCK: usize = 64;

/// Groups of eight examples in a block.
const GROUPS: usize = EXAMPLES_PER_BLOCK / LANES;

/// Numbers that may lie in the first-level cache until they are read again.
const NUMBERS_IN_REACH: usize = 2048;

/// The risk as a function of the end-to-end map.
#[derive(Debug)]
pub(super) enum Objective<T> {
    /// A loss of the margin; one output.
    Margins(Margins<T>),
    /// Half a squared distance.
    Residuals(Residuals<T>),
    /// The same over fewer examples than dimensions.
    FewExamples(FewExamples<T>),
}

/// A loss of the margins of `n` examples.
#[derive(Debug)]
pub(super) struct Margins<T> {
    /// `n`.
    pub count: usize,
    /// `y_i x_i`, one row an example, in whole groups of eight.
    pub rows: Buffer<T>,
    pub loss: MarginLoss<T>,
    /// `c/n` or `c`, the factor of the loss.
    pub value_weight: T,
    /// `cb/n` or `cb`, the factor of its derivative in the margin.
    pub steepness_weight: T,
    /// Work space, as wide as a row.
    pub partial: Buffer<T>,
}

/// Half the squared distance to labels or to a target.
#[derive(Debug)]
pub(super) struct Residuals<T> {
    /// The shape of the end-to-end map.
    pub map: Panel,
    /// `XXᵀ/n` or `XXᵀ`, `d_0 × d_0`; `None` is the identity.
    pub gram: Option<(Panel, Buffer<T>)>,
    /// `YXᵀ/n` or `YXᵀ`, or the target, shaped as the map.
    pub cross: Buffer<T>,
    /// The examples, for the risk alone; missing with a target.
    pub examples: Option<Examples>,
}

/// Examples with their labels, as the problem has them, and `1/n` or 1.
#[derive(Debug)]
pub(super) struct Examples {
    pub data: Stored,
    pub weight: f64,
}

impl<T: Copy + Default> Objective<T> {
    /// Writes `−η ∂R/∂E` at the end-to-end map `E` to `pull`, which is shaped as `E`.
    #[inline(always)]
    pub fn pull<M: Machine<Number = T>>(
        &mut self,
        m: M,
        product: &[Block<T>],
        eta: T,
        calm: Calm<T>,
        pull: &mut [Block<T>],
    ) -> Result<(), Divergence> {
        match self {
            Self::Margins(margins) => margins.pull(m, product, eta, calm, pull),
            Self::Residuals(residuals) => {
                residuals.pull(m, product, eta, pull);
                Ok(())
            }
            Self::FewExamples(examples) => {
                examples.pull(m, product, eta, pull);
                Ok(())
            }
        }
    }
}

impl<T: Copy + Default> Margins<T> {
    /// The shape of the rows of examples: whole groups of eight.
    pub fn shape_of_rows(count: usize, inputs: usize) -> Panel {
        Panel::groups(count.next_multiple_of(LANES), inputs, 0)
    }

    /// `pull = Σ_i η w steepness(m_i) · row_i` with the margins `m_i = row_i · product`.
    #[inline(always)]
    fn pull<M: Machine<Number = T>>(
        &mut self,
        m: M,
        product: &[Block<T>],
        eta: T,
        calm: Calm<T>,
        pull: &mut [Block<T>],
    ) -> Result<(), Divergence> {
        let width = product.len();
        let (rows, partial) = (self.rows.blocks(), self.partial.blocks_mut());
        let factor = m.mul(m.splat(eta), m.splat(self.steepness_weight));
        let shared = (self.loss, factor, calm.splat(m));
        for (number, block) in rows.chunks(GROUPS * LANES * width).enumerate() {
            let examples = (number * EXAMPLES_PER_BLOCK, block);
            if number == 0 {
                pull_of_block(m, shared, examples, product, pull)?;
            } else {
                pull_of_block(m, shared, examples, product, partial)?;
                shift(m, pull, partial);
            }
        }
        Ok(())
    }
}

/// `pull = Σ_i factor · steepness(row_i · product) · row_i` over a block of examples of which the first is number `first`.
#[inline(always)]
fn pull_of_block<M: Machine>(
    m: M,
    (loss, factor, calm): (MarginLoss<M::Number>, M::Vector, Calm<M::Vector>),
    (first, block): (usize, &[Block<M::Number>]),
    product: &[Block<M::Number>],
    pull: &mut [Block<M::Number>],
) -> Result<(), Divergence> {
    let group = LANES * product.len();
    // As many groups at a time as stay in reach between their two readings; at least two, whose chains overlap.
    let groups = (NUMBERS_IN_REACH / (group * LANES)).clamp(2, GROUPS);
    let mut exponents = [[M::Number::default(); LANES]; GROUPS];
    let mut coefficients = exponents;
    let mut watch = m.zero();
    for (number, part) in block.chunks(groups * group).enumerate() {
        let exponents = &mut exponents[number * groups..];
        let coefficients = &mut coefficients[number * groups..];
        for (rows, exponent) in part.chunks_exact(group).zip(&mut *exponents) {
            m.store(exponent, loss.exponent(m, dots(m, rows, product)));
        }
        for (exponent, coefficient) in exponents.iter().zip(&mut *coefficients).take(part.len() / group) {
            let exponent = m.load(exponent);
            let steepness = loss.steepness(m, exponent);
            m.store(coefficient, m.mul(steepness, factor));
            // x − x is zero for finite x and NaN for all others.
            watch = m.add(watch, m.add(m.sub(exponent, exponent), calm.watch_slope(m, steepness)));
        }
        combine(m, pull, coefficients, part, number > 0);
    }
    if m.is_finite(watch) { Ok(()) } else { Err(first_overflow(m, first, &exponents, &coefficients)) }
}

/// The first example whose exponent or steepness is not finite.
#[inline(always)]
fn first_overflow<M: Machine>(
    m: M,
    first: usize,
    exponents: &[Block<M::Number>],
    coefficients: &[Block<M::Number>],
) -> Divergence {
    let is_infinite = |&number: &M::Number| !m.is_finite(m.splat(number));
    let margin = exponents.as_flattened().iter().position(is_infinite);
    let loss = coefficients.as_flattened().iter().position(is_infinite);
    match (margin, loss) {
        (Some(margin), Some(loss)) if loss < margin => Divergence::Loss { example: first + loss },
        (None, Some(loss)) => Divergence::Loss { example: first + loss },
        (margin, _) => Divergence::Margin { example: first + margin.unwrap_or(0) },
    }
}

impl<T: Copy + Default> Residuals<T> {
    /// The shape of `XXᵀ`, for one row of the map or for a product of matrices.
    pub fn shape_of_gram(map: Panel) -> Panel {
        let shape = if map.rows == 1 { Panel::groups } else { Panel::rows };
        shape(map.columns, map.columns, 0)
    }

    /// `pull = η (cross − product · gram)`; a missing `gram` is the identity.
    #[inline(always)]
    fn pull<M: Machine<Number = T>>(&self, m: M, product: &[Block<T>], eta: T, pull: &mut [Block<T>]) {
        let eta = m.splat(eta);
        let cross = self.cross.blocks();
        match &self.gram {
            None => {
                for ((pull, cross), entry) in pull.iter_mut().zip(cross).zip(product) {
                    m.store(pull, m.mul(eta, m.sub(m.load(cross), m.load(entry))));
                }
                return;
            }
            Some((_, gram)) if self.map.rows == 1 => combine(m, pull, product, gram.blocks(), false),
            Some((panel, gram)) => {
                let factor = Factor::Plain(self.map, product);
                multiply(m, (self.map, pull), self.map.columns, factor, (*panel, gram.blocks()), Mode::Write);
            }
        }
        for (pull, cross) in pull.iter_mut().zip(cross) {
            m.store(pull, m.mul(eta, m.sub(m.load(cross), m.load(pull))));
        }
    }
}

impl Objective<f64> {
    /// The risk at the end-to-end map, given row by row.
    pub fn risk(&self, map: &[f64]) -> Result<f64, Divergence> {
        let risk = match self {
            Self::Margins(margins) => margins.risk(map)?,
            Self::Residuals(residuals) => residuals.risk(map),
            Self::FewExamples(examples) => examples.examples.as_ref().map_or(0.0, |examples| examples.risk(map)),
        };
        if risk.is_finite() { Ok(risk) } else { Err(Divergence::Risk) }
    }
}

/// `a · b`, one term after the other; nothing that a step waits for.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl Margins<f64> {
    fn risk(&self, map: &[f64]) -> Result<f64, Divergence> {
        let shape = Self::shape_of_rows(self.count, map.len());
        let mut row = vec![0.0; map.len()];
        let mut sum = 0.0;
        for example in 0..self.count {
            shape.read_row(self.rows.blocks(), example, &mut row);
            let (value, exponent_is_finite) = self.loss.value(dot(&row, map));
            if !exponent_is_finite {
                return Err(Divergence::Margin { example });
            }
            if !value.is_finite() {
                return Err(Divergence::Loss { example });
            }
            sum += value;
        }
        Ok(self.value_weight * sum)
    }
}

impl Examples {
    /// The weighted sum of the squared residuals at the end-to-end map, halved.
    fn risk(&self, map: &[f64]) -> f64 {
        let Some(examples) = self.data.examples() else { return 0.0 };
        let mut sum = 0.0;
        for i in 0..examples.x.rows() {
            let x = examples.x.nearest_row(i);
            for (map_row, label) in map.chunks_exact(x.len()).zip(examples.y.nearest_row(i)) {
                let residual = dot(map_row, x) - label;
                sum += residual * residual;
            }
        }
        0.5 * self.weight * sum
    }
}

impl Residuals<f64> {
    fn risk(&self, map: &[f64]) -> f64 {
        if let Some(examples) = &self.examples {
            return examples.risk(map);
        }
        let mut target = vec![0.0; map.len()];
        self.map.read(self.cross.blocks(), &mut target);
        0.5 * map.iter().zip(&target).map(|(entry, target)| (entry - target) * (entry - target)).sum::<f64>()
    }
}
