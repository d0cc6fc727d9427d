//! Reads the headers of `include/`: the comment at the top, and each declaration with the comment before it. Knows C as
//! far as cbindgen writes it.

use std::path::Path;

/// What one header declares.
pub struct Header {
    /// File name without `.h`.
    pub name: String,
    /// The comment at the top, line by line.
    pub about: Vec<String>,
    /// What has a comment of its own.
    pub items: Vec<Item>,
}

/// A declaration with its comment.
pub struct Item {
    /// The comment, line by line.
    pub comment: Vec<String>,
    /// The declaration, line by line, without the export macro.
    pub declaration: Vec<String>,
}

impl Header {
    /// Reads `include/mosquitto/NAME.h`.
    pub fn read(include: &Path, name: &str) -> Header {
        let file = include.join("mosquitto").join(name).with_extension("h");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file:?}: {e}"));
        Header::parse(name, &text)
    }

    fn parse(name: &str, text: &str) -> Header {
        let mut lines = text.lines().peekable();
        lines.next_if_eq(&"/*").unwrap_or_else(|| panic!("{name}: no comment at the top"));
        let mut about: Vec<String> = comment(&mut lines);
        about.truncate(about.iter().position(|line| line.starts_with("SPDX")).unwrap_or(0));
        let mut items = Vec::new();
        while let Some(line) = lines.next() {
            let Some(rest) = line.strip_prefix("/**") else { continue };
            let comment = match rest.strip_suffix("*/") {
                Some(line) => vec![line.trim().to_owned()],
                None => comment(&mut lines),
            };
            items.push(Item { comment, declaration: declaration(&mut lines) });
        }
        Header { name: name.to_owned(), about, items }
    }

    /// Name of the page.
    pub fn page(&self) -> String {
        let prefix = if self.name.starts_with("lib") { "" } else { "libmosquitto_" };
        format!("{prefix}{}", self.name)
    }

    /// The functions, by name.
    pub fn functions(&self) -> impl Iterator<Item = (&str, &Item)> {
        self.items.iter().filter_map(|item| Some((item.function()?, item)))
    }
}

impl Item {
    /// The name, if it is a function.
    pub fn function(&self) -> Option<&str> {
        let first = self.declaration.first()?;
        let (before, _) = first.split_once('(')?;
        let name = before.rsplit([' ', '*']).next()?;
        name.starts_with("mosquitto_").then_some(name)
    }

    /// Name and value, if it is a constant macro.
    pub fn constant(&self) -> Option<(&str, &str)> {
        self.declaration.first()?.strip_prefix("#define ")?.split_once(' ')
    }
}

/// The lines of a comment whose first line has been taken, to its end.
fn comment<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<String> = lines
        .take_while(|line| line.trim() != "*/")
        .map(|line| line.trim_start().trim_start_matches('*'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned())
        .collect();
    while found.last().is_some_and(String::is_empty) {
        found.pop();
    }
    found
}

/// The declaration that begins with the next line.
fn declaration<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found = Vec::new();
    let mut braces = false;
    for line in lines {
        let line = line.trim_end();
        let code = ["libmosq_EXPORT", "libmosqcommon_EXPORT"]
            .iter()
            .find_map(|macro_name| line.strip_prefix(macro_name))
            .unwrap_or(line);
        if code.is_empty() {
            continue; // the macro had a line of its own
        }
        found.push(code.strip_prefix(' ').filter(|_| code != line).unwrap_or(code).to_owned());
        braces |= code.ends_with('{');
        let ends = if braces { code.starts_with('}') } else { code.ends_with(';') };
        if ends || (code.starts_with("#define") && !code.ends_with('\\')) {
            break;
        }
    }
    found
}
