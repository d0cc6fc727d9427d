//! Debian's broker with TLS listeners, and the certificates to go with them.

use super::certificates::{Authority, Issued, Kind, path};
use super::clients::Address;
use super::real_broker::RealBroker;

/// The key of the listener for keys, and its name.
pub const PSK: (&str, &str) = ("identity", "0a1b2c3d");

/// A broker with TLS listeners.
pub struct TlsBroker {
    /// The broker.
    pub broker: RealBroker,
    /// Who has issued the certificates.
    pub authority: Authority,
    /// The broker's certificate, for localhost and 127.0.0.1.
    pub server: Issued,
    /// A certificate for clients.
    pub client: Issued,
}

impl TlsBroker {
    /// Starts one: server certificate; client certificates required; keys.
    pub fn start() -> TlsBroker {
        let alternative = Some("DNS:localhost,IP:127.0.0.1");
        TlsBroker::start_as(Kind { name: "localhost", alternative, ..Kind::default() })
    }

    /// The same with another certificate.
    pub fn start_as(kind: Kind<'_>) -> TlsBroker {
        let authority = Authority::new("broker's authority");
        let server = authority.issue("server", kind);
        let client = authority.issue("client", Kind { name: "client", ..Kind::default() });
        let secret = Kind { name: "client", password: Some("secret"), ..Kind::default() };
        authority.issue("encrypted", secret);
        let keys = authority.directory().join("keys");
        std::fs::write(&keys, format!("{}:{}\n", PSK.0, PSK.1)).expect("a file of keys");
        let tls = format!(
            "cafile {}\ncertfile {}\nkeyfile {}\n",
            path(&authority.certificate),
            server.certificate(),
            server.key()
        );
        let broker = RealBroker::start_with(3, |ports| {
            format!(
                "max_queued_messages 0\nlistener {} 127.0.0.1\n{tls}listener {} 127.0.0.1\n{tls}require_certificate true\n\
                 listener {} 127.0.0.1\npsk_hint hint\npsk_file {}\n",
                ports[0],
                ports[1],
                ports[2],
                path(&keys)
            )
        });
        TlsBroker { broker, authority, server, client }
    }

    /// The port with the server's certificate alone.
    pub fn port(&self) -> u16 {
        self.broker.more_ports()[0]
    }

    /// The port where clients need a certificate.
    pub fn strict_port(&self) -> u16 {
        self.broker.more_ports()[1]
    }

    /// The port for keys.
    pub fn psk_port(&self) -> u16 {
        self.broker.more_ports()[2]
    }

    /// The file of the authority.
    pub fn ca(&self) -> &str {
        path(&self.authority.certificate)
    }

    /// Where the broker is for Debian's clients, by CA file.
    pub fn by_file(&self) -> Address {
        self.by_file_and(&[])
    }

    /// The same, with further options.
    pub fn by_file_and(&self, options: &[&str]) -> Address {
        self.address(self.port(), &[&["--cafile", self.ca()], options].concat())
    }

    /// The same, by a directory of authorities.
    pub fn by_path(&self) -> Address {
        let hashed = self.authority.hashed_directory();
        self.address(self.port(), &["--capath", path(&hashed)])
    }

    /// The same, with a certificate of the client.
    pub fn by_certificate(&self) -> Address {
        let own = [self.client.certificate(), self.client.key()];
        let options = ["--cafile", self.ca(), "--cert", own[0], "--key", own[1]];
        self.address(self.strict_port(), &options)
    }

    /// The same, with the key in a file that asks for its password, "secret".
    pub fn by_encrypted_key(&self) -> Address {
        let file = |suffix| self.authority.directory().join(format!("encrypted.{suffix}"));
        let (certificate, key) = (file("crt"), file("key"));
        let own = ["--cert", path(&certificate), "--key", path(&key)];
        self.address(self.strict_port(), &[&["--cafile", self.ca()], &own[..]].concat())
    }

    /// The same, by key.
    pub fn by_key(&self) -> Address {
        self.address(self.psk_port(), &["--psk", PSK.1, "--psk-identity", PSK.0])
    }

    fn address(&self, port: u16, options: &[&str]) -> Address {
        tls_address(port, options)
    }
}

/// A port of this machine for Debian's clients, under the name that the certificates have.
pub fn tls_address(port: u16, options: &[&str]) -> Address {
    let port = port.to_string();
    let all = [&["-h", "localhost", "-p", &port], options].concat();
    Address::Options(all.into_iter().map(str::to_owned).collect())
}
