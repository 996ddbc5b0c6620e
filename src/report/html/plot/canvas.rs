//! What every picture is drawn with: marks in pixels, through `plotters` onto an `<svg>` element.
//!
//! `plotters` has whole numbers for coordinates: a canvas is [`FINENESS`] units a pixel, so that a line is not a staircase.

use std::cell::RefCell;

use maud::{Markup, html};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::palette::{ASSUMED, INK, PAPER, STROKES, Shade, hexadecimal};

/// Units a pixel.
pub(super) const FINENESS: u32 = 10;

/// The usual size of letters, in pixels.
pub(super) const LETTERS: f64 = 12.0;

/// An area of `plotters`, in units.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Where a text stands relative to its point; its middle is at the height of the point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
}

/// A rectangle, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// What tells a filled area from others beside its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    Plain,
    Rising,
    Falling,
    Crossed,
    Upright,
    Level,
    Dotted,
}

/// What is drawn on.
pub(super) struct Canvas<'a> {
    pub(super) area: Area<'a>,
    links: RefCell<Vec<Markup>>,
}

/// Pixels to units. What is no number is 0, and what is too large stays as large as can be.
pub(super) fn units(pixels: f64) -> i32 {
    (pixels * f64::from(FINENESS)).round() as i32
}

/// A letter size for `plotters`, which divides it by 1.24.
pub(super) fn font<'a>(size: f64, shade: Shade) -> TextStyle<'a> {
    ("sans-serif", size * f64::from(FINENESS) * 1.24).into_font().color(&shade.light)
}

/// The SVG of a picture of `width` by `height` pixels whose accessible name is `name`.
pub(super) fn draw(width: u32, height: u32, name: &str, paint: impl FnOnce(&Canvas)) -> String {
    let size = (width * FINENESS, height * FINENESS);
    let mut drawn = String::new();
    let links = {
        let canvas =
            Canvas { area: SVGBackend::with_string(&mut drawn, size).into_drawing_area(), links: RefCell::default() };
        canvas.rectangle(Place { x: 0.0, y: 0.0, width: f64::from(width), height: f64::from(height) }, PAPER);
        paint(&canvas);
        canvas.links.into_inner()
    };
    // The element itself is ours; what stands in it is of `plotters`, but for what says nothing.
    let inner = drawn.split_once('\n').map_or("", |(_, rest)| rest);
    let mut inner = inner.trim_end().trim_end_matches("</svg>").replace(" opacity=\"1\"", "");
    // It knows no dashes but as many short lines: a colour of a line stands for its dashes.
    for stroke in STROKES.iter().chain([&ASSUMED]).filter(|stroke| !stroke.dashes.is_empty()) {
        let dashes: Vec<String> = stroke.dashes.iter().map(|dash| (dash * FINENESS).to_string()).collect();
        let plain = format!("<polyline fill=\"none\" stroke=\"{}\"", hexadecimal(stroke.shade.light));
        inner = inner.replace(&plain, &format!("{plain} stroke-dasharray=\"{}\"", dashes.join(" ")));
    }
    // What holds links is no single image.
    let role = if links.is_empty() { "img" } else { "group" };
    let view = format!("0 0 {} {}", size.0, size.1);
    let svg = html! {
        svg.plot xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox=(view) role=(role) aria-label=(name) {
            (maud::PreEscaped(inner))
            @for link in &links { (link) }
        }
    };
    svg.into_string()
}

