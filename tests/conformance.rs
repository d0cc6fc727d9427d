//! `docs/conformance.md`: every normative statement of MQTT 3.1.1 and 5.0, whom it binds, and the test that shows that we
//! keep to it. Made from the tables in `tests/conformance/`; this test keeps tables, tests and document in step.
//!
//! `UPDATE_CONFORMANCE=1 cargo test --test conformance` writes the document anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// One statement.
struct Statement {
    id: String,
    binds: String,
    summary: String,
    evidence: Vec<Evidence>,
    /// Why there is no evidence, or what else is to be said.
    remark: Option<String>,
}

/// A place that shows it.
struct Evidence {
    file: String,
    words: String,
}

const TABLES: [(&str, &str); 2] = [("MQTT 3.1.1", "mqtt-3.1.1.tsv"), ("MQTT 5.0", "mqtt-5.0.tsv")];

#[test]
fn every_statement_that_binds_a_client_has_its_test_or_a_reason() {
    let mut missing = Vec::new();
    for (standard, file) in TABLES {
        for statement in statements(file) {
            let Statement { id, binds, evidence, remark, .. } = &statement;
            assert!(["client", "server", "both"].contains(&binds.as_str()), "{standard} {id}");
            let bare = evidence.is_empty() && remark.is_none();
            assert!(binds == "server" || !bare, "{standard} {id} has neither test nor reason");
            missing.extend(absent(&format!("{standard} {id}"), evidence));
        }
    }
    for statement in reports() {
        assert!(!statement.evidence.is_empty(), "{} has no test", statement.id);
        missing.extend(absent(&statement.id, &statement.evidence));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Numbers of statements in the source and in the tests are numbers of the tables.
#[test]
fn the_statements_named_in_the_source_exist() {
    let known: BTreeSet<String> = TABLES
        .iter()
        .flat_map(|(_, file)| statements(file))
        .map(|statement| statement.id)
        .collect();
    let mut files = Vec::new();
    for directory in ["src", "tests", "c_tests"] {
        collect(&root().join(directory), &mut files);
    }
    let mut named = 0;
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for id in text
            .split(concat!("[", "MQTT-"))
            .skip(1)
            .filter_map(|rest| rest.split([']', ' ']).next())
        {
            assert!(known.contains(id), "{}: statement {id} is in no table", file.display());
            named += 1;
        }
    }
    assert!(named >= 40, "only {named} statements are named in the source");
}

#[test]
fn the_document_is_what_the_tables_give() {
    let path = root().join("docs/conformance.md");
    let text = document();
    if std::env::var_os("UPDATE_CONFORMANCE").is_some() {
        fs::write(&path, text).expect("docs/ can be written");
        return;
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "not up to date: UPDATE_CONFORMANCE=1 cargo test --test conformance");
}

/// The evidence that is not where it should be.
fn absent(what: &str, evidence: &[Evidence]) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let is_there = |Evidence { file, words }: &&Evidence| {
        let text = fs::read_to_string(root().join(file));
        let text = text.unwrap_or_else(|error| panic!("{what}: {file}: {error}"));
        assert!(words.len() > 3, "{what}: {words:?} says too little");
        if file.ends_with(".txt") {
            // The whole name of a conversation.
            text.contains(&format!("\n## {words} |"))
        } else if file.ends_with(".rs") && words.chars().all(is_word) {
            text.contains(&format!("fn {words}("))
        } else {
            text.contains(words)
        }
    };
    let absent = evidence.iter().filter(|evidence| !is_there(evidence));
    absent.map(|Evidence { file, words }| format!("{what}: {words:?} is not in {file}")).collect()
}

