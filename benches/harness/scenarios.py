"""What is measured: a list of scenarios, each a line of arguments for the load programs. Nothing is run here."""

from dataclasses import dataclass, field

SIZES = {16: "16 B", 256: "256 B", 4096: "4 KiB", 65536: "64 KiB", 16 << 20: "16 MiB"}
DRIVES = {"loop": "own loop", "start": "loop_start", "forever": "loop_forever", "ext": "own epoll"}
PAHO = ("paho-async", "paho-sync")

# Groups of scenarios, with the figures that their tables show.
GROUPS = {
    "publish": ("Publishing", ("messages_s", "processor_us")),
    "receive": ("Receiving", ("messages_s", "processor_us")),
    "tls": ("TLS 1.3", ("messages_s", "processor_us")),
    "large": ("16 MiB payloads", ("messages_s", "processor_us")),
    "latency": ("There and back, default options, both programs on one processor", ("p50_us", "p99_us", "p999_us")),
    "clients": ("Clients that do nothing", ("connected", "kb", "descriptors", "threads", "connect_us", "wake_ups_s")),
    "backlog": ("A backlog, queued offline, then delivered", ("n", "queue_us", "deliver_us", "bytes")),
    "start": ("Starting", ("p50_us",)),
}


@dataclass(frozen=True)
class Scenario:
    """`args` go to the load programs. With `alone`, client and server share one processor: nothing then depends on waking
    another one, and figures repeat best. `ceiling` is how the plain socket does it. `n` is fixed where time does not decide."""

    name: str
    title: str
    group: str
    args: dict = field(hash=False)
    alone: bool = True
    ceiling: str | None = None
    others: tuple = ()
    n: int | None = None
    rounds: int | None = None
    headline: bool = False
    quick: bool = False
    counted: bool = False

    @property
    def program(self):
        return self.args["scenario"]

    @property
    def size(self):
        return self.args.get("size", 16)

    @property
    def figures(self):
        """The names of what its tables show; the last one of speed is what ratios are taken of."""
        return GROUPS[self.group][1]

    @property
    def main_figure(self):
        return {"publish": "processor_us", "receive": "processor_us", "tls": "processor_us", "large": "processor_us",
                "latency": "p50_us", "clients": "kb", "backlog": "queue_us", "start": "p50_us"}[self.group]


def scenarios():
    """All of them, in the order in which they are run and shown."""
    return [*_publish(), *_receive(), *_tls(), *_large(), *_latency(), *_clients()]


def _publish():
    for qos in (0, 1, 2):
        for size, size_name in list(SIZES.items())[:4]:
            small = size == 16
            for drive, threads in (("loop", 1), ("start", 1), ("start", 4)):
                how = "4 threads" if threads > 1 else DRIVES[drive]
                threaded = "queue" if drive == "start" else "one"
                yield Scenario(
                    name=f"pub.q{qos}.{size}.{drive}" + ("" if threads == 1 else f".threads{threads}"),
                    title=f"publish QoS {qos}, {size_name}, {how}",
                    group="publish",
                    args={"scenario": "pub", "qos": qos, "size": size, "drive": drive, "threads": threads},
                    alone=drive == "loop",
                    ceiling=threaded if qos == 0 else "bulk" if threads == 1 else None,
                    others=PAHO if drive == "start" and (small or threads == 1) else (),
                    headline=small and (threads == 1 or qos == 0),
                    quick=small and threads == 1 or (qos, size) == (1, 4096),
                    counted=small and threads == 1,
                )
        if qos > 0:
            yield Scenario(
                name=f"pub.q{qos}.16.start.inflight1000",
                title=f"publish QoS {qos}, 16 B, loop_start, 1,000 in flight",
                group="publish",
                args={"scenario": "pub", "qos": qos, "drive": "start", "inflight": 1000},
                alone=False,
                ceiling="bulk",
                others=PAHO[:1],
                counted=True,
            )
    for qos in (0, 1):
        yield Scenario(
            name=f"pub.q{qos}.16.ext",
            title=f"publish QoS {qos}, 16 B, own epoll",
            group="publish",
            args={"scenario": "pub", "qos": qos, "drive": "ext"},
            ceiling="one" if qos == 0 else "bulk",
        )


