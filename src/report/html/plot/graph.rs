//! What rests on what: claims, and those that their checks go through.

use super::canvas::{Anchor, Canvas, LETTERS, Place, draw};
use super::layers::{Layout, layout};
use super::letters;
use super::palette::{
    ASSUMED, CERTIFIED, EXACT, IDLE, INK, NUMERICAL, PAPER, PROVED, QUIET, REFUTED, STATISTICAL, Shade, UNDECIDED,
};
use super::{Picture, WIDTH};
use crate::report::document::Table;
use crate::verify::{Evidence, Status};

/// What a node is, which its shape says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A claim: a rectangle.
    Claim,
    /// A definition: a rectangle with round ends.
    Definition,
    /// A limit: a rectangle with pointed ends.
    Limit,
    /// An identity: a rectangle with a bar at each side.
    Identity,
    /// An inequality that is no claim of its own: words without a fill.
    Inequality,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Definition => "definition",
            Self::Limit => "limit",
            Self::Identity => "identity",
            Self::Inequality => "inequality",
        }
    }
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What stands in it.
    pub label: String,
    /// Where it leads to.
    pub href: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// What was found of it, and on what evidence; `None` of what was not asked.
    pub found: Option<(Status, Option<Evidence>)>,
}

/// How one node rests on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rests {
    /// Its check goes through the other: an unbroken arrow.
    Checked,
    /// It takes its hypotheses from the other: a dashed one.
    Assumes,
}

/// Nodes, and which rests on which.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// What it is about.
    pub title: String,
    /// The nodes.
    pub nodes: Vec<Node>,
    /// From the number of a node to that of one on which it rests.
    pub edges: Vec<(usize, usize, Rests)>,
}

/// The widths of a node and of what lies between two layers, in pixels.
const NODE: f64 = 178.0;
const BETWEEN: f64 = 56.0;
/// What the words of a node leave free at its sides.
const SIDE: f64 = 12.0;
const LINE: f64 = 15.0;
/// The height of the key.
const KEY: f64 = 64.0;

struct Box {
    lines: Vec<String>,
    words: String,
    place: Place,
}

/// The graph as a picture.
#[must_use]
pub fn graph(graph: &Graph) -> Picture {
    let title = if graph.title.is_empty() { "What rests on what".to_owned() } else { graph.title.clone() };
    let lines: Vec<Vec<String>> = graph.nodes.iter().map(Node::lines).collect();
    let heights: Vec<f64> = lines.iter().map(|lines| (lines.len() + 1) as f64 * LINE + 10.0).collect();
    let ends: Vec<(usize, usize)> = graph.edges.iter().map(|(from, to, _)| (*from, *to)).collect();
    let found = layout(&heights, &ends);
    let depth = found.layer.iter().map(|layer| layer + 1).max().unwrap_or(0) as f64;
    let width = f64::from(WIDTH).max(depth * (NODE + BETWEEN) - BETWEEN + 4.0);
    let boxes: Vec<Box> = graph
        .nodes
        .iter()
        .zip(lines)
        .enumerate()
        .map(|(place, (node, lines))| Box {
            lines,
            words: node.words(),
            place: Place {
                x: across(found.layer[place]),
                y: KEY + found.y[place] - heights[place] / 2.0,
                width: NODE,
                height: heights[place],
            },
        })
        .collect();
    let svg = draw(width.ceil() as u32, (KEY + found.height + 6.0).ceil() as u32, &title, |canvas| {
        key(canvas);
        for (edge, (from, to, rests)) in graph.edges.iter().enumerate() {
            if let (Some(from), Some(to)) = (boxes.get(*from), boxes.get(*to)) {
                arrow(canvas, from.place, to.place, &found, edge, *rests);
            }
        }
        for (node, shown) in graph.nodes.iter().zip(&boxes) {
            show(canvas, node, shown);
        }
    });
    Picture { svg, title, caption: CAPTION.to_owned(), table: table(graph) }
}

const CAPTION: &str = "How to read it: an arrow leads from a claim to what its text names under Check (unbroken) or under Hypotheses (dashed), which \
    is what it rests on; the farther to the right, the more rests on it. The shape says what it is, the fill what the verdict rests on, a thick \
    border that it does not hold, and the words in it say the same. A limit that names none but limits goes through inequalities, which stand \
    beside it without a fill. Claims that name no other and that none names are not drawn. A node opens its claim.";

