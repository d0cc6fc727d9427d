//! What is written in Markdown: links lead somewhere, files that are named exist, C code compiles and runs, the table of
//! errors is that of the header, and words are spelt right.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::c_program::{Headers, Running, compile, compiler, root};
use support::clients::LIMIT;
use support::embedded_broker::EmbeddedBroker;
use support::library::Library;

/// Endings by which a word in backquotes is known to be a file of this repository.
const FILES: [&str; 9] = [".rs", ".c", ".h", ".md", ".sh", ".toml", ".tsv", ".txt", ".py"];

/// Words that codespell takes for mistakes: a term, a piece of a topic, a mistake of the original that is quoted.
const NOT_MISTAKES: &str = "inflight,crate,fo,implementaion";

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    let mut checked = 0;
    for document in documents() {
        let text = prose(&read(&document));
        for target in links(&text).filter(|target| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let directory = document.parent().expect("a file in a directory");
            let path = if file.is_empty() { document.clone() } else { directory.join(file) };
            checked += 1;
            let found = path.exists()
                && (anchor.is_empty() || anchors(&read(&path)).any(|other| other == anchor));
            if !found {
                broken.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    println!("links checked: {checked}");
}

#[test]
fn files_that_are_named_exist() {
    let mut missing = Vec::new();
    let mut checked = 0;
    for document in documents() {
        let directory = document.parent().expect("a file in a directory").to_owned();
        let places = [root().to_owned(), directory, root().join("tests"), root().join("include")];
        for word in prose(&read(&document)).split('`').skip(1).step_by(2) {
            let is_file = word.contains('/') && FILES.iter().any(|ending| word.ends_with(ending));
            if !is_file || word.contains([' ', '*', '<', '$', '…']) || word.starts_with('/') {
                continue;
            }
            checked += 1;
            if !places.iter().any(|place| place.join(word).exists()) {
                missing.push(format!("{}: {word}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    println!("names of files checked: {checked}");
}

/// The last cell of each row of `docs/differences.md` names what pins it: files, and behind each, in brackets, tests or
/// pieces of their names or texts. "the same" is what the row above says.
#[test]
fn tests_that_pin_differences_exist() {
    let mut missing = Vec::new();
    let (mut checked, mut above) = (0, Vec::new());
    for line in read(&root().join("docs/differences.md")).lines() {
        let Some(row) = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")) else {
            continue;
        };
        let cell = row.rsplit(" | ").next().unwrap_or_default();
        if cell == "test" {
            continue;
        }
        let mut texts = if cell.starts_with("the same") { above } else { Vec::new() };
        for word in named(cell) {
            let file = files_of(word);
            let known = texts.iter().any(|text: &String| text.contains(word.trim_end_matches('…')));
            checked += 1;
            match file {
                Some(text) => texts.push(text),
                None if known => {}
                None => missing.push(format!("{word}: {line}")),
            }
        }
        if texts.is_empty() {
            missing.push(format!("no test: {line}"));
        }
        above = texts;
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(checked > 200, "only {checked} names");
}

/// What a cell names: words in backquotes or in quotation marks.
fn named(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(['`', '"']).skip(1).step_by(2)
}

/// A file of tests, with the files in the directory of its name, if this names one.
fn files_of(name: &str) -> Option<String> {
    let places = [
        "",
        "tests/",
        "tests/vectors/",
        "tests/differential/",
        "tests/conversations/",
        "c_tests/threads/",
    ];
    let path = places
        .iter()
        .map(|place| root().join(format!("{place}{name}")))
        .find(|path| path.is_file())?;
    let mut text = read(&path);
    for entry in fs::read_dir(path.with_extension("")).into_iter().flatten().flatten() {
        text += &fs::read_to_string(entry.path()).unwrap_or_default();
    }
    Some(text)
}

/// CONTRIBUTING.md says of each suite what it shows.
#[test]
fn every_suite_is_told_of() {
    let text = read(&root().join("CONTRIBUTING.md"));
    let suites = fs::read_dir(root().join("tests")).expect("tests/").flatten();
    let names = suites.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let names = names.filter(|name| name.ends_with(".rs"));
    let untold: Vec<String> =
        names.filter(|name| !text.contains(&format!("`tests/{name}`"))).collect();
    assert!(untold.is_empty(), "{untold:?}");
}

/// A block with `main` is a program, called with the host and the port of a server, and ends well. Other blocks compile.
#[test]
fn code_compiles_and_runs() {
    let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
    let port = broker.address().port().to_string();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let library = Library::Ours.file();
    let link = library.to_str().expect("a UTF-8 path");
    let (mut compiled, mut run) = (0, 0);
    for document in documents() {
        for (number, code) in code_blocks(&read(&document), "c").into_iter().enumerate() {
            let name = format!("{} ({})", document.display(), number + 1);
            let source = directory.path().join(format!("block{compiled}.c"));
            fs::write(&source, &code).expect("a file");
            compiled += 1;
            if !code.contains("int main(") {
                let object = source.with_extension("o");
                let output =
                    compiler(&source, Headers::Ours).arg("-c").arg("-o").arg(object).output();
                let output = output.expect("a C compiler");
                assert!(
                    output.status.success(),
                    "{name}: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
                continue;
            }
            let program = compile(&source, Headers::Ours, &[link], directory.path());
            let program = program.unwrap_or_else(|e| panic!("{name}: {e}"));
            let loader = support::library::LoaderPath::new(Library::Ours);
            let mut command = Command::new(program);
            command.args(["127.0.0.1", &port]).env("LD_LIBRARY_PATH", loader.path());
            let running = Running::start(&mut command, Default::default()).expect("it starts");
            let stderr = running.stderr.clone();
            let status = running.finish(LIMIT).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(status.success(), "{name}: {status}: {}", stderr.text());
            run += 1;
        }
    }
    assert!(run > 0, "no document has a program");
    println!("pieces of C compiled: {compiled}, run: {run}");
}

/// `docs/manual/errors.md` has every number that a client can meet, under its name.
#[test]
fn the_table_of_errors_is_complete() {
    let known = error_numbers(&read(&root().join("include/mosquitto/defs.h")));
    let mut listed = BTreeMap::new();
    for line in read(&root().join("docs/manual/errors.md")).lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let Some(Ok(number)) = cells.get(1).map(|cell| cell.parse::<i32>()) {
            listed.insert(cells[2].trim_matches('`').to_owned(), number);
        }
    }
    for (name, number) in &listed {
        let there = known.iter().find(|error| error.name == *name);
        assert_eq!(there.map(|error| error.number), Some(*number), "{name}");
    }
    let answers = read(&root().join("src/error.rs"));
    let is_answered = |number: i32| answers.contains(&format!("=> {number},"));
    let wanted = known.iter().filter(|error| !error.for_brokers && error.number < 128);
    let wanted = wanted.chain(known.iter().filter(|error| is_answered(error.number)));
    let missing: BTreeSet<&str> = wanted
        .filter(|error| !listed.contains_key(&error.name))
        .map(|error| error.name.as_str())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn words_are_spelt_right() {
    let checked = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs",
        "include",
        "man",
        "src",
    ];
    let output = Command::new("codespell")
        .args(["--ignore-words-list", NOT_MISTAKES])
        .args(checked)
        .args([
            "examples",
            "packaging",
            "scripts",
            "benches",
            "fuzz/README.md",
            "model/README.md",
            "python",
        ])
        .args(["--skip", "*package-lock.json"])
        .current_dir(root())
        .output();
    let Ok(output) = output else {
        println!("passed over: codespell is not installed");
        return;
    };
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

struct ErrorNumber {
    name: String,
    number: i32,
    for_brokers: bool,
}

/// The members of `enum mosq_err_t`.
fn error_numbers(header: &str) -> Vec<ErrorNumber> {
    let mut found = Vec::new();
    let mut comment = "";
    for line in header.lines().map(str::trim) {
        if line.starts_with("/**") {
            comment = line;
        }
        let Some((name, number)) = line.trim_end_matches(',').split_once(" = ") else { continue };
        if let (true, Ok(number)) = (name.starts_with("MOSQ_ERR_"), number.parse()) {
            let for_brokers = comment.contains("Used inside broker") || comment.contains("quota");
            found.push(ErrorNumber { name: name.to_owned(), number, for_brokers });
        }
    }
    found
}

/// Every document that people read, but no dependency's.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for directory in ["", "benches", "docs", "docs/manual", "fuzz", "model", "python"] {
        let entries = fs::read_dir(root().join(directory)).expect("a directory with documents");
        let paths = entries.map(|entry| entry.expect("a directory entry").path());
        found.extend(paths.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    found.sort();
    found
}

/// The text without its blocks of code.
fn prose(text: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        if !inside && !fence {
            kept.push_str(line);
        }
        kept.push('\n');
    }
    kept
}

/// The blocks of code in a language.
fn code_blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        match &mut block {
            None if line == format!("```{language}") => block = Some(String::new()),
            None => {}
            Some(_) if line == "```" => found.extend(block.take()),
            Some(code) => *code += &format!("{line}\n"),
        }
    }
    found
}

/// What the links of a text lead to.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

/// The anchors that GitHub and its like give to the headings of a text.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    let headings: Vec<String> =
        prose(text).lines().filter(|line| line.starts_with('#')).map(slug).collect();
    headings.into_iter()
}

fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
