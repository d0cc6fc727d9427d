//! The whole client, through its C interface and a socket, against a server that sends anything in any portions, over
//! plain MQTT and over WebSocket; the program calls functions in between and inside callbacks. What callbacks get can be
//! read, payloads and topics end with NUL, and no memory is lost.

#![no_main]
#![allow(
    clippy::disallowed_types,
    reason = "sockets are refused to the protocol, not to its fuzzers"
)]

use std::cell::Cell;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::ptr::{null, null_mut};

use libfuzzer_sys::fuzz_target;
use libmosquitto_rs_fuzz::{Cut, Input, Portions};
use mosquitto::ffi::callbacks::*;
use mosquitto::ffi::connect::*;
use mosquitto::ffi::create_delete::*;
use mosquitto::ffi::loops::*;
use mosquitto::ffi::options::*;
use mosquitto::ffi::properties::*;
use mosquitto::ffi::publish::*;
use mosquitto::ffi::subscribe::*;
use mosquitto::ffi::types::{Bool, mosquitto as Mosquitto, mosquitto_message, mosquitto_property};
use mosquitto::ffi::unsubscribe::*;

// The proof of the handshake is pure.
#[allow(dead_code, missing_docs)]
#[path = "../../src/transport/ws/accept.rs"]
mod accept;

const PROTOCOL_VERSION: OptionNumber = OptionNumber(1);
const TRANSPORT: OptionNumber = OptionNumber(15);
const WEB_SOCKETS: c_int = 2;

static PAYLOAD: [u8; 40_000] = [b'p'; 40_000];

thread_local! {
    static DOOR: (UnixListener, CString) = door();
    /// What the callbacks do.
    static MOOD: Cell<u8> = const { Cell::new(0) };
}

/// Where the clients connect to.
fn door() -> (UnixListener, CString) {
    let path = std::env::temp_dir().join(format!("mosquitto-fuzz-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).expect("a Unix socket");
    let text = path.to_str().expect("a UTF-8 path");
    (listener, CString::new(text).expect("no NUL"))
}

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let (settings, seed) = (input.byte(), input.number());
    MOOD.set(input.byte());
    // SAFETY: a client of this function's, destroyed once.
    unsafe {
        let client = mosquitto_new(c"c".as_ptr(), Bool::from(settings & 1 == 0), null_mut());
        prepare(client, settings);
        let connected = DOOR.with(|(listener, path)| {
            (mosquitto_connect(client, path.as_ptr(), 0, 60) == 0)
                .then(|| listener.accept().expect("the client's connection").0)
        });
        if let Some(mut peer) = connected {
            peer.set_nonblocking(true).expect("a socket");
            if settings & 8 == 0 || upgraded(client, &mut peer) {
                converse(client, &mut peer, input.0, seed);
            }
        }
        mosquitto_destroy(client);
    }
});

unsafe fn prepare(client: *mut Mosquitto, settings: u8) {
    // SAFETY: a live client and functions of the right types.
    unsafe {
        mosquitto_int_option(client, PROTOCOL_VERSION, 3 + c_int::from(settings >> 1 & 3) % 3);
        if settings & 8 != 0 {
            mosquitto_int_option(client, TRANSPORT, WEB_SOCKETS);
        }
        mosquitto_connect_callback_set(client, Some(on_connect));
        mosquitto_message_callback_set(client, Some(on_message));
        mosquitto_message_v5_callback_set(client, Some(on_message_v5));
        mosquitto_publish_callback_set(client, Some(on_publish));
        mosquitto_subscribe_callback_set(client, Some(on_subscribe));
        mosquitto_log_callback_set(client, Some(on_log));
    }
}

/// Answers the upgrade as a good server.
unsafe fn upgraded(client: *mut Mosquitto, peer: &mut UnixStream) -> bool {
    let mut request = Vec::new();
    drain(peer, &mut request);
    let name = b"Sec-WebSocket-Key: ";
    let Some(at) = request.windows(name.len()).position(|part| part == name) else { return false };
    let Some(key) = request[at + name.len()..].first_chunk() else { return false };
    let answer = [
        b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ",
        &accept::accept(key)[..],
        b"\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
    ];
    // SAFETY: a live client.
    peer.write_all(&answer.concat()).is_ok() && unsafe { mosquitto_loop(client, 0, 1) } == 0
}

/// Sends `bytes` in portions; after each the client runs, and sometimes the program calls something.
unsafe fn converse(client: *mut Mosquitto, peer: &mut UnixStream, mut bytes: &[u8], seed: u16) {
    let mut cut = Cut::Portions(Portions::new(seed));
    let mut calls = Portions::new(!seed);
    let mut sent = Vec::new();
    while !bytes.is_empty() {
        if peer.write_all(cut.next(&mut bytes)).is_err() {
            break;
        }
        // SAFETY: a live client.
        let rc = unsafe {
            call(client, calls.next_number());
            match calls.next_number() % 4 {
                0 => mosquitto_loop_read(client, 1) | mosquitto_loop_misc(client),
                _ => mosquitto_loop(client, 0, 1),
            }
        };
        sent.clear();
        drain(peer, &mut sent);
        // SAFETY: a live client.
        if rc != 0 && unsafe { mosquitto_socket(client) } == -1 {
            break;
        }
    }
}

