//! The types of functions, structs and constants, against the measured ones and against the distribution's header.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use super::compilers::gcc;
use super::declared::{constants, functions};

/// The distribution's headers by their full name, so that ours are not found instead.
const THEIRS: &str =
    "#include \"/usr/include/mosquitto.h\"\n#include \"/usr/include/mqtt_protocol.h\"\n";

/// Functions that 2.1 declares otherwise than 2.0.
const CHANGED: [&str; 1] = ["mosquitto_property_next"];

/// Constants whose value 2.1 changed.
const RENUMBERED: [&str; 3] = [
    "MOSQ_ERR_TOPIC_ALIAS_INVALID",
    "MOSQ_ERR_ADMINISTRATIVE_ACTION",
    "MOSQ_ERR_RETAIN_NOT_SUPPORTED",
];

/// The callback types that 2.0 does not have, spelled out.
const CALLBACKS_OF_2_1: &str = "\
void mosquitto_pre_connect_callback_set(struct mosquitto *, void (*)(struct mosquitto *, void *));
void mosquitto_unsubscribe2_v5_callback_set(struct mosquitto *, void (*)(struct mosquitto *, void *, int, int,
    const int *, const mosquitto_property *));
void mosquitto_ext_auth_callback_set(struct mosquitto *, int (*)(struct mosquitto *, void *, const char *, uint16_t,
    const void *, const mosquitto_property *));
";

/// Name, type and offset.
type Member = (&'static str, &'static str, usize);

/// Every struct of C with its size and its members.
const STRUCTS: [(&str, usize, &[Member]); 5] = [
    (
        "mosquitto_message",
        40,
        &[
            ("mid", "int", 0),
            ("topic", "char *", 8),
            ("payload", "void *", 16),
            ("payloadlen", "int", 24),
            ("qos", "int", 28),
            ("retain", "bool", 32),
        ],
    ),
    (
        "mosquitto_message_v5",
        32,
        &[
            ("payload", "void *", 0),
            ("topic", "char *", 8),
            ("properties", "mosquitto_property *", 16),
            ("payloadlen", "uint32_t", 24),
            ("qos", "uint8_t", 28),
            ("retain", "bool", 29),
            ("padding", "uint8_t[2]", 30),
        ],
    ),
    (
        "libmosquitto_will",
        32,
        &[
            ("topic", "char *", 0),
            ("payload", "void *", 8),
            ("payloadlen", "int", 16),
            ("qos", "int", 20),
            ("retain", "bool", 24),
        ],
    ),
    ("libmosquitto_auth", 16, &[("username", "char *", 0), ("password", "char *", 8)]),
    (
        "libmosquitto_tls",
        64,
        &[
            ("cafile", "char *", 0),
            ("capath", "char *", 8),
            ("certfile", "char *", 16),
            ("keyfile", "char *", 24),
            ("ciphers", "char *", 32),
            ("tls_version", "char *", 40),
            ("pw_callback", "int (*)(char *, int, int, void *)", 48),
            ("cert_reqs", "int", 56),
        ],
    ),
];

/// A second declaration of a function has to be compatible with the first.
#[test]
fn all_126_prototypes_are_the_measured_ones() {
    let mut source = String::from("#include <mosquitto.h>\n");
    for function in functions() {
        let (name, returns, parameters) = (function.name, function.returns, function.parameters);
        writeln!(source, "{returns} {name}({parameters});").expect("memory");
    }
    source.push_str(CALLBACKS_OF_2_1);
    accept(&source);
}

