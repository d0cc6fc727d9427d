//! Property lists that a program passes in.

use super::handle;
use super::properties::node::{self, Received};
use super::types::mosquitto_property;
use crate::client::Client;
use crate::error::Result;

/// The list in the form of the wire. It belongs to the caller, so no callback may run meanwhile.
///
/// # Safety
///
/// `list` is a list that nobody changes during the call.
pub(crate) unsafe fn wire_of(
    list: *const mosquitto_property,
    received: Received,
) -> Result<Vec<u8>> {
    let mut wire = Vec::new();
    // SAFETY: by the caller's promise.
    unsafe { node::encode_list(list, received, &mut wire) }?;
    Ok(wire)
}

/// Calls `call` with the list in the form of the wire, `None` for NULL. The bytes belong to the client meanwhile, not to
/// this frame, because callbacks may run.
///
/// # Safety
///
/// `list` is NULL or a list that nobody changes during the call.
pub(crate) unsafe fn with_properties(
    client: &Client,
    list: *const mosquitto_property,
    received: Received,
    call: impl FnOnce(Option<&[u8]>) -> Result<()>,
) -> Result<()> {
    if list.is_null() {
        return call(None);
    }
    // SAFETY: by the caller's promise.
    let wire = unsafe { wire_of(list, received) }?;
    let parking = handle::callbacks(client).parking();
    parking.scope(|mark| {
        // SAFETY: used inside the scope.
        let wire: &Vec<u8> = unsafe { parking.park(mark, wire) };
        call(Some(wire))
    })
}
