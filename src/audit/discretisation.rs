//! How far gradient descent with a small step is from the flow that it follows.
//!
//! One step `W − η∇R(W)` leaves the flow by `η²/2 · |W''|` to first order, and what it leaves it by grows or shrinks along the flow as the flow
//! does. So at a fixed time the distance is `Cη + O(η²)`, and half the step has half the distance. Both runs are enclosed, so the distances are
//! intervals that certainly hold the true ones, and so is the ratio of two of them.

use std::sync::Arc;

use rug::Rational;

use super::flow;
use super::precision::{at_enough_bits, is_settled};
use crate::number::{Ball, Magnitude, Matrix, NotRecorded, Real, Ring, Truth, nearest_f64, readable};
use crate::problem::{FlowRecording, FlowSchedule, Problem, StepRule, parse_exact};
use crate::reference::long_run::Run;
use crate::reference::{Flow, Point};
use crate::time_limit::{OutOfTime, TimeLimit};
use crate::trajectory::{Ending, certified_run};

/// Gradient descent with steps `H` and `H/2` beside the flow.
#[derive(Clone, Debug)]
pub struct Discretisation {
    /// `H`.
    pub eta: Rational,
    /// The precision at which all three were enclosed.
    pub bits: u32,
    /// The recorded times that all reached.
    pub gaps: Vec<Gap>,
    /// How the enclosure of the flow ended.
    pub flow: Ending,
    /// How the runs with steps `H` and `H/2` ended.
    pub descents: [Ending; 2],
}

/// Descent beside the flow at one time.
#[derive(Clone, Debug)]
pub struct Gap {
    /// The time.
    pub t: Rational,
    /// The steps `t/H`.
    pub steps: u64,
    /// The distances of `W(t)` from descent with steps `H` and `H/2`, all weights as one vector.
    pub distances: [Ball; 2],
}

/// A step that does not lead to a recorded time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undivided {
    /// The step is not above 0.
    #[error("the step {0} is not positive")]
    NotPositive(Rational),
    /// No multiple of it is a recorded time.
    #[error("the time {} is no multiple of the step {eta}", told(.t))]
    Between {
        /// The step.
        eta: Rational,
        /// The recorded time.
        t: Rational,
    },
    /// There are more than 2⁶³ steps.
    #[error("the time {} takes more than 2^63 steps of {eta}", told(.t))]
    TooMany {
        /// The step.
        eta: Rational,
        /// The recorded time.
        t: Rational,
    },
}

impl Undivided {
    /// The decimal that was perhaps meant: a multiple of the step, of which the time is only the nearest f64, as a bare decimal of a run spec is.
    #[must_use]
    pub fn meant(&self) -> Option<String> {
        let Self::Between { eta, t } = self else { return None };
        let decimal = readable(nearest_f64(t));
        let exact = parse_exact(&decimal).ok()?;
        let is_f64 = Rational::from_f64(nearest_f64(t)).is_some_and(|nearest| nearest == *t);
        (is_f64 && steps_to(&exact, eta).is_ok()).then_some(decimal)
    }
}

impl Gap {
    /// The first distance over the second; `None` where the second may be zero.
    #[must_use]
    pub fn ratio(&self) -> Option<Ball> {
        let [whole, half] = &self.distances;
        (!half.least_absolute().is_zero()).then(|| whole.clone() / half)
    }

    /// Whether so little is known of the distances that their ratio is worth nothing; nothing is to be known where all stand still.
    fn is_blurred(&self) -> bool {
        if self.distances.iter().all(|distance| distance.is_point() && distance.contains_rational(&Rational::new())) {
            return false;
        }
        self.ratio().is_none_or(|ratio| ratio.radius().scaled(7) > Magnitude::below(&ratio.centre().abs()))
    }
}

impl Discretisation {
    /// Checks that every recorded time of the flow is a multiple of `eta`.
    ///
    /// # Errors
    ///
    /// [`Undivided`], with the first time that is none.
    pub fn check(schedule: &FlowSchedule, eta: &Rational) -> Result<(), Undivided> {
        if *eta <= 0 {
            return Err(Undivided::NotPositive(eta.clone()));
        }
        let times = match &schedule.record {
            FlowRecording::Every(interval) => std::slice::from_ref(interval),
            FlowRecording::At(times) => times,
        };
        let times = times.iter().filter(|t| **t < schedule.horizon).chain([&schedule.horizon]);
        times.map(|t| steps_to(t, eta)).collect::<Result<Vec<u64>, _>>().map(|_| ())
    }

