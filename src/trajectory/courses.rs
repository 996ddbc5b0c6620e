//! What becomes of a run, in certified numbers over all its steps: risk, norms, imbalance, alignment. For the eye, so thinned to what a picture
//! shows.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ending::Ending;
use crate::algebra::spectral::Spectrum;
use crate::algebra::subspace::squared_alignment;
use crate::claims::Band;
use crate::number::{Ball, Matrix, Real};
use crate::problem::{Architecture, Network, Problem, SpectralNorm};
use crate::reference::{Descent, Point, Setting, balance};
use crate::time_limit::{OutOfTime, TimeLimit};
use crate::verify::{Limits, Reading, Thinned, column_beginnings};

/// The precision at which balls start.
const FIRST_BITS: u32 = 128;

/// A radius above this part of a number can be seen, and asks for a higher precision.
const VISIBLE: f64 = 1.0 / (1 << 20) as f64;

/// What is smaller than the risk at the start by this factor need not be seen.
const VANISHING: f64 = 1.0 / (1_u128 << 64) as f64;

/// So many layers, and pairs of layers, have courses of their own: more nobody tells apart.
const MOST_LAYERS: usize = 12;

/// What the spectra along a run may cost, in units of `rows · columns · min(rows, columns)`: some seconds.
const MOST_SPECTRAL: u64 = 1 << 22;

/// A product of two layers costs so much less than a spectrum, in the same units.
const PRODUCTS_PER_SPECTRUM: u64 = 16;

/// What is read off at fewer steps than these is no picture of a run.
const FEWEST: u64 = 24;

/// What is seen of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// The risk.
    Risk,
    /// `‖W_k‖_F`.
    Norm,
    /// `‖W_k‖_2/‖W_k‖_F`, which is 1 if and only if the layer has rank one.
    NormRatio,
    /// [`balance::imbalance`] of the layers `k` and `k + 1`.
    Imbalance,
    /// `|⟨u_k, v_{k+1}⟩|` of the top left singular vector of layer `k` and the top right one of layer `k + 1`, whichever they are.
    Alignment,
}

impl Quantity {
    /// What it is, in the notation of the papers.
    #[must_use]
    pub fn label(self, architecture: Architecture) -> &'static str {
        match (self, architecture) {
            (Self::Risk, _) => "R(W(t))",
            (Self::Norm, Architecture::FullyConnected) => "‖W_k‖_F",
            (Self::Norm, _) => "‖w_k‖_2",
            (Self::NormRatio, Architecture::FullyConnected) => "‖W_k‖_2/‖W_k‖_F",
            (Self::NormRatio, _) => "max_j |w_{k,j}|/‖w_k‖_2",
            (Self::Imbalance, Architecture::FullyConnected) => "‖W_kW_kᵀ − W_{k+1}ᵀW_{k+1}‖_F",
            (Self::Imbalance, Architecture::Diagonal) => "(Σ_j (w_{k,j}² − w_{k+1,j}²)²)^{1/2}",
            (Self::Imbalance, Architecture::Convolutional) => "|‖w_k‖_2² − ‖w_{k+1}‖_2²|",
            (Self::Alignment, _) => "|⟨u_k, v_{k+1}⟩|",
        }
    }
}

/// A quantity over a run.
#[derive(Clone, Debug)]
pub struct Course {
    /// Which one.
    pub quantity: Quantity,
    /// The layer, or the first of the pair of layers, counted from 1; 0 for the risk.
    pub layer: usize,
    /// Its values. Where something is not known, such as a direction of a layer that may be zero, it is not bounded.
    pub readings: Vec<Reading<(), 1>>,
    /// Whether it was looked at after every step, so that what the readings do not show lies between them; else it is known at them alone.
    pub at_every_step: bool,
}

/// What becomes of a run.
#[derive(Clone, Debug)]
pub struct Courses {
    /// The network.
    pub architecture: Architecture,
    /// The precision of the balls.
    pub bits: u32,
    /// The quantities.
    pub courses: Vec<Course>,
    /// How the run ended.
    pub ending: Ending,
    /// What would be there for a smaller network, in words.
    pub left_out: Vec<String>,
}

