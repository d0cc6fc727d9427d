//! stub
use super::types::mosquitto_property;
use crate::error::Result;
pub(crate) fn build_list(_wire: &[u8]) -> Result<*mut mosquitto_property> {
    Ok(core::ptr::null_mut())
}
pub(crate) unsafe fn free_list(_list: *mut mosquitto_property) {}
pub(crate) unsafe fn encode_list(_list: *const mosquitto_property, _all: bool) -> Result<Vec<u8>> {
    Ok(Vec::new())
}
