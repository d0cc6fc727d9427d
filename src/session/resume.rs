//! What becomes of unfinished messages when the next connection stands (MQTT 5.0, 4.4).
//!
//! MQTT 3.1 and 3.1.1: everything is sent again, whether the server kept the session or not; programs rely on it. MQTT 5
//! without a session at the server: what was not acknowledged is published anew, what was received is complete.

use super::Session;
use super::window::Stage;

impl Session {
    /// CONNACK accepted us: sends again what earlier connections left, oldest first, and then what waits.
    pub(super) fn resume(&mut self, session_present: bool) {
        let anew = self.version.is_v5() && !session_present;
        let keeps_received =
            session_present || self.version == crate::protocol::version::Version::V31;
        if !keeps_received || self.promised.clean {
            self.incoming.clear(); // the server will not finish what it began
        }
        let (old, fresh): (Vec<_>, Vec<_>) =
            self.outgoing.window.drain().into_iter().partition(|message| message.resend);
        let mut back = Vec::new();
        for mut message in old {
            match message.stage {
                Stage::Pubrel if anew => self.complete(message.mid, 0),
                Stage::Pubrel => {
                    message.resend = false;
                    self.send_pubrel(message.mid);
                    self.outgoing.window.push(message);
                }
                Stage::Publish => {
                    message.dup &= !anew;
                    if self.outgoing.window.len() + fresh.len() < self.window_size() {
                        self.send(message);
                    } else {
                        back.push(message);
                    }
                }
            }
        }
        for message in fresh {
            self.outgoing.window.push(message);
        }
        for message in back.into_iter().rev() {
            self.outgoing.waiting.push_front(message);
        }
        if anew {
            for message in self.outgoing.waiting.iter_mut() {
                message.dup = false;
            }
        }
        self.release_held();
        self.release();
    }
}
