//! Lists as a whole: walk, copy, take out, free.

use core::ffi::c_int;
use core::ptr;

use super::node::{self, Empty, Node, OwnedList, OwnedNode};
use crate::error::{Error, Result};
use crate::ffi::boundary::{self, guard, guard_code};
use crate::ffi::export::export;
use crate::ffi::types::mosquitto_property;

export!("mosquitto_property_next", "MOSQ_1.7");
/// Go to the next property of a list.
///
/// Parameters:
///   proplist - a property of a list, or NULL.
///
/// Returns:
///   the property behind it; or NULL behind the last one, and for NULL.
///
/// Threads: any thread, as long as no other changes the list.
///
/// See also: mosquitto_property_identifier, mosquitto_property_type
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_next(
    proplist: *const mosquitto_property,
) -> *mut mosquitto_property {
    guard(ptr::null_mut(), || {
        // SAFETY: NULL or a property, by the caller's contract.
        unsafe { node::node(proplist) }.map_or(ptr::null_mut(), |node| node.next.cast())
    })
}

export!("mosquitto_property_copy_all", "MOSQ_1.6");
/// Copy a list of properties.
///
/// Parameters:
///   dest - receives the copy, to be freed with mosquitto_property_free_all(). What it pointed to before
///          is not freed. Not written if src is NULL.
///   src  - the list; NULL is the empty list.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - copied, or src is NULL.
///   MOSQ_ERR_INVAL - dest is NULL and src is not, or the list is damaged.
///   MOSQ_ERR_NOMEM - out of memory; *dest is NULL.
///
/// Threads: any thread, as long as no other changes the list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_copy_all(
    dest: *mut *mut mosquitto_property,
    src: *const mosquitto_property,
) -> c_int {
    guard_code(|| {
        if src.is_null() {
            return Ok(());
        }
        if dest.is_null() {
            return Err(Error::Inval);
        }
        // SAFETY: a list and a variable of the program, by the caller's contract.
        unsafe {
            boundary::put(dest, ptr::null_mut());
            boundary::put(dest, copy(src)?);
        }
        Ok(())
    })
}

export!("mosquitto_property_remove", "MOSQ_2.1");
/// Take a property out of a list. It is not freed: it becomes a list of its own, which
/// mosquitto_property_free_all() frees.
///
/// Parameters:
///   proplist - the list.
///   property - the property to take out.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - taken out.
///   MOSQ_ERR_INVAL - an argument is NULL.
///   MOSQ_ERR_NOT_FOUND - the list does not contain this property.
///
/// Threads: any thread, as long as no other uses the same list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_remove(
    proplist: *mut *mut mosquitto_property,
    property: *const mosquitto_property,
) -> c_int {
    guard_code(|| {
        if proplist.is_null() || property.is_null() {
            return Err(Error::Inval);
        }
        let mut link = proplist.cast::<*mut Node>();
        // SAFETY: `link` is the program's variable or the `next` of a node of its list.
        unsafe {
            while let Some(node) = (*link).as_mut() {
                if ptr::eq(*link, property.cast()) {
                    *link = node.next;
                    node.next = ptr::null_mut();
                    return Ok(());
                }
                link = &raw mut node.next;
            }
        }
        Err(Error::NotFound)
    })
}

export!("mosquitto_property_free_all", "MOSQ_1.6");
/// Free a list of properties with everything in it, and set the variable to NULL.
///
/// Parameters:
///   properties - the list; NULL, and a pointer to NULL, are fine.
///
/// Threads: any thread, as long as no other uses the same list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_property_free_all(properties: *mut *mut mosquitto_property) {
    guard((), || {
        if !properties.is_null() {
            // SAFETY: the program's variable and list, by the caller's contract.
            unsafe { node::free_list(properties.replace(ptr::null_mut())) };
        }
    });
}

/// A deep copy. Texts of length 0 become allocated empty strings, as with the reference.
///
/// # Safety
///
/// `src` is NULL or a list that nobody changes meanwhile.
unsafe fn copy(src: *const mosquitto_property) -> Result<*mut mosquitto_property> {
    let mut list = OwnedList::new();
    // SAFETY: by the caller's promise.
    for node in unsafe { node::nodes(src) } {
        let property = node.property().ok_or(Error::Inval)?;
        let generated = node.client_generated.get();
        list.push(OwnedNode::from_property(&property, generated, Empty::Allocated)?);
    }
    Ok(list.release())
}
