"""API keys, as requests and as answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from daybook.wire.formats import UtcTime, Uuid
from daybook.wire.models import Model

LONGEST_NAME = 100


def clean_name(name: str) -> str:
    """A name without spaces around it. Raises ValueError for one that nobody could read."""
    cleaned = name.strip()
    if not cleaned or not cleaned.isprintable():
        raise ValueError("must hold something to read, and no control characters")
    return cleaned


class KeyRequest(Model):
    """A key to be made; its name tells where it is used."""

    name: Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(clean_name)]


class ApiKey(Model):
    """A key, without the key itself."""

    id: Uuid
    name: str
    created: UtcTime


class NewApiKey(ApiKey):
    """A key that was just made. `api_key` is shown this once: it is not kept."""

    api_key: str
