//! Tests on real sockets, loopback only.
