//! Each machine with exact bytes, in every segmentation, and with arbitrary input.

mod decode;
mod encode;
mod upgrade;
