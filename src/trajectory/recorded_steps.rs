//! Which steps of a run are recorded, one after the other.

use crate::problem::Recording;

/// The recorded steps, in order.
#[derive(Clone, Debug)]
pub(crate) enum RecordedSteps {
    Every(u64),
    /// Sorted, so that the next one is found by bisection.
    At(Vec<u64>),
}

impl RecordedSteps {
    pub(crate) fn new(recording: &Recording) -> Self {
        match recording {
            Recording::Every(interval) => Self::Every(*interval),
            Recording::At(steps) => {
                let mut steps = steps.clone();
                steps.sort_unstable();
                Self::At(steps)
            }
        }
    }

    /// The first recorded step after `t`, in a run that ends at `last`.
    pub(crate) fn after(&self, t: u64, last: u64) -> u64 {
        let next = match self {
            Self::Every(interval) => (t / interval.max(&1)).saturating_add(1).saturating_mul(*interval),
            Self::At(steps) => steps.get(steps.partition_point(|&step| step <= t)).copied().unwrap_or(last),
        };
        next.max(t.saturating_add(1)).min(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_steps_are_those_of_the_schedule() {
        let recordings =
            [Recording::Every(1), Recording::Every(3), Recording::Every(u64::MAX), Recording::At(vec![9, 2, 2, 0, 90])];
        for recording in recordings {
            let recorded = RecordedSteps::new(&recording);
            for last in [0, 1, 6, 11] {
                let mut steps = vec![0];
                while steps[steps.len() - 1] < last {
                    steps.push(recorded.after(steps[steps.len() - 1], last));
                }
                let expected: Vec<u64> = (0..=last).filter(|&t| recording.contains(t, last)).collect();
                assert_eq!(steps, expected, "{recording:?} to {last}");
            }
        }
        assert_eq!(RecordedSteps::Every(0).after(3, 9), 4);
        assert_eq!(RecordedSteps::Every(u64::MAX).after(u64::MAX - 1, u64::MAX), u64::MAX);
    }

    #[test]
    fn a_long_list_is_searched_once_a_step() {
        // Two hundred thousand steps, backwards: to look through all of them at each would take minutes.
        let recorded = RecordedSteps::new(&Recording::At((0..200_000).map(|step| 2 * step).rev().collect()));
        let mut t = 0;
        for expected in 1..200_000 {
            t = recorded.after(t, u64::MAX);
            assert_eq!(t, 2 * expected);
        }
    }
}
