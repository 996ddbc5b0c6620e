//! Which claim rests on which, read off their texts.
//!
//! A claim rests on what its text names under *Check*, and has the hypotheses of what it names under *Hypotheses*; names elsewhere are remarks. A slip
//! rests on nothing, and nothing rests on it: its text names its repaired form. A definition rests on nothing: its text names what speaks
//! of it. A limit that names no claim but limits goes through inequalities, which its verdict names; those through which a limit goes that it
//! names are not repeated.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Graph, Kind, Node, Rests};
use crate::claims::{Role, Scope};
use crate::report::results::{ClaimResult, Results};

/// What is read of a claim beside its result.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// What the id stands for.
    pub role: Role,
    /// The text under *Check*.
    pub check: &'a str,
    /// The text under *Hypotheses*.
    pub hypotheses: &'a str,
}

impl Graph {
    /// A graph a paper of what is among the results, with the texts that `text_of` finds by their ids; a paper without an edge has none.
    #[must_use]
    pub fn of<'a>(results: &Results, text_of: impl Fn(&str) -> Option<Text<'a>>) -> Vec<Self> {
        let texts: BTreeMap<&str, (&ClaimResult, Text)> = results
            .claims
            .iter()
            .filter_map(|claim| Some((claim.id.as_str(), (claim, text_of(&claim.id)?))))
            .filter(|(_, (_, text))| matches!(text.role, Role::Claim | Role::Definition))
            .collect();
        let mut papers: Vec<&str> = Vec::new();
        for claim in &results.claims {
            if !papers.contains(&claim.paper.as_str()) {
                papers.push(&claim.paper);
            }
        }
        papers
            .into_iter()
            .map(|paper| of_paper(paper, results, &texts))
            .filter(|graph| !graph.edges.is_empty())
            .collect()
    }
}

type Texts<'a> = BTreeMap<&'a str, (&'a ClaimResult, Text<'a>)>;

fn of_paper(paper: &str, results: &Results, texts: &Texts) -> Graph {
    let mut edges: Vec<(&str, &str, Rests)> = Vec::new();
    let of_paper = || results.claims.iter().filter(|claim| claim.paper == paper);
    for claim in of_paper() {
        let Some((_, text)) = texts.get(claim.id.as_str()).filter(|(_, text)| text.role == Role::Claim) else {
            continue;
        };
        let checked = named(text.check, &claim.id, texts);
        edges.extend(checked.iter().map(|other| (claim.id.as_str(), *other, Rests::Checked)));
        let assumed = named(text.hypotheses, &claim.id, texts).into_iter().filter(|other| !checked.contains(other));
        edges.extend(assumed.map(|other| (claim.id.as_str(), other, Rests::Assumes)));
    }
    let is_limit = |id: &str| texts.get(id).is_some_and(|(claim, _)| claim.scope == Scope::Consequence);
    let mut inequalities: Vec<(&str, &str)> = Vec::new();
    for claim in of_paper().filter(|claim| is_limit(&claim.id)) {
        let others: Vec<&str> = edges.iter().filter(|edge| edge.0 == claim.id).map(|edge| edge.1).collect();
        if others.iter().all(|other| is_limit(other)) {
            let said: BTreeSet<&String> = others.iter().flat_map(|other| &texts[other].0.through).collect();
            inequalities.extend(
                claim.through.iter().filter(|it| !said.contains(it)).map(|it| (claim.id.as_str(), it.as_str())),
            );
        }
    }
    // The nodes: claims in the order of the results, then inequalities.
    let drawn: BTreeSet<&str> =
        edges.iter().flat_map(|(from, to, _)| [*from, *to]).chain(inequalities.iter().map(|(from, _)| *from)).collect();
    let claims: Vec<&ClaimResult> = results.claims.iter().filter(|claim| drawn.contains(claim.id.as_str())).collect();
    let mut nodes: Vec<Node> = claims.iter().map(|claim| node(claim, paper, texts)).collect();
    let place = |id: &str| claims.iter().position(|claim| claim.id == id);
    let mut numbered: Vec<(usize, usize, Rests)> =
        edges.iter().filter_map(|(from, to, rests)| Some((place(from)?, place(to)?, *rests))).collect();
    let mut known: Vec<&str> = Vec::new();
    for (from, inequality) in inequalities {
        let number = known.iter().position(|other| *other == inequality).unwrap_or_else(|| {
            known.push(inequality);
            nodes.push(Node { label: inequality.to_owned(), href: None, kind: Kind::Inequality, found: None });
            known.len() - 1
        });
        numbered.extend(place(from).map(|from| (from, claims.len() + number, Rests::Checked)));
    }
    Graph { title: format!("What rests on what: {paper}"), nodes, edges: numbered }
}

