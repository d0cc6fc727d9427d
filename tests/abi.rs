//! The ABI of the built file: what the loader, the linker and the packages of a distribution see of
//! `libmosquitto.so.1`. Reads the release library, the one that is shipped, and nothing of its source but the two lists
//! that must agree with it.
//!
//! A forgotten `.symver` line makes no noise when the library is built; here it does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

#[path = "abi/readelf.rs"]
mod readelf;

use readelf::{Node, SharedObject};

/// Libraries that may be needed. The loader is there for thread-local storage, and is part of the C library.
const MAY_NEED: [&str; 5] =
    ["libc.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2", "libssl.so.3", "libcrypto.so.3"];

/// The node of our own functions. All others are the original's.
const OWN_NODE: &str = "MOSQX_1.0";

#[test]
fn soname_and_needed_libraries() {
    let library = ours();
    assert_eq!(library.soname.as_deref(), Some("libmosquitto.so.1"));
    let others: Vec<_> =
        library.needed.iter().filter(|n| !MAY_NEED.contains(&n.as_str())).collect();
    assert!(others.is_empty(), "needs {others:?}");
    assert!(library.needed.iter().any(|n| n == "libc.so.6"), "needs {:?}", library.needed);
}

#[test]
fn exactly_the_126_functions_and_our_own() {
    let table = table();
    assert_eq!(table.len(), 126);
    let mut expected = nodes_of(&table);
    let map = exports_map();
    let own = map.iter().filter(|(_, node)| *node == OWN_NODE);
    expected.extend(own.map(|(name, node)| (name.as_str(), node.as_str())));
    assert_same("the exports of the library", &ours().functions(), &expected);

    for (name, export) in &ours().exports {
        assert!(export.default, "{name} is not the default version");
        assert!(export.absolute || export.kind == "FUNC", "{name} is {}", export.kind);
    }
    for (name, _) in map.iter().filter(|(_, node)| *node == OWN_NODE) {
        assert!(name.starts_with("mosquitto_x_"), "{name} is ours but is not called mosquitto_x_*");
    }
}

/// Each node in the reference's order, with the absolute symbol that bears its name.
///
/// GNU ld also records which node inherits from which; lld does not, and the loader never looks. So either none is
/// recorded or the reference's chain.
#[test]
fn version_nodes() {
    let library = ours();
    let expected: Vec<_> = chain(&["MOSQ_2.1", OWN_NODE]);
    let names = |nodes: &[Node]| nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&library.nodes), names(&expected));

    let recorded: Vec<_> = library.nodes.iter().filter(|node| !node.parents.is_empty()).collect();
    let inheriting: Vec<_> = expected.iter().filter(|node| !node.parents.is_empty()).collect();
    assert!(recorded.is_empty() || recorded == inheriting, "unexpected parents: {recorded:?}");

    let symbols = library.exports.iter().filter(|(_, export)| export.absolute);
    let symbols: BTreeSet<_> = symbols.map(|(name, _)| name).collect();
    assert_eq!(symbols, expected.iter().map(|node| &node.name).collect());
}

/// Programs built against the distribution's library find every symbol at the node that they ask for. The comparison is
/// itself tried: against our table that library must lack exactly what came with 2.1.
#[test]
fn everything_of_the_distributions_library() {
    let theirs = distribution();
    let table = table();
    let ours = ours();
    let (found, expected) = (ours.functions(), theirs.functions());
    let lost: Vec<_> =
        expected.iter().filter(|(name, node)| found.get(*name) != Some(node)).collect();
    assert!(lost.is_empty(), "missing, or at another node: {lost:?}");
    let node_symbols = theirs.exports.iter().filter(|(_, export)| export.absolute);
    for (name, _) in node_symbols {
        assert!(ours.exports.get(name).is_some_and(|export| export.absolute), "{name}");
    }
    assert_eq!(theirs.nodes, chain(&[]), "nodes of the distribution's library");

    let missing: BTreeSet<_> = differences(&theirs.functions(), &nodes_of(&table));
    let newer = table.iter().filter(|row| !row.in_2_0);
    let expected: BTreeSet<_> =
        newer.map(|row| format!("{} is missing from MOSQ_2.1", row.name)).collect();
    assert_eq!(expected.len(), 19);
    assert_eq!(missing, expected);
}

