//! A run as a file: the problem, how long to train it and in which arithmetic, in TOML.
//!
//! Reading ends in an exact problem or in one message that names the file, the field and the fix. Writing loses nothing, so that
//! a counterexample found once can be replayed from its file.

mod data;
mod error;
mod field;
mod interpret;
mod keys;
mod reference;
mod write;

use std::path::{Path, PathBuf};

pub use error::SpecError;
pub(super) use error::{nearest, quoted};
pub(super) use field::Section;
use toml::de::DeTable;

use super::fit::misfit;
use super::{Arithmetic, FlowSchedule, FrobeniusNorm, Plan, Problem, Recording, Schedule, input};

/// A run: a problem and how it is followed.
///
/// ```
/// use gradient_witness::problem::{Arithmetic, Spec};
/// let spec = Spec::parse(
///     r#"
///     [network]
///     architecture = "fully-connected"
///     widths = [2, 1]
///     [loss]
///     kind = "logistic"
///     [data]
///     x = [[0.6, 0.2], [0.1, "-9/10"]]
///     y = [1, -1]
///     [init]
///     weights = [[[0.5, -0.25]]]
///     [step]
///     rule = "constant"
///     eta = "1/1024"
///     [run]
///     steps = 1000
///     "#,
///     ".".as_ref(),
/// )?;
/// assert_eq!(spec.schedule()?.steps, 1000);
/// assert_eq!(spec.plan.arithmetic(), Arithmetic::F64);
/// assert_eq!(Spec::parse(&spec.to_toml(), ".".as_ref())?, spec);
/// # Ok::<(), gradient_witness::problem::SpecError>(())
/// ```
///
/// Two specs are equal if they describe the same run: the same title, problem and plan.
#[derive(Clone, Debug)]
pub struct Spec {
    /// What the run is called.
    pub title: Option<String>,
    /// What is trained.
    pub problem: Problem,
    /// How long, what is recorded, in which arithmetic.
    pub plan: Plan,
    /// What became of the properties that the file asked for by name.
    pub preparation: Preparation,
    /// The files that it was read from: the spec itself, if it was a file, and the tables that it names.
    pub files: Vec<PathBuf>,
}

/// How nearly the problem has the properties that a run spec asked for: they are lost to roundings, and theorems that need them
/// take them as hypotheses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preparation {
    /// `‖XXᵀ/n − I‖_F`, if the spec has `whiten = true`.
    pub whitening_residual: Option<FrobeniusNorm>,
    /// `max_j ‖W_{j+1}ᵀW_{j+1} − W_jW_jᵀ‖_F` of the initial weights, if the spec has `kind = "balanced"`.
    pub imbalance: Option<FrobeniusNorm>,
}

impl PartialEq for Spec {
    /// The preparation follows from the problem, and where it was read does not change it.
    fn eq(&self, other: &Self) -> bool {
        self.title == other.title && self.problem == other.problem && self.plan == other.plan
    }
}

impl Eq for Spec {}

impl Spec {
    /// The run of `problem` over so many steps, all recorded, in f64, without a title.
    #[must_use]
    pub fn of_run(problem: Problem, steps: u64) -> Self {
        let schedule = Schedule { steps, record: Recording::Every(1), arithmetic: Arithmetic::F64 };
        let plan = Plan::Descent(schedule);
        Self { title: None, problem, plan, preparation: Preparation::default(), files: Vec::new() }
    }

    /// The flow of `problem`, without a title.
    #[must_use]
    pub fn of_flow(problem: Problem, schedule: FlowSchedule) -> Self {
        let plan = Plan::Flow(schedule);
        Self { title: None, problem, plan, preparation: Preparation::default(), files: Vec::new() }
    }

