//! What was found of one claim, in numbers.

use maud::{Markup, html};

use super::Subject;
use super::formula::typeset;
use super::parts::{command, counted, wide};
use crate::report::digits::brief;
use crate::report::results::{ClaimResult, HypothesisResult, SampleResult, Span};
use crate::verify::Status;

pub(super) fn found(claim: &ClaimResult, subject: &Subject) -> Markup {
    let known = subject.claims.get(claim.id.as_str());
    let evidence = claim.evidence.map(|evidence| evidence.word());
    html! {
        h5 { "Found" }
        dl.found {
            (term("Status", &html! { (claim.status.word()) ", expected: " (claim.expected.word()) }))
            @if let Some(evidence) = evidence { (term("Evidence", &html! { a href={ "#rests-" (evidence) } { (evidence) } })) }
            (term("Scope", &html! { (claim.scope.word()) @if let Some(known) = known { ", " (known.role().word()) } }))
            (term("Instances", &instances(claim)))
            @if let Some(covered) = covered(claim) { (term("Range covered", &html! { (covered) })) }
            @if let Some(ratio) = &claim.worst_ratio { (term("Left over right", &html! { "at most " (ratio) })) }
            @if let Some(agrees) = &claim.agrees_to { (term("Agrees to", &html! { (agrees) " of the largest term" })) }
            @if let Some(within) = &claim.within { (term("Within", &html! { (within) " of its limit, at the last time and at all later ones" })) }
            @if !claim.roads.is_empty() { (term("Equality proved by", &roads(claim))) }
            @if !claim.through.is_empty() { (term("Through", &through(claim))) }
            @for trend in &claim.trends {
                (term("Trend", &html! { span.formula { (typeset(&trend.label)) } " = " (trend.value.map_or("not finite".to_owned(), brief)) }))
            }
            (term("Control", &html! { (claim.control.map_or("none was run", |control| control.word())) }))
            @if claim.max_bits > 0 { (term("Precision", &html! { (claim.max_bits) " bits" })) }
            @if claim.horizon > 0 { (term("Longest run", &html! { (counted(claim.horizon as usize, "step")) })) }
            (term("Time", &html! { (format!("{:.3}", claim.seconds)) " s" }))
            @if let Some(failure) = claim.failure.as_ref() {
                (term(if claim.status == Status::Refuted { "Fails" } else { "Open" }, &html! { span.formula { (typeset(failure)) } }))
            }
            @if let Some(remark) = remark(claim) { (term("Remark", &html! { span.formula { (typeset(remark)) } })) }
            @if let Some(again) = &claim.replay { (term("Again", &command(again, &format!("the command that refutes {}", claim.id)))) }
        }
        @if claim.informative_by_depth.len() > 1 { (by_depth(claim)) }
        @if !claim.samples.is_empty() { (samples(claim)) }
        @if let Some(hypotheses) = claim.hypotheses.as_deref().filter(|hypotheses| !hypotheses.is_empty()) {
            (self::hypotheses(&claim.id, hypotheses))
        }
    }
}

