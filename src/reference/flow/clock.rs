//! The time of the flow of the risk, where the smoothed margin is climbed in a time of its own.
//!
//! The risk is `R = νΣℓ(m_i)`, so its flow has `dt = dτ/(ν(−ℓ′(q)))`, and as `dq/dτ = |∇q|²`, over any part of the way
//!
//! ```text
//! t_2 − t_1 = ∫ dq / (ν (−ℓ′(q)) |∇q|²) ∈ (H(q_2) − H(q_1)) / [min |∇q|², max |∇q|²],   H(q) = ∫ dq / (ν(−ℓ′(q))),
//! ```
//!
//! which is `e^q/ν` for the exponential loss and `(q + e^{bq}/b)/(νcb)` for the logistic one. Nearly all of the time is that of the last part, in which `q` rises by
//! about 1; parts are halved where they are most of what is not known. Where `q` rises by little in a whole step, the series of `e^{bq}` along the centre knows
//! more: `1/(−ℓ′(q))` is `e^q` and `(1 + e^{bq})/(cb)`, and `q` is no further from that at the centre than the tube allows.

use rug::Rational;

use super::objective::Climb;
use super::{Way, working_bits};
use crate::number::{Ball, Magnitude, Matrix, Real, Ring, Truth};
use crate::problem::{Loss, Normalisation};
use crate::reference::gradient::layer_gradients;
use crate::reference::network::Products;
use crate::reference::smoothed_margin::steepness;

/// Parts are not halved any more that are known up to this share of the time so far, as a power of two.
const GOOD: u32 = 20;

/// So many parts are looked at in a step.
const MOST_PARTS: usize = 48;

/// Bounds of a time.
#[derive(Clone, Debug)]
pub(super) struct Elapsed {
    pub least: Ball,
    /// `None` if there is no bound.
    pub most: Option<Ball>,
}

impl Elapsed {
    pub fn zero(bits: u32) -> Self {
        Self { least: Ball::zero(bits), most: Some(Ball::zero(bits)) }
    }

    /// One time after another.
    pub fn and(&self, later: &Self) -> Self {
        let most = self.most.as_ref().zip(later.most.as_ref());
        Self {
            least: (self.least.clone() + &later.least).lower(),
            most: most.map(|(one, other)| (one.clone() + other).upper()),
        }
    }

    /// What both say of the same time.
    fn meeting(self, other: Self) -> Self {
        let most = match (self.most, other.most) {
            (Some(one), Some(other)) => Some(one.min(&other)),
            (one, other) => one.or(other),
        };
        Self { least: self.least.max(&other.least), most }
    }

    /// Whether this is known well enough beside what is already certain.
    fn is_good(&self, beside: &Ball) -> bool {
        let certain = beside.clone().max(&self.least);
        self.most.as_ref().is_some_and(|most| {
            let share = certain.times(Rational::from(1) >> GOOD);
            (most.clone() - &self.least).at_most(&share) == Truth::True
        })
    }
}

/// A part of a step, with the smoothed margin at its ends.
struct Part {
    way: Way,
    margins: [Ball; 2],
    elapsed: Elapsed,
}

impl Climb {
    /// How long the flow of the risk takes along `way`.
    pub fn elapsed(&self, way: &Way, bits: u32) -> Elapsed {
        let bits = working_bits(bits);
        let by_series = self.by_series(way, bits);
        if by_series.as_ref().is_some_and(|elapsed| elapsed.is_good(&Ball::zero(bits))) {
            return by_series.unwrap_or_else(|| Elapsed::zero(bits));
        }
        let margins = [way.from(), way.to()].map(|time| self.margin_at(way, time, bits));
        let whole = self.part(way.clone(), margins, bits);
        let mut left = MOST_PARTS;
        let zero = Ball::zero(bits);
        self.refined(whole, &zero, &mut left, bits)
    }

