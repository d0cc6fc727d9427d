//! Messages in flight: found by packet identifier, in the order in which they were sent where that matters.

use super::id_slab::IdSlab;
use super::stored::Stored;

/// A QoS 1 or QoS 2 message, from publish to its last acknowledgement.
#[derive(Debug)]
pub struct Message {
    /// Packet identifier.
    pub mid: u16,
    /// 1 or 2.
    pub qos: u8,
    /// What the server is to answer next.
    pub stage: Stage,
    /// Whether bytes of the PUBLISH were handed to a socket before, on this connection or an earlier one.
    pub dup: bool,
    /// Sent on an earlier connection and not yet again on this one.
    pub resend: bool,
    /// Offset in the output of this connection where the packet begins; means nothing while `resend`.
    pub start: u64,
    /// The PUBLISH; empty once it need not be sent again.
    pub packet: Stored,
}

impl Message {
    /// A message that was just published, and its PUBLISH.
    #[inline(always)]
    pub fn new(mid: u16, qos: u8, packet: Vec<u8>) -> Self {
        Message {
            mid,
            qos,
            stage: Stage::Publish,
            dup: false,
            resend: false,
            start: 0,
            packet: Stored::new(packet),
        }
    }
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// PUBLISH was sent: PUBACK or PUBREC is to come.
    Publish,
    /// PUBREL was sent: PUBCOMP is to come.
    Pubrel,
}

/// The messages in flight.
#[derive(Debug)]
pub struct Window {
    /// Each with its number in the order of sending.
    messages: IdSlab<(u64, Message)>,
    next: u64,
}

impl Window {
    /// No messages.
    pub const fn new() -> Self {
        Window { messages: IdSlab::new(), next: 0 }
    }

    /// How many messages are in flight.
    #[inline]
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether a message with this identifier is in flight.
    #[inline]
    pub fn contains(&self, mid: u16) -> bool {
        self.messages.contains(mid)
    }

    /// The message with this identifier.
    #[inline]
    pub fn get_mut(&mut self, mid: u16) -> Option<&mut Message> {
        self.messages.get_mut(mid).map(|(_, message)| message)
    }

    /// Appends a message whose identifier is not in flight.
    #[inline(always)]
    pub fn push(&mut self, message: Message) {
        self.messages.insert(message.mid, (self.next, message));
        self.next += 1;
    }

    /// Takes the message with this identifier out.
    #[inline]
    pub fn remove(&mut self, mid: u16) -> Option<Message> {
        self.messages.remove(mid).map(|(_, message)| message)
    }

    /// Does something to every message, in no certain order.
    pub fn for_each(&mut self, act: impl FnMut(&mut Message)) {
        self.messages.values_mut().map(|(_, message)| message).for_each(act);
    }

    /// Takes all messages out, oldest first.
    pub fn drain(&mut self) -> Vec<Message> {
        let mut all: Vec<_> = self.messages.drain().collect();
        all.sort_unstable_by_key(|&(number, _)| number);
        all.into_iter().map(|(_, message)| message).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(mid: u16) -> Message {
        Message::new(mid, 1, Vec::new())
    }

    proptest! {
        /// The window does what a plain list does.
        #[test]
        fn behaves_like_a_list(operations in proptest::collection::vec((any::<bool>(), 1u16..20), 0..200)) {
            let mut window = Window::new();
            let mut list: Vec<u16> = Vec::new();
            for (add, mid) in operations {
                if add && !list.contains(&mid) {
                    window.push(message(mid));
                    list.push(mid);
                } else if !add {
                    let known = list.iter().position(|&other| other == mid);
                    prop_assert_eq!(window.remove(mid).map(|message| message.mid), known.map(|at| list.remove(at)));
                }
                let mut count = 0;
                window.for_each(|message| count += usize::from(list.contains(&message.mid)));
                prop_assert_eq!(count, list.len());
                prop_assert_eq!(window.len(), list.len());
            }
            let drained: Vec<u16> = window.drain().iter().map(|message| message.mid).collect();
            prop_assert_eq!(drained, list);
        }
    }
}
