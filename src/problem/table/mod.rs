//! Examples from a table of comma-separated values.
//!
//! A number is read like a number of a run spec: an integer is exact, anything else means its nearest f64. A row that lacks a
//! number is refused, never skipped: whoever trains on fewer examples than the file holds should have decided so. The same
//! holds for the first row: it is taken for a header only if it certainly is one.

mod classes;
mod heading;
mod rows;
mod writing;

use std::path::Path;
use std::sync::Arc;

use self::classes::{Classes, is_same_label};
use self::heading::Heading;
use self::rows::{Broken, Field, Rows};
use self::writing::{Writing, is_missing};
use super::fit::misfit;
use super::spec::quoted;
use super::stored::Examples;
use super::{ExactMatrix, Misfit, NumberError, input};
use crate::number::{Compact, parse_compact};
use crate::time_limit::check_after;

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
    /// Whether the first row is a header; if missing, the table tells.
    pub(super) header: Option<bool>,
    /// The labels' columns, one an output; the last column of the table if there are none.
    pub(super) labels: Vec<Column>,
    /// The label that counts as 1; without it labels are numbers.
    pub(super) positive: Option<String>,
    /// The labels that count as −1; all others if missing.
    pub(super) negative: Option<Vec<String>>,
    /// The features' columns, in this order; all but the label if missing.
    pub(super) columns: Option<Vec<Column>>,
}

/// Reads the examples: a row of features and a row of labels for each row of the table.
///
/// [`Heading::is_header`] says when the first row is a header, [`Classes::signs`] what a label of a class counts as.
///
/// # Errors
///
/// A [`Misfit`] that names `data.path`, `data.header`, `data.label`, `data.positive`, `data.negative` or `data.columns`; row, line and
/// column where it applies.
pub(super) fn read(path: &Path, selection: &Selection) -> Result<Examples, Misfit> {
    check_classes(selection)?;
    let text = text(path)?;
    let mut rows = Rows::of(&text);
    let mut fields = Vec::new();
    if !rows.next(&mut fields).map_err(|broken| of_broken(path, broken))? {
        return Err(misfit("data.path", format!("{} is empty", path.display()), "give a table with at least one row"));
    }
    let first = fields.clone();
    let heading = Heading { path, names: &first };
    let labels = match &selection.labels[..] {
        [] => vec![first.len() - 1],
        columns => heading.locate_all("data.label", columns)?,
    };
    let features = heading.features(selection.columns.as_deref(), &labels)?;
    let headed = heading.is_header(selection, &features, &labels)?;
    if !headed && selection.header.is_none() && heading.counts_columns() {
        return Err(heading.doubtful("it counts the columns from 0"));
    }
    let titles = Arc::new(Titles {
        path: path.display().to_string(),
        names: headed.then(|| first.iter().map(|field| field.text.clone().into_owned()).collect()),
        doubtful: !headed && selection.header.is_none(),
    });
    // A row has a line of its own, so that there are no more of them than line breaks, and what the reader keeps is never moved.
    let most_rows = text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    let room = |columns: usize| {
        let capacity = most_rows.saturating_mul(columns).min(text.len());
        ExactMatrix::with_capacity(columns, capacity).ok_or_else(|| {
            let problem = format!("{}: there is no memory for {most_rows} rows of {columns} numbers", path.display());
            misfit("data.path", problem, "give fewer rows, or fewer columns in data.columns")
        })
    };
    let (mut x, mut y, mut classes) = (room(features.len())?, room(labels.len())?, Classes::default());
    let mut more = !headed || next(path, &mut rows, &mut fields, first.len())?;
    let mut row = 0;
    while more {
        row += 1;
        let place = |j: usize| Place { titles: Arc::clone(&titles), row, line: fields[j].line, column: j };
        for &j in &features {
            x.push(number(&fields[j].text, || place(j), "drop or complete the row, or choose other data.columns")?);
        }
        for &label in &labels {
            if selection.positive.is_some() {
                classes.push(&fields[label], || place(label));
                continue;
            }
            let fix = match labels.len() {
                1 => "choose another data.label, or name the label that counts as 1 in data.positive",
                _ => "drop or complete the row, or name other columns in data.label",
            };
            y.push(number(&fields[label].text, || place(label), fix)?);
        }
        // Some hundred nanoseconds a field and less.
        check_after(8 * fields.len());
        more = next(path, &mut rows, &mut fields, first.len())?;
    }
    if row == 0 {
        let problem = format!("{} has a header and no rows", path.display());
        return Err(misfit("data.path", problem, "give a table with at least one example"));
    }
    if let Some(positive) = &selection.positive {
        check_first_row(&heading, selection, positive, &classes, (&features, labels[0], headed))?;
        for sign in classes.signs(positive, selection)? {
            y.push(Compact::F64(sign));
        }
    }
    Ok(Examples { x, y })
}

