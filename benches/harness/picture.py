"""The headline figures as an SVG: one row for each kind of work, on a logarithmic scale of processor time per message."""

from math import ceil, floor, log10
from xml.sax.saxutils import escape

from .table import number

WIDTH, LEFT, RIGHT, TOP, ROW = 860, 300, 700, 84, 30
MARKS = {  # subject: how it is drawn, what it is called
    "socket": ("ceiling", "plain socket, no library"),
    "ours": ("ours", "libmosquitto-rs"),
    "paho": ("paho", "Paho C (the faster client)"),
    "2.0.11": ("theirs", "libmosquitto 2.0.11"),
}
# The picture brings its own background, so that it can be read on any page; dark where the reader prefers that.
STYLE = """
  .page { fill: #ffffff; stroke: #d0d7de; } text { font: 13px sans-serif; fill: #1f2328; }
  .title { font-weight: bold; font-size: 15px; } .dim { fill: #59636e; font-size: 12px; }
  .grid { stroke: #d8dee4; } .span { stroke: #afb8c1; stroke-width: 2; }
  .ours { fill: #0969da; } .theirs { fill: #cf5b00; } .paho { fill: #8250df; } .ceiling { fill: #ffffff; stroke: #57606a; stroke-width: 2; }
  .times { font-weight: bold; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; stroke: #30363d; } text { fill: #e6edf3; } .dim { fill: #9198a1; }
    .grid { stroke: #21262d; } .span { stroke: #484f58; }
    .ours { fill: #4493f8; } .theirs { fill: #f0883e; } .paho { fill: #ab7df8; } .ceiling { fill: #0d1117; stroke: #9198a1; }
  }"""


def figures(entry):
    """Processor time per message by subject; of the two clients of Paho the faster one."""
    of = {name: result["median"].get("processor_us") for name, result in entry["subjects"].items()}
    paho = [of[name] for name in ("paho-async", "paho-sync") if of.get(name)]
    of["paho"] = min(paho) if paho else None
    return {name: of[name] for name in MARKS if of.get(name)}


def picture(document):
    entries = [entry for entry in document["scenarios"] if entry["headline"] and entry["group"] != "large"]
    values = [value for entry in entries for value in figures(entry).values()]
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    bottom = TOP + ROW * len(entries)

    def x(value):
        return LEFT + (RIGHT - LEFT) * (log10(value) - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 44}" width="{WIDTH}" height="{bottom + 44}" role="img">',
        "<title>Processor time per message: libmosquitto-rs, libmosquitto 2.0.11, Paho C, and a plain socket</title>",
        f"<style>{STYLE}\n</style>",
        f'<rect class="page" x="0.5" y="0.5" width="{WIDTH - 1}" height="{bottom + 43}" rx="8"/>',
        '<text class="title" x="20" y="30">Processor time per message, µs (logarithmic; left is better)</text>',
    ]
    at = 20
    for kind, name in MARKS.values():
        parts.append(_mark(kind, at + 6, 52) + f'<text class="dim" x="{at + 17}" y="56">{escape(name)}</text>')
        at += 40 + 7 * len(name)
    parts.append(f'<text class="dim" x="{WIDTH - 20}" y="56" text-anchor="end">2.0.11 ÷ ours</text>')
    for power in range(low, high + 1):
        at = x(10.0**power)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 14}" y2="{bottom}"/>')
        parts.append(f'<text class="dim" x="{at:.1f}" y="{bottom + 18}" text-anchor="middle">{10.0**power:g} µs</text>')
    for i, entry in enumerate(entries):
        parts.extend(_row(entry, x, TOP + ROW * i + 6))
    made, machine = document["made"], document["machine"]
    parts.append(f'<text class="dim" x="20" y="{bottom + 34}">{escape(machine["processor"])}, {machine["processors"]} processors, '
                 f'{escape(made["date"][:10])}</text></svg>')
    return "\n".join(parts) + "\n"


def _row(entry, x, y):
    row = figures(entry)
    yield f'<text x="20" y="{y + 4}">{escape(entry["title"])}</text>'
    yield f'<line class="span" x1="{x(min(row.values())):.1f}" x2="{x(max(row.values())):.1f}" y1="{y}" y2="{y}"/>'
    for name, value in row.items():
        tip = f"<title>{escape(MARKS[name][1])}: {value:.3g} µs</title>"
        yield f"<g>{tip}{_mark(MARKS[name][0], x(value), y)}</g>"
    ratio = entry["subjects"].get("2.0.11", {}).get("ratio")
    if ratio:
        yield f'<text class="times" x="{WIDTH - 20}" y="{y + 4}" text-anchor="end">{number(ratio)}×</text>'


def _mark(kind, x, y):
    radius = 4.5 if kind == "ceiling" else 6
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y}" r="{radius}"/>'
