"""Builds the load programs and the server, and says which of the things that they need are missing."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
FLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra"]
INSTALL = "scripts/install-test-needs.sh installs it"

# Program: sources, libraries.
REQUIRED = {
    "server": (["server/server.c", "server/bytes.c", "server/mqtt.c", "server/source.c"], ["-lssl", "-lcrypto"]),
    "client": (["load/client.c", "load/crowd.c", "load/load.c"], ["-lmosquitto"]),
    "ceiling": (["load/ceiling.c", "load/load.c"], []),
}
PAHO = {
    "paho-async": (["load/paho_async.c", "load/load.c"], ["-lpaho-mqtt3as"]),
    "paho-sync": (["load/paho_sync.c", "load/load.c"], ["-lpaho-mqtt3cs"]),
}


class Missing(Exception):
    """Something that cannot be done without."""


def _compile(to, name, sources, libraries, extra=()):
    command = [os.environ.get("CC", "cc"), *FLAGS, *extra, "-o", to / name, *(HERE / s for s in sources), *libraries, "-pthread"]
    return subprocess.run(command, capture_output=True, text=True)


def build(to):
    """Compiles everything into the directory `to`. Answers the names of the adapters for Paho that could be built."""
    to.mkdir(parents=True, exist_ok=True)
    for tool in (os.environ.get("CC", "cc"), "openssl"):
        if not shutil.which(tool):
            raise Missing(f"{tool} is missing: {INSTALL}")
    for name, (sources, libraries) in REQUIRED.items():
        compiled = _compile(to, name, sources, libraries)
        if compiled.returncode:
            raise Missing(f"{name} could not be built; it needs libssl-dev and libmosquitto-dev ({INSTALL}):\n{compiled.stderr}")
    compiled = _compile(to, "counter.so", ["load/counter.c"], [], ["-shared", "-fPIC"])
    if compiled.returncode:
        raise Missing(f"counter.so could not be built:\n{compiled.stderr}")
    _make_certificate(to)
    adapters = []
    for name, (sources, libraries) in PAHO.items():
        compiled = _compile(to, name, sources, libraries)
        if compiled.returncode == 0:
            adapters.append(name)
        elif "MQTT" not in compiled.stderr:
            raise Missing(f"{name} could not be built:\n{compiled.stderr}")
    return adapters


def _make_certificate(to):
    if (to / "certificate.pem").exists():
        return
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", to / "key.pem", "-out", to / "certificate.pem"],
        check=True, stderr=subprocess.DEVNULL)


def library_of_the_distribution():
    """The directory of the libmosquitto.so.1 that programs get without being told otherwise."""
    answer = subprocess.run([os.environ.get("CC", "cc"), "-print-file-name=libmosquitto.so.1"], capture_output=True, text=True)
    file = Path(answer.stdout.strip())
    if not file.is_absolute():
        raise Missing(f"the distribution's libmosquitto.so.1 is missing: {INSTALL}")
    return file
