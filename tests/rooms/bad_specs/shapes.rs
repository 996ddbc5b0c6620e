//! Shapes, labels and names that do not fit.

use super::{CONVOLUTIONAL, DIAGONAL, GOOD, check, read};

#[test]
fn shapes_and_labels() {
    check(
        GOOD,
        &[
            ("widths = [2, 3, 1]", "widths = []", "network.widths", "0 widths", "at least two"),
            ("widths = [2, 3, 1]", "widths = [2]", "network.widths", "1 width ", "at least two"),
            ("widths = [2, 3, 1]", "widths = [2, 0, 1]", "network.widths", "d_1 is 0", "at least 1"),
            ("widths = [2, 3, 1]", "widths = [2, 3, 2]", "network.widths", "dimension 2", "squared"),
            ("widths = [2, 3, 1]", "widths = [3, 3, 1]", "data.x", "2 numbers", "rows of 3"),
            ("widths = [2, 3, 1]", "widths = [2, 4, 1]", "init.weights", "W_1 is 3×2", "4×2"),
            ("widths = [2, 3, 1]", "widths = [2, 3, 3, 1]", "init.weights", "2 layers", "give 3"),
            ("widths = [2, 3, 1]", "widths = [4000000000, 4000000000, 1]", "network.widths", "more than", "smaller"),
            (
                "widths = [2, 3, 1]",
                "widths = [1, 100000, 1000000]",
                "network.widths",
                "more than 4194304 weights: it has 100000100000",
                "smaller",
            ),
            (
                "widths = [2, 3, 1]",
                "widths = [100000, 1, 100000]",
                "network.widths",
                "have 20000200000 numbers, and 33554432 are allowed",
                "the first or the last width",
            ),
            ("widths = [2, 3, 1]", "dim = 2", "network.dim", "no meaning", "leave it out"),
            ("x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]", "x = []", "data.x", "no examples", "at least one"),
            (
                "x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]",
                "x = [[1, 2], [3]]",
                "data.x",
                "row 2 has length 1",
                "equally long",
            ),
            ("y = [1, -1, -1]", "y = [1, -1]", "data.y", "2 labels and 3 examples", "each row"),
            ("y = [1, -1, -1]", "y = [1, 0, -1]", "data.y", "label 2 is 0", "1 or -1"),
            ("y = [1, -1, -1]", "y = [1, -1, 2.5]", "data.y", "label 3 is 5/2", "1 or -1"),
            ("y = [1, -1, -1]", "y = [[1, 1], [1, 1], [1, 1]]", "data.y", "2 numbers", "give 1"),
            ("y = [1, -1, -1]", "y = [1, -1, -1]\ntarget = [[1, 2]]", "data.target", "no meaning", "leave it out"),
            ("y = [1, -1, -1]", "y = [1, -1, -1]\nlabel = 2", "data.label", "without data.path", "leave it out"),
            ("y = [1, -1, -1]", "y = [1, -1, -1]\npath = \"train.csv\"", "data.x", "beside data.path", "leave it out"),
            (
                "y = [1, -1, -1]",
                "y = [1, -1, -1]\nwhiten = true\nunit_ball = true",
                "data.unit_ball",
                "white",
                "one of",
            ),
            ("y = [1, -1, -1]", "y = [1, -1, -1]\nwhiten = 1", "data.whiten", "a whole number stands", "true"),
            (
                "kind = \"logistic\"",
                "kind = \"logstic\"",
                "loss.kind",
                "there is no \"logstic\"",
                "did you mean \"logistic\"?",
            ),
            ("kind = \"logistic\"", "kind = \"hinge\"", "loss.kind", "there is no \"hinge\"", "one of \"logistic\""),
            ("kind = \"logistic\"", "kind = \"squared\"", "loss.scale", "no meaning", "leave it out"),
            (
                "normalisation = \"mean\"",
                "normalisation = \"average\"",
                "loss.normalisation",
                "no \"average\"",
                "\"mean\", \"sum\"",
            ),
            (
                "architecture = \"fully-connected\"",
                "architecture = \"dense\"",
                "network.architecture",
                "no \"dense\"",
                "diagonal",
            ),
            ("rule = \"constant\"", "rule = \"smoothness\"", "step.eta", "no meaning", "leave it out"),
            ("rule = \"constant\"", "rule = \"adam\"", "step.rule", "no \"adam\"", "\"constant\""),
        ],
    );
    check(
        DIAGONAL,
        &[
            ("dim = 2", "", "network.dim", "missing", "dim = 5"),
            ("dim = 2", "dim = 0", "network.dim", "0", "at least 1"),
            ("dim = 2", "dim = 3", "data.target", "1×2", "1 row of 3"),
            ("depth = 2", "depth = 0", "network.depth", "no layers", "at least 1"),
            ("depth = 2", "depth = 3", "init.weights", "2 layers", "give 3"),
            ("depth = 2", "depth = 4000000000", "network.depth", "more than", "smaller"),
            ("depth = 2", "depth = 18446744073709551615", "network.depth", "more than", "smaller"),
            ("depth = 2", "depth = 2\nwidths = [2, 1]", "network.widths", "no meaning", "leave it out"),
            ("depth = 2", "depth = 2\nfilters = [2]", "network.filters", "no meaning", "leave it out"),
            (
                "kind = \"squared-target\"",
                "kind = \"squared-target\"\nnormalisation = \"mean\"",
                "loss.normalisation",
                "no examples",
                "leave",
            ),
            (
                "kind = \"squared-target\"",
                "kind = \"squared\"",
                "data.target",
                "no meaning for the loss \"squared\"",
                "leave",
            ),
            ("target = [[1, 2]]", "", "data.target", "missing", "target = "),
            ("target = [[1, 2]]", "target = [1, 2]", "data.target", "row 1: a whole number stands", "["),
            ("target = [[1, 2]]", "target = []", "data.target", "0×0", "1 row of 2"),
            ("target = [[1, 2]]", "target = [[1, 2], [3, 4]]", "data.target", "2×2", "1 row of 2"),
            ("target = [[1, 2]]", "target = [[1, 2]]\nx = [[1, 2]]", "data.x", "no meaning", "leave it out"),
            ("target = [[1, 2]]", "target = [[1, 2]]\nwhiten = true", "data.whiten", "no meaning", "leave it out"),
            (
                "weights = [[1, 2], [3, 4]]",
                "weights = [[[1, 2]], [[3, 4]]]",
                "init.weights",
                "layer 1: entry 1: a list",
                "number",
            ),
            (
                "weights = [[1, 2], [3, 4]]",
                "weights = [[1, 2], [3]]",
                "init.weights",
                "w_2 has shape 1×1",
                "one row of 2",
            ),
            ("rule = \"constant\"\neta = \"1/8\"", "rule = \"smoothness\"", "step.rule", "logistic", "constant"),
        ],
    );
    check(
        CONVOLUTIONAL,
        &[
            (
                "dim = 3\nfilters = [2, 3]",
                "dim = 4000000\nfilters = [1, 1, 1, 1, 1, 1, 1, 1, 4000000]",
                "network.filters",
                "have 36000000 numbers",
                "the number of layers",
            ),
            ("filters = [2, 3]", "", "network.filters", "missing", "filters = [2, 5]"),
            ("filters = [2, 3]", "filters = []", "network.filters", "no layers", "[3]"),
            ("filters = [2, 3]", "filters = [4, 3]", "network.filters", "filter 1 has size 4", "at most 3"),
            ("filters = [2, 3]", "filters = [0, 3]", "network.filters", "filter 1 has size 0", "at least 1"),
            ("filters = [2, 3]", "filters = [3, 2]", "network.filters", "last filter has size 2", "equal to"),
            ("filters = [2, 3]", "filters = [2, 3]\ndepth = 2", "network.depth", "no meaning", "leave it out"),
            (
                "weights = [[1, 2], [3, 4, 5]]",
                "weights = [[1, 2, 3], [3, 4, 5]]",
                "init.weights",
                "w_1",
                "one row of 2",
            ),
        ],
    );
    let text = CONVOLUTIONAL.replace("exponential", "logistic").replace("\"constant\"\neta = 1", "\"smoothness\"");
    assert_eq!(read(&[("spec.toml", text.as_bytes())]).1.unwrap_err().key.as_deref(), Some("step.rule"));
}
