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

#[test]
fn no_id_is_broken_and_a_command_goes_on_behind_a_backslash() {
    let told = some(&[], &[("COLUMNS", "80")]).quietly(0);
    assert_eq!(ids(&told), SOME);
    for line in [
        "ok   holds   proved         4/4",
        "     JT19.appendix-a-antisymmetric-trap.invariance",
        "ok   refuted exact          2/2         ACGH19.S2",
        "     false as printed, as expected: at t = 1, layer 2: ‖W_k‖_F² − ‖W_j‖_F² has",
    ] {
        assert!(told.lines().any(|told| told == line), "{line}: {told}");
    }
    let (_, command) = told.split_once("replayed by ").unwrap();
    let (command, _) = command.replace("\\\n", " ").split_once('\n').map(|(line, _)| (line.to_owned(), ())).unwrap();
    let words: Vec<&str> = command.split_whitespace().collect();
    assert_eq!(words.join(" "), "witness verify --claim ACGH19.S2 --seed 1 --instances 64");
    // A number of columns that is none is none.
    let whole = some(&[], &[]).quietly(0);
    for nonsense in ["0", "-80", "many", ""] {
        let told = some(&[], &[("COLUMNS", nonsense)]).quietly(0);
        assert_eq!(told.split_once("\nchecked").unwrap().0, whole.split_once("\nchecked").unwrap().0);
    }
}

#[test]
fn the_end_says_what_held_what_is_false_what_is_open_and_what_to_try() {
    let told = some(&[], &[]).quietly(0);
    for part in [
        "5 as expected, 0 not as expected, 0 undecided\n",
        "\nhold    2: 2 proved\n",
        "\nslips   3 false as printed, as expected: JT19.SL-1, ACGH19.S2, ACGH19.claim4-unbalanced-divergence.printed\n",
        "\nnext    witness explain JT19.SL-1\n",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let open = ["--claim", "ACGH19.lemma11-carbery-wright", "--samples", "3"];
    let told = verify(&open, &[]).quietly(3);
    let next = "next    witness verify --claim ACGH19.lemma11-carbery-wright --seed 1 --instances 64 --samples 3 --max-bits 8192\n";
    assert!(told.ends_with(next) && told.contains("\n  ?     undecided "), "{told}");
    let told = verify(&["--budget", "0.000001"], &[]).quietly(3);
    assert!(told.contains(&format!("\nand {} more undecided\n", catalogue().len() - 10)), "{told}");
}

#[test]
fn with_verbose_all_is_said() {
    let claim = ["--claim", "JT19.data-normalised-separable"];
    let short = verify(&claim, &[]).quietly(0);
    assert!(!short.contains("depth") && !short.contains("equality by"), "{short}");
    let told = verify(&[&claim[..], &["--verbose"]].concat(), &[]).quietly(0);
    for part in [
        "        depth 1, widths 1–5, n 1–9, t ≤ 0; ratio ≤ 1; control caught; ",
        "equality proved by",
        "equality by exact",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let sampled = verify(&["--claim", "ACGH19.lemma9-chi-square", "--verbose"], &[]).quietly(0);
    assert!(sampled.contains("draws, confidence 0.999; ") && sampled.contains(" draws for "), "{sampled}");
}

#[test]
fn a_log_has_a_line_a_paper_unless_nothing_is_to_be_said() {
    for format in ["table", "json", "tsv"] {
        let told = some(&["--format", format], &[]);
        let lines: Vec<&str> = told.err.lines().collect();
        assert!(lines.len() == 2 && lines[0].starts_with("JT19: 3 of 3 claims, "), "{lines:?}");
        assert!(lines[1].starts_with("ACGH19: 2 of 2 claims, ") && lines[1].ends_with(" s"), "{lines:?}");
        assert_eq!(some(&["--format", format, "--quiet"], &[]).err, "");
    }
}

#[test]
fn programs_have_a_line_a_claim_and_a_head() {
    let told = some(&["--format", "tsv"], &[("COLUMNS", "80")]).quietly(0);
    let lines: Vec<Vec<&str>> = told.lines().map(|line| line.split('\t').collect()).collect();
    let head = "id paper expected status as_expected scope evidence instances applicable informative undecided attained \
                worst_ratio agrees_to max_bits horizon control seconds note";
    assert_eq!(lines[0].join(" "), head);
    assert!(lines.iter().all(|line| line.len() == lines[0].len()), "{told}");
    assert_eq!(lines[1..].iter().map(|line| line[0]).collect::<Vec<&str>>(), SOME);
    let slip = lines.iter().find(|line| line[0] == "JT19.SL-1").unwrap();
    assert_eq!(slip[1..9], ["JT19", "refuted", "refuted", "yes", "instances", "certified", "1", "1"]);
    assert!(slip[18].starts_with("at t = 1, layer 2: "), "{slip:?}");
}

/// On a pseudo terminal: the program `script` makes one.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_has_its_own_width_and_colours_unless_they_are_not_wanted() {
    let terminal = |wish: &str| {
        let program = assert_cmd::cargo::cargo_bin!("witness").display().to_string();
        let command = format!("stty cols 90; {wish} '{program}' --quiet verify --claim JT19.SL-1 --claim JT19.SL-4");
        let mut script = std::process::Command::new("script");
        script.args(["-qec", &command, "/dev/null"]).env("COLUMNS", "40").env("TERM", "xterm").env_remove("NO_COLOR");
        let told = Told::from(script.output().expect("`script` of util-linux"));
        told.out.replace("\r\n", "\n")
    };
    let (coloured, plain) = (terminal(""), terminal("NO_COLOR=1"));
    assert!(coloured.contains("\x1b[32mok\x1b[0m   refuted certified      1/1         JT19.SL-1\n"), "{coloured}");
    assert!(
        !plain.contains('\x1b') && plain.contains("\nok   refuted certified      1/1         JT19.SL-1\n"),
        "{plain}"
    );
    let widest = plain.lines().map(UnicodeWidthStr::width).max().unwrap();
    assert!(widest > 80 && widest <= 90, "{widest}: {plain}");
    assert!(!terminal("TERM=dumb").contains('\x1b'));
}
