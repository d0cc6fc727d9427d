//! Topic aliases (MQTT 5.0, 3.3.2.3.4), each direction with its own.

use crate::error::{Error, Result};

use super::id_slab::IdSlab;
use super::lazy::{Lazy, empty};

/// What an outgoing alias stands for.
#[derive(Debug)]
struct Outgoing {
    topic: Box<[u8]>,
    /// Whether the server of this connection has been told.
    known: bool,
}

/// The aliases of both directions. Most connections have none.
#[derive(Debug, Default)]
pub struct Aliases(Lazy<Tables>);

#[derive(Debug)]
struct Tables {
    incoming: IdSlab<Box<[u8]>>,
    outgoing: IdSlab<Outgoing>,
}

empty!(Tables);

impl Tables {
    const fn new() -> Self {
        Tables { incoming: IdSlab::new(), outgoing: IdSlab::new() }
    }
}

impl Aliases {
    /// Aliases last as long as the connection [MQTT-3.3.2-7]; what ours stood for is remembered.
    pub fn connection_lost(&mut self) {
        if let Some(tables) = self.0.existing() {
            tables.incoming = IdSlab::new();
            for alias in tables.outgoing.values_mut() {
                alias.known = false;
            }
        }
    }

    /// A PUBLISH came with `alias`, and with the topic unless that is empty; `maximum` is what our CONNECT allowed.
    pub fn receive(&mut self, alias: u16, topic: &[u8], maximum: u16) -> Result<()> {
        if alias == 0 {
            return Err(Error::Protocol);
        }
        if alias > maximum {
            return Err(Error::TopicAliasInvalid);
        }
        if topic.is_empty() {
            return self.incoming_topic(alias).map(|_| ()).ok_or(Error::Protocol);
        }
        self.0.incoming.put(alias, topic.into());
        Ok(())
    }

    /// What the server's `alias` stands for.
    pub fn incoming_topic(&self, alias: u16) -> Option<&[u8]> {
        self.0.incoming.get(alias).map(|topic| &**topic)
    }

    /// What the program's `alias` stood for when it was last published with a topic.
    pub fn remembered(&self, alias: u16) -> Option<&[u8]> {
        self.0.outgoing.get(alias).map(|alias| &*alias.topic)
    }

    /// Whether the server knows `alias`.
    pub fn is_known(&self, alias: u16) -> bool {
        self.0.outgoing.get(alias).is_some_and(|alias| alias.known)
    }

    /// The program publishes `topic` with `alias`; `sent` says whether the server sees both now.
    pub fn remember(&mut self, alias: u16, topic: &[u8], sent: bool) {
        self.0.outgoing.put(alias, Outgoing { topic: topic.into(), known: sent });
    }
}
