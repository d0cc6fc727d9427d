//! The HTTP exchange that opens a WebSocket: RFC 6455 sections 4.1 and 4.2, subprotocol `mqtt` [MQTT-6.0.0-3].

use core::net::Ipv6Addr;

use super::accept;
pub use super::response::Refusal;
use super::response::Response;
use crate::error::{Error, Result};

/// Headers that are not the program's to set.
const OWN_HEADERS: [&[u8]; 10] = [
    b"Host",
    b"Upgrade",
    b"Connection",
    b"Sec-WebSocket-Key",
    b"Sec-WebSocket-Protocol",
    b"Sec-WebSocket-Version",
    b"Sec-WebSocket-Extensions",
    b"Content-Length",
    b"Transfer-Encoding",
    b"Expect",
];

/// What the server is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// As [`path`] has it.
    pub path: &'a [u8],
    /// Name or address of the server; not looked at if `port` is 0.
    pub host: &'a [u8],
    /// Its TCP port; 0 for a Unix socket.
    pub port: u16,
    /// Whether the connection is encrypted.
    pub secure: bool,
    /// As [`headers`] has them.
    pub headers: &'a [u8],
    /// Random.
    pub nonce: [u8; 16],
}

/// The exchange, from the request to the end of the response's header.
#[derive(Debug)]
pub struct Upgrade {
    output: Vec<u8>,
    sent: usize,
    response: Response,
}

impl Upgrade {
    /// The exchange for `request`; the response's header may have `limit` bytes.
    ///
    /// Fails with `Inval` for a host that would end its header line.
    pub fn new(request: &Request<'_>, limit: usize) -> Result<Upgrade> {
        let key = accept::key(&request.nonce);
        let host = host(request)?;
        let output = [
            b"GET ",
            request.path,
            b" HTTP/1.1\r\nHost: ",
            &host,
            b"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ",
            &key,
            b"\r\nSec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Version: 13\r\n",
            request.headers,
            b"\r\n",
        ];
        let response = Response::new(accept::accept(&key), limit);
        Ok(Upgrade { output: output.concat(), sent: 0, response })
    }

    /// What is to be sent now.
    pub fn output(&self) -> &[u8] {
        self.output.get(self.sent..).unwrap_or_default()
    }

    /// So many bytes of [`Upgrade::output`] were sent.
    pub fn sent(&mut self, count: usize) {
        self.sent += count;
    }

    /// Takes received bytes, and answers how many of them; fewer than all only when it is done. The rest are frames.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        self.response.feed(bytes)
    }

    /// Whether the server has agreed: frames follow in both directions.
    pub fn is_done(&self) -> bool {
        self.response.is_complete() && self.output().is_empty()
    }
}

/// The path to ask for: with a slash before it if it has none. Fails with `Inval` for spaces and control characters, which
/// would end it.
pub fn path(path: &[u8]) -> Result<Vec<u8>> {
    if !path.iter().all(|byte| is_visible(*byte)) {
        return Err(Error::Inval);
    }
    let slash: &[u8] = if path.starts_with(b"/") { b"" } else { b"/" };
    Ok([slash, path].concat())
}

/// Further headers of the request, from lines `Name: value` with line feeds between them. Fails with `Inval` for anything
/// else, and for the headers of the exchange itself.
pub fn headers(lines: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(lines.len() + 2);
    for line in lines.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let (name, _) = super::response::header(line).ok_or(Error::Inval)?;
        if OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(Error::Inval);
        }
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    Ok(out)
}

/// `Host`: RFC 9112 section 3.2. A Unix socket has no name that an HTTP server would know.
fn host(request: &Request<'_>) -> Result<Vec<u8>> {
    if request.port == 0 {
        return Ok(b"localhost".to_vec());
    }
    // A zone means something on this machine only (RFC 6874 section 1).
    let address = request.host.split(|byte| *byte == b'%').next().unwrap_or_default();
    let is_ipv6 =
        core::str::from_utf8(address).is_ok_and(|address| address.parse::<Ipv6Addr>().is_ok());
    let mut host = match is_ipv6 {
        true => [b"[", address, b"]"].concat(),
        false => request.host.to_vec(),
    };
    if !host.iter().all(|byte| is_visible(*byte)) {
        return Err(Error::Inval);
    }
    if request.port != if request.secure { 443 } else { 80 } {
        host.push(b':');
        host.extend_from_slice(request.port.to_string().as_bytes());
    }
    Ok(host)
}

/// Neither a space nor a control character.
const fn is_visible(byte: u8) -> bool {
    byte > b' ' && byte != 0x7f
}
