//! Problems with random numbers, reproducible: every architecture, loss and normalisation that go together.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rug::Rational;

use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};

/// A source of random numbers.
pub struct Source(ChaCha8Rng);

impl Source {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// An f64 of full precision in [−1, 1).
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// The same, exact; every other call a fraction that is no f64.
    fn rational(&mut self, f64_only: bool) -> Rational {
        let value = Rational::from_f64(self.uniform()).unwrap_or_default();
        if f64_only { value } else { value / 3u32 }
    }

    fn matrix(&mut self, rows: usize, columns: usize, f64_only: bool) -> Matrix<Rational> {
        Matrix::from_fn(rows, columns, |_, _| self.rational(f64_only))
    }

    fn signs(&mut self, rows: usize) -> Matrix<Rational> {
        Matrix::from_fn(rows, 1, |_, _| {
            if self.0.next_u32().is_multiple_of(2) { Rational::from(1) } else { Rational::from(-1) }
        })
    }
}

/// What a sample is made of.
#[derive(Clone, Debug)]
pub struct Kind {
    pub network: Network,
    pub loss: Loss,
    pub normalisation: Normalisation,
    pub examples: usize,
    pub eta: Rational,
    /// Whether all data are f64s, or thirds of them.
    pub f64_only: bool,
}

impl Kind {
    /// A problem of this kind.
    pub fn problem(&self, seed: u64) -> Problem {
        let mut source = Source::new(seed);
        let (inputs, outputs) = (self.network.input_dimension(), self.network.output_dimension());
        let data = match &self.loss {
            Loss::SquaredTarget => Data::Target(source.matrix(outputs, inputs, self.f64_only)),
            loss => {
                let x = source.matrix(self.examples, inputs, self.f64_only);
                let y = if loss.is_classification() {
                    source.signs(self.examples)
                } else {
                    source.matrix(self.examples, outputs, self.f64_only)
                };
                Data::Examples { x, y }
            }
        };
        let initial =
            self.network.layer_shapes().into_iter().map(|(rows, columns)| source.matrix(rows, columns, true)).collect();
        Problem::new(
            self.network.clone(),
            self.loss.clone(),
            self.normalisation,
            data,
            initial,
            StepRule::Constant(self.eta.clone()),
        )
        .unwrap()
    }
}

/// Small networks of every architecture, depths 1 to 5, with widths of 1 among them.
pub fn networks() -> Vec<Network> {
    let mut networks: Vec<Network> = [
        &[1, 1][..],
        &[4, 1],
        &[3, 2],
        &[1, 3],
        &[2, 3, 1],
        &[1, 1, 1],
        &[3, 1, 2],
        &[11, 9, 1],
        &[2, 5, 3, 1],
        &[3, 4, 2, 3],
        &[2, 1, 3, 2, 1],
        &[9, 17, 10],
        &[2, 2, 2, 2, 2],
        &[2, 3, 4, 3, 2, 1],
        &[4, 3, 2, 3, 2, 3],
    ]
    .iter()
    .map(|widths| Network::fully_connected(widths).unwrap())
    .collect();
    for (dim, depth) in [(1, 1), (3, 1), (1, 3), (4, 2), (9, 3), (3, 4), (5, 5)] {
        networks.push(Network::diagonal(dim, depth).unwrap());
    }
    for (dim, filters) in
        [(1, vec![1]), (4, vec![4]), (3, vec![1, 3]), (5, vec![2, 5]), (9, vec![9, 9]), (4, vec![3, 2, 4])]
    {
        networks.push(Network::convolutional(dim, &filters).unwrap());
    }
    networks.push(Network::convolutional(5, &[2, 3, 1, 5]).unwrap());
    networks.push(Network::convolutional(3, &[2, 2, 3, 1, 3]).unwrap());
    networks
}

/// Every loss that goes with the network, with the normalisations that go with the loss.
pub fn losses(network: &Network) -> Vec<(Loss, Normalisation)> {
    let scaled = Loss::Logistic { scale: Rational::from((1, 50)), steepness: Rational::from((5, 3)) };
    let mut losses = vec![
        (Loss::Squared, Normalisation::Mean),
        (Loss::Squared, Normalisation::Sum),
        (Loss::SquaredTarget, Normalisation::Sum),
    ];
    if network.output_dimension() == 1 {
        for loss in [Loss::logistic(), scaled, Loss::Exponential] {
            losses.push((loss.clone(), Normalisation::Mean));
            losses.push((loss, Normalisation::Sum));
        }
    }
    losses
}

/// Every small network with every loss and `examples` examples.
pub fn kinds(examples: usize, eta: &Rational, f64_only: bool) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for network in networks() {
        for (loss, normalisation) in losses(&network) {
            kinds.push(Kind { network: network.clone(), loss, normalisation, examples, eta: eta.clone(), f64_only });
        }
    }
    kinds
}
