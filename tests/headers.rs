//! The C headers: `include/` is what cbindgen makes of `src/ffi`, and C and C++ programs can use it.
//!
//! `UPDATE_HEADERS=1 cargo test --test headers` (`make headers`) writes them anew.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "headers/compilers.rs"]
mod compilers;
#[path = "headers/declared.rs"]
mod declared;
#[path = "headers/generate.rs"]
mod generate;
#[path = "headers/prototypes.rs"]
mod prototypes;
#[path = "headers/table.rs"]
mod table;
#[path = "headers/usable.rs"]
mod usable;

#[test]
fn the_headers_are_those_that_the_source_gives() {
    let update = env::var_os("UPDATE_HEADERS").is_some();
    let mut old = Vec::new();
    for header in table::HEADERS {
        let path = include().join(header.path);
        let text = generate::generate(root(), header);
        if fs::read_to_string(&path).is_ok_and(|there| there == text) {
            continue;
        }
        if update {
            fs::create_dir_all(path.parent().expect("a file in a directory")).expect("include/");
            fs::write(&path, text).expect("a header that can be written");
        } else {
            old.push(header.path);
        }
    }
    assert!(old.is_empty(), "not up to date, run `make headers`: {old:?}");
}

/// Nothing else lies in `include/`.
#[test]
fn every_header_is_in_the_table() {
    let mut there = Vec::new();
    for directory in [include(), include().join("mosquitto")] {
        for entry in fs::read_dir(&directory).expect("include/") {
            let path = entry.expect("a directory entry").path();
            if path.is_file() {
                there.push(path.strip_prefix(include()).expect("in include/").to_owned());
            }
        }
    }
    there.sort();
    let mut table: Vec<_> =
        table::HEADERS.iter().map(|header| PathBuf::from(header.path)).collect();
    table.sort();
    assert_eq!(there, table);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn include() -> PathBuf {
    root().join("include")
}
