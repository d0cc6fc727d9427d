//! What properties there are, and what may stand where.

use core::ffi::{c_char, c_int};
use core::ptr;

use super::node;
use crate::error::Error;
use crate::ffi::boundary::{self, guard, guard_code};
use crate::ffi::export::export;
use crate::ffi::types::mosquitto_property;
use crate::protocol::property;

export!("mosquitto_property_identifier_to_string", "MOSQ_1.7");
/// Tell the name of a property, for example "content-type" for MQTT_PROP_CONTENT_TYPE.
///
/// Parameters:
///   identifier - one of MQTT_PROP_*.
///
/// Returns:
///   the name, a constant string; or NULL if there is no such property.
///
/// Threads: may be called at any time from any thread.
///
/// See also: mosquitto_string_to_property_info
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_identifier_to_string(
    identifier: c_int,
) -> *const c_char {
    guard(ptr::null(), || property::name(identifier).map_or(ptr::null(), |name| name.as_ptr()))
}

export!("mosquitto_string_to_property_info", "MOSQ_1.6");
/// Find a property by its name.
///
/// Parameters:
///   propname   - the name, in upper or lower case.
///   identifier - receives one of MQTT_PROP_*.
///   type       - receives one of MQTT_PROP_TYPE_*.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - found.
///   MOSQ_ERR_INVAL - there is no such property, or an argument is NULL. Nothing is stored.
///
/// Threads: may be called at any time from any thread.
///
/// See also: mosquitto_property_identifier_to_string
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_string_to_property_info(
    propname: *const c_char,
    identifier: *mut c_int,
    r#type: *mut c_int,
) -> c_int {
    guard_code(|| {
        // SAFETY: NULL or a NUL-terminated string, by the caller's contract.
        let name = unsafe { boundary::string(propname) }.ok_or(Error::Inval)?;
        if identifier.is_null() || r#type.is_null() {
            return Err(Error::Inval);
        }
        let (found, kind) = property::find(name).ok_or(Error::Inval)?;
        // SAFETY: not NULL, so writable ints by the caller's contract.
        unsafe {
            boundary::put(identifier, found.into());
            boundary::put(r#type, kind as c_int);
        }
        Ok(())
    })
}

export!("mosquitto_property_check_command", "MOSQ_1.6");
/// Tell whether a kind of packet may carry a property.
///
/// Parameters:
///   command    - one of CMD_*, or CMD_WILL for the properties of a will.
///   identifier - one of MQTT_PROP_*.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - it may.
///   MOSQ_ERR_PROTOCOL - it may not, or there is no such property.
///
/// Threads: may be called at any time from any thread.
///
/// See also: mosquitto_property_check_all
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_check_command(
    command: c_int,
    identifier: c_int,
) -> c_int {
    guard_code(|| property::allowed(command, identifier))
}

export!("mosquitto_property_check_all", "MOSQ_1.6");
/// Tell whether a kind of packet may carry a list of properties. The functions that send a list check
/// it, too.
///
/// Parameters:
///   command    - one of CMD_*, or CMD_WILL for the properties of a will.
///   properties - the list; NULL is the empty list.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - it may.
///   MOSQ_ERR_PROTOCOL - a value is not allowed, or a property is not allowed in this packet.
///   MOSQ_ERR_DUPLICATE_PROPERTY - a property other than MQTT_PROP_USER_PROPERTY occurs twice.
///   The first property that is wrong decides.
///
/// Threads: any thread, as long as no other changes the list.
///
/// See also: mosquitto_property_check_command
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_check_all(
    command: c_int,
    properties: *const mosquitto_property,
) -> c_int {
    guard_code(|| {
        // SAFETY: NULL or a list, by the caller's contract.
        let list = unsafe { node::nodes(properties) }
            .map(|node| (node.identifier, node.property().map(|property| property.value)));
        property::check_list(command, list)
    })
}
