//! Verdicts are told of in one order, whichever job was first.

use std::sync::{Mutex, PoisonError};

use crate::claims::Claim;

use super::options::Progress;
use super::verdict::ClaimVerdict;

/// Takes in verdicts as the jobs end and tells of them in the order of the jobs, whichever thread was first.
pub(super) struct InOrder<'a> {
    progress: &'a dyn Progress,
    found: Mutex<Found>,
}

struct Found {
    /// The verdicts, in the order of the claims.
    verdicts: Vec<Option<ClaimVerdict>>,
    /// The claims of each job that has ended.
    ended: Vec<Option<Vec<usize>>>,
    /// The number of jobs that were told of.
    told: usize,
}

impl Found {
    fn tell(&self, members: &[usize], progress: &dyn Progress) {
        for verdict in members.iter().filter_map(|&index| self.verdicts[index].as_ref()) {
            progress.claim(verdict);
        }
    }
}

impl<'a> InOrder<'a> {
    pub(super) fn new(jobs: usize, claims: &[&Claim], progress: &'a dyn Progress) -> Self {
        let found = Found { verdicts: vec![None; claims.len()], ended: vec![None; jobs], told: 0 };
        Self { progress, found: Mutex::new(found) }
    }

    /// Takes in the verdicts of the job in this place, which has ended, on the claims `members`.
    pub(super) fn finished(&self, place: usize, members: &[usize], verdicts: Vec<ClaimVerdict>) {
        // A thread that panicked ends the program.
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for (&index, verdict) in members.iter().zip(verdicts) {
            found.verdicts[index] = Some(verdict);
        }
        found.ended[place] = Some(members.to_vec());
        while let Some(Some(members)) = found.ended.get(found.told) {
            found.tell(members, self.progress);
            found.told += 1;
        }
    }

    /// All verdicts. Those of jobs behind one that was not finished are told of now.
    pub(super) fn into_verdicts(self) -> Vec<ClaimVerdict> {
        let mut found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        for members in found.ended.split_off(found.told).into_iter().flatten() {
            found.tell(&members, self.progress);
        }
        found.verdicts.into_iter().flatten().collect()
    }
}
