//! Lines that somebody may want to read, on their way from where they are known to whoever can hand them to the program.

use crate::error::Error;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Something failed.
    Error,
    /// Worth to know when looking for a reason.
    Debug,
}

/// One line, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// How bad it is.
    pub severity: Severity,
    /// What happened.
    pub text: String,
}

impl LogLine {
    /// A line.
    pub fn new(severity: Severity, text: impl Into<String>) -> LogLine {
        LogLine { severity, text: text.into() }
    }
}

/// An error and what there is to say about it.
#[derive(Debug)]
pub struct Failure {
    /// What the call answers.
    pub error: Error,
    /// What the log tells.
    pub lines: Vec<LogLine>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { error, lines: Vec::new() }
    }
}
