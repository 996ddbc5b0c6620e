//! The table `[data]` of a run spec.

use std::path::Path;

use super::error::quoted;
use super::field::{Field, Section};
use super::interpret::later;
use crate::problem::fit::check_data;
use crate::problem::prepare::in_unit_ball;
use crate::problem::stored::{Examples, Stored};
use crate::problem::table::{self, Column, Selection};
use crate::problem::{Data, ExactMatrix, Loss, Matrix, Misfit, Network, whiten};

/// What the problem is trained on, and whether it was asked to be white.
pub(super) struct Prepared {
    pub(super) data: Stored,
    pub(super) whiten: bool,
}

/// The data that the table describes, checked against network and loss.
pub(super) fn data(
    section: &Section<'_>,
    network: &Network,
    loss: &Loss,
    directory: &Path,
) -> Result<Prepared, Misfit> {
    if *loss == Loss::SquaredTarget {
        let others = ["x", "y", "path", "header", "label", "positive", "negative", "columns", "whiten", "unit_ball"];
        section.refuse(&others, "for the loss \"squared-target\", which has a target and no examples")?;
        let target = section.required("target", "add the target's rows, target = [[1, 0], [0, 1]]")?;
        return Ok(Prepared { data: Data::Target(target.matrix()?).into(), whiten: false });
    }
    section.refuse(&["target"], &format!("for the loss {:?}", loss.name()))?;
    let truth = |key| section.field(key).map_or(Ok(false), |field| field.truth());
    let (white, scaled) = (truth("whiten")?, truth("unit_ball")?);
    let data = match section.field("path") {
        Some(path) => Stored::from(from_file(section, &path, directory, (network, loss))?),
        None => Stored::from(inline(section)?),
    };
    check_data(network, loss, &data).map_err(|error| {
        // A file's examples have no keys of their own.
        match (section.field("path"), error.key.as_str()) {
            (Some(_), "data.x") => Misfit {
                key: "data.path".to_owned(),
                fix: format!("{}, or choose other data.columns", error.fix),
                ..error
            },
            (Some(_), "data.y") => Misfit {
                key: "data.path".to_owned(),
                fix: format!(
                    "{}, choose another data.label, or name the label that counts as 1 in data.positive",
                    error.fix
                ),
                ..error
            },
            _ => error,
        }
    })?;
    if white && scaled {
        let field = section.required("unit_ball", "leave it out")?;
        return Err(
            field.wrong("white data do not lie in the unit ball", "leave out one of data.whiten and data.unit_ball")
        );
    }
    if !white && !scaled {
        return Ok(Prepared { data, whiten: white });
    }
    let examples = data.into_examples().map(|Examples { x, y }| {
        let x = if white { ExactMatrix::of(&whiten(&x.to_rationals())?) } else { in_unit_ball(x)? };
        Ok(Examples { x, y })
    });
    let examples = examples.ok_or_else(|| section.missing("x", "add the examples' rows"))??;
    Ok(Prepared { data: examples.into(), whiten: white })
}

fn inline(section: &Section<'_>) -> Result<Data, Misfit> {
    section.refuse(&["header", "label", "positive", "negative", "columns"], "without data.path")?;
    let x = section.required("x", "add the examples' rows, x = [[0.6, 0.2], [0.1, -0.9]], or a path")?.matrix()?;
    let y = section.required("y", "add the labels, y = [1, -1]")?;
    let y = if y.is_nested() {
        y.matrix()?
    } else {
        let labels = y.numbers()?;
        Matrix::from_fn(labels.len(), 1, |i, _| labels[i].clone())
    };
    Ok(Data::Examples { x, y })
}

/// A label, without spaces around it as those of a table.
fn trimmed(field: &Field<'_>) -> Result<String, Misfit> {
    field.text().map(|text| text.trim().to_owned())
}

/// The columns of the labels; none if nothing is said.
fn labels(section: &Section<'_>) -> Result<Vec<Column>, Misfit> {
    let Some(field) = section.field("label") else { return Ok(Vec::new()) };
    if !field.is_list() {
        return Ok(vec![field.column()?]);
    }
    match &field.parts("a column", "its name")?[..] {
        [] => Err(field.wrong("the list is empty", "name the labels' columns, or leave it out to take the last one")),
        [_] => Err(field.wrong("the list has one label", "write it without brackets")),
        columns => columns.iter().map(Field::column).collect(),
    }
}

/// Checks that there are as many labels as outputs. That a loss may not go with so many outputs is for others to say.
fn check_labels(section: &Section<'_>, labels: usize, network: &Network, loss: &Loss) -> Result<(), Misfit> {
    let outputs = network.output_dimension();
    if labels == outputs || loss.is_classification() && outputs > 1 {
        return Ok(());
    }
    let said = match labels {
        1 if section.field("label").is_none() => "the key is missing: one column is the label".to_owned(),
        1 => "there is 1 label".to_owned(),
        _ => format!("there are {labels} labels"),
    };
    let problem = format!("{said} and the output has dimension {outputs}");
    let own = match outputs {
        1 => "name 1 column".to_owned(),
        _ => format!("name {outputs} columns in a list"),
    };
    let or = if loss.is_classification() || !network.is_fully_connected() {
        String::new()
    } else {
        format!(", or end network.widths in {labels}")
    };
    Err(section.wrong("label", problem, own + &or))
}

fn from_file(
    section: &Section<'_>,
    path: &Field<'_>,
    directory: &Path,
    (network, loss): (&Network, &Loss),
) -> Result<Examples, Misfit> {
    section.refuse(&["x", "y"], "beside data.path")?;
    let name = path.text()?;
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "csv" => {}
        "npz" | "safetensors" | "svm" => {
            return Err(later(path, &format!("a .{extension} file"), "convert it to .csv"));
        }
        _ => {
            return Err(path.wrong(
                format!("{} is not a .csv file", quoted(name)),
                "give a table of comma-separated values, .csv",
            ));
        }
    }
    let labels = labels(section)?;
    check_labels(section, labels.len().max(1), network, loss)?;
    let selection = Selection {
        labels,
        header: section.field("header").map(|field| field.truth()).transpose()?,
        positive: section.field("positive").map(|field| trimmed(&field)).transpose()?,
        negative: match section.field("negative") {
            Some(field) => {
                let labels = field.parts("a list of labels", "[\"versicolor\", \"virginica\"]")?;
                Some(labels.iter().map(trimmed).collect::<Result<_, _>>()?)
            }
            None => None,
        },
        columns: match section.field("columns") {
            Some(field) => {
                let columns = field.parts("a list of columns", "[\"petal_length\", 3]")?;
                Some(columns.iter().map(Field::column).collect::<Result<_, _>>()?)
            }
            None => None,
        },
    };
    table::read(&directory.join(name), &selection)
}
