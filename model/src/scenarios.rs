//! What threads do to a client at the same time. Each scenario ends with what must be true whatever the order was.

use loom::thread::JoinHandle;

use crate::error::Error;
use crate::system::Server;
use crate::wire;
use crate::world::World;

/// A scenario.
pub struct Scenario {
    /// What it is called.
    pub name: &'static str,
    /// With how many preemptions it is explored in seconds. What depends on the order of two steps shows with one or two.
    pub preemptions: usize,
    /// How the server takes bytes.
    pub server: Server,
    /// What the threads do; called with a client that is connected.
    pub run: fn(&World),
}

/// A server that takes five bytes in the first call.
const SHORT: Server = Server { first: 5, room: usize::MAX };
/// A server that takes ten bytes and no more until it is asked to: a message and a half.
const FULL: Server = Server { first: usize::MAX, room: 10 };

/// `MOSQ_OPT_SEND_MAXIMUM`.
const SEND_MAXIMUM: i32 = 5;
/// Bytes of a payload.
const SMALL: usize = 3;
/// The same of a message that is not copied.
const LARGE: usize = 24;

/// All of them.
pub const SCENARIOS: &[Scenario] = &[
    Scenario { name: "at-once", preemptions: 3, server: SHORT, run: at_once },
    Scenario { name: "at-once-blocked", preemptions: 2, server: FULL, run: at_once_blocked },
    Scenario { name: "loop-thread", preemptions: 3, server: SHORT, run: loop_thread },
    Scenario {
        name: "loop-thread-blocked",
        preemptions: 3,
        server: FULL,
        run: loop_thread_blocked,
    },
    Scenario { name: "large", preemptions: 3, server: SHORT, run: large },
    Scenario { name: "large-blocked", preemptions: 3, server: FULL, run: large_blocked },
    Scenario { name: "external-thread", preemptions: 3, server: SHORT, run: external_thread },
    Scenario { name: "start", preemptions: 2, server: SHORT, run: start },
    Scenario { name: "callback", preemptions: 3, server: SHORT, run: callback },
    Scenario { name: "nested-loop", preemptions: 3, server: SHORT, run: nested_loop },
    Scenario { name: "acknowledge", preemptions: 3, server: SHORT, run: acknowledge },
    Scenario { name: "window", preemptions: 3, server: SHORT, run: window },
    Scenario { name: "lost", preemptions: 3, server: SHORT, run: lost },
    Scenario { name: "reconnect-at-once", preemptions: 4, server: SHORT, run: reconnect_at_once },
    Scenario {
        name: "reconnect-loop-thread",
        preemptions: 2,
        server: SHORT,
        run: reconnect_loop_thread,
    },
    Scenario { name: "reconnect-large", preemptions: 2, server: SHORT, run: reconnect_large },
    Scenario { name: "stop", preemptions: 3, server: SHORT, run: stop },
    Scenario { name: "stop-gently", preemptions: 3, server: SHORT, run: stop_gently },
    Scenario { name: "disconnect", preemptions: 2, server: SHORT, run: disconnect },
    Scenario { name: "destroy", preemptions: 4, server: SHORT, run: destroy },
    Scenario {
        name: "destroy-loop-thread",
        preemptions: 3,
        server: SHORT,
        run: destroy_loop_thread,
    },
];

/// The scenario of this name.
pub fn find(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}

/// A thread that publishes one message for each byte of `names`.
fn publisher(world: &World, names: &'static [u8], len: usize) -> JoinHandle<()> {
    world.spawn(move |world| {
        for name in names {
            world.publish(*name, len).expect("published");
        }
    })
}

/// The same, on a client that somebody is taking away.
fn bold_publisher(world: &World, names: &'static [u8], len: usize) -> JoinHandle<()> {
    world.spawn(move |world| {
        for name in names {
            let _ = world.publish(*name, len);
        }
    })
}

fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
}

/// Without any loop: whoever publishes writes, for the others too.
fn at_once(world: &World) {
    let others = [publisher(world, b"ab", SMALL), publisher(world, b"cd", SMALL)];
    world.publish(b'e', SMALL).expect("published");
    join(others);
    world.all_arrived();
}

