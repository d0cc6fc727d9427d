//! What lies between the program and a server, as a value: made once for an attempt, and good for each server of a domain.

use std::sync::Arc;

use crate::error::Result;
use crate::protocol::frame::{self, Frame};
use crate::transport::connect::{Service, Target, TcpOptions, To};
use crate::transport::proxy::Proxy;
use crate::transport::srv;
use crate::transport::stages::Plan;
use crate::transport::tls::context::Context;
use crate::transport::tls::stream::TlsPeer;
use crate::transport::web_socket::WebSocket;

/// The way to a server.
#[derive(Debug, Clone)]
pub struct Route {
    /// Local address.
    pub bind_address: Option<Vec<u8>>,
    /// Options of the socket.
    pub tcp: TcpOptions,
    /// Milliseconds for each server.
    pub timeout: Option<u64>,
    /// SOCKS5 proxy.
    pub proxy: Option<Proxy>,
    /// TLS.
    pub tls: Option<Arc<Context>>,
    /// WebSocket.
    pub web_socket: Option<WebSocket>,
}

impl Route {
    /// To the server at `host` and `port`; 0 is a Unix socket, but through a proxy only a number.
    pub fn to_server(&self, host: &[u8], port: u16) -> Result<Target> {
        let mut plan = Plan::default();
        if let Some(context) = &self.tls {
            plan.tls = Some(TlsPeer { context: Arc::clone(context), host: host.to_vec(), port });
        }
        if let Some(web_socket) = &self.web_socket {
            plan.web_socket = Some(web_socket.upgrade(host, port, self.tls.is_some())?);
        }
        let (mut host, mut port) = (host, port);
        if let Some(proxy) = &self.proxy {
            plan.proxy = Some(proxy.exchange(host, port)?);
            (host, port) = (&proxy.host, proxy.port);
        }
        let bind_address = self.bind_address.clone();
        let Route { tcp, timeout, .. } = *self;
        Ok(Target { host: host.to_vec(), port, bind_address, tcp, timeout, plan })
    }

    /// To the servers of a domain.
    pub fn into_domain(self, domain: &[u8]) -> To {
        let service = if self.tls.is_some() { srv::SECURE } else { srv::PLAIN };
        To::Service(Service {
            name: [service, domain].concat(),
            target: Box::new(move |host, port| self.to_server(host, port)),
        })
    }
}

/// How long the packet is that begins so, if that can be seen.
pub fn packet_len(start: &[u8]) -> Option<usize> {
    match frame::split(start, frame::NO_LIMIT) {
        Ok(Frame::Complete { len, .. } | Frame::Partial { len }) => Some(len),
        Ok(Frame::Unknown) | Err(_) => None,
    }
}
