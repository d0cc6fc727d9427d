//! SUBSCRIBE and UNSUBSCRIBE, and what the server answers (MQTT 5.0, 3.8 to 3.11).

use crate::error::{Error, Result};
use crate::protocol::packet::subscribe::Request;
use crate::protocol::packet::{Packet, kind, suback};
use crate::protocol::property::{self, id};
use crate::protocol::{topic, utf8};

use super::config::check_qos;
use super::id_slab::IdSlab;
use super::lazy::empty;
use super::log::{ClientName, Text, WARNING, log, log_client};
use super::{Event, Fault, Session};

/// Which request waits for its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// SUBSCRIBE.
    Subscribe,
    /// UNSUBSCRIBE.
    Unsubscribe,
}

/// Requests that wait for their answers, each with its identifier.
pub type Requests = IdSlab<(u16, Kind)>;

empty!(Requests);

/// No Local in the subscription options byte.
const NO_LOCAL: i32 = 0x04;
/// Retain Handling in the subscription options byte.
const RETAIN_HANDLING: i32 = 0x30;
/// QoS and the reserved bits, which the options argument may not set.
const FOREIGN_BITS: i32 = 0xc0 | 0x03;

/// The prefix of a shared subscription's filter (4.8.2).
const SHARE: &[u8] = b"$share/";

impl Session {
    /// Subscribes; the answer is the identifier that SUBACK will carry.
    pub fn subscribe(
        &mut self,
        filters: &[Option<&[u8]>],
        qos: i32,
        options: i32,
        properties: Option<&[u8]>,
    ) -> Result<u16> {
        if filters.is_empty() {
            return Err(Error::Inval);
        }
        let version = self.current_version();
        if properties.is_some() && !version.is_v5() {
            return Err(Error::NotSupported);
        }
        let qos = check_qos(qos)?;
        if options & FOREIGN_BITS != 0
            || options & RETAIN_HANDLING == RETAIN_HANDLING
            || options & !0xff != 0
        {
            return Err(Error::Inval);
        }
        let list = self.check_request(kind::SUBSCRIBE, properties)?;
        let identifier = property::get_number(list, id::SUBSCRIPTION_IDENTIFIER);
        let filters = self.check_filters(filters)?;
        if version.is_v5() {
            if identifier.is_some() && !self.limits.subscription_ids {
                return Err(Error::SubscriptionIdsNotSupported); // 3.2.2.3.12
            }
            self.check_availability(&filters, options)?;
        }
        let options = if version.is_v5() { qos | options as u8 } else { qos };
        self.request(Kind::Subscribe, &filters, Some(options), list)
    }

    /// Unsubscribes; the answer is the identifier that UNSUBACK will carry.
    pub fn unsubscribe(
        &mut self,
        filters: &[Option<&[u8]>],
        properties: Option<&[u8]>,
    ) -> Result<u16> {
        if filters.is_empty() {
            return Err(Error::Inval);
        }
        if properties.is_some() && !self.current_version().is_v5() {
            return Err(Error::NotSupported);
        }
        let list = self.check_request(kind::UNSUBSCRIBE, properties)?;
        let filters = self.check_filters(filters)?;
        if self.version.is_v5() {
            filters.iter().try_for_each(|filter| split_shared(filter).map(drop))?;
        }
        self.request(Kind::Unsubscribe, &filters, None, list)
    }