/// Programs of 2.1 export functions with names of ours, which the loader would prefer. The original's way is itself tried:
/// it looks up its own functions.
#[test]
fn calls_among_ourselves_stay_inside() {
    let own = |library: &SharedObject| {
        let names = library.looked_up.iter().filter(|name| name.starts_with("mosquitto_"));
        names.cloned().collect::<Vec<_>>()
    };
    assert_eq!(own(ours()), Vec::<String>::new());
    assert!(!own(&distribution()).is_empty());
    assert!(ours().looked_up.iter().any(|name| name == "free"), "{:?}", ours().looked_up);
}

#[test]
fn relocations_stack_and_segments_are_hardened() {
    let library = ours();
    assert!(library.has_dynamic("FLAGS", "BIND_NOW"), "{:?}", library.dynamic);
    assert!(library.has_dynamic("FLAGS_1", "NOW"), "{:?}", library.dynamic);
    for tag in ["TEXTREL", "RPATH", "RUNPATH"] {
        assert!(!library.has_dynamic(tag, ""), "{tag} in {:?}", library.dynamic);
    }
    assert!(!library.has_dynamic("FLAGS", "TEXTREL"), "{:?}", library.dynamic);

    let flags = |kind: &str| {
        let segments = library.segments.iter().filter(|segment| segment.kind == kind);
        segments.map(|segment| segment.flags.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(flags("GNU_RELRO"), ["R"]);
    assert_eq!(flags("GNU_STACK"), ["RW"]);
    let loaded = flags("LOAD");
    assert!(loaded.contains(&"R E"), "{loaded:?}");
    for flags in loaded {
        assert!(
            !(flags.contains('W') && flags.contains('E')),
            "a segment is writable and executable"
        );
    }
}

/// `exports.map`, the `export!` lines and the table say the same, and each line stands at its function.
#[test]
fn the_lists_of_the_source_agree() {
    let map = exports_map();
    let mut lines = BTreeMap::new();
    for file in rust_files(&root().join("src/ffi")) {
        let text = fs::read_to_string(&file).expect("a source file can be read");
        for (name, node, function) in export_lines(&text) {
            assert_eq!(name, function, "{}: the export! line belongs to another", file.display());
            let earlier = lines.insert(name.clone(), node);
            assert!(earlier.is_none(), "{name} has two export! lines");
        }
    }
    assert_same("the export! lines", &borrowed(&lines), &borrowed(&map));

    let table = table();
    let theirs: BTreeMap<_, _> =
        borrowed(&map).into_iter().filter(|(_, node)| *node != OWN_NODE).collect();
    assert_same("exports.map", &theirs, &nodes_of(&table));
}

#[test]
fn export_lines_are_found_with_the_function_behind_them() {
    let text = r#"
        macro_rules! export { ($name:literal, $node:literal) => {} }
        // export!("in_a_comment", "MOSQ_1.0");
        export!("mosquitto_a", "MOSQ_1.0");
        /// Says why.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn mosquitto_a(x: c_int) -> c_int { 0 }
        export!(
            "mosquitto_b",
            "MOSQ_1.1"
        );
        pub extern "C" fn mosquitto_c() {}
    "#;
    let strings = |row: [&str; 3]| (row[0].to_owned(), row[1].to_owned(), row[2].to_owned());
    let expected =
        [["mosquitto_a", "MOSQ_1.0", "mosquitto_a"], ["mosquitto_b", "MOSQ_1.1", "mosquitto_c"]];
    assert_eq!(export_lines(text), expected.map(strings));
}

/// A row of `vectors/symbols.tsv`.
struct Row {
    name: String,
    node: String,
    in_2_0: bool,
}

/// All functions of the reference release.
fn table() -> Vec<Row> {
    let path = root().join("tests/vectors/symbols.tsv");
    let text = fs::read_to_string(path).expect("the table can be read");
    let mut rows = text.lines().filter(|line| !line.starts_with('#'));
    let header: Vec<_> = rows.next().expect("a header line").split('\t').collect();
    let column = |name| header.iter().position(|h| *h == name).expect("the column exists");
    let (name, node, old) = (column("name"), column("version_node"), column("in_2_0_11"));
    rows.map(|row| {
        let fields: Vec<_> = row.split('\t').collect();
        Row {
            name: fields[name].to_owned(),
            node: fields[node].to_owned(),
            in_2_0: fields[old] == "yes",
        }
    })
    .collect()
}

fn nodes_of(table: &[Row]) -> BTreeMap<&str, &str> {
    table.iter().map(|row| (row.name.as_str(), row.node.as_str())).collect()
}

/// The reference's nodes, each inheriting from the one before, and `more`, of which our own inherits from none.
fn chain(more: &[&str]) -> Vec<Node> {
    let of_2_0 = [
        "MOSQ_1.0", "MOSQ_1.1", "MOSQ_1.2", "MOSQ_1.3", "MOSQ_1.4", "MOSQ_1.5", "MOSQ_1.6",
        "MOSQ_1.7",
    ];
    let mut nodes: Vec<Node> = Vec::new();
    for name in of_2_0.iter().chain(more) {
        let parent = nodes.last().filter(|_| *name != OWN_NODE).map(|node| node.name.clone());
        nodes.push(Node { name: (*name).to_owned(), parents: parent.into_iter().collect() });
    }
    nodes
}

/// Function and node of each line in `exports.map`, without the nodes' own symbols.
fn exports_map() -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("src/ffi/exports.map")).expect("the map can be read");
    let (mut node, mut functions) = (String::new(), BTreeMap::new());
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_suffix(" {") {
            node = name.to_owned();
        } else if let Some(name) = line.strip_suffix(';').filter(|n| n.starts_with("mosquitto_")) {
            let earlier = functions.insert(name.to_owned(), node.clone());
            assert!(earlier.is_none(), "{name} is in exports.map twice");
        }
    }
    functions
}

