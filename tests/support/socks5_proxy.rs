//! A small SOCKS5 proxy for tests: it connects for real, or plays tricks on the way.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// How a proxy behaves.
#[derive(Debug, Clone, Default)]
pub struct Manner {
    /// Who may pass; everybody if there is nobody.
    pub login: Option<(String, String)>,
    /// Answers leave one byte at a time.
    pub slow: bool,
    /// The address in the reply: that of the connection if this is `None`.
    pub bound: Option<Bound>,
    /// Names that only the proxy knows, and where they are.
    pub names: HashMap<String, IpAddr>,
}

/// The address that a reply names.
#[derive(Debug, Clone)]
pub enum Bound {
    /// IPv6.
    V6,
    /// A name.
    Name(String),
}

/// A proxy that runs until it is dropped.
pub struct Socks5Proxy {
    port: u16,
    served: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicUsize>,
}

impl Socks5Proxy {
    /// Listens on a free port of 127.0.0.1.
    pub fn start(manner: Manner) -> Socks5Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (served, asked, stop) =
            <(Arc<AtomicUsize>, Arc<Mutex<Vec<String>>>, Arc<_>)>::default();
        let (count, list, end) = (Arc::clone(&served), Arc::clone(&asked), Arc::clone(&stop));
        thread::spawn(move || {
            for client in listener.incoming() {
                if AtomicUsize::load(&end, Ordering::SeqCst) > 0 {
                    return;
                }
                let (manner, count, list) = (manner.clone(), Arc::clone(&count), Arc::clone(&list));
                thread::spawn(move || {
                    let Ok(client) = client else { return };
                    let served = Serving { client, manner }.serve(&list);
                    count.fetch_add(usize::from(served.is_some()), Ordering::SeqCst);
                });
            }
        });
        Socks5Proxy { port, served, asked, stop }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many connections went through it and have ended.
    pub fn served(&self) -> usize {
        self.served.load(Ordering::SeqCst)
    }

    /// Where it was asked to connect to, as text.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Socks5Proxy {
    fn drop(&mut self) {
        self.stop.store(1, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

struct Serving {
    client: TcpStream,
    manner: Manner,
}

impl Serving {
    /// One client, to its end; `None` if it never got through.
    fn serve(mut self, asked: &Mutex<Vec<String>>) -> Option<()> {
        let [5, count] = self.take()? else { return None };
        let mut methods = vec![0; usize::from(count)];
        self.client.read_exact(&mut methods).ok()?;
        let wanted = if self.manner.login.is_some() { 2 } else { 0 };
        if !methods.contains(&wanted) {
            self.answer(&[5, 0xff])?;
            return None;
        }
        self.answer(&[5, wanted])?;
        if let Some((username, password)) = self.manner.login.clone() {
            let [1] = self.take()? else { return None };
            let given = (self.text()?, self.text()?);
            let right = given == (username, password);
            self.answer(&[1, u8::from(!right)])?;
            if !right {
                return None;
            }
        }
        let [5, 1, 0, kind] = self.take()? else { return None };
        let host = match kind {
            1 => IpAddr::from(self.take::<4>()?).to_string(),
            4 => IpAddr::from(self.take::<16>()?).to_string(),
            3 => self.text()?,
            _ => return None,
        };
        let port = u16::from_be_bytes(self.take()?);
        asked.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{host}:{port}"));
        let server = match self.manner.names.get(&host) {
            Some(address) => TcpStream::connect((*address, port)),
            None => TcpStream::connect((&*host, port)),
        };
        let Ok(server) = server else {
            self.answer(&[5, 5, 0, 1, 0, 0, 0, 0, 0, 0])?;
            return None;
        };
        let address = match &self.manner.bound {
            None => [&[1][..], &Ipv4Addr::LOCALHOST.octets()].concat(),
            Some(Bound::V6) => [&[4][..], &Ipv6Addr::LOCALHOST.octets()].concat(),
            Some(Bound::Name(name)) => [&[3, name.len() as u8][..], name.as_bytes()].concat(),
        };
        self.answer(&[&[5, 0, 0][..], &address, &[0x12, 0x34]].concat())?;
        relay(self.client, server)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.client.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    /// A length and so many bytes.
    fn text(&mut self) -> Option<String> {
        let [len] = self.take()?;
        let mut text = vec![0; usize::from(len)];
        self.client.read_exact(&mut text).ok()?;
        String::from_utf8(text).ok()
    }

    fn answer(&mut self, bytes: &[u8]) -> Option<()> {
        let step = if self.manner.slow { 1 } else { bytes.len() };
        for part in bytes.chunks(step) {
            self.client.set_nodelay(true).ok()?;
            self.client.write_all(part).ok()?;
            if self.manner.slow {
                thread::sleep(std::time::Duration::from_millis(2));
            }
        }
        Some(())
    }
}

/// Passes bytes in both directions until both have ended.
fn relay(client: TcpStream, server: TcpStream) -> Option<()> {
    let (mut from, mut to) = (client.try_clone().ok()?, server.try_clone().ok()?);
    let upwards = thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let (mut from, mut to) = (server, client);
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
    let _ = upwards.join();
    Some(())
}
