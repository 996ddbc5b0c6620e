//! A verification as Markdown, for a pull request or the summary of a step in continuous integration: a table of the papers, and every claim
//! that did not come out as it should, with what makes it again.
//!
//! It is read where GitHub's Markdown is. Whatever comes from results stands as code, in which nothing is markup, a mention or a link, and
//! nothing hidden: the Markdown of results says what they say and no more.

use std::borrow::Cow;
use std::fmt::Write;

use super::changes::{Change, Changes, Difference};
use super::results::{ClaimResult, Control, Outcome, Results};
use super::{SCOPE_NOTE, counted};
use crate::claims::Expected;
use crate::verify::Status;
use crate::visible::visible;

/// What a comment of a pull request holds. A step summary holds sixteen times as much.
const MOST_CHARACTERS: usize = 65_536;

/// The most characters of one text of a claim, and of a run spec. A spec that is cut replays nothing: it is left out.
const MOST_OF_A_TEXT: usize = 1_000;
const MOST_OF_A_SPEC: usize = 4_000;

/// A verification, and what changed since an older one.
///
/// ```
/// use gradient_witness::report::markdown::summary;
/// use gradient_witness::report::results::Results;
/// use gradient_witness::verify::{Options, verify};
/// let claims = gradient_witness::papers::catalogue();
/// let claims: Vec<_> = claims.iter().filter(|claim| claim.id() == "JT19.gradient-layer").collect();
/// let results = Results::of(&verify(&claims, &Options::default(), &()));
/// assert!(summary(&results, None).contains("| `JT19` | 1 | 1 | 0 | 0 | 0 | 1 of 1 |"));
/// ```
#[must_use]
pub fn summary(results: &Results, changes: Option<&Changes>) -> String {
    let mut page = Page::default();
    page.add(&head(results));
    if let Some(changes) = changes {
        page.add(&format!("\n### What changed since {}\n\n{}\n", code(&changes.since), changes.sentence()));
        changed(changes, &mut page);
    }
    page.add(&papers(results));
    for (outcome, title) in [(Outcome::NotAsExpected, "Not as expected"), (Outcome::Undecided, "Undecided")] {
        let claims: Vec<&ClaimResult> =
            results.claims.iter().filter(|claim| results.outcome(claim) == outcome).collect();
        if !claims.is_empty() {
            page.add(&format!("\n### {title}\n\n"));
            page.items(claims.iter().map(|claim| line(results, claim)));
        }
    }
    page.text
}

/// What is written so far. There is an end to what a comment holds: what comes behind is counted, not written.
#[derive(Default)]
struct Page {
    text: String,
    characters: usize,
}

impl Page {
    fn add(&mut self, text: &str) {
        self.text += text;
        self.characters += text.chars().count();
    }

    /// Parts of a list or a table, as many as there is room for.
    fn items(&mut self, items: impl Iterator<Item = String>) {
        let mut left_out = 0;
        for item in items {
            // Some room stays for what is said at the end of this and of other lists.
            if left_out > 0 || self.characters + item.chars().count() > MOST_CHARACTERS - 4_096 {
                left_out += 1;
            } else {
                self.add(&item);
            }
        }
        if left_out > 0 {
            self.add(&format!("\n… and {left_out} more, for which there is no room here.\n"));
        }
    }
}

/// What was verified, and how it came out.
fn head(results: &Results) -> String {
    let title = match &results.spec {
        Some(spec) if results.conclusion_only == Some(true) => format!("the conclusions alone, on {}", code(spec)),
        Some(spec) => code(spec),
        None => format!("{} on generated instances, seed {}", counted(results.claims.len(), "claim"), results.seed),
    };
    let summary = &results.summary;
    let left_out = match results.left_out {
        Some(count) if count > 0 => {
            format!(
                " {} about chance or free numbers left out, for which a run has no subject.",
                counted(count, "claim")
            )
        }
        _ => String::new(),
    };
    let interrupted =
        if results.interrupted { " **Interrupted**: claims that were not finished are left out." } else { "" };
    let again = results.command.as_ref().map(|command| format!(" Made by {}.", code(command))).unwrap_or_default();
    format!(
        "## {}: {title}\n\n**{} as expected, {} not as expected, {} undecided.**{interrupted}{left_out} {}.{again}\n",
        code(&format!("witness {}", results.version)),
        summary.as_expected,
        summary.not_as_expected,
        summary.undecided,
        if results.scope_note == SCOPE_NOTE { SCOPE_NOTE.into() } else { code(&results.scope_note) },
    )
}

