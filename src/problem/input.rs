//! Files that are read as a whole, and how long they may be.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Enough for the four million weights that a network may have, number by number. A longer file, or one that never ends, would only
/// use up the memory.
const MOST_BYTES: u64 = 1 << 28;

/// All of a file.
///
/// # Errors
///
/// What the system says, or that the file is too long.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // What says its length before it is read need not be read; a device says none.
    let mut length = file.metadata()?.len();
    let mut bytes = Vec::new();
    if length <= MOST_BYTES {
        length = file.take(MOST_BYTES + 1).read_to_end(&mut bytes)? as u64;
    }
    if length > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {} MiB", MOST_BYTES >> 20)));
    }
    Ok(bytes)
}
