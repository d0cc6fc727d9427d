//! A libmosquitto that is loaded at run time, and lists of properties made with it.

use std::ffi::{CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;

use super::table::decode;

/// A loaded shared object. It stays loaded.
pub struct Library {
    handle: *mut c_void,
}

impl Library {
    /// Loads a file.
    pub fn load(file: &Path) -> Library {
        let name = CString::new(file.as_os_str().as_encoded_bytes()).expect("no NUL in a path");
        // SAFETY: a C string; what the library does when it is loaded is nothing.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        assert!(!handle.is_null(), "{} cannot be loaded", file.display());
        Library { handle }
    }

    /// The exported function `mosquitto_<name>`.
    ///
    /// # Safety
    ///
    /// `F` is the type of a pointer to that function.
    pub unsafe fn function<F: Copy>(&self, name: &str) -> F {
        let symbol = CString::new(format!("mosquitto_{name}")).expect("a name");
        // SAFETY: a handle from dlopen and a C string.
        let address = unsafe { libc::dlsym(self.handle, symbol.as_ptr()) };
        assert!(!address.is_null(), "no function mosquitto_{name}");
        assert_eq!(size_of::<F>(), size_of::<*mut c_void>());
        // SAFETY: the caller knows the type.
        unsafe { std::mem::transmute_copy(&address) }
    }
}

/// A text of a table as C gets it: bytes with a NUL behind them, or NULL.
pub struct CText(Option<Vec<u8>>);

impl CText {
    pub fn new(text: Option<Vec<u8>>) -> CText {
        CText(text.map(|mut bytes| {
            bytes.push(0);
            bytes
        }))
    }

    pub fn as_ptr(&self) -> *const c_char {
        self.0.as_ref().map_or(ptr::null(), |bytes| bytes.as_ptr().cast())
    }

    /// Number of bytes before the NUL that was put behind them.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |bytes| bytes.len() - 1)
    }
}

/// `mosquitto_property`, whose content is no business of these tests.
#[repr(C)]
pub struct Property {
    _opaque: [u8; 0],
}

/// A list that is freed in the end.
pub struct List<'a> {
    library: &'a Library,
    pub head: *mut Property,
}

impl<'a> List<'a> {
    /// Makes the list that a cell describes. What the library refuses to add is not in it.
    pub fn new(library: &'a Library, cell: &str) -> List<'a> {
        let mut list = List { library, head: ptr::null_mut() };
        for item in cell.split(' ').filter(|item| *item != "-") {
            Item::parse(item).add(library, &raw mut list.head);
        }
        list
    }

    /// The properties in order.
    pub fn nodes(&self) -> Vec<*mut Property> {
        // SAFETY: the type of the function, and a list of the library.
        unsafe {
            let next: unsafe extern "C" fn(*const Property) -> *mut Property =
                self.library.function("property_next");
            let successor = |node: &*mut Property| Some(next(*node)).filter(|it| !it.is_null());
            let first = Some(self.head).filter(|head| !head.is_null());
            std::iter::successors(first, successor).collect()
        }
    }

    /// Their identifiers.
    pub fn identifiers(&self) -> Vec<i64> {
        // SAFETY: the type of the function, and properties of the list.
        unsafe {
            let identifier: unsafe extern "C" fn(*const Property) -> c_int =
                self.library.function("property_identifier");
            self.nodes().into_iter().map(|node| identifier(node).into()).collect()
        }
    }
}

impl Drop for List<'_> {
    fn drop(&mut self) {
        // SAFETY: the type of the function, and a list of the library.
        unsafe {
            let free: unsafe extern "C" fn(*mut *mut Property) =
                self.library.function("property_free_all");
            free(&raw mut self.head);
        }
        assert!(self.head.is_null());
    }
}

/// `<identifier>:<kind>:<value>`.
pub struct Item<'a> {
    identifier: c_int,
    kind: &'a str,
    value: &'a str,
}

impl<'a> Item<'a> {
    pub fn parse(cell: &'a str) -> Item<'a> {
        let mut parts = cell.splitn(3, ':');
        let mut part = || parts.next().expect("<identifier>:<kind>:<value>");
        Item { identifier: part().parse().expect("a number"), kind: part(), value: part() }
    }

    /// Calls the function that adds it, and answers what that answers.
    pub fn add(&self, library: &Library, list: *mut *mut Property) -> c_int {
        type Add<T> = unsafe extern "C" fn(*mut *mut Property, c_int, T) -> c_int;
        type AddBinary =
            unsafe extern "C" fn(*mut *mut Property, c_int, *const c_char, u16) -> c_int;
        type AddPair =
            unsafe extern "C" fn(*mut *mut Property, c_int, *const c_char, *const c_char) -> c_int;
        let number = || self.value.parse::<u32>().expect("a number");
        let text = |cell| CText::new(decode(cell));
        // SAFETY: the types of the functions, and arguments that live during the calls.
        unsafe {
            match self.kind {
                "byte" => {
                    let add: Add<u8> = library.function("property_add_byte");
                    add(list, self.identifier, number() as u8)
                }
                "int16" => {
                    let add: Add<u16> = library.function("property_add_int16");
                    add(list, self.identifier, number() as u16)
                }
                "int32" => {
                    let add: Add<u32> = library.function("property_add_int32");
                    add(list, self.identifier, number())
                }
                "varint" => {
                    let add: Add<u32> = library.function("property_add_varint");
                    add(list, self.identifier, number())
                }
                "bin" => {
                    let add: AddBinary = library.function("property_add_binary");
                    let value = text(self.value);
                    let len = u16::try_from(value.len()).expect("a length");
                    add(list, self.identifier, value.as_ptr(), len)
                }
                "str" => {
                    let add: Add<*const c_char> = library.function("property_add_string");
                    add(list, self.identifier, text(self.value).as_ptr())
                }
                "pair" => {
                    let add: AddPair = library.function("property_add_string_pair");
                    let (name, value) = self.value.split_once('=').expect("<name>=<value>");
                    add(list, self.identifier, text(name).as_ptr(), text(value).as_ptr())
                }
                other => panic!("kind {other}"),
            }
        }
    }
}
