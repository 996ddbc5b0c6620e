//! Gradient flow `W′ = F(W)`, `F = −∇R`, enclosed: at every time a ball in which `W(t)` certainly lies.
//!
//! A step goes from one time to the next along a polynomial, the [`centre`], which is exact. How well it follows the flow is its [`defect`], and
//! how far the flow is from it then follows from the curvature of the risk from below: the [`tube`]. The [`field`] is the reference's own
//! gradient, and [`control`] decides how long a step is; where the flow is [`stiff`], centres are found by [`collocation`]. Of these only the defect and the tube are bounds, and each holds for any
//! polynomial.
//!
//! Between the ends of a step the same polynomial and the same tube hold: whoever asks for a time inside looks at the step and does not cut it
//! short. So the course of the flow does not depend on the times at which it is looked at.
//!
//! What may not enter: a formula of a network or a loss.

mod beside;
mod centre;
mod clock;
mod collocation;
mod control;
mod defect;
mod field;
mod late;
mod objective;
mod start;
mod stiff;
mod tube;
mod way;

use std::sync::Arc;

use rug::Rational;

use self::beside::Beside;
use self::centre::{Centre, two_to};
use self::clock::Elapsed;
use self::control::Control;
use self::field::{Field, flattened, shaped};
use self::objective::Objective;
use self::stiff::{Begin, Found, Stiff};
use super::around::{TOO_LARGE, says_nothing};
use super::curvature::Curvature;
use super::{Around, Point, Setting};
use crate::number::{Ball, Magnitude, NotRecorded, Ring, Truth, nearest_f64, readable};
use crate::problem::{Clock, Matrix, Problem};
pub use start::check_start;
pub use way::{EverAfter, Mark, Moment, Stretch, Way};

/// No flow takes more steps.
const MOST_STEPS: u64 = 1_000_000;

/// A step that cannot be made is halved so many times before the flow is given up.
const HALVINGS: u32 = 40;

/// So many units of time are tried in a step, of which the first is nearly always right.
const UNITS: u32 = 24;

/// A unit of time in which coefficients grow beyond all bounds is made smaller by this power of two.
const STEEP: i64 = 4;

/// A unit of time in which roundings are felt is made smaller by this power of two.
const SMALLER: i64 = 2;

/// Roundings are felt if the defect is more than 2 to this power times what a step may add.
const FELT: i64 = 3;

/// A step is too long whose defect is more than 2 to this power times what it may add.
const TOO_FAR: i64 = 16;

/// Units of time are at first within ± this power of two.
const LARGEST_UNIT: i64 = 1 << 16;

/// Why a flow cannot go on. It stays where it is.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FlowStop {
    /// Something that must be known is not known at this precision.
    #[error("precision exhausted at t = {}: {what}", readable(nearest_f64(.t)))]
    PrecisionExhausted {
        /// The time that was reached.
        t: Rational,
        /// How far `W(t)` may be from the centre there, in the norm of all weights.
        radius: Magnitude,
        /// What could not be bounded.
        what: &'static str,
    },
}

/// The gradient flow of a problem from its initial weights, at one time after the other.
///
/// The weights at [`time`](Self::time) are a [`centre`](Self::centre) of numbers with as many bits as were asked for, and
/// a [`radius`](Self::radius): `W(t)` exists and is within it, in the norm `|W|² = Σ_k ‖W_k‖_F²` of all weights. With 53 bits the centre is one of
/// f64 numbers.
pub struct Flow {
    problem: Arc<Problem>,
    setting: Arc<Setting<Ball>>,
    objective: Objective,
    /// The gradient of it, as it was written down for the last step.
    field: Arc<Field>,
    /// What is known of the curvature; none after a step that was cut short in bounding it.
    curvature: Option<Curvature>,
    control: Control,
    bits: u32,
    /// Whether the initial point is critical, so that nothing ever moves.
    rests: bool,
    /// Two to this power is about the radius of the disc in the last step.
    unit: Option<i64>,
    stiff: Stiff,
    /// Where the last step ended, if it was by collocation, to all bits of its centre.
    ahead: Option<Ahead>,
    step: Option<Arc<Step>>,
    steps: u64,
    now: State,
}

/// Where the flow is at a time.
#[derive(Clone, Debug)]
struct State {
    time: Rational,
    /// The centre, as one list of points.
    weights: Vec<Ball>,
    radius: Magnitude,
    /// A bound of `∫_0^t |W − c|`.
    path: Magnitude,
    /// The time of the flow of the risk, of a late flow.
    elapsed: Elapsed,
}