/// How many claims of each paper came out how.
fn papers(results: &Results) -> String {
    let mut names: Vec<&str> = Vec::new();
    for claim in &results.claims {
        if !names.contains(&claim.paper.as_str()) {
            names.push(&claim.paper);
        }
    }
    let own_run = results.spec.is_some();
    let head: &[&str] = if own_run {
        &["paper", "claims", "held", "refuted", "false as printed", "undecided", "not applicable", "failed"]
    } else {
        &["paper", "claims", "held", "false as printed", "undecided", "not as expected", "controls caught"]
    };
    let mut text = format!("\n| {} |\n| --- |{}\n", head.join(" | "), " ---: |".repeat(head.len() - 1));
    for paper in names {
        let claims: Vec<&ClaimResult> = results.claims.iter().filter(|claim| claim.paper == paper).collect();
        let count = |wanted: &dyn Fn(&ClaimResult) -> bool| claims.iter().filter(|claim| wanted(claim)).count();
        let status = |status| count(&|claim| claim.status == status);
        let fine = |status| count(&|claim| claim.status == status && claim.as_expected());
        let cells = if own_run {
            let refuted = |expected| count(&|claim| claim.status == Status::Refuted && claim.expected == expected);
            vec![
                status(Status::Holds).to_string(),
                refuted(Expected::Holds).to_string(),
                refuted(Expected::Refuted).to_string(),
                status(Status::Undecided).to_string(),
                status(Status::NotApplicable).to_string(),
                status(Status::Failed).to_string(),
            ]
        } else {
            let caught = count(&|claim| claim.control == Some(Control::Caught));
            vec![
                fine(Status::Holds).to_string(),
                fine(Status::Refuted).to_string(),
                count(&|claim| results.outcome(claim) == Outcome::Undecided).to_string(),
                count(&|claim| results.outcome(claim) == Outcome::NotAsExpected).to_string(),
                format!("{caught} of {}", claims.len()),
            ]
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} | {} | {} |", code(paper), claims.len(), cells.join(" | "));
    }
    text
}

/// A claim that did not come out as it should: how it did, what there is to say of it, and what makes it again.
fn line(results: &Results, claim: &ClaimResult) -> String {
    let mut text = format!("- {}: **{}**", code(&claim.id), claim.status.word());
    if let Some(evidence) = claim.evidence {
        let _ = write!(text, " ({})", evidence.word());
    }
    if results.spec.is_none() {
        let expected = match claim.expected {
            Expected::Holds => "to hold",
            Expected::Refuted => "to be refuted",
        };
        let _ = write!(text, ", expected {expected}");
        match claim.control {
            Some(Control::Caught) => {}
            Some(Control::Missed) => text += ", control **missed**",
            None => text += ", no control",
        }
    }
    if !claim.note.is_empty() {
        let _ = write!(text, "  \n  {}", code(&claim.note));
    }
    for hypothesis in claim.hypotheses.iter().flatten().filter(|hypothesis| hypothesis.unmet + hypothesis.open > 0) {
        let word = if hypothesis.unmet > 0 { "fails" } else { "open" };
        let _ = write!(text, "  \n  hypothesis {word}: {}", code(&hypothesis.label));
    }
    // Of a verdict that is as it should be the control is not, which a replay does not look at.
    let is_expected = matches!(
        (claim.status, claim.expected),
        (Status::Holds, Expected::Holds) | (Status::Refuted, Expected::Refuted)
    );
    let again = match (&results.spec, &claim.replay) {
        (Some(spec), _) => {
            let alone = if results.conclusion_only == Some(true) { " --conclusion-only" } else { "" };
            format!("witness verify --claim {} --spec {}{alone}", claim.id, quoted(spec))
        }
        (None, Some(replay)) if !is_expected => replay.clone(),
        (None, _) => {
            let instances = results.instances.map(|count| format!(" --instances {count}")).unwrap_or_default();
            format!("witness verify --claim {} --seed {}{instances}", claim.id, results.seed)
        }
    };
    let _ = write!(text, "  \n  again: {}", code(&again));
    match &claim.counterexample {
        Some(spec) if results.spec.is_none() && !is_expected => text + &instance(&claim.id, spec),
        _ => text + "\n",
    }
}

