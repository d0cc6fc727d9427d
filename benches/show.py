#!/usr/bin/env python3
"""Shows results: as tables, and in the documents of this project.

  show.py table FILE     prints all tables of a results.json
  show.py record FILE    keeps it as benches/results/latest.json, and writes what is made from it anew: docs/performance.svg and
                         the parts of README.md and docs/performance.md between `<!-- bench: NAME -->` and `<!-- /bench -->`
  show.py check          fails if one of these is not what latest.json makes
"""

import json
import re
import sys
from pathlib import Path

from harness import results, table
from harness.picture import picture

ROOT = Path(__file__).resolve().parent.parent
LATEST = ROOT / "benches/results/latest.json"
PICTURE = ROOT / "docs/performance.svg"
DOCUMENTS = (ROOT / "README.md", ROOT / "docs/performance.md")
PART = re.compile(r"(<!-- bench: (\w+) -->\n).*?(<!-- /bench -->)", re.DOTALL)


def about(document):
    """Machine, versions and command, as a list."""
    made, machine, versions = document["made"], document["machine"], document["versions"]
    measured = ", ".join(f"{name} = {who}" for name, who in document["subjects"].items() if name != "socket")
    return "\n".join([
        f"- Measured {made['date']} at commit {made['commit']} by `{made['command']}`: {made['rounds']} rounds of all libraries in "
        f"turn, {made['seconds_a_run']:g} s a run; load of the machine before: {made['load_before']:g}.",
        f"- Machine: {machine['processor']}, {machine['processors']} processors, {machine['memory']} of memory, {machine['system']}.",
        f"- Versions: {versions['libc']}, {versions['openssl']}, {versions['cc']}, {versions['rustc']}.",
        f"- Libraries: {measured}.",
    ])


def parts(document):
    """What can stand between the marks."""
    return {
        "headline": table.markdown(table.headline_table(document)),
        "about": about(document),
        "tables": table.whole(document, table.markdown),
    }


def made_from(document):
    """Every file that is made from a document, with its contents."""
    texts = parts(document)
    made = {PICTURE: picture(document)}
    for file in DOCUMENTS:
        made[file] = PART.sub(lambda part: f"{part[1]}{texts[part[2]]}\n{part[3]}", file.read_text())
    return made


def main(arguments):
    match arguments:
        case ["table", file]:
            print(table.whole(json.loads(Path(file).read_text()), table.aligned))
        case ["record", file]:
            document = json.loads(Path(file).read_text())
            missing = results.unmeasured(document)
            if missing:
                sys.exit(f"only a whole `make bench` is kept; not measured in {file}: {', '.join(missing)}")
            results.write(document, LATEST)
            for made, text in made_from(document).items():
                made.write_text(text)
        case ["check"]:
            made = made_from(json.loads(LATEST.read_text()))
            stale = [str(file.relative_to(ROOT)) for file, text in made.items() if not file.exists() or file.read_text() != text]
            if stale:
                sys.exit(f"not what benches/results/latest.json makes: {', '.join(stale)}; run `make bench-record`")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
