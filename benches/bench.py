#!/usr/bin/env python3
"""Measures libmosquitto-rs beside other client libraries and a plain socket; `make bench` calls it. See README.md.

Prints tables, and writes DIR/results.json and DIR/picture.svg. Needs the Python standard library only.
"""

import argparse
import os
import re
import shlex
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness import count, programs, results, table
from harness.picture import picture
from harness.run import Bench, Server, Subject
from harness.scenarios import scenarios


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", type=Path, help="our libmosquitto.so, or a libmosquitto.so.1 of any name")
    parser.add_argument("--lib", action="append", default=[], metavar="NAME=DIR", help="one more libmosquitto.so.1, in DIR")
    parser.add_argument("--out", type=Path, default=Path("target/bench"), metavar="DIR")
    parser.add_argument("--rounds", type=int, help="of all subjects in turn (5; quick: 1)")
    parser.add_argument("--seconds", type=float, help="that one run lasts, about (0.15; quick: 0.1)")
    parser.add_argument("--only", metavar="REGEX", help="scenarios whose name it matches")
    parser.add_argument("--quick", action="store_true", help="a few scenarios, one short round")
    parser.add_argument("--no-count", action="store_true", help="times only")
    parser.add_argument("--count-only", action="store_true", help="counts only; they do not mind a busy machine")
    parser.add_argument("--messages", type=int, help="so many in each run, however long it takes (for tests of the harness)")
    parser.add_argument("--list", action="store_true", help="the scenarios")
    return parser.parse_args()


def subjects(options, copies, adapters):
    """Ours and the distribution's under the name that programs ask for, then the others. Copies, as ours may be built anew
    meanwhile."""
    found = []
    for name, file in (("ours", options.ours), ("2.0.11", programs.library_of_the_distribution())):
        (copies / name).mkdir()
        shutil.copy(file, copies / name / "libmosquitto.so.1")
        found.append(Subject(name, "client", copies / name))
    for given in options.lib:
        name, _, directory = given.partition("=")
        if not (Path(directory) / "libmosquitto.so.1").exists():
            raise programs.Missing(f"--lib {given}: there is no libmosquitto.so.1 in that directory")
        found.append(Subject(name, "client", Path(directory).resolve()))
    return [*found, *(Subject(name, name) for name in adapters), Subject("socket", "ceiling")]


def say(text):
    print(text, flush=True)


def measure(bench, chosen, everybody, rounds, document):
    group = None
    for scenario in chosen:
        entry = results.add_scenario(document, scenario, bench.measure(scenario, everybody, rounds))
        if scenario.group != group:
            group = scenario.group
            say(f"\n== {' · '.join(table.HEADINGS[figure] for figure in scenario.figures)}")
        cells = (f"{name} {table.cell(entry, name)}" for name in table.subjects_of([entry]))
        say(f"{scenario.title:48} {'   '.join(cells)}")
        for name, result in entry["subjects"].items():
            if "error" in result:
                say(f"    {name}: {result['error']}")


def count_all(counter, chosen, everybody, document):
    """As many at a time as there are processors: counts do not mind."""
    entries = {entry["name"]: entry for entry in document["scenarios"]}
    todo = [(scenario, subject) for scenario in chosen for subject in everybody
            if subject.takes(scenario) and subject.program != "ceiling"]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        futures = [pool.submit(counter.count, subject, scenario) for scenario, subject in todo]
        for (scenario, subject), future in zip(todo, futures):
            try:
                counts = future.result()
            except Exception as error:  # whatever it is: the other figures stay
                say(f"    counting {scenario.name} on {subject.name} failed: {error}")
                continue
            entry = entries.get(scenario.name)
            if entry is None:
                entry = entries[scenario.name] = results.add_scenario(document, scenario, {})
            results.add_counts(entry, subject.name, counts)
            texts = (f"{what} {counts[name]:.4g}" for name, what in table.COUNTS.items() if name in counts)
            say(f"{scenario.title:48} {subject.name:12}{'  '.join(texts)}")


def main():
    options = arguments()
    chosen = [s for s in scenarios() if (not options.quick or s.quick) and (not options.only or re.search(options.only, s.name))]
    if options.list:
        for scenario in chosen:
            print(f"{scenario.name:32} {scenario.title}")
        return
    if options.ours is None:
        raise programs.Missing("--ours says which library is to be measured; `make bench` does it")
    rounds = options.rounds or (1 if options.quick else 5)
    seconds = options.seconds or (0.1 if options.quick else 0.15)
    adapters = programs.build(options.out / "programs")
    if not adapters:
        say(f"Paho C is not measured: libpaho-mqtt-dev is missing ({programs.INSTALL})")
    document = results.new_document(shlex.join(["make", "bench"]) if "MAKELEVEL" in os.environ else shlex.join(sys.argv), rounds, seconds)
    with tempfile.TemporaryDirectory() as copies, Server(options.out / "programs") as server:
        bench = Bench(options.out / "programs", server, seconds, options.messages)
        everybody = subjects(options, Path(copies), adapters)
        if not options.count_only:
            measure(bench, chosen, everybody, rounds, document)
        if not options.no_count:
            for tool, what in count.missing_tools().items():
                say(f"not counted: {what}: {tool} is missing ({programs.INSTALL})")
            counter = count.Counter(bench, (200, 700) if options.messages else None)
            counted = [s for s in chosen if s.counted]
            say("\n== Counts")
            count_all(counter, counted[:2] if options.quick else counted, everybody, document)
    results.write(document, options.out / "results.json")
    say("\n" + table.whole(document, table.aligned))
    if not options.count_only:
        (options.out / "picture.svg").write_text(picture(document))
    say(f"\nwritten: {options.out}/results.json" + ("" if options.count_only else f", {options.out}/picture.svg"))
    failed = results.failures(document)
    if failed:
        sys.exit("failed on this library: " + "; ".join(failed))


if __name__ == "__main__":
    try:
        main()
    except programs.Missing as missing:
        sys.exit(str(missing))
