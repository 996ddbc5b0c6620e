//! Results that were saved, read back: whether a text is a saved verification, of this program, and several that tell of one.
//!
//! A file comes from anywhere. What is wrong with it is said with its field and with what would be right; nothing is guessed, and no part of
//! it is taken alone. Files are opened elsewhere.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use super::VERSION;
use super::results::{ClaimResult, Results, SCHEMA};
use crate::claims::Claim;
use crate::problem::parse_exact;

/// What the file should have been.
const WANTED: &str = "give a file that `witness verify --format json --out FILE` has saved";

/// The most characters of a foreign message that are repeated.
const MOST_CHARACTERS: usize = 200;

/// Why a text is not read as saved results.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotResults {
    /// No JSON, or not one object.
    #[error("it is {what}; {WANTED}")]
    Other {
        /// What it is instead.
        what: String,
    },

    /// The beginning of a JSON text.
    #[error(
        "it ends in line {line} before the JSON is complete: it was cut off; save it again with `witness verify --format json --out FILE`"
    )]
    CutOff {
        /// The last line.
        line: usize,
    },

    /// Results from before their form had a number.
    #[error(
        "schema: it is missing: the form in which witness {version} saved this is not known; verify again with this program, witness {VERSION}"
    )]
    NoSchema {
        /// The version that the file names.
        version: String,
    },

    /// Results in a form that is not known.
    #[error(
        "schema: {found} is not known to witness {VERSION}, which reads {SCHEMA}; read it with the program that saved it, witness {version}, or verify again with this one"
    )]
    Schema {
        /// The number of the form.
        found: u64,
        /// The version that the file names.
        version: String,
    },

    /// A field that is not there, or holds what it cannot hold.
    #[error("{field}: {problem}; save it again with `witness verify --format json --out FILE`")]
    Field {
        /// The field, with what leads to it.
        field: String,
        /// What is wrong.
        problem: String,
    },

    /// Results of another program.
    #[error(
        "version: it was saved by witness {found}, and this is {VERSION}: verify again with this program, or give the file to --against"
    )]
    Version {
        /// The version that the file names.
        found: String,
    },

    /// Results that cannot be compared with others.
    #[error("spec: {}; give --against results of the same kind", of_another(.own_run.as_deref()))]
    OfAnother {
        /// The file of the spec, if these speak of one's own run and the others of generated instances.
        own_run: Option<String>,
    },

    /// A claim that the catalogue does not have.
    #[error("{field}: there is no claim {id:?}; verify again with this program, `witness claims` lists what it knows")]
    UnknownClaim {
        /// The field.
        field: String,
        /// What it holds.
        id: String,
    },
}

/// Why results do not tell of one verification.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{second}: {problem}; {fix}")]
pub struct Apart {
    /// The file that does not go with the others.
    pub second: String,
    /// Where it differs from which.
    pub problem: String,
    /// What would be right.
    pub fix: &'static str,
}

/// Results as they were saved by this program or an older one: their form is known, and every claim is there once.
///
/// ```
/// use gradient_witness::report::saved::{NotResults, read};
/// let saved = r#"{"schema":1,"version":"0.1.0","seed":1,"scope_note":"","claims":[],
///     "summary":{"as_expected":0,"not_as_expected":0,"undecided":0}}"#;
/// assert_eq!(read(saved.as_bytes())?.seed, 1);
/// assert_eq!(read(&saved.as_bytes()[..50]), Err(NotResults::CutOff { line: 1 }));
/// # Ok::<(), NotResults>(())
/// ```
///
/// # Errors
///
/// A [`NotResults`], but for version and unknown claims.
pub fn read(bytes: &[u8]) -> Result<Results, NotResults> {
    let text = std::str::from_utf8(bytes).map_err(|error| match error.error_len() {
        Some(_) => NotResults::Other { what: "no text in UTF-8".to_owned() },
        // The last character is not complete.
        None => NotResults::CutOff { line: bytes.split(|byte| *byte == b'\n').count() },
    })?;
    let other = |what: &str| NotResults::Other { what: what.to_owned() };
    // Nothing is built from the text before it is known to be results.
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| match error.classify() {
        Category::Eof if text.trim().is_empty() => other("empty"),
        Category::Eof => NotResults::CutOff { line: error.line() },
        _ if ends_in_an_object(text, &error) => NotResults::CutOff { line: error.line() },
        _ => other(&not_json(text, &error)),
    })?;
    let keys: BTreeMap<String, IgnoredAny> =
        serde_json::from_str(text).map_err(|_| other("JSON, but not one object"))?;
    let has = |names: &[&str]| names.iter().all(|name| keys.contains_key(*name));
    if !has(&["claims", "summary", "version"]) {
        return Err(other(kind(&has)));
    }
    let Head { version, schema } = object(text)?;
    match schema {
        Some(SCHEMA) => {}
        Some(found) => return Err(NotResults::Schema { found, version: brief(&version) }),
        None => return Err(NotResults::NoSchema { version: brief(&version) }),
    }
    let results: Results = object(text)?;
    for (place, series) in results.run.iter().flat_map(|run| &run.series).enumerate() {
        go_together(&series.t, &[&series.values.mid, &series.values.rad])
            .map_err(|problem| NotResults::Field { field: format!("run.series[{place}]"), problem })?;
    }
    let mut ids = BTreeMap::new();
    for (place, claim) in results.claims.iter().enumerate() {
        sense(claim)
            .map_err(|(field, problem)| NotResults::Field { field: format!("claims[{place}].{field}"), problem })?;
        if let Some(before) = ids.insert(&claim.id, place) {
            let problem = format!("{:?} is claims[{before}] already", brief(&claim.id));
            return Err(NotResults::Field { field: format!("claims[{place}].id"), problem });
        }
    }
    Ok(results)
}

