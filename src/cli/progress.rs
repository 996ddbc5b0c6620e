//! Progress on standard error: bars on a terminal, lines in a log.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::Context;
use crate::claims::Claim;

/// A bar of the steps of a run.
pub(super) fn of_steps(steps: u64, context: Context) -> ProgressBar {
    bar(steps, "{wide_bar} step {pos} of {len}, {elapsed}", context)
}

/// A bar of a run.
pub(super) fn of_plan(plan: &Plan, context: Context) -> ProgressBar {
    match plan {
        Plan::Descent(schedule) => of_steps(schedule.steps, context),
        Plan::Flow(schedule) => {
            let end = along(&Position::Time(schedule.horizon.clone()));
            let bar = bar(end, "{wide_bar} t = {msg}, {elapsed}", context);
            bar.set_message("0");
            bar
        }
    }
}

/// A bar of claims, whose message is the number of instances examined.
pub(super) fn of_claims(claims: usize, context: Context) -> ProgressBar {
    let bar = bar(claims as u64, "{wide_bar} {pos}/{len} claims, {msg} instances, {elapsed}", context);
    if !bar.is_hidden() {
        bar.set_message("0");
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    bar
}

/// A bar that looks as `template` says; hidden if nothing but errors is wanted, or standard error is no terminal.
fn bar(length: u64, template: &str, context: Context) -> ProgressBar {
    if context.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// A line a paper, as soon as all its claims have been told of: for a log, where a bar would be in the way.
pub(super) struct Papers {
    context: Context,
    since: Instant,
    papers: Mutex<Vec<Paper>>,
}

struct Paper {
    key: &'static str,
    told: usize,
    claims: usize,
}

impl Papers {
    /// Those of the claims; nothing if nothing but errors is wanted, or standard error is a terminal.
    pub(super) fn of(claims: &[&Claim], context: Context) -> Option<Self> {
        if context.quiet || std::io::stderr().is_terminal() {
            return None;
        }
        let mut papers: Vec<Paper> = Vec::new();
        for claim in claims {
            match papers.iter_mut().find(|paper| paper.key == claim.paper()) {
                Some(paper) => paper.claims += 1,
                None => papers.push(Paper { key: claim.paper(), told: 0, claims: 1 }),
            }
        }
        Some(Self { context, since: Instant::now(), papers: Mutex::new(papers) })
    }

    /// A claim of this paper has been told of.
    pub(super) fn count(&self, key: &str) {
        let mut papers = self.papers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(paper) = papers.iter_mut().find(|paper| paper.key == key) {
            paper.told += 1;
            if paper.told == paper.claims {
                let Paper { key, told, claims } = paper;
                let seconds = self.since.elapsed().as_secs_f64();
                self.context.remark(&format!("{key}: {told} of {claims} claims, {seconds:.1} s"));
            }
        }
    }
}
