//! How tight the inequalities are: a histogram of worst ratios, in which each digit that a ratio comes nearer to 1 takes the same room.

use super::canvas::{Anchor, Canvas, LETTERS, Pattern, Place, draw};
use super::palette::{CERTIFIED, EXACT, GRID, INK, PROVED, QUIET, REFUTED, Shade};
use super::{Picture, WIDTH, letters};
use crate::report::document::Table;
use crate::report::results::Results;

/// The worst ratio of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// The id of the claim.
    pub id: String,
    /// The largest left side over right side, in decimal digits and rounded up.
    pub worst: String,
    /// Instances on which equality was proved.
    pub attained: u64,
}

/// The histogram, and what its bars lead to.
#[derive(Clone, Debug)]
pub struct Tightness {
    /// The histogram. Each bar links to the anchor of its bin.
    pub picture: Picture,
    /// The bins in which there is a claim, from the loosest up.
    pub bins: Vec<Bin>,
    /// The claims that are farthest from attained, the loosest first, at most ten.
    pub loosest: Vec<Ratio>,
}

/// A bar and its claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bin {
    /// Where the bar leads to, without `#`: the page gives this id to something inside of what opens.
    pub anchor: &'static str,
    /// What the ratios are, in words.
    pub words: &'static str,
    /// The claims, from the loosest up.
    pub claims: Vec<Ratio>,
}

/// What the bars are: where each leads to, what its ratios are, and how it looks.
const BARS: [(&str, &str, Shade, Pattern); 15] = [
    ("tightness-0", "up to 0.684", EXACT, Pattern::Plain),
    ("tightness-1", "0.684 to 0.9", EXACT, Pattern::Plain),
    ("tightness-2", "0.9 to 0.968", EXACT, Pattern::Plain),
    ("tightness-3", "0.968 to 0.99", EXACT, Pattern::Plain),
    ("tightness-4", "0.99 to 0.997", EXACT, Pattern::Plain),
    ("tightness-5", "0.997 to 0.999", EXACT, Pattern::Plain),
    ("tightness-6", "0.999 to 0.9997", EXACT, Pattern::Plain),
    ("tightness-7", "0.9997 to 0.9999", EXACT, Pattern::Plain),
    ("tightness-8", "0.9999 to 0.99997", EXACT, Pattern::Plain),
    ("tightness-9", "0.99997 to 0.99999", EXACT, Pattern::Plain),
    ("tightness-10", "0.99999 to 0.999997", EXACT, Pattern::Plain),
    ("tightness-11", "0.999997 to 0.999999", EXACT, Pattern::Plain),
    ("tightness-near", "above 0.999999, equality not proved", CERTIFIED, Pattern::Rising),
    ("tightness-attained", "1, attained: equality proved on an instance", PROVED, Pattern::Level),
    ("tightness-above", "above 1: not kept", REFUTED, Pattern::Crossed),
];

const NEAR: usize = 12;
const ATTAINED: usize = 13;
const ABOVE: usize = 14;

impl Ratio {
    /// The claims of a verification that have a worst ratio.
    #[must_use]
    pub fn of(results: &Results) -> Vec<Self> {
        let ratio = |claim: &crate::report::results::ClaimResult| {
            let worst = claim.worst_ratio.clone()?;
            Some(Self { id: claim.id.clone(), worst, attained: claim.attained })
        };
        results.claims.iter().filter_map(ratio).collect()
    }

