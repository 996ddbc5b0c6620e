//! A verification as lines of columns, for programs that read such.

use super::results::{ClaimResult, Control, Results};
use crate::visible::visible;

/// The columns, in their order: keys of the JSON of a claim, and whether it came out as expected. New ones are added behind the last.
const COLUMNS: [&str; 19] = [
    "id",
    "paper",
    "expected",
    "status",
    "as_expected",
    "scope",
    "evidence",
    "instances",
    "applicable",
    "informative",
    "undecided",
    "attained",
    "worst_ratio",
    "agrees_to",
    "max_bits",
    "horizon",
    "control",
    "seconds",
    "note",
];

/// A head, and a line a claim, with a tab between two columns. What there is not is empty; a tab, a line break and a backslash inside a text
/// are `\t`, `\n` and `\\`.
#[must_use]
pub fn verification(results: &Results) -> String {
    let head = COLUMNS.map(str::to_owned);
    // On one's own run nothing is expected, and no control is run.
    let is_own_run = results.spec.is_some();
    let lines = std::iter::once(head).chain(results.claims.iter().map(|claim| line(claim, is_own_run)));
    lines.map(|cells| cells.map(|cell| escaped(&cell)).join("\t") + "\n").collect()
}

fn line(claim: &ClaimResult, is_own_run: bool) -> [String; COLUMNS.len()] {
    let control = claim.control.map_or("", |control| match control {
        Control::Caught => "caught",
        Control::Missed => "missed",
    });
    let as_expected = match claim.as_expected() {
        _ if is_own_run => "",
        true => "yes",
        false => "no",
    };
    [
        claim.id.clone(),
        claim.paper.clone(),
        claim.expected.to_string(),
        claim.status.to_string(),
        as_expected.to_owned(),
        claim.scope.to_string(),
        claim.evidence.map(|evidence| evidence.to_string()).unwrap_or_default(),
        claim.instances.to_string(),
        claim.applicable.to_string(),
        claim.informative.to_string(),
        claim.undecided.to_string(),
        claim.attained.to_string(),
        claim.worst_ratio.clone().unwrap_or_default(),
        claim.agrees_to.clone().unwrap_or_default(),
        claim.max_bits.to_string(),
        claim.horizon.to_string(),
        control.to_owned(),
        claim.seconds.to_string(),
        claim.note.clone(),
    ]
}

/// The text on one line and in one column, and with nothing hidden in it.
fn escaped(text: &str) -> String {
    visible(&text.replace('\\', "\\\\")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_in_its_column() {
        assert_eq!(escaped("a\tb\nc\\d\re ≤"), "a\\tb\\nc\\\\d\\re ≤");
    }
}
