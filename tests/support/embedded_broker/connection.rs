//! One connection: reads packets, does what they say to the `Broker`, answers.

use std::collections::HashMap;
use std::io::{BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::codec::{
    Fields, MALFORMED, Malformed, PROTOCOL_ERROR, Property, number, packet, put_properties,
    put_string, read_packet,
};
use super::state::{Broker, Link, Message, Session, Subscription, subscription_id};

/// Properties of a message that go on to subscribers.
const PASSED_ON: [u8; 6] = [1, 2, 3, 8, 9, 38];
/// Topic aliases that a client may use.
const ALIASES: u16 = 10;

/// Serves the connection until it ends.
pub fn serve(stream: TcpStream, broker: &Mutex<Broker>) {
    let _ = stream.set_nodelay(true);
    let Ok(reading) = stream.try_clone() else { return };
    let mut reader = BufReader::new(reading);
    let Some(mut connection) = Connection::open(&mut reader, stream, broker) else { return };
    // Ends with the stream, or with silence for longer than the keepalive allows [MQTT-3.1.2-22].
    while let Ok(Some((first, body))) = read_packet(&mut reader) {
        match connection.handle(first, &body) {
            Ok(true) => {}
            Ok(false) => break,
            Err(Malformed(reason)) => {
                if connection.version == 5 {
                    connection.send(packet(0xe0, &[reason]));
                }
                break;
            }
        }
    }
    lock(broker).connection_ended(&connection.client, connection.number);
}

struct Connection<'a> {
    broker: &'a Mutex<Broker>,
    client: String,
    version: u8,
    number: u64,
    aliases: HashMap<u16, String>,
}

impl<'a> Connection<'a> {
    /// Handles CONNECT: sets the session up and answers CONNACK; `None` if there is no connection to be made.
    fn open(
        reader: &mut BufReader<TcpStream>,
        stream: TcpStream,
        broker: &'a Mutex<Broker>,
    ) -> Option<Connection<'a>> {
        let (0x10, body) = read_packet(reader).ok()?? else { return None };
        let connect = Connect::parse(&body).ok()?;
        let v5 = connect.version == 5;
        if !matches!(connect.version, 3..=5) {
            let _ = (&stream).write_all(&packet(0x20, &[0, 1]));
            return None;
        }
        if connect.client.is_empty() && !connect.clean && !v5 {
            let _ = (&stream).write_all(&packet(0x20, &[0, 2]));
            return None;
        }
        if connect.keepalive > 0 {
            let limit = Duration::from_millis(1500) * connect.keepalive.into();
            stream.set_read_timeout(Some(limit)).ok()?;
        }
        let (sender, receiver) = channel();
        let writing = stream.try_clone().ok()?;
        std::thread::spawn(move || write_all(writing, &receiver));

        let mut state = lock(broker);
        let number = state.next_number();
        let assigned = connect.client.is_empty();
        let client = if assigned { format!("auto-{number}") } else { connect.client };
        let previous = state.sessions.get(&client).and_then(|session| session.link.as_ref());
        if let Some(link) = previous {
            // The newer connection wins [MQTT-3.1.4-3].
            let _ = link.stream.shutdown(Shutdown::Both);
            let old = link.number;
            state.connection_ended(&client, old);
        }
        if connect.clean {
            state.sessions.remove(&client);
        }
        let present = state.sessions.contains_key(&client);
        let session = state.sessions.entry(client.clone()).or_default();
        session.version = connect.version;
        session.keep = if v5 { connect.session_expiry > 0 } else { !connect.clean };
        session.window = usize::from(connect.receive_maximum);
        session.will = connect.will;
        session.link = Some(Link { sender, stream, number });

