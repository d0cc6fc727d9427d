"""The results as one JSON document: what was measured, on what machine, with which versions; medians and ratios."""

import json
import os
import platform
import statistics
import subprocess
import time

from .count import FUNCTION, top_functions
from .scenarios import scenarios

BASE = "ours"  # ratios are of the others' figure to this one's


def new_document(command, rounds, seconds):
    return {
        "made": {
            "date": time.strftime("%Y-%m-%d %H:%M %Z"),
            "command": command,
            "rounds": rounds,
            "seconds_a_run": seconds,
            "load_before": round(os.getloadavg()[0], 2),
            "commit": _output("git", "describe", "--always", "--dirty"),
        },
        "machine": {
            "processors": len(os.sched_getaffinity(0)),
            "processor": _from_proc("/proc/cpuinfo", "model name"),
            "memory": _from_proc("/proc/meminfo", "MemTotal"),
            "system": f"{platform.system()} {platform.release()}",
        },
        "versions": {
            "libc": " ".join(platform.libc_ver()),
            "openssl": _output("openssl", "version"),
            "cc": _output(os.environ.get("CC", "cc"), "--version"),
            "rustc": _output("rustc", "--version"),
        },
        "subjects": {},
        "scenarios": [],
    }


def _output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0].strip()
    except OSError:
        return ""


def _from_proc(file, key):
    with open(file) as lines:
        return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")


def add_scenario(document, scenario, runs):
    """Adds the runs of all subjects, and answers the entry."""
    entry = {"name": scenario.name, "title": scenario.title, "group": scenario.group, "headline": scenario.headline,
             "figures": list(scenario.figures), "main": scenario.main_figure, "subjects": {}}
    for subject, of_subject in runs.items():
        good = [run for run in of_subject if "error" not in run]
        for run in good:
            if "who" in run:
                document["subjects"][subject] = " ".join(run["who"].split()[:3 if "Paho" in run["who"] else 2])
        figures = {name: _short(statistics.median(run[name] for run in good)) for name in good[0] if name != "who"} if good else {}
        result = {"median": figures, "runs": [run.get(scenario.main_figure) for run in of_subject]}
        errors = [run["error"] for run in of_subject if "error" in run]
        if errors:
            result["error"] = errors[0]
        ratio = _ratio(of_subject, runs.get(BASE, []), scenario.main_figure)
        if ratio is not None and subject != BASE:
            result["ratio"] = ratio
        entry["subjects"][subject] = result
    document["scenarios"].append(entry)
    return entry


def _ratio(runs, base, figure):
    """The median of the ratios of each round: what disturbed a round disturbed both."""
    pairs = ((run.get(figure), other.get(figure)) for run, other in zip(runs, base))
    ratios = [mine / theirs for mine, theirs in pairs if mine and theirs]
    return _short(statistics.median(ratios)) if ratios else None


def _short(value):
    """Five digits say more than any of these figures is good for."""
    return float(f"{value:.5g}")


def add_counts(entry, subject, counts):
    """Keeps the counts of one message, and where most of its instructions are."""
    result = entry["subjects"].setdefault(subject, {"median": {}, "runs": []})
    result["counts"] = {name: round(value, 4) for name, value in counts.items() if not name.startswith(FUNCTION)}
    result["functions"] = top_functions(counts)


def failures(document):
    """What went wrong with the library that this is all about; the others may have their own reasons."""
    scenarios = ((entry["name"], entry["subjects"].get(BASE, {})) for entry in document["scenarios"])
    return [f"{name}: {result['error']}" for name, result in scenarios if "error" in result]


def unmeasured(document):
    """The scenarios of which a document has no times."""
    measured = {entry["name"] for entry in document["scenarios"] if entry["subjects"].get(BASE, {}).get("median")}
    return [scenario.name for scenario in scenarios() if scenario.name not in measured]


def write(document, file):
    """One line for each subject of a scenario, so that a difference can be read."""
    head = {name: value for name, value in document.items() if name != "scenarios"}
    lines = []
    for entry in document["scenarios"]:
        about = {name: value for name, value in entry.items() if name != "subjects"}
        subjects = ",\n".join(f"    {json.dumps(name)}: {json.dumps(result)}" for name, result in entry["subjects"].items())
        lines.append(f'  {json.dumps(about)[:-1]}, "subjects": {{\n{subjects}}}}}')
    text = json.dumps(head, indent=1)[:-2] + ',\n "scenarios": [\n' + ",\n".join(lines) + "\n ]\n}\n"
    json.loads(text)
    file.write_text(text)
