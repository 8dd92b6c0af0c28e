"""Accounting platforms, one module or package each, behind the interface of `interface.py`.

Adding a platform: its module, and its line in PLATFORMS. A module has a function `connect(access)`; one whose
platform merchants authorise by OAuth 2 also has `OAUTH` (see `oauth.py`), `CALLS_A_MINUTE`, and a function
`tenants(url, token, parameters)` that lists the organisations a new consent reaches.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from daybook.domain.errors import NotFound
from daybook.frozen import frozen
from daybook.platforms.access import Access

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from daybook.platforms.interface import Platform
    from daybook.platforms.oauth import OAuth, Tenant

    class AuthorisedPlatform(Protocol):
        """The module of a platform that merchants authorise by OAuth 2."""

        OAUTH: OAuth
        CALLS_A_MINUTE: int

        def tenants(self, url: str, token: str, parameters: Mapping[str, str]) -> Sequence[Tenant]:
            """The organisations a consent reaches. `url` as in Access; `parameters` of the way back."""
            ...


__all__ = ["PLATFORMS", "SANDBOX", "Access", "Registered", "authorised", "connect"]

SANDBOX = "mqjo"


@frozen
class Registered:
    """A platform: its published key and name, the colour of its tile, and the module that speaks to it."""

    key: str
    name: str
    colour: str
    module: str


# Modules are imported on first use: a function that talks to one platform does not pay for the others at
# every cold start.
PLATFORMS: Mapping[str, Registered] = MappingProxyType(
    {
        each.key: each
        for each in (
            Registered(SANDBOX, "Sandbox books", "#3f5f4a", "daybook.platforms.sandbox"),
            Registered("gbol", "Xero", "#2b6f8f", "daybook.platforms.xero"),
            Registered("qhyg", "QuickBooks Online", "#2f6b34", "daybook.platforms.quickbooks"),
            Registered("fbrh", "FreeAgent", "#4a5a8a", "daybook.platforms.freeagent"),
        )
    }
)


def connect(platform_key: str, access: Access) -> Platform:
    """The platform behind a connection. Raises NotFound for a key without a module."""
    platform: Platform = import_module(_registered(platform_key).module).connect(access)
    return platform


def authorised(platform_key: str) -> AuthorisedPlatform:
    """How merchants authorise a platform. Raises NotFound for one that they do not."""
    module = import_module(_registered(platform_key).module)
    if not hasattr(module, "OAUTH"):
        raise NotFound(f"Authorisation of {platform_key}")
    found: AuthorisedPlatform = module
    return found


def _registered(platform_key: str) -> Registered:
    registered = PLATFORMS.get(platform_key)
    if registered is None:
        raise NotFound(f"Accounting platform {platform_key}")
    return registered