        let mut answer = vec![u8::from(present), 0];
        if v5 {
            // Shared subscriptions are not available.
            let mut properties: Vec<Property> =
                vec![(34, ALIASES.to_be_bytes().to_vec()), (42, vec![0])];
            if assigned {
                let mut value = Vec::new();
                put_string(&mut value, client.as_bytes());
                properties.push((18, value));
            }
            put_properties(&mut answer, &properties);
        }
        session.send(packet(0x20, &answer));
        session.resume();
        drop(state);
        let aliases = HashMap::new();
        Some(Connection { broker, client, version: connect.version, number, aliases })
    }

    /// Does what a packet says: whether the connection goes on.
    fn handle(&mut self, first: u8, body: &[u8]) -> Result<bool, Malformed> {
        let mut fields = Fields(body);
        match first >> 4 {
            3 => self.publish(first, fields)?,
            4 | 7 => {
                let mid = fields.u16()?;
                self.session(|session| session.complete(mid));
            }
            5 => {
                let mid = fields.u16()?;
                if fields.u8().is_ok_and(|reason| reason >= 0x80) {
                    self.session(|session| session.complete(mid));
                } else {
                    self.session(|session| session.release(mid));
                    self.send(packet(0x62, &mid.to_be_bytes()));
                }
            }
            6 => {
                let mid = fields.u16()?;
                self.session(|session| session.received.remove(&mid));
                self.send(packet(0x70, &mid.to_be_bytes()));
            }
            8 => self.subscribe(fields)?,
            10 => self.unsubscribe(fields)?,
            12 => self.send(packet(0xd0, &[])),
            14 => {
                // Reason 4 asks for the will all the same.
                if body.first() != Some(&4) {
                    self.session(|session| session.will = None);
                }
                return Ok(false);
            }
            _ => return Err(PROTOCOL_ERROR),
        }
        Ok(true)
    }

    fn publish(&mut self, first: u8, mut fields: Fields<'_>) -> Result<(), Malformed> {
        let qos = first >> 1 & 3;
        let mut topic = fields.string()?.to_owned();
        let mid = if qos > 0 { fields.u16()? } else { 0 };
        let mut properties = if self.version == 5 { fields.properties()? } else { Vec::new() };
        if let Some(alias) = number(&properties, 35) {
            let alias = u16::try_from(alias).map_err(|_| MALFORMED)?;
            if alias == 0 || alias > ALIASES {
                return Err(Malformed(0x94));
            }
            if topic.is_empty() {
                topic = self.aliases.get(&alias).ok_or(PROTOCOL_ERROR)?.clone();
            } else {
                self.aliases.insert(alias, topic.clone());
            }
        }
        if qos == 3 || topic.is_empty() || topic.contains(['+', '#']) {
            return Err(PROTOCOL_ERROR);
        }
        properties.retain(|(id, _)| PASSED_ON.contains(id));
        let retain = first & 1 != 0;
        let message = Message { topic, payload: fields.0.to_vec(), qos, retain, properties };
        let mut broker = lock(self.broker);
        // A message of QoS 2 counts at its first PUBLISH; PUBREL only frees the identifier.
        let new = qos < 2
            || broker
                .sessions
                .get_mut(&self.client)
                .is_some_and(|session| session.received.insert(mid));
        if new {
            broker.publish(&self.client, message);
        }
        drop(broker);
        match qos {
            1 => self.send(packet(0x40, &mid.to_be_bytes())),
            2 => self.send(packet(0x50, &mid.to_be_bytes())),
            _ => {}
        }
        Ok(())
    }

    fn subscribe(&mut self, mut fields: Fields<'_>) -> Result<(), Malformed> {
        let mut answer = fields.u16()?.to_be_bytes().to_vec();
        let mut id = None;
        if self.version == 5 {
            let properties = fields.properties()?;
            let found = properties.iter().find(|(id, _)| *id == 11);
            id = found.map(|(_, value)| Fields(value).varint()).transpose()?.map(subscription_id);
            put_properties(&mut answer, &[]);
        }
        let mut wanted = Vec::new();
        while !fields.0.is_empty() {
            let (filter, options) = (fields.string()?, fields.u8()?);
            let code = if self.version == 5 && filter.starts_with("$share/") {
                0x9e
            } else if !valid_filter(filter) {
                if self.version == 5 { 0x8f } else { 0x80 }
            } else {
                wanted.push((filter, options));
                options & 3
            };
            answer.push(code);
        }
        // SUBACK before the retained messages, but no message may come between it and the subscription.
        let mut broker = lock(self.broker);
        if let Some(session) = broker.sessions.get(&self.client) {
            session.send(packet(0x90, &answer));
        }
        for (filter, options) in wanted {
            let options = if self.version == 5 { options } else { options & 3 };
            let subscription = Subscription { qos: options & 3, options, id: id.clone() };
            broker.subscribe(&self.client, filter, subscription);
        }
        Ok(())
    }

    fn unsubscribe(&mut self, mut fields: Fields<'_>) -> Result<(), Malformed> {
        let mut answer = fields.u16()?.to_be_bytes().to_vec();
        if self.version == 5 {
            fields.properties()?;
            put_properties(&mut answer, &[]);
        }
        while !fields.0.is_empty() {
            let known = lock(self.broker).unsubscribe(&self.client, fields.string()?);
            if self.version == 5 {
                answer.push(if known { 0 } else { 0x11 });
            }
        }
        self.send(packet(0xb0, &answer));
        Ok(())
    }

    fn send(&self, bytes: Vec<u8>) {
        self.session(|session| session.send(bytes));
    }

    /// The session, as long as it is this connection that it is linked to.
    fn session<T>(&self, work: impl FnOnce(&mut Session) -> T) -> Option<T> {
        let mut broker = lock(self.broker);
        let session = broker.sessions.get_mut(&self.client)?;
        let mine = session.link.as_ref().is_some_and(|link| link.number == self.number);
        mine.then(|| work(session))
    }
}

