//! Tests in a network of their own: nothing but loopback, and whatever they want in `/etc/resolv.conf`.

use std::ffi::{CStr, CString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

const INSIDE: &str = "MOSQUITTO_TEST_NETWORK";

/// Runs `body` in a process with a network of its own, in which `resolv_conf` is the content of that file; `name` is the
/// test's name. Where the system does not allow that, says so and does nothing.
pub fn in_own_network(name: &str, resolv_conf: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(&file, resolv_conf).expect("a file of our own");
    let path = CString::new(file.path().as_os_str().as_bytes()).expect("no NUL");
    let mut command = Command::new(std::env::current_exe().expect("the test's own path"));
    command.args([name, "--exact", "--nocapture", "--test-threads=1"]).env(INSIDE, "1");
    // SAFETY: all three make nothing but system calls.
    unsafe {
        command.pre_exec(move || {
            unshare()?;
            bring_loopback_up()?;
            mount(&path, c"/etc/resolv.conf")
        });
    }
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("passed over: no network of its own for {name} ({error})");
            return;
        }
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("1 passed"), "{name} in its own network:\n{text}\n{errors}");
}

/// Leaves the network and the mounts of the parent; who is not root becomes it in a user namespace.
fn unshare() -> io::Result<()> {
    let own = libc::CLONE_NEWNET | libc::CLONE_NEWNS;
    // SAFETY: numbers only.
    if unsafe { libc::unshare(own) == 0 || libc::unshare(own | libc::CLONE_NEWUSER) == 0 } {
        return Ok(());
    }
    Err(io::Error::last_os_error())
}

/// Lays a file over another one, for this process and its children only.
fn mount(source: &CStr, target: &CStr) -> io::Result<()> {
    let null = std::ptr::null();
    // SAFETY: NUL-terminated strings, or NULL where the call ignores them.
    let mounted = unsafe {
        libc::mount(null, c"/".as_ptr(), null, libc::MS_REC | libc::MS_PRIVATE, null.cast()) == 0
            && libc::mount(source.as_ptr(), target.as_ptr(), null, libc::MS_BIND, null.cast()) == 0
    };
    if mounted { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn bring_loopback_up() -> io::Result<()> {
    // SAFETY: an all-zero ifreq is valid; the name fits and is followed by NUL; the descriptor is closed at the end.
    unsafe {
        let socket = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        let mut request: libc::ifreq = std::mem::zeroed();
        request.ifr_name[0] = b'l' as libc::c_char;
        request.ifr_name[1] = b'o' as libc::c_char;
        request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
        let set = libc::ioctl(socket, libc::SIOCSIFFLAGS, &raw const request);
        let error = io::Error::last_os_error();
        libc::close(socket);
        if set == 0 { Ok(()) } else { Err(error) }
    }
}