/// Name, node and the name of the next function behind each `export!("name", "NODE");`.
fn export_lines(text: &str) -> Vec<(String, String, String)> {
    let code: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let found = code.match_indices("export!(").map(|(at, _)| &code[at..]);
    found
        .map(|rest| {
            let mut literals = rest.split('"').skip(1).step_by(2);
            let mut literal = || literals.next().expect("two literals").to_owned();
            let (name, node) = (literal(), literal());
            let function = rest.split_once(" fn ").expect("a function follows").1;
            let end = function.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            (name, node, function[..end.unwrap_or(function.len())].to_owned())
        })
        .collect()
}

/// One line for each function that only one side has, or that the two have at different nodes.
fn differences(found: &BTreeMap<&str, &str>, expected: &BTreeMap<&str, &str>) -> BTreeSet<String> {
    let names: BTreeSet<_> = found.keys().chain(expected.keys()).collect();
    let compare = |name: &&&str| match (found.get(**name), expected.get(**name)) {
        (Some(a), Some(b)) if a == b => None,
        (Some(a), Some(b)) => Some(format!("{name} is at {a:?} instead of {b}")),
        (Some(a), None) => Some(format!("{name} at {a:?} should not be there")),
        (None, expected) => Some(format!("{name} is missing from {}", expected.unwrap_or(&"?"))),
    };
    names.iter().filter_map(compare).collect()
}

fn assert_same(what: &str, found: &BTreeMap<&str, &str>, expected: &BTreeMap<&str, &str>) {
    let lines: Vec<_> = differences(found, expected).into_iter().collect();
    assert!(lines.is_empty(), "{what} differ from what they should be:\n{}", lines.join("\n"));
}

fn borrowed(map: &BTreeMap<String, String>) -> BTreeMap<&str, &str> {
    map.iter().map(|(name, node)| (name.as_str(), node.as_str())).collect()
}

/// The release library, built now by the cargo that runs this test (nothing to do if it is up to date).
fn ours() -> &'static SharedObject {
    static LIBRARY: OnceLock<SharedObject> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("inside target");
        let status = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
            .args(["build", "--release", "--lib", "--quiet", "--target-dir"])
            .arg(target)
            .current_dir(root())
            .status()
            .expect("cargo runs");
        assert!(status.success(), "cargo build --release --lib failed");
        SharedObject::read(&target.join("release/libmosquitto.so"))
    })
}

/// The library of the distribution, where the C compiler finds it.
fn distribution() -> SharedObject {
    let output = Command::new("cc")
        .arg("-print-file-name=libmosquitto.so.1")
        .output()
        .expect("the C compiler runs");
    let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    assert!(
        path.is_absolute(),
        "the distribution's libmosquitto.so.1 is not installed: run scripts/install-test-needs.sh"
    );
    SharedObject::read(&path)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