fn across(layer: usize) -> f64 {
    2.0 + layer as f64 * (NODE + BETWEEN)
}

impl Node {
    /// What there is to say of it under its name.
    fn words(&self) -> String {
        let kind = self.kind.word();
        match self.found {
            None => kind.to_owned(),
            Some((Status::Holds, Some(evidence))) => format!("{kind}, {}", evidence.word()),
            Some((status, _)) => format!("{kind}, {}", status.word()),
        }
    }

    /// Its name in lines: broken at spaces, and behind hyphens and full stops, where it must.
    fn lines(&self) -> Vec<String> {
        /// More lines than these say no more.
        const LINES: usize = 4;
        // Where letters are bold the room is smaller by as much as they are wider.
        let bold = letters::bold_width("n", 1.0) / letters::width("n", 1.0);
        let room = (NODE - 2.0 * SIDE) / if self.kind == Kind::Inequality { 1.0 } else { bold };
        let mut lines = vec![String::new()];
        for part in self.label.split_inclusive(['-', '.', ' ']) {
            let last = lines.len() - 1;
            let longer = format!("{}{part}", lines[last]);
            if letters::width(longer.trim_end(), LETTERS) <= room {
                lines[last] = longer;
                continue;
            }
            let part = letters::fitted(part, LETTERS, room).into_owned();
            if lines[last].is_empty() { lines[last] = part } else { lines.push(part) }
        }
        if lines.len() > LINES {
            // The rest of a line that is too long already is cut short with it.
            let rest = lines.split_off(LINES - 1).concat();
            lines.push(letters::fitted(&rest, LETTERS, room).into_owned());
        }
        lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
    }

    fn shade(&self) -> Shade {
        match self.found {
            Some((_, Some(Evidence::Proved))) => PROVED,
            Some((_, Some(Evidence::Exact))) => EXACT,
            Some((_, Some(Evidence::Certified))) => CERTIFIED,
            Some((_, Some(Evidence::Statistical))) => STATISTICAL,
            Some((_, Some(Evidence::Numerical))) => NUMERICAL,
            Some((_, None)) | None => IDLE,
        }
    }

    /// The border, if it says something: that it does not hold.
    fn border(&self) -> Option<Shade> {
        match self.found?.0 {
            Status::Holds => None,
            Status::Refuted => Some(REFUTED),
            Status::Undecided | Status::Failed => Some(UNDECIDED),
            Status::NotApplicable => Some(INK),
        }
    }
}

/// The outline of a node.
fn outline(kind: Kind, place: Place) -> Vec<(f64, f64)> {
    let Place { x, y, width, height } = place;
    let (right, bottom, middle) = (x + width, y + height, y + height / 2.0);
    match kind {
        Kind::Limit => {
            vec![(x + 9.0, y), (right - 9.0, y), (right, middle), (right - 9.0, bottom), (x + 9.0, bottom), (x, middle)]
        }
        Kind::Definition => {
            let round = |centre: f64, from: f64| {
                (0..=8).map(move |step| {
                    let angle = from + std::f64::consts::PI * f64::from(step) / 8.0;
                    (centre + 10.0 * angle.sin(), middle - height / 2.0 * angle.cos())
                })
            };
            round(right - 10.0, 0.0).chain(round(x + 10.0, std::f64::consts::PI)).collect()
        }
        Kind::Claim | Kind::Identity | Kind::Inequality => vec![(x, y), (right, y), (right, bottom), (x, bottom)],
    }
}

