//! A Rust source file as the architecture tests see it: its code without comments, literals and `#[cfg(test)]` items,
//! as words with line numbers, and the paths that it names. Knows nothing of the rules.

use std::path::{Component, Path, PathBuf};
use std::{fs, mem};

/// One file under `src/`.
pub struct Source {
    /// Relative to `src/`.
    pub file: PathBuf,
    /// Everything, comments included.
    pub text: String,
    words: Vec<Word>,
}

/// An identifier, or one sign (`::` counts as one).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub line: usize,
    pub text: String,
}

/// A path of two or more parts, such as `crate::error::Error`; the trees of `use` are written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPath {
    pub line: usize,
    pub parts: Vec<String>,
}

impl Source {
    /// Every `*.rs` below `src`, in the order of their names.
    pub fn all(src: &Path) -> Vec<Source> {
        let mut files = Vec::new();
        collect(src, &mut files);
        files.sort();
        let read = |file: &PathBuf| {
            let text = fs::read_to_string(file).expect("a source file can be read");
            Source::new(file.strip_prefix(src).expect("below src"), &text)
        };
        files.iter().map(read).collect()
    }

    /// A file with the content `text`.
    pub fn new(file: &Path, text: &str) -> Source {
        let words =
            if is_test_file(file) { Vec::new() } else { words(&without_tests(&blanked(text))) };
        Source { file: file.to_owned(), text: text.to_owned(), words }
    }

    /// The module that the file is, from the root: `transport/tcp.rs` is `["transport", "tcp"]`, `lib.rs` is `[]`.
    pub fn module(&self) -> Vec<String> {
        let parts = self.file.components().filter_map(|c| match c {
            Component::Normal(name) => Path::new(name).file_stem()?.to_str().map(str::to_owned),
            _ => None,
        });
        let mut parts: Vec<_> = parts.collect();
        if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
            parts.pop();
        }
        parts
    }

    /// The words of the code that is not test code.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// Lines on which `sequence` begins.
    pub fn find(&self, sequence: &[&str]) -> Vec<usize> {
        let windows = self.words.windows(sequence.len());
        let same = |window: &&[Word]| {
            window.iter().map(|word| word.text.as_str()).eq(sequence.iter().copied())
        };
        windows.filter(same).map(|window| window[0].line).collect()
    }

    /// The paths of the code that is not test code. Those that go up to the root by `super` begin with `crate`.
    pub fn paths(&self) -> Vec<NamedPath> {
        let depth = self.module().len();
        let mut paths = paths(&self.words);
        for path in &mut paths {
            let ups = path.parts.iter().take_while(|part| *part == "super").count();
            if ups > 0 && ups == depth {
                path.parts.splice(..ups, ["crate".to_owned()]);
            }
        }
        paths
    }
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// `#[cfg(test)] mod tests;` keeps its code in a file of that name.
fn is_test_file(file: &Path) -> bool {
    file.components().any(|c| matches!(c.as_os_str().to_str(), Some("tests" | "tests.rs")))
}

/// `text` with comments gone and literals emptied; the lines stay.
fn blanked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let (mut out, mut i) = (String::new(), 0);
    while i < chars.len() {
        let end = match (at(i), at(i + 1)) {
            ('/', '/') => (i..chars.len()).find(|&k| at(k) == '\n').unwrap_or(chars.len()),
            ('/', '*') => end_of_block_comment(&chars, i),
            ('"', _) => end_of_string(&chars, i),
            ('\'', '\\') => {
                (i + 3..chars.len()).find(|&k| at(k) == '\'').map_or(chars.len(), |k| k + 1)
            }
            ('\'', _) if at(i + 2) == '\'' => i + 3,
            (c, _) if is_word(c) => {
                let end = (i..chars.len()).find(|&k| !is_word(at(k))).unwrap_or(chars.len());
                let word: String = chars[i..end].iter().collect();
                match word.as_str() {
                    "r" | "br" | "cr" if at(end) == '"' || at(end) == '#' => {
                        end_of_raw_string(&chars, end)
                    }
                    _ => {
                        out.push_str(&word);
                        i = end;
                        continue;
                    }
                }
            }
            (c, _) => {
                out.push(c);
                i += 1;
                continue;
            }
        };
        out.push(' ');
        out.extend(chars[i..end].iter().filter(|c| **c == '\n'));
        i = end;
    }
    out
}

