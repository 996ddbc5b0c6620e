//! The gradient is the derivative of the risk.

use gradient_witness::claims::OnPoints;
use gradient_witness::generate::Instance;
use gradient_witness::papers::ji_telgarsky::gradient::GradientLayer;
use gradient_witness::problem::Spec;
use gradient_witness::verify::{Limits, examine_instance};

/// A run of two steps of the given network, loss and start, on two examples of three inputs.
fn run(network: &str, loss: &str, weights: &str) -> Instance {
    let text = format!(
        "[network]\n{network}\n[loss]\n{loss}\n[data]\nx = [[1, -2, 0.5], [0.25, 1, 2]]\ny = [1, -1]\n\
         [init]\nweights = {weights}\n[step]\nrule = \"constant\"\neta = 0.125\n[run]\nsteps = 2\n"
    );
    let spec = Spec::parse(&text, std::path::Path::new(".")).expect("a valid spec");
    Instance::run(spec.problem.clone(), spec.schedule().unwrap().steps)
}

#[test]
fn the_gradient_is_the_derivative_of_the_risk_for_every_architecture_and_loss() {
    let networks = [
        (
            "architecture = \"fully-connected\"\nwidths = [3, 2, 2, 1]",
            "[[[1, 0.5, -1], [2, 0, 0.25]], [[1, 2], [-0.5, 1]], [[0.5, -1]]]",
        ),
        ("architecture = \"fully-connected\"\nwidths = [3, 1]", "[[[1, 0.5, -1]]]"),
        ("architecture = \"diagonal\"\ndim = 3\ndepth = 3", "[[1, 2, -1], [0.5, -0.25, 3], [1, 1, 2]]"),
        ("architecture = \"convolutional\"\ndim = 3\nfilters = [2, 3, 3]", "[[1, -2], [0.5, 1, -0.25], [1, 0.5, 2]]"),
    ];
    let losses = [
        "kind = \"logistic\"",
        "kind = \"logistic\"\nscale = \"1/50\"\nsteepness = 3\nnormalisation = \"sum\"",
        "kind = \"exponential\"",
        "kind = \"squared\"",
    ];
    for (network, weights) in networks {
        for loss in losses {
            let found = examine_instance(
                &[
                    &OnPoints(GradientLayer::default()),
                    &OnPoints(GradientLayer { summed: true, ..GradientLayer::default() }),
                ],
                &run(network, loss, weights),
                &Limits::default(),
            );
            assert!(
                found[0].applicable && found[0].refuted.is_none() && found[0].undecided.is_none(),
                "{network} {loss}"
            );
            let formula_checked = network.contains("fully-connected");
            assert_eq!(found[1].refuted.is_some(), formula_checked, "{network} {loss}");
        }
    }
}
