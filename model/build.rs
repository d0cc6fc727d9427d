//! Copies the library's source for the model: with loom's locks and atomics in place of the system's, with small limits where
//! the scenarios would be long otherwise, and with the mutations, each behind its switch. A passage that is not found, or
//! found more than once, fails the build: then the library has changed, and this has to follow.

use std::path::{Path, PathBuf};
use std::{env, fs};

include!("mutations.rs");

/// What is copied of the library besides the transport.
const MODULES: [&str; 6] = ["client", "error.rs", "protocol", "session", "sync.rs", "time.rs"];

/// What of the transport needs neither sockets nor OpenSSL.
const TRANSPORT: [&str; 8] =
    ["exchange.rs", "file.rs", "log.rs", "proxy.rs", "random.rs", "socks5", "web_socket.rs", "ws"];
const TLS: [&str; 1] = ["config.rs"];

/// A passage of the source, and what stands for it in the model.
struct Change {
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const CHANGES: &[Change] = &[
    // The locks, condition variables and atomics of the model checker.
    Change { file: "sync.rs", from: "use std::sync::atomic::", to: "use loom::sync::atomic::" },
    Change {
        file: "sync.rs",
        from: "use std::sync::{self, PoisonError, TryLockError};",
        to: "use loom::sync;\n    use std::sync::{PoisonError, TryLockError};",
    },
    Change {
        file: "sync.rs",
        from: "pub use std::sync::MutexGuard;",
        to: "pub use loom::sync::MutexGuard;",
    },
    Change {
        file: "sync.rs",
        from: "pub const fn new(value: T) -> Self",
        to: "pub fn new(value: T) -> Self",
    },
    Change { file: "sync.rs", from: "pub const fn new() -> Self", to: "pub fn new() -> Self" },
    Change {
        file: "client/mod.rs",
        from: "use std::sync::atomic::{AtomicBool, AtomicU64};",
        to: "use loom::sync::atomic::{AtomicBool, AtomicU64};",
    },
    // Threads of a run share those of the machine.
    Change { file: "client/frame.rs", from: "thread_local! {", to: "crate::per_thread! {" },
    // Buffers outlive a run. The store of spare ones is only ever tried, never waited for.
    Change {
        file: "client/input.rs",
        from: "use crate::sync::Mutex;",
        to: "use crate::system::Spares as Mutex;",
    },
    // The clock stands still: this ends when the other thread has written, not when time is up.
    Change {
        file: "client/mod.rs",
        from: "core = self.wait_change(core, 1); //",
        to: "drop(core);\n            loom::thread::yield_now();\n            core = self.lock(); //",
    },
    // Two small messages are a pile, and a message of 24 bytes is a large one.
    Change {
        file: "client/through.rs",
        from: "const PILE: usize = 256 * 1024;",
        to: "const PILE: usize = 10;",
    },
    Change {
        file: "session/stored.rs",
        from: "pub const LARGE: usize = 16 * 1024;",
        to: "pub const LARGE: usize = 24;",
    },
];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo")).join("../src");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo"));
    let copy = out.join("source");
    println!("cargo::rustc-check-cfg=cfg(pthread_locks)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=mutations.rs");
    println!("cargo::rerun-if-changed={}", root.display());
    if copy.exists() {
        fs::remove_dir_all(&copy).expect("an old copy goes");
    }
    let lists: [(&str, &[&str], &str); 3] = [
        ("", &MODULES, "modules.rs"),
        ("transport", &TRANSPORT, "transport.rs"),
        ("transport/tls", &TLS, "tls.rs"),
    ];
    for (directory, names, list) in lists {
        let (from, to) = (root.join(directory), copy.join(directory));
        let mut modules = String::new();
        for name in names {
            copy_all(&from.join(name), &to.join(name));
            let module = name.trim_end_matches(".rs");
            let file =
                if name.ends_with(".rs") { name.to_string() } else { format!("{name}/mod.rs") };
            let path = to.join(file);
            modules += &format!(
                "#[allow(clippy::all, unused_braces, unused_unsafe)]\n#[path = {path:?}]\npub mod {module};\n"
            );
        }
        fs::write(out.join(list), modules).expect("a list of modules");
    }
    for Change { file, from, to } in CHANGES {
        change(&copy.join(file), from, to, "the model");
    }
    for Mutation { name, file, from, to, .. } in MUTATIONS {
        let to = to.replace("MUTATED", &format!("crate::mutation::on({name:?})"));
        change(&copy.join(file), from, &to, name);
    }
}

fn copy_all(from: &Path, to: &Path) {
    if from.is_file() {
        fs::create_dir_all(to.parent().expect("a directory")).expect("a directory");
        fs::copy(from, to).expect("a copy");
        return;
    }
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let name = entry.expect("an entry").file_name();
        copy_all(&from.join(&name), &to.join(&name));
    }
}

/// Replaces the one place where `from` stands.
fn change(file: &Path, from: &str, to: &str, who: &str) {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let count = text.matches(from).count();
    assert!(count == 1, "{who}: found {count} times in {}:\n{from}", file.display());
    fs::write(file, text.replacen(from, to, 1)).expect("a changed copy");
}
