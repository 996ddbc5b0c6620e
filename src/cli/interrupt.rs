//! Signals that end the program, and readers that leave: what was finished is written, marked as interrupted.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::failure::Failure;

/// The numbers that every system gives to the two causes that are named here.
const CTRL_C: i32 = 2;
const NO_READER: i32 = 13;

/// Signals that come so soon after the first are the same one: a shell and its terminal both tell of a hangup, and `timeout`
/// tells the program and then its group.
const ECHO: Duration = Duration::from_millis(500);

/// Files that are being written and have not been put in their place.
static PENDING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Raised by the first cause to stop.
static FLAG: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// The first cause to stop, as the number of a signal; 0 as long as there is none.
static CAUSE: AtomicI32 = AtomicI32::new(0);

/// A flag that Ctrl-C sets from now on, and so does any other signal that asks the program to end. What is under way ends at its
/// next step; whoever cannot wait for that asks again, which leaves at once and leaves no file behind.
pub(super) fn flag() -> Result<Arc<AtomicBool>, Failure> {
    static LISTENS: AtomicBool = AtomicBool::new(false);
    if !LISTENS.swap(true, Ordering::Relaxed) {
        listen().map_err(|problem| Failure::System { what: "waiting for Ctrl-C", problem })?;
    }
    Ok(Arc::clone(&FLAG))
}

/// The exit status of a program that was stopped: 128 and the number of the signal, so 130 after Ctrl-C.
pub(super) fn status() -> u8 {
    let cause = match CAUSE.load(Ordering::Relaxed) {
        0 => CTRL_C,
        cause => cause,
    };
    u8::try_from(128 + cause).unwrap_or(u8::MAX)
}

/// Whether the first cause to stop was that nobody reads the results any more.
pub(super) fn reader_has_gone() -> bool {
    CAUSE.load(Ordering::Relaxed) == NO_READER
}

/// Has a second signal remove `path`.
pub(super) fn will_write(path: &Path) {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
}

/// A second signal no longer touches `path`.
pub(super) fn wrote(path: &Path) {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner).retain(|pending| pending != path);
}

fn stop(cause: i32) {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    let first = FIRST.get_or_init(Instant::now);
    if CAUSE.compare_exchange(0, cause, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
        FLAG.store(true, Ordering::Relaxed);
    } else if first.elapsed() > ECHO {
        let pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
        for path in pending.iter() {
            // A file that is gone already is no loss.
            let _ = std::fs::remove_file(path);
        }
        std::process::exit(i32::from(status()));
    }
}

#[cfg(unix)]
fn listen() -> Result<(), String> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    let mut signals = vec![SIGINT, SIGTERM, SIGQUIT];
    if !is_ignored(SIGHUP) {
        signals.push(SIGHUP);
    }
    let mut signals = signal_hook::iterator::Signals::new(signals).map_err(|error| error.to_string())?;
    std::thread::spawn(move || signals.forever().for_each(stop));
    Ok(())
}

/// Whether the program was started with `signal` ignored: under `nohup` a hangup must not end it. Only Linux tells.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

#[cfg(not(unix))]
fn listen() -> Result<(), String> {
    ctrlc::set_handler(|| stop(CTRL_C)).map_err(|error| error.to_string())
}

/// Stops the program as soon as the reader of a pipe has gone, which writing finds out only when there is something to write.
#[cfg(unix)]
pub(super) fn watch_reader(pipe: &std::fs::File) {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::FileTypeExt;

    use filedescriptor::{POLLERR, POLLHUP, poll, pollfd};
    let can_lose_its_reader = |kind: std::fs::FileType| kind.is_fifo() || kind.is_socket();
    if !pipe.metadata().is_ok_and(|metadata| can_lose_its_reader(metadata.file_type())) {
        return;
    }
    // A descriptor of its own, which stays open as long as somebody looks at it.
    let Ok(pipe) = pipe.try_clone() else { return };
    std::thread::spawn(move || {
        // No event is asked for; that the other end is closed is told always.
        let mut watched = [pollfd { fd: pipe.as_raw_fd(), events: 0, revents: 0 }];
        while watched[0].revents == 0 {
            match poll(&mut watched, None) {
                Ok(_) => {}
                Err(filedescriptor::Error::Poll(error)) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
        if watched[0].revents & (POLLERR | POLLHUP) != 0 {
            stop(NO_READER);
        }
    });
}

/// Elsewhere the next thing to be written finds out.
#[cfg(not(unix))]
pub(super) fn watch_reader(_pipe: &std::fs::File) {}