/// Whether the results are this program's, and all their claims in its catalogue.
///
/// # Errors
///
/// A [`NotResults`] of another version or of a claim that is not there.
pub fn of_this_program(results: &Results, catalogue: &[&Claim]) -> Result<(), NotResults> {
    if results.version != VERSION {
        return Err(NotResults::Version { found: brief(&results.version) });
    }
    for (place, claim) in results.claims.iter().enumerate() {
        let field = |name: &str| format!("claims[{place}].{name}");
        let Some(known) = catalogue.iter().find(|known| known.id() == claim.id) else {
            return Err(NotResults::UnknownClaim { field: field("id"), id: brief(&claim.id) });
        };
        let wrong = |name, found: &str, right: &str| NotResults::Field {
            field: field(name),
            problem: format!("of {} it is {right:?}, not {:?}", claim.id, brief(found)),
        };
        if known.paper() != claim.paper {
            return Err(wrong("paper", &claim.paper, known.paper()));
        }
        if known.expected() != claim.expected {
            return Err(wrong("expected", claim.expected.word(), known.expected().word()));
        }
    }
    Ok(())
}

/// Results of parts of one verification, each with the name of its file, as if they had been found at once: in the order of the catalogue. Of
/// a claim that several have, with the same verdict, the first counts.
///
/// # Errors
///
/// An [`Apart`]: another seed or run, or another verdict on the same claim.
pub fn merged(
    (first, mut whole): (String, Results),
    others: impl IntoIterator<Item = (String, Results)>,
    catalogue: &[&Claim],
) -> Result<Results, Apart> {
    let mut from = vec![first.clone(); whole.claims.len()];
    let mut commands = vec![whole.command.take()];
    for (second, part) in others {
        let apart = |field: &str, first: &str, ours: String, theirs: String| {
            let problem = format!("{field}: {theirs}, but {first} has {ours}");
            Err(Apart {
                second: second.clone(),
                problem,
                fix: "a report tells of one verification: give the parts of one",
            })
        };
        if whole.spec != part.spec {
            return apart("spec", &first, subject(&whole), subject(&part));
        }
        if whole.conclusion_only != part.conclusion_only {
            let word = |results: &Results| match results.conclusion_only {
                Some(true) => "the conclusion alone".to_owned(),
                _ => "hypotheses that count".to_owned(),
            };
            return apart("conclusion_only", &first, word(&whole), word(&part));
        }
        if whole.seed != part.seed {
            return apart("seed", &first, whole.seed.to_string(), part.seed.to_string());
        }
        if let (Some(ours), Some(theirs)) = (whole.instances, part.instances)
            && ours != theirs
        {
            return apart("instances", &first, ours.to_string(), theirs.to_string());
        }
        // What the same command left out it left out once.
        if !commands.contains(&part.command) {
            whole.left_out = whole.left_out.zip(part.left_out).map(|(ours, theirs)| ours.saturating_add(theirs));
            commands.push(part.command);
        }
        whole.run = whole.run.or(part.run);
        whole.interrupted |= part.interrupted;
        for claim in part.claims {
            match whole.claims.iter().position(|known| known.id == claim.id) {
                None => {
                    whole.claims.push(claim);
                    from.push(second.clone());
                }
                Some(place) => {
                    let (ours, theirs) = (verdict(&whole.claims[place]), verdict(&claim));
                    if ours != theirs {
                        return apart(&claim.id, &from[place], ours, theirs);
                    }
                }
            }
        }
    }
    let place = |claim: &ClaimResult| catalogue.iter().position(|known| known.id() == claim.id);
    whole.claims.sort_by_key(place);
    whole.summary = whole.counted();
    whole.command = commands.into_iter().flatten().reduce(|all, command| format!("{all}; {command}"));
    Ok(whole)
}

