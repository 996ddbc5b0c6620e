//! Why a command could not do its work: the input or the usage is wrong.

use std::io;
use std::path::{Path, PathBuf};

use crate::descent::StartError;
use crate::problem::SpecError;
use crate::report::saved::{Apart, NotResults};
use crate::trajectory::NoBeginning;

/// One message that names the file, the field and the fix.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// A run spec that cannot be read.
    #[error(transparent)]
    Spec(#[from] SpecError),

    /// A run spec whose problem took longer to make than there was time.
    #[error("{}: the time budget was used up before the problem was made; give --budget more seconds", .file.display())]
    OutOfTime {
        /// The spec.
        file: PathBuf,
    },

    /// A file that holds no saved results.
    #[error("{}: {problem}", .file.display())]
    NotResults {
        /// The file.
        file: PathBuf,
        /// What is wrong, and what would be right.
        problem: NotResults,
    },

    /// A file of saved results that cannot be read.
    #[error("{}: it cannot be read: {problem}; give a file that `witness verify --format json --out FILE` has saved", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        problem: io::Error,
    },

    /// Saved results that do not tell of one verification.
    #[error(transparent)]
    Apart(#[from] Apart),

    /// An option that does not go with the spec.
    #[error("{}: {option}: {problem}; {fix}", .file.display())]
    Option {
        /// The spec.
        file: PathBuf,
        /// The option.
        option: &'static str,
        /// What is wrong.
        problem: String,
        /// What would be right.
        fix: String,
    },

    /// A problem with which no run can begin.
    #[error("{}: {problem}; {fix}", .file.display())]
    Start {
        /// The spec.
        file: PathBuf,
        /// What is wrong.
        problem: NoBeginning,
        /// What would be right.
        fix: &'static str,
    },

    /// An id that the catalogue does not have.
    #[error("{argument}: there is no claim {name:?}; {}", suggestion(.nearest, "`witness claims` lists them"))]
    UnknownClaim {
        /// Where it was asked for.
        argument: &'static str,
        /// What was asked for.
        name: String,
        /// The ids that are most like it, the likest first.
        nearest: Vec<String>,
    },

    /// A paper that the catalogue does not have.
    #[error("--paper: there is no paper {name:?}; the papers are {}", .papers.join(", "))]
    UnknownPaper {
        /// What was asked for.
        name: String,
        /// All papers, the likest first.
        papers: Vec<String>,
    },

    /// A claim about chance or free numbers, asked of a run.
    #[error("--spec: {id} is about chance or free numbers, and a run has no subject for it; check it without --spec")]
    NoSubject {
        /// The claim.
        id: &'static str,
    },

    /// A file or standard output that cannot be written.
    #[error("{}: it cannot be written: {problem}; give --out a path in a directory that can be written to", .path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },

    /// Results that would take the place of what they are computed from.
    #[error("{}: it is the same file as {}, which this command reads; give --out another one", .path.display(), .input.display())]
    Input {
        /// Where results should go.
        path: PathBuf,
        /// What is read.
        input: PathBuf,
    },

    /// A report that would take the place of a counterexample, or the other way round.
    #[error("{}: the counterexample to {id} goes to this file; give --out another one", .path.display())]
    Twice {
        /// Where both should go.
        path: PathBuf,
        /// The claim.
        id: &'static str,
    },

    /// A directory that cannot be made or written to.
    #[error("{}: no file can be put there: {problem}; give --counterexamples another one", .path.display())]
    NoDirectory {
        /// The directory.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },

    /// A format that cannot be written, or threads that cannot be started.
    #[error("{what}: {problem}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What is wrong.
        problem: String,
    },
}

impl Failure {
    /// A problem with which no run can begin, of a command that can do `without` the f64 program.
    pub(super) fn start(file: &Path, problem: impl Into<NoBeginning>, without: &'static str) -> Self {
        let problem = problem.into();
        let fix = match problem {
            // There W(0) is beyond the range at which every run ends.
            NoBeginning::F64(StartError::OutOfRange { key: "init.weights" }) => {
                "make it smaller: beyond 2^1024 a run has diverged in every arithmetic"
            }
            NoBeginning::F64(_) => without,
            NoBeginning::Gradient(_) => "take fewer examples or smaller layers, or \"f64\", which certifies nothing",
        };
        Self::Start { file: file.to_owned(), problem, fix }
    }
}

fn suggestion(nearest: &[String], otherwise: &str) -> String {
    match nearest {
        [] => otherwise.to_owned(),
        [one] => format!("did you mean {one}?"),
        [many @ .., last] => format!("did you mean {} or {last}?", many.join(", ")),
    }
}
