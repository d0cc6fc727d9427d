//! The C programs of `c_tests/`: what each needs, how to run one on a library, and how their outputs may differ.
//!
//! The first comment of a program says what it needs:
//!
//! ```c
//! /* What it is about.
//!  *
//!  * @peer script | broker | tls | none
//!  * @socket unix                    (else TCP)
//!  * @library ours, WHY              (else both)
//!  * @valgrind no                    (else valgrind runs it too)
//!  * @link -lssl -lcrypto
//!  * @script                         the lines up to the end of the comment are the script of its peer
//!  * -> CONNECT
//!  */
//! ```
//!
//! It gets host (or socket path) and port as arguments. With a TLS broker these are the listener without client
//! certificates, and behind them come the directory of the certificates (`ca.crt`, `client.crt`, `client.key`,
//! `encrypted.crt`, `encrypted.key` with the password "secret"), the port that asks for certificates and the one for keys.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::c_program::{Running, compile_for, root};
use super::library::{Library, LoaderPath};
use super::number_from;
use super::peer::Listener;
use super::real_broker::RealBroker;
use super::script::{self, Step};
use super::scripted_broker::{Output, ScriptedBroker};
use super::tls_broker::TlsBroker;

/// Who is at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// Nobody.
    None,
    /// A script, step by step.
    Script(Vec<(String, Step)>),
    /// A broker that needs no script.
    Broker,
    /// The same with TLS.
    Tls,
}

/// One program.
#[derive(Debug, Clone)]
pub struct Program {
    /// File name without `.c`.
    pub name: String,
    /// The source file.
    pub source: PathBuf,
    /// Its other end.
    pub peer: Peer,
    /// Unix socket instead of TCP.
    pub unix: bool,
    /// Uses what only our library has.
    pub ours_only: bool,
    /// Can run under valgrind.
    pub valgrind: bool,
    /// Further libraries, as linker options.
    pub link: Vec<String>,
}

impl Program {
    fn load(source: PathBuf) -> Result<Program, String> {
        let name = source.file_stem().and_then(|stem| stem.to_str()).ok_or("a bad file name")?;
        let text = std::fs::read_to_string(&source).map_err(|e| e.to_string())?;
        let comment = text.split("*/").next().unwrap_or_default();
        let (mut peer, mut script) = (None, None);
        let (mut unix, mut ours_only, mut valgrind) = (false, false, true);
        let mut link = Vec::new();
        for line in comment.lines().map(|line| line.trim_start_matches([' ', '*']).trim_end()) {
            if let Some(lines) = &mut script {
                *lines = format!("{lines}\n{line}");
                continue;
            }
            match line {
                "@peer none" => peer = Some(Peer::None),
                "@peer broker" => peer = Some(Peer::Broker),
                "@peer tls" => peer = Some(Peer::Tls),
                "@peer script" => peer = Some(Peer::Script(Vec::new())),
                "@socket unix" => unix = true,
                why if why.starts_with("@library ours, ") => ours_only = true,
                "@valgrind no" => valgrind = false,
                "@script" => script = Some(String::new()),
                other if other.starts_with("@link ") => {
                    link.extend(other.split_whitespace().skip(1).map(str::to_owned));
                }
                other if other.starts_with('@') => return Err(format!("{name}: {other}?")),
                _ => {}
            }
        }
        let peer = match (peer, script) {
            (Some(Peer::Script(_)), Some(script)) => {
                Peer::Script(script::parse(&script).map_err(|e| format!("{name}: {e}"))?)
            }
            (Some(peer), None) if peer != Peer::Script(Vec::new()) => peer,
            other => return Err(format!("{name}: @peer and @script do not fit: {other:?}")),
        };
        Ok(Program { name: name.to_owned(), source, peer, unix, ours_only, valgrind, link })
    }
}

/// All programs in order of name; only the one that `C_TEST` names, if it is set and not empty.
pub fn programs() -> Vec<Program> {
    let wanted = std::env::var("C_TEST").ok().filter(|name| !name.is_empty());
    let directory = std::fs::read_dir(root().join("c_tests")).expect("c_tests exists");
    let mut sources: Vec<PathBuf> = directory.flatten().map(|entry| entry.path()).collect();
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "c"));
    sources.sort();
    let programs = sources.into_iter().map(|source| Program::load(source).expect("a program"));
    programs.filter(|program| wanted.as_ref().is_none_or(|name| *name == program.name)).collect()
}

/// What a run gave.
#[derive(Debug, Default)]
pub struct Outcome {
    /// All of stdout.
    pub stdout: String,
    /// All of stderr: figures, which differ from run to run.
    pub stderr: String,
    /// What it sent to a scripted broker, connection by connection.
    pub sent: Vec<Vec<u8>>,
    /// What went wrong: exit status, script, time.
    pub problems: Vec<String>,
}

/// Everything needed to run programs on one library.
pub struct Bench {
    /// The library.
    pub library: Library,
    loader: LoaderPath,
    broker: Option<RealBroker>,
    tls: Option<TlsBroker>,
    executables: tempfile::TempDir,
    wrapper: Vec<String>,
    limit: Duration,
}

impl Bench {
    /// Prepares `library` for `programs`. `wrapper` is a command that is put before each program (valgrind), `limit`
    /// the time for one program and for each step of its script.
    pub fn new(library: Library, programs: &[Program], wrapper: &[&str], limit: Duration) -> Bench {
        let needs = |peer| programs.iter().any(|program| program.peer == peer);
        // The one program that does something as often as it is asked to.
        let limit = limit + Duration::from_millis(200 * number_from("TLS_RECONNECTS", 25));
        Bench {
            library,
            loader: LoaderPath::new(library),
            broker: needs(Peer::Broker).then(|| RealBroker::start("")),
            tls: needs(Peer::Tls).then(TlsBroker::start),
            executables: tempfile::tempdir().expect("a temporary directory"),
            wrapper: wrapper.iter().map(|&word| word.to_owned()).collect(),
            limit,
        }
    }

