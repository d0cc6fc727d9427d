//! Keep Alive (MQTT 5.0, 3.1.2.10): when to ping, when to give the server up.

use crate::time::Time;

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    Nothing,
    /// Send PINGREQ.
    Ping,
    /// The server is silent: close the connection.
    Dead,
}

/// The clock of one connection.
#[derive(Debug, Default)]
pub struct Keepalive {
    interval: u64,
    last_in: Time,
    last_out: Time,
    pinged: Option<Time>,
}

impl Keepalive {
    /// A connection begins; `seconds` of 0 turns the whole mechanism off.
    pub fn restart(&mut self, now: Time, seconds: u16) {
        *self = Keepalive {
            interval: u64::from(seconds) * 1000,
            last_in: now,
            last_out: now,
            pinged: None,
        };
    }

    /// The server chose another interval [MQTT-3.1.2-21]; it counts from the last packet in each direction.
    pub fn set_interval(&mut self, seconds: u16) {
        self.interval = u64::from(seconds) * 1000;
    }

    /// Something arrived.
    pub fn received(&mut self, now: Time) {
        self.last_in = now;
    }

    /// Something was written.
    pub fn sent(&mut self, now: Time) {
        self.last_out = now;
    }

    /// PINGREQ was sent.
    pub fn pinged(&mut self, now: Time) {
        self.pinged = Some(now);
        self.last_in = now;
        self.last_out = now;
    }

    /// PINGRESP arrived.
    pub fn answered(&mut self) {
        self.pinged = None;
    }

    /// When [`Keepalive::due`] will next have something to do.
    pub fn deadline(&self) -> Option<Time> {
        let since = self.pinged.unwrap_or(self.last_in.min(self.last_out));
        (self.interval > 0).then(|| since + self.interval)
    }

    /// What to do now. A connection that is not `up` cannot ping: for it the interval is the limit of the handshake.
    pub fn due(&self, now: Time, up: bool) -> Due {
        match self.deadline() {
            Some(deadline) if deadline <= now => match (up, self.pinged) {
                (true, None) => Due::Ping,
                _ => Due::Dead,
            },
            _ => Due::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: u64) -> Time {
        Time::from_millis(ms)
    }

    #[test]
    fn pings_after_silence_in_either_direction_and_gives_up() {
        let mut clock = Keepalive::default();
        clock.restart(at(0), 5);
        assert_eq!(
            (clock.due(at(4999), true), clock.due(at(5000), true)),
            (Due::Nothing, Due::Ping)
        );
        clock.sent(at(3000));
        assert_eq!(clock.due(at(5000), true), Due::Ping, "nothing came in for 5 s");
        clock.received(at(4000));
        assert_eq!(clock.deadline(), Some(at(8000)));
        clock.pinged(at(8000));
        clock.received(at(12_000));
        assert_eq!(clock.due(at(13_000), true), Due::Dead, "other traffic is no PINGRESP");
        clock.answered();
        assert_eq!(clock.due(at(13_000), true), Due::Ping, "nothing went out for 5 s");
    }

    #[test]
    fn limits_the_handshake_and_can_be_off() {
        let mut clock = Keepalive::default();
        clock.restart(at(0), 5);
        assert_eq!(clock.due(at(5000), false), Due::Dead);
        clock.restart(at(0), 0);
        assert_eq!((clock.deadline(), clock.due(at(u64::MAX), true)), (None, Due::Nothing));
    }
}
