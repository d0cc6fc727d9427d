//! The thread programs under a race detector. `scripts/races.sh` builds the library for it and sets the variables:
//!
//! | variable | value |
//! |---|---|
//! | `RACE_DETECTOR` | `thread-sanitizer`, `helgrind` or `drd` |
//! | `SANITIZER_RUNTIME` | for the first: where its runtime is |
//! | `RACE_CALLS` | calls of each of the threads of `mixed` |

use std::time::Duration;

use crate::mixed::mixed;
use crate::piles::piles;
use crate::programs::{Run, figure, program_on};
use crate::server::Server;
use crate::support::c_program::root;
use crate::support::library::Library;
use crate::support::number_from;

/// Everything is slower by far, and nothing here is about time.
const LIMIT: Duration = Duration::from_secs(1800);

/// A program under the detector, which ends it with another status if there was a race.
fn detected(detector: &str, name: &str) -> Run {
    let known = |file: &str| root().join("c_tests/threads").join(file).display().to_string();
    let run = if detector == "thread-sanitizer" {
        let options = "exitcode=66:second_deadlock_stack=1:history_size=5";
        program_on(Library::Ours, name, &[]).env("TSAN_OPTIONS", options)
    } else {
        let tool = format!("--tool={detector}");
        let known = format!("--suppressions={}", known("valgrind.supp"));
        let words = [
            "valgrind",
            &tool,
            "--quiet",
            "--error-exitcode=66",
            "--fair-sched=yes",
            // So that what is known is recognised where it lies deep.
            "--num-callers=40",
            &known,
        ];
        program_on(Library::Ours, name, &words)
    };
    run.limit(LIMIT).env("SLOWER", "30")
}

#[test]
fn a_race_detector_has_nothing_to_say() {
    let Ok(detector) = std::env::var("RACE_DETECTOR") else {
        println!("RACE_DETECTOR is not set: passed over");
        return;
    };
    let program = |name| detected(&detector, name);
    let server = Server::start();
    let port = server.port();
    // Under valgrind all of them would take an hour.
    let (modes, some): (&[_], _) = match detector.as_str() {
        "thread-sanitizer" => (&["loop", "forever", "thread"], None),
        _ => (&["thread"], Some("publish-2,setters,reconnect,loop_stop,destroy")),
    };
    for mode in modes {
        let run = program("callbacks").arg(&port).arg(mode).arg("all");
        let output = some.into_iter().fold(run, Run::arg).ok();
        println!("callbacks {mode}: {} cases", figure(&output, "cases"));
    }
    piles(program("piles"), if detector == "thread-sanitizer" { 100 } else { 30 });
    let output = program("anytime").arg(&port).ok();
    println!("anytime: {} rows", figure(&output, "rows"));
    let output = program("moments").arg(&port).arg(10).ok();
    println!("moments: {} rows", figure(&output, "rows"));
    let output = program("cancels").arg(&port).ok();
    println!("cancels: {} rows", figure(&output, "rows"));
    let output = program("rounds").arg(&port).arg(500).ok();
    println!("rounds: {}", figure(&output, "rounds"));
    for who in ["thread", "forever", "loops"] {
        mixed(program("mixed"), number_from("RACE_CALLS", 1000), who);
    }
}
