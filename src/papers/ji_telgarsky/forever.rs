//! The limits of Section 2 along gradient flow, each with a distance that is certified for all later times.
//!
//! Once all examples together have a smaller loss than one of margin 0, the [margin bound](MarginBound) holds for ever: the risk falls at a stated rate,
//! no layer's norm ever falls, and the normalised margin is not below what it was. From there on each limit has a bound that never grows. It is held against the flow at
//! every later moment, and what it is at the last one is reported.

use rug::Rational;

use crate::claims::{AboutFlow, Domain, Finding, FlowFold, Hypotheses};
use crate::number::{Real, Truth};
use crate::reference::{EverAfter, MarginBound, Moment, Point};

use super::alignment::initial_imbalance;
use super::assumptions::{assume_decreasing_loss, assume_separable, gradient_is_not_zero, risk_at_most_at_zero};
use super::conserved::is_balanced;
use super::separator::separator;
use super::symmetry::Symmetry;

/// A limit: how far a point is from it, and for how far that is certain for ever.
pub(super) trait Limit: Copy + Send + Sync + 'static {
    /// Of what it is the limit, in words: one for each of its parts.
    const LABELS: &'static [&'static str];

    /// What is assumed beyond Theorem 1.
    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        let _ = (start, given);
    }

    /// How far the point is from it, part by part.
    fn distances<T: Real>(&self, point: &Point<T>) -> Vec<Part<Distance<T>>>;

    /// What these are at most from `point` on, where the margin bound holds; in the same order.
    fn bounds<T: Real>(&self, start: &Start<T>, point: &Point<T>) -> Vec<Bound<T>>;
}

/// A part of a limit: the label's place in its list, and the layer or pair of layers, 0 if it speaks of none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<D> {
    pub(super) label: usize,
    pub(super) layer: usize,
    pub(super) distance: D,
}

/// How far a point is from a limit.
#[derive(Clone, Debug)]
pub(super) enum Distance<T> {
    Of(T),
    /// From infinity, of what is zero.
    Infinite,
    /// Something that it rests on is not known.
    Open,
}

/// What is needed of the start.
pub(super) struct Start<T> {
    /// `D`.
    pub(super) imbalance: T,
    /// `‖W_k(0)‖_2²`.
    pub(super) norms: Vec<T>,
    /// Whether it is certainly balanced, so that `D = 0`.
    pub(super) is_balanced: bool,
    /// Whether there is one example, every layer has rank one and one norm, and they lead along `ū`: then `w/∏‖W_k‖_F = ū` for ever.
    pub(super) is_along_margin: bool,
}

/// A bound for all later times.
#[derive(Clone, Debug)]
pub(super) struct Bound<T> {
    /// What it is at once.
    pub(super) at_once: T,
    /// By how much its reciprocal rises in a unit of time, if it is known to.
    pub(super) rate: Option<T>,
    /// Why it is the distance itself, if it is.
    pub(super) is_attained: Option<&'static str>,
}

impl<T: Real> Bound<T> {
    pub(super) fn constant(at_once: T) -> Self {
        Self { at_once, rate: None, is_attained: None }
    }

    fn after(&self, elapsed: &T) -> T {
        match &self.rate {
            None => self.at_once.clone(),
            Some(rate) => {
                let one = self.at_once.constant(1);
                one.clone() / &(one / &self.at_once + &(rate.clone() * elapsed))
            }
        }
    }
}

/// A hypothesis that a control leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// `∇R(W(0)) ≠ 0`, as on the poster.
    NotCritical,
    /// `R(W(0)) ≤ ℓ(0)`.
    SmallRisk,
    /// That the data are separable.
    Separable,
}

/// Makes a statement about flows of a limit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Forever<S> {
    /// The limit.
    pub limit: S,
    /// A control: the share of each bound that is claimed, as numerator and denominator; without it all.
    pub share: Option<(u32, u32)>,
    /// What is not assumed.
    pub dropped: Option<Dropped>,
}

