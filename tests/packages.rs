//! The Debian packages, in a scratch root with a package database of its own: installed in place of the distribution's
//! library or beside it, used by Debian's clients, removed again, and everything is as it was.
//!
//! The distribution's packages in that root are made from the files that are installed on this machine, so that nothing
//! has to be downloaded.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use support::c_program::{Headers, Running, compile, root};
use support::clients::LIMIT;
use support::embedded_broker::EmbeddedBroker;
use support::library::Library;

/// The distribution's packages that the drop-in takes the place of, or that need what it replaces.
const THEIRS: [&str; 3] = ["libmosquitto1", "libmosquitto-dev", "mosquitto-clients"];

const DROP_IN: [&str; 2] = ["libmosquitto-rs1", "libmosquitto-rs-dev"];
const BESIDE: &str = "libmosquitto-rs-try";

#[test]
fn installed_used_and_removed() {
    let Some(scratch) = Scratch::with_the_distributions_packages() else { return };
    scratch.assert_loads("usr/bin/mosquitto_sub", Library::Theirs, &[]);
    in_place_of_the_distributions_library(&scratch);
    beside_the_distributions_library(&scratch);
    packages_built_against_it_depend_on_what_they_use(&scratch);
}

fn in_place_of_the_distributions_library(scratch: &Scratch) {
    let before = scratch.files();

    // dpkg takes the distribution's packages away by itself, because ours say that they replace them.
    scratch.dpkg(&["--install", &scratch.ours(DROP_IN[0]), &scratch.ours(DROP_IN[1])]);
    assert_eq!(scratch.state("libmosquitto1"), None);
    assert_eq!(scratch.state("libmosquitto-dev"), None);
    assert_eq!(scratch.state("mosquitto-clients").as_deref(), Some("install ok installed"));
    scratch.dpkg(&["--audit"]);
    scratch.assert_loads("usr/bin/mosquitto_sub", Library::Ours, &[]);
    let header = scratch.root().join("usr/include/mosquitto/extensions.h");
    assert!(header.exists(), "{}", header.display());

    // As `apt-get install libmosquitto1` does: ours go, theirs come back.
    scratch.dpkg(&["--force-depends", "--remove", DROP_IN[0], DROP_IN[1]]);
    scratch.dpkg(&["--install", &scratch.theirs(THEIRS[0]), &scratch.theirs(THEIRS[1])]);
    scratch.dpkg(&["--audit"]);
    scratch.assert_loads("usr/bin/mosquitto_sub", Library::Theirs, &[]);
    assert_eq!(scratch.files(), before);
}

fn beside_the_distributions_library(scratch: &Scratch) {
    let before = scratch.files();
    scratch.dpkg(&["--install", &scratch.ours(BESIDE)]);
    scratch.assert_loads("usr/bin/mosquitto_sub", Library::Theirs, &[]);

    // The launcher names the directory where the package really puts things; here that is below the scratch root.
    let launcher = scratch.root().join("usr/bin/with-libmosquitto-rs");
    let text = fs::read_to_string(&launcher).expect("the launcher");
    let moved =
        text.replace("directory=/usr", &format!("directory={}/usr", scratch.root().display()));
    let here = scratch.work.path().join("with-libmosquitto-rs");
    fs::write(&here, moved).expect("a file");
    let here = here.to_str().expect("a UTF-8 path").to_owned();
    scratch.assert_loads("usr/bin/mosquitto_sub", Library::Ours, &["sh", &here, "--log=error"]);

    scratch.dpkg(&["--remove", BESIDE]);
    assert_eq!(scratch.files(), before);
}