/// The same beside a loop of the program in another thread, which has to go on where a publisher could not.
fn at_once_blocked(world: &World) {
    let looping = world.spawn(|world| while world.client.run_once(i32::MAX, 1).is_ok() {});
    let other = publisher(world, b"a", SMALL);
    world.publish(b'b', SMALL).expect("published");
    world.publish(b'c', SMALL).expect("published");
    world.system.take_all();
    join([other]);
    world.settle();
    world.client.disconnect(0, None).expect("disconnected");
    join([looping]);
    world.all_arrived_and_disconnect();
}

/// The loop's own thread writes what others leave behind, and sleeps only when there is nothing.
fn loop_thread(world: &World) {
    world.client.start().expect("a thread");
    let other = publisher(world, b"ab", SMALL);
    world.publish(b'c', SMALL).expect("published");
    join([other]);
    world.settle();
    world.client.stop(true).expect("stopped");
    world.all_arrived();
}

/// The same with a server that takes a part only.
fn loop_thread_blocked(world: &World) {
    world.client.start().expect("a thread");
    let other = publisher(world, b"ab", SMALL);
    world.publish(b'c', SMALL).expect("published");
    world.system.take_all();
    join([other]);
    world.settle();
    world.client.stop(true).expect("stopped");
    world.all_arrived();
}

/// Messages written by who publishes them, past the loop's own thread, and small ones in between.
fn large(world: &World) {
    world.client.start().expect("a thread");
    let other = publisher(world, b"ab", LARGE);
    world.publish(b'c', SMALL).expect("published");
    world.publish(b'd', LARGE).expect("published");
    join([other]);
    world.settle();
    world.client.stop(true).expect("stopped");
    world.all_arrived();
}

/// The same with a server that takes a part only: the loop writes the rest.
fn large_blocked(world: &World) {
    world.client.start().expect("a thread");
    let other = publisher(world, b"a", LARGE);
    world.publish(b'b', LARGE).expect("published");
    world.publish(b'c', SMALL).expect("published");
    world.system.take_all();
    join([other]);
    world.settle();
    world.client.stop(true).expect("stopped");
    world.all_arrived();
}

/// The loop in a thread of the program's, which said so.
fn external_thread(world: &World) {
    world.client.set_threaded(true).expect("set");
    let looping = world.spawn(|world| world.loop_forever().expect("disconnected"));
    let other = publisher(world, b"ab", SMALL);
    world.publish(b'c', SMALL).expect("published");
    join([other]);
    world.settle();
    world.client.disconnect(0, None).expect("disconnected");
    join([looping]);
    world.all_arrived_and_disconnect();
}

/// The loop's own thread is started while others write at once.
fn start(world: &World) {
    let others = [publisher(world, b"ab", SMALL), publisher(world, b"c", LARGE)];
    world.client.start().expect("a thread");
    world.publish(b'd', SMALL).expect("published");
    join(others);
    world.settle();
    world.client.stop(true).expect("stopped");
    world.all_arrived();
}

/// The program publishes when it is told that a message is out, which nobody but the teller will write.
fn callback(world: &World) {
    world.when_told(b'a', |world| world.publish(b'b', SMALL).expect("published"));
    let others = [publisher(world, b"a", SMALL), publisher(world, b"c", SMALL)];
    world.publish(b'd', SMALL).expect("published");
    join(others);
    world.settle();
    world.all_arrived();
}

/// The program calls a loop function in the middle of being told of several messages: that goes on with the rest.
fn nested_loop(world: &World) {
    world.client.set_threaded(true).expect("set");
    world.when_told(b'a', |world| world.client.run_once(0, 1).expect("a turn"));
    world.publish(b'a', SMALL).expect("published");
    world.publish(b'b', SMALL).expect("published");
    let looping = world.spawn(|world| world.loop_forever().expect("disconnected"));
    world.publish(b'c', SMALL).expect("published");
    world.settle();
    world.client.disconnect(0, None).expect("disconnected");
    join([looping]);
    world.all_arrived_and_disconnect();
}

/// Messages come in and are acknowledged while others go out.
fn acknowledge(world: &World) {
    world.client.start().expect("a thread");
    let other = publisher(world, b"a", LARGE);
    world.system.send(1);
    world.publish(b'b', SMALL).expect("published");
    world.system.send(2);
    join([other]);
    world.system.until_acks(2);
    world.settle();
    world.client.stop(true).expect("stopped");
    world.all_arrived();
    assert_eq!(wire::acks(&world.system.received()[0]), [1, 2], "not every message once");
    assert_eq!(world.messages(), 2);
}

