//! From a TCP connection to a stream that carries MQTT: SOCKS5, then TLS, then the WebSocket upgrade, each only if asked
//! for, never waiting.

use std::fmt::Debug;
use std::io::IoSlice;

use super::exchange::{Exchange, Upgrade};
use super::log::{LogLine, Severity};
use super::poll::PollEntry;
use super::stream::{Read, Stream, Written};
use super::tls::stream::TlsPeer;
use crate::error::Result;

/// Bytes read at once while a conversation does not say less.
const CHUNK: usize = 4096;

/// What is to lie between TCP and MQTT. The default is nothing.
#[derive(Debug, Default)]
pub struct Plan {
    /// The conversation with the proxy that the TCP connection goes to.
    pub proxy: Option<Box<dyn Exchange>>,
    /// TLS.
    pub tls: Option<TlsPeer>,
    /// WebSocket.
    pub web_socket: Option<Upgrade>,
}

/// A connection on its way through the plan. Dropping it closes it.
#[derive(Debug)]
pub(super) struct Stages {
    stream: Stream,
    plan: Plan,
    /// The TLS handshake has begun.
    greeted: bool,
    lines: Vec<LogLine>,
}

impl Stages {
    /// Nothing happens before `advance`.
    pub fn new(stream: Stream, plan: Plan) -> Stages {
        Stages { stream, plan, greeted: false, lines: Vec::new() }
    }

    /// Goes on as far as is possible without waiting; answers whether everything is done.
    pub fn advance(&mut self) -> Result<bool> {
        if let Some(proxy) = &mut self.plan.proxy {
            let rest = converse(&self.stream, &mut **proxy);
            self.lines.extend(proxy.complaint().map(complaint));
            if rest?.is_none() {
                return Ok(false);
            }
            self.plan.proxy = None;
        }
        if !self.secure()? {
            return Ok(false);
        }
        if let Some(upgrade) = &mut self.plan.web_socket {
            let rest = converse(&self.stream, &mut *upgrade.exchange);
            self.lines.extend(upgrade.exchange.complaint().map(complaint));
            let Some(rest) = rest? else {
                return Ok(false);
            };
            if let Some(upgrade) = self.plan.web_socket.take() {
                self.stream.add_framing(upgrade.framing, rest);
            }
        }
        Ok(true)
    }

    /// Goes on with TLS; answers whether it is done.
    fn secure(&mut self) -> Result<bool> {
        let Some(peer) = &self.plan.tls else { return Ok(true) };
        if !self.greeted {
            self.stream.add_tls(peer).map_err(|failure| {
                self.lines.extend(failure.lines);
                failure.error
            })?;
            self.greeted = true;
        }
        if self.stream.handshake()? {
            self.plan.tls = None;
        }
        Ok(self.plan.tls.is_none())
    }

    /// Lines for the log since the last call.
    pub fn take_log(&mut self) -> Vec<LogLine> {
        let mut lines = std::mem::take(&mut self.lines);
        lines.extend(self.stream.take_log());
        lines
    }

    /// What to poll until the next `advance`; with nothing to do it is ready at once.
    pub fn entry(&self) -> PollEntry {
        let has_output = match (&self.plan.proxy, &self.plan.tls, &self.plan.web_socket) {
            (Some(proxy), _, _) => !proxy.output().is_empty(),
            (None, Some(_), _) => !self.greeted,
            (None, None, Some(upgrade)) => !upgrade.exchange.output().is_empty(),
            (None, None, None) => true,
        };
        PollEntry::new(self.stream.descriptor(), self.stream.interest(has_output))
    }

    /// The connection, as far as it stands.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The connection, when `advance` has answered that it is done.
    pub fn into_stream(self) -> Stream {
        self.stream
    }
}

fn complaint(text: String) -> LogLine {
    LogLine::new(Severity::Error, format!("Error: {text}."))
}

/// Goes on with a conversation. When it is over, answers what the peer has sent behind it.
fn converse(stream: &Stream, exchange: &mut dyn Exchange) -> Result<Option<Vec<u8>>> {
    let mut buffer = [0; CHUNK];
    loop {
        while !exchange.output().is_empty() {
            match stream.write(&[IoSlice::new(exchange.output())])? {
                Written::Bytes(count) => exchange.sent(count),
                Written::WouldBlock => return Ok(None),
            }
        }
        if exchange.is_done() {
            return Ok(Some(Vec::new()));
        }
        let wanted = exchange.wanted().clamp(1, CHUNK);
        match stream.read(buffer.get_mut(..wanted).unwrap_or_default())? {
            Read::Data(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                let consumed = exchange.receive(bytes)?;
                if exchange.is_done() {
                    return Ok(Some(bytes.get(consumed..).unwrap_or_default().to_vec()));
                }
            }
            Read::WouldBlock => return Ok(None),
            Read::Eof => return Err(exchange.ended()),
        }
    }
}