impl<S: Limit> AboutFlow for Forever<S> {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_decreasing_loss(start.setting(), given);
        if self.dropped != Some(Dropped::Separable) {
            assume_separable(start.setting(), given);
        }
        if self.dropped != Some(Dropped::NotCritical) {
            given.that("Assumption 2: ∇R(W(0)) ≠ 0", gradient_is_not_zero(start));
        }
        if self.dropped != Some(Dropped::SmallRisk) {
            given.that("Assumption 2: R(W(0)) ≤ ℓ(0)", risk_at_most_at_zero(start));
        }
        self.limit.assume(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>> {
        let norms = start.spectra().iter().map(|spectrum| spectrum.norm_squared()).collect();
        Box::new(Following {
            statement: *self,
            start: Start {
                imbalance: initial_imbalance(start),
                norms,
                is_balanced: is_balanced(start) == Truth::True,
                is_along_margin: Symmetry::of(start).norms_are_equal && start.setting().count() == 1,
            },
            distances: self.limit.distances(start),
            since: None,
        })
    }
}

/// Whether it is seen exactly that some margin is not positive at any time, so that all losses together are at least `ℓ(0)`:
///
/// - The data are not separable: zero is a convex combination of the `z_i`, and so of the margins.
/// - Two layers with `W_2 = −W_1ᵀ`, and one example, a positive number `z`: `W_1 + W_2ᵀ` has the derivative `−νℓ′(m)z(W_2ᵀ + W_1)` and stays zero, and
///   `m = −z‖W_1‖_F²`.
fn never_has_positive_margins<T: Real>(start: &Point<T>) -> bool {
    let setting = start.setting();
    let Some(z) = setting.exact_signed_examples() else { return false };
    let is_trap = match setting.problem().initial() {
        [first, second] if z.rows() == 1 && z.columns() == 1 => {
            let mut entries = first.entries().iter().zip(second.entries());
            z[(0, 0)] > 0 && entries.all(|(one, other)| *one == Rational::from(-other))
        }
        _ => false,
    };
    is_trap || separator(setting).is_none()
}

/// The fold of [`Forever`].
struct Following<S, T> {
    statement: Forever<S>,
    start: Start<T>,
    distances: Vec<Part<Distance<T>>>,
    /// The first moment at which the margin bound holds, and the bounds from there on.
    since: Option<(T, Vec<Bound<T>>)>,
}

/// What it waits for.
const NOT_YET: &str = "all losses together are below ℓ(0), from where on it is for ever; the flow has not come so far";

impl<S: Limit, T: Real> Following<S, T> {
    fn bounds(&self, point: &Point<T>) -> Vec<Bound<T>> {
        let bounds = self.statement.limit.bounds(&self.start, point).into_iter();
        let share = self.statement.share.unwrap_or((1, 1));
        bounds.map(|bound| Bound { at_once: bound.at_once.times(share), ..bound }).collect()
    }

    /// Whether a bound says something: it is below half of the distance at the start.
    fn informs(&self, part: usize, bound: &T) -> Truth {
        match &self.distances[part].distance {
            Distance::Of(distance) => (bound.below(&distance.clone().times((1, 2))) == Truth::True).into(),
            Distance::Infinite => Truth::True,
            Distance::Open => Truth::False,
        }
    }
}

impl<S: Limit, T: Real> FlowFold<T> for Following<S, T> {
    fn start(&mut self, start: &Point<T>, finding: &mut Finding) {
        // From a critical point nothing moves, and no risk is zero.
        if start.is_critical() == Truth::True {
            finding.asserted("the flow leaves its start", false);
        }
        if never_has_positive_margins(start) {
            finding.asserted("all losses together come below ℓ(0)", false);
        }
    }

