//! `model SCENARIO PREEMPTIONS [MUTATION]`: explores one scenario, with a fault if one is named, and says how many
//! interleavings that were. Fails, or is ended by the model checker, if one of them goes wrong.

use std::process::ExitCode;

use model::{mutation, scenarios, world};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (name, preemptions) = match words[..] {
        [name, preemptions] => (name, preemptions),
        [name, preemptions, fault] => {
            mutation::switch_on(fault);
            (name, preemptions)
        }
        _ => ("", ""),
    };
    let (Some(scenario), Ok(preemptions)) = (scenarios::find(name), preemptions.parse()) else {
        eprintln!("model SCENARIO PREEMPTIONS [MUTATION]");
        return ExitCode::from(2);
    };
    let explored = world::explore(preemptions, scenario.server, scenario.run);
    println!("{} {:.1}", explored.interleavings, explored.time.as_secs_f64());
    ExitCode::SUCCESS
}
