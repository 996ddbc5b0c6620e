//! The pictures of the page, one file a picture.
//!
//! A picture is a pure function of a few plain values: SVG to stand inside a page, a caption that says how to read it, and a table that says
//! the same in numbers. It is drawn by `plotters` with no font of the system: how wide a text is, is an estimate on the safe side.
//! Colours are attributes and few, so that [`dark_rules`] recolours a picture for a dark page; no picture holds a style, a script or an id, and
//! none says anything by colour alone. The same values give the same bytes.
//!
//! Whatever the numbers, there is a picture: what has no place in it is said in the caption.

mod axis;
mod canvas;
mod chart;
mod curves;
mod graph;
mod ladder;
mod layers;
mod letters;
mod palette;
mod rests;
mod series;
#[cfg(test)]
mod soundness;
mod thin;
mod tightness;
mod times;

pub use chart::Track;
pub use curves::{Curves, curves};
pub use graph::{Graph, Kind, Node, Rests, graph};
pub use ladder::{Rungs, ladder};
pub use palette::dark_rules;
pub use rests::Text;
pub use series::{Series, series};
pub use tightness::{Bin, Ratio, Tightness, tightness};
pub use times::{Times, times};

#[cfg(test)]
use canvas::FINENESS;

use crate::report::document::Table;

/// A picture and the words that belong to it.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The picture, an `<svg>` element of its natural size in pixels, which has its title as its accessible name. A box around it should
    /// scroll where there is less room.
    pub svg: String,
    /// What it shows, in a few words.
    pub title: String,
    /// How to read it, and what it cannot show; plain text.
    pub caption: String,
    /// The same in numbers.
    pub table: Table,
}

/// The width of every picture in pixels: what a page of 1100 has room for beside its margins.
const WIDTH: u32 = 760;
