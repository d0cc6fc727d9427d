//! The shape of the house, held to: who may use whom, where unsafe code and locks live, and what no file may contain.
//! The table is the one of `docs/architecture.md`; a change of the shape is made there and here, on purpose.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[path = "architecture/source.rs"]
mod source;

use source::{NamedPath, Source};

/// Module, and the modules that it may use. The longest name that fits counts.
const MAY_USE: [(&str, &[&str]); 10] = [
    ("error", &[]),
    ("time", &[]),
    // For the locks that race detectors know, which are made with unsafe code.
    ("sync", &["transport"]),
    ("protocol", &["error"]),
    ("session", &["protocol", "error", "time"]),
    ("transport", &["error", "time", "sync"]),
    ("transport::ws", &["error"]),
    ("transport::socks5", &["error"]),
    ("client", &["session", "protocol", "transport", "sync", "error", "time"]),
    ("ffi", &["client", "protocol", "error", "sync"]),
];

/// Module (all of them: ""), paths from outside the package that it must not name, and the files that may.
const MUST_NOT_NAME: [(&str, &[&str], &[&str]); 7] = [
    ("protocol", OUTSIDE_WORLD, &[]),
    ("session", OUTSIDE_WORLD, &[]),
    ("transport::ws", SOCKETS, &[]),
    ("transport::socks5", SOCKETS, &[]),
    ("client", &["socket2", "openssl_sys", "std::ffi", "core::ffi"], &[]),
    // shared.rs has one that is only ever tried, never waited for.
    ("", LOCKS, &["sync.rs", "transport/shared.rs"]),
    ("", &["libc::malloc", "libc::calloc", "libc::realloc", "libc::free"], &["ffi/alloc.rs"]),
];

/// What a pure module has no business with: clocks, threads, locks, files, sockets, the system.
const OUTSIDE_WORLD: &[&str] = &[
    "std::time",
    "std::thread",
    "std::sync",
    "std::net",
    "std::io",
    "std::fs",
    "std::os",
    "std::env",
    "std::process",
    "libc",
    "socket2",
    "openssl_sys",
];

/// What lies in such a module of the standard library but is a plain value.
const PLAIN_VALUES: [&str; 2] = ["std::sync::Arc", "std::io::IoSlice"];

const LOCKS: &[&str] = &["std::sync::Mutex", "std::sync::RwLock", "std::sync::Condvar"];

const SOCKETS: &[&str] = &["std::net", "std::os", "libc", "socket2"];

/// The only modules that may contain unsafe code.
const MAY_BE_UNSAFE: [&str; 2] = ["ffi", "transport"];

/// Modules whose `mod.rs` forbids unsafe code, so that the compiler says it first.
const FORBID_UNSAFE: [&str; 3] = ["protocol", "session", "client"];

/// What ends the process of somebody else; answers to the caller are errors.
const PANICS: [&[&str]; 4] =
    [&[".", "unwrap", "("], &[".", "expect", "("], &["panic", "!"], &["unreachable", "!"]];

/// Longest file, in lines.
const LONGEST: usize = 600;

/// Files that are longer, each with its reason.
const LONGER: [(&str, &str); 0] = [];

#[test]
fn modules_use_only_what_the_table_allows() {
    let sources = sources();
    let known: BTreeSet<&str> = MAY_USE.iter().map(|(module, _)| *module).collect();
    let mut wrong = Vec::new();
    for source in &sources {
        let module = source.module();
        let Some(top) = module.first() else { continue };
        if !known.contains(top.as_str()) {
            wrong.push(format!("{}: module {top} is not in the table", source.file.display()));
        }
        let (name, allowed) = rule(&module);
        for (line, used) in modules_used(source).filter(|(_, used)| known.contains(used.as_str())) {
            if used != *top && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}:{line}: {name} must not use {used}", source.file.display()));
            }
        }
    }
    none(&wrong);
}

#[test]
fn modules_name_nothing_from_outside_that_is_not_theirs() {
    let mut wrong = Vec::new();
    for source in &sources() {
        let module = source.module().join("::");
        let applies = |rule: &str, except: &[&str]| {
            within(&module, rule) && !except.iter().any(|file| source.file == Path::new(file))
        };
        for (_, forbidden, _) in
            MUST_NOT_NAME.iter().filter(|(rule, _, except)| applies(rule, except))
        {
            let paths = source.paths();
            let allowed = |path: &&NamedPath| !PLAIN_VALUES.iter().any(|value| names(path, value));
            let bad = |path: &&NamedPath| forbidden.iter().any(|name| names(path, name));
            for path in paths.iter().filter(bad).filter(allowed) {
                let place = format!("{}:{}", source.file.display(), path.line);
                wrong.push(format!("{place}: must not name {}", path.parts.join("::")));
            }
        }
    }
    none(&wrong);
}

#[test]
fn unsafe_code_stays_at_the_two_edges() {
    let (mut lines, mut wrong) = (BTreeMap::new(), Vec::new());
    for source in &sources() {
        let top = source.module().first().cloned().unwrap_or_default();
        let found: BTreeSet<usize> = source.find(&["unsafe"]).into_iter().collect();
        if !MAY_BE_UNSAFE.contains(&top.as_str()) {
            wrong.extend(
                found.iter().map(|line| format!("{}:{line}: unsafe", source.file.display())),
            );
        }
        *lines.entry(top).or_insert(0) += found.len();
    }
    for (module, lines) in lines.iter().filter(|(_, lines)| **lines > 0) {
        println!("lines with unsafe in {module}: {lines}");
    }
    println!("lines with unsafe outside {}: {}", MAY_BE_UNSAFE.join(" and "), wrong.len());
    none(&wrong);

    for module in FORBID_UNSAFE {
        let file = format!("{module}/mod.rs");
        let sources = sources();
        let source =
            sources.iter().find(|s| s.file == Path::new(&file)).expect("the module exists");
        let line = ["#", "!", "[", "forbid", "(", "unsafe_code", ")", "]"];
        assert_eq!(source.find(&line).len(), 1, "{file} lacks #![forbid(unsafe_code)]");
    }
}

