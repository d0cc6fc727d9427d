//! `MOSQUITTO_LOG`: lines of log of programs that know nothing of it, on standard error, and none where it must not be.

mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Output};

use support::c_program::{Headers, compile, root};
use support::embedded_broker::EmbeddedBroker;
use support::library::{Library, LoaderPath};

/// The forms of lines that publishing one message at QoS 1 makes, `TIME PROCESS LEVEL NAME: ` before them.
const PUBLISHING: [&str; 5] = [
    "sending CONNECT",
    "received CONNACK (0)",
    "sending PUBLISH (d0, q1, r0, m1, 'a/topic', ... (5 bytes))",
    "received PUBACK (Mid: 1, RC:0)",
    "sending DISCONNECT",
];

#[test]
fn packets_of_an_unchanged_program() {
    let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
    let output = publish(&broker, Some("debug"), &["-i", "a-name"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<Line> = said.lines().map(|line| Line::parse(line, &said)).collect();
    let texts: Vec<&str> = lines.iter().map(|line| line.text).collect();
    assert_eq!(texts, PUBLISHING);
    for line in &lines {
        assert_eq!((line.level, line.name), ("debug", "a-name"), "{said}");
    }
    assert!(lines.windows(2).all(|two| two[0].time <= two[1].time), "{said}");
    assert!(lines.iter().all(|line| line.process == lines[0].process), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}

/// Nothing is said of what was not asked for; a word that is none is told once.
#[test]
fn levels() {
    let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
    let words =
        "libmosquitto: MOSQUITTO_LOG must be one of none, error, warning, notice, info, debug\n";
    let cases = [
        (None, ""),
        (Some(""), ""),
        (Some("none"), ""),
        (Some("error"), ""),
        (Some("warning"), ""),
        (Some("all"), words),
    ];
    for (value, expected) in cases {
        let output = publish(&broker, value, &[]);
        assert_eq!(String::from_utf8_lossy(&output.stderr), expected, "{value:?}");
    }
}

/// The program's own log callback gets what it always gets.
#[test]
fn the_log_callback_of_the_program_stays() {
    let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
    let quiet = publish(&broker, None, &["-i", "a-name", "-d"]);
    let loud = publish(&broker, Some("debug"), &["-i", "a-name", "-d"]);
    assert!(String::from_utf8_lossy(&quiet.stdout).contains("Client a-name sending CONNECT\n"));
    assert_eq!(quiet.stdout, loud.stdout);
    let said = String::from_utf8_lossy(&loud.stderr).into_owned();
    assert_eq!(said.lines().count(), PUBLISHING.len(), "{said}");
}

/// A program that runs with the rights of another user is not told what to write by the user who starts it.
#[test]
fn setuid_programs_ignore_it() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let library = Library::Ours.file();
    let library = library.to_str().expect("a UTF-8 path");
    let parent = Path::new(library).parent().expect("a directory").display();
    let link = directory.path().join("libmosquitto.so.1");
    std::os::unix::fs::symlink(library, &link).expect("a symbolic link");
    // Such a program is not told where its libraries are either: it has to know.
    let rpath = format!("-Wl,-rpath,{}:{parent}", directory.path().display());
    let source = root().join("examples/hello.c");
    let program = compile(&source, Headers::Ours, &[library, &rpath], directory.path());
    let program = program.expect("it compiles");
    let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
    let start = || {
        let mut command = Command::new(&program);
        command.args(["127.0.0.1", &broker.address().port().to_string()]);
        command.env("MOSQUITTO_LOG", "debug").output().expect("it starts")
    };
    assert!(String::from_utf8_lossy(&start().stderr).contains("sending CONNECT"));

    const NOBODY: u32 = 65_534;
    let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    open(directory.path(), 0o755).expect("our own directory");
    if chown(&program, Some(NOBODY), None).is_err() {
        println!("passed over: only root can make a program that runs as somebody else");
        return;
    }
    open(&program, 0o4755).expect("our own program");
    let output = start();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if stderr.contains("error while loading shared libraries") {
        println!("passed over: nobody may not read {library}");
        return;
    }
    assert_eq!(String::from_utf8_lossy(&output.stdout), "published\n", "{stderr}");
    if !stderr.is_empty() && !is_effective(directory.path()) {
        println!(
            "passed over: programs in {} do not run as their owner",
            directory.path().display()
        );
        return;
    }
    assert_eq!(stderr, "");
}

/// Whether the bit that makes a program run as its owner counts below `directory`.
fn is_effective(directory: &Path) -> bool {
    let id = directory.join("id");
    fs::copy("/usr/bin/id", &id).expect("id");
    chown(&id, Some(65_534), None).expect("root may");
    fs::set_permissions(&id, fs::Permissions::from_mode(0o4755)).expect("root may");
    let output = Command::new(&id).arg("-u").output().expect("id starts");
    String::from_utf8_lossy(&output.stdout).trim() == "65534"
}

/// One message at QoS 1 by Debian's `mosquitto_pub`, which must work.
fn publish(broker: &EmbeddedBroker, value: Option<&str>, options: &[&str]) -> Output {
    let loader = LoaderPath::new(Library::Ours);
    let mut command = Command::new("mosquitto_pub");
    command.args(["-h", "127.0.0.1", "-p", &broker.address().port().to_string()]);
    command.args(["-q", "1", "-t", "a/topic", "-m", "hello"]).args(options);
    command.env("LD_LIBRARY_PATH", loader.path()).env_remove("MOSQUITTO_LOG");
    command.envs(value.map(|value| ("MOSQUITTO_LOG", value)));
    let output = command.output().expect("mosquitto_pub: apt-get install mosquitto-clients");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A line taken apart.
struct Line<'a> {
    time: &'a str,
    process: &'a str,
    level: &'a str,
    name: &'a str,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn parse(line: &'a str, all: &str) -> Line<'a> {
        let fields: Vec<&str> = line.splitn(4, ' ').collect();
        let [time, process, level, rest] = fields[..] else { panic!("{line}: {all}") };
        let (name, text) = rest.split_once(": ").unwrap_or_else(|| panic!("{line}: {all}"));
        assert!(time.len() == 27 && time.ends_with('Z'), "{time}");
        assert!(process.parse::<u32>().is_ok(), "{process}");
        Line { time, process, level, name, text }
    }
}
