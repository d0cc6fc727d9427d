//! The programs of `examples/`: built as their readers build them, from an installed library by `pkg-config` and by CMake,
//! and run against a broker.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a clock limits what a test waits for"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::ops::Range;
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use support::c_program::{Running, root};
use support::clients::LIMIT;
use support::embedded_broker::EmbeddedBroker;
use support::library::Library;
use support::prefix::Prefix;
use support::real_broker::RealBroker;
use support::scripted_broker::Output;
use support::tls_broker::TlsBroker;

/// Longest example, in lines: it is to be read at a glance.
const LONGEST: usize = 120;

type Scene = fn(&Shop);

/// What each program is put through; some need a partner.
const SCENES: [(&[&str], Scene); 12] = [
    (&["hello"], hello),
    (&["publish", "subscribe"], publish_and_subscribe),
    (&["request", "respond"], request_and_respond),
    (&["tls"], tls),
    (&["websocket"], websocket),
    (&["threads"], threads),
    (&["presence"], presence),
    (&["session"], session),
    (&["worker"], worker),
    (&["dlopen"], dlopen),
    (&["libuv"], libuv),
    (&["epoll"], epoll),
];

/// What a program needs besides the library, as `pkg-config` and the compiler know it.
const NEEDS: [(&str, &str, &[&str]); 3] =
    [("libuv", "libuv", &[]), ("dlopen", "", &["-ldl"]), ("threads", "", &["-pthread"])];

/// Clients in other languages: the program that runs them, the file, and the directory of what it imports.
const FOREIGN: [(&str, &str, Option<&str>); 3] = [
    ("python3", "ctypes_client.py", None),
    ("luajit", "luajit_client.lua", None),
    ("node", "koffi_client.js", Some("examples_node")),
];

#[test]
fn every_example_is_short_and_has_its_scene() {
    let mut sources = BTreeSet::new();
    for entry in fs::read_dir(root().join("examples")).expect("examples/") {
        let path = entry.expect("a directory entry").path();
        let text = fs::read_to_string(&path).expect("a text file");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let lock = name == "package-lock.json";
        assert!(lock || text.lines().count() < LONGEST, "{name}: {} lines", text.lines().count());
        if let Some(program) = name.strip_suffix(".c") {
            sources.insert(program.to_owned());
        }
    }
    let scenes: BTreeSet<String> =
        SCENES.iter().flat_map(|(names, _)| names.iter()).map(|name| (*name).to_owned()).collect();
    assert_eq!(sources, scenes);
}

#[test]
fn built_by_pkg_config() {
    let prefix = Prefix::install();
    let mut programs = BTreeMap::new();
    for name in SCENES.iter().flat_map(|(names, _)| names.iter().copied()) {
        let (package, more) = NEEDS
            .iter()
            .find(|(needing, ..)| *needing == name)
            .map_or(("", [].as_slice()), |(_, package, more)| (*package, *more));
        let Some(other) = other_package(package) else {
            println!("passed over: {name}.c, there is no {package}");
            continue;
        };
        // A program that loads the library itself is not linked with it.
        let options: &[&str] = match name {
            "dlopen" => &["--cflags", "libmosquitto"],
            _ => &["--cflags", "--libs", "libmosquitto"],
        };
        let more: Vec<&str> =
            more.iter().copied().chain(other.iter().map(String::as_str)).collect();
        let source = root().join("examples").join(format!("{name}.c"));
        programs.insert(name, prefix.compile(&source, options, &more));
    }
    Shop::open(programs, &prefix).run_all();
}

#[test]
fn built_by_cmake() {
    let prefix = Prefix::install();
    if Command::new("cmake").arg("--version").output().is_err() {
        println!("passed over: cmake is not installed");
        return;
    }
    let build = prefix.path().join("build");
    run(Command::new("cmake")
        .args(["-S", "examples", "-B"])
        .arg(&build)
        .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.path().display()))
        .current_dir(root()));
    run(Command::new("cmake").arg("--build").arg(&build));
    let names = SCENES.iter().flat_map(|(names, _)| names.iter().copied());
    let programs = names.map(|name| (name, build.join(name))).filter(|(_, file)| file.exists());
    Shop::open(programs.collect(), &prefix).run_all();
}

