//! Times before and now, claim by claim.

use plotters::prelude::*;

use super::axis::{self, number};
use super::canvas::{Anchor, Canvas, FINENESS, LETTERS, Place, draw, font, units};
use super::chart::apart;
use super::palette::{GRID, INK, QUIET, REFUTED, STROKES};
use super::{Picture, WIDTH, letters};
use crate::report::changes::{TIME_FACTOR, TIME_FLOOR};
use crate::report::document::Table;

/// How long a claim took, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    /// The id of the claim.
    pub id: String,
    /// Before.
    pub before: f64,
    /// Now.
    pub now: f64,
}

/// What is shorter is shown as this long.
const SHORTEST: f64 = 1e-3;
/// So many names there is room for.
const NAMED: usize = 20;
const LEFT: f64 = 58.0;
const UNDER: f64 = 44.0;
const TOP: f64 = 10.0;
const SIDE: f64 = 380.0;

impl Times {
    /// What is not finite or shorter than can be told is as short as can be told.
    fn seen(seconds: f64) -> f64 {
        if seconds.is_finite() { seconds.max(SHORTEST) } else { SHORTEST }
    }

    /// Where it is: decimal logarithms of both times.
    fn place(&self) -> (f64, f64) {
        (Self::seen(self.before).log10(), Self::seen(self.now).log10())
    }

    fn is_slower(&self) -> bool {
        let (before, now) = (Self::seen(self.before), Self::seen(self.now));
        now >= TIME_FACTOR * before && now - before >= TIME_FLOOR
    }

    fn is_faster(&self) -> bool {
        let (before, now) = (Self::seen(self.before), Self::seen(self.now));
        before >= TIME_FACTOR * now && before - now >= TIME_FLOOR
    }

    fn change(&self) -> f64 {
        let (before, now) = self.place();
        (now - before).abs()
    }
}

/// A picture of all times: each claim a point, the time before to the right and the time now upwards.
#[must_use]
pub fn times(times: &[Times]) -> Picture {
    let title = "Times before and now".to_owned();
    let svg = draw(WIDTH, (TOP + SIDE + UNDER) as u32, &title, |canvas| scatter(canvas, times));
    let count = |is: fn(&Times) -> bool| times.iter().filter(|times| is(times)).count();
    let caption = format!(
        "How to read it: a point is a claim, the seconds it took before to the right and those it takes now upwards, both on a logarithmic scale. On \
         the diagonal nothing has changed; above it a claim is slower, below it faster, beyond the lines beside it by a factor of {TIME_FACTOR}. Of {} claims {} \
         are slower by that factor and {TIME_FLOOR} s (squares), {} faster by as much (triangles); those with the largest changes are named.",
        times.len(),
        count(Times::is_slower),
        count(Times::is_faster)
    );
    let mut sorted: Vec<&Times> = times.iter().collect();
    sorted.sort_by(|a, b| b.change().total_cmp(&a.change()).then_with(|| a.id.cmp(&b.id)));
    let row = |times: &&Times| vec![times.id.clone(), number(times.before), number(times.now)];
    let rows = sorted.iter().take(20).map(row).collect();
    Picture { svg, title, caption, table: Table { header: vec!["claim", "seconds before", "seconds now"], rows } }
}

