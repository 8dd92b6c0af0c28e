"""Where a merchant may be sent back to when the flow is done (specification: flow and portal)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

# Programs disagree on what a backslash, a space or a control character in a URL means: one of them would read
# another host than we do. Anything beyond ASCII comes percent-encoded (a host in its xn-- form), and a host
# is a name, not an IPv6 address.
_PLAIN = re.compile(r"[!#-;=?-Z_a-z~]+")
LONGEST_URL = 2048


def may_redirect(url: str, allowed_hosts: Iterable[str]) -> bool:
    """Whether this is an absolute http or https URL without user name, to one of these hosts.

    A host allowed without a port is allowed with any; one with a port only with that.
    """
    if len(url) > LONGEST_URL or not _PLAIN.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return False
    allowed = {each.lower() for each in allowed_hosts}
    return host in allowed or f"{host}:{port or _default_port(parts.scheme)}" in allowed


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
