//! `witness verify --spec FILE`: claims on the user's own run.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::check::quoted;
use super::failure::Failure;
use super::output::Destination;
use super::reading;
use super::verify::{Arguments, Format, exit, xml};
use super::{Exit, report, style};
use crate::claims::Claim;
use crate::problem::{Plan, Spec};
use crate::report::results::Results;
use crate::report::run_table::Asked;
use crate::report::{json, junit, own_run, terminal, tsv};
use crate::time_limit::{OutOfTime, TimeLimit};
use crate::trajectory::Courses;
use crate::verify::{Limits, OwnRunReport, verify_own_flow, verify_own_run};
use crate::visible::in_json;

pub(super) fn run(
    arguments: &Arguments,
    file: &Path,
    claims: &[&Claim],
    deadline: Option<Instant>,
) -> Result<Exit, Failure> {
    // Until the results have a place a signal ends the program by itself.
    let spec = read(arguments, file, deadline)?;
    let is_named = |id: &str| arguments.claims.iter().any(|name| name == id);
    let (claims, without_subject): (Vec<&Claim>, Vec<&Claim>) =
        claims.iter().partition(|claim| claim.own_run_statement().is_some());
    if let Some(claim) = without_subject.iter().find(|claim| is_named(claim.id())) {
        return Err(Failure::NoSubject { id: claim.id() });
    }
    let inputs = spec.as_ref().map_or(&[][..], |spec| &spec.files);
    let destination = Destination::open(arguments.out.as_deref(), inputs)?;
    let limits = arguments.limits(deadline)?;
    let threads = arguments.threads()?;
    let begun = Instant::now();
    // Of a flow there are no courses and curves yet.
    let curved = spec.as_ref().filter(|_| arguments.keeps_curves()).and_then(|spec| match &spec.plan {
        Plan::Descent(schedule) => Some((&spec.problem, schedule.steps)),
        Plan::Flow(_) => None,
    });
    // First, since it takes little, and claims may take all the time there is.
    let courses = curved.map(|(problem, steps)| {
        let limits = Limits { time: part_of(&limits.time), ..limits.clone() };
        Courses::of(&Arc::new(problem.clone()), steps, &limits)
    });
    let mut report = match &spec {
        Some(Spec { problem, plan: Plan::Descent(schedule), .. }) => {
            threads.install(|| verify_own_run(&claims, problem, schedule.steps, &limits))
        }
        Some(Spec { problem, plan: Plan::Flow(schedule), .. }) => {
            threads.install(|| verify_own_flow(&claims, problem, schedule, &limits))
        }
        None => OwnRunReport::out_of_time(&claims, &limits),
    };
    if let Some((problem, steps)) = curved {
        threads.install(|| report.draw_curves(&claims, problem, steps, &limits));
    }
    report.left_out = without_subject.len();
    for own in &mut report.claims {
        own.is_named = is_named(own.verdict.id);
    }
    let name = file.display().to_string();
    let results = || {
        let seed = arguments.seed.value();
        let command = Some(arguments.command(seed));
        let results = Results { command, ..Results::of_own_run(&report, &name, seed) };
        match &courses {
            Some(courses) => results.with_run(courses),
            None => results,
        }
    };
    let text = match arguments.format {
        Format::Table => {
            let is_one = arguments.papers.is_empty() && !arguments.claims.is_empty() && claims.len() == 1;
            let document = if is_one || arguments.verbose {
                own_run::document(&report, &name)
            } else {
                let command = format!("witness verify --spec {}", quoted(&name));
                Asked { report: &report, name: &name, command: &command, time: begun.elapsed() }.document()
            };
            terminal::text(&document, style(arguments.out.is_none()))
        }
        Format::Json => in_json(&format!("{:#}\n", json::verification(&results()))).into_owned(),
        Format::Tsv => tsv::verification(&results()),
        Format::Junit => xml(junit::own_run(&report, &name))?,
        Format::Html => report::Format::Html.text(&results(), None),
        Format::Markdown => report::Format::Markdown.text(&results(), None),
    };
    destination.write_all(&text)?;
    Ok(match exit(report.summary(), report.interrupted) {
        Exit::Fine if report.nothing_applies() && !arguments.allow_none => Exit::NothingApplies,
        exit => exit,
    })
}

/// A quarter of the time that is left.
fn part_of(time: &TimeLimit) -> TimeLimit {
    let now = Instant::now();
    let deadline = time.deadline.map(|deadline| now + deadline.saturating_duration_since(now) / 4);
    TimeLimit { deadline, ..time.clone() }
}

/// The spec; `None` if the time was used up before it was read.
fn read(arguments: &Arguments, file: &Path, deadline: Option<Instant>) -> Result<Option<Spec>, Failure> {
    let time = TimeLimit { deadline, ..TimeLimit::default() };
    match time.within(|| reading::read(file)) {
        Ok(spec) => Ok(Some(spec?)),
        // It is not known which files it names: none of them may be written to.
        Err(OutOfTime) if arguments.out.is_some() => Err(Failure::OutOfTime { file: file.to_owned() }),
        Err(OutOfTime) => Ok(None),
    }
}
