"""Accounting platforms, one module each, behind the interface of `interface.py`.

Adding a platform: its module with a function `connect`, and its line in PLATFORMS.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from daybook.domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daybook.platforms.interface import Platform
    from daybook.platforms.sandbox.books import LedgerStore

SANDBOX = "mqjo"

# The platform key of an integration, and the module that speaks to it. Modules are imported on first use:
# a function that talks to one platform does not pay for the others at every cold start.
PLATFORMS: Mapping[str, str] = MappingProxyType({SANDBOX: "daybook.platforms.sandbox"})


@dataclass(frozen=True, slots=True)
class Access:
    """What it takes to reach one merchant's books; each platform uses its own part of it.

    `ledger` is where Sandbox books keeps the merchant's ledger.
    """

    company_id: str
    connection_id: str
    ledger: LedgerStore | None = None


def connect(platform_key: str, access: Access) -> Platform:
    """The platform behind a connection. Raises NotFound for a key without a module."""
    module = PLATFORMS.get(platform_key)
    if module is None:
        raise NotFound(f"Accounting platform {platform_key}")
    platform: Platform = import_module(module).connect(access)
    return platform
