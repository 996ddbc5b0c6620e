//! Progress on standard error: bars on a terminal, lines in a log.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use rug::Rational;

use super::Context;
use crate::claims::Claim;
use crate::problem::Plan;
use crate::trajectory::Position;

/// A bar of the steps of a run.
pub(super) fn of_steps(steps: u64, context: Context) -> ProgressBar {
    bar(steps, "{wide_bar} step {pos} of {len}, {elapsed}", context)
}

/// The parts of a bar of a flow.
const PARTS: u32 = 1000;

/// A bar of a run, be it in steps or along a flow.
pub(super) struct OfRun {
    bar: ProgressBar,
    horizon: Option<Rational>,
}

impl OfRun {
    pub(super) fn of(plan: &Plan, context: Context) -> Self {
        match plan {
            Plan::Descent(schedule) => Self { bar: of_steps(schedule.steps, context), horizon: None },
            Plan::Flow(schedule) => {
                let bar = bar(PARTS.into(), "{wide_bar} {msg}, {elapsed}", context);
                ticking(&bar);
                Self { bar, horizon: Some(schedule.horizon.clone()) }
            }
        }
    }

    /// The run has come to a position.
    pub(super) fn set(&self, position: &Position) {
        match (position, &self.horizon) {
            (Position::Time(time) | Position::LogRisk(time), Some(horizon)) if *horizon > 0 => {
                let part = Rational::from(time / horizon) * PARTS;
                self.bar.set_position(part.floor().numer().to_u64().unwrap_or(0));
                self.bar.set_message(position.to_string());
            }
            _ => self.bar.set_position(position.steps()),
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar of claims, whose message is the number of instances examined.
pub(super) fn of_claims(claims: usize, context: Context) -> ProgressBar {
    let bar = bar(claims as u64, "{wide_bar} {pos}/{len} claims, {msg} instances, {elapsed}", context);
    bar.set_message("0");
    ticking(&bar);
    bar
}

/// Has the time of a bar go on while nothing else does.
fn ticking(bar: &ProgressBar) {
    if !bar.is_hidden() {
        bar.enable_steady_tick(Duration::from_millis(200));
    }
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
