//! Where results go: standard output, or a file that appears whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, LineWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tempfile::NamedTempFile;

use super::failure::Failure;
use super::interrupt;

/// How a command prints what is one table or one object.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// A table for people.
    Table,
    /// One JSON object.
    Json,
}

/// A place for results.
///
/// A file is written under another name in the same directory and renamed once it is complete, so that nobody sees half of it and
/// a failed run leaves none. What exists and is no file (a device, a named pipe) is written directly.
#[derive(Debug)]
pub(super) struct Destination {
    path: PathBuf,
    sink: Sink,
    closed: bool,
}

#[derive(Debug)]
enum Sink {
    Standard(LineWriter<Stdout>),
    Direct(File),
    Pending(BufWriter<NamedTempFile>),
}

impl Destination {
    /// Opens the file, or standard output without one. What cannot be written to is found out here, before any work.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            let sink = Sink::Standard(LineWriter::new(io::stdout()));
            return Ok(Self { path: PathBuf::from("standard output"), sink, closed: false });
        };
        let failed = |problem: String| Failure::Unwritable { path: path.to_owned(), problem };
        // The file behind a link is replaced, not the link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let sink = match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => return Err(failed("it is a directory".to_owned())),
            Ok(metadata) if !metadata.is_file() => {
                Sink::Direct(File::options().write(true).open(&target).map_err(|error| failed(error.to_string()))?)
            }
            Ok(metadata) if metadata.permissions().readonly() => return Err(failed("it is read-only".to_owned())),
            _ => {
                let file = beside(&target).map_err(|error| failed(error.to_string()))?;
                interrupt::will_write(file.path());
                Sink::Pending(BufWriter::new(file))
            }
        };
        Ok(Self { path: target, sink, closed: false })
    }

    /// Writes text. Once a reader has closed standard output, nothing more is written and nothing fails.
    pub(super) fn write(&mut self, text: &str) -> Result<(), Failure> {
        if self.closed {
            return Ok(());
        }
        let bytes = text.as_bytes();
        let written = match &mut self.sink {
            Sink::Standard(sink) => sink.write_all(bytes),
            Sink::Direct(sink) => sink.write_all(bytes),
            Sink::Pending(sink) => sink.write_all(bytes),
        };
        self.judge(written)
    }

    /// Whether the reader of standard output has gone.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Puts the file in its place.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        let flushed = match &mut self.sink {
            Sink::Standard(sink) => sink.flush(),
            Sink::Direct(sink) => sink.flush(),
            Sink::Pending(sink) => sink.flush(),
        };
        self.judge(flushed)?;
        if let Sink::Pending(sink) = self.sink {
            let failed =
                |problem: io::Error| Failure::Unwritable { path: self.path.clone(), problem: problem.to_string() };
            let file = sink.into_inner().map_err(|error| failed(error.into_error()))?;
            interrupt::wrote(file.path());
            file.persist(&self.path).map_err(|error| failed(error.error))?;
        }
        Ok(())
    }

    /// Writes all there is and puts the file in its place.
    pub(super) fn write_all(mut self, text: &str) -> Result<(), Failure> {
        self.write(text)?;
        self.finish()
    }

    fn judge(&mut self, written: io::Result<()>) -> Result<(), Failure> {
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && matches!(self.sink, Sink::Standard(_)) => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(Failure::Unwritable { path: self.path.clone(), problem: error.to_string() }),
            Ok(()) => Ok(()),
        }
    }
}

/// An empty file in the directory of `target`, with the permissions that a new file gets.
fn beside(target: &Path) -> io::Result<NamedTempFile> {
    let directory = target.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".witness-");
    #[cfg(unix)]
    let permissions = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    // The message would name the file that is to be renamed, which nobody asked for.
    builder.tempfile_in(directory).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(io::ErrorKind::NotFound, "there is no such directory"),
        kind => io::Error::from(kind),
    })
}
