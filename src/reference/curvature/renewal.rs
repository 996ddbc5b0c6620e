//! When another factorisation is worth its time, and at which shifts it is tried. Numbers come in and a decision goes out: nothing here is certified, and no
//! bound depends on it.
//!
//! What may not enter: a matrix that is to be factorised, and what it is made of.

use super::factored::Known;
use crate::number::Magnitude;
use crate::problem::Matrix;

/// How well a side of the spectrum is to be known.
#[derive(Clone, Copy)]
pub(super) struct Aim {
    /// A bound of no more than this is as good as any.
    enough: Magnitude,
    /// A factorisation serves while its drift is at most this share of its bound …
    share: f64,
    /// … and this.
    slack: Magnitude,
}

impl Aim {
    /// `λ⁻`, of which a bound may be too large by `allowance`.
    pub fn of_lower(allowance: Magnitude) -> Self {
        Self { enough: allowance.scaled(-3), share: 0.2, slack: allowance }
    }

    /// `λ⁺`, of which a bound of `enough` is all that is asked for.
    pub fn of_upper(enough: Magnitude) -> Self {
        Self { enough, share: 0.05, slack: Magnitude::ZERO }
    }

    /// Whether there is something to be gained over the bound by norms, and a factorisation could tell.
    pub fn is_missed_by(&self, by_norms: Magnitude) -> bool {
        by_norms > self.enough && !by_norms.is_infinite()
    }

    /// Whether a factorisation goes on to serve.
    pub fn is_served_by(&self, known: Known) -> bool {
        known.bound() <= self.enough || known.drift <= Magnitude::above_f64(self.share) * known.there + self.slack
    }

    /// Whether a bound is worth the factorisation that it took: it is enough, or better than that by norms by a tenth.
    pub fn is_reached_by(&self, bound: Magnitude, by_norms: Magnitude) -> bool {
        bound <= self.enough || bound < Magnitude::above_f64(0.9) * by_norms
    }

    /// The shifts to try if `rest` is added to what is found. They begin where the `last` search ended, or at the floor if that was enough.
    pub fn shifts(&self, last: Option<Magnitude>, rest: Magnitude, by_norms: Magnitude) -> Shifts {
        // What it takes to reach the aim and a little less, so that roundings do not miss it; where the rest alone is too much for that, half of it.
        let floor = self.enough.minus_below(rest + self.enough.scaled(-20)).max(self.enough.scaled(-1)).to_f64();
        let hint = last.filter(|last| *last > self.enough).map_or(floor, Magnitude::to_f64);
        Shifts { floor, hint, ceiling: by_norms.to_f64() }
    }
}

/// Whether a factorisation here would say more than the last one and than norms: its drift is less than half of that one's, and less than the bound by norms.
pub(super) fn is_nearer(fresh: Magnitude, last: Option<Known>, by_norms: Magnitude) -> bool {
    fresh < by_norms && last.is_none_or(|last| fresh.scaled(1) < last.drift)
}

/// Shifts that may be tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shifts {
    /// None below is of any use.
    pub floor: f64,
    /// The first.
    pub hint: f64,
    /// The last.
    pub ceiling: f64,
}

/// Nearly the least shift at which `trial` finds something: within a tenth of one that fails, or the floor. `None` if nothing up to the ceiling is found.
pub(super) fn least_shift<T>(shifts: Shifts, mut trial: impl FnMut(f64) -> Option<T>) -> Option<T> {
    const TRIALS: usize = 24;
    let ceiling = shifts.ceiling;
    let floor = shifts.floor.max(f64::MIN_POSITIVE).min(ceiling);
    let mut shift = shifts.hint.clamp(floor, ceiling);
    let mut found = None;
    // The greatest that failed and the least that did not, and by how much to go on while one of them is unknown.
    let (mut failed, mut passed, mut step): (Option<f64>, Option<f64>, f64) = (None, None, 1.2);
    for _ in 0..TRIALS {
        if let Some(result) = trial(shift) {
            found = Some(result);
            passed = Some(shift);
        } else {
            failed = Some(shift);
        }
        shift = match (failed, passed) {
            (Some(failed), Some(passed)) if passed <= failed * 1.1 => break,
            (Some(failed), Some(passed)) => (failed * passed).sqrt(),
            (Some(failed), None) if failed >= ceiling => break,
            (Some(failed), None) => (failed * step).min(ceiling),
            (None, Some(passed)) if passed <= floor => break,
            (None, Some(passed)) => (passed / step).max(floor),
            (None, None) => unreachable!("a trial passes or fails"),
        };
        step *= step;
    }
    found
}

/// How many balls to let go by after a factorisation that was of no use: twice as many every time in turn.
#[derive(Debug, Default)]
pub(super) struct Patience {
    useless: u32,
    wait: u32,
}

impl Patience {
    /// One ball more; *true* if a factorisation may be tried.
    pub fn go_on(&mut self) -> bool {
        self.wait = self.wait.saturating_sub(1);
        self.wait == 0
    }

