//! TLS over one socket: a non-blocking handshake, records in and out, the end.
//!
//! One call at a time; the stream that owns it sees to that. No call waits. Failures are told apart once, here, so that
//! the same event gets the same answer wherever it shows.

use std::ffi::{CString, c_int, c_void};
use std::io::IoSlice;
use std::os::fd::RawFd;
use std::ptr::NonNull;
use std::sync::Arc;

use super::attached::{self, Attached};
use super::bio::{self, Link};
use super::config::TlsConfig;
use super::context::Context;
use super::record::{self, Scratch};
use super::sys::{self, Alert, Owned, ffi};
use super::{ocsp, psk, verify};
use crate::error::{Error, Result};
use crate::transport::fork;
use crate::transport::layers::Needs;
use crate::transport::log::{Failure, LogLine, Severity};
use crate::transport::stream::{Read, Written};

/// So much of the socket is read at once.
const READ_AHEAD: usize = 64 * 1024;
/// What 2.1 puts between "OpenSSL Error" and the text.
const CONTEXT: &str = "while trying to get the error";
/// The alert `internal_error` (RFC 8446 section 6.2): nothing that other settings would cure.
const INTERNAL_ERROR: c_int = 80;

/// A program's view of the connection: an `SSL *`.
#[derive(Debug, Clone, Copy)]
pub struct SslPointer(NonNull<ffi::SSL>);

// SAFETY: only a number; who uses it promises what `mosquitto_ssl_get` asks for.
unsafe impl Send for SslPointer {}
// SAFETY: as above.
unsafe impl Sync for SslPointer {}

impl SslPointer {
    /// The pointer.
    pub fn as_ptr(self) -> *mut c_void {
        self.0.as_ptr().cast()
    }
}

/// To whom to speak TLS, and how.
#[derive(Debug)]
pub struct TlsPeer {
    /// Settings and trust.
    pub context: Arc<Context>,
    /// The name, address or path by which the program knows the server.
    pub host: Vec<u8>,
    /// 0 for a Unix socket, whose server has no name to be checked.
    pub port: u16,
}

/// TLS over one socket.
#[derive(Debug)]
pub(in crate::transport) struct Tls {
    ssl: Owned<ffi::SSL>,
    /// From a box, as are both: OpenSSL has pointers to them.
    link: NonNull<Link>,
    attached: NonNull<Attached>,
    port: u16,
    /// [`fork::forks`] when the connection was made.
    forks: u32,
    /// A session was offered instead of a full handshake.
    resuming: bool,
    /// The handshake is done.
    ready: bool,
    /// The server has sent data: it has taken us as we are.
    accepted: bool,
    /// `close_notify` is sent, or there is no use in it.
    closed: bool,
    /// What every further call answers.
    failed: Option<Error>,
    /// The record that the socket did not take, to be given to OpenSSL again.
    unsent: Vec<u8>,
    needs: Needs,
}

// SAFETY: OpenSSL's objects may be used by any thread, one at a time; `Tls` has no interior mutability.
unsafe impl Send for Tls {}

/// What a call of OpenSSL came to, if it did not do what it was asked for.
enum Trouble {
    WantRead,
    WantWrite,
    Eof,
    Failed(Error),
}

impl Tls {
    /// TLS over a connected, non-blocking socket, which must stay open as long as this lives. Nothing happens yet.
    pub fn new(peer: &TlsPeer, descriptor: RawFd) -> Result<Tls, Failure> {
        sys::clear_errors();
        let config = peer.context.config();
        let host = sys::c_string(&peer.host)?;
        // SAFETY: the context is alive; the object is ours.
        let ssl = unsafe { Owned::new(ffi::SSL_new(peer.context.as_ptr())) };
        let Some(ssl) = ssl else { return Err(failure("while creating a SSL object")) };
        let link = Box::new(Link { descriptor, ..Link::default() });
        let attached =
            Attached { context: Arc::clone(&peer.context), host: host.clone(), lines: Vec::new() };
        let tls = Tls {
            ssl,
            link: NonNull::from(Box::leak(link)),
            attached: NonNull::from(Box::leak(Box::new(attached))),
            port: peer.port,
            forks: fork::forks(),
            resuming: false,
            ready: false,
            accepted: false,
            closed: true, // nothing to be closed yet
            failed: None,
            unsent: Vec::new(),
            needs: Needs::default(),
        };
        tls.set_up(config, &host)?.resume(&host)
    }

