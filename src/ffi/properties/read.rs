//! The functions that look for a property in a list and read its value.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use super::node::{self, Node, identifier_of_kind};
use crate::error::Result;
use crate::ffi::alloc;
use crate::ffi::boundary::{self, guard};
use crate::ffi::export::export;
use crate::ffi::types::{Bool, mosquitto_property};
use crate::protocol::property::{Kind, Value};

export!("mosquitto_property_read_byte", "MOSQ_1.6");
/// Find a property whose value is one byte.
///
/// Parameters:
///   proplist   - the list; NULL is the empty list.
///   identifier - one of the MQTT_PROP_* whose values are bytes.
///   value      - receives the value if found; may be NULL.
///   skip_first - false: find the first property with this identifier. true: find the second one; to visit
///                all of them, pass what the last call returned as proplist and true.
///
/// Returns:
///   the property; or NULL if there is none, or its values are not bytes.
///
/// Threads: any thread, as long as no other changes the list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_read_byte(
    proplist: *const mosquitto_property,
    identifier: c_int,
    value: *mut u8,
    skip_first: Bool,
) -> *const mosquitto_property {
    // SAFETY: NULL or a list, NULL or a variable, by the caller's contract.
    unsafe { read_number(proplist, identifier, Kind::Byte, value, skip_first, |n| n as u8) }
}

export!("mosquitto_property_read_int16", "MOSQ_1.6");
/// Find a property whose value is a two byte integer.
///
/// Parameters:
///   proplist   - the list; NULL is the empty list.
///   identifier - one of the MQTT_PROP_* whose values are two byte integers.
///   value      - receives the value if found; may be NULL.
///   skip_first - false: find the first property with this identifier. true: find the second one; to visit
///                all of them, pass what the last call returned as proplist and true.
///
/// Returns:
///   the property; or NULL if there is none, or its values are not two byte integers.
///
/// Threads: any thread, as long as no other changes the list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_read_int16(
    proplist: *const mosquitto_property,
    identifier: c_int,
    value: *mut u16,
    skip_first: Bool,
) -> *const mosquitto_property {
    // SAFETY: NULL or a list, NULL or a variable, by the caller's contract.
    unsafe { read_number(proplist, identifier, Kind::Int16, value, skip_first, |n| n as u16) }
}

export!("mosquitto_property_read_int32", "MOSQ_1.6");
/// Find a property whose value is a four byte integer.
///
/// Parameters:
///   proplist   - the list; NULL is the empty list.
///   identifier - one of the MQTT_PROP_* whose values are four byte integers.
///   value      - receives the value if found; may be NULL.
///   skip_first - false: find the first property with this identifier. true: find the second one; to visit
///                all of them, pass what the last call returned as proplist and true.
///
/// Returns:
///   the property; or NULL if there is none, or its values are not four byte integers.
///
/// Threads: any thread, as long as no other changes the list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_read_int32(
    proplist: *const mosquitto_property,
    identifier: c_int,
    value: *mut u32,
    skip_first: Bool,
) -> *const mosquitto_property {
    // SAFETY: NULL or a list, NULL or a variable, by the caller's contract.
    unsafe { read_number(proplist, identifier, Kind::Int32, value, skip_first, |n| n) }
}

export!("mosquitto_property_read_varint", "MOSQ_1.6");
/// Find a property whose value is a variable byte integer.
///
/// Parameters:
///   proplist   - the list; NULL is the empty list.
///   identifier - MQTT_PROP_SUBSCRIPTION_IDENTIFIER.
///   value      - receives the value if found; may be NULL.
///   skip_first - false: find the first property with this identifier. true: find the second one; to visit
///                all of them, pass what the last call returned as proplist and true.
///
/// Returns:
///   the property; or NULL if there is none, or its values are not variable byte integers.
///
/// Threads: any thread, as long as no other changes the list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_read_varint(
    proplist: *const mosquitto_property,
    identifier: c_int,
    value: *mut u32,
    skip_first: Bool,
) -> *const mosquitto_property {
    // SAFETY: NULL or a list, NULL or a variable, by the caller's contract.
    unsafe { read_number(proplist, identifier, Kind::Varint, value, skip_first, |n| n) }
}

export!("mosquitto_property_read_binary", "MOSQ_1.6");
/// Find a property whose value is binary data.
///
/// Parameters:
///   proplist   - the list; NULL is the empty list.
///   identifier - MQTT_PROP_CORRELATION_DATA or MQTT_PROP_AUTHENTICATION_DATA.
///   value      - receives a copy of the data, to be freed with free(), or NULL if it has no bytes. NULL is
///                also stored if no property is found in a list that is not empty. May be NULL if len is.
///   len        - receives the number of bytes if found. May be NULL if value is.
///   skip_first - false: find the first property with this identifier. true: find the second one; to visit
///                all of them, pass what the last call returned as proplist and true.
///
/// Returns:
///   the property; or NULL if there is none, if its values are not binary data, if only one of value and
///   len is NULL, or if out of memory.
///
/// Threads: any thread, as long as no other changes the list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_read_binary(
    proplist: *const mosquitto_property,
    identifier: c_int,
    value: *mut *mut c_void,
    len: *mut u16,
    skip_first: Bool,
) -> *const mosquitto_property {
    guard(ptr::null(), || {
        if proplist.is_null() || value.is_null() != len.is_null() {
            return ptr::null();
        }
        // SAFETY: a list and variables or NULL, by the caller's contract.
        unsafe {
            boundary::put(value, ptr::null_mut());
            let found = find(proplist, identifier, Kind::Binary, skip_first);
            let Some((node, Value::Binary(bytes))) = found else { return ptr::null() };
            let Ok(copy) = copy_for(value, bytes) else { return ptr::null() };
            boundary::put(value, copy);
            boundary::put(len, bytes.len() as u16);
            pointer(node)
        }
    })
}

