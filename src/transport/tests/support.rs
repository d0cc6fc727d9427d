//! What the transport's tests share: listeners of every temper, and driving an attempt to its end.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::RawFd;

use socket2::{Domain, Socket, Type};

use crate::error::Result;
use crate::time::Time;
use crate::transport::clock;
use crate::transport::connect::{Connector, Progress, Target};
use crate::transport::poll::{self, Interest, PollEntry};
use crate::transport::race::Race;
use crate::transport::stream::Stream;

/// No step of any test takes so long; reaching it is a failure.
pub const LIMIT_MS: u64 = 10_000;

pub const ANY_V4: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
pub const ANY_V6: SocketAddr = SocketAddr::new(std::net::IpAddr::V6(Ipv6Addr::LOCALHOST), 0);

/// A listener on a loopback address with a free port.
pub fn listen(address: SocketAddr) -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(address).expect("listen on loopback");
    let address = listener.local_addr().expect("listener's address");
    (listener, address)
}

/// The same on `::1`, or `None` (said aloud) where the machine has no IPv6.
pub fn listen_v6() -> Option<(TcpListener, SocketAddr)> {
    match TcpListener::bind(ANY_V6) {
        Ok(listener) => {
            let address = listener.local_addr().expect("listener's address");
            Some((listener, address))
        }
        Err(error) => {
            eprintln!("skipped: no IPv6 on this machine ({error})");
            None
        }
    }
}

/// An address that refuses: the port is taken, so that no other test gets it, but not listened on. Lives with the value.
pub struct Refusing {
    pub address: SocketAddr,
    _socket: Socket,
}

impl Refusing {
    pub fn new() -> Refusing {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&ANY_V4.into()).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        Refusing { address, _socket: socket }
    }
}

/// An address that answers nothing: its listener's queue is full, so the kernel drops every SYN. Lives with the value.
pub struct Silent {
    pub address: SocketAddr,
    listener: Socket,
    _queued: Vec<TcpStream>,
}

impl Silent {
    pub fn new(address: SocketAddr) -> Silent {
        let listener = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        listener.bind(&address.into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let mut queued = Vec::new();
        // A connect that hangs on loopback means that the queue is full.
        while queued.len() < 16 {
            match TcpStream::connect_timeout(&address, std::time::Duration::from_millis(100)) {
                Ok(stream) => queued.push(stream),
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    return Silent { address, listener, _queued: queued };
                }
                Err(error) => panic!("filling the queue: {error}"),
            }
        }
        panic!("the listener's queue does not fill up");
    }

    /// From now on it refuses: the next SYN that the kernel repeats is answered with RST.
    pub fn close(self) {
        let Silent { listener, _queued, .. } = self;
        drop(listener);
    }
}

/// What [`drive`] can drive.
pub trait Attempting {
    fn step(&mut self, now: Time) -> Result<Option<Stream>>;
    fn wants(&self) -> (Vec<PollEntry>, Option<Time>);
}

impl Attempting for Connector {
    fn step(&mut self, now: Time) -> Result<Option<Stream>> {
        self.advance(now).map(|progress| match progress {
            Progress::Connected(stream) => Some(stream),
            Progress::Pending => None,
        })
    }

    fn wants(&self) -> (Vec<PollEntry>, Option<Time>) {
        let mut entries = Vec::new();
        self.descriptors(&mut entries);
        (entries, self.deadline())
    }
}

impl Attempting for Race {
    fn step(&mut self, now: Time) -> Result<Option<Stream>> {
        self.advance(now)
    }

    fn wants(&self) -> (Vec<PollEntry>, Option<Time>) {
        let mut entries = Vec::new();
        self.descriptors(&mut entries);
        (entries, self.deadline())
    }
}

/// Polls and advances until the attempt is through, as a client does.
pub fn drive(attempt: &mut impl Attempting) -> Result<Stream> {
    let limit = clock::now() + LIMIT_MS;
    loop {
        if let Some(stream) = attempt.step(clock::now())? {
            return Ok(stream);
        }
        let now = clock::now();
        assert!(now < limit, "not through in time: {:?}", attempt.wants());
        let (mut entries, deadline) = attempt.wants();
        assert!(deadline.is_some() || !entries.is_empty(), "nothing to wait for");
        let until = deadline.map_or(limit, |deadline| deadline.min(limit));
        poll::poll(&mut entries, poll::timeout(Some(until), now))?;
    }
}

/// Connects from start to end.
pub fn connect(target: Target) -> Result<Stream> {
    drive(&mut Connector::start(target, clock::now())?)
}

/// A TCP target without bind address.
pub fn tcp(host: &str, port: u16) -> Target {
    Target { host: host.into(), port, ..Target::default() }
}

/// A connection to a listener of our own: our end, and the peer's.
pub fn connected() -> (Stream, TcpStream) {
    let (listener, address) = listen(ANY_V4);
    let stream = connect(tcp("127.0.0.1", address.port())).expect("connect");
    (stream, listener.accept().expect("accept").0)
}

/// Waits until `descriptor` is ready for `interest`.
pub fn wait_for(descriptor: RawFd, interest: Interest) {
    let mut entries = [PollEntry::new(descriptor, interest)];
    let ready = poll::poll(&mut entries, Some(LIMIT_MS as u32)).expect("poll");
    assert_eq!(ready, 1, "not ready in time");
}

/// Waits until `condition` holds, for what no descriptor tells of.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let limit = clock::now() + LIMIT_MS;
    while !condition() {
        assert!(clock::now() < limit, "{what}: not in time");
        poll::poll(&mut [], Some(1)).expect("poll");
    }
}

/// Whether nobody has connected to `listener`.
pub fn nobody_came(listener: &TcpListener) -> bool {
    listener.set_nonblocking(true).expect("non-blocking");
    matches!(listener.accept().map_err(|e: io::Error| e.kind()), Err(ErrorKind::WouldBlock))
}

/// Whether exec(2) closes the descriptor.
pub fn is_close_on_exec(descriptor: RawFd) -> bool {
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{descriptor}")).expect("fdinfo");
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).expect("flags line");
    let flags = i32::from_str_radix(flags.trim(), 8).expect("octal number");
    flags & libc::O_CLOEXEC != 0
}