fn node(claim: &ClaimResult, paper: &str, texts: &Texts) -> Node {
    let kind = match (claim.scope, texts.get(claim.id.as_str()).map(|(_, text)| text.role)) {
        (_, Some(Role::Definition)) => Kind::Definition,
        (Scope::Consequence, _) => Kind::Limit,
        (Scope::Identity, _) => Kind::Identity,
        (Scope::Instances | Scope::Instance, _) => Kind::Claim,
    };
    let label = claim.id.strip_prefix(paper).and_then(|rest| rest.strip_prefix('.')).unwrap_or(&claim.id);
    Node {
        label: label.to_owned(),
        href: Some(format!("#{}", claim.id)),
        kind,
        found: Some((claim.status, claim.evidence)),
    }
}

/// The ids of other claims that a text names in backquotes, each once.
fn named<'a>(text: &str, own: &str, texts: &Texts<'a>) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for name in text.split('`').skip(1).step_by(2) {
        if let Some((id, _)) = texts.get_key_value(name).filter(|(id, _)| **id != own && !found.contains(*id)) {
            found.push(*id);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::graph::graph;
    use super::super::soundness::{assert_sound, results};
    use super::*;

    #[test]
    fn a_claim_rests_on_what_its_text_names_and_a_limit_on_inequalities_where_it_names_no_claim() {
        let results = results(&[
            ("A.limit", "consequence", "holds", Some("certified"), &["a ≤ b", "b ≤ c"]),
            ("A.lemma", "consequence", "holds", Some("certified"), &["b ≤ c"]),
            ("A.other-limit", "consequence", "holds", Some("certified"), &["of the claim"]),
            ("A.claim", "identity", "holds", Some("proved"), &[]),
            ("A.claim.printed", "instances", "refuted", Some("exact"), &[]),
            ("A.definition", "instances", "holds", Some("exact"), &[]),
            ("A.alone", "instances", "holds", Some("exact"), &[]),
            ("B.far", "instances", "holds", Some("exact"), &[]),
        ]);
        let text = |role, check, hypotheses| Text { role, check, hypotheses };
        let graphs = Graph::of(&results, |id| match id {
            "A.limit" => {
                Some(text(Role::Claim, "by `A.lemma`, twice: `A.lemma`, and `A.unknown`", "Those of `A.lemma`"))
            }
            "A.lemma" => Some(text(Role::Claim, "`W_1` and A.claim", "")),
            "A.other-limit" => {
                Some(text(Role::Claim, "`A.claim`, not `A.other-limit`", "Those of `B.far` and `A.definition`."))
            }
            "A.claim.printed" => Some(text(Role::Slip, "`A.claim`", "`A.claim`")),
            "A.claim" => Some(text(Role::Claim, "of `A.claim.printed`", "")),
            "A.definition" => Some(text(Role::Definition, "as `A.claim`", "")),
            _ => Some(text(Role::Claim, "", "")),
        });
        assert_eq!(graphs.len(), 1);
        let names: Vec<&str> = graphs[0].nodes.iter().map(|node| node.label.as_str()).collect();
        assert_eq!(names, ["limit", "lemma", "other-limit", "claim", "definition", "B.far", "a ≤ b", "b ≤ c"]);
        let edges: Vec<(&str, &str, bool)> = graphs[0]
            .edges
            .iter()
            .map(|(from, to, rests)| (names[*from], names[*to], *rests == Rests::Checked))
            .collect();
        assert_eq!(
            edges,
            [
                ("limit", "lemma", true),
                ("other-limit", "claim", true),
                ("other-limit", "B.far", false),
                ("other-limit", "definition", false),
                ("limit", "a ≤ b", true),
                ("lemma", "b ≤ c", true),
            ]
        );
        assert_eq!(graphs[0].nodes[3].kind, Kind::Identity);
        assert_eq!(graphs[0].nodes[0].href.as_deref(), Some("#A.limit"));
        assert_sound(&graph(&graphs[0]));
    }
}
