//! The C headers: `include/` is what cbindgen makes of `src/ffi`, and C and C++ programs can use it.
//!
//! `UPDATE_HEADERS=1 cargo test --test headers` (`make headers`) writes them anew.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "headers/generate.rs"]
mod generate;
#[path = "headers/table.rs"]
mod table;

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

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn include() -> PathBuf {
    root().join("include")
}
