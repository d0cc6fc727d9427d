//! What people do with `mosquitto_pub`, `mosquitto_sub` and `mosquitto_rr`, for any broker and either library.
//!
//! A subscriber is known to be ready when it has printed the retained message of a second topic that it asked for in the
//! same packet.

use std::path::Path;

use super::clients::{Address, ClientProgram};
use super::library::{Library, LoaderPath};

/// Programs on one library against one broker.
pub struct Scene {
    /// The library.
    pub library: Library,
    loader: LoaderPath,
    address: Address,
    prefix: String,
}

/// Values of `-V`.
pub const VERSIONS: [&str; 3] = ["mqttv31", "mqttv311", "mqttv5"];

impl Scene {
    /// `prefix` begins all topics and client ids of this scene.
    pub fn new(library: Library, address: Address, prefix: &str) -> Scene {
        let loader = LoaderPath::new(library);
        Scene { library, loader, address, prefix: prefix.to_owned() }
    }

    /// The same, with a shared object of this C source loaded into each program.
    pub fn preloading(mut self, source: &Path) -> Scene {
        self.loader = self.loader.preloading(source);
        self
    }

    fn topic(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.prefix, self.library.name())
    }

    fn start(&self, program: &str, options: &[&str]) -> ClientProgram {
        ClientProgram::start(program, &self.loader, &self.address, options)
    }

    fn publish(&self, options: &[&str]) {
        self.start("mosquitto_pub", options).finish();
    }

    /// A subscriber that is ready; it ends after `count` messages of its own.
    fn subscriber(&self, topic: &str, count: usize, options: &[&str]) -> ClientProgram {
        let ready = format!("{topic}/ready");
        self.publish(&["-t", &ready, "-m", "is ready", "-r", "-q", "1"]);
        let count = (count + 1).to_string();
        let mut all = vec!["-t", topic, "-t", &ready, "-C", &count];
        all.extend(options);
        let subscriber = self.start("mosquitto_sub", &all);
        subscriber.wait_for("is ready");
        self.assert_loaded(&subscriber);
        subscriber
    }

    /// The process has our file in its memory, not a copy that the loader found elsewhere.
    fn assert_loaded(&self, program: &ClientProgram) {
        let maps = std::fs::read_to_string(format!("/proc/{}/maps", program.id()));
        let maps = maps.expect("the program runs");
        let file = self.library.file().canonicalize().expect("an existing file");
        let file = file.to_str().expect("a UTF-8 path");
        assert!(maps.contains(file), "{file} is not loaded:\n{maps}");
    }

    /// One message at one QoS, published and received with one version.
    pub fn message(&self, version: &str, qos: &str) {
        let topic = self.topic(&format!("message/{version}/{qos}"));
        let options = ["-V", version, "-q", qos];
        let subscriber = self.subscriber(&topic, 1, &[&options[..], &["-v"]].concat());
        self.publish(&[&options[..], &["-t", &topic, "-m", "hello"]].concat());
        let expected = format!("{topic}/ready is ready\n{topic} hello\n");
        assert_eq!(String::from_utf8_lossy(&subscriber.finish()), expected);
    }

    /// 500 lines through `-l` at QoS 2 arrive once each, in order.
    pub fn lines_in_order(&self, version: &str) {
        let topic = self.topic(&format!("lines/{version}"));
        let options = ["-V", version, "-q", "2"];
        // Debian's broker counts a message of QoS 2 as done at PUBREC, so it exceeds any smaller Receive Maximum, which
        // a client of MQTT 5 must not accept [MQTT-3.3.4-9].
        let window = ["-D", "connect", "receive-maximum", "65535"];
        let window = if version == "mqttv5" { &window[..] } else { &[] };
        let subscriber = self.subscriber(&topic, 500, &[&options[..], window].concat());
        let lines: String = (1..=500).map(|number| format!("line {number}\n")).collect();
        let publisher =
            self.start("mosquitto_pub", &[&options[..], &["-t", &topic, "-l"]].concat());
        publisher.feed(lines.as_bytes()).finish();
        let received = String::from_utf8(subscriber.finish()).expect("text");
        assert_eq!(received, format!("is ready\n{lines}"));
    }

    /// A retained message arrives at a later subscriber, and not any more once it is cleared.
    pub fn retained(&self, version: &str) {
        let topic = self.topic(&format!("retained/{version}"));
        self.publish(&["-V", version, "-t", &topic, "-m", "kept", "-r", "-q", "1"]);
        let format = ["-V", version, "-t", &topic, "-F", "%r %p", "-C", "1"];
        assert_eq!(self.start("mosquitto_sub", &format).finish(), b"1 kept\n");
        self.publish(&["-V", version, "-t", &topic, "-n", "-r", "-q", "1"]);
        let subscriber = self.subscriber(&topic, 1, &["-V", version]);
        self.publish(&["-V", version, "-t", &topic, "-m", "fresh"]);
        assert_eq!(subscriber.finish(), b"is ready\nfresh\n");
    }

    /// The will of a client that dies is published.
    pub fn will(&self, version: &str) {
        let topic = self.topic(&format!("will/{version}"));
        let subscriber = self.subscriber(&topic, 1, &["-V", version, "-q", "1"]);
        let other = format!("{topic}/other");
        let mortal = self.subscriber(
            &other,
            1,
            &["-V", version, "--will-topic", &topic, "--will-payload", "gone", "--will-qos", "1"],
        );
        mortal.kill();
        assert_eq!(subscriber.finish(), b"is ready\ngone\n");
    }

    /// Messages of QoS 1 and 2 wait in a persistent session, in order within each QoS.
    pub fn persistent_session(&self, version: &str) {
        let topic = self.topic(&format!("session/{version}"));
        let id = format!("{}-{version}", topic.replace('/', "-"));
        let options = ["-V", version, "-t", &topic, "-q", "2", "-c", "-i", &id];
        self.start("mosquitto_sub", &[&options[..], &["-E"]].concat()).finish();
        let mut expected = Vec::new();
        for number in 0..10 {
            let qos = if number % 2 == 0 { "1" } else { "2" };
            let text = format!("message {number}");
            self.publish(&["-V", version, "-t", &topic, "-m", &text, "-q", qos]);
            expected.push(format!("{qos} {text}"));
        }
        expected.sort_by_key(|line| line.as_bytes()[0]);
        let format = ["-F", "%q %p", "-C", "10"];
        let received = self.start("mosquitto_sub", &[&options[..], &format].concat()).finish();
        let received = String::from_utf8(received).expect("text");
        let mut received: Vec<&str> = received.lines().collect();
        received.sort_by_key(|line| line.as_bytes()[0]);
        assert_eq!(received, expected);
        self.start("mosquitto_sub", &["-V", version, "-t", &topic, "-i", &id, "-E"]).finish();
    }

    /// Four megabytes arrive as they were sent.
    pub fn large_payload(&self, version: &str) {
        let topic = self.topic(&format!("large/{version}"));
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("payload");
        // No period that a buffer could hide.
        let bytes: Vec<u8> = (0u32..4 << 20)
            .map(|i| i.wrapping_mul(2_654_435_761).rotate_left(9).to_le_bytes()[1])
            .collect();
        std::fs::write(&file, &bytes).expect("a file");
        let file = file.to_str().expect("a UTF-8 path");
        let subscriber = self.subscriber(&topic, 1, &["-V", version, "-q", "2", "-N"]);
        self.publish(&["-V", version, "-t", &topic, "-q", "2", "-f", file]);
        let received = subscriber.finish();
        let received = received.strip_prefix(b"is ready").expect("the ready message");
        assert_eq!(received.len(), bytes.len());
        assert!(received == bytes, "the payload was changed");
    }

    /// `mosquitto_rr` asks, the test answers with the other two programs.
    pub fn request_and_response(&self, version: &str) {
        let topic = self.topic(&format!("request/{version}"));
        let answers = format!("{topic}/answers");
        let responder = self.subscriber(&topic, 1, &["-V", version, "-F", "%R|%D|%p"]);
        let asker = self.start(
            "mosquitto_rr",
            &["-V", version, "-t", &topic, "-e", &answers, "-m", "question", "-q", "1"],
        );
        let request = String::from_utf8(responder.finish()).expect("text");
        let request = request.lines().last().unwrap_or_default().to_owned();
        let fields: Vec<&str> = request.split('|').collect();
        let [to, correlation, "question"] = fields[..] else { panic!("request {request:?}") };
        if version == "mqttv5" {
            assert_eq!(to, answers);
            let property = ["-D", "publish", "correlation-data", correlation];
            let property = if correlation.is_empty() { &[][..] } else { &property };
            let message = ["-V", version, "-t", to, "-m", "answer"];
            self.publish(&[&message[..], property].concat());
        } else {
            self.publish(&["-V", version, "-t", &answers, "-m", "answer"]);
        }
        assert_eq!(asker.finish(), b"answer\n");
    }
}