#[test]
fn in_other_languages() {
    let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
    let port = broker.address().port().to_string();
    for (interpreter, file, imports) in FOREIGN {
        let imports = imports.map(|name| beside_the_build(name).join("node_modules"));
        let missing = imports.as_ref().is_some_and(|directory| !directory.exists());
        if missing || Command::new(interpreter).arg("-v").stdin(Stdio::null()).output().is_err() {
            println!("passed over: {file}, {interpreter} or what it imports is not installed");
            continue;
        }
        let mut command = Command::new(interpreter);
        command.arg(root().join("examples").join(file)).arg(Library::Ours.file());
        command.args(["127.0.0.1", &port]).env("PYTHONDONTWRITEBYTECODE", "1");
        if let Some(imports) = imports {
            command.env("NODE_PATH", imports);
        }
        let running = Running::start(&mut command, Default::default()).expect("it starts");
        let (stdout, stderr) = (running.stdout.clone(), running.stderr.clone());
        let status = running.finish(LIMIT);
        let ok = status.as_ref().is_ok_and(std::process::ExitStatus::success);
        assert!(ok, "{file}: {status:?}: {}", stderr.text());
        assert_eq!(stdout.text(), "greeting: hello\n", "{file}");
    }
}

fn hello(shop: &Shop) {
    shop.start("hello", &["127.0.0.1", &shop.port]).prints("published\n");
}

fn publish_and_subscribe(shop: &Shop) {
    let subscriber = shop.start("subscribe", &["127.0.0.1", &shop.port, "both/#", "3"]);
    subscriber.wait_for("subscribed");
    let publisher = shop.start("publish", &["127.0.0.1", &shop.port, "both/greeting"]);
    assert!(publisher.ends().ends_with("all 3 complete\n"));
    let received = subscriber.ends();
    for qos in 0..=2 {
        assert!(received.contains(&format!("QoS {qos}: hello at QoS {qos}\n")), "{received}");
    }
}

fn request_and_respond(shop: &Shop) {
    let responder = shop.start("respond", &["127.0.0.1", &shop.port, "capitals", "2"]);
    responder.wait_for("ready");
    for (question, answer) in [("hello", "requester: HELLO\n"), ("there", "requester: THERE\n")] {
        shop.start("request", &["127.0.0.1", &shop.port, "capitals", question]).prints(answer);
    }
    responder.prints("responder: ready (1)\n");
}

fn tls(shop: &Shop) {
    let broker = TlsBroker::start();
    let port = broker.strict_port().to_string();
    let own = [broker.client.certificate(), broker.client.key()];
    let args = ["localhost", &port, broker.ca(), own[0], own[1]];
    shop.start("tls", &args).prints("published over TLS\n");
    // An authority that has not issued the server's certificate.
    let strangers = ["localhost", &port, own[0], own[0], own[1]];
    let said = shop.start("tls", &strangers).fails();
    assert!(said.contains("certificate verify failed"), "{said}");
}

fn websocket(shop: &Shop) {
    let broker = RealBroker::start_with(1, |ports| {
        format!("listener {} 127.0.0.1\nprotocol websockets", ports[0])
    });
    let port = broker.more_ports()[0].to_string();
    shop.start("websocket", &["127.0.0.1", &port, "/mqtt"])
        .prints("published through a WebSocket\n");
}

fn threads(shop: &Shop) {
    let args = ["127.0.0.1", &shop.port, "threads/topic", "4", "250"];
    shop.start("threads", &args).prints("4 threads published 1000 messages\n");
}

