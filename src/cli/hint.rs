//! What is said to whoever gives a file where none is expected.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::check;

/// What to type for a run spec that stands where a command is expected, or behind `verify` without an option.
pub(super) fn misplaced_spec(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let command = arguments.iter().skip(1).find(|argument| !argument.as_encoded_bytes().starts_with(b"-"))?;
    let kind = match error.kind() {
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        ErrorKind::UnknownArgument if command == "verify" => ContextKind::InvalidArg,
        _ => return None,
    };
    let Some(ContextValue::String(file)) = error.get(kind) else { return None };
    let is_spec = Path::new(file).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    if file.starts_with('-') || !is_spec && !Path::new(file).is_file() {
        return None;
    }
    let quoted = check::quoted(file);
    Some(format!(
        "error: {file}: a run spec stands behind --spec; to ask every claim about its run, type `witness verify --spec {quoted}`, and to see \
         whether it fits, `witness check {quoted}`"
    ))
}
