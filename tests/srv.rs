//! `mosquitto_connect_srv`: with a name server of our own in a network of our own, and, where that is not allowed, with a
//! resolver loaded before the C library's.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks, threads and sockets are refused to the protocol, not to its tests"
)]

mod support;

use std::net::Ipv4Addr;
use std::process::Command;
use std::time::{Duration, Instant};

use support::c_program::{Headers, Running, compile, root};
use support::client::{Client, Style};
use support::dns::{Answer, NameServer, message};
use support::driving::{external_loop, run_to, run_to_failure, run_until, wait_for_event};
use support::library::{Library, LoaderPath};
use support::network::in_own_network;
use support::server::{CONNACK, Connection, LIMIT, Server};

const DOMAIN: &str = "example.test";
const NAME: &str = "_mqtt._tcp.example.test";
/// No server listens there.
const CLOSED: u16 = 1;
/// `MOSQ_OPT_TLS_USE_OS_CERTS`
const TLS_USE_OS_CERTS: i32 = 13;

fn alone(name: &str, body: impl FnOnce(&NameServer)) {
    alone_with(name, "timeout:1 attempts:1", body);
}

/// `options` are those of the resolver.
fn alone_with(name: &str, options: &str, body: impl FnOnce(&NameServer)) {
    if Library::Ours.is_selected() {
        let resolv_conf = &format!("nameserver 127.0.0.1\nsearch inside.test\noptions {options}\n");
        in_own_network(name, resolv_conf, || {
            let names = NameServer::start();
            for host in ["a.test", "b.test"] {
                names.set(host, Some(Answer::Address(Ipv4Addr::LOCALHOST)));
            }
            body(&names);
        });
    }
}

fn client() -> Client {
    Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation)
}

/// A broker that accepts one client and waits for its end.
fn broker() -> Server<()> {
    Server::start(|door| serve(&mut door.accept()))
}

fn serve(server: &mut Connection) {
    server.packet();
    server.send(CONNACK);
    server.rest();
}

