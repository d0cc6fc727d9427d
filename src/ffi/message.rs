//! stub
#![allow(missing_docs)]
use super::types::mosquitto_message;
use core::ffi::c_int;
pub unsafe extern "C" fn mosquitto_message_copy(
    _dst: *mut mosquitto_message,
    _src: *const mosquitto_message,
) -> c_int {
    1
}
pub unsafe extern "C" fn mosquitto_message_free_contents(_m: *mut mosquitto_message) {}
