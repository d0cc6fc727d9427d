//! `struct mqtt5__property`, whose layout is ABI although the headers hide it: programs of the 2.1 tree build and read
//! nodes with code of their own. So every node and string comes from the C library's allocator, and everything said here
//! about NULL and terminators is what those programs rely on.
//!
//! - Bytes of the union that are not used, and all padding, are zero.
//! - Strings and binary data of length 0 are NULL, except that a pair keeps an empty string it was given, and a copied
//!   list has allocated empty strings. All others are followed by a NUL byte that is not counted.
//! - A node that was received is not `client_generated`. Calls that send a list look at its first node: if that one is
//!   not client-generated, it is sent alone.

use core::ffi::{c_char, c_int};
use core::iter;
use core::mem::{offset_of, size_of};
use core::ptr::{self, NonNull};

use crate::error::{Error, Result};
use crate::ffi::alloc;
use crate::ffi::types::{Bool, mosquitto_property};
use crate::protocol::primitive::VARINT_MAX;
use crate::protocol::property::{self, Kind, Property, Value};

/// The node as it lies in memory.
#[repr(C)]
pub(crate) struct Node {
    pub(super) next: *mut Node,
    pub(super) value: RawValue,
    pub(super) name: RawText,
    pub(super) identifier: i32,
    pub(super) property_type: u8,
    pub(super) client_generated: Bool,
}

/// Which member counts is said by the type of the property.
#[repr(C)]
pub(super) union RawValue {
    byte: u8,
    int16: u16,
    int32: u32,
    text: RawText,
}

/// Pointer and length of a string or of binary data.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct RawText {
    pub(super) data: *mut c_char,
    pub(super) len: u16,
}

const _: () = {
    assert!(size_of::<Node>() == 48 && align_of::<Node>() == 8);
    assert!(offset_of!(Node, next) == 0);
    assert!(offset_of!(Node, value) == 8 && size_of::<RawValue>() == 16);
    assert!(offset_of!(Node, name) == 24);
    assert!(offset_of!(Node, identifier) == 40);
    assert!(offset_of!(Node, property_type) == 44);
    assert!(offset_of!(Node, client_generated) == 45);
    assert!(offset_of!(RawText, len) == 8);
};

impl RawText {
    /// The bytes; none if the pointer is NULL.
    ///
    /// # Safety
    ///
    /// The node it belongs to is valid for `'a`.
    unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.data.is_null() {
            return &[];
        }
        // SAFETY: not NULL, and a node's pointer has as many bytes as its length says.
        unsafe { core::slice::from_raw_parts(self.data.cast(), self.len.into()) }
    }

    /// Points to a copy. What was there is not freed; padding is left as it is.
    fn set(&mut self, bytes: &[u8]) -> Result<()> {
        let len = u16::try_from(bytes.len()).map_err(|_| Error::Inval)?;
        self.data = alloc::copy_with_nul(bytes)?.as_ptr();
        self.len = len;
        Ok(())
    }
}

impl Node {
    /// Identifier and value; `None` if the identifier is unknown or the type is not the one that belongs to it.
    pub(super) fn property(&self) -> Option<Property<'_>> {
        let identifier = u8::try_from(self.identifier).ok()?;
        let kind = property::kind(identifier)?;
        Some(Property { identifier, value: self.value_as(kind)? })
    }

    /// The value, if the node says that it has this type.
    pub(super) fn value_as(&self, kind: Kind) -> Option<Value<'_>> {
        if self.property_type != kind as u8 {
            return None;
        }
        // SAFETY: the union is initialised to its last byte (nodes are made of zeroed memory), the type says which member
        // was set, and the texts of a node live as long as the node.
        Some(unsafe {
            match kind {
                Kind::Byte => Value::Byte(self.value.byte),
                Kind::Int16 => Value::Int16(self.value.int16),
                Kind::Int32 => Value::Int32(self.value.int32),
                Kind::Varint => Value::Varint(self.value.int32),
                Kind::Binary => Value::Binary(self.value.text.bytes()),
                Kind::String => Value::String(self.value.text.bytes()),
                Kind::Pair => Value::Pair(self.name.bytes(), self.value.text.bytes()),
            }
        })
    }

    /// Pointer and length of the value, if it is of one of these types.
    pub(super) fn raw_value(&self, kinds: &[Kind]) -> Option<RawText> {
        if !kinds.iter().any(|&kind| self.property_type == kind as u8) {
            return None;
        }
        // SAFETY: all bytes of the union are initialised, and any are a pointer and a length.
        Some(unsafe { self.value.text })
    }
}

