//! Each machine with exact bytes, in every segmentation, and with arbitrary input.

mod accept;
mod decode;
mod encode;
mod upgrade;
