//! Verifications as JUnit XML: a suite a paper, a case a claim.
//!
//! *As expected* is a success, also where the catalogue expects a refutation. *Undecided* is an error and everything else a
//! failure: neither is a pass, and a tool that reads JUnit must not take it for one.

use quick_junit::{NonSuccessKind, Report as Document, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::digits::rounded_up;
use super::note::note;
use super::{SCOPE_NOTE, VERSION};
use crate::verify::{ClaimVerdict, Counterexample, OwnRunReport, Report, Status};
use crate::visible::{in_xml, visible};

/// A verification on generated instances.
///
/// # Errors
///
/// None is known: the document is written to a string.
pub fn verification(report: &Report) -> Result<String, SerializeError> {
    let cases = report.claims.iter().map(|verdict| (verdict, verdict.as_expected()));
    document(cases, &[("seed", report.seed.to_string()), ("interrupted", report.interrupted.to_string())])
}

/// A verification on the user's own run, read from the file `spec`.
///
/// # Errors
///
/// None is known: the document is written to a string.
pub fn own_run(report: &OwnRunReport, spec: &str) -> Result<String, SerializeError> {
    let cases = report.claims.iter().map(|own| (&own.verdict, own.passed()));
    let properties = [
        ("spec", visible(spec).into_owned()),
        ("conclusion_only", report.conclusion_only.to_string()),
        ("interrupted", report.interrupted.to_string()),
        ("left_out", report.left_out.to_string()),
    ];
    document(cases, &properties)
}

fn document<'a>(
    cases: impl Iterator<Item = (&'a ClaimVerdict, bool)>,
    properties: &[(&str, String)],
) -> Result<String, SerializeError> {
    let mut suites: Vec<(&str, TestSuite)> = Vec::new();
    for (verdict, passed) in cases {
        let index = suites.iter().position(|(paper, _)| *paper == verdict.paper).unwrap_or_else(|| {
            let mut suite = TestSuite::new(verdict.paper);
            suite.add_property(("version", VERSION));
            suite.add_property(("scope_note", SCOPE_NOTE));
            for (name, value) in properties {
                suite.add_property((*name, value.as_str()));
            }
            suites.push((verdict.paper, suite));
            suites.len() - 1
        });
        suites[index].1.add_test_case(case(verdict, passed));
    }
    let mut document = Document::new("witness");
    document.add_test_suites(suites.into_iter().map(|(_, suite)| suite));
    document.to_string()
}

fn case(verdict: &ClaimVerdict, passed: bool) -> TestCase {
    let status = match verdict.status {
        _ if passed && verdict.status == Status::NotApplicable => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(in_xml(&note(verdict)));
            status
        }
        _ if passed => TestCaseStatus::success(),
        Status::Undecided => failed(verdict, NonSuccessKind::Error),
        _ => failed(verdict, NonSuccessKind::Failure),
    };
    let mut case = TestCase::new(verdict.id, status);
    case.set_classname(verdict.paper).set_time(verdict.time);
    case.add_property(("expected", verdict.expected.word()));
    case.add_property(("status", verdict.status.word()));
    case.add_property(("scope", verdict.scope.word()));
    case.add_property(("evidence", verdict.evidence.map_or("none", |evidence| evidence.word())));
    case.add_property(("applicable", verdict.applicable.to_string().as_str()));
    case.add_property(("informative", verdict.informative.to_string().as_str()));
    if let Some(ratio) = verdict.worst_ratio.and_then(rounded_up) {
        case.add_property(("worst_ratio", ratio.as_str()));
    }
    if let Some(confidence) = verdict.confidence {
        case.add_property(("confidence", confidence.to_string().as_str()));
        case.add_property(("draws", verdict.draws().to_string().as_str()));
        case.add_property(("note", &*in_xml(&note(verdict))));
    }
    if let Some(caught) = verdict.control {
        case.add_property(("control", if caught { "caught" } else { "missed" }));
    }
    if let Some(spec) = verdict.counterexample.as_ref().and_then(Counterexample::spec) {
        case.set_system_out(in_xml(&spec));
    }
    case
}

fn failed(verdict: &ClaimVerdict, kind: NonSuccessKind) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    let mut message = verdict.status.word().to_owned();
    if verdict.expected.word() != message {
        message += &format!(", expected {}", verdict.expected.word());
    } else if verdict.control == Some(false) {
        message += ", but its control was missed";
    }
    status.set_type(verdict.status.word()).set_message(message).set_description(in_xml(&note(verdict)));
    status
}