/// All that the client has sent.
fn drain(peer: &mut UnixStream, to: &mut Vec<u8>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = peer.read(&mut buffer) {
        to.extend_from_slice(&buffer[..count]);
    }
}

/// Something that a program may do at any moment.
unsafe fn call(client: *mut Mosquitto, choice: u32) {
    let qos = (choice >> 8) as c_int % 3;
    let retain = Bool::from(choice & 0x40 != 0);
    // SAFETY: a live client, NUL-terminated strings, a payload of the length said.
    unsafe {
        match choice % 16 {
            0..=2 => {
                // Few are so large that they are not copied.
                let most = if choice & 0xf000 == 0 { PAYLOAD.len() } else { 300 };
                let len = (choice >> 16) as c_int % most as c_int;
                let payload = PAYLOAD.as_ptr().cast();
                mosquitto_publish(client, null_mut(), c"t/a".as_ptr(), len, payload, qos, retain);
            }
            3 => {
                mosquitto_subscribe(client, null_mut(), c"t/#".as_ptr(), qos);
            }
            4 => {
                mosquitto_unsubscribe(client, null_mut(), c"t/+".as_ptr());
            }
            5 if choice >> 24 == 0 => {
                mosquitto_disconnect(client);
            }
            6 if mosquitto_want_write(client) => {
                mosquitto_loop_write(client, 1);
            }
            _ => {}
        }
    }
}

/// Makes a call inside a callback, if that is what callbacks do.
unsafe fn react(client: *mut Mosquitto, number: u8) {
    let mood = MOOD.get();
    if mood & 1 == 1 {
        MOOD.set(mood.rotate_left(1) ^ number & 0xf0);
        // SAFETY: a live client.
        unsafe { call(client, u32::from(mood) | u32::from(number) << 8 | 1 << 24) };
    }
}

unsafe extern "C-unwind" fn on_connect(client: *mut Mosquitto, _obj: *mut c_void, _rc: c_int) {
    // SAFETY: the client that calls.
    unsafe {
        mosquitto_subscribe(client, null_mut(), c"t/#".as_ptr(), 2);
        react(client, 1);
    }
}

unsafe extern "C-unwind" fn on_message(
    client: *mut Mosquitto,
    _obj: *mut c_void,
    message: *const mosquitto_message,
) {
    // SAFETY: a message as the header promises it.
    unsafe {
        let message = &*message;
        assert!(!message.topic.is_null() && (0..=2).contains(&message.qos));
        let topic = CStr::from_ptr(message.topic).to_bytes();
        let mut sum = topic.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        if !message.payload.is_null() {
            let len = usize::try_from(message.payloadlen).expect("a length");
            let payload = std::slice::from_raw_parts(message.payload.cast::<u8>(), len + 1);
            assert_eq!(payload[len], 0, "NUL behind the payload");
            sum = payload.iter().fold(sum, |sum, byte| sum.wrapping_add(*byte));
        }
        react(client, sum);
    }
}

unsafe extern "C-unwind" fn on_message_v5(
    client: *mut Mosquitto,
    obj: *mut c_void,
    message: *const mosquitto_message,
    properties: *const mosquitto_property,
) {
    // SAFETY: a message and a list as the header promises them; the copy is ours.
    unsafe {
        let mut copy = null_mut();
        assert_eq!(mosquitto_property_copy_all(&raw mut copy, properties), 0);
        mosquitto_property_free_all(&raw mut copy);
        on_message(client, obj, message);
    }
}

unsafe extern "C-unwind" fn on_publish(client: *mut Mosquitto, _obj: *mut c_void, mid: c_int) {
    // SAFETY: the client that calls.
    unsafe { react(client, mid as u8) };
}

unsafe extern "C-unwind" fn on_subscribe(
    client: *mut Mosquitto,
    _obj: *mut c_void,
    mid: c_int,
    count: c_int,
    granted: *const c_int,
) {
    // SAFETY: so many numbers, as the header promises.
    unsafe {
        let granted = std::slice::from_raw_parts(granted, usize::try_from(count).expect("a count"));
        react(client, granted.iter().fold(mid as u8, |sum, qos| sum.wrapping_add(*qos as u8)));
    }
}

unsafe extern "C-unwind" fn on_log(
    _client: *mut Mosquitto,
    _obj: *mut c_void,
    _level: c_int,
    text: *const c_char,
) {
    assert_ne!(text, null());
    // SAFETY: a NUL-terminated string, which is read to its end. (What panics inside ends the fuzzer before it is caught.)
    let _len = unsafe { CStr::from_ptr(text) }.count_bytes();
}
