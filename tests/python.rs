//! The Python module in `python/`: its own tests, run by `python3 -m unittest`, on the library under test, and on the
//! wheel that users install.

mod support;

use std::process::Command;

use support::c_program::root;
use support::library::Library;

/// Runs Python in `python/`, and shows what tests were left out, and why, to who looks (`--nocapture`).
fn run(arguments: &[&str], library: Option<&Library>) {
    let version = Command::new("python3").arg("--version").output();
    assert!(
        version.is_ok_and(|version| version.status.success()),
        "python3 is not installed: apt-get install python3 python3-venv"
    );
    // Python does not install its KeyboardInterrupt where the signal is ignored, as it is for jobs in the background.
    let mut command = Command::new("env");
    command
        .args(["--default-signal=INT", "python3"])
        .args(arguments)
        .current_dir(root().join("python"));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    if let Some(library) = library {
        command.env("MOSQUITTO_LIBRARY", library.file());
    }
    let output = command.output().expect("python3 starts");
    let report = [output.stdout, output.stderr].concat();
    let report = String::from_utf8_lossy(&report);
    assert!(output.status.success(), "{report}");
    for skipped in report.lines().filter(|line| line.contains("skipped")) {
        println!("{skipped}");
    }
}

#[test]
fn the_tests_of_the_python_module_pass() {
    if Library::Ours.is_selected() {
        let discover =
            ["-W", "error", "-X", "dev", "-m", "unittest", "discover", "-v", "-t", ".", "tests"];
        run(&discover, Some(&Library::Ours));
    }
}

/// With each Python named in `MOSQUITTO_TEST_PYTHONS`, such as "python3.9 python3.13"; else with `python3`. The wheel has a
/// library of its own: it is the same, and takes long to build, whichever library the tests are about.
#[test]
fn they_pass_on_the_wheel_in_a_new_environment() {
    if Library::Ours.is_selected() && std::env::var_os("MOSQUITTO_TEST_FILE").is_none() {
        let pythons = std::env::var("MOSQUITTO_TEST_PYTHONS").unwrap_or_default();
        let arguments: Vec<&str> =
            ["tests/on_wheel.py"].into_iter().chain(pythons.split_whitespace()).collect();
        run(&arguments, None);
    }
}
