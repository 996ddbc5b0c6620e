//! Every claim can be asked about every kind of run: what it does not speak of is not applicable, and nothing panics.

use gradient_witness::papers::catalogue;

use super::Desk;

/// Architecture, loss, data and weights of small runs of every kind, as parts of a spec.
const KINDS: [(&str, &str, &str, &str); 8] = [
    (
        r#"architecture = "fully-connected", widths = [2, 2, 1]"#,
        "logistic",
        r#"x = [[1, 0], [0, 1]], y = [1, -1]"#,
        TWO_ONE,
    ),
    (
        r#"architecture = "fully-connected", widths = [2, 2, 1]"#,
        "exponential",
        r#"x = [[2, 0], [2, 0]], y = [1, -1]"#,
        TWO_ONE,
    ),
    (
        r#"architecture = "fully-connected", widths = [2, 2, 1]"#,
        "squared",
        r#"x = [[1, 0], [0, 1]], y = [1, 3]"#,
        TWO_ONE,
    ),
    (r#"architecture = "fully-connected", widths = [2, 2, 1]"#, "squared-target", r#"target = [[1, "1/2"]]"#, TWO_ONE),
    (r#"architecture = "fully-connected", widths = [2, 2, 2]"#, "squared", r#"x = [[1, 0]], y = [[1, 3]]"#, TWO_TWO),
    (
        r#"architecture = "fully-connected", widths = [2, 2, 2]"#,
        "squared-target",
        r#"target = [[1, 0], [0, -1]]"#,
        TWO_TWO,
    ),
    (r#"architecture = "diagonal", dim = 2, depth = 2"#, "logistic", r#"x = [[1, 0], [0, 1]], y = [1, -1]"#, LINES),
    (r#"architecture = "convolutional", dim = 2, filters = [2, 2]"#, "squared", r#"x = [[1, 0]], y = [2]"#, LINES),
];

const TWO_ONE: &str = r#"[[["1/2", 0], [0, "1/4"]], [["1/2", 0]]]"#;
const TWO_TWO: &str = r#"[[["1/2", 0], [0, "1/4"]], [["1/2", 0], [0, 1]]]"#;
const LINES: &str = r#"[["1/2", "1/3"], ["1/2", 1]]"#;

#[test]
fn nothing_panics() {
    let desk = Desk::new();
    for (number, (network, loss, data, weights)) in KINDS.iter().enumerate() {
        for step in [r#"rule = "constant", eta = "1/10""#, r#"rule = "smoothness""#] {
            let has_rule = *loss == "logistic" && network.contains("fully-connected");
            if step.contains("smoothness") && !has_rule {
                continue;
            }
            let spec = format!(
                "network = {{ {network} }}\nloss = {{ kind = \"{loss}\" }}\ndata = {{ {data} }}\n\
                 init = {{ weights = {weights} }}\nstep = {{ {step} }}\nrun = {{ steps = 2 }}\n"
            );
            desk.write("kind.toml", &spec);
            let mut arguments = vec!["verify".to_owned(), "--spec".to_owned(), "kind.toml".to_owned()];
            // Chance and free numbers have no run as their subject, and are refused.
            for claim in catalogue().into_iter().filter(|claim| claim.statement().is_some()) {
                arguments.extend(["--claim".to_owned(), claim.id().to_owned()]);
            }
            arguments.extend(["--format".to_owned(), "json".to_owned()]);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let told = desk.witness(&arguments);
            // 1: a run on which a printed slip is false; 3: something balls cannot decide.
            assert!(matches!(told.status, 0 | 1 | 3), "{number}, {step}: {told:?}");
            assert!(told.err.is_empty(), "{number}, {step}: {}", told.err);
        }
    }
}
