//! Both sides of a relation over the steps, and where it fails.

use super::axis::number;
use super::canvas::draw;
use super::chart::{Chart, Remark, Track, cells, rows};
use super::{Picture, WIDTH};
use crate::claims::Symbol;
use crate::report::document::Table;
use crate::report::results::{BandsResult, CurveResult};

/// Both sides of a relation over the steps of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    /// What is asserted.
    pub relation: String,
    /// The layer or pair of layers it speaks of.
    pub layer: Option<u64>,
    /// What is to hold between the sides: `≤`, `<` or `=`; `None` if it was decided by other means.
    pub comparison: Option<&'static str>,
    /// The left side.
    pub left: Track,
    /// The right side, at the same steps.
    pub right: Track,
    /// The first step at which it is certainly false.
    pub crosses: Option<f64>,
    /// The steps at which it certainly fails.
    pub failing: Vec<f64>,
    /// The steps at which it does not count, since a hypothesis is not certainly true.
    pub outside: Vec<f64>,
    /// Why it ends before the run does, if so.
    pub ends: Option<String>,
}

impl Curves {
    /// What was saved of a relation.
    #[must_use]
    pub fn of(saved: &CurveResult) -> Self {
        let comparison = saved.comparison.map(|symbol| match symbol {
            Symbol::AtMost => "≤",
            Symbol::LessThan => "<",
            Symbol::Equal => "=",
        });
        // What the sides are can be read off the relation where it is one, and not a chain.
        let parts: Vec<&str> =
            comparison.map_or_else(Vec::new, |symbol| saved.relation.split(&format!(" {symbol} ")).collect());
        let names = if let [left, right] = parts[..] { [left, right] } else { [""; 2] };
        let steps = |steps: &[u64]| steps.iter().map(|t| *t as f64).collect::<Vec<f64>>();
        let side = |name: &str, bands: &BandsResult| Track {
            name: name.to_owned(),
            t: steps(&saved.t),
            mid: bands.mid.clone(),
            rad: bands.rad.clone(),
        };
        Self {
            relation: saved.relation.clone(),
            layer: Some(saved.layer).filter(|layer| *layer > 0),
            comparison,
            left: side(names[0], &saved.left),
            right: side(names[1], &saved.right),
            crosses: saved.crosses.map(|t| t as f64),
            failing: steps(&saved.failing),
            outside: steps(&saved.outside),
            ends: saved.ends.clone(),
        }
    }

    /// The stretches of the steps that are among some, each from its first to its last.
    fn stretches(&self, some: &[f64]) -> Vec<(f64, f64)> {
        let mut steps: Vec<f64> = self.left.t.iter().copied().filter(|t| t.is_finite()).collect();
        steps.sort_by(f64::total_cmp);
        let mut some = some.to_vec();
        some.sort_by(f64::total_cmp);
        let is_among = |t: f64| some.binary_search_by(|other| other.total_cmp(&t)).is_ok();
        let steps: Vec<(f64, bool)> = steps.into_iter().map(|t| (t, is_among(t))).collect();
        let stretches = steps.chunk_by(|a, b| a.1 == b.1).filter(|stretch| stretch[0].1);
        stretches.map(|stretch| (stretch[0].0, stretch[stretch.len() - 1].0)).collect()
    }

    fn about(&self) -> String {
        match self.layer {
            Some(layer) => format!("{}, layer {layer}", self.relation),
            None => self.relation.clone(),
        }
    }
}

