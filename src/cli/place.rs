//! What a path that results are written to stands for.
//!
//! A file is replaced by a new one, so it matters what the name leads to: a link is followed to the file behind it, there or not;
//! a name of a descriptor that is open already, such as `/dev/stdout`, means that descriptor with its position, not the file that
//! somebody else has opened behind it.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

/// What a path stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A name in a directory, no link, whatever is there.
    Named(PathBuf),
    /// An open file of this process.
    Descriptor(i32),
    /// An open file of another process.
    Foreign(PathBuf),
}

impl Place {
    /// Follows links from `path`.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            // A path that ends in `..` is a directory, as its reader will find out.
            let Some(name) = path.file_name() else { return Ok(Self::Named(path)) };
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let directory = fs::canonicalize(parent)?;
            if let Some(number) = descriptor(&directory, name) {
                return Ok(Self::Descriptor(number));
            }
            path = directory.join(name);
            match fs::read_link(&path) {
                // Such a link may say `pipe:[17]`, and leads there only as a link.
                Ok(_) if directory.starts_with("/proc") => return Ok(Self::Foreign(path)),
                Ok(target) => path = directory.join(target),
                Err(_) => return Ok(Self::Named(path)),
            }
        }
        Err(io::Error::other("it is a link that leads back to itself"))
    }
}

/// The number of the open file that `name` in `directory`, which is no link, stands for.
fn descriptor(directory: &Path, name: &OsStr) -> Option<i32> {
    let number = name.to_str()?.parse().ok()?;
    let of_this_process = ["/proc/self/fd", "/proc/thread-self/fd", "/dev/fd"]
        .iter()
        .any(|known| fs::canonicalize(known).is_ok_and(|known| known == directory));
    of_this_process.then_some(number)
}

/// What tells a file from all others, whatever it is called.
#[cfg(unix)]
pub(super) fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Without such numbers: what can be told from times and lengths, which are equal for every name of a file.
#[cfg(not(unix))]
pub(super) fn is_same(one: &Metadata, other: &Metadata) -> bool {
    let of = |file: &Metadata| (file.len(), file.created().ok(), file.modified().ok());
    of(one) == of(other)
}
