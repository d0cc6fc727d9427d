//! The other end of the thread tests: a server that answers everything, counts everything, and misbehaves on demand.
//!
//! What it does is asked of it in words that a client can say: the beginning of the client identifier says how CONNECT is
//! answered, and topics that begin with `$` are commands.
//!
//! | client identifier | answer to CONNECT |
//! |---|---|
//! | `silent…` | none |
//! | `refused…` | CONNACK that refuses |
//! | `drops…` | CONNACK, then the end |
//! | `bad…` | bytes that are no CONNACK |
//! | `ping…` | CONNACK with a Server Keep Alive of one second |
//! | anything else | CONNACK; before it AUTH if CONNECT names an Authentication Method |
//!
//! | topic | what happens |
//! |---|---|
//! | `$drop` | the connection ends without a word |
//! | `$bye` | DISCONNECT, then the end |
//! | `$burst` | as many PUBLISH packets as the payload says, in one write |
//! | `$many` | the same, each in a write of its own |
//! | `echo…` | the same message comes back at the same QoS |

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a server has seen.
#[derive(Debug, Default)]
pub struct Record {
    /// Connections that came as far as CONNECT, and when.
    pub connects: Vec<(String, Instant)>,
    /// Packets of each type (high nibble of the first byte) by client.
    pub packets: BTreeMap<(String, u8), usize>,
    /// Connections that ended without DISCONNECT, by client.
    pub broken: BTreeMap<String, usize>,
    /// Connections that stand, by client.
    pub open: BTreeMap<String, usize>,
    /// How often the message with this payload (see [`key`]) was delivered to the server.
    pub messages: HashMap<u64, u32>,
    /// Messages for clients whose delivery was acknowledged in full, by client and number.
    pub acknowledged: HashMap<String, HashSet<u32>>,
    sessions: HashMap<String, Session>,
}

/// What outlives a connection.
#[derive(Debug, Default, Clone)]
struct Session {
    /// The connection that it belongs to: what an earlier one still has to read counts no more.
    connection: u64,
    /// Identifiers of QoS 2 messages that were received and not released.
    received: HashSet<u16>,
    /// Messages on their way to the client, by identifier: number, QoS, and whether PUBREC has come.
    sending: BTreeMap<u16, (u32, u8, bool)>,
    next_mid: u16,
    next_number: u32,
}

/// When connections of a chaotic server end: on average after so many packets.
#[derive(Debug, Clone, Copy)]
pub struct Chaos {
    /// Where the random numbers begin.
    pub seed: u64,
    /// Packets between two ends, on average.
    pub packets: u64,
    /// A message at QoS 1 or 2 is sent to the client for so many packets received; 0 for none.
    pub send_every: u64,
}

/// A server that listens on 127.0.0.1 until the process ends.
pub struct Server {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    record: Mutex<Record>,
    chaos: Mutex<Option<Chaos>>,
}

impl Server {
    /// One that ends no connection unless asked to.
    pub fn start() -> Server {
        Server::start_with(None)
    }

    /// One that ends connections at random.
    pub fn start_with(chaos: Option<Chaos>) -> Server {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("a bound socket").port();
        let shared = Arc::new(Shared { chaos: Mutex::new(chaos), ..Shared::default() });
        let server = Server { port, shared: shared.clone() };
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().flatten().enumerate() {
                let shared = shared.clone();
                std::thread::spawn(move || Connection::serve(stream, number as u64, &shared));
            }
        });
        server
    }

    /// Its port.
    pub fn port(&self) -> String {
        self.port.to_string()
    }

    /// What it has seen so far.
    pub fn record(&self) -> MutexGuard<'_, Record> {
        lock(&self.shared.record)
    }

    /// Waits until `condition` holds; false if it does not come to that.
    pub fn wait(&self, limit: Duration, condition: impl Fn(&Record) -> bool) -> bool {
        let deadline = Instant::now() + limit;
        while !condition(&self.record()) {
            if Instant::now() > deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        true
    }
}

/// A payload of up to seven bytes as a number, so that millions can be counted.
pub fn key(payload: &[u8]) -> u64 {
    let rest = payload.iter().take(7).fold(0, |key, byte| key << 8 | u64::from(*byte));
    (payload.len().min(255) as u64) << 56 | rest
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// xorshift64*: enough to scatter ends of connections.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % below.max(1)
    }
}

