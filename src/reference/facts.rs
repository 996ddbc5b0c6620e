//! What is known of a point or of a setting beyond its definition: *facts*, computed once and kept by their type.
//!
//! A fact is defined where it is used, be that a paper or a claim of somebody else; the subject knows none of them by name.

use std::any::Any;
use std::sync::OnceLock;

/// Something to know of a subject `S`: a [`Point`](super::Point) or a [`Setting`](super::Setting) over some number.
///
/// [`Point::know`](super::Point::know) and [`Setting::know`](super::Setting::know) compute it when it is first asked for, and return it from
/// then on: for all claims that look at the same point. A fact may ask for others of its subject, not for itself. Where two threads ask
/// at the same time both may compute it, and one result is kept; nobody waits. A computation that is left early, by a panic or for want of
/// time, leaves nothing behind.
///
/// ```
/// use gradient_witness::prelude::*;
///
/// /// `∏_k ‖W_k‖_F²`.
/// struct Size<T>(T);
///
/// impl<T: Real> Fact<Point<T>> for Size<T> {
///     fn of(point: &Point<T>) -> Self {
///         Self(point.norms_squared().iter().fold(point.constant(1), |product, norm| product * norm))
///     }
/// }
///
/// /// A network with one output that is small is small: `‖w‖ ≤ ∏_k ‖W_k‖_F`.
/// struct NoLargerThanItsLayers;
///
/// impl AboutPoint for NoLargerThanItsLayers {
///     fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
///         let Size(size) = point.know();
///         finding.at_most("‖w‖² ≤ ∏ ‖W_k‖_F²", &point.end_to_end().frobenius_squared(), size);
///     }
/// }
///
/// let text = "# Statement\nNo network is larger than its layers together.\n# Source\nMine\nKind: inequality.";
/// let claim = Claim::new("mine.no-larger", text, OnPoints(NoLargerThanItsLayers), Family::Points);
/// let report = verify(&[&claim], &Options { instances: 4, ..Options::default() }, &());
/// assert_eq!(report.claims[0].status, Status::Holds);
/// ```
pub trait Fact<S>: Send + Sync + Sized + 'static {
    /// The fact about `subject`.
    fn of(subject: &S) -> Self;
}

/// The facts about one subject, each with those that came to be known later.
#[derive(Debug, Default)]
pub(super) struct Facts(OnceLock<Box<Known>>);

#[derive(Debug)]
struct Known {
    fact: Box<dyn Any + Send + Sync>,
    later: Facts,
}

impl Facts {
    /// The fact `F` about `subject`, whose facts these are.
    pub(super) fn know<S, F: Fact<S>>(&self, subject: &S) -> &F {
        // Nothing is held while the fact is computed.
        self.known().unwrap_or_else(|| self.keep(F::of(subject)))
    }

    fn known<F: 'static>(&self) -> Option<&F> {
        let mut facts = self;
        while let Some(known) = facts.0.get() {
            if let Some(fact) = known.fact.downcast_ref() {
                return Some(fact);
            }
            facts = &known.later;
        }
        None
    }

    /// `fact`, or the one that another thread has come to know meanwhile.
    fn keep<F: Send + Sync + 'static>(&self, fact: F) -> &F {
        let mut new = Some(Box::new(Known { fact: Box::new(fact), later: Self::default() }));
        let mut facts = self;
        loop {
            // What is put where nothing was is found there, and so is put only once.
            let known = facts.0.get_or_init(|| new.take().expect("a fact that is kept is found"));
            match known.fact.downcast_ref() {
                Some(fact) => return fact,
                None => facts = &known.later,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::ptr;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::time_limit::{OutOfTime, TimeLimit, check};

    /// A subject that counts how often it was looked at.
    #[derive(Default)]
    struct Subject {
        looks: AtomicU32,
        facts: Facts,
    }

    impl Subject {
        fn know<F: Fact<Self>>(&self) -> &F {
            self.facts.know(self)
        }

        fn looks(&self) -> u32 {
            self.looks.load(Ordering::SeqCst)
        }
    }

    #[derive(Debug, PartialEq)]
    struct Look(u32);

    impl Fact<Subject> for Look {
        fn of(subject: &Subject) -> Self {
            Self(subject.looks.fetch_add(1, Ordering::SeqCst))
        }
    }

    /// Of a look, as long as nobody minds.
    struct Long<const N: u32>(u32);

    impl<const N: u32> Fact<Subject> for Long<N> {
        fn of(subject: &Subject) -> Self {
            let Look(look) = subject.know();
            assert!(N > 0, "there is no such fact");
            for _ in 0..N {
                check();
            }
            Self(*look + N)
        }
    }

    #[test]
    fn facts_are_computed_once_and_kept_by_their_type() {
        let subject = Subject::default();
        let (one, two) = (subject.know::<Long<1>>(), subject.know::<Long<2>>());
        assert_eq!((one.0, two.0, subject.looks()), (1, 2, 1));
        let look: &Look = subject.know();
        assert_eq!((look, subject.looks()), (&Look(0), 1));
        assert!(ptr::eq(one, subject.know()) && ptr::eq(two, subject.know()) && ptr::eq(look, subject.know()));
    }

    #[test]
    fn all_threads_come_to_know_the_same() {
        const THREADS: usize = 4;
        for _ in 0..100 {
            let (subject, all) = (Subject::default(), Barrier::new(THREADS));
            let known = || {
                all.wait();
                let (one, two) = (subject.know::<Long<1000>>(), subject.know::<Long<2000>>());
                (ptr::from_ref(one) as usize, ptr::from_ref(two) as usize)
            };
            let known: Vec<(usize, usize)> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(known)).collect();
                threads.into_iter().map(|thread| thread.join().expect("facts")).collect()
            });
            assert!(known.iter().all(|addresses| *addresses == known[0]), "{known:?}");
            assert_eq!(ptr::from_ref(subject.know::<Long<1000>>()) as usize, known[0].0);
        }
    }

    #[test]
    fn what_is_cut_short_leaves_nothing_behind() {
        let subject = Subject::default();
        let is_known = |subject: &Subject| subject.facts.known::<Long<1_000_000>>().is_some();
        let over = TimeLimit::after(Duration::ZERO);
        assert!(matches!(over.within(|| subject.know::<Long<1_000_000>>().0), Err(OutOfTime)));
        assert!(catch_unwind(AssertUnwindSafe(|| subject.know::<Long<0>>().0)).is_err());
        // What it asked for first came to its end.
        assert_eq!((subject.facts.known(), is_known(&subject)), (Some(&Look(0)), false));
        let in_time = TimeLimit::default().within(|| subject.know::<Long<1_000_000>>().0);
        assert_eq!((in_time, subject.looks(), is_known(&subject)), (Ok(1_000_000), 1, true));
    }
}
