//! Brokers that are not ours to change, started for a test on free ports and stopped with it.
//!
//! mosquitto, nats-server and rabbitmq-server are packages of Debian; aedes comes with the WebSocket broker of
//! `scripts/install-test-needs.sh`, amqtt and rumqttd with `scripts/install-brokers.sh`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::c_program::root;
use crate::support::certificates::{Authority, Issued, Kind, path};
use crate::support::real_broker::user;

/// A slow one takes most of a minute to start.
const LIMIT: Duration = Duration::from_secs(150);

/// A broker that can be installed.
pub struct Kit {
    /// Its name and version as tried.
    pub name: &'static str,
    /// What it can be reached by.
    pub transports: &'static [&'static str],
    /// Whether it takes long, or answers differently on a busy machine now and then: not for every day.
    pub slow: bool,
    /// Whether each of its listeners speaks one version of MQTT: three for 3.1.1, then three for 5.0.
    by_version: bool,
    start: fn(&Place) -> Option<Command>,
}

/// All of them.
pub const KITS: [Kit; 6] = [
    Kit { name: "mosquitto 2.0.11", start: mosquitto, ..KIT },
    Kit { name: "aedes 0.51.3", start: aedes, ..KIT },
    Kit { name: "nats-server 2.9.10", start: nats, ..KIT },
    Kit { name: "amqtt 0.12.1", slow: true, start: amqtt, ..KIT },
    Kit { name: "rumqttd 0.20.0", by_version: true, start: rumqttd, ..KIT },
    Kit { name: "RabbitMQ 3.10.8", slow: true, start: rabbitmq, ..KIT },
];

/// What most of them are like.
const KIT: Kit = Kit {
    name: "",
    transports: &["tcp", "tls", "ws"],
    slow: false,
    by_version: false,
    start: |_| None,
};

/// Where a broker is to be: a directory of its own, a certificate, free ports.
struct Place {
    directory: tempfile::TempDir,
    authority: Authority,
    server: Issued,
    ports: Vec<u16>,
}

/// A broker that accepts connections.
pub struct Broker {
    child: Child,
    ports: Vec<u16>,
    by_version: bool,
    place: Place,
}

impl Kit {
    /// Starts it; `None` where it is not installed.
    pub fn start(&self) -> Option<Broker> {
        let authority = Authority::new("authority of the brokers");
        let names = Some("DNS:localhost,IP:127.0.0.1");
        let kind = Kind { name: "localhost", alternative: names, ..Kind::default() };
        let server = authority.issue("server", kind);
        let directory = tempfile::tempdir().expect("a temporary directory");
        let place = Place { directory, authority, server, ports: free_ports(6) };
        let mut command = (self.start)(&place)?;
        let log = fs::File::create(place.directory.path().join("log")).expect("a log");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().ok()?;
        let mut ports = place.ports.clone();
        if self.name.starts_with("aedes") {
            let mut line = String::new();
            let stdout = child.stdout.take().expect("a pipe");
            BufReader::new(stdout).read_line(&mut line).expect("a line");
            ports = line.split_whitespace().map(|port| port.parse().expect("a port")).collect();
        }
        let broker = Broker { child, ports, by_version: self.by_version, place };
        for transport in self.transports {
            broker.wait(self.name, broker.port("4", transport));
            broker.wait(self.name, broker.port("5", transport));
        }
        Some(broker)
    }
}

impl Broker {
    /// The port of a transport, for version 4 or 5.
    pub fn port(&self, version: &str, transport: &str) -> u16 {
        let number = ["tcp", "tls", "ws"].iter().position(|name| *name == transport);
        let first = if self.by_version && version == "5" { 3 } else { 0 };
        self.ports[first + number.expect("tcp, tls or ws")]
    }

    /// The authority of its certificate.
    pub fn authority(&self) -> &str {
        path(&self.place.authority.certificate)
    }

