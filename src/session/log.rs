//! Log lines of the session, kept in order until the client hands them to the program; made only if somebody listens.

use core::fmt;
use std::collections::VecDeque;

use super::lazy::{Lazy, empty};

/// `MOSQ_LOG_NOTICE`
pub const NOTICE: i32 = 2;
/// `MOSQ_LOG_WARNING`
pub const WARNING: i32 = 4;
/// `MOSQ_LOG_ERR`
pub const ERR: i32 = 8;
/// `MOSQ_LOG_DEBUG`
pub const DEBUG: i32 = 16;

/// A line is cut at the length of its format plus this, as programs know it from the original.
const ROOM: usize = 499;

/// Where the lines wait.
#[derive(Debug)]
pub struct Log {
    enabled: bool,
    lines: Lazy<VecDeque<(i32, String)>>,
}

empty!(VecDeque<(i32, String)>);

impl Log {
    /// No lines, and nobody who listens.
    pub(super) const fn new() -> Self {
        Log { enabled: false, lines: Lazy::new() }
    }

    /// Whether lines are made at all from now on.
    pub fn enable(&mut self, enabled: bool) {
        self.enabled = enabled;
    }

    /// Whether lines are made.
    pub const fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Whether lines wait.
    pub fn is_empty(&self) -> bool {
        self.lines.is_none()
    }

    /// Takes the oldest line: level and text.
    pub fn take_line(&mut self) -> Option<(i32, String)> {
        let lines = self.lines.existing()?;
        let line = lines.pop_front();
        if lines.is_empty() {
            self.lines.clear();
        }
        line
    }

    /// Adds a line, made from a format of so many bytes. The macros `log!` and `log_client!` skip all of it when nobody
    /// listens.
    pub fn push(&mut self, level: i32, format_len: usize, text: fmt::Arguments<'_>) {
        let mut line = text.to_string();
        line.truncate(line.floor_char_boundary_at(format_len + ROOM));
        self.lines.push_back((level, line));
    }
}

/// The last place at or before `at` where a string can be cut.
trait FloorCharBoundary {
    fn floor_char_boundary_at(&self, at: usize) -> usize;
}

impl FloorCharBoundary for String {
    fn floor_char_boundary_at(&self, at: usize) -> usize {
        (0..=at.min(self.len())).rev().find(|&at| self.is_char_boundary(at)).unwrap_or(0)
    }
}

/// Text of bytes that a program or a server gave; what is not UTF-8 is replaced.
pub struct Text<'a>(pub &'a [u8]);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                f.write_str("\u{fffd}")?;
            }
        }
        Ok(())
    }
}

/// The client's name in a log line: its identifier, `null` while it has none.
pub struct ClientName<'a>(pub Option<&'a [u8]>);

impl fmt::Display for ClientName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Text(self.0.unwrap_or(b"null")).fmt(f)
    }
}

/// `log!(self.log, DEBUG, "…", …)`: adds a line if somebody listens.
macro_rules! log {
    ($log:expr, $level:expr, $format:literal $(, $argument:expr)* $(,)?) => {
        if $log.is_enabled() {
            $log.push($level, $format.len(), format_args!($format $(, $argument)*));
        }
    };
}
pub(crate) use log;

/// `log_client!(self, "…", …)`: a DEBUG line that begins with the client's name.
macro_rules! log_client {
    ($session:expr, $format:literal $(, $argument:expr)* $(,)?) => {
        if $session.log.is_enabled() {
            let name = $crate::session::log::ClientName($session.config.id.as_deref());
            let format_len = "Client {} ".len() + $format.len();
            $session.log.push(
                $crate::session::log::DEBUG,
                format_len,
                format_args!("Client {name} {}", format_args!($format $(, $argument)*)),
            );
        }
    };
}
pub(crate) use log_client;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_made_for_listeners_only_and_cut() {
        let mut sink = Log::new();
        log!(sink, DEBUG, "{}", "lost");
        assert!(sink.is_empty());
        sink.enable(true);
        log!(sink, DEBUG, "{}", "ä".repeat(400));
        assert_eq!(sink.take_line().unwrap().1.len(), 500, "501 falls inside a character");
    }
}
