//! What every page keeps to, on the page of the whole catalogue as if it had been verified, and on names that would like to be tags.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::*;
use crate::claims::Expected;
use crate::papers::catalogue;
use crate::problem::Spec;
use crate::trajectory::Courses;
use crate::verify::{Counterexample, Limits, Options, Status, verify, verify_own_run};

/// Results of some claims of each kind, one of them refuted by a run and one by a formula.
fn some() -> Results {
    let claims = catalogue();
    let wanted = [
        "JT19.gradient-layer",
        "JT19.SL-1",
        "JT19.norm-balance-gd",
        "JT19.lemma4-log",
        "ACGH19.S2",
        "JT19.corollary1-normalised-margin",
    ];
    let claims: Vec<_> = claims.iter().filter(|claim| wanted.contains(&claim.id())).collect();
    let options = Options { instances: 2, ..Options::default() };
    Results { command: Some("witness verify".to_owned()), ..Results::of(&verify(&claims, &options, &())) }
}

/// The same for every claim of the catalogue: its own name on what was found of another.
fn all() -> Results {
    let some = some();
    let of = |id: &str| some.claims.iter().find(|claim| claim.id == id).unwrap();
    let claims = catalogue();
    let claims = claims.iter().map(|claim| {
        let found = match claim.expected() {
            Expected::Holds => of("JT19.lemma4-log"),
            Expected::Refuted => of("JT19.SL-1"),
        };
        crate::report::results::ClaimResult {
            id: claim.id().to_owned(),
            paper: claim.paper().to_owned(),
            replay: found.replay.as_ref().map(|again| again.replace("JT19.SL-1", claim.id())),
            ..found.clone()
        }
    });
    Results { claims: claims.collect(), ..some.clone() }
}

/// What is found on one's own run, which is read from a file of this name: a step that is far too long.
fn own_run(name: &str) -> Results {
    let wanted =
        ["JT19.descent-step", "JT19.layer-balance-gradient", "JT19.SL-4", "JT19.assumption-2-init", "JT19.SL-1"];
    let claims = catalogue();
    let claims: Vec<_> = claims.iter().filter(|claim| wanted.contains(&claim.id())).collect();
    let found = verify(&claims, &Options { instances: 1, ..Options::default() }, &());
    let slip = found.claims.iter().find(|verdict| verdict.id == "JT19.SL-4").unwrap();
    let spec = slip.counterexample.as_ref().and_then(Counterexample::spec).unwrap();
    let spec = Spec::parse(&spec, Path::new(".")).unwrap();
    let (steps, limits) = (spec.schedule().unwrap().steps, Limits::default());
    let report = verify_own_run(&claims, &spec.problem, steps, &limits);
    Results::of_own_run(&report, name, 1).with_run(&Courses::of(&Arc::new(spec.problem), steps, &limits))
}

fn of(results: &Results) -> String {
    page(results, None, &catalogue().iter().collect::<Vec<_>>())
}

/// The tags of a page, each from `<` to `>`, without what stands in its style and scripts.
fn tags(page: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let mut quoted = false;
        let end = after.find(|letter| {
            quoted ^= letter == '"';
            letter == '>' && !quoted
        });
        let (tag, behind) = after.split_at(end.expect("every tag ends"));
        tags.push(tag);
        rest = match tag.split(' ').next() {
            Some(name @ ("script" | "style")) => &behind[behind.find(&format!("</{name}")).expect("it is closed")..],
            _ => behind,
        };
    }
    tags
}

/// The values of an attribute in the tags of a page.
fn attribute<'a>(tags: &[&'a str], name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    tags.iter().filter_map(|tag| tag.split_once(start.as_str())?.1.split('"').next()).collect()
}

#[test]
fn every_claim_of_the_catalogue_is_there_once_in_a_page_of_moderate_size() {
    let page = of(&all());
    for claim in catalogue() {
        let places = page.matches(&format!("<details class=\"claim\" id=\"{}\"", claim.id())).count();
        assert_eq!(places, 1, "{}", claim.id());
    }
    assert!(page.len() < 3 << 20, "{} bytes", page.len());
}

#[test]
fn the_same_results_give_the_same_bytes_also_when_they_were_saved() {
    let results = some();
    let saved = serde_json::to_string(&results).unwrap();
    let page = of(&results);
    assert_eq!(of(&serde_json::from_str(&saved).unwrap()), page);
    let (_, after) = page.split_once(r#"<script type="application/json" id="results">"#).unwrap();
    let inside = after.split_once("</script>").unwrap().0;
    assert_eq!(serde_json::from_str::<Results>(inside).unwrap(), results, "the page has the results in it");
}

#[test]
fn the_policy_allows_the_style_and_the_script_that_stand_in_the_page_and_nothing_else() {
    let page = of(&some());
    let hash = |start: &str, end: &str| {
        let (_, after) = page.split_once(start).unwrap();
        format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(after.split_once(end).unwrap().0)))
    };
    let policy = attribute(&tags(&page), "content").into_iter().find(|content| content.contains("-src")).unwrap();
    let (style, script) = (hash("<style>", "</style>"), hash("<script>", "</script>"));
    let expected =
        format!("default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'");
    assert_eq!(policy.replace("&#39;", "'"), expected);
    assert_eq!((page.matches("<style").count(), page.matches("<script").count()), (1, 2));
}

