//! A broker that plays a script in a thread of the test process, for clients that live in another process.
//!
//! Each step has a limit; the first step that fails ends the script with an account of what came instead.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::peer::{Listener, Peer};
use super::script::Step;

/// What a program has printed so far, shared between the thread that reads it and the broker that waits for it.
#[derive(Debug, Default)]
pub struct Output {
    text: Mutex<(Vec<u8>, bool)>,
    grown: Condvar,
}

impl Output {
    /// Appends what was read.
    pub fn push(&self, bytes: &[u8]) {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).0.extend_from_slice(bytes);
        self.grown.notify_all();
    }

    /// No more will come.
    pub fn finish(&self) {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.grown.notify_all();
    }

    /// All of it.
    pub fn bytes(&self) -> Vec<u8> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// All of it as text.
    pub fn text(&self) -> String {
        let guard = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&guard.0).into_owned()
    }

    /// Waits until the output has `needle` in it.
    pub fn wait_for(&self, needle: &str, limit: Duration) -> Result<(), String> {
        let deadline = Instant::now() + limit;
        let mut guard = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        while !String::from_utf8_lossy(&guard.0).contains(needle) {
            let left = deadline.saturating_duration_since(Instant::now());
            if guard.1 || left.is_zero() {
                return Err(format!("program never printed {needle:?}"));
            }
            guard = self.grown.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }
}

/// A running script.
pub struct ScriptedBroker {
    host: String,
    port: u16,
    thread: JoinHandle<Result<Vec<Vec<u8>>, String>>,
}

impl ScriptedBroker {
    /// Starts to listen and to play. `library` is `ours` or `theirs`, `output` what the program prints, `limit` counts
    /// for each step.
    pub fn start(
        listener: Listener,
        script: Vec<(String, Step)>,
        library: &'static str,
        output: Arc<Output>,
        limit: Duration,
    ) -> ScriptedBroker {
        let (host, port) = (listener.host(), listener.port());
        let thread = std::thread::spawn(move || {
            let mut stage = Stage { listener, peer: None, library, output, limit, closed: vec![] };
            let result = stage.play(&script);
            let sent = stage.finish();
            result.map(|()| sent)
        });
        ScriptedBroker { host, port, thread }
    }

    /// Host argument of `mosquitto_connect`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Port argument of `mosquitto_connect`.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the end of the script; what the client sent, connection by connection.
    pub fn finish(self) -> Result<Vec<Vec<u8>>, String> {
        self.thread.join().map_err(|_| "the scripted broker panicked".to_owned())?
    }
}

struct Stage {
    listener: Listener,
    peer: Option<Peer>,
    library: &'static str,
    output: Arc<Output>,
    limit: Duration,
    closed: Vec<Vec<u8>>,
}

impl Stage {
    fn play(&mut self, script: &[(String, Step)]) -> Result<(), String> {
        for (number, (line, step)) in script.iter().enumerate() {
            self.perform(step).map_err(|e| format!("step {} `{line}`: {e}", number + 1))?;
        }
        Ok(())
    }

    fn perform(&mut self, step: &Step) -> Result<(), String> {
        let limit = self.limit;
        let idle = |peer: &Peer| {
            peer.wait(Duration::from_millis(50));
        };
        match step {
            Step::Accept => {
                self.retire();
                self.peer = Some(self.listener.accept(limit)?);
            }
            Step::Stdout(text) => self.output.wait_for(text, limit)?,
            Step::Expect(Some(library), _) if *library != self.library => {}
            Step::Expect(_, pattern) => self.peer()?.expect(pattern, limit, idle)?,
            Step::ExpectPacket(packet_type) => {
                self.peer()?.expect_packet(*packet_type, limit, idle)?;
            }
            Step::Send(pieces) => {
                for piece in pieces {
                    self.peer()?.send(piece, limit, idle)?;
                }
            }
            Step::Quiet(silence) => {
                let deadline = Instant::now() + *silence;
                let peer = self.peer()?;
                while let Some(left) = deadline.checked_duration_since(Instant::now()) {
                    peer.wait(left);
                    peer.pump();
                    if !peer.unchecked().is_empty() || peer.end().is_some() {
                        let came = super::pattern::hex(peer.unchecked());
                        return Err(format!("not quiet: {came} {:?}", peer.end()));
                    }
                }
            }
            Step::End => {
                self.peer()?.expect_end(limit, idle)?;
            }
            Step::Shut => self.peer()?.shut_sending(),
            Step::Close => self.retire(),
            Step::Reset => {
                if let Some(peer) = self.peer.take() {
                    self.closed.push(peer.received().to_vec());
                    peer.reset();
                }
            }
        }
        Ok(())
    }

    fn peer(&mut self) -> Result<&mut Peer, String> {
        if self.peer.is_none() {
            self.peer = Some(self.listener.accept(self.limit)?);
        }
        self.peer.as_mut().ok_or("no connection".to_owned())
    }

    fn retire(&mut self) {
        if let Some(mut peer) = self.peer.take() {
            peer.pump();
            self.closed.push(peer.received().to_vec());
        }
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        self.retire();
        self.closed
    }
}
