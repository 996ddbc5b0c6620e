//! The first events of an instance over the rationals.
//!
//! The bit length of a run grows by a factor of `2L − 1` a step, so only the first steps are in reach. A short run is decided there if it
//! can be; of a longer one they decide equalities that no ball can.

use crate::claims::{Examine, Finding, Observer, Statement};
use crate::generate::Instance;
use crate::number::Exact;

use super::When;
use super::events::{Events, Shown};
use super::examine::FIRST_BITS;
use super::observe::{Cut, observe};
use super::options::Limits;

/// The most steps that are taken over the rationals.
pub(super) const EXACT_STEPS: u64 = 2;

/// The first events of an instance, and what the statements find of them; each computed when it is asked for.
pub(super) struct FirstEvents<'a> {
    limits: &'a Limits,
    events: Events<'a, Exact>,
    shown: Vec<Shown<Exact>>,
    /// Why no more can be shown, if there is a reason but that there is no more.
    end: Option<&'static str>,
    watching: Vec<Watching<'a>>,
}

/// A statement that looks at them.
struct Watching<'a> {
    observer: Observer<'a, Exact>,
    findings: Vec<Finding>,
    /// Why the observer sees nothing more.
    cut: Option<Cut>,
}

impl<'a> FirstEvents<'a> {
    pub(super) fn new(statements: &[&'a dyn Statement], instance: &'a Instance, limits: &'a Limits) -> Self {
        let watching = statements.iter().map(|statement| Watching {
            observer: Examine::<Exact>::observer(*statement),
            findings: Vec::new(),
            cut: None,
        });
        let watching = watching.collect();
        let events = Events::of(instance, FIRST_BITS, EXACT_STEPS, instance.problem.has_exact_room());
        Self { limits, events, shown: Vec::new(), end: None, watching }
    }

    /// What a statement finds of an event, both counted from 0. `Ok(None)` if the run, or what is looked at of it here, has fewer events.
    ///
    /// # Errors
    ///
    /// Why the run cannot be followed so far, or the statement not be asked.
    pub(super) fn finding(&mut self, statement: usize, event: usize) -> Result<Option<&Finding>, Cut> {
        let limits = self.limits;
        while self.shown.len() <= event {
            match self.events.next_within(&limits.time) {
                Some(Ok(shown)) => self.shown.push(shown),
                Some(Err(end)) => self.end = end.why(),
                None => return self.end.map_or(Ok(None), |why| Err(Cut::Stopped(why))),
            }
        }
        let Watching { observer, findings, cut } = &mut self.watching[statement];
        if let Some(cut) = cut {
            return Err(cut.clone());
        }
        for shown in &self.shown[findings.len().min(event + 1)..=event] {
            let mut finding = Finding::of_conclusions(limits.conclusion_only);
            if let Err(why) = observe(observer, shown.event(), &mut finding, limits) {
                *cut = Some(why.clone());
                return Err(why);
            }
            findings.push(finding);
        }
        Ok(findings.get(event))
    }

    /// When an event is that has been looked at.
    pub(super) fn when(&self, event: usize) -> When {
        self.shown.get(event).map_or(When::START, Shown::when)
    }
}

#[cfg(test)]
mod tests {
    use rug::Rational;

    use super::super::examine::examine_instance;
    use super::super::options::Limits;
    use super::super::verdict::Evidence;
    use super::When;
    use crate::claims::{AboutPoint, Finding, OnPoints};
    use crate::generate::{Instance, Look, towards};
    use crate::number::Real;
    use crate::problem::Matrix;
    use crate::reference::Point;

    /// `3W(t) = 1`, and two equations that are decided in no arithmetic and in balls alone.
    #[derive(Clone, Copy, Default)]
    struct OneThird {
        with_roots: bool,
    }

    impl AboutPoint for OneThird {
        fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
            let w = &point.weights()[0][(0, 0)];
            finding.equal("3W(t) = 1", &w.clone().times(3), &point.constant(1));
            if self.with_roots {
                let root = point.constant(2).sqrt();
                finding.at_most("√2 ≤ 3/2", &root, &point.constant((3, 2)));
            }
        }
    }

    /// Six steps from `W(0) = 1/3` towards a target at this distance below it.
    fn from_one_third(distance: Rational) -> Instance {
        let number = |value: Rational| Matrix::row_vector(vec![value]);
        let start = Rational::from((1, 3));
        Instance::run(towards(number(&start - distance), vec![number(start)], Rational::from(1)), 6)
    }

    #[test]
    fn an_equality_that_balls_cannot_see_is_decided_on_a_long_run_too() {
        // At its target it does not move.
        let mut still = from_one_third(Rational::new());
        for (steps, with_roots) in [(2, false), (2, true)] {
            still.look = Look::Run(steps);
            let found = &examine_instance(&[&OnPoints(OneThird { with_roots })], &still, &Limits::default())[0];
            assert!(found.refuted.is_none() && found.undecided.is_none(), "{found:?}");
            assert_eq!(found.evidence(), if with_roots { Evidence::Certified } else { Evidence::Exact });
        }
        // From the third step on balls can only say that both sides agree.
        still.look = Look::Run(6);
        let found = &examine_instance(&[&OnPoints(OneThird::default())], &still, &Limits::default())[0];
        assert_eq!(found.evidence(), Evidence::Numerical);
    }

    #[test]
    fn each_event_is_decided_by_its_own_weights() {
        // W(1) is the target, off by 2⁻¹⁵⁰, which balls of 128 bits do not see: to them both sides agree.
        let found = &examine_instance(
            &[&OnPoints(OneThird { with_roots: true })],
            &from_one_third(Rational::from(1) >> 150),
            &Limits::default(),
        )[0];
        assert_eq!(
            found.refuted.as_ref().map(|failure| (failure.t, failure.id.label)),
            Some((When::Step(1), "3W(t) = 1")),
            "{found:?}"
        );
    }
}
