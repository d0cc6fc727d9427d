//! Names to addresses with the system's resolver, getaddrinfo(3): off the calling thread whenever it could wait.
//!
//! Numeric addresses are read at once, in every notation the resolver knows. Anything else is looked up on a helper
//! thread; lookups of one name at one time share that thread, so that a dead resolver cannot gather threads, however
//! often a client gives up and tries again.

use std::ffi::{CStr, CString};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::RawFd;
use std::ptr;
use std::sync::Arc;

use super::shared::Shared;
use super::task::Task;
use crate::error::{Error, Result};

/// What a lookup comes to: addresses with port 0 in the resolver's order, at least one, or `Eai`.
type Answer = Result<Vec<SocketAddr>>;

/// A lookup under way or done. Dropping it abandons the lookup.
#[derive(Debug)]
pub(super) enum Lookup {
    /// Known without asking.
    Known(Answer),
    /// Being looked up on a helper thread.
    Asked(Arc<Task<Answer>>),
}

impl Lookup {
    /// Begins to look `host` up. Fails with `Inval` for a NUL in it, with `Errno` when no thread could be started.
    pub fn start(host: &[u8]) -> Result<Lookup> {
        Lookup::start_with(host, |host| addresses(host, 0))
    }

    /// The same with another resolver than the system's for what is not numeric.
    pub fn start_with(
        host: &[u8],
        resolver: impl FnOnce(&CStr) -> Answer + Send + 'static,
    ) -> Result<Lookup> {
        let host = CString::new(host).map_err(|_| Error::Inval)?;
        if let Ok(numeric) = addresses(&host, libc::AI_NUMERICHOST) {
            return Ok(Lookup::Known(Ok(numeric)));
        }
        if host.is_empty() || looks_numeric(host.as_bytes()) {
            return Ok(Lookup::Known(Err(Error::Eai(libc::EAI_NONAME))));
        }
        UNDER_WAY.task(host, resolver).map(Lookup::Asked)
    }

    /// The answer, once there is one.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Lookup::Known(answer) => Some(answer),
            Lookup::Asked(task) => task.result(),
        }
    }

    /// Readable from the moment there is an answer; `None` if there always was.
    pub fn descriptor(&self) -> Option<RawFd> {
        match self {
            Lookup::Known(_) => None,
            Lookup::Asked(task) => Some(task.descriptor()),
        }
    }
}

/// Four decimal numbers, such as `256.1.1.1`: no name looks like that (RFC 1123 section 2.1), so that one which is not an
/// address either need not be asked for.
fn looks_numeric(host: &[u8]) -> bool {
    let number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let mut parts = host.split(|&byte| byte == b'.');
    parts.clone().count() == 4 && parts.all(number)
}

/// Lookups under way in this process.
static UNDER_WAY: Shared<Answer> = Shared::new();

/// Asks getaddrinfo for the stream addresses of `host`; waits as long as that does.
fn addresses(host: &CStr, flags: libc::c_int) -> Answer {
    let hints = libc::addrinfo {
        ai_flags: flags,
        ai_family: libc::AF_UNSPEC,
        ai_socktype: libc::SOCK_STREAM,
        ai_protocol: 0,
        ai_addrlen: 0,
        ai_addr: ptr::null_mut(),
        ai_canonname: ptr::null_mut(),
        ai_next: ptr::null_mut(),
    };
    let mut list = ptr::null_mut();
    // SAFETY: `host` ends with NUL, no service is asked for, `hints` is complete, `list` may be written.
    let code =
        unsafe { libc::getaddrinfo(host.as_ptr(), ptr::null(), &raw const hints, &raw mut list) };
    if code != 0 {
        return Err(Error::Eai(code));
    }
    let mut found = Vec::new();
    let mut next = list;
    // SAFETY: every node of the list that getaddrinfo made is valid until freeaddrinfo, and the last has a null `ai_next`.
    while let Some(info) = unsafe { next.as_ref() } {
        found.extend(socket_address(info));
        next = info.ai_next;
    }
    // SAFETY: `list` came from getaddrinfo, and nothing refers to it any more.
    unsafe { libc::freeaddrinfo(list) };
    if found.is_empty() { Err(Error::Eai(libc::EAI_NONAME)) } else { Ok(found) }
}

/// The address of a node, if it is of a family that we know.
fn socket_address(info: &libc::addrinfo) -> Option<SocketAddr> {
    match info.ai_family {
        libc::AF_INET => {
            // SAFETY: a node of this family holds a sockaddr_in.
            let address = unsafe { info.ai_addr.cast::<libc::sockaddr_in>().as_ref() }?;
            // `s_addr` is in network order, that is, the bytes in memory are the address.
            let ip = Ipv4Addr::from(address.sin_addr.s_addr.to_ne_bytes());
            Some(SocketAddrV4::new(ip, 0).into())
        }
        libc::AF_INET6 => {
            // SAFETY: a node of this family holds a sockaddr_in6.
            let address = unsafe { info.ai_addr.cast::<libc::sockaddr_in6>().as_ref() }?;
            let ip = Ipv6Addr::from(address.sin6_addr.s6_addr);
            Some(SocketAddrV6::new(ip, 0, address.sin6_flowinfo, address.sin6_scope_id).into())
        }
        _ => None,
    }
}
