//! 2,313 measured calls of the pure functions, replayed through the C interface of the built shared object.
//!
//! Each row of `tests/vectors/*.tsv` says what libmosquitto 2.1.2 and, where the function exists there, the 2.0.11 of the
//! distribution answered. Ours must answer as 2.1.2, except for the rows of [`DIFFERENCES`]. The distribution's library
//! must answer as 2.0.11, which shows that the replay asks what was asked when the rows were made.

use std::collections::BTreeSet;
use std::ffi::{CString, c_char, c_int};
use std::path::Path;

#[path = "vectors/library.rs"]
mod library;
#[path = "vectors/replay.rs"]
mod replay;
mod support;
#[path = "vectors/table.rs"]
mod table;

use library::Library;
use support::library::Library as Which;
use table::Table;

/// A row that we answer in our own way.
struct Difference {
    table: &'static str,
    /// The cells that are not answers, in order.
    inputs: &'static [&'static str],
    /// Column without version, and our answer.
    answers: &'static [(&'static str, &'static str)],
    reason: &'static str,
}

const CRASH: &str = "the reference crashes";
const TOO_LONG: &str =
    "a node has 16 bits for a length: refused, where the reference keeps it modulo 65536";
const STRAY_HASH: &str =
    "# is not last: no filter, where the reference stops looking after \"+/#\"";
const NUMBER_OF_2_0: &str =
    "headers of 2.0 name it; a text helps, and our library never returns it";

/// Each reason is also a line of `docs/differences.md`.
const DIFFERENCES: [Difference; 20] = [
    difference("string_to_command", &[r"\N"], &[("rc", "3"), ("cmd", "0")], CRASH),
    difference("sub_matches_acl", &["plain", "a", "a", "-", "-", "0"], &[("rc", "3")], CRASH),
    difference("property_add", &[r"3:str:\R65536{a}", "-", "1"], REFUSED, TOO_LONG),
    difference("property_add", &[r"38:pair:\R65536{a}=v", "-", "1"], REFUSED, TOO_LONG),
    difference("property_add", &[r"38:pair:n=\R65536{a}", "-", "1"], REFUSED, TOO_LONG),
    difference("property_add", &[r"38:pair:n=\R65537{a}", "-", "1"], REFUSED, TOO_LONG),
    difference("property_add", &[r"38:pair:n=\R70000{a}", "-", "1"], REFUSED, TOO_LONG),
    difference(
        "property_value",
        &[r"3:str:\R65536{a}"],
        &[("type", "0"), ("string", r"\N")],
        "the property was refused",
    ),
    difference(
        "property_value",
        &[r"38:pair:n=\R65537{a}"],
        &[
            ("type", "0"),
            ("string", r"\N"),
            ("string_len", "0"),
            ("name", r"\N"),
            ("name_len", "0"),
        ],
        "the property was refused",
    ),
    difference("topic_match", &["+/##", "a", "1"], &[("rc", "3"), ("match", "0")], STRAY_HASH),
    difference("topic_match", &["a/+/#/", "a/b", "1"], &[("rc", "3"), ("match", "0")], STRAY_HASH),
    difference("topic_match", &["+/#x", "a", "1"], &[("rc", "3"), ("match", "0")], STRAY_HASH),
    difference("topic_match", &["+/#/x", "a", "1"], &[("rc", "3"), ("match", "0")], STRAY_HASH),
    difference(
        "topic_match2",
        &["+/#x", "4", "a", "1", "1"],
        &[("rc", "3"), ("match", "0")],
        STRAY_HASH,
    ),
    difference(
        "topic_match2",
        &["+/#/x", "5", "a", "1", "1"],
        &[("rc", "3"), ("match", "0")],
        STRAY_HASH,
    ),
    difference(
        "sub_matches_acl",
        &["plain", "+/#x", "a", "-", "-", "1"],
        &[("rc", "3"), ("match", "0")],
        STRAY_HASH,
    ),
    difference("strings", &["strerror", "28"], &[("text", "Retain not supported")], NUMBER_OF_2_0),
    difference("strings", &["strerror", "29"], &[("text", "Topic alias invalid")], NUMBER_OF_2_0),
    difference("strings", &["strerror", "30"], &[("text", "Administrative action")], NUMBER_OF_2_0),
    difference(
        "strings",
        &["strerror", "131"],
        &[("text", "Implementation specific error")],
        "spelling",
    ),
];

const REFUSED: &[(&str, &str)] = &[("rc", "18"), ("added", "0"), ("ids", "-")];

const fn difference(
    table: &'static str,
    inputs: &'static [&'static str],
    answers: &'static [(&'static str, &'static str)],
    reason: &'static str,
) -> Difference {
    Difference { table, inputs, answers, reason }
}