    /// Compiles and runs one program.
    pub fn run(&self, program: &Program) -> Outcome {
        // What both can do is compiled once against the distribution: the same executable runs on both.
        let built_for = if program.ours_only { Library::Ours } else { Library::Theirs };
        let directory = self.executables.path();
        match compile_for(&program.source, built_for, &program.link, directory) {
            Ok(executable) => self.play(program, &executable),
            Err(problem) => Outcome { problems: vec![problem], ..Outcome::default() },
        }
    }

    fn play(&self, program: &Program, executable: &Path) -> Outcome {
        let stdout = Arc::new(Output::default());
        let mut outcome = Outcome::default();
        let mut script = None;
        let (host, port) = match (&program.peer, &self.broker) {
            (Peer::Script(steps), _) => {
                let listener = if program.unix { Listener::unix() } else { Listener::tcp() };
                let broker = ScriptedBroker::start(
                    listener,
                    steps.clone(),
                    self.library.name(),
                    stdout.clone(),
                    self.limit,
                );
                let address = (broker.host().to_owned(), broker.port());
                script = Some(broker);
                address
            }
            (Peer::Broker, Some(broker)) if program.unix => (broker.socket().to_owned(), 0),
            (Peer::Broker, Some(broker)) => ("127.0.0.1".to_owned(), broker.port()),
            (Peer::Tls, _) => {
                ("localhost".to_owned(), self.tls.as_ref().map_or(0, TlsBroker::port))
            }
            _ => (String::new(), 0),
        };
        let mut words = self.wrapper.clone();
        words.push(executable.display().to_string());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg(host).arg(port.to_string());
        if let (Peer::Tls, Some(tls)) = (&program.peer, &self.tls) {
            command.arg(tls.authority.directory());
            command.args([tls.strict_port().to_string(), tls.psk_port().to_string()]);
        }
        command.env("LD_LIBRARY_PATH", self.loader.path()).env("LC_ALL", "C");
        match Running::start(&mut command, stdout.clone()) {
            Ok(running) => {
                let stderr = running.stderr.clone();
                let status = running.finish(self.limit);
                outcome.stderr = stderr.text();
                match status {
                    Ok(status) if status.success() => {}
                    Ok(status) => outcome.problems.push(format!("{status}: {}", outcome.stderr)),
                    Err(problem) => outcome.problems.push(format!("{problem}: {}", outcome.stderr)),
                }
            }
            Err(problem) => outcome.problems.push(problem),
        }
        outcome.stdout = stdout.text();
        if let Some(script) = script {
            match script.finish() {
                Ok(sent) => outcome.sent = sent,
                Err(problem) => outcome.problems.push(format!("scripted broker: {problem}")),
            }
        }
        outcome
    }
}

/// Runs `work` for every program, a few at a time (most of them wait for something), results in order of name.
pub fn for_each<T: Send>(
    programs: &[Program],
    at_once: usize,
    work: impl Fn(&Program) -> T + Sync,
) -> Vec<(&Program, T)> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(program) = programs.get(index) else { return };
                    let result = work(program);
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.push((index, program, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, ..)| *index);
    results.into_iter().map(|(_, program, result)| (program, result)).collect()
}

/// A line of theirs that is another line of ours, and why.
#[derive(Debug)]
pub struct Difference {
    /// Name of the program, or `*`.
    pub program: String,
    /// The line as the distribution's library makes the program print it.
    pub theirs: String,
    /// As ours does.
    pub ours: String,
}

/// The table `c_tests/differences.tsv`.
pub fn differences() -> Vec<Difference> {
    let text = std::fs::read_to_string(root().join("c_tests/differences.tsv")).expect("the table");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [program, theirs, ours, reason] = fields[..] else {
                panic!("differences.tsv: four fields, please: {line}");
            };
            assert!(!reason.trim().is_empty(), "differences.tsv: no reason: {line}");
            Difference {
                program: program.to_owned(),
                theirs: theirs.to_owned(),
                ours: ours.to_owned(),
            }
        })
        .collect()
}

/// What ours has to print, given what theirs printed: the table's rows applied, each row at least once.
pub fn expected_from(program: &str, theirs: &str, table: &[Difference]) -> Result<String, String> {
    let rows: Vec<&Difference> = table.iter().filter(|row| row.program == program).collect();
    let mut used = vec![false; rows.len()];
    let mut out = String::new();
    for line in theirs.lines() {
        let row = rows.iter().position(|row| row.theirs == line);
        if let Some(row) = row {
            used[row] = true;
        }
        out.push_str(row.map_or(line, |row| rows[row].ours.as_str()));
        out.push('\n');
    }
    match used.iter().position(|used| !used) {
        Some(row) => Err(format!("differences.tsv: nothing to replace for {:?}", rows[row].theirs)),
        None => Ok(out),
    }
}

/// Two texts line by line, differing lines marked; empty if they are equal.
pub fn diff(expected: &str, got: &str) -> String {
    if expected == got {
        return String::new();
    }
    let (expected, got): (Vec<_>, Vec<_>) = (expected.lines().collect(), got.lines().collect());
    let same = expected.iter().zip(&got).take_while(|(a, b)| a == b).count();
    let mut out = String::new();
    for line in &expected[same.saturating_sub(3)..same] {
        out += &format!("    {line}\n");
    }
    for line in expected[same..].iter().take(8) {
        out += &format!("  - {line}\n");
    }
    for line in got[same..].iter().take(8) {
        out += &format!("  + {line}\n");
    }
    out
}