fn end_of_block_comment(chars: &[char], start: usize) -> usize {
    let (mut depth, mut i) = (0, start);
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => (depth, i) = (depth + 1, i + 2),
            ('*', '/') => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return i;
        }
    }
    chars.len()
}

fn end_of_string(chars: &[char], start: usize) -> usize {
    let mut i = start + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            '"' => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

/// `start` is behind the `r`. A raw identifier (`r#type`) ends where it starts.
fn end_of_raw_string(chars: &[char], start: usize) -> usize {
    let hashes = chars[start..].iter().take_while(|c| **c == '#').count();
    if chars.get(start + hashes) != Some(&'"') {
        return start;
    }
    let mut i = start + hashes + 1;
    while i < chars.len() {
        let closing =
            chars[i] == '"' && chars[i + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
        if closing {
            return i + 1 + hashes;
        }
        i += 1;
    }
    chars.len()
}

/// `code` without the items behind `#[cfg(test)]` and `#[cfg(all(test, ...))]`; the lines stay.
fn without_tests(code: &str) -> String {
    let (mut out, mut rest) = (String::new(), code);
    while let Some(start) =
        ["#[cfg(test)]", "#[cfg(all(test"].iter().filter_map(|a| rest.find(a)).min()
    {
        let (before, item) = rest.split_at(start);
        let (item, behind) = item.split_at(end_of_item(item));
        out.push_str(before);
        out.extend(item.chars().filter(|c| *c == '\n'));
        rest = behind;
    }
    out + rest
}

/// Behind the first `;` or closing brace that belongs to no bracket or parenthesis.
fn end_of_item(item: &str) -> usize {
    let (mut depth, mut braces) = (0, 0);
    for (i, c) in item.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' => braces += 1,
            '}' => braces -= 1,
            _ => {}
        }
        if depth == 0 && braces == 0 && (c == ';' || c == '}') {
            return i + 1;
        }
    }
    item.len()
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn words(code: &str) -> Vec<Word> {
    let (mut words, mut current) = (Vec::new(), String::new());
    for (index, text) in code.lines().enumerate() {
        let line = index + 1;
        let mut end_word = |current: &mut String| {
            if !current.is_empty() {
                words.push(Word { line, text: mem::take(current) });
            }
        };
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if is_word(c) {
                current.push(c);
                continue;
            }
            end_word(&mut current);
            if c == ':' && chars.next_if_eq(&':').is_some() {
                current.push_str("::");
            } else if !c.is_whitespace() {
                current.push(c);
            }
            end_word(&mut current);
        }
        end_word(&mut current);
    }
    words
}

fn paths(words: &[Word]) -> Vec<NamedPath> {
    let (mut found, mut i) = (Vec::new(), 0);
    while i < words.len() {
        if words[i].text.starts_with(is_word) {
            i = path(words, i, &[], &mut found);
        } else {
            i += 1;
        }
    }
    found
}

/// Reads the path that begins at word `i`, below `prefix`; answers where it ends.
fn path(words: &[Word], mut i: usize, prefix: &[String], found: &mut Vec<NamedPath>) -> usize {
    let text = |i: usize| words.get(i).map_or("", |word| word.text.as_str());
    let line = words[i].line;
    let mut parts = prefix.to_vec();
    loop {
        if text(i) == "{" {
            return group(words, i + 1, &parts, found);
        }
        if !text(i).starts_with(is_word) && text(i) != "*" {
            break; // `::<`
        }
        parts.push(text(i).to_owned());
        i += 1;
        if text(i) != "::" {
            break;
        }
        i += 1;
    }
    if parts.len() > 1 {
        found.push(NamedPath { line, parts });
    }
    i
}

/// Reads the tree behind `prefix::{`; answers where it ends.
fn group(words: &[Word], mut i: usize, prefix: &[String], found: &mut Vec<NamedPath>) -> usize {
    while i < words.len() {
        match words[i].text.as_str() {
            "}" => return i + 1,
            "," => i += 1,
            "as" => i += 2,
            text if text == "*" || text.starts_with(is_word) => i = path(words, i, prefix, found),
            _ => return i,
        }
    }
    i
}
