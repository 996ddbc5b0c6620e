//! The commands of `witness`, one file a command.
//!
//! A command reads what it is given, has the other rooms do the work, hands the result to a format of [`report`](crate::report)
//! and turns it into an exit status. Standard output holds results alone; progress, hints and errors go to standard error. Here
//! only is a file opened for writing.

mod check;
mod claims;
mod compare;
mod completions;
mod console;
mod explain;
mod failure;
mod help;
mod hint;
mod interrupt;
mod output;
mod own_run;
mod place;
mod progress;
mod reading;
mod report;
mod run;
mod saved;
mod selection;
mod verify;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::report::terminal::Style;
use crate::visible::visible;

/// Checks what the theory of deep linear networks says about gradient descent, with evidence for every verdict.
///
/// Without a command, `witness` does what `witness verify` does.
#[derive(Debug, Parser)]
#[command(name = "witness", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "Exit status: 0 all as it should be; 1 not as expected; 2 the input or the usage is wrong; \
                        3 undecided, a precision or time budget used up; 4 no claim \
                        applies to the run of --spec; 130 after Ctrl-C, and 128 and the number of any \
                        other signal that ended it (141: the reader of a check has gone).")]
struct CommandLine {
    /// Say nothing on standard error but errors.
    #[arg(long, short, global = true)]
    quiet: bool,

    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    verify: verify::Arguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the claims of the catalogue, on generated instances or on your own run.
    Verify(Box<verify::Arguments>),
    /// List the catalogue: every claim, definition and slip, with its source and how it is checked.
    Claims(claims::Arguments),
    /// Print one claim in full: statement, source, hypotheses, check, control, notes.
    Explain(explain::Arguments),
    /// Make the page of saved results, without verifying again.
    Report(report::Arguments),
    /// See whether a run spec fits, and what it describes.
    Check(check::Arguments),
    /// Run one spec and write its trajectory as JSON Lines.
    Run(run::Arguments),
    /// Show the f64 trajectory beside the certified one, and judge every f64 step.
    Compare(compare::Arguments),
    /// Print the completions of a shell; ids of claims and papers are among them.
    Completions(completions::Arguments),
    /// Print the manual page, or write those of all commands into a directory.
    Man(completions::ManArguments),
    /// Print the help of a command; `help spec` prints the reference of the run spec.
    Help(help::Arguments),
}

/// What a command that did its work has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// All as it should be.
    Fine,
    /// A claim did not come out as the catalogue expects, or a bound was exceeded.
    NotAsExpected,
    /// A precision or time budget was used up.
    Undecided,
    /// No claim applies to the run that was asked about.
    NothingApplies,
    /// Stopped by the user, by the system, or because nobody reads any more.
    Interrupted,
}

/// The exit status of wrong input or usage.
const USAGE: u8 = 2;

impl Exit {
    fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::NotAsExpected => 1,
            Self::Undecided => 3,
            Self::NothingApplies => 4,
            Self::Interrupted => interrupt::status(),
        }
    }
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    execute(std::env::args_os())
}

/// Runs the command line `arguments`, the first of which is the name of the program.
fn execute(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let line = match parse(arguments.iter().cloned()) {
        Ok(line) => line,
        Err(error) => {
            match hint::misplaced_spec(&error, &arguments) {
                Some(hint) => say(&hint),
                None => print(&error, &arguments),
            }
            return ExitCode::from(if error.use_stderr() { USAGE } else { 0 });
        }
    };
    let context = Context { quiet: line.quiet };
    let done = match line.command {
        None => verify::run(&line.verify, context),
        Some(Command::Verify(arguments)) => verify::run(&arguments, context),
        Some(Command::Claims(arguments)) => claims::run(&arguments),
        Some(Command::Explain(arguments)) => explain::run(&arguments),
        Some(Command::Report(arguments)) => report::run(&arguments),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Run(arguments)) => run::run(&arguments, context),
        Some(Command::Compare(arguments)) => compare::run(&arguments, context),
        Some(Command::Completions(arguments)) => completions::run(&arguments),
        Some(Command::Man(arguments)) => completions::man(&arguments),
        Some(Command::Help(arguments)) => help::run(&arguments),
    };
    match done {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(failure) => {
            say(&format!("error: {failure}"));
            let code =
                if matches!(failure, failure::Failure::OutOfTime { .. }) { Exit::Undecided.code() } else { USAGE };
            ExitCode::from(code)
        }
    }
}