    /// By the integral of `e^{bq}` along the centre.
    fn by_series(&self, way: &Way, bits: u32) -> Option<Elapsed> {
        let integral = way.exponential(bits)?;
        let norms = way.stretch(self.problem(), self.setting());
        let norms = norms.point.norms_squared().iter().map(|square| square.greatest_absolute().sqrt());
        let steepness = steepness(self.problem().loss());
        let off = self.change_of_margin(norms, way.radius()) * Magnitude::above_rational(&steepness);
        // e^{±off}: a factor within e^off − 1 of one.
        let factor = Ball::new(rug::Float::with_val(bits, 1), off.exp_m1());
        let integral = integral * &factor;
        let time = match self.problem().loss() {
            Loss::Logistic { scale, steepness } => {
                let passed = integral.constant(Rational::from(way.to() - way.from()));
                (integral + passed).times(self.share() / Rational::from(scale * steepness))
            }
            _ => integral.times(self.share()),
        };
        let zero = Ball::zero(bits);
        time.is_defined().then(|| Elapsed { least: time.lower().max(&zero), most: Some(time.upper()) })
    }

    fn margin_at(&self, way: &Way, time: &Rational, bits: u32) -> Ball {
        way.around(time, self.setting()).map_or_else(|| Ball::whole_line(bits), |around| self.value(&around))
    }

    /// The part by halves, the later first, beside a time that passes certainly.
    fn refined(&self, part: Part, beside: &Ball, left: &mut usize, bits: u32) -> Elapsed {
        if *left < 2 || part.elapsed.is_good(beside) {
            return part.elapsed;
        }
        *left -= 2;
        let [early, late] = part.way.halves();
        let middle = self.margin_at(&part.way, early.to(), bits);
        let [first, last] = part.margins;
        let late = self.part(late, [middle.clone(), last], bits);
        let early = self.part(early, [first, middle], bits);
        let late = self.refined(late, beside, left, bits);
        let early = self.refined(early, &late.least.clone().max(beside), left, bits);
        early.and(&late).meeting(part.elapsed)
    }

    fn part(&self, way: Way, margins: [Ball; 2], bits: u32) -> Part {
        let speed = self.speed_squared(&way, &margins[0]);
        let [first, last] = &margins;
        let between = |from: &Ball, to: &Ball| self.primitive(to) - self.primitive(from);
        let zero = Ball::zero(bits);
        let least = (between(&first.upper(), &last.lower()) / &speed.upper()).lower().max(&zero);
        let is_bounded = zero.below(&speed.lower()) == Truth::True;
        let most = (between(&first.lower(), &last.upper()) / &speed.lower()).upper();
        // What is not a number is no bound.
        let least = if least.is_defined() { least } else { zero };
        let most = (is_bounded && most.is_defined()).then_some(most);
        Part { way, margins, elapsed: Elapsed { least, most } }
    }

    /// `|∇q|²` at all weights of the flow in a part that begins at such a smoothed margin.
    fn speed_squared(&self, way: &Way, margin: &Ball) -> Ball {
        let stretch = way.stretch(self.problem(), self.setting());
        let weights = stretch.point.weights();
        let norms = stretch.point.norms_squared().iter().map(|square| square.greatest_absolute().sqrt());
        let Some(pull) = way.pull(self.setting().bits()) else { return Ball::whole_line(64) };
        let slack = self.change_of_pull(norms, way.radius(), margin);
        let pull = pull.into_iter().map(|entry| Ball::new(entry.centre(), entry.radius() + slack)).collect();
        let network = self.problem().network();
        let products = Products::new(network, weights);
        let slopes = layer_gradients(network, weights, &products, &Matrix::row_vector(pull));
        slopes.iter().fold(self.setting().constant(0), |sum, layer| sum + &layer.frobenius_squared())
    }

    /// `1/ν`.
    fn share(&self) -> Rational {
        match self.problem().normalisation() {
            Normalisation::Mean => Rational::from(self.count()),
            Normalisation::Sum => Rational::from(1),
        }
    }

