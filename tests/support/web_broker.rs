//! A WebSocket broker that is not Mosquitto: aedes on node, `tests/web_broker`, as `scripts/install-test-needs.sh` installs
//! it into the target directory.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::c_program::root;

/// A broker that accepts connections.
pub struct WebBroker {
    child: Child,
    port: u16,
}

impl WebBroker {
    /// Starts it; `cut` is an argument of `broker.js`. `None`, said aloud, where it is not installed.
    pub fn start(cut: &str) -> Option<WebBroker> {
        let Some(directory) = installed() else {
            eprintln!(
                "passed over: no WebSocket broker; run scripts/install-test-needs.sh with npm installed"
            );
            return None;
        };
        let mut child = Command::new("node")
            .arg(root().join("tests/web_broker/broker.js"))
            .arg(directory)
            .arg(cut)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let port = line.trim().parse().expect("the broker prints its port");
        Some(WebBroker { child, port })
    }

    /// TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for WebBroker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where it is: beside the directory of the build's profile.
fn installed() -> Option<PathBuf> {
    let exe = std::env::current_exe().ok()?;
    let target = exe.parent()?.parent()?.parent()?;
    let directory = target.join("web_broker");
    directory.join("installed.json").exists().then_some(directory)
}
