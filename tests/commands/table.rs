//! The table of `witness verify` on generated instances: what it looks like, on a terminal and elsewhere, and its sister for programs.

use gradient_witness::claims::Claim;
use gradient_witness::papers::catalogue;
use unicode_width::UnicodeWidthStr;

use super::{Told, witness};

/// An identity, a slip that a run refutes, the longest ids, and a slip that no run refutes.
const SOME: [&str; 5] = [
    "JT19.layer-balance-gradient",
    "JT19.SL-1",
    "JT19.appendix-a-antisymmetric-trap.invariance",
    "ACGH19.S2",
    "ACGH19.claim4-unbalanced-divergence.printed",
];

/// `witness verify` with these arguments, in an environment with these variables.
fn verify(arguments: &[&str], environment: &[(&str, &str)]) -> Told {
    let mut command = witness();
    Told::from(command.arg("verify").args(arguments).envs(environment.iter().copied()).output().unwrap())
}

/// The same of those claims.
fn some(arguments: &[&str], environment: &[(&str, &str)]) -> Told {
    let claims = SOME.iter().flat_map(|id| ["--claim", id]);
    verify(&claims.chain(arguments.iter().copied()).collect::<Vec<&str>>(), environment)
}

/// The ids at the ends of lines before the totals.
fn ids(table: &str) -> Vec<&str> {
    let claims = catalogue();
    let (rows, _) = table.split_once("\n\n paper ").expect("two papers have totals");
    let last = rows.lines().filter_map(|line| line.split(' ').next_back());
    last.filter(|word| claims.iter().any(|claim| claim.id() == *word)).collect()
}

#[test]
fn the_whole_catalogue_fits_the_terminal_each_claim_once_and_in_order() {
    let claims = catalogue();
    let expected: Vec<&str> = claims.iter().map(Claim::id).collect();
    for columns in ["80", "100", "120"] {
        // One draw decides little, and what is open has much to say.
        let told = verify(&["--instances", "1", "--samples", "1"], &[("COLUMNS", columns)]);
        assert_eq!(told.status, 3, "{told:?}");
        let widest = told.out.lines().max_by_key(|line| line.width()).unwrap();
        assert!(widest.width() <= columns.parse::<usize>().unwrap(), "{columns}: {widest}");
        assert_eq!(ids(&told.out), expected, "{columns}: {}", told.out);
    }
}

#[test]
fn a_pipe_has_a_line_a_row_and_no_colour() {
    let told = some(&[], &[]).quietly(0);
    assert_eq!(ids(&told), SOME);
    assert!(!told.contains('\x1b'), "{told}");
    let expected = "
JT19: Ji & Telgarsky 2019
        found    evidence  instances    ratio  claim
Section 2.1
  ok    holds    proved          6/6           JT19.layer-balance-gradient
";
    assert!(told.contains(expected), "{told}");
}
