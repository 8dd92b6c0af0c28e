"""What the operations of the API's own description answer."""

from __future__ import annotations

from typing import Any

from describing import Described, Media, Tag
from description import app

OPERATIONS = {
    app.get_description: Described(Tag.DESCRIPTION, answer=dict[str, Any], keyless=True),
    app.read_documentation: Described(
        Tag.DESCRIPTION, answer=Media("text/html; charset=utf-8"), keyless=True
    ),
}
