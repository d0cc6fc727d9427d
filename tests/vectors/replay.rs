//! One function per table: make the call of a row, say what came of it, column by column.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

use super::library::{CText, Item, Library, List, Property};
use super::table::{Answer, Row};

/// What the columns of a row should say.
pub type Answers = Vec<(&'static str, Answer)>;

/// Makes the call of a row.
pub type Replay = fn(&Library, &Row) -> Answers;

/// The tables.
pub const TABLES: [(&str, Replay); 17] = [
    ("property_add", property_add),
    ("property_check_all", property_check_all),
    ("property_check_command", property_check_command),
    ("property_copy_all", property_copy_all),
    ("property_identifier_to_string", property_identifier_to_string),
    ("property_read", property_read),
    ("property_value", property_value),
    ("string_to_command", string_to_command),
    ("string_to_property_info", string_to_property_info),
    ("strings", strings),
    ("sub_matches_acl", sub_matches_acl),
    ("tokenise", tokenise),
    ("topic_check", topic_check),
    ("topic_match", topic_match),
    ("topic_match2", topic_match2),
    ("topic_match_pattern", topic_match_pattern),
    ("utf8", utf8),
];

/// What a variable holds before a call that may write it.
const BEFORE: c_int = -0x5a5a;

fn number(number: impl Into<i64>) -> Answer {
    Answer::Number(number.into())
}

/// What became of an int.
fn int(value: c_int) -> Answer {
    if value == BEFORE { Answer::Untouched } else { number(value) }
}

/// The text at a pointer that the library still owns.
fn borrowed(text: *const c_char) -> Answer {
    // SAFETY: NULL or a C string that a call just returned.
    Answer::Text((!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()))
}

fn identifiers(list: &List<'_>) -> Answer {
    Answer::Joined(',', list.identifiers().into_iter().map(Answer::Number).collect())
}

fn property_add(library: &Library, row: &Row) -> Answers {
    let mut list = List::new(library, row.cell("existing"));
    let before = list.nodes().len() as i64;
    let head = if row.flag("list_ptr") { &raw mut list.head } else { ptr::null_mut() };
    let rc = Item::parse(row.cell("item")).add(library, head);
    let added = list.nodes().len() as i64 - before;
    vec![("rc", number(rc)), ("added", number(added)), ("ids", identifiers(&list))]
}

/// `CMD_<name>`, or a number.
fn command(cell: &str) -> c_int {
    const NAMES: [&str; 16] = [
        "RESERVED",
        "CONNECT",
        "CONNACK",
        "PUBLISH",
        "PUBACK",
        "PUBREC",
        "PUBREL",
        "PUBCOMP",
        "SUBSCRIBE",
        "SUBACK",
        "UNSUBSCRIBE",
        "UNSUBACK",
        "PINGREQ",
        "PINGRESP",
        "DISCONNECT",
        "AUTH",
    ];
    if cell == "WILL" {
        return 0x100;
    }
    if let Some(n) = NAMES.iter().position(|name| *name == cell) {
        return c_int::try_from(n * 0x10).expect("small");
    }
    match cell.strip_prefix("0x") {
        Some(digits) => c_int::from_str_radix(digits, 16).expect("a hexadecimal number"),
        None => cell.parse().expect("a number"),
    }
}

fn property_check_all(library: &Library, row: &Row) -> Answers {
    let list = List::new(library, row.cell("proplist"));
    // SAFETY: the type of the function, and a list of the library.
    let rc = unsafe {
        let check: unsafe extern "C" fn(c_int, *const Property) -> c_int =
            library.function("property_check_all");
        check(command(row.cell("command")), list.head)
    };
    vec![("rc", number(rc))]
}

fn property_check_command(library: &Library, row: &Row) -> Answers {
    // SAFETY: the type of the function.
    let rc = unsafe {
        let check: unsafe extern "C" fn(c_int, c_int) -> c_int =
            library.function("property_check_command");
        check(command(row.cell("command")), row.number("identifier") as c_int)
    };
    vec![("rc", number(rc))]
}

fn property_copy_all(library: &Library, row: &Row) -> Answers {
    let source = List::new(library, row.cell("proplist"));
    let untouched = ptr::dangling_mut();
    let mut copy = List::new(library, "-");
    copy.head = untouched;
    let dest = if row.flag("dest_ptr") { &raw mut copy.head } else { ptr::null_mut() };
    // SAFETY: the type of the function, a list of the library and a variable.
    let rc = unsafe {
        let copy_all: unsafe extern "C" fn(*mut *mut Property, *const Property) -> c_int =
            library.function("property_copy_all");
        copy_all(dest, source.head)
    };
    let answer = if copy.head == untouched {
        copy.head = ptr::null_mut();
        Answer::Word("untouched")
    } else if copy.head.is_null() {
        Answer::Word("NULL")
    } else {
        identifiers(&copy)
    };
    vec![("rc", number(rc)), ("dest", answer)]
}

fn property_identifier_to_string(library: &Library, row: &Row) -> Answers {
    // SAFETY: the type of the function.
    let text = unsafe {
        let name: unsafe extern "C" fn(c_int) -> *const c_char =
            library.function("property_identifier_to_string");
        name(row.number("identifier") as c_int)
    };
    vec![("text", borrowed(text))]
}

/// A pointer variable that a call may fill with memory for `free()`.
struct Output {
    value: *mut c_char,
    passed: bool,
}

impl Output {
    fn new(row: &Row, letter: char) -> Output {
        let passed = !row.cell("null_outputs").contains(letter);
        Output { value: Output::before(), passed }
    }

    fn before() -> *mut c_char {
        ptr::dangling_mut()
    }

    fn as_ptr(&mut self) -> *mut *mut c_char {
        if self.passed { &raw mut self.value } else { ptr::null_mut() }
    }

    /// What became of it, `len` bytes or up to the NUL.
    fn answer(self, len: Option<usize>) -> Answer {
        if self.value == Output::before() {
            return Answer::Untouched;
        }
        if self.value.is_null() {
            return Answer::Text(None);
        }
        // SAFETY: the library stored memory with a NUL behind `len` bytes, which is the program's to free.
        unsafe {
            let len = len.unwrap_or_else(|| libc::strlen(self.value));
            let bytes = std::slice::from_raw_parts(self.value.cast::<u8>(), len + 1).to_vec();
            assert_eq!(bytes.last(), Some(&0), "no NUL behind {len} bytes");
            libc::free(self.value.cast());
            Answer::Text(Some(bytes[..len].to_vec()))
        }
    }
}

fn property_read(library: &Library, row: &Row) -> Answers {
    type Read<T> = unsafe extern "C" fn(*const Property, c_int, *mut T, bool) -> *const Property;
    type ReadTwo<T, U> =
        unsafe extern "C" fn(*const Property, c_int, *mut T, *mut U, bool) -> *const Property;

    let list = List::new(library, row.cell("proplist"));
    let (identifier, skip) = (row.number("identifier") as c_int, row.flag("skip_first"));
    let kind = row.cell("kind");
    let name = match kind {
        "bin" => "property_read_binary".to_owned(),
        "str" => "property_read_string".to_owned(),
        "pair" => "property_read_string_pair".to_owned(),
        _ => format!("property_read_{kind}"),
    };

    macro_rules! integer {
        ($type:ty) => {{
            let mut value = BEFORE as $type;
            let passed = !row.cell("null_outputs").contains('v');
            let output = if passed { &raw mut value } else { ptr::null_mut() };
            let read: Read<$type> = library.function(&name);
            let found = read(list.head, identifier, output, skip);
            let untouched = value == BEFORE as $type;
            (found, if untouched { Answer::Untouched } else { number(value) })
        }};
    }
    // SAFETY: the types of the functions, a list of the library, variables or NULL.
    let (found, value) = unsafe {
        match kind {
            "byte" => integer!(u8),
            "int16" => integer!(u16),
            "int32" | "varint" => integer!(u32),
            "str" => {
                let read: Read<*mut c_char> = library.function(&name);
                let mut value = Output::new(row, 'v');
                let found = read(list.head, identifier, value.as_ptr(), skip);
                (found, value.answer(None))
            }
            "bin" => {
                let read: ReadTwo<*mut c_char, u16> = library.function(&name);
                let mut value = Output::new(row, 'v');
                let mut len = BEFORE as u16;
                let passed = !row.cell("null_outputs").contains('l');
                let len_output = if passed { &raw mut len } else { ptr::null_mut() };
                let found = read(list.head, identifier, value.as_ptr(), len_output, skip);
                let value = value.answer(Some(len.into()));
                let untouched = len == BEFORE as u16;
                let len = if untouched { Answer::Untouched } else { number(len) };
                (found, Answer::Joined('/', vec![value, len]))
            }
            "pair" => {
                let read: ReadTwo<*mut c_char, *mut c_char> = library.function(&name);
                let (mut first, mut second) = (Output::new(row, 'n'), Output::new(row, 'v'));
                let found = read(list.head, identifier, first.as_ptr(), second.as_ptr(), skip);
                (found, Answer::Joined('=', vec![first.answer(None), second.answer(None)]))
            }
            other => panic!("kind {other}"),
        }
    };
    let place = list.nodes().iter().position(|node| ptr::eq(*node, found));
    assert!(place.is_some() || found.is_null(), "a pointer that is not in the list");
    let returned = place.map_or(Answer::Word("NULL"), |n| number(n as i64));
    vec![("returned", returned), ("value", value)]
}

fn property_value(library: &Library, row: &Row) -> Answers {
    type Get<T> = unsafe extern "C" fn(*const Property) -> T;
    let list = List::new(library, row.cell("item"));
    let it = list.head;
    // SAFETY: the types of the functions, and a property of the library or NULL.
    unsafe {
        let get_int: Get<c_int> = library.function("property_type");
        let get_byte: Get<u8> = library.function("property_byte_value");
        let get_int16: Get<u16> = library.function("property_int16_value");
        let get_int32: Get<u32> = library.function("property_int32_value");
        let get_varint: Get<u32> = library.function("property_varint_value");
        let get_binary: Get<*const c_void> = library.function("property_binary_value");
        let text = |name: &str| {
            let get: Get<*const c_char> = library.function(name);
            borrowed(get(it))
        };
        let len = |name: &str| {
            let get: Get<u16> = library.function(name);
            get(it)
        };
        let binary = get_binary(it).cast::<u8>();
        let binary_len = len("property_binary_value_length");
        let binary = (!binary.is_null())
            .then(|| std::slice::from_raw_parts(binary, binary_len.into()).to_vec());
        vec![
            ("type", number(get_int(it))),
            ("byte", number(get_byte(it))),
            ("int16", number(get_int16(it))),
            ("int32", number(get_int32(it))),
            ("varint", number(get_varint(it))),
            ("binary", Answer::Text(binary)),
            ("binary_len", number(binary_len)),
            ("string", text("property_string_value")),
            ("string_len", number(len("property_string_value_length"))),
            ("name", text("property_string_name")),
            ("name_len", number(len("property_string_name_length"))),
        ]
    }
}

fn string_to_command(library: &Library, row: &Row) -> Answers {
    let name = CText::new(row.text("name"));
    let mut found = BEFORE;
    // SAFETY: the type of the function, a C string or NULL, and a variable.
    let rc = unsafe {
        let find: unsafe extern "C" fn(*const c_char, *mut c_int) -> c_int =
            library.function("string_to_command");
        find(name.as_ptr(), &raw mut found)
    };
    vec![("rc", number(rc)), ("cmd", int(found))]
}

fn string_to_property_info(library: &Library, row: &Row) -> Answers {
    let name = CText::new(row.text("name"));
    let (mut identifier, mut kind) = (BEFORE, BEFORE);
    // SAFETY: the type of the function, a C string or NULL, and variables.
    let rc = unsafe {
        let find: unsafe extern "C" fn(*const c_char, *mut c_int, *mut c_int) -> c_int =
            library.function("string_to_property_info");
        find(name.as_ptr(), &raw mut identifier, &raw mut kind)
    };
    vec![("rc", number(rc)), ("identifier", int(identifier)), ("type", int(kind))]
}

fn strings(library: &Library, row: &Row) -> Answers {
    // SAFETY: all three functions have this type.
    let text = unsafe {
        let text: unsafe extern "C" fn(c_int) -> *const c_char = library.function(row.cell("func"));
        text(row.number("code") as c_int)
    };
    vec![("text", borrowed(text))]
}

/// Makes a call that answers yes or no through a pointer.
fn question(row: &Row, call: impl FnOnce(*mut u8) -> c_int) -> Answers {
    let mut result = BEFORE as u8;
    let passed = row.flag("result_ptr");
    let rc = call(if passed { &raw mut result } else { ptr::null_mut() });
    let untouched = result == BEFORE as u8;
    let answer = if untouched { Answer::Untouched } else { number(result) };
    vec![("rc", number(rc)), ("match", answer)]
}

type Matches = unsafe extern "C" fn(*const c_char, *const c_char, *mut u8) -> c_int;
type MatchesPattern = unsafe extern "C" fn(
    *const c_char,
    *const c_char,
    *const c_char,
    *const c_char,
    *mut u8,
) -> c_int;

fn topic_match(library: &Library, row: &Row) -> Answers {
    matches(library, row, "topic_matches_sub", ["sub", "topic"])
}

fn topic_match_pattern(library: &Library, row: &Row) -> Answers {
    matches_pattern(library, row, "topic_matches_sub_with_pattern", ["sub", "topic"])
}

fn sub_matches_acl(library: &Library, row: &Row) -> Answers {
    match row.cell("func") {
        "plain" => matches(library, row, "sub_matches_acl", ["acl", "sub"]),
        "pattern" => matches_pattern(library, row, "sub_matches_acl_with_pattern", ["acl", "sub"]),
        other => panic!("func {other}"),
    }
}

fn matches(library: &Library, row: &Row, name: &str, columns: [&str; 2]) -> Answers {
    let [first, second] = columns.map(|column| CText::new(row.text(column)));
    // SAFETY: the type of the function, C strings or NULL, and a variable or NULL.
    question(row, |result| unsafe {
        let matches: Matches = library.function(name);
        matches(first.as_ptr(), second.as_ptr(), result)
    })
}

fn matches_pattern(library: &Library, row: &Row, name: &str, columns: [&str; 2]) -> Answers {
    let [first, second] = columns.map(|column| CText::new(row.text(column)));
    let [client, user] = ["clientid", "username"].map(|column| CText::new(row.text(column)));
    // SAFETY: the type of the function, C strings or NULL, and a variable or NULL.
    question(row, |result| unsafe {
        let matches: MatchesPattern = library.function(name);
        matches(first.as_ptr(), second.as_ptr(), client.as_ptr(), user.as_ptr(), result)
    })
}

fn topic_match2(library: &Library, row: &Row) -> Answers {
    let [sub, topic] = ["sub", "topic"].map(|column| CText::new(row.text(column)));
    let [sub_len, topic_len] = ["sublen", "topiclen"].map(|column| row.number(column) as usize);
    // SAFETY: the type of the function, at least that many bytes or NULL, and a variable or NULL.
    question(row, |result| unsafe {
        let matches: unsafe extern "C" fn(
            *const c_char,
            usize,
            *const c_char,
            usize,
            *mut u8,
        ) -> c_int = library.function("topic_matches_sub2");
        matches(sub.as_ptr(), sub_len, topic.as_ptr(), topic_len, result)
    })
}

fn topic_check(library: &Library, row: &Row) -> Answers {
    let topic = CText::new(row.text("topic"));
    let name = row.cell("func");
    // SAFETY: the types of the functions, and a C string, that many bytes, or NULL.
    let rc = unsafe {
        if row.cell("len") == "-" {
            let check: unsafe extern "C" fn(*const c_char) -> c_int = library.function(name);
            check(topic.as_ptr())
        } else {
            let check: unsafe extern "C" fn(*const c_char, usize) -> c_int = library.function(name);
            check(topic.as_ptr(), row.number("len") as usize)
        }
    };
    vec![("rc", number(rc))]
}

fn tokenise(library: &Library, row: &Row) -> Answers {
    let topic = CText::new(row.text("topic"));
    let (mut tokens, mut count) = (ptr::null_mut::<*mut c_char>(), BEFORE);
    let outputs = row.cell("out_ptrs");
    let tokens_output = if outputs == "no-topics" { ptr::null_mut() } else { &raw mut tokens };
    let count_output = if outputs == "no-count" { ptr::null_mut() } else { &raw mut count };
    // SAFETY: the types of the functions, a C string or NULL, variables or NULL; the array has `count` entries.
    unsafe {
        let tokenise: unsafe extern "C" fn(
            *const c_char,
            *mut *mut *mut c_char,
            *mut c_int,
        ) -> c_int = library.function("sub_topic_tokenise");
        let free: unsafe extern "C" fn(*mut *mut *mut c_char, c_int) -> c_int =
            library.function("sub_topic_tokens_free");
        let rc = tokenise(topic.as_ptr(), tokens_output, count_output);
        let mut answer = Answer::Untouched;
        if !tokens.is_null() {
            let entries = std::slice::from_raw_parts(tokens, count as usize);
            answer = Answer::Joined('|', entries.iter().map(|&entry| borrowed(entry)).collect());
            assert_eq!(free(&raw mut tokens, count), 0);
        }
        vec![("rc", number(rc)), ("count", int(count)), ("tokens", answer)]
    }
}

fn utf8(library: &Library, row: &Row) -> Answers {
    let text = CText::new(row.text("bytes"));
    // SAFETY: the type of the function, and that many bytes or NULL.
    let rc = unsafe {
        let validate: unsafe extern "C" fn(*const c_char, c_int) -> c_int =
            library.function("validate_utf8");
        validate(text.as_ptr(), row.number("len") as c_int)
    };
    vec![("rc", number(rc))]
}
