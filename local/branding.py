"""How a client's pages look, set by whoever runs Daybook: what `PATCH .../branding` does, from files."""

from __future__ import annotations

import argparse
import base64
from pathlib import Path

from daybook.domain.errors import BadRequest
from daybook.services.change_branding import change_branding
from daybook.services.runtime import SystemClock, TimeOrderedIds, over
from daybook.store.table import Table
from daybook.wire.branding import read_branding_changes

_DEFAULT = "default"


def describe(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("client_id")
    command.add_argument("--name", help="what the pages call the client")
    command.add_argument("--colour", dest="primaryColour", help="the colour of buttons and links: #0a7c66")
    for image in ("logo", "icon"):
        command.add_argument(f"--{image}", help="a PNG, JPEG, WebP or SVG file of at most 100 kB")
    command.epilog = f"Give `{_DEFAULT}` instead of a value to have ours again."


def set_branding(table: Table, asked: argparse.Namespace) -> str:
    """Set what is asked; what is in force then, for a person. Raises NotFound, SystemExit."""
    body = {
        name: None if value == _DEFAULT else _read(value) if name in ("logo", "icon") else value
        for name in ("name", "primaryColour", "logo", "icon")
        if (value := getattr(asked, name)) is not None
    }
    clock = SystemClock()
    try:
        changes = read_branding_changes(body)
    except BadRequest as refused:
        raise SystemExit(f"daybook: {refused.message}") from None
    made = change_branding(over(table, clock, TimeOrderedIds(clock)), asked.client_id, changes, "")
    images = [name for name, image in (("a logo", made.logo), ("an icon", made.icon)) if image]
    return f"{made.name}, {made.primary_colour}, {' and '.join(images) or 'no images'}"


def _read(path: str) -> str:
    try:
        return base64.b64encode(Path(path).read_bytes()).decode()
    except OSError as failed:
        raise SystemExit(f"daybook: {path} cannot be read: {failed.strerror}") from None
