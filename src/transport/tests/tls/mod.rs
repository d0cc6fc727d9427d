//! TLS against servers inside the test: every certificate, every way to fail, every direction of waiting.

mod context;
mod errors;
mod handshake;
mod ocsp;
mod psk;
mod records;
mod resumption;
mod verify;

#[allow(dead_code)]
#[path = "../../../../tests/support/certificates.rs"]
mod certificates;
#[allow(dead_code)]
#[path = "../../../../tests/support/tls_server.rs"]
mod tls_server;

use std::sync::{Arc, OnceLock};

use certificates::{Authority, Issued, Kind};
use tls_server::{Connection, Setup, TlsServer};

use super::support::{LIMIT_MS, drive, tcp};
use crate::error::{Error, Result};
use crate::transport::clock;
use crate::transport::connect::{Connector, Target};
use crate::transport::log::LogLine;
use crate::transport::poll::{self, PollEntry};
use crate::transport::stages::Plan;
use crate::transport::stream::{Read, Stream};
use crate::transport::tls::config::TlsConfig;
use crate::transport::tls::context::Context;
use crate::transport::tls::stream::TlsPeer;

/// The authority that all tests trust.
fn authority() -> &'static Authority {
    static AUTHORITY: OnceLock<Authority> = OnceLock::new();
    AUTHORITY.get_or_init(|| Authority::new("trusted"))
}

/// A certificate for localhost and 127.0.0.1.
fn localhost() -> &'static Issued {
    static ISSUED: OnceLock<Issued> = OnceLock::new();
    ISSUED.get_or_init(|| {
        let alternative = Some("DNS:localhost,IP:127.0.0.1,IP:::1");
        authority().issue("localhost", Kind { name: "localhost", alternative, ..Kind::default() })
    })
}

/// A server with that certificate.
fn setup() -> Setup {
    Setup { certificate: Some(localhost().clone()), ..Setup::default() }
}

/// A server that sends back what it gets, until the client ends the stream.
fn echo(setup: Setup) -> TlsServer {
    TlsServer::start(setup, |connection| {
        if connection.accept().is_ok() {
            send_back(connection);
        }
    })
}

fn send_back(connection: &mut Connection) {
    loop {
        let bytes = connection.read();
        if bytes.is_empty() || !connection.write(&bytes) {
            break;
        }
    }
    connection.close();
}

/// Settings that trust the authority of the tests.
fn trusting() -> TlsConfig {
    let file = certificates::path(&authority().certificate);
    TlsConfig { ca_file: Some(file.into()), ..TlsConfig::default() }
}

/// A context, which must be possible.
fn context(config: TlsConfig) -> Arc<Context> {
    match Context::get(&Arc::new(config), None) {
        Ok(context) => context,
        Err(failure) => panic!("{failure:?}"),
    }
}

/// An attempt at a TLS connection to a port of 127.0.0.1, as the server that the program knows as `host`.
fn attempt(context: &Arc<Context>, host: &str, port: u16) -> Connector {
    let tls = TlsPeer { context: Arc::clone(context), host: host.into(), port };
    let plan = Plan { tls: Some(tls), ..Plan::default() };
    let target = Target { plan, ..tcp("127.0.0.1", port) };
    Connector::start(target, clock::now()).expect("TCP connects")
}

/// The same to its end: the stream or the error, and what there is to say.
fn connect(context: &Arc<Context>, host: &str, port: u16) -> (Result<Stream>, Vec<LogLine>) {
    let mut attempt = attempt(context, host, port);
    let result = drive(&mut attempt);
    let mut lines = attempt.take_log();
    if let Ok(stream) = &result {
        lines.extend(stream.take_log());
    }
    (result, lines)
}

/// Whether one of the lines has this in it.
fn says(lines: &[LogLine], text: &str) -> bool {
    lines.iter().any(|line| line.text.contains(text))
}

/// Waits until the stream is ready for what it needs.
fn wait(stream: &Stream, have_output: bool) {
    if stream.has_buffered_input() {
        return;
    }
    let mut entries = [PollEntry::new(stream.descriptor(), stream.interest(have_output))];
    let ready = poll::poll(&mut entries, Some(LIMIT_MS as u32)).expect("poll");
    assert_eq!(ready, 1, "not ready in time");
}

/// Reads as many bytes.
fn read_exactly(stream: &Stream, count: usize) -> Vec<u8> {
    let mut all = vec![0; count];
    let mut filled = 0;
    while filled < count {
        match stream.read(&mut all[filled..]).expect("read") {
            Read::Data(more) => filled += more,
            Read::WouldBlock => wait(stream, false),
            Read::Eof => panic!("the stream ended after {filled} bytes"),
        }
    }
    all
}

/// Reads until something else than data comes: `None` for the end of the stream.
fn read_to_end(stream: &Stream) -> Option<Error> {
    let mut buffer = [0; 1000];
    loop {
        match stream.read(&mut buffer) {
            Ok(Read::Data(_)) => {}
            Ok(Read::WouldBlock) => wait(stream, false),
            Ok(Read::Eof) => return None,
            Err(error) => return Some(error),
        }
    }
}
