//! A few enclosures as they are printed: every digit is the same on every machine.

use std::fmt::Write;
use std::path::Path;

use enclosures::algebra::linear_systems::inverse;
use enclosures::algebra::spectral::{Effort, Spectrum};
use enclosures::algebra::symmetric::eigenvalues;
use enclosures::number::{Ball, Matrix, Real};
use rug::Rational as Fraction;

/// The matrices, by name.
fn matrices() -> [(&'static str, Matrix<Fraction>); 4] {
    let lift = |rows: Vec<Vec<(i32, i32)>>| {
        Matrix::from_rows(rows.into_iter().map(|row| row.into_iter().map(Fraction::from).collect()).collect()).unwrap()
    };
    [
        (
            "thirds",
            lift(vec![vec![(1, 3), (2, 3), (0, 1)], vec![(-1, 7), (1, 1), (5, 3)], vec![(2, 1), (1, 9), (1, 3)]]),
        ),
        ("ones", lift(vec![vec![(1, 1); 5]; 3])),
        (
            "repeated",
            lift(vec![vec![(3, 5), (4, 5), (0, 1)], vec![(-4, 5), (3, 5), (0, 1)], vec![(0, 1), (0, 1), (1, 3)]]),
        ),
        ("hilbert", Matrix::from_fn(4, 4, |i, j| Fraction::from((1, i as u32 + j as u32 + 1)))),
    ]
}

#[test]
fn enclosures_are_the_same_everywhere() {
    let mut text = String::new();
    for (name, exact) in matrices() {
        let matrix = Matrix::<Ball>::from_rationals(&exact, 128);
        for effort in [Effort::Quick, Effort::Tight] {
            let spectrum = Spectrum::of(&matrix, effort);
            writeln!(text, "{name}, {effort:?}").unwrap();
            for value in spectrum.singular_values() {
                writeln!(text, "  σ {value}").unwrap();
            }
            writeln!(text, "  rank {}..={}", spectrum.rank_at_least(), spectrum.rank_at_most()).unwrap();
            writeln!(text, "  nuclear norm {}", spectrum.nuclear_norm()).unwrap();
            for window in spectrum.windows() {
                let sine =
                    spectrum.right_space(window.clone()).map(|space| format!("{:.1e}", space.sine().upper_f64()));
                writeln!(
                    text,
                    "  sine of the space {window:?}: {}",
                    sine.unwrap_or_else(|declined| declined.to_string())
                )
                .unwrap();
            }
            if matrix.rows() == matrix.columns() {
                for value in eigenvalues(&matrix, effort) {
                    writeln!(text, "  λ of the upper triangle {value}").unwrap();
                }
            }
        }
        writeln!(text, "  ((AᵀA)^(1/3))_11 {}", Spectrum::of(&matrix, Effort::Tight).right_power(1, 3)[(0, 0)])
            .unwrap();
        if matrix.rows() == matrix.columns() {
            match inverse(&matrix) {
                Ok(inverse) => writeln!(text, "  (A⁻¹)_11 {}", inverse[(0, 0)]).unwrap(),
                Err(declined) => writeln!(text, "  no inverse: {declined}").unwrap(),
            }
        }
    }
    let mut settings = insta::Settings::clone_current();
    // A link to the file among the snapshots of the workspace: so a package has it too.
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("certified-algebra", text));
}