    /// The ratio as a number, if it is one.
    fn value(&self) -> Option<f64> {
        self.worst.parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// The bar that it belongs to.
    fn bar(&self) -> Option<usize> {
        let value = self.value()?;
        Some(if value > 1.0 {
            ABOVE
        } else if value > 0.999_999 {
            if self.attained > 0 { ATTAINED } else { NEAR }
        } else {
            // Two bars a digit. What rounding takes from a round number is given back.
            let digits = -(1.0 - value.max(0.0)).log10();
            ((2.0 * digits + 1e-6).floor() as usize).min(NEAR - 1)
        })
    }
}

/// The histogram of some ratios.
#[must_use]
pub fn tightness(ratios: &[Ratio]) -> Tightness {
    let mut sorted: Vec<&Ratio> = ratios.iter().filter(|ratio| ratio.value().is_some()).collect();
    let unread = ratios.len() - sorted.len();
    let key = |ratio: &Ratio| ratio.value().unwrap_or(0.0);
    sorted.sort_by(|a, b| key(a).total_cmp(&key(b)).then_with(|| a.id.cmp(&b.id)));
    let of_bar = |bar: usize| sorted.iter().filter(move |ratio| ratio.bar() == Some(bar)).map(|ratio| (*ratio).clone());
    let bars: Vec<Bin> = BARS
        .iter()
        .enumerate()
        .map(|(bar, (anchor, words, ..))| Bin { anchor, words, claims: of_bar(bar).collect() })
        .collect();
    let title = "How tight the inequalities are".to_owned();
    let svg = draw(WIDTH, HEIGHT, &title, |canvas| histogram(canvas, &bars));
    let bins: Vec<Bin> = bars.into_iter().filter(|bin| !bin.claims.is_empty()).collect();
    let mut caption = "How to read it: a bar holds the claims whose worst ratio, the largest left side over right side on any instance that says \
        something, is in its range; one step to the right is half a digit nearer to 1 (the axis is −log₁₀(1 − ratio)). Ratios are rounded up to six \
        digits, so that a ratio above 0.999999 cannot be told from 1: such claims stand apart, those with an equality that was proved in a bar of \
        their own. Loose is not wrong: it says how much the bound could be lowered on what was tried. A bar opens its claims."
        .to_owned();
    if unread > 0 {
        caption += &format!(" {unread} with a ratio that is no number left out.");
    }
    let row = |bin: &Bin| {
        let ids: Vec<&str> = bin.claims.iter().map(|ratio| ratio.id.as_str()).collect();
        vec![bin.words.to_owned(), bin.claims.len().to_string(), ids.join(", ")]
    };
    let table = Table { header: vec!["worst ratio", "number", "claims"], rows: bins.iter().map(row).collect() };
    let loosest = sorted.iter().filter(|ratio| ratio.bar().is_some_and(|bar| bar < NEAR)).take(10);
    let loosest = loosest.map(|ratio| (*ratio).clone()).collect();
    Tightness { picture: Picture { svg, title, caption, table }, bins, loosest }
}

const HEIGHT: u32 = 270;
/// Where the bars stand, and how high the highest is.
const GROUND: f64 = 200.0;
const HIGHEST: f64 = 170.0;
/// Pixels a bar.
const STEP: f64 = 42.0;
/// Where the bars of what is 1 start: apart.
const APART: f64 = 12.0 * STEP + 24.0;
const WIDE: f64 = 77.0;

fn histogram(canvas: &Canvas, bars: &[Bin]) {
    let most = bars.iter().map(|bin| bin.claims.len()).max().unwrap_or(0).max(1);
    for (bar, bin) in bars.iter().enumerate() {
        let (x, width) =
            if bar < NEAR { (bar as f64 * STEP, STEP) } else { (APART + (bar - NEAR) as f64 * WIDE, WIDE) };
        let count = bin.claims.len();
        let height = HIGHEST * (count as f64 / most as f64);
        let place = Place { x: x + 2.0, y: GROUND - height, width: width - 4.0, height };
        if count > 0 {
            let (_, words, shade, pattern) = BARS[bar];
            canvas.filled(place, shade, pattern);
            canvas.bold(x + width / 2.0, GROUND - height - 9.0, Anchor::Middle, INK, &count.to_string());
            let name = format!("{count} {}, ratio {words}", if count == 1 { "claim" } else { "claims" });
            canvas.link(place, &format!("#{}", bin.anchor), &name);
        }
    }
    canvas.line(&[(0.0, GROUND), (NEAR as f64 * STEP, GROUND)], INK, 1.0);
    for (digits, ratio) in ["0", "0.9", "0.99", "0.999", "0.9999", "0.99999", "0.999999"].iter().enumerate() {
        let x = 2.0 * STEP * digits as f64;
        canvas.line(&[(x, GROUND), (x, GROUND + 5.0)], INK, 1.0);
        let (x, anchor) = match digits {
            0 => (x, Anchor::Start),
            _ => (x, Anchor::Middle),
        };
        canvas.text(x, GROUND + 15.0, anchor, INK, ratio);
    }
    canvas.text(
        0.0,
        GROUND + 55.0,
        Anchor::Start,
        QUIET,
        "worst ratio of left to right side: loose at the left, tight at the right",
    );
    let apart: [(usize, &[&str]); 3] = [
        (NEAR, &["> 0.999999,", "equality", "not proved"]),
        (ATTAINED, &["1, equality", "proved"]),
        (ABOVE, &["above 1"]),
    ];
    for (bar, words) in apart {
        if bar == ABOVE && bars[ABOVE].claims.is_empty() {
            continue;
        }
        let x = APART + (bar - NEAR) as f64 * WIDE;
        canvas.line(&[(x, GROUND), (x + WIDE, GROUND)], INK, 1.0);
        for (line, word) in words.iter().enumerate() {
            debug_assert!(letters::width(word, LETTERS) < WIDE);
            canvas.text(x + WIDE / 2.0, GROUND + 33.0 + 15.0 * line as f64, Anchor::Middle, INK, word);
        }
    }
    canvas.line(&[(APART - 12.0, 20.0), (APART - 12.0, GROUND)], GRID, 1.0);
}

#[cfg(test)]
mod tests {
    use super::super::soundness::{assert_sound, attribute, elements, labels};
    use super::*;

