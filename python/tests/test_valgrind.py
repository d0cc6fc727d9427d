"""valgrind over clients that are dropped in random states: no error that the library has a part in.

``MOSQUITTO_TEST_CLIENTS`` says how many clients; valgrind makes each of them slow.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import List

from mosquitto._library import lib
from tests.support import PYTHON, BrokerTest

COUNT = int(os.environ.get("MOSQUITTO_TEST_CLIENTS") or 10)

# Loses a list of properties, which is the program's mistake, to see that it would be noticed.
LOSES = """
from ctypes import byref, c_void_p
from mosquitto._library import lib
for _ in range(10):
    head = c_void_p()
    lib.property_add_string(byref(head), 3, b"lost")
"""


def errors(*arguments: str) -> List[str]:
    """Runs Python under valgrind: its errors with the library on the stack. Those of the interpreter are not ours."""
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.xml"
        done = subprocess.run(
            [
                *("valgrind", "--xml=yes", f"--xml-file={report}", "--leak-check=full", "--show-leak-kinds=definite"),
                *("--num-callers=40", "--child-silent-after-fork=yes", sys.executable, *arguments),
            ],
            cwd=PYTHON, env={**os.environ, "PYTHONMALLOC": "malloc", "PYTHONPATH": str(PYTHON)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        found = []
        for error in xml.parse(report).iter("error"):
            objects = [frame.findtext("obj", "") for frame in error.iter("frame")]
            if any(os.path.realpath(file) == os.path.realpath(lib._name) for file in objects):
                calls = [frame.findtext("fn", "?") for frame in error.iter("frame")]
                found.append(f"{error.findtext('kind')}: {' < '.join(calls)}")
        return found


class Valgrind(BrokerTest):
    def setUp(self) -> None:
        if shutil.which("valgrind") is None:
            self.skipTest("valgrind is not installed")
        if "MOSQUITTO_TEST_ENVIRONMENT" in os.environ:
            self.skipTest("the library of the wheel is that of the checkout, and valgrind is slow")

    def test_dropping_clients(self) -> None:
        seed = random.randrange(1 << 32)
        self.assertEqual(errors("-m", "tests.stress", str(self.broker.port), str(seed), str(COUNT)), [], seed)

    def test_a_loss_is_noticed(self) -> None:
        self.assertTrue(any("Leak_DefinitelyLost" in error for error in errors("-c", LOSES)))
