//! Lines over the steps, with their certified bands: what the curves of a relation and those of a run have in common.

use std::collections::BTreeSet;

use plotters::prelude::*;

use super::axis::{self, Axis, Scale, at_most, number};
use super::canvas::{Anchor, Canvas, FINENESS, LETTERS, Place, font, units};
use super::palette::{GRID, IDLE, INK, QUIET, REFUTED, STROKES, Shade};
use super::thin::{covered, thinned};
use super::{WIDTH, letters};

/// A quantity over the steps: its value at each, and the radius around it in which the exact value certainly lies. The lists go together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    /// What it is.
    pub name: String,
    /// The steps.
    pub t: Vec<f64>,
    /// The values, one a step; `None` where there is none that a number holds.
    pub mid: Vec<Option<f64>>,
    /// The radii, one a step; `None` or missing where none is known.
    pub rad: Vec<Option<f64>>,
}

/// What is drawn.
pub(super) struct Chart<'a> {
    /// What stands at the end of each line.
    pub(super) ends: Vec<String>,
    /// Whether the names stand above the chart, a line each.
    pub(super) has_key: bool,
    tracks: Vec<&'a Track>,
    lines: Vec<Vec<Value>>,
    scale: Scale,
    x: Axis,
    y: Axis,
    /// Stretches of steps, each from its first to its last, with what there is to say of them.
    pub(super) stretches: Vec<(f64, f64, Remark)>,
    /// The first step at which what is shown is false.
    pub(super) first_false: Option<f64>,
}

/// What there is to say of a stretch of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remark {
    /// What is shown fails.
    Fails,
    /// What is shown does not count.
    Outside,
}

/// A value of a line at a step.
#[derive(Clone, Copy, Debug)]
struct Value {
    t: f64,
    mid: Option<f64>,
    radius: Option<f64>,
}

/// A part of a line that is drawn without a break, in pixels: x, y, and the lower and the upper end of the band.
type Stretch = Vec<(f64, f64, f64, f64)>;

/// A line in pixels.
#[derive(Default)]
struct Drawn {
    stretches: Vec<Stretch>,
    /// Where a value has no place on the axis but at its lower end.
    at_the_edge: Vec<f64>,
}

type Plane<'a, 'b> = ChartContext<'b, SVGBackend<'a>, Cartesian2d<Axis, Axis>>;

/// Of how many points each is marked, at most.
const MARKED: usize = 40;
const KEY_LINE: f64 = 20.0;
/// Between the names and the chart, for what is said of a stretch or a crossing.
const STRIP: f64 = 22.0;
const CHART: f64 = 260.0;
const UNDER: f64 = 44.0;
/// The least distance of two texts above each other.
const LEADING: f64 = 16.0;

impl<'a> Chart<'a> {
    /// A chart of tracks.
    pub(super) fn new(tracks: Vec<&'a Track>) -> Self {
        let lines: Vec<Vec<Value>> = tracks.iter().map(|track| values(track)).collect();
        let mids = |line: &Vec<Value>| line.iter().filter_map(|value| value.mid).collect::<Vec<f64>>();
        let sides: Vec<Vec<f64>> = lines.iter().map(mids).collect();
        let scale = Scale::of(&sides);
        let placed = sides.iter().flatten().filter_map(|value| scale.place(*value));
        let times = lines.iter().flatten().map(|value| value.t);
        let is_whole = lines.iter().flatten().all(|value| value.t.fract() == 0.0);
        let (first, last) = ends(times).unwrap_or((0.0, 1.0));
        let x = match first < last {
            true => axis::linear(first, last, 8, is_whole),
            false => Axis { low: first - 1.0, high: first + 1.0, ticks: vec![(first, number(first))], base: None },
        };
        let (low, high) = padded(ends(placed).unwrap_or((0.0, 1.0)), &lines, scale);
        let y = match scale {
            Scale::Linear => axis::linear(low, high, 6, false),
            Scale::Logarithmic => axis::logarithmic(low, high, 6),
        };
        let names = tracks.iter().map(|track| track.name.clone()).collect();
        Self { ends: names, has_key: false, tracks, lines, scale, x, y, stretches: Vec::new(), first_false: None }
    }

