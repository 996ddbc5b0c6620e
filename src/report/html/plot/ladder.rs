//! The evidence ladder: how many statements of each paper stand on which rung.

use super::canvas::{Anchor, Canvas, LETTERS, Pattern, Place, draw};
use super::palette::{CERTIFIED, EXACT, IDLE, INK, NUMERICAL, PROVED, QUIET, REFUTED, STATISTICAL, Shade, UNDECIDED};
use super::{Picture, WIDTH, letters};
use crate::report::document::Table;
use crate::report::results::Results;
use crate::verify::{Evidence, Status};

/// How the statements of a paper came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rungs {
    /// The key of the paper.
    pub paper: String,
    /// How many came out how, in the order of the rungs: proved, exact, certified, statistical, numerical, refuted, undecided, check failed, not
    /// applicable.
    pub counts: [u64; 9],
}

/// A rung: its word, and how it looks.
struct Rung {
    word: &'static str,
    /// What stands in a bar before the number.
    letter: &'static str,
    shade: Shade,
    pattern: Pattern,
    /// Whether it is named where there is nothing on it.
    always: bool,
}

const fn rung(word: &'static str, letter: &'static str, shade: Shade, pattern: Pattern, always: bool) -> Rung {
    Rung { word, letter, shade, pattern, always }
}

const RUNGS: [Rung; 9] = [
    rung("proved", "P", PROVED, Pattern::Plain, true),
    rung("exact", "E", EXACT, Pattern::Level, true),
    rung("certified", "C", CERTIFIED, Pattern::Rising, true),
    rung("statistical", "S", STATISTICAL, Pattern::Dotted, true),
    rung("numerical", "N", NUMERICAL, Pattern::Upright, true),
    rung("refuted", "R", REFUTED, Pattern::Crossed, true),
    rung("undecided", "U", UNDECIDED, Pattern::Falling, false),
    rung("check failed", "F", UNDECIDED, Pattern::Crossed, false),
    rung("not applicable", "–", IDLE, Pattern::Plain, false),
];

impl Rungs {
    /// The papers of a verification, in the order in which they first appear.
    #[must_use]
    pub fn of(results: &Results) -> Vec<Self> {
        let mut papers: Vec<Self> = Vec::new();
        for claim in &results.claims {
            let rung = match (claim.status, claim.evidence) {
                (Status::Holds, Some(Evidence::Proved)) => 0,
                (Status::Holds, Some(Evidence::Exact)) => 1,
                (Status::Holds, Some(Evidence::Certified)) => 2,
                (Status::Holds, Some(Evidence::Statistical)) => 3,
                // What holds without a word on its evidence is given no more than the least.
                (Status::Holds, Some(Evidence::Numerical) | None) => 4,
                (Status::Refuted, _) => 5,
                (Status::Undecided, _) => 6,
                (Status::Failed, _) => 7,
                (Status::NotApplicable, _) => 8,
            };
            let place = papers.iter().position(|paper| paper.paper == claim.paper).unwrap_or_else(|| {
                papers.push(Self { paper: claim.paper.clone(), ..Self::default() });
                papers.len() - 1
            });
            papers[place].counts[rung] += 1;
        }
        papers
    }

    fn total(&self) -> u64 {
        self.counts.iter().fold(0, |total, count| total.saturating_add(*count))
    }

    /// The length of the bar.
    fn length(&self) -> f64 {
        self.counts.iter().map(|count| *count as f64).sum()
    }

    /// The rungs on which there is something.
    fn taken(&self) -> impl Iterator<Item = (&'static Rung, u64)> {
        RUNGS.iter().zip(self.counts).filter(|(_, count)| *count > 0)
    }

    /// The counts in words.
    fn words(&self) -> String {
        let words: Vec<String> = self.taken().map(|(rung, count)| format!("{count} {}", rung.word)).collect();
        if words.is_empty() { "nothing was asked".to_owned() } else { words.join(", ") }
    }
}

