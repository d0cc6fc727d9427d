//! Connections through a SOCKS5 proxy: Debian's clients through a proxy that works, our library with proxies that do not.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks, threads and sockets are refused to the protocol, not to its tests"
)]

mod support;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use support::client::{Client, Prop, Style};
use support::clients::Address;
use support::driving::{external_loop, run_to, run_to_failure, run_until, wait_for_event};
use support::library::Library;
use support::real_broker::RealBroker;
use support::scenarios::{Scene, VERSIONS};
use support::server::{CONNACK, Connection, LIMIT, Server};
use support::socks5_proxy::{Bound, Manner, Socks5Proxy};
use support::tls_broker::TlsBroker;

/// What a client sends to be connected to this name and port 1883, before and after the proxy chose a method.
const GREETING: &[u8] = b"\x05\x01\0";
const REQUEST: &[u8] = b"\x05\x01\0\x03\x0ebroker.example\x07\x5b";
const NAME: &str = "broker.example";
/// A reply with an IPv4 address.
const GRANTED: &[u8] = b"\x05\0\0\x01\x0a\0\0\x01\x04\x38";

/// Debian's clients on their way through `proxy` to `host` and `port`.
fn through(proxy: &Socks5Proxy, login: &str, host: &str, port: u16) -> Address {
    let proxy = format!("socks5h://{login}127.0.0.1:{}", proxy.port());
    let options = ["-h", host, "-p", &port.to_string(), "--proxy", &proxy];
    Address::Options(options.map(str::to_owned).to_vec())
}

fn login() -> Option<(String, String)> {
    Some(("alice".to_owned(), "s3cret".to_owned()))
}

#[test]
fn debians_clients_in_every_version_and_qos_with_and_without_login() {
    let broker = RealBroker::start("");
    let names = || HashMap::from([("broker.inside".to_owned(), IpAddr::V4(Ipv4Addr::LOCALHOST))]);
    for library in Library::selected() {
        for login in [None, login()] {
            let text = login.as_ref().map_or(String::new(), |(u, p)| format!("{u}:{p}@"));
            let manner = Manner { login, names: names(), ..Manner::default() };
            let proxy = Socks5Proxy::start(manner);
            let address = through(&proxy, &text, "broker.inside", broker.port());
            let scene = Scene::new(library, address, &format!("socks5/{}", text.len()));
            for version in VERSIONS {
                for qos in ["0", "1", "2"] {
                    scene.message(version, qos);
                }
            }
            scene.large_payload("mqttv5");
            let asked = proxy.asked();
            let expected = format!("broker.inside:{}", broker.port());
            assert!(asked.len() >= 27 && asked.iter().all(|host| *host == expected), "{asked:?}");
        }
    }
}

#[test]
fn d10_slow_proxies_and_addresses_of_every_type() {
    if !Library::Ours.is_selected() {
        return;
    }
    let broker = RealBroker::start("");
    let bounds = [None, Some(Bound::V6), Some(Bound::Name("gateway.inside".to_owned()))];
    let empty = Some(Bound::Name(String::new()));
    for (at, bound) in bounds.into_iter().chain([empty]).enumerate() {
        let manner = Manner { login: login(), slow: true, bound, ..Manner::default() };
        let proxy = Socks5Proxy::start(manner);
        for host in ["127.0.0.1", "localhost"] {
            let address = through(&proxy, "alice:s3cret@", host, broker.port());
            Scene::new(Library::Ours, address, &format!("slow/{at}/{host}")).message("mqttv5", "2");
            assert_eq!(proxy.asked().pop(), Some(format!("{host}:{}", broker.port())));
        }
    }
}

#[test]
fn tls_through_the_proxy_proves_the_name_of_the_server() {
    let broker = TlsBroker::start();
    let proxy = Socks5Proxy::start(Manner { login: login(), ..Manner::default() });
    let tls = ["--cafile", broker.ca()].map(str::to_owned);
    for library in Library::selected() {
        let address = match through(&proxy, "alice:s3cret@", "localhost", broker.port()) {
            Address::Options(options) => Address::Options([&options[..], &tls].concat()),
            other => other,
        };
        let scene = Scene::new(library, address, "socks5/tls");
        for qos in ["0", "1", "2"] {
            scene.message("mqttv5", qos);
        }
        scene.large_payload("mqttv311");
    }
    if ours() {
        // The certificate is not for this name, though it leads to the same broker.
        let names = HashMap::from([("other.inside".to_owned(), IpAddr::V4(Ipv4Addr::LOCALHOST))]);
        let proxy = Socks5Proxy::start(Manner { names, ..Manner::default() });
        let client = Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation);
        assert_eq!(client.tls_trust(Some(broker.ca()), None), 0);
        assert_eq!(client.socks5(proxy.port(), None), 0);
        assert_eq!(client.connect("other.inside", broker.port(), 60, &[]), 0);
        let (rc, _) = run_to_failure(&client);
        assert!(rc == 8 || rc == 14, "{rc}");
        assert_eq!(client.take_events(), [format!("disconnect({rc},[])")]);
    }
}

