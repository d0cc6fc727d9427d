//! The broker of `make demo`: prints the port it listens on and serves until it is killed.
//!
//! `cargo run --example embedded_broker [-- ADDRESS:PORT]`; without an address a free port on 127.0.0.1.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a broker has threads and sockets"
)]

#[path = "../tests/support/embedded_broker/mod.rs"]
mod embedded_broker;

use std::io::Write;

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:0".to_owned());
    let broker = embedded_broker::EmbeddedBroker::start(&address)?;
    println!("{}", broker.address().port());
    std::io::stdout().flush()?;
    loop {
        std::thread::park();
    }
}
