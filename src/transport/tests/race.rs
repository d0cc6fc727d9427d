//! Racing addresses: order, delays, failures. Time is an argument, so that only real silence takes real time.

use std::net::SocketAddr;

use super::support::*;
use crate::error::Error;
use crate::time::Time;
use crate::transport::clock;
use crate::transport::connect::TcpOptions;
use crate::transport::poll::Interest;
use crate::transport::race::Race;

fn race(addresses: &[SocketAddr]) -> Race {
    Race::new(addresses, Vec::new(), TcpOptions::default())
}

#[test]
fn the_first_address_wins_when_it_works() {
    let (first, first_address) = listen(ANY_V4);
    let (second, second_address) = listen(ANY_V4);
    drive(&mut race(&[first_address, second_address])).unwrap();
    assert!(!nobody_came(&first));
    assert!(nobody_came(&second));
}

#[test]
fn a_refused_address_is_followed_by_the_next_at_once() {
    let (listener, open) = listen(ANY_V4);
    let began = clock::now();
    let refusing = [Refusing::new(), Refusing::new(), Refusing::new()];
    let addresses: Vec<_> =
        refusing.iter().map(|refusing| refusing.address).chain([open]).collect();
    drive(&mut race(&addresses)).unwrap();
    assert!(clock::now().since(began) < 500, "no delay after a refusal");
    assert!(!nobody_came(&listener));
}

#[test]
fn a_silent_address_is_overtaken_after_250_ms() {
    let silent = Silent::new(ANY_V4);
    let (_listener, open) = listen(ANY_V4);
    let began = clock::now();
    drive(&mut race(&[silent.address, open])).unwrap();
    let took = clock::now().since(began);
    assert!((250..1000).contains(&took), "{took} ms");
}

#[test]
fn a_silent_ipv6_address_is_overtaken_by_ipv4() {
    if listen_v6().is_none() {
        return;
    }
    let silent = Silent::new(ANY_V6);
    let (_listener, open) = listen(ANY_V4);
    let began = clock::now();
    drive(&mut race(&[silent.address, open])).unwrap();
    let took = clock::now().since(began);
    assert!((250..1000).contains(&took), "{took} ms");
}

#[test]
fn attempts_begin_250_ms_apart_and_all_are_polled() {
    let silent = [Silent::new(ANY_V4), Silent::new(ANY_V4), Silent::new(ANY_V4)];
    let addresses: Vec<_> = silent.iter().map(|silent| silent.address).collect();
    let mut race = race(&addresses);
    let at = |ms: u64| Time::from_millis(1_000_000 + ms);
    let rows = [
        (0, 1, Some(250)),
        (249, 1, Some(250)),
        (250, 2, Some(500)),
        (600, 3, None),
        (9999, 3, None),
    ];
    for (now, polled, deadline) in rows {
        assert!(race.advance(at(now)).unwrap().is_none());
        assert_eq!(race.wants().0.len(), polled, "at {now} ms");
        assert_eq!(race.deadline(), deadline.map(at), "at {now} ms");
    }
    assert_eq!(race.descriptor(), race.wants().0[0].descriptor, "the oldest attempt is shown");
}

#[test]
fn the_winner_leaves_no_other_socket_open() {
    let silent = Silent::new(ANY_V4);
    let (_listener, open) = listen(ANY_V4);
    let mut race = race(&[silent.address, open]);
    let stream = drive(&mut race).unwrap();
    let loser = race.descriptor();
    assert_ne!(loser, stream.descriptor());
    let link = |fd: i32| std::fs::read_link(format!("/proc/self/fd/{fd}")).ok();
    let before = link(loser).expect("open while the race lives");
    drop(race);
    assert_ne!(link(loser), Some(before));
}

#[test]
fn a_late_failure_starts_the_next_address_and_does_not_end_the_others() {
    let silent = Silent::new(ANY_V4);
    let (_listener, open) = listen(ANY_V4);
    let refusing = Refusing::new();
    let mut race = race(&[silent.address, refusing.address, open]);
    let now = Time::from_millis(1000);
    assert!(race.advance(now).unwrap().is_none());
    // The second is refused at once, and so the third begins at the same moment.
    assert!(race.advance(now + 250).unwrap().is_some());
}

#[test]
fn when_all_fail_the_last_address_in_order_gives_the_errno() {
    let refusing = Refusing::new();
    let refused = refusing.address;
    let foreign: SocketAddr = "203.0.113.1:0".parse().unwrap();
    let other_family = ANY_V6;
    let rows: &[(&[SocketAddr], &[SocketAddr], &[i32])] = &[
        (&[refused, refused], &[], &[libc::ECONNREFUSED]),
        (&[refused], &[foreign], &[libc::EADDRNOTAVAIL]),
        (&[refused], &[foreign, ANY_V4], &[libc::ECONNREFUSED]),
        (&[refused], &[ANY_V4, foreign], &[libc::ECONNREFUSED]),
        (&[refused], &[other_family], &[libc::EINVAL, libc::EAFNOSUPPORT]),
        (&[refused, other_family], &[ANY_V4], &[libc::EINVAL, libc::EAFNOSUPPORT]),
        (&[], &[], &[libc::EADDRNOTAVAIL]),
    ];
    for (addresses, binds, errnos) in rows {
        let result =
            drive(&mut Race::new(addresses, binds.to_vec(), TcpOptions::default())).map(|_| ());
        let Err(Error::Errno(errno)) = result else {
            panic!("{addresses:?} {binds:?}: {result:?}");
        };
        assert!(errnos.contains(&errno), "{addresses:?} {binds:?}: {errno}");
    }
}

#[test]
fn a_socket_never_connects_to_itself() {
    // An address of its own, so that no other test can be given the port meanwhile.
    let (listener, address) = listen("127.0.0.66:0".parse().unwrap());
    drop(listener);
    let itself =
        drive(&mut Race::new(&[address], vec![address], TcpOptions::default())).map(|_| ());
    assert_eq!(itself, Err(Error::Errno(libc::ECONNREFUSED)));
}

#[test]
fn the_next_socket_never_has_the_number_of_the_failed_one() {
    let silent = Silent::new(ANY_V4);
    let (_listener, open) = listen(ANY_V4);
    let mut race = race(&[silent.address, open]);
    let now = Time::from_millis(1000);
    assert!(race.advance(now).unwrap().is_none());
    let failing = race.descriptor();
    silent.close();
    wait_for(failing, Interest::WRITE);
    let stream = race.advance(now).unwrap().expect("the second address, at once");
    assert_ne!(stream.descriptor(), failing);
}

#[test]
fn an_early_address_that_fails_late_does_not_change_the_errno() {
    let silent = Silent::new(ANY_V4);
    // IPv6 cannot be bound to this, so the second address fails as soon as it is tried.
    let mut race = Race::new(&[silent.address, ANY_V6], vec![ANY_V4], TcpOptions::default());
    let now = Time::from_millis(1000);
    assert!(race.advance(now).unwrap().is_none());
    assert!(race.advance(now + 250).unwrap().is_none());
    silent.close();
    wait_for(race.descriptor(), Interest::WRITE);
    match race.advance(now + 250).map(|_| ()) {
        Err(Error::Errno(libc::EINVAL | libc::EAFNOSUPPORT)) => {}
        other => panic!("{other:?}"),
    }
}
