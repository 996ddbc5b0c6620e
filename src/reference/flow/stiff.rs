//! Stiff stretches of a flow: when steps are by [`collocation`](super::collocation), and how long they are. As in [`control`](super::control) nothing here is a bound.

use super::centre::Centre;
use super::collocation::{self, Collocation, slope, stiffness};
use super::control::{Choice, Control, log2};
use super::defect::Defect;
use super::field::Field;
use crate::number::{Ball, Magnitude};

/// A Taylor step is held by the stiffness if it is at least 2 to this power long beside the fastest decay; others end where the flow has no bound on a complex disc.
const HELD: f64 = 1.0;

/// No step by collocation is worth it that is not this many times as long as the Taylor step, or as many times as it takes more work; the first is tried with 2 to that
/// power times as long.
const LEAST: f64 = 8.0;
const FIRST: f64 = 1.6;

/// After steps by collocation that came to nothing so many Taylor steps are taken before the next is tried: twice as many each time.
const FIRST_PAUSE: u32 = 8;
const LONGEST_PAUSE: u32 = 128;

/// So many lengths are tried for one step.
const TRIES: u32 = 8;

/// The degree for each bit that is asked for, and at least.
const DEGREE_PER_BIT: f64 = 0.3;
const LEAST_DEGREE: usize = 24;

/// The most weights: what a Jacobian takes grows with the third power.
const MOST_WEIGHTS: usize = 400;

/// The most bits of a centre: of more the coefficients of what is computed on the way to a gradient [are not known](crate::number::Series::known).
const MOST_BITS: u32 = 256;

/// A defect within this many bits of its share is good.
const GOOD: i64 = 3;

/// A defect so many bits below its share lets the next step be twice as long.
const FAR: f64 = -3.0;

/// What is left at the nodes is so many bits below the share, and so many for each degree below the weights: on the disc `|z| ≤ r h` it is up to `(r + √(r² + 1))^N`
/// times as large as at the nodes, 2^2.54N for the `r = 2√2` that bounds the tail over `√2 h`.
const LEFT: i64 = -4;
const LEFT_OF_WEIGHTS: f64 = -10.0 / 3.0;

/// In parts of the time in which the weights change by their size, as powers of two: steps that long are the first that are tried, and steps that are longer than so
/// much are always worth it. That all equations are solved at once is so only where they are few.
const FIRST_CHANGE: f64 = -1.0;
const LEAST_CHANGE: f64 = -3.0;
const FEW_EQUATIONS: usize = 1000;

/// Lengths are changed by no more than these, and are a little less than they might be; a centre without a disc asks for a shorter one.
const LONGER: f64 = 2.0;
const A_LITTLE_LONGER: f64 = 1.1;
const WITHOUT_A_DISC: f64 = 0.7;
const SHORTER: f64 = 0.4;
const CAREFUL: f64 = 0.9;

/// So many steps are at most a little longer after one that had to be tried again.
const CALM: u32 = 6;

/// Halves of steps are multiples of this in their unit, in which they are between ½ and 1.
const PARTS: f64 = 32.0;

/// A step: its unit of time, its centre and what is chosen of it.
pub(super) type Found = (i64, Centre, Choice);

/// Where a step begins.
#[derive(Clone, Copy)]
pub(super) struct Begin<'a> {
    pub field: &'a Field,
    pub control: &'a Control,
    /// The precision of the weights.
    pub bits: u32,
    pub weights: &'a [Ball],
    /// About their norm.
    pub size: Magnitude,
}

impl Begin<'_> {
    /// The binary logarithm of the time in which the weights change by their size.
    fn slow(&self) -> f64 {
        log2(self.size) - log2(slope(self.field, self.weights))
    }

    fn stiffness(&self) -> f64 {
        stiffness(self.field, self.weights).log2()
    }

    /// The degree of a step by collocation.
    fn degree(&self) -> usize {
        LEAST_DEGREE.max((DEGREE_PER_BIT * f64::from(self.bits)) as usize)
    }

    /// How many equations that has.
    fn equations(&self) -> usize {
        self.weights.len().saturating_mul(self.degree())
    }
}