    /// The height of the picture in pixels.
    pub(super) fn height(&self) -> u32 {
        (self.top() + CHART + UNDER) as u32
    }

    fn top(&self) -> f64 {
        let key = if self.has_key { KEY_LINE * self.tracks.len() as f64 } else { 0.0 };
        key + STRIP
    }

    /// Draws it.
    pub(super) fn draw(&self, canvas: &Canvas) {
        let ends: Vec<String> = self.ends.iter().map(|end| letters::fitted(end, LETTERS, 150.0).into_owned()).collect();
        let right = ends.iter().map(|end| letters::width(end, LETTERS)).fold(0.0, f64::max) + 34.0;
        let left = self.y.ticks.iter().map(|(_, text)| letters::width(text, LETTERS)).fold(0.0, f64::max) + 16.0;
        // The first and the last number below stand half beside the chart.
        let half =
            |tick: Option<&(f64, String)>| tick.map_or(0.0, |(_, text)| letters::width(text, LETTERS) / 2.0 + 2.0);
        let (left, right) = (left.max(half(self.x.ticks.first())), right.max(half(self.x.ticks.last())));
        let plane = ChartBuilder::on(&canvas.area)
            .margin_top(units(self.top()))
            .margin_right(units(right))
            .x_label_area_size(units(UNDER))
            .y_label_area_size(units(left))
            .build_cartesian_2d(self.x.clone(), self.y.clone());
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
        let frame = Frame::of(&plane);
        canvas.text(frame.left, frame.bottom + 34.0, Anchor::Start, QUIET, &self.axes());
        self.draw_stretches(canvas, &frame);
        let drawn: Vec<Drawn> = self.lines.iter().map(|line| self.in_pixels(line, &frame)).collect();
        for (line, drawn) in drawn.iter().enumerate() {
            bands(canvas, drawn, STROKES[line % STROKES.len()].shade);
        }
        for (line, drawn) in drawn.iter().enumerate() {
            self.draw_line(canvas, line, drawn, &frame);
        }
        label_ends(canvas, &drawn, &ends, &frame);
        if self.has_key {
            self.draw_key(canvas);
        }
    }

    fn draw_key(&self, canvas: &Canvas) {
        for (line, track) in self.tracks.iter().enumerate() {
            let (y, shade) = (KEY_LINE * (line as f64 + 0.5), STROKES[line % STROKES.len()].shade);
            canvas.line(&[(0.0, y), (36.0, y)], shade, 2.0);
            if self.is_marked() {
                marker(canvas, line, 18.0, y, shade);
            }
            let colon = if track.name.is_empty() { "" } else { ": " };
            let text = format!("{}{colon}{}", self.ends[line], track.name);
            let text = letters::fitted(&text, LETTERS, f64::from(WIDTH) - 44.0);
            canvas.text(44.0, y, Anchor::Start, INK, &text);
        }
    }

    /// What the axes are.
    fn axes(&self) -> String {
        let up = match (self.scale, &self.y.base) {
            (Scale::Logarithmic, _) => "value, on a logarithmic scale".to_owned(),
            (Scale::Linear, Some(base)) => format!("value − {base}"),
            (Scale::Linear, None) => "value".to_owned(),
        };
        format!("across: step t; upwards: {up}")
    }

    /// Whether each point is marked.
    pub(super) fn is_marked(&self) -> bool {
        self.lines.iter().all(|line| line.len() <= MARKED)
    }

