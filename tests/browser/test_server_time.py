"""How long the server takes for a page, beside a function that only answers."""

from __future__ import annotations

import re
import time
from statistics import median
from typing import Any

from local.api_client import Client
from tests.browser.merchants import open_cafe
from tests.browser.partner import Partner
from tests.browser.visitor import TALLY
from tests.e2e.web_calls import Caller

ROUNDS = 15
FLOW_PAGES = ("sales", "fees", "payments", "schedule", "settings", "accounting", "books")
PORTAL_PAGES = ("dashboard", "syncs", "companies", "companies/{company}", "companies/{company}/syncs/{sync}")


def test_a_page_takes_little_longer_than_a_bare_function(client: Client, deployed: dict[str, Any]) -> None:
    cafe = open_cafe(client)
    caller = Caller(deployed["endpointUrl"])
    assert caller.get(Partner(client).invite(cafe.company_id).url).status == 303
    assert caller.get(client.post("/portal/links", {"locale": "en-us"})["url"]).status == 303
    flow = f"{client.url}/flow/{cafe.company_id}"
    pages = {f"flow/{name}": f"{flow}/{name}" for name in FLOW_PAGES}
    for name in PORTAL_PAGES:
        path = name.format(company=cafe.company_id, sync=cafe.sync_id)
        pages[f"portal/{name}"] = f"{client.url}/portal/{path}"
    first = caller.get(pages["flow/settings"])
    style = re.search(r'href="([^"]+/page\.css)"', first.html)
    assert style
    taken: dict[str, list[float]] = {"bare": [], **{name: [] for name in pages}}
    for _ in range(ROUNDS):
        for name, url in {"bare": style[1], **pages}.items():
            started = time.perf_counter()
            assert caller.get(url).status == 200
            taken[name].append((time.perf_counter() - started) * 1000)
    middle = {name: median(each) for name, each in taken.items()}
    slowest = max(middle, key=lambda name: middle[name])
    TALLY.lines.append(
        f"server time, median of {ROUNDS}: {middle.pop('bare'):.0f} ms for a bare function; "
        + ", ".join(f"{name} {each:.0f}" for name, each in sorted(middle.items(), key=lambda item: item[1]))
    )
    assert slowest