export!("mosquitto_property_read_string", "MOSQ_1.6");
/// Find a property whose value is a string.
///
/// Parameters:
///   proplist   - the list; NULL is the empty list.
///   identifier - one of the MQTT_PROP_* whose values are strings.
///   value      - receives a copy of the string if found, NUL-terminated, to be freed with free(); or NULL
///                if the string is empty. May be NULL.
///   skip_first - false: find the first property with this identifier. true: find the second one; to visit
///                all of them, pass what the last call returned as proplist and true.
///
/// Returns:
///   the property; or NULL if there is none, if its values are not strings, or if out of memory.
///
/// Threads: any thread, as long as no other changes the list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_read_string(
    proplist: *const mosquitto_property,
    identifier: c_int,
    value: *mut *mut c_char,
    skip_first: Bool,
) -> *const mosquitto_property {
    guard(ptr::null(), || {
        // SAFETY: NULL or a list, NULL or a variable, by the caller's contract.
        unsafe {
            let found = find(proplist, identifier, Kind::String, skip_first);
            let Some((node, Value::String(bytes))) = found else { return ptr::null() };
            let Ok(copy) = copy_for(value, bytes) else { return ptr::null() };
            boundary::put(value, copy);
            pointer(node)
        }
    })
}

export!("mosquitto_property_read_string_pair", "MOSQ_1.6");
/// Find a property whose value is a pair of strings.
///
/// Parameters:
///   proplist    - the list; NULL is the empty list.
///   identifier  - MQTT_PROP_USER_PROPERTY.
///   name, value - receive copies of the two strings, NUL-terminated, each to be freed with free(); or NULL
///                 for an empty string. NULL is also stored if no property is found in a list that is not
///                 empty. May be NULL.
///   skip_first  - false: find the first property with this identifier. true: find the second one; to visit
///                 all of them, pass what the last call returned as proplist and true.
///
/// Returns:
///   the property; or NULL if there is none, if its values are not pairs of strings, or if out of memory.
///
/// Threads: any thread, as long as no other changes the list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_read_string_pair(
    proplist: *const mosquitto_property,
    identifier: c_int,
    name: *mut *mut c_char,
    value: *mut *mut c_char,
    skip_first: Bool,
) -> *const mosquitto_property {
    guard(ptr::null(), || {
        if proplist.is_null() {
            return ptr::null();
        }
        // SAFETY: a list and variables or NULL, by the caller's contract.
        unsafe {
            boundary::put(name, ptr::null_mut());
            boundary::put(value, ptr::null_mut());
            let found = find(proplist, identifier, Kind::Pair, skip_first);
            let Some((node, Value::Pair(first, second))) = found else { return ptr::null() };
            let Ok(first) = copy_for(name, first) else { return ptr::null() };
            let Ok(second) = copy_for(value, second) else {
                alloc::free(first);
                return ptr::null();
            };
            boundary::put(name, first);
            boundary::put(value, second);
            pointer(node)
        }
    })
}

/// Finds a number and stores it.
///
/// # Safety
///
/// `proplist` is NULL or a list that nobody changes meanwhile, `value` is NULL or a variable.
unsafe fn read_number<T>(
    proplist: *const mosquitto_property,
    identifier: c_int,
    kind: Kind,
    value: *mut T,
    skip_first: Bool,
    convert: impl FnOnce(u32) -> T,
) -> *const mosquitto_property {
    guard(ptr::null(), || {
        // SAFETY: by the caller's promise.
        let found = unsafe { find(proplist, identifier, kind, skip_first) };
        let Some((node, number)) = found.and_then(|(node, it)| Some((node, it.number()?))) else {
            return ptr::null();
        };
        // SAFETY: by the caller's promise.
        unsafe { boundary::put(value, convert(number)) };
        pointer(node)
    })
}

/// The first or second node with this identifier, if its values have this type.
///
/// # Safety
///
/// `proplist` is NULL or a list that nobody changes during `'a`.
unsafe fn find<'a>(
    proplist: *const mosquitto_property,
    identifier: c_int,
    kind: Kind,
    skip_first: Bool,
) -> Option<(&'a Node, Value<'a>)> {
    let identifier = identifier_of_kind(identifier, kind)?;
    // SAFETY: by the caller's promise.
    let node = unsafe { node::nodes(proplist) }
        .filter(|node| node.identifier == identifier.into())
        .nth(skip_first.get().into())?;
    Some((node, node.value_as(kind)?))
}

/// A NUL-terminated copy for the program to free; NULL for no bytes, and if there is no variable to store it in.
fn copy_for<T>(output: *mut *mut T, bytes: &[u8]) -> Result<*mut T> {
    if bytes.is_empty() || output.is_null() {
        return Ok(ptr::null_mut());
    }
    Ok(alloc::copy_with_nul(bytes)?.as_ptr().cast())
}

fn pointer(node: &Node) -> *const mosquitto_property {
    ptr::from_ref(node).cast()
}
