//! Debian's broker, over TCP, TLS and through a proxy, and one that is not Mosquitto.

use crate::client;
use crate::ours;
use crate::support::certificates::{Authority, Issued, Kind, path};
use crate::support::client::Client;
use crate::support::driving::{run_to, run_to_failure, run_until};
use crate::support::library::Library;
use crate::support::real_broker::RealBroker;
use crate::support::socks5_proxy::{Manner, Socks5Proxy};
use crate::support::web_broker::WebBroker;

/// Payloads around the limits of frame lengths. Debian's broker (2.0.11) is slow to get out what is large (4 KB in a tenth
/// of a second) and never gets out what is much larger than 64 KB, whatever the client.
const SIZES: [usize; 7] = [1, 2, 117, 118, 5_000, 70_000, 1_000_000];

/// Publishes and receives over WebSocket, with every QoS, small and large. Prints how many messages arrived.
fn exercise(what: &str, port: u16, versions: &[i32], sizes: &[usize], prepare: impl Fn(&Client)) {
    for &version in versions {
        let connected = |id: &str| {
            let client = client(id, version);
            prepare(&client);
            assert_eq!(client.connect("127.0.0.1", port, 60, &[]), 0);
            let mut event = None;
            run_until(&client, "CONNACK", || {
                event = client.take_event();
                event.is_some()
            });
            assert!(event.is_some_and(|event| event.starts_with("connect(0,0,")));
            client
        };
        let receiver = connected("receiver");
        let sender = connected("sender");
        assert_eq!(receiver.subscribe(&["web/#".to_owned()], 2, 0, &[]).0, 0);
        run_to(&receiver, "subscribe(1,[2],[])");
        for qos in [0, 1, 2] {
            for &size in sizes {
                let payload = vec![b'a' + qos as u8; size];
                let topic = format!("web/{qos}");
                assert_eq!(sender.publish(&topic, &payload, qos, false, &[]).0, 0);
                let mut event = None;
                run_until(&receiver, "the message", || {
                    sender.run_once(0);
                    event = event.take().or(receiver.take_event());
                    event.is_some()
                });
                let event = event.unwrap_or_default();
                let tail = format!("{size},{qos},0,[])");
                assert!(event.ends_with(&tail), "{version} {qos} {size}: {:.100}", event);
            }
        }
        run_until(&sender, "all of it", || !sender.want_write());
        for _ in 0..200 {
            assert_eq!(sender.publish("web/burst", b"x", 1, false, &[]).0, 0);
        }
        let mut count = 0;
        run_until(&receiver, "a burst", || {
            sender.run_once(0);
            count += receiver.take_events().len();
            count == 200
        });
        let messages = 3 * sizes.len() + count;
        println!(
            "{what}, version {version}: {messages} messages, QoS 0 to 2, up to {} bytes",
            sizes[sizes.len() - 1]
        );
        for client in [&sender, &receiver] {
            client.disconnect(0, &[]);
            run_until(client, "the end", || client.socket() == -1);
            assert_eq!(client.take_events().pop().as_deref(), Some("disconnect(0,[])"));
        }
    }
}

/// Debian's broker with a WebSocket listener, over TLS if there is a certificate, and its port.
fn debians_broker(certificate: Option<(&Authority, &Issued)>) -> (RealBroker, u16) {
    let broker = RealBroker::start_web(certificate);
    let port = broker.more_ports()[0];
    (broker, port)
}

#[test]
fn debians_broker_in_every_version_and_qos() {
    if ours() {
        let (_broker, port) = debians_broker(None);
        exercise("mosquitto", port, &[3, 4, 5], &SIZES[..5], |_| ());
        exercise("mosquitto", port, &[5], &SIZES[5..6], |_| ());
    }
}

