//! SOCKS5 (RFC 1928) with user name and password (RFC 1929), the client's side, as a state machine over bytes.
//!
//! No socket, no clock: bytes to send come out, received bytes go in, in any portions. Takes nothing behind the proxy's
//! last reply, which belongs to the next layer, and keeps of what it receives only how much it was.

mod refusal;

#[cfg(test)]
mod tests;

use core::fmt;
use core::net::IpAddr;

use crate::error::{Error, Result};

pub use refusal::Refusal;

/// Bytes that a name, a user name or a password can have on the wire.
pub const MAX_FIELD: usize = 255;

const VERSION: u8 = 5;
const LOGIN_VERSION: u8 = 1;
const CONNECT: u8 = 1;
const METHOD_NONE: u8 = 0;
const METHOD_LOGIN: u8 = 2;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;
/// Version, reply code, a reserved byte, address type.
const REPLY_HEAD: usize = 4;
/// That and the first byte of the address; no reply is shorter.
const UP_TO_LENGTH: usize = REPLY_HEAD + 1;
const PORT: usize = 2;

/// User name and password for the proxy. Overwritten before their memory is given back.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    username: Vec<u8>,
    password: Vec<u8>,
}

impl Credentials {
    /// A missing password is an empty one. Fails with `Inval` for more than 255 bytes of either.
    pub fn new(username: &[u8], password: Option<&[u8]>) -> Result<Credentials> {
        let password = password.unwrap_or_default();
        if username.len().max(password.len()) > MAX_FIELD {
            return Err(Error::Inval);
        }
        Ok(Credentials { username: username.to_vec(), password: password.to_vec() })
    }
}