fn servers(servers: &[(u16, u16, u16, &'static str)]) -> Option<Answer> {
    Some(Answer::Servers(servers.to_vec()))
}

#[test]
fn d22_servers_are_tried_in_order_and_by_every_loop() {
    alone("d22_servers_are_tried_in_order_and_by_every_loop", |names| {
        for how in ["loop", "loop_start", "external"] {
            let (wrong, good) = (Server::start(|_| ()), broker());
            wrong.finish();
            // The last would be taken by who looks at the order of the answer, the first two do not work.
            let list = [
                (9, 0, CLOSED, "b.test"),
                (1, 0, CLOSED, "a.test"),
                (2, 0, 1883, "missing.test"),
                (3, 0, good.port(), "b.test"),
            ];
            names.set(NAME, servers(&list));
            let client = client();
            assert_eq!(client.connect_srv(DOMAIN, 60), 0);
            assert!(client.socket() >= 0, "there is something to poll");
            match how {
                "loop" => run_to(&client, "connect(0,0,[])"),
                "loop_start" => {
                    client.loop_start();
                    wait_for_event(&client, "connect(0,0,[])");
                }
                _ => {
                    external_loop(&client);
                }
            }
            drop(client);
            good.finish();
        }
        assert_eq!(names.asked(), [NAME; 3]);
    });
}

#[test]
fn d22_every_connection_asks_anew() {
    alone("d22_every_connection_asks_anew", |names| {
        let first = Server::start(|door| {
            let mut server = door.accept();
            server.packet();
            server.send(CONNACK);
        });
        let second = broker();
        names.set(NAME, servers(&[(1, 0, first.port(), "a.test")]));
        let client = client();
        client.connect_srv(DOMAIN, 60);
        run_to(&client, "connect(0,0,[])");
        names.set(NAME, servers(&[(1, 0, second.port(), "b.test")]));
        client.loop_start();
        wait_for_event(&client, "disconnect(7,[])");
        wait_for_event(&client, "connect(0,0,[])");
        drop(client);
        first.finish();
        second.finish();
        assert_eq!(names.asked(), [NAME; 2]);
    });
}

#[test]
fn a_domain_without_servers_is_told_and_asked_for_again() {
    alone("a_domain_without_servers_is_told_and_asked_for_again", |names| {
        let garbage = Some(Answer::Garbage(b"\xc0\x0c\0\x21\0\x01".to_vec()));
        for (answer, status) in [
            (None, 4),
            (servers(&[]), 1),
            (servers(&[(0, 0, 0, ".")]), 1),
            (garbage, 10),
            (Some(Answer::Silence), 12),
        ] {
            // What the resolver asks for next when it got no good answer.
            let silence = matches!(answer, Some(Answer::Silence)).then_some(Answer::Silence);
            names.set(&format!("{NAME}.inside.test"), silence);
            names.set(NAME, answer);
            let client = client();
            assert_eq!(client.connect_srv(DOMAIN, 60), 0);
            assert_eq!(run_to_failure(&client).0, 20, "{status}");
            assert_eq!(client.take_events(), ["disconnect(20,[])"]);
            let line = (8, format!("Error: SRV lookup failed ({status})."));
            assert_eq!(client.log().pop(), Some(line), "{status}");
        }
        // The loop of its own does not give up.
        names.set(NAME, None);
        let client = client();
        client.connect_srv(DOMAIN, 60);
        client.loop_start();
        wait_for_event(&client, "disconnect(20,[])");
        let broker = broker();
        names.set(NAME, servers(&[(0, 0, broker.port(), "a.test")]));
        wait_for_event(&client, "connect(0,0,[])");
        drop(client);
        broker.finish();
    });
}

#[test]
fn search_domains_apply_and_tls_asks_for_the_secure_service() {
    alone("search_domains_apply_and_tls_asks_for_the_secure_service", |names| {
        let broker = broker();
        let inside = "_mqtt._tcp.office.inside.test";
        names.set(inside, servers(&[(0, 0, broker.port(), "a.test")]));
        let client = client();
        client.connect_srv("office", 60);
        run_to(&client, "connect(0,0,[])");
        assert_eq!(names.asked(), ["_mqtt._tcp.office", inside]);
        drop(client);
        broker.finish();

        let greeting = Server::start(|door| door.accept().take(3));
        let secure = "_secure-mqtt._tcp.example.test";
        names.set(secure, servers(&[(0, 0, greeting.port(), "a.test")]));
        let client = self::client();
        assert_eq!(client.int_option(TLS_USE_OS_CERTS, 1), 0);
        client.connect_srv(DOMAIN, 60);
        run_until(&client, "ClientHello", || greeting.is_finished());
        assert_eq!(greeting.finish(), b"\x16\x03\x01", "the first bytes of a TLS handshake");
        assert_eq!(names.asked().pop().as_deref(), Some(secure));
    });
}

#[test]
fn d21_a_silent_name_server_holds_nobody() {
    // The resolver waits for longer than anything here may take.
    alone_with("d21_a_silent_name_server_holds_nobody", "timeout:30 attempts:1", |names| {
        names.set(NAME, Some(Answer::Silence));
        for destroy_only in [true, false] {
            let begun = Instant::now();
            let client = client();
            client.loop_start();
            assert_eq!(client.connect_srv(DOMAIN, 60), 0);
            while names.asked().is_empty() {
                assert!(begun.elapsed() < LIMIT, "nothing is asked for");
                std::thread::sleep(Duration::from_millis(1));
            }
            assert_eq!(client.publish("t", b"x", 1, false, &[]).0, 0);
            if !destroy_only {
                assert_eq!(client.loop_stop(true), 0);
            }
            drop(client);
            assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
        }
    });
}

#[test]
fn d21_a_silent_name_server_is_left_when_the_keepalive_is_over() {
    let name = "d21_a_silent_name_server_is_left_when_the_keepalive_is_over";
    alone_with(name, "timeout:30 attempts:1", |names| {
        names.set(NAME, Some(Answer::Silence));
        names.set("silent.test", Some(Answer::Silence));
        let service = client();
        assert_eq!(service.connect_srv(DOMAIN, 5), 0);
        let host = client();
        assert_eq!(host.connect_async("silent.test", 1883, 5), 0);
        for client in [service, host] {
            assert_eq!(run_to_failure(&client).0, 19, "{:?}", client.log());
            assert_eq!(client.take_events(), ["disconnect(19,[])"]);
        }
    });
}

#[test]
fn arguments() {
    if Library::Ours.is_selected() {
        let client = client();
        for keepalive in [-1, 1, 4, 65_536] {
            assert_eq!(client.connect_srv(DOMAIN, keepalive), 3, "{keepalive}");
        }
        assert_eq!(client.socket(), -1);
    }
}

/// The program of `srv/connect.c` with a resolver that knows one name: what it prints, and what was asked for.
fn with_resolver(domain: &str, answer: &[u8]) -> (String, String) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = Library::Ours.file();
    let file = file.to_str().expect("a UTF-8 path");
    let program =
        compile(&root().join("tests/srv/connect.c"), Headers::Ours, &[file], directory.path());
    let answer_file = directory.path().join("answer");
    std::fs::write(&answer_file, answer).expect("a file");
    let resolver = root().join("tests/srv/res_search.c");
    let loader = LoaderPath::new(Library::Ours).preloading(&resolver);
    let mut command = Command::new(program.expect("it compiles"));
    loader.apply(&mut command);
    command.arg(domain).env("SRV_NAME", NAME).env("SRV_MESSAGE", &answer_file);
    let running = Running::start(&mut command, Default::default()).expect("it starts");
    let (stdout, stderr) = (running.stdout.clone(), running.stderr.clone());
    let status = running.finish(LIMIT).expect("it ends");
    assert!(status.success(), "{status}: {}", stderr.text());
    (stdout.text(), stderr.text())
}

#[test]
fn d22_with_a_resolver_of_our_own() {
    if !Library::Ours.is_selected() {
        return;
    }
    let broker = broker();
    let answer = message(NAME, &[(2, 0, broker.port(), "localhost"), (1, 0, CLOSED, "localhost")]);
    let (printed, asked) = with_resolver(DOMAIN, &answer);
    assert_eq!(printed, "connect 0\ndisconnect 0\nloop 0\n");
    assert_eq!(asked, format!("asked for {NAME}, class 1, type 33\n"));
    broker.finish();

    let (printed, _) = with_resolver("other.test", &answer);
    assert_eq!(printed, "log Error: SRV lookup failed (4).\ndisconnect 20\nloop 0\n");
    let (printed, _) = with_resolver(DOMAIN, &answer[..answer.len() - 1]);
    assert_eq!(printed, "log Error: SRV lookup failed (10).\ndisconnect 20\nloop 0\n");
}
