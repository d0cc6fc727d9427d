//! The client of libmosquitto-rs, its own source, under the model checker loom: README.md.
//!
//! | module | what |
//! |---|---|
//! | `protocol`, `session`, `client`, `sync`, `error`, `time` | the library's, copied by build.rs with loom's locks and the mutations put in |
//! | [`transport`] | in place of the library's: sockets and descriptors of [`system`] |
//! | [`system`] | an operating system and a server, as far as a client sees them |
//! | [`world`], [`wire`] | one run: a client, its messages, the bytes that the server got |
//! | [`scenarios`] | what threads do, and what must then be true |
//! | [`mutation`] | which fault is switched on |

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a model that fails is to panic"
)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks and locks are refused to the protocol, not to its model"
)]

/// In place of `thread_local!`, for the one variable that the library has of that kind.
#[macro_export]
macro_rules! per_thread {
    (static $name:ident: Cell<$type:ty> = const { $first:expr };) => {
        struct $name;

        impl $name {
            fn with<T>(&self, act: impl FnOnce(&Cell<$type>) -> T) -> T {
                loom::thread_local! { static CELL: Cell<$type> = $first }
                CELL.with(act)
            }

            fn get(&self) -> $type {
                self.with(Cell::get)
            }

            fn set(&self, value: $type) {
                self.with(|cell| cell.set(value));
            }
        }
    };
}

pub mod mutation;
pub mod scenarios;
pub mod system;
pub mod transport;
pub mod wire;
pub mod world;

include!(concat!(env!("OUT_DIR"), "/modules.rs"));
