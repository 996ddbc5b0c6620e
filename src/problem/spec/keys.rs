//! Every key of a run spec, by its table.

/// The tables and their keys; the file itself is the table without a name.
pub(super) const KEYS: [(&str, &[&str]); 9] = [
    ("", &["title", "network", "loss", "data", "init", "step", "run"]),
    ("network", crate::problem::network::KEYS),
    ("loss", &["kind", "normalisation", "scale", "steepness"]),
    (
        "data",
        &["x", "y", "target", "path", "header", "label", "positive", "negative", "columns", "whiten", "unit_ball"],
    ),
    ("init", &["weights", "kind", "std", "seed"]),
    ("step", &["rule", "eta"]),
    ("run", &["steps", "until", "tolerance", "record", "arithmetic"]),
    ("run.until", &["time", "log_risk"]),
    ("run.record", &["every", "at", "times", "log_risks"]),
];

/// Keys that are refused by what reads their table, and offered by nobody.
const PLANNED: [(&str, &[&str]); 1] = [("init", &["path"])];

/// The keys of a table, and those that it will have.
pub(super) fn of(section: &str) -> (&'static [&'static str], &'static [&'static str]) {
    let of = |tables: &[(&str, &'static [&'static str])]| {
        tables.iter().find(|(name, _)| *name == section).map_or(&[][..], |(_, keys)| *keys)
    };
    (of(&KEYS), of(&PLANNED))
}

/// The only table that has this key, if there is just one.
pub(super) fn section_of(key: &str) -> Option<&'static str> {
    let mut sections = KEYS.iter().filter(|(_, keys)| keys.contains(&key)).map(|(name, _)| *name);
    let section = sections.next()?;
    sections.next().is_none().then_some(section)
}

/// How a table may look, for the message that it is missing or no table.
pub(super) fn example(section: &str) -> &'static str {
    match section {
        "network" => "[network] with architecture = \"fully-connected\" and widths = [2, 3, 1]",
        "loss" => "[loss] with kind = \"logistic\"",
        "data" => "[data] with x = [[0.6, 0.2], [0.1, -0.9]] and y = [1, -1]",
        "init" => "[init] with kind = \"gaussian\", std = 0.1 and seed = 1",
        "step" => "[step] with rule = \"constant\" and eta = 0.01",
        "run" => "[run] with steps = 1000, or of a flow until = { time = 100 }",
        "run.until" => "{ time = 100 } or { log_risk = 1000 }",
        _ => "{ every = 100 }, { at = [0, 1, 10] }, or of a flow { times = [0, 1, 10] } or { log_risks = [1, 10] }",
    }
}
