//! MQTT 5 property lists as C programs hold them, by the calls that C programs make: what was added is read again, from
//! the list and from a copy, nodes can be removed in any order, and no memory is lost or touched twice.

#![no_main]

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::{null, null_mut};

use libfuzzer_sys::fuzz_target;
use libmosquitto_rs_fuzz::Input;
use mosquitto::ffi::properties::*;
use mosquitto::ffi::types::{Bool, mosquitto_property};

/// What was added.
#[derive(Debug, Clone, PartialEq)]
enum Added {
    Byte(u8),
    Int16(u16),
    Int32(u32),
    Varint(u32),
    Binary(Vec<u8>),
    String(CString),
    Pair(CString, CString),
}

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let mut list = null_mut();
    let mut added = Vec::new();
    while !input.is_empty() {
        let (identifier, kind) = (c_int::from(input.byte()), input.byte() % 8);
        if kind == 7 {
            remove(&mut list, &mut added, identifier);
            continue;
        }
        let value = value(kind, &mut input);
        // SAFETY: a list of this function's, and NUL-terminated strings.
        if unsafe { add(&mut list, identifier, &value) } == 0 {
            added.push((identifier, value));
        }
    }
    let mut copy = null_mut();
    // SAFETY: two lists of this function's, each freed once.
    unsafe {
        assert_eq!(mosquitto_property_copy_all(&raw mut copy, list), 0);
        mosquitto_property_check_all(c_int::from(data.first().copied().unwrap_or(0)), list);
        for list in [list, copy] {
            let mut node = list.cast_const();
            for (identifier, value) in &added {
                assert_eq!(mosquitto_property_identifier(node), *identifier);
                assert_eq!(read(node, *identifier, value), *value);
                node = mosquitto_property_next(node);
            }
            assert!(node.is_null(), "more than was added");
        }
        mosquitto_property_free_all(&raw mut list);
        mosquitto_property_free_all(&raw mut copy);
    }
});

fn value(kind: u8, input: &mut Input<'_>) -> Added {
    // As far as the first NUL: C knows no more of it.
    let text = |bytes: &[u8]| {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        CString::new(&bytes[..end]).unwrap_or_default()
    };
    let long = u32::from(input.number()) << 16;
    match kind {
        0 => Added::Byte(input.byte()),
        1 => Added::Int16(input.number()),
        2 => Added::Int32(long | u32::from(input.number())),
        3 => Added::Varint(long | u32::from(input.number())),
        4 => Added::Binary(input.field().to_vec()),
        5 => Added::String(text(input.field())),
        _ => Added::Pair(text(input.field()), text(input.field())),
    }
}

unsafe fn add(list: &mut *mut mosquitto_property, identifier: c_int, value: &Added) -> c_int {
    // SAFETY: by the caller's promise.
    unsafe {
        match value {
            Added::Byte(value) => mosquitto_property_add_byte(list, identifier, *value),
            Added::Int16(value) => mosquitto_property_add_int16(list, identifier, *value),
            Added::Int32(value) => mosquitto_property_add_int32(list, identifier, *value),
            Added::Varint(value) => mosquitto_property_add_varint(list, identifier, *value),
            Added::Binary(value) => mosquitto_property_add_binary(
                list,
                identifier,
                value.as_ptr().cast(),
                value.len() as u16,
            ),
            Added::String(value) => mosquitto_property_add_string(list, identifier, value.as_ptr()),
            Added::Pair(name, value) => {
                mosquitto_property_add_string_pair(list, identifier, name.as_ptr(), value.as_ptr())
            }
        }
    }
}

/// The value of the first property of that identifier, read as one of the kind of `like`.
unsafe fn read(list: *const mosquitto_property, identifier: c_int, like: &Added) -> Added {
    let first = Bool::from(false);
    // SAFETY: a list, and places for the answers; strings and binary data are this function's then.
    unsafe {
        match like {
            Added::Byte(_) => {
                let mut value = 0;
                mosquitto_property_read_byte(list, identifier, &raw mut value, first);
                Added::Byte(value)
            }
            Added::Int16(_) => {
                let mut value = 0;
                mosquitto_property_read_int16(list, identifier, &raw mut value, first);
                Added::Int16(value)
            }
            Added::Int32(_) => {
                let mut value = 0;
                mosquitto_property_read_int32(list, identifier, &raw mut value, first);
                Added::Int32(value)
            }
            Added::Varint(_) => {
                let mut value = 0;
                mosquitto_property_read_varint(list, identifier, &raw mut value, first);
                Added::Varint(value)
            }
            Added::Binary(_) => {
                let (mut value, mut len) = (null_mut::<c_void>(), 0);
                let (to, len_to) = (&raw mut value, &raw mut len);
                mosquitto_property_read_binary(list, identifier, to, len_to, first);
                if value.is_null() {
                    return Added::Binary(Vec::new());
                }
                let bytes = std::slice::from_raw_parts(value.cast::<u8>(), len.into()).to_vec();
                libc::free(value);
                Added::Binary(bytes)
            }
            Added::String(_) => {
                let mut value = null_mut();
                mosquitto_property_read_string(list, identifier, &raw mut value, first);
                Added::String(taken(value))
            }
            Added::Pair(..) => {
                let (mut name, mut value) = (null_mut(), null_mut());
                let (name_to, value_to) = (&raw mut name, &raw mut value);
                mosquitto_property_read_string_pair(list, identifier, name_to, value_to, first);
                Added::Pair(taken(name), taken(value))
            }
        }
    }
}

/// A string of the library's, which is freed; NULL is the empty one.
unsafe fn taken(text: *mut c_char) -> CString {
    if text.is_null() {
        return CString::default();
    }
    // SAFETY: NUL-terminated, from malloc, and ours.
    unsafe {
        let copy = std::ffi::CStr::from_ptr(text).to_owned();
        libc::free(text.cast());
        copy
    }
}

/// Removes the node at a place that `number` says.
fn remove(list: &mut *mut mosquitto_property, added: &mut Vec<(c_int, Added)>, number: c_int) {
    if added.is_empty() {
        return;
    }
    let place = number as usize % added.len();
    // SAFETY: a list of the caller's with so many nodes.
    unsafe {
        let mut node = list.cast_const();
        for _ in 0..place {
            node = mosquitto_property_next(node);
        }
        assert_eq!(mosquitto_property_remove(list, node), 0);
        // What is removed is the program's.
        let mut node = node.cast_mut();
        mosquitto_property_free_all(&raw mut node);
        assert_eq!(mosquitto_property_remove(list, null()), 3);
    }
    added.remove(place);
}