#[test]
fn ours_answers_as_2_1_2() {
    let library = Library::load(&Which::Ours.file());
    let mut used = BTreeSet::new();
    let count = replay_all(&library, "_2_1_2", |table, inputs, column, cell| {
        let found = DIFFERENCES.iter().enumerate().find_map(|(n, difference)| {
            let same = difference.table == table && difference.inputs == inputs;
            let answer = difference.answers.iter().find(|(name, _)| *name == column);
            answer.filter(|_| same).map(|(_, answer)| (n, *answer, difference.reason))
        });
        let (n, answer, reason) = found?;
        assert_ne!(answer, cell, "{table} {inputs:?} {column}: no difference ({reason})");
        used.insert((n, column.to_owned()));
        Some(answer)
    });
    assert_eq!(count, 2313);
    let listed: usize = DIFFERENCES.iter().map(|difference| difference.answers.len()).sum();
    assert_eq!(used.len(), listed, "some differences belong to no row");
    println!("rows with a difference of ours: {}", DIFFERENCES.len());
}

#[test]
fn the_distributions_answers_as_2_0_11() {
    let library = Library::load(&Which::Theirs.file());
    let count = replay_all(&library, "_2_0_11", |_, _, _, _| None);
    assert!(count > 2000, "{count}");
}

/// Every pair of a filter and a topic of up to five of the bytes `a/+#`, valid or not: ours answers as the distribution's,
/// but for the filters that differ by [`STRAY_HASH`].
#[test]
fn matching_of_short_strings_is_the_distributions() {
    type Matches = unsafe extern "C" fn(*const c_char, *const c_char, *mut bool) -> c_int;
    let libraries = [Which::Ours, Which::Theirs].map(|which| Library::load(&which.file()));
    // SAFETY: the type of the function.
    let functions: [Matches; 2] =
        unsafe { libraries.each_ref().map(|library| library.function("topic_matches_sub")) };
    let mut strings = vec![CString::default()];
    for n in 0.. {
        if strings[n].as_bytes().len() == 5 {
            break;
        }
        let longer = b"a/+#".map(|byte| [strings[n].as_bytes(), &[byte]].concat());
        strings.extend(longer.map(|bytes| CString::new(bytes).expect("no NUL")));
    }
    assert_eq!(strings.len(), 1 + 4 + 16 + 64 + 256 + 1024);

    let mut stray = 0;
    for filter in &strings {
        let text = filter.as_bytes();
        let misplaced = text.windows(4).any(|it| it.starts_with(b"+/#"));
        for topic in &strings {
            let [ours, theirs] = functions.map(|matches| {
                let mut result = true;
                // SAFETY: C strings and a variable.
                let rc = unsafe { matches(filter.as_ptr(), topic.as_ptr(), &raw mut result) };
                (rc, result)
            });
            if misplaced && (ours, theirs) == ((3, false), (0, true)) {
                stray += 1;
            } else {
                assert_eq!(ours, theirs, "{filter:?} {topic:?}");
            }
        }
    }
    println!("{} pairs, {stray} answered in our own way", strings.len() * strings.len());
    assert!(stray > 0);
}

/// Replays all rows of the tables that have answers of `version`; `instead` may put another answer in place of a cell.
/// Answers how many rows there were.
fn replay_all<'a>(
    library: &Library,
    version: &str,
    mut instead: impl FnMut(&str, &[&str], &str, &str) -> Option<&'a str>,
) -> usize {
    let (mut total, mut wrong) = (0, Vec::new());
    for (file, replay) in replay::TABLES {
        let table = Table::read(file);
        let outputs = table.outputs(version);
        if outputs.is_empty() {
            continue;
        }
        let mut replayed = 0;
        for row in &table.rows {
            let inputs = row.inputs();
            let expected: Vec<_> = outputs
                .iter()
                .map(|column| {
                    let cell = row.cell(&format!("{column}{version}"));
                    (*column, instead(file, &inputs, column, cell).unwrap_or(cell))
                })
                .collect();
            replayed += 1;
            if expected.iter().any(|(_, cell)| cell.starts_with("CRASH")) {
                assert_ne!(version, "_2_1_2", "ours has an answer to everything");
                continue;
            }
            let answers = replay(library, row);
            let columns: Vec<_> = answers.iter().map(|(column, _)| *column).collect();
            assert_eq!(columns, outputs, "{file}");
            for ((column, answer), (_, cell)) in answers.iter().zip(expected) {
                if !answer.is(cell) {
                    let inputs = inputs.join(" ");
                    let inputs: String = inputs.chars().take(200).collect();
                    wrong.push(format!(
                        "{file}:{}: {inputs}: {column} is {answer}, not {cell}",
                        row.line
                    ));
                }
            }
        }
        let in_file = data_lines(file);
        assert_eq!(replayed, in_file, "{file}");
        println!("{file}: {replayed} rows");
        total += replayed;
    }
    println!("total: {total} rows, {} cells differ", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    total
}

/// Lines of a file that are neither comments nor the names of the columns, counted without parsing.
fn data_lines(file: &str) -> usize {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let bytes = std::fs::read(dir.join(file).with_extension("tsv")).expect(file);
    let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    lines.filter(|line| line[0] != b'#').count() - 1
}
