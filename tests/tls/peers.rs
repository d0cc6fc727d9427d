//! `openssl s_server`, which is nobody's test code.

use std::io::Write;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;

use super::support::c_program::Running;
use super::support::client::tls::{ALPN, OCSP_REQUIRED};
use super::support::scripted_broker::Output;
use super::*;

/// A server whose input and output are the bytes of its connections.
struct Server {
    running: Option<Running>,
    stdin: ChildStdin,
    stdout: Arc<Output>,
    port: u16,
}

impl Server {
    fn start(options: &[&str]) -> Server {
        let (_, issued) = authority();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut command = Command::new("openssl");
        command.args(["s_server", "-accept", &format!("127.0.0.1:{port}")]);
        command.args(["-cert", issued.certificate(), "-key", issued.key()]).args(options);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child: Child = command.spawn().expect("openssl: apt-get install openssl");
        let stdin = child.stdin.take().unwrap();
        let stdout = Arc::new(Output::default());
        let running = Running::watch(child, stdout.clone());
        stdout.wait_for("ACCEPT", LIMIT).expect("it listens");
        Server { running: Some(running), stdin, stdout, port }
    }

    /// Lets `client` connect, answering its CONNECT.
    fn welcome(&mut self, client: &Client) {
        let before = self.count("MQTT");
        assert_eq!(client.connect("localhost", self.port, 60, &[]), SUCCESS);
        let deadline = Instant::now() + LIMIT;
        while self.count("MQTT") == before {
            assert!(Instant::now() < deadline, "{} {:?}", self.stdout.text(), client.log());
            client.run_once(10);
        }
        self.stdin.write_all(&[0x20, 2, 0, 0]).unwrap();
        run_until(client, "connect(0");
    }

    fn count(&self, text: &str) -> usize {
        self.stdout.text().matches(text).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill();
        }
    }
}

use std::net::TcpListener;

#[test]
fn application_protocols() {
    let mut server = Server::start(&["-alpn", "mqtt"]);
    let client = client("protocol");
    assert_eq!(client.string_option(ALPN, Some(b"mqtt")), SUCCESS);
    server.welcome(&client);
    assert!(server.count("ALPN protocols selected: mqtt") == 1, "{}", server.stdout.text());
}

#[test]
fn sessions_are_resumed() {
    for version in ["-tls1_2", "-tls1_3"] {
        let mut server = Server::start(&[version]);
        let client = client("resuming");
        for round in 0..3 {
            server.welcome(&client);
            wait_until("a short handshake", || server.count("Reused session-id") == round);
        }
    }
}

#[test]
fn stapled_responses() {
    let (authority, issued) = authority();
    let other = authority.issue("s-other", Kind { name: "localhost", ..Kind::default() });
    let good = "V\t400101000000Z\t";
    let revoked = "R\t400101000000Z\t240101000000Z,keyCompromise";
    let response = |file, subject, status| Some(authority.ocsp_response(file, subject, status));
    let rows = [
        (response("s-good", issued, good), None),
        (response("s-revoked", issued, revoked), Some("keyCompromise (1)")),
        (response("s-another", &other, good), Some("not for the certificate of the server")),
        (None, Some("OCSP: no response")),
    ];
    for (file, refused) in rows {
        let mut options = vec![];
        if let Some(file) = &file {
            options.extend(["-status_file", path(file)]);
        }
        let mut server = Server::start(&options);
        let client = client("stapled");
        assert_eq!(client.int_option(OCSP_REQUIRED, 1), SUCCESS);
        match refused {
            None => server.welcome(&client),
            Some(reason) => {
                assert_eq!(client.connect("localhost", server.port, 60, &[]), SUCCESS);
                run_until(&client, &format!("disconnect({TLS}"));
                assert!(logged(&client, reason), "{:?}", client.log());
                assert!(logged(&client, "invalid status response"), "{:?}", client.log());
            }
        }
    }
}
