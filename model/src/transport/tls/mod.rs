//! No TLS: only the names that settings are kept under.

/// Made of settings: none is.
pub mod context {
    use std::sync::Arc;

    use super::config::TlsConfig;
    use crate::error::Error;
    use crate::transport::log::Failure;

    /// There is none.
    #[derive(Debug)]
    pub enum Context {}

    impl Context {
        /// Fails.
        pub fn get(_: &Arc<TlsConfig>, _: Option<Arc<Context>>) -> Result<Arc<Context>, Failure> {
            Err(Failure::from(Error::NotSupported))
        }
    }
}

/// Engines: none.
pub mod engine {
    /// Whether there are any.
    pub const SUPPORTED: bool = false;

    /// It does not.
    pub fn exists(_name: &[u8]) -> bool {
        false
    }
}

/// Connections: none.
pub mod stream {
    use std::sync::Arc;

    use super::context::Context;

    /// There is none.
    #[derive(Debug, Clone, Copy)]
    pub enum SslPointer {}

    /// To whom to speak TLS.
    #[derive(Debug)]
    pub struct TlsPeer {
        /// Settings.
        pub context: Arc<Context>,
        /// The server.
        pub host: Vec<u8>,
        /// Its port.
        pub port: u16,
    }
}

mod sys {
    use std::marker::PhantomData;

    /// There is none.
    pub struct Owned<T>(PhantomData<T>);

    impl<T> Owned<T> {
        pub fn new(_: *mut T) -> Option<Owned<T>> {
            None
        }
    }

    pub mod ffi {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "OpenSSL's")]
        pub enum SSL_CTX {}

        #[allow(non_snake_case, reason = "OpenSSL's")]
        pub fn SSL_CTX_up_ref(_: *mut SSL_CTX) {}
    }

    #[allow(non_snake_case, reason = "OpenSSL's")]
    pub fn OPENSSL_cleanse(_: *mut libc::c_void, _: usize) {}
}

include!(concat!(env!("OUT_DIR"), "/tls.rs"));