fn document() -> String {
    let mut text = String::from(
        "# Conformance\n\n\
         The normative statements of MQTT in our words, with the tests that show that this library keeps to them. Made by\n\
         `tests/conformance.rs` from the tables in `tests/conformance/`, which it keeps in step with the tests.\n\n\
         Statements that bind servers alone are listed where a test shows what we do when a server breaks them.\n\n\
         The numbers have not been compared with the text of the standards, but with what 26 published packages quote of it:\n\
         of 393 numbers 266 are cited there for what stands here; the other 127 are unconfirmed.\n",
    );
    for (standard, file) in TABLES {
        let all = statements(file);
        let ours = all.iter().filter(|statement| statement.binds != "server");
        let (tested, excused): (Vec<_>, Vec<_>) =
            ours.partition(|statement| !statement.evidence.is_empty());
        let servers = all.len() - tested.len() - excused.len();
        let _ = write!(
            text,
            "\n## {standard}\n\n{} statements: {servers} bind servers alone; of the {} others {} have tests and {} a reason \
             why not.\n\n| statement | binds | what it asks | shown by |\n|---|---|---|---|\n",
            all.len(),
            tested.len() + excused.len(),
            tested.len(),
            excused.len()
        );
        for statement in &all {
            if statement.binds != "server" || !statement.evidence.is_empty() {
                let Statement { id, binds, summary, .. } = statement;
                let _ =
                    writeln!(text, "| MQTT-{id} | {binds} | {summary} | {} |", shown(statement));
            }
        }
    }
    text.push_str(
        "\n## Reported of libmosquitto\n\nReports of May 2026 against the original, each about a statement of MQTT 5.\n\n\
         | report | what | here |\n|---|---|---|\n",
    );
    for statement in reports() {
        let _ =
            writeln!(text, "| #{} | {} | {} |", statement.id, statement.summary, shown(&statement));
    }
    text
}

fn shown(statement: &Statement) -> String {
    let places = statement.evidence.iter().map(|Evidence { file, words }| {
        let file = file.strip_prefix("tests/").unwrap_or(file);
        format!("`{file}` ({})", words.replace('|', "\\|"))
    });
    places.chain(statement.remark.clone()).collect::<Vec<_>>().join("; ")
}

fn statements(file: &str) -> Vec<Statement> {
    let rows = rows(file);
    let statements: Vec<Statement> = rows
        .iter()
        .map(|row| {
            let (evidence, remark) = parse(row.get(3).map_or("", String::as_str));
            Statement {
                id: row[0].clone(),
                binds: row[1].clone(),
                summary: row[2].clone(),
                evidence,
                remark,
            }
        })
        .collect();
    let ids: BTreeSet<&String> = statements.iter().map(|statement| &statement.id).collect();
    assert_eq!(ids.len(), statements.len(), "{file} has a statement twice");
    statements
}

fn reports() -> Vec<Statement> {
    let rows = rows("reported.tsv");
    rows.iter()
        .map(|row| {
            let (evidence, remark) = parse(&row[2]);
            Statement {
                id: row[0].clone(),
                binds: String::new(),
                summary: row[1].clone(),
                evidence,
                remark,
            }
        })
        .collect()
}

fn rows(file: &str) -> Vec<Vec<String>> {
    let path = root().join("tests/conformance").join(file);
    let text = fs::read_to_string(path).expect("the table exists");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rows: Vec<Vec<String>> =
        lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    assert!(rows.iter().all(|row| row.len() >= 3), "{file}: three or four columns, please");
    rows
}

/// `FILE "words"; FILE "words"; - remark`: either part, or both.
fn parse(text: &str) -> (Vec<Evidence>, Option<String>) {
    let (places, remark) = match (text.strip_prefix("- "), text.split_once("; - ")) {
        (Some(remark), _) => ("", Some(remark.to_owned())),
        (None, Some((places, remark))) => (places, Some(remark.to_owned())),
        (None, None) => (text, None),
    };
    let places = places.split("; ").filter(|place| !place.is_empty());
    let evidence = places.map(|place| {
        let (file, words) = place.split_once(' ').unwrap_or_else(|| panic!("no words: {place}"));
        let quoted = words.strip_prefix('"').and_then(|words| words.strip_suffix('"'));
        let words = quoted.unwrap_or_else(|| panic!("no quotes: {place}")).replace("\\\"", "\"");
        let file = if file.contains('/') {
            file.to_owned()
        } else {
            format!("tests/conversations/{file}")
        };
        Evidence { file, words: words.replace("\\\\", "\\") }
    });
    (evidence.collect(), remark)
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
