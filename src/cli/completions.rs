//! `witness completions SHELL` and `witness man`: what a shell and a manual know of the command line.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::failure::Failure;
use super::output::Destination;
use super::{CommandLine, Exit};
use crate::claims::Claim;
use crate::papers::catalogue;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Debug, clap::Args)]
pub(super) struct ManArguments {
    /// Write the pages of all commands into this directory, witness.1, witness-verify.1 and so on, instead of printing the first of them.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints the completions of a shell.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut with_names(), "witness", &mut script);
    Destination::open(None, &[])?.write_all(&text(script)?)?;
    Ok(Exit::Fine)
}

/// Prints the manual, or writes it as pages.
pub(super) fn man(arguments: &ManArguments) -> Result<Exit, Failure> {
    let mut command = CommandLine::command();
    command.build();
    let Some(directory) = &arguments.out else {
        Destination::open(None, &[])?.write_all(&page(&command)?)?;
        return Ok(Exit::Fine);
    };
    for command in std::iter::once(&command).chain(command.get_subcommands()) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let path = directory.join(format!("{name}.1"));
        Destination::open(Some(&path), &[])?.write_all(&page(command)?)?;
    }
    Ok(Exit::Fine)
}

/// The command line with the names of the catalogue as values of the arguments that take them. Whoever types one that is not there is told so
/// with the nearest ones, which is why the command line itself does not have them.
fn with_names() -> Command {
    let claims = catalogue();
    let ids: Vec<&'static str> = claims.iter().map(Claim::id).collect();
    let mut papers: Vec<&'static str> = claims.iter().map(Claim::paper).collect();
    papers.dedup();
    let named = |command: Command| {
        command.mut_args(|arg| {
            let name = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
            match name.as_deref() {
                Some("ID") => arg.value_parser(PossibleValuesParser::new(ids.iter().copied())),
                Some("KEY") => arg.value_parser(PossibleValuesParser::new(papers.iter().copied())),
                _ => arg,
            }
        })
    };
    named(CommandLine::command()).mut_subcommands(named)
}

fn page(command: &Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    let manual = Man::new(command.clone()).manual("witness");
    manual.render(&mut page).map_err(|error| Failure::System { what: "the manual", problem: error.to_string() })?;
    text(page)
}

fn text(bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| Failure::System { what: "UTF-8", problem: error.to_string() })
}
