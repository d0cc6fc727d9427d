//! Messages in flight: in the order in which they were first sent, found by packet identifier, every operation O(1).

use super::id_table::IdTable;
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

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// PUBLISH was sent: PUBACK or PUBREC is to come.
    Publish,
    /// PUBREL was sent: PUBCOMP is to come.
    Pubrel,
}

type Link = Option<u32>;

/// A place for a message, linked to its neighbours in order of sending, or to the next free place.
#[derive(Debug)]
struct Slot {
    message: Option<Message>,
    previous: Link,
    next: Link,
}

/// The messages in flight.
#[derive(Debug, Default)]
pub struct Window {
    slots: Vec<Slot>,
    index: IdTable,
    first: Link,
    last: Link,
    free: Link,
}

impl Window {
    /// How many messages are in flight.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether a message with this identifier is in flight.
    pub fn contains(&self, mid: u16) -> bool {
        self.index.get(mid).is_some()
    }

    /// The message with this identifier.
    pub fn get_mut(&mut self, mid: u16) -> Option<&mut Message> {
        let at = self.index.get(mid)?;
        self.slot(Some(at))?.message.as_mut()
    }

    /// Appends a message whose identifier is not in flight.
    pub fn push(&mut self, message: Message) {
        let mid = message.mid;
        let slot = Slot { message: Some(message), previous: self.last, next: None };
        let at = match self.free {
            Some(at) => {
                if let Some(free) = self.slot(Some(at)) {
                    let next_free = core::mem::replace(free, slot).next;
                    self.free = next_free;
                }
                at
            }
            None => {
                self.slots.push(slot);
                (self.slots.len() - 1) as u32
            }
        };
        match self.slot(self.last) {
            Some(last) => last.next = Some(at),
            None => self.first = Some(at),
        }
        self.last = Some(at);
        self.index.set(mid, at);
    }

    /// Takes the message with this identifier out.
    pub fn remove(&mut self, mid: u16) -> Option<Message> {
        let at = self.index.remove(mid)?;
        let free = self.free;
        let slot = self.slot(Some(at))?;
        let (message, previous, next) = (slot.message.take(), slot.previous, slot.next);
        slot.next = free;
        self.free = Some(at);
        match self.slot(previous) {
            Some(previous) => previous.next = next,
            None => self.first = next,
        }
        match self.slot(next) {
            Some(next) => next.previous = previous,
            None => self.last = previous,
        }
        message
    }

    /// Does something to every message, oldest first.
    pub fn for_each(&mut self, mut act: impl FnMut(&mut Message)) {
        let mut at = self.first;
        while let Some(slot) = self.slot(at) {
            if let Some(message) = &mut slot.message {
                act(message);
            }
            at = slot.next;
        }
    }

    /// Takes all messages out, oldest first.
    pub fn drain(&mut self) -> Vec<Message> {
        let mut all = Vec::with_capacity(self.len());
        let mut at = self.first;
        while let Some(slot) = self.slot(at) {
            all.extend(slot.message.take());
            at = slot.next;
        }
        *self = Window::default();
        all
    }

    fn slot(&mut self, at: Link) -> Option<&mut Slot> {
        self.slots.get_mut(at? as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(mid: u16) -> Message {
        Message {
            mid,
            qos: 1,
            stage: Stage::Publish,
            dup: false,
            resend: false,
            start: 0,
            packet: Stored::empty(),
        }
    }

    proptest! {
        /// The window does what a plain list does.
        #[test]
        fn behaves_like_a_list(operations in proptest::collection::vec((any::<bool>(), 1u16..20), 0..200)) {
            let mut window = Window::default();
            let mut list: Vec<u16> = Vec::new();
            for (add, mid) in operations {
                if add && !list.contains(&mid) {
                    window.push(message(mid));
                    list.push(mid);
                } else if !add {
                    let known = list.iter().position(|&other| other == mid);
                    prop_assert_eq!(window.remove(mid).map(|message| message.mid), known.map(|at| list.remove(at)));
                }
                let mut order = Vec::new();
                window.for_each(|message| order.push(message.mid));
                prop_assert_eq!(&order, &list);
                prop_assert_eq!(window.len(), list.len());
            }
            let drained: Vec<u16> = window.drain().iter().map(|message| message.mid).collect();
            prop_assert_eq!(drained, list);
        }
    }
}