    /// The steps of the run, for whoever can do nothing with a flow.
    ///
    /// # Errors
    ///
    /// A [`SpecError`] that names the file if the run is a flow.
    pub fn schedule(&self) -> Result<&Schedule, SpecError> {
        match &self.plan {
            Plan::Descent(schedule) => Ok(schedule),
            Plan::Flow(_) => {
                let problem = "the run is a gradient flow, and has no steps";
                let misfit = misfit(
                    "step.rule",
                    problem,
                    "choose \"constant\" with an eta, or `witness run`, which follows the flow",
                );
                Err(SpecError { file: self.files.first().cloned(), ..SpecError::of_field(misfit, None) })
            }
        }
    }

    /// Reads a run spec from a file; the paths in it are relative to the file's directory.
    ///
    /// # Errors
    ///
    /// A [`SpecError`] that names the file: it cannot be read, is no TOML, or describes no problem.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SpecError> {
        let path = path.as_ref();
        let read = || {
            let bytes = input::read(path).map_err(|error| {
                let fix = match error.kind() {
                    std::io::ErrorKind::FileTooLarge => {
                        "put the data into a table of their own, data.path, or take fewer of them"
                    }
                    std::io::ErrorKind::PermissionDenied => "give a run spec that you may read",
                    _ => "give the path of a run spec, a TOML file",
                };
                SpecError::of_file(format!("it cannot be read: {error}"), fix)
            })?;
            let text = String::from_utf8(bytes).map_err(|_| {
                SpecError::of_file("it is not a text in UTF-8", "give a run spec, a TOML file in UTF-8")
            })?;
            let spec = Self::parse(&text, path.parent().unwrap_or(Path::new("")))?;
            Ok(Self { files: [vec![path.to_owned()], spec.files].concat(), ..spec })
        };
        read().map_err(|error| SpecError { file: Some(path.to_owned()), ..error })
    }

    /// Reads a run spec from a text; relative paths in it start at `directory`.
    ///
    /// # Errors
    ///
    /// A [`SpecError`]: the text is no TOML, or describes no problem.
    pub fn parse(text: &str, directory: &Path) -> Result<Self, SpecError> {
        let document = DeTable::parse(text).map_err(|error| SpecError {
            line: error.span().map(|span| line_at(text, span.start)),
            ..no_toml(text, &error)
        })?;
        let table = document.get_ref();
        Section::root(table).and_then(|root| interpret::spec(&root, directory)).map_err(|misfit| {
            let line = line_of(text, table, &misfit.key);
            SpecError::of_field(misfit, line)
        })
    }

    /// The run spec as a text from which [`parse`](Spec::parse) reads back the same problem and plan.
    ///
    /// Weights and data stand in it number by number: nothing is drawn or read from another file any more. A number that is an
    /// f64 is written as the shortest decimal that means it, any other as a fraction.
    #[must_use]
    pub fn to_toml(&self) -> String {
        write::to_toml(self)
    }
}

/// What the parser says, or what is meant where its words would mislead.
fn no_toml(text: &str, error: &toml::de::Error) -> SpecError {
    // Somebody wrote a path of Windows: "C:\data".
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let bytes = text.as_bytes();
    let escapes = ["escape", "unicode value"].iter().any(|word| error.message().contains(word))
        || bytes.get(at) == Some(&b'\\')
        || at > 0 && bytes[at - 1] == b'\\';
    if escapes {
        return SpecError::of_file(
            "it is not TOML: in double quotes a backslash begins an escape, and this is none",
            "write the string in single quotes ('C:\\data'), or each backslash twice",
        );
    }
    SpecError::of_file(format!("it is not TOML: {}", error.message()), "correct the line")
}

/// The line, counted from 1, of the byte at `offset`.
fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// The line of a key given by its dotted name, or of the innermost table around it that is there.
fn line_of(text: &str, table: &DeTable<'_>, dotted: &str) -> Option<usize> {
    let mut table = Some(table);
    let mut line = None;
    for part in dotted.split('.') {
        let Some((key, value)) = table.and_then(|table| table.get_key_value(part)) else { break };
        line = Some(line_at(text, key.span().start));
        table = value.get_ref().as_table();
    }
    line
}
