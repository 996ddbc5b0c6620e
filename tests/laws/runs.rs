//! Runs that nobody made for any claim: architectures, losses, data, weights and steps, each at its corners.

use gradient_witness::problem::Spec;

use super::is_long;

/// A run and what it is called in a failure.
pub struct Run {
    pub name: String,
    pub spec: Spec,
}

/// Parts of a spec: an architecture, a loss and its data, weights, a step.
struct Parts {
    network: String,
    loss: String,
    data: String,
    weights: String,
    step: String,
    steps: u64,
}

impl Parts {
    fn run(&self) -> Run {
        let Self { network, loss, data, weights, step, steps } = self;
        let text = format!(
            "[network]\n{network}\n[loss]\n{loss}\n[data]\n{data}\n[init]\nweights = {weights}\n[step]\n{step}\n[run]\nsteps = {steps}\n"
        );
        let name = [&**network, loss, data, step].map(|part| part.replace('\n', ", ")).join("; ");
        let spec = Spec::parse(&text, ".".as_ref()).unwrap_or_else(|error| panic!("{name}: {error}"));
        Run { name: name.chars().take(300).collect(), spec }
    }
}

/// How the entries of a layer are chosen.
#[derive(Clone, Copy)]
enum Weights {
    /// Some fractions, no two alike.
    Plain,
    Zero,
    /// `c·I`, cut off or filled up with zeros.
    Scaled,
    /// Every entry the same.
    Equal,
    /// The last layer zero.
    ZeroLast,
    Large,
}

impl Weights {
    fn entry(self, layer: usize, layers: usize, i: usize, j: usize) -> String {
        let number = (7 * layer + 3 * i + 5 * j) % 11;
        match self {
            Self::Zero => "0".to_owned(),
            Self::ZeroLast if layer + 1 == layers => "0".to_owned(),
            Self::Plain | Self::ZeroLast => format!("\"{}/{}\"", number as i64 - 4, 7 + layer),
            Self::Scaled => if i == j { "\"3/4\"" } else { "0" }.to_owned(),
            Self::Equal => "\"1/2\"".to_owned(),
            Self::Large => format!("{}", 3 + number),
        }
    }

    fn layers(self, shapes: &[(usize, usize)]) -> String {
        let layers = shapes.iter().enumerate().map(|(k, &(rows, columns))| {
            let row = |i| {
                let entries = (0..columns).map(|j| self.entry(k, shapes.len(), i, j));
                format!("[{}]", entries.collect::<Vec<_>>().join(", "))
            };
            format!("[{}]", (0..rows).map(row).collect::<Vec<_>>().join(", "))
        });
        format!("[{}]", layers.collect::<Vec<_>>().join(", "))
    }

    fn vectors(self, lengths: &[usize]) -> String {
        let vectors = lengths.iter().enumerate().map(|(k, &length)| {
            let entries = (0..length).map(|j| self.entry(k, lengths.len(), 0, j));
            format!("[{}]", entries.collect::<Vec<_>>().join(", "))
        });
        format!("[{}]", vectors.collect::<Vec<_>>().join(", "))
    }
}

fn fully_connected(widths: &[usize], weights: Weights) -> (String, String) {
    let shapes: Vec<(usize, usize)> = widths.windows(2).map(|pair| (pair[1], pair[0])).collect();
    (format!("architecture = \"fully-connected\"\nwidths = {widths:?}"), weights.layers(&shapes))
}

/// `n` rows of `d` numbers within the unit ball.
fn inputs(n: usize, d: usize) -> String {
    let row = |i: usize| {
        let entries = (0..d).map(|j| format!("\"{}/{}\"", ((5 * i + 3 * j) % 9) as i64 - 4, 9 * d));
        format!("[{}]", entries.collect::<Vec<_>>().join(", "))
    };
    format!("[{}]", (0..n).map(row).collect::<Vec<_>>().join(", "))
}

fn labels(n: usize, all_one: bool) -> String {
    format!("{:?}", (0..n).map(|i| if all_one || (5 * i) % 9 >= 4 { 1 } else { -1 }).collect::<Vec<_>>())
}

fn outputs(n: usize, d: usize) -> String {
    let row = |i: usize| format!("{:?}", (0..d).map(|j| (2 * i + 3 * j) as i64 - 2).collect::<Vec<_>>());
    format!("[{}]", (0..n).map(row).collect::<Vec<_>>().join(", "))
}

const SMOOTHNESS: &str = "rule = \"smoothness\"";

fn constant(eta: &str) -> String {
    format!("rule = \"constant\"\neta = \"{eta}\"")
}