#[test]
fn nothing_panics() {
    none(&lines_with(&sources(), &PANICS, "ends the caller's process"));
}

#[test]
fn nothing_is_left_to_do() {
    let sources = sources();
    let mut wrong = lines_with(&sources, &[&["todo", "!"], &["unimplemented", "!"]], "unfinished");
    for source in &sources {
        for (index, line) in source.text.lines().enumerate() {
            if let Some(mark) = ["TODO", "FIXME", "XXX"].iter().find(|mark| line.contains(**mark)) {
                wrong.push(format!("{}:{}: {mark}", source.file.display(), index + 1));
            }
        }
    }
    none(&wrong);
}

#[test]
fn files_say_what_they_are_and_stay_small() {
    let (mut wrong, mut lengths) = (Vec::new(), Vec::new());
    for source in &sources() {
        let (file, lines) = (source.file.display(), source.text.lines().count());
        lengths.push(lines);
        let first = source.text.lines().next().unwrap_or_default();
        if first.strip_prefix("//! ").is_none_or(|rest| rest.trim().len() < 10) {
            wrong.push(format!("{file}: the first line does not say what the file is (//! ...)"));
        }
        let excused = LONGER.iter().any(|(name, _)| source.file == Path::new(name));
        if (lines > LONGEST) != excused {
            wrong.push(format!(
                "{file}: {lines} lines; more than {LONGEST} need a reason in LONGER"
            ));
        }
    }
    lengths.sort_unstable();
    println!("files: {}, median length: {} lines", lengths.len(), lengths[lengths.len() / 2]);
    none(&wrong);
}

/// The reader of source files is itself tried, on a file that breaks every rule and on what only looks like it.
#[test]
fn the_reader_sees_code_and_only_code() {
    let text = r####"
//! crate::in_a_comment
use crate::{error::{Error, Result}, time as clock, ffi};
use super::super::session::*;
use super::near;
/* crate::a /* crate::b */ crate::c */
const A: &str = "crate::d \" unsafe"; const B: char = '"'; const C: char = '\''; fn l<'a>(x: &'a str) {}
const D: &[u8] = br#"unsafe " todo!()"#;
fn f() { std::sync::Mutex::<u8>::new(0); r#unsafe_word(); let y = x.unwrap(); }
#[cfg(test)]
mod tests {
    fn g() { crate::client::x(); unsafe {} }
}
#[cfg(test)]
const E: [u8; 2] = [crate::h(1), 2];
fn last() { unsafe { crate::client::y() } }
"####;
    let source = Source::new(Path::new("transport/tcp.rs"), text);
    assert_eq!(source.module(), ["transport", "tcp"]);
    let paths: Vec<_> = source.paths().iter().map(|p| (p.line, p.parts.join("::"))).collect();
    let expected = [
        (3, "crate::error::Error"),
        (3, "crate::error::Result"),
        (3, "crate::time"),
        (3, "crate::ffi"),
        (4, "crate::session::*"),
        (5, "super::near"),
        (9, "std::sync::Mutex"),
        (16, "crate::client::y"),
    ];
    assert_eq!(paths, expected.map(|(line, path)| (line, path.to_owned())));
    assert_eq!(source.find(&["unsafe"]), [16]);
    assert_eq!(source.find(PANICS[0]), [9]);
    let used: Vec<_> = modules_used(&source).map(|(_, module)| module).collect();
    assert_eq!(used, ["error", "error", "time", "ffi", "session", "client"]);

    let root = Source::new(Path::new("time.rs"), "use super::ffi::x;");
    assert_eq!(root.paths()[0].parts, ["crate", "ffi", "x"]);
    assert!(Source::new(Path::new("session/tests.rs"), "fn f() { panic!() }").words().is_empty());
}

#[test]
fn the_closest_rule_counts() {
    let module = |path: &str| path.split("::").map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rule(&module("transport::tcp")).0, "transport");
    assert_eq!(rule(&module("transport::ws::frame")).0, "transport::ws");
    assert_eq!(rule(&module("transport::ws2")).0, "transport");
}

fn sources() -> Vec<Source> {
    Source::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// The row of the table that speaks of `module`.
fn rule(module: &[String]) -> (&'static str, &'static [&'static str]) {
    let module = module.join("::");
    let rows = MAY_USE.into_iter().filter(|(name, _)| within(&module, name));
    rows.max_by_key(|(name, _)| name.len()).unwrap_or(("a module without a rule", &[]))
}

/// Whether `module` is `outer` or below it.
fn within(module: &str, outer: &str) -> bool {
    outer.is_empty()
        || module.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Whether `path` is `name` or something in it.
fn names(path: &NamedPath, name: &str) -> bool {
    within(&path.parts.join("::"), name)
}

/// Line and name of each module of the package that `source` names from the root.
fn modules_used(source: &Source) -> impl Iterator<Item = (usize, String)> {
    let from_root = source.paths().into_iter().filter(|path| path.parts[0] == "crate");
    from_root.map(|path| (path.line, path.parts[1].clone()))
}

fn lines_with(sources: &[Source], sequences: &[&[&str]], why: &str) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for sequence in sequences {
            let place =
                |line| format!("{}:{line}: {} {why}", source.file.display(), sequence.concat());
            found.extend(source.find(sequence).into_iter().map(place));
        }
    }
    found
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "in src/:\n{}", wrong.join("\n"));
}
