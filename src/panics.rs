//! A panic in the code of a claim, or of a source, is a defect of it, and the harness goes on.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::time_limit::OutOfTime;

/// A panic that was caught: what it said, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panicked(pub(crate) String);

thread_local! {
    /// Whether a panic in this thread is caught and told of by the harness.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
    /// Where the last one of them happened.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The result of `computation`, which runs in this thread. What it was changing when it panicked is to be thrown away.
///
/// A computation that is out of its time is left as before.
pub(crate) fn caught<R>(computation: impl FnOnce() -> R) -> Result<R, Panicked> {
    keep_quiet();
    let before = IS_CAUGHT.replace(true);
    let result = catch_unwind(AssertUnwindSafe(computation));
    IS_CAUGHT.set(before);
    result.map_err(|payload| {
        if payload.is::<OutOfTime>() {
            resume_unwind(payload);
        }
        said(payload)
    })
}

/// As [`caught`] in a thread of many: the panic goes on, without a word, to where it is caught.
pub(crate) fn passed_on<R>(computation: impl FnOnce() -> R) -> R {
    caught(computation).unwrap_or_else(|panicked| resume_unwind(Box::new(panicked)))
}

fn said(payload: Box<dyn Any + Send>) -> Panicked {
    let message = match payload.downcast::<Panicked>() {
        Ok(panicked) => return *panicked,
        Err(payload) => match payload.downcast::<String>() {
            Ok(message) => *message,
            Err(payload) => payload.downcast_ref::<&str>().map_or("without a message", |message| *message).to_owned(),
        },
    };
    Panicked(match PLACE.take() {
        Some(place) => format!("{message} ({place})"),
        None => message,
    })
}

/// Nothing is printed of panics that are caught here; of every other what was printed before.
fn keep_quiet() {
    static ONCE: Once = Once::new();
    // The hook cannot be changed in the middle of a panic.
    if std::thread::panicking() {
        return;
    }
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if IS_CAUGHT.get() {
                PLACE.set(panic.location().map(ToString::to_string));
            } else {
                before(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time_limit::TimeLimit;

    #[test]
    fn what_was_said_and_where() {
        let none: [u8; 0] = [];
        let Err(Panicked(message)) = caught(|| none[std::hint::black_box(2)]) else { panic!("it panics") };
        assert!(message.starts_with("index out of bounds: the len is 0 but the index is 2 (src/panics.rs:"));
        assert_eq!(caught(|| 1), Ok(1));
        // From another thread, by way of this one.
        let passed = caught(|| rayon::join(|| passed_on(|| panic!("over there {}", 1)), || ()));
        assert!(passed.is_err_and(|Panicked(message)| message.starts_with("over there 1 (src/panics.rs")));
        // Running out of time is no panic.
        let limit = TimeLimit::after(std::time::Duration::ZERO);
        let left = limit.within(|| {
            caught(|| {
                loop {
                    crate::time_limit::check();
                }
            })
        });
        assert_eq!(left, Err(OutOfTime));
    }
}
