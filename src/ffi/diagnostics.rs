//! `MOSQUITTO_LOG`: the lines of log of a program that cannot be changed, on standard error.
//!
//! Asked for once, when the first client is made. Where it is off nothing of this runs: whether anybody listens to a
//! client's lines is known from the log callback alone (`Callbacks::set_log`). Has no lock, so a fork cannot break it.

use core::ffi::{CStr, c_char, c_int};
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::boundary;
use super::defs::{MOSQ_LOG_DEBUG, MOSQ_LOG_ERR, MOSQ_LOG_INFO, MOSQ_LOG_NOTICE, MOSQ_LOG_WARNING};

/// Words for [`NAME`], each with the level that it adds to those before.
const WORDS: [(&str, c_int); 6] = [
    ("none", 0),
    ("error", MOSQ_LOG_ERR),
    ("warning", MOSQ_LOG_WARNING),
    ("notice", MOSQ_LOG_NOTICE),
    ("info", MOSQ_LOG_INFO),
    ("debug", MOSQ_LOG_DEBUG),
];

const NAME: &CStr = c"MOSQUITTO_LOG";

/// The levels to write, or [`UNREAD`].
static LEVELS: AtomicI32 = AtomicI32::new(UNREAD);
const UNREAD: c_int = -1;

unsafe extern "C" {
    fn secure_getenv(name: *const c_char) -> *const c_char;
}

/// Whether lines are to be written. The first call looks at the environment.
pub(crate) fn is_on() -> bool {
    levels() != 0
}

/// Writes one line. `name` is the client's identifier.
#[cold]
pub(crate) fn write(level: c_int, name: Option<&[u8]>, text: &str) {
    if level & levels() == 0 {
        return;
    }
    let word = WORDS.iter().find(|(_, value)| *value == level).map_or("log", |(word, _)| word);
    let name = name.map_or_else(|| "null".into(), String::from_utf8_lossy);
    // Most lines begin with it themselves.
    let text =
        text.strip_prefix("Client ").and_then(|rest| rest.strip_prefix(&*name)).unwrap_or(text);
    let text = Printable(text.trim());
    let process = std::process::id();
    let mut line = String::new();
    // Cannot fail: it is a string.
    let _ = writeln!(line, "{} {process} {word} {}: {text}", Moment(now()), Printable(&name));
    put(&line);
}

fn levels() -> c_int {
    let known = LEVELS.load(Ordering::Relaxed);
    if known == UNREAD { read() } else { known }
}

#[cold]
fn read() -> c_int {
    // SAFETY: a NUL-terminated name.
    let value = unsafe { secure_getenv(NAME.as_ptr()) };
    let levels = if value.is_null() {
        Some(0)
    } else {
        // SAFETY: the environment's strings end with NUL; a program that changes them while it makes its first client
        // breaks the contract of getenv().
        parse(unsafe { CStr::from_ptr(value) }.to_bytes())
    };
    let first = LEVELS
        .compare_exchange(UNREAD, levels.unwrap_or(0), Ordering::Relaxed, Ordering::Relaxed)
        .is_ok();
    if first && levels.is_none() {
        let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
        put(&format!("libmosquitto: MOSQUITTO_LOG must be one of {}\n", words.join(", ")));
    }
    LEVELS.load(Ordering::Relaxed)
}

/// The levels that a word asks for: its own and all more urgent ones.
fn parse(word: &[u8]) -> Option<c_int> {
    if word.is_empty() {
        return Some(0);
    }
    let last = WORDS.iter().position(|(known, _)| known.as_bytes() == word)?;
    Some(WORDS.iter().take(last + 1).fold(0, |levels, (_, level)| levels | level))
}

/// Writes with one system call, so that the lines of several threads stay whole; `errno` is left as it was.
fn put(line: &str) {
    let errno = boundary::errno();
    // SAFETY: the bytes of a string. Nobody can be told that it failed.
    unsafe { libc::write(libc::STDERR_FILENO, line.as_ptr().cast(), line.len()) };
    boundary::set_errno(errno);
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Time since 1970 as a date and time of day, UTC. By hand: the C library's functions take a lock.
struct Moment(Duration);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (days, second) = (seconds / 86_400, seconds % 86_400);
        // Years that begin in March, so that the leap day is the last; eras of 400 of them. Day 0 is 1 March of year 0.
        let day = days + 719_468;
        let (era, day) = (day / 146_097, day % 146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day_of_month = day - (153 * month + 2) / 5 + 1;
        let (month, after) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let year = era * 400 + year + after;
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day_of_month:02}T{hour:02}:{minute:02}:{:02}",
            second % 60
        )?;
        write!(f, ".{:06}Z", self.0.subsec_micros())
    }
}

/// Text for a terminal: what a server sends must not steer it.
struct Printable<'a>(&'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if c.is_control() { write!(f, "{}", c.escape_unicode()) } else { f.write_char(c) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_ask_for_levels() {
        let cases: [(&[u8], Option<c_int>); 7] = [
            (b"", Some(0)),
            (b"none", Some(0)),
            (b"error", Some(8)),
            (b"warning", Some(8 | 4)),
            (b"debug", Some(31)),
            (b"Debug", None),
            (b"16", None),
        ];
        for (word, levels) in cases {
            assert_eq!(parse(word), levels, "{:?}", String::from_utf8_lossy(word));
        }
    }

    #[test]
    fn moments_are_dates() {
        let cases = [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_399, "2000-02-28T23:59:59.000000Z"),
            (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (951_868_800, "2000-03-01T00:00:00.000000Z"),
            (1_767_225_599, "2025-12-31T23:59:59.000000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000000Z"),
        ];
        for (seconds, text) in cases {
            assert_eq!(Moment(Duration::from_secs(seconds)).to_string(), text);
        }
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(Printable("a\u{1b}[2Jé\n").to_string(), "a\\u{1b}[2Jé\\u{a}");
    }
}
