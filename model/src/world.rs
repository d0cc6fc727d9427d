//! One run of a scenario: a client, what its threads publish, and what must be true of the bytes that the server got.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use loom::model::Builder;
use loom::thread::JoinHandle;

use crate::client::handler::{Event, Handler, Message};
use crate::client::{Client, Connect, LARGE, Publish};
use crate::error::Result;
use crate::system::{self, Server, System};
use crate::wire::{self, Packet};

/// Bytes of stack for a thread.
const STACK: usize = 64 * 1024;
/// Locks taken and calls made by all threads in one run.
const STEPS: usize = 20_000;

/// What was explored.
#[derive(Debug, Clone, Copy)]
pub struct Explored {
    /// So many interleavings.
    pub interleavings: usize,
    /// In this time.
    pub time: Duration,
}

/// Runs `scenario` in every interleaving of its threads with at most so many preemptions: changes from a thread that could
/// go on to another. A scenario that fails, or does not end, is a panic.
pub fn explore(preemptions: usize, server: Server, scenario: fn(&World)) -> Explored {
    static INTERLEAVINGS: AtomicUsize = AtomicUsize::new(0);
    let begun = Instant::now();
    let mut builder = Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = STEPS;
    builder.check(move || {
        INTERLEAVINGS.fetch_add(1, Ordering::Relaxed);
        system::begin(server);
        spawn(move || {
            let world = World::new();
            scenario(&world);
            *world.program.on_publish() = None; // it has a client, which has it
        })
        .join()
        .expect("no panic");
        system::end();
    });
    let interleavings = INTERLEAVINGS.swap(0, Ordering::Relaxed);
    Explored { interleavings, time: begun.elapsed() }
}

/// Starts a thread of the program.
pub fn spawn(body: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    let builder = loom::thread::Builder::new().stack_size(STACK);
    builder.spawn(body).expect("a thread")
}

/// The client of a run and what is known of its messages.
#[derive(Clone)]
pub struct World {
    /// The client.
    pub client: Arc<Client>,
    /// The system that it lives in.
    pub system: Arc<System>,
    /// Messages in the order in which the client accepted them: the byte that each is made of, and its identifier.
    accepted: Arc<Mutex<Vec<(u8, i32)>>>,
    program: Program,
}

/// What the program does when it is told that a message is out.
type OnPublish = Arc<dyn Fn(i32) + Send + Sync>;

/// The program's functions.
#[derive(Default, Clone)]
struct Program {
    on_publish: Arc<Mutex<Option<OnPublish>>>,
    messages: Arc<AtomicUsize>,
    disconnects: Arc<AtomicUsize>,
}

impl Program {
    fn on_publish(&self) -> MutexGuard<'_, Option<OnPublish>> {
        self.on_publish.lock().expect("not poisoned")
    }
}

