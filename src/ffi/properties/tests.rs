//! Lists from the C side: memory layout and invariants that programs of the 2.1 tree rely on, the way to the wire and
//! back, and arguments that no measured row covers.

use core::ffi::{c_char, c_int};
use core::ptr;

use super::node::{Empty, Node, OwnedNode, Received, append, build_list, encode_list, free_list};
use super::*;
use crate::error::Error;
use crate::ffi::types::{Bool, mosquitto_property};
use crate::protocol::property::{Property, Value};

const INVAL: c_int = 3;

/// A list that is freed in the end.
struct List(*mut mosquitto_property);

impl List {
    fn nodes(&self) -> Vec<&Node> {
        // SAFETY: the list belongs to the test and outlives the references.
        unsafe { node::nodes(self.0) }.collect()
    }

    fn encoded(&self) -> crate::error::Result<Vec<u8>> {
        self.encoded_as(Received::First)
    }

    fn encoded_as(&self, received: Received) -> crate::error::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        // SAFETY: a list of the test.
        unsafe { encode_list(self.0, received, &mut bytes) }.map(|()| bytes)
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: a list of the test, not used any more.
        unsafe { mosquitto_property_free_all(&raw mut self.0) };
        assert!(self.0.is_null());
    }
}

/// One property of each type, twice the last.
const WIRE: &[u8] = b"\x01\x01\x23\x00\x07\x02\x00\x01\x00\x00\x0b\x80\x01\x09\x00\x02\x00\xff\
    \x03\x00\x04text\x26\x00\x01n\x00\x02vv\x26\x00\x00\x00\x00";

/// The bytes of a node as a program sees them.
fn bytes_of(node: &Node) -> [u8; 48] {
    // SAFETY: 48 bytes that came from calloc, so padding is initialised, too.
    unsafe { ptr::from_ref(node).cast::<[u8; 48]>().read() }
}

#[test]
fn a_received_list_comes_from_the_wire_and_goes_back() {
    let mut list = List(build_list(WIRE).unwrap());
    let nodes = list.nodes();
    let identifiers: Vec<_> = nodes.iter().map(|node| node.identifier).collect();
    assert_eq!(identifiers, [1, 35, 2, 11, 9, 3, 38, 38]);
    assert!(nodes.iter().all(|node| !node.client_generated.get()));
    // Only the first is sent, as it is not client-generated ...
    assert_eq!(list.encoded().unwrap(), b"\x01\x01");
    assert_eq!(list.encoded_as(Received::All).unwrap(), WIRE);
    // ... and the whole copy if its first is.
    // SAFETY: a list of the test.
    unsafe { (*list.0.cast::<Node>()).client_generated = Bool::from(true) };
    assert_eq!(list.encoded().unwrap(), WIRE);
    // SAFETY: a list of the test and a variable.
    unsafe {
        let mut copy = List(ptr::null_mut());
        assert_eq!(mosquitto_property_copy_all(&raw mut copy.0, list.0), 0);
        assert_eq!(copy.encoded().unwrap(), WIRE);
        let flags =
            |list: &List| list.nodes().iter().map(|n| n.client_generated).collect::<Vec<_>>();
        assert_eq!(flags(&copy), flags(&list));
        // A node that is taken out is a list of its own.
        let second = mosquitto_property_next(list.0);
        assert_eq!(mosquitto_property_remove(&raw mut list.0, second), 0);
        assert_eq!(mosquitto_property_remove(&raw mut list.0, second), 6);
        let second = List(second);
        assert_eq!(second.encoded().unwrap(), b"\x23\x00\x07");
        let head = list.0;
        assert_eq!(mosquitto_property_remove(&raw mut list.0, head), 0);
        drop(List(head));
        assert_eq!(list.nodes().len(), 6);
    }
    assert_eq!(build_list(b"").unwrap(), ptr::null_mut());
    assert_eq!(build_list(b"\x01\x01\x7f").unwrap_err(), Error::MalformedPacket);
}

#[test]
fn bytes_of_a_node_that_mean_nothing_are_zero() {
    let list = List(build_list(WIRE).unwrap());
    let nodes = list.nodes();
    let value = |n: usize| bytes_of(nodes[n])[8..24].to_vec();
    assert_eq!(value(0), [&[1][..], &[0; 15]].concat());
    assert_eq!(value(1), [&7u16.to_ne_bytes()[..], &[0; 14]].concat());
    assert_eq!(value(2), [&65536u32.to_ne_bytes()[..], &[0; 12]].concat());
    assert_eq!(value(3), [&128u32.to_ne_bytes()[..], &[0; 12]].concat());
    for node in &nodes {
        let bytes = bytes_of(node);
        assert_eq!(bytes[40..44], node.identifier.to_ne_bytes());
        assert_eq!(bytes[44..], [node.property_type, 0, 0, 0]);
        if node.identifier != 38 {
            assert_eq!(bytes[24..40], [0; 16]);
        }
    }
    assert_eq!(bytes_of(nodes[7])[8..40], [0; 32], "empty texts that were received");
}

