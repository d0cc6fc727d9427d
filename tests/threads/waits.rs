//! How often a client wakes up, and how little it does while nothing works.

use crate::programs::{figure, program};
use crate::server::Server;
use crate::shared;
use crate::support::number_from;

#[test]
fn idle_clients_sleep_and_failing_ones_nearly_so() {
    let _machine = shared();
    let server = Server::start();
    let seconds = number_from("WAIT_SECONDS", 3);
    let run =
        |what: &str| program("waits").arg(server.port()).arg(what).arg(seconds).shimmed().ok();
    let run = &run;
    std::thread::scope(|scope| {
        for what in ["idle", "idle-forever", "idle-loop"] {
            scope.spawn(move || {
                let sleeps = figure(&run(what), "sleeps");
                println!("{what}: {sleeps} wake-ups in {seconds} s");
                assert!(sleeps <= 1.0, "{what}: {sleeps} wake-ups");
            });
        }
        for what in
            ["refused", "dropped", "bad", "rejected", "silent", "unresolved", "dead-resolver"]
        {
            scope.spawn(move || {
                let percent = figure(&run(what), "percent");
                println!("{what}: {percent} % of a processor over {seconds} s");
                assert!(percent < 1.0, "{what}: {percent} %");
            });
        }
    });
    // A ping and its answer per second; an answer that comes at once is no wake-up.
    let sleeps = figure(&run("ping"), "sleeps");
    let pings = server.record().packets.get(&("ping".to_owned(), 12)).copied().unwrap_or(0) as u64;
    assert!((seconds - 1..=seconds + 1).contains(&pings), "{pings} pings in {seconds} s");
    let limit = (2 * pings + 2) as f64;
    assert!(sleeps <= limit, "{sleeps} wake-ups for {pings} pings");
    let burst = run("burst");
    let (messages, sleeps) = (figure(&burst, "messages"), figure(&burst, "sleeps"));
    println!("burst: {sleeps} wake-ups for {messages} messages");
    assert!(sleeps < messages / 4.0, "{sleeps} wake-ups for {messages} messages");
}
