//! Faults put into the library's source by build.rs, each behind a switch of its own. All are off unless one is asked for.

use std::sync::OnceLock;

include!("../mutations.rs");

static SWITCHED_ON: OnceLock<&'static str> = OnceLock::new();

/// Switches one on, for the life of the process. Panics if there is none of this name.
pub fn switch_on(name: &str) {
    let mutation = MUTATIONS.iter().find(|mutation| mutation.name == name);
    let mutation = mutation.unwrap_or_else(|| panic!("no mutation is called {name}"));
    SWITCHED_ON.set(mutation.name).expect("one mutation at a time");
}

/// Whether this one is switched on.
pub fn on(name: &str) -> bool {
    SWITCHED_ON.get().is_some_and(|on| *on == name)
}
