"""Pages called by hand: what a browser sends, and what only an attacker would."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Answered:
    """An answer to a browser."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    html: str

    @property
    def location(self) -> str:
        """Where it sends the browser, "" for nowhere."""
        return self.headers.get("location", "")

    @property
    def csrf(self) -> str:
        """The token of its forms."""
        found = _CSRF.search(self.html)
        assert found, f"no form on this page: {self.status} {self.html[:500]}"
        return found[1]


@dataclass
class Caller:
    """Holds cookies by name, whatever their path says, and follows nothing."""

    origin: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answered:
        """Ask for a page, by its URL or its path on this host."""
        return self.call("GET", url, b"", headers or {})

    def post(self, url: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answered:
        """Send a form as a page of ours does; `headers` replace what a browser says of that."""
        own = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self.origin,
            "Sec-Fetch-Site": "same-origin",
        }
        return self.call("POST", url, urlencode(fields).encode(), own | dict(headers or {}))

    def call(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Send one request."""
        target = urlsplit(url)
        path = f"{target.path}?{target.query}" if target.query else target.path
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=60)
        try:
            sent = {"Accept": "text/html", **({"Cookie": cookie} if cookie else {}), **headers}
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            html = answer.read().decode()
        finally:
            connection.close()
        cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        for each in cookies:
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answered(answer.status, found, cookies, html)
