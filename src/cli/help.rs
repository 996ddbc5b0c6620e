//! `witness help`: a command, or the run spec.

use std::ffi::OsString;

use super::failure::Failure;
use super::output::Destination;
use super::{Exit, style};
use crate::problem::Spec;
use crate::report::{run_spec, terminal};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A command, or `spec`: the run spec, the file that says what is trained.
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,

    /// With spec: its JSON Schema, for editors.
    #[arg(long, requires = "topic")]
    schema: bool,
}

impl Arguments {
    /// The command line that has clap tell of the topic; `None` of the run spec, which is no command.
    pub(super) fn of_command(&self, program: &OsString) -> Option<Vec<OsString>> {
        match self.topic.as_deref() {
            Some("spec") => None,
            topic => {
                let words = topic.into_iter().chain(self.schema.then_some("--schema")).chain(["--help"]);
                Some(std::iter::once(program.clone()).chain(words.map(OsString::from)).collect())
            }
        }
    }
}

/// Prints the reference of the run spec, or its schema.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let text = if arguments.schema {
        format!("{:#}\n", Spec::schema())
    } else {
        terminal::text(&run_spec::page(), style(true))
    };
    Destination::open(None, &[])?.write_all(&text)?;
    Ok(Exit::Fine)
}
