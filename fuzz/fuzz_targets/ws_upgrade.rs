//! Whatever a server answers to a WebSocket upgrade: the verdict does not depend on how it is cut, nothing behind the
//! header is taken, and a header longer than the limit is never taken to its end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use libmosquitto_rs_fuzz::{Cut, Input};
use mosquitto::transport::ws::upgrade::{Refusal, Request, Upgrade, headers, path};

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let seed = input.number();
    let limit = 100 + usize::from(input.byte()) * 4;
    let settings = input.byte();
    // What a program may have set; most inputs leave it alone.
    let (mut target, mut lines, mut host) = (b"/mqtt".to_vec(), Vec::new(), &b"broker.example"[..]);
    if settings & 1 == 1 {
        target = path(input.field()).unwrap_or(target);
    }
    if settings & 2 == 2 {
        lines = headers(input.field()).unwrap_or_default();
    }
    if settings & 4 == 4 {
        host = input.field();
    }
    let request = Request {
        path: &target,
        host,
        port: u16::from(settings) << 8 & 0x1f00,
        secure: settings & 8 == 8,
        headers: &lines,
        nonce: *b"the sample nonce",
    };
    let Ok(upgrade) = Upgrade::new(&request, limit) else { return };
    check_request(upgrade.output());
    let answer = input.0;
    let exchange = |cut| {
        let upgrade = Upgrade::new(&request, limit).expect("as before");
        run(upgrade, answer, cut)
    };
    let [whole, others @ ..] = Cut::all(seed).map(exchange);
    assert!(whole.is_err() || whole.as_ref().is_ok_and(|(taken, _)| *taken <= limit));
    for other in others {
        assert_eq!(other, whole);
    }
});

/// One request and no more: nothing that the program set can end a line or the header.
fn check_request(request: &[u8]) {
    let head = request.strip_suffix(b"\r\n\r\n").expect("an empty line at the end");
    let mut lines = 0;
    for line in head.split(|byte| *byte == b'\n') {
        lines += 1;
        assert!(line.len() > 1 && !line.contains(&0), "line {lines}");
        assert!(!line[..line.len() - 1].contains(&b'\r'));
    }
    let first = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    assert!(first.starts_with(b"GET /") && first.ends_with(b" HTTP/1.1"));
    assert_eq!(first.iter().filter(|byte| **byte == b' ').count(), 2);
    assert!(lines >= 7);
}

/// How much of the answer was taken and whether that was all, or the refusal.
fn run(mut upgrade: Upgrade, mut answer: &[u8], mut cut: Cut) -> Result<(usize, bool), Refusal> {
    upgrade.sent(upgrade.output().len());
    let mut taken = 0;
    while !answer.is_empty() && !upgrade.is_done() {
        let portion = cut.next(&mut answer);
        let count = upgrade.feed(portion).inspect_err(|refusal| {
            assert!(!refusal.to_string().is_empty());
            let _code = refusal.error();
        })?;
        assert!(count == portion.len() || upgrade.is_done(), "the rest is frames");
        taken += count;
    }
    Ok((taken, upgrade.is_done()))
}
