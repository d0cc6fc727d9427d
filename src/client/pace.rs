//! When small writes are to leave at once (TCP_NODELAY), for programs that did not say.
//!
//! Nagle's algorithm holds a small write back as long as an earlier one is not acknowledged. That saves packets where
//! messages stream, and costs 40 ms where two sides talk in turn: PUBACK is out, the next PUBLISH waits for the other
//! side's delayed acknowledgement. So it is switched off while reads and writes alternate, and on again in a stream.

/// So many writes in a row, without anything read in between, make a stream.
const STREAM: u8 = 4;

/// What the last reads and writes looked like.
#[derive(Debug, Default)]
pub struct Pace {
    /// Whether anything was read at all.
    talks: bool,
    /// Writes since then, no more than [`STREAM`].
    writes: u8,
    /// How the socket is set.
    at_once: bool,
}

impl Pace {
    /// Something was read.
    pub fn read(&mut self) {
        self.talks = true;
        self.writes = 0;
    }

    /// Something will be written. The answer is how to set the socket before, if not as it is.
    pub fn write(&mut self) -> Option<bool> {
        let at_once = self.talks && self.writes < STREAM;
        self.writes = (self.writes + 1).min(STREAM);
        let change = (at_once != self.at_once).then_some(at_once);
        self.at_once = at_once;
        change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialogue_is_set_once_and_a_stream_once() {
        let mut pace = Pace::default();
        assert_eq!([(); 6].map(|()| pace.write()), [None; 6], "nobody has answered yet");
        pace.read();
        assert_eq!(pace.write(), Some(true));
        for _ in 0..10 {
            pace.read();
            assert_eq!([pace.write(), pace.write()], [None; 2]);
        }
        let stream = [(); 6].map(|()| pace.write());
        assert_eq!(stream, [None, None, Some(false), None, None, None]);
    }
}
