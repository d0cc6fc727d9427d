//! The functions that make lists.

use core::ffi::{c_char, c_int, c_void};

use super::node::{self, Empty, OwnedNode, identifier_of_kind};
use crate::error::{Error, Result};
use crate::ffi::boundary::{self, guard_code};
use crate::ffi::export::export;
use crate::ffi::types::mosquitto_property;
use crate::protocol::primitive::VARINT_MAX;
use crate::protocol::property::{Kind, Property, Value};
use crate::protocol::utf8;

/// The most bytes that a string or binary data can have (MQTT 5.0, 1.5.4 and 1.5.6).
const MAX_TEXT: usize = u16::MAX as usize;

export!("mosquitto_property_add_byte", "MOSQ_1.6");
/// Append a property whose value is one byte to a list.
///
/// Parameters:
///   proplist   - the list; *proplist is NULL for the empty list and changes only then.
///   identifier - one of the MQTT_PROP_* whose values are bytes.
///   value      - any value; mosquitto_property_check_all() knows which ones are allowed.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - appended.
///   MOSQ_ERR_INVAL - proplist is NULL, or identifier is not one of those. The list is unchanged.
///   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
///
/// Threads: any thread, as long as no other uses the same list.
///
/// See also: mosquitto_property_free_all
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_add_byte(
    proplist: *mut *mut mosquitto_property,
    identifier: c_int,
    value: u8,
) -> c_int {
    // SAFETY: NULL or the program's list, by the caller's contract.
    guard_code(|| unsafe { add(proplist, identifier, Value::Byte(value)) })
}

export!("mosquitto_property_add_int16", "MOSQ_1.6");
/// Append a property whose value is a two byte integer to a list.
///
/// Parameters:
///   proplist   - the list; *proplist is NULL for the empty list and changes only then.
///   identifier - one of the MQTT_PROP_* whose values are two byte integers.
///   value      - any value; mosquitto_property_check_all() knows which ones are allowed.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - appended.
///   MOSQ_ERR_INVAL - proplist is NULL, or identifier is not one of those. The list is unchanged.
///   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
///
/// Threads: any thread, as long as no other uses the same list.
///
/// See also: mosquitto_property_free_all
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_add_int16(
    proplist: *mut *mut mosquitto_property,
    identifier: c_int,
    value: u16,
) -> c_int {
    // SAFETY: NULL or the program's list, by the caller's contract.
    guard_code(|| unsafe { add(proplist, identifier, Value::Int16(value)) })
}

export!("mosquitto_property_add_int32", "MOSQ_1.6");
/// Append a property whose value is a four byte integer to a list.
///
/// Parameters:
///   proplist   - the list; *proplist is NULL for the empty list and changes only then.
///   identifier - one of the MQTT_PROP_* whose values are four byte integers.
///   value      - any value; mosquitto_property_check_all() knows which ones are allowed.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - appended.
///   MOSQ_ERR_INVAL - proplist is NULL, or identifier is not one of those. The list is unchanged.
///   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
///
/// Threads: any thread, as long as no other uses the same list.
///
/// See also: mosquitto_property_free_all
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_add_int32(
    proplist: *mut *mut mosquitto_property,
    identifier: c_int,
    value: u32,
) -> c_int {
    // SAFETY: NULL or the program's list, by the caller's contract.
    guard_code(|| unsafe { add(proplist, identifier, Value::Int32(value)) })
}

export!("mosquitto_property_add_varint", "MOSQ_1.6");
/// Append a property whose value is a variable byte integer to a list.
///
/// Parameters:
///   proplist   - the list; *proplist is NULL for the empty list and changes only then.
///   identifier - MQTT_PROP_SUBSCRIPTION_IDENTIFIER.
///   value      - at most 268435455.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - appended.
///   MOSQ_ERR_INVAL - proplist is NULL, identifier is another one, or value is too large. The list is
///     unchanged.
///   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
///
/// Threads: any thread, as long as no other uses the same list.
///
/// See also: mosquitto_property_free_all
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_add_varint(
    proplist: *mut *mut mosquitto_property,
    identifier: c_int,
    value: u32,
) -> c_int {
    guard_code(|| {
        if value > VARINT_MAX {
            return Err(Error::Inval);
        }
        // SAFETY: NULL or the program's list, by the caller's contract.
        unsafe { add(proplist, identifier, Value::Varint(value)) }
    })
}

