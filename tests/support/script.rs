//! What a scripted broker does, written as text, one step a line. Bytes are in the notation of `pattern`.
//!
//! | line | step |
//! |---|---|
//! | `-> PATTERN` | the client's next bytes must be these |
//! | `->ours PATTERN`, `->theirs PATTERN` | the same, only with that library |
//! | `-> CONNECT` | the client's next bytes must be one whole packet of that type |
//! | `<- BYTES` | send |
//! | `<- BYTES \| BYTES` | send in pieces |
//! | `<1 BYTES` | send one byte at a time |
//! | `stdout TEXT` | wait until the program has printed a line with this text |
//! | `quiet MS` | the client must send nothing for so many milliseconds |
//! | `end` | the client must close (or shut) its side, having sent nothing more |
//! | `shut` | end our sending half |
//! | `close`, `reset` | close in order; with a reset |
//! | `accept` | take the next connection (the first one needs no line) |
//! | `# …` | comment |

use std::time::Duration;

use super::pattern::Pattern;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Exact bytes from the client; `None` for both libraries, else the one named.
    Expect(Option<&'static str>, Pattern),
    /// One whole packet of this type from the client.
    ExpectPacket(u8),
    /// Pieces to send.
    Send(Vec<Vec<u8>>),
    /// Wait for the program to print this.
    Stdout(String),
    /// Silence for so long.
    Quiet(Duration),
    /// Client ends its side.
    End,
    /// Shut the sending half.
    Shut,
    /// Close.
    Close,
    /// Close with a reset.
    Reset,
    /// Next connection.
    Accept,
}

const PACKETS: [(&str, u8); 8] = [
    ("CONNECT", 1),
    ("PUBLISH", 3),
    ("PUBACK", 4),
    ("SUBSCRIBE", 8),
    ("UNSUBSCRIBE", 10),
    ("PINGREQ", 12),
    ("DISCONNECT", 14),
    ("AUTH", 15),
];

/// Reads a script; each step keeps its source line for messages.
pub fn parse(text: &str) -> Result<Vec<(String, Step)>, String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| Ok((line.to_owned(), parse_line(line).map_err(|e| format!("{line}: {e}"))?)))
        .collect()
}

/// Reads one step.
pub fn parse_line(line: &str) -> Result<Step, String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    Ok(match word {
        "->" => match PACKETS.iter().find(|(name, _)| *name == rest) {
            Some((_, packet_type)) => Step::ExpectPacket(*packet_type),
            None => Step::Expect(None, Pattern::parse(rest)?),
        },
        "->ours" => Step::Expect(Some("ours"), Pattern::parse(rest)?),
        "->theirs" => Step::Expect(Some("theirs"), Pattern::parse(rest)?),
        "<-" => {
            let pieces = rest.split('|').map(|piece| Pattern::parse(piece)?.exact());
            Step::Send(pieces.collect::<Result<_, String>>()?)
        }
        "<1" => {
            Step::Send(Pattern::parse(rest)?.exact()?.into_iter().map(|byte| vec![byte]).collect())
        }
        "stdout" => Step::Stdout(rest.to_owned()),
        "quiet" => {
            let ms = rest.parse().map_err(|_| format!("{rest:?} is no number"))?;
            Step::Quiet(Duration::from_millis(ms))
        }
        "end" => Step::End,
        "shut" => Step::Shut,
        "close" => Step::Close,
        "reset" => Step::Reset,
        "accept" => Step::Accept,
        other => return Err(format!("no such step: {other}")),
    })
}
