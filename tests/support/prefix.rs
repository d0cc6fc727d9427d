//! The library installed by `make install` below a directory of its own, as a program's author finds it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::c_program::root;
use super::library::Library;

/// An installation that goes when this does.
pub struct Prefix(tempfile::TempDir);

impl Prefix {
    /// Installs the library under test.
    pub fn install() -> Prefix {
        let prefix = Prefix(tempfile::tempdir().expect("a temporary directory"));
        prefix.make("install", &[]);
        prefix
    }

    /// Calls `make` with the places of this installation and further variables.
    pub fn make(&self, target: &str, variables: &[&str]) {
        let library = Library::Ours.file();
        let output = Command::new("make")
            .args(["--no-print-directory", target])
            .arg(format!("LIBRARY={}", library.display()))
            .arg(format!("STATIC={}", library.with_extension("a").display()))
            .arg(format!("PREFIX={}", self.path().display()))
            .args(variables)
            .current_dir(root())
            .output()
            .expect("make is not installed: apt-get install make");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "make {target}: {stderr}");
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where the library is.
    pub fn lib(&self) -> PathBuf {
        self.path().join("lib")
    }

    /// What `pkg-config` says of a package, seen from this installation alone.
    pub fn pkg_config(&self, options: &[&str]) -> Vec<String> {
        let output = Command::new("pkg-config")
            .args(options)
            .env("PKG_CONFIG_LIBDIR", self.lib().join("pkgconfig"))
            .env_remove("PKG_CONFIG_PATH")
            .output()
            .expect("pkg-config is not installed: apt-get install pkg-config");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "pkg-config {options:?}: {stderr}");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// Compiles a C program as its author would: `cc` and what `pkg-config` says, nothing else; `more` goes at the end.
    pub fn compile(&self, source: &Path, pkg_config: &[&str], more: &[&str]) -> PathBuf {
        let program = self.path().join(source.file_stem().expect("a source with a name"));
        let output = Command::new("cc")
            .args(["-Wall", "-Wextra", "-Werror"])
            .arg(source)
            .args(self.pkg_config(pkg_config))
            .args(more)
            .arg("-o")
            .arg(&program)
            .output()
            .expect("cc is not installed: apt-get install gcc");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {stderr}", source.display());
        program
    }
}
