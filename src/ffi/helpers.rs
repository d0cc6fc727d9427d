//! `mosquitto/libmosquitto_helpers.h`: subscribing with one call. Written on the library's own C functions.

use core::cell::Cell;
use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use super::alloc;
use super::auth::mosquitto_username_pw_set;
use super::boundary;
use super::callbacks::*;
use super::connect::{mosquitto_connect, mosquitto_disconnect};
use super::create_delete::{mosquitto_destroy, mosquitto_new};
use super::export::export;
use super::loops::mosquitto_loop_forever;
use super::message::{mosquitto_message_copy, mosquitto_message_free_contents};
use super::subscribe::mosquitto_subscribe;
use super::tls::{mosquitto_tls_opts_set, mosquitto_tls_set};
use super::types::{Bool, libmosquitto_tls, libmosquitto_will, mosquitto, mosquitto_message};
use super::will::mosquitto_will_set;
use crate::error::Error;

export!("mosquitto_subscribe_simple", "MOSQ_1.5");
/// Connect, subscribe to one topic filter, wait for a number of messages, disconnect and return them. If
/// the connection is lost, it is made again.
///
/// Parameters:
///   messages - receives an array of msg_count messages, or NULL in case of failure. The caller frees the
///     content of each with mosquitto_message_free_contents() and then the array with free(); an array of
///     one also with mosquitto_message_free().
///   msg_count - number of messages to wait for, 1 or more.
///   want_retained - false: messages that the server has retained do not count and are not returned.
///   topic, qos - as in mosquitto_subscribe().
///   host, port, keepalive - as in mosquitto_connect().
///   clientid, clean_session - as in mosquitto_new().
///   username, password - as in mosquitto_username_pw_set(); username NULL for none.
///   will - the will; NULL for none.
///   tls - TLS settings; NULL for a connection that is not encrypted.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - *messages is the array.
///   MOSQ_ERR_INVAL - messages or topic is NULL or msg_count below 1 (*messages is not touched then), or
///     what the functions named above say.
///   MOSQ_ERR_NOMEM - out of memory, or clientid is not allowed; errno tells which.
///   MOSQ_ERR_CONN_REFUSED - the server refused the client.
///   others - as mosquitto_connect() and mosquitto_loop_forever().
///
/// Threads: may be called from any thread, and returns only when it is done.
///
/// See also: mosquitto_subscribe_callback
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_subscribe_simple(
    messages: *mut *mut mosquitto_message,
    msg_count: c_int,
    want_retained: Bool,
    topic: *const c_char,
    qos: c_int,
    host: *const c_char,
    port: c_int,
    clientid: *const c_char,
    keepalive: c_int,
    clean_session: Bool,
    username: *const c_char,
    password: *const c_char,
    will: *const libmosquitto_will,
    tls: *const libmosquitto_tls,
) -> c_int {
    let wanted = match usize::try_from(msg_count) {
        Ok(wanted) if wanted > 0 && !topic.is_null() && !messages.is_null() => wanted,
        _ => return Error::Inval.code(),
    };
    // SAFETY: not NULL, so by contract a place for a pointer.
    unsafe { messages.write(ptr::null_mut()) };
    let Ok(array) = alloc::zeroed::<mosquitto_message>(wanted) else {
        return Error::NoMem.code();
    };
    let array = array.as_ptr();
    let collect = Collect { array, wanted, count: Cell::new(0), retained: want_retained.get() };
    let helper = Helper::new(topic, qos, Receive::Collect(&collect));
    // SAFETY: the rest of the contract of both functions is the same.
    let rc = unsafe {
        helper.run(&Connection {
            host,
            port,
            clientid,
            keepalive,
            clean_session,
            username,
            password,
            will,
            tls,
        })
    };
    if rc == boundary::SUCCESS && collect.count.get() == wanted {
        // SAFETY: as above.
        unsafe { messages.write(array) };
        return rc;
    }
    for index in 0..collect.count.get() {
        // SAFETY: the first `count` elements hold copies.
        unsafe { mosquitto_message_free_contents(array.add(index)) };
    }
    // SAFETY: made above, and nobody else has it.
    unsafe { alloc::free(array) };
    rc
}

