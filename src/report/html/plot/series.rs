//! Quantities of one's own run over the steps: risk, norms of layers, imbalance, alignment.

use super::axis::number;
use super::canvas::draw;
use super::chart::{Chart, Track, cells, rows};
use super::palette::STROKES;
use super::{Picture, WIDTH};
use crate::report::document::Table;

/// Quantities of one kind over the steps of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// What they are: the title of the picture.
    pub title: String,
    /// The steps.
    pub t: Vec<f64>,
    /// The quantities; of more than eight the first eight are drawn.
    pub tracks: Vec<Track>,
}

/// Quantities over the steps in one chart.
#[must_use]
pub fn series(series: &Series) -> Picture {
    let drawn = &series.tracks[..series.tracks.len().min(STROKES.len())];
    let chart = Chart::new(&series.t, drawn.iter().collect());
    let title = if series.title.is_empty() { "Over t".to_owned() } else { series.title.clone() };
    let svg = draw(WIDTH, chart.height(), &title, |canvas| chart.draw(canvas));
    let mut caption = "How to read it: a line is a quantity over the steps t, with its name at its end; lines differ in their dashes too.".to_owned();
    if series.tracks.len() > drawn.len() {
        caption +=
            &format!(" Of {} quantities the first {} are drawn; the table has all.", series.tracks.len(), drawn.len());
    }
    for sentence in chart.sentences() {
        caption += " ";
        caption += &sentence;
    }
    let cell = |track: &Track, row: usize| {
        let [mid, radius] = cells(track, row);
        if ["–", "0"].contains(&radius.as_str()) { mid } else { format!("{mid} ± {radius}") }
    };
    // Quantities down, steps across, would be as wide as there are steps: a row is a quantity at a step.
    let row = |row: usize| {
        series.tracks.iter().map(move |track| vec![number(series.t[row]), track.name.clone(), cell(track, row)])
    };
    let rows = rows(series.t.len(), []).into_iter().flat_map(row).collect();
    Picture { svg, title, caption, table: Table { header: vec!["t", "quantity", "value"], rows } }
}

#[cfg(test)]
mod tests {
    use super::super::soundness::{assert_sound, labels};
    use super::*;

    fn of(count: usize, steps: u32) -> Series {
        let track = |line: usize| Track {
            name: format!("‖W_{line}‖_F of a layer with a name & <long>"),
            mid: (0..steps).map(|t| Some(1.0 + f64::from(t) * 1e-3)).collect(),
            rad: vec![Some(1e-30); steps as usize],
        };
        Series {
            title: "Norms".to_owned(),
            t: (0..steps).map(f64::from).collect(),
            tracks: (1..=count).map(track).collect(),
        }
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
}
