//! Property lists from text and back.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;

use super::super::api::{Api, Property, call};
use super::super::pattern::{Pattern, hex};
use super::c_string;

/// A list that is freed by the library that made it.
pub struct PropertyList(pub *mut Property, pub &'static Api);

impl Drop for PropertyList {
    fn drop(&mut self) {
        // SAFETY: NULL or a list made by the same library and owned by us.
        unsafe { call!(self.1, property_free_all(&raw mut self.0)) };
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Byte,
    Int16,
    Int32,
    Varint,
    Binary,
    Text,
    Pair,
}

fn kind(id: c_int) -> Kind {
    match id {
        1 | 23 | 25 | 36 | 37 | 40..=42 => Kind::Byte,
        19 | 33..=35 => Kind::Int16,
        2 | 17 | 24 | 39 => Kind::Int32,
        11 => Kind::Varint,
        9 | 22 => Kind::Binary,
        38 => Kind::Pair,
        _ => Kind::Text,
    }
}

/// Appends a property; the value as in `Prop`.
pub fn add_property(api: &Api, list: &mut *mut Property, id: c_int, value: &str) -> c_int {
    let number = || value.parse::<u32>().unwrap_or_else(|_| panic!("{value:?} is no number"));
    // SAFETY: a valid list pointer; texts are NUL-terminated, data has the length said.
    unsafe {
        match kind(id) {
            Kind::Byte => {
                let byte = u8::try_from(number()).expect("a byte");
                call!(api, property_add_byte(list, id, byte))
            }
            Kind::Int16 => {
                let int16 = u16::try_from(number()).expect("two bytes");
                call!(api, property_add_int16(list, id, int16))
            }
            Kind::Int32 => call!(api, property_add_int32(list, id, number())),
            Kind::Varint => call!(api, property_add_varint(list, id, number())),
            Kind::Binary => {
                let data = Pattern::parse(value).and_then(|data| data.exact());
                let data = data.expect("hex");
                let len = u16::try_from(data.len()).expect("short data");
                call!(api, property_add_binary(list, id, data.as_ptr().cast(), len))
            }
            Kind::Text => {
                let text = c_string(value);
                call!(api, property_add_string(list, id, text.as_ptr()))
            }
            Kind::Pair => {
                let (name, value) = value.split_once(':').expect("name:value");
                let (name, value) = (c_string(name), c_string(value));
                call!(api, property_add_string_pair(list, id, name.as_ptr(), value.as_ptr()))
            }
        }
    }
}

/// The value of a property as text.
///
/// # Safety
/// `node` is a valid property with identifier `id`.
pub unsafe fn value(api: &Api, node: *const Property, id: c_int) -> String {
    let (mut byte, mut int16, mut int32) = (0u8, 0u16, 0u32);
    let (mut first, mut second): (*mut c_char, *mut c_char) = (null_mut(), null_mut());
    // SAFETY: a valid node, out-pointers of the right types, texts that are freed once.
    unsafe {
        match kind(id) {
            Kind::Byte => {
                call!(api, property_read_byte(node, id, &raw mut byte, false));
                byte.to_string()
            }
            Kind::Int16 => {
                call!(api, property_read_int16(node, id, &raw mut int16, false));
                int16.to_string()
            }
            Kind::Int32 => {
                call!(api, property_read_int32(node, id, &raw mut int32, false));
                int32.to_string()
            }
            Kind::Varint => {
                call!(api, property_read_varint(node, id, &raw mut int32, false));
                int32.to_string()
            }
            Kind::Binary => {
                let data: *mut *mut c_void = (&raw mut first).cast();
                call!(api, property_read_binary(node, id, data, &raw mut int16, false));
                let bytes = match first.is_null() {
                    true => Vec::new(),
                    false => std::slice::from_raw_parts(first.cast::<u8>(), int16.into()).to_vec(),
                };
                libc::free(first.cast());
                hex(&bytes)
            }
            Kind::Text => {
                call!(api, property_read_string(node, id, &raw mut first, false));
                take_text(first)
            }
            Kind::Pair => {
                let (name, value) = (&raw mut first, &raw mut second);
                call!(api, property_read_string_pair(node, id, name, value, false));
                format!("{}:{}", take_text(first), take_text(second))
            }
        }
    }
}

/// # Safety
/// `text` is NULL or NUL-terminated and from malloc; it is freed.
unsafe fn take_text(text: *mut c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the caller's promise.
    unsafe {
        let copy = CStr::from_ptr(text).to_string_lossy().into_owned();
        libc::free(text.cast());
        copy
    }
}
