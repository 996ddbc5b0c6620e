//! What the catalogue says of its claims.

use super::document::{Block, Document, Table, Text, Tone};
use crate::claims::Claim;

/// The catalogue as a table, one line a claim.
#[must_use]
pub fn table(claims: &[&Claim]) -> Table {
    let row = |claim: &&Claim| {
        let (role, expected, scope) = (claim.role().word(), claim.expected().word(), claim.scope().word());
        [claim.id(), role, expected, scope, claim.kind(), claim.source()].map(str::to_owned).to_vec()
    };
    Table {
        header: vec!["id", "role", "expected", "checked as", "kind", "source"],
        rows: claims.iter().map(row).collect(),
    }
}

/// One claim in full.
#[must_use]
pub fn explanation(claim: &Claim) -> Document {
    let heading = |text: &str| Block::Heading(Text::toned(Tone::Strong, text));
    let mut terms = vec![
        ("role", claim.role().word().into()),
        ("expected", claim.expected().word().into()),
        ("checked as", claim.scope().word().into()),
        ("reading", claim.reading().word().into()),
    ];
    terms.extend(claim.repairs().map(|repaired| ("repaired", repaired.into())));
    let text = format!("\n{}", claim.documentation().trim_end());
    let mut sections = text.split("\n# ");
    let mut first = vec![Block::Terms(terms)];
    first.extend(sections.next().filter(|text| !text.is_empty()).map(|text| Block::Prose(text[1..].to_owned())));
    let mut groups = vec![vec![heading(claim.id())], first];
    for section in sections {
        let (title, text) = section.split_once('\n').unwrap_or((section, ""));
        groups.push(vec![heading(title.trim()), Block::Prose(text.to_owned())]);
    }
    Document(groups)
}