#[test]
fn a_megabyte_arrives_as_it_was_sent() {
    if !ours() {
        return;
    }
    let (broker, port) = debians_broker(None);
    let scene = crate::support::clients::Address::Tcp(broker.port());
    let loader = crate::support::library::LoaderPath::new(Library::Theirs);
    let options = ["-t", "big", "-t", "ready", "-C", "2", "-N"];
    let sender = client("sender", 5);
    assert_eq!(sender.connect("127.0.0.1", port, 60, &[]), 0);
    sender.publish("ready", b"!", 1, true, &[]);
    run_until(&sender, "PUBACK", || sender.take_events().iter().any(|e| e.starts_with("publish")));
    let subscriber =
        crate::support::clients::ClientProgram::start("mosquitto_sub", &loader, &scene, &options);
    subscriber.wait_for("!");
    let payload: Vec<u8> = (0..1_000_000u32).map(|i| (i * 7 % 251) as u8).collect();
    sender.publish("big", &payload, 2, false, &[]);
    run_until(&sender, "PUBCOMP", || sender.take_events().iter().any(|e| e.starts_with("publish")));
    assert!(subscriber.finish()[1..] == payload);
}

#[test]
fn d10_debians_broker_through_a_proxy() {
    if ours() {
        let (_broker, port) = debians_broker(None);
        let proxy = Socks5Proxy::start(Manner { slow: true, ..Manner::default() });
        exercise("mosquitto, proxy", port, &[5], &SIZES[..5], |client| {
            assert_eq!(client.socks5(proxy.port(), None), 0);
        });
        assert_eq!(proxy.asked().len(), 2);
    }
}

#[test]
fn a_broker_that_is_not_mosquitto() {
    if ours() {
        if let Some(broker) = WebBroker::start("whole") {
            exercise("aedes", broker.port(), &[3, 4], &SIZES, |_| ()); // it does not know MQTT 5
        }
    }
}

#[test]
fn a_broker_that_sends_fragments_and_pings() {
    if ours() {
        if let Some(broker) = WebBroker::start("fragments") {
            let client = client("c", 4);
            assert_eq!(client.connect("127.0.0.1", broker.port(), 60, &[]), 0);
            run_to(&client, "connect(0,0,[])");
            client.subscribe(&["t".to_owned()], 1, 0, &[]);
            run_to(&client, "subscribe(1,[1],[])");
            for round in 0..50 {
                client.publish("t", &[b'x'; 300], 1, false, &[]);
                let mut got = 0;
                run_until(&client, "message and acknowledgement", || {
                    got += client.take_events().len();
                    got == 2
                });
                assert!(client.socket() >= 0, "round {round}");
            }
        }
    }
}

#[test]
fn d10_debians_broker_over_tls_and_through_a_proxy() {
    if !ours() {
        return;
    }
    let authority = Authority::new("authority");
    let alternative = Some("DNS:localhost,IP:127.0.0.1");
    let server =
        authority.issue("server", Kind { name: "localhost", alternative, ..Kind::default() });
    let (_broker, port) = debians_broker(Some((&authority, &server)));
    let trust = |client: &Client| {
        assert_eq!(client.tls_trust(Some(path(&authority.certificate)), None), 0);
    };
    exercise("mosquitto, TLS", port, &[5], &SIZES[..5], trust);
    let proxy = Socks5Proxy::start(Manner { slow: true, ..Manner::default() });
    exercise("mosquitto, proxy, TLS", port, &[4], &SIZES[..5], |client| {
        trust(client);
        assert_eq!(client.socks5(proxy.port(), None), 0);
    });
    assert_eq!(proxy.asked().len(), 2);

    // Without trust there is neither an upgrade nor a connection.
    let stranger = client("c", 4);
    let other = Authority::new("another authority");
    assert_eq!(stranger.tls_trust(Some(path(&other.certificate)), None), 0);
    let rc = match stranger.connect("127.0.0.1", port, 60, &[]) {
        0 => run_to_failure(&stranger).0,
        rc => rc,
    };
    assert!(rc == 8 || rc == 14, "{rc}");
}
