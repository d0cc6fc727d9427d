//! Debian's own client programs, untouched, on our library against Debian's broker.
//!
//! They run on the distribution's library too: a scenario that fails there says nothing about ours.

mod support;

use std::sync::Arc;

use support::c_program::{Headers, Running, compile, root};
use support::clients::{Address, ClientProgram, LIMIT};
use support::library::{Library, LoaderPath};
use support::peer::Listener;
use support::real_broker::RealBroker;
use support::scenarios::{Scene, VERSIONS};
use support::script::parse;
use support::scripted_broker::{Output, ScriptedBroker};

/// Calls `work` for each library over TCP and over a Unix socket.
fn everywhere(prefix: &str, work: impl Fn(&Scene)) {
    let broker = RealBroker::start("");
    let unix = Address::Unix(broker.socket().to_owned());
    for library in Library::selected() {
        for (transport, address) in [("tcp", Address::Tcp(broker.port())), ("unix", unix.clone())] {
            work(&Scene::new(library, address, &format!("{prefix}/{transport}")));
        }
    }
}

#[test]
fn every_version_and_qos_over_tcp_and_unix() {
    everywhere("matrix", |scene| {
        for version in VERSIONS {
            for qos in ["0", "1", "2"] {
                scene.message(version, qos);
            }
        }
    });
}

#[test]
fn lines_at_qos_2_in_order() {
    everywhere("lines", |scene| VERSIONS.iter().for_each(|version| scene.lines_in_order(version)));
}

#[test]
fn retained_messages() {
    everywhere("retained", |scene| VERSIONS.iter().for_each(|version| scene.retained(version)));
}

#[test]
fn wills() {
    everywhere("will", |scene| VERSIONS.iter().for_each(|version| scene.will(version)));
}

#[test]
fn persistent_sessions() {
    everywhere("session", |scene| {
        VERSIONS.iter().for_each(|version| scene.persistent_session(version));
    });
}

#[test]
fn four_megabytes() {
    everywhere("large", |scene| VERSIONS.iter().for_each(|version| scene.large_payload(version)));
}

#[test]
fn requests_and_responses() {
    everywhere("request", |scene| {
        // mosquitto_rr knows no MQTT 3.1.
        VERSIONS[1..].iter().for_each(|version| scene.request_and_response(version));
    });
}

#[test]
fn a_cpp_program_on_the_distributions_libmosquittopp() {
    let broker = RealBroker::start("");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let link = Library::Theirs.file();
    let link = ["-lmosquittopp", link.to_str().expect("a UTF-8 path")];
    let source = root().join("c_tests/round_trip.cpp");
    let program = compile(&source, Headers::Distribution, &link, directory.path());
    let program = program.expect("needs libmosquittopp-dev");
    for library in Library::selected() {
        let loader = LoaderPath::new(library);
        let mut command = std::process::Command::new(&program);
        command.args(["127.0.0.1", &broker.port().to_string()]);
        command.env("LD_LIBRARY_PATH", loader.path());
        let running = Running::start(&mut command, Default::default()).expect("it starts");
        let (stdout, stderr) = (running.stdout.clone(), running.stderr.clone());
        let status = running.finish(LIMIT).expect("it ends");
        assert!(status.success(), "{}: {status}: {}", library.name(), stderr.text());
        assert_eq!(stderr.text(), "");
        assert_eq!(stdout.text(), "connected 0\nsubscribed\n100 there, 100 back\n34 33 33\n");
    }
}

#[test]
fn lines_are_not_lost_when_the_broker_is_slow() {
    // mosquitto_pub -l ends by calling mosquitto_loop_stop(mosq, false) when its input ends, and counts on the network
    // thread to go on until on_publish of the last line has called mosquitto_disconnect.
    let script = "-> CONNECT\n<- 20020000\n-> 32[s\"t\" 0001 \"one\"] 32[s\"t\" 0002 \"two\"]\n\
                  quiet 700\n<- 40020001\nquiet 300\n<- 40020002\n-> e000\nclose";
    let script = parse(script).expect("a script");
    for library in Library::selected() {
        let output = Arc::new(Output::default());
        let name = library.name();
        let broker = ScriptedBroker::start(Listener::tcp(), script.clone(), name, output, LIMIT);
        let loader = LoaderPath::new(library);
        let address = Address::Tcp(broker.port());
        let options = ["-V", "mqttv311", "-q", "1", "-t", "t", "-l"];
        let publisher = ClientProgram::start("mosquitto_pub", &loader, &address, &options);
        publisher.feed(b"one\ntwo\n").finish();
        let played = broker.finish();
        assert!(played.is_ok(), "{name}: {played:?}");
    }
}
