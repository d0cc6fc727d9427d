//! Answers well-formed, malformed and hostile; the draw; questions to a resolver of our own.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::answer::{Malformed, parse};
use super::order::order;
use super::*;
use crate::transport::poll::Interest;
use crate::transport::tests::support::wait_for;

/// A name on the wire.
fn name(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        out.push(label.len() as u8);
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
    out
}

/// A record of any type.
fn record(owner: &[u8], kind: u16, class: u16, data: &[u8]) -> Vec<u8> {
    let head = [kind.to_be_bytes(), class.to_be_bytes(), [0, 0], [1, 44]];
    let length = (data.len() as u16).to_be_bytes();
    [owner, &head.concat(), &length, data].concat()
}

fn srv(priority: u16, weight: u16, port: u16, target: &[u8]) -> Vec<u8> {
    let head = [priority.to_be_bytes(), weight.to_be_bytes(), port.to_be_bytes()].concat();
    record(b"\xc0\x0c", 33, 1, &[&head, target].concat())
}

fn message(flags: u16, answers: &[Vec<u8>]) -> Vec<u8> {
    let counts = [1, answers.len() as u16, 0, 0].map(u16::to_be_bytes).concat();
    let question = [name("_mqtt._tcp.example.org"), vec![0, 33, 0, 1]].concat();
    [&[0x12, 0x34][..], &flags.to_be_bytes(), &counts, &question, &answers.concat()].concat()
}

fn expected(priority: u16, weight: u16, port: u16, target: &str) -> Record {
    Record { priority, weight, port, target: target.into() }
}

