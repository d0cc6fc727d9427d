//! The library's eventfd, of the modelled system.

use crate::error::Result;
use crate::system::{self, Descriptor};

/// As the library's.
#[derive(Debug)]
pub struct Wake {
    event: Descriptor,
}

impl Wake {
    /// Opens it.
    pub fn new() -> Result<Wake> {
        Ok(Wake { event: system::this().open_event() })
    }

    /// Makes it readable.
    pub fn wake(&self) {
        system::this().signal(self.event);
    }

    /// Takes back all wakes so far.
    pub fn drain(&self) {
        system::this().drain(self.event);
    }

    /// To be polled.
    pub fn descriptor(&self) -> Descriptor {
        self.event
    }
}