/// The run that refutes a claim, to be opened, as part of an item of a list.
fn instance(id: &str, spec: &str) -> String {
    let name = format!("{id}.toml");
    if spec.chars().count() > MOST_OF_A_SPEC {
        return format!(
            "  \n  with {}, which is too long to be shown here: `--counterexamples .` saves it\n",
            code(&name)
        );
    }
    // What stands in a tag is no Markdown.
    let mut text = format!("\n\n  <details><summary><code>{}</code></summary>\n\n", plain(&name));
    let fence = "`".repeat(spec.split(|character| character != '`').map(str::len).max().unwrap_or(0).max(2) + 1);
    let _ = writeln!(text, "  {fence}toml");
    for line in spec.lines() {
        let _ = writeln!(text, "{}", format!("  {}", visible(line)).trim_end());
    }
    text + &format!("  {fence}\n\n  </details>\n\n")
}

/// The head of a table of changes.
const CHANGES: &str = "\n| | claim | what | before | after |\n| --- | --- | --- | --- | --- |\n";

/// What changed, below the sentence that says how much.
fn changed(changes: &Changes, page: &mut Page) {
    if changes.is_empty() {
        return;
    }
    let cells = |Difference { what, before, after }: &Difference| {
        format!("{} | {} | {} |\n", plain(&what.to_string()), code(before), code(after))
    };
    if !changes.conditions.is_empty() {
        page.add("\n| verification | before | after |\n| --- | --- | --- |\n");
        page.items(changes.conditions.iter().map(|difference| format!("| {}", cells(difference))));
    }
    let row = |Change { direction, id, difference }: &Change| {
        format!("| {} | {} | {}", direction.word(), code(id), cells(difference))
    };
    let (judged, others) = changes.judged_and_others();
    if !judged.is_empty() {
        page.add(CHANGES);
        page.items(judged.iter().map(row));
    }
    if !others.is_empty() {
        page.add(&format!("\n<details><summary>{}</summary>\n{CHANGES}", counted(others.len(), "other change")));
        page.items(others.iter().map(row));
        page.add("\n</details>\n");
    }
    for (title, claims) in [("New", &changes.new), ("Gone", &changes.gone)] {
        if !claims.is_empty() {
            page.add(&format!("\n{title}:\n\n"));
            page.items(claims.iter().map(|(id, verdict)| format!("- {}: {verdict}\n", code(id))));
        }
    }
    page.add(&format!("\n{}\n", changes.reading()));
}

/// A text from outside as code, in which nothing is markup; where a code span or a cell of a table would end within it, by tags and
/// references to characters. A long one is cut, and says so.
fn code(text: &str) -> String {
    let mut text = visible(text).into_owned();
    if let Some((end, _)) = text.char_indices().nth(MOST_OF_A_TEXT) {
        text.truncate(end);
        text += "… (cut)";
    }
    let simple = !text.trim().is_empty() && !text.contains(['`', '|']);
    if simple { format!("`{text}`") } else { format!("<code>{}</code>", plain(&text)) }
}

/// A text with every mark that could be markup written as a reference to the character.
fn plain(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in visible(text).chars() {
        if character.is_ascii_punctuation() && !matches!(character, ',' | '-') {
            let _ = write!(written, "&#{};", u32::from(character));
        } else {
            written.push(character);
        }
    }
    written
}

/// A name as one word of a command.
fn quoted(name: &str) -> Cow<'_, str> {
    // No name has a zero byte in it.
    shlex::try_quote(name).unwrap_or_default()
}
