//! What the first screen says: how many statements came out how, what *holds* means, and what makes the page again.

use maud::{Markup, html};

use super::Subject;
use crate::report::results::{ClaimResult, Results};
use crate::verify::{Evidence, Status};

/// The title of the page.
pub(super) fn title(results: &Results) -> String {
    match &results.spec {
        Some(spec) => format!("gradient-witness: {spec}"),
        None => "gradient-witness: what holds of the theory of deep linear networks".to_owned(),
    }
}

pub(super) fn head(subject: &Subject) -> Markup {
    let results = subject.results;
    html! {
        h1 { (title(results)) }
        p.result { (sentence(results)) }
        p { (results.scope_note) "." }
    }
}

/// How many statements came out how, in one sentence.
fn sentence(results: &Results) -> Markup {
    let count = |wanted: &dyn Fn(&ClaimResult) -> bool| results.claims.iter().filter(|claim| wanted(claim)).count();
    let expected = |status: Status| count(&|claim| claim.as_expected() && claim.status == status);
    let proved = count(&|claim| claim.evidence == Some(Evidence::Proved));
    html! {
        "Of " strong { (results.claims.len()) } " statements "
        strong { (expected(Status::Holds)) } " hold, " (proved) " of them proved; "
        strong { (expected(Status::Refuted)) } " are false as printed; "
        strong { (results.summary.undecided) } " are undecided; "
        strong { (results.summary.not_as_expected) } " came out otherwise than expected."
    }
}
