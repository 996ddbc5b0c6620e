//! How tight the inequalities are: the histogram, the claims behind each of its bars, and those that are farthest from attained.

use maud::{Markup, html};

use super::parts::{counted, figure, wide};
use super::plot::{Bin, Ratio, tightness};
use super::{Subject, prose};

pub(super) fn section(subject: &Subject) -> Markup {
    let ratios = Ratio::of(subject.results);
    if ratios.is_empty() {
        return html! {};
    }
    let tightness = tightness(&ratios);
    html! {
        section aria-labelledby="tight" {
            h2 id="tight" { "How tight the bounds are" }
            p {
                "Of an inequality the largest left side over right side is kept, over all informative instances: 1 says that it cannot be improved by a \
                factor, 0.5 that twice the left side was never above the right one."
            }
            (figure(&tightness.picture))
            h3 { "The claims behind each bar, the tightest first" }
            @for bin in tightness.bins.iter().rev() { (behind(bin, subject)) }
            h3 { "The loosest" }
            (list("The loosest bounds", &tightness.loosest, subject))
        }
    }
}

fn behind(bin: &Bin, subject: &Subject) -> Markup {
    html! {
        details.bin {
            summary { "Ratio " (bin.words) " " span.count { (counted(bin.claims.len(), "claim")) } }
            div id=(bin.anchor) { (list(&format!("Claims with a ratio {}", bin.words), &bin.claims, subject)) }
        }
    }
}

fn list(name: &str, ratios: &[Ratio], subject: &Subject) -> Markup {
    wide(
        name,
        &html! {
            table.numeric {
                caption { (name) }
                thead { tr { th scope="col" { "Claim" } th scope="col" { "Left over right, at most" } th scope="col" { "Attained on" } } }
                tbody {
                    @for ratio in ratios {
                        tr {
                            th scope="row" { (prose::id(&ratio.id, subject)) }
                            td { (ratio.worst) }
                            td { @if ratio.attained > 0 { (counted(ratio.attained as usize, "instance")) } }
                        }
                    }
                }
            }
        },
    )
}
