//! What a field looks like: a number, a mark for a missing one, a number in a notation that is not read, or a word.
//!
//! Tables come out of spreadsheets, statistics packages and databases, each with notations of its own. None of them may be taken for
//! something else in silence, so the first row is a header only if every field there is a word, and a label counts as a class only
//! if it is no mark.

use crate::problem::{NumberError, parse_nearest_f64};

/// What a field looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// A number that is read.
    Number,
    /// A number that is not: beyond the range of f64, with separators of thousands, a decimal comma, a currency, a typographic minus, …
    OtherNumber,
    /// A number and a unit, of which a name may look the same: `12 kg`, `1st`.
    Measure,
    /// A mark for a missing value, the empty field among them.
    Missing,
    /// `true`, `false`, `yes` or `no`.
    Truth,
    /// Anything else.
    Word,
}

/// Marks of missing values in lower case, but those that have neither letter nor digit.
const MISSING: [&str; 35] = [
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "<na>",
    "(na)",
    "nan",
    "-nan",
    "+nan",
    "#n/a",
    "#n/a n/a",
    "#na",
    "1.#ind",
    "-1.#ind",
    "1.#qnan",
    "-1.#qnan",
    "nd",
    "n.d.",
    "n/d",
    "null",
    "(null)",
    "<null>",
    "#null!",
    "none",
    "nil",
    "nat",
    "\\n",
    "missing",
    "undefined",
    "unknown",
    "void",
    "blank",
    "empty",
    "tbd",
    "not available",
];

/// Whether a field is a mark for a missing value: of a spreadsheet (also of a computation that failed there), of a statistics package,
/// of a database, or nothing but signs (`-`, `.`, `?`, `…`).
pub(super) fn is_missing(text: &str) -> bool {
    if !text.chars().any(char::is_alphanumeric) {
        return true;
    }
    let lower = text.to_lowercase();
    let failed = lower.starts_with('#') && (lower.ends_with('!') || lower.ends_with('?'));
    failed || MISSING.contains(&lower.as_str())
}

impl Writing {
    /// What `text`, a field without spaces around it, looks like.
    pub(super) fn of(text: &str) -> Self {
        match parse_nearest_f64(text) {
            Ok(_) => return Self::Number,
            Err(_) if is_missing(text) => return Self::Missing,
            Err(NumberError::Syntax) => {}
            Err(_) => return Self::OtherNumber,
        }
        let lower = text.to_lowercase();
        if ["true", "false", "yes", "no"].contains(&lower.as_str()) {
            return Self::Truth;
        }
        // What may stand around the digits of an amount.
        let decoration = |c: char| !c.is_alphanumeric();
        let core = lower.trim_matches(decoration);
        let digits = |text: &str| text.chars().all(|c| c.is_numeric() || "., '’_\u{a0}\u{202f}\u{2009}".contains(c));
        let begins = core.starts_with(char::is_numeric);
        if begins && (digits(core) || is_hexadecimal(core) || is_scientific(core)) {
            return Self::OtherNumber;
        }
        let unit = core.trim_start_matches(|c: char| digits(c.encode_utf8(&mut [0; 4])));
        let is_unit = unit.chars().count() <= 4 && unit.chars().all(|c| c.is_alphabetic() || c == '/' || c == '^');
        if begins && is_unit { Self::Measure } else { Self::Word }
    }
}

/// `0x1f`.
fn is_hexadecimal(text: &str) -> bool {
    text.strip_prefix("0x").is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_hexdigit()))
}

/// `1,5e3`, `1d+05`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'd']) else { return false };
    let exponent = exponent.trim_start_matches(['+', '-', '−']);
    let all = |text: &str, others: &str| !text.is_empty() && text.chars().all(|c| c.is_numeric() || others.contains(c));
    all(mantissa, ".,'’_") && all(exponent, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_is_known_for_what_it_is() {
        for (writing, texts) in [
            (Writing::Number, &["0", "-1.5e-3", "+7", ".5", "5.", "9007199254740993", "1e-400"][..]),
            (
                Writing::OtherNumber,
                &[
                    "1,250",
                    "1.250,00",
                    "1 250",
                    "1\u{a0}250",
                    "1'250",
                    "1’250.5",
                    "1_000",
                    "−1",
                    "–2.5",
                    "1,5",
                    "5%",
                    "$5",
                    "€ 1.250,00",
                    "12 €",
                    "(5)",
                    "5-",
                    "1e400",
                    "-1E+999",
                    "0x10",
                    "-0x1F",
                    "1d5",
                    "1,5e3",
                    "1D+05",
                    "inf",
                    "-Infinity",
                    "１２",
                    "½",
                    "#5",
                    "<0.1",
                    "~5",
                ],
            ),
            (Writing::Measure, &["12kg", "12 kg", "5in", "1st", "3 m/s", ">50K"]),
            (
                Writing::Missing,
                &[
                    "", "?", "-", "--", "–", "—", ".", "..", "…", "*", ":", "NA", "n/a", "N.A.", "#N/A", "#REF!",
                    "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "NaN", "-nan", "NULL", "None", "nil", "\\N",
                    "<NA>", "1.#IND", "missing", "Unknown", "n.d.", "_",
                ],
            ),
            (Writing::Truth, &["TRUE", "False", "yes", "No"]),
            (
                Writing::Word,
                &[
                    "a",
                    "x1",
                    "sepal width (cm)",
                    "1x1",
                    "28x28",
                    "1stFlrSF",
                    "f(x)",
                    "%fat",
                    "# id",
                    "price_in_€",
                    "nano",
                    "infinite",
                    "setosa",
                    "2nd_floor",
                    "x_1.5",
                    "e5",
                    "année",
                    "20-29",
                ],
            ),
        ] {
            for text in texts {
                assert_eq!(Writing::of(text), writing, "{text}");
            }
        }
    }
}
