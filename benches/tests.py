"""Tests of the harness: that it measures what it says, with so few messages that its times mean nothing. No time is compared.

    MOSQUITTO_LIBRARY=target/release/libmosquitto.so python3 benches/tests.py
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path
from types import SimpleNamespace

from harness import results, table
from harness.picture import picture
from harness.run import Bench, Subject
from harness.scenarios import scenarios

HERE = Path(__file__).resolve().parent
MESSAGES = 30


class Measuring(unittest.TestCase):
    """The quick scenarios, all subjects, one round of a few messages; the programs stay for the tests of failures."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.out = Path(cls.directory.name)
        run = subprocess.run(
            [sys.executable, HERE / "bench.py", "--ours", os.environ["MOSQUITTO_LIBRARY"], "--out", cls.out, "--quick",
             "--messages", str(MESSAGES)], capture_output=True, text=True)
        if run.returncode:
            raise AssertionError(f"bench.py: exit status {run.returncode}\n{run.stdout}\n{run.stderr}")
        cls.said = run.stdout
        cls.document = json.loads((cls.out / "results.json").read_text())

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def test_every_scenario_has_figures_of_every_library(self):
        of = {entry["name"]: entry["subjects"] for entry in self.document["scenarios"]}
        paho = [name for name in ("paho-async", "paho-sync") if (self.out / "programs" / name).exists()]
        for scenario in (s for s in scenarios() if s.quick):
            subjects = {"ours", "2.0.11", *(name for name in paho if name in scenario.others)}
            if scenario.ceiling:
                subjects.add("socket")
            with self.subTest(scenario.name):
                self.assertEqual(set(of[scenario.name]), subjects)
                for name, result in of[scenario.name].items():
                    self.assertNotIn("error", result, name)
                    self.assertGreater(result["median"][scenario.main_figure], 0, name)
                    self.assertEqual(result["median"]["n"], MESSAGES, name)

    def test_the_libraries_are_those_that_were_asked_for(self):
        versions = self.document["subjects"]
        self.assertEqual((versions["ours"], versions["2.0.11"]), ("libmosquitto 2.1.2", "libmosquitto 2.0.11"))

    def test_counts_are_of_one_message(self):
        own_loop = next(entry for entry in self.document["scenarios"] if entry["name"] == "pub.q0.16.loop")["subjects"]
        for name, calls in (("ours", (0.9, 2)), ("2.0.11", (1, 4))):  # how often the loop waits depends on the machine
            with self.subTest(name):
                counts = own_loop[name]["counts"]
                if "system_calls" in counts:  # one that sends; the original also wakes itself up
                    self.assertGreaterEqual(counts["system_calls"], calls[0])
                    self.assertLess(counts["system_calls"], calls[1])
                else:
                    self.assertIn("strace is missing", self.said)
                if "instructions" in counts:
                    functions = sum(value for _, value in own_loop[name]["functions"])
                    self.assertGreater(counts["instructions"], 100)
                    self.assertLessEqual(functions, counts["instructions"] + 1)
                else:
                    self.assertIn("valgrind is missing", self.said)
        self.assertGreaterEqual(own_loop["2.0.11"]["counts"]["mutex_locks"], 1)
        self.assertGreaterEqual(own_loop["2.0.11"]["counts"]["heap_calls"], 1)

    def test_tables_and_picture_have_every_headline(self):
        text, svg = table.whole(self.document, table.markdown), picture(self.document)
        xml.etree.ElementTree.fromstring(svg)
        for entry in self.document["scenarios"]:
            self.assertIn(f"| {entry['title']} |", text)
            if entry["headline"]:
                self.assertIn(f">{entry['title']}<", svg)

    def test_a_failed_run_is_told(self):
        nobody = SimpleNamespace(port=1, tls_port=1, place=lambda alone: None)
        bench = Bench(self.out / "programs", nobody, 0.1, MESSAGES)
        scenario = next(s for s in scenarios() if s.name == "pub.q0.16.loop")
        runs = bench.measure(scenario, [Subject("ours", "client")], rounds=3)
        self.assertEqual(len(runs["ours"]), 1, "a failure is not repeated")
        document = {"subjects": {}, "scenarios": []}
        entry = results.add_scenario(document, scenario, runs)
        self.assertEqual(table.cell(entry, "ours"), "failed")
        self.assertEqual(len(results.failures(document)), 1)


class Figures(unittest.TestCase):
    def test_ratios_are_taken_within_a_round(self):
        scenario = next(s for s in scenarios() if s.name == "pub.q0.16.loop")
        runs = {"ours": [{"processor_us": 1.0}, {"processor_us": 10.0}, {"processor_us": 1.0}],
                "2.0.11": [{"processor_us": 2.0}, {"processor_us": 30.0}, {"processor_us": 4.0}]}
        entry = results.add_scenario({"subjects": {}, "scenarios": []}, scenario, runs)
        self.assertEqual(entry["subjects"]["2.0.11"]["ratio"], 3.0)
        self.assertEqual(entry["subjects"]["ours"]["median"]["processor_us"], 1.0)

    def test_numbers_are_short(self):
        for value, text in ((None, ""), (0.0123, "0.012"), (0.876, "0.88"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"),
                            (3, "3"), (1234.5, "1,234"), (123456.0, "123 k"), (1234567.0, "1.23 M")):
            with self.subTest(value):
                self.assertEqual(table.number(value), text)


class Documents(unittest.TestCase):
    def test_they_are_made_from_the_kept_results(self):
        run = subprocess.run([sys.executable, HERE / "show.py", "check"], capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
