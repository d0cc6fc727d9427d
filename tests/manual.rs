//! The manual: `man/` is what the comments of `include/` give, it has an entry for everything that the library exports,
//! and the pages of `docs/` hold what they promise.
//!
//! `UPDATE_MANUAL=1 cargo test --test manual` (`make headers`) writes the pages of `man/` anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[path = "manual/comment.rs"]
mod comment;
#[path = "manual/header.rs"]
mod header;
#[path = "manual/page.rs"]
mod page;

use header::Header;

/// The headers that have a page, in the order of `libmosquitto.3`. `libmosquitto.h` is described there itself.
const GROUPS: [&str; 21] = [
    "libmosquitto_create_delete",
    "libmosquitto_options",
    "libmosquitto_auth",
    "libmosquitto_tls",
    "libmosquitto_will",
    "libmosquitto_socks",
    "libmosquitto_callbacks",
    "libmosquitto_connect",
    "libmosquitto_loop",
    "libmosquitto_publish",
    "libmosquitto_subscribe",
    "libmosquitto_unsubscribe",
    "libmosquitto_message",
    "libmosquitto_helpers",
    "libcommon_properties",
    "libcommon_string",
    "libcommon_topic",
    "libcommon_utf8",
    "defs",
    "mqtt_protocol",
    "extensions",
];

/// Headers that only include others.
const WITHOUT_PAGE: [&str; 1] = ["libcommon"];

#[test]
fn the_pages_are_those_that_the_headers_give() {
    let update = env::var_os("UPDATE_MANUAL").is_some();
    let mut old = Vec::new();
    for (name, text) in pages() {
        let path = root().join("man").join(format!("{name}.3"));
        if fs::read_to_string(&path).is_ok_and(|there| there == text) {
            continue;
        }
        if update {
            fs::write(&path, text).expect("a page that can be written");
        } else {
            old.push(name);
        }
    }
    assert!(old.is_empty(), "not up to date, run `make headers`: {old:?}");
}

/// Nothing lies in `man/` that no header gives, and every header has its page.
#[test]
fn every_header_has_a_page_and_every_page_a_header() {
    let stems = |directory: PathBuf, extension: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(&directory).unwrap_or_else(|e| panic!("{directory:?}: {e}"));
        let paths = entries.map(|entry| entry.expect("a directory entry").path());
        let wanted = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
        wanted
            .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
            .collect()
    };
    let mut headers = stems(root().join("include/mosquitto"), "h");
    for name in WITHOUT_PAGE {
        assert!(headers.remove(name), "there is no {name}.h");
    }
    let described: BTreeSet<String> = self::headers().map(|header| header.name).collect();
    assert_eq!(described, headers);
    let pages: BTreeSet<String> = pages().map(|(name, _)| name).collect();
    assert_eq!(stems(root().join("man"), "3"), pages);
}

#[test]
fn every_exported_function_has_its_entry() {
    let exported = exported();
    let mut described = BTreeSet::new();
    for (name, text) in pages() {
        for function in text.lines().filter_map(|line| line.strip_prefix(".SS mosquitto_")) {
            let function = format!("mosquitto_{function}");
            assert!(described.insert(function.clone()), "{function} is described twice: {name}");
        }
    }
    let missing: Vec<_> = exported.difference(&described).collect();
    assert!(missing.is_empty(), "without an entry in the manual: {missing:?}");
    let unknown: Vec<_> = described.difference(&exported).collect();
    assert!(unknown.is_empty(), "described but not exported: {unknown:?}");
    let own = exported.iter().filter(|name| name.starts_with("mosquitto_x_")).count();
    println!("in the manual: {} of {}, {own} of them our own", described.len(), exported.len());
}

/// Each entry says what the function does, takes, returns and who may call it.
#[test]
fn every_entry_is_complete() {
    let mut lacking = Vec::new();
    for header in headers() {
        for (name, item) in header.functions() {
            let text = item.declaration.join(" ");
            let sections = comment::parts(&item.comment);
            let has = |title: &str| {
                sections
                    .iter()
                    .any(|part| matches!(part, comment::Part::Section(found, _) if found == title))
            };
            if !matches!(sections.first(), Some(comment::Part::Text(_))) {
                lacking.push(format!("{name}: what it does"));
            }
            if !text.ends_with("(void);") && !has("Parameters") {
                lacking.push(format!("{name}: Parameters"));
            }
            if !text.starts_with("void ") && !has("Returns") {
                lacking.push(format!("{name}: Returns"));
            }
            if !has("Threads") {
                lacking.push(format!("{name}: Threads"));
            }
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}

/// Whatever formatter is installed has nothing to complain about.
#[test]
fn formatters_accept_the_pages() {
    let formatters = [
        ("groff", ["-man", "-Tutf8", "-ww", "-z"].as_slice()),
        ("mandoc", ["-T", "lint", "-W", "warning"].as_slice()),
    ];
    let files: Vec<PathBuf> =
        pages().map(|(name, _)| root().join("man").join(format!("{name}.3"))).collect();
    let mut found = false;
    for (program, options) in formatters {
        let Ok(output) = Command::new(program).args(options).args(&files).output() else {
            continue;
        };
        found = true;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        // The pages are those of a version, which their foot names, and not of a day.
        let faults: Vec<&str> =
            said.lines().filter(|line| !line.contains("missing date")).collect();
        assert!(faults.is_empty(), "{program}: {faults:#?}");
    }
    if !found {
        println!("passed over: neither groff nor mandoc is installed");
    }
}

/// Each page, by name, as it should be.
fn pages() -> impl Iterator<Item = (String, String)> {
    let groups: Vec<Header> = GROUPS.iter().map(|name| Header::read(&include(), name)).collect();
    let template = read("man/libmosquitto.in");
    let whole = Header::read(&include(), "libmosquitto");
    let overview = page::overview(&template, &whole, &groups, &read("examples/hello.c"));
    let overview = ("libmosquitto".to_owned(), overview);
    groups.into_iter().map(|group| (group.page(), page::page(&group))).chain([overview])
}

fn headers() -> impl Iterator<Item = Header> {
    GROUPS.into_iter().chain(["libmosquitto"]).map(|name| Header::read(&include(), name))
}

/// The functions of `exports.map`.
fn exported() -> BTreeSet<String> {
    let map = read("src/ffi/exports.map");
    let words = map.lines().map(|line| line.trim().trim_end_matches(';'));
    words.filter(|word| word.starts_with("mosquitto_")).map(str::to_owned).collect()
}

fn read(file: &str) -> String {
    let path = root().join(file);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn include() -> PathBuf {
    root().join("include")
}
