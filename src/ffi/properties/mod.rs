//! `mosquitto/libcommon_properties.h`: lists of MQTT 5 properties as C programs hold them.
//!
//! `node` is the memory layout and the way to and from the wire; the other files are the exported functions. Inside the
//! library properties stay encoded (`crate::protocol::property`); nodes exist only where a program sees them.

mod add;
mod info;
mod list;
pub(crate) mod node;
mod read;
#[cfg(test)]
mod tests;
mod value;

pub use add::*;
pub use info::*;
pub use list::*;
pub use read::*;
pub use value::*;