impl Courses {
    /// Runs `problem` for so many steps in balls, at twice the precision as long as the radii of risk and norms can be seen, if that is allowed
    /// and there is time.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use gradient_witness::problem::Spec;
    /// use gradient_witness::trajectory::{Courses, Quantity};
    /// use gradient_witness::verify::Limits;
    /// let text = r#"
    ///     network = { architecture = "fully-connected", widths = [1, 1, 1] }
    ///     loss = { kind = "squared-target" }
    ///     data = { target = [[1]] }
    ///     init = { weights = [[["1/2"]], [["1/2"]]] }
    ///     step = { rule = "constant", eta = "1/2" }
    ///     run = { steps = 3 }
    /// "#;
    /// let spec = Spec::parse(text, ".".as_ref())?;
    /// let steps = spec.schedule()?.steps;
    /// let seen = Courses::of(&Arc::new(spec.problem), steps, &Limits::default());
    /// let risk = &seen.courses[0];
    /// assert_eq!((risk.quantity, risk.readings.len()), (Quantity::Risk, 4));
    /// // ½(¼ − 1)².
    /// assert_eq!(risk.readings[0].bands[0].middle_and_radius(), Some((9.0 / 32.0, 0.0)));
    /// # Ok::<(), gradient_witness::problem::SpecError>(())
    /// ```
    #[must_use]
    pub fn of(problem: &Arc<Problem>, steps: u64, limits: &Limits) -> Self {
        let plan = Plan::of(problem.network(), steps);
        let mut best = plan.follow(problem, FIRST_BITS.min(limits.max_bits), &limits.time);
        while best.wants_more() && best.bits < limits.max_bits && !limits.time.is_over() {
            let bits = best.bits.saturating_mul(2).min(limits.max_bits);
            if problem.check_room(bits).is_err() {
                break;
            }
            let next = plan.follow(problem, bits, &limits.time);
            // What was cut short is not better for being sharper.
            if next.last_t() < best.last_t() {
                break;
            }
            best = next;
        }
        best
    }

    /// The last point that was reached.
    fn last_t(&self) -> u64 {
        self.courses.first().and_then(|risk| risk.readings.last()).map_or(0, |reading| reading.t)
    }

    /// Whether a higher precision would show more.
    fn wants_more(&self) -> bool {
        let start =
            self.courses.first().and_then(|risk| risk.readings.first()).map_or(0.0, |start| start.bands[0].upper);
        let is_visible = |course: &Course| {
            let Some(last) = course.readings.last().map(|reading| reading.bands[0]) else { return false };
            let least = if course.quantity == Quantity::Risk { VANISHING * start } else { 0.0 };
            match last.middle_and_radius() {
                Some((middle, radius)) => radius > VISIBLE * middle.abs().max(least),
                // Beyond f64 nothing more is seen.
                None => last == Band::WHOLE,
            }
        };
        let mut certain = self.courses.iter().filter(|course| course.at_every_step);
        matches!(self.ending, Ending::PrecisionExhausted(_)) || certain.any(is_visible)
    }
}

/// What is read off a run, and where.
struct Plan {
    network: Network,
    steps: u64,
    layers: usize,
    /// Where the pairs of layers are multiplied.
    products: Vec<u64>,
    /// Where the layers are decomposed.
    spectra: Vec<u64>,
    left_out: Vec<String>,
}

impl Plan {
    fn of(network: &Network, steps: u64) -> Self {
        let shapes = network.layer_shapes();
        let layers = shapes.len().min(MOST_LAYERS);
        let mut left_out = Vec::new();
        if layers < shapes.len() {
            left_out.push(format!("all but the first {layers} of {} layers", shapes.len()));
        }
        let is_full = network.architecture() == Architecture::FullyConnected;
        let sizes = |cost: &dyn Fn(u64, u64) -> u64| {
            let shown = shapes.iter().take(layers + 1).map(|&(rows, columns)| cost(rows as u64, columns as u64));
            shown.fold(0, u64::saturating_add)
        };
        let product = |rows: u64, columns: u64| rows.saturating_mul(columns).saturating_mul(rows.max(columns));
        let spectrum = |rows: u64, columns: u64| rows.saturating_mul(columns).saturating_mul(rows.min(columns));
        let mut where_to_look = |what: &str, cost: u64| {
            let beginnings: Vec<u64> = column_beginnings(steps).collect();
            let most = MOST_SPECTRAL / cost.max(1);
            if most < FEWEST && most < beginnings.len() as u64 {
                left_out.push(format!("{what}: the layers are too large"));
                return Vec::new();
            }
            let stride = (beginnings.len() as u64).div_ceil(most).max(1);
            let last = beginnings.last().copied();
            let mut chosen: Vec<u64> = beginnings.into_iter().step_by(stride as usize).collect();
            if chosen.last().copied() != last {
                chosen.extend(last);
            }
            chosen
        };
        let cheap = |dear: u64| if is_full { dear } else { 0 };
        let products = where_to_look("imbalance", cheap(sizes(&product) / PRODUCTS_PER_SPECTRUM));
        let spectra = match network.spectral_norm() {
            None => Vec::new(),
            Some(SpectralNorm::LargestEntry) => where_to_look("spectral norms", 0),
            Some(SpectralNorm::LargestSingularValue) => where_to_look("spectral norms and alignment", sizes(&spectrum)),
        };
        Self { network: network.clone(), steps, layers, products, spectra, left_out }
    }

    /// Runs it at a precision.
    fn follow(&self, problem: &Arc<Problem>, bits: u32, time: &TimeLimit) -> Courses {
        let mut kept = Vec::new();
        let ending = match self.walk(problem, bits, time, &mut kept) {
            Ok(()) => Ending::Finished,
            Err(ending) => ending,
        };
        let courses = kept
            .into_iter()
            .map(|Kept { quantity, layer, at_every_step, readings }| Course {
                quantity,
                layer,
                at_every_step,
                readings: readings.finish(),
            })
            .collect();
        let architecture = self.network.architecture();
        Courses { architecture, bits, courses, ending, left_out: self.left_out.clone() }
    }

