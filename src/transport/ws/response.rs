//! The server's answer to the upgrade request: RFC 6455 section 4.1 on HTTP/1.1 (RFC 9112), checked in full.
//!
//! Lines are looked at as they come, and only what an unfinished line has so far is kept.

use core::fmt;

use super::accept::ACCEPT_LEN;
use crate::error::Error;

/// A response with more header lines is none.
const MAX_LINES: usize = 100;
const SUBPROTOCOL: &[u8] = b"mqtt";
const VERSION: &[u8] = b"13";
const SWITCHING_PROTOCOLS: u16 = 101;

/// What has been seen of a response so far.
#[derive(Debug)]
pub struct Response {
    expected: [u8; ACCEPT_LEN],
    limit: usize,
    received: usize,
    lines: usize,
    line: Vec<u8>,
    status: Option<u16>,
    upgrade: bool,
    connection: bool,
    accept: Option<bool>,
    protocol: Option<bool>,
    other_version: bool,
    complete: bool,
}

/// What was wrong with the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Its header does not end within the limit.
    TooLong,
    /// It is not HTTP/1, or malformed, or has more than a hundred header lines.
    NotHttp,
    /// A status other than 101. Neither redirections nor requests for authentication are followed.
    Status(u16),
    /// A header that is missing or says something else.
    Header(&'static str),
    /// It wants another version of the protocol.
    Version,
    /// The connection ended before it was complete.
    Closed,
}

impl Refusal {
    /// What the attempt fails with.
    pub const fn error(self) -> Error {
        match self {
            Refusal::TooLong | Refusal::Closed => Error::ConnLost,
            Refusal::NotHttp | Refusal::Status(_) | Refusal::Header(_) => Error::Unknown,
            Refusal::Version => Error::NotSupported,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::TooLong => f.write_str("the HTTP header of the answer is too long"),
            Refusal::NotHttp => f.write_str("the answer is not HTTP"),
            Refusal::Status(status) => write!(f, "the server answered with HTTP status {status}"),
            Refusal::Header(name) => {
                write!(f, "the header {name} of the answer is missing or wrong")
            }
            Refusal::Version => f.write_str("the server wants another version of WebSocket"),
            Refusal::Closed => f.write_str("the server closed the connection"),
        }
    }
}

impl Response {
    /// Nothing seen yet. `expected` is what the server has to prove itself with; the header may have `limit` bytes.
    pub fn new(expected: [u8; ACCEPT_LEN], limit: usize) -> Response {
        Response {
            expected,
            limit,
            received: 0,
            lines: 0,
            line: Vec::new(),
            status: None,
            upgrade: false,
            connection: false,
            accept: None,
            protocol: None,
            other_version: false,
            complete: false,
        }
    }

    /// Whether the header has ended, and well.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Takes received bytes up to the end of the header, and answers how many.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let mut rest = bytes;
        while !self.complete && !rest.is_empty() {
            let end = rest.iter().position(|byte| *byte == b'\n');
            let (part, behind) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
            rest = behind;
            if part.len() > self.limit - self.received {
                return Err(Refusal::TooLong);
            }
            self.received += part.len();
            if end.is_none() {
                self.line.extend_from_slice(part);
            } else if self.line.is_empty() {
                self.line_complete(part)?;
            } else {
                let mut line = core::mem::take(&mut self.line);
                line.extend_from_slice(part);
                self.line_complete(&line)?;
            }
        }
        if !self.complete && self.received == self.limit {
            return Err(Refusal::TooLong);
        }
        Ok(bytes.len() - rest.len())
    }

    /// A line, with its line feed.
    fn line_complete(&mut self, line: &[u8]) -> Result<(), Refusal> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.status.is_none() {
            self.status = Some(status(line).ok_or(Refusal::NotHttp)?);
            return Ok(());
        }
        if line.is_empty() {
            return self.end();
        }
        self.lines += 1;
        let (name, value) =
            header(line).filter(|_| self.lines <= MAX_LINES).ok_or(Refusal::NotHttp)?;
        let is = |header: &str| header.as_bytes().eq_ignore_ascii_case(name);
        if is("Upgrade") {
            self.upgrade |= has_token(value, b"websocket");
        } else if is("Connection") {
            self.connection |= has_token(value, b"upgrade");
        } else if is("Sec-WebSocket-Accept") {
            // Once and no more (RFC 6455 section 11.3.3).
            self.accept = Some(self.accept.is_none() && *value == self.expected);
        } else if is("Sec-WebSocket-Protocol") {
            self.protocol = Some(self.protocol.is_none() && value == SUBPROTOCOL);
        } else if is("Sec-WebSocket-Version") {
            self.other_version |= value != VERSION;
        }
        Ok(())
    }

    /// The blank line.
    fn end(&mut self) -> Result<(), Refusal> {
        let headers = [
            (self.upgrade, "Upgrade"),
            (self.connection, "Connection"),
            (self.accept == Some(true), "Sec-WebSocket-Accept"),
            (self.protocol == Some(true), "Sec-WebSocket-Protocol"),
        ];
        match self.status {
            Some(SWITCHING_PROTOCOLS) => {}
            status => return Err(Refusal::Status(status.unwrap_or_default())),
        }
        if self.other_version {
            return Err(Refusal::Version);
        }
        if let Some((_, name)) = headers.into_iter().find(|(right, _)| !right) {
            return Err(Refusal::Header(name));
        }
        self.complete = true;
        self.line = Vec::new();
        Ok(())
    }
}

/// The status of a status line: RFC 9112 section 4.
fn status(line: &[u8]) -> Option<u16> {
    let line = core::str::from_utf8(line.get(..12)?)
        .ok()
        .filter(|_| line.get(12).is_none_or(|byte| *byte == b' '))?;
    let (version, status) = line.split_once(' ')?;
    let known = version == "HTTP/1.1" || version == "HTTP/1.0";
    let digits = status.bytes().all(|byte| byte.is_ascii_digit());
    status.parse().ok().filter(|_| known && digits)
}

/// Name and value of a header line: RFC 9112 section 5.
pub(super) fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    let is_tchar = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let is_value = |byte: &u8| *byte == b'\t' || *byte >= b' ' && *byte != 0x7f;
    let well_formed = !name.is_empty() && name.iter().all(is_tchar) && value.iter().all(is_value);
    well_formed.then(|| (name, trim(value)))
}

fn trim(value: &[u8]) -> &[u8] {
    // Spaces and tabs are all that can be there of what this takes off.
    value.trim_ascii()
}

/// Whether a list (RFC 9110 section 5.6.1) has this element, in any case.
fn has_token(list: &[u8], token: &[u8]) -> bool {
    list.split(|byte| *byte == b',').any(|element| trim(element).eq_ignore_ascii_case(token))
}
