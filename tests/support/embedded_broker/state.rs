//! What the broker remembers: sessions with their subscriptions and messages, and retained messages. Sends by handing bytes
//! to the thread that writes the connection; never waits.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::TcpStream;
use std::sync::mpsc::Sender;

use super::codec::{Property, packet, put_properties, put_string, put_varint};

/// An application message on its way.
#[derive(Debug, Clone)]
pub struct Message {
    /// Topic name.
    pub topic: String,
    /// What it carries.
    pub payload: Vec<u8>,
    /// 0, 1 or 2.
    pub qos: u8,
    /// RETAIN flag.
    pub retain: bool,
    /// Those that are passed on to MQTT 5 subscribers.
    pub properties: Vec<Property>,
}

/// A subscription of one session.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Maximum QoS.
    pub qos: u8,
    /// The options byte of MQTT 5: no local, retain as published, retain handling.
    pub options: u8,
    /// Subscription Identifier as on the wire.
    pub id: Option<Vec<u8>>,
}

/// How a session is reached while its client is connected.
pub struct Link {
    /// Takes packets to write.
    pub sender: Sender<Vec<u8>>,
    /// To end the connection.
    pub stream: TcpStream,
    /// Tells one connection of a session from the next.
    pub number: u64,
}

#[derive(Debug)]
enum Outgoing {
    /// PUBLISH was sent.
    Published(Message),
    /// PUBREC came, PUBREL was sent.
    Released,
}

/// What is kept for one client identifier.
#[derive(Default)]
pub struct Session {
    /// Protocol level of the last CONNECT.
    pub version: u8,
    /// Whether the state outlives the connection.
    pub keep: bool,
    /// Present while connected.
    pub link: Option<Link>,
    /// How many messages the client takes at a time.
    pub window: usize,
    /// Identifiers of received QoS 2 messages that wait for PUBREL.
    pub received: BTreeSet<u16>,
    /// Published when the connection ends without DISCONNECT.
    pub will: Option<Message>,
    subscriptions: HashMap<String, Subscription>,
    queue: VecDeque<(Message, Vec<Vec<u8>>)>,
    in_flight: BTreeMap<u16, Outgoing>,
    order: VecDeque<u16>,
    last_mid: u16,
}

impl Session {
    /// Queues bytes for the connection, if there is one.
    pub fn send(&self, bytes: Vec<u8>) {
        if let Some(link) = &self.link {
            // An error means that the connection is ending.
            let _ = link.sender.send(bytes);
        }
    }

    fn deliver(&mut self, message: Message, ids: Vec<Vec<u8>>) {
        if message.qos == 0 {
            self.send(publish(self.version, &message, &ids, 0, false));
        } else {
            self.queue.push_back((message, ids));
            self.advance();
        }
    }

    /// Sends from the queue what the window lets through.
    pub fn advance(&mut self) {
        while self.link.is_some() && self.in_flight.len() < self.window {
            let Some((message, ids)) = self.queue.pop_front() else { return };
            let mid = self.next_mid();
            self.send(publish(self.version, &message, &ids, mid, false));
            self.in_flight.insert(mid, Outgoing::Published(message));
            self.order.push_back(mid);
        }
    }

    /// Sends again what was not acknowledged on an earlier connection, then goes on.
    pub fn resume(&mut self) {
        for mid in &self.order {
            match self.in_flight.get(mid) {
                Some(Outgoing::Published(message)) => {
                    self.send(publish(self.version, message, &[], *mid, true));
                }
                Some(Outgoing::Released) => self.send(packet(0x62, &mid.to_be_bytes())),
                None => {}
            }
        }
        self.advance();
    }

    /// PUBREC: whether the identifier was known.
    pub fn release(&mut self, mid: u16) {
        if let Some(state) = self.in_flight.get_mut(&mid) {
            *state = Outgoing::Released;
        }
    }

    /// PUBACK, PUBCOMP or a PUBREC with an error.
    pub fn complete(&mut self, mid: u16) {
        if self.in_flight.remove(&mid).is_some() {
            self.order.retain(|&other| other != mid);
        }
        self.advance();
    }

    fn next_mid(&mut self) -> u16 {
        loop {
            self.last_mid = self.last_mid.checked_add(1).unwrap_or(1);
            if !self.in_flight.contains_key(&self.last_mid) {
                return self.last_mid;
            }
        }
    }
}