    /// What the factorisation at this ball was.
    pub fn note(&mut self, was_of_use: bool) {
        self.useless = if was_of_use { 0 } else { (self.useless + 1).min(10) };
        self.wait = if was_of_use { 0 } else { 1 << self.useless };
    }
}

/// The time of the flow, as told from the way and the gradient.
///
/// A bound of `λ⁻` that is too large by `e(t)` at time `t` of the flow costs a factor `exp ∫e` of what is known in the end. With `e = 0.3/(10/λ + t)`, where
/// `λ` is the largest curvature, that is the power 0.3 of `1 + λt/10`.
#[derive(Debug, Default)]
pub(super) struct Clock {
    time: f64,
    largest: f64,
    /// The weights before, and the norm of the gradient there.
    before: Option<(Vec<Matrix<f64>>, f64)>,
}

impl Clock {
    /// `e(t)` at these weights, where the gradient has this norm and the curvature is about `stiffness`. No time counts for more than all before and `10/λ`.
    pub fn go_on(&mut self, weights: &[Matrix<f64>], gradient: f64, stiffness: f64) -> Magnitude {
        if stiffness.is_finite() {
            self.largest = self.largest.max(stiffness);
        }
        let unit = 10.0 / self.largest.max(1e-300);
        if let Some((before, gradient_before)) = &self.before {
            let pairs = before.iter().zip(weights).flat_map(|(one, other)| one.entries().iter().zip(other.entries()));
            let way: f64 = pairs.map(|(one, other)| (one - other) * (one - other)).sum();
            let passed = way.sqrt() / gradient_before;
            if passed.is_finite() {
                self.time += passed.min(self.time + unit);
            }
        }
        self.before = Some((weights.to_vec(), gradient));
        Magnitude::above_f64(0.3 / (unit + self.time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn above(value: f64) -> Magnitude {
        Magnitude::above_f64(value)
    }

    fn known(there: f64, drift: f64) -> Known {
        Known { there: above(there), drift: above(drift) }
    }

    #[test]
    fn a_factorisation_serves_while_its_drift_is_small() {
        // λ⁻ may be too large by the allowance and a fifth of itself.
        let lower = Aim::of_lower(above(0.25));
        for (there, drift, serves) in [
            (0.0, 0.25, true),
            (0.0, 0.2501, false),
            (10.0, 2.249, true),
            (10.0, 2.251, false),
            (0.1, 0.269, true),
            (0.1, 0.271, false),
        ] {
            assert_eq!(lower.is_served_by(known(there, drift)), serves, "λ⁻: {there} + {drift}");
        }
        // λ⁺ is to be enough; if it is not, a twentieth more does not matter.
        let upper = Aim::of_upper(above(2.0));
        for (there, drift, serves) in [
            (0.0, 2.0, true),
            (1.0, 0.99, true),
            (1.0, 1.01, false),
            (10.0, 0.49, true),
            (10.0, 0.51, false),
            (0.5, 1.6, false),
        ] {
            assert_eq!(upper.is_served_by(known(there, drift)), serves, "λ⁺: {there} + {drift}");
        }
    }

    #[test]
    fn nothing_is_factorised_where_norms_are_enough_or_say_nothing() {
        for (aim, enough) in [(Aim::of_lower(above(8.0)), 1.0), (Aim::of_upper(above(3.0)), 3.0)] {
            assert!(!aim.is_missed_by(above(enough)) && !aim.is_missed_by(Magnitude::INFINITE));
            assert!(aim.is_missed_by(above(enough * 1.001)));
        }
        assert!(!Aim::of_upper(Magnitude::INFINITE).is_missed_by(above(1e300)));
    }

    #[test]
    fn another_factorisation_has_less_than_half_of_the_drift_and_less_than_norms() {
        let last = |drift| Some(known(5.0, drift));
        assert!(is_nearer(above(1.0), None, above(1.1)) && !is_nearer(above(1.0), None, above(1.0)));
        assert!(is_nearer(above(1.0), last(2.1), above(1.1)) && !is_nearer(above(1.0), last(2.0), above(1.1)));
        assert!(!is_nearer(above(1.0), last(2.1), above(0.9)));
    }

    #[test]
    fn a_bound_is_of_use_if_it_is_enough_or_a_tenth_better_than_norms() {
        let aim = Aim::of_upper(above(2.0));
        for (bound, by_norms, is_reached) in [
            (2.0, 2.1, true),
            (2.01, 2.1, false),
            (8.9, 10.0, true),
            (9.1, 10.0, false),
            (f64::INFINITY, f64::INFINITY, false),
        ] {
            assert_eq!(aim.is_reached_by(above(bound), above(by_norms)), is_reached, "{bound} for {by_norms}");
        }
    }

    #[test]
    fn a_search_begins_where_the_last_one_ended_and_at_the_floor_if_that_was_enough() {
        let aim = Aim::of_upper(above(2.0));
        let shifts = |last: Option<f64>, rest| aim.shifts(last.map(above), above(rest), above(7.0));
        for (last, hint) in [(None, None), (Some(3.0), Some(3.0)), (Some(2.0), None), (Some(0.1), None)] {
            // With the rest it is just enough; a rest that is too large by itself leaves half.
            for (rest, floor) in [(0.0, 2.0), (0.5, 1.5), (0.999, 1.001), (1.5, 1.0), (9.0, 1.0)] {
                let found = shifts(last, rest);
                assert!(found.floor <= floor && found.floor > floor - 3e-6, "{rest}: {}", found.floor);
                assert_eq!((found.hint, found.ceiling), (hint.unwrap_or(found.floor), 7.0), "{last:?}, {rest}");
                assert!(rest > 1.0 || above(found.floor) + above(rest) + above(1e-6) <= above(2.0), "{rest}");
            }
        }
    }

    /// What is found where all shifts from `least` on pass, and by how many trials.
    fn search(floor: f64, hint: f64, ceiling: f64, least: f64) -> (Option<f64>, usize) {
        let mut trials = 0;
        let found = least_shift(Shifts { floor, hint, ceiling }, |shift| {
            trials += 1;
            (shift >= least).then_some(shift)
        });
        (found, trials)
    }

    #[test]
    fn the_least_shift_is_found_within_a_tenth_by_few_trials() {
        for (hint, least, most_trials) in [
            // What was found the last time, or a little beside it.
            (1.0, 0.99, 3),
            (1.0, 0.85, 3),
            (1.0, 1.05, 3),
            (1.0, 1.15, 3),
            (1.0, 1.5, 5),
            (1.0, 0.6, 5),
            // Far from it.
            (1.0, 10.0, 9),
            (1.0, 0.1, 9),
            (1.0, 1e6, 15),
            (1.0, 1e-6, 15),
        ] {
            let (found, trials) = search(1e-12, hint, 1e12, least);
            let found = found.expect("a shift below the ceiling");
            assert!(found >= least && found <= 1.1 * least, "{hint} for {least}: {found}");
            assert!(trials <= most_trials, "{hint} for {least}: {trials} trials");
        }
    }

    #[test]
    fn a_search_keeps_between_its_floor_and_its_ceiling() {
        // The floor passes: nothing below is tried, and nothing above if it comes first.
        assert_eq!(search(1.0, 1.0, 8.0, 0.5), (Some(1.0), 1));
        assert_eq!(search(1.0, 0.1, 8.0, 0.5), (Some(1.0), 1));
        assert_eq!(search(1.0, 1.1, 8.0, 0.5), (Some(1.0), 2));
        // Only the ceiling passes, or not even that.
        assert_eq!(search(1.0, 7.9, 8.0, 8.0), (Some(8.0), 2));
        assert_eq!(search(1.0, 9.0, 8.0, 9.0), (None, 1));
        assert_eq!(search(1.0, 7.0, 8.0, 9.0), (None, 2));
        // A floor above the ceiling is the ceiling, and one of nothing the least number.
        assert_eq!(search(9.0, 1.0, 8.0, 2.0), (Some(8.0), 1));
        let (found, trials) = search(0.0, 1.0, 8.0, 0.0);
        assert!(found == Some(f64::MIN_POSITIVE) && trials <= 13, "{found:?} by {trials}");
    }

    #[test]
    fn what_was_of_no_use_is_not_tried_again_at_once() {
        let mut patience = Patience::default();
        assert!(patience.go_on() && patience.go_on());
        let mut let_by = |was_of_use| {
            patience.note(was_of_use);
            (0..).find(|_| patience.go_on()).expect("a ball at which it is tried again")
        };
        // Twice as long every time, up to about a thousand balls.
        for in_turn in 1..=12 {
            assert_eq!(let_by(false), (1 << in_turn.min(10)) - 1, "{in_turn} in turn");
        }
        assert_eq!([let_by(true), let_by(false), let_by(false)], [0, 1, 3]);
    }

    #[test]
    fn time_is_the_way_by_the_gradient() {
        let at = |x: f64, y: f64| vec![Matrix::row_vector(vec![x]), Matrix::row_vector(vec![y])];
        let mut clock = Clock::default();
        let mut is_time = |weights: &[Matrix<f64>], gradient, stiffness, largest: f64, time: f64| {
            let found = clock.go_on(weights, gradient, stiffness).to_f64();
            let expected = 0.3 / (10.0 / largest + time);
            assert!((found / expected - 1.0).abs() < 1e-12, "e(t) = {found}, {expected} at t = {time}");
        };
        is_time(&at(1.0, 2.0), 4.0, 5.0, 5.0, 0.0);
        // A way of 5 where the gradient was 4; the largest curvature so far counts, whatever it is now.
        is_time(&at(4.0, 6.0), 100.0, 3.0, 5.0, 1.25);
        is_time(&at(4.0, -44.0), 1.0, f64::INFINITY, 5.0, 1.75);
        // Ten units of the way would be a time of 10: no more than what went by and 10/λ.
        is_time(&at(4.0, -54.0), 0.0, 20.0, 20.0, 1.75 + 1.75 + 0.5);
        // Of no gradient nothing is told.
        is_time(&at(4.0, -54.0), 0.0, 20.0, 20.0, 4.0);
    }
}