#[test]
fn nothing_is_loaded_and_nothing_runs_or_is_styled_in_a_tag() {
    let page = of(&all());
    for tag in tags(&page) {
        let attributes = tag.split(' ').skip(1);
        for attribute in attributes.filter_map(|part| part.split_once("=\"")).map(|(name, _)| name) {
            assert!(attribute != "style" && !attribute.starts_with("on"), "<{tag}>");
            assert!(!["src", "srcset", "action", "poster"].contains(&attribute), "<{tag}>");
        }
        let name = tag.split(' ').next().unwrap();
        assert!(
            !["link", "img", "iframe", "object", "embed", "base", "form", "image", "use"].contains(&name),
            "<{tag}>"
        );
    }
    let (_, style) = page.split_once("<style>").unwrap();
    let style = style.split_once("</style>").unwrap().0;
    assert!(!style.contains("url(") && !style.contains("@import"), "{style}");
}

#[test]
fn every_id_is_there_once_and_every_link_inside_leads_somewhere() {
    for (results, count) in [(all(), 300), (own_run("run.toml"), 20)] {
        let page = of(&results);
        let tags = tags(&page);
        let ids = attribute(&tags, "id");
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        let twice = ids.iter().find(|id| ids.iter().filter(|other| other == id).count() > 1);
        assert_eq!(twice, None);
        let links = attribute(&tags, "href");
        assert!(links.len() > count, "{}", links.len());
        for link in links {
            assert!(link.strip_prefix('#').is_some_and(|anchor| known.contains(anchor)), "{link}");
        }
        for name in attribute(&tags, "aria-labelledby") {
            assert!(known.contains(name), "{name}");
        }
    }
}

#[test]
fn headings_are_in_order_below_one_title() {
    for results in [some(), all(), own_run("run.toml")] {
        let page = of(&results);
        let level = |tag: &&str| tag.strip_prefix('h')?.chars().next()?.to_digit(10);
        let levels: Vec<u32> = tags(&page).iter().filter_map(level).collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
        for pair in levels.windows(2) {
            assert!(pair[1] <= pair[0] + 1, "h{} follows h{}", pair[1], pair[0]);
        }
    }
}

#[test]
fn a_refutation_stands_beside_what_repairs_it_with_the_command_that_shows_it() {
    let page = of(&some());
    let (_, section) = page.split_once("id=\"false\"").unwrap();
    let section = section.split_once("id=\"all\"").unwrap().0;
    for text in [
        "Printed",
        "Repaired",
        r##"href="#JT19.norm-balance-gd""##,
        r#"data-copy="witness verify --claim JT19.SL-1 --spec JT19.SL-1.toml""#,
        r#"<pre class="spec" id="spec-JT19.SL-1""#,
        r#"data-copy="witness verify --claim ACGH19.S2 --seed 1 --instances 2""#,
    ] {
        assert!(section.contains(text), "{text}");
    }
}

#[test]
fn a_name_that_would_like_to_be_a_tag_is_a_name() {
    const NAME: &str = r#"</script><img src=x onerror="alert(1)"> & 'x'"#;
    let mut results = Results { command: Some(NAME.to_owned()), ..own_run(NAME) };
    let claim = &mut results.claims[0];
    (claim.status, claim.note, claim.failure) = (Status::Refuted, NAME.to_owned(), Some(NAME.to_owned()));
    (claim.counterexample, claim.replay) = (Some(NAME.to_owned()), Some(NAME.to_owned()));
    for results in [Results { spec: None, ..results.clone() }, results] {
        let page = of(&results);
        assert!(!page.contains("<img") && !page.contains("onerror=\""));
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(page.contains("&lt;/script&gt;&lt;img"));
        assert!(!tags(&page).iter().any(|tag| tag.starts_with("img")));
    }
}

#[test]
fn a_page_of_ones_own_run_shows_its_course_what_was_asked_and_what_does_not_apply() {
    let page = of(&own_run("my run.toml"));
    let (_, body) = page.split_once("<h1>").unwrap();
    let places = [
        "my run.toml",
        "id=\"run\"",
        "<svg",
        "id=\"asked\"",
        "Not applicable, by what fails first",
        "id=\"all\"",
        "id=\"trust\"",
    ];
    let places = places.map(|text| body.find(text).unwrap_or_else(|| panic!("{text} is not there")));
    assert!(places.is_sorted(), "{places:?}");
    assert!(!body.contains("id=\"ladder\""));
    // The run is the user's: nothing has to be saved to see what it refutes.
    assert!(
        body.contains("witness verify --claim JT19.SL-4 --spec &#39;my run.toml&#39;")
            || body.contains("--claim JT19.SL-4 --spec 'my run.toml'")
    );
}
