//! The time that a computation may take, heeded from within.
//!
//! A single step over the rationals, an elimination or a spectrum can take longer than all the time there is. Whoever must not wait for it runs
//! it [`within`](TimeLimit::within) a [`TimeLimit`]. The computation knows nothing of that: the operations of every number system and the long
//! loops of [`algebra`](crate::algebra) call [`check`], which counts and now and
//! then looks at the clock. When the time is up the computation is left as a panic leaves it, though without a message, and `within` returns
//! [`OutOfTime`].
//!
//! Nothing that was cut short is ever taken for a result: the computation has none. What it had put into a
//! [`OnceLock`](std::sync::OnceLock) before is complete, and what it was about to put there is missing. What it was *changing* is in no state
//! that may be relied on; the caller of `within` throws it away. Leaving needs the unwinding of stacks, so a program with this library is not
//! built with `panic = "abort"`.
//!
//! The limit holds for the thread that called `within`. A computation that goes on in other threads sets it there anew.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// After operations worth this much, each about ten nanoseconds, the clock is looked at.
const BETWEEN_LOOKS: u64 = 2048;

/// An operation on so many bits takes as long as a short one more: products of some thousand bits do, and fractions in lowest terms of any
/// size take longer.
const BITS_PER_OPERATION: usize = 16;

thread_local! {
    /// What is left until the clock is looked at.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
    /// The limit of what is being computed in this thread.
    static IN_FORCE: RefCell<Option<TimeLimit>> = const { RefCell::new(None) };
}

/// When a computation has to end.
///
/// ```
/// use std::time::Duration;
/// use enclosures::time_limit::{TimeLimit, check};
/// let soon = TimeLimit::after(Duration::from_millis(10));
/// assert_eq!(soon.within(|| 1 + 1), Ok(2));
/// let ended = soon.within(|| {
///     loop {
///         check();
///     }
/// });
/// assert!(ended.is_err());
/// ```
#[derive(Clone, Debug, Default)]
pub struct TimeLimit {
    /// When the time is up; `None` for never.
    pub deadline: Option<Instant>,
    /// Set from outside to end it now.
    pub interrupted: Arc<AtomicBool>,
}

/// A computation was left before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the time is used up")]
pub struct OutOfTime;

impl TimeLimit {
    /// So much time from now on; none at all if the clock cannot hold its end.
    #[must_use]
    pub fn after(time: Duration) -> Self {
        Self { deadline: Instant::now().checked_add(time), ..Self::default() }
    }

    /// As long as nobody raises `interrupted`.
    #[must_use]
    pub fn until(interrupted: Arc<AtomicBool>) -> Self {
        Self { deadline: None, interrupted }
    }

    /// Whether it has been ended from outside.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether the time is up, or it has been ended from outside.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_interrupted() || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// The result of `computation`, which runs in this thread under this limit and no other.
    ///
    /// # Errors
    ///
    /// [`OutOfTime`] if it did not come to its end. What it was changing is then to be thrown away.
    ///
    /// # Panics
    ///
    /// If the computation does.
    pub fn within<R>(&self, computation: impl FnOnce() -> R) -> Result<R, OutOfTime> {
        let _outer = InForce::set(self);
        catch_unwind(AssertUnwindSafe(computation)).map_err(|payload| match payload.downcast::<OutOfTime>() {
            Ok(out_of_time) => *out_of_time,
            Err(panic) => resume_unwind(panic),
        })
    }

    fn is_the_same(&self, other: &Self) -> bool {
        self.deadline == other.deadline && Arc::ptr_eq(&self.interrupted, &other.interrupted)
    }
}

/// Puts back what was in force before.
enum InForce {
    Unchanged,
    Before { limit: Option<TimeLimit>, left: u64 },
}

impl InForce {
    fn set(limit: &TimeLimit) -> Self {
        IN_FORCE.with_borrow_mut(|in_force| {
            // Threads share the flag: it is not cloned for every one of the short computations of one limit.
            if in_force.as_ref().is_some_and(|present| present.is_the_same(limit)) {
                return Self::Unchanged;
            }
            Self::Before { limit: in_force.replace(limit.clone()), left: LEFT.replace(0) }
        })
    }
}

