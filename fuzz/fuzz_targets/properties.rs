//! MQTT 5 property lists as they stand on the wire: the checks agree with each other, and what was read is written again
//! as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use libmosquitto_rs_fuzz::Input;
use mosquitto::protocol::command::WILL;
use mosquitto::protocol::property::{
    self, Property, Value, check_all, check_received, check_sendable, id, iter, put,
};

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    // A packet type in the high nibble, or a will.
    let command = match input.byte() >> 4 {
        0 => WILL,
        kind => i32::from(kind) << 4,
    };
    let bytes = input.0;
    let read: Result<Vec<Property<'_>>, _> = iter(bytes).collect();
    if let Err(error) = &read {
        for verdict in [check_all(command, bytes), check_received(command, bytes)] {
            assert!(verdict.is_err(), "{error}");
        }
        assert!(check_sendable(command, bytes).is_err());
        return;
    }
    let read = read.unwrap_or_default();
    if check_sendable(command, bytes).is_ok() {
        assert_eq!(check_all(command, bytes), Ok(()), "what may be sent is allowed");
        assert_eq!(check_received(command, bytes), Ok(()), "and may be received");
    }
    let mut again = Vec::new();
    for property in &read {
        put(&mut again, property);
        assert_eq!(property::kind(property.identifier), Some(property.value.kind()));
        let found = property::get(bytes, property.identifier);
        assert!(found.is_some());
    }
    // Numbers of variable length may have been longer than necessary.
    assert!(again.len() <= bytes.len());
    let reread: Vec<Property<'_>> = iter(&again).flatten().collect();
    assert_eq!(reread, read);
    if !read.iter().any(|property| matches!(property.value, Value::Varint(_))) {
        assert_eq!(again, bytes);
    }
    let without = property::without(bytes, id::USER_PROPERTY);
    assert_eq!(property::get(&without, id::USER_PROPERTY), None);
    let others = read.iter().filter(|property| property.identifier != id::USER_PROPERTY).count();
    assert_eq!(iter(&without).filter(Result::is_ok).count(), others);
});
