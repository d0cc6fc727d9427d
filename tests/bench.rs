//! The benchmarks in `benches/`: that the harness measures, on the library under test, with a few messages; and that the
//! documents show the results that are kept. No time decides anything here.

mod support;

use std::process::Command;

use support::c_program::root;
use support::library::Library;

#[test]
fn the_harness_measures_and_the_documents_show_it() {
    if !Library::Ours.is_selected() {
        return;
    }
    let output = Command::new("python3")
        .args(["-W", "error", "-X", "dev", "tests.py"])
        .current_dir(root().join("benches"))
        .env("MOSQUITTO_LIBRARY", Library::Ours.file())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("python3 is installed");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{report}", String::from_utf8_lossy(&output.stdout));
}