/// What becomes of a text of length 0 in a new node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    /// NULL.
    Null,
    /// An allocated empty string; binary data is NULL.
    Allocated,
}

/// A node that belongs to nobody else yet; freed unless released.
pub(super) struct OwnedNode(NonNull<Node>);

impl OwnedNode {
    /// A node without value.
    pub(super) fn new(identifier: u8, kind: Kind, client_generated: bool) -> Result<Self> {
        let mut owned = OwnedNode(alloc::zeroed(1)?);
        let node = owned.node();
        node.identifier = identifier.into();
        node.property_type = kind as u8;
        node.client_generated = client_generated.into();
        Ok(owned)
    }

    /// A node with a copy of the value.
    pub(super) fn from_property(
        property: &Property<'_>,
        client_generated: bool,
        empty: Empty,
    ) -> Result<Self> {
        let mut owned =
            OwnedNode::new(property.identifier, property.value.kind(), client_generated)?;
        let node = owned.node();
        // Member by member: storing a whole union may leave anything in the bytes that mean nothing.
        match property.value {
            Value::Byte(value) => node.value.byte = value,
            Value::Int16(value) => node.value.int16 = value,
            Value::Int32(value) | Value::Varint(value) => node.value.int32 = value,
            Value::Binary(value) => owned.set_texts(None, kept(value, Empty::Null))?,
            Value::String(value) => owned.set_texts(None, kept(value, empty))?,
            Value::Pair(name, value) => owned.set_texts(kept(name, empty), kept(value, empty))?,
        }
        Ok(owned)
    }

    /// Copies name and value into a new node whose value is a text; `None` is NULL.
    pub(super) fn set_texts(&mut self, name: Option<&[u8]>, value: Option<&[u8]>) -> Result<()> {
        let node = self.node();
        if let Some(name) = name {
            node.name.set(name)?;
        }
        if let Some(value) = value {
            // SAFETY: all bytes of the union are initialised, and any are a pointer and a length.
            unsafe { &mut node.value.text }.set(value)?;
        }
        Ok(())
    }

    fn node(&mut self) -> &mut Node {
        // SAFETY: allocated by `new`, and nobody else has the pointer.
        unsafe { self.0.as_mut() }
    }

    fn release(self) -> NonNull<Node> {
        let node = self.0;
        core::mem::forget(self);
        node
    }
}

impl Drop for OwnedNode {
    fn drop(&mut self) {
        // SAFETY: nobody else has the pointer.
        unsafe { free_node(self.0.as_ptr()) };
    }
}

/// A list that belongs to nobody else yet; freed unless released.
pub(super) struct OwnedList {
    head: *mut Node,
    tail: *mut Node,
}

impl OwnedList {
    /// The empty list.
    pub(super) const fn new() -> Self {
        OwnedList { head: ptr::null_mut(), tail: ptr::null_mut() }
    }

    /// Appends a node.
    pub(super) fn push(&mut self, node: OwnedNode) {
        let node = node.release().as_ptr();
        if self.tail.is_null() {
            self.head = node;
        } else {
            // SAFETY: the last node of this list, which nobody else has.
            unsafe { (*self.tail).next = node };
        }
        self.tail = node;
    }

    /// Hands the list over.
    pub(super) fn release(self) -> *mut mosquitto_property {
        let head = self.head;
        core::mem::forget(self);
        head.cast()
    }
}

impl Drop for OwnedList {
    fn drop(&mut self) {
        // SAFETY: the nodes belong to this list alone.
        unsafe { free_list(self.head.cast()) };
    }
}

/// The node behind a pointer of the program; `None` for NULL.
///
/// # Safety
///
/// `property` is NULL or points to a node that nobody changes during `'a`.
pub(super) unsafe fn node<'a>(property: *const mosquitto_property) -> Option<&'a Node> {
    // SAFETY: by the caller's promise.
    unsafe { property.cast::<Node>().as_ref() }
}

