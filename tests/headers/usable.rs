//! Every header on its own, and both styles of including, in every version of C and C++.

use std::process::Command;

use super::compilers::{self, gcc, gpp};
use super::declared::functions;
use super::table::HEADERS;
use super::{include, root};

/// What programs write at their top.
const STYLES: [(&str, &str); 3] = [
    ("2.0", "#include <mosquitto.h>\n#include <mqtt_protocol.h>\n"),
    ("2.0, the other way round", "#include <mqtt_protocol.h>\n#include <mosquitto.h>\n"),
    (
        "2.1",
        "#include <mosquitto/libcommon.h>\n#include <mosquitto/libmosquitto.h>\n\
         #include <mosquitto/mqtt_protocol.h>\n#include <mosquitto/defs.h>\n",
    ),
];

#[test]
fn every_header_on_its_own_and_twice() {
    everywhere(|source| {
        for header in HEADERS {
            let line = format!("#include <{}>\n", header.path);
            source(header.path, &line.repeat(2));
        }
    });
}

#[test]
fn both_styles_declare_every_function() {
    let uses: String =
        functions().iter().map(|function| format!("    (void)&{};\n", function.name)).collect();
    everywhere(|source| {
        for (style, includes) in STYLES {
            source(style, &format!("{includes}\nint main(void)\n{{\n{uses}    return 0;\n}}\n"));
        }
    });
}

/// As in 2.1, so that a program that includes only what it uses finds it.
#[test]
fn every_function_is_in_the_header_that_2_1_has_it_in() {
    let (gcc, standard) = gcc();
    for header in HEADERS {
        let uses: Vec<_> = functions().into_iter().filter(|f| f.header == header.path).collect();
        let uses: String = uses.iter().map(|f| format!("    (void)&{};\n", f.name)).collect();
        let source =
            format!("#include <{}>\n\nint main(void)\n{{\n{uses}    return 0;\n}}\n", header.path);
        gcc.compile(standard, &source, &[])
            .unwrap_or_else(|words| panic!("{}: {words}", header.path));
    }
    for function in functions() {
        assert!(HEADERS.iter().any(|header| header.path == function.header), "{}", function.header);
    }
}

/// 2.1 gives a `#warning` there, which programs of 2.0 cannot avoid.
#[test]
fn the_old_name_of_mqtt_protocol_is_silent() {
    let (gcc, standard) = gcc();
    gcc.compile(standard, "#include <mqtt_protocol.h>\n", &["-fsyntax-only", "-Wcpp"])
        .unwrap_or_else(|words| panic!("{words}"));
}

/// The macros that take the options of a subscription apart and put them together.
#[test]
fn macros_for_subscription_options() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let program = directory.path().join("options");
    let source =
        std::fs::read_to_string(root().join("tests/headers/options.c")).expect("options.c");
    let (gcc, standard) = gcc();
    gcc.compile(standard, &source, &["-o", program.to_str().expect("a UTF-8 path")])
        .unwrap_or_else(|words| panic!("{words}"));
    let output = Command::new(program).output().expect("a program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The C++ class of the distribution stands on our header.
#[test]
fn mosquittopp_compiles_on_our_header() {
    let (gpp, standard) = gpp();
    let source = std::fs::read_to_string(root().join("tests/headers/mosquittopp.cpp"))
        .expect("mosquittopp.cpp");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let list = directory.path().join("list");
    let list = list.to_str().expect("a UTF-8 path");
    gpp.compile(standard, &source, &["-fsyntax-only", "-MD", "-MF", list])
        .unwrap_or_else(|words| panic!("{words}"));
    let used = std::fs::read_to_string(list).expect("the list of files that were read");
    assert!(used.contains("/mosquittopp.h"), "not the distribution's class: {used}");
    let ours = include().join("mosquitto.h");
    assert!(used.contains(ours.to_str().expect("a UTF-8 path")), "not our header: {used}");
}

/// What programs have compiled into them: where its virtual functions and its members are is the same on both headers.
#[test]
fn the_class_mosquittopp_is_laid_out_as_ever() {
    let (gpp, standard) = gpp();
    let layout = |include: &str| {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| directory.path().join(name).to_str().expect("UTF-8").to_owned();
        let (object, dump) = (at("object.o"), format!("-fdump-lang-class={}", at("classes")));
        let source = format!("{include}#include <mosquittopp.h>\n");
        let arguments = ["-c", "-o", &object, &dump];
        gpp.compile(standard, &source, &arguments).unwrap_or_else(|words| panic!("{words}"));
        let classes = std::fs::read_to_string(at("classes")).expect("the compiler's list");
        let parts = classes.split("\n\n").filter(|part| part.contains("mosquittopp"));
        // Words like (0x0x7f…) are places in the compiler's own memory.
        let words = parts.flat_map(str::split_whitespace).filter(|word| !word.starts_with("(0x"));
        words.collect::<Vec<_>>().join(" ")
    };
    let (theirs, ours) = (layout("#include \"/usr/include/mosquitto.h\"\n"), layout(""));
    assert!(ours.contains("Vtable for mosqpp::mosquittopp"), "{ours}");
    assert!(ours.contains("mosqpp::mosquittopp::on_message"), "{ours}");
    assert_eq!(ours, theirs);
}

/// Gives `sources` a function that compiles a source with every compiler in every version; fails if one fails.
fn everywhere(sources: impl Fn(&mut dyn FnMut(&str, &str))) {
    let mut failed = Vec::new();
    for compiler in compilers::installed() {
        for standard in compiler.standards() {
            sources(&mut |name, source| {
                if let Err(words) = compiler.compile(standard, source, &[]) {
                    failed.push(format!("{name}: {words}"));
                }
            });
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
