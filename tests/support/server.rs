//! A server in a thread, for scripts in blocking calls: what it expects comes within a limit or the script panics, which
//! [`Server::finish`] passes on.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;
use std::thread::JoinHandle;
use std::time::Duration;

/// No step of any script takes longer.
pub const LIMIT: Duration = Duration::from_secs(20);

/// CONNACK of MQTT 3.1.1.
pub const CONNACK: &[u8] = b"\x20\x02\0\0";

/// A script that runs.
pub struct Server<T> {
    port: u16,
    thread: JoinHandle<T>,
}

/// Where its clients come in.
pub struct Door {
    listener: socket2::Socket,
}

/// One client's connection.
pub struct Connection {
    stream: TcpStream,
}

impl<T: Send + 'static> Server<T> {
    /// Listens on a free port of 127.0.0.1 and runs `script`.
    pub fn start(script: impl FnOnce(&Door) -> T + Send + 'static) -> Server<T> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let door = Door { listener: listener.into() };
        Server { port, thread: std::thread::spawn(move || script(&door)) }
    }

    /// Listens on a Unix socket and runs `script`; the port is 0.
    pub fn unix(listener: UnixListener, script: impl FnOnce(&Door) -> T + Send + 'static) -> Self {
        let door = Door { listener: listener.into() };
        Server { port: 0, thread: std::thread::spawn(move || script(&door)) }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the script is over.
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// What the script comes to; panics as it does.
    pub fn finish(self) -> T {
        match self.thread.join() {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

impl Door {
    /// The next client.
    pub fn accept(&self) -> Connection {
        assert!(self.wait(LIMIT), "nobody connects");
        let (socket, _) = self.listener.accept().expect("accept");
        // Reading and writing are the same for both families.
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(LIMIT)).expect("a time limit");
        stream.set_write_timeout(Some(LIMIT)).expect("a time limit");
        let _ = stream.set_nodelay(true);
        Connection { stream }
    }

    /// Whether somebody comes within `limit`.
    pub fn wait(&self, limit: Duration) -> bool {
        use std::os::fd::AsRawFd;
        super::peer::wait_readable(self.listener.as_fd().as_raw_fd(), limit)
    }
}

impl Connection {
    /// A connection made elsewhere.
    pub fn new(stream: TcpStream) -> Connection {
        stream.set_read_timeout(Some(LIMIT)).expect("a time limit");
        Connection { stream }
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes).expect("bytes from the client");
        bytes
    }

    /// The next bytes have to be these.
    pub fn expect(&mut self, expected: &[u8]) {
        assert_eq!(super::pattern::hex(&self.take(expected.len())), super::pattern::hex(expected));
    }

    /// The next line, with its end.
    pub fn line(&mut self) -> String {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            line.extend(self.take(1));
        }
        String::from_utf8(line).expect("a line of text")
    }

    /// The next MQTT packet.
    pub fn packet(&mut self) -> Vec<u8> {
        let mut packet = self.take(2);
        let mut length = usize::from(packet[1] & 0x7f);
        let mut shift = 7;
        while packet.last().is_some_and(|byte| byte & 0x80 != 0) {
            packet.extend(self.take(1));
            length |= usize::from(packet.last().unwrap_or(&0) & 0x7f) << shift;
            shift += 7;
        }
        let rest = self.take(length);
        packet.extend(rest);
        packet
    }

    /// Sends all of it.
    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the client takes it");
    }

    /// Sends as much of it as the client wants; it may close when it has heard enough. Whether that was all.
    pub fn offer(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// The same one byte at a time, each seen by the client before the next.
    pub fn send_slowly(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if !self.offer(&[*byte]) {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends the sending half.
    pub fn end(&self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Everything until the client ends its side.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.stream.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) => panic!("the client does not close: {error}"),
        }
        rest
    }

    /// Closes so that the client gets a reset.
    pub fn reset(self) {
        let _ = socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
    }

    /// The socket.
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }
}
