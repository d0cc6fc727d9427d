//! Takes the comment of a function apart: text, and sections of entries such as "Parameters:" and "Returns:".

/// A part of a comment.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    /// A paragraph.
    Text(String),
    /// Entries below a title.
    Section(String, Vec<Entry>),
}

/// One entry of a section.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is about; empty for running text.
    pub tag: String,
    /// What is said of it.
    pub text: String,
    /// Entries below this one, such as the options of a value.
    pub below: Vec<Entry>,
}

/// Takes a comment apart.
pub fn parts(lines: &[String]) -> Vec<Part> {
    let mut found = Vec::new();
    for block in lines.split(|line| line.is_empty()).filter(|block| !block.is_empty()) {
        let title = block[0].split_once(':').map(|(title, rest)| (title, rest.trim()));
        match title {
            Some((title @ ("Parameters" | "Returns"), "")) => {
                found.push(Part::Section(title.to_owned(), entries(&block[1..])));
            }
            Some((title @ ("Threads" | "See also"), rest)) => {
                let text = join(std::iter::once(rest).chain(block[1..].iter().map(String::as_str)));
                let entry = Entry { tag: String::new(), text, below: Vec::new() };
                found.push(Part::Section(title.to_owned(), vec![entry]));
            }
            _ => found.push(Part::Text(join(block.iter().map(String::as_str)))),
        }
    }
    found
}

/// Lines of a section: "  tag - text", deeper what continues it, "  text" without a tag what stands for itself.
fn entries(lines: &[String]) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for line in lines {
        let text = line.trim_start();
        let is_deep = line.len() - text.len() > 2;
        match (tag(text), found.last_mut()) {
            (Some((tag, text)), _) if !is_deep => found.push(entry(tag, text)),
            (_, Some(last)) if is_deep => continue_entry(last, text),
            (_, Some(last)) if last.tag.is_empty() => append(&mut last.text, text),
            _ => found.push(entry("", text)),
        }
    }
    found
}

fn continue_entry(entry_above: &mut Entry, text: &str) {
    if let Some((names, rest)) = text.split_once(':').filter(|(names, _)| are_constants(names)) {
        return entry_above.below.push(entry(names, rest.trim()));
    }
    let last = entry_above.below.last_mut().map(|below| &mut below.text);
    append(last.unwrap_or(&mut entry_above.text), text);
}

/// "tag - text", where the tag is made of names.
fn tag(text: &str) -> Option<(&str, &str)> {
    let (tag, rest) = text.split_once(" -")?;
    let rest = if rest.is_empty() { rest } else { rest.strip_prefix(' ')? };
    let is_name = |word: &str| {
        let word = word.trim_end_matches(',');
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_-*.".contains(c))
    };
    let name_like = tag.split_whitespace().all(is_name)
        && (tag.split_whitespace().count() == 1 || tag.contains(',') || tag.ends_with("others"));
    name_like.then(|| (tag.trim_end(), rest))
}

fn are_constants(names: &str) -> bool {
    let mut names = names.split(", ");
    names.all(|name| {
        name.contains('_')
            && name.chars().all(|c| c.is_ascii_uppercase() || "_0123456789".contains(c))
    })
}

fn entry(tag: &str, text: &str) -> Entry {
    Entry { tag: tag.to_owned(), text: text.to_owned(), below: Vec::new() }
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

fn join<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
