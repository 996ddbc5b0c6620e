//! Files that a problem is read from.

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
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let length = File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if length as u64 > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {} MiB", MOST_BYTES >> 20)));
    }
    Ok(bytes)
}