/// The curves of a relation.
#[must_use]
pub fn curves(curves: &Curves) -> Picture {
    let title = format!("Both sides over t: {}", curves.about());
    let mut chart = Chart::new(vec![&curves.left, &curves.right]);
    chart.ends = vec!["left side".to_owned(), "right side".to_owned()];
    chart.has_key = true;
    let (failing, outside) = (curves.stretches(&curves.failing), curves.stretches(&curves.outside));
    let remarked = |stretches: &[(f64, f64)], remark: Remark| {
        stretches.iter().map(move |(from, to)| (*from, *to, remark)).collect::<Vec<_>>()
    };
    chart.stretches = [remarked(&failing, Remark::Fails), remarked(&outside, Remark::Outside)].concat();
    chart.first_false = curves.crosses.filter(|t| t.is_finite());
    let svg = draw(WIDTH, chart.height(), &title, |canvas| chart.draw(canvas));
    let mut sentences = vec![match curves.comparison {
        Some(symbol) => format!("How to read it: left {symbol} right is what is claimed."),
        None => "How to read it: the two sides are what is compared; the comparison itself is made by other means."
            .to_owned(),
    }];
    sentences
        .push("The left side is the unbroken line with discs, the right side the dashed one with squares.".to_owned());
    if !failing.is_empty() {
        sentences.push(format!("It certainly fails at t = {}: shaded.", in_words(&failing)));
    }
    if !outside.is_empty() {
        let words = in_words(&outside);
        sentences
            .push(format!("At t = {words} a hypothesis is not certainly true, so that it does not count: shaded too."));
    }
    sentences.extend(
        chart.first_false.map(|t| format!("The first step at which it is certainly false is t = {}.", number(t))),
    );
    if chart.is_one_line() {
        sentences.push("The sides are so near that their lines lie on one another: the table says more.".to_owned());
    }
    sentences.extend(chart.sentences());
    sentences.extend(curves.ends.as_ref().map(|why| format!("The curves end before the run does: {why}.")));
    Picture { svg, title, caption: sentences.join(" "), table: table(curves) }
}

fn in_words(stretches: &[(f64, f64)]) -> String {
    /// So many are named.
    const NAMED: usize = 5;
    let stretch = |(from, to): &(f64, f64)| {
        if from == to { number(*from) } else { format!("{} to {}", number(*from), number(*to)) }
    };
    let named = stretches.iter().take(NAMED).map(stretch).collect::<Vec<String>>().join(", ");
    if stretches.len() > NAMED { format!("{named} and in {} stretches more", stretches.len() - NAMED) } else { named }
}

