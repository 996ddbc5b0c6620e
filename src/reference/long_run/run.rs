//! The run whose centre is that of a program in f64.

use std::sync::Arc;

use rug::Rational;

use super::centre::{BITS, Centre, distance, layers, widened};
use super::growth::Growth;
use super::roundings::Roundings;
use super::window::{Beginning, NO_CURVATURE, Region, Windows, steps_of_a_window};
use super::{Blind, Run, TOO_LARGE, says_nothing, squared_norms};
use crate::number::{Ball, Magnitude, Majorant, Matrix};
use crate::problem::Problem;
use crate::reference::curvature::Curvature;
use crate::reference::descent::one_step;
use crate::reference::step_size::StepSize;
use crate::reference::{Point, Setting};

/// The radius is made smaller by a factor `e` where that takes no longer than so many steps of the program.
const PRICE: f64 = 540e3;

/// The first step of a window is audited if so many steps were taken since the last audit, or half of all.
const AUDIT_AFTER: u64 = 4096;

const OUT_OF_RANGE: &str = "the centre leaves the range of f64";
const OTHER_RADIUS: &str = "the f64 program chose another radius R_t";

/// A run of gradient descent whose exact iterates are known to lie within a Euclidean radius of those of a program in f64.
///
/// The rounding error of a step is not computed in each: it is bounded over a box by what the program says of itself ([`Centre::chain_lengths`]). That is
/// audited now and then, at intervals that grow to 4096 steps or a window if that is longer: one step is held against an exact one.
#[derive(Debug)]
pub struct LongRun {
    setting: Arc<Setting<Ball>>,
    majorants: Setting<Majorant>,
    centre: Box<dyn Centre>,
    step_size: StepSize,
    windows: Windows,
    roundings: Option<Roundings>,
    /// No step is held against an exact one before this.
    next_audit: u64,
    window: Option<Window>,
    stretch: Stretch,
}

/// Some steps in a ball over which the growth of the radius is known.
#[derive(Debug)]
struct Window {
    /// The centre with which it begins.
    start: Vec<f64>,
    region: Region,
    /// What a step makes of the radius.
    growth: Growth,
    /// Whether all weights in the ball are where the step size stays what it is.
    keeps_step_size: bool,
    /// The last step for which it is made.
    end: u64,
}

/// Steps that are known in advance to stay in the window.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    begin: u64,
    end: u64,
    /// The radius at its beginning.
    radius: Magnitude,
    /// The length of the step with which it began, once that is taken.
    displacement: Magnitude,
    /// Whether the size of the step after its last is known.
    is_settled: bool,
}

impl LongRun {
    /// Begins with the run of `problem` that `centre` begins.
    ///
    /// # Errors
    ///
    /// [`Blind`] if the step size is not known, or the program begins elsewhere than at the initial weights.
    pub fn new(problem: Arc<Problem>, centre: Box<dyn Centre>) -> Result<Self, Blind> {
        let setting = Arc::new(Setting::new(Arc::clone(&problem), BITS));
        let majorants = Setting::new(Arc::clone(&problem), BITS);
        let exact = problem.initial().iter().flat_map(Matrix::entries);
        let error = |(exact, &rounded): (&Rational, &f64)| -> Rational {
            Rational::from_f64(rounded).map_or_else(|| exact.clone(), |rounded| rounded - exact).square()
        };
        let square: Rational = exact.zip(centre.parameters()).map(error).sum();
        let radius = Magnitude::above_rational(&square).sqrt();
        let blind = |what: &str| Blind { t: 0, radius, what: what.to_owned() };
        let step_size = StepSize::first(&setting).map_err(blind)?;
        if step_size.radius() != centre.radius() {
            return Err(blind(OTHER_RADIUS));
        }
        let stretch = Stretch { begin: 0, end: 0, radius, displacement: Magnitude::ZERO, is_settled: true };
        let price = PRICE / steps_of_a_window(&problem);
        let windows = Windows::new(Curvature::new(problem), price);
        Ok(Self {
            setting,
            majorants,
            centre,
            step_size,
            windows,
            roundings: None,
            next_audit: 0,
            window: None,
            stretch,
        })
    }

    fn parameters(&self) -> Vec<Matrix<f64>> {
        layers(self.setting.network(), self.centre.parameters())
    }

