//! The reference of the run spec as a page.

use super::document::{Block, Document, Text, Tone};
use crate::problem::Spec;

/// The whole reference, a group a heading.
#[must_use]
pub fn page() -> Document {
    let mut groups: Vec<Vec<Block>> = Vec::new();
    let mut prose = String::new();
    let mut is_code = false;
    for line in Spec::REFERENCE.lines() {
        match line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#') && !is_code) {
            Some(title) => {
                finish(&mut groups, &mut prose);
                groups.push(vec![Block::Heading(Text::toned(Tone::Strong, title))]);
            }
            None if line.starts_with("```") => is_code = !is_code,
            None if is_code && !line.is_empty() => prose += &format!("    {line}\n"),
            None => prose += &format!("{line}\n"),
        }
    }
    finish(&mut groups, &mut prose);
    Document(groups)
}

/// Puts the text under its heading.
fn finish(groups: &mut [Vec<Block>], prose: &mut String) {
    if let Some(group) = groups.last_mut() {
        group.push(Block::Prose(std::mem::take(prose).trim_matches('\n').to_owned()));
    }
}
