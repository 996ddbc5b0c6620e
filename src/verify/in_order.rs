//! Verdicts are told of in the order of the claims, whichever job was first.

use std::sync::{Mutex, PoisonError};

use crate::claims::Claim;

use super::options::Progress;
use super::verdict::ClaimVerdict;

/// Takes in verdicts as the jobs end and tells of each as soon as all before it have been told of.
pub(super) struct InOrder<'a> {
    progress: &'a dyn Progress,
    found: Mutex<Found>,
}

struct Found {
    /// The verdicts, in the order of the claims.
    verdicts: Vec<Option<ClaimVerdict>>,
    /// The number of claims that were told of.
    told: usize,
}

impl<'a> InOrder<'a> {
    pub(super) fn new(claims: &[&Claim], progress: &'a dyn Progress) -> Self {
        Self { progress, found: Mutex::new(Found { verdicts: vec![None; claims.len()], told: 0 }) }
    }

    /// Takes in the verdicts of a job that has ended, on the claims in these places.
    pub(super) fn finished(&self, places: &[usize], verdicts: Vec<ClaimVerdict>) {
        self.progress.finished(verdicts.len());
        // A thread that panicked ends the program.
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for (&place, verdict) in places.iter().zip(verdicts) {
            found.verdicts[place] = Some(verdict);
        }
        while let Some(Some(verdict)) = found.verdicts.get(found.told) {
            self.progress.claim(verdict);
            found.told += 1;
        }
    }

    /// All verdicts. Those behind a claim that was not finished are told of now.
    pub(super) fn into_verdicts(self) -> Vec<ClaimVerdict> {
        let found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.verdicts.iter().skip(found.told).flatten().for_each(|verdict| self.progress.claim(verdict));
        found.verdicts.into_iter().flatten().collect()
    }
}
