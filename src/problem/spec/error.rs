//! What a user is told about a run spec that cannot be read.

use crate::visible::visible;
use std::path::PathBuf;

use crate::problem::Misfit;

/// Why a run spec was refused: one message that names the file, the field and the fix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}; {fix}", self.place())]
pub struct SpecError {
    /// The file, if the text came from one.
    pub file: Option<PathBuf>,
    /// The line of the field, counted from 1, if the file has it.
    pub line: Option<usize>,
    /// The field's dotted name (`data.y`), unless the file as a whole is at fault.
    pub key: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// What would be right.
    pub fix: String,
}

impl SpecError {
    /// File, line and field, each followed by a colon and a space.
    fn place(&self) -> String {
        let mut place = match &self.file {
            Some(file) => format!("{}: ", file.display()),
            None => "run spec: ".to_owned(),
        };
        if let Some(line) = self.line {
            place += &format!("line {line}: ");
        }
        if let Some(key) = &self.key {
            place += &format!("{key}: ");
        }
        place
    }

    /// An error of the file as a whole.
    pub(super) fn of_file(problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { file: None, line: None, key: None, problem: one_line(&problem.into()), fix: fix.into() }
    }

    /// A part that does not fit, found in `line`.
    pub(super) fn of_field(misfit: Misfit, line: Option<usize>) -> Self {
        Self { file: None, line, key: Some(misfit.key), problem: one_line(&misfit.problem), fix: misfit.fix }
    }
}

/// The text in one line, with what paths and foreign messages may hide in it written out.
fn one_line(text: &str) -> String {
    visible(&text.replace(['\n', '\r'], " ")).into_owned()
}

/// A text from a file, fit to stand in a message: quoted, without control characters, not too long.
pub(in crate::problem) fn quoted(text: &str) -> String {
    let mut brief: String = text.chars().take(40).collect();
    if brief.len() < text.len() {
        brief.push('…');
    }
    format!("{brief:?}")
}

/// The candidate that `name` is most likely a slip of.
pub(in crate::problem) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: String = name.chars().take(60).flat_map(char::to_lowercase).collect();
    let limit = (name.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= limit && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_what_was_meant() {
        let keys = ["widths", "dim", "depth", "filters"];
        assert_eq!(nearest("witdhs", keys), Some("widths"));
        assert_eq!(nearest("Depth", keys), Some("depth"));
        assert_eq!(nearest("width", keys), Some("widths"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest("q", keys), None);
        assert_eq!(nearest("", keys), None);
    }

    #[test]
    fn quotations_are_short_and_printable() {
        assert_eq!(quoted("a\nb"), r#""a\nb""#);
        assert!(quoted(&"x".repeat(1000)).chars().count() < 50);
    }
}
