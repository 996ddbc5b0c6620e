//! The tables and values of a run spec, read by type, each knowing its dotted name.
//!
//! Nothing here knows what a key means.

use rug::{Integer, Rational};
use toml::de::{DeTable, DeValue};

use super::error::{nearest, quoted};
use super::keys;
use crate::problem::fit::misfit;
use crate::problem::table::Column;
use crate::problem::{Matrix, Misfit, NumberError, parse_exact, parse_nearest_f64};

/// One table of a run spec.
pub(in crate::problem) struct Section<'a> {
    name: &'static str,
    table: &'a DeTable<'a>,
}

impl<'a> Section<'a> {
    /// The whole file. Its keys are checked here.
    pub(super) fn root(table: &'a DeTable<'a>) -> Result<Self, Misfit> {
        Self { name: "", table }.with_known_keys()
    }

    /// The table `[name]`, which must be there. Its keys are checked here.
    pub(super) fn open(&self, name: &'static str) -> Result<Self, Misfit> {
        let example = keys::example(name);
        match self.field(name) {
            Some(field) => Self { name, table: field.table()? }.with_known_keys(),
            None => Err(misfit(name, format!("the table [{name}] is missing"), format!("add it: {example}"))),
        }
    }

    /// A table inside this one, under a dotted name that [`keys`] knows.
    pub(super) fn inline(name: &'static str, field: &Field<'a>) -> Result<Self, Misfit> {
        Self { name, table: field.table()? }.with_known_keys()
    }

    fn with_known_keys(self) -> Result<Self, Misfit> {
        let (known, planned) = keys::of(self.name);
        for (key, _) in self.table {
            let key = key.get_ref();
            if known.contains(&key.as_ref()) || planned.contains(&key.as_ref()) {
                continue;
            }
            let fix = if let Some(section) = keys::section_of(key) {
                format!("did you mean {}?", dotted(section, key))
            } else if let Some(near) = nearest(key, known.iter().copied()) {
                format!("did you mean {}?", dotted(self.name, near))
            } else {
                format!("the keys here are {}", known.join(", "))
            };
            return Err(misfit(&dotted(self.name, &plain(key)), "there is no such key", fix));
        }
        Ok(self)
    }

    /// The value of `key`, if it is there.
    pub(super) fn field(&self, key: &str) -> Option<Field<'a>> {
        self.table.get(key).map(|value| Field { key: dotted(self.name, key), value: value.get_ref() })
    }

    /// The value of `key`, which must be there.
    pub(in crate::problem) fn required(&self, key: &str, fix: &str) -> Result<Field<'a>, Misfit> {
        self.field(key).ok_or_else(|| self.missing(key, fix))
    }

    /// The error that `key` is not there.
    pub(super) fn missing(&self, key: &str, fix: &str) -> Misfit {
        self.wrong(key, "the key is missing", fix)
    }

    /// An error about `key`, whether it is there or not.
    pub(super) fn wrong(&self, key: &str, problem: impl Into<String>, fix: impl Into<String>) -> Misfit {
        misfit(&dotted(self.name, key), problem, fix)
    }

    /// Refuses keys that have no meaning beside what `because` names.
    pub(in crate::problem) fn refuse(&self, keys: &[&str], because: &str) -> Result<(), Misfit> {
        match keys.iter().find(|key| self.table.get(**key).is_some()) {
            Some(key) => {
                Err(misfit(&dotted(self.name, key), format!("the key has no meaning {because}"), "leave it out"))
            }
            None => Ok(()),
        }
    }
}

/// The dotted name of a key.
pub(super) fn dotted(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}

/// A key as it is, if it is a plain one.
fn plain(key: &str) -> String {
    let bare = |character: char| character.is_alphanumeric() || character == '_' || character == '-';
    if !key.is_empty() && key.len() <= 40 && key.chars().all(bare) { key.to_owned() } else { quoted(key) }
}

/// One value of a run spec.
pub(in crate::problem) struct Field<'a> {
    key: String,
    value: &'a DeValue<'a>,
}

impl<'a> Field<'a> {
    /// An error about this value.
    pub(super) fn wrong(&self, problem: impl Into<String>, fix: impl Into<String>) -> Misfit {
        misfit(&self.key, problem, fix)
    }

    fn wrong_type(&self, expected: &str, example: &str) -> Misfit {
        self.wrong(format!("{} stands where {expected} should", kind(self.value)), format!("write {example}"))
    }

