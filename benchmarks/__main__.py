"""Measures everything again and writes the figures into their pages.

    python -m benchmarks performance [part ...]      docs/performance.md
    python -m benchmarks scale [part ...]            docs/scale.md

Each part is a process of its own, whose figures take the place of those between `<!-- part -->` and
`<!-- end -->`. What the pages say beside the figures is written by hand.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measuring import machine

ROOT = Path(__file__).resolve().parent.parent
PARTS = {
    "performance": {
        "projection": ["benchmarks.projection"],
        "ingest": ["benchmarks.ingest"],
        "cold_start": ["benchmarks.cold_start"],
        "units": ["benchmarks.units"],
        "units_at_once": ["benchmarks.units", "1000", "1"],
        "costs": ["benchmarks.costs"],
        "calls": ["benchmarks.calls"],
    },
    "scale": {"model": ["benchmarks.scale"], "check": ["benchmarks.scale_check"]},
}


def main() -> None:
    """Measure the parts of a page and write it."""
    page, *wanted = sys.argv[1:]
    path = ROOT / "docs" / f"{page}.md"
    for part in wanted or PARTS[page]:
        began = f"{datetime.now(UTC):%d %B %Y}, {machine()}."
        print(f"{page}: {part} ...", flush=True)
        figures = measured(PARTS[page][part])
        command = "python -m " + " ".join(PARTS[page][part])
        text = f"{figures}\n\nMeasured with `{command}`, {began}"
        path.write_text(written(path.read_text("utf-8"), part, text), "utf-8")
        print(text, flush=True)


def measured(command: list[str]) -> str:
    """What a part prints, a table or as it stands."""
    done = subprocess.run(  # noqa: S603 - a benchmark of this folder
        [sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    figures = done.stdout.strip()
    return figures if "| --- |" in figures else f"```text\n{figures}\n```"


def written(page: str, part: str, figures: str) -> str:
    """The page with other figures in one place."""
    place = re.compile(rf"(<!-- {part} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not place.search(page):
        raise ValueError(f"the page has no place for {part}")
    return place.sub(lambda found: f"{found[1]}{figures}\n{found[2]}", page)


if __name__ == "__main__":
    main()