impl Handler for Program {
    fn event(&self, event: &Event) -> i32 {
        match *event {
            Event::Publish { mid, .. } => self.published(mid),
            Event::Disconnect { .. } => {
                self.disconnects.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
        0
    }

    fn published(&self, mid: i32) {
        system::this().tell(mid);
        let act = self.on_publish().clone();
        if let Some(act) = act {
            act(mid);
        }
    }

    fn message(&self, _message: &Message) {
        self.messages.fetch_add(1, Ordering::Relaxed);
    }

    fn log(&self, _level: i32, _line: String) {}

    fn wants_log(&self) -> bool {
        false
    }
}

impl World {
    /// A client that is connected, and no thread but the calling one.
    fn new() -> World {
        let program = Program::default();
        let client = Client::new(Some(b"c"), true, Box::new(program.clone())).expect("a client");
        let world = World { client, system: system::this(), accepted: Arc::default(), program };
        world.connect().expect("a server");
        world.client.run_once(0, 1).expect("CONNACK");
        world
    }

    /// Connects, instead of whatever connection there was.
    pub fn connect(&self) -> Result<()> {
        self.client.connect(&Connect {
            host: Some(b"h"),
            port: 1883,
            service: false,
            keepalive: 0,
            bind_address: None,
            properties: None,
            blocking: true,
        })
    }

    /// A thread that does `body` with this client.
    pub fn spawn(&self, body: impl FnOnce(&World) + Send + 'static) -> JoinHandle<()> {
        let world = self.clone();
        spawn(move || body(&world))
    }

    /// Publishes a message of `len` times the byte `name` at QoS 0.
    pub fn publish(&self, name: u8, len: usize) -> Result<()> {
        self.publish_at(0, name, len)
    }

    /// The same at any QoS, as `mosquitto_publish` does.
    pub fn publish_at(&self, qos: i32, name: u8, len: usize) -> Result<()> {
        let payload = vec![name; len];
        let message = Publish {
            topic: Some(b"t"),
            payload_len: i32::try_from(len).expect("few bytes"),
            payload: Some(&payload),
            qos,
            retain: false,
            properties: None,
        };
        // Called with the client locked, so this is the order of the output.
        let accept = |mid| self.accepted.lock().expect("not poisoned").push((name, mid));
        if qos == 0 && len >= LARGE {
            return self.client.publish_large(message, &mut { accept });
        }
        let published = self.client.publish(message, accept);
        if published.done { published.result } else { self.client.finish_publish(published.result) }
    }

    /// From now on the program does `act` when it is told of message `name`.
    pub fn when_told(&self, name: u8, act: fn(&World)) {
        let world = self.clone();
        let act = move |mid| {
            if world.accepted().contains(&(name, mid)) {
                act(&world);
            }
        };
        *self.program.on_publish() = Some(Arc::new(act));
    }

    /// Messages in the order in which the client accepted them.
    pub fn accepted(&self) -> Vec<(u8, i32)> {
        self.accepted.lock().expect("not poisoned").clone()
    }

    /// How many messages the program was given.
    pub fn messages(&self) -> usize {
        self.program.messages.load(Ordering::Relaxed)
    }

    /// How often it was told of the end of a connection.
    pub fn disconnects(&self) -> usize {
        self.program.disconnects.load(Ordering::Relaxed)
    }

    /// Waits until everything accepted so far is with the server, on the one connection, and told of.
    pub fn settle(&self) {
        let accepted = self.accepted();
        self.system.until(accepted.len(), accepted.len());
    }

    /// Runs the loop as `mosquitto_loop_forever` does.
    pub fn loop_forever(&self) -> Result<()> {
        let run = self.client.begin_run(None);
        loop {
            if let Some(result) = self.client.run_turn(run, -1) {
                return result;
            }
        }
    }
}

/// What must be true when a scenario ends.
impl World {
    /// Everything accepted came over the one connection, once, whole and in order, with nothing else, and the program was
    /// told of each once.
    pub fn all_arrived(&self) {
        let names: Vec<u8> = self.accepted().iter().map(|(name, _)| *name).collect();
        let received = self.system.received();
        let [received] = &received[..] else { panic!("{} connections", received.len()) };
        assert_eq!(wire::messages(received), names, "not what was accepted, in order");
        assert!(wire::packets(received).1.is_empty(), "a packet without its end");
        self.told_once();
        assert_eq!(self.system.told().len(), names.len(), "not told of");
    }

    /// As [`World::all_arrived`], then DISCONNECT, and nothing behind it.
    pub fn all_arrived_and_disconnect(&self) {
        self.all_arrived();
        self.said_goodbye();
    }

    /// The last thing on the last connection is DISCONNECT.
    pub fn said_goodbye(&self) {
        let received = self.system.received();
        let last = received.last().map_or(&[][..], |last| last);
        let (packets, rest) = wire::packets(last);
        assert!(rest.is_empty(), "a packet without its end");
        assert_eq!(packets.last(), Some(&Packet::Disconnect), "no DISCONNECT at the end");
    }

    /// Over connections that took each other's place: each begins with CONNECT and has whole packets; only its last one may
    /// lack the end, and only if another connection followed. No message came twice, and all of them in order.
    pub fn nothing_mixed(&self) {
        let received = self.system.received();
        let mut accepted = self.accepted().into_iter();
        for (at, received) in received.iter().enumerate() {
            let (packets, rest) = wire::packets(received);
            assert!(matches!(packets.first(), None | Some(Packet::Connect)), "not a CONNECT first");
            assert!(rest.is_empty() || at + 1 < self.system.received().len(), "an end is lacking");
            for name in wire::messages(received) {
                let found = accepted.any(|(accepted, _)| accepted == name);
                assert!(found, "a message twice, or out of order");
            }
        }
        self.told_once();
    }

    /// The program was told of no message twice, nor of one that there was not.
    fn told_once(&self) {
        let mut accepted: Vec<i32> = self.accepted().iter().map(|(_, mid)| *mid).collect();
        for mid in self.system.told() {
            let at = accepted.iter().position(|accepted| *accepted == mid);
            accepted.swap_remove(at.expect("told of a message twice, or of none"));
        }
    }
}