    /// The stretches, and the first step that is false, each with its words where there is room.
    fn draw_stretches(&self, canvas: &Canvas, frame: &Frame) {
        let mut words: Vec<(f64, String, Shade)> = Vec::new();
        for (from, to, remark) in &self.stretches {
            let (from_x, to_x) = (frame.across(&self.x, *from), frame.across(&self.x, *to));
            // A stretch of one step can be seen too.
            let (from_x, to_x) = ((from_x - 3.0).max(frame.left), (to_x + 3.0).min(frame.right));
            let corners = [(from_x, frame.top), (to_x, frame.top), (to_x, frame.bottom), (from_x, frame.bottom)];
            let (shade, text) = match remark {
                Remark::Fails => (REFUTED, "fails"),
                Remark::Outside => (IDLE, "does not count"),
            };
            canvas.polygon(&corners, shade, 0.14);
            canvas.line(&[(from_x, frame.top), (from_x, frame.bottom)], shade, 1.0);
            canvas.line(&[(to_x, frame.top), (to_x, frame.bottom)], shade, 1.0);
            words.push(((from_x + to_x) / 2.0, text.to_owned(), shade));
        }
        if let Some(t) = self.first_false.filter(|t| (self.x.low..=self.x.high).contains(t)) {
            let x = frame.across(&self.x, t);
            canvas.line(&[(x, frame.top), (x, frame.bottom)], INK, 1.0);
            words.insert(0, (x, format!("first false at t = {}", number(t)), INK));
        }
        let mut taken: Vec<(f64, f64)> = Vec::new();
        for (x, text, shade) in words {
            let width = letters::bold_width(&text, LETTERS);
            let from = (x - width / 2.0).clamp(0.0, (f64::from(WIDTH) - width).max(0.0));
            // Beside what stands there already, if there is room.
            let room = |from: f64| taken.iter().all(|(left, right)| from + width + 8.0 < *left || from > *right + 8.0);
            let beside = taken.iter().flat_map(|(left, right)| [right + 9.0, left - width - 9.0]);
            let within = |from: &f64| *from >= 0.0 && from + width <= f64::from(WIDTH) && (from - x).abs() < 160.0;
            if let Some(from) = std::iter::once(from).chain(beside.filter(within)).find(|from| room(*from)) {
                canvas.bold(from, frame.top - 11.0, Anchor::Start, shade, &text);
                taken.push((from, from + width));
            }
        }
    }

    fn in_pixels(&self, line: &[Value], frame: &Frame) -> Drawn {
        let mut drawn = Drawn::default();
        // Whether values are missing between the last one and the next.
        let mut is_broken = true;
        for value in line {
            let x = frame.across(&self.x, value.t);
            let Some(mid) = value.mid else {
                is_broken = true;
                continue;
            };
            let Some(place) = self.scale.place(mid) else {
                if drawn.at_the_edge.last().is_none_or(|last| x - last >= 7.0) {
                    drawn.at_the_edge.push(x);
                }
                is_broken = true;
                continue;
            };
            let end = |end: f64| self.scale.place(end).map_or(frame.bottom, |place| frame.up(&self.y, place));
            let radius = value.radius.unwrap_or(0.0);
            let y = frame.up(&self.y, place);
            let point = (x, y, end(mid - radius), end(mid + radius));
            match drawn.stretches.last_mut() {
                // What is missing within a pixel is no break.
                Some(stretch) if !is_broken || x.floor() - stretch[stretch.len() - 1].0.floor() <= 1.0 => {
                    stretch.push(point);
                }
                _ => drawn.stretches.push(vec![point]),
            }
            is_broken = false;
        }
        drawn
    }

    fn draw_line(&self, canvas: &Canvas, line: usize, drawn: &Drawn, frame: &Frame) {
        let shade = STROKES[line % STROKES.len()].shade;
        let is_marked = self.is_marked();
        for stretch in &drawn.stretches {
            let points: Vec<(f64, f64)> = stretch.iter().map(|point| (point.0, point.1)).collect();
            if points.len() > 1 {
                canvas.line(&thinned(&points), shade, 2.0);
            }
            if is_marked || points.len() == 1 {
                points.iter().for_each(|(x, y)| marker(canvas, line, *x, *y, shade));
            }
        }
        for x in &drawn.at_the_edge {
            let y = frame.bottom;
            canvas.polygon(&[(x - 5.0, y - 9.0), (x + 5.0, y - 9.0), (*x, y)], shade, 1.0);
        }
    }

