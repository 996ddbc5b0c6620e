//! Where results go: standard output, or a file that appears whole or not at all.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, LineWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::Value;
use tempfile::NamedTempFile;

use super::failure::Failure;
use super::interrupt;
use super::place::{self, Place};
use crate::report::document::Document;
use crate::report::terminal::{self, Style};

/// How a command prints what is one table or one object.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// A table for people.
    Table,
    /// One JSON object.
    Json,
}

impl Format {
    /// What is one table or one object, as text.
    pub(super) fn text(
        self,
        style: Style,
        document: impl FnOnce() -> Document,
        json: impl FnOnce() -> Value,
    ) -> String {
        match self {
            Self::Table => terminal::text(&document(), style),
            Self::Json => format!("{:#}\n", json()),
        }
    }
}

/// A place for results.
///
/// A file is written under another name in the same directory and renamed once it is complete, so that nobody sees half of it and
/// a failed run leaves none; its mode and its owner stay. What is no file (a device, a named pipe) or is open already is written
/// directly. A file that the results were computed from is never written to.
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
    Pending(BufWriter<NamedTempFile>, PathBuf),
}

impl Destination {
    /// Opens the file, or standard output without one. What cannot be written to is found out here, before any work, and so is
    /// that it is one of the `inputs`.
    pub(super) fn open(path: Option<&Path>, inputs: &[PathBuf]) -> Result<Self, Failure> {
        let (path, sink) = match path {
            None => (Path::new("standard output"), Sink::Standard(LineWriter::new(io::stdout()))),
            Some(path) => {
                // A signal from here on finds somebody who cleans up.
                interrupt::flag()?;
                (path, Sink::to(path).map_err(|problem| Failure::Unwritable { path: path.to_owned(), problem })?)
            }
        };
        // A file that is not there yet is no input.
        if let Some(there) = sink.metadata()
            && let Some(input) = inputs.iter().find(|input| is_input(input, &there))
        {
            return Err(Failure::Input { path: path.to_owned(), input: input.clone() });
        }
        match &sink {
            Sink::Standard(_) => standard_output().iter().for_each(interrupt::watch_reader),
            Sink::Direct(file) => interrupt::watch_reader(file),
            Sink::Pending(file, _) => interrupt::will_write(file.get_ref().path()),
        }
        Ok(Self { path: path.to_owned(), sink, closed: false })
    }

    /// Writes text. Once its reader has gone, nothing more is written and nothing fails.
    pub(super) fn write(&mut self, text: &str) -> Result<(), Failure> {
        if self.closed {
            return Ok(());
        }
        let bytes = text.as_bytes();
        let written = match &mut self.sink {
            Sink::Standard(sink) => sink.write_all(bytes),
            Sink::Direct(sink) => sink.write_all(bytes),
            Sink::Pending(sink, _) => sink.write_all(bytes),
        };
        self.judge(written)
    }

    /// Whether the reader has gone.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Puts the file in its place.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        let flushed = match &mut self.sink {
            Sink::Standard(sink) => sink.flush(),
            Sink::Direct(sink) => sink.flush(),
            Sink::Pending(sink, _) => sink.flush(),
        };
        self.judge(flushed)?;
        if let Sink::Pending(sink, target) = self.sink {
            let failed =
                |problem: io::Error| Failure::Unwritable { path: self.path.clone(), problem: problem.to_string() };
            let file = sink.into_inner().map_err(|error| failed(error.into_error()))?;
            let hidden = file.path().to_owned();
            if let Ok(old) = fs::metadata(&target) {
                keep_access(file.as_file(), &old).map_err(failed)?;
            }
            let placed = match file.persist(&target) {
                // A file that may be written and not replaced: mounted, or somebody else's in a shared directory.
                Err(refused) if target.is_file() => {
                    fs::copy(refused.file.path(), &target).map(drop).map_err(|_| refused.error)
                }
                Err(refused) => Err(refused.error),
                Ok(_) => Ok(()),
            };
            interrupt::wrote(&hidden);
            placed.map_err(failed)?;
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
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(Failure::Unwritable { path: self.path.clone(), problem: error.to_string() }),
            Ok(()) => Ok(()),
        }
    }
}