fn presence(shop: &Shop) {
    let watcher = shop.start("subscribe", &["127.0.0.1", &shop.port, "presence/#", "4"]);
    watcher.wait_for("subscribed");
    let killed = shop.start("presence", &["127.0.0.1", &shop.port, "presence/killed"]);
    killed.wait_for("told");
    killed.running.kill();
    watcher.wait_for("presence/killed, QoS 1: offline");
    let mut ended = shop.start("presence", &["127.0.0.1", &shop.port, "presence/ended"]);
    ended.wait_for("told");
    drop(ended.stdin.take());
    assert_eq!(ended.ends(), "told\ntold\n");
    let told = watcher.ends();
    let lines: Vec<&str> = told.lines().skip(1).collect();
    let expected = [
        "killed, QoS 1: online",
        "killed, QoS 1: offline",
        "ended, QoS 1: online",
        "ended, QoS 1: offline",
    ];
    assert_eq!(lines, expected.map(|line| format!("subscriber: presence/{line}")));
}

fn session(shop: &Shop) {
    let args = |count| ["127.0.0.1", &shop.port, "session-example", "session/#", count];
    shop.start("session", &args("0")).prints("the server does not know us\n");
    // While it is away.
    shop.start("publish", &["127.0.0.1", &shop.port, "session/kept"]).ends();
    let expected =
        "the server knows us\nsession/kept: hello at QoS 1\nsession/kept: hello at QoS 2\n";
    shop.start("session", &args("2")).prints(expected);
}