    fn blind(&self, what: impl Into<String>) -> Blind {
        Blind { t: self.t(), radius: self.radius(), what: what.into() }
    }

    /// Takes the first step of a stretch, and sees how many more are known to stay in the window.
    fn begin_stretch(&mut self) -> Result<(), Blind> {
        let (t, radius) = (self.t(), self.radius());
        let way = self.way(radius)?;
        let next = match way {
            Some(_) => None,
            None => Some(self.next_window(radius)?),
        };
        let exact = next.as_ref().and_then(|_| self.exact_step());
        let before = self.centre.parameters().to_vec();
        // From here on the growth of the window holds, and for the step that follows.
        self.window = next.or(self.window.take());
        let is_settled = self.step_size.radius().is_none();
        self.stretch = Stretch { begin: t, end: t + 1, radius, is_settled, ..self.stretch };
        if !self.centre.advance(1, &mut || false) {
            self.stretch.end = t;
            return Err(self.blind(OUT_OF_RANGE));
        }
        if let Some(exact) = exact {
            self.audit(&exact)?;
        }
        self.stretch.displacement = distance(&before, self.centre.parameters());
        let window = self.window.as_ref().expect("a stretch is in a window");
        let most = window.end.saturating_sub(t);
        let steps = window.steps_inside(way.unwrap_or(Magnitude::ZERO), radius, self.stretch.displacement, most);
        match steps {
            Some(steps) if window.keeps_step_size => self.stretch.end = t + steps,
            _ => self.follow()?,
        }
        self.stretch.is_settled = true;
        Ok(())
    }

    /// How far the centre is from where the window began, if the window goes on; `None` if another one is to begin.
    fn way(&self, radius: Magnitude) -> Result<Option<Magnitude>, Blind> {
        let Some(window) = &self.window else { return Ok(None) };
        let way = distance(&window.start, self.centre.parameters());
        let is_inside = way + radius <= window.region.radius;
        // It was known before that more than one step would end inside.
        if !is_inside && self.stretch.end - self.stretch.begin > 1 {
            return Err(self.blind("the f64 program is not where its bound of rounding errors says"));
        }
        Ok((is_inside && window.has_room(self.t(), way + radius)).then_some(way))
    }

    /// The window that begins here.
    fn next_window(&mut self, radius: Magnitude) -> Result<Window, Blind> {
        let (t, centre) = (self.t(), self.parameters());
        let error = self.window.as_ref().map_or(Magnitude::ZERO, |window| window.growth.error);
        let beginning = Beginning {
            centre: &centre,
            rounding: Magnitude::ZERO,
            radius,
            displacement: self.stretch.displacement,
            error,
            eta: self.eta(),
        };
        let size = distance(self.centre.parameters(), &vec![0.0; self.centre.parameters().len()]);
        if says_nothing(radius, size) {
            return Err(self.blind(TOO_LARGE));
        }
        let region = self.windows.next(beginning).ok_or_else(|| self.blind(NO_CURVATURE))?;
        let error = self.rounding_error(&region);
        if error.is_infinite() {
            return Err(self.blind("the rounding errors of a step are not bounded"));
        }
        if radius > region.radius {
            return Err(self.blind("the exact run is not in the ball of the window"));
        }
        let growth = Growth::of_step(self.eta(), &region.bounds, error);
        let keeps_step_size = self.step_size.radius().is_none_or(|bound| {
            let room = Rational::from(bound - 1);
            let norm = |layer: &Matrix<f64>| distance(layer.entries(), &vec![0.0; layer.entries().len()]);
            centre
                .iter()
                .all(|layer| (norm(layer) + region.radius).to_rational().is_some_and(|greatest| greatest <= room))
        });
        let end = t.saturating_add(region.steps.saturating_mul(4));
        Ok(Window { start: self.centre.parameters().to_vec(), region, growth, keeps_step_size, end })
    }

    /// An upper bound of the size of the exact step.
    fn eta(&self) -> Magnitude {
        Magnitude::above_rational(self.step_size.eta())
    }

    /// `ε` over the ball of a window that begins here.
    fn rounding_error(&mut self, region: &Region) -> Magnitude {
        let (program, eta) = (self.centre.as_ref(), self.step_size.eta());
        let known = self.roundings.as_ref().and_then(|roundings| roundings.over_ball(program, eta, region));
        known.unwrap_or_else(|| {
            let made = Roundings::around(program, eta, &self.setting, &self.majorants, region);
            self.roundings.insert(made).where_gradient_is(region.bounds.gradient)
        })
    }

