//! Several addresses of one peer, tried side by side: RFC 8305 ("Happy Eyeballs") sections 4 and 5.
//!
//! The families take turns, beginning with the family of the first address; an attempt begins 250 ms after the one
//! before it, or as soon as that one failed; the first connection made wins and the others are closed.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::RawFd;

use super::poll::{self, Interest, PollEntry};
use super::stream::Stream;
use super::tcp::{Attempt, TcpOptions};
use crate::error::{Error, Result};
use crate::time::Time;

/// RFC 8305 section 5: the recommended Connection Attempt Delay.
const ATTEMPT_DELAY_MS: u64 = 250;

/// A race; see the top of the file. Dropping it closes its sockets.
#[derive(Debug)]
pub(super) struct Race {
    waiting: VecDeque<SocketAddr>,
    /// Attempts under way with their places in the order, in that order.
    running: Vec<(usize, Attempt)>,
    started: usize,
    next_start: Time,
    binds: Vec<SocketAddr>,
    options: TcpOptions,
    /// The failure that trying one address after the other would have met last: that of the last place.
    failure: (usize, Error),
}

impl Race {
    /// A race to `addresses`, each socket bound to one of `binds` if there are any. Nothing happens before `advance`.
    pub fn new(addresses: &[SocketAddr], binds: Vec<SocketAddr>, options: TcpOptions) -> Race {
        Race {
            waiting: interleave(addresses),
            running: Vec::new(),
            started: 0,
            next_start: Time::default(),
            binds,
            options,
            failure: (0, Error::Errno(libc::EADDRNOTAVAIL)),
        }
    }

    /// Looks how the attempts stand and begins those that are due. `None` while the race is open; fails when all did.
    pub fn advance(&mut self, now: Time) -> Result<Option<Stream>> {
        loop {
            // Kept until the next attempt has a socket: the number that `descriptor` answers then never stands for
            // another socket than before, which a program that watches it with epoll could not notice.
            let mut failed = Vec::new();
            if let Some(stream) = self.collect(&mut failed)? {
                return Ok(Some(stream));
            }
            if !failed.is_empty() {
                self.next_start = now;
            }
            if !self.running.is_empty() && now < self.next_start {
                return Ok(None);
            }
            match self.waiting.pop_front() {
                Some(address) => self.start(address, now),
                None if self.running.is_empty() => return Err(self.failure.1),
                None => return Ok(None),
            }
        }
    }

    /// When to call `advance` although no descriptor is ready.
    pub fn deadline(&self) -> Option<Time> {
        (!self.waiting.is_empty()).then_some(self.next_start)
    }

    /// Adds what to poll.
    pub fn descriptors(&self, out: &mut Vec<PollEntry>) {
        out.extend(self.entries());
    }

    /// The socket that has tried longest, or -1.
    pub fn descriptor(&self) -> RawFd {
        self.running.first().map_or(-1, |(_, attempt)| attempt.descriptor())
    }

    fn entries(&self) -> impl Iterator<Item = PollEntry> {
        self.running
            .iter()
            .map(|(_, attempt)| PollEntry::new(attempt.descriptor(), Interest::WRITE))
    }

    /// Takes the first attempt that is through out of `running`, and moves those before it that failed to `failed`.
    fn collect(&mut self, failed: &mut Vec<Attempt>) -> Result<Option<Stream>> {
        if self.running.is_empty() {
            return Ok(None);
        }
        let mut entries: Vec<PollEntry> = self.entries().collect();
        match poll::poll(&mut entries, Some(0)) {
            // A signal came between: the caller polls again and comes back.
            Ok(0) | Err(Error::Errno(libc::EINTR)) => return Ok(None),
            Ok(_) => {}
            Err(error) => return Err(error),
        }
        let mut rest = Vec::with_capacity(self.running.len());
        let mut winner = None;
        for ((place, attempt), entry) in self.running.drain(..).zip(entries) {
            if winner.is_some() || !entry.writable {
                rest.push((place, attempt));
                continue;
            }
            match attempt.outcome() {
                Ok(()) => winner = Some(attempt.into_stream()),
                Err(error) => {
                    self.failure = later_failure(self.failure, (place, error));
                    failed.push(attempt);
                }
            }
        }
        self.running = rest;
        Ok(winner)
    }

    fn start(&mut self, address: SocketAddr, now: Time) {
        self.started += 1;
        match Attempt::start(address, &self.binds, self.options) {
            Ok(attempt) => {
                self.running.push((self.started, attempt));
                self.next_start = now + ATTEMPT_DELAY_MS;
            }
            Err(error) => {
                self.failure = later_failure(self.failure, (self.started, error));
                self.next_start = now;
            }
        }
    }
}

fn later_failure(one: (usize, Error), other: (usize, Error)) -> (usize, Error) {
    if other.0 > one.0 { other } else { one }
}

/// The addresses with the two families taking turns, each family in its own order (RFC 8305 section 4).
fn interleave(addresses: &[SocketAddr]) -> VecDeque<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let mut first = addresses.iter().filter(|address| address.is_ipv6() == first_is_v6);
    let mut second = addresses.iter().filter(|address| address.is_ipv6() != first_is_v6);
    let mut ordered = VecDeque::with_capacity(addresses.len());
    while ordered.len() < addresses.len() {
        ordered.extend(first.next().into_iter().chain(second.next()));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(list: &[&str]) -> Vec<SocketAddr> {
        list.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 1883)).collect()
    }

    #[test]
    fn families_take_turns_beginning_with_the_first() {
        let rows: &[(&[&str], &[&str])] = &[
            (&[], &[]),
            (&["10.0.0.1", "10.0.0.2"], &["10.0.0.1", "10.0.0.2"]),
            (&["::1", "::2", "10.0.0.1", "10.0.0.2"], &["::1", "10.0.0.1", "::2", "10.0.0.2"]),
            (&["10.0.0.1", "::1", "::2", "::3"], &["10.0.0.1", "::1", "::2", "::3"]),
            (&["::1", "::2", "::3", "10.0.0.1"], &["::1", "10.0.0.1", "::2", "::3"]),
        ];
        for (given, expected) in rows {
            assert_eq!(interleave(&addresses(given)), addresses(expected), "{given:?}");
        }
    }
}