#[test]
fn empty_texts_are_null_but_for_pairs_and_copies() {
    let mut list = List(ptr::null_mut());
    let mut copy = List(ptr::null_mut());
    let head = &raw mut list.0;
    let texts = |list: &List| -> Vec<(bool, bool)> {
        let is_set = |node: &Node, at: usize| bytes_of(node)[at..at + 8] != [0; 8];
        list.nodes().iter().map(|node| (is_set(node, 24), is_set(node, 8))).collect()
    };
    // SAFETY: lists of the test, C strings or NULL.
    unsafe {
        assert_eq!(mosquitto_property_add_string(head, 3, c"".as_ptr()), 0);
        assert_eq!(mosquitto_property_add_string(head, 8, ptr::null()), 0);
        assert_eq!(mosquitto_property_add_binary(head, 9, ptr::null(), 0), 0);
        assert_eq!(mosquitto_property_add_string_pair(head, 38, c"".as_ptr(), ptr::null()), 0);
        assert_eq!(mosquitto_property_add_string_pair(head, 38, ptr::null(), c"".as_ptr()), 0);
        assert_eq!(mosquitto_property_copy_all(&raw mut copy.0, list.0), 0);
    }
    let (no, yes) = (false, true);
    assert_eq!(texts(&list), [(no, no), (no, no), (no, no), (yes, no), (no, yes)]);
    assert_eq!(texts(&copy), [(no, yes), (no, yes), (no, no), (yes, yes), (yes, yes)]);
    assert_eq!(copy.encoded(), list.encoded());
}

#[test]
fn nodes_that_no_function_makes_are_refused() {
    let forge = |identifier: u8, value, forged: &dyn Fn(&mut Node)| {
        let node = OwnedNode::from_property(&Property { identifier, value }, true, Empty::Null);
        let mut list = List(ptr::null_mut());
        // SAFETY: a list of the test.
        unsafe {
            append(&raw mut list.0, node.unwrap());
            forged(&mut *list.0.cast::<Node>());
        }
        list
    };
    let unknown = forge(1, Value::Byte(1), &|node| node.identifier = 257);
    let negative = forge(1, Value::Byte(1), &|node| node.identifier = -1);
    let wrong_type = forge(3, Value::String(b"a"), &|node| node.identifier = 1);
    let too_large = forge(11, Value::Varint(1 << 28), &|_| {});
    for (list, expected) in
        [(unknown, INVAL), (negative, INVAL), (wrong_type, INVAL), (too_large, 0)]
    {
        assert_eq!(list.encoded(), Err(Error::Protocol));
        let mut copy = List(ptr::null_mut());
        // SAFETY: a list of the test and a variable.
        let rc = unsafe { mosquitto_property_copy_all(&raw mut copy.0, list.0) };
        assert_eq!((rc, copy.0.is_null()), (expected, expected == INVAL));
    }
}

#[test]
fn null_arguments_that_crash_the_reference() {
    let mut list = List(ptr::null_mut());
    let mut number = 0;
    let name = c"content-type".as_ptr();
    // SAFETY: NULL, C strings, variables and a list of the test.
    unsafe {
        assert_eq!(mosquitto_property_add_binary(&raw mut list.0, 9, ptr::null(), 1), INVAL);
        assert!(list.0.is_null());
        for (identifier, kind) in
            [(ptr::null_mut(), &raw mut number), (&raw mut number, ptr::null_mut())]
        {
            assert_eq!(mosquitto_string_to_property_info(name, identifier, kind), INVAL);
        }
        assert_eq!(number, 0);
        mosquitto_property_free_all(ptr::null_mut());
        free_list(ptr::null_mut());
    }
}

#[test]
fn visiting_all_user_properties() {
    let list = List(build_list(b"\x26\x00\x01a\x00\x011\x01\x00\x26\x00\x01b\x00\x012").unwrap());
    let (mut at, mut skip, mut found) = (list.0.cast_const(), false, Vec::new());
    loop {
        let (mut name, mut value) = (ptr::null_mut::<c_char>(), ptr::null_mut::<c_char>());
        // SAFETY: a list of the test and variables; both strings are ours to free.
        unsafe {
            let (name_out, value_out) = (&raw mut name, &raw mut value);
            at = mosquitto_property_read_string_pair(at, 38, name_out, value_out, skip.into());
            if at.is_null() {
                break;
            }
            for text in [name, value] {
                found.extend_from_slice(core::ffi::CStr::from_ptr(text).to_bytes());
                crate::ffi::alloc::free(text);
            }
        }
        skip = true;
    }
    assert_eq!(found, b"a1b2");
}
