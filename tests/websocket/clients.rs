//! Debian's clients, untouched, over WebSocket: on Debian's broker, and on one that is not Mosquitto.

use crate::ours;
use crate::support::c_program::root;
use crate::support::certificates::{Authority, Kind, path};
use crate::support::clients::Address;
use crate::support::library::Library;
use crate::support::real_broker::RealBroker;
use crate::support::scenarios::{Scene, VERSIONS};
use crate::support::web_broker::WebBroker;

/// Clients of ours over WebSocket to 127.0.0.1.
fn scene(port: u16, prefix: &str, options: &[&str]) -> Scene {
    let port = port.to_string();
    let all = [&["-h", "127.0.0.1", "-p", &port], options].concat();
    let address = Address::Options(all.into_iter().map(str::to_owned).collect());
    let source = root().join("tests/websocket/over_web_socket.c");
    Scene::new(Library::Ours, address, prefix).preloading(&source)
}

fn every_qos(scene: &Scene, versions: &[&str]) {
    for version in versions {
        for qos in ["0", "1", "2"] {
            scene.message(version, qos);
        }
    }
}

#[test]
fn debians_broker() {
    if ours() {
        let broker = RealBroker::start_web(None);
        let scene = scene(broker.more_ports()[0], "web/plain", &[]);
        every_qos(&scene, &VERSIONS);
        scene.persistent_session("mqttv311");
    }
}

#[test]
fn debians_broker_over_tls() {
    if ours() {
        let authority = Authority::new("authority");
        let alternative = Some("DNS:localhost,IP:127.0.0.1");
        let kind = Kind { name: "localhost", alternative, ..Kind::default() };
        let server = authority.issue("server", kind);
        let broker = RealBroker::start_web(Some((&authority, &server)));
        let trust = ["--cafile", path(&authority.certificate)];
        every_qos(&scene(broker.more_ports()[0], "web/tls", &trust), &VERSIONS);
    }
}

#[test]
fn a_broker_that_is_not_mosquitto() {
    if ours() {
        for cut in ["whole", "fragments"] {
            if let Some(broker) = WebBroker::start(cut) {
                let scene = scene(broker.port(), "web/other", &[]);
                every_qos(&scene, &VERSIONS[..2]); // it does not know MQTT 5
                scene.will("mqttv311");
            }
        }
        if let Some(broker) = WebBroker::start("whole") {
            let scene = scene(broker.port(), "web/large", &[]);
            scene.lines_in_order("mqttv311");
            scene.large_payload("mqttv311");
        }
    }
}
