//! Conversations between our library and a scripted broker, byte for byte: `tests/conversations/*.txt`.
//!
//! `CONVERSATION="part of a name" cargo test --test scripted` plays those alone.

mod support;

use support::conversation::{Case, parse, play};
use support::library::Library;

fn play_all(file: &str, text: &str) {
    if !Library::Ours.is_selected() {
        return;
    }
    let wanted = std::env::var("CONVERSATION").unwrap_or_default();
    let cases: Vec<Case> =
        parse(text).into_iter().filter(|case| case.name.contains(&wanted)).collect();
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let problem = play(case, Library::Ours).err()?;
            Some(format!("## {}\n    {problem}", case.name))
        })
        .collect();
    let (failed, all) = (failures.len(), cases.len());
    assert!(failures.is_empty(), "{file}: {failed} of {all} failed\n{}", failures.join("\n"));
}

macro_rules! conversations {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let text = include_str!(concat!("conversations/", stringify!($name), ".txt"));
                play_all(stringify!($name), text);
            }
        )*

        #[test]
        fn there_are_enough_and_no_name_twice() {
            let mut names = Vec::new();
            $(
                let text = include_str!(concat!("conversations/", stringify!($name), ".txt"));
                let cases = parse(text).into_iter();
                names.extend(cases.map(|case| (stringify!($name), case.name)));
            )*
            assert!(names.len() >= 150, "only {} conversations", names.len());
            names.sort();
            for pair in names.windows(2) {
                assert_ne!(pair[0], pair[1]);
            }
        }
    };
}

conversations! {
    connect
    publish
    subscribe
    receive
    malformed
    window
    resume
    disconnect
    auth
    lifecycle
    statements
}
