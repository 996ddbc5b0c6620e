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
    /// A number and something about it, of which a name may look the same: `12 kg`, `1st`, `12:30`, `tensor(1.0)`, `EUR 5`; or what begins
    /// with a sign that no name begins with.
    Measure,
    /// A mark for a missing value, the empty field among them.
    Missing,
    /// `true`, `false`, `yes` or `no`.
    Truth,
    /// Anything else.
    Word,
}

/// Marks of missing values in lower case, but those that have neither letter nor digit.
const MISSING: [&str; 50] = [
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
    "not applicable",
    "not recorded",
    "no data",
    "nodata",
    "unk",
    "nan(ind)",
    "-nan(ind)",
    "nan%",
    "1.#inf",
    "-1.#inf",
    "-1.#ind00",
    "pd.na",
    ".a",
    "k.a.",
    "s/d",
];

/// Whether a field is a mark for a missing value: of a spreadsheet (also of a computation that failed there), of a statistics package,
/// of a database, or nothing but signs (`-`, `.`, `?`, `…`).
pub(super) fn is_missing(text: &str) -> bool {
    if !text.chars().any(char::is_alphanumeric) {
        return true;
    }
    let lower = text.to_lowercase();
    // What spreadsheets write in the place of a value in every language, and a word in brackets.
    let failed =
        lower.strip_prefix('#').is_some_and(|rest| rest.starts_with(char::is_alphabetic)) || lower.starts_with("err:");
    let inside = |open, close| lower.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
    let bracketed = inside('(', ')').or_else(|| inside('<', '>')).or_else(|| inside('[', ']'));
    let is_remark = bracketed.is_some_and(|word| word.chars().all(|c| c.is_alphabetic() || " /_.".contains(c)));
    failed || is_remark || MISSING.contains(&lower.as_str())
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
        let name = text.strip_prefix("# ").or_else(|| text.strip_prefix('%')).unwrap_or(text);
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            || name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if begins && is_unit || !is_name || holds_a_number(text) { Self::Measure } else { Self::Word }
    }
}

/// `tensor(1.0)`, `b'1'`, `EUR 5`: a word around or before a number, as programs print values and people amounts.
fn holds_a_number(text: &str) -> bool {
    let number = |text: &str| parse_nearest_f64(text.trim()).is_ok();
    let call = text.strip_suffix(')').and_then(|rest| rest.split_once('('));
    let literal = text.split_once(['\'', '"']).and_then(|(_, rest)| rest.strip_suffix(['\'', '"']));
    let amount =
        text.split_once(' ').filter(|(word, _)| word.len() == 3 && word.chars().all(|c| c.is_ascii_uppercase()));
    [call, amount].into_iter().flatten().any(|(_, inside)| number(inside)) || literal.is_some_and(number)
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
    fn what_may_be_a_value_is_no_certain_word() {
        let values = [
            "12:30",
            "1+2j",
            "1±0.1",
            "1.0 (0.1)",
            "1.5e3 m",
            "12 percent",
            "EUR 5",
            "1*2",
            "2^3",
            "=1+1",
            "tensor(1.)",
            "np.float64(1.0)",
            "b'1'",
            "1;2",
            "<LOD",
            "2020-01-01",
            "20-29",
            "1/2",
        ];
        for text in values {
            assert!(!matches!(Writing::of(text), Writing::Word | Writing::Number), "{text}");
        }
        for text in ["x1", "_id", "length (cm)", "petal.length", "été", "x (raw)", "layer 2", "d_0"] {
            assert_eq!(Writing::of(text), Writing::Word, "{text}");
        }
        for text in ["#NV", "#N/D", "#VALUE", "Err:502", "(blank)", "<blank>", "[NULL]", "no data", "nan(ind)"] {
            assert!(is_missing(text), "{text}");
        }
        assert!(!is_missing("(0, 1]") && !is_missing("malignant"));
    }

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
                ],
            ),
        ] {
            for text in texts {
                assert_eq!(Writing::of(text), writing, "{text}");
            }
        }
    }
}
