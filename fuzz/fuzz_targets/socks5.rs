//! Whatever a SOCKS5 proxy answers: the verdict and what is sent do not depend on how it is cut, nothing is taken that
//! belongs to the next layer, and little is sent.

#![no_main]

use libfuzzer_sys::fuzz_target;
use libmosquitto_rs_fuzz::{Cut, Input};
use mosquitto::transport::socks5::{Credentials, Handshake, Refusal};

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let seed = input.number();
    let login = (input.byte() & 1 == 1).then(|| (input.field(), input.field()));
    let host = input.field();
    let answers = input.0;
    let exchange = |cut| {
        let login = login.map(|(user, password)| {
            Credentials::new(user, Some(password)).expect("no longer than 255 bytes")
        });
        run(Handshake::new(host, 1883, login).expect("no longer than 255 bytes"), answers, cut)
    };
    let [whole, others @ ..] = Cut::all(seed).map(exchange);
    for other in others {
        assert_eq!(other, whole);
    }
});

/// What was sent, how much of the answers was taken, the verdict: whether it is done.
fn run(
    mut handshake: Handshake,
    mut answers: &[u8],
    mut cut: Cut,
) -> (Vec<u8>, usize, Result<bool, Refusal>) {
    let (mut sent, mut taken) = (Vec::new(), 0);
    let verdict = loop {
        sent.extend_from_slice(handshake.output());
        handshake.sent(handshake.output().len());
        assert!(sent.len() <= 4 + 513 + 262, "greeting, login, request");
        if handshake.is_done() || answers.is_empty() {
            break Ok(handshake.is_done());
        }
        let wanted = handshake.wanted();
        assert!((1..=262).contains(&wanted));
        // As the transport reads: no more than is wanted.
        let mut offered = &answers[..wanted.min(answers.len())];
        let portion = cut.next(&mut offered);
        match handshake.feed(portion) {
            Ok(count) => {
                assert_eq!(count, portion.len(), "what is wanted is taken");
                taken += count;
                answers = &answers[count..];
            }
            Err(refusal) => {
                assert!(!refusal.to_string().is_empty());
                let _code = refusal.error();
                break Err(refusal);
            }
        }
    };
    (sent, if verdict.is_ok() { taken } else { 0 }, verdict)
}