/// Steps by collocation.
#[derive(Debug, Default)]
pub(super) struct Stiff {
    collocation: Option<Collocation>,
    /// The binary logarithm of the time that the next step is to take, if it is by collocation, …
    next: Option<f64>,
    /// … below which it is not worth it, and from which on it is worth it to solve all equations at once.
    least: f64,
    whole: f64,
    /// As a binary logarithm each, how long the last Taylor step was beside the fastest decay, and how many times as long these two are.
    held: f64,
    more: [f64; 2],
    /// The last centre, if it was one by collocation and its step was not shortened.
    last: Option<Centre>,
    /// Taylor steps until the next is tried, and how many they were the last time.
    wait: u32,
    pause: u32,
    /// So many steps are to be no more than a little longer.
    calm: u32,
}

impl Stiff {
    /// The next step by collocation, if the last was one and it goes on like that.
    pub fn go_on(&mut self, begin: Begin<'_>) -> Option<Found> {
        let time = self.next.take()?;
        self.weigh(self.held - begin.stiffness(), begin.slow(), begin.equations());
        self.step(begin, time)
    }

    /// What is worth it where a Taylor step would take a time of `2^taylor`, weights change by their size in one of `2^slow`, and there are so many equations.
    fn weigh(&mut self, taylor: f64, slow: f64, equations: usize) {
        [self.least, self.whole] = self.more.map(|more| taylor + more);
        self.least = self.least.min(slow + LEAST_CHANGE);
        if equations <= FEW_EQUATIONS {
            self.whole = self.whole.min(slow + LEAST_CHANGE);
        }
    }

    /// A step by collocation in the place of a Taylor step that takes a time of `2^taylor` and so many products, if that is short for being stiff and the other is much
    /// longer.
    pub fn instead(&mut self, (taylor, products): (f64, u64), begin: Begin<'_>) -> Option<Found> {
        if self.wait > 0 {
            self.wait -= 1;
            return None;
        }
        self.held = begin.stiffness() + taylor;
        // A stiffness of zero holds nothing.
        if self.held.is_nan() || self.held < HELD {
            return None;
        }
        let work = collocation::work(begin.field, begin.weights.len(), begin.degree());
        self.more = work.map(|work| (work / products.max(1) as f64).max(LEAST).log2());
        let slow = begin.slow();
        self.weigh(taylor, slow, begin.equations());
        // Not longer than the Taylor step by enough.
        if self.least < taylor + 1.0 {
            return None;
        }
        self.last = None;
        let found = self.step(begin, (self.least + FIRST).min(slow + FIRST_CHANGE));
        self.pause = if found.is_some() { 0 } else { (2 * self.pause).clamp(FIRST_PAUSE, LONGEST_PAUSE) };
        self.wait = self.pause;
        found
    }

    /// The step was shortened to a time of `2^time`, and the next is to be no longer.
    pub fn shorten(&mut self, time: f64) {
        self.next = self.next.map(|next| next.min(time));
        self.last = None;
    }