    /// Encloses the flow of `problem`, and descent with the steps `eta` and `eta/2`, at `bits` bits or more: the precision is doubled, up to
    /// 4096 bits and as long as there is room, until all are well and the ratios of the distances are known to a hundredth. `progress` is
    /// told the times that were reached.
    ///
    /// # Errors
    ///
    /// [`NotRecorded`] if the gradient of the problem takes more operations than an enclosure of its flow may.
    pub fn measured(
        problem: &Arc<Problem>,
        schedule: &FlowSchedule,
        eta: &Rational,
        bits: u32,
        time: &TimeLimit,
        progress: &dyn Fn(&Rational),
    ) -> Result<Self, NotRecorded> {
        let measure = |bits| Self::at_precision(problem, schedule, eta, bits, time, progress);
        let is_enough = |measured: &Self| {
            // At the start all are in one place.
            let is_blurred = measured.gaps.iter().skip(1).any(Gap::is_blurred);
            is_settled([&measured.flow].into_iter().chain(&measured.descents), is_blurred)
        };
        at_enough_bits(problem, bits, measure, is_enough).map(|(_, measured)| measured)
    }

    fn at_precision(
        problem: &Arc<Problem>,
        schedule: &FlowSchedule,
        eta: &Rational,
        bits: u32,
        time: &TimeLimit,
        progress: &dyn Fn(&Rational),
    ) -> Result<Self, NotRecorded> {
        let well = || Ending::Finished;
        let mut measured = Self { eta: eta.clone(), bits, gaps: Vec::new(), flow: well(), descents: [well(), well()] };
        let followed = time.within(|| Flow::new(Arc::clone(problem), bits, None)).map(|flow| {
            let halved = Rational::from(eta / 2);
            let begin = |eta: &Rational| time.within(|| begin(problem, eta, bits));
            Ok((flow?, begin(eta), begin(&halved)))
        });
        let done = match followed {
            Ok(followed) => match followed? {
                (flow, Ok(whole), Ok(half)) => measured.measure(flow, [whole, half], schedule, time, progress),
                _ => Err(OutOfTime),
            },
            Err(OutOfTime) => Err(OutOfTime),
        };
        if let Err(OutOfTime) = done {
            let over = || Ending::out_of(time);
            (measured.flow, measured.descents) = (over(), [over(), over()]);
        }
        Ok(measured)
    }

    /// Follows all three at once, until the last time or the end of one of them.
    fn measure(
        &mut self,
        mut flow: Flow,
        descents: [Result<Box<dyn Run>, Ending>; 2],
        schedule: &FlowSchedule,
        time: &TimeLimit,
        progress: &dyn Fn(&Rational),
    ) -> Result<(), OutOfTime> {
        let (mut whole, mut half) = match descents {
            [Ok(whole), Ok(half)] => (whole, half),
            descents => {
                let ended = |descent: Result<_, Ending>| descent.err().unwrap_or_else(|| left(&Rational::new()));
                (self.flow, self.descents) = (left(&Rational::new()), descents.map(ended));
                return Ok(());
            }
        };
        // Where the gradient is zero nothing moves, and rounded weights are all that could seem to.
        let initial = || Point::<Ball>::initial(Arc::clone(flow.setting()));
        let rests = time.within(|| initial().is_critical())? == Truth::True;
        let mut t = Rational::new();
        loop {
            let steps = steps_to(&t, &self.eta).unwrap_or(0);
            let flow_stop = time.within(|| flow.advance(&t))?;
            let whole_stop = advance(&mut *whole, steps, time)?;
            let half_stop = advance(&mut *half, 2 * steps, time)?;
            if flow_stop.is_err() || whole_stop.is_err() || half_stop.is_err() {
                self.flow = flow_stop.map_or_else(Ending::from, |()| left(&t));
                self.descents = [whole_stop, half_stop].map(|stop| stop.err().unwrap_or_else(|| left(&t)));
                return Ok(());
            }
            let between =
                |descent: &dyn Run| distance((&descent.centre(), descent.radius()), (&flow.centre(), flow.radius()));
            let distances = match rests {
                true => [Ball::zero(self.bits), Ball::zero(self.bits)],
                false => time.within(|| [between(&*whole), between(&*half)])?,
            };
            self.gaps.push(Gap { t: t.clone(), steps, distances });
            progress(&t);
            if t >= schedule.horizon {
                return Ok(());
            }
            t = schedule.record.after(&t, &schedule.horizon);
        }
    }
}

/// A time, and what it is exactly where it only looks like a short decimal.
fn told(t: &Rational) -> String {
    let (exact, short) = (t.to_string(), readable(nearest_f64(t)));
    if exact.len() <= short.len() + 2 { exact } else { format!("{short} (exactly {exact})") }
}

/// The number of steps `eta` to the time `t`.
fn steps_to(t: &Rational, eta: &Rational) -> Result<u64, Undivided> {
    let steps = Rational::from(t / eta);
    if !steps.is_integer() {
        return Err(Undivided::Between { eta: eta.clone(), t: t.clone() });
    }
    // Twice as many are still counted.
    let counted = steps.numer().to_u64().filter(|steps| *steps <= u64::MAX / 2);
    counted.ok_or_else(|| Undivided::TooMany { eta: eta.clone(), t: t.clone() })
}