    fn table(&self) -> Result<&'a DeTable<'a>, Misfit> {
        self.value.as_table().ok_or_else(|| {
            let (problem, fix) =
                (format!("{} stands where a table should", kind(self.value)), keys::example(&self.key));
            self.wrong(problem, format!("write {fix}"))
        })
    }

    /// A string.
    pub(super) fn text(&self) -> Result<&'a str, Misfit> {
        self.value.as_str().ok_or_else(|| self.wrong_type("a string", "it in quotes"))
    }

    /// One of a few names. Those that are `planned` are known and not offered.
    pub(in crate::problem) fn choice(&self, names: &[&'static str], planned: &[&str]) -> Result<&'static str, Misfit> {
        let list = names.iter().map(|name| format!("{name:?}")).collect::<Vec<String>>().join(", ");
        let text = self.value.as_str().ok_or_else(|| self.wrong_type("a name", &format!("one of {list}")))?;
        if planned.contains(&text) {
            return Err(self.wrong(format!("{text:?} is not supported yet"), format!("choose one of {list}")));
        }
        names.iter().copied().find(|name| *name == text).ok_or_else(|| {
            let fix = match nearest(text, names.iter().copied()) {
                Some(near) => format!("did you mean {near:?}? The choice is {list}"),
                None => format!("choose one of {list}"),
            };
            self.wrong(format!("there is no {}", quoted(text)), fix)
        })
    }

    /// `true` or `false`.
    pub(super) fn truth(&self) -> Result<bool, Misfit> {
        self.value.as_bool().ok_or_else(|| self.wrong_type("true or false", "true or false, without quotes"))
    }

    /// A whole number from 0 to 2⁶⁴ − 1.
    pub(super) fn count(&self) -> Result<u64, Misfit> {
        match whole(self.value) {
            Some(Ok(value)) => value.to_u64().ok_or_else(|| {
                let problem =
                    if value < 0 { "the number is negative" } else { "the number is above 18446744073709551615" };
                self.wrong(problem, COUNT)
            }),
            Some(Err(error)) => Err(self.wrong(format!("the number {error}"), COUNT)),
            None => Err(self.wrong_type("a whole number", "a whole number, without quotes or a decimal point")),
        }
    }

    /// A size: a whole number that memory can be indexed with.
    pub(in crate::problem) fn size(&self) -> Result<usize, Misfit> {
        usize::try_from(self.count()?).map_err(|_| self.wrong("the number is too large", "give a smaller one"))
    }

    /// Sizes.
    pub(in crate::problem) fn sizes(&self) -> Result<Vec<usize>, Misfit> {
        self.entries("whole numbers", "[2, 3, 1]")?.iter().map(|entry| self.part(entry.get_ref()).size()).collect()
    }

    /// Whole numbers.
    pub(super) fn counts(&self) -> Result<Vec<u64>, Misfit> {
        self.entries("whole numbers", "[0, 1, 10]")?.iter().map(|entry| self.part(entry.get_ref()).count()).collect()
    }

    /// A number, exact.
    pub(super) fn number(&self) -> Result<Rational, Misfit> {
        let (value, text) = match self.value {
            DeValue::Integer(_) => match whole(self.value) {
                Some(value) => (value.map(Rational::from), String::new()),
                None => (Err(NumberError::Syntax), String::new()),
            },
            DeValue::Float(float) => (parse_nearest_f64(float.as_str()), float.as_str().to_owned()),
            DeValue::String(text) => (parse_exact(text), quoted(text)),
            _ => return Err(self.wrong_type("a number", "a number, or a string such as \"1/1024\"")),
        };
        value.map_err(|error| {
            let subject = if text.is_empty() || text.len() > 60 { "the number".to_owned() } else { text };
            self.wrong(format!("{subject} {error}"), number_fix(error))
        })
    }

    /// A list of numbers.
    pub(super) fn numbers(&self) -> Result<Vec<Rational>, Misfit> {
        self.numbers_at("")
    }

    fn numbers_at(&self, place: &str) -> Result<Vec<Rational>, Misfit> {
        let entries = self.entries("a list of numbers", "[0.5, \"1/3\"]").map_err(|error| placed(error, place))?;
        let mut numbers = Vec::with_capacity(entries.len());
        for (j, entry) in entries.iter().enumerate() {
            let number = self.part(entry.get_ref()).number();
            numbers.push(number.map_err(|error| placed(error, &format!("{place}entry {}: ", j + 1)))?);
        }
        Ok(numbers)
    }

    /// Rows of numbers, all of one length.
    pub(super) fn matrix(&self) -> Result<Matrix<Rational>, Misfit> {
        self.matrix_at("")
    }

    fn matrix_at(&self, place: &str) -> Result<Matrix<Rational>, Misfit> {
        let entries = self.entries("rows of numbers", "[[1, 2], [3, 4]]").map_err(|error| placed(error, place))?;
        let mut rows: Vec<Vec<Rational>> = Vec::with_capacity(entries.len());
        for (i, entry) in entries.iter().enumerate() {
            let row = self.part(entry.get_ref()).numbers_at(&format!("{place}row {}: ", i + 1))?;
            if let Some(first) = rows.first()
                && first.len() != row.len()
            {
                let problem =
                    format!("{place}row {} has length {} and row 1 has length {}", i + 1, row.len(), first.len());
                return Err(self.wrong(problem, "make all rows equally long"));
            }
            rows.push(row);
        }
        let (count, columns) = (rows.len(), rows.first().map_or(0, Vec::len));
        Matrix::from_rows(rows).ok_or_else(|| {
            self.wrong(format!("{place}the {count} rows are not all of length {columns}"), "make all rows equally long")
        })
    }

    /// Layers, each a matrix or, if `vectors`, one row.
    pub(super) fn layers(&self, vectors: bool) -> Result<Vec<Matrix<Rational>>, Misfit> {
        let example = if vectors {
            "[[1, 2], [3, 4]], one vector a layer"
        } else {
            "[[[1, 2], [3, 4]], [[5, 6]]], rows of each layer"
        };
        let mut layers = Vec::new();
        for (k, entry) in self.entries("the layers' weights", example)?.iter().enumerate() {
            let layer = self.part(entry.get_ref());
            let place = format!("layer {}: ", k + 1);
            layers.push(if vectors {
                Matrix::row_vector(layer.numbers_at(&place)?)
            } else {
                layer.matrix_at(&place)?
            });
        }
        Ok(layers)
    }

    /// Whether this is a list.
    pub(super) fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// Whether this is a list whose first entry is a list itself.
    pub(super) fn is_nested(&self) -> bool {
        self.value.as_array().and_then(|array| array.first()).is_some_and(|entry| entry.get_ref().is_array())
    }

    /// The entries of a list, each under this value's name.
    pub(super) fn parts(&self, expected: &str, example: &str) -> Result<Vec<Field<'a>>, Misfit> {
        Ok(self.entries(expected, example)?.iter().map(|entry| self.part(entry.get_ref())).collect())
    }

    /// A string or a whole number, to name a column with.
    pub(super) fn column(&self) -> Result<Column, Misfit> {
        match self.value {
            DeValue::String(name) => Ok(Column::Name(name.clone().into_owned())),
            DeValue::Integer(_) => self.size().map(Column::Index),
            _ => Err(self.wrong_type("a column", "its name in quotes, or its number counted from 0")),
        }
    }

    fn entries(&self, expected: &str, example: &str) -> Result<&'a [toml::Spanned<DeValue<'a>>], Misfit> {
        self.value.as_array().map(AsRef::as_ref).ok_or_else(|| self.wrong_type(expected, example))
    }

    fn part(&self, value: &'a DeValue<'a>) -> Field<'a> {
        Field { key: self.key.clone(), value }
    }
}

