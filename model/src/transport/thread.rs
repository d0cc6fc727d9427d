//! Threads of the model. None dies without returning.

use loom::thread::{self, JoinHandle};

use crate::error::Result;

/// Bytes of stack.
const STACK: usize = 64 * 1024;

/// The system's number of a thread, which nobody asks for but to learn whether it lives.
pub fn id() -> i32 {
    1
}

/// It does.
pub fn is_alive(_id: i32) -> bool {
    true
}

/// There may be others.
pub fn is_only_one() -> bool {
    false
}

/// A thread that was started.
#[derive(Debug)]
pub struct Thread(JoinHandle<()>);

impl Thread {
    /// Runs `body`.
    pub fn spawn<F: FnOnce() + Send + 'static>(name: &str, body: F) -> Result<Thread> {
        let builder = thread::Builder::new().name(name.to_owned()).stack_size(STACK);
        Ok(Thread(builder.spawn(body).expect("a thread")))
    }

    /// Whether it is the calling thread.
    pub fn is_this(&self) -> bool {
        self.0.thread().id() == thread::current().id()
    }

    /// Waits until it has ended.
    pub fn join(self) {
        self.0.join().expect("no panic");
    }
}
