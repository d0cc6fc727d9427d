//! A small MQTT broker for demonstrations and tests, on std alone: MQTT 3.1, 3.1.1 and 5, QoS 0 to 2, wildcards, retained
//! messages, sessions that outlive connections, wills, keepalive.
//!
//! One thread reads a connection, another writes it; what they share is one `Broker` behind a lock that nobody holds while
//! reading or writing. It trusts its clients with memory and does no authentication: not for production.

mod codec;
mod connection;
mod state;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use state::Broker;

/// A broker that accepts connections until the process ends.
pub struct EmbeddedBroker {
    address: SocketAddr,
}

impl EmbeddedBroker {
    /// Listens on `address` (port 0: a free one) and serves in threads of its own.
    pub fn start(address: &str) -> io::Result<EmbeddedBroker> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let broker = Arc::new(Mutex::new(Broker::default()));
        std::thread::Builder::new().name("broker".to_owned()).spawn(move || {
            for stream in listener.incoming().flatten() {
                let broker = broker.clone();
                std::thread::spawn(move || connection::serve(stream, &broker));
            }
        })?;
        Ok(EmbeddedBroker { address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
