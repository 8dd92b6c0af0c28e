"""`python -m local.openapi`: writes the API's description from the code to where it is served from."""

from __future__ import annotations

import json
from pathlib import Path

from local.openapi.document import document_of
from local.openapi.operations import ROOT, all_events, all_operations
from local.openapi.page import page_of

TARGET = ROOT / "functions" / "description"


def files() -> dict[Path, str]:
    """What the files should hold, by path."""
    document = document_of(all_operations(), all_events())
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return {TARGET / "openapi.json": text + "\n", TARGET / "docs.html": page_of(document)}


def main() -> None:
    """Write them and say what they hold."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(text.encode()) // 1024} KB")


if __name__ == "__main__":
    main()
