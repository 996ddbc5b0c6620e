//! `witness claims` and `witness explain`, help and usage.

use gradient_witness::papers::catalogue;

use super::{Desk, assert_snapshot};

#[test]
fn the_catalogue_is_the_one_of_the_library() {
    let desk = Desk::new();
    let told = desk.witness(&["claims", "--format", "json"]).json(0);
    let claims = told["claims"].as_array().unwrap();
    assert_eq!(told.as_object().unwrap().len(), 1);
    let ids: Vec<&str> = claims.iter().map(|claim| claim["id"].as_str().unwrap()).collect();
    assert_eq!(ids, catalogue().iter().map(|claim| claim.id()).collect::<Vec<_>>());
    let keys = ["id", "paper", "source", "role", "kind", "expected", "scope", "repairs", "reading"];
    for claim in claims {
        assert_eq!(claim.as_object().unwrap().keys().collect::<Vec<_>>(), keys);
        let word = |key: &str, words: &[&str]| {
            let value = claim[key].as_str().unwrap();
            assert!(words.contains(&value), "{key}: {claim}");
        };
        word("role", &["claim", "definition", "slip", "experiment"]);
        word("expected", &["holds", "refuted"]);
        word("scope", &["identity", "instances", "instance", "consequence"]);
        word("reading", &["certain", "from a scan"]);
        assert!(claim["id"].as_str().unwrap().starts_with(&format!("{}.", claim["paper"].as_str().unwrap())));
        for key in ["source", "kind"] {
            assert!(!claim[key].as_str().unwrap().is_empty(), "{key}: {claim}");
        }
        if let Some(repaired) = claim["repairs"].as_str() {
            assert!(ids.contains(&repaired), "{claim}");
        }
    }
    let table = desk.witness(&["claims"]).quietly(0);
    assert!(ids.iter().all(|id| table.contains(id)));
    let some = desk.witness(&["claims", "--paper", "JT19", "--format", "json"]).json(0);
    assert!(some["claims"].as_array().unwrap().iter().all(|claim| claim["paper"] == "JT19"));
}

/// The ids that a release has promised: none may vanish, and a new one is added to the list.
#[test]
fn every_promised_id_is_there() {
    let promised: Vec<&str> = include_str!("catalogue.txt").lines().collect();
    let claims = catalogue();
    let ids: Vec<&str> = claims.iter().map(|claim| claim.id()).collect();
    let missing: Vec<_> = promised.iter().filter(|id| !ids.contains(id)).collect();
    let unlisted: Vec<_> = ids.iter().filter(|id| !promised.contains(id)).collect();
    assert!(missing.is_empty() && unlisted.is_empty(), "missing {missing:?}; not in catalogue.txt {unlisted:?}");
    assert_eq!(promised.len(), ids.len(), "an id is there twice");
}

#[test]
fn every_claim_is_explained() {
    let desk = Desk::new();
    // Slips that are no claims of their own stand in the notes of what they are about.
    let mut noted = vec!["SL-7", "SL-9", "SL-10", "SL-12", "SL-13"];
    for claim in catalogue() {
        let told = desk.witness(&["explain", claim.id()]).quietly(0);
        noted.retain(|slip| !told.contains(slip));
        assert!(told.starts_with(claim.id()), "{told}");
        for heading in ["Statement", "Source", "Hypotheses", "Check", "Control", "Notes"] {
            assert!(told.lines().any(|line| line == heading), "{heading}: {told}");
        }
        assert!(told.contains(&format!("expected   {}\n", claim.expected().word())), "{told}");
    }
    assert!(noted.is_empty(), "not explained: {noted:?}");
    assert_snapshot("explain-SL-1", &desk.witness(&["explain", "JT19.SL-1"]).quietly(0));
}

#[test]
fn help_is_as_it_was() {
    let desk = Desk::new();
    for command in ["", "verify", "claims", "explain", "check", "run", "report", "compare"] {
        let arguments: Vec<&str> = [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        let told = desk.witness(&arguments).quietly(0);
        let trimmed: String = told.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        assert_snapshot(&format!("help{}{command}", if command.is_empty() { "" } else { "-" }), &trimmed);
    }
    assert_eq!(desk.witness(&["--version"]).quietly(0), format!("witness {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_name_that_is_not_there_brings_the_nearest() {
    let desk = Desk::new();
    for (arguments, expected) in [
        (&["explain", "JT19.norm-balance"][..], "JT19.norm-balance-gd"),
        (&["explain", "norm-balance-gd"], "JT19.norm-balance-gd"),
        (&["verify", "--claim", "jt19.sl-1"], "JT19.SL-1"),
        (&["--claim", "JT19.SL-1", "--claim", "JT19.norm-blance-gd"], "JT19.norm-balance-gd"),
        (&["verify", "--paper", "JT18"], "JT19"),
        (&["claims", "--paper", "jt19"], "JT19"),
    ] {
        let told = desk.witness(arguments);
        assert_eq!((told.status, told.out.as_str()), (2, ""), "{told:?}");
        assert!(told.err.starts_with("error: ") && told.err.lines().count() == 1, "{told:?}");
        assert!(told.err.contains(expected), "{told:?}");
    }
}

#[test]
fn help_of_a_command_is_that_of_the_command() {
    let desk = Desk::new();
    for command in ["verify", "claims", "explain", "run", "compare", "help"] {
        let told = desk.witness(&["help", command]).quietly(0);
        assert_eq!(told, desk.witness(&[command, "--help"]).quietly(0));
    }
    assert_eq!(desk.witness(&["help"]).quietly(0), desk.witness(&["--help"]).quietly(0));
    for (arguments, fix) in [
        (&["help", "nonsense"][..], "unrecognized subcommand 'nonsense'"),
        (&["help", "verfy"], "'verify'"),
        (&["help", "--schema"], "<TOPIC>"),
        (&["help", "run", "--schema"], "unexpected argument '--schema'"),
        (&["help", "spec", "more"], "unexpected argument 'more'"),
    ] {
        let told = desk.witness(arguments);
        assert_eq!((told.status, told.out.as_str()), (2, ""), "{told:?}");
        assert!(told.err.contains(fix), "{told:?}");
    }
}

#[test]
fn help_on_the_run_spec_is_a_page_or_a_schema() {
    let desk = Desk::new();
    let page = desk.witness(&["help", "spec"]).quietly(0);
    assert!(page.lines().all(|line| line.chars().count() < 80), "it fits a terminal");
    assert!(page.contains("\ndata.label\nString or whole number") && !page.contains("```"), "{page}");
    let schema = desk.witness(&["help", "spec", "--schema"]).json(0);
    let label = &schema["properties"]["data"]["properties"]["label"];
    assert_eq!(label["title"], "data.label");
    assert!(label["description"].as_str().unwrap().contains("a list of as many columns"));
}
