//! What a late flow is asked beside others: how small its risk is, where that is so small, and at which time.
//!
//! It goes by the time of the smoothed margin; whoever follows it counts in `−ln R`.

use std::sync::Arc;

use rug::Rational;

use super::clock::Elapsed;
use super::field::shaped;
use super::objective::Objective;
use super::{Flow, FlowStop, Mark, State, Way};
use crate::number::{Ball, Real, Ring, Truth};
use crate::reference::Around;

/// A time at which a value is reached is found in a step by no more halvings than this and twice the bits of a weight.
const MORE_HALVINGS: u32 = 64;

impl Flow {
    /// Where the flow is, as its horizon counts.
    #[must_use]
    pub fn mark(&self) -> Mark {
        let time = || Mark::Time(self.now.time.clone());
        self.log_risk().map_or_else(time, |log_risk| Mark::LogRisk(log_risk.approximate()))
    }

    /// The time `t`, which of a [late](Self::late) flow is not its own; undefined where it has no bound.
    #[must_use]
    pub fn time_of_risk(&self) -> Ball {
        match self.objective {
            Objective::Risk(_) => self.setting.constant(self.now.time.clone()),
            Objective::SmoothedMargin(_) => {
                self.elapsed().map_or_else(|| Ball::whole_line(self.bits), |(time, _)| time)
            }
        }
    }

    /// The time `t` of the flow of the risk, of a [late](Self::late) flow, and its logarithm; each is `None` where nothing is known.
    #[must_use]
    pub fn elapsed(&self) -> Option<(Ball, Ball)> {
        let Elapsed { least, most } = &self.now.elapsed;
        let most = most.as_ref()?;
        Some((Ball::between(least, most), Ball::between(&least.clone().ln(), &most.clone().ln())))
    }

    /// How far the flow is, as its clock counts: the time, or a number that `−ln R` is not above.
    #[must_use]
    pub fn reached(&self) -> Rational {
        match self.log_risk() {
            Some(log_risk) => log_risk.upper().exact().unwrap_or_default(),
            None => self.now.time.clone(),
        }
    }

    /// Goes on to the end of a step of the enclosure, or to `target`, as its clock counts, if that comes first; what it passed through. `None` if it has been
    /// reached.
    ///
    /// # Errors
    ///
    /// As [`pass`](Self::pass) and [`pass_to_log_risk`](Self::pass_to_log_risk).
    pub fn pass_to(&mut self, target: &Rational) -> Result<Option<Way>, FlowStop> {
        match self.objective {
            Objective::Risk(_) => self.pass(target),
            Objective::SmoothedMargin(_) => self.pass_to_log_risk(target),
        }
    }

    /// Goes on until `−ln R` has certainly reached `target`, or until the end of a step of the enclosure if that comes first, of a [late](Self::late) flow; what it
    /// passed through. `None` if it has been reached.
    ///
    /// Where it is reached within a step, the flow stops at the first time at which that was found to be certain: the risk falls all the time.
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance); at once if the flow is at rest or is not a late one.
    pub fn pass_to_log_risk(&mut self, target: &Rational) -> Result<Option<Way>, FlowStop> {
        if self.excess(target, &self.now).is_some() {
            return Ok(None);
        }
        if self.rests {
            return Err(self.stop("nothing moves, and the risk does not fall"));
        }
        if matches!(self.objective, Objective::Risk(_)) {
            return Err(self.stop("the flow is followed by its time, not by its risk"));
        }
        let step = match self.step.take() {
            Some(step) => step,
            None => Arc::new(self.begin_step().map_err(|what| self.stop(what))?),
        };
        let out_of_range = "the weights are beyond the range of the numbers";
        let mut reached = step.at(&step.end, self.bits).ok_or_else(|| self.stop(out_of_range))?;
        if let Some(mut excess) = self.excess(target, &reached) {
            let mut before = self.now.time.clone();
            for _ in 0..2 * self.bits + MORE_HALVINGS {
                // What is certain of it is no more than what is not known.
                if excess.centre() <= excess.radius().scaled(1).to_float() {
                    break;
                }
                let middle = Rational::from(&before + &reached.time) / 2_u32;
                let state = step.at(&middle, self.bits);
                match state.and_then(|state| Some((self.excess(target, &state)?, state))) {
                    Some(found) => (excess, reached) = found,
                    None => before = middle,
                }
            }
            self.step = Some(Arc::clone(&step));
        }
        Ok(Some(self.gone(step, reached)))
    }

    /// How far `−ln R` is beyond `target` in a state, if it certainly is not below.
    fn excess(&self, target: &Rational, state: &State) -> Option<Ball> {
        let Objective::SmoothedMargin(climb) = &self.objective else { return None };
        let around = Around::new(Arc::clone(&self.setting), shaped(&self.problem, &state.weights), state.radius);
        let excess = climb.log_risk(&around) - self.setting.constant(target.clone());
        (excess.constant(0).at_most(&excess) == Truth::True).then_some(excess)
    }

    /// `−ln R`, of a [late](Self::late) flow.
    #[must_use]
    pub fn log_risk(&self) -> Option<Ball> {
        match &self.objective {
            Objective::Risk(_) => None,
            Objective::SmoothedMargin(climb) => Some(climb.log_risk(&self.around())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};

    /// Whatever the time may be is in what is told of it.
    #[test]
    fn a_time_is_told_from_its_least_to_its_most() {
        let number = || Matrix::row_vector(vec![Rational::from(1)]);
        let (network, data) = (Network::fully_connected(&[1, 1]).unwrap(), Data::Examples { x: number(), y: number() });
        let (normalisation, initial) = (Normalisation::Mean, vec![number()]);
        let problem = Problem::new(network, Loss::Exponential, normalisation, data, initial, StepRule::Flow).unwrap();
        let mut flow = Flow::late(Arc::new(problem), 64, None).unwrap();
        let ball = |value: i32| Ball::from_rational(&value.into(), 64);
        flow.now.elapsed = Elapsed { least: ball(2), most: Some(ball(9)) };
        let (time, log_time) = flow.elapsed().unwrap();
        for value in [3, 5, 8] {
            assert!(time.contains(&ball(value)) && log_time.contains(&ball(value).ln()), "{time:?} {log_time:?}");
        }
        assert!(!time.contains(&ball(1)) && !time.contains(&ball(10)));
        flow.now.elapsed.most = None;
        assert!(flow.elapsed().is_none() && !flow.time_of_risk().is_defined());
    }
}