struct Connect {
    version: u8,
    clean: bool,
    keepalive: u16,
    session_expiry: u32,
    receive_maximum: u16,
    client: String,
    will: Option<Message>,
}

impl Connect {
    fn parse(body: &[u8]) -> Result<Connect, Malformed> {
        let mut fields = Fields(body);
        if !matches!(fields.string()?, "MQTT" | "MQIsdp") {
            return Err(MALFORMED);
        }
        let version = fields.u8()?;
        let flags = fields.u8()?;
        let keepalive = fields.u16()?;
        let properties = if version == 5 { fields.properties()? } else { Vec::new() };
        let window = number(&properties, 33).and_then(|window| u16::try_from(window).ok());
        let client = fields.string()?.to_owned();
        let mut will = None;
        if flags & 0x04 != 0 {
            let mut properties = if version == 5 { fields.properties()? } else { Vec::new() };
            properties.retain(|(id, _)| PASSED_ON.contains(id));
            will = Some(Message {
                topic: fields.string()?.to_owned(),
                payload: fields.binary()?.to_vec(),
                qos: flags >> 3 & 3,
                retain: flags & 0x20 != 0,
                properties,
            });
        }
        Ok(Connect {
            version,
            clean: flags & 0x02 != 0,
            keepalive,
            session_expiry: number(&properties, 17).unwrap_or(0),
            receive_maximum: window.unwrap_or(if version == 5 { u16::MAX } else { 20 }),
            client,
            will,
        })
    }
}

/// `#` only as the last level, wildcards only as whole levels [MQTT-4.7.1-1].
fn valid_filter(filter: &str) -> bool {
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        let wild = level.contains(['+', '#']);
        if wild && level.len() > 1 || level == "#" && levels.peek().is_some() {
            return false;
        }
    }
    !filter.is_empty()
}

/// Writes what arrives until the session drops its end, then closes.
fn write_all(mut stream: TcpStream, packets: &Receiver<Vec<u8>>) {
    while let Ok(mut bytes) = packets.recv() {
        // One write for everything that waits.
        bytes.extend(packets.try_iter().flatten());
        if stream.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

fn lock(broker: &Mutex<Broker>) -> MutexGuard<'_, Broker> {
    broker.lock().unwrap_or_else(PoisonError::into_inner)
}