fn table(curves: &Curves) -> Table {
    let steps = &curves.left.t;
    let place = |t: &f64| steps.iter().position(|other| other == t);
    let around = curves.crosses.iter().filter_map(place).flat_map(|row| [row.saturating_sub(1), row, row + 1]);
    let ends = curves.stretches(&curves.failing).into_iter().take(10).flat_map(|(from, to)| [from, to]);
    let ends: Vec<usize> = ends.filter_map(|t| place(&t)).collect();
    let row = |row: usize| {
        let t = steps[row];
        let remark = if curves.failing.contains(&t) {
            "fails"
        } else if curves.outside.contains(&t) {
            "does not count"
        } else {
            ""
        };
        let ([left, left_radius], [right, right_radius]) = (cells(&curves.left, row), cells(&curves.right, row));
        vec![number(t), left, left_radius, right, right_radius, remark.to_owned()]
    };
    Table {
        header: vec!["t", "left", "± at most", "right", "± at most", "remark"],
        rows: rows(steps.len(), around.chain(ends)).into_iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::soundness::{assert_sound, attribute, elements, labels};
    use super::*;

    fn track(name: &str, mid: &[f64], rad: f64) -> Track {
        Track {
            name: name.to_owned(),
            t: (0..mid.len()).map(|t| t as f64).collect(),
            mid: mid.iter().map(|mid| Some(*mid)).collect(),
            rad: vec![Some(rad); mid.len()],
        }
    }

    fn of(left: &[f64], right: &[f64], rad: f64) -> Curves {
        Curves {
            relation: "‖W_k‖² < \"R\" & <b>".to_owned(),
            layer: Some(1),
            comparison: Some("≤"),
            left: track("‖W_k‖² < \"R\"", left, rad),
            right: track("R & <b>", right, rad),
            ..Curves::default()
        }
    }

    fn lines(picture: &Picture) -> Vec<&str> {
        elements(&picture.svg, "polyline").into_iter().filter(|line| attribute(line, "stroke-width") == "20").collect()
    }

    #[test]
    fn sides_are_told_apart_by_dash_and_name_and_what_fails_is_said() {
        let mut found = of(&[1.0, 2.0, 3.0, 4.0], &[2.0, 2.5, 2.6, 2.7], 1e-40);
        (found.crosses, found.failing, found.outside) = (Some(2.0), vec![2.0, 3.0], vec![0.0]);
        let picture = curves(&found);
        assert_sound(&picture);
        // The lines, and their samples in the key.
        let dashed: Vec<bool> =
            lines(&picture).iter().map(|line| line.split('>').next().unwrap().contains("dasharray")).collect();
        assert_eq!(dashed, [false, true, false, true]);
        let texts: Vec<String> = labels(&picture.svg).into_iter().map(|label| label.text).collect();
        for text in
            ["left side", "right side", "fails", "does not count", "first false at t = 2", "right side: R & <b>"]
        {
            assert!(texts.iter().any(|other| other == text), "{text} is not in {texts:?}");
        }
        assert!(picture.caption.contains("It certainly fails at t = 2 to 3: shaded. At t = 0 a hypothesis"));
        assert!(picture.caption.contains("The first step at which it is certainly false is t = 2."));
        assert!(
            picture.caption.contains("not drawn: no radius is above 1e-40, and none above 1e-40 of its value."),
            "{}",
            picture.caption
        );
        assert_eq!(picture.table.rows[2], ["2", "3", "1e-40", "2.6", "1e-40", "fails"]);
        assert_eq!(picture.svg, curves(&found).svg);
    }

    #[test]
    fn what_was_saved_is_what_is_drawn() {
        let saved = r#"{"relation":"B(1) ≤ w_j(1)","layer":2,"comparison":"at-most","t":[0,1],"left":{"mid":[null,2000.15],"rad":[null,0]},
            "right":{"mid":[1,2],"rad":[0,1e-9]},"crosses":1,"failing":[1],"outside":[0],"ends":"the time is used up"}"#;
        let found = Curves::of(&serde_json::from_str(saved).unwrap());
        assert_eq!((found.left.name.as_str(), found.right.name.as_str(), found.layer), ("B(1)", "w_j(1)", Some(2)));
        assert_eq!((found.left.mid[1], found.right.rad[1], found.crosses), (Some(2000.15), Some(1e-9), Some(1.0)));
        let picture = curves(&found);
        assert_sound(&picture);
        assert!(
            picture.caption.contains("left ≤ right is what is claimed")
                && picture.caption.ends_with("the time is used up.")
        );
        assert_eq!(picture.table.rows[0], ["0", "–", "–", "1", "0", "does not count"]);
        // A chain has no two sides to name, and what is decided by other means no symbol.
        let chain = saved.replace("B(1) ≤ w_j(1)", "a ≤ b ≤ c");
        assert_eq!(Curves::of(&serde_json::from_str(&chain).unwrap()).left.name, "");
        let other = saved.replace("\"at-most\"", "null");
        assert!(curves(&Curves::of(&serde_json::from_str(&other).unwrap())).caption.contains("by other means"));
    }

    #[test]
    fn a_band_is_drawn_where_it_is_wider_than_half_a_pixel() {
        let (left, right) = ([1.0, 2.0, 3.0], [2.0, 2.0, 2.0]);
        let polygons = |rad: f64| elements(&curves(&of(&left, &right, rad)).svg, "polygon").len();
        assert_eq!((polygons(0.0), polygons(1e-6), polygons(0.3)), (0, 0, 2));
        let caption = |rad: f64| curves(&of(&left, &right, rad)).caption;
        assert!(caption(0.0).contains("All values are exact"));
        assert!(caption(0.3).contains(
            "shaded where they are wider than half a pixel; no radius is above 0.3, and none above 0.3 of its value"
        ));
    }

    #[test]
    fn what_is_not_positive_is_at_the_edge_of_a_logarithmic_axis() {
        let picture = curves(&of(&[1.0, 1e-3, 1e-9, 0.0], &[1.0, 1.0, 1.0, -1.0], 0.0));
        assert_sound(&picture);
        assert!(labels(&picture.svg).iter().any(|label| label.text == "1e-8"));
        assert_eq!(elements(&picture.svg, "polygon").len(), 2);
        for side in ["left", "right"] {
            let words =
                format!("Of {side} side one step has a value of 0 or less, or too small for a number: a triangle");
            assert!(picture.caption.contains(&words), "{}", picture.caption);
        }
    }

    #[test]
    fn of_many_points_the_peaks_are_drawn_and_few_bytes() {
        let mut left: Vec<f64> = (0..100_000).map(|t| f64::from(t % 10)).collect();
        left[54_321] = 1000.0;
        let right = vec![500.0; 100_000];
        let mut found = of(&left, &right, 1.0);
        found.failing = vec![54_321.0];
        let picture = curves(&found);
        assert_sound(&picture);
        assert!(picture.svg.len() < 100_000, "{}", picture.svg.len());
        let highest = |line: &&str| {
            attribute(line, "points")
                .split_whitespace()
                .map(|point| point.split_once(',').unwrap().1.parse::<i32>().unwrap())
                .min()
        };
        let all = lines(&picture);
        assert!(highest(&all[0]) < highest(&all[1]), "the peak of the left side is not above the right side");
        assert!(picture.caption.contains("Of 100000 points the least and the largest of each pixel column are drawn."));
        assert!(picture.table.rows.iter().any(|row| row[0] == "54321" && row[5] == "fails"));
    }

    #[test]
    fn sides_that_differ_in_late_digits_have_an_axis_that_says_so() {
        let picture = curves(&of(&[1.0, 1.000_000_027], &[1.0, 1.000_000_002], 0.0));
        assert_sound(&picture);
        assert!(
            labels(&picture.svg).iter().any(|label| label.text.contains("upwards: value − 0.99999999")),
            "{:?}",
            labels(&picture.svg)
        );
        assert!(!picture.caption.contains("on one another"));
        assert_eq!(picture.table.rows[1][1], "1.000000027");
    }

    #[test]
    fn lines_on_one_another_are_said_to_be() {
        let one = |difference: f64| {
            curves(&of(&[1.0, 5.0], &[1.0, 5.0 + difference], 0.0)).caption.contains("on one another")
        };
        assert!(one(0.0) && one(1e-3) && !one(0.1));
        assert!(!curves(&Curves::default()).caption.contains("on one another"));
    }

    #[test]
    fn whatever_the_numbers_there_is_a_picture() {
        let all = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            5e-324,
            1e-310,
            -1e300,
            f64::MAX,
            f64::MIN,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        for one in all {
            for other in all {
                for (left, right) in
                    [(vec![one], vec![other]), (vec![one, other], vec![other, one]), (vec![one; 3], vec![other; 3])]
                {
                    for rad in [0.0, other] {
                        assert_sound(&curves(&of(&left, &right, rad)));
                    }
                }
                let mut found = of(&[one, 1.0, 1e-9, other], &[1.0, 2.0], one);
                (found.left.t, found.right.t) = (vec![other, one, 1.0, 1.0], vec![other, one]);
                (found.crosses, found.failing, found.outside) = (Some(other), vec![one, 1.0], vec![other]);
                assert_sound(&curves(&found));
            }
        }
        assert_sound(&curves(&Curves::default()));
        let mut gaps = of(&[1.0, 2.0, 3.0, 4.0], &[4.0; 4], 0.0);
        (gaps.left.mid[1], gaps.right.rad) = (None, vec![None; 1]);
        let picture = curves(&gaps);
        assert_sound(&picture);
        assert!(picture.caption.contains("Of left side one step has no value that a number holds."));
        // As is what is no number, also on a logarithmic axis.
        gaps.left.mid = vec![Some(1.0), Some(f64::NAN), Some(1e-3), Some(f64::INFINITY)];
        let caption = curves(&gaps).caption;
        assert!(caption.contains("Of left side 2 steps have no value") && !caption.contains("0 or less"), "{caption}");
    }
}