impl Canvas<'_> {
    /// A filled rectangle.
    pub(super) fn rectangle(&self, place: Place, shade: Shade) {
        let corners = [units_of(place.x, place.y), units_of(place.x + place.width, place.y + place.height)];
        done(self.area.draw(&Rectangle::new(corners, shade.light.filled())));
    }

    /// A line through points.
    pub(super) fn line(&self, points: &[(f64, f64)], shade: Shade, thickness: f64) {
        let points: Vec<(i32, i32)> = points.iter().map(|(x, y)| units_of(*x, *y)).collect();
        done(self.area.draw(&PathElement::new(points, shade.light.stroke_width(units(thickness).unsigned_abs()))));
    }

    /// A filled polygon, as strong as `opacity`.
    pub(super) fn polygon(&self, points: &[(f64, f64)], shade: Shade, opacity: f64) {
        let points: Vec<(i32, i32)> = points.iter().map(|(x, y)| units_of(*x, *y)).collect();
        done(self.area.draw(&Polygon::new(points, shade.light.mix(opacity).filled())));
    }

    /// A filled circle.
    pub(super) fn disc(&self, x: f64, y: f64, radius: f64, shade: Shade) {
        done(self.area.draw(&Circle::new(units_of(x, y), units(radius), shade.light.filled())));
    }

    /// A text of the size of [`LETTERS`].
    pub(super) fn text(&self, x: f64, y: f64, anchor: Anchor, shade: Shade, text: &str) {
        self.letters(x, y, anchor, font(LETTERS, shade), text);
    }

    /// The same in bold.
    pub(super) fn bold(&self, x: f64, y: f64, anchor: Anchor, shade: Shade, text: &str) {
        let size = LETTERS * f64::from(FINENESS) * 1.24;
        self.letters(x, y, anchor, ("sans-serif", size, FontStyle::Bold).into_font().color(&shade.light), text);
    }

    fn letters(&self, x: f64, y: f64, anchor: Anchor, style: TextStyle, text: &str) {
        let across = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
        };
        done(self.area.draw_text(text, &style.pos(Pos::new(across, VPos::Center)), units_of(x, y)));
    }

    /// A rectangle filled with a colour and a pattern of lines or dots in that of the paper.
    pub(super) fn filled(&self, place: Place, shade: Shade, pattern: Pattern) {
        /// Pixels between lines or dots.
        const SPACING: f64 = 7.0;
        let Place { x, y, width, height } = place;
        self.rectangle(place, shade);
        let steps = |length: f64| {
            (1..).map(|step| f64::from(step) * SPACING - SPACING / 2.0).take_while(move |at| *at < length)
        };
        // Slanted lines, cut off where the rectangle ends.
        let slanted = |rising: bool| {
            for start in steps(width + height).map(|at| at - height) {
                let (from, to) = (start.max(0.0), (start + height).min(width));
                let level = |at: f64| if rising { y + height - (at - start) } else { y + (at - start) };
                self.line(&[(x + from, level(from)), (x + to, level(to))], PAPER, 1.2);
            }
        };
        match pattern {
            Pattern::Plain => {}
            Pattern::Rising => slanted(true),
            Pattern::Falling => slanted(false),
            Pattern::Crossed => {
                slanted(true);
                slanted(false);
            }
            Pattern::Upright => {
                steps(width).for_each(|at| self.line(&[(x + at, y), (x + at, y + height)], PAPER, 1.2));
            }
            Pattern::Level => steps(height).for_each(|at| self.line(&[(x, y + at), (x + width, y + at)], PAPER, 1.2)),
            Pattern::Dotted => {
                for across in steps(width) {
                    steps(height).for_each(|down| self.disc(x + across, y + down, 1.3, PAPER));
                }
            }
        }
    }

    /// A text on a plate of the paper's colour, to stand on a pattern. `width` is that of the text.
    pub(super) fn plate(&self, x: f64, y: f64, width: f64, text: &str) {
        self.rectangle(Place { x: x - width / 2.0 - 3.0, y: y - 8.0, width: width + 6.0, height: 16.0 }, PAPER);
        self.bold(x, y, Anchor::Middle, INK, text);
    }

    /// Makes a rectangle lead to `href`; `name` says where that is.
    pub(super) fn link(&self, place: Place, href: &str, name: &str) {
        let Place { x, y, width, height } = place;
        self.links.borrow_mut().push(html! {
            a href=(href) aria-label=(name) {
                title { (name) }
                rect x=(units(x)) y=(units(y)) width=(units(width)) height=(units(height)) fill="none" pointer-events="all" {}
            }
        });
    }
}

fn units_of(x: f64, y: f64) -> (i32, i32) {
    (units(x), units(y))
}

/// What is drawn goes into a string, which cannot fail.
fn done<E>(result: Result<(), E>) {
    drop(result);
}
