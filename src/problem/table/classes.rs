//! Labels that are classes: which one counts as 1, which ones as −1, and which are no labels at all.
//!
//! With two labels in a table there is no doubt, and with more the rest is one class. But a mark for a missing value is no class, nor is
//! a number in a notation that is not read, nor what differs from the positive label in capitals or spaces alone: to count such a
//! row as −1 would be an example that nobody gave. Whoever means it lists it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use rug::Rational;

use super::heading::some_of;
use super::rows::Field;
use super::writing::{Writing, is_missing};
use super::{Place, Selection};
use crate::problem::fit::misfit;
use crate::problem::spec::{nearest, quoted};
use crate::problem::{Misfit, parse_nearest_f64};

/// The labels of a table as texts, each distinct one once.
#[derive(Default)]
pub(super) struct Classes<'a> {
    distinct: Vec<Class<'a>>,
    places: HashMap<Cow<'a, str>, u32>,
    of_row: Vec<u32>,
}

/// A text that stands as a label.
pub(super) struct Class<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where it stands first.
    place: Place,
    /// In how many rows.
    pub(super) rows: usize,
}

/// Labels are compared as numbers if both are numbers.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Number(Rational),
    Text(String),
}

impl Key {
    fn of(text: &str) -> Self {
        parse_nearest_f64(text).map_or_else(|_| Self::Text(text.to_owned()), Self::Number)
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }
}

impl<'a> Classes<'a> {
    /// Takes the label of one more row, which stands at `place`.
    pub(super) fn push(&mut self, label: &Field<'a>, place: impl FnOnce() -> Place) {
        let text = &label.text;
        let number = match self.places.get(text) {
            Some(&number) => number,
            None => {
                let number = self.distinct.len() as u32;
                self.places.insert(text.clone(), number);
                self.distinct.push(Class { text: text.clone(), place: place(), rows: 0 });
                number
            }
        };
        self.distinct[number as usize].rows += 1;
        self.of_row.push(number);
    }

    /// All texts that stand as labels, in the order of their first rows.
    pub(super) fn distinct(&self) -> &[Class<'a>] {
        &self.distinct
    }

    /// The label 1 or −1 of each row.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] that names `data.positive`, or `data.path` with the row whose label is none.
    pub(super) fn signs(&self, positive: &str, selection: &Selection) -> Result<Vec<f64>, Misfit> {
        let keys: Vec<Key> = self.distinct.iter().map(|class| Key::of(&class.text)).collect();
        let positive_key = Key::of(positive);
        let negative: Option<HashSet<Key>> =
            selection.negative.as_ref().map(|list| list.iter().map(|text| Key::of(text)).collect());
        let count = keys.iter().collect::<HashSet<_>>().len();
        let mut signs = Vec::with_capacity(keys.len());
        for (key, class) in keys.iter().zip(&self.distinct) {
            let refused = |problem: String, fix: &str| class.place.refused(&problem, fix);
            if *key == positive_key {
                signs.push(1.0);
                continue;
            }
            signs.push(-1.0);
            let text = quoted(&class.text);
            let listed = "or list it in data.negative";
            match &negative {
                Some(negative) if negative.contains(key) => {}
                Some(_) if class.text.is_empty() => {
                    return Err(refused("the label is missing".to_owned(), "drop or complete the row"));
                }
                Some(_) => {
                    let problem = format!("the label {text} is neither data.positive nor in data.negative");
                    return Err(refused(problem, "correct or drop the row, or add it to data.negative"));
                }
                None if class.text.is_empty() => {
                    let fix = if selection.labels.is_empty() {
                        "drop or complete the row; if every line ends in a comma, remove it or give data.label"
                    } else {
                        "drop or complete the row"
                    };
                    return Err(refused("the label is missing".to_owned(), fix));
                }
                // The two labels of a scale: + and −.
                None if is_missing(&class.text) && !(positive == "+" && class.text == "-") => {
                    let problem = format!("the label is missing ({text})");
                    return Err(refused(problem, &format!("drop or complete the row, {listed}")));
                }
                None if Writing::of(&class.text) == Writing::OtherNumber => {
                    let problem = format!("the label {text} is a number in a notation that is not read");
                    return Err(refused(problem, &format!("write a plain decimal, {listed}")));
                }
                None if class.text.contains(char::is_control) => {
                    let problem = format!("the label {text} has several lines, as after a quote that closes too late");
                    return Err(refused(problem, &format!("correct the quotes, {listed}")));
                }
                None if plain(&class.text) == plain(positive) => {
                    let problem = format!("the label {text} is all but data.positive, {}", quoted(positive));
                    return Err(refused(problem, &format!("write both alike, {listed}")));
                }
                None if count > 2 && key.is_number() != positive_key.is_number() => {
                    let (kind, other) = if key.is_number() { ("a number", "a text") } else { ("a text", "a number") };
                    let problem = format!("the label {text} is {kind} and data.positive {other}");
                    return Err(refused(problem, &format!("correct or drop the row, {listed}")));
                }
                None if count > 2 && is_slip(&class.text, positive) => {
                    let problem =
                        format!("the label {text} is one letter away from data.positive, {}", quoted(positive));
                    return Err(refused(problem, &format!("write both alike if they are one, {listed}")));
                }
                None => {}
            }
        }
        if !signs.contains(&1.0) {
            return Err(self.no_such_label(positive));
        }
        Ok(self.of_row.iter().map(|&number| signs[number as usize]).collect())
    }

    fn no_such_label(&self, positive: &str) -> Misfit {
        let texts = || self.distinct.iter().take(11).map(|class| &*class.text);
        let fix = match nearest(positive, texts()) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("choose one of {}", some_of(texts())),
        };
        misfit("data.positive", format!("no row has the label {}", quoted(positive)), fix)
    }
}

/// A label without what the eye passes over: capitals, spaces, quotes, full stops.
fn plain(text: &str) -> String {
    let invisible = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}');
    let passed = |c: char| c.is_whitespace() || c.is_control() || invisible(c) || "'\"`’‘“”.".contains(c);
    text.to_lowercase().chars().filter(|&c| !passed(c)).collect()
}

/// Whether two labels are the same one.
pub(super) fn is_same_label(a: &str, b: &str) -> bool {
    Key::of(a) == Key::of(b)
}

/// Whether one text may be a slip of the other: words that differ in one letter.
fn is_slip(one: &str, other: &str) -> bool {
    let is_word = |text: &str| text.chars().count() >= 3 && text.chars().all(char::is_alphabetic);
    is_word(one) && is_word(other) && strsim::damerau_levenshtein(&one.to_lowercase(), &other.to_lowercase()) == 1
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn a_word_with_one_other_letter_may_be_a_slip() {
        for one in ["setose", "Setosaa", "setoas"] {
            assert!(is_slip(one, "setosa"), "{one}");
        }
        for (one, other) in [("virginica", "setosa"), ("1", "2"), ("b", "a"), ("x1", "x2")] {
            assert!(!is_slip(one, other), "{one} {other}");
        }
    }
}
