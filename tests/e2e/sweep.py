"""Every operation of the API, as the code registers it, and every wrong way to call it.

A path parameter is either an id of `tenants.Tenant.ids`, or has values to choose from that belong to nobody.
An operation with a parameter that is neither stops the sweep: say in `CHOICES` or in the tenant what it is.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import secrets
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import urllib3

from local.openapi.operations import apps
from local.settings import ROOT
from tests.e2e.tenants import Tenant, order

JSON = "application/json"
COMMERCE_TYPES = (
    "orders",
    "payments",
    "transactions",
    "products",
    "locations",
    "taxComponents",
    "paymentMethods",
    "productCategories",
    "customers",
    "disputes",
)
CHOICES: Mapping[str, tuple[str, ...]] = {
    "data_type": COMMERCE_TYPES,
    "kind": ("accounts", "taxRates", "customers", "suppliers", "bankAccounts"),
    "platform_key": ("mqjo",),
    "commerce_key": ("lqai",),
    "accounting_key": ("mqjo",),
    "image": ("full.svg",),
    "number": ("1",),
}
# Operations of the ledger's data are told from those of the partner's own by these words of their paths.
OF_THE_LEDGER = re.compile(r"/data/(?!commerce-)|/push/|/link/|/authorization")
# What needs no key, and why.
KEYLESS = {
    "get_image": "pages of partners show these images",
    "get_description": "says nothing that the source code does not",
    "read_documentation": "says nothing that the source code does not",
    "list_company_links": "leads a merchant to such links; it names platforms, not the company",
    "begin_linking": "a merchant follows this link and has no key; the link names two random ids",
    "come_back": "the accounting software sends the merchant's browser here",
    "choose_organisation": "the form of a page that the merchant sees while linking",
    "follow_link": "as begin_linking, for Sandbox books",
    "link_again": "the form of that page",
}
# What an operation does not answer without.
QUERIES = {
    "get_texts": "?locale=en-us",
    "update_texts": "?locale=en-us",
    "start_flow": "?merchantIdentifier=intruder",
}
NOT_UUIDS = {"record_id"}
DAYS = {"dateRange": {"start": "2026-03-01T00:00:00Z", "finish": "2026-03-03T00:00:00Z"}}
# Bodies are those of the description's examples, so valid: no refusal of a body hides an operation that would
# have been carried out. These are better for what the sweep wants to see.
BODIES: Mapping[str, Any] = {
    "create_company": {"name": "Another shop"},
    "create_company_with_own_data": {"name": "Another shop"},
    "create_connection": {"platformKey": "fbrh"},
    "update_connection": {"status": "Unlinked"},
    "authorise_connection": {"baseCurrency": "GBP"},
    "push_records": [order("intruder")],
    "push_records_to_connection": [order("intruder")],
    "request_latest": None,
    "request_historic": DAYS,
    "request_restate": DAYS,
    "preview_sync": DAYS,
    "update_texts": {},
    "update_visible_accounts": {},
    "create_webhook": {"url": "https://hooks.example.com/daybook", "disabled": True},
    "update_webhook": {"disabled": True},
    "choose_organisation": None,
}


@cache
def examples() -> dict[tuple[str, str], Any]:
    """The description's example bodies, by method and path with its parameters left blank."""
    document = json.loads((ROOT / "functions" / "description" / "openapi.json").read_text(encoding="utf-8"))
    return {
        (method.upper(), re.sub(r"{\w+}", "<>", path)): body["content"][JSON]["example"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
        for body in [operation.get("requestBody", {"content": {}})]
        if "example" in body["content"].get(JSON, {})
    }


@dataclass(frozen=True)
class Operation:
    """One spelling of one operation; `path` names its parameters as `<company_id>`, `body` is a valid one."""

    name: str
    method: str
    path: str
    body: Any = field(default=None, compare=False)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(name for name in re.findall(r"<(\w+)>", self.path) if name not in CHOICES)

    def filled(self, ids: Mapping[str, str]) -> str:
        return re.sub(r"<(\w+)>", lambda found: ids[found[1]], self.path)

    def ids_of(self, tenant: Tenant) -> dict[str, str]:
        """The tenant's ids for this operation. Raises KeyError for a parameter that nobody explained."""
        connection = tenant.ledger if OF_THE_LEDGER.search(self.path) else tenant.commerce
        known = {**tenant.ids, "connection_id": connection}
        return {name: known[name] for name in self.ids}


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    text: str

    def without(self, *texts: str) -> Answer:
        """The answer without what differs each time, and without these texts where it repeats what was sent.

        That is the correlation id, on a page as well, and the word by which a page's style is let through.
        """
        text = re.sub(r'"correlationId":"[^"]*"', '"correlationId":""', self.text)
        text = re.sub(r'nonce="[^"]*"|<p class="hint">[^<]*</p>', "", text)
        for each in texts:
            text = text.replace(each, "<id>")
        return Answer(self.status, self.kind, text)


def operations() -> list[Operation]:
    """Every operation under every spelling, for every value of the parameters that belong to nobody."""
    found = []
    for api in apps().values():
        for route in api.routes:
            for path in route.paths:
                named = [name for name in re.findall(r"<(\w+)>", path) if name in CHOICES]
                for values in itertools.product(*(CHOICES[name] for name in named)):
                    filled = path + QUERIES.get(route.operation.__name__, "")
                    for name, value in zip(named, values, strict=True):
                        filled = filled.replace(f"<{name}>", value)
                    found.append(Operation(route.operation.__name__, route.method, filled, body_of(route)))
    return found


def body_of(route: Any) -> Any:
    """A body that the operation takes."""
    name = route.operation.__name__
    if name in BODIES:
        return BODIES[name]
    return examples().get((route.method, re.sub(r"<\w+>", "<>", route.paths[0])))


def unknown_ids(operation: Operation) -> dict[str, str]:
    """Ids that nobody has."""
    return {
        name: f"nobody{secrets.token_hex(6)}-order" if name in NOT_UUIDS else str(uuid.uuid4())
        for name in operation.ids
    }


def mixtures(operation: Operation) -> Iterator[frozenset[str]]:
    """Every choice of ids that are not one's own: each alone, some, all."""
    for count in range(1, len(operation.ids) + 1):
        yield from map(frozenset, itertools.combinations(operation.ids, count))


def basic(key: str) -> str:
    return f"Basic {base64.b64encode(key.encode()).decode()}"


def wrong_authorizations(key: str, revoked: str) -> dict[str, str | None]:
    """Every kind of header that is nobody's key; `key` is a good one, `revoked` was one."""
    good = base64.b64encode(key.encode()).decode()
    return {
        "no header": None,
        "an empty header": "",
        "the scheme alone": "Basic",
        "no scheme": good,
        "another scheme": f"Bearer {good}",
        "the key not encoded": f"Basic {key}",
        "the key as a password": basic(f"daybook:{key}"),
        "the key twice": basic(key + key),
        "half the key": basic(key[: len(key) // 2]),
        "text after the key": f"Basic {good} {good}",
        "no base64": "Basic !!!!",
        "no text": "Basic //79",
        "an empty key": basic(""),
        "far too long": f"Basic {'A' * 4096}",
        "the digest of a key": basic("0" * 64),
        "an unknown key": basic(secrets.token_urlsafe(32)),
        "a revoked key": basic(revoked),
    }


class Caller:
    """Calls the API as it is, without a client's help."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(maxsize=8, retries=False, timeout=30)

    def __call__(self, operation: Operation, path: str, authorization: str | None) -> Answer:
        headers = {} if authorization is None else {"Authorization": authorization}
        sent = None if operation.body is None else json.dumps(operation.body).encode()
        if sent is not None:
            headers["Content-Type"] = JSON
        answer = self._pool.request(operation.method, self._url + path, body=sent, headers=headers)
        return Answer(answer.status, answer.headers.get("Content-Type", ""), answer.data.decode())


def at_once(work: Any, items: Any) -> list[Any]:
    """Do the work for each item, a few at a time."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(work, items))