    fn ratio(id: &str, worst: &str, attained: u64) -> Ratio {
        Ratio { id: id.to_owned(), worst: worst.to_owned(), attained }
    }

    #[test]
    fn a_ratio_is_in_the_bar_of_its_range_and_one_is_apart() {
        for (worst, attained, words) in [
            ("0", 0, "up to 0.684"),
            ("-3", 0, "up to 0.684"),
            ("1e-400", 0, "up to 0.684"),
            ("4.66154e-5", 64, "up to 0.684"),
            ("0.683", 0, "up to 0.684"),
            ("0.9", 0, "0.9 to 0.968"),
            ("0.99", 0, "0.99 to 0.997"),
            ("0.999", 0, "0.999 to 0.9997"),
            ("0.99999", 0, "0.99999 to 0.999997"),
            ("0.999999", 1, "0.999997 to 0.999999"),
            ("1", 0, "above 0.999999, equality not proved"),
            ("1", 3, "1, attained: equality proved on an instance"),
            ("1.00001", 3, "above 1: not kept"),
            ("1e300", 0, "above 1: not kept"),
        ] {
            let found = tightness(&[ratio("A.1", worst, attained)]);
            assert_eq!(found.bins.len(), 1, "{worst}");
            assert_eq!(found.bins[0].words, words, "{worst}");
        }
    }

    #[test]
    fn each_bar_leads_to_its_claims_and_the_loosest_are_listed() {
        let mut ratios: Vec<Ratio> =
            (0..14).map(|n| ratio(&format!("A.{n}"), &format!("0.{:02}", 50 - n), 0)).collect();
        ratios.push(ratio("A.\"<&", "0.95", 0));
        ratios.push(ratio("A.one", "1", 0));
        let found = tightness(&ratios);
        assert_sound(&found.picture);
        let links: Vec<&str> =
            elements(&found.picture.svg, "a").into_iter().map(|link| attribute(link, "href")).collect();
        let anchors: Vec<String> = found.bins.iter().map(|bin| format!("#{}", bin.anchor)).collect();
        assert_eq!(links, anchors);
        assert_eq!(found.bins.iter().map(|bin| bin.claims.len()).sum::<usize>(), ratios.len());
        assert!(labels(&found.picture.svg).iter().any(|label| label.text == "14"));
        assert_eq!(found.loosest.len(), 10);
        assert_eq!(found.loosest[0].id, "A.13");
        assert!(found.loosest.iter().all(|ratio| ratio.id != "A.one"));
        assert_eq!(found.picture.table.rows[1][2], "A.\"<&");
        ratios.reverse();
        assert_eq!(found.picture.svg, tightness(&ratios).picture.svg);
    }

    #[test]
    fn whatever_the_ratios_there_is_a_histogram() {
        let many: Vec<Ratio> =
            (0..1000).map(|n| ratio(&format!("A.{n}"), if n % 2 == 0 { "1" } else { "1.5" }, n % 4)).collect();
        for ratios in
            [vec![], vec![ratio("", "NaN", 0), ratio("", "inf", 0), ratio("", "<b>", 0), ratio("", "", 1)], many]
        {
            assert_sound(&tightness(&ratios).picture);
        }
        assert!(tightness(&[ratio("A.1", "NaN", 0)]).picture.caption.contains("1 with a ratio that is no number"));
    }
}
