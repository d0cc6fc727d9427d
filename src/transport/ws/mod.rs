//! WebSockets (RFC 6455), the client's side, as state machines over bytes: MQTT 5 section 6, MQTT 3.1.1 section 6.
//!
//! No socket, clock or lock, and no randomness of its own: keys and masks are arguments. Everything takes its input in any
//! portions and keeps no more of it than a header line, a frame header or a control frame.
//!
//! | file | what it is |
//! |---|---|
//! | [`upgrade`] | the HTTP exchange that opens a WebSocket |
//! | `response`, `accept` | the server's answer, and the proof in it |
//! | [`decode`] | frames to payload, in place |
//! | [`encode`] | messages to masked frames |
//! | `mask`, `frame` | masking; opcodes and control frames |

mod accept;
pub mod decode;
pub mod encode;
mod frame;
mod mask;
mod response;
pub mod upgrade;

#[cfg(test)]
mod tests;

pub use frame::Control;

/// The `Sec-WebSocket-Accept` of a key, for servers of tests.
#[cfg(test)]
pub(super) fn accept_for(key: &[u8; accept::KEY_LEN]) -> String {
    String::from_utf8_lossy(&accept::accept(key)).into_owned()
}
