//! One TCP socket on its way to one address. Does not know of other addresses, names or deadlines.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, RawFd};

use socket2::{Domain, Protocol, SockAddr};

use super::socket::Socket;
use super::stream::Stream;
use super::system_error;
use crate::error::{Error, Result};

/// A socket whose connect was begun.
#[derive(Debug)]
pub(super) struct Attempt {
    socket: Socket,
    address: SocketAddr,
    nodelay_failed: bool,
}

impl Attempt {
    /// Opens a socket, binds it to the first of `binds` that can be bound (if there are any) and begins to connect it.
    ///
    /// Fails with the `errno` of the call that failed; of the last bind if no address could be bound.
    pub fn start(address: SocketAddr, binds: &[SocketAddr], nodelay: bool) -> Result<Attempt> {
        let socket = Socket::open(Domain::for_address(address), Some(Protocol::TCP))
            .map_err(|error| system_error(&error))?;
        let nodelay_failed = nodelay && socket.set_tcp_nodelay(true).is_err();
        bind(&socket, binds)?;
        match socket.connect(&SockAddr::from(address)) {
            Ok(()) => {}
            Err(error) if in_progress(&error) => {}
            Err(error) => return Err(system_error(&error)),
        }
        Ok(Attempt { socket, address, nodelay_failed })
    }

    /// The descriptor; writable as soon as the connection is made or has failed.
    pub fn descriptor(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// How it ended, once the descriptor is writable.
    pub fn outcome(&self) -> Result<()> {
        match self.socket.take_error() {
            Ok(None) if self.is_self_connected() => Err(Error::Errno(libc::ECONNREFUSED)),
            Ok(None) => Ok(()),
            Ok(Some(error)) | Err(error) => Err(system_error(&error)),
        }
    }

    /// The connection that was made.
    pub fn into_stream(self) -> Stream {
        Stream::new(self.socket, self.nodelay_failed)
    }

    /// A socket that connects to a port of its own machine where nobody listens may be given that very port and meet
    /// itself (simultaneous open, RFC 9293 section 3.5). It would then talk to itself and keep the broker from listening.
    fn is_self_connected(&self) -> bool {
        self.socket.local_addr().ok().and_then(|local| local.as_socket()) == Some(self.address)
    }
}

fn bind(socket: &Socket, addresses: &[SocketAddr]) -> Result<()> {
    let mut result = Ok(());
    for address in addresses {
        result = socket.bind(&SockAddr::from(*address));
        if result.is_ok() {
            break;
        }
    }
    result.map_err(|error: io::Error| system_error(&error))
}

/// A connect interrupted by a signal goes on by itself, like one in progress.
fn in_progress(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EINPROGRESS | libc::EINTR))
}