/// Everything.
#[derive(Default)]
pub struct Broker {
    /// By client identifier.
    pub sessions: HashMap<String, Session>,
    retained: BTreeMap<String, Message>,
    connections: u64,
}

impl Broker {
    /// A number for a new connection.
    pub fn next_number(&mut self) -> u64 {
        self.connections += 1;
        self.connections
    }

    /// Takes a message from `publisher` to everybody who wants it.
    pub fn publish(&mut self, publisher: &str, message: Message) {
        if message.retain {
            if message.payload.is_empty() {
                self.retained.remove(&message.topic);
            } else {
                self.retained.insert(message.topic.clone(), message.clone());
            }
        }
        for (client, session) in &mut self.sessions {
            let matching: Vec<&Subscription> = session
                .subscriptions
                .iter()
                .filter(|(filter, subscription)| {
                    let no_local = subscription.options & 0x04 != 0 && client == publisher;
                    !no_local && matches(filter, &message.topic)
                })
                .map(|(_, subscription)| subscription)
                .collect();
            let Some(qos) = matching.iter().map(|subscription| subscription.qos).max() else {
                continue;
            };
            let as_published = matching.iter().any(|subscription| subscription.options & 8 != 0);
            let ids = matching.iter().filter_map(|subscription| subscription.id.clone()).collect();
            let copy = Message {
                qos: message.qos.min(qos),
                retain: message.retain && as_published,
                ..message.clone()
            };
            session.deliver(copy, ids);
        }
    }

    /// Adds or replaces a subscription and sends the retained messages that go with it.
    pub fn subscribe(&mut self, client: &str, filter: &str, subscription: Subscription) {
        let Some(session) = self.sessions.get_mut(client) else { return };
        let handling = subscription.options >> 4 & 3;
        let new = session.subscriptions.insert(filter.to_owned(), subscription.clone()).is_none();
        if handling == 2 || handling == 1 && !new {
            return;
        }
        for message in self.retained.values().filter(|message| matches(filter, &message.topic)) {
            let qos = message.qos.min(subscription.qos);
            let copy = Message { qos, ..message.clone() };
            session.deliver(copy, subscription.id.clone().into_iter().collect());
        }
    }

    /// Removes a subscription: whether there was one.
    pub fn unsubscribe(&mut self, client: &str, filter: &str) -> bool {
        let session = self.sessions.get_mut(client);
        session.is_some_and(|session| session.subscriptions.remove(filter).is_some())
    }

    /// The connection with that number is over: the will, if it still stands, and the session, if it does not stay.
    pub fn connection_ended(&mut self, client: &str, number: u64) {
        let Some(session) = self.sessions.get_mut(client) else { return };
        if session.link.as_ref().is_none_or(|link| link.number != number) {
            return;
        }
        session.link = None;
        let will = session.will.take();
        if !session.keep {
            self.sessions.remove(client);
        }
        if let Some(will) = will {
            self.publish(client, will);
        }
    }
}

fn publish(version: u8, message: &Message, ids: &[Vec<u8>], mid: u16, dup: bool) -> Vec<u8> {
    let mut body = Vec::with_capacity(message.topic.len() + message.payload.len() + 16);
    put_string(&mut body, message.topic.as_bytes());
    if message.qos > 0 {
        body.extend_from_slice(&mid.to_be_bytes());
    }
    if version == 5 {
        let ids = ids.iter().map(|id| (11, id.clone()));
        let properties: Vec<Property> = message.properties.iter().cloned().chain(ids).collect();
        put_properties(&mut body, &properties);
    }
    body.extend_from_slice(&message.payload);
    let flags = u8::from(dup) << 3 | message.qos << 1 | u8::from(message.retain);
    packet(0x30 | flags, &body)
}

/// Whether a topic name is meant by a filter. Topics that begin with `$` are not meant by wildcards in first place.
fn matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && (filter.starts_with('+') || filter.starts_with('#')) {
        return false;
    }
    let (mut filter, mut topic) = (filter.split('/'), topic.split('/'));
    loop {
        match (filter.next(), topic.next()) {
            (Some("#"), _) => return true,
            (Some("+"), Some(_)) => {}
            (Some(level), Some(name)) if level == name => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}

/// A Subscription Identifier as on the wire.
pub fn subscription_id(value: usize) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(&mut out, value);
    out
}
