//! Certified long runs: whatever the centre, what is enclosed meets.

mod adversary;

use std::fmt::Write;
use std::sync::Arc;

use gradient_witness::descent::{Descent, Instructions};
use gradient_witness::number::{Ball, Magnitude, Matrix, Real};
use gradient_witness::problem::{Arithmetic, Plan, Problem, Recording, Schedule, Spec};
use gradient_witness::reference::long_run::{PreciseRun, Run};
use gradient_witness::reference::{self, Around, Setting};
use gradient_witness::trajectory::{Ending, Parts, Record, Trajectory, long_run};

use super::draws;

/// Numbers that look random.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = draws::following(self.0);
        (self.0 >> 33) % bound
    }

    /// k/1024 in [−1, 1).
    fn number(&mut self) -> f64 {
        self.below(2048) as f64 / 1024.0 - 1.0
    }

    fn rows(&mut self, rows: usize, columns: usize, scale: f64) -> String {
        let row = |draws: &mut Self| -> Vec<f64> { (0..columns).map(|_| scale * draws.number()).collect() };
        format!("{:?}", (0..rows).map(|_| row(self)).collect::<Vec<_>>())
    }
}

/// A problem of every loss and of many shapes, at rest or fast.
fn spec(seed: u64) -> String {
    let mut draws = Draws(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
    (0..4).for_each(|_| _ = draws.below(2));
    let depth = 1 + draws.below(4) as usize;
    let loss = ["logistic", "exponential", "squared", "squared-target"][(seed % 4) as usize];
    let is_margin = seed % 4 < 2;
    let mut widths: Vec<usize> = (0..=depth).map(|_| 1 + draws.below(4) as usize).collect();
    if is_margin {
        widths[depth] = 1;
    }
    let dim = widths[0];
    // The shapes of the weights, and the network.
    let (shapes, mut text): (Vec<(usize, usize)>, String) = match seed % 5 {
        3 => (vec![(1, dim); depth], format!("architecture = \"diagonal\", dim = {dim}, depth = {depth}")),
        4 => {
            let mut filters: Vec<usize> = widths.iter().take(depth).map(|&size| size.min(dim)).collect();
            filters[depth - 1] = dim;
            let shapes = filters.iter().map(|&size| (1, size)).collect();
            (shapes, format!("architecture = \"convolutional\", dim = {dim}, filters = {filters:?}"))
        }
        _ => {
            let shapes = widths.windows(2).map(|pair| (pair[1], pair[0])).collect();
            (shapes, format!("architecture = \"fully-connected\", widths = {widths:?}"))
        }
    };
    let is_full = seed % 5 < 3;
    if !is_full {
        widths[depth] = 1;
    }
    let (inputs, outputs, n) = (widths[0], widths[depth], 1 + draws.below(5) as usize);
    text = format!("network = {{ {text} }}\n");
    let _ = writeln!(text, "loss = {{ kind = \"{loss}\" }}");
    let _ = match loss {
        "squared-target" => writeln!(text, "data = {{ target = {} }}", draws.rows(outputs, inputs, 1.0)),
        "squared" => {
            writeln!(text, "data = {{ x = {}, y = {} }}", draws.rows(n, inputs, 1.0), draws.rows(n, outputs, 1.0))
        }
        _ => {
            let y: Vec<i32> = (0..n).map(|_| if draws.below(2) == 0 { -1 } else { 1 }).collect();
            writeln!(text, "data = {{ x = {}, y = {y:?} }}", draws.rows(n, inputs, 1.0))
        }
    };
    // Numbers that are no f64 are among the weights and the step sizes.
    let scale = [0.3, 0.7, 1.1][draws.below(3) as usize];
    let layer = |(rows, columns): (usize, usize)| {
        let rows = draws.rows(rows, columns, scale);
        // A layer that is a vector is written as one.
        if is_full { rows } else { rows[1..rows.len() - 1].to_owned() }
    };
    let layers: Vec<String> = shapes.into_iter().map(layer).collect();
    let _ = writeln!(text, "init = {{ weights = [{}] }}", layers.join(", "));
    if seed % 8 == 4 && is_full {
        text += "step = { rule = \"smoothness\" }\n";
    } else {
        let eta = ["1/3", "1/10", "1/100"][draws.below(3) as usize];
        let _ = writeln!(text, "step = {{ rule = \"constant\", eta = \"{eta}\" }}");
    }
    text + "run = { steps = 1 }\n"
}

fn problem(text: &str) -> Arc<Problem> {
    Arc::new(Spec::parse(text, ".".as_ref()).unwrap_or_else(|error| panic!("{error}: {text}")).problem)
}

/// What is known of the exact weights at some step.
#[derive(Debug)]
struct Known {
    whose: &'static str,
    around: Around,
}

impl Known {
    fn of(whose: &'static str, run: &dyn Run) -> Self {
        Self { whose, around: Around::new(Arc::clone(run.setting()), run.centre(), run.radius()) }
    }

    /// All that a record tells.
    fn values(&self) -> Vec<Ball> {
        let mut values = vec![self.around.risk()];
        values.extend(self.around.norms());
        values.extend(self.around.spectral().unwrap_or_default());
        values.extend(self.around.end_to_end().entries().iter().cloned());
        values
    }
}

/// The Euclidean distance of two points, enclosed.
fn distance(one: &[Matrix<Ball>], other: &[Matrix<Ball>]) -> Ball {
    let square = |one: &Matrix<Ball>, other: &Matrix<Ball>| {
        let precise = |layer: &Matrix<Ball>| layer.map(|weight| weight.clone().with_bits(300));
        precise(one).minus(&precise(other)).frobenius_squared()
    };
    let squares: Vec<Ball> = one.iter().zip(other).map(|(one, other)| square(one, other)).collect();
    squares.iter().skip(1).fold(squares[0].clone(), |sum, square| sum + square).sqrt_of_nonnegative()
}

/// Every pair meets, and the finer centre lies in the coarser ball.
fn assert_meet(known: &[Known], what: &str) {
    for (i, one) in known.iter().enumerate() {
        for other in &known[..i] {
            let apart = distance(one.around.centre(), other.around.centre());
            let (mut coarse, mut fine) = (one.around.radius(), other.around.radius());
            if coarse < fine {
                std::mem::swap(&mut coarse, &mut fine);
            }
            let names = format!("{} and {}: {what}", one.whose, other.whose);
            assert!(apart.least_absolute() <= coarse + fine, "the balls of {names} do not meet: {apart}");
            if fine.scaled(8) <= coarse {
                assert!(apart.greatest_absolute() <= coarse, "the finer of {names} is outside: {apart}, {coarse:?}");
            }
            for (one, other) in one.values().iter().zip(other.values()) {
                assert!(one.may_meet(&other), "{names}: {one} and {other}");
            }
        }
    }
}

/// Five runs of one problem, looked at after each of the given steps; how many steps all of them took, and the radii in the end.
fn assert_sound(text: &str, steps: &[u64], naive: u64) -> Vec<(u64, Magnitude)> {
    let problem = problem(text);
    let mut runs: Vec<(&'static str, Box<dyn Run>)> = Vec::new();
    let scalar = Descent::with_instructions(&problem, Instructions::Scalar).unwrap();
    let best = Descent::new(&problem).unwrap();
    runs.push(("scalar f64", Box::new(long_run(Arc::clone(&problem), scalar).unwrap())));
    runs.push(("f64", Box::new(long_run(Arc::clone(&problem), best).unwrap())));
    for (name, bits) in [("64 bits", 64), ("128 bits", 128)] {
        runs.push((name, Box::new(PreciseRun::new(Arc::clone(&problem), bits).unwrap())));
    }
    // By another road: every weight with a radius of its own.
    let setting = Arc::new(Setting::new(Arc::clone(&problem), 256));
    let mut balls = reference::Descent::<Ball>::new(Arc::clone(&setting)).unwrap();
    for &t in steps {
        let mut known = Vec::new();
        for (name, run) in &mut runs {
            if run.advance(t, &mut || false).is_ok() {
                assert_eq!(run.t(), t);
                known.push(Known::of(name, run.as_ref()));
            }
        }
        while balls.t() < t.min(naive) && balls.step().is_ok() {}
        if balls.t() == t {
            let weights = balls.point().weights();
            let radii = weights.iter().flat_map(Matrix::entries).map(Ball::radius);
            let radius = Magnitude::euclidean(radii);
            let centre = weights.iter().map(|layer| layer.map(Real::midpoint)).collect();
            known.push(Known { whose: "balls", around: Around::new(Arc::clone(&setting), centre, radius) });
            // What the rule chose is the same for all.
            for (name, run) in runs.iter().filter(|(_, run)| run.t() == t) {
                assert_eq!(run.step_size().unwrap().0, balls.eta(), "{name} at {t}: {text}");
            }
        }
        assert_meet(&known, &format!("step {t} of\n{text}"));
    }
    runs.iter().map(|(_, run)| (run.t(), run.radius())).collect()
}

#[test]
fn what_different_centres_enclose_meets() {
    let is_long = std::env::var_os("WITNESS_LONG").is_some_and(|value| value == "1");
    let (problems, steps): (u64, &[u64]) =
        if is_long { (200, &[1, 2, 3, 5, 17, 60, 300, 1500]) } else { (32, &[1, 2, 3, 7, 40, 150]) };
    let mut finished = 0;
    for seed in 0..problems {
        let reached = assert_sound(&spec(seed), steps, 60);
        finished += u64::from(reached.iter().all(|(t, _)| Some(t) == steps.last()));
    }
    // Few leave the range in which anything is known.
    assert!(finished * 4 >= problems * 3, "{finished} of {problems} runs came to their end");
}

#[test]
fn the_smoothness_rule_is_decided_alike() {
    let data = "data = { x = [[0.5, 0.25], [0.125, -0.75], [-0.5, 0.25]], y = [1, -1, -1] }";
    for (widths, weights) in
        [("[2, 1]", "[[[0.5, -0.25]]]"), ("[2, 2, 1]", "[[[0.5, 0.25], [0.125, -0.5]], [[0.25, 0.5]]]")]
    {
        let text = format!(
            "network = {{ architecture = \"fully-connected\", widths = {widths} }}\nloss = {{ kind = \"logistic\" }}\n{data}\n\
             init = {{ weights = {weights} }}\nstep = {{ rule = \"smoothness\" }}\nrun = {{ steps = 1 }}\n"
        );
        let steps: Vec<u64> = (1..=80).map(|multiple| 5 * multiple).collect();
        let reached = assert_sound(&text, &steps, 400);
        assert!(reached.iter().all(|(t, _)| *t == 400), "{reached:?}");
        let mut balls = reference::Descent::<Ball>::new(Arc::new(Setting::new(problem(&text), 256))).unwrap();
        let first = balls.radius().cloned();
        while balls.t() < 400 {
            balls.step().unwrap();
        }
        assert!(balls.radius().cloned().unwrap() - first.unwrap() > 0.1);
        // Every step adds to the radius, that after which the rule chooses anew as well.
        let problem = problem(&text);
        let centre = Descent::new(&problem).unwrap();
        let mut run = long_run(problem, centre).unwrap();
        for t in 1..=200 {
            let before = run.radius();
            run.advance(t, &mut || false).unwrap();
            assert!(run.radius() > before, "step {t} of\n{text}");
        }
    }
}

/// The records of a run, with all that they may hold.
fn records(text: &str, arithmetic: Arithmetic, record: Recording) -> Vec<Record> {
    let plan = Plan::Descent(Schedule { steps: 150, record, arithmetic });
    let parts = Parts { weights: true, spectral: true };
    let mut trajectory = Trajectory::begin(problem(text), &plan, parts).unwrap();
    let records = trajectory.by_ref().collect();
    assert_eq!(trajectory.ending(), Ending::Finished);
    records
}

#[test]
fn what_is_recorded_does_not_depend_on_what_else_is() {
    // Of every loss, with and without the smoothness rule.
    for (seed, arithmetic) in [0, 1, 2, 3, 4, 12].into_iter().flat_map(|seed| {
        [Arithmetic::Certified(None), Arithmetic::Certified(Some(70))].map(|arithmetic| (seed, arithmetic))
    }) {
        let text = spec(seed);
        let every = records(&text, arithmetic, Recording::Every(1));
        let some = records(&text, arithmetic, Recording::At(vec![3, 47, 48, 100, 149]));
        assert_eq!((every.len(), some.len()), (151, 7));
        for record in &some {
            let other = every.iter().find(|other| other.t == record.t).unwrap();
            assert_eq!(format!("{record:?}"), format!("{other:?}"), "{arithmetic}: {text}");
        }
    }
}
