// Faults that somebody could make in the library's source, and the scenario that finds each. Read by build.rs, which puts all
// of them in, and by src/mutation.rs, which switches one on: `MUTATED` is true then.

/// A fault.
pub struct Mutation {
    /// What it is called.
    pub name: &'static str,
    /// The file that has it.
    pub file: &'static str,
    /// A passage of that.
    pub from: &'static str,
    /// What becomes of it.
    pub to: &'static str,
    /// The scenario that fails, ...
    pub found_by: &'static str,
    /// ... with so many preemptions, ...
    pub preemptions: usize,
    /// ... and what it says then.
    pub says: &'static str,
}

/// All of them.
pub const MUTATIONS: &[Mutation] = &[
    Mutation {
        name: "a writer does not look again after its write",
        file: "client/write.rs",
        from: "            core = self.tell_completions(core, here);\n        }\n    }\n",
        to: "            core = self.tell_completions(core, here);\n            \
             if MUTATED { return (core, Ok(())); }\n        }\n    }\n",
        found_by: "at-once",
        preemptions: 2,
        says: "not what was accepted",
    },
    Mutation {
        name: "a writer leaves the token to others",
        file: "client/write.rs",
        from: "        let generation = core.generation;\n        let nodelay = core.nodelay_to_set();\n",
        to: "        let generation = core.generation;\n        let nodelay = core.nodelay_to_set();\n        \
             if MUTATED { core.unsent = Some(Box::default()); }\n",
        found_by: "at-once",
        preemptions: 1,
        says: "two writers",
    },
    Mutation {
        name: "a writer forgets what the system did not take",
        file: "client/write.rs",
        from: "        let beyond = batch.advance(count);\n",
        to: "        let beyond = batch.advance(count);\n        if MUTATED { batch.clear(); }\n",
        found_by: "at-once",
        preemptions: 1,
        says: "torn or mixed bytes",
    },
    Mutation {
        name: "a writer does not say that the socket is to be waited for",
        file: "client/write.rs",
        from: "core.wake(); // who waits does not know yet that the socket is to be waited for",
        to: "if !MUTATED { core.wake(); }",
        found_by: "at-once-blocked",
        preemptions: 2,
        says: "deadlock",
    },
    Mutation {
        name: "a writer does not see that the connection is another",
        file: "client/write.rs",
        from: "        let lasts = core.generation == generation;",
        to: "        let lasts = core.generation == generation || MUTATED;",
        found_by: "reconnect-at-once",
        preemptions: 2,
        says: "not a CONNECT first",
    },
    Mutation {
        name: "a publisher of a large message forgets what the system did not take",
        file: "client/write.rs",
        from: "            batch.append(Arc::new(rest.to_vec()));",
        to: "            batch.append(Arc::new(if MUTATED { Vec::new() } else { rest.to_vec() }));",
        found_by: "large-blocked",
        preemptions: 1,
        says: "torn or mixed bytes",
    },
    Mutation {
        name: "a publisher of a large message lets others go before it",
        file: "client/through.rs",
        from: "        self.unsent.as_ref().is_some_and(|unsent| unsent.is_empty())\n            && self.stream()",
        to: "        (self.unsent.as_ref().is_some_and(|unsent| unsent.is_empty()) || MUTATED)\n            && self.stream()",
        found_by: "large",
        preemptions: 2,
        says: "torn or mixed",
    },
    Mutation {
        name: "who tells does not see that a loop inside has taken over",
        file: "client/write.rs",
        from: "                let taken_over = self.told",
        to: "                let taken_over = !MUTATED && self.told",
        found_by: "nested-loop",
        preemptions: 1,
        says: "told of a message twice",
    },
    Mutation {
        name: "who takes the telling over does not hear how far it was",
        file: "client/write.rs",
        from: "        core.session.output.forget_told(self.told.load(Ordering::Relaxed));",
        to: "        core.session.output.forget_told(self.told.load(Ordering::Relaxed) - u64::from(MUTATED));",
        found_by: "loop-thread",
        preemptions: 1,
        says: "exceeded maximum number of branches",
    },
    Mutation {
        name: "a new connection has the number of the old one",
        file: "client/core.rs",
        from: "        self.generation += 1;\n        self.pace",
        to: "        self.generation += if MUTATED { 0 } else { 1 };\n        self.pace",
        found_by: "reconnect-at-once",
        preemptions: 2,
        says: "not a CONNECT first",
    },
    Mutation {
        name: "bytes of the old connection are kept",
        file: "client/core.rs",
        from: "if let Some(unsent) = &mut self.unsent {\n            unsent.clear();",
        to: "if let Some(unsent) = &mut self.unsent {\n            if !MUTATED { unsent.clear(); }",
        found_by: "reconnect-loop-thread",
        preemptions: 2,
        says: "deadlock",
    },
    Mutation {
        name: "a publisher wakes nobody",
        file: "client/write.rs",
        from: "        if done && result.is_ok() {\n            self.wake();",
        to: "        if done && result.is_ok() {\n            if !MUTATED { self.wake(); }",
        found_by: "loop-thread",
        preemptions: 1,
        says: "deadlock",
    },
    Mutation {
        name: "a publisher who writes wakes nobody",
        file: "client/through.rs",
        from: "core.wake(); // to tell the program, to write the rest, or to find out what is wrong",
        to: "if !MUTATED { core.wake(); }",
        found_by: "large",
        preemptions: 1,
        says: "deadlock",
    },
    Mutation {
        name: "a publisher who writes a pile wakes nobody",
        file: "client/write.rs",
        from: "            core = self.write_pile(core);\n        }\n        core.wake();",
        to: "            core = self.write_pile(core);\n            \
             if MUTATED { self.unlock(core); return Ok(()); }\n        }\n        core.wake();",
        found_by: "loop-thread",
        preemptions: 1,
        says: "deadlock",
    },
    Mutation {
        name: "the loop says that it sleeps after it looked for bytes",
        file: "client/event_loop.rs",
        from: "            core.sleepers += 1;\n            drop(core); // and not `unlock`: this frame owns the stream",
        to: "            if !MUTATED { core.sleepers += 1; }\n            drop(core);\n            \
             if MUTATED { self.relock().sleepers += 1; }",
        found_by: "loop-thread",
        preemptions: 1,
        says: "deadlock",
    },
    Mutation {
        name: "the loop does not remember that it was woken",
        file: "client/connect.rs",
        from: "            core.woken = false;",
        to: "            core.woken = MUTATED;",
        found_by: "loop-thread",
        preemptions: 1,
        says: "deadlock",
    },
    Mutation {
        name: "the loop polls for writing while another thread is at it",
        file: "client/core.rs",
        from: "        self.unsent.as_deref().is_some_and(waiting)",
        to: "        self.unsent.as_deref().is_some_and(waiting) || MUTATED && !self.session.output.is_empty()",
        found_by: "loop-thread",
        preemptions: 2,
        says: "exceeded maximum number of branches",
    },
    Mutation {
        name: "the loop does not look whether it is over before it sleeps",
        file: "client/event_loop.rs",
        from: "        if is_over(&mut core) {\n            self.unlock(core);\n            return Ok(());\n        }\n        \
               let ready",
        to: "        if is_over(&mut core) && !MUTATED {\n            self.unlock(core);\n            return Ok(());\n        }\n        \
             let ready",
        found_by: "stop",
        preemptions: 2,
        says: "deadlock",
    },
    Mutation {
        name: "a stop does not wake the loop",
        file: "client/thread.rs",
        from: "        core.wake();\n        drop(core); // and not `unlock`: this frame owns the thread\n        self.changed",
        to: "        if !MUTATED { core.wake(); }\n        drop(core);\n        self.changed",
        found_by: "stop",
        preemptions: 2,
        says: "deadlock",
    },
    Mutation {
        name: "a destroyed client does not wait for who is writing DISCONNECT",
        file: "client/mod.rs",
        from: "if core.unsent.is_some() || clock::now() >= end {",
        to: "if core.unsent.is_some() || clock::now() >= end || MUTATED {",
        found_by: "destroy",
        preemptions: 2,
        says: "no DISCONNECT at the end",
    },
    Mutation {
        name: "who waits for a change is not counted",
        file: "sync.rs",
        from: "            self.waiting.fetch_add(1, Ordering::SeqCst);\n",
        to: "            if !MUTATED { self.waiting.fetch_add(1, Ordering::SeqCst); }\n",
        found_by: "destroy",
        preemptions: 2,
        says: "deadlock",
    },
];
