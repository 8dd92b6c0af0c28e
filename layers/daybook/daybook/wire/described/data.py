"""What is known of a merchant at the source of their sales."""

from __future__ import annotations

from typing import Any

from daybook.wire.described.base import Described
from daybook.wire.formats import UtcTime


class SourceInfo(Described):
    """The merchant as the source of the commerce data knows them."""

    company_name: str
    company_legal_name: str
    commerce_platform_ref: str
    addresses: list[dict[str, Any]]
    phone_numbers: list[dict[str, Any]]
    web_links: list[dict[str, Any]]
    account_balances: list[dict[str, Any]]
    created_date: UtcTime
    modified_date: UtcTime
    time_zone: str
