//! What a program holds: a client with its locks, loops, threads and reconnects. No C types.
//!
//! Every function takes `&self` and may be called from any thread and from inside any handler call.

#![forbid(unsafe_code)]

pub mod handler;

use std::sync::Arc;

use crate::error::{Error, Result};
use handler::Handler;

/// Arguments of a connect call, as the program gave them.
#[derive(Debug, Clone, Copy)]
pub struct Connect<'a> {
    /// Host name, address, or with port 0 the path of a Unix socket.
    pub host: Option<&'a [u8]>,
    /// TCP port; 0 for a Unix socket.
    pub port: i32,
    /// Seconds.
    pub keepalive: i32,
    /// Local address to bind to; kept for later connects if given.
    pub bind_address: Option<&'a [u8]>,
    /// `None` keeps the CONNECT properties of an earlier call (`*_async`); `Some` replaces them, `Some(&[])` clears them.
    pub properties: Option<&'a [u8]>,
    /// Whether the caller waits for the connection.
    pub blocking: bool,
}

/// A message to publish, as the program gave it.
#[derive(Debug, Clone, Copy)]
pub struct Publish<'a> {
    /// Topic name.
    pub topic: Option<&'a [u8]>,
    /// The length the program said.
    pub payload_len: i32,
    /// `payload_len` bytes; `None` if the program gave NULL or a length below 1.
    pub payload: Option<&'a [u8]>,
    /// 0, 1, 2, or what the program said.
    pub qos: i32,
    /// The RETAIN flag.
    pub retain: bool,
    /// MQTT 5 properties as on the wire without the length in front; `None` if the program gave no list.
    pub properties: Option<&'a [u8]>,
}

/// An MQTT client.
pub struct Client {}

#[allow(unused_variables)]
impl Client {
    /// `mosquitto_new`: `id` of `None` asks for a generated one.
    pub fn new(
        id: Option<&[u8]>,
        clean_session: bool,
        handler: Box<dyn Handler>,
    ) -> Result<Arc<Client>> {
        Err(Error::NotSupported)
    }

    /// The handler given to [`Client::new`].
    pub fn handler(&self) -> &dyn Handler {
        unimplemented!()
    }

    /// `mosquitto_reinitialise`: as destroyed and made anew, with the same handler.
    pub fn reinitialise(&self, id: Option<&[u8]>, clean_session: bool) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_destroy`: ends threads and connection and frees what it can; the rest goes with the last `Arc`.
    pub fn close(&self) {}

    /// `mosquitto_username_pw_set`.
    pub fn set_credentials(&self, username: Option<&[u8]>, password: Option<&[u8]>) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_will_set_v5`; the arguments mean what they mean in [`Publish`].
    pub fn set_will(&self, will: &Publish<'_>) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_will_clear`.
    pub fn clear_will(&self) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_int_option`; also `mosquitto_max_inflight_messages_set`.
    pub fn set_int_option(&self, option: i32, value: i32) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_string_option`.
    pub fn set_string_option(&self, option: i32, value: Option<&[u8]>) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_threaded_set`.
    pub fn set_threaded(&self, threaded: bool) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_reconnect_delay_set`, seconds.
    pub fn set_reconnect_delay(&self, delay: u32, max: u32, exponential: bool) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// The `mosquitto_connect*` family.
    pub fn connect(&self, connect: &Connect<'_>) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_reconnect` (blocking) and `mosquitto_reconnect_async`.
    pub fn reconnect(&self, blocking: bool) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_disconnect_v5`.
    pub fn disconnect(&self, reason: i32, properties: Option<&[u8]>) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_publish_v5`. `on_mid` gets the message id before anything is written or any handler runs.
    pub fn publish(&self, message: &Publish<'_>, on_mid: &mut dyn FnMut(i32)) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_subscribe_multiple`.
    pub fn subscribe(
        &self,
        filters: &[Option<&[u8]>],
        qos: i32,
        options: i32,
        properties: Option<&[u8]>,
        on_mid: &mut dyn FnMut(i32),
    ) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_unsubscribe_multiple`.
    pub fn unsubscribe(
        &self,
        filters: &[Option<&[u8]>],
        properties: Option<&[u8]>,
        on_mid: &mut dyn FnMut(i32),
    ) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_ext_auth_continue`.
    pub fn auth_continue(
        &self,
        method: Option<&[u8]>,
        data: Option<&[u8]>,
        properties: Option<&[u8]>,
    ) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_loop`.
    pub fn run_once(&self, timeout_ms: i32, max_packets: i32) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_loop_read`.
    pub fn loop_read(&self, max_packets: i32) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_loop_write`.
    pub fn loop_write(&self, max_packets: i32) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_loop_misc`.
    pub fn loop_misc(&self) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_loop_forever`.
    pub fn run(&self, timeout_ms: i32, max_packets: i32) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_loop_start`.
    pub fn start(self: &Arc<Self>) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_loop_stop`.
    pub fn stop(&self, force: bool) -> Result<()> {
        Err(Error::NotSupported)
    }

    /// `mosquitto_socket`: the descriptor to poll, or -1.
    pub fn socket(&self) -> i32 {
        -1
    }

    /// `mosquitto_want_write`.
    pub fn want_write(&self) -> bool {
        false
    }
}
