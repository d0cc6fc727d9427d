//! What a program can count on with `mosquitto_loop_start`, and what only time shows: shutdown, keepalive, lost wake-ups,
//! packet identifiers over a whole round of 65,535.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks and threads are refused to the protocol, not to its tests"
)]

mod support;

use std::time::{Duration, Instant};

use support::client::{Client, Style};
use support::library::Library;
use support::pattern::Pattern;
use support::peer::{Listener, Peer};

const LIMIT: Duration = Duration::from_secs(10);
/// Far less than what would be waited for instead: a back-off of 30 s, a keepalive of 60 s. Milliseconds are measured in
/// `tests/threads.rs`, which has the machine for itself.
const AT_ONCE: Duration = Duration::from_secs(5);

/// A client with its network thread, connected.
struct Scene {
    client: Client,
    listener: Listener,
    peer: Peer,
}

impl Scene {
    fn connected(version: i32) -> Scene {
        let client = Client::new(Library::Ours, Some("c"), true, version, Style::Conversation);
        let listener = Listener::tcp();
        assert_eq!(client.loop_start(), 0);
        assert_eq!(client.connect(&listener.host(), listener.port(), 60, &[]), 0);
        let mut peer = listener.accept(LIMIT).expect("a connection");
        peer.expect_packet(1, LIMIT, wait).expect("CONNECT");
        let mut scene = Scene { client, listener, peer };
        scene.send(if version == 5 { "20[00 00 []]" } else { "20020000" });
        scene.event("connect(0,0,[])");
        scene
    }

    fn send(&mut self, bytes: &str) {
        let bytes = Pattern::parse(bytes).and_then(|bytes| bytes.exact()).expect("bytes");
        self.peer.send(&bytes, LIMIT, wait).expect("the client reads");
    }

    fn expect(&mut self, bytes: &str) {
        let pattern = Pattern::parse(bytes).expect("a pattern");
        self.peer.expect(&pattern, LIMIT, wait).expect(bytes);
    }