/// Where the flow is at a time, before weights are cut to the bits that were asked for.
#[derive(Clone, Debug)]
struct Ahead {
    time: Rational,
    weights: Vec<Ball>,
    radius: Magnitude,
}

/// What is known of the flow from one time to another.
#[derive(Debug)]
struct Step {
    start: State,
    end: Rational,
    centre: Centre,
    /// What is known beside the gradient: of a late flow always, of others where that was of use.
    beside: Option<Beside>,
    /// A bound of `|W − c|` at all times between.
    radius: Magnitude,
}

impl Flow {
    /// The flow at time 0. Centres have `bits` bits. `tolerance` is what the radius may be at the end of a path: it is a wish, which
    /// decides how long steps are and is not checked; without one it follows from the bits.
    ///
    /// # Errors
    ///
    /// If the gradient of the problem takes more operations than a recorded text may have.
    pub fn new(problem: Arc<Problem>, bits: u32, tolerance: Option<&Rational>) -> Result<Self, NotRecorded> {
        Self::along(Objective::risk(&problem)?, problem, bits, tolerance)
    }

    /// The flow that climbs the smoothed margin, for losses of the margin: along the same orbit, in a time of its own.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn late(problem: Arc<Problem>, bits: u32, tolerance: Option<&Rational>) -> Result<Self, NotRecorded> {
        Self::along(Objective::smoothed_margin(&problem, bits)?, problem, bits, tolerance)
    }

    /// The flow in the time that `clock` goes by.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn by(
        clock: Clock,
        problem: Arc<Problem>,
        bits: u32,
        tolerance: Option<&Rational>,
    ) -> Result<Self, NotRecorded> {
        match clock {
            Clock::Time => Self::new(problem, bits, tolerance),
            Clock::LogRisk => Self::late(problem, bits, tolerance),
        }
    }

    fn along(
        mut objective: Objective,
        problem: Arc<Problem>,
        bits: u32,
        tolerance: Option<&Rational>,
    ) -> Result<Self, NotRecorded> {
        let setting = Arc::new(Setting::new(Arc::clone(&problem), bits));
        let initial = Point::<Ball>::initial(Arc::clone(&setting));
        let rests = initial.is_critical() == Truth::True;
        let (weights, radius) = cut(flattened(initial.weights()), bits);
        let field = objective.field(&weights)?;
        let now = State { time: Rational::new(), weights, radius, path: Magnitude::ZERO, elapsed: Elapsed::zero(bits) };
        let control = Control::new(bits, tolerance.map(Magnitude::above_rational));
        Ok(Self {
            problem,
            setting,
            objective,
            field,
            curvature: None,
            control,
            bits,
            rests,
            unit: None,
            stiff: Stiff::default(),
            ahead: None,
            step: None,
            steps: 0,
            now,
        })
    }

    /// The time `t`.
    #[must_use]
    pub fn time(&self) -> &Rational {
        &self.now.time
    }

    /// Goes on to the time `to`, exactly; nothing happens if it has passed.
    ///
    /// It may be left at a [`time_limit`](crate::time_limit): then it is at the last time to which it came.
    ///
    /// # Errors
    ///
    /// A [`FlowStop`] if no step could be made from some time on, at which the flow then is.
    pub fn advance(&mut self, to: &Rational) -> Result<(), FlowStop> {
        while self.now.time < *to {
            self.pass(to)?;
        }
        Ok(())
    }

    /// Goes on to the end of a step of the enclosure, or to the time `to` if that comes first; what it passed through. `None` if `to` has
    /// passed.
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance).
    pub fn pass(&mut self, to: &Rational) -> Result<Option<Way>, FlowStop> {
        if self.now.time >= *to {
            return Ok(None);
        }
        let step = match self.step.take() {
            Some(step) => step,
            None if self.rests => Arc::new(Step::of_rest(self.now.clone(), to.clone())),
            None => Arc::new(self.begin_step().map_err(|what| self.stop(what))?),
        };
        let is_inside = *to < step.end;
        let reached = step.at(if is_inside { to } else { &step.end }, self.bits);
        if is_inside {
            self.step = Some(Arc::clone(&step));
        }
        let reached = reached.ok_or_else(|| self.stop("the weights are beyond the range of the numbers"))?;
        Ok(Some(self.gone(step, reached)))
    }

    /// Goes to a state within a step; what was passed through.
    fn gone(&mut self, step: Arc<Step>, reached: State) -> Way {
        let before = std::mem::replace(&mut self.now, reached);
        let way = Way::new(step, before.time, self.now.time.clone());
        if let Objective::SmoothedMargin(climb) = &self.objective {
            self.now.elapsed = before.elapsed.and(&climb.elapsed(&way, self.bits));
        }
        way
    }

    fn stop(&self, what: &'static str) -> FlowStop {
        FlowStop::PrecisionExhausted { t: self.now.time.clone(), radius: self.now.radius, what }
    }

    /// The next step from here.
    fn begin_step(&mut self) -> Result<Step, &'static str> {
        if self.steps == MOST_STEPS {
            return Err("a million steps are taken");
        }
        if says_nothing(self.now.radius, self.size()) {
            return Err(TOO_LARGE);
        }
        self.field = self.objective.field(&self.now.weights).map_err(|_| "the gradient takes too many operations")?;
        let ((unit, centre, choice), distance) = self.next_centre()?;
        let start = self.around();
        // Of the risk that is of use where it is stiff.
        let is_stiff = matches!(self.objective, Objective::SmoothedMargin(_)) || centre.is_about_middle();
        let know = || Beside::new(&centre, &choice, self.field.pull());
        let mut beside = is_stiff.then(know);
        let mut curvature = self.curvature.take().unwrap_or_else(|| Curvature::new(Arc::clone(&self.problem)));
        let mut length = choice.length;
        for _ in 0..HALVINGS {
            let defect = choice.defect.integral(length);
            let radius = tube::tube(distance, defect, |around| {
                self.objective.growth(&mut curvature, &centre, beside.as_ref(), length, &start, around)
            });
            if let Some(radius) = radius {
                let passed = Rational::from_f64(length).unwrap_or_default() * two_to(unit);
                let end = &self.now.time + passed;
                self.curvature = Some(curvature);
                if length < choice.length {
                    self.stiff.shorten(length.log2() + unit as f64);
                }
                self.steps += 1;
                let step = Step { start: self.now.clone(), end, centre, beside, radius };
                self.ahead = step.ahead();
                return Ok(step);
            }
            match beside {
                None => beside = Some(know()),
                Some(_) => length /= 2.0,
            }
        }
        Err("the curvature has no bound from below in a tube around the flow, however short the step")
    }

    /// A centre from here, and how far the flow is from its start: by collocation where the flow is stiff, and of Taylor coefficients elsewhere.
    fn next_centre(&mut self) -> Result<(Found, Magnitude), &'static str> {
        let size = self.size();
        let ahead = self.ahead.take().filter(|ahead| ahead.time == self.now.time);
        let (weights, distance) = match &ahead {
            Some(ahead) => (&ahead.weights, ahead.radius),
            None => (&self.now.weights, self.now.radius),
        };
        let begin = Begin { field: &self.field, control: &self.control, bits: self.bits, weights, size };
        if let Some(found) = self.stiff.go_on(begin) {
            return Ok((found, distance));
        }
        let (unit, centre, choice) = self.centre_of_step()?;
        self.unit = Some(unit + choice.disc);
        let time = (choice.length.log2() + unit as f64, self.products_of_step());
        if let Some(found) = self.stiff.instead(time, begin) {
            return Ok((found, distance));
        }
        Ok(((unit, centre, choice), self.now.radius))
    }

    /// A Taylor centre from here, in a unit of time of about the radius of its disc: its coefficients neither grow nor decay by much then, and are found
    /// with the fewest roundings. Where these are still felt the unit is made smaller, as long as it helps: as long as less is lost on the same way, for
    /// on a shorter one there always is.
    fn centre_of_step(&self) -> Result<Found, &'static str> {
        let bits = working_bits(self.bits);
        let degree = self.control.degree(self.size());
        let mut unit = self.unit.unwrap_or_else(|| self.first_unit());
        let mut best: Option<(Magnitude, Found)> = None;
        for _ in 0..UNITS {
            let (centre, lost) = Centre::taylor(&self.field, &self.now.weights, degree, unit, bits);
            if lost.iter().any(|lost| lost.is_infinite()) {
                unit -= STEEP;
                continue;
            }
            let Some(choice) = self.control.choose(&self.field, &centre, &lost) else {
                // A unit that was made so long that nothing is bounded any more is worth less than one before.
                if best.is_some() {
                    break;
                }
                return Err("the gradient has no bound on any complex disc of times, however small");
            };
            let (disc, defect) = (choice.disc, choice.defect.integral(choice.length));
            let is_good = defect <= choice.share.scaled(FELT);
            let rate = defect.over(Magnitude::above_f64(choice.length).scaled(unit));
            let helps = best.as_ref().is_none_or(|(least, _)| rate.scaled(1) < *least);
            if helps {
                best = Some((rate, (unit, centre, choice)));
            }
            match disc {
                -1..=1 if is_good || !helps => break,
                -1..=1 => unit -= SMALLER,
                _ => unit += disc,
            }
        }
        let (_, (unit, centre, mut choice)) = best.ok_or("a Taylor coefficient of the flow has no bound")?;
        // What moves evenly could be followed so far at once that roundings add up to more than a step may add.
        while choice.length > f64::MIN_POSITIVE && choice.defect.integral(choice.length) > choice.share.scaled(TOO_FAR)
        {
            choice.length /= 2.0;
        }
        Ok((unit, centre, choice))
    }

    /// A unit of time in which weights change about as much as they are large.
    fn first_unit(&self) -> i64 {
        match (self.size().exponent(), collocation::slope(&self.field, &self.now.weights).exponent()) {
            (Some(weights), Some(slope)) => (weights - slope).clamp(-LARGEST_UNIT, LARGEST_UNIT),
            _ => 0,
        }
    }

    /// The Euclidean norm of the centre, or a little more.
    fn size(&self) -> Magnitude {
        Magnitude::euclidean(self.now.weights.iter().map(Ball::greatest_absolute))
    }

    /// The steps that were taken, the last of which may end later than now.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// About how many multiplications the next step takes, of numbers with as many bits as the centre: for a centre of degree `N` every operation of
    /// the gradient has `N` coefficients, of which the `n`-th is a sum of `n` products.
    #[must_use]
    pub fn products_of_step(&self) -> u64 {
        let degree = if self.rests { 0 } else { self.control.degree(self.size()) as u64 };
        (self.field.operations() as u64).saturating_mul(degree.saturating_mul(degree) / 2)
    }

    /// The setting, at the precision of the centre.
    #[must_use]
    pub fn setting(&self) -> &Arc<Setting<Ball>> {
        &self.setting
    }

    /// The weights in the middle, `W_1` first: points.
    #[must_use]
    pub fn centre(&self) -> Vec<Matrix<Ball>> {
        shaped(&self.problem, &self.now.weights)
    }

    /// A bound of the distance between `W(t)` and the [`centre`](Self::centre), in the norm of all weights.
    #[must_use]
    pub fn radius(&self) -> Magnitude {
        self.now.radius
    }

    /// `W(t)`, every weight in a ball of its own: less than [`around`](Self::around) knows.
    #[must_use]
    pub fn point(&self) -> Point<Ball> {
        let widened = |layer: Matrix<Ball>| layer.map(|weight| Ball::new(weight.centre(), self.now.radius));
        Point::new(Arc::clone(&self.setting), self.centre().into_iter().map(widened).collect())
    }

    /// What is known of `W(t)`.
    #[must_use]
    pub fn around(&self) -> Around {
        Around::new(Arc::clone(&self.setting), self.centre(), self.now.radius)
    }

    /// A bound of `∫_0^t |W(s) − c(s)| ds`, where `c` are the polynomials along which the flow was enclosed.
    #[must_use]
    pub fn path(&self) -> Magnitude {
        self.now.path
    }
}

