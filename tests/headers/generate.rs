//! From `src/ffi` and the table to the text of a header, by cbindgen.

use std::path::Path;

use cbindgen::{Builder, Config, SortKey};

use super::table::Header;

const LICENCE: &str = "SPDX-License-Identifier: MIT OR Apache-2.0";
const WARNING: &str =
    "/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */";

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
    format!("{}\n", text.trim_end())
}

fn config(root: &Path, header: &Header) -> Config {
    let file = root.join("cbindgen.toml");
    let mut config = Config::from_file(&file).unwrap_or_else(|error| panic!("{error}"));
    config.header = Some(about(header.about));
    config.autogen_warning = Some(WARNING.into());
    config.include_guard = header.guard.map(Into::into);
    config.sys_includes = header.includes.iter().copied().map(Into::into).collect();
    config.after_includes = text(header.text).map(|text| format!("\n{text}"));
    config.trailer = text(header.trailer);
    config.function.prefix = Some(header.export.into());
    // In the order of the source.
    config.sort_by = SortKey::None;
    config.export.item_types = header.items.to_vec();
    config.export.include = header.define.iter().copied().map(Into::into).collect();
    for name in header.define {
        // Where a type is defined cbindgen writes its tag by itself.
        config.export.rename.remove(*name);
    }
    config.export.exclude =
        ["mosquitto", "mqtt5__property", "mosquitto_property", "Bool", "OptionNumber"]
            .map(Into::into)
            .to_vec();
    config
}

fn about(about: &str) -> String {
    let mut comment = String::from("/*\n");
    for line in about.lines().chain(["", LICENCE]) {
        let line = format!(" * {line}");
        comment.push_str(line.trim_end());
        comment.push('\n');
    }
    comment + " */"
}

fn text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.into())
}