/// A client of ours and a proxy that plays `script`.
fn with_proxy<T: Send + 'static>(
    version: i32,
    login: Option<(&str, Option<&str>)>,
    script: impl FnOnce(&mut Connection) -> T + Send + 'static,
) -> (Client, Server<T>) {
    let server = Server::start(|door| script(&mut door.accept()));
    let client = Client::new(Library::Ours, Some("c"), true, version, Style::Conversation);
    assert_eq!(client.socks5(server.port(), login), 0);
    (client, server)
}

fn ours() -> bool {
    Library::Ours.is_selected()
}

#[test]
fn every_failure_has_its_code() {
    if !ours() {
        return;
    }
    let chosen = [b"\x05\x02".to_vec(), b"\x05\x02\x01\0".to_vec()];
    let [login, passed] = chosen;
    let mut rows = vec![
        ("no proxy at all", b"\x04".to_vec(), 16),
        ("no method", b"\x05\xff".to_vec(), 11),
        ("a method nobody offered", b"\x05\x01".to_vec(), 11),
        ("not the version of logins", [&login[..], b"\x05\0"].concat(), 16),
        ("not the version in the reply", [&passed[..], b"\x04"].concat(), 16),
        ("an unknown type of address", [&passed[..], b"\x05\0\0\x02"].concat(), 2),
        ("the end in the middle", passed[..3].to_vec(), 16),
        ("the end before the reply", passed.clone(), 16),
    ];
    for (code, rc) in
        [(1, 16), (2, 11), (3, 4), (4, 4), (5, 4), (6, 16), (7, 16), (8, 16), (9, 3), (255, 3)]
    {
        rows.push(("a refused login", [&login[..], &[1, code]].concat(), rc));
        rows.push(("a refused connection", [&passed[..], &[5, code]].concat(), rc));
    }
    for (what, answer, expected) in rows {
        for slow in [false, true] {
            let answer = answer.clone();
            let (client, server) = with_proxy(4, Some(("alice", Some("s3cret"))), move |proxy| {
                if slow {
                    proxy.send_slowly(&answer);
                } else {
                    proxy.send(&answer);
                }
                proxy.end();
                proxy.rest()
            });
            assert_eq!(client.connect(NAME, 1883, 60, &[]), 0, "{what}: the loop tells");
            let (rc, _) = run_to_failure(&client);
            assert_eq!(rc, expected, "{what}");
            assert_eq!(client.take_events(), [format!("disconnect({expected},[])")], "{what}");
            assert_eq!(client.socket(), -1, "{what}");
            let log = client.log();
            assert!(
                log.iter().any(|(level, text)| *level == 8 && text.contains("SOCKS5")),
                "{log:?}"
            );
            server.finish();
        }
    }
}

#[test]
fn a_reset_is_a_lost_connection() {
    if !ours() {
        return;
    }
    let server = Server::start(|door| {
        let mut proxy = door.accept();
        proxy.expect(GREETING);
        proxy.reset();
    });
    let client = Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation);
    client.socks5(server.port(), None);
    assert_eq!(client.connect(NAME, 1883, 60, &[]), 0);
    assert_eq!(run_to_failure(&client).0, 7);
    server.finish();
}

#[test]
fn d10_a_method_that_was_not_offered_is_refused() {
    if !ours() {
        return;
    }
    let (client, server) = with_proxy(4, None, |proxy| {
        proxy.expect(GREETING);
        proxy.send(b"\x05\x02");
        proxy.rest()
    });
    client.connect(NAME, 1883, 60, &[]);
    assert_eq!(run_to_failure(&client).0, 11);
    assert_eq!(server.finish(), b"", "nothing more is said");
}

#[test]
fn d10_a_missing_password_is_empty() {
    if !ours() {
        return;
    }
    let (client, server) = with_proxy(4, Some(("alice", None)), |proxy| {
        proxy.expect(b"\x05\x02\0\x02");
        proxy.send(b"\x05\x02");
        proxy.expect(b"\x01\x05alice\0");
        proxy.send(b"\x01\0");
        proxy.expect(REQUEST);
    });
    client.connect(NAME, 1883, 60, &[]);
    run_until(&client, "the request", || server.is_finished());
    server.finish();
}

#[test]
fn d11_d12_properties_arrive_and_what_is_published_early_waits() {
    if !ours() {
        return;
    }
    let (client, server) = with_proxy(5, None, |proxy| {
        proxy.expect(GREETING);
        proxy.send(b"\x05\0");
        proxy.expect(REQUEST);
        proxy.send(GRANTED);
        let connect = proxy.packet();
        // Session Expiry Interval of an hour, and the default Receive Maximum.
        let properties: &[u8] = b"\x05\x02\0\x3c\x08\x11\0\0\x0e\x10\x21\0\x14";
        assert!(connect.windows(properties.len()).any(|part| part == properties), "{connect:x?}");
        proxy.send(b"\x20\x03\0\0\0");
        assert_eq!(proxy.packet(), b"\x30\x09\0\x05early\0!");
        assert_eq!(proxy.packet(), b"\x30\x08\0\x04late\0!");
    });
    let expiry = Prop { id: 17, value: "3600".to_owned() };
    assert_eq!(client.connect(NAME, 1883, 60, &[expiry]), 0);
    assert_eq!(client.publish("early", b"!", 0, false, &[]).0, 0);
    run_to(&client, "publish(1,0,[])");
    run_to(&client, "connect(0,0,[])");
    assert_eq!(client.publish("late", b"!", 0, false, &[]).0, 0);
    run_until(&client, "both messages", || server.is_finished());
    server.finish();
}

