//! Compiles C and C++ programs with the compiler that the `cc` crate finds, and runs them with a time limit.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::library::Library;
use super::scripted_broker::Output;

/// The words of valgrind, looking for wrong use of memory and for leaks.
pub const VALGRIND: [&str; 6] = [
    "valgrind",
    "--quiet",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect,possible",
    "--error-exitcode=99",
    "--fair-sched=yes",
];

/// The package's directory.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Which `mosquitto.h` a program sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Headers {
    /// The one of the distribution's libmosquitto-dev.
    Distribution,
    /// Ours, of the 2.1 interface.
    Ours,
}

/// A compiler call: C for `*.c`, C++ for `*.cpp`, warnings are errors. `MOSQUITTO_TEST_SANITIZERS` may name sanitizers
/// that the program is to have (`scripts/sanitizers.sh`).
pub fn compiler(source: &Path, headers: Headers) -> Command {
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let cpp = source.extension().is_some_and(|extension| extension == "cpp");
    let mut build = cc::Build::new();
    build.cpp(cpp).target(&target).host(&target).opt_level(1).debug(true).cargo_metadata(false);
    let mut command = build.get_compiler().to_command();
    command.arg(if cpp { "-std=gnu++17" } else { "-std=gnu11" });
    command.args(["-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-pthread"]);
    if let Ok(sanitizers) = std::env::var("MOSQUITTO_TEST_SANITIZERS") {
        command.arg(format!("-fsanitize={sanitizers}"));
        // With what they add, the compiler also warns of what cannot be.
        command.args(["-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-Wno-error"]);
    }
    if headers == Headers::Ours {
        command.arg("-I").arg(root().join("include"));
    }
    command.arg(source);
    command
}

/// Compiles `source` into `directory` and links it with `libraries` (files or `-l` options).
pub fn compile(
    source: &Path,
    headers: Headers,
    libraries: &[&str],
    directory: &Path,
) -> Result<PathBuf, String> {
    let program = directory.join(source.file_stem().ok_or("a source without a name")?);
    let output = compiler(source, headers)
        .arg("-o")
        .arg(&program)
        .args(libraries)
        .output()
        .map_err(|e| format!("no C compiler: {e}"))?;
    if output.status.success() {
        Ok(program)
    } else {
        Err(format!("{}: {}", source.display(), String::from_utf8_lossy(&output.stderr)))
    }
}

/// Compiles a program of the suite: with the distribution's headers and library if it runs on both libraries, with
/// ours if only we have what it uses.
pub fn compile_for(
    source: &Path,
    library: Library,
    more: &[String],
    directory: &Path,
) -> Result<PathBuf, String> {
    let headers = match library {
        Library::Theirs => Headers::Distribution,
        Library::Ours => Headers::Ours,
    };
    let file = library.file();
    let mut libraries = vec![file.to_str().ok_or("a path that is no UTF-8")?];
    libraries.extend(more.iter().map(String::as_str));
    compile(source, headers, &libraries, directory)
}

/// A program that runs.
pub struct Running {
    child: Child,
    /// What it printed so far on stdout.
    pub stdout: Arc<Output>,
    /// What it printed so far on stderr.
    pub stderr: Arc<Output>,
    readers: Vec<std::thread::JoinHandle<()>>,
}

impl Running {
    /// Starts `command` with empty stdin and `stdout` as the place for its output.
    pub fn start(command: &mut Command, stdout: Arc<Output>) -> Result<Running, String> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{command:?}: {e}"))?;
        Ok(Running::watch(child, stdout))
    }

    /// Reads what a child prints; its stdout and stderr have to be pipes.
    pub fn watch(mut child: Child, stdout: Arc<Output>) -> Running {
        let stderr = Arc::new(Output::default());
        let readers = vec![
            forward(child.stdout.take(), stdout.clone()),
            forward(child.stderr.take(), stderr.clone()),
        ];
        Running { child, stdout, stderr, readers }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for reader in self.readers {
            let _ = reader.join();
        }
    }

    /// Waits for the end; kills it when the time is over.
    pub fn finish(mut self, limit: Duration) -> Result<ExitStatus, String> {
        let deadline = Instant::now() + limit;
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break Ok(status),
                Ok(None) if Instant::now() > deadline => {
                    let _ = self.child.kill();
                    let _ = self.child.wait();
                    break Err(format!("still running after {limit:?}"));
                }
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                Err(e) => break Err(e.to_string()),
            }
        };
        for reader in self.readers {
            let _ = reader.join();
        }
        status
    }
}

fn forward<R: Read + Send + 'static>(
    pipe: Option<R>,
    output: Arc<Output>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = [0; 8192];
        if let Some(mut pipe) = pipe {
            while let Ok(n) = pipe.read(&mut buffer) {
                if n == 0 {
                    break;
                }
                output.push(&buffer[..n]);
            }
        }
        output.finish();
    })
}