    /// What the caption says of the lines: which cannot be told apart, what has no place, how wide the bands are.
    pub(super) fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        let named = |line: usize| self.ends[line].as_str();
        for (line, values) in self.lines.iter().enumerate() {
            let has_mid = values.iter().filter(|value| value.mid.is_some()).count();
            if has_mid == 0 {
                sentences.push(format!("There is no value to draw of {}.", named(line)));
            } else if has_mid < values.len() {
                let missing = values.len() - has_mid;
                sentences.push(format!("Of {} {} no value that a number holds.", named(line), steps_have(missing)));
            }
            let below =
                values.iter().filter_map(|value| value.mid).filter(|mid| self.scale.place(*mid).is_none()).count();
            if below > 0 {
                sentences.push(format!(
                    "Of {} {} a value of 0 or less, or too small for a number: a triangle at the lower edge.",
                    named(line),
                    steps_have(below)
                ));
            }
        }
        sentences.extend(self.band_sentence());
        let most = self.lines.iter().map(Vec::len).max().unwrap_or(0);
        if most > WIDTH as usize {
            sentences.push(format!("Of {most} points the least and the largest of each pixel column are drawn."));
        }
        sentences
    }

    /// Whether two lines or more are nowhere a pixel apart.
    pub(super) fn is_one_line(&self) -> bool {
        let heights = |line: &Vec<Value>| {
            let height = |value: &Value| Some(NOMINAL.up(&self.y, self.scale.place(value.mid?)?));
            line.iter().map(height).collect::<Vec<Option<f64>>>()
        };
        let lines: Vec<Vec<Option<f64>>> = self.lines.iter().map(heights).collect();
        let near = |a: &Option<f64>, b: &Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1.0,
            (a, b) => a.is_none() && b.is_none(),
        };
        let is_drawn = lines.iter().all(|line| line.iter().any(Option::is_some));
        is_drawn && lines.windows(2).all(|pair| pair[0].iter().zip(&pair[1]).all(|(a, b)| near(a, b)))
    }

    /// What is said of the bands, if any radius is known.
    fn band_sentence(&self) -> Option<String> {
        let is_known = self.lines.iter().flatten().all(|value| value.mid.is_none() || value.radius.is_some());
        let all = || self.lines.iter().flatten().filter_map(|value| Some((value.mid?, value.radius?)));
        let absolute = all().map(|(_, radius)| radius).reduce(f64::max)?;
        let relative = all().filter(|(mid, _)| *mid != 0.0).map(|(mid, radius)| radius / mid.abs()).reduce(f64::max);
        let of_value = relative.filter(|relative| relative.is_finite());
        let of_value = of_value.map_or_else(String::new, |it| format!(", and none above {} of its value", at_most(it)));
        let lines = self.lines.iter().map(|line| self.in_pixels(line, &NOMINAL));
        let is_drawn = lines.flat_map(|line| line.stretches).flatten().any(|point| point.2 - point.3 >= VISIBLE);
        Some(match (is_drawn, absolute == 0.0 && is_known) {
            (_, true) => "All values are exact: no band.".to_owned(),
            (true, _) => format!(
                "The certified bands are shaded where they are wider than half a pixel; no radius is above {}{of_value}.",
                at_most(absolute)
            ),
            (false, _) => format!(
                "The certified bands are narrower than half a pixel and not drawn: no radius is above {}{of_value}.",
                at_most(absolute)
            ),
        })
    }
}

/// The least height of a band that is drawn, in pixels.
const VISIBLE: f64 = 0.5;

fn steps_have(count: usize) -> String {
    if count == 1 { "one step has".to_owned() } else { format!("{count} steps have") }
}

/// The values of a track in the order of the steps.
fn values(track: &Track) -> Vec<Value> {
    let value = |(place, t): (usize, &f64)| Value {
        t: *t,
        mid: track.mid.get(place).copied().flatten().filter(|mid| mid.is_finite()),
        radius: track.rad.get(place).copied().flatten().filter(|radius| radius.is_finite() && *radius >= 0.0),
    };
    let mut values: Vec<Value> = track.t.iter().enumerate().filter(|(_, t)| t.is_finite()).map(value).collect();
    values.sort_by(|a, b| a.t.total_cmp(&b.t));
    values
}

