//! What a screen reader is told: names, roles, order, and a table for every picture.

use serde_json::{Value, json};

use super::stage::{Page, Stage, TO_OPEN_ALL};
use super::tab::Tab;

/// The roles that are nothing without a name.
const NAMED: [&str; 13] = [
    "button",
    "link",
    "textbox",
    "searchbox",
    "combobox",
    "listbox",
    "checkbox",
    "radio",
    "DisclosureTriangle",
    "image",
    "img",
    "SvgRoot",
    "graphics-document",
];

fn each_page(stage: &Stage, look: impl Fn(&Tab, &Page)) {
    for page in [stage.catalogue(), stage.own_run()] {
        stage.visit(page, |tab| {
            tab.value(TO_OPEN_ALL);
            look(tab, page);
        });
    }
}

pub fn whatever_is_pressed_or_looked_at_has_a_name(stage: &Stage) {
    each_page(stage, |tab, page| {
        let tree = tab.ask("Accessibility.getFullAXTree", json!({}));
        let nodes: Vec<&Value> =
            tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] == false).collect();
        let named = nodes.iter().filter(|node| NAMED.iter().any(|role| node["role"]["value"] == *role));
        let named: Vec<&&Value> = named.collect();
        assert!(named.len() >= page.ids().len(), "{} of {}", named.len(), nodes.len());
        let nameless = named.iter().filter(|node| node["name"]["value"].as_str().unwrap_or_default().trim().is_empty());
        let nameless: Vec<String> = nameless.map(|node| place(tab, node)).collect();
        assert_eq!(nameless, [""; 0]);
    });
}

/// Where a node of the accessibility tree stands in the page.
fn place(tab: &Tab, node: &Value) -> String {
    let html = tab.ask("DOM.getOuterHTML", json!({ "backendNodeId": node["backendDOMNodeId"] }));
    html["outerHTML"].as_str().unwrap_or_default().chars().take(160).collect()
}

pub fn every_picture_has_a_caption_and_a_table(stage: &Stage) {
    each_page(stage, |tab, _| {
        assert!(tab.value("document.querySelectorAll('svg').length").as_u64() > Some(0));
        let lonely = "[...document.querySelectorAll('svg:not([aria-hidden=true])')].filter((picture) => {
            const figure = picture.closest('figure');
            return !(figure?.querySelector('figcaption')?.textContent.trim() && figure.querySelector('table td'));
        }).map((picture) => picture.outerHTML.slice(0, 160))";
        assert_eq!(tab.texts(lonely), [""; 0]);
    });
}

/// What is wrong with the skeleton of the page.
const SKELETON: &str = "(() => {
    const found = [];
    const all = (selector) => [...document.querySelectorAll(selector)];
    if (!document.documentElement.lang) found.push('no language');
    if (!document.title.trim()) found.push('no title');
    for (const one of ['main', 'h1']) if (all(one).length !== 1) found.push(`${all(one).length} of ${one}`);
    let level = 0;
    for (const heading of all('h1, h2, h3, h4, h5, h6')) {
        const own = Number(heading.localName[1]);
        if (own > level + 1) found.push(`${heading.outerHTML.slice(0, 120)} after a heading of level ${level}`);
        level = own;
    }
    const ids = all('[id]').map((e) => e.id);
    found.push(...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two of the id ${id}`));
    for (const link of all('a[href^=\"#\"]')) {
        if (!document.getElementById(decodeURIComponent(link.getAttribute('href').slice(1)))) found.push(`${link.outerHTML.slice(0, 120)} leads nowhere`);
    }
    for (const table of all('table')) if (!table.querySelector('th')) found.push(`no heads in ${table.outerHTML.slice(0, 120)}`);
    return [...new Set(found)].slice(0, 20);
})()";

pub fn headings_ids_and_links_fit_together(stage: &Stage) {
    each_page(stage, |tab, _| assert_eq!(tab.texts(SKELETON), [""; 0]));
}