/// All distances between a point within a radius of one centre and a point within a radius of another.
///
/// The distance of the centres is enclosed by the arithmetic of balls, and by the triangle inequality that of the points differs from it by no
/// more than both radii.
fn distance((one, r): (&[Matrix<Ball>], Magnitude), (other, s): (&[Matrix<Ball>], Magnitude)) -> Ball {
    let entries = |layers| <[Matrix<Ball>]>::iter(layers).flat_map(Matrix::entries);
    let square = entries(one).zip(entries(other)).fold(None, |sum: Option<Ball>, (one, other)| {
        let square = (one.clone() - other).square();
        Some(sum.map_or(square.clone(), |sum| sum + &square))
    });
    // A network has weights.
    let square = square.unwrap_or_else(|| Ball::whole_line(f64::MANTISSA_DIGITS));
    let centres = square.sqrt_of_nonnegative();
    Ball::new(centres.centre(), centres.radius() + r + s)
}

/// What was well when it was left before time `t`, or at the start.
fn left(t: &Rational) -> Ending {
    flow::left(t, "another ended")
}

/// The certified run of descent with steps `eta`; at the precision of f64 that whose centre is the f64 program.
fn begin(problem: &Problem, eta: &Rational, bits: u32) -> Result<Box<dyn Run>, Ending> {
    let stepwise = problem
        .with_step(StepRule::Constant(eta.clone()))
        .map_err(|misfit| Ending::Stopped(format!("{}: {}", misfit.problem, misfit.fix)))?;
    let begun = certified_run(Arc::new(stepwise), (bits != f64::MANTISSA_DIGITS).then_some(bits));
    Ok(begun.map_err(|problem| Ending::PrecisionExhausted(problem.to_string()))??)
}

/// Takes a run to step `to`; the inner error is how it ended before.
fn advance(run: &mut dyn Run, to: u64, time: &TimeLimit) -> Result<Result<(), Ending>, OutOfTime> {
    let outcome = time.within(|| run.advance(to, &mut || time.is_over()))?;
    if outcome.is_ok() && run.t() < to {
        return Err(OutOfTime);
    }
    Ok(outcome.map_err(Ending::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ball(centre: f64, radius: f64) -> Ball {
        Ball::new(rug::Float::with_val(128, centre), Magnitude::above_f64(radius))
    }

    fn layers(entries: &[f64]) -> Vec<Matrix<Ball>> {
        entries.chunks(2).map(|row| Matrix::row_vector(row.iter().map(|&entry| ball(entry, 0.0)).collect())).collect()
    }

    #[test]
    fn a_distance_holds_all_that_the_radii_allow() {
        // The centres are 5 apart, in two layers.
        let (one, other) = (layers(&[1.0, 2.0, 3.0]), layers(&[1.0, 5.0, 7.0]));
        let distance = distance((&one, Magnitude::above_f64(0.25)), (&other, Magnitude::above_f64(0.5)));
        for possible in [(17, 4), (5, 1), (23, 4)] {
            assert!(distance.contains_rational(&possible.into()), "{distance:?}");
        }
        assert!(!distance.contains_rational(&(42, 10).into()) && !distance.contains_rational(&(58, 10).into()));
    }

    #[test]
    fn a_ratio_holds_all_ratios() {
        let gap = |whole, half| Gap { t: Rational::from(1), steps: 1, distances: [whole, half] };
        let ratio = gap(ball(2.0, 0.5), ball(1.0, 0.25)).ratio().unwrap();
        for possible in [(15 * 100, 10 * 125), (25 * 100, 10 * 75), (2, 1)] {
            assert!(ratio.contains_rational(&possible.into()), "{ratio:?}");
        }
        assert!(gap(ball(2.0, 0.5), ball(1.0, 1.0)).ratio().is_none());
        assert!(
            gap(ball(2.0, 0.03), ball(1.0, 0.0)).is_blurred() && !gap(ball(2.0, 0.01), ball(1.0, 0.0)).is_blurred()
        );
        assert!(!gap(ball(0.0, 0.0), ball(0.0, 0.0)).is_blurred());
    }

    #[test]
    fn a_decimal_is_meant_where_it_divides_and_only_its_f64_does_not() {
        let meant = |t: Rational, eta: (i32, i32)| Undivided::Between { eta: eta.into(), t }.meant();
        let tenth = || Rational::from_f64(0.1).unwrap();
        assert_eq!(meant(tenth(), (1, 1000)).as_deref(), Some("0.1"));
        assert_eq!(meant(tenth(), (1, 3)), None);
        assert_eq!(meant(Rational::from((1, 2)), (1, 3)), None);
        // A third is no f64, so it was not a bare decimal.
        assert_eq!(Undivided::Between { eta: parse_exact("1e-16").unwrap(), t: Rational::from((1, 3)) }.meant(), None);
    }
}
