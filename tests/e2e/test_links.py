"""`make pages` prints links that lead somewhere."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from local.api_client import Client
from local.pages import links
from tests.browser.merchants import open_cafe


def test_each_link_opens_a_session(client: Client) -> None:
    cafe = open_cafe(client)
    client.post("/companies", {"name": "No books yet"})
    found = links(client)
    assert cafe.company_id in found[1][1]
    for _, url in found:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        assert answer.status == 303
        assert "HttpOnly" in str(answer.getheader("Set-Cookie"))