const TOP: f64 = 12.0;
const LINE: f64 = 20.0;
const BAR: f64 = 28.0;
/// From the top of what a paper takes to its bar, under which the counts stand in words.
const NAME: f64 = 22.0;
const WORDS: f64 = 16.0;

/// The ladder of some papers.
#[must_use]
pub fn ladder(papers: &[Rungs]) -> Picture {
    let title = "What each verdict rests on".to_owned();
    let shown: Vec<&Rung> = RUNGS
        .iter()
        .enumerate()
        .filter(|(place, rung)| rung.always || papers.iter().any(|paper| paper.counts[*place] > 0))
        .map(|(_, rung)| rung)
        .collect();
    let (key, key_lines) = key(&shown);
    let top = TOP + f64::from(key_lines) * LINE + 8.0;
    let words: Vec<Vec<String>> =
        papers.iter().map(|paper| letters::lines(&paper.words(), LETTERS, f64::from(WIDTH))).collect();
    let high = |words: &Vec<String>| NAME + BAR + words.len() as f64 * WORDS + 18.0;
    let height = top + words.iter().map(high).sum::<f64>();
    let most = papers.iter().map(Rungs::length).fold(1.0, f64::max);
    let svg = draw(WIDTH, height.ceil() as u32, &title, |canvas| {
        for (x, line, rung) in key {
            let y = TOP + f64::from(line) * LINE;
            canvas.filled(Place { x, y: y - 7.0, width: SWATCH, height: 14.0 }, rung.shade, rung.pattern);
            canvas.text(x + SWATCH + 6.0, y, Anchor::Start, INK, &named(rung));
        }
        let mut top = top;
        for (paper, words) in papers.iter().zip(&words) {
            bar(canvas, paper, top, most);
            for (line, words) in words.iter().enumerate() {
                canvas.text(0.0, top + NAME + BAR + 13.0 + line as f64 * WORDS, Anchor::Start, INK, words);
            }
            top += high(words);
        }
    });
    let caption = "How to read it: a bar is a paper, as long as it has statements, and a part of it is what rests on one kind of evidence, the \
         strongest at the left. Proved: for all weights of the shapes tried, by polynomial identity testing. Exact: on every instance, in rational \
         arithmetic. Certified: on every instance, in ball arithmetic, whose bounds are rigorous. Statistical: by a confidence interval. Numerical: \
         two sides that no ball tells apart. Refuted: an instance meets the hypotheses and not the conclusion; for a statement that is false as \
         printed that is what is expected."
        .to_owned();
    let header = ["paper", "statements"].into_iter().chain(shown.iter().map(|rung| rung.word)).collect();
    let row = |paper: &Rungs| {
        let counts =
            RUNGS.iter().zip(paper.counts).filter(|(rung, _)| shown.iter().any(|other| other.word == rung.word));
        let first = [paper.paper.clone(), paper.total().to_string()];
        first.into_iter().chain(counts.map(|(_, count)| count.to_string())).collect()
    };
    Picture { svg, title, caption, table: Table { header, rows: papers.iter().map(row).collect() } }
}

/// The width of a sample of a rung.
const SWATCH: f64 = 22.0;

fn named(rung: &Rung) -> String {
    format!("{} {}", rung.letter, rung.word)
}

