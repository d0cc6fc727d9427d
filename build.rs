//! Gives the shared library its name, its symbol versions and the linker that can combine the two.
//!
//! rustc writes a version script of its own for every `cdylib`. GNU ld refuses a second script, lld merges both;
//! the versions themselves come from the `.symver` lines that `src/ffi/export.rs` puts beside each function.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    // Set by scripts/races.sh.
    println!("cargo:rustc-check-cfg=cfg(pthread_locks)");
    // What openssl-sys has found out about the OpenSSL in use.
    println!("cargo:rustc-check-cfg=cfg(openssl_no_engine)");
    let without = env::var("DEP_OPENSSL_CONF").unwrap_or_default();
    if without.split(',').any(|feature| feature == "OPENSSL_NO_ENGINE") {
        println!("cargo:rustc-cfg=openssl_no_engine");
    }
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let map = root.join("src/ffi/exports.map");
    println!("cargo:rerun-if-changed={}", map.display());
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libmosquitto.so.1");
    println!("cargo:rustc-cdylib-link-arg=-Wl,--version-script={}", map.display());
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,now,-z,relro");
    // A name that no library has is found out here, not by the first program that is started. What the compiler adds for
    // a fuzzer or a sanitizer is in no library, though.
    if env::var_os("CARGO_CFG_FUZZING").or(env::var_os("CARGO_CFG_SANITIZE")).is_none() {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,defs");
    }
    // Programs of 2.1 export functions with our names; those are for them, not for our calls among ourselves.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-Bsymbolic-functions");
    // A name lookup may outlive the client, and its thread the dlclose() of a program: the code must stay.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    // GNU ld adds an absolute symbol for each version node, lld does not; packages record them, so they are kept.
    for node in nodes(&std::fs::read_to_string(&map).expect("exports.map can be read")) {
        println!("cargo:rustc-cdylib-link-arg=-Wl,--defsym={node}=0");
    }
    if let Some(dir) = bundled_lld() {
        println!("cargo:rustc-cdylib-link-arg=-B{}", dir.display());
    }
    println!("cargo:rustc-cdylib-link-arg=-fuse-ld=lld");
}

/// The names of the version nodes: what stands before each opening brace.
fn nodes(map: &str) -> impl Iterator<Item = &str> {
    map.lines().filter_map(|line| line.trim().strip_suffix(" {"))
}

/// The directory of the lld that comes with rustc, so that no lld need be installed.
fn bundled_lld() -> Option<PathBuf> {
    let rustc = env::var_os("RUSTC")?;
    let output = Command::new(rustc).args(["--print", "sysroot"]).output().ok()?;
    let sysroot = String::from_utf8(output.stdout).ok()?;
    let host = env::var("HOST").ok()?;
    let dir = Path::new(sysroot.trim()).join("lib/rustlib").join(host).join("bin/gcc-ld");
    dir.join("ld.lld").exists().then_some(dir)
}
