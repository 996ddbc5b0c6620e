//! Instructions of one step, counted by valgrind and compared with those of the committed baseline, `ARCHITECTURE.txt` beside this file.
//!
//! ```text
//! instructions compare     fails if a step takes more than 3 % more than in the baseline
//! instructions update      writes the baseline
//! ```
//!
//! A step's count is the difference of two runs, of N and of 2N steps from the same start, over N: what a run does besides cancels. The
//! f64 step is counted on each path that valgrind's processor has, which is not this machine's own: it lacks AVX-512. GMP chooses
//! its routines by the same processor.

#[path = "../peers/cases.rs"]
mod cases;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::{env, fs};

use cases::{Case, cases};
use gradient_witness::descent::{Descent, Instructions, StepOutcome};
use gradient_witness::number::{Ball, Float, Real, ShortBall};
use gradient_witness::problem::Network;
use gradient_witness::reference::{self, Setting};
use rayon::prelude::*;

/// How many times as many instructions as in the baseline a step may take.
const ALLOWED: f64 = 1.03;

/// Takes so many steps.
type Steps = fn(u64);

/// The paths of the reference, and how many steps are counted; those of the f64 step are called as [`Instructions`] are.
const REFERENCE: [(&str, Steps, u64); 5] = [
    ("Ball-128", steps_of::<Ball, 128>, 32),
    ("Ball-256", steps_of::<Ball, 256>, 32),
    ("Ball-1024", steps_of::<Ball, 1024>, 8),
    ("Float-128", steps_of::<Float, 128>, 32),
    ("ShortBall", steps_of::<ShortBall, 128>, 32),
];

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions");

/// A path and a case, with the instructions of a step.
type Counts = BTreeMap<(String, String), f64>;

/// Four square layers of 10 and a target.
fn reference_case() -> Case {
    Case {
        name: "square-10",
        network: Network::fully_connected(&[10; 5]).expect("sizes of at least 1"),
        examples: None,
    }
}

fn steps_of<T: Real, const BITS: u32>(steps: u64) {
    let setting = Setting::<T>::new(Arc::new(reference_case().problem()), BITS);
    let mut descent = reference::Descent::new(Arc::new(setting)).expect("weights in range");
    (0..steps).for_each(|_| descent.step().map(drop).expect("a step in range"));
}

/// Takes `steps` steps; this is what is counted.
fn run(path: &str, name: &str, steps: u64) {
    if let Some((_, take, _)) = REFERENCE.iter().find(|(own, ..)| *own == path) {
        return take(steps);
    }
    let case = cases().into_iter().find(|case| case.name == name).expect("a case of the list");
    let instructions = Instructions::available().find(|own| format!("{own:?}") == path).expect("a path that is here");
    let mut descent = Descent::with_instructions(&case.problem(), instructions).expect("numbers in range");
    assert_eq!(descent.advance(steps), StepOutcome::Advanced);
}

/// The number N of steps: many of a short one, so that all that recurs is counted, few of one that valgrind takes seconds for.
fn steps(case: &Case) -> u64 {
    let weights: usize = case.network.layer_shapes().iter().map(|(rows, columns)| rows * columns).sum();
    let data = case.examples.unwrap_or(0) * case.network.input_dimension();
    let products = weights * case.network.output_dimension() + data;
    ((1 << 23) / products as u64).clamp(1, 1024)
}

/// What this program prints under valgrind, and its instructions.
fn under_valgrind(arguments: &[&str]) -> (String, f64) {
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(env::current_exe().expect("the path of this program"))
        .args(arguments)
        .output()
        .expect("valgrind starts");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "valgrind {arguments:?}: {log}");
    let total =
        log.lines().find_map(|line| line.split_once("refs:").filter(|(before, _)| before.trim_end().ends_with('I')));
    let total = total.and_then(|(_, number)| number.trim().replace(',', "").parse().ok());
    (String::from_utf8_lossy(&output.stdout).into_owned(), total.unwrap_or_else(|| panic!("no count in {log}")))
}

