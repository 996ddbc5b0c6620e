//! Sources of instances made by a function.

use std::fmt;

use rug::Rational;

use super::{Instance, Random, Separable, Source};
use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};

/// A source that makes each instance by a function from a stream of random numbers, which is all that it takes to shrink it too.
///
/// ```
/// use gradient_witness::generate::{Cloud, Instance, Random, Sampled, Separable, Source, Structure, classification};
/// use gradient_witness::problem::{Loss, StepRule};
///
/// fn two_layers(random: &mut Random) -> Instance {
///     let data = Separable::new(random, Cloud::Spanning, 3, 4, &(1, 4).into());
///     let layers = Structure::Plain.layers(random, &[3, 2, 1], 10);
///     Instance::point(classification(&data, Loss::logistic(), layers, StepRule::Smoothness))
/// }
///
/// let source = Sampled::new("two-layers", two_layers);
/// let instance = source.instance(1, 0).expect("it has an instance for every number");
/// assert_eq!(instance.problem.network().depth(), 2);
/// ```
#[derive(Clone, Copy)]
pub struct Sampled {
    name: &'static str,
    make: fn(&mut Random) -> Instance,
}

impl Sampled {
    /// The source with a name of its own.
    ///
    /// An instance that refutes a claim is made simpler by smaller choices: shrinking tries what the function makes of choices
    /// that nobody drew. If it panics then, the attempt is passed over.
    #[must_use]
    pub fn new(name: &'static str, make: fn(&mut Random) -> Instance) -> Self {
        Self { name, make }
    }
}

impl fmt::Debug for Sampled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sampled").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Source for Sampled {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn draw(&self, random: &mut Random) -> Option<Instance> {
        Some((self.make)(random))
    }
}

/// The problem of a fully-connected network on separable data, with the mean of the losses; the widths are those of `layers`.
///
/// # Panics
///
/// If the layers do not chain from the dimension of the data to 1, or the step is not defined for the loss: a mistake in the
/// code that calls it.
#[must_use]
pub fn classification(data: &Separable, loss: Loss, layers: Vec<Matrix<Rational>>, step: StepRule) -> Problem {
    fully_connected(loss, data.data(), layers, step)
}

/// The problem of a fully-connected network that descends towards `target` with the constant step `eta`; the widths are those of
/// `layers`.
///
/// # Panics
///
/// If the layers do not chain to the shape of the target: a mistake in the code that calls it.
///
/// ```
/// use gradient_witness::algebra::exact;
/// use gradient_witness::generate::towards;
/// let problem = towards(exact::identity(2), vec![exact::identity(2); 3], (1, 8).into());
/// assert_eq!(problem.depth(), 3);
/// ```
#[must_use]
pub fn towards(target: Matrix<Rational>, layers: Vec<Matrix<Rational>>, eta: Rational) -> Problem {
    fully_connected(Loss::SquaredTarget, Data::Target(target), layers, StepRule::Constant(eta))
}

/// The problem of a fully-connected network, with the mean of the losses; the widths are those of `layers`.
///
/// # Panics
///
/// If there are no layers, or the parts do not fit each other: a mistake in the code that calls it.
#[must_use]
pub fn fully_connected(loss: Loss, data: Data, layers: Vec<Matrix<Rational>>, step: StepRule) -> Problem {
    let widths: Vec<usize> = layers[..1].iter().map(Matrix::columns).chain(layers.iter().map(Matrix::rows)).collect();
    Network::fully_connected(&widths)
        .and_then(|network| Problem::new(network, loss, Normalisation::Mean, data, layers, step))
        .expect("layers, data, loss and step are made for each other by the code that calls this")
}
