//! Behaviour of the session as a whole, without a network.