    fn wait(&self, name: &str, port: u16) {
        let deadline = Instant::now() + LIMIT;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = || fs::read_to_string(self.place.directory.path().join("log"));
            assert!(Instant::now() < deadline, "{name} does not start: {:?}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // Asked first: some have children of their own.
        // SAFETY: a child that has not been waited for, so the number is still its own.
        unsafe { libc::kill(self.child.id() as libc::pid_t, libc::SIGTERM) };
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Place {
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.directory.path().join(name);
        fs::write(&file, text).expect("a configuration");
        file
    }

    fn certificate(&self) -> &str {
        self.server.certificate()
    }

    fn key(&self) -> &str {
        self.server.key()
    }
}

fn mosquitto(place: &Place) -> Option<Command> {
    let program = installed(&["/usr/sbin/mosquitto"])?;
    let user = user();
    let [tcp, tls, ws, ..] = place.ports[..] else { return None };
    let config = format!(
        "allow_anonymous true\n{user}listener {tcp} 127.0.0.1\nlistener {tls} 127.0.0.1\ncertfile {}\nkeyfile {}\n\
         listener {ws} 127.0.0.1\nprotocol websockets\n",
        place.certificate(),
        place.key()
    );
    let mut command = Command::new(program);
    command.arg("-c").arg(place.write("mosquitto.conf", &config));
    Some(command)
}

fn aedes(place: &Place) -> Option<Command> {
    let directory = target()?.join("web_broker");
    installed(&[directory.join("installed.json").to_str()?])?;
    let mut command = Command::new("node");
    command.arg(root().join("tests/interoperability/aedes.js")).arg(directory);
    command.args([place.certificate(), place.key()]);
    Some(command)
}

fn nats(place: &Place) -> Option<Command> {
    let program = installed(&["/usr/sbin/nats-server", "/usr/local/bin/nats-server"])?;
    let [tcp, tls, ws, own, ..] = place.ports[..] else { return None };
    // MQTT has one listener, so the one with TLS is another server.
    let server = |name: &str, port: u16, own: u16, rest: &str| {
        let store = place.directory.path().join(name);
        format!(
            "server_name: {name}\njetstream {{ store_dir: \"{}\" }}\nlisten: \"127.0.0.1:{own}\"\n\
             mqtt {{ listen: \"127.0.0.1:{port}\"\n{rest} }}\n",
            store.display()
        )
    };
    let web = format!("websocket {{ listen: \"127.0.0.1:{ws}\", no_tls: true }}\n");
    let secure = format!(
        "tls {{ cert_file: \"{}\", key_file: \"{}\" }}\n",
        place.certificate(),
        place.key()
    );
    let plain = place.write("plain.conf", &(server("plain", tcp, own, "") + &web));
    let secure = place.write("secure.conf", &server("secure", tls, place.ports[4], &secure));
    let mut command = Command::new("sh");
    let script =
        "trap 'kill $a $b' TERM; \"$0\" -c \"$1\" & a=$!; \"$0\" -c \"$2\" & b=$!; wait; wait";
    command.args(["-c", script]).arg(program).args([plain, secure]);
    Some(command)
}

fn amqtt(place: &Place) -> Option<Command> {
    let program = target()?.join("amqtt/bin/amqtt");
    let program = installed(&[program.to_str()?])?;
    let [tcp, tls, ws, ..] = place.ports[..] else { return None };
    let config = format!(
        "listeners:\n  default:\n    type: tcp\n    bind: 127.0.0.1:{tcp}\n  secure:\n    type: tcp\n    \
         bind: 127.0.0.1:{tls}\n    ssl: true\n    certfile: {}\n    keyfile: {}\n  web:\n    type: ws\n    \
         bind: 127.0.0.1:{ws}\nplugins:\n  amqtt.plugins.authentication.AnonymousAuthPlugin:\n    allow_anonymous: true\n",
        place.certificate(),
        place.key()
    );
    let mut command = Command::new(program);
    command.arg("-c").arg(place.write("amqtt.yaml", &config));
    Some(command)
}

fn rumqttd(place: &Place) -> Option<Command> {
    let program = target()?.join("rumqttd/bin/rumqttd");
    let program = installed(&[program.to_str()?])?;
    let tls = format!("certpath = {:?}\nkeypath = {:?}\n", place.certificate(), place.key());
    let listener = |name: &str, port: u16, tls: &str| {
        let tls = if tls.is_empty() { String::new() } else { format!("[{name}.tls]\n{tls}") };
        format!(
            "[{name}]\nname = \"{name}\"\nlisten = \"127.0.0.1:{port}\"\nnext_connection_delay_ms = 1\n{tls}\
             [{name}.connections]\nconnection_timeout_ms = 60000\nmax_payload_size = 20480\n\
             max_inflight_count = 100\ndynamic_filters = true\n"
        )
    };
    // Its WebSocket listeners speak 3.1.1 alone.
    let config = [
        "id = 0\n[router]\nid = 0\nmax_connections = 100\nmax_outgoing_packet_count = 200\n"
            .to_owned(),
        "max_segment_size = 104857600\nmax_segment_count = 10\n".to_owned(),
        listener("v4.1", place.ports[0], ""),
        listener("v4.2", place.ports[1], &tls),
        listener("ws.1", place.ports[2], ""),
        listener("v5.1", place.ports[3], ""),
        listener("v5.2", place.ports[4], &tls),
        listener("ws.2", place.ports[5], ""),
    ]
    .concat();
    let mut command = Command::new(program);
    command.arg("-c").arg(place.write("rumqttd.toml", &config)).arg("-q");
    Some(command)
}

fn rabbitmq(place: &Place) -> Option<Command> {
    let program = installed(&["/usr/lib/rabbitmq/bin/rabbitmq-server"])?;
    let [tcp, tls, ws, own, nodes, daemon] = place.ports[..] else { return None };
    let config = format!(
        "listeners.tcp.1 = 127.0.0.1:{own}\nmqtt.listeners.tcp.1 = 127.0.0.1:{tcp}\nmqtt.allow_anonymous = true\n\
         mqtt.default_user = guest\nmqtt.default_pass = guest\nweb_mqtt.tcp.ip = 127.0.0.1\nweb_mqtt.tcp.port = {ws}\n\
         web_mqtt.ws_path = /mqtt\nmqtt.listeners.ssl.1 = 127.0.0.1:{tls}\nssl_options.cacertfile = {}\n\
         ssl_options.certfile = {}\nssl_options.keyfile = {}\n",
        path(&place.authority.certificate),
        place.certificate(),
        place.key()
    );
    place.write("rabbitmq.conf", &config);
    let plugins = place.write("enabled_plugins", "[rabbitmq_mqtt,rabbitmq_web_mqtt].\n");
    let directory = place.directory.path();
    let mut command = Command::new("sh");
    // Its name server stays behind otherwise.
    let script = "trap 'kill $a; wait $a; epmd -kill' TERM; \"$0\" & a=$!; wait; wait";
    command.args(["-c", script]).arg(program);
    command.env("HOME", directory).env("ERL_EPMD_PORT", daemon.to_string());
    command
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODENAME", "interoperability@localhost");
    command.env("RABBITMQ_DIST_PORT", nodes.to_string());
    command.env("RABBITMQ_MNESIA_BASE", directory.join("mnesia"));
    command.env("RABBITMQ_LOG_BASE", directory.join("logs"));
    command.env("RABBITMQ_CONFIG_FILE", directory.join("rabbitmq"));
    command.env("RABBITMQ_ENABLED_PLUGINS_FILE", plugins);
    Some(command)
}

fn installed(files: &[&str]) -> Option<PathBuf> {
    files.iter().map(PathBuf::from).find(|file| file.exists())
}

/// The target directory, beside whose profiles `scripts/install-test-needs.sh` puts brokers.
fn target() -> Option<PathBuf> {
    let exe = std::env::current_exe().ok()?;
    exe.ancestors().nth(3).map(Path::to_path_buf)
}

fn free_ports(count: usize) -> Vec<u16> {
    let bind = |_| TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
    let sockets: Vec<_> = (0..count).map(bind).collect();
    sockets.iter().map(|socket| socket.local_addr().expect("a bound socket").port()).collect()
}