fn term(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// What the other terms do not say.
fn remark(claim: &ClaimResult) -> Option<&str> {
    let is_said = claim.failure.is_some() || !claim.through.is_empty() || !claim.samples.is_empty();
    Some(claim.note.as_str()).filter(|note| !note.is_empty() && !is_said)
}

fn instances(claim: &ClaimResult) -> Markup {
    let ClaimResult { instances, applicable, informative, attained, undecided, .. } = claim;
    html! {
        (instances) " looked at, " (applicable) " applicable, " (informative) " informative"
        @if *attained > 0 { ", equality attained on " (attained) }
        @if *undecided > 0 { ", " (undecided) " undecided" }
    }
}

fn covered(claim: &ClaimResult) -> Option<String> {
    let range = |Span(least, greatest): Span| {
        if least == greatest { least.to_string() } else { format!("{least}–{greatest}") }
    };
    let parts = [("depth", claim.depths), ("width", claim.widths), ("examples", claim.examples)];
    let parts: Vec<String> =
        parts.into_iter().filter_map(|(name, span)| Some(format!("{name} {}", range(span?)))).collect();
    Some(parts.join(", ")).filter(|text| !text.is_empty())
}

fn roads(claim: &ClaimResult) -> Markup {
    html! {
        ul { @for (road, count) in &claim.roads { li { span.formula { (typeset(road)) } ": " (counted(*count as usize, "relation")) } } }
    }
}

fn through(claim: &ClaimResult) -> Markup {
    html! { ul { @for inequality in &claim.through { li { span.formula { (typeset(inequality)) } } } } }
}

fn by_depth(claim: &ClaimResult) -> Markup {
    let name = format!("Informative instances of {} by depth", claim.id);
    wide(
        &name,
        &html! {
            table.numeric {
                caption { "Informative share by depth" }
                thead { tr { th scope="col" { "Depth" } th scope="col" { "Informative" } th scope="col" { "Applicable" } th scope="col" { "Share" } } }
                tbody {
                    @for at in &claim.informative_by_depth {
                        tr {
                            th scope="row" { (at.depth) } td { (at.informative) } td { (at.applicable) }
                            td { @if at.applicable > 0 { (at.informative * 100 / at.applicable) " %" } }
                        }
                    }
                }
            }
        },
    )
}

fn samples(claim: &ClaimResult) -> Markup {
    let bound = |sample: &SampleResult| match (sample.at_least, sample.at_most) {
        (Some(least), _) => format!("at least {least:.6}"),
        (None, Some(most)) => format!("at most {most:.6}"),
        (None, None) => String::new(),
    };
    let name = format!("Samples of {}", claim.id);
    wide(
        &name,
        &html! {
            table {
                caption {
                    "Samples"
                    @if let Some(confidence) = claim.confidence { ", all together at a confidence of " (confidence * 100.0) " %" }
                }
                thead {
                    tr {
                        th scope="col" { "Case" } th scope="col" { "Event" } th scope="col" { "Draws" } th scope="col" { "Seen" }
                        th scope="col" { "Interval" } th scope="col" { "Exactly" } th scope="col" { "Claimed" }
                    }
                }
                tbody {
                    @for sample in &claim.samples {
                        tr {
                            td { span.formula { (typeset(&sample.case)) } } td { span.formula { (typeset(&sample.event)) } }
                            td.number { (sample.draws) } td.number { @if let Some(seen) = sample.seen { (seen) } }
                            td.number { (format!("{:.4} to {:.4}", sample.interval.0, sample.interval.1)) }
                            td.number { @if let Some((least, _)) = sample.exact { (format!("{least:.6}")) } }
                            td.number { (bound(sample)) }
                        }
                    }
                }
            }
        },
    )
}

/// What became of each hypothesis on one's own run.
fn hypotheses(id: &str, hypotheses: &[HypothesisResult]) -> Markup {
    wide(
        &format!("Hypotheses of {id}"),
        &html! {
            table {
                caption { "Hypotheses" }
                thead {
                    tr {
                        th scope="col" { "Hypothesis" } th scope="col" { "Met" } th scope="col" { "Fails" } th scope="col" { "Open" }
                        th scope="col" { "First not met" }
                    }
                }
                tbody {
                    @for hypothesis in hypotheses {
                        tr {
                            th scope="row" { span.formula { (typeset(&hypothesis.label)) } }
                            td.number { (hypothesis.met) } td.number { (hypothesis.unmet) } td.number { (hypothesis.open) }
                            td { @if let Some(first) = first_not_met(hypothesis) { (first) } }
                        }
                    }
                }
            }
        },
    )
}

/// Where a hypothesis is not met first, and by how much.
pub(super) fn first_not_met(hypothesis: &HypothesisResult) -> Option<String> {
    let failure = hypothesis.first_not_met.as_ref()?;
    let sides = match (&failure.exactly, failure.left, failure.right) {
        (Some(exactly), ..) => format!(": {} against {}", exactly.digits.0, exactly.digits.1),
        (None, Some(left), Some(right)) => format!(": {} against {}", brief(left), brief(right)),
        _ => String::new(),
    };
    Some(format!("{}{sides}", failure.t))
}