/// What a count may be.
const COUNT: &str = "give a whole number, at least 0 and at most 18446744073709551615";

/// The same error, said of a place inside the value.
fn placed(error: Misfit, place: &str) -> Misfit {
    Misfit { problem: format!("{place}{}", error.problem), ..error }
}

/// The value of a TOML integer, of any size.
fn whole(value: &DeValue<'_>) -> Option<Result<Integer, NumberError>> {
    let integer = value.as_integer()?;
    let (text, radix) = (integer.as_str(), integer.radix());
    if text.len() > crate::problem::MAX_LENGTH {
        return Some(Err(NumberError::TooLong));
    }
    // The radix is 2, 8, 10 or 16.
    Some(Integer::from_str_radix(text, radix as i32).map_err(|_| NumberError::Syntax))
}

fn number_fix(error: NumberError) -> String {
    match error {
        NumberError::Syntax => "write a decimal (0.5, 1e-3) or a fraction (\"1/3\")".to_owned(),
        NumberError::ZeroDenominator => "give a denominator that is not zero".to_owned(),
        NumberError::Exponent => format!("keep exponents between -{0} and {0}", crate::problem::MAX_EXPONENT),
        NumberError::TooLong => format!("write it with at most {} characters", crate::problem::MAX_LENGTH),
        NumberError::NotFinite => {
            "give a number of absolute value below 1.8e308, or in quotes to take it exactly".to_owned()
        }
    }
}

/// What a TOML value is.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
