//! The first row of a table: whether it is a header, and the columns that are looked up in it.

use std::collections::HashSet;
use std::path::Path;

use super::rows::Field;
use super::writing::Writing;
use super::{Column, Selection};
use crate::problem::Misfit;
use crate::problem::fit::misfit;
use crate::problem::spec::{nearest, quoted};

/// The first row of a table, in which columns are looked up.
pub(super) struct Heading<'a> {
    pub(super) path: &'a Path,
    pub(super) names: &'a [Field<'a>],
}

impl<'a> Heading<'a> {
    /// The texts of the first row.
    pub(super) fn texts(&self) -> impl Iterator<Item = &'a str> {
        self.names.iter().map(|field| &*field.text)
    }

    /// The number of a column.
    pub(super) fn locate(&self, key: &str, column: &Column) -> Result<usize, Misfit> {
        let (path, count) = (self.path.display(), self.names.len());
        match column {
            Column::Index(index) if *index < count => Ok(*index),
            Column::Index(index) => {
                let problem = format!("there is no column {index}: {path} has {count}, counted from 0");
                Err(misfit(key, problem, format!("give a number up to {}", count - 1)))
            }
            Column::Name(name) => {
                let mut places = (0..count).filter(|&j| self.names[j].text == **name);
                match (places.next(), places.next()) {
                    (Some(place), None) => Ok(place),
                    (Some(_), Some(_)) => {
                        let problem = format!("{path} has several columns named {}", quoted(name));
                        Err(misfit(key, problem, "give the column by its number, counted from 0"))
                    }
                    (None, _) => {
                        let fix = match nearest(name, self.texts()) {
                            Some(near) => format!("did you mean {near:?}?"),
                            None => format!("the first row has {}", some_of(self.texts())),
                        };
                        Err(misfit(key, format!("{path} has no column named {}", quoted(name)), fix))
                    }
                }
            }
        }
    }

    /// The numbers of columns, none of them twice.
    pub(super) fn locate_all(&self, key: &str, columns: &[Column]) -> Result<Vec<usize>, Misfit> {
        let mut places = Vec::with_capacity(columns.len());
        for column in columns {
            let place = self.locate(key, column)?;
            if places.contains(&place) {
                return Err(misfit(key, format!("column {place} is named twice"), "name it once"));
            }
            places.push(place);
        }
        Ok(places)
    }

    /// The numbers of the features' columns.
    pub(super) fn features(&self, columns: Option<&[Column]>, labels: &[usize]) -> Result<Vec<usize>, Misfit> {
        let key = "data.columns";
        let Some(columns) = columns else {
            let features: Vec<usize> = (0..self.names.len()).filter(|j| !labels.contains(j)).collect();
            if features.is_empty() && labels.len() > 1 {
                let problem = format!("{} has no column that is no label, and so no features", self.path.display());
                return Err(misfit("data.label", problem, "name fewer columns"));
            }
            if features.is_empty() {
                let problem = format!("{} has one column, the label, and no features", self.path.display());
                let other = self.texts().find_map(|text| {
                    [(';', "semicolons"), ('\t', "tabs")].into_iter().find(|(c, _)| text.contains(*c))
                });
                let fix = match other {
                    Some((_, name)) => {
                        format!("separate the columns by commas, not by {name}, and write decimals with a point")
                    }
                    None => "separate the columns by commas".to_owned(),
                };
                return Err(misfit("data.path", problem, fix));
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
        let features = self.locate_all(key, columns)?;
        if let Some(place) = features.iter().find(|place| labels.contains(place)) {
            let article = if labels.len() == 1 { "the" } else { "a" };
            let problem = format!("column {place} is {article} label");
            return Err(misfit(key, problem, "leave it out, or choose another data.label"));
        }
        Ok(features)
    }

    /// Whether the first row is a header: as the selection says, else if it names a column, else if it is certain.
    ///
    /// It is certain if every feature there is a word, or empty as the name of a column of row numbers is, no two are the same, and
    /// every label is a word as well. Everything else is an example, and refused as such where it holds no numbers.
    pub(super) fn is_header(
        &self,
        selection: &Selection,
        features: &[usize],
        labels: &[usize],
    ) -> Result<bool, Misfit> {
        let named = |column: &&Column| matches!(column, Column::Name(_));
        let columns = || selection.labels.iter().chain(selection.columns.iter().flatten());
        match (selection.header, columns().find(named)) {
            (Some(false), Some(Column::Name(name))) => {
                let problem = format!("there is no header, and a column is named {}", quoted(name));
                return Err(misfit("data.header", problem, "give columns by their numbers, counted from 0"));
            }
            (Some(header), _) => return Ok(header),
            (None, _) => {}
        }
        let writing = |j: usize| Writing::of(&self.names[j].text);
        // A number in quotes that could be the number of a column as well, in a row that could be an example as well.
        let is_index = |column: &&Column| matches!(column, Column::Name(name) if name.parse::<usize>().is_ok_and(|index| index < self.names.len()));
        if let Some(Column::Name(name)) = columns().find(is_index)
            && features.iter().all(|&j| writing(j) == Writing::Number)
            && !self.counts_columns()
        {
            let problem = format!(
                "{}: the first row may be an example, and {} the number of a column",
                self.path.display(),
                quoted(name)
            );
            return Err(misfit(
                if selection.labels.iter().any(|label| is_index(&label)) { "data.label" } else { "data.columns" },
                problem,
                "write the number without quotes, or header = true in [data] if the first row holds names",
            ));
        }
        if columns().any(|column| named(&column)) {
            return Ok(true);
        }
        let texts: Vec<&str> = features.iter().map(|&j| &*self.names[j].text).filter(|text| !text.is_empty()).collect();
        let words = texts.iter().all(|text| Writing::of(text) == Writing::Word);
        let distinct = texts.iter().collect::<HashSet<_>>().len() == texts.len();
        Ok(!texts.is_empty() && words && distinct && labels.iter().all(|&j| writing(j) == Writing::Word))
    }

    /// Whether the first row is 0, 1, 2, …, as the header of a table whose columns have no names.
    pub(super) fn counts_columns(&self) -> bool {
        self.names.len() > 2 && self.texts().enumerate().all(|(j, text)| text == j.to_string())
    }

    /// The error that the first row may be a header of numbers.
    pub(super) fn doubtful(&self, why: &str) -> Misfit {
        let line = self.names.first().map_or(1, |field| field.line);
        misfit(
            "data.path",
            format!("{}: row 1 (line {line}) may be an example or a header of numbers: {why}", self.path.display()),
            "write header = true in [data] if it is a header, header = false if it is an example",
        )
    }
}

/// The first few names, quoted.
pub(super) fn some_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut list: Vec<String> = names.into_iter().take(11).map(quoted).collect();
    if let Some(last) = list.get_mut(10) {
        *last = "…".to_owned();
    }
    list.join(", ")
}
