//! The list of the original's faults in `docs/transports.md` names tests that exist, for each of them.

use std::collections::BTreeSet;

use crate::support::c_program::root;

/// How many there are.
const FAULTS: usize = 24;

#[test]
fn every_fault_has_a_row_and_every_row_tests_that_exist() {
    let file = root().join("docs/transports.md");
    let text = std::fs::read_to_string(&file).expect("the list");
    let mut numbers = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("| D")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [number, _was, _is, tests] = cells[..] else { panic!("four columns, please: {line}") };
        numbers.insert(number.to_owned());
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{number}: no test");
        for name in names {
            assert!(exists(name), "{number}: there is no {name}");
        }
    }
    let expected: BTreeSet<String> = (1..=FAULTS).map(|number| format!("D{number}")).collect();
    assert_eq!(numbers, expected);
}

/// Whether there is a file of that name, and in it, behind `::`, a function that is a test.
fn exists(name: &str) -> bool {
    let (file, function) = match name.split_once("::") {
        Some((file, function)) => (file, Some(function)),
        None => (name, None),
    };
    let Ok(text) = std::fs::read_to_string(root().join(file)) else { return false };
    function.is_none_or(|function| {
        text.split("#[test]\n").skip(1).any(|rest| rest.starts_with(&format!("fn {function}(")))
    })
}