export!("mosquitto_property_add_binary", "MOSQ_1.6");
/// Append a property whose value is binary data to a list.
///
/// Parameters:
///   proplist   - the list; *proplist is NULL for the empty list and changes only then.
///   identifier - MQTT_PROP_CORRELATION_DATA or MQTT_PROP_AUTHENTICATION_DATA.
///   value      - the data, which is copied; may be NULL if len is 0.
///   len        - number of bytes.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - appended.
///   MOSQ_ERR_INVAL - proplist is NULL, identifier is another one, or value is NULL and len is not 0. The
///     list is unchanged.
///   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
///
/// Threads: any thread, as long as no other uses the same list.
///
/// See also: mosquitto_property_free_all
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_add_binary(
    proplist: *mut *mut mosquitto_property,
    identifier: c_int,
    value: *const c_void,
    len: u16,
) -> c_int {
    guard_code(|| {
        let bytes = match len {
            0 => Some(&[][..]),
            // SAFETY: NULL or `len` bytes, by the caller's contract.
            _ => unsafe { boundary::slice(value, len.into()) },
        };
        let value = Value::Binary(bytes.ok_or(Error::Inval)?);
        // SAFETY: NULL or the program's list, by the caller's contract.
        unsafe { add(proplist, identifier, value) }
    })
}

export!("mosquitto_property_add_string", "MOSQ_1.6");
/// Append a property whose value is a string to a list.
///
/// Parameters:
///   proplist   - the list; *proplist is NULL for the empty list and changes only then.
///   identifier - one of the MQTT_PROP_* whose values are strings.
///   value      - UTF-8 without control characters, at most 65535 bytes; it is copied. NULL means "".
///
/// Returns:
///   MOSQ_ERR_SUCCESS - appended.
///   MOSQ_ERR_INVAL - proplist is NULL, or identifier is not one of those. The list is unchanged.
///   MOSQ_ERR_MALFORMED_UTF8 - value is too long, or is not such a string. The list is unchanged.
///   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
///
/// Threads: any thread, as long as no other uses the same list.
///
/// See also: mosquitto_property_free_all, mosquitto_validate_utf8
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_add_string(
    proplist: *mut *mut mosquitto_property,
    identifier: c_int,
    value: *const c_char,
) -> c_int {
    guard_code(|| {
        if proplist.is_null() {
            return Err(Error::Inval);
        }
        // SAFETY: NULL or a NUL-terminated string, by the caller's contract.
        let value = unsafe { boundary::string(value) }.unwrap_or_default();
        check_length(value)?;
        utf8::validate(value)?;
        // SAFETY: the program's list, by the caller's contract.
        unsafe { add(proplist, identifier, Value::String(value)) }
    })
}

export!("mosquitto_property_add_string_pair", "MOSQ_1.6");
/// Append a property whose value is a pair of strings to a list.
///
/// Parameters:
///   proplist   - the list; *proplist is NULL for the empty list and changes only then.
///   identifier - MQTT_PROP_USER_PROPERTY.
///   name       - UTF-8 without control characters, at most 65535 bytes; it is copied. NULL means "".
///   value      - as name, except that other bytes are noticed only by the call that would send them, which
///                returns MOSQ_ERR_MALFORMED_UTF8.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - appended.
///   MOSQ_ERR_INVAL - proplist is NULL, or identifier is another one. The list is unchanged.
///   MOSQ_ERR_MALFORMED_UTF8 - name or value is too long, or name is not such a string. The list is
///     unchanged.
///   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
///
/// Threads: any thread, as long as no other uses the same list.
///
/// See also: mosquitto_property_free_all, mosquitto_validate_utf8
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_add_string_pair(
    proplist: *mut *mut mosquitto_property,
    identifier: c_int,
    name: *const c_char,
    value: *const c_char,
) -> c_int {
    guard_code(|| {
        let identifier = identifier_of_kind(identifier, Kind::Pair).ok_or(Error::Inval)?;
        if proplist.is_null() {
            return Err(Error::Inval);
        }
        // SAFETY: NULL or NUL-terminated strings, by the caller's contract.
        let (name, value) = unsafe { (boundary::string(name), boundary::string(value)) };
        for text in [name, value].into_iter().flatten() {
            check_length(text)?;
        }
        utf8::validate(name.unwrap_or_default())?;
        let mut node = OwnedNode::new(identifier, Kind::Pair, true)?;
        node.set_texts(name, value)?;
        // SAFETY: the program's list, by the caller's contract.
        unsafe { node::append(proplist, node) };
        Ok(())
    })
}

/// Appends a property, if the values of `identifier` have this type.
///
/// # Safety
///
/// `proplist` is NULL or as [`node::append`] demands.
unsafe fn add(
    proplist: *mut *mut mosquitto_property,
    identifier: c_int,
    value: Value<'_>,
) -> Result<()> {
    let identifier = identifier_of_kind(identifier, value.kind()).ok_or(Error::Inval)?;
    if proplist.is_null() {
        return Err(Error::Inval);
    }
    let node = OwnedNode::from_property(&Property { identifier, value }, true, Empty::Null)?;
    // SAFETY: not NULL, and by the caller's promise.
    unsafe { node::append(proplist, node) };
    Ok(())
}

/// The node has 16 bits for a length; what does not fit is refused, not cut.
fn check_length(text: &[u8]) -> Result<()> {
    if text.len() > MAX_TEXT { Err(Error::MalformedUtf8) } else { Ok(()) }
}