impl Step {
    /// From a critical point: nothing moves, and what is not known of the weights stays the same.
    fn of_rest(start: State, end: Rational) -> Self {
        let centre = Centre::new(0, vec![start.weights.clone()]);
        Self { radius: start.radius, centre, beside: None, end, start }
    }

    /// The `s` of the centre at this time.
    fn place(&self, time: &Rational) -> Rational {
        let begin = Rational::from_f64(self.centre.begin()).unwrap_or_default();
        Rational::from(time - &self.start.time) * two_to(-self.centre.unit()) + begin
    }

    /// Where it ends, if it is by collocation: to all bits of its centre.
    fn ahead(&self) -> Option<Ahead> {
        let bits = self.centre.coefficients()[0].first()?.bits();
        let s = Ball::from_rational(&self.place(&self.end), bits);
        let (weights, lost) = cut(self.centre.at(&s, bits), bits);
        self.centre.is_about_middle().then(|| Ahead { time: self.end.clone(), weights, radius: self.radius + lost })
    }

    /// Where the flow is at a time of the step, with a centre of `bits` bits; `None` if it is out of range.
    fn at(&self, time: &Rational, bits: u32) -> Option<State> {
        let passed = Rational::from(time - &self.start.time);
        let path = self.start.path + self.radius * Magnitude::above_rational(&passed);
        let inner = working_bits(bits);
        let s = Ball::from_rational(&self.place(time), inner);
        let (weights, lost) = cut(self.centre.at(&s, inner), bits);
        let radius = self.radius + lost;
        (!radius.is_infinite()).then(|| State {
            time: time.clone(),
            weights,
            radius,
            path,
            elapsed: self.start.elapsed.clone(),
        })
    }
}

