//! How long a problem is trained, what is recorded, and in which arithmetic: what a run spec adds to the problem.

use rug::Rational;

use super::fit::{brief, check_positive, misfit};
use super::{Arithmetic, Misfit, Normalisation, Problem, nearest_f64};
use crate::algebra::max_margin::is_separable;
use crate::number::Text;

/// How a problem is followed: in steps of descent, or along the flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Of the step rules that have steps.
    Descent(Schedule),
    /// Of the rule [`Flow`](super::StepRule::Flow).
    Flow(FlowSchedule),
}

impl Plan {
    /// The arithmetic of `witness run`.
    #[must_use]
    pub fn arithmetic(&self) -> Arithmetic {
        match self {
            Self::Descent(schedule) => schedule.arithmetic,
            Self::Flow(schedule) => schedule.arithmetic,
        }
    }

    /// The same in another arithmetic.
    #[must_use]
    pub fn within(self, arithmetic: Arithmetic) -> Self {
        match self {
            Self::Descent(schedule) => Self::Descent(Schedule { arithmetic, ..schedule }),
            Self::Flow(schedule) => Self::Flow(FlowSchedule { arithmetic, ..schedule }),
        }
    }

    /// Checks that the arithmetic can express the problem and follow the plan.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] that names a key of `[run]`: see [`Arithmetic::check`] and [`FlowSchedule::check`].
    pub fn check(&self, problem: &Problem) -> Result<(), Misfit> {
        self.arithmetic().check(problem)?;
        match self {
            Self::Descent(_) => Ok(()),
            Self::Flow(schedule) => schedule.check(problem),
        }
    }
}

/// How long to train, what to record, in which arithmetic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The number of steps; 0 records the start alone.
    pub steps: u64,
    /// The steps that are recorded.
    pub record: Recording,
    /// The arithmetic of `witness run`.
    pub arithmetic: Arithmetic,
}

/// Which steps are recorded, beside step 0 and the last, which always are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recording {
    /// The multiples of a number that is at least 1.
    Every(u64),
    /// These steps, in any order; those after the last are never reached.
    At(Vec<u64>),
}

impl Recording {
    /// Whether step `t` of a run whose last step is `last` is recorded.
    ///
    /// ```
    /// use gradient_witness::problem::Recording;
    /// let recorded = |record: Recording| (0..=7).filter(|&t| record.contains(t, 7)).collect::<Vec<u64>>();
    /// assert_eq!(recorded(Recording::Every(3)), [0, 3, 6, 7]);
    /// assert_eq!(recorded(Recording::At(vec![5, 1, 90])), [0, 1, 5, 7]);
    /// ```
    #[must_use]
    pub fn contains(&self, t: u64, last: u64) -> bool {
        t == 0
            || t == last
            || match self {
                Self::Every(interval) => t.is_multiple_of(*interval),
                Self::At(steps) => steps.contains(&t),
            }
    }
}

/// What the horizon of a flow and its records are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The time `t`.
    Time,
    /// `−ln R`, which rises all the way: for losses of classification. Where it is large no number shows the time.
    LogRisk,
}

impl Clock {
    /// The key of `run.until` that says it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::LogRisk => "log_risk",
        }
    }

    /// The key of `run.record` that lists it.
    #[must_use]
    pub fn list_key(self) -> &'static str {
        match self {
            Self::Time => "times",
            Self::LogRisk => "log_risks",
        }
    }
}

/// Up to which time the flow is followed, or up to which `−ln R`, how sharply, what is recorded, in which arithmetic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowSchedule {
    /// What the next one and the records are counted in.
    pub clock: Clock,
    /// The last time, above 0, or the last `−ln R`, above that of the start.
    pub horizon: Rational,
    /// About what the radius of the weights should be at the end, above 0; without one it is about as small as the precision can make it.
    pub tolerance: Option<Rational>,
    /// The times that are recorded.
    pub record: FlowRecording,
    /// The arithmetic of `witness run`.
    pub arithmetic: Arithmetic,
}

/// Which times of a flow, or values of `−ln R`, are recorded, beside the start and the horizon, which always are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowRecording {
    /// The multiples of a number above 0.
    Every(Rational),
    /// These, increasing, none of them beyond the horizon, and no time negative. What the flow has passed at its start is not recorded.
    At(Vec<Rational>),
}

impl FlowRecording {
    /// What is recorded of a flow that does not say it: the horizon divided by 1024, 512, … 2. A flow slows down as it goes on.
    #[must_use]
    pub fn of_horizon(horizon: &Rational) -> Self {
        Self::At((1..=10).rev().map(|halvings| Rational::from(horizon >> halvings)).collect())
    }

    /// The first recorded time after `t`, at most the horizon.
    ///
    /// ```
    /// use gradient_witness::problem::FlowRecording;
    /// use rug::Rational;
    /// let (third, horizon) = (Rational::from((1, 3)), Rational::from((1, 2)));
    /// let every = FlowRecording::Every(third.clone());
    /// assert_eq!(every.after(&Rational::new(), &horizon), third);
    /// assert_eq!(every.after(&third, &horizon), horizon);
    /// ```
    #[must_use]
    pub fn after(&self, t: &Rational, horizon: &Rational) -> Rational {
        let next = match self {
            // A multiple that is no time of a spec would never pass; the horizon does.
            Self::Every(interval) if *interval <= 0 => None,
            Self::Every(interval) => Some(Rational::from(t / interval).floor() + 1_u32).map(|number| number * interval),
            Self::At(times) => times.get(times.partition_point(|time| time <= t)).cloned(),
        };
        next.filter(|next| next < horizon).unwrap_or_else(|| horizon.clone())
    }
}

