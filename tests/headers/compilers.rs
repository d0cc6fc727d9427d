//! Compilers, and the versions of C and C++ that they know.

use std::io::Write;
use std::process::{Command, Stdio};

use super::include;

/// One compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compiler {
    /// The command.
    pub name: &'static str,
    language: &'static str,
    standards: &'static [&'static str],
}

const C: &[&str] = &["gnu89", "c99", "c11", "c17", "c2x"];
const CPP: &[&str] = &["c++11", "c++14", "c++17", "c++20"];

const COMPILERS: [Compiler; 4] = [
    Compiler { name: "gcc", language: "c", standards: C },
    Compiler { name: "g++", language: "c++", standards: CPP },
    Compiler { name: "clang", language: "c", standards: C },
    Compiler { name: "clang++", language: "c++", standards: CPP },
];

/// Those that are installed; gcc and g++ must be.
pub fn installed() -> impl Iterator<Item = Compiler> {
    COMPILERS.into_iter().filter(|compiler| {
        let version = Command::new(compiler.name).arg("--version").output();
        let found = version.is_ok_and(|output| output.status.success());
        assert!(found || compiler.name.starts_with("clang"), "{} is not installed", compiler.name);
        found
    })
}

/// gcc, and the newest C that everybody has.
pub fn gcc() -> (Compiler, &'static str) {
    (COMPILERS[0], "c11")
}

/// g++, and the newest C++ that everybody has.
pub fn gpp() -> (Compiler, &'static str) {
    (COMPILERS[1], "c++17")
}

impl Compiler {
    /// The versions of the language to try.
    pub fn standards(self) -> &'static [&'static str] {
        self.standards
    }

    /// Compiles `source`, with our headers before all others and every warning an error; the compiler's words if it
    /// does not like it. `arguments` come last, in the place of `-fsyntax-only`.
    pub fn compile(self, standard: &str, source: &str, arguments: &[&str]) -> Result<(), String> {
        let mut command = Command::new(self.name);
        command.args(["-x", self.language, &format!("-std={standard}"), "-I"]).arg(include());
        command.args(["-Wall", "-Wextra", "-pedantic", "-Werror"]);
        if (self.name, standard) == ("clang", "gnu89") {
            // clang calls every use of <stdbool.h> an extension of C89, which has no boolean type.
            command.arg("-Wno-c99-extensions");
        }
        command.arg("-");
        command.args(if arguments.is_empty() { &["-fsyntax-only"] } else { arguments });
        command
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("an installed compiler");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(source.as_bytes()).expect("a compiler that reads its input");
        drop(stdin);
        let output = child.wait_with_output().expect("a compiler that ends");
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            Ok(())
        } else {
            Err(format!("{} {standard}: {words}", self.name))
        }
    }
}
