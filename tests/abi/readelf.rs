//! What `readelf` says about a shared object, as values. Reads only what the ABI tests compare.
//!
//! `readelf` comes with every C compiler (binutils); `-W` and the C locale make its output stable.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// A version node that the object defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub name: String,
    pub parents: Vec<String>,
}

/// A symbol that the object exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Version node; empty for an unversioned symbol.
    pub node: String,
    /// `name@@NODE` (what programs linked today bind to) rather than `name@NODE`.
    pub default: bool,
    /// `FUNC`, `OBJECT`, ...
    pub kind: String,
    /// Names no place in the object.
    pub absolute: bool,
}

/// A loadable or informative part of the object, with its permissions, such as `R E`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub kind: String,
    pub flags: String,
}

/// A shared object as the loader sees it.
#[derive(Debug, Clone)]
pub struct SharedObject {
    pub soname: Option<String>,
    pub needed: Vec<String>,
    /// Tag and value of the other dynamic entries.
    pub dynamic: Vec<(String, String)>,
    pub exports: BTreeMap<String, Export>,
    /// In the order of the file, without the base definition, which bears the SONAME.
    pub nodes: Vec<Node>,
    pub segments: Vec<Segment>,
    /// Names that the loader looks up, in this object or another.
    pub looked_up: Vec<String>,
}

impl SharedObject {
    /// Reads `path`; panics with the reason when that fails.
    pub fn read(path: &Path) -> SharedObject {
        let (soname, needed, dynamic) = parse_dynamic(&readelf("-d", path));
        SharedObject {
            soname,
            needed,
            dynamic,
            exports: parse_symbols(&readelf("--dyn-syms", path)),
            nodes: parse_nodes(&readelf("-V", path)),
            segments: parse_segments(&readelf("-l", path)),
            looked_up: parse_relocations(&readelf("-r", path)),
        }
    }

    /// The exported functions and their nodes: all exports but the absolute symbols that name the nodes.
    pub fn functions(&self) -> BTreeMap<&str, &str> {
        let exports = self.exports.iter().filter(|(_, export)| !export.absolute);
        exports.map(|(name, export)| (name.as_str(), export.node.as_str())).collect()
    }

    /// Whether dynamic entry `tag` exists and its value contains `word`.
    pub fn has_dynamic(&self, tag: &str, word: &str) -> bool {
        self.dynamic.iter().any(|(t, value)| t == tag && value.contains(word))
    }
}

fn readelf(what: &str, path: &Path) -> String {
    let output = Command::new("readelf")
        .args(["-W", what])
        .arg(path)
        .env("LC_ALL", "C")
        .output()
        .expect("readelf runs (package binutils)");
    assert!(
        output.status.success(),
        "readelf {what} {}: {}",
        path.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("readelf prints text")
}

/// ` 0x000000000000000e (SONAME)             Library soname: [libmosquitto.so.1]`
fn parse_dynamic(text: &str) -> (Option<String>, Vec<String>, Vec<(String, String)>) {
    let (mut soname, mut needed, mut others) = (None, Vec::new(), Vec::new());
    for line in text.lines() {
        let Some((tag, value)) = line.split_once('(').and_then(|(_, rest)| rest.split_once(')'))
        else {
            continue;
        };
        let bracketed = || value.split_once('[')?.1.strip_suffix(']').map(str::to_owned);
        match tag {
            "SONAME" => soname = bracketed(),
            "NEEDED" => needed.extend(bracketed()),
            _ => others.push((tag.to_owned(), value.trim().to_owned())),
        }
    }
    (soname, needed, others)
}

/// `   151: 000000000001c270   122 FUNC    GLOBAL DEFAULT   16 mosquitto_new@@MOSQ_1.0`
fn parse_symbols(text: &str) -> BTreeMap<String, Export> {
    let mut exports = BTreeMap::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [number, _value, _size, kind, binding, _visibility, section, name, ..] = fields[..]
        else {
            continue;
        };
        if !number.ends_with(':') || number == "Num:" || binding == "LOCAL" || section == "UND" {
            continue;
        }
        let (name, node) = name.split_once('@').unwrap_or((name, ""));
        let export = Export {
            node: node.trim_start_matches('@').to_owned(),
            default: node.starts_with('@'),
            kind: kind.to_owned(),
            absolute: section == "ABS",
        };
        let earlier = exports.insert(name.to_owned(), export);
        assert!(earlier.is_none(), "{name} is exported in two versions");
    }
    exports
}

/// `000000000009ff90  0000006100000006 R_X86_64_GLOB_DAT      0000000000057a30 free@GLIBC_2.2.5 + 0`
fn parse_relocations(text: &str) -> Vec<String> {
    let names =
        text.lines().filter_map(|line| match line.split_whitespace().collect::<Vec<_>>()[..] {
            [_, _, kind, _, name, "+", ..] if kind.starts_with("R_") => Some(name),
            _ => None,
        });
    names.map(|name| name.split('@').next().unwrap_or(name).to_owned()).collect()
}

/// `  0x001c: Rev: 1  Flags: none  Index: 2  Cnt: 1  Name: MOSQ_1.0`, then `  0x0054: Parent 1: MOSQ_1.0`
fn parse_nodes(text: &str) -> Vec<Node> {
    let definitions = text
        .lines()
        .skip_while(|line| !line.starts_with("Version definition section"))
        .take_while(|line| !line.starts_with("Version needs section"));
    let mut nodes: Vec<Node> = Vec::new();
    for line in definitions.filter(|line| !line.contains("Flags: BASE")) {
        if let Some((_, name)) = line.split_once("Name: ") {
            nodes.push(Node { name: name.trim().to_owned(), parents: Vec::new() });
        } else if let Some((_, parent)) = line.split_once("Parent ") {
            let parent = parent.split_once(": ").expect("a numbered parent").1;
            let node = nodes.last_mut().expect("a parent belongs to a node");
            node.parents.push(parent.trim().to_owned());
        }
    }
    nodes
}

/// `  GNU_STACK      0x000000 0x0000000000000000 0x0000000000000000 0x000000 0x000000 RW  0x10`
fn parse_segments(text: &str) -> Vec<Segment> {
    let table = text.lines().skip_while(|line| !line.starts_with("Program Headers:"));
    let rows = table.take_while(|line| !line.contains("Section to Segment mapping"));
    rows.filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [kind, ref addresses @ .., _align] = fields[..] else { return None };
        let flags =
            addresses.get(5..).filter(|_| addresses.iter().take(5).all(|a| a.starts_with("0x")))?;
        Some(Segment { kind: kind.to_owned(), flags: flags.join(" ") })
    })
    .collect()
}
