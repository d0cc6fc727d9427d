//! From `src/ffi` and the table to the text of a header, by cbindgen.

use std::path::Path;

use cbindgen::{Builder, Config, SortKey};

use super::table::Header;

const LICENCE: &str = "SPDX-License-Identifier: MIT OR Apache-2.0";
const WARNING: &str =
    "/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */";

/// Items of `src/ffi` that have no place in a header as they are: the table declares them in C, or they are C's own.
const NOT_DECLARED: [&str; 9] = [
    "mosquitto",
    "mosquitto_property",
    "mqtt5__property",
    "Bool",
    "OptionNumber",
    "PROTOCOL_NAME",
    "PROTOCOL_NAME_v31",
    "MQTT_RC_NORMAL_DISCONNECTION",
    "MQTT_RC_GRANTED_QOS0",
];

/// The text of `header`.
pub fn generate(root: &Path, header: &Header) -> String {
    let mut builder = Builder::new().with_config(config(root, header));
    for source in header.sources {
        builder = builder.with_src(root.join("src/ffi").join(source));
    }
    let bindings = builder.generate().unwrap_or_else(|error| panic!("{}: {error}", header.path));
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).expect("C text is UTF-8");
    // cbindgen ends every enumerator with a comma, C89 and C++98 have none behind the last.
    let text = text.replace(",\n};", "\n};");
    format!("{}\n", join_short_comments(&text).trim_end())
}

fn config(root: &Path, header: &Header) -> Config {
    let file = root.join("cbindgen.toml");
    let mut config = Config::from_file(&file).unwrap_or_else(|error| panic!("{error}"));
    config.header = Some(top(header));
    config.autogen_warning = Some(WARNING.into());
    config.sys_includes = header.includes.iter().copied().map(Into::into).collect();
    config.after_includes = Some(front(header));
    config.trailer = Some(end(header));
    config.function.prefix = Some(header.export.into());
    // In the order of the source.
    config.sort_by = SortKey::None;
    config.export.item_types = header.items.to_vec();
    config.export.include = header.define.iter().copied().map(Into::into).collect();
    config.export.exclude = NOT_DECLARED.map(Into::into).to_vec();
    // Where a struct is defined cbindgen writes `struct` by itself; elsewhere it must neither know nor define it.
    for name in header.define {
        config.export.rename.remove(*name);
    }
    let elsewhere = config.export.rename.iter().filter(|(_, c)| c.starts_with("struct "));
    config.export.exclude.extend(elsewhere.map(|(rust, _)| rust.clone()));
    config
}

/// The comment on the whole header, and its guard.
fn top(header: &Header) -> String {
    let mut text = String::from("/*\n");
    for line in header.about.lines().chain(["", LICENCE]) {
        let line = format!(" * {line}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str(" */");
    if let Some(guard) = header.guard {
        text.push_str(&format!("\n\n#ifndef {guard}\n#define {guard}"));
    }
    text
}

fn front(header: &Header) -> String {
    let mut text = String::new();
    if !header.text.is_empty() {
        text.push_str(&format!("\n{}\n", header.text));
    }
    if !header.sources.is_empty() {
        text.push_str("\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    }
    text.trim_end().into()
}

fn end(header: &Header) -> String {
    let mut text = String::new();
    if !header.sources.is_empty() {
        text.push_str("#ifdef __cplusplus\n}\n#endif\n\n");
    }
    if !header.trailer.is_empty() {
        text.push_str(&format!("{}\n\n", header.trailer));
    }
    if let Some(guard) = header.guard {
        text.push_str(&format!("#endif /* {guard} */"));
    }
    text.trim_end().into()
}

/// Puts comments of one line on one line.
fn join_short_comments(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut joined = String::new();
    let mut rest = lines.as_slice();
    while let [line, more @ ..] = rest {
        let short = match more {
            [comment, close, ..] if line.trim() == "/**" && close.trim() == "*/" => comment
                .trim()
                .strip_prefix("* ")
                .map(|comment| line.replace("/**", &format!("/** {comment} */"))),
            _ => None,
        };
        rest = if short.is_some() { more.split_at(2).1 } else { more };
        joined.push_str(&short.unwrap_or_else(|| line.to_string()));
        joined.push('\n');
    }
    joined
}
