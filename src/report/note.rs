//! What there is to say of a verdict in one line.

use std::fmt::Write;

use crate::verify::{ClaimVerdict, Counterexample, Limits, Remark, Status, Verification};

/// The remarks on a verdict, and what makes a refutation again that no run replays. The program knows the claims of the catalogue alone; any
/// other is replayed in code.
#[must_use]
pub fn note(verdict: &ClaimVerdict) -> String {
    let mut parts: Vec<String> = verdict.note.all().iter().map(Remark::to_string).collect();
    let again = verdict.counterexample.as_ref().and_then(Counterexample::verification);
    if let (Status::Refuted, Some(again)) = (verdict.status, again) {
        let by = if verdict.in_catalogue { command(verdict.id, again) } else { call(again) };
        // Behind what is refuted.
        parts.insert(parts.len().min(1), format!("replayed by {by}"));
    }
    parts.join("; ")
}

/// The command that repeats a verification.
fn command(id: &str, again: &Verification) -> String {
    let Verification { seed, instances, .. } = again;
    let mut text = format!("witness verify --claim {id} --seed {seed} --instances {instances}");
    // Writing to a string cannot fail.
    if let Some(draws) = again.draws {
        let _ = write!(text, " --samples {draws}");
    }
    if let Some(bits) = unusual_bits(again) {
        let _ = write!(text, " --max-bits {bits}");
    }
    text
}

/// The call that does.
fn call(again: &Verification) -> String {
    let Verification { seed, instances, .. } = again;
    let mut options = format!("seed: {seed}, instances: {instances}, ");
    if let Some(draws) = again.draws {
        let _ = write!(options, "draws: NonZeroU64::new({draws}), ");
    }
    if let Some(bits) = unusual_bits(again) {
        let _ = write!(options, "limits: Limits {{ max_bits: {bits}, ..Limits::default() }}, ");
    }
    format!("verify(&[&claim], &Options {{ {options}..Options::default() }}, &())")
}

fn unusual_bits(again: &Verification) -> Option<u32> {
    Some(again.max_bits).filter(|bits| *bits != Limits::default().max_bits)
}