struct Connection<'a> {
    stream: TcpStream,
    shared: &'a Shared,
    client: String,
    number: u64,
    /// Whether CONNECT has come.
    is_open: bool,
    v5: bool,
    random: Random,
    chaos: Option<Chaos>,
    handled: u64,
    echoes: u64,
    out: Vec<u8>,
}

/// Why a connection goes no further.
#[derive(PartialEq)]
enum End {
    Disconnect,
    Broken,
}

impl Connection<'_> {
    fn serve(stream: TcpStream, number: u64, shared: &Shared) {
        let _ = stream.set_nodelay(true);
        let Ok(reading) = stream.try_clone() else { return };
        let chaos = *lock(&shared.chaos);
        let seed =
            chaos.map_or(1, |chaos| chaos.seed).wrapping_add(number.wrapping_mul(0x9e37_79b9));
        let mut connection = Connection {
            stream,
            shared,
            client: String::new(),
            number,
            is_open: false,
            v5: false,
            random: Random(seed | 1),
            chaos,
            handled: 0,
            echoes: 0,
            out: Vec::new(),
        };
        let mut reader = BufReader::with_capacity(64 * 1024, reading);
        let end = connection.run(&mut reader);
        // With a reset instead of an end from time to time.
        if chaos.is_some() && connection.random.next(2) == 0 {
            let fd = connection.stream.as_fd();
            let _ = socket2::SockRef::from(&fd).set_linger(Some(Duration::ZERO));
        }
        let (client, was_open) = (connection.client.clone(), connection.is_open);
        drop((connection, reader));
        let mut record = lock(&shared.record);
        if let Some(open) = record.open.get_mut(&client).filter(|_| was_open) {
            *open -= 1;
        }
        if end == End::Broken {
            *record.broken.entry(client).or_default() += 1;
        }
        drop(record);
    }

    fn run(&mut self, reader: &mut BufReader<TcpStream>) -> End {
        let Some((0x10, connect)) = read_packet(reader) else { return End::Broken };
        if !self.connect(&connect) {
            // Whoever gets no answer keeps the connection as long as he likes.
            while self.client.starts_with("silent") {
                let Some(packet) = read_packet(reader) else { break };
                self.count(packet.0);
                if packet.0 == 0xe0 {
                    return End::Disconnect;
                }
            }
            return End::Broken;
        }
        let life = self.chaos.map(|chaos| 1 + self.random.next(2 * chaos.packets));
        while let Some((first, body)) = read_packet(reader) {
            self.count(first);
            self.handled += 1;
            if life.is_some_and(|life| self.handled >= life) {
                // Before or after what was received last has its effect.
                if self.random.next(2) == 0 {
                    self.handle(first, &body);
                    if self.random.next(2) == 0 {
                        self.flush();
                    }
                }
                return End::Broken;
            }
            if let Some(end) = self.handle(first, &body) {
                self.flush();
                return end;
            }
            if reader.buffer().is_empty() || self.out.len() > 16 * 1024 {
                self.flush();
            }
        }
        End::Broken
    }

    fn count(&mut self, first: u8) {
        let mut record = lock(&self.shared.record);
        *record.packets.entry((self.client.clone(), first >> 4)).or_default() += 1;
        drop(record);
    }

    /// Whether the connection goes on.
    fn connect(&mut self, body: &[u8]) -> bool {
        let name = 2 + usize::from(body[1]);
        self.v5 = body[name] == 5;
        let clean = body[name + 1] & 2 != 0;
        let mut at = name + 4;
        let mut properties: &[u8] = &[];
        if self.v5 {
            let len = usize::from(body[at]);
            properties = &body[at + 1..at + 1 + len];
            at += 1 + len;
        }
        let len = usize::from(u16::from_be_bytes([body[at], body[at + 1]]));
        self.client = String::from_utf8_lossy(&body[at + 2..at + 2 + len]).into_owned();
        let mut present = 0;
        {
            let mut record = lock(&self.shared.record);
            record.connects.push((self.client.clone(), Instant::now()));
            *record.open.entry(self.client.clone()).or_default() += 1;
            self.is_open = true;
            let earlier = record.sessions.remove(&self.client).filter(|_| !clean);
            present += u8::from(earlier.is_some());
            let mut session = earlier.unwrap_or_default();
            // A later connection may have come to this point before an earlier one.
            session.connection = session.connection.max(self.number);
            record.sessions.insert(self.client.clone(), session);
        }
        self.count(0x10);
        let accepted: &[u8] =
            if self.v5 { &[0x20, 3, present, 0, 0] } else { &[0x20, 2, present, 0] };
        match self.client.as_str() {
            id if id.starts_with("silent") => return false,
            id if id.starts_with("refused") => {
                self.out.extend(if self.v5 {
                    [0x20, 3, 0, 0x87, 0].as_slice()
                } else {
                    &[0x20, 2, 0, 5]
                });
                self.flush();
                return false;
            }
            id if id.starts_with("drops") => {
                self.out.extend(accepted);
                self.flush();
                return false;
            }
            id if id.starts_with("bad") => {
                self.out.extend([0x21, 2, 0, 0]);
                self.flush();
                return false;
            }
            id if id.starts_with("ping") => self.out.extend([0x20, 6, 0, 0, 3, 0x13, 0, 1]),
            // AUTH with reason "continue"; CONNACK follows the client's AUTH.
            _ if properties.contains(&0x15) => {
                self.out.extend([0xf0, 6, 0x18, 4, 0x15, 0, 1, b'm']);
            }
            _ => self.out.extend(accepted),
        }
        self.resume();
        self.flush();
        true
    }

    /// Sends again what was not acknowledged on an earlier connection.
    fn resume(&mut self) {
        let sending = {
            let record = lock(&self.shared.record);
            record.sessions.get(&self.client).map(|session| session.sending.clone())
        };
        for (mid, (number, qos, received)) in sending.unwrap_or_default() {
            if received {
                self.out.extend([0x62, 2]);
                self.out.extend(mid.to_be_bytes());
            } else {
                self.publish(b"numbered", &number.to_be_bytes(), qos, mid, true);
            }
        }
    }

    fn handle(&mut self, first: u8, body: &[u8]) -> Option<End> {
        let mid = || [body[0], body[1]];
        match first >> 4 {
            3 => return self.received(first, body),
            // PUBACK, PUBREC, PUBREL, PUBCOMP.
            4 | 7 => self.acknowledged(u16::from_be_bytes(mid())),
            5 => {
                self.session(|session, _| {
                    if let Some(sent) = session.sending.get_mut(&u16::from_be_bytes(mid())) {
                        sent.2 = true;
                    }
                });
                self.out.extend([0x62, 2]);
                self.out.extend(mid());
            }
            6 => {
                self.session(|session, _| session.received.remove(&u16::from_be_bytes(mid())));
                self.acknowledge(0x70, mid());
            }
            8 => {
                self.out.extend(if self.v5 { [0x90, 4].as_slice() } else { &[0x90, 3] });
                self.out.extend(mid());
                self.out.extend(if self.v5 { [0, 0].as_slice() } else { &[0] });
            }
            10 => {
                self.out.extend(if self.v5 { [0xb0, 4].as_slice() } else { &[0xb0, 2] });
                self.out.extend(mid());
                self.out.extend(if self.v5 { [0, 0].as_slice() } else { &[] });
            }
            12 => self.out.extend([0xd0, 0]),
            14 => return Some(End::Disconnect),
            15 => self.out.extend([0x20, 3, 0, 0, 0]),
            _ => return Some(End::Broken),
        }
        None
    }

    fn received(&mut self, first: u8, body: &[u8]) -> Option<End> {
        let qos = first >> 1 & 3;
        let len = usize::from(u16::from_be_bytes([body[0], body[1]]));
        let topic = &body[2..2 + len];
        let mut at = 2 + len;
        let mut mid = 0;
        if qos > 0 {
            mid = u16::from_be_bytes([body[at], body[at + 1]]);
            at += 2;
        }
        if self.v5 {
            at += 1 + usize::from(body[at]);
        }
        let payload = &body[at..];
        // A message of QoS 2 counts at its first PUBLISH; PUBREL only frees the identifier.
        let insert = |session: &mut Session, _: &mut _| session.received.insert(mid);
        let new = qos < 2 || self.session(insert).unwrap_or(false);
        if new {
            *lock(&self.shared.record).messages.entry(key(payload)).or_default() += 1;
        }
        match qos {
            0 => {}
            1 => self.acknowledge(0x40, mid.to_be_bytes()),
            _ => {
                self.out.extend([0x50, 2]);
                self.out.extend(mid.to_be_bytes());
            }
        }
        match topic {
            b"$drop" => return Some(End::Broken),
            b"$bye" => {
                self.out.extend(if self.v5 { [0xe0, 1, 0x8b].as_slice() } else { &[] });
                return Some(End::Broken);
            }
            b"$burst" | b"$many" => {
                let count: u32 = String::from_utf8_lossy(payload).parse().unwrap_or(0);
                for number in 0..count {
                    self.publish(b"burst", &number.to_be_bytes(), 0, 0, false);
                    if topic == b"$many" {
                        self.flush();
                    }
                }
            }
            _ if topic.starts_with(b"echo") => {
                let (topic, payload) = (topic.to_vec(), payload.to_vec());
                // An identifier that numbered messages do not use.
                self.echoes += 1;
                let mid = 50_001 + (self.echoes % 15_000) as u16;
                self.publish(&topic, &payload, qos, mid, false);
            }
            _ => {}
        }
        let due = |chaos: Chaos| chaos.send_every > 0 && self.handled % chaos.send_every == 0;
        if self.chaos.is_some_and(due) {
            self.send_numbered();
        }
        None
    }

    /// The last packet of an exchange. In MQTT 5 it has a Reason String, by which a program can tell it from a QoS 0 message
    /// that is merely written.
    fn acknowledge(&mut self, first: u8, mid: [u8; 2]) {
        let rest: &[u8] = if self.v5 { &[0, 4, 0x1f, 0, 1, b'r'] } else { &[] };
        self.out.extend([first, 2 + rest.len() as u8]);
        self.out.extend(mid);
        self.out.extend(rest);
    }

    /// One more message for the client that must not be lost; not too many at a time.
    fn send_numbered(&mut self) {
        let numbered = self.session(|session, _| {
            if session.sending.len() >= 10 {
                return None;
            }
            let number = session.next_number;
            session.next_number += 1;
            session.next_mid = session.next_mid % 50_000 + 1;
            let qos = 1 + (number % 2) as u8;
            session.sending.insert(session.next_mid, (number, qos, false));
            Some((number, qos, session.next_mid))
        });
        if let Some((number, qos, mid)) = numbered.flatten() {
            self.publish(b"numbered", &number.to_be_bytes(), qos, mid, false);
        }
    }

    fn acknowledged(&mut self, mid: u16) {
        let client = self.client.clone();
        self.session(|session, acknowledged| {
            if let Some((number, ..)) = session.sending.remove(&mid) {
                acknowledged.entry(client).or_default().insert(number);
            }
        });
    }

    /// `None` if the client has connected again meanwhile.
    fn session<T>(
        &mut self,
        act: impl FnOnce(&mut Session, &mut HashMap<String, HashSet<u32>>) -> T,
    ) -> Option<T> {
        let record = &mut *lock(&self.shared.record);
        let session = record.sessions.entry(self.client.clone()).or_default();
        let current = session.connection == self.number;
        current.then(|| act(session, &mut record.acknowledged))
    }

    fn publish(&mut self, topic: &[u8], payload: &[u8], qos: u8, mid: u16, dup: bool) {
        let len =
            2 + topic.len() + payload.len() + if qos > 0 { 2 } else { 0 } + usize::from(self.v5);
        self.out.push(0x30 | qos << 1 | if dup && qos > 0 { 8 } else { 0 });
        let mut rest = len;
        while rest >= 0x80 {
            self.out.push(0x80 | (rest & 0x7f) as u8);
            rest >>= 7;
        }
        self.out.push(rest as u8);
        self.out.extend((topic.len() as u16).to_be_bytes());
        self.out.extend(topic);
        if qos > 0 {
            self.out.extend(mid.to_be_bytes());
        }
        if self.v5 {
            self.out.push(0);
        }
        self.out.extend(payload);
    }

    fn flush(&mut self) {
        // A client that is gone is noticed by the next read.
        let _ = self.stream.write_all(&self.out);
        self.out.clear();
    }
}

fn read_packet(reader: &mut BufReader<TcpStream>) -> Option<(u8, Vec<u8>)> {
    let mut byte = [0];
    reader.read_exact(&mut byte).ok()?;
    let first = byte[0];
    let mut len = 0;
    for shift in [0, 7, 14, 21] {
        reader.read_exact(&mut byte).ok()?;
        len |= usize::from(byte[0] & 0x7f) << shift;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; len];
    reader.read_exact(&mut body).ok()?;
    Some((first, body))
}
