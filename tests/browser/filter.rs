//! The filter: what it leaves, and that an address says so.

use serde_json::{Value, json};

use super::keyboard::shown;
use super::quiet::SETTLED;
use super::stage::Stage;
use super::tab::Tab;

/// Everything that can be chosen, with what is chosen.
const CHOSEN: &str = "[...document.querySelectorAll('input, select')]
    .map((field) => `${field.id || field.name} ${['checkbox', 'radio'].includes(field.type) ? field.checked : field.value}`)";

fn types(tab: &Tab, text: &str) {
    tab.value("document.getElementById('filter').focus()");
    tab.type_in(text);
}

pub fn a_text_leaves_the_claims_that_have_it(stage: &Stage) {
    let page = stage.catalogue();
    stage.visit(page, |tab| {
        types(tab, "lemma7");
        let left = shown(tab);
        assert!(!left.is_empty() && left.len() < page.ids().len());
        for id in page.ids().iter().filter(|id| id.contains("lemma7")) {
            assert!(left.iter().any(|one| one == id), "{id} is hidden");
        }
        let has = "[...document.querySelectorAll('details.claim')].filter((claim) => claim.checkVisibility())
            .filter((claim) => !claim.textContent.toLowerCase().includes('lemma7') && !claim.id.includes('lemma7')).map((claim) => claim.id)";
        assert_eq!(tab.texts(has), [""; 0]);
        types(tab, " no claim has this");
        assert_eq!(shown(tab), [""; 0]);
    });
}

pub fn each_choice_leaves_the_claims_that_are_so(stage: &Stage) {
    let page = stage.catalogue();
    stage.visit(page, |tab| {
        for key in ["status", "evidence", "scope", "paper"] {
            let list = format!("document.getElementById({})", json!(key));
            let words =
                tab.texts(&format!("[...{list}.options].map((option) => option.value).filter((word) => word !== '')"));
            assert!(words.len() > 1, "{key}: {words:?}");
            for word in &words {
                tab.value(&format!("{list}.focus()"));
                tab.press("ArrowDown");
                assert_eq!(tab.text(&format!("{list}.value")), *word);
                let unexpected = |claim: &&Value| word == "unexpected" && claim["status"] != claim["expected"];
                let so = page.claims().iter().filter(|claim| claim[key] == **word || unexpected(claim));
                let so: Vec<&str> = so.map(|claim| claim["id"].as_str().unwrap()).collect();
                assert_eq!(shown(tab), so, "{key} {word}");
                assert!(
                    tab.text("document.getElementById('shown').textContent").starts_with(&format!("{} of", so.len()))
                );
            }
            assert_same_elsewhere(stage, tab);
            tab.press("Escape");
            assert_eq!(shown(tab), page.ids());
        }
    });
}

pub fn a_number_at_the_top_leads_to_its_claims(stage: &Stage) {
    let page = stage.catalogue();
    stage.visit(page, |tab| {
        tab.click("a[data-filter='status=holds']");
        let holding = page.claims().iter().filter(|claim| claim["status"] == "holds");
        let holding: Vec<&str> = holding.map(|claim| claim["id"].as_str().unwrap()).collect();
        assert_eq!(shown(tab), holding);
        assert_same_elsewhere(stage, tab);
    });
}

pub fn an_address_says_what_is_filtered(stage: &Stage) {
    let page = stage.catalogue();
    stage.visit(page, |tab| {
        types(tab, "é ≤ & # %");
        assert_same_elsewhere(stage, tab);
    });
}

/// That a new tab that opens this one's address is the same to look at.
fn assert_same_elsewhere(stage: &Stage, tab: &Tab) {
    let fragment = tab.text("location.hash");
    assert!(fragment.len() > 1, "the address has {fragment:?}");
    let here = (shown(tab), tab.texts(CHOSEN));
    stage.visit_at(stage.catalogue(), &fragment, |there| {
        assert_eq!((shown(there), there.texts(CHOSEN)), here, "{fragment}");
        assert_eq!(there.text("location.hash"), fragment);
    });
    assert_ne!(here.1, fresh(stage), "something is chosen");
}

/// What is chosen on a page that was just opened.
fn fresh(stage: &Stage) -> Vec<String> {
    let mut chosen = Vec::new();
    stage.visit(stage.catalogue(), |tab| chosen = tab.texts(CHOSEN));
    chosen
}

pub fn an_address_that_says_nothing_leaves_everything(stage: &Stage) {
    let page = stage.catalogue();
    for fragment in ["#", "#%", "#%zz=%F0", "#status", "#status=perhaps&text", "#constructor=1&__proto__=2", "#=&&="] {
        stage.visit_at(page, fragment, |tab| assert_eq!(shown(tab), page.ids(), "{fragment}"));
    }
}

pub fn an_address_of_a_claim_opens_it(stage: &Stage) {
    let page = stage.catalogue();
    let id = page.ids()[page.ids().len() / 2];
    stage.visit_at(page, &format!("#{id}"), |tab| {
        tab.value(SETTLED);
        assert!(tab.holds(&format!("document.getElementById({}).open", json!(id))));
        let top = tab.value(&format!("document.getElementById({}).getBoundingClientRect().top", json!(id)));
        assert!((-1.0..900.0).contains(&top.as_f64().unwrap()), "{id} is at {top}");
    });
}
