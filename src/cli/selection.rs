//! The claims that are meant by `--claim ID` and `--paper KEY`.

use super::failure::Failure;
use crate::claims::Claim;

/// How many ids are proposed for one that is not there.
const PROPOSALS: usize = 3;

/// How much of a name must agree for it to be proposed; 1 is equality.
const SIMILAR: f64 = 0.75;

/// The claim with this id, which `argument` of the command line asked for.
pub(super) fn claim<'a>(catalogue: &'a [Claim], argument: &'static str, name: &str) -> Result<&'a Claim, Failure> {
    catalogue.iter().find(|claim| claim.id() == name).ok_or_else(|| Failure::UnknownClaim {
        argument,
        name: name.to_owned(),
        nearest: nearest(name, catalogue.iter().map(Claim::id)).take(PROPOSALS).map(str::to_owned).collect(),
    })
}

/// The claims with one of these ids or of one of these papers, in the order of the catalogue; all if nothing is named.
pub(super) fn claims<'a>(catalogue: &'a [Claim], ids: &[String], papers: &[String]) -> Result<Vec<&'a Claim>, Failure> {
    for id in ids {
        claim(catalogue, "--claim", id)?;
    }
    for paper in papers {
        if !catalogue.iter().any(|claim| claim.paper() == paper) {
            return Err(unknown_paper(catalogue, paper));
        }
    }
    let named =
        |claim: &&Claim| ids.iter().any(|id| id == claim.id()) || papers.iter().any(|paper| paper == claim.paper());
    Ok(catalogue.iter().filter(|claim| ids.is_empty() && papers.is_empty() || named(claim)).collect())
}

fn unknown_paper(catalogue: &[Claim], name: &str) -> Failure {
    let mut papers: Vec<&str> = Vec::new();
    for claim in catalogue {
        if !papers.contains(&claim.paper()) {
            papers.push(claim.paper());
        }
    }
    papers.sort_by(|a, b| likeness(name, b).total_cmp(&likeness(name, a)));
    Failure::UnknownPaper { name: name.to_owned(), papers: papers.into_iter().map(str::to_owned).collect() }
}

/// The candidates that `name` may be a slip of, the likest first.
fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    let mut like: Vec<(f64, &str)> = candidates.map(|candidate| (likeness(name, candidate), candidate)).collect();
    like.retain(|(likeness, _)| *likeness >= SIMILAR);
    like.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    like.into_iter().map(|(_, candidate)| candidate)
}

/// How alike two names are, letter case aside: 1 for the same name, or for the part of an id that follows its paper.
fn likeness(name: &str, candidate: &str) -> f64 {
    // Longer names are no slip of any id, and comparing them would cost the square of their length.
    let name: String = name.chars().take(100).flat_map(char::to_lowercase).collect();
    let candidate = candidate.to_lowercase();
    let own = candidate.split_once('.').map_or(candidate.as_str(), |(_, own)| own);
    strsim::jaro_winkler(&name, &candidate).max(strsim::jaro_winkler(&name, own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_what_was_meant() {
        let ids = ["JT19.descent-step", "JT19.norm-gap-gd", "JT19.SL-4", "ACGH19.drift"];
        let first = |name: &str| nearest(name, ids.into_iter()).next();
        assert_eq!(first("JT19.decsent-step"), Some("JT19.descent-step"));
        assert_eq!(first("jt19.sl-4"), Some("JT19.SL-4"));
        assert_eq!(first("descent-step"), Some("JT19.descent-step"));
        assert_eq!(first("norm-gap"), Some("JT19.norm-gap-gd"));
        assert_eq!(first("something else"), None);
        assert_eq!(first(""), None);
        assert_eq!(first(&"x".repeat(1_000_000)), None);
    }
}
