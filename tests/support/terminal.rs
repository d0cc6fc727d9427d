//! A terminal for programs that want to ask somebody for something.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::ptr::null_mut;
use std::time::{Duration, Instant};

use super::peer::wait_readable;

const LIMIT: Duration = Duration::from_secs(30);

/// Runs `command` on a terminal of its own; each time it has printed `question` since the last answer, `answer` is typed.
/// How it ended, and all that the terminal has shown. `None`, said aloud, where the system gives no terminals.
///
/// # Panics
/// If it does not end in time.
pub fn on_terminal(
    mut command: Command,
    question: &str,
    answer: &str,
) -> Option<(ExitStatus, String)> {
    let (mut ours, theirs) = match open() {
        Ok(ends) => ends,
        Err(error) => {
            eprintln!("passed over: no terminal ({error})");
            return None;
        }
    };
    let theirs_fd = theirs.as_raw_fd();
    let end = || Stdio::from(theirs.try_clone().expect("a descriptor"));
    command.stdin(end()).stdout(end()).stderr(end());
    // SAFETY: two system calls.
    unsafe { command.pre_exec(move || control(theirs_fd)) };
    let mut child = command.spawn().expect("the program starts");
    drop((theirs, command)); // the program has the only ones
    let deadline = Instant::now() + LIMIT;
    let (mut shown, mut answered) = (Vec::new(), 0);
    let mut buffer = [0; 4096];
    while wait_readable(ours.as_raw_fd(), deadline.saturating_duration_since(Instant::now())) {
        // EIO once nobody has the other end.
        let Ok(count @ 1..) = ours.read(&mut buffer) else { break };
        shown.extend_from_slice(&buffer[..count]);
        if String::from_utf8_lossy(&shown[answered..]).contains(question) {
            ours.write_all(answer.as_bytes()).expect("somebody listens");
            answered = shown.len();
        }
    }
    let text = String::from_utf8_lossy(&shown).into_owned();
    if Instant::now() > deadline {
        let _ = child.kill();
        panic!("the program does not end; the terminal shows: {text}");
    }
    Some((child.wait().expect("a child"), text))
}

/// The two ends of a new terminal: the one of who sits before it, and the one of programs.
fn open() -> std::io::Result<(File, OwnedFd)> {
    let (mut ours, mut theirs) = (-1, -1);
    // SAFETY: two numbers to be written, and no more.
    let opened = unsafe {
        libc::openpty(&raw mut ours, &raw mut theirs, null_mut(), null_mut(), null_mut())
    };
    if opened != 0 {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: opened just now, and nobody else's. Other children of this process are not to have them.
    unsafe {
        libc::fcntl(ours, libc::F_SETFD, libc::FD_CLOEXEC);
        libc::fcntl(theirs, libc::F_SETFD, libc::FD_CLOEXEC);
        Ok((File::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)))
    }
}

/// Makes the terminal the one of the calling process, which leaves that of its parent.
fn control(terminal: RawFd) -> std::io::Result<()> {
    // SAFETY: numbers only.
    if unsafe { libc::setsid() < 0 || libc::ioctl(terminal, libc::TIOCSCTTY, 0) < 0 } {
        return Err(std::io::Error::last_os_error());
    }
    Ok(())
}
