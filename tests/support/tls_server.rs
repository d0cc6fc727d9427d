//! A TLS server inside the test, on OpenSSL's own server side: what it answers, and when it breaks, is up to the test.

use std::ffi::{CStr, CString, c_char, c_int, c_uchar, c_uint, c_void};
use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use openssl_sys as ffi;

use super::certificates::{Issued, path};

/// No call of a connection waits longer.
const LIMIT: Duration = Duration::from_secs(20);

unsafe extern "C" {
    fn SSL_CTX_set_psk_server_callback(
        context: *mut ffi::SSL_CTX,
        callback: unsafe extern "C" fn(
            *mut ffi::SSL,
            *const c_char,
            *mut c_uchar,
            c_uint,
        ) -> c_uint,
    );
    fn SSL_set_fd(ssl: *mut ffi::SSL, descriptor: c_int) -> c_int;
    fn SSL_key_update(ssl: *mut ffi::SSL, kind: c_int) -> c_int;
    fn SSL_CTX_set_session_id_context(
        context: *mut ffi::SSL_CTX,
        id: *const c_uchar,
        len: c_uint,
    ) -> c_int;
}

/// How the server is set up.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Its certificate; none for keys only.
    pub certificate: Option<Issued>,
    /// Clients must have a certificate of this authority.
    pub client_authority: Option<PathBuf>,
    /// The application protocol that it takes; others are ignored.
    pub protocol: Option<&'static [u8]>,
    /// Identity and pre-shared key.
    pub psk: Option<(&'static str, &'static [u8])>,
    /// A file with the OCSP response that it staples.
    pub ocsp: Option<PathBuf>,
    /// `TLS1_2_VERSION` or `TLS1_3_VERSION`: only this one.
    pub version: Option<c_int>,
    /// Sessions cannot be resumed: OpenSSL servers without this setting that ask for certificates fail on the attempt.
    pub without_session_context: bool,
}

/// A server. Ends with the drop.
pub struct TlsServer {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// What the clients offered as application protocols (in wire form), in order.
    pub offered: Arc<Mutex<Vec<Vec<u8>>>>,
    /// How many connections were accepted.
    pub accepted: Arc<AtomicUsize>,
}

struct Context(*mut ffi::SSL_CTX, Box<Answers>);

/// What OpenSSL's callbacks know.
struct Answers {
    setup: Setup,
    offered: Arc<Mutex<Vec<Vec<u8>>>>,
    response: Vec<u8>,
}

// SAFETY: a context may be used from every thread; the answers are only read.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: made in `context`, freed once.
        unsafe { ffi::SSL_CTX_free(self.0) };
    }
}

/// One connection, TLS not begun.
pub struct Connection {
    ssl: *mut ffi::SSL,
    /// The socket below.
    pub socket: TcpStream,
    /// 0 for the first connection of the server.
    pub number: usize,
}

// SAFETY: used by one thread at a time.
unsafe impl Send for Connection {}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: made in `start`, freed once.
        unsafe { ffi::SSL_free(self.ssl) };
    }
}