/// Where the key of the rungs stands: how far right, and in which line; and how many lines that makes.
fn key<'a>(shown: &[&'a Rung]) -> (Vec<(f64, u32, &'a Rung)>, u32) {
    let (mut x, mut line) = (0.0, 0);
    let mut places = Vec::new();
    for rung in shown {
        let width = SWATCH + 6.0 + letters::width(&named(rung), LETTERS);
        if x > 0.0 && x + width > f64::from(WIDTH) {
            (x, line) = (0.0, line + 1);
        }
        places.push((x, line, *rung));
        x += width + 14.0;
    }
    (places, line + 1)
}

fn bar(canvas: &Canvas, paper: &Rungs, top: f64, most: f64) {
    let total = paper.total();
    let statements = if total == 1 { "statement" } else { "statements" };
    let name = letters::fitted(&paper.paper, LETTERS, f64::from(WIDTH) - 240.0);
    canvas.bold(0.0, top + 10.0, Anchor::Start, INK, &name);
    let beside = letters::bold_width(&name, LETTERS) + 8.0;
    canvas.text(beside, top + 10.0, Anchor::Start, QUIET, &format!("{total} {statements}"));
    let mut x = 0.0;
    for (rung, count) in paper.taken() {
        let width = f64::from(WIDTH) * (count as f64 / most);
        // A gap sets the parts apart.
        let place = Place { x, y: top + NAME, width: (width - 2.0).max(0.5), height: BAR };
        canvas.filled(place, rung.shade, rung.pattern);
        let text = format!("{} {count}", rung.letter);
        let wide = letters::bold_width(&text, LETTERS);
        if wide + 10.0 < place.width {
            canvas.plate(x + place.width / 2.0, place.y + BAR / 2.0, wide, &text);
        }
        x += width;
    }
}

#[cfg(test)]
mod tests {
    use super::super::soundness::{assert_sound, labels, results};
    use super::*;

    fn paper(paper: &str, counts: [u64; 9]) -> Rungs {
        Rungs { paper: paper.to_owned(), counts }
    }

    #[test]
    fn a_bar_has_a_part_a_rung_and_its_counts_in_words() {
        let papers = [paper("JT19", [13, 6, 32, 0, 0, 7, 0, 0, 0]), paper("ACGH19", [6, 12, 34, 7, 0, 7, 0, 0, 0])];
        let picture = ladder(&papers);
        assert_sound(&picture);
        let texts: Vec<String> = labels(&picture.svg).into_iter().map(|label| label.text).collect();
        for text in ["P 13", "C 32", "R 7", "S 7", "58 statements", "13 proved, 6 exact, 32 certified, 7 refuted"] {
            assert!(texts.iter().any(|other| other == text), "{text} is not in {texts:?}");
        }
        // What nothing came out as is not in the key, unless it is a rung.
        assert!(texts.contains(&"N numerical".to_owned()) && !texts.contains(&"U undecided".to_owned()));
        assert_eq!(picture.table.header[..4], ["paper", "statements", "proved", "exact"]);
        assert_eq!(picture.table.rows[1][..5], ["ACGH19", "66", "6", "12", "34"]);
        assert_eq!(picture.svg, ladder(&papers).svg);
    }

    #[test]
    fn whatever_the_counts_there_is_a_bar() {
        let name = "a key that is \"long\" & <strange> and goes on for much longer than there is room on any line of a page of words";
        let all = paper(name, [1; 9]);
        for papers in [
            vec![],
            vec![paper("", [0; 9])],
            vec![paper("A", [0, 0, 0, 0, 0, 0, 1, 0, 0])],
            vec![all, paper("B", [u64::MAX; 9]), paper("C", [1, 0, 0, 0, 0, 0, 0, 0, u64::MAX])],
        ] {
            let picture = ladder(&papers);
            assert_sound(&picture);
            assert!(!picture.svg.contains("<strange>"));
        }
        assert!(ladder(&[paper("A", [0; 9])]).svg.contains("nothing was asked"));
    }

    #[test]
    fn what_is_counted_is_what_was_found() {
        let papers = Rungs::of(&results(&[
            ("A.1", "identity", "holds", Some("proved"), &[]),
            ("B.1", "instances", "refuted", Some("exact"), &[]),
            ("A.2", "instances", "undecided", None, &[]),
            ("A.3", "instances", "holds", None, &[]),
        ]));
        assert_eq!(papers, [paper("A", [1, 0, 0, 0, 1, 0, 1, 0, 0]), paper("B", [0, 0, 0, 0, 0, 1, 0, 0, 0])]);
    }
}
