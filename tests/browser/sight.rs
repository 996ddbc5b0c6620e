//! What an eye needs: contrast, room on a small screen, labels that can be read, paper, and a page without script.

use serde_json::json;

use super::stage::{Stage, TO_OPEN_ALL};
use super::tab::Tab;

/// The texts with too little contrast, worst first.
const CONTRAST: &str = concat!(include_str!("colour.js"), include_str!("contrast.js"));

fn assert_contrast(tab: &Tab) {
    tab.value(TO_OPEN_ALL);
    let low = tab.texts(CONTRAST);
    assert!(low.is_empty(), "{low:#?}");
}

/// The colours of the page as a whole.
fn colours(tab: &Tab) -> String {
    tab.text("(({ backgroundColor, color }) => backgroundColor + ' under ' + color)(getComputedStyle(document.body))")
}

pub fn text_stands_out_in_the_light_theme(stage: &Stage) {
    stage.visit(stage.catalogue(), |tab| {
        tab.prefer("light");
        assert_contrast(tab);
    });
}

pub fn text_stands_out_in_the_dark_theme(stage: &Stage) {
    stage.visit(stage.catalogue(), |tab| {
        tab.prefer("dark");
        assert_contrast(tab);
    });
}

pub fn text_stands_out_on_the_page_of_a_run(stage: &Stage) {
    stage.visit(stage.own_run(), |tab| {
        for scheme in ["light", "dark"] {
            tab.prefer(scheme);
            assert_contrast(tab);
        }
    });
}

pub fn the_switch_of_themes_goes_through_both_and_back(stage: &Stage) {
    stage.visit(stage.catalogue(), |tab| {
        let preferred = ["light", "dark"].map(|scheme| {
            tab.prefer(scheme);
            colours(tab)
        });
        assert_ne!(preferred[0], preferred[1]);
        for (scheme, own) in ["light", "dark"].into_iter().zip(&preferred) {
            tab.prefer(scheme);
            for (theme, expected) in ["light", "dark"].into_iter().zip(&preferred) {
                tab.click("#theme");
                assert_eq!(colours(tab), *expected, "{theme}, where {scheme} is preferred");
                assert!(tab.text("document.getElementById('theme').textContent").contains(theme));
            }
            tab.click("#theme");
            assert_eq!(colours(tab), *own, "as is preferred, {scheme}");
        }
    });
}

/// What sticks out of the page to the right, and is not in a box that scrolls.
const STICKS_OUT: &str = "(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= innerWidth) return [];
    const out = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > innerWidth);
    return [`${root.scrollWidth} > ${innerWidth}`, ...out.slice(0, 10).map((e) => e.outerHTML.slice(0, 120))];
})()";

pub fn nothing_sticks_out_at_320_pixels(stage: &Stage) {
    for page in [stage.catalogue(), stage.own_run()] {
        stage.visit(page, |tab| {
            for width in [320, 800, 1200] {
                tab.resize(width, 800);
                assert_eq!(tab.value("innerWidth"), width);
                assert_eq!(tab.texts(STICKS_OUT), [""; 0], "{width} pixels, closed");
                tab.value(TO_OPEN_ALL);
                assert_eq!(tab.texts(STICKS_OUT), [""; 0], "{width} pixels, open");
            }
        });
    }
}

/// The labels of pictures that cannot be read because of others.
const OVERLAPS: &str = include_str!("overlaps.js");

pub fn labels_of_a_picture_do_not_overlap(stage: &Stage) {
    for page in [stage.catalogue(), stage.own_run()] {
        stage.visit(page, |tab| {
            tab.value(TO_OPEN_ALL);
            for width in [1200, 320] {
                tab.resize(width, 800);
                assert!(tab.value("document.querySelectorAll('svg text').length").as_u64() > Some(0));
                assert_eq!(tab.texts(OVERLAPS), [""; 0], "{width} pixels");
            }
        });
    }
}

/// Claims of which the statement cannot be seen.
const UNREADABLE: &str = "[...document.querySelectorAll('details.claim')]
    .filter((claim) => ![...claim.children].slice(1).every((part) => part.checkVisibility() && part.getBoundingClientRect().height > 0))
    .map((claim) => claim.id)";

pub fn without_script_everything_can_be_read(stage: &Stage) {
    let page = stage.catalogue();
    stage.visit_without_script(page, |tab| {
        let ids = tab.texts("[...document.querySelectorAll('details.claim')].map((claim) => claim.id)");
        assert_eq!(ids, page.ids(), "every claim is there");
        let idle = "[...document.querySelectorAll('button, input, select')].filter((e) => e.checkVisibility()).map((e) => e.outerHTML)";
        assert_eq!(tab.texts(idle), [""; 0], "what does nothing without script is not shown");
        let first = &ids[0];
        let is_open = format!("document.getElementById({}).open", json!(first));
        assert!(!tab.holds(&is_open));
        let selector = format!("[id={}] > summary", json!(first));
        tab.click(&selector);
        assert!(tab.holds(&is_open), "a click opens a claim");
        tab.click(&selector);
        assert!(!tab.holds(&is_open), "a click closes it");
        tab.value(TO_OPEN_ALL);
        assert_eq!(tab.texts(UNREADABLE), [""; 0]);
    });
}

/// How many pages there are on paper.
fn printed_pages(tab: &Tab) -> usize {
    let data = tab.ask("Page.printToPDF", json!({ "printBackground": false }))["data"].clone();
    let pages = format!(
        "(() => {{ const text = atob({data}); return [text.startsWith('%PDF-'), text.match(/\\/Type \\/Page\\b/g)?.length ?? 0]; }})()"
    );
    let told = tab.value(&pages);
    assert_eq!(told[0], true, "it is a PDF");
    told[1].as_u64().unwrap().try_into().unwrap()
}

pub fn on_paper_everything_is_open(stage: &Stage) {
    for page in [stage.catalogue(), stage.own_run()] {
        stage.visit(page, |tab| {
            let as_it_is = printed_pages(tab);
            assert!(tab.holds("document.querySelector('details.claim:not([open])') !== null"), "it was not opened for good");
            tab.value(TO_OPEN_ALL);
            assert_eq!(as_it_is, printed_pages(tab), "as many pages as with everything opened by hand");
            assert!(as_it_is * 4 > page.ids().len(), "{as_it_is} pages");
            tab.ask("Emulation.setEmulatedMedia", json!({ "media": "print" }));
            assert_eq!(tab.texts(UNREADABLE), [""; 0], "every claim can be read");
            let idle = "[...document.querySelectorAll('button, input, select')].filter((e) => e.checkVisibility()).map((e) => e.outerHTML)";
            assert_eq!(tab.texts(idle), [""; 0], "paper has nothing to press");
            assert!(tab.holds("document.documentElement.scrollWidth <= innerWidth"));
        });
    }
}