impl TlsServer {
    /// Listens on a free port of 127.0.0.1 and serves one connection after the other, each in a thread of its own.
    pub fn start(
        setup: Setup,
        serve: impl Fn(&mut Connection) + Send + Sync + 'static,
    ) -> TlsServer {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let stop = Arc::new(AtomicBool::new(false));
        let offered = Arc::new(Mutex::new(Vec::new()));
        let accepted = Arc::new(AtomicUsize::new(0));
        let context = Arc::new(context(setup, offered.clone()));
        let (stopped, counter, serve) = (stop.clone(), accepted.clone(), Arc::new(serve));
        let thread = std::thread::spawn(move || {
            let mut threads = Vec::new();
            for socket in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(socket) = socket else { continue };
                let number = counter.fetch_add(1, Ordering::SeqCst);
                let (context, serve) = (context.clone(), serve.clone());
                threads.push(std::thread::spawn(move || {
                    let mut connection = Connection::new(&context, socket, number);
                    serve(&mut connection);
                }));
            }
            for thread in threads {
                let _ = thread.join();
            }
        });
        TlsServer { address, stop, thread: Some(thread), offered, accepted }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address); // ends the wait for the next one
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Connection {
    fn new(context: &Context, socket: TcpStream, number: usize) -> Connection {
        socket.set_read_timeout(Some(LIMIT)).expect("a timeout");
        socket.set_write_timeout(Some(LIMIT)).expect("a timeout");
        // SAFETY: a live context; the descriptor lives as long as the connection.
        let ssl = unsafe {
            let ssl = ffi::SSL_new(context.0);
            assert!(!ssl.is_null(), "no SSL object");
            assert_eq!(SSL_set_fd(ssl, socket.as_raw_fd()), 1);
            ssl
        };
        Connection { ssl, socket, number }
    }

    /// The handshake. What is wrong, if it is.
    pub fn accept(&mut self) -> Result<(), String> {
        // SAFETY: a live object.
        if unsafe { ffi::SSL_accept(self.ssl) } == 1 { Ok(()) } else { Err(errors()) }
    }

    /// What has arrived; nothing at the end of the stream or if it broke.
    pub fn read(&mut self) -> Vec<u8> {
        let mut buffer = vec![0; 65_536];
        // SAFETY: a live object and that many bytes.
        let count = unsafe { ffi::SSL_read(self.ssl, buffer.as_mut_ptr().cast(), 65_536) };
        buffer.truncate(usize::try_from(count).unwrap_or(0));
        errors();
        buffer
    }

    /// Everything until the client ends the stream.
    pub fn read_to_end(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let more = self.read();
            if more.is_empty() {
                return all;
            }
            all.extend(more);
        }
    }

    /// Writes everything; answers whether that worked.
    pub fn write(&mut self, bytes: &[u8]) -> bool {
        let len = c_int::try_from(bytes.len()).expect("not that many");
        // SAFETY: a live object and that many bytes.
        let done = unsafe { ffi::SSL_write(self.ssl, bytes.as_ptr().cast(), len) } == len;
        errors();
        done
    }

    /// Handshake, CONNECT, CONNACK 0. Answers CONNECT, or what went wrong.
    pub fn welcome(&mut self) -> Result<Vec<u8>, String> {
        self.accept()?;
        let connect = self.read();
        if connect.first() != Some(&0x10) {
            return Err(format!("no CONNECT: {connect:?}"));
        }
        self.write(&[0x20, 2, 0, 0]);
        Ok(connect)
    }

    /// Whether the handshake was the short one of a resumed session.
    pub fn resumed(&self) -> bool {
        // SAFETY: a live object.
        unsafe { ffi::SSL_session_reused(self.ssl) == 1 }
    }

    /// The server name that the client asked for.
    pub fn server_name(&self) -> Option<String> {
        // SAFETY: a live object; the name is NUL-terminated and belongs to it.
        unsafe {
            let name = ffi::SSL_get_servername(self.ssl, ffi::TLSEXT_NAMETYPE_host_name);
            (!name.is_null()).then(|| CStr::from_ptr(name).to_string_lossy().into_owned())
        }
    }

    /// Ends TLS properly. Answers whether the client has done so before.
    pub fn close(&mut self) -> bool {
        // SAFETY: a live object.
        let result = unsafe { ffi::SSL_shutdown(self.ssl) };
        errors();
        result == 1
    }

    /// Whether the client has ended TLS properly.
    pub fn was_closed(&self) -> bool {
        // SAFETY: a live object.
        unsafe { ffi::SSL_get_shutdown(self.ssl) & ffi::SSL_RECEIVED_SHUTDOWN != 0 }
    }

    /// New keys in both directions (TLS 1.3).
    pub fn update_keys(&mut self) {
        // SAFETY: a live object; SSL_KEY_UPDATE_REQUESTED.
        let updated = unsafe { SSL_key_update(self.ssl, 1) };
        assert_eq!(updated, 1, "{}", errors());
    }

    /// Breaks the connection: the client gets a reset. Dropping the connection does the rest.
    pub fn reset(&self) {
        let linger = libc::linger { l_onoff: 1, l_linger: 0 };
        // SAFETY: an open socket and an option of that type.
        unsafe {
            libc::setsockopt(
                self.socket.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_LINGER,
                (&raw const linger).cast(),
                size_of::<libc::linger>() as libc::socklen_t,
            );
        }
    }

    /// Waits until the client ends the connection below TLS.
    pub fn wait_for_end(&mut self) {
        let mut buffer = [0; 4096];
        while self.socket.read(&mut buffer).is_ok_and(|count| count > 0) {}
    }
}