/// Checks that the labels which count as 1 and as −1 are said without contradiction.
fn check_classes(selection: &Selection) -> Result<(), Misfit> {
    let key = "data.negative";
    if selection.labels.len() > 1 && selection.positive.is_some() {
        let problem = "the key has no meaning beside several labels, which are numbers";
        return Err(misfit("data.positive", problem, "leave it out, or name one column in data.label"));
    }
    match (&selection.positive, &selection.negative) {
        (None, Some(_)) => Err(misfit(key, "the key has no meaning without data.positive", "add data.positive")),
        (Some(_), Some(negative)) if negative.is_empty() => {
            Err(misfit(key, "the list is empty", "name the labels that count as -1, or leave it out"))
        }
        (Some(positive), Some(negative)) if negative.iter().any(|label| is_same_label(label, positive)) => {
            let problem = format!("{} is data.positive as well", quoted(positive));
            Err(misfit(key, problem, "name every label once"))
        }
        _ => Ok(()),
    }
}

/// Refuses a first row of which the labels below leave in doubt what it is.
fn check_first_row(
    heading: &Heading<'_>,
    selection: &Selection,
    positive: &str,
    classes: &Classes<'_>,
    (features, label, headed): (&[usize], usize, bool),
) -> Result<(), Misfit> {
    let named = |column: &Column| matches!(column, Column::Name(_));
    if selection.header.is_some() || selection.labels.iter().chain(selection.columns.iter().flatten()).any(named) {
        return Ok(());
    }
    let text = &*heading.names[label].text;
    let declared = is_same_label(text, positive)
        || selection.negative.iter().flatten().any(|negative| is_same_label(text, negative));
    if headed {
        // A row of words whose label is one of the table's is an example without numbers.
        let recurs = classes.distinct().iter().any(|class| class.text == text);
        let Some(&j) = features.first().filter(|_| declared || recurs) else { return Ok(()) };
        let titles = Titles { path: heading.path.display().to_string(), names: None, doubtful: true };
        let place = Place { titles: Arc::new(titles), row: 1, line: heading.names[j].line, column: j };
        let problem = format!("{} is not a number", quoted(&heading.names[j].text));
        return Err(place.refused(&problem, "drop or complete the row, or choose other data.columns"));
    }
    let alone = classes.distinct().first().is_some_and(|class| class.text == text && class.rows == 1);
    if declared || !alone || Writing::of(text) == Writing::Number {
        return Ok(());
    }
    let counts = |from: usize| {
        features.iter().enumerate().all(|(j, &place)| heading.names[place].text == *(from + j).to_string())
    };
    if classes.distinct().len() > 2 || counts(0) || counts(1) {
        return Err(heading.doubtful(&format!("no other row has the label {}", quoted(text))));
    }
    Ok(())
}

