//! The run specs of these tests.

/// Two layers, logistic loss, smoothness rule.
pub const LOGISTIC: &str = r#"
[network]
architecture = "fully-connected"
widths = [2, 2, 1]
[loss]
kind = "logistic"
[data]
x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]
y = [1, -1, -1]
[init]
weights = [[[0.5, -0.25], [0.125, 0.75]], [[0.5, -1.0]]]
[step]
rule = "smoothness"
[run]
steps = 20
record = { every = 10 }
"#;

/// Dyadic numbers throughout: a few steps are exact in f64.
pub const DYADIC: &str = r#"
[network]
architecture = "fully-connected"
widths = [2, 1, 1]
[loss]
kind = "squared"
normalisation = "sum"
[data]
x = [[0.5, 1], [-1, 0.25]]
y = [1, -0.5]
[init]
weights = [[[0.5, -0.25]], [[1.5]]]
[step]
rule = "constant"
eta = "1/8"
[run]
steps = 2
"#;

/// One problem of each architecture and loss, with its name.
pub fn every_kind() -> Vec<(String, String)> {
    let networks = [
        (
            "fully-connected",
            "widths = [3, 2, 1]",
            r#"[[["1/2", "-1/4", "1/3"], ["1/8", "3/4", "0"]], [["1/2", "-1"]]]"#,
        ),
        ("diagonal", "dim = 3\ndepth = 2", r#"[["1/2", "-1/4", "1/3"], ["1", "2/3", "-1"]]"#),
        ("convolutional", "dim = 3\nfilters = [2, 3]", r#"[["1/2", "-1/4"], ["1", "2/3", "-1"]]"#),
    ];
    let losses =
        [("logistic", "scale = \"1/3\"\nsteepness = 2"), ("exponential", ""), ("squared", ""), ("squared-target", "")];
    let mut specs = Vec::new();
    for (architecture, sizes, weights) in networks {
        for (loss, constants) in losses {
            let data = match loss {
                "squared-target" => "target = [[1, \"-1/2\", 2]]",
                _ => "x = [[0.6, 0.2, -1], [0.1, -0.9, \"1/7\"]]\ny = [1, -1]",
            };
            let spec = format!(
                "[network]\narchitecture = \"{architecture}\"\n{sizes}\n[loss]\nkind = \"{loss}\"\n{constants}\n[data]\n{data}\n\
                 [init]\nweights = {weights}\n[step]\nrule = \"constant\"\neta = \"1/10\"\n[run]\nsteps = 3\n"
            );
            specs.push((format!("{architecture}, {loss}"), spec));
        }
    }
    specs
}