/// Counts everything, on all cores: counts do not depend on time.
fn count() -> Counts {
    let (paths, _) = under_valgrind(&["paths"]);
    let mut all: Vec<_> =
        REFERENCE.iter().map(|(path, _, steps)| ((*path).to_owned(), reference_case().name, *steps)).collect();
    for case in cases() {
        all.extend(paths.lines().map(|path| (path.to_owned(), case.name, steps(&case))));
    }
    let step = |(path, name, steps): (String, &str, u64)| {
        let total = |steps: u64| under_valgrind(&["run", &path, name, &steps.to_string()]).1;
        let step = ((total(2 * steps) - total(steps)) / steps as f64).round();
        ((path, name.to_owned()), step)
    };
    all.into_par_iter().with_max_len(1).map(step).collect()
}

/// The baseline as a text: what counted, then a path, a case and a number a line.
fn text(counts: &Counts, counted_by: &str) -> String {
    let mut text = format!("# {counted_by}\n");
    for ((path, name), count) in counts {
        writeln!(text, "{path:9} {name:20} {count:12}").expect("a string takes everything");
    }
    text
}

fn parse(text: &str) -> Counts {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let words = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    words
        .map(|words| match words[..] {
            [path, name, count] => ((path.to_owned(), name.to_owned()), count.parse().expect("a number")),
            _ => panic!("not a path, a case and a number: {words:?}"),
        })
        .collect()
}

/// Prints a line for each count; whether none is over the baseline and none is missing.
fn compare(counts: &Counts, baseline: &Counts) -> bool {
    let mut passed = true;
    for (key @ (path, name), &count) in counts {
        let verdict = match baseline.get(key) {
            Some(&old) if count > ALLOWED * old => {
                passed = false;
                format!("{:+.2} %  FAILED", (count / old - 1.0) * 100.0)
            }
            Some(&old) => format!("{:+.2} %", (count / old - 1.0) * 100.0),
            None if !baseline.keys().any(|(known, _)| known == path) => {
                "not comparable: no baseline of this path".to_owned()
            }
            None => {
                passed = false;
                "not in the baseline  FAILED".to_owned()
            }
        };
        println!("{path:9} {name:20} {count:12} {verdict}");
    }
    for (path, name) in baseline.keys().filter(|key| !counts.contains_key(key)) {
        let path_is_here = counts.keys().any(|(known, _)| known == path);
        passed &= !path_is_here;
        let why =
            if path_is_here { "no such case  FAILED" } else { "not comparable: valgrind's processor has no such path" };
        println!("{path:9} {name:20} {:>12} {why}", "–");
    }
    passed
}

/// The first line that a program prints of its version.
fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let updates = match arguments[..] {
        ["paths"] => {
            Instructions::available().for_each(|path| println!("{path:?}"));
            return ExitCode::SUCCESS;
        }
        ["run", path, name, steps] => {
            run(path, name, steps.parse().expect("a number of steps"));
            return ExitCode::SUCCESS;
        }
        ["compare"] => false,
        ["update"] => true,
        _ => {
            println!("instructions: see `make bench-instructions`");
            return ExitCode::SUCCESS;
        }
    };
    let Some(valgrind) = version("valgrind") else {
        println!("instructions: skipped, valgrind is not installed");
        return ExitCode::SUCCESS;
    };
    let counted_by = format!("{}, {valgrind}", version("rustc").unwrap_or_else(|| "an unknown rustc".to_owned()));
    let file = format!("{BASELINE}/{}.txt", env::consts::ARCH);
    if updates {
        fs::write(&file, text(&count(), &counted_by)).expect("the baseline can be written");
        return ExitCode::SUCCESS;
    }
    let Ok(baseline) = fs::read_to_string(&file) else {
        println!("instructions: skipped, there is no baseline for {}", env::consts::ARCH);
        return ExitCode::SUCCESS;
    };
    if compare(&count(), &parse(&baseline)) {
        return ExitCode::SUCCESS;
    }
    let before = baseline.lines().next().unwrap_or_default();
    println!(
        "instructions: more than 3 % over the baseline, or another list of cases; if that is meant: make update-instructions"
    );
    println!("counted by {counted_by}; the baseline by {}", before.trim_start_matches("# "));
    ExitCode::FAILURE
}
