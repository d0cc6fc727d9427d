//! What the targets share: how an input is taken apart, and in which portions bytes arrive.
//!
//! Everything is decided by the input, so that what was found can be run again.

use mosquitto::protocol::version::Version;

/// An input, consumed from its start.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// The next byte, 0 at the end.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// The next two bytes as a number.
    pub fn number(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    /// Up to as many bytes as the next byte says.
    pub fn field(&mut self) -> &'a [u8] {
        let len = usize::from(self.byte());
        self.bytes(len)
    }

    /// Up to so many bytes.
    pub fn bytes(&mut self, len: usize) -> &'a [u8] {
        let (field, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        field
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Lengths of portions without end, the same for the same seed; many of them small.
#[derive(Debug, Clone)]
pub struct Portions(u32);

impl Portions {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u16) -> Portions {
        Portions(u32::from(seed).wrapping_mul(0x9e37_79b9) | 1)
    }

    /// The next number, of 32 bits.
    pub fn next_number(&mut self) -> u32 {
        // xorshift32
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// The next length, 1 to 256.
    pub fn next_len(&mut self) -> usize {
        let [wide, choice, ..] = self.next_number().to_be_bytes();
        match choice % 4 {
            0 => 1,
            1 => 1 + usize::from(wide % 4),
            2 => 1 + usize::from(wide % 32),
            _ => 1 + usize::from(wide),
        }
    }
}

/// In which ways a target feeds the same bytes.
#[derive(Debug, Clone)]
pub enum Cut {
    /// All at once.
    Whole,
    /// One by one.
    Bytes,
    /// In portions of many lengths.
    Portions(Portions),
}

impl Cut {
    /// The ways that have to come to the same.
    pub fn all(seed: u16) -> [Cut; 3] {
        [Cut::Whole, Cut::Bytes, Cut::Portions(Portions::new(seed))]
    }

    /// Takes the next portion off `rest`; not empty unless `rest` is.
    pub fn next<'a>(&mut self, rest: &mut &'a [u8]) -> &'a [u8] {
        let len = match self {
            Cut::Whole => rest.len(),
            Cut::Bytes => 1,
            Cut::Portions(portions) => portions.next_len(),
        };
        let (portion, left) = rest.split_at(len.min(rest.len()));
        *rest = left;
        portion
    }
}

/// All versions of MQTT.
pub const VERSIONS: [Version; 3] = [Version::V31, Version::V311, Version::V5];
