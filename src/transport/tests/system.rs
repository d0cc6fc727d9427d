//! The clock and the random numbers.

use crate::transport::{clock, random};

#[test]
fn the_clock_counts_from_boot_in_milliseconds() {
    let text = std::fs::read_to_string("/proc/uptime").unwrap();
    let seconds: f64 = text.split(' ').next().unwrap().parse().unwrap();
    let now = clock::now();
    let difference = now.as_millis() as f64 - seconds * 1000.0;
    assert!((0.0..2000.0).contains(&(difference + 20.0)), "{now:?} against {seconds} s");
    assert!(clock::now() >= now);
}

#[test]
fn random_bytes_fill_the_whole_buffer() {
    random::fill(&mut []).unwrap();
    let (mut one, mut other) = ([0; 1000], [0; 1000]);
    random::fill(&mut one).unwrap();
    random::fill(&mut other).unwrap();
    // Half of 64 random bytes being zero happens less than once in 10^50 tries.
    for chunk in one.chunks(64).chain(other.chunks(64)) {
        assert!(chunk.iter().filter(|&&byte| byte == 0).count() < chunk.len() / 2, "{chunk:?}");
    }
    assert_ne!(one, other);
}
