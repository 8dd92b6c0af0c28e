"""Companies and their connections, as requests and as answers."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from daybook.domain.errors import BadRequest, Problem
from daybook.wire.formats import ConnectionStatus, SourceType, Url, UtcTime, Uuid
from daybook.wire.models import Model

LONGEST_NAME = 255
LONGEST_KEY = 100
_SIGNS = frozenset(" -'&@.,?!")


def clean_name(name: str) -> str:
    """Keep letters, digits, spaces and `- ' & @ . , ? !` of a company's name.

    Raises ValueError when nothing but spaces is left (specification: api, create company).
    """
    # NFC, so that an accent typed as a character of its own stays with its letter.
    kept = (
        sign
        for sign in unicodedata.normalize("NFC", name)
        if sign in _SIGNS or unicodedata.category(sign)[0] in "LM" or sign.isdecimal()
    )
    cleaned = "".join(kept).strip()
    if not any(sign.isalnum() for sign in cleaned):
        raise ValueError("must hold at least one letter or digit")
    return cleaned


Name = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(clean_name)]
Description = Annotated[str, Field(max_length=4000)]
Tag = Annotated[str, Field(max_length=100)]
Tags = Annotated[dict[Tag, Tag], Field(max_length=100)]


class CompanyRequest(Model):
    """A new company, or all that can be said of one in a replacement."""

    name: Name
    description: Description | None = None
    tags: Tags = Field(default_factory=dict)


class CompanyUpdate(Model):
    """What to change of a company; what is left out stays."""

    name: Name | None = None
    description: Description | None = None
    tags: Tags | None = None


class ConnectionUpdate(Model):
    """Unlinking a connection: nothing else can be changed of it."""

    status: Literal["Unlinked"] | None = None


class Authorization(Model):
    """What Sandbox books lets one choose; every other property is ignored."""

    base_currency: Annotated[str, Field(pattern="^[A-Za-z]{3}$")] | None = None
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    country: Annotated[str, Field(pattern="^[A-Za-z]{2,3}$")] | None = None


class DataConnectionError(Model):
    """Why a connection does not work; `status_code` is a text although it looks like a number."""

    status_code: str
    status_text: str
    error_message: str
    errored_on_utc: UtcTime
    status: Literal["Active", "Resolved"] = "Active"
    resolved_on_utc: UtcTime | None = None


class Connection(Model):
    """A company's connection to a platform. The published clients need every one of the texts."""

    id: Uuid
    integration_id: Uuid
    integration_key: str
    source_id: Uuid
    source_type: SourceType
    platform_name: str
    link_url: Url
    status: ConnectionStatus
    created: UtcTime
    last_sync: UtcTime | None = None
    data_connection_errors: list[DataConnectionError] = Field(default_factory=list)
    connection_info: dict[str, str] = Field(default_factory=dict)


class Company(Model):
    """A company with its connections."""

    id: Uuid
    name: str
    description: str | None
    redirect: Url
    created: UtcTime
    created_by_user_name: str | None
    last_sync: UtcTime | None
    tags: dict[str, str]
    products: list[str] = Field(default_factory=lambda: ["sync-for-commerce"])
    owner_user_ids: list[str] = Field(default_factory=list)
    reference_parent_company: None = None
    reference_subsidiary_companies: list[str] = Field(default_factory=list)
    data_connections: list[Connection]


def read_platform_key(body: object) -> str:
    """The platform key of a new connection: `{"platformKey": ...}`, `{"key": ...}` or a bare JSON string.

    Raises BadRequest.
    """
    key = body
    if isinstance(body, dict):
        key = body.get("platformKey") or body.get("key")
    if isinstance(key, str) and 0 < len(key.strip()) <= LONGEST_KEY:
        return key.strip().lower()
    message = 'Name the platform, for example {"platformKey": "gbol"}.'
    raise BadRequest(message, [Problem("$.platformKey", message, "required")])