fn context(setup: Setup, offered: Arc<Mutex<Vec<Vec<u8>>>>) -> Context {
    let response = setup.ocsp.as_ref().map(|file| std::fs::read(file).expect("a response"));
    let answers = Box::new(Answers { setup, offered, response: response.unwrap_or_default() });
    let setup = &answers.setup;
    let data: *mut c_void = (&raw const *answers).cast_mut().cast();
    // SAFETY: plain set-up of a context of our own; the answers live as long as it.
    unsafe {
        let context = ffi::SSL_CTX_new(ffi::TLS_server_method());
        assert!(!context.is_null(), "no context");
        if let Some(issued) = &setup.certificate {
            let (certificate, key) = (text(issued.certificate()), text(issued.key()));
            let used = ffi::SSL_CTX_use_certificate_chain_file(context, certificate.as_ptr());
            assert_eq!(used, 1, "{}", errors());
            let used =
                ffi::SSL_CTX_use_PrivateKey_file(context, key.as_ptr(), ffi::SSL_FILETYPE_PEM);
            assert_eq!(used, 1, "{}", errors());
        }
        if !setup.without_session_context {
            SSL_CTX_set_session_id_context(context, b"test".as_ptr(), 4);
        }
        if let Some(authority) = &setup.client_authority {
            let file = text(path(authority));
            ffi::SSL_CTX_load_verify_locations(context, file.as_ptr(), ptr::null());
            let mode = ffi::SSL_VERIFY_PEER | ffi::SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
            ffi::SSL_CTX_set_verify(context, mode, None);
        }
        if let Some(version) = setup.version {
            ffi::SSL_CTX_set_min_proto_version(context, version);
            ffi::SSL_CTX_set_max_proto_version(context, version);
        }
        ffi::SSL_CTX_set_alpn_select_cb__fixed_rust(context, Some(choose), data);
        ffi::SSL_CTX_set_ex_data(context, 0, data);
        if setup.psk.is_some() {
            SSL_CTX_set_psk_server_callback(context, key_for);
            let list = c"PSK:@SECLEVEL=0";
            assert_eq!(ffi::SSL_CTX_set_cipher_list(context, list.as_ptr()), 1);
        }
        if setup.ocsp.is_some() {
            ffi::SSL_CTX_set_tlsext_status_cb(context, Some(staple));
        }
        Context(context, answers)
    }
}

/// # Safety
///
/// `ssl` is of a context of [`context`].
unsafe fn answers<'a>(ssl: *mut ffi::SSL) -> &'a Answers {
    // SAFETY: put there in `context`.
    unsafe { &*ffi::SSL_CTX_get_ex_data(ffi::SSL_get_SSL_CTX(ssl), 0).cast::<Answers>() }
}

unsafe extern "C" fn choose(
    ssl: *mut ffi::SSL,
    out: *mut *const c_uchar,
    out_len: *mut c_uchar,
    offered: *const c_uchar,
    offered_len: c_uint,
    _data: *mut c_void,
) -> c_int {
    // SAFETY: OpenSSL calls with live objects; `offered` has that many bytes.
    unsafe {
        let answers = answers(ssl);
        let list = std::slice::from_raw_parts(offered, offered_len as usize);
        let mut all = answers.offered.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(list.to_vec());
        let Some(wanted) = answers.setup.protocol else { return ffi::SSL_TLSEXT_ERR_NOACK };
        let single = [&[wanted.len() as u8][..], wanted].concat();
        if list != single {
            return ffi::SSL_TLSEXT_ERR_NOACK;
        }
        *out = wanted.as_ptr();
        *out_len = wanted.len() as u8;
        ffi::SSL_TLSEXT_ERR_OK
    }
}

unsafe extern "C" fn key_for(
    ssl: *mut ffi::SSL,
    identity: *const c_char,
    key: *mut c_uchar,
    max: c_uint,
) -> c_uint {
    // SAFETY: OpenSSL calls with live objects; `key` has room for `max` bytes.
    unsafe {
        let Some((known, bytes)) = answers(ssl).setup.psk else { return 0 };
        if CStr::from_ptr(identity).to_bytes() != known.as_bytes() || bytes.len() > max as usize {
            return 0;
        }
        ptr::copy_nonoverlapping(bytes.as_ptr(), key, bytes.len());
        bytes.len() as c_uint
    }
}

unsafe extern "C" fn staple(ssl: *mut ffi::SSL, _data: *mut c_void) -> c_int {
    // SAFETY: OpenSSL calls with live objects, and frees the copy of the response.
    unsafe {
        let response = &answers(ssl).response;
        let copy = ffi::OPENSSL_malloc(response.len()).cast::<c_uchar>();
        ptr::copy_nonoverlapping(response.as_ptr(), copy, response.len());
        ffi::SSL_set_tlsext_status_ocsp_resp(ssl, copy, response.len() as _);
    }
    ffi::SSL_TLSEXT_ERR_OK
}

fn text(text: &str) -> CString {
    CString::new(text).expect("no NUL")
}

/// What OpenSSL has to say, which it then forgets.
fn errors() -> String {
    let mut all = String::new();
    loop {
        // SAFETY: the reason is a constant or NULL.
        unsafe {
            let error = ffi::ERR_get_error();
            if error == 0 {
                return all;
            }
            let reason = ffi::ERR_reason_error_string(error);
            if !reason.is_null() {
                all += &CStr::from_ptr(reason).to_string_lossy();
                all += "; ";
            }
        }
    }
}
