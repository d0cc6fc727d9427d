//! One TCP socket on its way to one address. Does not know of other addresses, names or deadlines.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use socket2::{Domain, Protocol, SockAddr, TcpKeepalive};

use super::socket::Socket;
use super::stream::Stream;
use super::system_error;
use crate::error::{Error, Result};

/// Options of a socket. The default leaves everything to the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct TcpOptions {
    /// Whether small writes leave at once (TCP_NODELAY).
    pub nodelay: bool,
    /// Seconds without a word after which TCP asks whether the peer is still there (SO_KEEPALIVE, TCP_KEEPIDLE).
    pub keepalive: Option<u32>,
    /// Milliseconds that the peer may leave data unacknowledged (TCP_USER_TIMEOUT, RFC 5482).
    pub user_timeout: Option<u32>,
}

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
    pub fn start(
        address: SocketAddr,
        binds: &[SocketAddr],
        options: TcpOptions,
    ) -> Result<Attempt> {
        let socket = Socket::open(Domain::for_address(address), Some(Protocol::TCP))
            .map_err(|error| system_error(&error))?;
        let nodelay_failed = options.nodelay && socket.set_tcp_nodelay(true).is_err();
        watch(&socket, options).map_err(|error| system_error(&error))?;
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

/// Lets the system find out about a peer that is gone.
fn watch(socket: &Socket, options: TcpOptions) -> io::Result<()> {
    if let Some(seconds) = options.keepalive {
        let idle = Duration::from_secs(seconds.into());
        socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(idle))?;
    }
    if let Some(ms) = options.user_timeout {
        socket.set_tcp_user_timeout(Some(Duration::from_millis(ms.into())))?;
    }
    Ok(())
}

/// A connect interrupted by a signal goes on by itself, like one in progress.
fn in_progress(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EINPROGRESS | libc::EINTR))
}
