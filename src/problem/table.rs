//! Examples from a table of comma-separated values.
//!
//! A number is read like a number of a run spec: an integer is exact, anything else means its nearest f64. A row that lacks a
//! number is refused, never skipped: whoever trains on fewer examples than the file holds should have decided so.

use std::path::Path;

use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};
use rug::Rational;

use super::fit::misfit;
use super::spec::{nearest, quoted};
use super::{Matrix, Misfit, NumberError, input, parse_nearest_f64};

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// By its name in the first row.
    Name(String),
    /// By its number, counted from 0.
    Index(usize),
}

/// Which columns are the label and the features.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// The label's column; the last if missing.
    pub(super) label: Option<Column>,
    /// The label that counts as 1, every other one as −1; without it labels are numbers.
    pub(super) positive: Option<String>,
    /// The features' columns, in this order; all but the label if missing.
    pub(super) columns: Option<Vec<Column>>,
}

/// Reads the examples: a row of features and a row of one label for each row of the table.
///
/// # Header
///
/// If the selection names a column, the first row is a header. Otherwise it is one if, among the features' columns, it has no
/// number and at least one text that does not stand for a missing value. A first row that mixes numbers and other
/// texts is taken for data, and refused as such.
///
/// # Errors
///
/// A [`Misfit`] that names `data.path`, `data.label`, `data.positive` or `data.columns`; row and column where it applies.
pub(super) fn read(path: &Path, selection: &Selection) -> Result<(Matrix<Rational>, Matrix<Rational>), Misfit> {
    let records = records(path)?;
    let Some((first, _)) = records.first() else {
        return Err(misfit("data.path", format!("{} is empty", path.display()), "give a table with at least one row"));
    };
    let named = |column: &Column| matches!(column, Column::Name(_));
    let by_name = selection.label.iter().any(named) || selection.columns.iter().flatten().any(named);
    let heading = Heading { path, names: first };
    let label = match &selection.label {
        Some(column) => heading.locate("data.label", column)?,
        None => first.len() - 1,
    };
    let features = heading.features(selection.columns.as_deref(), label)?;
    let headed = by_name || is_header(first, &features);
    let rows = if headed { &records[1..] } else { &records[..] };
    if rows.is_empty() {
        let problem = format!("{} has a header and no rows", path.display());
        return Err(misfit("data.path", problem, "give a table with at least one example"));
    }
    let mut x = Vec::with_capacity(rows.len());
    let mut y = Vec::with_capacity(rows.len());
    for (i, (record, line)) in rows.iter().enumerate() {
        let cell = |j: usize| Cell {
            path,
            row: i + 1,
            line: *line,
            column: if headed { quoted(&first[j]) } else { format!("{j} (counted from 0)") },
            text: &record[j],
        };
        x.push(features.iter().map(|&j| cell(j).feature()).collect::<Result<Vec<Rational>, Misfit>>()?);
        y.push(match &selection.positive {
            Some(_) if record[label].is_empty() => {
                return Err(cell(label).refused("the label is missing", "drop or complete the row"));
            }
            Some(positive) => Rational::from(if record[label] == **positive { 1 } else { -1 }),
            None => cell(label).label()?,
        });
    }
    if let Some(positive) = &selection.positive
        && y.iter().all(|label| *label < 0)
    {
        return Err(no_such_label(positive, rows.iter().map(|(row, _)| &row[label])));
    }
    Ok((
        Matrix::from_fn(rows.len(), features.len(), |i, j| x[i][j].clone()),
        Matrix::from_fn(rows.len(), 1, |i, _| y[i].clone()),
    ))
}

/// The rows of a file, each with its line.
fn records(path: &Path) -> Result<Vec<(StringRecord, u64)>, Misfit> {
    let refused = |error: csv::Error| {
        let line = error.position().map_or(String::new(), |position| format!(" line {}:", position.line()));
        let (problem, fix) = match error.kind() {
            ErrorKind::Io(error) => {
                (format!(" it cannot be read: {error}"), "give a file that exists, by a path relative to the spec")
            }
            ErrorKind::UnequalLengths { expected_len, len, .. } => (
                format!("{line} {len} fields where the first row has {expected_len}"),
                "give every row the same number of fields",
            ),
            ErrorKind::Utf8 { .. } => (format!("{line} it is not a text in UTF-8"), "save the table in UTF-8"),
            _ => (format!("{line} {error}"), "give a table of comma-separated values"),
        };
        misfit("data.path", format!("{}:{problem}", path.display()), fix)
    };
    let bytes = input::read(path).map_err(|error| refused(error.into()))?;
    ReaderBuilder::new()
        .has_headers(false)
        .trim(Trim::All)
        .from_reader(&*bytes)
        .records()
        .map(|record| {
            let record = record.map_err(refused)?;
            let line = record.position().map_or(0, csv::Position::line);
            Ok((record, line))
        })
        .collect()
}

/// The first row of a table, in which columns are looked up.
struct Heading<'a> {
    path: &'a Path,
    names: &'a StringRecord,
}

