//! From a header to a page of the manual, in the man(7) language.

use super::comment::{Entry, Part, parts};
use super::header::{Header, Item};

/// The page of a header with functions or constants.
pub fn page(header: &Header) -> String {
    without_idle_paragraphs(&written(header))
}

fn written(header: &Header) -> String {
    let names: Vec<&str> = header.functions().map(|(name, _)| name).collect();
    let mut text = top(&header.page(), &names, &summary(header));
    text.push_str(".SH SYNOPSIS\n.nf\n.B #include <mosquitto.h>\n");
    if header.name == "extensions" {
        text.push_str(".B #include <mosquitto/extensions.h>\n");
    }
    text.push_str(".fi\n.SH DESCRIPTION\n");
    text.push_str(&prose(&header.about));
    text.push_str(&functions(header));
    text.push_str(&types(header));
    text.push_str(&constants(header));
    text.push_str(".SH SEE ALSO\n.BR libmosquitto (3)\n");
    text
}

/// `libmosquitto.3`: a text written by hand, in which lines that begin with `@` stand for what is made from the headers.
pub fn overview(template: &str, header: &Header, groups: &[Header], example: &str) -> String {
    let names: Vec<&str> = header.functions().map(|(name, _)| name).collect();
    let mut text = top("libmosquitto", &names, "MQTT version 5, 3.1.1 and 3.1 client library");
    for line in template.lines() {
        match line {
            "@FUNCTIONS@" => text.push_str(&functions(header)),
            "@CONSTANTS@" => text.push_str(&constants(header)),
            "@GROUPS@" => groups.iter().for_each(|group| text.push_str(&listed(group))),
            "@EXAMPLE@" => text.push_str(&code(example.lines())),
            line => text.push_str(&format!("{line}\n")),
        }
    }
    without_idle_paragraphs(&text)
}