    fn event(&self, expected: &str) {
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(event) = self.client.take_event() {
                assert_eq!(event, expected);
                return;
            }
            assert!(Instant::now() < deadline, "no {expected}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

fn wait(peer: &Peer) {
    peer.wait(Duration::from_millis(10));
}

fn ours() -> bool {
    Library::Ours.is_selected()
}

#[test]
fn loop_stop_after_disconnect_comes_after_on_disconnect() {
    if !ours() {
        return;
    }
    let mut scene = Scene::connected(4);
    assert_eq!(scene.client.disconnect(0, &[]), 0);
    scene.expect("e000");
    let Scene { client, peer, .. } = scene;
    drop(peer);
    assert_eq!(client.loop_stop(false), 0);
    assert_eq!(client.take_events(), ["disconnect(0,[])"]);
    assert_eq!(client.socket(), -1);
}

#[test]
fn loop_stop_after_disconnect_of_a_server_that_does_not_close() {
    if !ours() {
        return;
    }
    let mut scene = Scene::connected(4);
    assert_eq!(scene.client.disconnect(0, &[]), 0);
    scene.expect("e000");
    let begin = Instant::now();
    assert_eq!(scene.client.loop_stop(false), 0);
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    assert_eq!(scene.client.take_events(), ["disconnect(0,[])"]);
}

#[test]
fn loop_stop_leaves_an_open_connection_as_it_is() {
    if !ours() {
        return;
    }
    let mut scene = Scene::connected(4);
    let begin = Instant::now();
    assert_eq!(scene.client.loop_stop(false), 0);
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
    assert_ne!(scene.client.socket(), -1);
    assert_eq!(scene.client.publish("t", b"x", 0, false, &[]).0, 0);
    scene.expect("30[s\"t\" \"x\"]");
    assert!(!scene.listener.has_connection(), "a second connection");
    assert_eq!(scene.client.loop_start(), 0);
    scene.send("30[s\"t\" \"y\"]");
    scene.event("publish(1,0,[])");
    scene.event("message(0,t,y,1,0,0,[])");
}

#[test]
fn loop_stop_of_a_client_that_never_connected() {
    if !ours() {
        return;
    }
    let client = Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation);
    assert_eq!(client.loop_start(), 0);
    let begin = Instant::now();
    assert_eq!(client.loop_stop(false), 0);
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
}

#[test]
fn loop_stop_of_a_thread_that_ended_by_itself() {
    if !ours() {
        return;
    }
    let mut scene = Scene::connected(4);
    assert_eq!(scene.client.disconnect(0, &[]), 0);
    scene.expect("e000");
    let Scene { client, peer, .. } = scene;
    drop(peer);
    let deadline = Instant::now() + LIMIT;
    while client.take_event().is_none() {
        assert!(Instant::now() < deadline, "no on_disconnect");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(client.loop_stop(false), 0);
}

#[test]
fn disconnect_wakes_the_wait_before_a_reconnect() {
    if !ours() {
        return;
    }
    let scene = Scene::connected(4);
    assert_eq!(scene.client.reconnect_delay(30, 30, false), 0);
    let Scene { client, peer, listener } = scene;
    drop((peer, listener));
    let deadline = Instant::now() + LIMIT;
    while client.take_event().is_none() {
        assert!(Instant::now() < deadline, "no on_disconnect");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(client.disconnect(0, &[]), 4);
    let begin = Instant::now();
    assert_eq!(client.loop_stop(false), 0);
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
}

#[test]
fn the_disconnect_of_an_error_reaches_the_wire() {
    if !ours() {
        return;
    }
    let mut scene = Scene::connected(5);
    scene.send("c000");
    scene.expect("e00182");
    scene.peer.expect_end(LIMIT, wait).expect("a closed connection");
    scene.event("disconnect(2,[])");
}

#[test]
fn destroy_sends_what_was_queued_before_disconnect() {
    if !ours() {
        return;
    }
    let client = Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation);
    let listener = Listener::tcp();
    assert_eq!(client.connect(&listener.host(), listener.port(), 60, &[]), 0);
    let mut peer = listener.accept(LIMIT).expect("a connection");
    peer.expect_packet(1, LIMIT, wait).expect("CONNECT");
    assert_eq!(client.publish("t", b"last", 0, false, &[]).0, 0);
    assert_eq!(client.disconnect(0, &[]), 0);
    drop(client);
    let pattern = Pattern::parse("30[s\"t\" \"last\"] e000").expect("a pattern");
    peer.expect(&pattern, LIMIT, wait).expect("what was queued");
    peer.expect_end(LIMIT, wait).expect("a closed connection");
}

#[test]
fn publishes_of_many_threads_arrive_whole() {
    const THREADS: usize = 4;
    const EACH: usize = 500;
    if !ours() {
        return;
    }
    let mut scene = Scene::connected(4);
    let handle = scene.client.handle();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                for number in 0..EACH {
                    let payload = format!("{thread} {number:04}");
                    assert_eq!(handle.publish("t", payload.as_bytes(), 0, false, &[]).0, 0);
                }
            });
        }
        let mut next = [0; THREADS];
        for _ in 0..THREADS * EACH {
            let packet = scene.peer.expect_packet(3, LIMIT, wait).expect("a whole packet");
            let text = String::from_utf8(packet[5..].to_vec()).expect("text");
            let (thread, number) = text.split_once(' ').expect("two numbers");
            let (thread, number): (usize, usize) =
                (thread.parse().expect("a number"), number.parse().expect("a number"));
            assert_eq!(number, next[thread], "out of order");
            next[thread] += 1;
        }
    });
}

#[test]
fn without_keepalive_the_loop_sleeps_as_long_as_it_is_told() {
    if !ours() {
        return;
    }
    let client = Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation);
    let listener = Listener::tcp();
    assert_eq!(client.connect(&listener.host(), listener.port(), 0, &[]), 0);
    let mut peer = listener.accept(LIMIT).expect("a connection");
    peer.expect_packet(1, LIMIT, wait).expect("CONNECT");
    peer.send(&[0x20, 2, 0, 0], LIMIT, wait).expect("the client reads");
    let deadline = Instant::now() + LIMIT;
    while client.take_event().is_none() {
        assert!(Instant::now() < deadline, "no on_connect");
        assert_eq!(client.run_once(100), 0);
    }
    let begin = Instant::now();
    assert_eq!(client.run_once(1000), 0);
    assert!(begin.elapsed() > Duration::from_millis(900), "{:?}", begin.elapsed());
}

