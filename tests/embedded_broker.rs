//! The embedded broker serves what the demo and the scenarios ask of it.

mod support;

use std::sync::Arc;

use support::c_program::{Headers, Running, compile, root};
use support::clients::{Address, LIMIT};
use support::embedded_broker::EmbeddedBroker;
use support::library::{Library, LoaderPath};
use support::scenarios::{Scene, VERSIONS};
use support::scripted_broker::Output;

#[test]
fn client_programs_of_every_version() {
    let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
    for library in Library::selected() {
        let scene = Scene::new(library, Address::Tcp(broker.address().port()), "embedded");
        for version in VERSIONS {
            for qos in ["0", "1", "2"] {
                scene.message(version, qos);
            }
            scene.lines_in_order(version);
            scene.retained(version);
            scene.will(version);
            scene.persistent_session(version);
            scene.large_payload(version);
        }
        scene.request_and_response("mqttv5");
    }
}

#[test]
fn the_programs_of_the_demo() {
    let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
    let port = broker.address().port().to_string();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let library = Library::Theirs.file();
    let library = [library.to_str().expect("a UTF-8 path")];
    let build = |name: &str| {
        let source = root().join("examples").join(name);
        compile(&source, Headers::Distribution, &library, directory.path()).expect("it compiles")
    };
    let (subscriber, publisher) = (build("subscribe.c"), build("publish.c"));
    for library in Library::selected() {
        let loader = LoaderPath::new(library);
        let start = |program, arguments: &[&str]| {
            let mut command = std::process::Command::new(program);
            command.args(["127.0.0.1", &port]).args(arguments);
            command.env("LD_LIBRARY_PATH", loader.path());
            Running::start(&mut command, Arc::new(Output::default())).expect("it starts")
        };
        let subscriber = start(&subscriber, &["demo/#", "3"]);
        subscriber.stdout.wait_for("subscribed", LIMIT).expect("it subscribes");
        let publisher = start(&publisher, &["demo/greeting"]);
        let (received, sent) = (subscriber.stdout.clone(), publisher.stdout.clone());
        let ok = |running: Running| running.finish(LIMIT).is_ok_and(|status| status.success());
        assert!(ok(publisher), "{}", sent.text());
        assert!(ok(subscriber), "{}", received.text());
        assert!(sent.text().ends_with("publisher:  all 3 complete\n"), "{}", sent.text());
        for qos in 0..=2 {
            let line = format!("subscriber: demo/greeting, QoS {qos}: hello at QoS {qos}\n");
            assert!(received.text().contains(&line), "{}", received.text());
        }
    }
}