    /// What both requests check before their filters.
    fn check_request<'a>(&self, kind: u8, properties: Option<&'a [u8]>) -> Result<&'a [u8]> {
        if !self.is_open() {
            return Err(Error::NoConn);
        }
        let list = properties.unwrap_or_default();
        property::check_sendable(kind.into(), list)?;
        Ok(list)
    }

    fn check_filters<'a>(&self, filters: &[Option<&'a [u8]>]) -> Result<Vec<&'a [u8]>> {
        filters
            .iter()
            .map(|filter| {
                let filter = filter.ok_or(Error::Inval)?;
                topic::check_filter(filter)?;
                utf8::validate(filter)?;
                Ok(filter)
            })
            .collect()
    }

    /// What MQTT 5 adds: shared subscriptions, and what this server can do.
    fn check_availability(&self, filters: &[&[u8]], options: i32) -> Result<()> {
        for filter in filters {
            let shared = split_shared(filter)?;
            if shared.is_some() && options & NO_LOCAL != 0 {
                return Err(Error::Protocol); // [MQTT-3.8.3-4]
            }
            if shared.is_some() && !self.limits.shared {
                return Err(Error::SharedSubsNotSupported);
            }
            let filter = shared.unwrap_or(filter);
            if !self.limits.wildcard && filter.iter().any(|byte| matches!(byte, b'+' | b'#')) {
                return Err(Error::WildcardSubsNotSupported);
            }
        }
        Ok(())
    }

    /// Sends the request.
    fn request(
        &mut self,
        kind: Kind,
        filters: &[&[u8]],
        options: Option<u8>,
        properties: &[u8],
    ) -> Result<u16> {
        let mut request = Request { mid: 0, filters, options, properties };
        if request.len(self.version)? > self.limits.max_packet as usize {
            return Err(Error::OversizePacket);
        }
        let mid = self.ids.acquire();
        request.mid = mid;
        self.requests.insert(mid, (mid, kind));
        for filter in filters {
            match options {
                Some(options) => log_client!(
                    self,
                    "sending SUBSCRIBE (Mid: {}, Topic: {}, QoS: {}, Options: 0x{:02x})",
                    mid,
                    Text(filter),
                    options & 0x03,
                    options & 0xfc
                ),
                None => {
                    log_client!(
                        self,
                        "sending UNSUBSCRIBE (Mid: {}, Topic: {})",
                        mid,
                        Text(filter)
                    );
                }
            }
        }
        let version = self.version;
        if self.holds() {
            let mut packet = Vec::new();
            request.put(&mut packet, version);
            self.outgoing.held.push((packet, None));
        } else {
            self.output.append(|out| request.put(out, version));
        }
        Ok(mid)
    }

    /// SUBACK and UNSUBACK. An answer to nothing is not the program's business.
    pub(super) fn answered(&mut self, packet: Packet<'_>) -> Result<Event, Fault> {
        let (kind, name) = match packet.kind() {
            kind::SUBACK => (Kind::Subscribe, "SUBACK"),
            _ => (Kind::Unsubscribe, "UNSUBACK"),
        };
        log_client!(self, "received {}", name);
        let suback::Answer { mid, codes, properties } = suback::decode(packet, self.version)?;
        self.check_problem_information(packet.slice(&properties))?;
        if self.requests.get(mid) != Some(&(mid, kind)) {
            log!(
                self.log,
                WARNING,
                "Warning: Received {} from {} for an unknown packet identifier {}.",
                name,
                ClientName(self.config.id.as_deref()),
                mid
            );
            return Ok(Event::None);
        }
        self.requests.remove(mid);
        if self.requests.len() == 0 {
            self.requests.clear();
        }
        self.ids.release(mid);
        self.release();
        Ok(match kind {
            Kind::Subscribe => Event::Subscribed { mid, codes, properties },
            Kind::Unsubscribe => Event::Unsubscribed { mid, codes, properties },
        })
    }
}

/// The filter behind `$share/NAME/`, if it is a shared subscription; [`Error::Inval`] if it is none that could be meant
/// [MQTT-4.8.2-1] [MQTT-4.8.2-2].
fn split_shared(filter: &[u8]) -> Result<Option<&[u8]>> {
    let Some(rest) = filter.strip_prefix(SHARE) else {
        return if filter == b"$share" { Err(Error::Inval) } else { Ok(None) };
    };
    let slash = rest.iter().position(|&byte| byte == b'/').ok_or(Error::Inval)?;
    let (name, filter) = rest.split_at_checked(slash).ok_or(Error::Inval)?;
    let filter = filter.get(1..).unwrap_or_default();
    if name.is_empty() || filter.is_empty() || name.iter().any(|byte| matches!(byte, b'+' | b'#')) {
        return Err(Error::Inval);
    }
    Ok(Some(filter))
}