/// Our declarations, as the compiler reads them, behind the distribution's header: every function that both have is
/// compatible, with the exceptions above.
#[test]
fn prototypes_and_callback_types_are_the_distributions() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = |name: &str| directory.path().join(name).to_str().expect("a UTF-8 path").to_owned();
    let (gcc, standard) = gcc();
    let ours = "#include <mosquitto.h>\n";
    let arguments = ["-fsyntax-only", "-aux-info", &path("declarations")];
    gcc.compile(standard, ours, &arguments).unwrap_or_else(|words| panic!("{words}"));
    gcc.compile(standard, ours, &["-E", "-P", "-o", &path("text")])
        .unwrap_or_else(|words| panic!("{words}"));

    let declarations = fs::read_to_string(path("declarations")).expect("gcc's list");
    let declarations = declarations.lines().filter(|line| line.contains("mosquitto_"));
    let declarations: String = declarations.map(|line| format!("{line}\n")).collect();
    let both: Vec<_> = functions().into_iter().filter(|function| function.in_2_0).collect();
    assert_eq!(both.len(), 107);
    for function in &both {
        let declared = [' ', '*'].map(|before| format!("{before}{} (", function.name));
        let found = declared.iter().any(|text| declarations.contains(text));
        assert!(found, "{} is not declared", function.name);
    }

    let text = fs::read_to_string(path("text")).expect("gcc's output");
    let callbacks = text.split_inclusive(';').filter(|part| part.contains("(*LIBMOSQ_CB_"));
    let callbacks: String =
        callbacks.map(|part| part[part.find("typedef").unwrap_or(0)..].to_owned() + "\n").collect();
    assert_eq!(callbacks.lines().filter(|line| line.starts_with("typedef")).count(), 17);

    let source = format!("{THEIRS}{callbacks}{declarations}");
    let words = gcc.compile(standard, &source, &[]).expect_err("property_next has changed");
    let conflicts: BTreeSet<_> = words
        .lines()
        .filter_map(|line| line.split_once("conflicting types for '"))
        .filter_map(|(_, name)| name.split_once('\'').map(|(name, _)| name))
        .collect();
    let errors = words.matches("error:").count();
    assert_eq!((conflicts, errors), (CHANGED.into(), CHANGED.len()), "{words}");
}

#[test]
fn structs_have_the_layout_that_compiled_programs_know() {
    accept_structs("#include <mosquitto.h>\n", &STRUCTS);
    // The table is itself tried on the distribution's header, which has not the one that came with 2.1.
    let old: Vec<_> =
        STRUCTS.into_iter().filter(|(name, ..)| *name != "mosquitto_message_v5").collect();
    accept_structs(THEIRS, &old);
}

fn accept_structs(include: &str, structs: &[(&str, usize, &[Member])]) {
    let mut source = String::from(include);
    for (name, size, members) in structs {
        assert_c(&mut source, &format!("sizeof(struct {name}) == {size}"));
        assert_c(&mut source, &format!("_Alignof(struct {name}) == 8"));
        for (member, kind, offset) in *members {
            assert_c(&mut source, &format!("offsetof(struct {name}, {member}) == {offset}"));
            assert_c(
                &mut source,
                &format!(
                    "__builtin_types_compatible_p(__typeof__(((struct {name} *)0)->{member}), {kind})"
                ),
            );
        }
    }
    let mut enums = vec!["mosq_err_t", "mosq_opt_t", "mqtt5_property", "mqtt5_return_codes"];
    if structs.len() == STRUCTS.len() {
        enums.push("mosq_transport_t");
    }
    for name in enums {
        assert_c(&mut source, &format!("sizeof(enum {name}) == 4"));
    }
    accept(&source);
}

#[test]
fn constants_have_their_values() {
    let mut source = String::from("#include <mosquitto.h>\n#include <mqtt_protocol.h>\n");
    for constant in constants() {
        assert_c(&mut source, &format!("{} == {}", constant.name, constant.value));
    }
    // Signed and unsigned as in the original: comparisons of programs get no new warnings.
    for (name, kind) in [
        ("MOSQ_LOG_ALL", "unsigned int"),
        ("MOSQ_LOG_ERR", "int"),
        ("CMD_CONNECT", "unsigned int"),
        ("CMD_WILL", "int"),
    ] {
        assert_c(&mut source, &format!("__builtin_types_compatible_p(__typeof__({name}), {kind})"));
    }
    assert_c(&mut source, "sizeof(PROTOCOL_NAME) == 5 && sizeof(PROTOCOL_NAME_v31) == 7");
    accept(&source);
}

/// The table is itself tried on the distribution's header.
#[test]
fn constants_of_2_0_have_kept_their_values() {
    let mut source = String::from(THEIRS);
    let mut changed = BTreeSet::new();
    for constant in constants() {
        let Some(old) = constant.value_2_0 else { continue };
        assert_c(&mut source, &format!("{} == {old}", constant.name));
        if old != constant.value {
            changed.insert(constant.name);
        }
    }
    accept(&source);
    assert_eq!(changed, RENUMBERED.map(str::to_owned).into());
}

fn assert_c(source: &mut String, condition: &str) {
    writeln!(source, "_Static_assert({condition}, \"{condition}\");").expect("memory");
}

fn accept(source: &str) {
    let (gcc, standard) = gcc();
    gcc.compile(standard, source, &[]).unwrap_or_else(|words| panic!("{words}"));
}
