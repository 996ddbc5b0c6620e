//! The evidence ladder: how many statements of each paper stand on which rung.

use maud::{Markup, html};

use super::Subject;
use super::parts::figure;
use super::plot::{Rungs, ladder};
use crate::verify::Evidence;

/// What each rung is, the firmest first.
const RUNGS: [(Evidence, &str); 5] = [
    (Evidence::Proved, "an identity of polynomials, proved for the shapes listed, or for all numbers"),
    (Evidence::Exact, "decided in rational arithmetic"),
    (Evidence::Certified, "decided in ball arithmetic, whose radii cover every rounding"),
    (Evidence::Statistical, "a confidence interval lies on one side of the bound"),
    (Evidence::Numerical, "both sides agree further than the inputs could tell apart"),
];

pub(super) fn section(subject: &Subject) -> Markup {
    html! {
        section aria-labelledby="ladder" {
            h2 id="ladder" { "On what evidence" }
            p { "A verdict is as good as the weakest arithmetic it rests on, hypotheses included." }
            dl.rungs {
                @for (evidence, words) in RUNGS {
                    div {
                        dt { a href={ "#rests-" (evidence.word()) } { (evidence.word()) } }
                        dd { (words) }
                    }
                }
            }
            (figure(&ladder(&Rungs::of(subject.results))))
        }
    }
}
