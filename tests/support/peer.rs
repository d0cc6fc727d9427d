//! The broker's end of one connection, TCP or Unix, and the listener it comes from.
//!
//! Everything waits for a condition with a limit; nothing sleeps and hopes.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::pattern::Pattern;

/// Where clients connect to.
pub enum Listener {
    /// A free port of the loopback interface.
    Tcp(TcpListener),
    /// A socket file, removed with its directory.
    Unix(UnixListener, PathBuf, tempfile::TempDir),
}

impl Listener {
    /// Listens on a free TCP port.
    pub fn tcp() -> Listener {
        Listener::Tcp(TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback"))
    }

    /// Listens on a socket file in a new directory.
    pub fn unix() -> Listener {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("broker.sock");
        Listener::Unix(UnixListener::bind(&path).expect("a Unix socket"), path, dir)
    }

    /// What a program gives to `mosquitto_connect` as host: an address or a path.
    pub fn host(&self) -> String {
        match self {
            Listener::Tcp(_) => "127.0.0.1".to_owned(),
            Listener::Unix(_, path, _) => path.to_str().expect("a UTF-8 path").to_owned(),
        }
    }

    /// What a program gives to `mosquitto_connect` as port; 0 for a Unix socket.
    pub fn port(&self) -> u16 {
        match self {
            Listener::Tcp(tcp) => tcp.local_addr().expect("a bound socket").port(),
            Listener::Unix(..) => 0,
        }
    }

    /// The next connection.
    pub fn accept(&self, limit: Duration) -> Result<Peer, String> {
        if !wait_readable(self.raw_fd(), limit) {
            return Err(format!("no connection within {limit:?}"));
        }
        let stream = match self {
            Listener::Tcp(tcp) => tcp.accept().map(|(stream, _)| {
                stream.set_nodelay(true).expect("TCP_NODELAY");
                Stream::Tcp(stream)
            }),
            Listener::Unix(unix, ..) => unix.accept().map(|(stream, _)| Stream::Unix(stream)),
        };
        Ok(Peer::new(stream.map_err(|e| e.to_string())?))
    }

    /// Whether a connection waits to be accepted.
    pub fn has_connection(&self) -> bool {
        wait_readable(self.raw_fd(), Duration::ZERO)
    }

    fn raw_fd(&self) -> RawFd {
        match self {
            Listener::Tcp(tcp) => tcp.as_raw_fd(),
            Listener::Unix(unix, ..) => unix.as_raw_fd(),
        }
    }
}

enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    fn fd(&self) -> BorrowedFd<'_> {
        match self {
            Stream::Tcp(tcp) => tcp.as_fd(),
            Stream::Unix(unix) => unix.as_fd(),
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(tcp) => tcp.read(buffer),
            Stream::Unix(unix) => unix.read(buffer),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(tcp) => tcp.write(bytes),
            Stream::Unix(unix) => unix.write(bytes),
        }
    }
}

/// How the client ended its side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Closed in order, or shut its sending half.
    Eof,
    /// Reset.
    Reset,
}

/// The broker's end of a connection.
pub struct Peer {
    stream: Stream,
    received: Vec<u8>,
    checked: usize,
    end: Option<End>,
}

impl Peer {
    fn new(stream: Stream) -> Peer {
        match &stream {
            Stream::Tcp(tcp) => tcp.set_nonblocking(true),
            Stream::Unix(unix) => unix.set_nonblocking(true),
        }
        .expect("a non-blocking socket");
        Peer { stream, received: Vec::new(), checked: 0, end: None }
    }

    /// Everything the client sent on this connection.
    pub fn received(&self) -> &[u8] {
        &self.received
    }

    /// What it sent since the last [`Peer::expect`].
    pub fn unchecked(&self) -> &[u8] {
        &self.received[self.checked..]
    }

    /// How the client ended its side, if it did.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// Takes in what has arrived, without waiting.
    pub fn pump(&mut self) {
        let mut buffer = [0; 65536];
        while self.end.is_none() {
            match self.stream.read(&mut buffer) {
                Ok(0) => self.end = Some(End::Eof),
                Ok(n) => self.received.extend_from_slice(&buffer[..n]),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => self.end = Some(End::Reset),
            }
        }
    }

    /// Takes in all that a client of this process has written to its socket `fd`, or, if that is -1, all that it wrote
    /// before it closed.
    pub fn pump_all(&mut self, fd: RawFd, limit: Duration) -> Result<(), String> {
        let deadline = Instant::now() + limit;
        loop {
            // Small segments wait in the sender for the acknowledgement of the one before (Nagle).
            let complete = fd != -1 && outstanding(fd) == 0;
            self.pump();
            if complete || self.end.is_some() {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err("what the client wrote does not arrive".to_owned());
            }
            self.wait(Duration::from_millis(1));
        }
    }

    /// Waits until something arrived or the time is over.
    pub fn wait(&self, limit: Duration) -> bool {
        wait_readable(self.stream.fd().as_raw_fd(), limit)
    }

