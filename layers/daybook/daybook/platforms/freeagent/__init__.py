"""FreeAgent, through one merchant's connection (docs/platforms/freeagent.md).

Pure: `reading` (what FreeAgent says of a company), `parts` (what is written for a document), `tax` and
`payloads` (how FreeAgent takes that), `answers` (what it says to it), `additions`. Calls: `client`,
`finding`, `writing`. `authorisation` is consent, `books` the platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.platforms.freeagent.authorisation import CALLS_A_MINUTE, OAUTH, tenants
from daybook.platforms.freeagent.books import FreeAgentBooks

if TYPE_CHECKING:
    from daybook.platforms import Access

__all__ = ["CALLS_A_MINUTE", "OAUTH", "connect", "tenants"]


def connect(access: Access) -> FreeAgentBooks:
    """The company behind a connection. Raises ValueError when it cannot be reached as it stands."""
    return FreeAgentBooks(access)
