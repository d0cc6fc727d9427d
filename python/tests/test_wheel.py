"""What was installed, where ``on_wheel.py`` runs the tests on it."""

import os
import subprocess
import sys
import unittest

import mosquitto
from mosquitto._library import lib
from tests.support import PYTHON

ENVIRONMENT = os.environ.get("MOSQUITTO_TEST_ENVIRONMENT")


@unittest.skipIf(ENVIRONMENT is None, "the tests run on the checkout, not on a wheel")
class Wheel(unittest.TestCase):
    def test_the_package_and_its_own_library_are_tested(self) -> None:
        assert ENVIRONMENT is not None and mosquitto.__file__
        self.assertTrue(mosquitto.__file__.startswith(ENVIRONMENT), mosquitto.__file__)
        self.assertEqual(lib._name, os.path.join(os.path.dirname(mosquitto.__file__), "libmosquitto.so"))

    def test_pydoc(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "pydoc", "mosquitto"], cwd=PYTHON, check=True, stdout=subprocess.PIPE, text=True
        )
        self.assertIn("class Mosquitto", done.stdout)
