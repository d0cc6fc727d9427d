//! What is linked into other people's programs: these packages, under these licences, and no others (`deny.toml`).

use std::collections::BTreeSet;
use std::process::Command;

/// Packages that end up in the library, and those that are used only to compile them.
const LINKED: [&str; 4] = ["libc", "openssl-sys", "socket2", "thiserror"];
const COMPILED_WITH: [&str; 5] = ["proc-macro2", "quote", "syn", "thiserror-impl", "unicode-ident"];

#[test]
fn packages_and_licences_are_those_of_the_list() {
    let allowed = allowed_licences();
    assert!(allowed.contains("MIT"), "deny.toml: {allowed:?}");
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "-e", "normal", "--prefix", "none"])
        .args(["--format", "{p}|{l}", "--target", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut found = BTreeSet::new();
    for line in text.lines().skip(1) {
        let (package, licence) = line.split_once('|').expect("package and licence");
        let name = package.split(' ').next().unwrap_or_default();
        let licence = licence.trim_end_matches(" (*)");
        assert!(is_allowed(licence, &allowed), "{name} is under {licence:?}");
        found.insert(name.to_owned());
    }
    let expected: BTreeSet<String> =
        LINKED.iter().chain(&COMPILED_WITH).map(|&name| name.to_owned()).collect();
    assert_eq!(found, expected);
}

#[test]
fn licences_are_read_as_they_are_meant() {
    let allowed: BTreeSet<String> = ["MIT", "Unicode-3.0"].map(str::to_owned).into();
    for (licence, expected) in [
        ("MIT", true),
        ("MIT OR GPL-3.0", true),
        ("GPL-3.0", false),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(GPL-3.0 OR Apache-2.0) AND Unicode-3.0", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(licence, &allowed), expected, "{licence}");
    }
}

/// Of the alternatives one, of what is joined everything.
fn is_allowed(licence: &str, allowed: &BTreeSet<String>) -> bool {
    licence.split(" AND ").all(|part| {
        let part = part.trim_matches(['(', ')']);
        part.split(" OR ").any(|name| allowed.contains(name))
    })
}

fn allowed_licences() -> BTreeSet<String> {
    let text = include_str!("../deny.toml");
    let list = text.lines().find_map(|line| line.strip_prefix("allow = ["));
    let list = list.expect("a list of licences in deny.toml").trim_end_matches(']');
    list.split(", ").map(|name| name.trim_matches('"').to_owned()).collect()
}
