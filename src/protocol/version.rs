//! The protocol version, a value that the codec and the session look at where the versions differ.

/// MQTT 3.1, 3.1.1 or 5.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Version {
    /// MQTT 3.1, protocol name "MQIsdp", level 3.
    V31,
    /// MQTT 3.1.1, level 4: the default of the library.
    #[default]
    V311,
    /// MQTT 5.0, level 5.
    V5,
}

impl Version {
    /// From the number that CONNECT carries and `MOSQ_OPT_PROTOCOL_VERSION` takes.
    pub const fn from_level(level: i32) -> Option<Self> {
        match level {
            3 => Some(Version::V31),
            4 => Some(Version::V311),
            5 => Some(Version::V5),
            _ => None,
        }
    }

    /// Protocol name and level in CONNECT [MQTT-3.1.2-1].
    pub const fn name_and_level(self) -> (&'static str, u8) {
        match self {
            Version::V31 => ("MQIsdp", 3),
            Version::V311 => ("MQTT", 4),
            Version::V5 => ("MQTT", 5),
        }
    }

    /// Whether packets carry properties and reason codes.
    pub const fn is_v5(self) -> bool {
        matches!(self, Version::V5)
    }
}
