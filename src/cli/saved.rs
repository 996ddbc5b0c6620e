//! Files of saved results: what `verify --format json` wrote.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::claims::Claim;
use crate::problem::input;
use crate::report::changes::Changes;
use crate::report::results::Results;
use crate::report::saved::{NotResults, merged, of_this_program, read};

/// The results in the first file and the others, which this program has saved, as those of one verification.
pub(super) fn results(first: &Path, others: &[PathBuf], catalogue: &[&Claim]) -> Result<Results, Failure> {
    let part = |file: &Path| {
        let results = read_file(file)?;
        of_this_program(&results, catalogue).map_err(|problem| refused(file, problem))?;
        Ok((file.display().to_string(), results))
    };
    let first = part(first)?;
    let others = others.iter().map(|file| part(file)).collect::<Result<Vec<_>, Failure>>()?;
    Ok(merged(first, others, catalogue)?)
}

/// Results that newer ones are compared with. This program or an older one has saved them.
#[derive(Debug)]
pub(super) struct Older {
    file: String,
    results: Results,
}

impl Older {
    /// Those in a file, to be compared with results on one's own run or with others.
    pub(super) fn read(file: &Path, to_own_run: bool) -> Result<Self, Failure> {
        let results = read_file(file)?;
        if results.spec.is_some() == to_own_run {
            Ok(Self { file: file.display().to_string(), results })
        } else {
            Err(refused(file, NotResults::OfAnother { own_run: results.spec }))
        }
    }

    /// What changed from these results to the new ones.
    pub(super) fn changes_to(&self, new: &Results) -> Changes {
        Changes::between(&self.file, &self.results, new)
    }
}

fn read_file(file: &Path) -> Result<Results, Failure> {
    let bytes = input::read(file).map_err(|problem| Failure::Unreadable { file: file.to_owned(), problem })?;
    read(&bytes).map_err(|problem| refused(file, problem))
}

fn refused(file: &Path, problem: NotResults) -> Failure {
    Failure::NotResults { file: file.to_owned(), problem }
}