fn show(canvas: &Canvas, node: &Node, shown: &Box) {
    let Place { x, y, width, height } = shown.place;
    let mut outline = outline(node.kind, shown.place);
    outline.push(outline[0]);
    let ink = if node.kind == Kind::Inequality {
        canvas.polygon(&outline, PAPER, 1.0);
        canvas.line(&[(x, y), (x, y + height)], QUIET, 2.0);
        INK
    } else {
        canvas.polygon(&outline, node.shade(), 1.0);
        PAPER
    };
    if node.kind == Kind::Identity {
        for bar in [x + 4.0, x + width - 4.0] {
            canvas.line(&[(bar, y), (bar, y + height)], PAPER, 2.0);
        }
    }
    if let Some(border) = node.border() {
        canvas.line(&outline, PAPER, 6.0);
        canvas.line(&outline, border, 3.0);
    }
    let middle = x + width / 2.0;
    for (place, line) in shown.lines.iter().enumerate() {
        let height = y + 13.0 + place as f64 * LINE;
        if node.kind == Kind::Inequality {
            canvas.text(middle, height, Anchor::Middle, ink, line);
        } else {
            canvas.bold(middle, height, Anchor::Middle, ink, line);
        }
    }
    canvas.text(middle, y + 13.0 + shown.lines.len() as f64 * LINE, Anchor::Middle, ink, &shown.words);
    if let Some(href) = &node.href {
        canvas.link(shown.place, href, &format!("{}: {}", node.label, shown.words));
    }
}

/// An arrow from the right side of one node to the left side of another, through the places of its edge.
fn arrow(canvas: &Canvas, from: Place, to: Place, found: &Layout, edge: usize, rests: Rests) {
    let shade = match rests {
        Rests::Checked => QUIET,
        Rests::Assumes => ASSUMED.shade,
    };
    let start = (from.x + from.width, from.y + from.height / 2.0);
    let end = (to.x - 7.0, to.y + to.height / 2.0);
    let mut corners = vec![start];
    for (layer, y) in &found.through[edge] {
        corners.extend([(across(*layer), *y), (across(*layer) + NODE, *y)]);
    }
    corners.push(end);
    let mut points = vec![start];
    for pair in corners.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        // Level at both ends.
        points.extend((1..=12).map(|step| {
            let share = f64::from(step) / 12.0;
            (x + share * (to_x - x), y + share * share * (3.0 - 2.0 * share) * (to_y - y))
        }));
    }
    canvas.line(&points, shade, 1.4);
    canvas.polygon(&[(end.0 + 7.0, end.1), (end.0 - 1.0, end.1 - 4.0), (end.0 - 1.0, end.1 + 4.0)], shade, 1.0);
}

/// What shapes and fills mean.
fn key(canvas: &Canvas) {
    let mut x = 2.0;
    for kind in [Kind::Claim, Kind::Limit, Kind::Identity, Kind::Definition, Kind::Inequality] {
        let node = Node { label: String::new(), href: None, kind, found: None };
        let place = Place { x, y: 4.0, width: 44.0, height: 16.0 };
        show(canvas, &node, &Box { lines: Vec::new(), words: String::new(), place });
        canvas.text(x + 50.0, 12.0, Anchor::Start, INK, kind.word());
        x += 50.0 + letters::width(kind.word(), LETTERS) + 16.0;
    }
    let mut x = 2.0;
    for evidence in [Evidence::Proved, Evidence::Exact, Evidence::Certified, Evidence::Statistical, Evidence::Numerical]
    {
        let node =
            Node { label: String::new(), href: None, kind: Kind::Claim, found: Some((Status::Holds, Some(evidence))) };
        canvas.rectangle(Place { x, y: 30.0, width: 22.0, height: 14.0 }, node.shade());
        canvas.text(x + 28.0, 37.0, Anchor::Start, INK, evidence.word());
        x += 28.0 + letters::width(evidence.word(), LETTERS) + 14.0;
    }
    for (stroke, words) in [(QUIET, "goes through"), (ASSUMED.shade, "has its hypotheses")] {
        canvas.line(&[(x, 37.0), (x + 26.0, 37.0)], stroke, 1.4);
        canvas.polygon(&[(x + 32.0, 37.0), (x + 24.0, 33.0), (x + 24.0, 41.0)], stroke, 1.0);
        canvas.text(x + 38.0, 37.0, Anchor::Start, INK, words);
        x += 38.0 + letters::width(words, LETTERS) + 14.0;
    }
}

