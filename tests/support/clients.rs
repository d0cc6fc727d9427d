//! Debian's own `mosquitto_pub`, `mosquitto_sub` and `mosquitto_rr`, untouched, on the library that a test chooses.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use super::c_program::Running;
use super::library::LoaderPath;
use super::scripted_broker::Output;

/// Time for one program.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Where a broker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Port on 127.0.0.1.
    Tcp(u16),
    /// Path of a socket.
    Unix(String),
    /// Options of the clients.
    Options(Vec<String>),
}

impl Address {
    /// As options of Debian's clients.
    pub fn options(&self) -> Vec<String> {
        match self {
            Address::Tcp(port) => {
                vec!["-h".to_owned(), "127.0.0.1".to_owned(), "-p".to_owned(), port.to_string()]
            }
            Address::Unix(path) => vec!["--unix".to_owned(), path.clone()],
            Address::Options(options) => options.clone(),
        }
    }
}

/// A client program that runs.
pub struct ClientProgram {
    running: Running,
    stdin: Option<std::process::ChildStdin>,
    name: String,
}

impl ClientProgram {
    /// Starts `program` (`mosquitto_sub`, …) with `options` against the broker at `address`.
    ///
    /// # Panics
    /// If the program is not installed.
    pub fn start(
        program: &str,
        library: &LoaderPath,
        address: &Address,
        options: &[&str],
    ) -> ClientProgram {
        let mut command = Command::new(program);
        command.args(address.options()).args(options).env("LC_ALL", "C");
        library.apply(&mut command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child: Child = command.spawn().unwrap_or_else(|e| {
            panic!("{program} does not start ({e}): apt-get install mosquitto-clients")
        });
        let stdin = child.stdin.take();
        let running = Running::watch(child, Arc::new(Output::default()));
        let name = format!("{program} {}", options.join(" "));
        ClientProgram { running, stdin, name }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.running.id()
    }

    /// Waits until it has printed a line with this text.
    pub fn wait_for(&self, text: &str) {
        let waited = self.running.stdout.wait_for(text, LIMIT);
        assert!(waited.is_ok(), "{}: {waited:?}; stderr: {}", self.name, self.stderr());
    }

    /// What it printed on stderr so far.
    pub fn stderr(&self) -> String {
        self.running.stderr.text()
    }

    /// Gives it everything on its standard input, and the end of it.
    pub fn feed(mut self, bytes: &[u8]) -> ClientProgram {
        let mut stdin = self.stdin.take().expect("stdin is fed once");
        stdin.write_all(bytes).expect("the program reads its input");
        self
    }

    /// Kills it, as a power cut would.
    pub fn kill(self) {
        self.running.kill();
    }

    /// Waits for its end; it must not end with 0. Exit code and stderr.
    pub fn fail(mut self) -> (i32, String) {
        drop(self.stdin.take());
        let stderr = self.running.stderr.clone();
        let status = self.running.finish(LIMIT).unwrap_or_else(|e| panic!("{}: {e}", self.name));
        assert!(!status.success(), "{} worked", self.name);
        let code = status.code().unwrap_or_else(|| panic!("{}: {status}", self.name));
        (code, stderr.text())
    }

    /// Waits for its end; it must end with 0 and say nothing on stderr. What it printed.
    pub fn finish(mut self) -> Vec<u8> {
        drop(self.stdin.take());
        let (stdout, stderr) = (self.running.stdout.clone(), self.running.stderr.clone());
        let status = self.running.finish(LIMIT);
        let ok = status.as_ref().is_ok_and(std::process::ExitStatus::success);
        assert!(ok, "{}: {status:?}: {}", self.name, stderr.text());
        assert_eq!(stderr.text(), "", "{}", self.name);
        stdout.bytes()
    }
}
