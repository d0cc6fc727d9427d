//! Runs scripts on a library, many in one process of `interpreter.c`, and reads what they printed.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::script::Script;
use crate::support::c_program::{Headers, compile, root};
use crate::support::library::{Library, LoaderPath};

/// Seconds for a batch; one that hangs is killed and counts as a crash of the script that ran.
const LIMIT: &str = "300";

/// What a script printed, step by step, and how it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// The lines of each step.
    pub steps: Vec<Vec<String>>,
    /// The process ended before the script did.
    pub crashed: bool,
}

/// An interpreter for one library.
pub struct Runner {
    program: PathBuf,
    loader: LoaderPath,
    directory: tempfile::TempDir,
}

impl Runner {
    /// Compiles it: against the distribution's header and library, whichever it then runs on.
    pub fn new(library: Library) -> Runner {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let source = root().join("tests/differential/interpreter.c");
        let link = Library::Theirs.file();
        let link = [link.to_str().expect("a UTF-8 path")];
        let program = compile(&source, Headers::Distribution, &link, directory.path());
        Runner {
            program: program.expect("it compiles"),
            loader: LoaderPath::new(library),
            directory,
        }
    }

    /// Outputs of scripts, in their order.
    pub fn run(&self, scripts: &[Script]) -> Vec<Output> {
        let mut outputs: Vec<Output> = Vec::new();
        while outputs.len() < scripts.len() {
            outputs.extend(self.run_until_crash(&scripts[outputs.len()..]));
        }
        outputs
    }

    /// As many as one process comes to: all, or those up to the one that ended it.
    fn run_until_crash(&self, scripts: &[Script]) -> Vec<Output> {
        let mut child = Command::new("timeout")
            .arg(LIMIT)
            .arg(&self.program)
            .env("LD_LIBRARY_PATH", self.loader.path())
            .env("TMPDIR", Path::new(self.directory.path()))
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the interpreter starts");
        let mut input = child.stdin.take().expect("a pipe");
        let text: String = scripts.iter().map(Script::text).collect();
        let mut printed = Vec::new();
        std::thread::scope(|scope| {
            // Fails when the process ends early.
            scope.spawn(move || input.write_all(text.as_bytes()).is_ok());
            let mut output = child.stdout.take().expect("a pipe");
            output.read_to_end(&mut printed).expect("its output");
        });
        let _ = child.wait();
        let mut outputs = Vec::new();
        let mut current = Output::default();
        for line in String::from_utf8_lossy(&printed).lines() {
            if line == "done" {
                outputs.push(std::mem::take(&mut current));
            } else if line.starts_with("> ") {
                current.steps.push(Vec::new());
            } else if let Some(step) = current.steps.last_mut() {
                step.push(line.to_owned());
            }
        }
        if outputs.len() < scripts.len() {
            current.crashed = true;
            outputs.push(current);
        }
        outputs
    }
}
