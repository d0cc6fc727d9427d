//! QoS 0 messages that publishers write themselves, past the loop's own thread: each arrives once, and whole.

use std::time::Duration;

use crate::programs::Run;
use crate::rows;
use crate::server::{Record, Server, key};

/// Threads that publish, and rows of the program.
const THREADS: u8 = 4;
const ROWS: u8 = 4;

/// Runs the program with so many messages for each thread and row.
pub fn piles(run: Run, messages: u64) {
    let server = Server::start();
    let messages = u32::try_from(messages).expect("a number");
    rows(run.arg(server.port()).arg(messages), ROWS.into());
    let all = |record: &Record| wrong(record, messages).is_none();
    let arrived = server.wait(Duration::from_secs(10), all);
    assert!(arrived, "row, thread, number, times: {:?}", wrong(&server.record(), messages));
    println!("piles: {} messages", messages * u32::from(THREADS * ROWS));
}

/// A message that did not arrive once: row, thread, number, and how often it did.
fn wrong(record: &Record, messages: u32) -> Option<(u8, u8, u32, u32)> {
    let names = (1..=ROWS).flat_map(|row| (0..THREADS).map(move |thread| (row, thread)));
    let names =
        names.flat_map(|(row, thread)| (0..messages).map(move |number| (row, thread, number)));
    names
        .map(|(row, thread, number)| (row, thread, number, times(record, row, thread, number)))
        .find(|(.., times)| *times != 1)
}

fn times(record: &Record, row: u8, thread: u8, number: u32) -> u32 {
    let [a, b, c, d] = number.to_be_bytes();
    // Only the first seven bytes count, and whether there are 255 or more.
    let payload = |len: usize| {
        let mut payload = vec![b'p'; len];
        payload[..6].copy_from_slice(&[row, thread, a, b, c, d]);
        record.messages.get(&key(&payload)).copied().unwrap_or(0)
    };
    let small = 8 + number as usize % 100;
    match row {
        1 | 3 => payload(255),
        _ if number % 3 == 0 => payload(255),
        _ => payload(small),
    }
}
