//! The C programs of `c_tests/threads/`: compiled once, run with a limit, on either library, with or without a tool.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::support::c_program::{Headers, Running, compiler, root};
use crate::support::library::Library;
use crate::support::scripted_broker::Output;

/// Time for a program that does not say otherwise.
pub const LIMIT: Duration = Duration::from_secs(120);

/// One run of a program.
pub struct Run {
    command: Command,
    stdout: Arc<Output>,
    name: String,
    limit: Duration,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// What it printed.
    pub stdout: String,
    /// What it, or the tool that it ran under, printed on stderr.
    pub stderr: String,
    /// `Ok` if it ended with 0.
    pub status: Result<(), String>,
    /// Time it took.
    pub time: Duration,
}

/// A program on our library.
pub fn program(name: &str) -> Run {
    program_on(Library::Ours, name, &[])
}

/// A program on a library, in front of it the words of a tool, unless the program looks after itself
/// (`scripts/sanitizers.sh`). What runs on theirs as well uses nothing that only ours has.
pub fn program_on(library: Library, name: &str, tool: &[&str]) -> Run {
    let executable = compiled(name);
    let tool = if std::env::var_os("MOSQUITTO_TEST_SANITIZERS").is_some() { &[] } else { tool };
    let mut words = tool.iter().map(|word| (*word).to_owned());
    let mut command = match words.next() {
        Some(first) => Command::new(first),
        None => Command::new(&executable),
    };
    command.args(words);
    if !tool.is_empty() {
        command.arg(&executable);
    }
    command.env("LD_LIBRARY_PATH", loader(library)).env("LC_ALL", "C");
    Run { command, stdout: Arc::default(), name: name.to_owned(), limit: LIMIT }
}

impl Run {
    /// An argument of the program.
    pub fn arg(mut self, argument: impl ToString) -> Run {
        self.command.arg(argument.to_string());
        self
    }

    /// Time until it is killed.
    pub fn limit(mut self, limit: Duration) -> Run {
        self.limit = limit;
        self
    }

    /// At least so much time until it is killed.
    pub fn at_least(mut self, limit: Duration) -> Run {
        self.limit = self.limit.max(limit);
        self
    }

    /// An environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Run {
        self.command.env(name, value);
        self
    }

    /// With `c_tests/threads/shim.c` in front of the C library.
    pub fn shimmed(mut self) -> Run {
        self.command.env("LD_PRELOAD", shim());
        self
    }

    /// Runs it to its end, whatever that is.
    pub fn end(mut self) -> Ended {
        let begun = Instant::now();
        let running = Running::start(&mut self.command, self.stdout.clone()).expect("it starts");
        let stderr = running.stderr.clone();
        let status = match running.finish(self.limit) {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(status.to_string()),
            Err(problem) => Err(problem),
        };
        let time = begun.elapsed();
        Ended { stdout: self.stdout.text(), stderr: stderr.text(), status, time }
    }

    /// Runs it; it must end with 0. What it printed.
    pub fn ok(self) -> String {
        let name = self.name.clone();
        let ended = self.end();
        assert!(
            ended.status.is_ok(),
            "{name}: {:?} after {:?}\n{}{}",
            ended.status,
            ended.time,
            ended.stdout,
            ended.stderr
        );
        ended.stdout
    }
}

/// The number that the program printed behind `name`, as in `name 12.5`.
pub fn figure(output: &str, name: &str) -> f64 {
    let found = output.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found
        .and_then(|rest| rest.split(' ').next()?.parse().ok())
        .unwrap_or_else(|| panic!("no figure {name:?} in:\n{output}"))
}

fn compiled(name: &str) -> PathBuf {
    static DONE: OnceLock<Mutex<HashMap<String, PathBuf>>> = OnceLock::new();
    // Not released while a program is compiled: each is compiled once.
    let mut done = DONE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let build = || {
        let sources = root().join("c_tests/threads");
        let (c, cpp) = (sources.join(format!("{name}.c")), sources.join(format!("{name}.cpp")));
        let source = if c.exists() { c } else { cpp };
        let program = directory().join(name);
        let library = Library::Ours.file();
        match std::env::var_os("SANITIZER_RUNTIME") {
            Some(runtime) => link_sanitized(&source, &program, &library, Path::new(&runtime)),
            None => run(compiler(&source, Headers::Ours).arg("-o").arg(&program).arg(library)),
        }
        program
    };
    done.entry(name.to_owned()).or_insert_with(build).clone()
}

fn shim() -> &'static Path {
    static SHIM: OnceLock<PathBuf> = OnceLock::new();
    SHIM.get_or_init(|| {
        let library = directory().join("shim.so");
        let source = root().join("c_tests/threads/shim.c");
        let mut command = compiler(&source, Headers::Ours);
        run(command.arg("-o").arg(&library).args(["-shared", "-fPIC", "-ldl"]));
        library
    })
}

/// With ThreadSanitizer, whose functions for program and library are in the archive `runtime` that comes with rustc.
fn link_sanitized(source: &Path, program: &Path, library: &Path, runtime: &Path) {
    let object = program.with_extension("o");
    // Linked in a second step: the compiler would add a runtime of its own.
    let mut compile = compiler(source, Headers::Ours);
    run(compile.args(["-c", "-g", "-fsanitize=thread", "-o"]).arg(&object));
    let mut link = Command::new("cc");
    link.arg(&object).arg("-o").arg(program).arg(library);
    link.arg("-Wl,--export-dynamic,--whole-archive").arg(runtime).arg("-Wl,--no-whole-archive");
    run(link.args(["-lpthread", "-ldl", "-lm", "-lrt"]));
}

fn run(compiler: &mut Command) {
    let result = compiler.output().expect("a C compiler");
    assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
}

/// Cargo's place for what tests make: emptied by `cargo clean`, written anew by each run.
fn directory() -> &'static Path {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(|| {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("threads");
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory).expect("a directory");
        directory
    })
}

/// A directory in which the library has the name that programs ask for.
fn loader(library: Library) -> PathBuf {
    static LINKED: Mutex<()> = Mutex::new(());
    let _linked = LINKED.lock().unwrap_or_else(PoisonError::into_inner);
    let loader = directory().join(library.name());
    if !loader.exists() {
        std::fs::create_dir(&loader).expect("a directory");
        let link = loader.join("libmosquitto.so.1");
        std::os::unix::fs::symlink(library.file(), link).expect("a symbolic link");
    }
    loader
}
