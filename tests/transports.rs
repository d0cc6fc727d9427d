//! What all ways to a broker have in common: peers that fall silent, connections that are reset, faults of the original
//! that must not come back. What is particular to one way is in the files of that name.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks, threads and sockets are refused to the protocol, not to its tests"
)]

mod support;

#[path = "transports/faults.rs"]
mod faults;
#[path = "transports/resets.rs"]
mod resets;
#[path = "transports/stalls.rs"]
mod stalls;
#[path = "transports/table.rs"]
mod table;

use support::client::{Client, Style};
use support::library::Library;

fn ours() -> bool {
    Library::Ours.is_selected()
}

fn client() -> Client {
    Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation)
}