/// A program that uses what the original has can be installed with either library, another one needs ours.
fn packages_built_against_it_depend_on_what_they_use(scratch: &Scratch) {
    let build = scratch.work.path().join("build");
    let unpacked = build.join("debian/libmosquitto-rs1");
    fs::create_dir_all(&unpacked).expect("a directory");
    run(Command::new("dpkg-deb").arg("-R").arg(scratch.ours(DROP_IN[0])).arg(&unpacked));
    fs::write(build.join("debian/control"), "Source: x\n\nPackage: x\nArchitecture: any\n")
        .expect("a file");
    let library = unpacked.join(libraries()).join("libmosquitto.so.1");
    let cases = [
        ("mosquitto_lib_init()", "libmosquitto1 (>= 1.0)"),
        ("mosquitto_property_type(NULL)", "libmosquitto1 (>= 2.1.0)"),
        ("mosquitto_x_version()", "libmosquitto-rs1 (>= 2.1.2), libmosquitto1 (>= 1.0)"),
    ];
    for (call, expected) in cases {
        let source = build.join("program.c");
        let includes = "#include <mosquitto.h>\n#include <mosquitto/extensions.h>\n";
        fs::write(&source, format!("{includes}int main(void) {{ {call}; return 0; }}\n"))
            .expect("a file");
        let file = library.to_str().expect("a UTF-8 path");
        let program = compile(&source, Headers::Ours, &[file], &build).expect("it compiles");
        let mut command = Command::new("dpkg-shlibdeps");
        let program = format!("-e{}", program.display());
        let said = output(command.args(["-O", &program]).current_dir(&build));
        let depends = said.trim().strip_prefix("shlibs:Depends=").expect("a list");
        let ours: Vec<&str> = depends.split(", ").filter(|one| one.contains("mosquitto")).collect();
        assert_eq!(ours.join(", "), expected, "{call}");
    }
}

/// The symbols file has every symbol of the distribution's, with the same version, and is what the library exports.
#[test]
fn the_symbols_file_is_complete() {
    let ours = fs::read_to_string(root().join("packaging/debian/symbols")).expect("our file");
    let listed: Vec<&str> = ours.lines().filter(|line| line.starts_with(' ')).collect();
    let output =
        Command::new("dpkg-query").args(["--control-show", "libmosquitto1", "symbols"]).output();
    let Ok(output) = output else {
        println!("passed over: there is no dpkg");
        return;
    };
    let theirs = String::from_utf8_lossy(&output.stdout).into_owned();
    let theirs = theirs.lines().filter(|line| line.starts_with(' '));
    let missing: Vec<&str> = theirs.filter(|line| !listed.contains(line)).collect();
    assert!(missing.is_empty(), "{missing:#?}");

    let map = fs::read_to_string(root().join("src/ffi/exports.map")).expect("exports.map");
    let exported = map.lines().map(str::trim).filter_map(|line| line.strip_suffix(';'));
    let mut exported: Vec<&str> =
        exported.filter(|name| name.starts_with("mo") || name.starts_with("MO")).collect();
    let mut named: Vec<&str> = listed
        .iter()
        .filter_map(|line| line.trim().split_once('@'))
        .map(|(name, _)| name)
        .collect();
    exported.sort_unstable();
    named.sort_unstable();
    assert_eq!(named, exported);
}

/// A root with a package database, and the packages to install in it.
struct Scratch {
    work: tempfile::TempDir,
    packages: PathBuf,
}

impl Scratch {
    /// A root in which the distribution's packages are installed; `None`, said aloud, where there is no Debian.
    fn with_the_distributions_packages() -> Option<Scratch> {
        for tool in ["dpkg", "dpkg-shlibdeps", "dpkg-parsechangelog", "fakeroot"] {
            if Command::new(tool).arg("--version").output().is_err() {
                println!("passed over: {tool} is not installed");
                return None;
            }
        }
        if !Command::new("dpkg-query")
            .arg("--show")
            .args(THEIRS)
            .output()
            .is_ok_and(|o| o.status.success())
        {
            println!("passed over: not all of {THEIRS:?} are installed as packages");
            return None;
        }
        let work = tempfile::tempdir().expect("a temporary directory");
        let packages = work.path().join("packages");
        for directory in ["packages", "root/var/lib/dpkg/info", "root/var/lib/dpkg/updates"] {
            fs::create_dir_all(work.path().join(directory)).expect("a directory");
        }
        let scratch = Scratch { work, packages };
        let library = Library::Ours.file();
        run(Command::new(root().join("packaging/debian/build.sh"))
            .arg(&library)
            .arg(library.with_extension("a"))
            .arg(&scratch.packages)
            .env("COMPRESSION", "none"));
        let theirs: Vec<String> = THEIRS.iter().map(|package| scratch.repack(package)).collect();
        let mut needed = vec!["libmosquitto-rs1".to_owned()];
        needed.extend(THEIRS.map(str::to_owned));
        scratch.pretend(&needed);
        let install: Vec<&str> =
            std::iter::once("--install").chain(theirs.iter().map(String::as_str)).collect();
        scratch.dpkg(&install);
        Some(scratch)
    }

