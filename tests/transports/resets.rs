//! [D3] Connections that are reset at random points, in a program that has SIGPIPE at its default: it must live.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::ours;
use crate::support::c_program::{Headers, Running, compile, root};
use crate::support::certificates::path;
use crate::support::library::{Library, LoaderPath};
use crate::support::number_from;
use crate::support::real_broker::RealBroker;
use crate::support::scripted_broker::Output;
use crate::support::tls_broker::TlsBroker;

/// Forwards connections and resets each after another number of bytes.
struct Cutter {
    port: u16,
    stop: Arc<AtomicBool>,
    cut: Arc<AtomicUsize>,
}

impl Cutter {
    fn start(target: u16) -> Cutter {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, cut) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (stopped, counter) = (stop.clone(), cut.clone());
        std::thread::spawn(move || {
            // A fixed sequence that has every size of trouble in it.
            let mut random: u32 = 12345;
            for client in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                random = random.wrapping_mul(1_103_515_245).wrapping_add(12345);
                let budget = (random >> 16) as usize % 6000;
                let Ok(server) = TcpStream::connect(("127.0.0.1", target)) else { continue };
                let Ok(client) = client else { continue };
                let _ = (client.set_nodelay(true), server.set_nodelay(true));
                let counter = counter.clone();
                std::thread::spawn(move || forward(&client, &server, budget, &counter));
            }
        });
        Cutter { port, stop, cut }
    }
}

impl Drop for Cutter {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn forward(client: &TcpStream, server: &TcpStream, budget: usize, cut: &AtomicUsize) {
    let left = AtomicUsize::new(budget);
    std::thread::scope(|scope| {
        scope.spawn(|| pump(client, server, &left));
        scope.spawn(|| pump(server, client, &left));
    });
    if left.load(Ordering::SeqCst) == 0 {
        cut.fetch_add(1, Ordering::SeqCst);
    }
}

/// Forwards one direction until the budget of both is used up; then both sockets are reset.
fn pump(mut from: &TcpStream, mut to: &TcpStream, left: &AtomicUsize) {
    let mut buffer = [0; 512];
    loop {
        let allowed = left.load(Ordering::SeqCst).min(buffer.len());
        if allowed == 0 {
            break;
        }
        // Or else a server that waits for an acknowledgement waits for 40 ms.
        set(from, libc::IPPROTO_TCP, libc::TCP_QUICKACK, &1i32);
        let Ok(count @ 1..) = from.read(&mut buffer[..allowed]) else { break };
        let update = |left: usize| Some(left.saturating_sub(count));
        let _ = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, update);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    if left.load(Ordering::SeqCst) == 0 {
        let linger = libc::linger { l_onoff: 1, l_linger: 0 };
        for socket in [from, to] {
            set(socket, libc::SOL_SOCKET, libc::SO_LINGER, &linger);
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// Sets an option of a socket; `T` is what it takes.
fn set<T>(socket: &TcpStream, level: libc::c_int, option: libc::c_int, value: &T) {
    // SAFETY: an open socket, and a value of that size.
    unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            (&raw const *value).cast(),
            size_of::<T>() as libc::socklen_t,
        );
    }
}

/// Prints how often each code came, which is not the same each time. `RESETS=1000` for the full number.
#[test]
fn d3_connections_reset_anywhere_do_not_kill_the_program() {
    if !ours() {
        return;
    }
    let wanted = number_from("RESETS", 40);
    let tls = TlsBroker::start();
    let web = RealBroker::start_web(None);
    let secure = RealBroker::start_web(Some((&tls.authority, &tls.server)));
    let directory = tempfile::tempdir().unwrap();
    let source = root().join("tests/transports/resets.c");
    let library = Library::Ours.file();
    let program = compile(&source, Headers::Ours, &[path(&library)], directory.path()).unwrap();
    let loader = LoaderPath::new(Library::Ours);
    for (way, port) in [
        ("plain", tls.broker.port()),
        ("tls", tls.port()),
        ("ws", web.more_ports()[0]),
        ("wss", secure.more_ports()[0]),
    ] {
        let cutter = Cutter::start(port);
        let mut command = Command::new(&program);
        // Some of the connections end before they are cut.
        command.args([&cutter.port.to_string(), way, tls.ca(), &(wanted * 3 / 2).to_string()]);
        command.env("LD_LIBRARY_PATH", loader.path());
        let stdout = Arc::new(Output::default());
        let running = Running::start(&mut command, stdout.clone()).unwrap();
        let stderr = running.stderr.clone();
        let status = running.finish(Duration::from_secs(60 + wanted)).unwrap();
        assert!(status.success(), "{way}: {status}: {} {}", stdout.text(), stderr.text());
        let cut = cutter.cut.load(Ordering::SeqCst);
        println!("{way}: {cut} connections cut\n{}", stdout.text());
        assert!(cut as u64 >= wanted, "{way}: only {cut} connections were cut");
    }
}
