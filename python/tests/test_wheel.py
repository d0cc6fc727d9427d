"""``pip install ./python``, into a virtual environment, and the examples on what was installed."""

import os
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from tests.support import LIMIT, PYTHON, Broker, Subscriber


def why_not() -> str:
    """Why this cannot be tested here; empty if it can."""
    try:
        urllib.request.urlopen("https://pypi.org/simple/setuptools/", timeout=10).close()
    except (OSError, urllib.error.URLError) as error:
        return f"PyPI, where pip gets setuptools from, cannot be reached: {error}"
    return ""


class Wheel(unittest.TestCase):
    def test_install(self) -> None:
        reason = why_not()
        if reason:
            self.skipTest(reason)
        environment = {
            name: value for name, value in os.environ.items() if name not in ("MOSQUITTO_LIBRARY", "PYTHONPATH")
        }
        with tempfile.TemporaryDirectory() as directory:
            python = str(Path(directory) / "venv" / "bin" / "python")
            subprocess.run([sys.executable, "-m", "venv", str(Path(directory) / "venv")], check=True)
            installed = subprocess.run(
                [python, "-m", "pip", "install", "--disable-pip-version-check", str(PYTHON)],
                env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            )  # fmt: skip
            self.assertEqual(installed.returncode, 0, installed.stdout)

            def run(*arguments: str) -> str:
                done = subprocess.run(
                    [python, "-X", "dev", *arguments], cwd=directory, env=environment, timeout=LIMIT,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                )  # fmt: skip
                self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)
                return done.stdout

            loaded = run("-c", "from mosquitto._library import lib; print(lib._name)").strip()
            self.assertTrue(loaded.startswith(directory), loaded)
            self.assertEqual(os.path.basename(loaded), "libmosquitto.so")
            self.assertIn("class Mosquitto", run("-m", "pydoc", "mosquitto"))

            broker = Broker()
            self.addCleanup(broker.close)
            subscriber = Subscriber(broker.port, "#")
            self.addCleanup(subscriber.close)
            run(str(PYTHON / "examples" / "publisher.py"), "127.0.0.1", str(broker.port), "3")
            self.assertEqual(subscriber.wait(3)[2][0], "example/2")