/// Networks of every architecture, with every loss that goes with them.
fn small() -> Vec<Run> {
    let widths: &[&[usize]] =
        &[&[2, 1], &[1, 1], &[1, 1, 1], &[2, 3, 1], &[2, 1, 2, 1], &[2, 2], &[1, 1, 2], &[2, 2, 2], &[3, 2, 2]];
    let weights = [Weights::Plain, Weights::Zero, Weights::Scaled, Weights::Equal, Weights::ZeroLast, Weights::Large];
    let etas = ["1/10", "1/1000000", "3"];
    let mut runs = Vec::new();
    let mut turn = 0_usize;
    for widths in widths {
        for loss in ["logistic", "logistic-rule", "exponential", "squared", "squared-target"] {
            let outputs_count = widths[widths.len() - 1];
            let is_margin = !loss.starts_with("squared");
            if is_margin && outputs_count > 1 {
                continue;
            }
            for kind in weights {
                turn += 1;
                let (network, weights) = fully_connected(widths, kind);
                let n = [1, 3, 4, 2][turn % 4];
                let step = if loss == "logistic-rule" { SMOOTHNESS.to_owned() } else { constant(etas[turn % 3]) };
                let data = match loss {
                    "squared" => format!("x = {}\ny = {}", inputs(n, widths[0]), outputs(n, outputs_count)),
                    "squared-target" => format!("target = {}", outputs(outputs_count, widths[0])),
                    _ => format!("x = {}\ny = {}", inputs(n, widths[0]), labels(n, turn.is_multiple_of(2))),
                };
                let loss = format!("kind = \"{}\"", loss.trim_end_matches("-rule"));
                runs.push(Parts { network, loss, data, weights, step, steps: 3 }.run());
            }
        }
    }
    for (network, lengths) in [
        ("architecture = \"diagonal\"\ndim = 2\ndepth = 1", vec![2]),
        ("architecture = \"diagonal\"\ndim = 2\ndepth = 3", vec![2, 2, 2]),
        ("architecture = \"convolutional\"\ndim = 3\nfilters = [3]", vec![3]),
        ("architecture = \"convolutional\"\ndim = 3\nfilters = [2, 3]", vec![2, 3]),
    ] {
        let d = lengths[lengths.len() - 1];
        for (loss, y) in
            [("logistic", labels(2, false)), ("exponential", labels(2, true)), ("squared", "[2, -1]".to_owned())]
        {
            turn += 1;
            let data = format!("x = {}\ny = {y}", inputs(2, d));
            let (loss, weights) = (format!("kind = \"{loss}\""), weights[turn % weights.len()].vectors(&lengths));
            runs.push(
                Parts { network: network.to_owned(), loss, data, weights, step: constant("1/10"), steps: 2 }.run(),
            );
        }
    }
    runs
}

/// Logistic losses with parameters from 10⁻⁶ to 10⁶, with and without the step rule.
fn steep_and_flat() -> Vec<Run> {
    let parameters = ["1/1000000", "1/50", "1", "1000", "1000000"];
    let mut runs = Vec::new();
    for (a, scale) in parameters.iter().enumerate() {
        for (b, steepness) in parameters.iter().enumerate() {
            let (network, weights) =
                fully_connected(if (a + b) % 2 == 0 { &[2, 1] } else { &[2, 2, 1] }, Weights::Plain);
            runs.push(
                Parts {
                    network,
                    loss: format!("kind = \"logistic\"\nscale = \"{scale}\"\nsteepness = \"{steepness}\""),
                    data: format!("x = {}\ny = {}", inputs(3, 2), labels(3, b % 2 == 0)),
                    weights,
                    step: if a % 2 == 0 { SMOOTHNESS.to_owned() } else { constant("1/90") },
                    steps: 2,
                }
                .run(),
            );
        }
    }
    runs
}

/// Chains of scalars so deep that constants such as `6144 N³` and `96 N⁴` leave 32 bits, with a step that is too large for any theorem
/// and one that is small enough.
pub fn deep() -> Vec<Run> {
    let depths: &[usize] = if is_long() { &[89, 128, 182, 256, 323, 1700] } else { &[89, 256] };
    let mut runs = Vec::new();
    for &depth in depths {
        for eta in ["1/100000000", "1/10"] {
            let layers = vec!["[[\"999/1000\"]]"; depth].join(", ");
            runs.push(
                Parts {
                    network: format!("architecture = \"fully-connected\"\nwidths = {:?}", vec![1; depth + 1]),
                    loss: "kind = \"squared-target\"".to_owned(),
                    data: "target = [[1]]".to_owned(),
                    weights: format!("[{layers}]"),
                    step: constant(eta),
                    steps: 1,
                }
                .run(),
            );
        }
    }
    runs
}

/// All but the deep ones.
pub fn foreign() -> Vec<Run> {
    [small(), steep_and_flat()].into_iter().flatten().collect()
}

/// A few of them, of every kind.
pub fn a_few() -> Vec<Run> {
    let keep = if is_long() { 1 } else { 6 };
    small().into_iter().chain(steep_and_flat()).step_by(keep).collect()
}