#[test]
fn answers() {
    let mut last_label = b"\x02b1".to_vec();
    last_label.extend(b"\xc0\x17"); // "example.org" of the question, behind _mqtt._tcp
    type Row = (&'static str, Vec<Vec<u8>>, Vec<Record>);
    let rows: [Row; 9] = [
        ("none", vec![], vec![]),
        (
            "two",
            vec![srv(10, 5, 1883, &name("a.example.org")), srv(0, 0, 1, &name("b"))],
            vec![expected(10, 5, 1883, "a.example.org"), expected(0, 0, 1, "b")],
        ),
        (
            "a compressed target",
            vec![srv(1, 2, 3, &last_label)],
            vec![expected(1, 2, 3, "b1.example.org")],
        ),
        ("a pointer only", vec![srv(1, 2, 3, b"\xc0\x17")], vec![expected(1, 2, 3, "example.org")]),
        ("the root", vec![srv(0, 0, 0, b"\0")], vec![expected(0, 0, 0, "")]),
        (
            "an alias before it",
            vec![record(b"\xc0\x0c", 5, 1, &name("x.y")), srv(1, 1, 1, &name("z"))],
            vec![expected(1, 1, 1, "z")],
        ),
        ("another class", vec![record(b"\0", 33, 3, &[0; 7])], vec![]),
        ("no name of a host", vec![srv(1, 1, 1, b"\x03a.b\0"), srv(1, 1, 1, b"\x02a\0\0")], vec![]),
        (
            "the longest name",
            vec![srv(
                1,
                1,
                1,
                &name(&["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".")),
            )],
            vec![expected(
                1,
                1,
                1,
                &["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join("."),
            )],
        ),
    ];
    for (what, answers, records) in rows {
        let bytes = message(0x8180, &answers);
        assert_eq!(parse(&bytes), Ok(records), "{what}");
        for cut in 0..bytes.len() {
            assert_eq!(parse(&bytes[..cut]), Err(Malformed), "{what} up to {cut}");
        }
        let longer = [&bytes[..], b"additional sections"].concat();
        assert!(parse(&longer).is_ok(), "{what}");
    }
}

#[test]
fn malformed_answers() {
    let long = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(62)].join(".");
    let here = message(0, &[]).len() as u8;
    let rows: [(&str, u16, Vec<u8>); 12] = [
        ("a question", 0x0100, srv(1, 1, 1, &name("a"))),
        ("an error", 0x8183, srv(1, 1, 1, &name("a"))),
        ("no target", 0x8180, srv(1, 1, 1, b"")),
        ("half a head", 0x8180, record(b"\0", 33, 1, &[0; 5])),
        ("more than the target", 0x8180, srv(1, 1, 1, b"\x01a\0x")),
        ("a target beyond its record", 0x8180, srv(1, 1, 1, b"\x09a")),
        ("a name too long", 0x8180, srv(1, 1, 1, &name(&long))),
        ("a pointer to itself", 0x8180, srv(1, 1, 1, &[0xc0, here + 18])),
        ("a pointer forward", 0x8180, srv(1, 1, 1, b"\xc0\xff")),
        ("a circle", 0x8180, srv(1, 1, 1, &[1, b'a', 0xc0, here + 18])),
        ("a label of the type 64", 0x8180, srv(1, 1, 1, b"\x40a")),
        ("an owner of the type 128", 0x8180, record(b"\x80a", 33, 1, &[0; 7])),
    ];
    for (what, flags, answer) in rows {
        assert_eq!(parse(&message(flags, &[answer])), Err(Malformed), "{what}");
    }
    let mut counts = message(0x8180, &[]);
    counts[6..8].copy_from_slice(&[0xff, 0xff]);
    assert_eq!(parse(&counts), Err(Malformed), "65535 records announced");
}

#[test]
fn pointers_to_pointers_end() {
    // Each of many records points to the name of the one before.
    let mut bytes = message(0x8180, &[]);
    let mut previous = b"\x01a\0".to_vec();
    for i in 0..1000u16 {
        let at = bytes.len() + 12 + 6;
        bytes.extend(record(b"\0", 33, 1, &[&[0; 6][..], &previous].concat())[..].iter());
        bytes[6..8].copy_from_slice(&(i + 1).to_be_bytes());
        previous = (0xc000 | at.min(0x3fff) as u16).to_be_bytes().to_vec();
        if at > 0x3f00 {
            break;
        }
    }
    let records = parse(&bytes);
    assert!(records.is_err() || records.unwrap().iter().all(|record| record.target == b"a"));
}

/// Evenly spread numbers, the same each time.
fn numbers() -> impl FnMut() -> u32 {
    let mut state = 1u64;
    move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 32) as u32
    }
}

#[test]
fn d22_priority_then_weight() {
    let records =
        [(20, 0, "c"), (10, 1, "b1"), (10, 3, "b3"), (0, 0, "a"), (10, 0, "b0"), (5, 9, "")];
    let records = records.map(|(priority, weight, target)| expected(priority, weight, 1, target));
    let mut random = numbers();
    let mut first = BTreeMap::new();
    for _ in 0..10_000 {
        let ordered = order(records.to_vec(), &mut random);
        let priorities: Vec<_> = ordered.iter().map(|record| record.priority).collect();
        assert_eq!(priorities, [0, 10, 10, 10, 20], "the one without target is left out");
        *first.entry(ordered[1].target.clone()).or_insert(0) += 1;
    }
    // Out of five numbers, 0 to 4: 0 for b0, 1 for b1, 2 to 4 for b3.
    let share = |target: &[u8]| first[target];
    assert!((1800..2200).contains(&share(b"b0")), "{first:?}");
    assert!((1800..2200).contains(&share(b"b1")), "{first:?}");
    assert!((5800..6200).contains(&share(b"b3")), "{first:?}");
}

#[test]
fn extremes_of_chance() {
    let records: Vec<_> =
        (0..5).map(|i| expected(0, if i < 2 { 0 } else { u16::MAX }, i, "a")).collect();
    for random in [0, 1, u32::MAX / 2, u32::MAX] {
        let mut ports: Vec<_> = order(records.clone(), || random).iter().map(|r| r.port).collect();
        ports.sort_unstable();
        assert_eq!(ports, [0, 1, 2, 3, 4], "nothing lost, nothing twice");
    }
}

#[test]
fn questions() {
    let ask = |name: &'static str, answer: Answer| {
        let question = Question::start_with(name.as_bytes(), move |asked| {
            assert_eq!(asked.to_bytes(), name.as_bytes());
            answer
        });
        let question = question.unwrap();
        wait_for(question.descriptor(), Interest::READ);
        question.answer().expect("it is readable")
    };
    let two = vec![expected(2, 0, 2, "b"), expected(1, 0, 1, "a")];
    let ports = |records: Vec<Record>| records.iter().map(|record| record.port).collect::<Vec<_>>();
    assert_eq!(ask("two.test", Ok(two)).map(ports), Ok(vec![1, 2]));
    assert_eq!(ask("none.test", Ok(vec![])), Err(Status::NO_DATA));
    assert_eq!(ask("root.test", Ok(vec![expected(0, 0, 0, "")])), Err(Status::NO_DATA));
    assert_eq!(ask("bad.test", Err(Status::BAD_RESPONSE)), Err(Status(10)));
    assert_eq!(Question::start(b"a\0b").unwrap_err(), Error::Inval);
}

#[test]
fn statuses() {
    let rows = [
        (1, None, 4),
        (2, Some(libc::ETIMEDOUT), 12),
        (2, Some(libc::ECONNREFUSED), 11),
        (2, Some(libc::EAGAIN), 3),
        (3, None, 6),
        (4, None, 1),
        (-1, Some(libc::EMSGSIZE), 8),
    ];
    for (h_errno, errno, expected) in rows {
        assert_eq!(status(h_errno, errno), Status(expected), "{h_errno} {errno:?}");
    }
}

proptest! {
    #[test]
    fn anything_may_come(
        mut start in prop::collection::vec(any::<u8>(), 0..100),
        at in 0usize..200,
        good in any::<bool>(),
    ) {
        if good {
            let mut bytes = message(0x8180, &[srv(1, 1, 1, &name("a.b")), srv(2, 1, 1, b"\xc0\x17")]);
            let at = at.min(bytes.len());
            let end = (at + start.len() % 4).min(bytes.len());
            bytes.splice(at..end, start.drain(..).take(4));
            start = bytes;
        }
        if let Ok(records) = parse(&start) {
            for record in records {
                prop_assert!(record.target.len() <= 253);
                prop_assert!(record.target.iter().all(u8::is_ascii_graphic));
            }
        }
    }
}