def _receive():
    for qos in (0, 1, 2):
        for size, size_name in list(SIZES.items())[:4]:
            yield Scenario(
                name=f"sub.q{qos}.{size}.forever",
                title=f"receive QoS {qos}, {size_name}",
                group="receive",
                args={"scenario": "sub", "qos": qos, "size": size, "drive": "forever"},
                ceiling="parse",
                others=PAHO,
                headline=size == 16 or (qos, size) in ((0, 4096), (0, 65536)),
                quick=size == 16,
                counted=size == 16 or (qos, size) == (0, 4096),
            )
    for qos in (0, 1):
        yield Scenario(
            name=f"sub.q{qos}.16.ext",
            title=f"receive QoS {qos}, 16 B, own epoll",
            group="receive",
            args={"scenario": "sub", "qos": qos, "drive": "ext"},
            ceiling="parse",
        )


def _tls():
    for size, size_name in ((16, "16 B"), (4096, "4 KiB"), (65536, "64 KiB")):
        for program, drive in (("pub", "loop"), ("pub", "start"), ("sub", "forever")):
            verb = "publish" if program == "pub" else "receive"
            yield Scenario(
                name=f"tls.{program}.q0.{size}.{drive}",
                title=f"TLS, {verb} QoS 0, {size_name}, {DRIVES[drive]}",
                group="tls",
                args={"scenario": program, "size": size, "drive": drive, "tls": 1},
                alone=drive != "start",
                others=PAHO if drive != "loop" else (),
                headline=size == 16 and drive == "start",
                quick=(size, drive) == (16, "start"),
            )


def _large():
    large = {"size": 16 << 20, "window": 4, "inflight": 4}
    for qos in (0, 1):
        yield Scenario(
            name=f"pub.q{qos}.16M.start",
            title=f"publish QoS {qos}, 16 MiB, loop_start",
            group="large",
            args={"scenario": "pub", "qos": qos, "drive": "start", **large},
            alone=False,
            ceiling="queue" if qos == 0 else "bulk",
            n=12,
        )
        yield Scenario(
            name=f"sub.q{qos}.16M.forever",
            title=f"receive QoS {qos}, 16 MiB",
            group="large",
            args={"scenario": "sub", "qos": qos, "drive": "forever", **large},
            alone=False,
            ceiling="parse",
            n=12,
            headline=qos == 0,
        )


def _latency():
    for qos in (0, 1, 2):
        for drive in ("loop", "start"):
            yield Scenario(
                name=f"rtt.q{qos}.16.{drive}",
                title=f"there and back QoS {qos}, 16 B, {DRIVES[drive]}",
                group="latency",
                args={"scenario": "rtt", "qos": qos, "drive": drive},
                ceiling="one" if qos == 0 else None,
                others=PAHO if drive == "start" else (),
                quick=qos < 2 and drive == "loop",
            )
    yield Scenario("connect", "connect, CONNACK, disconnect", "start", {"scenario": "connect"}, quick=True)
    yield Scenario("connect.tls", "the same with TLS", "start", {"scenario": "connect", "tls": 1}, n=100)
    yield Scenario("init", "a process that only loads and initialises the library", "start", {"scenario": "init"},
                   ceiling="nothing", n=1)


def _clients():
    for clients in (1000, 10_000):
        yield Scenario(f"idle.{clients}", f"{clients:,} clients, one thread with its own epoll", "clients",
                       {"scenario": "idle", "clients": clients}, alone=False, rounds=3 if clients == 1000 else 1, n=clients,
                       others=PAHO[:1] if clients == 1000 else (), quick=clients == 1000)
    yield Scenario("threads.1000", "1,000 clients, each with loop_start", "clients",
                   {"scenario": "threads", "clients": 1000, "secs": 3}, alone=False, rounds=1, n=1000)
    yield Scenario("backlog", "1,000,000 messages QoS 1, 16 B (or what 5 s allow)", "backlog",
                   {"scenario": "backlog", "secs": 5}, rounds=1, n=1_000_000)