    /// `H(q)`.
    fn primitive(&self, margin: &Ball) -> Ball {
        let share = self.share();
        match self.problem().loss() {
            Loss::Logistic { scale, steepness } => {
                let exponential = margin.clone().times(steepness.clone()).exp().times(steepness.clone().recip());
                (margin.clone() + exponential).times(share / Rational::from(scale * steepness))
            }
            _ => margin.clone().exp().times(share),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rug::Float;

    use super::super::beside::Beside;
    use super::super::centre::Centre;
    use super::super::field::Sup;
    use super::super::objective::Objective;
    use super::super::{Flow, Step};
    use super::*;
    use crate::problem::{Data, Network, Problem, StepRule};

    #[test]
    fn what_two_bounds_say_is_the_better_of_both() {
        let number = |value: i32| Ball::from_rational(&value.into(), 64);
        let elapsed = |least, most: Option<i32>| Elapsed { least: number(least), most: most.map(number) };
        let both = elapsed(1, Some(5)).meeting(elapsed(2, None));
        assert_eq!((both.least.approximate(), both.most.unwrap().approximate()), (2.0, 5.0));
        let sum = elapsed(1, Some(5)).and(&elapsed(2, Some(7)));
        assert_eq!((sum.least.approximate(), sum.most.unwrap().approximate()), (3.0, 12.0));
        assert!(elapsed(1, Some(5)).and(&elapsed(2, None)).most.is_none());
    }

    /// Two scalar layers that begin at 1 and go on until `−ln R = 17/16`, within a step, and the example 1: `q = e^{2τ}`, and `dt = e^q dτ`.
    fn begun() -> Flow {
        let number = || Matrix::row_vector(vec![Rational::from(1)]);
        let (network, data) =
            (Network::fully_connected(&[1, 1, 1]).unwrap(), Data::Examples { x: number(), y: number() });
        let (initial, loss) = (vec![number(), number()], Loss::Exponential);
        let problem = Problem::new(network, loss, Normalisation::Sum, data, initial, StepRule::Flow).unwrap();
        let mut flow = Flow::late(Arc::new(problem), 128, None).unwrap();
        flow.pass_to_log_risk(&(17, 16).into()).unwrap();
        flow
    }

    /// `∫_0^end e^{s e^{2τ}} dτ` by Simpson's rule.
    fn time(s: f64, end: f64) -> f64 {
        let value = |k: u32| (s * (2.0 * end * f64::from(k) / 2000.0).exp()).exp();
        let sum: f64 = (0..1000).map(|k| value(2 * k) + 4.0 * value(2 * k + 1) + value(2 * k + 2)).sum();
        sum * end / 6000.0
    }

    #[track_caller]
    fn assert_holds(elapsed: &Elapsed, time: f64) {
        let (least, most) = (elapsed.least.approximate(), elapsed.most.as_ref().unwrap().approximate());
        assert!(least <= time * (1.0 + 1e-9) && time <= most * (1.0 + 1e-9), "{least} ≤ {time} ≤ {most}");
    }

    #[test]
    fn bounds_of_a_time_hold_it() {
        let flow = begun();
        let Objective::SmoothedMargin(climb) = &flow.objective else { unreachable!() };
        let step = flow.step.as_ref().expect("a target inside of the step");
        let way = Way::new(Arc::clone(step), Rational::new(), Rational::from(&step.end / 4_u32));
        let end = way.to().to_f64();
        let exact = time(1.0, end);
        let margins = [way.from(), way.to()].map(|time| climb.margin_at(&way, time, 128));
        let whole = climb.part(way.clone(), margins.clone(), 128);
        assert_holds(&whole.elapsed, exact);
        let width = |elapsed: &Elapsed| (elapsed.most.clone().unwrap() - &elapsed.least).approximate();
        let wide = width(&whole.elapsed);
        let refined = climb.refined(whole, &Ball::zero(128), &mut 48, 128);
        assert_holds(&refined, exact);
        assert!(width(&refined) < wide / 4.0);
        // Where margins are not known it may be the time of a shorter way or of a longer one.
        let [first, last] = margins.map(|margin| margin.approximate());
        let off = (last - first) / 4.0;
        let widened = [first, last].map(|margin| Ball::new(Float::with_val(128, margin), Magnitude::above_f64(off)));
        let part = climb.part(way, widened, 128);
        let between = |from: f64, to: f64| (to.exp() - from.exp()) / (2.0 * f64::midpoint(first, last));
        assert!(part.elapsed.least.approximate() <= between(first + off, last - off));
        assert!(part.elapsed.most.unwrap().approximate() >= between(first - off, last + off));
    }

    /// From weights that are larger by a part of the tube it takes longer, and from smaller ones less long.
    #[test]
    fn what_the_series_tells_holds_of_all_flows_in_the_tube() {
        let flow = begun();
        let Objective::SmoothedMargin(climb) = &flow.objective else { unreachable!() };
        let step = flow.step.as_ref().expect("a target inside of the step");
        let (start, centre) = (step.start.clone(), step.centre.clone());
        // On the disc of radius 1/2 |q| is at most e.
        let (_, lost) = Centre::taylor(&flow.field, &start.weights, centre.coefficients().len() - 1, 0, 128);
        let mut choice = flow.control.choose(&flow.field, &centre, &lost).unwrap();
        let exponential = Magnitude::above_f64(16.0);
        choice.bounds = (0.5, Sup { exponential, ..choice.bounds.1 });
        let end = Rational::from((1, 8));
        let tube = |radius| {
            let beside = Some(Beside::new(&centre, &choice, 1));
            let step = Step { start: start.clone(), end: end.clone(), centre: centre.clone(), beside, radius };
            climb.by_series(&Way::new(Arc::new(step), Rational::new(), end.clone()), 128).unwrap()
        };
        let thin = tube(Magnitude::power_of_two(-60));
        assert_holds(&thin, time(1.0, 0.125));
        assert!((thin.most.unwrap() - &thin.least).approximate() < 1e-9);
        let wide = tube(Magnitude::power_of_two(-4));
        for larger in [-1.0, 1.0] {
            let weight = 1.0 + larger / 16.0 / 2.0_f64.sqrt() / 0.125_f64.exp();
            assert_holds(&wide, time(weight * weight, 0.125));
        }
    }

    /// `H′ = 1/(ν(−ℓ′))`, of the mean of two losses and of their sum.
    #[test]
    fn the_primitive_has_the_derivative_that_it_should_have() {
        let column = || Matrix::from_entries(1, vec![Rational::from(1); 2]);
        for loss in [Loss::Exponential, Loss::Logistic { scale: (3, 2).into(), steepness: (5, 2).into() }] {
            for (normalisation, share) in [(Normalisation::Mean, 2.0), (Normalisation::Sum, 1.0)] {
                let (network, data) =
                    (Network::fully_connected(&[1, 1]).unwrap(), Data::Examples { x: column(), y: column() });
                let initial = vec![Matrix::row_vector(vec![Rational::from(1)])];
                let problem =
                    Problem::new(network, loss.clone(), normalisation, data, initial, StepRule::Flow).unwrap();
                let Ok(Objective::SmoothedMargin(climb)) = Objective::smoothed_margin(&Arc::new(problem), 128) else {
                    unreachable!()
                };
                let at = |margin: f64| climb.primitive(&Ball::from_f64(margin, 128)).approximate();
                let slope = (at(1.25 + 1e-4) - at(1.25 - 1e-4)) / 2e-4;
                let own = crate::reference::loss::slope(&loss, &Ball::from_f64(1.25, 128)).approximate();
                assert!((slope * -own / share - 1.0).abs() < 1e-6, "{loss:?}: {slope}");
            }
        }
    }
}