    fn set_up(self, config: &TlsConfig, host: &CString) -> Result<Tls, Failure> {
        let ssl = self.ssl.as_ptr();
        // SAFETY: `attached` lives until the object is gone.
        if !unsafe { attached::set(ssl, self.attached.as_ptr()) } {
            return Err(failure("while setting SSL ex data"));
        }
        let Some(bio) = bio::new(self.link) else {
            return Err(failure("while trying to create a new socket"));
        };
        let bio = std::mem::ManuallyDrop::new(bio);
        // SAFETY: alive; the reference to the BIO goes to the object. The modes take numbers.
        let named = unsafe {
            ffi::SSL_set_bio(ssl, bio.as_ptr(), bio.as_ptr());
            let modes = ffi::SSL_MODE_ENABLE_PARTIAL_WRITE
                | ffi::SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                | ffi::SSL_MODE_RELEASE_BUFFERS;
            sys::ssl_set_mode(ssl, modes);
            sys::ssl_set_read_ahead(ssl);
            sys::SSL_set_default_read_buffer_len(ssl, READ_AHEAD);
            ffi::SSL_set_connect_state(ssl);
            // RFC 6066 knows names only; servers that choose by it get what the program has called them.
            !host.is_empty() && ffi::SSL_set_tlsext_host_name(ssl, host.as_ptr().cast_mut()) == 1
        };
        if !named {
            return Err(failure("while setting the server name"));
        }
        if config.has_trust() && !config.insecure && self.port != 0 {
            // SAFETY: alive and ours.
            unsafe { verify::expect_host(ssl, host) }?;
        }
        if config.uses_psk() {
            // SAFETY: alive, ours and attached.
            unsafe { psk::enable(ssl) };
        }
        // SAFETY: alive, ours, and before the handshake.
        if config.wants_ocsp() && !unsafe { ocsp::request(ssl) } {
            let text = format!("Could not activate OCSP (error: {})", 0);
            let lines = vec![LogLine::new(Severity::Error, text)];
            return Err(Failure { error: Error::Tls, lines });
        }
        Ok(self)
    }

    fn resume(mut self, host: &CString) -> Result<Tls, Failure> {
        // SAFETY: alive and ours.
        self.resuming =
            unsafe { self.context().resumption().offer(self.ssl.as_ptr(), host, self.port) };
        Ok(self)
    }

    /// For `mosquitto_ssl_get`.
    pub fn pointer(&self) -> Option<SslPointer> {
        NonNull::new(self.ssl.as_ptr()).map(SslPointer)
    }

    /// What the next calls wait for.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// Lines for the log since the last call.
    pub fn take_log(&mut self) -> Vec<LogLine> {
        std::mem::take(&mut self.attached().lines)
    }

    /// Goes on with the handshake; answers whether it is done.
    pub fn handshake(&mut self) -> Result<bool> {
        if self.ready {
            return Ok(true);
        }
        self.failed.map_or(Ok(()), Err)?;
        quick_ack(self.link().descriptor);
        sys::clear_errors();
        // SAFETY: alive and ours.
        let result = unsafe { ffi::SSL_do_handshake(self.ssl.as_ptr()) };
        self.needs = Needs::default();
        if result == 1 {
            return self.handshaken();
        }
        match self.trouble(result) {
            Trouble::WantRead => Ok(false),
            Trouble::WantWrite => {
                self.needs.read_by_write = true;
                Ok(false)
            }
            Trouble::Eof => self.fail(Error::ConnLost),
            Trouble::Failed(error) => self.fail(error),
        }
    }

    fn handshaken(&mut self) -> Result<bool> {
        let config = self.context();
        let config = config.config();
        if config.wants_ocsp() && config.user_context.is_some() {
            // The program's own context has no function of ours to do it earlier.
            let ssl = self.ssl.as_ptr();
            // SAFETY: alive, ours, with the server's certificate.
            if !unsafe { ocsp::check(ssl, &mut self.attached().lines) } {
                return self.fail(Error::Tls);
            }
        }
        self.ready = true;
        self.closed = false;
        // SAFETY: alive and ours.
        self.needs.has_input = unsafe { sys::SSL_has_pending(self.ssl.as_ptr()) } == 1;
        Ok(true)
    }

    /// Reads until `buffer` is full or nothing more is there. With `only_buffered` the socket is not read.
    pub fn read(&mut self, buffer: &mut [u8], only_buffered: bool) -> Result<Read> {
        self.failed.map_or(Ok(()), Err)?;
        self.link().hold = only_buffered;
        let result = self.read_records(buffer);
        self.link().hold = false;
        result
    }

