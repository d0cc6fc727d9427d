//! One TLS connection, many threads.

use super::support::tls_broker::TlsBroker;
use super::*;

const THREADS: usize = 4;
const EACH: usize = 300;

/// [D18] The loop in one thread, publishers in others, with and without telling the library of it.
#[test]
fn d18_publishers_and_the_loop_at_the_same_time() {
    let broker = TlsBroker::start();
    for own_thread in [true, false] {
        let topic = format!("threads/{own_thread}");
        let receiver = connected(&broker, "receiver");
        receiver.subscribe(&[format!("{topic}/#")], 1, 0, &[]);
        run_until(&receiver, "subscribe(");

        let sender = connected(&broker, "sender");
        if own_thread {
            assert_eq!(sender.loop_start(), SUCCESS);
        }
        let handle = sender.handle();
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let topic = &topic;
                scope.spawn(move || {
                    for number in 0..EACH {
                        let payload = vec![thread as u8; 1 + number * 37 % 3000];
                        let topic = format!("{topic}/{thread}");
                        handle.publish(&topic, &payload, 1, false, &[]);
                    }
                });
            }
            let deadline = Instant::now() + LIMIT;
            let mut acknowledged = 0;
            while acknowledged < THREADS * EACH {
                assert!(Instant::now() < deadline, "{acknowledged} acknowledged");
                match own_thread {
                    true => std::thread::sleep(Duration::from_millis(2)),
                    false => assert_eq!(handle.run_once(20), SUCCESS),
                }
                let events = sender.take_events();
                acknowledged += events.iter().filter(|e| e.starts_with("publish(")).count();
            }
        });
        let (mut messages, deadline) = (0, Instant::now() + LIMIT);
        while messages < THREADS * EACH {
            assert!(Instant::now() < deadline, "{messages} messages");
            receiver.run_once(20);
            messages += receiver.take_events().iter().filter(|e| e.starts_with("message(")).count();
        }
        if own_thread {
            sender.disconnect(0, &[]);
            assert_eq!(sender.loop_stop(false), SUCCESS);
        }
    }
}

fn connected(broker: &TlsBroker, id: &str) -> Client {
    let client = Client::new(Library::Ours, Some(id), true, 4, Style::Conversation);
    assert_eq!(client.tls_trust(Some(broker.ca()), None), SUCCESS);
    assert_eq!(client.connect("localhost", broker.port(), 60, &[]), SUCCESS);
    run_until(&client, "connect(0");
    client
}