    /// The exact step from here, if the next one is to be held against it.
    fn exact_step(&mut self) -> Option<Point<Ball>> {
        let t = self.t();
        if t < self.next_audit {
            return None;
        }
        self.next_audit = t.saturating_add(t.clamp(1, AUDIT_AFTER));
        let here = Point::new(Arc::clone(&self.setting), self.centre());
        let eta = here.constant(self.step_size.eta().clone());
        Some(one_step(&here, &eta))
    }

    /// Holds the step that was just taken against the exact one.
    fn audit(&self, exact: &Point<Ball>) -> Result<(), Blind> {
        let window = self.window.as_ref().expect("a step is audited in a window");
        let reached = self.centre();
        let entries = reached.iter().flat_map(Matrix::entries);
        let exact = exact.weights().iter().flat_map(Matrix::entries);
        let errors = entries.zip(exact).map(|(reached, exact)| (reached.clone() - exact).greatest_absolute());
        if Magnitude::euclidean(errors) <= window.growth.error {
            return Ok(());
        }
        Err(self.blind("the f64 step to here is not within the bound of its rounding errors"))
    }

    /// Finds the size of the next step from what is known of the weights.
    fn follow(&mut self) -> Result<(), Blind> {
        let radius = self.radius();
        let norms = || squared_norms(&self.centre(), radius);
        let next = self.step_size.next(&self.setting, norms).map_err(|what| self.blind(what))?;
        if next.radius() != self.centre.radius() {
            return Err(self.blind(OTHER_RADIUS));
        }
        if next.radius() != self.step_size.radius() {
            // What a step does to the radius is another thing from here on.
            let t = self.t();
            self.stretch = Stretch { begin: t, end: t, radius, ..self.stretch };
            self.window = None;
        }
        self.step_size = next;
        Ok(())
    }
}

impl Run for LongRun {
    fn t(&self) -> u64 {
        self.centre.t()
    }

    fn centre(&self) -> Vec<Matrix<Ball>> {
        widened(&self.parameters(), Magnitude::ZERO)
    }

    fn radius(&self) -> Magnitude {
        let steps = self.t() - self.stretch.begin;
        match &self.window {
            Some(window) => window.growth.after(steps, self.stretch.radius),
            None => self.stretch.radius,
        }
    }

    fn step_size(&self) -> Option<(&Rational, Option<&Rational>)> {
        self.stretch.is_settled.then(|| (self.step_size.eta(), self.step_size.radius()))
    }

    fn setting(&self) -> &Arc<Setting<Ball>> {
        &self.setting
    }

    fn advance(&mut self, to: u64, stop: &mut dyn FnMut() -> bool) -> Result<(), Blind> {
        while self.t() < to && !stop() {
            if self.t() == self.stretch.end {
                self.begin_stretch()?;
                continue;
            }
            let steps = self.stretch.end.min(to) - self.t();
            if !self.centre.advance(steps, stop) {
                return Err(self.blind(OUT_OF_RANGE));
            }
        }
        Ok(())
    }
}

impl Window {
    /// Whether another stretch is worth beginning at step `t`, where the exact weights are within `reached` of where the window began: a quarter of the way is
    /// left, unless stretches are of one step anyway.
    fn has_room(&self, t: u64, reached: Magnitude) -> bool {
        let room = self.region.radius.minus(reached);
        t < self.end && (!self.keeps_step_size || room.scaled(2) >= self.region.radius)
    }