impl Drop for InForce {
    fn drop(&mut self) {
        if let Self::Before { limit, left } = self {
            IN_FORCE.with_borrow_mut(|in_force| *in_force = limit.take());
            LEFT.set(*left);
        }
    }
}

/// To be called in every loop that may take long: leaves the computation if its time is up. It costs about a nanosecond.
#[inline]
pub fn check() {
    check_after(1);
}

/// As [`check`], after so many operations of some ten nanoseconds.
#[inline]
pub fn check_after(operations: usize) {
    // The count is of this thread, and no more than a hint of when to look.
    match LEFT.get().checked_sub(operations as u64) {
        Some(left) => LEFT.set(left),
        None => look(),
    }
}

/// As [`check`], after an operation with this exact result: the longer it is, the longer it took.
#[inline]
pub fn check_exact(result: &rug::Rational) {
    check_bits(u64::from(result.numer().significant_bits()) + u64::from(result.denom().significant_bits()));
}

/// As [`check`], after an operation on numbers of so many bits.
#[inline]
pub fn check_bits(bits: u64) {
    check_after(1 + bits as usize / BITS_PER_OPERATION);
}

#[cold]
fn look() {
    let is_over = IN_FORCE.with_borrow(|in_force| in_force.as_ref().map(TimeLimit::is_over));
    LEFT.set(match is_over {
        None => u64::MAX,
        Some(_) => BETWEEN_LOOKS,
    });
    // A stack that is unwound already cannot be left once more.
    if is_over == Some(true) && !std::thread::panicking() {
        LEFT.set(0);
        resume_unwind(Box::new(OutOfTime));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;

    fn for_ever() {
        loop {
            check();
        }
    }

    #[test]
    fn a_computation_is_left_at_its_deadline() {
        let begun = Instant::now();
        let limit = TimeLimit::after(Duration::from_millis(30));
        assert_eq!(limit.within(for_ever), Err(OutOfTime));
        assert!(begun.elapsed() >= Duration::from_millis(30));
        // So is every one that begins after it, at its first check.
        assert_eq!(limit.within(|| (0..10).for_each(|_| check())), Err(OutOfTime));
        // Without a limit nothing is left.
        (0..10 * BETWEEN_LOOKS).for_each(|_| check());
    }

    #[test]
    fn a_computation_is_left_when_somebody_says_so() {
        let limit = TimeLimit::default();
        let flag = Arc::clone(&limit.interrupted);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                std::thread::sleep(Duration::from_millis(20));
                flag.store(true, Ordering::Relaxed);
            });
            assert_eq!(limit.within(for_ever), Err(OutOfTime));
        });
    }

    #[test]
    fn the_limit_before_is_in_force_again() {
        let outer = TimeLimit::after(Duration::from_millis(30));
        let found = outer.within(|| {
            let inner = TimeLimit::after(Duration::ZERO);
            assert_eq!(inner.within(for_ever), Err(OutOfTime));
            let patient = TimeLimit::default();
            assert_eq!(patient.within(|| std::thread::sleep(Duration::from_millis(40))), Ok(()));
            for_ever();
        });
        assert_eq!(found, Err(OutOfTime));
    }

    #[test]
    fn what_was_cut_short_is_not_kept() {
        let cell: OnceLock<u32> = OnceLock::new();
        let cut = TimeLimit::after(Duration::ZERO).within(|| {
            *cell.get_or_init(|| {
                for_ever();
                1
            })
        });
        assert_eq!(cut, Err(OutOfTime));
        assert_eq!(*cell.get_or_init(|| 2), 2);
    }

    #[test]
    fn other_panics_pass() {
        let passed = catch_unwind(|| TimeLimit::default().within(|| resume_unwind(Box::new("another"))));
        assert_eq!(passed.err().and_then(|payload| payload.downcast_ref::<&str>().copied()), Some("another"));
    }
}