impl Sink {
    /// What writes to `path`, or why nothing can.
    fn to(path: &Path) -> Result<Self, String> {
        if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err("it is the name of a directory".to_owned());
        }
        let said = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => "there is no such directory".to_owned(),
            _ => error.to_string(),
        };
        let target = match Place::of(path).map_err(said)? {
            Place::Named(target) => target,
            Place::Descriptor(number) => return opened(number).map(Self::Direct),
            Place::Foreign(link) => {
                let file = File::options().append(true).open(link).map_err(|error| error.to_string())?;
                return Ok(Self::Direct(file));
            }
        };
        let there = fs::metadata(&target).ok();
        match &there {
            Some(metadata) if metadata.is_dir() => return Err("it is a directory".to_owned()),
            Some(metadata) if metadata.is_file() && metadata.permissions().readonly() => {
                return Err("it is read-only".to_owned());
            }
            Some(metadata) => {
                // Opening it shows whether one may write to it, also where one may replace it.
                let file = File::options().write(true).open(&target).map_err(|error| error.to_string())?;
                if !metadata.is_file() {
                    return Ok(Self::Direct(file));
                }
            }
            None => {}
        }
        let file = beside(&target, there.is_some()).map_err(said)?;
        Ok(Self::Pending(BufWriter::new(file), target))
    }

    /// What is there already.
    fn metadata(&self) -> Option<Metadata> {
        match self {
            Self::Standard(_) => standard_output()?.metadata().ok(),
            Self::Direct(file) => file.metadata().ok(),
            Self::Pending(_, target) => fs::metadata(target).ok(),
        }
    }
}

/// Whether the file that is `there` is this input. Devices are no files that could be lost.
fn is_input(input: &Path, there: &Metadata) -> bool {
    there.is_file() && fs::metadata(input).is_ok_and(|input| place::is_same(&input, there))
}

/// Standard output as a file.
#[cfg(unix)]
fn standard_output() -> Option<File> {
    use std::os::fd::AsFd;
    io::stdout().as_fd().try_clone_to_owned().ok().map(File::from)
}

#[cfg(not(unix))]
fn standard_output() -> Option<File> {
    None
}

/// The open file of this number, at the position where it is.
#[cfg(unix)]
fn opened(number: i32) -> Result<File, String> {
    let none = || format!("no file is open under the number {number}");
    let mut file = filedescriptor::FileDescriptor::dup(&number).and_then(|file| file.as_file()).map_err(|_| none())?;
    // Nothing is written, and it is known whether anything can be.
    file.write(&[]).map_err(|error| error.to_string())?;
    Ok(file)
}

#[cfg(not(unix))]
fn opened(number: i32) -> Result<File, String> {
    Err(format!("no file is open under the number {number}"))
}

/// Gives a new file the mode of the old one and, if that is allowed, its owner and group. Rights of a group that could not be kept
/// shrink to those of everybody.
#[cfg(unix)]
fn keep_access(new: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let now = new.metadata()?;
    // Only the superuser gives files away, and nobody has to.
    if now.uid() != old.uid() {
        let _ = fchown(new, Some(old.uid()), None);
    }
    let group = now.gid() == old.gid() || fchown(new, None, Some(old.gid())).is_ok();
    let mode = old.mode() & 0o777;
    let mode = if group { mode } else { mode & 0o707 | mode & (mode & 0o7) << 3 };
    new.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_access(new: &File, old: &Metadata) -> io::Result<()> {
    new.set_permissions(old.permissions())
}

/// An empty file in the directory of `target`, with the permissions that a new file gets, or its owner's alone.
fn beside(target: &Path, private: bool) -> io::Result<NamedTempFile> {
    let directory = target.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".witness-");
    #[cfg(unix)]
    let permissions =
        <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(if private { 0o600 } else { 0o666 });
    #[cfg(unix)]
    builder.permissions(permissions);
    // The message would name the file that is to be renamed, which nobody asked for.
    builder.tempfile_in(directory).map_err(|error| io::Error::from(error.kind()))
}
