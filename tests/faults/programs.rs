//! The C programs of `c_tests/faults/` with the shim in front of the C library.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::support::c_program::{Headers, Running, compiler, root};
use crate::support::library::Library;
use crate::support::scripted_broker::Output;

/// How a program ended.
pub struct Ended {
    /// All of stdout.
    pub stdout: String,
    /// Exit status, or that it had to be killed, and all of stderr; `Ok` if it ended with 0.
    pub status: Result<(), String>,
}

impl Ended {
    /// The number behind a word at the start of a line; 0 without such a line.
    pub fn figure(&self, name: &str) -> u64 {
        let found = self.stdout.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        found.and_then(|rest| rest.parse().ok()).unwrap_or(0)
    }
}

/// A program that runs.
pub struct Started {
    running: Running,
    stdout: Arc<Output>,
}

impl Started {
    /// What it has printed so far.
    pub fn stdout(&self) -> &Output {
        &self.stdout
    }

    /// Waits for its end.
    pub fn end(self, limit: Duration) -> Ended {
        let stderr = self.running.stderr.clone();
        let status = match self.running.finish(limit) {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{status}: {}", stderr.text())),
            Err(problem) => Err(format!("{problem}: {}", stderr.text())),
        };
        Ended { stdout: self.stdout.text(), status }
    }
}

/// Starts a program on our library, `tool` in front of it.
pub fn start(name: &str, arguments: &[String], tool: &[&str]) -> Started {
    let executable = built().join(name);
    let mut words = tool.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    words.push(executable.display().to_string());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(arguments);
    command.env("LD_LIBRARY_PATH", built()).env("LC_ALL", "C");
    command.env("LD_PRELOAD", built().join("shim.so"));
    let stdout = Arc::new(Output::default());
    let running = Running::start(&mut command, stdout.clone()).expect("it starts");
    Started { running, stdout }
}

/// The same, to its end.
pub fn run(name: &str, arguments: &[String], tool: &[&str], limit: Duration) -> Ended {
    start(name, arguments, tool).end(limit)
}

/// The directory of the programs, the shim and a link to the library; made once.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faults");
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory).expect("a directory");
        let library = Library::Ours.file();
        let link = directory.join("libmosquitto.so.1");
        std::os::unix::fs::symlink(&library, link).expect("a symbolic link");
        let library = library.to_str().expect("a UTF-8 path").to_owned();
        for (source, output, options) in [
            ("shim.c", "shim.so", vec!["-shared", "-fPIC", "-ldl", "-Wl,-soname,shim.so"]),
            ("session.c", "session", vec![library.as_str()]),
            ("exactly_once.c", "exactly_once", vec![library.as_str()]),
            ("allocations.c", "allocations", vec![library.as_str()]),
            ("restarts.c", "restarts", vec![library.as_str()]),
        ] {
            let mut command = compiler(&root().join("c_tests/faults").join(source), Headers::Ours);
            command.arg("-o").arg(directory.join(output)).args(options);
            let result = command.output().expect("a C compiler");
            assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
        }
        directory
    })
}