    /// How many steps are known to end in the ball, and no more than `most`; `None` if not even one is. The first of them is as long as `displacement`, and
    /// begins so far on the `way` from where the window began, where the radius is `radius`.
    ///
    /// The displacement is no more than doubled error and growth make of it, `d⁺ ≤ κd + 2ε`, for as long as the steps before ended in the ball. So the
    /// `k` steps lead no further than `k` times the last of these bounds.
    fn steps_inside(&self, way: Magnitude, radius: Magnitude, displacement: Magnitude, most: u64) -> Option<u64> {
        let displacements = Growth { error: self.growth.error.scaled(1), ..self.growth };
        let fits = |steps: u64| {
            let longest = displacements.after(steps - 1, displacement);
            let way = way + Magnitude::above_rational(&steps.into()) * longest;
            way + self.growth.after(steps, radius) <= self.region.radius
        };
        if most == 0 || !fits(1) {
            return None;
        }
        let mut steps = 1_u64;
        while steps < most && fits((2 * steps).min(most)) {
            steps = (2 * steps).min(most);
        }
        // A half more of it, a quarter, …
        let doubled = steps;
        for part in [2, 4, 8, 16] {
            let longer = (steps + doubled / part).min(most);
            if fits(longer) {
                steps = longer;
            }
        }
        Some(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::curvature::Bounds;

    fn window(radius: f64, factor: f64, error: f64) -> Window {
        Window {
            start: Vec::new(),
            region: Region { radius: Magnitude::above_f64(radius), steps: 1, bounds: Bounds::NONE },
            growth: Growth { factor: Magnitude::above_f64(factor), error: Magnitude::above_f64(error) },
            keeps_step_size: true,
            end: 100,
        }
    }

    #[test]
    fn a_window_goes_on_while_a_quarter_of_it_is_left() {
        let mut window = window(1.0, 1.0, 0.0);
        for (t, reached, goes_on) in [
            (0, 0.0, true),
            (99, 0.75, true),
            (100, 0.0, false),
            (101, 0.0, false),
            (0, 0.7501, false),
            (0, 2.0, false),
        ] {
            assert_eq!(window.has_room(t, Magnitude::above_f64(reached)), goes_on, "{t}, {reached}");
        }
        window.keeps_step_size = false;
        assert!(window.has_room(99, Magnitude::above_f64(0.99)) && !window.has_room(100, Magnitude::ZERO));
    }

    /// By going step by step, in f64: for how many steps `way + k d_{k−1} + r_k` stays in the ball, `d⁺ = κd + 2ε` and `r⁺ = κr + ε`.
    fn one_by_one(window: &Window, way: f64, radius: f64, displacement: f64, most: u64) -> u64 {
        let [ball, factor, error] =
            [window.region.radius, window.growth.factor, window.growth.error].map(Magnitude::to_f64);
        let (mut radius, mut displacement) = (radius, displacement);
        for steps in 1..=most {
            radius = factor * radius + error;
            if way + steps as f64 * displacement + radius > ball {
                return steps - 1;
            }
            displacement = factor * displacement + 2.0 * error;
        }
        most
    }

    #[test]
    fn as_many_steps_are_taken_at_once_as_stay_in_the_ball_within_a_sixteenth() {
        for (factor, error) in [(1.0, 0.0), (1.0, 1e-4), (1.02, 1e-6), (1.5, 0.0), (0.5, 1e-3)] {
            for (way, radius, displacement) in [
                (0.0, 0.0, 1e-3),
                (0.3, 0.1, 1e-3),
                (0.0, 0.01, 1e-5),
                (0.5, 0.19, 0.2),
                (0.9, 0.0, 0.0),
                (0.0, 0.0, 0.3),
            ] {
                for most in [1, 2, 7, 100, 5000] {
                    let window = window(1.0, factor, error);
                    let exact = one_by_one(&window, way, radius, displacement, most);
                    let [way, radius, displacement] = [way, radius, displacement].map(Magnitude::above_f64);
                    let found = window.steps_inside(way, radius, displacement, most).unwrap_or(0);
                    let what = format!("{found} of {exact}: κ = {factor}, ε = {error}");
                    assert!(found <= exact && found >= exact - exact / 15, "{what}");
                    assert!(exact < most || found == most, "{what}");
                }
            }
        }
        let (window, zero) = (window(1.0, 1.0, 0.0), Magnitude::ZERO);
        assert_eq!(window.steps_inside(zero, zero, zero, 0), None);
        assert_eq!(window.steps_inside(zero, Magnitude::above_f64(1.01), zero, 5), None);
    }

    /// A program that rounds each exact step once, under the smoothness rule.
    #[derive(Debug)]
    struct Rounded {
        setting: Arc<Setting<Ball>>,
        step_size: StepSize,
        weights: Vec<f64>,
        t: u64,
    }

    impl Centre for Rounded {
        fn t(&self) -> u64 {
            self.t
        }

        fn parameters(&self) -> &[f64] {
            &self.weights
        }

        fn eta(&self) -> f64 {
            self.step_size.eta().to_f64()
        }

        fn radius(&self) -> Option<&Rational> {
            self.step_size.radius()
        }

        fn chain_lengths(&self) -> &[u64] {
            &[64, 64]
        }

        fn advance(&mut self, steps: u64, _: &mut dyn FnMut() -> bool) -> bool {
            for _ in 0..steps {
                let here = widened(&layers(self.setting.network(), &self.weights), Magnitude::ZERO);
                let here = Point::new(Arc::clone(&self.setting), here);
                let next = one_step(&here, &here.constant(self.step_size.eta().clone()));
                let entries = next.weights().iter().flat_map(Matrix::entries);
                self.weights = entries.map(|weight| weight.centre().to_f64()).collect();
                let reached = widened(&layers(self.setting.network(), &self.weights), Magnitude::ZERO);
                let norms = || squared_norms(&reached, Magnitude::ZERO);
                self.step_size = self.step_size.next(&self.setting, norms).expect("of points it is decided");
                self.t += 1;
            }
            true
        }
    }

    /// Two layers, of which the second is the smaller, that leave their ball again and again.
    fn under_the_rule() -> LongRun {
        let text = "network = { architecture = \"fully-connected\", widths = [2, 1, 1] }\nloss = { kind = \"logistic\" }\n\
                    data = { x = [[0.5, 0.25], [0.125, -0.75], [-0.5, 0.25]], y = [1, -1, -1] }\n\
                    init = { weights = [[[0.5, 0.25]], [[0.25]]] }\nstep = { rule = \"smoothness\" }\nrun = { steps = 1 }\n";
        let problem = Arc::new(crate::problem::Spec::parse(text, ".".as_ref()).unwrap().problem);
        let setting = Arc::new(Setting::new(Arc::clone(&problem), BITS));
        let step_size = StepSize::first(&setting).unwrap();
        let weights = problem.initial().iter().flat_map(Matrix::entries).map(Rational::to_f64).collect();
        LongRun::new(problem, Box::new(Rounded { setting, step_size, weights, t: 0 })).unwrap()
    }

    #[test]
    fn a_window_keeps_the_step_size_only_if_all_weights_in_it_do() {
        let mut run = under_the_rule();
        let (mut kept, mut not_at_all, mut not_at_its_rim) = (0, 0, 0);
        let mut seen: Option<Vec<f64>> = None;
        for t in 1..=600 {
            run.advance(t, &mut || false).unwrap();
            let Some(window) = run.window.as_ref().filter(|window| seen.as_ref() != Some(&window.start)) else {
                continue;
            };
            seen = Some(window.start.clone());
            let room = Rational::from(run.step_size.radius().unwrap() - 1_u32).to_f64();
            let ball = window.region.radius.to_f64();
            let norm = |layer: &Matrix<f64>| layer.entries().iter().map(|entry| entry * entry).sum::<f64>().sqrt();
            let largest = layers(run.setting.network(), &window.start).iter().map(norm).fold(0.0, f64::max);
            // No window comes so near that roundings would decide.
            assert!((largest + ball - room).abs() > 1e-9);
            assert_eq!(window.keeps_step_size, largest + ball <= room, "{largest}, {ball}, {room}");
            match window.keeps_step_size {
                true => kept += 1,
                false if largest > room => not_at_all += 1,
                false => not_at_its_rim += 1,
            }
        }
        assert!(kept > 0 && not_at_its_rim > 0, "{kept}, {not_at_all}, {not_at_its_rim}");
    }

    #[test]
    fn another_step_size_begins_another_window_and_the_same_one_does_not() {
        let mut run = under_the_rule();
        let (mut changes, mut goes_on) = (0, 0);
        for t in 1..=600 {
            let before = run.step_size.radius().cloned();
            run.advance(t, &mut || false).unwrap();
            if run.step_size.radius() == before.as_ref() {
                assert!(run.window.is_some(), "step {t}");
                goes_on += 1;
            } else {
                assert!(run.window.is_none(), "what a step made of the radius it makes no more, step {t}");
                assert_eq!((run.stretch.begin, run.stretch.end), (t, t));
                changes += 1;
            }
        }
        assert!(changes > 3 && goes_on > 300, "{changes}, {goes_on}");
    }
}