    fn root(&self) -> PathBuf {
        self.work.path().join("root")
    }

    /// The file of one of our packages.
    fn ours(&self, package: &str) -> String {
        self.find(&format!("{package}_"))
    }

    /// The file of one of the distribution's.
    fn theirs(&self, package: &str) -> String {
        self.find(&format!("{package}.deb"))
    }

    fn find(&self, start: &str) -> String {
        let entries = fs::read_dir(&self.packages).expect("the packages");
        let paths = entries.map(|entry| entry.expect("a directory entry").path());
        let is_it = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start))
        };
        let mut found = paths.filter(is_it);
        let file = found.next().unwrap_or_else(|| panic!("no package {start}"));
        file.to_str().expect("a UTF-8 path").to_owned()
    }

    /// Makes a package again from the installed files.
    fn repack(&self, package: &str) -> String {
        let files = query(&["--listfiles", package]);
        let tree = self.work.path().join(package);
        fs::create_dir_all(tree.join("DEBIAN")).expect("a directory");
        for file in files.lines().filter(|file| *file != "/.") {
            let (from, to) = (Path::new(file), tree.join(file.trim_start_matches('/')));
            // Documentation may have been left out on this machine.
            let Ok(metadata) = fs::symlink_metadata(from) else { continue };
            if metadata.is_dir() {
                fs::create_dir_all(to).expect("a directory");
            } else if metadata.is_symlink() {
                std::os::unix::fs::symlink(fs::read_link(from).expect("a link"), to)
                    .expect("a link");
            } else {
                fs::copy(from, to).expect("a copy");
            }
        }
        let status = query(&["--status", package]);
        let left_out = ["Status:", "Conffiles:"];
        let control =
            status.lines().filter(|line| !left_out.iter().any(|start| line.starts_with(start)));
        let control: Vec<&str> = control.collect();
        fs::write(tree.join("DEBIAN/control"), control.join("\n") + "\n").expect("a file");
        let file = self.packages.join(format!("{package}.deb"));
        run(Command::new("dpkg-deb")
            .args(["--root-owner-group", "-Znone", "--build"])
            .arg(&tree)
            .arg(&file));
        file.to_str().expect("a UTF-8 path").to_owned()
    }

    /// Enters what these packages depend on, besides each other, into the database, in the versions of this machine.
    fn pretend(&self, packages: &[String]) {
        let mut status = String::new();
        let mut entered = vec!["libmosquitto1".to_owned(), "libmosquitto-rs1".to_owned()];
        for package in packages {
            let file = if package.starts_with("libmosquitto-rs") {
                self.ours(package)
            } else {
                self.theirs(package)
            };
            let depends = output(Command::new("dpkg-deb").args(["--field", &file, "Depends"]));
            for needed in depends.split([',', '|']) {
                let name = needed.trim().split([' ', '(']).next().unwrap_or_default().to_owned();
                if name.is_empty() || entered.contains(&name) {
                    continue;
                }
                let fields = "Package: ${Package}\nStatus: install ok installed\nArchitecture: ${Architecture}\n\
                              Multi-Arch: same\nVersion: ${Version}\nMaintainer: nobody\nDescription: none\n\n";
                status += &query(&["--show", &format!("--showformat={fields}"), &name]);
                let architecture = query(&["--show", "--showformat=${Architecture}", &name]);
                for list in ["list", "md5sums"] {
                    let file = format!("var/lib/dpkg/info/{name}:{architecture}.{list}");
                    fs::write(self.root().join(file), "").expect("a file");
                }
                entered.push(name);
            }
        }
        fs::write(self.root().join("var/lib/dpkg/status"), status).expect("a file");
    }

    /// Runs dpkg on the root; without rights of its own, as if it had them.
    fn dpkg(&self, arguments: &[&str]) {
        let output = Command::new("fakeroot")
            .args(["dpkg", "--force-not-root", "--force-script-chrootless", "--force-unsafe-io"])
            .arg(format!("--root={}", self.root().display()))
            .args(arguments)
            .env("PATH", format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default()))
            .env("DPKG_COLORS", "never")
            .output()
            .expect("fakeroot");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "dpkg {arguments:?}: {said}");
        if arguments == ["--audit"] {
            assert_eq!(said, "");
        }
    }

    /// The state of a package, `None` if it is not there.
    fn state(&self, package: &str) -> Option<String> {
        let admindir = format!("--admindir={}", self.root().join("var/lib/dpkg").display());
        let output = Command::new("dpkg-query")
            .args([&admindir, "--show", "--showformat=${Status}", package])
            .output()
            .expect("dpkg-query");
        let state = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success() && state.ends_with(" installed")).then_some(state)
    }

    /// Every file of the packages, with what is in it; the database is not a part of them.
    fn files(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        let mut found = BTreeMap::new();
        let mut left = vec![self.root().join("usr")];
        while let Some(next) = left.pop() {
            for entry in fs::read_dir(&next).expect("a directory") {
                let path = entry.expect("a directory entry").path();
                let metadata = fs::symlink_metadata(&path).expect("a file");
                let content = if metadata.is_symlink() {
                    fs::read_link(&path).expect("a link").into_os_string().into_encoded_bytes()
                } else if metadata.is_dir() {
                    left.push(path.clone());
                    Vec::new()
                } else {
                    fs::read(&path).expect("a file")
                };
                found.insert(path, (metadata.mode(), content));
            }
        }
        found
    }

    /// Runs `program` of the root, behind `launcher`, until it has a message, and looks which library it has loaded.
    fn assert_loads(&self, program: &str, expected: Library, launcher: &[&str]) {
        let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
        let port = broker.address().port().to_string();
        let at = ["-h", "127.0.0.1", "-p", &port, "-t", "packages/test"];
        let libraries = self.root().join(libraries());
        let program = self.root().join(program).to_str().expect("a UTF-8 path").to_owned();
        let mut words: Vec<&str> = launcher.iter().copied().chain([program.as_str()]).collect();
        let mut command = Command::new(words.remove(0));
        command.args(words).args(at).args(["-v", "-C", "2"]);
        command.env("LD_LIBRARY_PATH", &libraries);
        let subscriber = Running::start(&mut command, Arc::default()).expect("it starts");
        let publish = |text: &str| {
            let publisher = self.root().join("usr/bin/mosquitto_pub");
            let mut command = Command::new(publisher);
            command.args(at).args(["-r", "-q", "1", "-m", text]);
            run(command.env("LD_LIBRARY_PATH", &libraries));
        };
        publish("one");
        subscriber.stdout.wait_for("packages/test one", LIMIT).expect("the message arrives");
        let maps =
            fs::read_to_string(format!("/proc/{}/maps", subscriber.id())).expect("its memory");
        let loaded =
            maps.lines().find(|line| line.contains("/libmosquitto.so")).expect("a library");
        assert!(loaded.contains(&*self.root().to_string_lossy()), "{loaded}");
        let ours = format!("libmosquitto.so.{}", env!("CARGO_PKG_VERSION"));
        assert_eq!(loaded.contains(&ours), expected == Library::Ours, "{loaded}");
        publish("two");
        let (stdout, stderr) = (subscriber.stdout.clone(), subscriber.stderr.clone());
        let status = subscriber.finish(LIMIT).expect("it ends");
        assert!(status.success(), "{}", stderr.text());
        assert_eq!(stdout.text(), "packages/test one\npackages/test two\n");
    }
}

/// Where Debian has libraries.
fn libraries() -> String {
    format!("usr/lib/{}-linux-gnu", std::env::consts::ARCH)
}

/// What dpkg-query says of this machine's packages.
fn query(arguments: &[&str]) -> String {
    output(Command::new("dpkg-query").args(arguments))
}

fn run(command: &mut Command) {
    output(command);
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {stderr}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