/// Help and version are no errors, and go to standard output. Nothing can be done if it is closed.
fn print(error: &clap::Error, arguments: &[OsString]) {
    let hidden: Vec<String> = arguments
        .iter()
        .map(|argument| argument.to_string_lossy().into_owned())
        .filter(|text| visible(text) != *text)
        .collect();
    if hidden.is_empty() {
        let _ = error.print();
        return;
    }
    // The message quotes arguments as they are, or the value behind an equals sign.
    let mut message = error.render().to_string();
    for argument in &hidden {
        let value = argument.split_once('=').map_or(argument.as_str(), |(_, value)| value);
        // Rendering takes out what would colour a terminal, also of an argument.
        for shown in [argument, value] {
            let plain = without_colours(shown);
            message = message.replace(shown, &visible(shown)).replace(&plain, &visible(&plain));
        }
    }
    for line in message.lines() {
        say(line);
    }
}

/// The text without the sequences that colour a terminal or name its window, as an error of the command line shows it.
fn without_colours(text: &str) -> String {
    clap::builder::StyledStr::from(text.to_owned()).to_string()
}

/// The options of `verify` stand beside the commands, for `witness --claim ID`; before another command they have no meaning.
fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<CommandLine, clap::Error> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut command = CommandLine::command();
    let matches = command.try_get_matches_from_mut(&arguments)?;
    if let Some((name, _)) = matches.subcommand() {
        let stray = matches
            .ids()
            .map(clap::Id::as_str)
            .find(|id| *id != "quiet" && matches.value_source(id) == Some(ValueSource::CommandLine));
        if let Some(id) = stray {
            let message = format!("--{} stands before the command {name}; put it behind", id.replace('_', "-"));
            return Err(command.error(clap::error::ErrorKind::ArgumentConflict, message));
        }
    }
    let line = CommandLine::from_arg_matches(&matches)?;
    match &line.command {
        Some(Command::Help(help)) => help.of_command(&arguments[0]).map_or(Ok(line), parse),
        _ => Ok(line),
    }
}

/// What every command knows of how it was called.
#[derive(Clone, Copy, Debug)]
struct Context {
    quiet: bool,
}

impl Context {
    /// A remark on standard error, unless nothing but errors is wanted there.
    fn remark(self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }
}

/// A line on standard error, in which names from outside may stand. Nothing can be done if it is full or closed; `eprintln!` would panic.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", visible(text));
}

/// Colours on a terminal, unless `NO_COLOR` is set or the output goes elsewhere; lines as wide as the terminal, or `COLUMNS`.
fn style(to_standard_output: bool) -> Style {
    let is_terminal = to_standard_output && std::io::stdout().is_terminal();
    let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    let wish = || std::env::var("COLUMNS").ok()?.parse().ok();
    let known = |columns: &usize| *columns > 0;
    let columns = is_terminal.then(terminal_columns).flatten().filter(known).or_else(|| wish().filter(known));
    Style { colour: is_terminal && !forbidden, columns: columns.or(is_terminal.then_some(USUAL)) }
}

/// The columns of the terminal that standard output is; 0 if it does not say.
#[cfg(unix)]
fn terminal_columns() -> Option<usize> {
    rustix::termios::tcgetwinsize(std::io::stdout()).ok().map(|size| size.ws_col.into())
}

#[cfg(not(unix))]
fn terminal_columns() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0.into())
}

/// The columns of a terminal that does not say.
const USUAL: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_fit_each_other() {
        CommandLine::command().debug_assert();
    }

    fn parsed(line: &str) -> Result<CommandLine, clap::Error> {
        parse(line.split(' ').map(OsString::from))
    }

    #[test]
    fn verify_is_the_default() {
        assert!(parsed("witness").unwrap().command.is_none());
        assert_eq!(parsed("witness --claim A --claim B").unwrap().verify.claims, ["A", "B"]);
        assert!(parsed("witness --quiet claims").unwrap().quiet);
        assert!(parsed("witness claims --quiet").unwrap().quiet);
        assert!(parsed("witness --seed 3 claims").is_err());
    }
}
