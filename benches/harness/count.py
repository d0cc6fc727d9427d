"""Counts beside times: what a message costs that does not depend on how busy the machine is.

Everything is the difference of two runs of different length, divided by the messages that one has more: connecting, and what
the load program does once, cancel out. What the load program itself does for each message stays in, for all alike.
"""

import os
import re
import shutil
import subprocess

LENGTHS = (2000, 8000)  # messages of the two runs
LENGTHS_OF_OTHERS = (500, 2500)  # that take ten times as many instructions
LIMIT = 300  # seconds; under valgrind all is slow
TOOLS = {"valgrind": "instructions and atomic instructions", "strace": "system calls", "objdump": "atomic instructions"}

# x86 instructions that lock a cache line: with the prefix, or xchg with memory, which needs none.
ATOMIC = re.compile(r"^\s*([0-9a-f]+):\s+(?:lock\b|xchg\s.*\()")


FUNCTION = "in "  # begins the names of counts that are instructions of one function


def _readable(function, file):
    """A function's name without hashes, versions and what can be guessed; what has no symbol goes by its file."""
    if function.startswith(("0x", "???")) or not function:
        return f"(no symbol) in {os.path.basename(file).split('.so')[0]}"
    function = re.sub(r"(::h[0-9a-f]{16}|@@?[A-Z_0-9.]+|'\d+)$", "", function)
    function = re.sub(r"<(?:impl )?[\w:]*?(\w+)(?: as [\w:]+)?>", r"\1", function)  # <impl a::B>, <a::B as c::D>: B
    return function.removeprefix("mosquitto::")


def top_functions(counts, how_many=10):
    """The functions in which most instructions of a message are, as (name, instructions)."""
    functions = {name.removeprefix(FUNCTION): value for name, value in counts.items() if name.startswith(FUNCTION)}
    most = sorted(functions.items(), key=lambda item: -item[1])[:how_many]
    return [(name, round(value, 1)) for name, value in most if value >= 1]


def missing_tools():
    return {tool: what for tool, what in TOOLS.items() if not shutil.which(tool)}


class Counter:
    """Runs subjects under the tools; several threads may count at a time. Keeps which instructions of a file are atomic."""

    def __init__(self, bench, lengths=None):
        self.bench, self.lengths = bench, lengths
        self.atomic_in = {}

    def count(self, subject, scenario):
        """The counts of one message, by name."""
        counts = {}
        measures = [self._preloaded]
        if shutil.which("strace"):
            measures.append(self._system_calls)
        if shutil.which("valgrind"):
            measures.append(self._instructions)
        lengths = self.lengths or (LENGTHS if subject.program == "client" else LENGTHS_OF_OTHERS)
        more = lengths[1] - lengths[0]
        for measure in measures:
            short, long = (measure(subject, scenario, n) for n in lengths)
            counts.update({name: (long[name] - short.get(name, 0)) / more for name in long})
        return counts

    def _run(self, prefix, subject, scenario, n, **variables):
        command, environment = self.bench.command(subject, scenario, n)
        self.bench.server.place(alone=False)
        environment.update(variables)
        command = [*prefix, *command, f"patience={LIMIT}"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT)
        if done.returncode or '"error"' in done.stdout:
            raise RuntimeError(f"{subject.name}, {scenario.name}: {done.stdout}{done.stderr[-500:]}")

    def _file(self, subject, scenario, tool):
        return self.bench.programs / f"{tool}.{subject.name}.{scenario.name}"

    def _preloaded(self, subject, scenario, n):
        out = self._file(subject, scenario, "counter")
        self._run([], subject, scenario, n, LD_PRELOAD=str(self.bench.programs.resolve() / "counter.so"), COUNTER_FILE=str(out))
        heap_calls, heap_bytes, locks = out.read_text().split()
        return {"heap_calls": int(heap_calls), "heap_bytes": int(heap_bytes), "mutex_locks": int(locks)}

    def _system_calls(self, subject, scenario, n):
        out = self._file(subject, scenario, "strace")
        self._run(["strace", "-f", "-qq", "-c", "-U", "calls,name", "-o", str(out)], subject, scenario, n)
        calls = re.findall(r"^\s*(\d+) (\w+)$", out.read_text(), re.MULTILINE)
        return {"system_calls": sum(int(count) for count, name in calls if name != "total")}

    def _instructions(self, subject, scenario, n):
        """Callgrind's profile with the address of each instruction: all of them, those that are atomic, those of a function."""
        out = self._file(subject, scenario, "callgrind")
        self._run(["valgrind", "--tool=callgrind", "--quiet", "--fair-sched=yes", "--dump-instr=yes", "--compress-pos=no",
                   "--compress-strings=no", f"--callgrind-out-file={out}"], subject, scenario, n)
        counts = {"instructions": 0}
        if shutil.which("objdump"):
            counts["atomic_instructions"] = 0
        file, function, atomic = "", "", set()
        of_call = False
        with open(out) as profile:
            for line in profile:
                if line.startswith("ob="):
                    file = line[3:].strip()
                    atomic = self._atomic_instructions(file)
                elif line.startswith("fn="):
                    function = FUNCTION + _readable(line[3:].strip(), file)
                elif line.startswith("calls="):
                    of_call = True  # the next line is the cost of the function that is called, counted there
                elif line.startswith("0x"):
                    address, _, cost = line.split()[:3]
                    if not of_call:
                        counts["instructions"] += int(cost)
                        counts[function] = counts.get(function, 0) + int(cost)
                        if int(address, 16) in atomic:
                            counts["atomic_instructions"] += int(cost)
                    of_call = False
        return counts

    def _atomic_instructions(self, file):
        if file not in self.atomic_in:
            self.atomic_in[file] = set()
            if os.path.exists(file) and shutil.which("objdump"):
                text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", file], capture_output=True, text=True).stdout
                found = (ATOMIC.match(line) for line in text.splitlines())
                self.atomic_in[file] = {int(match[1], 16) for match in found if match}
        return self.atomic_in[file]