export!("mosquitto_subscribe_callback", "MOSQ_1.5");
/// Connect, subscribe to one topic filter and hand every message to a function, until that returns
/// something other than 0. If the connection is lost, it is made again.
///
/// Parameters:
///   callback - gets the client, userdata and the message, which is valid until the callback returns.
///     Returns 0 to go on, anything else to disconnect.
///   userdata - a pointer of the program for the callback.
///   topic, qos - as in mosquitto_subscribe().
///   host, port, keepalive - as in mosquitto_connect().
///   clientid, clean_session - as in mosquitto_new().
///   username, password - as in mosquitto_username_pw_set(); username NULL for none.
///   will - the will; NULL for none.
///   tls - TLS settings; NULL for a connection that is not encrypted.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - the callback has ended it.
///   MOSQ_ERR_INVAL - callback or topic is NULL, or what the functions named above say.
///   MOSQ_ERR_NOMEM - out of memory, or clientid is not allowed; errno tells which.
///   MOSQ_ERR_CONN_REFUSED - the server refused the client.
///   others - as mosquitto_connect() and mosquitto_loop_forever().
///
/// Threads: may be called from any thread, and returns only when it is done; the callback runs on the
/// same thread.
///
/// See also: mosquitto_subscribe_simple
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_subscribe_callback(
    callback: Option<
        unsafe extern "C-unwind" fn(
            mosq: *mut mosquitto,
            userdata: *mut c_void,
            message: *const mosquitto_message,
        ) -> c_int,
    >,
    userdata: *mut c_void,
    topic: *const c_char,
    qos: c_int,
    host: *const c_char,
    port: c_int,
    clientid: *const c_char,
    keepalive: c_int,
    clean_session: Bool,
    username: *const c_char,
    password: *const c_char,
    will: *const libmosquitto_will,
    tls: *const libmosquitto_tls,
) -> c_int {
    let (Some(callback), false) = (callback, topic.is_null()) else {
        return Error::Inval.code();
    };
    let helper = Helper::new(topic, qos, Receive::Call(callback, userdata));
    // SAFETY: the rest of the contract of both functions is the same.
    unsafe {
        helper.run(&Connection {
            host,
            port,
            clientid,
            keepalive,
            clean_session,
            username,
            password,
            will,
            tls,
        })
    }
}

/// The arguments that both functions have in common, apart from what to subscribe to.
struct Connection {
    host: *const c_char,
    port: c_int,
    clientid: *const c_char,
    keepalive: c_int,
    clean_session: Bool,
    username: *const c_char,
    password: *const c_char,
    will: *const libmosquitto_will,
    tls: *const libmosquitto_tls,
}

type OnMessage =
    unsafe extern "C-unwind" fn(*mut mosquitto, *mut c_void, *const mosquitto_message) -> c_int;

/// What to do with a message.
enum Receive<'a> {
    Call(OnMessage, *mut c_void),
    Collect(&'a Collect),
}

/// Copies of the messages that have come.
struct Collect {
    array: *mut mosquitto_message,
    wanted: usize,
    count: Cell<usize>,
    retained: bool,
}

/// User data of the client that a helper makes. Owns nothing: the callback may leave by `longjmp`.
struct Helper<'a> {
    topic: *const c_char,
    qos: c_int,
    receive: Receive<'a>,
    /// What the helper returns if the loop ends because of it.
    failure: Cell<c_int>,
}

impl<'a> Helper<'a> {
    fn new(topic: *const c_char, qos: c_int, receive: Receive<'a>) -> Self {
        Helper { topic, qos, receive, failure: Cell::new(boundary::SUCCESS) }
    }

    /// Makes the client, runs it to the end and frees it.
    ///
    /// # Safety
    ///
    /// The contract of `mosquitto_subscribe_callback`.
    unsafe fn run(&self, connection: &Connection) -> c_int {
        let user_data = (&raw const *self).cast_mut().cast();
        // SAFETY: by the caller's promise.
        let mosq =
            unsafe { mosquitto_new(connection.clientid, connection.clean_session, user_data) };
        if mosq.is_null() {
            return Error::NoMem.code();
        }
        // SAFETY: by the caller's promise; the client has just been made and is used here only.
        unsafe {
            let mut rc = prepare(mosq, connection);
            if rc == boundary::SUCCESS {
                rc = mosquitto_loop_forever(mosq, -1, 1);
            }
            let errno = boundary::errno();
            mosquitto_destroy(mosq);
            boundary::set_errno(errno);
            if self.failure.get() == boundary::SUCCESS { rc } else { self.failure.get() }
        }
    }

