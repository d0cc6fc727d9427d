//! Questions to one property.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use super::node::{self, Node, RawText};
use crate::ffi::boundary::guard;
use crate::ffi::export::export;
use crate::ffi::types::mosquitto_property;
use crate::protocol::property::Kind;

export!("mosquitto_property_identifier", "MOSQ_1.7");
/// Tell which property it is.
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   one of MQTT_PROP_*; or 0 for NULL.
///
/// Threads: any thread, as long as no other changes the property.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_identifier(
    property: *const mosquitto_property,
) -> c_int {
    // SAFETY: NULL or a property, by the caller's contract.
    guard(0, || unsafe { node::node(property) }.map_or(0, |node| node.identifier))
}

export!("mosquitto_property_type", "MOSQ_2.1");
/// Tell which type the value of a property has.
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   one of MQTT_PROP_TYPE_*; or 0 for NULL.
///
/// Threads: any thread, as long as no other changes the property.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_type(property: *const mosquitto_property) -> c_int {
    // SAFETY: NULL or a property, by the caller's contract.
    guard(0, || unsafe { node::node(property) }.map_or(0, |node| node.property_type.into()))
}

export!("mosquitto_property_byte_value", "MOSQ_2.1");
/// Tell the value of a property of type MQTT_PROP_TYPE_BYTE.
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   the value; or 0 if the type is another one, and for NULL.
///
/// Threads: any thread, as long as no other changes the property.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_byte_value(property: *const mosquitto_property) -> u8 {
    // SAFETY: NULL or a property, by the caller's contract.
    unsafe { number(property, Kind::Byte) as u8 }
}

export!("mosquitto_property_int16_value", "MOSQ_2.1");
/// Tell the value of a property of type MQTT_PROP_TYPE_INT16.
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   the value; or 0 if the type is another one, and for NULL.
///
/// Threads: any thread, as long as no other changes the property.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_int16_value(
    property: *const mosquitto_property,
) -> u16 {
    // SAFETY: NULL or a property, by the caller's contract.
    unsafe { number(property, Kind::Int16) as u16 }
}

export!("mosquitto_property_int32_value", "MOSQ_2.1");
/// Tell the value of a property of type MQTT_PROP_TYPE_INT32.
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   the value; or 0 if the type is another one, and for NULL.
///
/// Threads: any thread, as long as no other changes the property.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_int32_value(
    property: *const mosquitto_property,
) -> u32 {
    // SAFETY: NULL or a property, by the caller's contract.
    unsafe { number(property, Kind::Int32) }
}

export!("mosquitto_property_varint_value", "MOSQ_2.1");
/// Tell the value of a property of type MQTT_PROP_TYPE_VARINT.
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   the value; or 0 if the type is another one, and for NULL.
///
/// Threads: any thread, as long as no other changes the property.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_varint_value(
    property: *const mosquitto_property,
) -> u32 {
    // SAFETY: NULL or a property, by the caller's contract.
    unsafe { number(property, Kind::Varint) }
}

export!("mosquitto_property_binary_value", "MOSQ_2.1");
/// Tell the value of a property of type MQTT_PROP_TYPE_BINARY.
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   the data, which belongs to the property and lasts as long; or NULL if it has no bytes, if the type is
///   another one, and for NULL.
///
/// Threads: any thread, as long as no other changes the property.
///
/// See also: mosquitto_property_binary_value_length
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_binary_value(
    property: *const mosquitto_property,
) -> *const c_void {
    // SAFETY: NULL or a property, by the caller's contract.
    unsafe { text(property, |node| node.raw_value(&[Kind::Binary])) }.data.cast()
}

export!("mosquitto_property_binary_value_length", "MOSQ_2.1");
/// Tell the number of bytes of mosquitto_property_binary_value().
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   the number; or 0 if the type is another one, and for NULL.
///
/// Threads: any thread, as long as no other changes the property.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_binary_value_length(
    property: *const mosquitto_property,
) -> u16 {
    // SAFETY: NULL or a property, by the caller's contract.
    unsafe { text(property, |node| node.raw_value(&[Kind::Binary])) }.len
}

export!("mosquitto_property_string_value", "MOSQ_2.1");
/// Tell the value of a property of type MQTT_PROP_TYPE_STRING, or the second string of one of type
/// MQTT_PROP_TYPE_STRING_PAIR.
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   the string, NUL-terminated, which belongs to the property and lasts as long; or NULL if the type is
///   another one, for NULL, and possibly if the string is empty.
///
/// Threads: any thread, as long as no other changes the property.
///
/// See also: mosquitto_property_string_value_length, mosquitto_property_string_name
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_string_value(
    property: *const mosquitto_property,
) -> *const c_char {
    // SAFETY: NULL or a property, by the caller's contract.
    unsafe { text(property, |node| node.raw_value(&[Kind::String, Kind::Pair])) }.data
}

export!("mosquitto_property_string_value_length", "MOSQ_2.1");
/// Tell the number of bytes of mosquitto_property_string_value() without its NUL.
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   the number; or 0 if the type is another one, and for NULL.
///
/// Threads: any thread, as long as no other changes the property.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_string_value_length(
    property: *const mosquitto_property,
) -> u16 {
    // SAFETY: NULL or a property, by the caller's contract.
    unsafe { text(property, |node| node.raw_value(&[Kind::String, Kind::Pair])) }.len
}

export!("mosquitto_property_string_name", "MOSQ_2.1");
/// Tell the first string of a property of type MQTT_PROP_TYPE_STRING_PAIR.
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   the string, NUL-terminated, which belongs to the property and lasts as long; or NULL if the type is
///   another one, for NULL, and possibly if the string is empty.
///
/// Threads: any thread, as long as no other changes the property.
///
/// See also: mosquitto_property_string_name_length, mosquitto_property_string_value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_string_name(
    property: *const mosquitto_property,
) -> *const c_char {
    // SAFETY: NULL or a property, by the caller's contract.
    unsafe { text(property, pair_name) }.data
}

export!("mosquitto_property_string_name_length", "MOSQ_2.1");
/// Tell the number of bytes of mosquitto_property_string_name() without its NUL.
///
/// Parameters:
///   property - a property, or NULL.
///
/// Returns:
///   the number; or 0 if the type is another one, and for NULL.
///
/// Threads: any thread, as long as no other changes the property.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_string_name_length(
    property: *const mosquitto_property,
) -> u16 {
    // SAFETY: NULL or a property, by the caller's contract.
    unsafe { text(property, pair_name) }.len
}

fn pair_name(node: &Node) -> Option<RawText> {
    node.raw_value(&[Kind::Pair]).map(|_| node.name)
}

/// The number of a property whose type is `kind`, else 0.
///
/// # Safety
///
/// `property` is NULL or a property that nobody changes meanwhile.
unsafe fn number(property: *const mosquitto_property, kind: Kind) -> u32 {
    guard(0, || {
        // SAFETY: by the caller's promise.
        let node = unsafe { node::node(property) };
        node.and_then(|node| node.value_as(kind)?.number()).unwrap_or(0)
    })
}

/// The text that `choose` finds in a property, else NULL and 0.
///
/// # Safety
///
/// `property` is NULL or a property that nobody changes meanwhile.
unsafe fn text(
    property: *const mosquitto_property,
    choose: impl FnOnce(&Node) -> Option<RawText>,
) -> RawText {
    let none = RawText { data: ptr::null_mut(), len: 0 };
    // SAFETY: by the caller's promise.
    guard(none, || unsafe { node::node(property) }.and_then(choose).unwrap_or(none))
}