#[test]
fn d10_everything_behind_the_reply_is_mqtt() {
    if !ours() {
        return;
    }
    let (client, server) = with_proxy(4, None, |proxy| {
        proxy.expect(GREETING);
        proxy.send(b"\x05\0");
        proxy.expect(REQUEST);
        // A server that cannot wait: CONNACK and a message in the segment of the reply.
        proxy.send(&[GRANTED, CONNACK, b"\x30\x04\0\x01th"].concat());
        proxy.packet();
        proxy.rest()
    });
    client.connect(NAME, 1883, 60, &[]);
    run_to(&client, "connect(0,0,[])");
    run_to(&client, "message(0,t,h,1,0,0,[])");
    drop(client);
    server.finish();
}

#[test]
fn an_external_loop_gets_through_without_spinning() {
    if !ours() {
        return;
    }
    let (client, server) = with_proxy(4, None, |proxy| {
        proxy.expect(GREETING);
        proxy.send_slowly(b"\x05\0");
        proxy.expect(REQUEST);
        proxy.send_slowly(GRANTED);
        proxy.packet();
        proxy.send(CONNACK);
        proxy.rest()
    });
    assert_eq!(client.connect_async(NAME, 1883, 60), 0);
    let turns = external_loop(&client);
    assert!(turns < 40, "{turns} turns for 13 single bytes and CONNACK");
    drop(client);
    server.finish();
}

#[test]
fn a_stop_is_noticed_wherever_the_loop_is_at_the_moment() {
    if !ours() {
        return;
    }
    let server = Server::start(|door| {
        // Every client greets, and is left alone.
        while door.wait(Duration::from_secs(1)) {
            std::mem::forget(door.accept());
        }
    });
    let client = Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation);
    client.socks5(server.port(), None);
    for round in 0..600 {
        assert_eq!(client.loop_start(), 0);
        assert_eq!(client.connect_async(NAME, 1883, 60), 0);
        let moment = Instant::now() + Duration::from_micros(round % 200);
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        let begun = Instant::now();
        assert_eq!(client.loop_stop(true), 0);
        // One that is not noticed lasts until the keepalive is over; how quick it is, `tests/transports.rs` measures.
        assert!(begun.elapsed() < LIMIT, "round {round}: {:?}", begun.elapsed());
    }
    server.finish();
}

#[test]
fn the_loop_connects_again_through_the_proxy() {
    if !ours() {
        return;
    }
    let server = Server::start(|door| {
        for round in 0..3 {
            let mut proxy = door.accept();
            proxy.expect(GREETING);
            if round == 0 {
                proxy.send(b"\x05\0\x05\x04"); // host unreachable: it may come back
                continue;
            }
            proxy.send(b"\x05\0");
            proxy.expect(REQUEST);
            proxy.send(GRANTED);
            proxy.packet();
            proxy.send(CONNACK);
            if round == 2 {
                proxy.rest();
            }
        }
    });
    let client = Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation);
    client.socks5(server.port(), None);
    client.connect(NAME, 1883, 60, &[]);
    client.loop_start();
    for expected in ["disconnect(4,[])", "connect(0,0,[])", "disconnect(7,[])", "connect(0,0,[])"] {
        wait_for_event(&client, expected);
    }
    drop(client);
    server.finish();
}

#[test]
fn arguments() {
    if !ours() {
        return;
    }
    let client = Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation);
    let long = "x".repeat(256);
    assert_eq!(client.socks5(0, None), 3);
    assert_eq!(client.socks5(1, Some((&long, None))), 3);
    assert_eq!(client.socks5(1, Some(("u", Some(&long)))), 3);
    assert_eq!(client.socks5(1, Some((&long[1..], Some(&long[1..])))), 0);
    // A name that does not fit into the request.
    let server = Server::start(|_| ());
    client.socks5(server.port(), None);
    assert_eq!(client.connect(&long, 1883, 60, &[]), 1);
    server.finish();
}

#[test]
fn a_proxy_whose_login_was_refused_is_not_gone_around() {
    if !ours() {
        return;
    }
    let server = Server::start(|door| {
        let mut proxy = door.accept();
        proxy.expect(GREETING);
    });
    let client = Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation);
    assert_eq!(client.socks5(server.port(), Some((&"x".repeat(256), None))), 3);
    client.connect(NAME, 1883, 60, &[]);
    server.finish();
}
