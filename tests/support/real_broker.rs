//! Debian's own broker, `/usr/sbin/mosquitto`, started for one test and stopped with it.

use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::certificates::{Authority, Issued, path};

/// A broker that accepts connections.
pub struct RealBroker {
    child: Child,
    port: u16,
    more: Vec<u16>,
    socket: PathBuf,
    _directory: tempfile::TempDir,
}

impl RealBroker {
    /// Starts a broker as [`RealBroker::start_with`], without further listeners.
    pub fn start(extra: &str) -> RealBroker {
        RealBroker::start_with(0, |_| extra.to_owned())
    }

    /// Starts a broker with a further port for WebSockets, over TLS with this authority and certificate if there is one.
    pub fn start_web(certificate: Option<(&Authority, &Issued)>) -> RealBroker {
        let tls = certificate.map(|(authority, server)| {
            let files = [path(&authority.certificate), server.certificate(), server.key()];
            format!("cafile {}\ncertfile {}\nkeyfile {}\n", files[0], files[1], files[2])
        });
        let tls = tls.unwrap_or_default();
        let listener = |port| format!("listener {port} 127.0.0.1\nprotocol websockets\n{tls}");
        RealBroker::start_with(1, |ports| format!("max_queued_messages 0\n{}", listener(ports[0])))
    }

    /// Starts a broker that listens on a free TCP port and on a Unix socket, with the lines of configuration that `extra`
    /// makes of as many more free ports, on each of which it must listen too.
    ///
    /// # Panics
    /// If the broker is not installed: the tests that need it cannot pass without.
    pub fn start_with(ports: usize, extra: impl Fn(&[u16]) -> String) -> RealBroker {
        let program = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"];
        let program = program.into_iter().find(|file| std::path::Path::new(file).exists());
        let program = program.expect("mosquitto is not installed: apt-get install mosquitto");
        let directory = tempfile::tempdir().expect("a temporary directory");
        let socket = directory.path().join("broker.sock");
        // A port that was free a moment ago can be taken by somebody else meanwhile.
        for _ in 0..5 {
            let all = free_ports(1 + ports);
            let (port, more) = (all[0], all[1..].to_vec());
            let extra = extra(&more);
            let config = directory.path().join("mosquitto.conf");
            let user = user();
            let text = format!(
                "listener {port} 127.0.0.1\nlistener 0 {}\nallow_anonymous true\n{user}{extra}\n",
                socket.display()
            );
            std::fs::write(&config, text).expect("a configuration file");
            let mut child = Command::new(program)
                .arg("-c")
                .arg(&config)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the broker starts");
            if accepts(&mut child, &all, &socket) {
                return RealBroker { child, port, more, socket, _directory: directory };
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        panic!("mosquitto does not accept connections");
    }

    /// TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The further ports.
    pub fn more_ports(&self) -> &[u16] {
        &self.more
    }

    /// Path of the Unix socket.
    pub fn socket(&self) -> &str {
        self.socket.to_str().expect("a UTF-8 path")
    }
}

impl Drop for RealBroker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_ports(count: usize) -> Vec<u16> {
    let bind = |_| std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
    let sockets: Vec<_> = (0..count).map(bind).collect();
    sockets.iter().map(|socket| socket.local_addr().expect("a bound socket").port()).collect()
}

/// The line of configuration by which a broker that root starts stays root: its files are in our directories.
pub fn user() -> &'static str {
    // SAFETY: no arguments, no failure.
    if unsafe { libc::geteuid() == 0 } { "user root\n" } else { "" }
}

fn accepts(child: &mut Child, ports: &[u16], socket: &PathBuf) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        let mut ports = ports.iter();
        if ports.all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
            && UnixStream::connect(socket).is_ok()
        {
            return true;
        }
        if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}