/// The precision inside of a step: whole words, which cost no more.
fn working_bits(bits: u32) -> u32 {
    bits.checked_next_multiple_of(64).unwrap_or(bits)
}

/// Points of `bits` bits in the place of balls, and a bound of how far all numbers of the balls are from them: the rounding of each midpoint
/// and its radius. Points of 53 bits are f64 numbers.
fn cut(weights: Vec<Ball>, bits: u32) -> (Vec<Ball>, Magnitude) {
    let (points, lost): (Vec<Ball>, Vec<Magnitude>) = weights
        .into_iter()
        .map(|weight| {
            let point = if bits == f64::MANTISSA_DIGITS {
                Ball::from_f64(weight.centre().to_f64(), bits)
            } else {
                Ball::point(weight.clone().with_bits(bits).centre())
            };
            // Infinite f64 numbers make the whole line.
            let lost = (weight - &point).greatest_absolute();
            (point, lost)
        })
        .unzip();
    (points, Magnitude::euclidean(lost))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Data, Loss, Network, Normalisation, StepRule};

    /// The logistic loss of three scalar layers, two of them of this size, and one example.
    fn problem(size: &Rational) -> Arc<Problem> {
        let number = |value: &Rational| Matrix::row_vector(vec![value.clone()]);
        let one = Rational::from(1);
        let data = Data::Examples { x: number(&one), y: number(&one) };
        let initial = vec![number(size), number(size), number(&one)];
        let network = Network::fully_connected(&[1; 4]).unwrap();
        Arc::new(Problem::new(network, Loss::logistic(), Normalisation::Mean, data, initial, StepRule::Flow).unwrap())
    }

    #[test]
    fn a_step_is_as_long_as_its_share_of_the_error_lets_it_be_in_a_unit_of_about_its_disc() {
        for (bits, tolerance) in [(64, None), (128, None), (256, None), (128, Some(Rational::from((1, 1_u64 << 50))))] {
            let flow = Flow::new(problem(&(1, 3).into()), bits, tolerance.as_ref()).unwrap();
            let (_, centre, choice) = flow.centre_of_step().unwrap();
            let ratio = choice.defect.integral(choice.length).over(choice.share).to_f64();
            assert!((1.0 / 16.0..2.0).contains(&ratio), "{bits} bits: {ratio} of the share");
            assert!((-2..=2).contains(&choice.disc), "{bits} bits: a disc of 2^{} units", choice.disc);
            // Coefficients neither grow nor decay by much.
            let degree = centre.coefficients().len() as i64 - 1;
            let last = centre.norm(degree as usize).exponent().unwrap();
            assert!(last.abs() < 3 * degree, "{bits} bits: the last of {degree} coefficients is about 2^{last}");
        }
    }

    #[test]
    fn a_step_takes_half_the_square_of_its_degree_for_every_operation() {
        let flow = Flow::new(problem(&(1, 3).into()), 128, None).unwrap();
        let degree = flow.control.degree(Magnitude::ONE) as u64;
        assert!(degree > 40);
        assert_eq!(flow.products_of_step(), flow.field.operations() as u64 * (degree * degree / 2));
        // Nothing ever moves from zero.
        assert_eq!(Flow::new(problem(&Rational::new()), 128, None).unwrap().products_of_step(), 0);
    }

    #[test]
    fn a_step_of_no_length_is_none() {
        let flow = Flow::new(problem(&(1, 3).into()), 64, None).unwrap();
        let (centre, lost) = Centre::taylor(&flow.field, &flow.now.weights, 10, 0, 64);
        assert!(flow.control.choose(&flow.field, &centre, &lost).is_some());
        // So many bits that the length is below all numbers of f64.
        assert!(Control::new(u32::MAX, None).choose(&flow.field, &centre, &lost).is_none());
    }

    #[test]
    fn the_first_unit_is_the_time_in_which_weights_change_by_their_size() {
        for log in [-20, 0, 3] {
            let size = two_to(log);
            let flow = Flow::new(problem(&size), 128, None).unwrap();
            // The weights have about the norm max(2^log, 1); the slope by the last is σ(−m) 2^{2 log}, those by the others σ(−m) 2^log.
            let (size, product) = (2.0_f64.powi(log as i32), 4.0_f64.powi(log as i32));
            let slope = (2.0 * size * size + product * product).sqrt() / (1.0 + product.exp());
            let expected = ((2.0 * size * size + 1.0).sqrt() / slope).log2();
            assert!((flow.first_unit() as f64 - expected).abs() <= 1.0, "{log}: {} for {expected}", flow.first_unit());
        }
    }
}
