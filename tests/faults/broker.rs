//! Debian's broker on a port that stays the same while the broker is stopped and started again.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::real_broker::user;

const PROGRAM: &str = "/usr/sbin/mosquitto";

/// A broker that keeps sessions and messages over restarts.
pub struct Broker {
    child: Child,
    port: u16,
    directory: tempfile::TempDir,
}

/// How a broker is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Asked to: it saves what it has.
    Asked,
    /// Killed: it has what it saved earlier, if anything.
    Killed,
}

impl Broker {
    /// Starts one.
    pub fn start() -> Broker {
        let socket = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
        let port = socket.local_addr().expect("a bound socket").port();
        drop(socket);
        let directory = tempfile::tempdir().expect("a temporary directory");
        let user = user();
        let text = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\n{user}max_queued_messages 0\npersistence true\n\
             persistence_location {}/\n",
            directory.path().display()
        );
        std::fs::write(directory.path().join("mosquitto.conf"), text).expect("a configuration");
        let child = spawn(&directory);
        let mut broker = Broker { child, port, directory };
        broker.wait();
        broker
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops it and starts it again.
    pub fn restart(&mut self, how: Stop) {
        let pid = libc::pid_t::try_from(self.child.id()).expect("a process id");
        let signal = if how == Stop::Asked { libc::SIGTERM } else { libc::SIGKILL };
        // SAFETY: a child that has not been waited for, so the number is still its own.
        unsafe { libc::kill(pid, signal) };
        let _ = self.child.wait();
        self.child = spawn(&self.directory);
        self.wait();
    }

    /// Until it accepts connections. Somebody else's connection may have its port for a moment: then it ends at once, and is
    /// started again.
    fn wait(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let answers = TcpStream::connect(("127.0.0.1", self.port)).is_ok();
            match self.child.try_wait() {
                Ok(None) if answers => return,
                Ok(None) => {}
                _ => self.child = spawn(&self.directory),
            }
            assert!(Instant::now() < deadline, "the broker does not accept connections");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(directory: &tempfile::TempDir) -> Child {
    let mut command = Command::new(PROGRAM);
    command.arg("-c").arg(directory.path().join("mosquitto.conf"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("mosquitto is installed: scripts/install-test-needs.sh")
}
