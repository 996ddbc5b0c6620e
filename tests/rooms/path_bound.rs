//! The path bound of squared losses: against flows that go on, against themselves at other times, and against limits in closed form.

use std::sync::Arc;

use gradient_witness::number::{Ball, Magnitude, Matrix, Real, Ring};
use gradient_witness::problem::Spec;
use gradient_witness::reference::{Around, Flow, NoPathBound, PathBound};
use rug::Rational;

/// A flow of a squared loss: what a spec has before `run`.
fn flow(network: &str, loss: &str, data: &str, weights: &str, bits: u32) -> Flow {
    let text = format!(
        "network = {{ {network} }}\nloss = {{ {loss} }}\ndata = {{ {data} }}\ninit = {{ weights = {weights} }}\n\
         step = {{ rule = \"flow\" }}\nrun = {{ until = {{ time = 1 }}, arithmetic = \"certified\" }}"
    );
    let spec = Spec::parse(&text, ".".as_ref()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    Flow::new(Arc::new(spec.problem), bits, None).expect("a short text")
}

const FULL: &str = "architecture = \"fully-connected\", widths = ";
const SQUARED: &str = "kind = \"squared\"";
const SUMMED: &str = "kind = \"squared\", normalisation = \"sum\"";
const TARGET: &str = "kind = \"squared-target\"";

/// Two examples in three dimensions.
const FEW: &str = "x = [[1, 0.5, -0.5], [0, 1, 0.25]], y = [1, -0.5]";
/// Four, of which no weights fit all.
const MANY: &str = "x = [[1, 0.5], [0, 1], [-0.5, 0.25], [1, 1]], y = [1, -0.5, 0.25, 0.75]";
/// Three, of which one is a multiple of another, in three dimensions.
const DEPENDENT: &str = "x = [[1, 0.5, -0.5], [2, 1, -1], [0, 1, 0.25]], y = [1, 1.5, -0.5]";

/// Flows of every architecture, and a time at which their bound holds.
fn flows() -> Vec<(&'static str, Flow, u32)> {
    let full =
        |widths: &str, loss: &str, data: &str, weights: &str| flow(&format!("{FULL}{widths}"), loss, data, weights, 64);
    let two = "[[[0.5, 0.25, 0], [-0.25, 0.5, 0.125]], [[0.75, 0.25]]]";
    let narrow = "[[[0.5, 0.25], [-0.25, 0.5]], [[0.75, 0.25]]]";
    let square = "[[[1, 0.25], [-0.25, 1]], [[0.75, 0.25], [0, 1]], [[1, 0], [0.5, 1]]]";
    let target = "target = [[1, 0.5], [-0.25, 0.75]]";
    vec![
        ("a mean, fewer examples than dimensions", full("[3, 2, 1]", SQUARED, FEW, two), 4),
        ("a sum of the same", full("[3, 2, 1]", SUMMED, FEW, two), 2),
        ("examples that no weights fit", full("[2, 2, 1]", SQUARED, MANY, narrow), 8),
        ("examples that depend on each other", full("[3, 2, 1]", SQUARED, DEPENDENT, two), 16),
        ("one layer", full("[3, 1]", SQUARED, FEW, "[[[0.5, 0.25, -1]]]"), 1),
        ("a target, three layers", full("[2, 2, 2, 2]", TARGET, target, square), 1),
        (
            "diagonal",
            flow(
                "architecture = \"diagonal\", dim = 3, depth = 3",
                SQUARED,
                FEW,
                "[[1, 0.75, 0.5], [0.5, 1, 0.75], [0.5, -0.5, 0.75]]",
                64,
            ),
            16,
        ),
        (
            "convolutional",
            flow(
                "architecture = \"convolutional\", dim = 3, filters = [2, 3]",
                SQUARED,
                FEW,
                "[[1, 0.5], [0.5, -0.5, 0.75]]",
                64,
            ),
            16,
        ),
    ]
}

/// A lower bound of the distance between two centres.
fn distance(one: &[Matrix<Ball>], other: &[Matrix<Ball>]) -> Magnitude {
    let entries = one.iter().zip(other).flat_map(|(one, other)| one.entries().iter().zip(other.entries()));
    let squares = entries.map(|(a, b)| {
        let difference = a.clone().with_bits(400) - &b.clone().with_bits(400);
        difference.square()
    });
    squares.fold(Ball::zero(400), |sum, square| sum + &square).sqrt_of_nonnegative().least_absolute()
}

/// That two balls have a point in common, as far as can be seen.
#[track_caller]
fn assert_meet(one: &Around, other: &Around, what: &str) {
    let apart = distance(one.centre(), other.centre());
    assert!(apart <= one.radius() + other.radius(), "{what}: {apart:?}, {:?}, {:?}", one.radius(), other.radius());
}

#[test]
fn a_flow_that_goes_on_stays_in_the_ball_of_its_path_bound() {
    for (what, mut flow, time) in flows() {
        flow.advance(&time.into()).unwrap();
        let here = flow.around();
        let bound = PathBound::of(&here).unwrap_or_else(|why| panic!("{what}: {why}"));
        assert!(bound.limit().radius() >= here.radius() + bound.length(), "{what}");
        let (mut far, mut bounds) = (Magnitude::ZERO, Vec::new());
        for times in [2, 4, 10, 40] {
            flow.advance(&Rational::from(time * times)).unwrap();
            let later = flow.around();
            assert_meet(bound.limit(), &later, what);
            let moved = distance(here.centre(), later.centre());
            assert!(moved <= bound.length() + here.radius() + later.radius(), "{what}, {times} times the time");
            far = far.max(moved);
            bounds.push(PathBound::of(&later).unwrap_or_else(|why| panic!("{what}, {times} times: {why}")));
        }
        // The bound is not much more than the way.
        assert!(bound.length() < far.scaled(2), "{what}: {:?}, and {far:?} is the way", bound.length());
        // W(∞) from different times.
        for pair in bounds.windows(2) {
            let [before, after] = pair else { unreachable!("pairs") };
            assert_meet(before.limit(), after.limit(), what);
            // Until roundings are all that is left.
            assert!(after.length() < before.length().max(Magnitude::power_of_two(-40)), "{what}");
            let ends = before.limit().end_to_end();
            for (one, other) in ends.entries().iter().zip(after.limit().end_to_end().entries()) {
                assert!(one.may_meet(other), "{what}: {one:?}, {other:?}");
            }
        }
        // The risk comes to the least, and no enclosure of it is below.
        let (risk, least) = (flow.around().risk(), bounds[3].least_risk());
        let above = (risk.clone() - least).greatest_absolute();
        assert!(above < Magnitude::power_of_two(-20), "{what}: {risk:?}, and the least is {least:?}");
        assert!(bounds[3].limit().risk().may_meet(least), "{what}");
    }
}

/// One layer: `W(∞)` is `W(0)` and what the least squares add in the row space of `X`.
#[test]
fn the_limit_of_one_layer_is_that_of_least_squares() {
    // x_1 = (3, 4)/5 and x_2 = (−4, 3)/5: orthonormal, so that w(∞) = y_1x_1 + y_2x_2, and the path is straight.
    let data = "x = [[\"3/5\", \"4/5\"], [\"-4/5\", \"3/5\"]], y = [2, 1]";
    for loss in [SQUARED, SUMMED] {
        let here = flow(&format!("{FULL}[2, 1]"), loss, data, "[[[0, 0]]]", 128).around();
        let bound = PathBound::of(&here).unwrap();
        // |w(∞)| = √5, and the bound is that.
        let length = Ball::new(rug::Float::with_val(128, 5).sqrt(), Magnitude::power_of_two(-40));
        let ball = Ball::from_rational(&bound.length().to_rational().unwrap(), 128);
        assert!(length.may_meet(&ball), "{:?}", bound.length());
        let truth = [Rational::from((2, 5)), Rational::from((11, 5))].map(|entry| Ball::from_rational(&entry, 128));
        let around = [Matrix::row_vector(truth.to_vec())];
        assert!(distance(here.centre(), &around) <= bound.limit().radius());
    }
    // Four examples y = (1, 2, 3, 5) at x = 1 and a second column of zeros: w(∞) = (11/4, w_2), and ½(39 − 121/4)/4 of the risk stays.
    let data = "x = [[1, 0], [1, 0], [1, 0], [1, 0]], y = [1, 2, 3, 5]";
    let mut flow = flow(&format!("{FULL}[2, 1]"), SQUARED, data, "[[[0.5, 0.25]]]", 128);
    for time in [0, 1, 10] {
        flow.advance(&time.into()).unwrap();
        let bound = PathBound::of(&flow.around()).unwrap();
        let limit = [(11, 4), (1, 4)].map(|entry| Ball::from_rational(&entry.into(), 128));
        let off = distance(flow.around().centre(), &[Matrix::row_vector(limit.to_vec())]);
        assert!(off <= bound.limit().radius(), "t = {time}: {off:?}");
        assert!(bound.length() < off.scaled(1) + Magnitude::power_of_two(-100), "t = {time}");
        assert!(bound.least_risk().contains_rational(&(35, 32).into()), "{:?}", bound.least_risk());
        assert!(bound.least_risk().radius() < Magnitude::power_of_two(-120));
    }
}

/// `½(uv)²` from `u = v`: it goes to 0, where `J` vanishes. By `σ = √2 u` at the centre alone it would go no further than `u/√2`, and it goes `√2 u`.
#[test]
fn the_jacobian_is_looked_at_on_all_of_the_ball() {
    let saddle = flow(&format!("{FULL}[1, 1, 1]"), TARGET, "target = [[0]]", "[[[1]], [[1]]]", 64);
    assert_eq!(PathBound::of(&saddle.around()).unwrap_err(), NoPathBound::TooEarly);
    // Towards what is above, the bound holds, and the way is not longer: u(∞) = √v.
    for target in ["1/2", "3/4", "7/8", "99/100", "3/2", "2", "4"] {
        let data = format!("target = [[\"{target}\"]]");
        let here = flow(&format!("{FULL}[1, 1, 1]"), TARGET, &data, "[[[1]], [[1]]]", 64).around();
        if let Ok(bound) = PathBound::of(&here) {
            let root = Ball::from_rational(&target.parse().unwrap(), 64).sqrt();
            let off = distance(here.centre(), &[root.clone(), root].map(|root| Matrix::row_vector(vec![root])));
            assert!(off <= bound.length(), "{target}: {off:?}, {:?}", bound.length());
        }
    }
}

/// Whatever point of the ball it is at, the flow goes no further.
#[test]
fn what_is_not_known_of_the_weights_is_on_the_way() {
    // w = 3 is where it rests; but w(t) may be 1/8 away from it.
    let data = "target = [[3]]";
    let resting = flow(&format!("{FULL}[1, 1]"), TARGET, data, "[[[3]]]", 64);
    let (eighth, setting) = (Magnitude::power_of_two(-3), Arc::clone(resting.setting()));
    let bound = PathBound::of(&Around::new(setting, resting.centre(), eighth)).unwrap();
    assert!(bound.length() >= eighth && bound.limit().radius() >= eighth.scaled(1), "{bound:?}");
    let exactly = PathBound::of(&resting.around()).unwrap();
    assert!(exactly.length().is_zero() && exactly.limit().radius().is_zero());
    // ½(uv − 1)² at u = v = 1: σ = √2, and the ball that is looked at, of the radius and of twice the radius and more, has to be within σ/2.
    let resting = flow(&format!("{FULL}[1, 1, 1]"), TARGET, "target = [[1]]", "[[[1]], [[1]]]", 64);
    let around = |radius| Around::new(Arc::clone(resting.setting()), resting.centre(), Magnitude::above_f64(radius));
    assert!(PathBound::of(&around(0.125)).is_ok());
    assert_eq!(PathBound::of(&around(0.26)).unwrap_err(), NoPathBound::TooEarly);
    // Of weights that may be anything nothing is known.
    assert!(PathBound::of(&around(f64::INFINITY)).is_err());
}

#[test]
fn where_there_is_no_bound_it_is_said_why() {
    let why = |widths: &str, loss: &str, data: &str, weights: &str| {
        PathBound::of(&flow(&format!("{FULL}{widths}"), loss, data, weights, 64).around()).unwrap_err()
    };
    let identity = "target = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]";
    assert_eq!(why("[3, 1, 3]", TARGET, identity, "[[[1, 0, 0]], [[1], [0], [0]]]"), NoPathBound::Outputs);
    // A bottleneck: rank two is not rank three, and the residual never vanishes.
    let bottleneck = "[[[1, 0, 0], [0, 1, 0]], [[1, 0], [0, 1], [0, 0]]]";
    assert_eq!(why("[3, 2, 3]", TARGET, identity, bottleneck), NoPathBound::Singular);
    assert_eq!(why("[2, 2, 1]", SQUARED, MANY, "[[[0, 0], [0, 0]], [[0, 0]]]"), NoPathBound::Singular);
    assert_eq!(why("[2, 2, 1]", SQUARED, MANY, "[[[0.125, 0], [0, 0.125]], [[0.125, 0]]]"), NoPathBound::TooEarly);
    let classes = "x = [[1, 0]], y = [1]";
    assert_eq!(why("[2, 1]", "kind = \"logistic\"", classes, "[[[0, 0]]]"), NoPathBound::Loss);
    let wide = format!("target = [{}]", vec![format!("[{}]", vec!["0"; 40].join(", ")); 40].join(", "));
    let zero = format!("[[{}]]", vec![format!("[{}]", vec!["1"; 40].join(", ")); 40].join(", "));
    assert_eq!(why("[40, 40]", TARGET, &wide, &zero), NoPathBound::TooLarge);
    // Data at the origin: nothing moves, and there is nothing to say.
    assert_eq!(why("[1, 1]", SQUARED, "x = [[0]], y = [1]", "[[[1]]]"), NoPathBound::Singular);
}

/// Networks of every architecture from random starts on random data: wherever the bound is found to hold, ten times the time does not leave its ball. In the long tier
/// hundreds of them.
#[test]
fn random_flows_stay_in_the_balls_of_their_path_bounds() {
    let count = if std::env::var_os("WITNESS_LONG").is_some() { 400 } else { 24 };
    let mut state = 7_u64;
    let mut draw = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let mut held = 0;
    for number in 0..count {
        let rows = |rows: usize, columns: usize, draw: &mut dyn FnMut(u64) -> u64| {
            let mut row =
                || (0..columns).map(|_| format!("{}", (draw(17) as f64 - 8.0) / 8.0)).collect::<Vec<_>>().join(", ");
            format!("[{}]", (0..rows).map(|_| format!("[{}]", row())).collect::<Vec<_>>().join(", "))
        };
        let (depth, dim) = (1 + draw(4) as usize, 1 + draw(3) as usize);
        let line = |size: usize, draw: &mut dyn FnMut(u64) -> u64| {
            let rows = rows(1, size, draw);
            rows[1..rows.len() - 1].to_owned()
        };
        let (network, outputs, weights) = match number % 3 {
            0 => {
                let widths: Vec<usize> = [dim].into_iter().chain((0..depth).map(|_| 1 + draw(3) as usize)).collect();
                let layers: Vec<String> = widths.windows(2).map(|pair| rows(pair[1], pair[0], &mut draw)).collect();
                (format!("{FULL}{widths:?}"), widths[depth], layers.join(", "))
            }
            1 => {
                let layers: Vec<String> = (0..depth).map(|_| line(dim, &mut draw)).collect();
                (format!("architecture = \"diagonal\", dim = {dim}, depth = {depth}"), 1, layers.join(", "))
            }
            _ => {
                let sizes: Vec<usize> = (1..depth).map(|_| 1 + draw(dim as u64) as usize).chain([dim]).collect();
                let layers: Vec<String> = sizes.iter().map(|&size| line(size, &mut draw)).collect();
                (format!("architecture = \"convolutional\", dim = {dim}, filters = {sizes:?}"), 1, layers.join(", "))
            }
        };
        let examples = 1 + draw(4) as usize;
        let (loss, data) = match draw(3) {
            0 if number % 3 == 0 => (TARGET, format!("target = {}", rows(outputs, dim, &mut draw))),
            1 => {
                (SUMMED, format!("x = {}, y = {}", rows(examples, dim, &mut draw), rows(examples, outputs, &mut draw)))
            }
            _ => {
                (SQUARED, format!("x = {}, y = {}", rows(examples, dim, &mut draw), rows(examples, outputs, &mut draw)))
            }
        };
        let mut flow = flow(&network, loss, &data, &format!("[{weights}]"), 64);
        for time in [0, 1, 4, 16, 64] {
            if flow.advance(&time.into()).is_err() {
                break;
            }
            let here = flow.around();
            let Ok(bound) = PathBound::of(&here) else { continue };
            held += 1;
            let until = Rational::from(10 * (time + 1));
            if flow.advance(&until).is_err() {
                break;
            }
            let later = flow.around();
            let what = format!("{number}: {network}, {loss}, {data}, [{weights}], t = {time}");
            assert_meet(bound.limit(), &later, &what);
            let moved = distance(here.centre(), later.centre());
            assert!(moved <= bound.length() + here.radius() + later.radius(), "{what}");
            assert!((later.risk() - bound.least_risk()).upper_f64() >= 0.0, "{what}: {:?}", bound.least_risk());
            break;
        }
    }
    println!("the bound held on {held} of {count}");
    assert!(3 * held > count, "it held on {held} of {count}");
}