/// The nodes of a list in order.
///
/// # Safety
///
/// `list` is NULL or points to the first node of a list that nobody changes during `'a`.
pub(super) unsafe fn nodes<'a>(
    list: *const mosquitto_property,
) -> impl Iterator<Item = &'a Node> + Clone {
    // SAFETY: by the caller's promise, for the first node and all that are linked from it.
    iter::successors(unsafe { node(list) }, |it| unsafe { it.next.as_ref() })
}

/// Appends a node to the program's list.
///
/// # Safety
///
/// `list` points to NULL or to the first node of a list that nobody else uses meanwhile.
pub(super) unsafe fn append(list: *mut *mut mosquitto_property, node: OwnedNode) {
    let mut link = list.cast::<*mut Node>();
    // SAFETY: `link` is the program's variable or the `next` of a node of its list.
    unsafe {
        while let Some(node) = (*link).as_mut() {
            link = &raw mut node.next;
        }
        *link = node.release().as_ptr();
    }
}

/// Frees a list; NULL is fine.
///
/// # Safety
///
/// `list` is NULL or the first node of a list that nobody uses any more, all of it from the C library's allocator.
pub(crate) unsafe fn free_list(list: *mut mosquitto_property) {
    let mut next = list.cast::<Node>();
    while !next.is_null() {
        let node = next;
        // SAFETY: a node of the list, read before it is freed.
        unsafe {
            next = (*node).next;
            free_node(node);
        }
    }
}

/// What a call sends of a list whose first property came from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received {
    /// That property only.
    First,
    /// All.
    All,
}

/// Appends the properties that a call given `list` sends, encoded without a length in front: all of them, or what
/// `received` says if the first one is not client-generated.
///
/// [`Error::Protocol`] for a node that no function of the library makes (unknown identifier, wrong type, value out of
/// range), [`Error::NoMem`] if `out` cannot grow.
///
/// # Safety
///
/// `list` is NULL or points to the first node of a list that nobody changes during the call.
pub(crate) unsafe fn encode_list(
    list: *const mosquitto_property,
    received: Received,
    out: &mut Vec<u8>,
) -> Result<()> {
    // SAFETY: by the caller's promise.
    for (n, node) in unsafe { nodes(list) }.enumerate() {
        let property = node.property().ok_or(Error::Protocol)?;
        let len = match property.value {
            Value::Varint(value) if value > VARINT_MAX => return Err(Error::Protocol),
            Value::Binary(bytes) | Value::String(bytes) => bytes.len(),
            Value::Pair(name, value) => name.len() + value.len(),
            _ => 0,
        };
        // Identifier and two lengths, or an integer.
        out.try_reserve(len + 5).map_err(|_| Error::NoMem)?;
        property::put(out, &property);
        if n == 0 && received == Received::First && !node.client_generated.get() {
            break;
        }
    }
    Ok(())
}

/// Makes the list that a callback gets of an encoded one, to be freed with [`free_list`]: not client-generated, texts of
/// length 0 NULL. No properties are NULL. What cannot be decoded is [`Error::MalformedPacket`].
pub(crate) fn build_list(bytes: &[u8]) -> Result<*mut mosquitto_property> {
    let mut list = OwnedList::new();
    for property in property::iter(bytes) {
        list.push(OwnedNode::from_property(&property?, false, Empty::Null)?);
    }
    Ok(list.release())
}

/// Frees a node and its texts.
///
/// # Safety
///
/// The node came from the C library's allocator and is not used any more.
unsafe fn free_node(node: *mut Node) {
    // SAFETY: by the caller's promise; the type says whether there are texts.
    unsafe {
        if let Some(value) = (*node).raw_value(&[Kind::Binary, Kind::String, Kind::Pair]) {
            alloc::free(value.data);
        }
        alloc::free((*node).name.data);
        alloc::free(node);
    }
}

/// What is left of a text under the rule for length 0.
fn kept(text: &[u8], empty: Empty) -> Option<&[u8]> {
    (!text.is_empty() || empty == Empty::Allocated).then_some(text)
}

/// The identifier of the program, if there is such a property and its values have this type.
pub(super) fn identifier_of_kind(identifier: c_int, kind: Kind) -> Option<u8> {
    let identifier = u8::try_from(identifier).ok()?;
    (property::kind(identifier) == Some(kind)).then_some(identifier)
}