/// A paragraph begins by itself behind a heading or another `.PP`.
fn without_idle_paragraphs(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        let begun = lines.last().is_some_and(|last| {
            [".SH ", ".SS "].iter().any(|heading| last.starts_with(heading)) || *last == ".PP"
        });
        if line != ".PP" || !begun {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

fn top(name: &str, functions: &[&str], summary: &str) -> String {
    let mut names = vec![name];
    names.extend(functions);
    format!(
        ".\\\" Made from include/ by `make headers`. Changes made here are lost.\n\
         .TH {} 3 \"\" \"libmosquitto-rs {}\" \"libmosquitto\"\n.ad l\n.nh\n.SH NAME\n{} \\- {}\n",
        name.to_uppercase(),
        env!("CARGO_PKG_VERSION"),
        names.join(", "),
        escaped(summary)
    )
}

/// The first sentence of what the header says of itself, as a phrase.
fn summary(header: &Header) -> String {
    let about = header.about.join(" ");
    let end = about.find(". ").unwrap_or(about.len());
    about[..end].trim_end_matches('.').to_owned()
}

/// An entry in the list of groups.
fn listed(group: &Header) -> String {
    let names: Vec<String> = group.functions().map(|(name, _)| bold(name)).collect();
    let names = if names.is_empty() { String::new() } else { format!("\n{}", names.join(",\n")) };
    format!(".TP\n.BR {} (3)\n{}.{names}\n", group.page(), escaped(&summary(group)))
}

fn functions(header: &Header) -> String {
    let mut text = String::new();
    for (name, item) in header.functions() {
        if text.is_empty() {
            text.push_str(".SH FUNCTIONS\n");
        }
        text.push_str(&format!(".SS {name}\n"));
        text.push_str(&code(item.declaration.iter().map(String::as_str)));
        parts(&item.comment).iter().for_each(|each| text.push_str(&part(each)));
    }
    text
}

/// Structures, enumerations and types of callbacks, as the header has them.
fn types(header: &Header) -> String {
    let is_type = |item: &&Item| item.function().is_none() && item.constant().is_none();
    let mut text = String::new();
    for item in header.items.iter().filter(is_type) {
        if text.is_empty() {
            text.push_str(".SH TYPES\n");
        }
        text.push_str(".PP\n");
        text.push_str(&prose(&item.comment));
        text.push_str(&code(item.declaration.iter().map(String::as_str)));
    }
    text
}

fn constants(header: &Header) -> String {
    let mut text = String::new();
    for item in &header.items {
        let Some((name, value)) = item.constant() else { continue };
        if text.is_empty() {
            text.push_str(".SH CONSTANTS\n");
        }
        text.push_str(&format!(".TP\n.BR {name} \" {}\"\n", escaped(value).replace('"', "\\(dq")));
        text.push_str(&running(&item.comment.join(" ")));
    }
    text
}

fn part(part: &Part) -> String {
    match part {
        Part::Text(text) => format!(".PP\n{}", running(text)),
        Part::Section(title, entries) if matches!(title.as_str(), "Threads" | "See also") => {
            let text: String = entries.iter().map(|entry| running(&entry.text)).collect();
            format!(".PP\n.IR \"{title}\" :\n{text}")
        }
        Part::Section(title, entries) => {
            let list: String = entries.iter().map(listed_entry).collect();
            format!(".PP\n.IR {title} :\n.RS\n{list}.RE\n")
        }
    }
}

fn listed_entry(entry: &Entry) -> String {
    if entry.tag.is_empty() {
        return format!(".PP\n{}", running(&entry.text));
    }
    let text = if entry.text.is_empty() { String::new() } else { running(&entry.text) };
    let mut all = format!(".TP\n{}\n{text}", bold(&escaped(&entry.tag)));
    if !entry.below.is_empty() {
        let below: String = entry.below.iter().map(listed_entry).collect();
        all.push_str(&format!(".RS\n{below}.RE\n"));
    }
    all
}

/// Paragraphs of a comment. Lines that end with a semicolon or colon before a line break stay lines of a list.
fn prose(lines: &[String]) -> String {
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| format!(".PP\n{}", running(&lines.join(" ")))).collect()
}

/// Lines as they are.
fn code<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let lines: String =
        lines.map(|line| format!("{}\n", escaped(&line.replace('\t', "    ")))).collect();
    format!(".PP\n.nf\n.ft CW\n{lines}.ft\n.fi\n")
}

/// Text to be filled: one sentence in a line, names of functions in bold.
fn running(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(word).collect();
    let mut lines = String::new();
    for word in words {
        lines.push_str(&word);
        lines.push(if word.ends_with('.') { '\n' } else { ' ' });
    }
    format!("{}\n", guarded(lines.trim_end()))
}

/// `mosquitto_…` in bold, whatever surrounds it.
fn word(word: &str) -> String {
    let word = escaped(word);
    let Some(start) = word.find("mosquitto_") else { return word };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let at_start = word[..start].chars().next_back().is_none_or(|c| !is_name(c));
    let end = word[start..].find(|c| !is_name(c)).map_or(word.len(), |length| start + length);
    if !at_start {
        return word;
    }
    format!("{}{}{}", &word[..start], bold(&word[start..end]), &word[end..])
}

fn bold(text: &str) -> String {
    format!("\\fB{text}\\fR")
}

/// No line may look like a request to the formatter.
fn guarded(text: &str) -> String {
    let guard = |line: &str| match line.chars().next() {
        Some('.' | '\'') => format!("\\&{line}"),
        _ => line.to_owned(),
    };
    text.lines().map(guard).collect::<Vec<_>>().join("\n")
}

/// Backslashes, minus signs and quotes as they are, not typeset.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    let text = text
        .replace('\'', "\\(aq")
        .replace('^', "\\(ha")
        .replace('~', "\\(ti")
        .replace('`', "\\(ga");
    guarded(&text)
}