impl Drop for Credentials {
    fn drop(&mut self) {
        wipe(&mut self.username);
        wipe(&mut self.password);
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// The exchange with the proxy, from the greeting to its last reply.
#[derive(Debug)]
pub struct Handshake {
    step: Step,
    /// Bytes received of the message that this step waits for.
    received: usize,
    /// To be sent, and how much of it is.
    output: Vec<u8>,
    sent: usize,
    credentials: Option<Credentials>,
    request: Vec<u8>,
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The method that the proxy chose.
    Method,
    /// Whether it takes the credentials.
    Login,
    /// Whether it connected; `len` bytes as far as is known.
    Reply {
        len: usize,
    },
    Done,
}

impl Handshake {
    /// The exchange for a connection to `host` and `port`, which the proxy resolves; numeric addresses are sent as such.
    ///
    /// Fails with `NoMem` for a name longer than 255 bytes, as the reference does.
    pub fn new(host: &[u8], port: u16, credentials: Option<Credentials>) -> Result<Handshake> {
        let mut request = Vec::with_capacity(REPLY_HEAD + 1 + host.len() + PORT);
        request.extend_from_slice(&[VERSION, CONNECT, 0]);
        match numeric(host) {
            Some(IpAddr::V4(address)) => {
                request.push(IPV4);
                request.extend_from_slice(&address.octets());
            }
            Some(IpAddr::V6(address)) => {
                request.push(IPV6);
                request.extend_from_slice(&address.octets());
            }
            None => {
                request.push(NAME);
                push_field(&mut request, host, Error::NoMem)?;
            }
        }
        request.extend_from_slice(&port.to_be_bytes());
        let output = match credentials {
            None => [VERSION, 1, METHOD_NONE].to_vec(),
            Some(_) => [VERSION, 2, METHOD_NONE, METHOD_LOGIN].to_vec(),
        };
        Ok(Handshake { step: Step::Method, received: 0, output, sent: 0, credentials, request })
    }

    /// What is to be sent now.
    pub fn output(&self) -> &[u8] {
        self.output.get(self.sent..).unwrap_or_default()
    }

    /// So many bytes of [`Handshake::output`] were sent.
    pub fn sent(&mut self, count: usize) {
        self.sent = (self.sent + count).min(self.output.len());
    }

    /// Whether the proxy has connected: everything from now on is between the client and its server.
    pub fn is_done(&self) -> bool {
        self.step == Step::Done && self.output().is_empty()
    }

    /// How many bytes the next reply has at least. Who reads no more than that never takes a byte of the next layer.
    pub fn wanted(&self) -> usize {
        let len = match self.step {
            Step::Method | Step::Login => 2,
            Step::Reply { len } => len,
            Step::Done => 0,
        };
        len.saturating_sub(self.received)
    }

    /// Takes received bytes, and answers how many of them; fewer than all only when it is done.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let mut taken = 0;
        for &byte in bytes {
            if self.step == Step::Done {
                break;
            }
            self.take(byte)?;
            taken += 1;
        }
        Ok(taken)
    }

    fn take(&mut self, byte: u8) -> Result<(), Refusal> {
        let at = self.received;
        self.received += 1;
        match (self.step, at) {
            (Step::Method | Step::Reply { .. }, 0) if byte != VERSION => Err(Refusal::NotSocks5),
            (Step::Method, 1) => self.choose(byte),
            (Step::Login, 0) if byte != LOGIN_VERSION => Err(Refusal::NotSocks5),
            (Step::Login, 1) => match byte {
                0 => {
                    self.ask();
                    Ok(())
                }
                status => Err(Refusal::Login(status)),
            },
            (Step::Reply { .. }, 1) if byte != 0 => Err(Refusal::Reply(byte)),
            (Step::Reply { .. }, 3) => {
                let rest = match byte {
                    IPV4 => 4 + PORT,
                    IPV6 => 16 + PORT,
                    NAME => 1,
                    other => return Err(Refusal::AddressType(other)),
                };
                self.step = Step::Reply { len: REPLY_HEAD + rest };
                Ok(())
            }
            // The length of a name: only with a name can a reply be thought to end here.
            (Step::Reply { len: UP_TO_LENGTH }, REPLY_HEAD) => {
                self.step = Step::Reply { len: UP_TO_LENGTH + usize::from(byte) + PORT };
                Ok(())
            }
            (Step::Reply { len }, at) if at + 1 == len => {
                self.step = Step::Done;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The proxy chose a method.
    fn choose(&mut self, method: u8) -> Result<(), Refusal> {
        match (method, self.credentials.take()) {
            (METHOD_NONE, _) => self.ask(),
            (METHOD_LOGIN, Some(credentials)) => {
                self.next(Step::Login);
                // No reallocation leaves a copy behind.
                self.output.reserve_exact(3 + 2 * MAX_FIELD);
                self.output.push(LOGIN_VERSION);
                for field in [&credentials.username, &credentials.password] {
                    // No longer than that: `Credentials::new` has looked.
                    self.output.push(u8::try_from(field.len()).unwrap_or(u8::MAX));
                    self.output.extend_from_slice(field);
                }
            }
            (method, _) => return Err(Refusal::Method(method)),
        }
        Ok(())
    }

    /// Asks for the connection.
    fn ask(&mut self) {
        self.next(Step::Reply { len: UP_TO_LENGTH });
        self.output.append(&mut self.request);
    }

    fn next(&mut self, step: Step) {
        self.step = step;
        self.received = 0;
        // A proxy that answers early still gets the rest.
        let rest = self.output().to_vec();
        wipe(&mut self.output);
        self.output = rest;
        self.sent = 0;
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        wipe(&mut self.output);
    }
}

/// Overwrites what was secret. The detour keeps the compiler from finding that nobody looks at it any more.
fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    core::hint::black_box(bytes);
}

/// The address that `host` is, if it is one.
fn numeric(host: &[u8]) -> Option<IpAddr> {
    core::str::from_utf8(host).ok()?.parse().ok()
}

/// Appends a length of one byte and that much.
fn push_field(to: &mut Vec<u8>, field: &[u8], too_long: Error) -> Result<()> {
    to.push(u8::try_from(field.len()).map_err(|_| too_long)?);
    to.extend_from_slice(field);
    Ok(())
}