fn scatter(canvas: &Canvas, times: &[Times]) {
    let ends = times.iter().flat_map(|times| [times.place().0, times.place().1]);
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)));
    let (low, high) = if low <= high { ((low - 0.1).floor(), (high + 0.1).ceil()) } else { (-3.0, 1.0) };
    let axis = axis::logarithmic(low, high, 6);
    let plane = ChartBuilder::on(&canvas.area)
        .margin_top(units(TOP))
        .margin_right(units(f64::from(WIDTH) - LEFT - SIDE))
        .x_label_area_size(units(UNDER))
        .y_label_area_size(units(LEFT))
        .build_cartesian_2d(axis.clone(), axis.clone());
    let Ok(mut plane) = plane else { return };
    // Into a string, which cannot fail.
    let _ = plane
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID.light.stroke_width(FINENESS))
        .axis_style(INK.light.stroke_width(FINENESS))
        .label_style(font(LETTERS, INK))
        .set_all_tick_mark_size(units(4.0))
        .draw();
    let at = |(before, now): (f64, f64)| (LEFT + axis.share(before) * SIDE, TOP + SIDE - axis.share(now) * SIDE);
    canvas.line(&[at((low, low)), at((high, high))], INK, 1.0);
    let aside = TIME_FACTOR.log10();
    canvas.line(&[at((low, low + aside)), at((high - aside, high))], QUIET, 0.6);
    canvas.line(&[at((low + aside, low)), at((high, high - aside))], QUIET, 0.6);
    canvas.text(LEFT, TOP + SIDE + 34.0, Anchor::Start, QUIET, "across: seconds before; upwards: seconds now");
    let mut named: Vec<&Times> = Vec::new();
    for times in times {
        let (x, y) = at(times.place());
        if times.is_slower() {
            canvas.rectangle(Place { x: x - 4.0, y: y - 4.0, width: 8.0, height: 8.0 }, REFUTED);
        } else if times.is_faster() {
            let shade = STROKES[2].shade;
            canvas.polygon(&[(x, y + 5.0), (x + 5.0, y - 4.0), (x - 5.0, y - 4.0)], shade, 1.0);
        } else {
            canvas.disc(x, y, 3.0, STROKES[0].shade);
            continue;
        }
        named.push(times);
    }
    named.sort_by(|a, b| b.change().total_cmp(&a.change()).then_with(|| a.id.cmp(&b.id)));
    // The names stand beside the chart, in the order of their points.
    named.truncate(NAMED);
    named.sort_by(|a, b| b.place().1.total_cmp(&a.place().1));
    let wishes: Vec<f64> = named.iter().map(|times| at(times.place()).1).collect();
    for (times, height) in named.into_iter().zip(apart(&wishes, TOP + LETTERS, TOP + SIDE)) {
        let ((x, y), beside) = (at(times.place()), LEFT + SIDE + 40.0);
        let name = letters::fitted(&times.id, LETTERS, f64::from(WIDTH) - beside);
        canvas.line(&[(x + 6.0, y), (LEFT + SIDE + 8.0, y), (beside - 4.0, height)], QUIET, 0.6);
        canvas.text(beside, height, Anchor::Start, INK, &name);
        let place = Place { x: beside, y: height - 8.0, width: letters::width(&name, LETTERS), height: 16.0 };
        canvas.link(place, &format!("#{}", times.id), &times.id);
    }
}

#[cfg(test)]
mod tests {
    use super::super::soundness::{assert_sound, attribute, elements, labels};
    use super::*;

    fn of(id: &str, before: f64, now: f64) -> Times {
        Times { id: id.to_owned(), before, now }
    }

    #[test]
    fn what_is_slower_is_above_the_diagonal_and_named() {
        let picture = times(&[
            of("A.same", 0.1, 0.11),
            of("A.slower", 1.0, 8.0),
            of("A.faster", 9.0, 1.0),
            of("A.noise", 0.001, 0.01),
        ]);
        assert_sound(&picture);
        let texts: Vec<String> = labels(&picture.svg).into_iter().map(|label| label.text).collect();
        assert!(texts.contains(&"A.slower".to_owned()) && texts.contains(&"A.faster".to_owned()), "{texts:?}");
        assert!(!texts.contains(&"A.noise".to_owned()) && !texts.contains(&"A.same".to_owned()));
        assert_eq!(
            elements(&picture.svg, "a").iter().map(|link| attribute(link, "href")).collect::<Vec<_>>(),
            ["#A.slower", "#A.faster"]
        );
        assert!(picture.caption.contains("Of 4 claims 1 are slower by that factor and 0.5 s (squares), 1 faster"));
        assert_eq!(picture.table.rows[0], ["A.noise", "0.001", "0.01"]);
    }

    #[test]
    fn whatever_the_times_there_is_a_picture() {
        let all = [0.0, -1.0, 1e-300, 5.0, 1e300, f64::NAN, f64::INFINITY];
        assert_sound(&times(&[]));
        let every: Vec<Times> = all.iter().flat_map(|before| all.map(|now| of("a \"<&> name", *before, now))).collect();
        assert_sound(&times(&every));
        let many: Vec<Times> =
            (0..300).map(|n| of(&format!("A.claim-with-a-name-{n}"), 1.0 + f64::from(n) / 100.0, 9.0)).collect();
        assert_sound(&times(&many));
    }
}
