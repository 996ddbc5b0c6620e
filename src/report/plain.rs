//! Reports and their parts as plain text of 80 columns, for whoever prints one: in a test that fails, in a log.
//!
//! ```
//! use gradient_witness::{papers, verify::{Options, verify}};
//! let claims = papers::catalogue();
//! let one: Vec<_> = claims.iter().filter(|claim| claim.id() == "JT19.gradient-layer").collect();
//! let report = verify(&one, &Options::default(), &());
//! assert!(report.claims.iter().all(|claim| claim.as_expected()), "{report}");
//! ```

use std::fmt::{self, Write};

use super::document::{Note, Text};
use super::note::note;
use super::verification::{counts, covered, margin, mark};
use super::{SCOPE_NOTE, VERSION, breaking, own_run};
use crate::claims::{Expected, Reading, Role, Scope};
use crate::verify::{
    ClaimVerdict, Counterexample, Evidence, OwnRunReport, OwnRunVerdict, Range, Report, SampleVerdict, Status, Summary,
};

/// Columns of a line, but for one that holds something that cannot be broken.
const COLUMNS: usize = 80;

macro_rules! displayed_as_word {
    ($($kind:ty),+) => {$(
        /// The word used in reports.
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }
    )+};
}

displayed_as_word!(Evidence, Expected, Reading, Role, Scope, Status);

/// `3`, or `1–6`.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, greatest } = self;
        if least == greatest { write!(f, "{least}") } else { write!(f, "{least}–{greatest}") }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { as_expected, not_as_expected, undecided } = self;
        write!(f, "{as_expected} as expected, {not_as_expected} not as expected, {undecided} undecided")
    }
}

/// The sample in one line.
impl fmt::Display for SampleVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())
    }
}

/// What was found, on what evidence and on which instances; and if that is not as expected, why, with the run that replays it.
impl fmt::Display for ClaimVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{:<4} {}: {}", mark(self).1, self.id, self.status);
        if let Some(evidence) = self.evidence {
            let _ = write!(text, " ({evidence})");
        }
        if self.status.word() != self.expected.word() {
            let _ = write!(text, ", expected {}", self.expected);
        }
        let control = match self.control {
            Some(true) => "control caught",
            Some(false) => "control missed",
            None => "no control",
        };
        let bits = if self.max_bits > 0 { format!("{} bits", self.max_bits) } else { String::new() };
        let found = [counts(self), margin(self), control.to_owned(), bits, format!("{:.2} s", self.time.as_secs_f64())];
        for parts in [&[covered(self)][..], &found] {
            let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            if !parts.is_empty() {
                let _ = write!(text, "\n  {}", parts.join(", "));
            }
        }
        if !self.note.is_empty() {
            let _ = write!(text, "\n  {}", note(self));
        }
        for sample in &self.samples {
            let _ = write!(text, "\n  {sample}");
        }
        for trend in &self.trends {
            let _ = write!(text, "\n  {} = {:.6}", trend.label, trend.value);
        }
        f.write_str(&wrapped(&text))?;
        let replay = self.counterexample.as_ref().or(self.left_open.as_ref());
        match replay.and_then(Counterexample::spec) {
            Some(spec) if !self.as_expected() => {
                let how = match replay {
                    Some(Counterexample::Flow { .. }) => "verify_own_flow replays it on this flow",
                    _ => "verify_own_run replays it on this run",
                };
                writeln!(f, "\n  {how}:\n{}", spec.trim_end())
            }
            _ => Ok(()),
        }
    }
}

/// Every claim, and at the end how many came out how.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "witness {VERSION}, seed {}", self.seed)?;
        writeln!(f, "{SCOPE_NOTE}\n")?;
        for claim in &self.claims {
            writeln!(f, "{claim}")?;
        }
        write!(f, "{}", self.summary())?;
        if self.interrupted { f.write_str("\ninterrupted: what was not finished is left out") } else { Ok(()) }
    }
}

/// What was found on the run, and of each hypothesis.
impl fmt::Display for OwnRunVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&own_run::verdict(self, false)))
    }
}

/// Every claim; with the conclusion alone, what was found of hypotheses does not count.
impl fmt::Display for OwnRunReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = if self.conclusion_only { ": the conclusion alone, on one run" } else { ": one run" };
        write!(f, "witness {VERSION}{subject}\n{SCOPE_NOTE}")?;
        for own in &self.claims {
            write!(f, "\n\n{}", shown(&own_run::verdict(own, self.conclusion_only)))?;
        }
        if self.interrupted { f.write_str("\ninterrupted: what was not finished is left out") } else { Ok(()) }
    }
}

/// A note as plain text.
fn shown(note: &Note) -> String {
    joined(&breaking::note(note, 0, Some(COLUMNS))).trim().to_owned()
}

/// The text with every line broken between words where it would be wider than [`COLUMNS`]; what follows is indented by two more.
fn wrapped(text: &str) -> String {
    let broken = |line: &str| {
        let indent = line.len() - line.trim_start().len();
        breaking::broken(&line[indent..].into(), indent, indent + 2, Some(COLUMNS))
    };
    joined(&text.split('\n').flat_map(broken).collect::<Vec<Text>>())
}

/// Lines without their tones.
fn joined(lines: &[Text]) -> String {
    let plain = |line: &Text| line.0.iter().map(|(_, part)| part.as_str()).collect();
    lines.iter().map(plain).collect::<Vec<String>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn every_line_keeps_its_indent() {
        let word = "η".repeat(39);
        assert_eq!(wrapped(&format!("a  b\n\n  {word} {word}")), format!("a  b\n\n  {word}\n    {word}"));
    }
}
