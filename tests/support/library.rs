//! Where the two libraries are: ours as cargo built it, and the distribution's libmosquitto 2.0.11.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::c_program::{Headers, compiler};

/// One of the two libraries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    /// The `cdylib` of this package.
    Ours,
    /// Eclipse's libmosquitto of the distribution (Debian package libmosquitto1).
    Theirs,
}

impl Library {
    /// `ours` or `theirs`.
    pub fn name(self) -> &'static str {
        match self {
            Library::Ours => "ours",
            Library::Theirs => "theirs",
        }
    }

    /// The file itself.
    pub fn file(self) -> PathBuf {
        match self {
            Library::Ours => ours(),
            Library::Theirs => theirs(),
        }
    }

    /// The libraries to test with: both, or the one that `MOSQUITTO_TEST_LIBRARY` names (`ours` or `theirs`), for work
    /// on the tests themselves.
    pub fn selected() -> Vec<Library> {
        match std::env::var("MOSQUITTO_TEST_LIBRARY").as_deref() {
            Ok("ours") => vec![Library::Ours],
            Ok("theirs") => vec![Library::Theirs],
            Ok(other) => panic!("MOSQUITTO_TEST_LIBRARY={other}: neither ours nor theirs"),
            Err(_) => vec![Library::Theirs, Library::Ours],
        }
    }

    /// Whether [`Library::selected`] has it.
    pub fn is_selected(self) -> bool {
        Library::selected().contains(&self)
    }
}

/// A directory for `LD_LIBRARY_PATH` in which a library has the name that programs ask for.
pub struct LoaderPath {
    directory: tempfile::TempDir,
    preload: Option<PathBuf>,
}

impl LoaderPath {
    /// Makes the directory.
    pub fn new(library: Library) -> LoaderPath {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let link = directory.path().join("libmosquitto.so.1");
        std::os::unix::fs::symlink(library.file(), link).expect("a symbolic link");
        LoaderPath { directory, preload: None }
    }

    /// The same with a shared object, made of this C source, that is loaded before all others.
    pub fn preloading(mut self, source: &Path) -> LoaderPath {
        let object = self.path().join("preload.so");
        let mut command = compiler(source, Headers::Ours);
        let output = command.args(["-shared", "-fPIC", "-ldl", "-o"]).arg(&object).output();
        let output = output.expect("a C compiler");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.preload = Some(object);
        self
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Lets a program find the library. `MOSQUITTO_TEST_PRELOAD` may name what the library needs in a program that was
    /// not built for it: the runtime of a sanitizer.
    pub fn apply(&self, command: &mut Command) {
        command.env("LD_LIBRARY_PATH", self.path());
        let runtime = std::env::var_os("MOSQUITTO_TEST_PRELOAD").map(PathBuf::from);
        let objects: Vec<_> = runtime.iter().chain(&self.preload).map(|o| o.as_os_str()).collect();
        if !objects.is_empty() {
            command.env("LD_PRELOAD", objects.join(OsStr::new(":")));
        }
    }
}

/// The file that `MOSQUITTO_TEST_FILE` names, such as the release library; else the one of this build: cargo leaves the
/// `cdylib` beside the test executables, a `cargo build` also one directory up.
fn ours() -> PathBuf {
    if let Some(file) = std::env::var_os("MOSQUITTO_TEST_FILE") {
        return Path::new(&file).canonicalize().expect("MOSQUITTO_TEST_FILE exists");
    }
    let exe = std::env::current_exe().expect("the test's own path");
    let deps = exe.parent().expect("a directory");
    let built = [deps.join("libmosquitto.so"), deps.join("../libmosquitto.so")];
    let found = built.iter().find(|file| file.exists());
    found
        .unwrap_or_else(|| panic!("cargo built no libmosquitto.so in {}", deps.display()))
        .canonicalize()
        .expect("an existing file")
}

fn theirs() -> PathBuf {
    let multiarch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let dirs = [multiarch.as_str(), "/usr/lib64", "/usr/lib"];
    let found = dirs.iter().map(|dir| Path::new(dir).join("libmosquitto.so.1"));
    found.into_iter().find(|file| file.exists()).unwrap_or_else(|| {
        panic!("no libmosquitto.so.1 in {dirs:?}: install libmosquitto1 and libmosquitto-dev")
    })
}