/// A machine that is busy with something else may hold a ping up, but not every time.
#[test]
fn pings_are_on_time() {
    const TRIES: usize = 3;
    if !ours() {
        return;
    }
    let mut late = Vec::new();
    for _ in 0..TRIES {
        let seconds = lateness_of_pings();
        if seconds.iter().all(|late| (-0.6..0.9).contains(late)) {
            return;
        }
        late.push(seconds);
    }
    panic!("seconds late, {TRIES} times: {late:?}");
}

/// By how many seconds the first two pings come late in a connection whose server wants one each second, and not the 60 s of
/// the client.
fn lateness_of_pings() -> [f64; 2] {
    let mut scene = Scene::connected(5);
    assert_eq!(scene.client.disconnect(0, &[]), 0);
    scene.expect("e000");
    let Scene { client, listener, peer } = scene;
    drop(peer);
    assert_eq!(client.loop_stop(false), 0);
    assert_eq!(client.connect(&listener.host(), listener.port(), 60, &[]), 0);
    assert_eq!(client.loop_start(), 0);
    let mut peer = listener.accept(LIMIT).expect("a connection");
    peer.expect_packet(1, LIMIT, wait).expect("CONNECT");
    let begin = Instant::now();
    // Server Keep Alive of one second.
    let connack = [0x20, 6, 0, 0, 3, 0x13, 0, 1];
    peer.send(&connack, LIMIT, wait).expect("the client reads");
    [1, 2].map(|second| {
        peer.expect(&Pattern(vec![Some(0xc0), Some(0)]), LIMIT, wait).expect("PINGREQ");
        let late = begin.elapsed().as_secs_f64() - f64::from(second);
        peer.send(&[0xd0, 0], LIMIT, wait).expect("the client reads");
        late
    })
}

#[test]
fn packet_ids_in_use_are_not_given_again() {
    if !ours() {
        return;
    }
    let mut scene = Scene::connected(4);
    assert_eq!(scene.client.loop_stop(false), 0);
    // Nobody acknowledges these two.
    assert_eq!(scene.client.publish("t", b"held", 1, false, &[]), (0, 1));
    assert_eq!(scene.client.subscribe(&["f".to_owned()], 0, 0, &[]), (0, 2));
    for mid in 3..=65535 {
        assert_eq!(scene.client.publish("t", b"", 0, false, &[]), (0, mid));
        scene.peer.pump();
    }
    assert_eq!(scene.client.publish("t", b"", 0, false, &[]), (0, 3));
    assert_eq!(scene.client.unsubscribe(&["f".to_owned()], &[]), (0, 4));
}

#[test]
fn more_messages_than_packet_ids_wait_for_theirs() {
    if !ours() {
        return;
    }
    let client = Client::new(Library::Ours, Some("c"), true, 4, Style::Conversation);
    const MESSAGES: usize = 65_535 + 10;
    for number in 0..MESSAGES {
        let (rc, mid) = client.publish("t", &number.to_be_bytes(), 1, false, &[]);
        assert_eq!(rc, 4);
        assert!((1..=65_535).contains(&mid));
    }
    let listener = Listener::tcp();
    assert_eq!(client.connect(&listener.host(), listener.port(), 60, &[]), 0);
    let mut peer = listener.accept(LIMIT).expect("a connection");
    let turn = |_: &Peer| assert_eq!(client.run_once(1), 0);
    peer.expect_packet(1, LIMIT, turn).expect("CONNECT");
    peer.send(&[0x20, 2, 0, 0], LIMIT, turn).expect("the client reads");
    // Every message arrives, in order; an id is never in use twice.
    let mut in_use = std::collections::VecDeque::new();
    for number in 0..MESSAGES {
        if in_use.len() == 20 {
            let mid: [u8; 2] = in_use.pop_front().expect("20 of them");
            let ack = [0x40, 2, mid[0], mid[1]];
            peer.send(&ack, LIMIT, turn).expect("the client reads");
        }
        let packet = peer.expect_packet(3, LIMIT, turn).expect("PUBLISH");
        let mid = [packet[5], packet[6]];
        assert_eq!(packet[7..], number.to_be_bytes());
        assert!(!in_use.contains(&mid), "id {mid:?} is in use");
        in_use.push_back(mid);
    }
}