    fn moment(&mut self, moment: &Moment<T>, finding: &mut Finding) {
        let point = &moment.point;
        if let Some((since, bounds)) = &self.since {
            // Some time has passed, even where it is not known how much.
            let elapsed = moment.time.clone() - since;
            let elapsed = if elapsed.is_defined() { elapsed } else { point.constant(0) };
            let found = self.statement.limit.distances(point);
            for (place, (part, bound)) in found.into_iter().zip(bounds).enumerate() {
                let (label, road, bound) = (S::LABELS[part.label], bound.is_attained, bound.after(&elapsed));
                let informs = self.informs(place, &bound);
                match part.distance {
                    Distance::Of(distance) => finding.at_most(label, &distance, &bound),
                    Distance::Infinite => finding.asserted(label, false),
                    Distance::Open => finding.asserted(label, Truth::Open),
                }
                .layer(part.layer)
                .informative_if(informs)
                .attained_if(road.is_some() && self.statement.share.is_none(), road.unwrap_or_default());
            }
        } else if point.know::<MarginBound<T>>().holds() == Truth::True {
            self.since = Some((moment.time.clone(), self.bounds(point)));
        }
    }

    fn ever_after(&mut self, after: &EverAfter<T>, finding: &mut Finding) {
        let point = &after.point;
        let holds = point.know::<MarginBound<T>>().holds();
        if holds != Truth::True {
            let relation = finding.asserted(NOT_YET, Truth::Open);
            if holds == Truth::False {
                relation.beyond_precision();
            }
            return;
        }
        for (place, (part, bound)) in self.distances.iter().zip(self.bounds(point)).enumerate() {
            let informs = self.informs(place, &bound.at_once);
            let at_start = match &part.distance {
                Distance::Of(distance) => distance.clone(),
                Distance::Infinite | Distance::Open => bound.at_once.undefined(),
            };
            finding
                .limit(S::LABELS[part.label], true, &bound.at_once, &at_start)
                .layer(part.layer)
                .informative_if(informs);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::number::Exact;
    use crate::problem::Spec;
    use crate::reference::Setting;

    #[test]
    fn margins_are_never_positive_in_the_trap_and_where_nothing_separates() {
        let never = |x: &str, y: &str, dim: usize, weights: &str| {
            let text = format!(
                "network = {{ architecture = \"fully-connected\", widths = [{dim}, 2, 1] }}\nloss = {{ kind = \"exponential\" }}\n\
                 data = {{ x = {x}, y = {y} }}\ninit = {{ weights = {weights} }}\nstep = {{ rule = \"flow\" }}\n\
                 run = {{ until = {{ time = 1 }}, arithmetic = \"certified\" }}\n"
            );
            let problem = Arc::new(Spec::parse(&text, ".".as_ref()).expect("a spec").problem);
            never_has_positive_margins(&Point::<Exact>::initial(Arc::new(Setting::new(problem, 64))))
        };
        let trap = "[[[0.5], [0.25]], [[-0.5, -0.25]]]";
        assert!(never("[[1]]", "[1]", 1, trap) && never("[[-2]]", "[-1]", 1, trap));
        assert!(!never("[[1]]", "[1]", 1, "[[[0.5], [0.25]], [[-0.5, -0.2501]]]"), "off by a little");
        assert!(!never("[[1]]", "[1]", 1, "[[[0.5], [0.25]], [[0.5, 0.25]]]"));
        assert!(!never("[[1]]", "[-1]", 1, trap), "there it climbs");
        assert!(!never("[[1], [2]]", "[1, 1]", 1, trap), "so it would be, and is not claimed");
        let around_zero = "[[0.5, 0], [-0.25, 0.5], [-0.125, -0.5]]";
        let start = "[[[0.5, 0], [0, 0.25]], [[0.25, 0]]]";
        assert!(never(around_zero, "[1, 1, 1]", 2, start));
        assert!(!never(around_zero, "[1, 1, -1]", 2, start));
    }
}
