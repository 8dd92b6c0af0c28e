"""Functions are given the settings they read, and no others."""

from __future__ import annotations

import pathlib
import re

from samcli.yamlhelper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Read by packages we use: aws-lambda-powertools, pydantic.
READ_BY_PACKAGES = {"LOG_LEVEL", "POWERTOOLS_SERVICE_NAME", "PYDANTIC_DISABLE_PLUGINS"}
QUEUES = {
    "INGEST_QUEUE_URL",
    "SYNC_QUEUE_URL",
    "PUSH_QUEUE_URL",
    "ERASE_QUEUE_URL",
    "NOTIFY_QUEUE_URL",
    "DELIVER_QUEUE_URL",
}


def settings_read() -> set[str]:
    sources = [path for folder in ("functions", "layers/daybook") for path in (ROOT / folder).rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    read = set(re.findall(r'\bsetting\("([A-Z_]+)"\)', text))
    return read | set(re.findall(r'\bos\.environ(?:\.get\(|\[)"([A-Z_]+)"', text))


def test_the_template_gives_what_is_read_and_no_more() -> None:
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    own = [resource.get("Properties", {}) for resource in template["Resources"].values()]
    given = {
        name
        for properties in (template["Globals"]["Function"], *own)
        for name in properties.get("Environment", {}).get("Variables", {})
    }
    assert given == settings_read() | QUEUES | READ_BY_PACKAGES
