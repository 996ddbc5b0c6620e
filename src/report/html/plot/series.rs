//! Quantities of one's own run over the steps: risk, norms of layers, imbalance, alignment.

use super::axis::number;
use super::canvas::draw;
use super::chart::{Chart, Track, cells, rows};
use super::palette::STROKES;
use super::{Picture, WIDTH};
use crate::report::document::Table;
use crate::report::results::{RunResult, SeriesResult};
use crate::trajectory::Quantity;

/// Quantities of one kind over the steps of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// What they are: the title of the picture.
    pub title: String,
    /// The quantities; of more than eight the first eight are drawn.
    pub tracks: Vec<Track>,
    /// Whether nothing is known between the steps.
    pub has_gaps: bool,
}

impl Series {
    /// The pictures of a run: one a quantity, or more where it has more layers than one picture can show.
    #[must_use]
    pub fn of(run: &RunResult) -> Vec<Self> {
        let quantities = run.series.chunk_by(|a, b| a.quantity == b.quantity);
        let even = |count: usize| count.div_ceil(count.div_ceil(STROKES.len()).max(1)).max(1);
        quantities.flat_map(|layers| layers.chunks(even(layers.len())).map(Self::of_layers)).collect()
    }

    fn of_layers(layers: &[SeriesResult]) -> Self {
        let name = |series: &SeriesResult| match (series.quantity, series.layer) {
            (Quantity::Risk, _) => "risk".to_owned(),
            (Quantity::Norm | Quantity::NormRatio, layer) => format!("layer {layer}"),
            (Quantity::Imbalance | Quantity::Alignment, layer) => {
                format!("layers {layer} and {}", layer.saturating_add(1))
            }
        };
        let track = |series: &SeriesResult| Track {
            name: name(series),
            t: series.t.iter().map(|t| *t as f64).collect(),
            mid: series.values.mid.clone(),
            rad: series.values.rad.clone(),
        };
        let what = match layers[0].quantity {
            Quantity::Risk => "Risk",
            Quantity::Norm => "Norms of the layers",
            Quantity::NormRatio => "How near the layers are to rank one",
            Quantity::Imbalance => "Imbalance of neighbouring layers",
            Quantity::Alignment => "Alignment of neighbouring layers",
        };
        Self {
            title: format!("{what} over t: {}", layers[0].label),
            tracks: layers.iter().map(track).collect(),
            has_gaps: layers.iter().any(|series| !series.at_every_step),
        }
    }
}

/// Quantities over the steps in one chart.
#[must_use]
pub fn series(series: &Series) -> Picture {
    let drawn = &series.tracks[..series.tracks.len().min(STROKES.len())];
    let chart = Chart::new(drawn.iter().collect());
    let title = if series.title.is_empty() { "Over t".to_owned() } else { series.title.clone() };
    let svg = draw(WIDTH, chart.height(), &title, |canvas| chart.draw(canvas));
    let mut sentences = vec![match drawn.len() {
        0 | 1 => "How to read it: the line is the quantity over the steps t.".to_owned(),
        _ => "How to read it: a line is a quantity over the steps t, with its name at its end; lines differ in their dashes too.".to_owned(),
    }];
    if series.tracks.len() > drawn.len() {
        sentences.push(format!(
            "Of {} quantities the first {} are drawn; the table has all.",
            series.tracks.len(),
            drawn.len()
        ));
    }
    if series.has_gaps {
        sentences.push("It was looked at at some steps only; what lies between them is not known.".to_owned());
    }
    sentences.extend(chart.sentences());
    Picture { svg, title, caption: sentences.join(" "), table: table(&series.tracks) }
}

/// A row is a quantity at a step: steps across would be as wide as there are steps.
fn table(tracks: &[Track]) -> Table {
    let row = |track: &Track, row: usize| {
        let [mid, radius] = cells(track, row);
        vec![track.name.clone(), number(track.t[row]), mid, radius]
    };
    let rows = tracks.iter().flat_map(|track| rows(track.t.len(), []).into_iter().map(move |place| row(track, place)));
    Table { header: vec!["quantity", "t", "value", "± at most"], rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::super::soundness::{assert_sound, labels};
    use super::*;

    fn of(count: usize, steps: u32) -> Series {
        let track = |line: usize| Track {
            name: format!("‖W_{line}‖_F of a layer with a name & <long>"),
            t: (0..steps).map(f64::from).collect(),
            mid: (0..steps).map(|t| Some(1.0 + f64::from(t) * 1e-3)).collect(),
            rad: vec![Some(1e-30); steps as usize],
        };
        Series { title: "Norms".to_owned(), tracks: (1..=count).map(track).collect(), has_gaps: false }
    }

    #[test]
    fn eight_lines_on_one_another_have_names_that_are_apart() {
        let picture = series(&of(8, 100));
        assert_sound(&picture);
        let names = labels(&picture.svg).into_iter().filter(|label| label.text.starts_with("‖W_")).count();
        assert_eq!(names, 8);
    }

    #[test]
    fn whatever_there_is_to_draw_there_is_a_picture() {
        for (count, steps) in [(0, 0), (0, 3), (1, 0), (1, 1), (12, 2), (3, 5000)] {
            assert_sound(&series(&of(count, steps)));
        }
        assert!(series(&of(12, 2)).caption.contains("Of 12 quantities the first 8 are drawn"));
        assert_eq!(series(&of(12, 2)).table.rows.len(), 24);
    }

    #[test]
    fn a_run_has_a_picture_a_quantity_and_no_more_lines_in_it_than_can_be_told_apart() {
        let saved = |quantity: &str, layer: u64| {
            format!(
                r#"{{"quantity":"{quantity}","label":"‖W_k‖","layer":{layer},"at_every_step":{},"t":[0,5],"mid":[1,null],"rad":[0,null]}}"#,
                quantity != "alignment"
            )
        };
        let norms = (1..=12).map(|layer| saved("norm", layer));
        let all: Vec<String> = std::iter::once(saved("risk", 0)).chain(norms).chain([saved("alignment", 3)]).collect();
        let run = format!(r#"{{"bits":128,"series":[{}],"ends":null,"left_out":[]}}"#, all.join(","));
        let found = Series::of(&serde_json::from_str(&run).unwrap());
        let lines: Vec<usize> = found.iter().map(|series| series.tracks.len()).collect();
        assert_eq!(lines, [1, 6, 6, 1]);
        assert_eq!((found[2].tracks[0].name.as_str(), found[3].tracks[0].name.as_str()), ("layer 7", "layers 3 and 4"));
        found.iter().for_each(|found| assert_sound(&series(found)));
        assert!(series(&found[3]).caption.contains("at some steps only"));
    }
}