impl Heading<'_> {
    /// The number of a column.
    fn locate(&self, key: &str, column: &Column) -> Result<usize, Misfit> {
        let (path, count) = (self.path.display(), self.names.len());
        match column {
            Column::Index(index) if *index < count => Ok(*index),
            Column::Index(index) => {
                let problem = format!("there is no column {index}: {path} has {count}, counted from 0");
                Err(misfit(key, problem, format!("give a number up to {}", count - 1)))
            }
            Column::Name(name) => {
                let mut places = (0..count).filter(|&j| self.names[j] == **name);
                match (places.next(), places.next()) {
                    (Some(place), None) => Ok(place),
                    (Some(_), Some(_)) => {
                        let problem = format!("{path} has several columns named {}", quoted(name));
                        Err(misfit(key, problem, "give the column by its number, counted from 0"))
                    }
                    (None, _) => {
                        let fix = match nearest(name, self.names) {
                            Some(near) => format!("did you mean {near:?}?"),
                            None => format!("the first row has {}", some_of(self.names)),
                        };
                        Err(misfit(key, format!("{path} has no column named {}", quoted(name)), fix))
                    }
                }
            }
        }
    }

    /// The numbers of the features' columns.
    fn features(&self, columns: Option<&[Column]>, label: usize) -> Result<Vec<usize>, Misfit> {
        let key = "data.columns";
        let Some(columns) = columns else {
            let features: Vec<usize> = (0..self.names.len()).filter(|&j| j != label).collect();
            if features.is_empty() {
                let problem = format!("{} has one column, the label, and no features", self.path.display());
                return Err(misfit("data.path", problem, "separate the columns by commas"));
            }
            return Ok(features);
        };
        if columns.is_empty() {
            return Err(misfit(
                key,
                "there are no features",
                "name at least one column, or leave it out to take all but the label",
            ));
        }
        let mut features = Vec::with_capacity(columns.len());
        for column in columns {
            let place = self.locate(key, column)?;
            if place == label {
                return Err(misfit(
                    key,
                    format!("column {place} is the label"),
                    "leave it out, or choose another data.label",
                ));
            }
            if features.contains(&place) {
                return Err(misfit(key, format!("column {place} is named twice"), "name it once"));
            }
            features.push(place);
        }
        Ok(features)
    }
}

/// Whether a first row holds names rather than numbers; see [`read`].
fn is_header(first: &StringRecord, features: &[usize]) -> bool {
    let number = |text: &str| text.parse::<f64>().is_ok();
    !features.iter().any(|&j| number(&first[j])) && features.iter().any(|&j| !is_missing(&first[j]))
}

/// Whether a text stands for a missing number.
fn is_missing(text: &str) -> bool {
    ["", "na", "n/a", "nan", "null", "none", "?", "-"].contains(&text.to_ascii_lowercase().as_str())
}

/// One field of a table, with its place.
struct Cell<'a> {
    path: &'a Path,
    row: usize,
    line: u64,
    column: String,
    text: &'a str,
}

impl Cell<'_> {
    fn feature(&self) -> Result<Rational, Misfit> {
        self.number("drop or complete the row, or choose other data.columns")
    }

    fn label(&self) -> Result<Rational, Misfit> {
        self.number("choose another data.label, or name the label that counts as 1 in data.positive")
    }

    fn number(&self, fix: &str) -> Result<Rational, Misfit> {
        parse_nearest_f64(self.text).map_err(|error| {
            let problem = match error {
                _ if self.text.is_empty() => "the number is missing".to_owned(),
                _ if is_missing(self.text) => format!("the number is missing ({})", quoted(self.text)),
                NumberError::TooLong => format!("the number {error}"),
                _ => format!("{} {error}", quoted(self.text)),
            };
            self.refused(&problem, fix)
        })
    }

    /// An error about this field.
    fn refused(&self, problem: &str, fix: &str) -> Misfit {
        let (path, row, line, column) = (self.path.display(), self.row, self.line, &self.column);
        misfit("data.path", format!("{path}: row {row} (line {line}), column {column}: {problem}"), fix)
    }
}

fn no_such_label<'a>(positive: &str, labels: impl Iterator<Item = &'a str>) -> Misfit {
    let mut distinct: Vec<&str> = Vec::new();
    for label in labels {
        if distinct.len() <= 10 && !distinct.contains(&label) {
            distinct.push(label);
        }
    }
    let fix = match nearest(positive, distinct.iter().copied()) {
        Some(near) => format!("did you mean {near:?}?"),
        None => format!("choose one of {}", some_of(distinct)),
    };
    misfit("data.positive", format!("no row has the label {}", quoted(positive)), fix)
}

/// The first few names, quoted.
fn some_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut list: Vec<String> = names.into_iter().take(11).map(quoted).collect();
    if let Some(last) = list.get_mut(10) {
        *last = "…".to_owned();
    }
    list.join(", ")
}