impl FlowSchedule {
    /// Checks that the times fit each other, and that the arithmetic can reach the tolerance.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] that names the key of `[run]`.
    pub fn check(&self, problem: &Problem) -> Result<(), Misfit> {
        if self.clock == Clock::LogRisk {
            self.check_log_risk(problem)?;
        }
        self.check_numbers()
    }

    /// What can be said without the problem.
    pub(super) fn check_numbers(&self) -> Result<(), Misfit> {
        if self.clock == Clock::Time {
            check_positive("run.until.time", &self.horizon)?;
        }
        if let FlowRecording::Every(interval) = &self.record {
            check_positive("run.record.every", interval)?;
        }
        if let FlowRecording::At(times) = &self.record {
            let (key, list, item) = match self.clock {
                Clock::Time => ("run.record.times", "times", "time"),
                Clock::LogRisk => ("run.record.log_risks", "values", "value"),
            };
            let wrong = |problem: String, fix: &str| Err(misfit(key, problem, fix));
            let negative = times.first().filter(|first| **first < 0 && self.clock == Clock::Time);
            if let Some(first) = negative {
                return wrong(format!("the time {} is negative", brief(first)), "begin at 0, where the flow begins");
            }
            if let Some(pair) = times.windows(2).find(|pair| pair[0] >= pair[1]) {
                let problem = format!("{} does not come after {}", brief(&pair[1]), brief(&pair[0]));
                return wrong(problem, &format!("give the {list} in increasing order, each once"));
            }
            if let Some(last) = times.last().filter(|last| **last > self.horizon) {
                let problem = format!("{} is beyond the last {item}, {}", brief(last), brief(&self.horizon));
                return wrong(problem, "leave it out, or give a later run.until");
            }
        }
        if self.arithmetic == Arithmetic::F64
            && self.clock == Clock::Time
            && !(nearest_f64(&self.horizon) > 0.0 && nearest_f64(&self.horizon).is_finite())
        {
            let problem = format!("{} is beyond the range of f64", brief(&self.horizon));
            return Err(misfit("run.until.time", problem, "choose run.arithmetic = \"certified:128\""));
        }
        match &self.tolerance {
            Some(tolerance) => self.check_tolerance(tolerance),
            None => Ok(()),
        }
    }

    /// Only a loss of the margin, of examples that are separable, has a risk of which the logarithm goes on for ever, and only the enclosed flow follows it there.
    fn check_log_risk(&self, problem: &Problem) -> Result<(), Misfit> {
        let key = "run.until.log_risk";
        if !problem.loss().is_classification() {
            let problem = format!("the loss is \"{}\", whose risk ends at a least value", problem.loss().name());
            return Err(misfit(key, problem, "give a time, until = { time = 100 }"));
        }
        if self.arithmetic == Arithmetic::F64 {
            let problem = "f64 follows a flow by the time alone";
            return Err(misfit(key, problem, "choose run.arithmetic = \"certified\", or give a time"));
        }
        check_separable(key, problem)
    }

    /// Weights of size 1 are known to 2^−bits at best.
    fn check_tolerance(&self, tolerance: &Rational) -> Result<(), Misfit> {
        check_positive("run.tolerance", tolerance)?;
        let Some(bits) = self.arithmetic.precision().filter(|bits| tolerance.clone() << *bits < 1) else {
            return Ok(());
        };
        let problem = format!("{} is below 2^-{bits}, the precision of {}", brief(tolerance), self.arithmetic);
        // 2^−needed ≤ tolerance.
        let needed = tolerance.denom().significant_bits().saturating_sub(tolerance.numer().significant_bits()) + 1;
        let enough = needed.saturating_add(SPARE_BITS).next_multiple_of(64);
        let fix = if Arithmetic::BITS.contains(&enough) {
            format!("give a larger one, or choose run.arithmetic = \"certified:{enough}\" or \"ball:{enough}\"")
        } else {
            "give a larger one".to_owned()
        };
        Err(misfit("run.tolerance", problem, fix))
    }
}

/// Checks that the risk can come near 0. Where nothing separates the examples every `w` has a margin that is not positive, and the sum of the losses is at least `ℓ(0)`.
fn check_separable(key: &str, problem: &Problem) -> Result<(), Misfit> {
    let Some((x, y)) = problem.exact_examples() else { return Ok(()) };
    // With more the flow is refused anyhow, however long it would take to decide this.
    let is_short = x.nearest_entries().iter().filter(|entry| **entry != 0.0).count() <= Text::MOST_OPERATIONS;
    if is_short && !is_separable(&x.map_multiplied(y, Rational::clone)) {
        let least = match problem.normalisation() {
            Normalisation::Mean => "ℓ(0)/n",
            Normalisation::Sum => "ℓ(0)",
        };
        let problem =
            format!("no hyperplane through zero separates the examples, so the risk never falls below {least}");
        return Err(misfit(key, problem, "give a time, until = { time = 100 }"));
    }
    Ok(())
}

/// The bits that roundings and the growth of errors take on the way of a flow, as a rule.
const SPARE_BITS: u32 = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_step_are_always_recorded() {
        for record in [Recording::Every(1000), Recording::At(vec![])] {
            assert!(record.contains(0, 17) && record.contains(17, 17) && !record.contains(1, 17));
            assert!(record.contains(0, 0));
        }
        assert!((0..5).all(|t| Recording::Every(1).contains(t, 4)));
        // An interval of zero cannot be read from a spec; it must not panic either.
        assert!(!Recording::Every(0).contains(3, 4));
    }
}
