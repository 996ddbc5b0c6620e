//! Files of saved results: what `verify --format json` wrote.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::claims::Claim;
use crate::problem::input;
use crate::report::results::Results;
use crate::report::saved::{NotResults, merged, of_this_program, read};

/// The results in the first file and the others, which this program has saved, as those of one verification.
pub(super) fn results(first: &Path, others: &[PathBuf], catalogue: &[&Claim]) -> Result<Results, Failure> {
    let part = |file: &Path| {
        let results = older(file)?;
        of_this_program(&results, catalogue).map_err(|problem| refused(file, problem))?;
        Ok((file.display().to_string(), results))
    };
    let first = part(first)?;
    let others = others.iter().map(|file| part(file)).collect::<Result<Vec<_>, Failure>>()?;
    Ok(merged(first, others, catalogue)?)
}

/// The results in this file, which this program or an older one has saved.
pub(super) fn older(file: &Path) -> Result<Results, Failure> {
    let bytes = input::read(file).map_err(|problem| Failure::Unreadable { file: file.to_owned(), problem })?;
    read(&bytes).map_err(|problem| refused(file, problem))
}

fn refused(file: &Path, problem: NotResults) -> Failure {
    Failure::NotResults { file: file.to_owned(), problem }
}
