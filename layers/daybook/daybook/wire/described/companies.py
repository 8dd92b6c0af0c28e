"""The bodies with which a connection can be asked for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from daybook.wire.companies import LONGEST_KEY
from daybook.wire.described.base import Described

PlatformKey = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY)]


class NewConnection(Described):
    """The platform to connect to."""

    platform_key: PlatformKey


class OlderNewConnection(Described):
    """The platform to connect to, in an older spelling."""

    key: PlatformKey


PlatformChoice = NewConnection | OlderNewConnection | PlatformKey