/// The least and the largest.
fn ends(numbers: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    numbers.fold(None, |ends, number| {
        let (least, largest) = ends.unwrap_or((number, number));
        Some((number.min(least), number.max(largest)))
    })
}

/// The ends of the upward axis: some room around the values, and around their bands as far as those are no wider than what they are around.
fn padded((low, high): (f64, f64), lines: &[Vec<Value>], scale: Scale) -> (f64, f64) {
    let bands = lines.iter().flatten().filter_map(|value| Some((value.mid?, value.radius?)));
    let bands = bands.flat_map(|(mid, radius)| [mid - radius, mid + radius]).filter_map(|end| scale.place(end));
    let (least, largest) = ends(bands).unwrap_or((low, high));
    let span = high - low;
    let room = match scale {
        _ if span > 0.0 => span,
        Scale::Linear => (low.abs() * 0.1).max(largest - low).max(low - least).max(f64::MIN_POSITIVE),
        Scale::Logarithmic => 1.0,
    };
    let margin = if low == 0.0 && span == 0.0 && largest == least { 1.0 } else { room * 0.06 };
    let (low, high) = (least.clamp(low - room, low) - margin, largest.clamp(high, high + room) + margin);
    // Numbers so near to each other that a margin is lost in rounding.
    if low < high { (low, high) } else { (low.next_down(), high.next_up()) }
}

/// A chart of the usual height, before anything is known of what stands beside it.
const NOMINAL: Frame = Frame { left: 0.0, right: WIDTH as f64, top: 0.0, bottom: CHART };

/// Where the chart is, in pixels.
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn of(plane: &Plane) -> Self {
        let (across, down) = plane.plotting_area().get_pixel_range();
        let pixels = |units: i32| f64::from(units) / f64::from(FINENESS);
        Self {
            left: pixels(across.start),
            right: pixels(across.end),
            top: pixels(down.start),
            bottom: pixels(down.end),
        }
    }

    fn across(&self, axis: &Axis, t: f64) -> f64 {
        self.left + axis.share(t) * (self.right - self.left)
    }

    fn up(&self, axis: &Axis, place: f64) -> f64 {
        self.bottom - axis.share(place) * (self.bottom - self.top)
    }
}

/// The bands of a line, where they can be seen.
fn bands(canvas: &Canvas, drawn: &Drawn, shade: Shade) {
    for stretch in &drawn.stretches {
        let bands: Vec<(f64, f64, f64)> = stretch.iter().map(|(x, _, low, high)| (*x, *high, *low)).collect();
        let bands = covered(&bands);
        let is_visible = |band: &(f64, f64, f64)| band.2 - band.1 >= VISIBLE;
        for part in bands.chunk_by(|a, b| is_visible(a) == is_visible(b)).filter(|part| is_visible(&part[0])) {
            if let [(x, top, bottom)] = part {
                canvas.line(&[(*x, *top), (*x, *bottom)], shade, 3.0);
            } else {
                let above = part.iter().map(|(x, top, _)| (*x, *top));
                let below = part.iter().rev().map(|(x, _, bottom)| (*x, *bottom));
                canvas.polygon(&above.chain(below).collect::<Vec<_>>(), shade, 0.25);
            }
        }
    }
}

