//! The Python module in `python/`: its own tests, run by `python3 -m unittest`, on the library under test.

mod support;

use std::process::Command;

use support::c_program::root;
use support::library::Library;

#[test]
fn the_tests_of_the_python_module_pass() {
    if !Library::Ours.is_selected() {
        return;
    }
    let version = Command::new("python3").arg("--version").output();
    assert!(
        version.is_ok_and(|version| version.status.success()),
        "python3 is not installed: apt-get install python3 python3-venv"
    );
    // Python does not install its KeyboardInterrupt where the signal is ignored, as it is for jobs in the background.
    let output = Command::new("env")
        .args(["--default-signal=INT", "python3"])
        .args(["-W", "error", "-X", "dev", "-m", "unittest", "discover", "-v", "-t", ".", "tests"])
        .current_dir(root().join("python"))
        .env("MOSQUITTO_LIBRARY", Library::Ours.file())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("python3 starts");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{report}", String::from_utf8_lossy(&output.stdout));
    // What was left out, and why, for who looks (`--nocapture`).
    for skipped in report.lines().filter(|line| line.contains("skipped")) {
        println!("{skipped}");
    }
}
