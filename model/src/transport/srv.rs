//! No domain name system: only the names of what would be asked for.

/// What is asked for where there is no encryption.
pub const PLAIN: &[u8] = b"_mqtt._tcp.";
/// And where there is.
pub const SECURE: &[u8] = b"_secure-mqtt._tcp.";
