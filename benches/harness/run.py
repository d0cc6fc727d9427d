"""Runs load programs against the server: one run, how many messages to send, rounds of all subjects in turn."""

import json
import os
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

LIMIT = 150  # seconds for one run
LARGEST_RUN = 4 << 30  # bytes of payload
MOST_MESSAGES = 10_000_000
FEW_MESSAGES = 20
STEP = 8  # so many times more messages in the next try
STARTS = 20  # of a process, for one figure


@dataclass(frozen=True)
class Subject:
    """What is measured: a library (a directory with libmosquitto.so.1), another client library, or the plain socket."""

    name: str
    program: str
    library: Path | None = None

    def takes(self, scenario):
        if self.program == "client":
            return True
        if self.program == "ceiling":
            return scenario.ceiling is not None
        return self.program in scenario.others


class Server:
    """The server of server/, as a process."""

    def __init__(self, programs):
        self.process = subprocess.Popen([programs / "server", programs / "certificate.pem", programs / "key.pem"],
                                        stdout=subprocess.PIPE, text=True)
        ready, port, tls_port = self.process.stdout.readline().split()
        assert ready == "ready"
        self.port, self.tls_port = int(port), int(tls_port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def place(self, alone):
        """On the processor that `alone` puts everything on, or anywhere."""
        os.sched_setaffinity(self.process.pid, processors(alone))


def processors(alone):
    mine = os.sched_getaffinity(0)
    return {max(mine)} if alone else mine


class Bench:
    """The programs, the server, and how long one run is to last."""

    def __init__(self, programs, server, seconds, messages=None):
        self.programs, self.server, self.seconds, self.messages = programs, server, seconds, messages

    def command(self, subject, scenario, n):
        """The command line and environment of one run of `n` messages."""
        args = dict(scenario.args, n=n)
        if args.pop("tls", 0):
            args.update(port=self.server.tls_port, ca=self.programs / "certificate.pem")
        else:
            args["port"] = self.server.port
        if subject.program == "ceiling":
            args["how"] = scenario.ceiling
        if "clients" in args and self.messages:
            args.update(clients=n, secs=0.2)
        environment = {k: v for k, v in os.environ.items() if k not in ("LD_LIBRARY_PATH", "LD_PRELOAD")}
        if subject.library:
            environment["LD_LIBRARY_PATH"] = str(subject.library)
        words = [f"{name}={value}" for name, value in args.items() if name != "scenario"]
        return [str(self.programs / subject.program), args["scenario"], *words], environment

    def run(self, subject, scenario, n):
        """One run; the figures that the program printed, or {"error": …}."""
        command, environment = self.command(subject, scenario, n)
        here = processors(scenario.alone)
        self.server.place(scenario.alone)
        if scenario.program == "init":
            return _time_starts(command, environment, here)
        try:
            run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 timeout=LIMIT, preexec_fn=lambda: os.sched_setaffinity(0, here))
        except subprocess.TimeoutExpired:
            return {"error": f"no end after {LIMIT} s"}
        try:
            figures = json.loads(run.stdout)
        except ValueError:
            return {"error": f"exit status {run.returncode}: {(run.stdout + run.stderr).strip()[-200:]}"}
        self._check_library(subject, figures)
        if "connected" in figures:
            figures["connect_us"] = figures["wall_s"] * 1e6 / max(figures["connected"], 1)
        return figures

    @staticmethod
    def _check_library(subject, figures):
        if subject.library and "who" in figures:
            loaded = Path(figures["who"].split(" ", 2)[2])
            if loaded.resolve() != (subject.library / "libmosquitto.so.1").resolve():
                raise SystemExit(f"{subject.name}: {loaded} was loaded, which is not in {subject.library}")

    def messages_for(self, subject, scenario):
        """How many messages last about as long as a run is to last; 0 if not even a few arrive."""
        if self.messages:
            return min(self.messages, scenario.n or self.messages)
        if scenario.n:
            return scenario.n
        slow = scenario.group == "latency" or scenario.program == "connect"
        n = FEW_MESSAGES if slow else max(FEW_MESSAGES, min(2000, (8 << 20) // scenario.size))
        wall = self.run(subject, scenario, n).get("wall_s")
        if wall is None:
            return 0
        each = wall / n
        while wall < self.seconds / 2 and n < MOST_MESSAGES:
            # What more messages take longer counts: a run may end with a wait for a timer, which says nothing about them.
            more = self.run(subject, scenario, n * STEP).get("wall_s", 0)
            each = max(more - wall, 0) / (n * (STEP - 1)) or each
            n, wall = n * STEP, more or self.seconds
        return max(FEW_MESSAGES, min(int(self.seconds / each), n * STEP, MOST_MESSAGES, LARGEST_RUN // scenario.size))

    def measure(self, scenario, subjects, rounds):
        """All subjects in turn, round after round, so that what else the machine does hits all alike.

        Answers, for each subject, the list of its runs."""
        subjects = [subject for subject in subjects if subject.takes(scenario)]
        numbers = {subject: self.messages_for(subject, scenario) for subject in subjects}
        runs = {subject.name: [] for subject in subjects}
        for turn in range(min(rounds, scenario.rounds or rounds)):
            first = turn % len(subjects)
            for subject in subjects[first:] + subjects[:first]:
                failed = runs[subject.name] and "error" in runs[subject.name][0]
                if not failed:  # once is enough
                    runs[subject.name].append(self.run(subject, scenario, numbers[subject] or FEW_MESSAGES))
        return runs


def _time_starts(command, environment, here):
    times = []
    for _ in range(STARTS):
        before = time.perf_counter()
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, here))
        times.append(time.perf_counter() - before)
    return {"n": 1, "p50_us": statistics.median(times) * 1e6}
