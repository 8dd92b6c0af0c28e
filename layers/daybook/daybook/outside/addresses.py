"""Which addresses given by somebody else Daybook speaks to: https URLs of hosts on the public internet.

A URL must not lead into the network that Daybook runs in: not by an address, not by a name, and not by a name
that means another address when it is looked up again (specification: sync, events and webhooks).
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from daybook.frozen import frozen

LONGEST_URL = 2048
HTTPS_PORT = 443
_FIRST_UNPRIVILEGED, _LAST_PORT = 1024, 65535
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost"})

# Beyond what Python knows as not global, in every version it runs on (IANA special-purpose registries).
_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; Alibaba Cloud's metadata too
        "168.63.129.16/32",  # Azure's platform service, on every machine
        "192.0.0.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # Teredo and others that wrap an address of another network
        "2001:db8::/32",
        "2002::/16",  # 6to4: wraps any IPv4 address
        "3fff::/20",
    )
)
# Public IPv6 addresses are of this network: not loopback, local, multicast, nor those that wrap IPv4.
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Names that only a private network answers (RFC 6761, RFC 6762, RFC 8375, ICANN's reservation of .internal).
_PRIVATE_NAMES = (
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "home.arpa",
    "onion",
    "invalid",
    "test",
)
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))+")
# How a host is spelt whose last part is a number: browsers and the C library read it as an IPv4 address.
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
_VISIBLE = re.compile(r"[\x21-\x7e]+")


class AddressRefused(Exception):
    """Daybook does not speak to this address; the message says why, for whoever gave it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@frozen
class Target:
    """Where a URL leads: `path` with the query; `is_local` for this machine, admitted for tests only."""

    host: str
    port: int
    path: str
    is_secure: bool = True
    is_local: bool = False


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet, as far as can be told from it."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    if known.version == _GLOBAL_UNICAST.version and known not in _GLOBAL_UNICAST:
        return False
    return known.is_global and not any(known in network for network in _REFUSED)


def read_target(url: str, *, admit_local: bool = False) -> Target:
    """Where a URL leads. Raises AddressRefused for what can be seen from the URL alone.

    `admit_local` also takes http and https to this very machine.
    """
    if len(url) > LONGEST_URL or not _VISIBLE.fullmatch(url) or "\\" in url:
        raise AddressRefused(f"The URL must be at most {LONGEST_URL} visible ASCII characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii").lower().removesuffix(".")
    except (ValueError, UnicodeError):
        raise AddressRefused("The URL cannot be read.") from None
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("The URL must hold no user name and no password.")
    if parts.fragment:
        raise AddressRefused("The URL must hold no fragment (#).")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if admit_local and host in _LOOPBACK_NAMES and parts.scheme in ("http", "https"):
        is_secure = parts.scheme == "https"
        return Target("127.0.0.1", port or (443 if is_secure else 80), path, is_secure, is_local=True)
    if parts.scheme != "https":
        raise AddressRefused("The URL must begin with https://.")
    port = HTTPS_PORT if port is None else port
    if port != HTTPS_PORT and not _FIRST_UNPRIVILEGED <= port <= _LAST_PORT:
        raise AddressRefused(f"The port must be {HTTPS_PORT} or one from {_FIRST_UNPRIVILEGED}.")
    _check_host(host)
    return Target(host, port, path)


def _check_host(host: str) -> None:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        if not is_public(host):
            raise AddressRefused("The URL must lead to a public address.")
        return
    if _NUMBER.fullmatch(host.rpartition(".")[2]) or not _NAME.fullmatch(host):
        raise AddressRefused("The URL must name a host by its full name, for example hooks.example.com.")
    if any(host == name or host.endswith(f".{name}") for name in _PRIVATE_NAMES):
        raise AddressRefused("The URL must lead to a public host, not to one of a private network.")
