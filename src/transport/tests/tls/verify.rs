//! Which certificate is whose.

use super::*;

/// A server's certificate, and for which hosts it will do.
type Row = (&'static str, Option<&'static str>, &'static [(&'static str, bool)]);

const TABLE: [Row; 10] = [
    (
        "other",
        Some("DNS:localhost,IP:127.0.0.1,IP:::1"),
        &[
            ("localhost", true),
            ("LOCALHOST", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("127.0.0.2", false),
            ("127.1", false),
            ("localhost.test", false),
        ],
    ),
    ("localhost", None, &[("localhost", true), ("other", false)]),
    // An address has to be in the certificate as an address.
    ("127.0.0.1", None, &[("127.0.0.1", false)]),
    ("other", Some("DNS:127.0.0.1"), &[("127.0.0.1", false)]),
    ("localhost", Some("IP:127.0.0.1"), &[("localhost", true), ("127.0.0.1", true)]),
    ("localhost", Some("DNS:other"), &[("localhost", false), ("other", true)]),
    (
        "wildcard",
        Some("DNS:*.example.test"),
        &[
            ("a.example.test", true),
            ("A.EXAMPLE.test", true),
            ("xn--a.example.test", true),
            ("a.b.example.test", false),
            ("example.test", false),
        ],
    ),
    ("*.example.test", None, &[("a.example.test", true), ("a.b.example.test", false)]),
    // A wildcard is a whole label.
    ("part", Some("DNS:f*.example.test"), &[("foo.example.test", false)]),
    ("wide", Some("DNS:*.test,DNS:*"), &[("example.test", false), ("localhost", false)]),
];

#[test]
fn names_and_addresses() {
    let context = context(trusting());
    for (number, (name, alternative, hosts)) in TABLE.into_iter().enumerate() {
        let kind = Kind { name, alternative, ..Kind::default() };
        let issued = authority().issue(&format!("verify{number}"), kind);
        let server = echo(Setup { certificate: Some(issued), ..Setup::default() });
        for (host, good) in hosts {
            let (result, lines) = connect(&context, host, server.port());
            let row = format!("{name} {alternative:?} for {host}: {lines:?}");
            assert_eq!(result.map(|_| ()), if *good { Ok(()) } else { Err(Error::Tls) }, "{row}");
            assert_eq!(says(&lines, "Error: host name verification failed."), !good, "{row}");
        }
    }
}

#[test]
fn a_unix_socket_has_no_name_to_check() {
    let server = echo(setup());
    let tls = TlsPeer { context: context(trusting()), host: b"/run/socket".to_vec(), port: 0 };
    let plan = Plan { tls: Some(tls), ..Plan::default() };
    let target = Target { plan, ..tcp("127.0.0.1", server.port()) };
    assert!(drive(&mut Connector::start(target, clock::now()).unwrap()).is_ok());
}

#[test]
fn chains() {
    let authority = authority();
    let host = Some("DNS:localhost");
    let kind = Kind { name: "localhost", alternative: host, ..Kind::default() };
    let between =
        authority.issue("between", Kind { name: "between", authority: true, ..Kind::default() });
    let stranger = Authority::new("stranger");
    let rows = [
        (authority.issue("plain", kind), None),
        (authority.issue("chain", Kind { intermediate: Some(&between), ..kind }), None),
        (authority.issue("expired", Kind { expired: true, ..kind }), Some("has expired")),
        (
            authority.issue("client", Kind { usage: Some("clientAuth"), ..kind }),
            Some("unsuitable certificate purpose"),
        ),
        (authority.issue("server", Kind { usage: Some("serverAuth"), ..kind }), None),
        (stranger.issue("strange", kind), Some("unable to get local issuer certificate")),
    ];
    for (issued, refused) in rows {
        let server = echo(Setup { certificate: Some(issued.clone()), ..Setup::default() });
        let (result, lines) = connect(&context(trusting()), "localhost", server.port());
        assert_eq!(result.is_ok(), refused.is_none(), "{issued:?}: {lines:?}");
        if let Some(reason) = refused {
            assert_eq!(result.map(|_| ()), Err(Error::Tls));
            assert!(says(&lines, reason), "{issued:?}: {lines:?}");
            assert!(says(&lines, "0A000086:SSL routines::certificate verify failed"), "{lines:?}");
        }
        // Without any verification every one of them will do.
        let lax = context(TlsConfig { verify: false, ..trusting() });
        let (result, lines) = connect(&lax, "localhost", server.port());
        assert!(result.is_ok(), "{issued:?}: {lines:?}");
    }
}

#[test]
fn insecure_means_the_name_only() {
    let insecure = context(TlsConfig { insecure: true, ..trusting() });
    let server = echo(setup());
    assert!(connect(&insecure, "other.test", server.port()).0.is_ok());
    let stranger = Authority::new("stranger");
    let issued = stranger.issue("localhost", Kind { name: "localhost", ..Kind::default() });
    let server = echo(Setup { certificate: Some(issued), ..Setup::default() });
    let (result, lines) = connect(&insecure, "localhost", server.port());
    assert_eq!(result.map(|_| ()), Err(Error::Tls), "{lines:?}");
}

#[test]
fn trust_by_directory_and_by_both() {
    let server = echo(setup());
    let hashed = certificates::path(&authority().hashed_directory()).as_bytes().to_vec();
    let by_directory = TlsConfig { ca_path: Some(hashed.clone()), ..TlsConfig::default() };
    let stranger = Authority::new("stranger");
    let strange = certificates::path(&stranger.certificate).as_bytes().to_vec();
    let by_both = TlsConfig { ca_path: Some(hashed), ca_file: Some(strange.clone()), ..trusting() };
    for config in [by_directory, by_both] {
        let (result, lines) = connect(&context(config), "localhost", server.port());
        assert!(result.is_ok(), "{lines:?}");
    }
    let nobody = TlsConfig { ca_path: Some(b"/nonexistent".to_vec()), ..TlsConfig::default() };
    let (result, lines) = connect(&context(nobody), "localhost", server.port());
    assert_eq!(result.map(|_| ()), Err(Error::Tls), "{lines:?}");
}
