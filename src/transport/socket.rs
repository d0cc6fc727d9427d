//! A socket that the children of a fork do not hold on to.
//!
//! A child has a copy of each descriptor, and as long as it lives the peer does not see the end of a connection that the
//! parent has closed. So sockets are known to [`super::fork`], which takes them away from a child.

use std::io;
use std::ops::Deref;
use std::os::fd::AsRawFd;

use socket2::{Domain, Protocol, Type};

use super::fork::Known;

/// A socket. Dropping it closes the descriptor.
#[derive(Debug)]
pub(super) struct Socket {
    /// Dropped before the descriptor is closed: afterwards its number may be anybody's.
    _known: Known,
    socket: socket2::Socket,
}

impl Socket {
    /// Opens a non-blocking, close-on-exec stream socket.
    pub fn open(domain: Domain, protocol: Option<Protocol>) -> io::Result<Socket> {
        let kind = Type::STREAM.nonblocking().cloexec();
        socket2::Socket::new_raw(domain, kind, protocol).map(Socket::from)
    }
}

impl From<socket2::Socket> for Socket {
    fn from(socket: socket2::Socket) -> Socket {
        Socket { _known: Known::new(socket.as_raw_fd()), socket }
    }
}

impl Deref for Socket {
    type Target = socket2::Socket;

    fn deref(&self) -> &socket2::Socket {
        &self.socket
    }
}