    /// The next bytes from the client must be these. `idle` runs between looks at the socket, to drive a client that
    /// lives in the same thread; it may wait a little.
    pub fn expect(
        &mut self,
        pattern: &Pattern,
        limit: Duration,
        mut idle: impl FnMut(&Peer),
    ) -> Result<(), String> {
        let deadline = Instant::now() + limit;
        loop {
            self.pump();
            let new = self.unchecked();
            let head = &new[..new.len().min(pattern.len())];
            if pattern.matches(head) {
                self.checked += pattern.len();
                return Ok(());
            }
            if !pattern.starts_like(head) {
                return Err(pattern.difference(new));
            }
            if let Some(end) = self.end {
                return Err(format!("client ended ({end:?}); {}", pattern.difference(new)));
            }
            if Instant::now() > deadline {
                return Err(format!("not within {limit:?}; {}", pattern.difference(new)));
            }
            idle(self);
        }
    }

    /// The next bytes must be one whole MQTT packet of this type (high nibble of the first byte); it is returned.
    pub fn expect_packet(
        &mut self,
        packet_type: u8,
        limit: Duration,
        mut idle: impl FnMut(&Peer),
    ) -> Result<Vec<u8>, String> {
        let deadline = Instant::now() + limit;
        loop {
            self.pump();
            let new = self.unchecked();
            if let Some(len) = packet_len(new) {
                let packet = new[..len].to_vec();
                if packet[0] >> 4 != packet_type {
                    return Err(format!(
                        "expected a packet of type {packet_type}, received {}",
                        super::pattern::hex(&packet)
                    ));
                }
                self.checked += len;
                return Ok(packet);
            }
            if self.end.is_some() || Instant::now() > deadline {
                return Err(format!(
                    "no whole packet of type {packet_type}, only {}",
                    super::pattern::hex(new)
                ));
            }
            idle(self);
        }
    }

    /// The client must end its side, having sent nothing more.
    pub fn expect_end(
        &mut self,
        limit: Duration,
        mut idle: impl FnMut(&Peer),
    ) -> Result<End, String> {
        let deadline = Instant::now() + limit;
        loop {
            self.pump();
            if !self.unchecked().is_empty() {
                return Err(format!(
                    "bytes instead of the end: {}",
                    super::pattern::hex(self.unchecked())
                ));
            }
            if let Some(end) = self.end {
                return Ok(end);
            }
            if Instant::now() > deadline {
                return Err(format!("connection still open after {limit:?}"));
            }
            idle(self);
        }
    }

    /// Sends all of it. `idle` runs while the socket is full.
    pub fn send(
        &mut self,
        mut bytes: &[u8],
        limit: Duration,
        mut idle: impl FnMut(&Peer),
    ) -> Result<(), String> {
        let deadline = Instant::now() + limit;
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(n) => bytes = &bytes[n..],
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    if Instant::now() > deadline {
                        return Err(format!("client did not take {} bytes", bytes.len()));
                    }
                    // Both sides full would be a deadlock.
                    self.pump();
                    idle(self);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(format!("sending: {e}")),
            }
        }
        Ok(())
    }

    /// Ends the sending half; the client sees end of stream.
    pub fn shut_sending(&self) {
        // SAFETY: a descriptor that `self` owns. An error means that the client was faster; the script goes on.
        unsafe { libc::shutdown(self.stream.fd().as_raw_fd(), libc::SHUT_WR) };
    }

    /// Closes so that a TCP client gets a reset.
    pub fn reset(self) {
        let fd = self.stream.fd();
        let _ = socket2::SockRef::from(&fd).set_linger(Some(Duration::ZERO));
    }
}

fn packet_len(bytes: &[u8]) -> Option<usize> {
    let mut len = 0;
    for (i, byte) in bytes.iter().skip(1).take(4).enumerate() {
        len |= usize::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            let whole = 2 + i + len;
            return (bytes.len() >= whole).then_some(whole);
        }
    }
    None
}

/// Bytes that wait in the receive buffer of a socket of this process; loopback delivers before `write` returns.
pub fn unread(fd: RawFd) -> i32 {
    let mut waiting = 0;
    // SAFETY: an open descriptor and an int to write to.
    unsafe { libc::ioctl(fd, libc::FIONREAD, &raw mut waiting) };
    waiting
}

/// Bytes written to a socket of this process that its peer has not acknowledged.
fn outstanding(fd: RawFd) -> i32 {
    let mut waiting = 0;
    // SAFETY: an open descriptor and an int to write to.
    unsafe { libc::ioctl(fd, libc::TIOCOUTQ, &raw mut waiting) };
    waiting
}

/// Whether `fd` became readable (or ended) in time.
pub fn wait_readable(fd: RawFd, limit: Duration) -> bool {
    let mut poll = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    let ms = i32::try_from(limit.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: one valid pollfd.
    unsafe { libc::poll(&raw mut poll, 1, ms) > 0 }
}