    /// Whether the client has what it wanted.
    ///
    /// # Safety
    ///
    /// `message` is one that a message callback got.
    unsafe fn receive(&self, mosq: *mut mosquitto, message: *const mosquitto_message) -> bool {
        match self.receive {
            // SAFETY: given by the program for this.
            Receive::Call(function, user_data) => unsafe {
                function(mosq, user_data, message) != 0
            },
            Receive::Collect(collect) => {
                let count = collect.count.get();
                // SAFETY: by the caller's promise.
                let retained = unsafe { (*message).retain.get() };
                if count == collect.wanted || (retained && !collect.retained) {
                    return false;
                }
                // SAFETY: `count` is below `wanted`, the length of the array.
                let rc = unsafe { mosquitto_message_copy(collect.array.add(count), message) };
                if rc != boundary::SUCCESS {
                    self.failure.set(rc);
                    return true;
                }
                collect.count.set(count + 1);
                count + 1 == collect.wanted
            }
        }
    }
}

/// Settings, callbacks and the connection.
///
/// # Safety
///
/// `mosq` is a client of [`Helper::run`], for the rest the contract of `mosquitto_subscribe_callback`.
unsafe fn prepare(mosq: *mut mosquitto, connection: &Connection) -> c_int {
    // SAFETY: by the caller's promise.
    unsafe {
        mosquitto_connect_callback_set(mosq, Some(on_connect));
        mosquitto_disconnect_callback_set(mosq, Some(on_disconnect));
        mosquitto_message_callback_set(mosq, Some(on_message));
        let mut rc = boundary::SUCCESS;
        if let Some(will) = connection.will.as_ref() {
            let libmosquitto_will { topic, payload, payloadlen, qos, retain } = *will;
            rc = mosquitto_will_set(mosq, topic, payloadlen, payload, qos, retain);
        }
        if rc == boundary::SUCCESS && !connection.username.is_null() {
            rc = mosquitto_username_pw_set(mosq, connection.username, connection.password);
        }
        if let (boundary::SUCCESS, Some(tls)) = (rc, connection.tls.as_ref()) {
            rc = mosquitto_tls_set(
                mosq,
                tls.cafile,
                tls.capath,
                tls.certfile,
                tls.keyfile,
                tls.pw_callback,
            );
            if rc == boundary::SUCCESS {
                rc = mosquitto_tls_opts_set(mosq, tls.cert_reqs, tls.tls_version, tls.ciphers);
            }
        }
        if rc == boundary::SUCCESS {
            rc = mosquitto_connect(mosq, connection.host, connection.port, connection.keepalive);
        }
        rc
    }
}

unsafe extern "C-unwind" fn on_connect(mosq: *mut mosquitto, obj: *mut c_void, rc: c_int) {
    // SAFETY: the user data of the client that `Helper::run` made, which is still running.
    let helper = unsafe { &*obj.cast::<Helper<'_>>() };
    // SAFETY: the client is alive, and so are the strings of the caller.
    unsafe {
        if rc == boundary::SUCCESS {
            mosquitto_subscribe(mosq, ptr::null_mut(), helper.topic, helper.qos);
        } else {
            helper.failure.set(Error::ConnRefused.code());
        }
    }
}

unsafe extern "C-unwind" fn on_disconnect(mosq: *mut mosquitto, obj: *mut c_void, _rc: c_int) {
    // SAFETY: as in `on_connect`.
    unsafe {
        let helper = &*obj.cast::<Helper<'_>>();
        if helper.failure.get() != boundary::SUCCESS {
            // Connecting again would be refused again. With no connection this sends nothing, but ends the loop.
            mosquitto_disconnect(mosq);
        }
    }
}

unsafe extern "C-unwind" fn on_message(
    mosq: *mut mosquitto,
    obj: *mut c_void,
    message: *const mosquitto_message,
) {
    // SAFETY: as in `on_connect`; the message is the one of this event.
    unsafe {
        let helper = &*obj.cast::<Helper<'_>>();
        if helper.receive(mosq, message) {
            mosquitto_disconnect(mosq);
        }
    }
}
