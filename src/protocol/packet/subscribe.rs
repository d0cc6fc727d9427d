//! SUBSCRIBE and UNSUBSCRIBE (MQTT 5.0, 3.8 and 3.10): encoder.

use crate::error::Result;
use crate::protocol::primitive::put_binary;
use crate::protocol::version::Version;

use super::{kind, packet_len, properties_len, put_header, put_properties};

/// What SUBSCRIBE or UNSUBSCRIBE carries; filters of at most 65,535 bytes, at least one [MQTT-3.8.3-2].
#[derive(Debug, Clone, Copy)]
pub struct Request<'a, 'f> {
    /// Packet identifier.
    pub mid: u16,
    /// Topic filters.
    pub filters: &'a [&'f [u8]],
    /// The subscription options byte behind each filter; `None` makes the packet an UNSUBSCRIBE.
    pub options: Option<u8>,
    /// MQTT 5 properties as on the wire.
    pub properties: &'a [u8],
}

impl Request<'_, '_> {
    fn remaining(&self, version: Version) -> usize {
        let each = 2 + usize::from(self.options.is_some());
        let filters: usize = self.filters.iter().map(|filter| each + filter.len()).sum();
        2 + properties_len(version, self.properties) + filters
    }

    /// Bytes of the whole packet; an error if MQTT has none so long.
    pub fn len(&self, version: Version) -> Result<usize> {
        packet_len(self.remaining(version))
    }

    /// Appends the packet.
    pub fn put(&self, out: &mut Vec<u8>, version: Version) {
        let kind = if self.options.is_some() { kind::SUBSCRIBE } else { kind::UNSUBSCRIBE };
        put_header(out, kind | 0x02, self.remaining(version));
        out.extend_from_slice(&self.mid.to_be_bytes());
        put_properties(out, version, self.properties);
        for filter in self.filters {
            put_binary(out, filter);
            out.extend(self.options);
        }
    }
}
