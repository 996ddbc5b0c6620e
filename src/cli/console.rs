//! What a person sees while claims are verified on generated instances: rows as they come, a bar, or a line a paper in a log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;

use super::failure::Failure;
use super::output::Destination;
use super::progress::{self, Papers};
use super::{Context, style};
use crate::claims::Claim;
use crate::report::claim_rows::ClaimRows;
use crate::report::document::Document;
use crate::report::terminal::{self, Style};
use crate::verify::{ClaimVerdict, Progress};

/// Writes a row for each claim that is told of, if rows are wanted, and keeps the bar.
pub(super) struct Console<'a> {
    claims: &'a [&'a Claim],
    style: Style,
    bar: ProgressBar,
    papers: Option<Papers>,
    told: Mutex<Told>,
    /// Instances examined.
    instances: AtomicU64,
}

struct Told {
    destination: Destination,
    /// The first error that writing to it made.
    written: Result<(), Failure>,
    rows: Option<ClaimRows>,
}

impl<'a> Console<'a> {
    /// Nothing is told yet; `rows` are those of claims, if any are wanted. Standard output is the destination, or it is not.
    pub(super) fn new(
        claims: &'a [&'a Claim],
        rows: Option<ClaimRows>,
        destination: Destination,
        to_standard_output: bool,
        context: Context,
    ) -> Self {
        Self {
            claims,
            style: style(to_standard_output),
            bar: progress::of_claims(claims.len(), context),
            papers: Papers::of(claims, context),
            told: Mutex::new(Told { destination, written: Ok(()), rows }),
            instances: AtomicU64::new(0),
        }
    }

    pub(super) fn show(&self, document: &Document) {
        self.write(&terminal::text(document, self.style));
    }

    pub(super) fn write(&self, text: &str) {
        // A thread that panicked has ended the program already.
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        self.print(&mut told, text);
    }

    fn print(&self, told: &mut Told, text: &str) {
        self.bar.suspend(|| {
            if told.written.is_ok() {
                told.written = told.destination.write(text);
            }
        });
    }

    /// All has been verified: the bar goes.
    pub(super) fn verified(&self) {
        self.bar.finish_and_clear();
    }

    /// All has been written.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let told = self.told.into_inner().unwrap_or_else(PoisonError::into_inner);
        told.written?;
        told.destination.finish()
    }
}

impl Progress for Console<'_> {
    fn claim(&self, verdict: &ClaimVerdict) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let claim = self.claims.iter().find(|claim| claim.id() == verdict.id);
        if let (Some(claim), Some(rows)) = (claim, &mut told.rows) {
            let row = terminal::text(&rows.next(claim, verdict), self.style);
            self.print(&mut told, &row);
        }
        self.papers.iter().for_each(|papers| papers.count(verdict.paper));
    }

    fn finished(&self, claims: usize) {
        self.bar.inc(claims as u64);
    }

    fn instance(&self) {
        let count = self.instances.fetch_add(1, Ordering::Relaxed) + 1;
        self.bar.set_message(count.to_string());
    }
}