/// A group of processes that loses one and gets another: each job is done once, by whoever is there.
fn worker(shop: &Shop) {
    let broker = RealBroker::start("");
    let port = broker.port().to_string();
    let start = || {
        let worker = shop.start("worker", &["127.0.0.1", &port, "crew", "jobs"]);
        worker.wait_for("ready");
        worker
    };
    let publish = |topic: &str, text: &str| {
        let to = ["-h", "127.0.0.1", "-p", &port, "-q", "1", "-t", topic, "-m", text];
        run(Command::new("mosquitto_pub").args(to));
    };
    let mut workers: Vec<Example> = (0..3).map(|_| start()).collect();
    let output = |worker: &Example| worker.running.stdout.clone();
    let mut outputs: Vec<Arc<Output>> = workers.iter().map(output).collect();
    let work_off = |jobs: Range<u32>, outputs: &[Arc<Output>]| {
        jobs.clone().for_each(|job| publish("jobs/one", &format!("{job:02}")));
        let done = || -> usize { outputs.iter().map(|output| jobs_in(&output.text()).len()).sum() };
        let deadline = Instant::now() + LIMIT;
        while done() < jobs.end as usize && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    work_off(0..9, &outputs);
    workers.remove(0).running.kill();
    workers.push(start());
    outputs.extend(workers.last().map(output));
    work_off(9..18, &outputs);
    publish("crew/stop", "now");
    workers.into_iter().for_each(|worker| drop(worker.ends()));
    let done: Vec<Vec<String>> = outputs.iter().map(|output| jobs_in(&output.text())).collect();
    assert!(done.iter().all(|jobs| !jobs.is_empty()), "one had nothing to do: {done:?}");
    let mut done = done.concat();
    done.sort_unstable();
    let jobs: Vec<String> = (0..18).map(|job| format!("{job:02}")).collect();
    assert_eq!(done, jobs, "each job once");
}

fn jobs_in(text: &str) -> Vec<String> {
    text.lines().filter_map(|line| line.strip_prefix("job ")).map(str::to_owned).collect()
}

fn dlopen(shop: &Shop) {
    let version = concat!("libmosquitto-rs ", env!("CARGO_PKG_VERSION"), "\npublished\n");
    let file = shop.lib.join("libmosquitto.so.1");
    let file = file.to_str().expect("a UTF-8 path");
    shop.start("dlopen", &[file, "127.0.0.1", &shop.port]).prints(version);
    let said = shop.start("dlopen", &["libnone.so.1", "127.0.0.1", &shop.port]).fails();
    assert!(said.contains("libnone.so.1"), "{said}");
}

fn libuv(shop: &Shop) {
    let program = shop.start("libuv", &["127.0.0.1", &shop.port, "uv/#", "3"]);
    program.wait_for("subscribed");
    shop.start("publish", &["127.0.0.1", &shop.port, "uv/greeting"]).ends();
    let hello = |qos| format!("uv/greeting: hello at QoS {qos}\n");
    program.prints(&format!("subscribed (1)\n{}{}{}", hello(0), hello(1), hello(2)));
}

fn epoll(shop: &Shop) {
    let mut program = shop.start("epoll", &["127.0.0.1", &shop.port, "epoll/line"]);
    program.wait_for("subscribed");
    let mut stdin = program.stdin.take().expect("its input");
    for line in ["first", "second"] {
        stdin.write_all(format!("{line}\n").as_bytes()).expect("it reads"); // at once: it publishes what it reads
        program.wait_for(line);
    }
    drop(stdin);
    program.prints("subscribed (1)\nepoll/line: first\nepoll/line: second\n");
}

/// The built programs, the library they run on and the broker they talk to.
struct Shop {
    programs: BTreeMap<&'static str, PathBuf>,
    lib: PathBuf,
    port: String,
}

impl Shop {
    fn open(programs: BTreeMap<&'static str, PathBuf>, prefix: &Prefix) -> Shop {
        let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
        Shop { programs, lib: prefix.lib(), port: broker.address().port().to_string() }
    }

    /// Every scene whose programs could be built.
    fn run_all(&self) {
        for (names, scene) in SCENES {
            if names.iter().all(|name| self.programs.contains_key(name)) {
                scene(self);
            }
        }
    }

    fn start(&self, name: &'static str, arguments: &[&str]) -> Example {
        let mut child = Command::new(&self.programs[name])
            .args(arguments)
            .env("LD_LIBRARY_PATH", &self.lib)
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        let stdin = child.stdin.take();
        Example { name, stdin, running: Running::watch(child, Default::default()) }
    }
}

/// A program that runs. Its input ends with it.
struct Example {
    name: &'static str,
    stdin: Option<ChildStdin>,
    running: Running,
}

impl Example {
    fn wait_for(&self, text: &str) {
        let waited = self.running.stdout.wait_for(text, LIMIT);
        assert!(waited.is_ok(), "{}: {waited:?}: {}", self.name, self.running.stderr.text());
    }

    /// It ends well; what it printed.
    fn ends(self) -> String {
        let name = self.name;
        let (ok, stdout, stderr) = self.finish();
        assert!(ok, "{name}: {stdout}{stderr}");
        assert_eq!(stderr, "", "{name}");
        stdout
    }

    fn prints(self, text: &str) {
        let name = self.name;
        assert_eq!(self.ends(), text, "{name}");
    }

    /// It ends, and not well; what it printed on stderr.
    fn fails(self) -> String {
        let name = self.name;
        let (ok, stdout, stderr) = self.finish();
        assert!(!ok, "{name}: {stdout}");
        stderr
    }

    fn finish(self) -> (bool, String, String) {
        let (stdout, stderr) = (self.running.stdout.clone(), self.running.stderr.clone());
        let status = self.running.finish(LIMIT);
        (status.is_ok_and(|status| status.success()), stdout.text(), stderr.text())
    }
}

/// What `pkg-config` says of another package; `None` if it is not there, nothing for no package.
fn other_package(name: &str) -> Option<Vec<String>> {
    if name.is_empty() {
        return Some(Vec::new());
    }
    let output = Command::new("pkg-config").args(["--cflags", "--libs", name]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(text.split_whitespace().map(str::to_owned).collect())
}

/// Where `scripts/install-test-needs.sh` puts what tests import: beside the directory of the build's profile.
fn beside_the_build(name: &str) -> PathBuf {
    let exe = std::env::current_exe().expect("the test's own path");
    exe.ancestors().nth(3).map(|target| target.join(name)).expect("a target directory")
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&said));
}
