//! `make install` and `make uninstall`: every file in its place, each way to find the library works, nothing stays behind.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use support::c_program::root;
use support::embedded_broker::EmbeddedBroker;
use support::library::Library;
use support::prefix::Prefix;

const SHARED: &[&str] = &["--cflags", "--libs", "libmosquitto"];
const STATIC: &[&str] = &["--static", "--cflags", "--libs", "libmosquitto"];

/// The library's file.
const REAL: &str = concat!("libmosquitto.so.", env!("CARGO_PKG_VERSION"));

/// The library's files and what the links among them point to; headers and manual pages are listed by their directories.
const FILES: [(&str, Option<&str>); 7] = [
    (REAL, None),
    ("libmosquitto.so.1", Some(REAL)),
    ("libmosquitto.so", Some("libmosquitto.so.1")),
    ("libmosquitto.a", None),
    ("pkgconfig/libmosquitto.pc", None),
    ("cmake/mosquitto/mosquittoConfig.cmake", None),
    ("cmake/mosquitto/mosquittoConfigVersion.cmake", None),
];

#[test]
fn every_file_is_in_its_place_and_goes_again() {
    let destination = tempfile::tempdir().expect("a temporary directory");
    let places = [
        format!("DESTDIR={}", destination.path().display()),
        "PREFIX=/opt/mqtt".to_owned(),
        "LIBDIR=/opt/mqtt/lib/somewhere".to_owned(),
        "INCLUDEDIR=/opt/headers".to_owned(),
        "MANDIR=/opt/manual".to_owned(),
    ];
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    let prefix = Prefix::install();
    prefix.make("install", &places);

    let mut expected = BTreeSet::new();
    for (name, target) in FILES {
        let path = format!("opt/mqtt/lib/somewhere/{name}");
        let link = fs::read_link(destination.path().join(&path)).ok();
        assert_eq!(link.as_deref(), target.map(Path::new), "{name}");
        expected.insert(path);
    }
    expected
        .extend(files(&root().join("include")).iter().map(|file| format!("opt/headers/{file}")));
    let pages = files(&root().join("man")).into_iter().filter(|file| file.ends_with(".3"));
    expected.extend(pages.map(|page| format!("opt/manual/man3/{page}")));
    let there = files(destination.path());
    let links = there.difference(&expected).cloned().collect::<BTreeSet<_>>();
    assert_eq!(expected.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(links.len(), 127, "a page by the name of every function: {links:?}");
    for link in links {
        let page = fs::canonicalize(destination.path().join(&link)).expect("a link to a page");
        let name = Path::new(&link).file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(page).expect("a page");
        assert!(text.lines().any(|line| line == format!(".SS {name}")), "{link}");
    }
    let installed = destination.path().join("opt/mqtt/lib/somewhere/libmosquitto.so");
    assert!(same(&installed, &Library::Ours.file()), "another library was installed");

    prefix.make("uninstall", &places);
    assert_eq!(files(destination.path()), BTreeSet::new());
    assert!(
        !destination.path().join("opt/headers/mosquitto").exists(),
        "a directory stayed behind"
    );
}

#[test]
fn programs_find_it_by_pkg_config_shared_and_static() {
    let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
    let prefix = Prefix::install();
    assert_eq!(prefix.pkg_config(&["--modversion", "libmosquitto"]), [env!("CARGO_PKG_VERSION")]);
    let source = root().join("examples/hello.c");
    for options in [SHARED, STATIC] {
        // Where both are, the linker takes the shared one.
        if options == STATIC {
            fs::remove_file(prefix.lib().join("libmosquitto.so")).expect("the link for linking");
        }
        let program = prefix.compile(&source, options, &[]);
        let linked = needs_library(&program);
        assert_eq!(linked, options == SHARED, "{options:?}");
        runs(&program, &prefix, &broker);
    }
}

#[test]
fn programs_find_it_by_cmake_shared_and_static() {
    let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
    let prefix = Prefix::install();
    let Some(version) = cmake(&["--version"]) else {
        println!("passed over: cmake is not installed");
        return;
    };
    assert!(version.contains("cmake version"), "{version}");
    let project = prefix.path().join("project");
    fs::create_dir(&project).expect("a directory");
    fs::copy(root().join("examples/hello.c"), project.join("hello.c")).expect("a copy");
    for (target, linked) in [("mosquitto::mosquitto", true), ("mosquitto::mosquitto_static", false)]
    {
        let text = format!(
            "cmake_minimum_required(VERSION 3.10)\nproject(hello C)\n\
             find_package(mosquitto 2.0 REQUIRED)\nadd_executable(hello hello.c)\n\
             target_link_libraries(hello {target})\n"
        );
        fs::write(project.join("CMakeLists.txt"), text).expect("a file");
        let build = project.join(if linked { "shared" } else { "static" });
        let (source, build_path) = (project.display().to_string(), build.display().to_string());
        let where_it_is = format!("-DCMAKE_PREFIX_PATH={}", prefix.path().display());
        cmake(&["-S", &source, "-B", &build_path, &where_it_is]).expect("cmake configures");
        cmake(&["--build", &build_path]).expect("cmake builds");
        let program = build.join("hello");
        assert_eq!(needs_library(&program), linked, "{target}");
        runs(&program, &prefix, &broker);
    }
}

/// Runs cmake; what it prints, `None` if it is not installed.
fn cmake(arguments: &[&str]) -> Option<String> {
    let output = Command::new("cmake").args(arguments).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cmake {arguments:?}: {said}{failed}");
    Some(said)
}

/// `examples/hello.c`, once.
fn runs(program: &Path, prefix: &Prefix, broker: &EmbeddedBroker) {
    let port = broker.address().port().to_string();
    let output = Command::new(program)
        .args(["127.0.0.1", &port])
        .env("LD_LIBRARY_PATH", prefix.lib())
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {failed}", program.display());
    assert_eq!(said, "published\n");
}

/// Whether the program asks the loader for the library.
fn needs_library(program: &Path) -> bool {
    let output = Command::new("readelf").arg("-d").arg(program).output();
    let output = output.expect("readelf is not installed: apt-get install binutils");
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stdout).contains("[libmosquitto.so.1]")
}

/// Everything below `directory` but directories.
fn files(directory: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left = vec![directory.to_owned()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(&next).expect("a directory") {
            let entry = entry.expect("a directory entry");
            if entry.file_type().expect("a type").is_dir() {
                left.push(entry.path());
            } else {
                let path = entry.path();
                let path = path.strip_prefix(directory).expect("below it");
                found.insert(path.to_str().expect("UTF-8").to_owned());
            }
        }
    }
    found
}

fn same(one: &Path, other: &Path) -> bool {
    let read = |path| fs::read(path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
    read(one) == read(other)
}
