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
fn the_demo() {
    let broker = EmbeddedBroker::start("127.0.0.1:0").expect("a free port");
    let port = broker.address().port().to_string();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let library = Library::Theirs.file();
    let library = [library.to_str().expect("a UTF-8 path")];
    let build = |name: &str| {
        let source = root().join("examples").join(name);
        compile(&source, Headers::Distribution, &library, directory.path()).expect("it compiles")
    };
    let (subscriber, publisher) = (build("demo_subscriber.c"), build("demo_publisher.c"));
    for library in Library::selected() {
        let loader = LoaderPath::new(library);
        let start = |program, count| {
            let mut command = std::process::Command::new(program);
            command.args(["127.0.0.1", &port, "demo", count]);
            command.env("LD_LIBRARY_PATH", loader.path());
            Running::start(&mut command, Arc::new(Output::default())).expect("it starts")
        };
        let subscriber = start(&subscriber, "6");
        subscriber.stdout.wait_for("ready", LIMIT).expect("it subscribes");
        let publisher = start(&publisher, "2");
        let (received, sent) = (subscriber.stdout.clone(), publisher.stdout.clone());
        assert!(publisher.finish(LIMIT).is_ok_and(|status| status.success()), "{}", sent.text());
        assert!(
            subscriber.finish(LIMIT).is_ok_and(|status| status.success()),
            "{}",
            received.text()
        );
        assert!(sent.text().ends_with("publisher:  all 6 complete\n"), "{}", sent.text());
        let count = |text: &str| received.text().matches(text).count();
        assert_eq!([count("QoS 0  demo"), count("QoS 1  demo"), count("QoS 2  demo")], [2; 3]);
    }
}
