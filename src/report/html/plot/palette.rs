//! The colours of all pictures: each in light, and what becomes of it in the dark.

use std::fmt::Write;

use plotters::style::RGBColor;

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shade {
    pub(super) light: RGBColor,
    dark: &'static str,
}

const fn shade(light: u32, dark: &'static str) -> Shade {
    let [_, red, green, blue] = light.to_be_bytes();
    Shade { light: RGBColor(red, green, blue), dark }
}

/// What lies behind everything: the paper of the page.
pub(super) const PAPER: Shade = shade(0xFFFEFB, "#14171C");
/// Words and axes.
pub(super) const INK: Shade = shade(0x1A1A1A, "#E6E6E6");
/// Words of less weight.
pub(super) const QUIET: Shade = shade(0x555555, "#B4B8BE");
/// Lines that help the eye.
pub(super) const GRID: Shade = shade(0xDADADA, "#353A42");

/// The evidence of a verdict, from the strongest down.
pub(super) const PROVED: Shade = shade(0x0B4A6F, "#9AD1F5");
pub(super) const EXACT: Shade = shade(0x1F78B4, "#57A8DC");
pub(super) const CERTIFIED: Shade = shade(0x3B7F5C, "#63B58A");
pub(super) const STATISTICAL: Shade = shade(0x7A5BA6, "#B096D9");
pub(super) const NUMERICAL: Shade = shade(0x8A6D1F, "#CDAE5A");
/// What is false.
pub(super) const REFUTED: Shade = shade(0xB3261E, "#F2857C");
/// What is not decided, or broke.
pub(super) const UNDECIDED: Shade = shade(0xB25E00, "#F0A95A");
/// What was not asked.
pub(super) const IDLE: Shade = shade(0x767676, "#8F949B");

/// A line among others, which its dashes tell from them: lengths of line and gap in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stroke {
    pub(super) shade: Shade,
    pub(super) dashes: &'static [u32],
}

/// The lines of a picture, in order.
pub(super) const STROKES: [Stroke; 8] = [
    Stroke { shade: shade(0x0062A3, "#6CB8F0"), dashes: &[] },
    Stroke { shade: shade(0xB34700, "#F5A067"), dashes: &[9, 4] },
    Stroke { shade: shade(0x2B7A3E, "#77C98B"), dashes: &[2, 3] },
    Stroke { shade: shade(0x7B3F98, "#C99AE0"), dashes: &[12, 3, 2, 3] },
    Stroke { shade: shade(0x9A1750, "#F08DB8"), dashes: &[16, 4] },
    Stroke { shade: shade(0x5E5300, "#CFC25A"), dashes: &[5, 5] },
    Stroke { shade: shade(0x006D6D, "#5CC7C7"), dashes: &[8, 3, 2, 3, 2, 3] },
    Stroke { shade: shade(0x3D3D3D, "#C8C8C8"), dashes: &[1, 4] },
];

/// An arrow of a graph that stands for hypotheses.
pub(super) const ASSUMED: Stroke = Stroke { shade: shade(0x6B5B73, "#C3B5CB"), dashes: &[5, 3] };

/// The rules of a style sheet that recolour every picture inside of what `scope` selects, for a dark page.
///
/// ```
/// let rules = gradient_witness::report::html::plot::dark_rules("[data-theme=dark] svg");
/// assert!(rules.contains("[data-theme=dark] svg [fill=\"#FFFEFB\"]{fill:#14171C}"));
/// ```
#[must_use]
pub fn dark_rules(scope: &str) -> String {
    let mut rules = String::new();
    for shade in shades() {
        let (light, dark) = (hexadecimal(shade.light), shade.dark);
        for property in ["fill", "stroke"] {
            // Writing to a string cannot fail.
            let _ = writeln!(rules, "{scope} [{property}=\"{light}\"]{{{property}:{dark}}}");
        }
    }
    rules
}

fn shades() -> impl Iterator<Item = Shade> {
    let named = [PAPER, INK, QUIET, GRID, PROVED, EXACT, CERTIFIED, STATISTICAL, NUMERICAL, REFUTED, UNDECIDED, IDLE];
    named.into_iter().chain(STROKES.map(|stroke| stroke.shade)).chain([ASSUMED.shade])
}

/// A colour as `plotters` writes it.
pub(super) fn hexadecimal(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of a colour.
    fn luminance(hexadecimal: &str) -> f64 {
        let channel = |place: usize| {
            let value = f64::from(u8::from_str_radix(&hexadecimal[place..place + 2], 16).unwrap()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn words_and_marks_stand_out_in_both_themes() {
        let light = |shade: Shade| hexadecimal(shade.light);
        for shade in shades().filter(|shade| ![PAPER, GRID].contains(shade)) {
            // Words are in any of these colours.
            assert!(contrast(&light(shade), &light(PAPER)) >= 4.5, "{shade:?} in light");
            assert!(contrast(shade.dark, PAPER.dark) >= 4.5, "{shade:?} in dark");
        }
    }

    #[test]
    fn pictures_are_on_the_paper_of_the_page() {
        let paper = format!("--paper: light-dark({}, {})", hexadecimal(PAPER.light), PAPER.dark);
        assert!(include_str!("../page.css").contains(&paper.to_lowercase()), "{paper}");
    }

    #[test]
    fn no_two_colours_are_one_in_light() {
        let mut all: Vec<String> = shades().map(|shade| hexadecimal(shade.light)).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
