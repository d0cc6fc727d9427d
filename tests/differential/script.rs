//! A script for `interpreter.c`, and how its words are read.

/// One script: its lines, without `end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The steps.
    pub lines: Vec<String>,
}

impl Script {
    /// As the interpreter reads it.
    pub fn text(&self) -> String {
        let mut text = self.lines.join("\n");
        text.push_str("\nend\n");
        text
    }
}

/// Scripts of a file: `## NAME` in front of each, `#` in front of comments.
pub fn cases(text: &str) -> Vec<(String, Script)> {
    let mut cases: Vec<(String, Script)> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix("## ") {
            cases.push((name.to_owned(), Script { lines: Vec::new() }));
        } else if !line.starts_with('#') {
            let (_, script) = cases.last_mut().unwrap_or_else(|| panic!("no name yet: {line}"));
            script.lines.push(line.to_owned());
        }
    }
    cases
}

/// The word at this place.
pub fn word(line: &str, at: usize) -> &str {
    line.split(' ').nth(at).unwrap_or("")
}

/// The number of a property in a list `id=value,...`.
pub fn property(list: &str, id: u8) -> Option<u32> {
    text_property(list, id)?.parse().ok()
}

/// The text of a property in such a list.
pub fn text_property(list: &str, id: u8) -> Option<String> {
    let start = format!("{id}=");
    list.split(',').find_map(|entry| entry.strip_prefix(&start)).map(str::to_owned)
}
