//! The reference of the run spec: what each key is, said once, in `reference.md`.
//!
//! It is printed, it is a page of the documentation, and the JSON Schema takes its descriptions from it. What can be said to a machine (types,
//! ranges, which keys go with which) stands in `schema.json`. The tests hold both against the keys of the parser.

use serde_json::{Map, Value};

use super::Spec;

/// The schema without descriptions.
const SHAPES: &str = include_str!("schema.json");

impl Spec {
    /// The reference of the run spec, in Markdown: a heading for every table and key, by its dotted name.
    pub const REFERENCE: &'static str = include_str!("reference.md");

    /// The run spec as a JSON Schema, for editors: what it refuses is no run spec. It knows no file but the spec and no shape that must fit
    /// another, so what it accepts may still be refused.
    ///
    /// It is of draft 7, the latest one that editors of TOML know well, and refers to definitions in the items of lists alone, since beside a
    /// reference an editor sees no description.
    ///
    /// ```
    /// let schema = gradient_witness::problem::Spec::schema();
    /// assert_eq!(schema["properties"]["step"]["properties"]["eta"]["exclusiveMinimum"], 0);
    /// ```
    ///
    /// # Panics
    ///
    /// Never: the file is JSON.
    #[must_use]
    pub fn schema() -> Value {
        let mut schema: Value = serde_json::from_str(SHAPES).expect("a file of this crate, which is JSON");
        schema["title"] = "run spec of witness".into();
        describe(&mut schema, "");
        schema
    }
}

/// Gives the properties of a table their names and descriptions.
fn describe(table: &mut Value, name: &str) {
    for (key, property) in properties(table) {
        let dotted = super::field::dotted(name, key);
        describe(property, &dotted);
        property["description"] = description(&dotted).unwrap_or_default().into();
        property["title"] = dotted.into();
    }
}

fn properties(table: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    table.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::iter_mut)
}

/// What the reference says of a key, without its example, a paragraph a line.
fn description(dotted: &str) -> Option<String> {
    let (text, _) = section(dotted)?;
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
    Some(paragraphs.collect::<Vec<String>>().join("\n\n"))
}

/// The text under the heading of a key, and its example, if it has one.
fn section(dotted: &str) -> Option<(&'static str, Option<&'static str>)> {
    let heading = format!(" {dotted}\n");
    let (_, rest) = Spec::REFERENCE.split_once(&("\n##".to_owned() + &heading)).or_else(|| {
        // A key of a table lies one level deeper.
        Spec::REFERENCE.split_once(&("\n###".to_owned() + &heading))
    })?;
    let text = rest.split_once("\n#").map_or(rest, |(text, _)| text);
    let (text, example) = text.split_once("```toml\n").map_or((text, None), |(text, example)| (text, Some(example)));
    Some((text.trim(), example.and_then(|example| example.split_once("```").map(|(example, _)| example))))
}

#[cfg(test)]
mod tests {
    use super::super::keys;
    use super::*;

    /// Every table and key of the schema by its dotted name, with what it says.
    fn all(table: &mut Value, name: &str) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        for (key, property) in properties(table) {
            let dotted = super::super::field::dotted(name, key);
            found.push((dotted.clone(), property.clone()));
            found.extend(all(property, &dotted));
        }
        found
    }

    /// Every key that the parser knows.
    fn known() -> Vec<String> {
        let of = |(table, keys): &(&'static str, &'static [&'static str])| {
            keys.iter().map(|key| super::super::field::dotted(table, key)).collect::<Vec<String>>()
        };
        let mut known: Vec<String> = keys::KEYS.iter().flat_map(of).collect();
        known.sort();
        known
    }

    fn sorted(names: impl IntoIterator<Item = String>) -> Vec<String> {
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort();
        names
    }

    #[test]
    fn parser_schema_and_reference_have_the_same_keys() {
        let in_schema = all(&mut Spec::schema(), "").into_iter().map(|(name, _)| name);
        assert_eq!(sorted(in_schema), known());
        let headings = Spec::REFERENCE
            .lines()
            .filter_map(|line| line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")).map(str::to_owned));
        assert_eq!(sorted(headings), known());
    }

    /// What the schema says of a key in numbers and names, the reference says in words.
    #[test]
    fn every_key_is_described_with_its_default_and_its_choices() {
        for (name, property) in all(&mut Spec::schema(), "") {
            let description = property["description"].as_str().unwrap();
            assert!(!description.is_empty(), "{name}");
            let said = description.split_once("Default `").and_then(|(_, rest)| rest.split_once('`'));
            let default = said.map(|(value, _)| {
                let table: toml::Table = format!("value = {value}").parse().expect("a default is TOML");
                serde_json::to_value(&table["value"]).expect("and JSON")
            });
            assert_eq!(default.as_ref(), property.get("default"), "{name}");
            for choice in property["enum"].as_array().into_iter().flatten() {
                assert!(description.contains(&format!("`{choice}`")), "{name}: {choice}");
            }
            let is_table = property.get("properties").is_some() && !name.contains('.');
            assert_eq!(section(&name).unwrap().1.is_none(), is_table, "{name} has an example");
        }
    }

    /// The first example is whole; every other one stands for its key in a spec with which it goes.
    #[test]
    fn the_examples_are_read() {
        let whole = Spec::REFERENCE.split_once("```toml\n").and_then(|(_, rest)| rest.split_once("```")).unwrap().0;
        Spec::parse(whole, "".as_ref()).unwrap();
        for key in known() {
            let Some((_, Some(example))) = section(&key) else { continue };
            let table: toml::Table = example.parse().unwrap_or_else(|error| panic!("{key}: {error}"));
            let own = [".every", ".at", ".times", ".time", ".log_risks", ".log_risk"]
                .iter()
                .find_map(|part| key.strip_suffix(part))
                .unwrap_or(&key);
            assert_eq!(table.keys().collect::<Vec<_>>(), [own.rsplit('.').next().unwrap()], "{key}");
            // What the parser has to object to a table of this key alone is what else is needed, never the example.
            let text = match own.split_once('.') {
                Some((name, _)) => format!("[{name}]\n{example}"),
                None => example.to_owned(),
            };
            let error = Spec::parse(&text, "".as_ref()).unwrap_err();
            assert!(error.problem.contains("missing"), "{key}: {error}");
        }
    }
}
