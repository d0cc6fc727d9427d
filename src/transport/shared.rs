//! Questions that several askers have at one time, asked once: they share the helper thread and its answer.

use std::ffi::{CStr, CString};
use std::process;
use std::sync::{Arc, Weak};

use super::task::Task;
use crate::error::Result;

/// Questions of one kind that are under way in this process.
pub(super) struct Shared<T> {
    #[allow(clippy::disallowed_types)] // held for a few instructions, never waited for: see below
    under_way: std::sync::Mutex<Vec<Entry<T>>>,
}

struct Entry<T> {
    /// After fork(2) the child has the entry but not the thread.
    process: u32,
    name: CString,
    task: Weak<Task<T>>,
}

impl<T: Send + Sync + 'static> Shared<T> {
    /// None yet.
    #[allow(clippy::disallowed_types)] // the one above
    pub const fn new() -> Shared<T> {
        Shared { under_way: std::sync::Mutex::new(Vec::new()) }
    }

    /// Joins the question for `name` that is under way, or begins one: `ask` runs on a thread of its own.
    pub fn task(
        &self,
        name: CString,
        ask: impl FnOnce(&CStr) -> T + Send + 'static,
    ) -> Result<Arc<Task<T>>> {
        let asked = name.clone();
        let begin = move || Task::spawn("mosquitto dns", move || ask(&asked));
        // Not waited for: whoever forked while another thread was in here would wait for ever. Without the table a
        // question is merely not shared.
        let Ok(mut under_way) = self.under_way.try_lock() else {
            return begin();
        };
        let process = process::id();
        let mut same = None;
        under_way.retain(|entry| {
            let task = entry.task.upgrade().filter(|task| task.result().is_none());
            let live = entry.process == process && task.is_some();
            if live && entry.name == name {
                same = task;
            }
            live
        });
        if let Some(task) = same {
            return Ok(task);
        }
        let task = begin()?;
        under_way.push(Entry { process, name, task: Arc::downgrade(&task) });
        Ok(task)
    }
}
