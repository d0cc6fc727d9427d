//! Fork at any moment: the locks of all clients are held meanwhile, so that the child finds each client whole and no lock
//! taken by a thread that it does not have.
//!
//! What a child's client is, see `Core::leave_to_parent`.

use core::cell::Cell;
use core::ffi::c_int;
use std::collections::BTreeSet;
use std::sync::{Arc, Once};

use super::handle;
use super::parking;
use crate::client::{Client, Still};
use crate::sync::{Mutex, MutexGuard};

/// The clients that have a handle, by address. Each has the count of its handle.
static CLIENTS: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

thread_local! {
    /// What this thread holds while it forks.
    static HELD: Cell<Option<Held>> = const { Cell::new(None) };
}

struct Held {
    clients: Vec<(Arc<Client>, Still<'static>, parking::Still<'static>)>,
    registry: MutexGuard<'static, BTreeSet<usize>>,
}

unsafe extern "C" {
    fn pthread_atfork(
        prepare: Option<unsafe extern "C" fn()>,
        parent: Option<unsafe extern "C" fn()>,
        child: Option<unsafe extern "C" fn()>,
    ) -> c_int;
}

unsafe extern "C" fn prepare() {
    let registry = CLIENTS.lock();
    let hold = |&address: &usize| {
        let raw = address as *const Client;
        // SAFETY: the handle's count is given up only after the client has left the registry, which is locked; and the
        // count that is added here lasts longer than what is borrowed.
        unsafe {
            Arc::increment_strong_count(raw);
            let client: &'static Client = &*raw;
            let parking = handle::callbacks(client).parking().still();
            (Arc::from_raw(raw), client.still(), parking)
        }
    };
    let clients = registry.iter().map(hold).collect();
    // In a thread that is ending there is no place for it: then nothing is held.
    let _ = HELD.try_with(|held| held.set(Some(Held { clients, registry })));
}

/// After the fork, in both processes.
unsafe extern "C" fn release() {
    let Ok(Some(Held { clients, registry })) = HELD.try_with(Cell::take) else { return };
    let freed: Vec<Arc<Client>> = clients.into_iter().map(|(client, ..)| client).collect();
    drop(registry);
    // The last one of a client leaves the registry, and must be able to lock it.
    drop(freed);
}

/// Notes a client that has a handle.
pub(crate) fn register(client: *const Client) {
    static WATCH: Once = Once::new();
    // After the transport has done the same: handlers before a fork run in reverse order, and a client's lock is taken
    // before those of the transport.
    WATCH.call_once(|| {
        // SAFETY: the handlers run in the thread that forks; the C library forgets them when this library is unloaded.
        unsafe { pthread_atfork(Some(prepare), Some(release), Some(release)) };
    });
    CLIENTS.lock().insert(client as usize);
}

/// Forgets a client whose handle is being given up.
pub(crate) fn unregister(client: *const Client) {
    CLIENTS.lock().remove(&(client as usize));
}