/// All of a file, which must be text in UTF-8.
fn text(path: &Path) -> Result<String, Misfit> {
    let refused = |problem: String, fix: &str| misfit("data.path", format!("{}: {problem}", path.display()), fix);
    let bytes = input::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::FileTooLarge => {
            refused(error.to_string(), "give a smaller table, or fewer columns and rows of it")
        }
        std::io::ErrorKind::NotFound => {
            refused(format!("it cannot be read: {error}"), "give a file that exists, by a path relative to the spec")
        }
        _ => refused(format!("it cannot be read: {error}"), "give a table that can be read"),
    })?;
    let fix = "save the table in UTF-8";
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(refused("it is in UTF-16".to_owned(), fix));
    }
    let line = |bytes: &[u8], end: usize| {
        let before = &bytes[..end];
        // A line ends in LF, CR LF or CR alone.
        let breaks = before.iter().enumerate().filter(|(i, byte)| match byte {
            b'\n' => *i == 0 || before[i - 1] != b'\r',
            byte => **byte == b'\r',
        });
        breaks.count() + 1
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = line(error.as_bytes(), error.utf8_error().valid_up_to());
        refused(format!("line {line}: it is not a text in UTF-8"), fix)
    })?;
    if let Some(place) = text.bytes().position(|byte| byte == 0) {
        let line = line(text.as_bytes(), place);
        return Err(refused(format!("line {line}: there is a NUL byte, as in no text in UTF-8"), fix));
    }
    Ok(text)
}

/// Reads the next row, which must have as many fields as the first.
fn next<'a>(path: &Path, rows: &mut Rows<'a>, fields: &mut Vec<Field<'a>>, expected: usize) -> Result<bool, Misfit> {
    let more = rows.next(fields).map_err(|broken| of_broken(path, broken))?;
    if more && fields.len() != expected {
        let (line, count) = (fields.first().map_or(0, |field| field.line), fields.len());
        let problem = format!("{}: line {line}: {count} fields where the first row has {expected}", path.display());
        return Err(misfit("data.path", problem, "give every row the same number of fields"));
    }
    Ok(more)
}

fn of_broken(path: &Path, broken: Broken) -> Misfit {
    let fix = match broken {
        Broken::Unclosed { .. } | Broken::BehindQuote { .. } => {
            "close every quote at the end of its field, and double a quote that belongs to the text"
        }
        Broken::StrayQuote { .. } => "put the whole field in quotes and double those that belong to the text",
    };
    misfit("data.path", format!("{}: {broken}", path.display()), fix)
}

/// What the places of a table have in common.
struct Titles {
    path: String,
    /// The names of the columns, if there is a header.
    names: Option<Vec<String>>,
    /// Whether the first row was taken for an example although nobody said so.
    doubtful: bool,
}

/// Where a field stands.
struct Place {
    titles: Arc<Titles>,
    row: usize,
    line: u64,
    column: usize,
}

impl Place {
    /// An error about this field.
    fn refused(&self, problem: &str, fix: &str) -> Misfit {
        let Self { titles, row, line, column } = self;
        let name = match &titles.names {
            Some(names) => quoted(&names[*column]),
            None => format!("{column} (counted from 0)"),
        };
        let problem = format!("{}: row {row} (line {line}), column {name}: {problem}", titles.path);
        let header = if titles.doubtful && *row == 1 {
            "; if the first row is a header, write header = true in [data]"
        } else {
            ""
        };
        misfit("data.path", problem, format!("{fix}{header}"))
    }
}

/// The number in a field.
fn number(text: &str, place: impl Fn() -> Place, fix: &str) -> Result<Compact, Misfit> {
    parse_compact(text).map_err(|error| {
        let problem = match error {
            _ if text.is_empty() => "the number is missing".to_owned(),
            _ if is_missing(text) => format!("the number is missing ({})", quoted(text)),
            NumberError::TooLong => format!("the number {error}"),
            _ => format!("{} {error}", quoted(text)),
        };
        let other =
            error == NumberError::Syntax && matches!(Writing::of(text), Writing::OtherNumber | Writing::Measure);
        let plain = if other { "write a plain decimal such as -1250.5, without unit or separators; " } else { "" };
        let commas = if text.contains([';', '\t']) { "separate the columns by commas alone; " } else { "" };
        place().refused(&problem, &format!("{plain}{commas}{fix}"))
    })
}
