//! A page that is one file: it says nothing, asks for nothing, and runs nothing but its own script.

use std::fs;

use serde_json::{Value, json};

use super::stage::{HOSTILE, Page, Stage, TO_OPEN_ALL};
use super::tab::{Deed, Tab};

/// Waits until fonts and pictures would be there, and everything was drawn.
pub const SETTLED: &str =
    "document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))";

pub fn a_page_says_nothing_and_asks_for_nothing(stage: &Stage) {
    for page in [stage.catalogue(), stage.own_run()] {
        let _alone = stage.clipboard();
        stage.visit(page, |tab| {
            tab.value(TO_OPEN_ALL);
            tab.value(SETTLED);
            tab.click("#theme");
            tab.value("document.getElementById('filter').focus()");
            tab.type_in("lemma");
            tab.value("document.querySelectorAll('button.copy').forEach((button) => button.click())");
            tab.value("scrollTo(0, document.documentElement.scrollHeight)");
            tab.value(SETTLED);
        });
        // What the policy would refuse need not even be asked for.
        let text = fs::read_to_string(&page.file).unwrap();
        for outside in
            ["src=\"", "srcset=", "@import", "url(http", "url(//", "url(\"", "<link", "<iframe", "<object", "<embed"]
        {
            assert!(!text.contains(outside), "{outside} in {}", page.file.display());
        }
    }
}

/// The policy, and the hashes of the styles and scripts of the page, as the policy writes them.
const POLICY: &str = "document.querySelector('meta[http-equiv=\"Content-Security-Policy\" i]')?.content ?? ''";
const HASHES: &str =
    "Promise.all([...document.querySelectorAll('style, script:not([type=\"application/json\"])')].map(async (part) => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(part.textContent));
    return `${part.localName}-src 'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}))";

pub fn the_policy_allows_one_style_and_one_script_by_their_hashes(stage: &Stage) {
    stage.visit(stage.catalogue(), |tab| {
        let policy = tab.text(POLICY);
        let rules: Vec<&str> = policy.split(';').map(str::trim).collect();
        assert!(rules.contains(&"default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let mut hashes = tab.texts(HASHES);
        hashes.sort();
        assert_eq!(hashes.len(), 2, "{hashes:?}");
        for hash in &hashes {
            assert!(rules.contains(&hash.as_str()), "{hash} is not a rule of {policy}");
        }
    });
}

/// Puts a script, a style, an event handler and an image into the page, each of which would leave a trace.
const INJECT: &str = "(() => {
    const script = document.createElement('script');
    script.textContent = 'window.trace = 1';
    const style = document.createElement('style');
    style.textContent = 'body { letter-spacing: 7px !important; }';
    document.body.append(script, style);
    document.body.insertAdjacentHTML('beforeend', '<p style=\"letter-spacing: 8px\" id=inline>x</p><img src=\"x.png\" onerror=\"window.trace = 2\">');
})()";

pub fn what_is_injected_does_not_run(stage: &Stage) {
    stage.visit(stage.catalogue(), |tab| {
        tab.value(INJECT);
        tab.value(SETTLED);
        assert!(tab.holds("window.trace === undefined"), "a script ran");
        let spacing = tab
            .texts("[document.body, document.getElementById('inline')].map((e) => getComputedStyle(e).letterSpacing)");
        assert_eq!(spacing, ["normal", "normal"]);
        let refused = tab.take_deeds();
        assert!(!refused.is_empty() && refused.iter().all(is_refusal), "{refused:?}");
    });
}

/// Whether the browser refused something. An image is asked for, and not loaded.
fn is_refusal(deed: &Deed) -> bool {
    match deed {
        Deed::Said(text) => text.contains("Content Security Policy"),
        Deed::Asked(address) => address.contains("x.png"),
        _ => false,
    }
}

/// That the page has no element but its own, and that the results in it are those it was made from.
fn assert_unharmed(tab: &Tab, page: &Page) {
    tab.value(SETTLED);
    assert_eq!(
        tab.texts("[...document.querySelectorAll('img, [onload], [onerror]')].map((e) => e.outerHTML)"),
        [""; 0]
    );
    let inside = tab.text("document.getElementById('results').textContent");
    assert_eq!(serde_json::from_str::<Value>(&inside).unwrap(), page.results);
    let ids = tab.texts("[...document.querySelectorAll('details.claim')].map((claim) => claim.id)");
    assert_eq!(ids, page.ids());
}

pub fn what_looks_like_markup_is_shown_as_text(stage: &Stage) {
    let page = stage.hostile();
    stage.visit(page, |tab| {
        tab.value(TO_OPEN_ALL);
        assert_unharmed(tab, page);
        assert!(tab.holds(&format!("document.body.innerText.includes({})", json!(HOSTILE))));
        let specs = tab.texts("[...document.querySelectorAll('pre.spec')].map((spec) => spec.textContent)");
        assert!(specs.len() > 10 && specs.iter().all(|spec| spec.contains(HOSTILE)), "{specs:#?}");
    });
}

pub fn an_awkward_path_and_title_harm_nothing(stage: &Stage) {
    let page = stage.own_run();
    stage.visit(page, |tab| {
        assert_unharmed(tab, page);
        assert!(tab.text("document.title").contains("<img src=x onerror=alert(1)>"));
    });
}
