//! A PUBLISH kept until it is acknowledged: once encoded, resent as it is but for two bits.

use std::sync::Arc;

use crate::protocol::frame::{self, Frame};
use crate::protocol::packet::Packet;
use crate::protocol::packet::publish::{self, Publish};
use crate::protocol::version::Version;

/// From this size on a packet is not copied into the output but referred to.
pub const LARGE: usize = 16 * 1024;

/// An encoded PUBLISH.
#[derive(Debug)]
pub enum Stored {
    /// Copied into the output when it is sent.
    Small(Vec<u8>),
    /// Shared with the output while it is being sent.
    Large(Arc<Vec<u8>>),
}

impl Stored {
    /// Keeps `packet`, which was made with the capacity it needs.
    #[inline]
    pub fn new(packet: Vec<u8>) -> Self {
        if packet.len() < LARGE { Stored::Small(packet) } else { Stored::Large(Arc::new(packet)) }
    }

    /// Nothing: what is left of a packet that need not be sent again.
    pub const fn empty() -> Self {
        Stored::Small(Vec::new())
    }

    /// The packet.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Stored::Small(packet) => packet,
            Stored::Large(packet) => packet,
        }
    }

    /// Bytes of the packet.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes().len()
    }

    /// The memory of a small packet, to be used again.
    #[inline]
    pub fn into_memory(self) -> Vec<u8> {
        match self {
            Stored::Small(packet) => packet,
            Stored::Large(_) => Vec::new(),
        }
    }

    /// What the packet carries, as far as a log line needs it, and its DUP flag.
    pub fn parts(&self, version: Version) -> Option<(Publish<'_>, bool)> {
        let bytes = self.bytes();
        let Ok(Frame::Complete { header, .. }) = frame::split(bytes, frame::NO_LIMIT) else {
            return None;
        };
        let packet = Packet::new(bytes, header);
        let received = publish::decode(packet, version).ok()?;
        let publish = Publish {
            topic: packet.slice(&received.topic),
            payload: packet.slice(&received.payload),
            qos: received.qos,
            retain: received.retain,
            mid: received.mid,
            properties: &[],
        };
        Some((publish, packet.flags() & publish::DUP != 0))
    }

    /// Sets DUP as told [MQTT-3.3.1-1], and takes RETAIN off if the server has no retained messages [MQTT-3.2.2-14].
    #[inline]
    pub fn set_flags(&mut self, dup: bool, retain_available: bool) {
        let Some(&old) = self.bytes().first() else { return };
        let mut new = if dup { old | publish::DUP } else { old & !publish::DUP };
        if !retain_available {
            new &= !publish::RETAIN;
        }
        if new == old {
            return;
        }
        let first = match self {
            Stored::Small(packet) => packet.first_mut(),
            Stored::Large(packet) => Arc::make_mut(packet).first_mut(),
        };
        if let Some(first) = first {
            *first = new;
        }
    }
}