/// The names at the ends of the lines, moved apart where they would be on one another.
fn label_ends(canvas: &Canvas, drawn: &[Drawn], ends: &[String], frame: &Frame) {
    let end = |line: &Drawn| {
        let last = line.stretches.last().and_then(|stretch| stretch.last()).map(|point| (point.0, point.1));
        match (last, line.at_the_edge.last()) {
            (Some(last), Some(edge)) if *edge > last.0 => Some((*edge, frame.bottom - 4.0)),
            (None, Some(edge)) => Some((*edge, frame.bottom - 4.0)),
            (last, _) => last,
        }
    };
    let mut labels: Vec<(usize, (f64, f64))> =
        drawn.iter().enumerate().filter_map(|(line, drawn)| Some((line, end(drawn)?))).collect();
    labels.sort_by(|a, b| a.1.1.total_cmp(&b.1.1));
    let mut heights = apart(&labels.iter().map(|label| label.1.1).collect::<Vec<f64>>(), frame.top, frame.bottom);
    heights.reverse();
    for (line, (x, y)) in labels {
        let height = heights.pop().unwrap_or(y);
        let shade = STROKES[line % STROKES.len()].shade;
        canvas.line(&[(x + 4.0, y), (frame.right + 6.0, y), (frame.right + 20.0, height)], QUIET, 0.7);
        canvas.text(frame.right + 24.0, height, Anchor::Start, shade, &ends[line]);
    }
}

/// Heights, from the least up, moved so that neighbours are at least [`LEADING`] apart and all are between `top` and `bottom` as far as
/// there is room.
pub(super) fn apart(heights: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut moved: Vec<f64> = Vec::new();
    for height in heights {
        let least = moved.last().map_or(top, |last| last + LEADING);
        moved.push(height.max(least));
    }
    let mut most = bottom;
    for height in moved.iter_mut().rev() {
        *height = height.min(most);
        most = *height - LEADING;
    }
    moved
}

/// The mark of a point, by the number of its line.
fn marker(canvas: &Canvas, line: usize, x: f64, y: f64, shade: Shade) {
    match line % 4 {
        0 => canvas.disc(x, y, 4.0, shade),
        1 => canvas.rectangle(Place { x: x - 3.5, y: y - 3.5, width: 7.0, height: 7.0 }, shade),
        2 => canvas.polygon(&[(x, y - 5.0), (x + 5.0, y + 4.0), (x - 5.0, y + 4.0)], shade, 1.0),
        _ => canvas.polygon(&[(x, y - 5.5), (x + 5.5, y), (x, y + 5.5), (x - 5.5, y)], shade, 1.0),
    }
}

/// Which steps a table names: the first and the last, those that matter, and some evenly between.
pub(super) fn rows(count: usize, that_matter: impl IntoIterator<Item = usize>) -> Vec<usize> {
    /// How many rows, where there are more steps; those that matter may add to them.
    const ROWS: usize = 12;
    let evenly =
        (0..ROWS.min(count)).map(|row| row * count.saturating_sub(1) / (ROWS.min(count).saturating_sub(1)).max(1));
    let rows: BTreeSet<usize> = evenly.chain(that_matter.into_iter().filter(|row| *row < count)).collect();
    rows.into_iter().collect()
}

/// A value and its radius, for a table.
pub(super) fn cells(track: &Track, row: usize) -> [String; 2] {
    let value = |values: &[Option<f64>]| values.get(row).copied().flatten().filter(|value| value.is_finite());
    let radius = value(&track.rad).filter(|radius| *radius >= 0.0);
    [value(&track.mid).map_or("–".to_owned(), number), radius.map_or("–".to_owned(), at_most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_at_the_ends_are_moved_apart_and_stay_within() {
        assert_eq!(apart(&[50.0, 100.0], 0.0, 200.0), [50.0, 100.0]);
        assert_eq!(apart(&[50.0, 50.0, 52.0], 0.0, 200.0), [50.0, 66.0, 82.0]);
        assert_eq!(apart(&[199.0, 200.0], 0.0, 200.0), [184.0, 200.0]);
        assert!(apart(&[], 0.0, 1.0).is_empty());
    }

    #[test]
    fn a_table_has_the_ends_and_what_matters() {
        assert_eq!(rows(3, []), [0, 1, 2]);
        assert!(rows(0, [0, 3]).is_empty());
        assert_eq!(rows(1, []), [0]);
        let many = rows(100_000, [54_321, 1_000_000]);
        assert_eq!((many[0], many[many.len() - 1], many.len()), (0, 99_999, 13));
        assert!(many.contains(&54_321));
    }
}
