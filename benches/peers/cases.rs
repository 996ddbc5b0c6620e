//! The cases that are timed beside other programs: networks from tiny to large, with data of fixed seeds.

#[path = "../../crates/enclosures/src/draws.rs"]
mod draws;

use gradient_witness::problem::{Architecture, Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
use rug::Rational;

/// The size of every step.
pub const ETA: f64 = 1.0 / 1024.0;

/// A network with its data: examples for the logistic loss, or a target if there are none.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: &'static str,
    pub network: Network,
    pub examples: Option<usize>,
}

fn full(name: &'static str, widths: &[usize], examples: Option<usize>) -> Case {
    Case { name, network: Network::fully_connected(widths).expect("sizes of at least 1"), examples }
}

/// All cases.
pub fn cases() -> Vec<Case> {
    let mut gas_8 = vec![128];
    gas_8.extend([32; 7]);
    gas_8.push(1);
    let diagonal = Network::diagonal(64, 3).expect("sizes of at least 1");
    let convolution = Network::convolutional(64, &[64, 64]).expect("sizes of at least 1");
    vec![
        full("tiny", &[2, 3, 3, 1], Some(8)),
        full("small", &[10, 10, 10, 10, 1], Some(64)),
        full("gas-3", &[128, 32, 32, 1], None),
        full("gas-8", &gas_8, None),
        full("logistic-256", &[256, 256, 256, 1], Some(1024)),
        full("square-64", &[64; 5], None),
        full("square-256", &[256; 5], None),
        Case { name: "diagonal", network: diagonal.clone(), examples: Some(64) },
        Case { name: "diagonal-target", network: diagonal, examples: None },
        Case { name: "convolution", network: convolution.clone(), examples: Some(64) },
        Case { name: "convolution-target", network: convolution, examples: None },
        full("near-tiny", &[3, 4, 2, 1], Some(11)),
        full("near-small", &[11, 9, 10, 1], Some(60)),
        full("near-gas-3", &[100, 40, 20, 1], None),
        full("near-square-64", &[60; 5], None),
    ]
}

/// Numbers k/4096 in [−1, 1) from a fixed linear congruence.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> i64 {
        self.0 = draws::following(self.0);
        (self.0 >> 51) as i64 - 4096
    }

    /// Entries in [−1, 1) times `scale`.
    fn matrix(&mut self, rows: usize, columns: usize, scale: f64) -> Matrix<Rational> {
        Matrix::from_fn(rows, columns, |_, _| {
            Rational::from_f64(self.next() as f64 / 4096.0 * scale).expect("a product of finite numbers")
        })
    }
}

impl Case {
    /// The case as a problem: layers of norm about 1, and steps so small that a run stays where it is for a long time.
    pub fn problem(&self) -> Problem {
        let mut numbers = Numbers(1);
        let (inputs, outputs) = (self.network.input_dimension(), self.network.output_dimension());
        let (loss, data) = match self.examples {
            None => (Loss::SquaredTarget, Data::Target(numbers.matrix(outputs, inputs, 1.0))),
            Some(examples) => {
                let x = numbers.matrix(examples, inputs, (inputs as f64).sqrt().recip());
                let y = Matrix::from_fn(examples, 1, |_, _| Rational::from(if numbers.next() < 0 { -1 } else { 1 }));
                (Loss::logistic(), Data::Examples { x, y })
            }
        };
        let is_diagonal = self.network.architecture() == Architecture::Diagonal;
        let scale = |columns: usize| if is_diagonal { 1.0 } else { (columns as f64).sqrt().recip() };
        let shapes = self.network.layer_shapes().into_iter();
        let initial = shapes.map(|(rows, columns)| numbers.matrix(rows, columns, scale(columns))).collect();
        let step = StepRule::Constant(Rational::from_f64(ETA).expect("a finite number"));
        Problem::new(self.network.clone(), loss, Normalisation::Mean, data, initial, step).expect("parts that fit")
    }
}