    fn read_records(&mut self, buffer: &mut [u8]) -> Result<Read> {
        self.needs.read_by_write = false;
        self.needs.has_input = false;
        let mut filled = 0;
        while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            let mut count = 0;
            sys::clear_errors();
            // SAFETY: alive and ours; `room` has that many bytes.
            let result = unsafe {
                ffi::SSL_read_ex(
                    self.ssl.as_ptr(),
                    room.as_mut_ptr().cast(),
                    room.len(),
                    &raw mut count,
                )
            };
            if result == 1 {
                self.accepted = true;
                filled += count;
                continue;
            }
            let trouble = self.trouble(result);
            if let Trouble::WantWrite = trouble {
                self.needs.read_by_write = true;
            }
            let answer = match trouble {
                Trouble::WantRead | Trouble::WantWrite if filled == 0 => Ok(Read::WouldBlock),
                Trouble::WantRead | Trouble::WantWrite => Ok(Read::Data(filled)),
                Trouble::Eof if filled == 0 => Ok(Read::Eof),
                Trouble::Failed(error) if filled == 0 => self.fail(error),
                Trouble::Failed(error) => {
                    // What came before it counts; the next call tells.
                    let _ = self.fail::<()>(error);
                    self.needs.has_input = true;
                    Ok(Read::Data(filled))
                }
                Trouble::Eof => {
                    self.needs.has_input = true;
                    Ok(Read::Data(filled))
                }
            };
            return answer;
        }
        self.needs.has_input = true; // maybe; the next call finds out
        Ok(Read::Data(filled))
    }

    /// Writes as many bytes as the socket takes, in records as large as there are bytes for.
    pub fn write(&mut self, slices: &[IoSlice<'_>]) -> Result<Written> {
        self.failed.map_or(Ok(()), Err)?;
        self.needs.write_by_read = false;
        let mut scratch = Scratch::take();
        let result = self.write_records(slices, &mut scratch);
        scratch.give_back();
        result
    }

    fn write_records(&mut self, slices: &[IoSlice<'_>], scratch: &mut Scratch) -> Result<Written> {
        let total: usize = slices.iter().map(|slice| slice.len()).sum();
        let mut done = 0;
        while done < total {
            // A record that the socket did not take is given again as it was: OpenSSL has encrypted it already.
            let unsent = std::mem::take(&mut self.unsent);
            let chunk =
                if unsent.is_empty() { record::gather(slices, done, scratch) } else { &unsent };
            let mut count = 0;
            sys::clear_errors();
            // SAFETY: alive and ours; `chunk` has that many bytes.
            let result = unsafe {
                ffi::SSL_write_ex(
                    self.ssl.as_ptr(),
                    chunk.as_ptr().cast(),
                    chunk.len(),
                    &raw mut count,
                )
            };
            if result == 1 {
                done += count;
                continue;
            }
            match self.trouble(result) {
                Trouble::WantRead => self.needs.write_by_read = true,
                Trouble::WantWrite => {}
                Trouble::Eof => return self.fail(Error::ConnLost),
                Trouble::Failed(error) => return self.fail(error),
            }
            self.unsent = if unsent.is_empty() { chunk.to_vec() } else { unsent };
            return Ok(if done == 0 { Written::WouldBlock } else { Written::Bytes(done) });
        }
        Ok(Written::Bytes(total))
    }

    /// Says that nothing more will be written. If the socket does not take it now, it is not said.
    pub fn close(&mut self) {
        if self.closed || self.failed.is_some() {
            return;
        }
        self.closed = true;
        sys::clear_errors();
        // SAFETY: alive and ours.
        unsafe { ffi::SSL_shutdown(self.ssl.as_ptr()) };
        sys::clear_errors();
    }

    /// What is the matter after a call that answered `result`.
    fn trouble(&mut self, result: c_int) -> Trouble {
        // SAFETY: alive and ours; the call was the last one of this thread.
        let kind = unsafe { ffi::SSL_get_error(self.ssl.as_ptr(), result) };
        if self.link().write_error.is_some() {
            return self.write_trouble();
        }
        match kind {
            ffi::SSL_ERROR_WANT_WRITE => Trouble::WantWrite,
            ffi::SSL_ERROR_ZERO_RETURN => Trouble::Eof,
            ffi::SSL_ERROR_SSL => Trouble::Failed(self.tls_error()),
            ffi::SSL_ERROR_SYSCALL => self.end_of_stream(),
            // The rest (a certificate is not at hand yet, an engine works) is for a context of the program.
            _ => Trouble::WantRead,
        }
    }

    /// The socket cannot be written. If the server has said why, that counts.
    fn write_trouble(&mut self) -> Trouble {
        let errno = self.link().write_error.unwrap_or(libc::EPIPE);
        if self.ready {
            let mut byte = 0u8;
            sys::clear_errors();
            // SAFETY: alive and ours; room for one byte.
            let (result, kind) = unsafe {
                let result = ffi::SSL_peek(self.ssl.as_ptr(), (&raw mut byte).cast(), 1);
                (result, ffi::SSL_get_error(self.ssl.as_ptr(), result))
            };
            if result <= 0 && kind == ffi::SSL_ERROR_SSL {
                return Trouble::Failed(self.tls_error());
            }
        }
        sys::clear_errors();
        Trouble::Failed(broken(errno))
    }

    /// The server has ended the stream without a word of TLS.
    fn end_of_stream(&mut self) -> Trouble {
        if let Some(errno) = self.link().read_error {
            return Trouble::Failed(broken(errno));
        }
        let text = match self.ready {
            true => "The server has closed the connection without ending TLS.",
            false => "The server has closed the connection during the TLS handshake.",
        };
        self.attached().lines.push(LogLine::new(Severity::Debug, text));
        self.closed = true;
        Trouble::Eof
    }

    /// TLS itself has failed. With a server that has taken us before, that is a broken connection; else it is for good.
    fn tls_error(&mut self) -> Error {
        let ssl = self.ssl.as_ptr();
        let ready = self.ready;
        let attached = self.attached();
        if !ready {
            // SAFETY: alive and ours.
            unsafe { verify::explain(ssl, &attached.host, &mut attached.lines) };
        }
        match sys::take_errors(CONTEXT, &mut attached.lines) {
            _ if self.accepted => Error::ConnLost,
            Alert::Received(_) if self.resuming && !self.ready => {
                self.context().resumption().give_up();
                Error::ConnLost
            }
            Alert::Received(INTERNAL_ERROR) => Error::ConnLost,
            _ => Error::Tls,
        }
    }

    fn fail<T>(&mut self, error: Error) -> Result<T> {
        self.failed = Some(error);
        Err(error)
    }

    fn link(&mut self) -> &mut Link {
        // SAFETY: from a box that is freed in `drop`; OpenSSL uses it only inside calls made here.
        unsafe { self.link.as_mut() }
    }

    fn attached(&mut self) -> &mut Attached {
        // SAFETY: as above.
        unsafe { self.attached.as_mut() }
    }

    fn context(&self) -> Arc<Context> {
        // SAFETY: as above.
        Arc::clone(unsafe { &self.attached.as_ref().context })
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        let ssl = self.ssl.as_ptr();
        // A child must not end the connection of its parent.
        if self.forks == fork::forks() {
            self.close();
        }
        // If it was TLS that failed, OpenSSL has seen to it that the session is of no use.
        if self.ready && self.failed != Some(Error::Tls) {
            let context = self.context();
            let host = self.attached().host.clone();
            // SAFETY: alive and ours.
            unsafe { context.resumption().keep(ssl, &host, self.port) };
        }
        // SAFETY: alive and ours. A session whose connection just broke is as good as before: OpenSSL would forbid to go
        // on with it. Should the program have kept a reference to the object, it is left without socket and settings.
        unsafe {
            ffi::SSL_set_shutdown(ssl, ffi::SSL_SENT_SHUTDOWN | ffi::SSL_RECEIVED_SHUTDOWN);
            let bio = ffi::SSL_get_rbio(ssl);
            if !bio.is_null() {
                bio::detach(bio);
            }
            attached::set(ssl, std::ptr::null_mut());
            drop(Box::from_raw(self.link.as_ptr()));
            drop(Box::from_raw(self.attached.as_ptr()));
        }
    }
}

/// The failure of a call that OpenSSL has said something about.
fn failure(context: &str) -> Failure {
    let mut lines = Vec::new();
    sys::take_errors(context, &mut lines);
    Failure { error: Error::Tls, lines }
}

/// A socket that broke, by its `errno`. Whether the end shows as reset or as broken pipe is a matter of luck.
fn broken(errno: c_int) -> Error {
    match errno {
        libc::ECONNRESET | libc::EPIPE => Error::ConnLost,
        errno => Error::Errno(errno),
    }
}

/// Asks the system to acknowledge what arrives now at once: while each side waits for the other, a delayed
/// acknowledgement costs 40 ms. For this moment only, and no matter if it fails.
fn quick_ack(descriptor: RawFd) {
    let on: c_int = 1;
    // SAFETY: the option takes a number.
    unsafe {
        libc::setsockopt(
            descriptor,
            libc::IPPROTO_TCP,
            libc::TCP_QUICKACK,
            (&raw const on).cast(),
            size_of::<c_int>() as libc::socklen_t,
        );
    }
}
