"""How a client's pages look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.domain.branding import Brand
from daybook.store import clients

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime

DAYBOOK = Brand("Daybook")


def brand_of(runtime: Runtime, client_id: str) -> Brand:
    """What a client's pages show of it; our own name where no client is known."""
    return Brand(clients.get(runtime.table, client_id).name) if client_id else DAYBOOK