/// QoS 1 with room for one message on its way: the next leaves when the one before is acknowledged.
fn window(world: &World) {
    world.client.set_int_option(SEND_MAXIMUM, 1).expect("set");
    world.client.start().expect("a thread");
    let other = world.spawn(|world| {
        world.publish_at(1, b'a', SMALL).expect("published");
        world.publish_at(1, b'b', SMALL).expect("published");
    });
    world.publish_at(1, b'c', SMALL).expect("published");
    join([other]);
    world.settle();
    world.client.stop(true).expect("stopped");
    world.all_arrived();
}

/// The server ends the connection while it is written to: the program is told once, and connects again.
fn lost(world: &World) {
    let other = bold_publisher(world, b"abc", SMALL);
    let hanging_up = world.spawn(|world| world.system.hang_up());
    let _ = world.publish(b'd', SMALL);
    join([hanging_up]);
    while world.client.run_once(0, 1).is_ok() {}
    join([other]);
    assert_eq!(world.disconnects(), 1, "not told once of the end");
    world.connect().expect("a server");
    world.publish(b'e', SMALL).expect("published");
    world.system.until_last(b'e');
    world.nothing_mixed();
}

/// Another connection takes the place of the one that is written to.
fn reconnect_at_once(world: &World) {
    let other = bold_publisher(world, b"abc", SMALL);
    world.client.reconnect(true).expect("connected");
    world.publish(b'd', SMALL).expect("published");
    join([other]);
    world.nothing_mixed();
}

/// The same where the loop's own thread writes.
fn reconnect_loop_thread(world: &World) {
    world.client.start().expect("a thread");
    let other = bold_publisher(world, b"ab", SMALL);
    world.client.reconnect(false).expect("connecting");
    join([other]);
    world.publish(b'd', SMALL).expect("published");
    world.system.until_last(b'd');
    world.client.stop(true).expect("stopped");
    world.nothing_mixed();
}

/// The same where publishers write past it.
fn reconnect_large(world: &World) {
    world.client.start().expect("a thread");
    let other = bold_publisher(world, b"ab", LARGE);
    world.client.reconnect(false).expect("connecting");
    join([other]);
    world.publish(b'd', SMALL).expect("published");
    world.system.until_last(b'd');
    world.client.stop(true).expect("stopped");
    world.nothing_mixed();
}

/// The loop's own thread is stopped at any moment; who publishes then writes.
fn stop(world: &World) {
    world.client.start().expect("a thread");
    let other = publisher(world, b"ab", SMALL);
    world.client.stop(true).expect("stopped");
    join([other]);
    world.publish(b'c', SMALL).expect("published");
    world.client.run_once(0, 1).expect("a turn");
    world.all_arrived();
}

/// Messages and a disconnect before it: all of it is written.
fn stop_gently(world: &World) {
    world.client.start().expect("a thread");
    world.publish(b'a', SMALL).expect("published");
    world.publish(b'b', SMALL).expect("published");
    let other = bold_publisher(world, b"c", SMALL);
    world.client.disconnect(0, None).expect("disconnected");
    world.client.stop(false).expect("stopped");
    join([other]);
    world.said_goodbye();
    assert!(world.client.stop(true).is_err(), "stopped already");
}

/// The loop's own thread ends the connection while others publish; what was published before comes before.
fn disconnect(world: &World) {
    world.client.start().expect("a thread");
    let others = [bold_publisher(world, b"a", SMALL), bold_publisher(world, b"b", LARGE)];
    world.publish(b'c', SMALL).expect("published");
    world.client.disconnect(0, None).expect("disconnected");
    join(others);
    world.client.stop(false).expect("stopped");
    world.said_goodbye();
    world.nothing_mixed();
}

/// Destroyed right after a disconnect, while another thread is writing.
fn destroy(world: &World) {
    let other = bold_publisher(world, b"ab", SMALL);
    world.publish(b'c', SMALL).expect("published");
    world.client.disconnect(0, None).expect("disconnected");
    world.client.close();
    join([other]);
    world.said_goodbye();
    assert_eq!(world.publish(b'd', SMALL), Err(Error::NoConn));
}

/// The same with the loop's own thread, which has to end.
fn destroy_loop_thread(world: &World) {
    world.client.start().expect("a thread");
    let other = bold_publisher(world, b"a", LARGE);
    world.publish(b'c', SMALL).expect("published");
    world.client.disconnect(0, None).expect("disconnected");
    world.client.close();
    join([other]);
    world.said_goodbye();
}
