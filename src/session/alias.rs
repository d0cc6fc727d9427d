//! Topic aliases (MQTT 5.0, 3.3.2.3.4), each direction with its own.

use std::collections::BTreeMap;

use crate::error::{Error, Result};

/// What an outgoing alias stands for.
#[derive(Debug)]
struct Outgoing {
    topic: Box<[u8]>,
    /// Whether the server of this connection has been told.
    known: bool,
}

/// The aliases of both directions. Most connections have none.
#[derive(Debug, Default)]
pub struct Aliases(Option<Box<Tables>>);

#[derive(Debug, Default)]
struct Tables {
    incoming: BTreeMap<u16, Box<[u8]>>,
    outgoing: BTreeMap<u16, Outgoing>,
}

impl Aliases {
    /// Aliases last as long as the connection [MQTT-3.3.2-7]; what ours stood for is remembered.
    pub fn connection_lost(&mut self) {
        if let Some(tables) = &mut self.0 {
            tables.incoming.clear();
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
        self.tables().incoming.insert(alias, topic.into());
        Ok(())
    }

    /// What the server's `alias` stands for.
    pub fn incoming_topic(&self, alias: u16) -> Option<&[u8]> {
        self.0.as_ref()?.incoming.get(&alias).map(|topic| &**topic)
    }

    /// What the program's `alias` stood for when it was last published with a topic.
    pub fn remembered(&self, alias: u16) -> Option<&[u8]> {
        self.0.as_ref()?.outgoing.get(&alias).map(|alias| &*alias.topic)
    }

    /// Whether the server knows `alias`.
    pub fn is_known(&self, alias: u16) -> bool {
        let outgoing = self.0.as_ref().and_then(|tables| tables.outgoing.get(&alias));
        outgoing.is_some_and(|alias| alias.known)
    }

    /// The program publishes `topic` with `alias`; `sent` says whether the server sees both now.
    pub fn remember(&mut self, alias: u16, topic: &[u8], sent: bool) {
        self.tables().outgoing.insert(alias, Outgoing { topic: topic.into(), known: sent });
    }

    fn tables(&mut self) -> &mut Tables {
        self.0.get_or_insert_default()
    }
}