fn table(graph: &Graph) -> Table {
    let row = |(place, node): (usize, &Node)| {
        let others = |wanted: Rests| {
            let to = graph.edges.iter().filter(|(from, _, rests)| *from == place && *rests == wanted);
            let to = to.filter_map(|(_, to, _)| graph.nodes.get(*to)).map(|node| node.label.as_str());
            to.collect::<Vec<&str>>().join("; ")
        };
        let (status, evidence) =
            node.found.map_or(("", ""), |(status, evidence)| (status.word(), evidence.map_or("", Evidence::word)));
        let words = [&node.label, node.kind.word(), status, evidence].map(str::to_owned);
        words.into_iter().chain([others(Rests::Checked), others(Rests::Assumes)]).collect()
    };
    Table {
        header: vec!["name", "what it is", "status", "evidence", "goes through", "has the hypotheses of"],
        rows: graph.nodes.iter().enumerate().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::soundness::{assert_sound, attribute, elements, labels};
    use super::*;

    fn node(label: &str, kind: Kind) -> Node {
        let found = Some((Status::Holds, Some(Evidence::Certified)));
        Node { label: label.to_owned(), href: Some(format!("#{label}")), kind, found }
    }

    fn some() -> Graph {
        let mut nodes = vec![
            node("theorem3-gd", Kind::Limit),
            node("lemma8-rank-gap", Kind::Claim),
            node("eq38.equality", Kind::Identity),
            node("delta-balanced", Kind::Definition),
            node("γ − ‖w/∏‖W_k‖_F − ū‖ ≤ min_i ⟨w, z_i⟩/∏‖W_k‖_F", Kind::Inequality),
        ];
        nodes[1].found = Some((Status::Refuted, Some(Evidence::Exact)));
        nodes[4].found = None;
        let edges = vec![
            (0, 1, Rests::Checked),
            (1, 2, Rests::Checked),
            (0, 2, Rests::Checked),
            (0, 3, Rests::Assumes),
            (0, 4, Rests::Checked),
        ];
        Graph { title: "JT19".to_owned(), nodes, edges }
    }

    #[test]
    fn a_node_says_in_words_what_its_shape_and_fill_say_and_leads_to_its_claim() {
        let picture = graph(&some());
        assert_sound(&picture);
        let texts: Vec<String> = labels(&picture.svg).into_iter().map(|label| label.text).collect();
        for text in [
            "theorem3-gd",
            "limit, certified",
            "claim, refuted",
            "identity, certified",
            "definition, certified",
            "inequality",
        ] {
            assert!(texts.iter().any(|other| other == text), "{text} is not in {texts:?}");
        }
        let links = elements(&picture.svg, "a");
        assert_eq!(links.len(), 5);
        assert_eq!(attribute(links[0], "href"), "#theorem3-gd");
        assert_eq!(attribute(links[0], "aria-label"), "theorem3-gd: limit, certified");
        let dashed = elements(&picture.svg, "polyline")
            .into_iter()
            .filter(|line| line.split('>').next().unwrap().contains("dasharray"));
        // In the key, and from theorem3-gd to delta-balanced.
        assert_eq!(dashed.count(), 2);
        assert_eq!(picture.table.rows[0][4], format!("lemma8-rank-gap; eq38.equality; {}", some().nodes[4].label));
        assert_eq!(picture.svg, graph(&some()).svg);
    }

    #[test]
    fn whatever_the_graph_there_is_a_picture() {
        assert_sound(&graph(&Graph::default()));
        let mut all = some();
        all.nodes.push(node(&"a-name.that is & <long> \"quoted\" ".repeat(20), Kind::Claim));
        all.nodes.push(node(&"m".repeat(300), Kind::Inequality));
        all.nodes.push(node("", Kind::Definition));
        all.edges.extend([
            (1, 0, Rests::Checked),
            (5, 5, Rests::Assumes),
            (3, 99, Rests::Checked),
            (6, 5, Rests::Checked),
        ]);
        for found in
            [None, Some((Status::Undecided, None)), Some((Status::NotApplicable, None)), Some((Status::Failed, None))]
        {
            all.nodes[5].found = found;
            assert_sound(&graph(&all));
        }
        // Everything rests on everything before it.
        let nodes: Vec<Node> = (0..30).map(|n| node(&format!("claim-{n}"), Kind::Claim)).collect();
        let edges = (0..30).flat_map(|from| (from + 1..30).map(move |to| (from, to, Rests::Checked))).collect();
        assert_sound(&graph(&Graph { title: String::new(), nodes, edges }));
    }
}
