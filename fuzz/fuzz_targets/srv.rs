//! Answers of name servers: what comes out of them are names that a host can have, in an order that keeps priorities and
//! loses and repeats nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use libmosquitto_rs_fuzz::{Input, Portions};
use mosquitto::transport::srv::answer::{Record, parse};
use mosquitto::transport::srv::order::order;

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let mut numbers = Portions::new(input.number());
    let Ok(records) = parse(input.0) else { return };
    // A record takes eleven bytes at least.
    assert!(records.len() <= input.0.len() / 11);
    for record in &records {
        assert!(record.target.len() <= 253);
        assert!(record.target.iter().all(u8::is_ascii_graphic));
    }
    let ordered = order(records.clone(), || numbers.next_number());
    assert!(ordered.is_sorted_by_key(|record| record.priority));
    let sorted = |mut records: Vec<_>| {
        records.retain(|record: &Record| !record.target.is_empty());
        records.sort_by(|a, b| {
            let key = |r: &Record| (r.priority, r.weight, r.port, r.target.clone());
            key(a).cmp(&key(b))
        });
        records
    };
    assert_eq!(sorted(ordered), sorted(records));
});
