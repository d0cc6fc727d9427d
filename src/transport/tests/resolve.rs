//! Lookups: what is known without asking, what is shared, and the thread that asks.

use std::sync::mpsc;

use super::support::*;
use crate::error::{Error, Result};
use crate::transport::poll::Interest;
use crate::transport::resolve::Lookup;

/// Waits for the answer, as addresses without port.
fn answer(lookup: &Lookup) -> Result<Vec<String>> {
    if let Some(descriptor) = lookup.descriptor() {
        wait_for(descriptor, Interest::READ);
    }
    let answer = lookup.answer().expect("an answer once the descriptor is readable").clone()?;
    assert!(answer.iter().all(|address| address.port() == 0));
    Ok(answer.iter().map(|address| address.ip().to_string()).collect())
}

#[test]
fn numeric_hosts_are_known_without_a_thread() {
    let none = Err(Error::Eai(libc::EAI_NONAME));
    let rows: &[(&str, Result<&str>)] = &[
        ("127.0.0.1", Ok("127.0.0.1")),
        ("10.1", Ok("10.0.0.1")),
        ("0x7f000001", Ok("127.0.0.1")),
        ("::1", Ok("::1")),
        ("2001:db8::5", Ok("2001:db8::5")),
        ("", none),
        ("256.1.1.1", none),
        ("1.2.3.4444444444", none),
    ];
    for (host, expected) in rows {
        let lookup = Lookup::start(host.as_bytes()).unwrap();
        assert_eq!(lookup.descriptor(), None, "{host:?}");
        assert_eq!(answer(&lookup), expected.map(|ip| vec![ip.to_owned()]), "{host:?}");
    }
    let scoped = Lookup::start(b"fe80::1%1").unwrap();
    let Some(Ok(addresses)) = scoped.answer() else { panic!("{scoped:?}") };
    let [std::net::SocketAddr::V6(address)] = addresses[..] else { panic!("{addresses:?}") };
    assert_eq!(address.scope_id(), 1);
}

#[test]
fn localhost_is_looked_up_on_a_thread() {
    let lookup = Lookup::start(b"localhost").unwrap();
    assert!(lookup.descriptor().is_some());
    let found = answer(&lookup).unwrap();
    assert!(found.iter().all(|ip| ip == "127.0.0.1" || ip == "::1"), "{found:?}");
}

#[test]
fn the_resolver_gets_the_name_and_its_failure_is_the_answer() {
    for code in [libc::EAI_NONAME, libc::EAI_AGAIN, libc::EAI_FAIL] {
        let host = format!("failing{code}.test");
        let expected = host.clone();
        let lookup = Lookup::start_with(host.as_bytes(), move |name| {
            assert_eq!(name.to_bytes(), expected.as_bytes());
            Err(Error::Eai(code))
        });
        assert_eq!(answer(&lookup.unwrap()), Err(Error::Eai(code)));
    }
}

#[test]
fn the_helper_thread_takes_no_signals_and_the_caller_keeps_its_own() {
    fn blocked(signal: libc::c_int) -> bool {
        let mut set = std::mem::MaybeUninit::uninit();
        // SAFETY: no mask is set; `set` may be written and is filled in before it is read.
        unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), set.as_mut_ptr());
            libc::sigismember(set.as_ptr(), signal) == 1
        }
    }
    assert!(!blocked(libc::SIGTERM), "not by the test harness either");
    let (tell, told) = mpsc::channel();
    let _lookup = Lookup::start_with(b"signals.test", move |_| {
        let name = std::thread::current().name().map(str::to_owned);
        tell.send(([libc::SIGTERM, libc::SIGINT, libc::SIGALRM].map(blocked), name)).unwrap();
        Ok(vec![ANY_V4])
    });
    assert_eq!(told.recv().unwrap(), ([true; 3], Some("mosquitto dns".to_owned())));
    assert!(!blocked(libc::SIGTERM));
}
