//! Nothing lies between TCP and MQTT.

use super::exchange::{Exchange, Upgrade};
use super::tls::stream::TlsPeer;

/// What is to lie between TCP and MQTT.
#[derive(Debug, Default)]
pub struct Plan {
    /// The conversation with a proxy.
    pub proxy: Option<Box<dyn Exchange>>,
    /// TLS.
    pub tls: Option<TlsPeer>,
    /// WebSocket.
    pub web_socket: Option<Upgrade>,
}