    fn step(&mut self, begin: Begin<'_>, mut time: f64) -> Option<Found> {
        let Begin { field, control, bits, weights, size } = begin;
        let degree = begin.degree();
        if weights.len() > MOST_WEIGHTS || Collocation::working_bits(degree, bits) > MOST_BITS {
            return None;
        }
        let collocation = self.collocation.get_or_insert_with(|| Collocation::new(degree, bits));
        let share = control.share(size);
        let enough = share.scaled(LEFT).min(size.scaled((LEFT_OF_WEIGHTS * degree as f64) as i64));
        for tries in 0..TRIES {
            if time < self.least {
                return None;
            }
            // The half of the step, as a part of its unit.
            let unit = (time - 1.0).floor() as i64 + 1;
            let half = ((time - 1.0 - unit as f64).exp2() * PARTS).floor() / PARTS;
            let length = 2.0 * half;
            let (before, is_whole) = (self.last.as_ref(), time >= self.whole);
            let centre = collocation.solve(field, weights, before, (half, unit), enough, is_whole);
            let is_solved = centre.is_some();
            let defect = centre
                .and_then(|centre| Defect::about_middle(field, centre, weights, share.scaled(-1), collocation.bits()));
            // Of a defect of order `degree`. What is left at the nodes says nothing of the length.
            let excess = defect.as_ref().map(|(_, defect, _)| log2(defect.integral(length)) - log2(share));
            // Where a longer step has come to nothing the next ones are not to be much longer.
            self.calm = if tries == 0 { self.calm.saturating_sub(1) } else { CALM };
            let most = if self.calm == 0 { LONGER } else { A_LITTLE_LONGER };
            let change = match excess {
                None if is_solved => WITHOUT_A_DISC,
                None => SHORTER,
                Some(excess) if excess < FAR => most,
                Some(excess) => (CAREFUL * (-excess / degree as f64).exp2()).clamp(SHORTER, most),
            };
            if let Some((centre, defect, bounds)) = defect
                && defect.integral(length) <= share.scaled(GOOD)
            {
                self.next = Some(time + change.log2());
                self.last = Some(centre.clone());
                return Some((unit, centre, Choice { length, defect, disc: 0, share, bounds }));
            }
            time += change.min(0.75).log2();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rug::Rational;

    use super::super::Flow;
    use super::*;
    use crate::number::Matrix;
    use crate::problem::{Data, Loss, Network, Normalisation, Problem, StepRule};

    /// Two layers and squared losses of examples of lengths 60 and 1, not along the axes: stiff directions turn.
    fn turning() -> Arc<Problem> {
        let matrix = |columns: usize, entries: &[i32]| {
            Matrix::from_entries(columns, entries.iter().map(|&entry| Rational::from((entry, 10))).collect())
        };
        let data = Data::Examples { x: matrix(2, &[360, 480, -8, 6]), y: matrix(1, &[200, 5]) };
        let network = Network::fully_connected(&[2, 2, 1]).unwrap();
        let initial = vec![matrix(2, &[7, 2, -3, 5]), matrix(2, &[6, 4])];
        let normalisation = Normalisation::Sum;
        Arc::new(Problem::new(network, Loss::Squared, normalisation, data, initial, StepRule::Flow).unwrap())
    }

    /// Along Taylor polynomials and by collocation the same flow is enclosed, here in a third of the steps, and no less sharply.
    #[test]
    fn steps_by_collocation_enclose_the_same_flow() {
        for bits in [53, 100] {
            let mut flows = [0, 1].map(|_| Flow::new(turning(), bits, None).unwrap());
            flows[0].stiff.wait = u32::MAX;
            for t in [(1, 8), (1, 1)] {
                flows.iter_mut().for_each(|flow| flow.advance(&t.into()).unwrap());
                let [one, other] =
                    [0, 1].map(|k| flows[k].now.weights.iter().map(|weight| weight.clone().with_bits(300)));
                let apart = Magnitude::euclidean(one.zip(other).map(|(one, other)| (one - &other).least_absolute()));
                assert!(apart <= flows[0].radius() + flows[1].radius(), "{bits} bits, t = {t:?}: {apart:?}");
            }
            let [taylor, mixed] = &flows;
            assert!(mixed.ahead.is_some() && taylor.ahead.is_none());
            assert!(3 * mixed.steps() < taylor.steps(), "{} and {} steps", mixed.steps(), taylor.steps());
            assert!(mixed.radius() <= taylor.radius(), "{:?} and {:?}", mixed.radius(), taylor.radius());
        }
    }
}
