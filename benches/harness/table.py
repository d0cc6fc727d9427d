"""Tables of a result document, as text for a terminal or as Markdown."""

from .scenarios import GROUPS

HEADINGS = {
    "messages_s": "messages/s", "processor_us": "µs", "p50_us": "p50 µs", "p99_us": "p99 µs", "p999_us": "p99.9 µs",
    "connected": "connected", "kb": "KB", "descriptors": "descriptors", "threads": "threads", "connect_us": "µs to connect",
    "wake_ups_s": "wake-ups/s", "n": "messages", "queue_us": "µs to queue", "deliver_us": "µs to deliver",
    "bytes": "bytes beside topic and payload",
}
COUNTS = {
    "instructions": "instructions", "system_calls": "system calls", "heap_calls": "heap calls", "heap_bytes": "heap bytes",
    "mutex_locks": "mutex locks", "atomic_instructions": "atomic instructions",
}
PROFILED = ("pub.q0.16.loop", "sub.q0.16.forever", "pub.q1.16.loop", "sub.q1.16.forever")
ORDER = ("ours", "2.0.11")
LAST = ("paho-async", "paho-sync", "socket")


def number(value):
    if value is None:
        return ""
    if abs(value) >= 1e6:
        return f"{value / 1e6:.3g} M" if value < 1e9 else f"{value / 1e6:.0f} M"
    if abs(value) >= 1e4:
        return f"{value / 1e3:,.0f} k"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.2g}" if abs(value) < 1 else f"{value:.3g}"


def subjects_of(entries):
    """The subjects in the order of columns: ours, the distribution's, others, Paho, the socket."""
    names = {name for entry in entries for name in entry["subjects"]}
    middle = sorted(names.difference(ORDER, LAST))
    return [name for name in (*ORDER, *middle, *LAST) if name in names]


def cell(entry, subject):
    """The figures of one subject, and how many times ours it takes."""
    result = entry["subjects"].get(subject)
    if result is None:
        return ""
    if not result["median"]:
        return "failed"
    text = " · ".join(number(result["median"].get(figure)) for figure in entry["figures"])
    if "ratio" in result and entry["group"] not in ("clients", "backlog"):
        text += f" ({number(result['ratio'])}×)"
    return text + (" (errors)" if "error" in result else "")


def group_table(document, group):
    """Rows of one group: a heading, then a row for each scenario."""
    entries = [entry for entry in document["scenarios"] if entry["group"] == group]
    entries = [entry for entry in entries if any(result["runs"] for result in entry["subjects"].values())]  # not only counted
    if not entries:
        return []
    subjects = subjects_of(entries)
    # A table of its own for each scenario would be long, one with six figures in a cell wide: the long form has a row for each.
    if len(entries[0]["figures"]) > 3:
        rows = [["", "library", *(HEADINGS[figure] for figure in entries[0]["figures"])]]
        for entry in entries:
            for subject in subjects_of([entry]):
                result = entry["subjects"][subject]
                figures = [number(result["median"].get(figure)) for figure in entry["figures"]]
                rows.append([entry["title"], subject, *figures] if result["median"] else [entry["title"], subject, "failed"])
        return rows
    rows = [[" · ".join(HEADINGS[figure] for figure in entries[0]["figures"]), *subjects]]
    return rows + [[entry["title"], *(cell(entry, subject) for subject in subjects)] for entry in entries]


def count_table(document):
    rows = [["each message", "library", *COUNTS.values()]]
    for entry in document["scenarios"]:
        for subject in subjects_of([entry]):
            counts = entry["subjects"][subject].get("counts")
            if counts:
                cells = (f"{counts[name]:.0f}" if abs(counts.get(name, 0)) >= 100 else number(round(counts[name], 3))
                         if name in counts else "" for name in COUNTS)
                rows.append([entry["title"], subject, *cells])
    return rows if len(rows) > 1 else []


def function_tables(document):
    """Where the instructions of a message are: for each scenario a title and rows, ours beside 2.0.11."""
    for entry in document["scenarios"]:
        of = [entry["subjects"].get(subject, {}).get("functions", []) for subject in ORDER]
        if not of[0] or entry["name"] not in PROFILED:
            continue
        rows = [["ours", "instructions", "2.0.11", "instructions"]]
        for i in range(max(map(len, of))):
            rows.append([text for functions in of for text in _function_cells(functions[i:i + 1])])
        yield entry["title"], rows


def _function_cells(functions):
    return (f"`{functions[0][0]}`", f"{functions[0][1]:.0f}") if functions else ("", "")


def headline_table(document):
    """The few rows for the README."""
    rows = [["work", "2.0.11 ÷ ours", "Paho C ÷ ours", "ours, µs", "plain socket, µs"]]
    for entry in document["scenarios"]:
        if not entry["headline"]:
            continue
        results = entry["subjects"]
        paho = [results[name]["ratio"] for name in ("paho-async", "paho-sync") if results.get(name, {}).get("ratio")]
        rows.append([entry["title"], number(results.get("2.0.11", {}).get("ratio")), number(min(paho)) if paho else "",
                     *(number(results.get(name, {}).get("median", {}).get("processor_us")) for name in ("ours", "socket"))])
    return rows


def markdown(rows):
    if not rows:
        return ""
    lines = ["| " + " | ".join(cells + [""] * (len(rows[0]) - len(cells))) + " |" for cells in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def aligned(rows):
    """For a terminal; the first column ends where its longest cell does."""
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(len(rows[0]))]
    return "\n".join("  ".join(value.ljust(width) for value, width in zip(row, widths)).rstrip() for row in rows)


def whole(document, layout):
    """All tables, each with its title; `layout` is markdown or aligned."""
    heading = "### {}\n\n" if layout is markdown else "== {}\n"
    tables = [(title, group_table(document, group)) for group, (title, _) in GROUPS.items()]
    tables.append(("Counts", count_table(document)))
    tables.extend((f"Instructions by function: {title}", rows) for title, rows in function_tables(document))
    return "\n\n".join(heading.format(title) + layout(rows) for title, rows in tables if rows)
