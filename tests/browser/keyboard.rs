//! Without a mouse: every key is pressed, none is made up by the page.

use serde_json::json;

use super::stage::Stage;
use super::tab::Tab;

/// Watches where the focus is, and how it looks.
const WATCH: &str = concat!(include_str!("colour.js"), include_str!("focus.js"));

/// How often Tab is pressed before a page has no end.
const MANY: usize = 3000;

pub fn tab_goes_through_everything_in_order_and_is_seen(stage: &Stage) {
    for (page, scheme) in [(stage.catalogue(), "light"), (stage.own_run(), "dark")] {
        stage.visit(page, |tab| {
            tab.prefer(scheme);
            // What is in open parts is reached as well.
            tab.value("document.querySelectorAll('details.claim').forEach((claim, index) => { claim.open = index % 4 === 0; })");
            tab.value(WATCH);
            let pressed = (0..MANY).take_while(|_| {
                tab.press("Tab");
                tab.holds("watch.look()")
            });
            let pressed = pressed.count();
            assert_eq!(tab.texts("watch.found()"), [""; 0], "after {pressed} times Tab");
            let last = tab.text("watch.last()");
            tab.press_with("Tab", true);
            assert_ne!(tab.text("watch.last()"), last);
            tab.press("Tab");
            assert_eq!(tab.text("watch.last()"), last, "with shift it goes back");
        });
    }
}

/// The id of the claim whose head has the focus.
fn focused(tab: &Tab) -> String {
    tab.text("document.activeElement.matches('details.claim > summary') ? document.activeElement.parentElement.id : document.activeElement.outerHTML.slice(0, 120)")
}

/// Gives the head of a claim the focus.
fn focus(tab: &Tab, id: &str) {
    tab.value(&format!("document.getElementById({}).querySelector('summary').focus()", json!(id)));
    assert_eq!(focused(tab), id);
}

pub fn enter_and_space_open_a_claim_and_close_it(stage: &Stage) {
    let page = stage.catalogue();
    stage.visit(page, |tab| {
        let id = page.ids()[0];
        focus(tab, id);
        let is_open = format!("document.getElementById({}).open", json!(id));
        for key in ["Enter", " "] {
            assert!(!tab.holds(&is_open), "before {key:?}");
            tab.press(key);
            assert!(tab.holds(&is_open), "after {key:?}");
            tab.press(key);
            assert_eq!(focused(tab), id, "the focus stays");
        }
    });
}

pub fn arrows_go_from_claim_to_claim(stage: &Stage) {
    let page = stage.catalogue();
    stage.visit(page, |tab| {
        let ids = page.ids();
        let last = ids[ids.len() - 1];
        focus(tab, ids[0]);
        tab.press("ArrowUp");
        assert_eq!(focused(tab), ids[0], "there is none before the first");
        for id in &ids[1..] {
            tab.press("ArrowDown");
            assert_eq!(focused(tab), *id);
        }
        tab.press("ArrowDown");
        assert_eq!(focused(tab), last, "there is none after the last");
        tab.press("ArrowUp");
        assert_eq!(focused(tab), ids[ids.len() - 2]);
    });
}

pub fn arrows_skip_claims_that_are_filtered_out(stage: &Stage) {
    let page = stage.catalogue();
    stage.visit(page, |tab| {
        tab.value("document.getElementById('filter').focus()");
        tab.type_in("lemma7");
        let shown = shown(tab);
        assert!((2..page.ids().len()).contains(&shown.len()), "{shown:?}");
        focus(tab, &shown[0]);
        for id in &shown[1..] {
            tab.press("ArrowDown");
            assert_eq!(focused(tab), *id);
        }
    });
}

pub fn escape_clears_the_filter_from_wherever_the_focus_is(stage: &Stage) {
    let page = stage.catalogue();
    stage.visit(page, |tab| {
        for from_a_claim in [false, true] {
            tab.value("document.getElementById('filter').focus()");
            tab.type_in("lemma7");
            let narrowed = shown(tab);
            assert!(narrowed.len() < page.ids().len());
            assert!(!tab.text("location.hash").is_empty());
            if from_a_claim {
                focus(tab, &narrowed[0]);
            }
            tab.press("Escape");
            assert_eq!(shown(tab), page.ids(), "from a claim: {from_a_claim}");
            assert_eq!(tab.text("document.getElementById('filter').value"), "");
            assert_eq!(tab.text("location.hash"), "");
        }
    });
}

/// The ids of the claims that the filter leaves.
pub fn shown(tab: &Tab) -> Vec<String> {
    tab.texts("[...document.querySelectorAll('details.claim')].filter((claim) => claim.checkVisibility()).map((claim) => claim.id)")
}