/// What is looked at before all else.
#[derive(Deserialize)]
struct Head {
    version: String,
    schema: Option<u64>,
}

/// The text as such an object, of which the path to what is wrong is said.
fn object<T: DeserializeOwned>(text: &str) -> Result<T, NotResults> {
    let mut reader = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let problem = brief(&error.inner().to_string());
        // What is missing is said in the message; the path leads to where.
        let field = if path == "." { "the object".to_owned() } else { path };
        NotResults::Field { field, problem }
    })
}

/// What cannot be compared with what.
fn of_another(own_run: Option<&str>) -> String {
    match own_run {
        Some(spec) => {
            format!("it speaks of the run of {}, and what is compared with it of generated instances", brief(spec))
        }
        None => "it speaks of generated instances, and what is compared with it of one run".to_owned(),
    }
}

/// Whether nothing is wrong with an object but the last character, which may be the half of a number.
fn ends_in_an_object(text: &str, error: &serde_json::Error) -> bool {
    let last = text.rsplit('\n').next().unwrap_or(text);
    text.trim_start().starts_with('{') && error.line() == text.split('\n').count() && error.column() >= last.len()
}

/// What a text is that is no JSON object.
fn not_json(text: &str, error: &serde_json::Error) -> String {
    let first: Option<BTreeMap<String, IgnoredAny>> =
        text.lines().next().and_then(|line| serde_json::from_str(line).ok());
    match first {
        Some(keys) if keys.contains_key("t") || keys.contains_key("summary") => TRAJECTORY.to_owned(),
        _ => format!("no JSON ({})", brief(&error.to_string())),
    }
}

const TRAJECTORY: &str = "a trajectory (`witness run`), not results";

/// What an object is that has these keys and is no verification.
fn kind(has: &dyn Fn(&[&str]) -> bool) -> &'static str {
    if has(&["bits", "records", "steps"]) {
        "a comparison (`witness compare --format json`), not results"
    } else if has(&["claims"]) && !has(&["version"]) {
        "the catalogue (`witness claims --format json`), not results"
    } else if has(&["t"]) || has(&["summary"]) && !has(&["claims"]) {
        TRAJECTORY
    } else {
        "JSON, but not what a verification saves"
    }
}

/// What no claim can have: the field, and why not.
fn sense(claim: &ClaimResult) -> Result<(), (&'static str, String)> {
    for (field, bound) in
        [("worst_ratio", &claim.worst_ratio), ("agrees_to", &claim.agrees_to), ("within", &claim.within)]
    {
        if let Some(text) = bound
            && (text.contains('/') || parse_exact(text).is_err())
        {
            return Err((field, format!("{:?} is no decimal number", brief(text))));
        }
    }
    if claim.seconds < 0.0 {
        return Err(("seconds", format!("{} is no time", claim.seconds)));
    }
    for (field, span) in [("depths", claim.depths), ("widths", claim.widths), ("examples", claim.examples)] {
        if let Some(span) = span
            && span.0 > span.1
        {
            return Err((field, format!("from {} to {} is no range", span.0, span.1)));
        }
    }
    for curve in &claim.curves {
        let lists = [&curve.left.mid, &curve.left.rad, &curve.right.mid, &curve.right.rad];
        go_together(&curve.t, &lists).map_err(|problem| ("curves", problem))?;
    }
    let counts =
        [("applicable", claim.applicable, claim.instances), ("informative", claim.informative, claim.applicable)];
    for (field, count, most) in counts {
        if count > most {
            return Err((field, format!("{count} is more than the {most} that it counts among")));
        }
    }
    Ok(())
}

/// Whether the lists are those of points in rising order.
fn go_together(t: &[u64], lists: &[&Vec<Option<f64>>]) -> Result<(), String> {
    if lists.iter().all(|list| list.len() == t.len()) && t.is_sorted_by(|a, b| a < b) {
        Ok(())
    } else {
        Err("lists that go together are not as long as t, or t does not rise".to_owned())
    }
}

/// What the results speak of, in words.
fn subject(results: &Results) -> String {
    match &results.spec {
        Some(spec) => format!("the run of {}", brief(spec)),
        None => "generated instances".to_owned(),
    }
}

/// What was found of a claim, in words: whatever of it two files must agree on.
fn verdict(claim: &ClaimResult) -> String {
    let mut words = claim.status.word().to_owned();
    if let Some(evidence) = claim.evidence {
        words = format!("{words} ({})", evidence.word());
    }
    match claim.control {
        Some(control) => format!("{words}, control {}", control.word()),
        None => words,
    }
}

/// A text from the file, not too long to be part of a message.
fn brief(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