    fn walk(&self, problem: &Arc<Problem>, bits: u32, time: &TimeLimit, kept: &mut Vec<Kept>) -> Result<(), Ending> {
        let out_of_time = |OutOfTime| Ending::out_of(time);
        if problem.check_room(bits).is_err() {
            return Err(Ending::PrecisionExhausted("the data are too large for this precision".to_owned()));
        }
        let begin = || Descent::<Ball>::new(Arc::new(Setting::new(Arc::clone(problem), bits)));
        let mut descent = time.within(begin).map_err(out_of_time)??;
        let (mut products, mut spectra) = (self.products.iter().peekable(), self.spectra.iter().peekable());
        loop {
            let (t, point) = (descent.t(), descent.point());
            let asked = (products.next_if_eq(&&t).is_some(), spectra.next_if_eq(&&t).is_some());
            let seen = time.within(|| self.read(point, asked)).map_err(out_of_time)?;
            for Seen { quantity, layer, band } in seen {
                let place = kept.iter().position(|kept| (kept.quantity, kept.layer) == (quantity, layer));
                let place = place.unwrap_or_else(|| {
                    let at_every_step = matches!(quantity, Quantity::Risk | Quantity::Norm);
                    kept.push(Kept { quantity, layer, at_every_step, readings: Thinned::default() });
                    kept.len() - 1
                });
                kept[place].readings.push(Reading { t, mark: (), bands: [band] });
            }
            if t >= self.steps {
                return Ok(());
            }
            if time.is_over() {
                return Err(Ending::out_of(time));
            }
            time.within(|| descent.step()).map_err(out_of_time)??;
        }
    }

    /// What is to be seen at a point; also what takes products, and what takes spectra, if they are asked for.
    fn read(&self, point: &Point<Ball>, (products, spectra): (bool, bool)) -> Vec<Seen> {
        let architecture = self.network.architecture();
        let weights = &point.weights()[..self.layers];
        let norms: Vec<Ball> =
            point.norms_squared()[..self.layers].iter().map(|square| square.clone().sqrt_of_nonnegative()).collect();
        let mut seen = vec![Seen::of(Quantity::Risk, 0, point.risk())];
        seen.extend(norms.iter().enumerate().map(|(k, norm)| Seen::of(Quantity::Norm, k + 1, norm)));
        if products {
            let imbalance = |pair: &[Matrix<Ball>]| balance::imbalance(architecture, &pair[0], &pair[1]);
            let imbalances = weights.windows(2).map(imbalance).enumerate();
            seen.extend(imbalances.map(|(k, imbalance)| Seen::of(Quantity::Imbalance, k + 1, &imbalance)));
        }
        if !spectra {
            return seen;
        }
        let ratio = |(norm, largest): (&Ball, Ball)| (largest / norm).min(&point.constant(1));
        if architecture == Architecture::FullyConnected {
            let spectra: Vec<Spectrum<Ball>> = weights.iter().map(|layer| point.spectrum_of(layer)).collect();
            let ratios = norms.iter().zip(spectra.iter().map(Spectrum::norm)).map(ratio);
            // A layer that is a row or a column has rank one whatever its weights.
            let ratios = ratios.enumerate().filter(|(k, _)| weights[*k].rows().min(weights[*k].columns()) > 1);
            seen.extend(ratios.map(|(k, ratio)| Seen::of(Quantity::NormRatio, k + 1, &ratio)));
            let alignments = spectra.windows(2).map(|pair| alignment(point, &pair[0], &pair[1])).enumerate();
            seen.extend(alignments.map(|(k, alignment)| Seen::of(Quantity::Alignment, k + 1, &alignment)));
        } else {
            let largest = |layer: &Matrix<Ball>| {
                layer.entries().iter().fold(point.constant(0), |largest, weight| largest.max(&weight.clone().abs()))
            };
            let ratios = norms.iter().zip(weights.iter().map(largest)).map(ratio).enumerate();
            seen.extend(ratios.map(|(k, ratio)| Seen::of(Quantity::NormRatio, k + 1, &ratio)));
        }
        seen
    }
}

/// `|⟨u_k, v_{k+1}⟩|` for all choices of top singular vectors, of spectra of adjacent layers.
fn alignment(point: &Point<Ball>, below: &Spectrum<Ball>, above: &Spectrum<Ball>) -> Ball {
    let one = point.constant(1);
    match (below.top_space(), above.top_space()) {
        (Ok(u), Ok(v)) => squared_alignment(&v.right, &u.left).sqrt_of_nonnegative().min(&one),
        _ => one.undefined(),
    }
}

/// A quantity of which the readings are gathered.
struct Kept {
    quantity: Quantity,
    layer: usize,
    at_every_step: bool,
    readings: Thinned<(), 1>,
}

/// A quantity at a point.
struct Seen {
    quantity: Quantity,
    layer: usize,
    band: Band,
}

impl Seen {
    fn of(quantity: Quantity, layer: usize, value: &Ball) -> Self {
        Self { quantity, layer, band: Band::of(value) }
    }
}
