"""Whatever is sent is answered, with the one error body and never a 5xx (specification: api, conventions)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.services.runtime import Runtime
from tests.integration.api_calls import Caller, api_over

ERROR = {"statusCode", "service", "error", "correlationId", "validation", "canBeRetried", "detailedErrorCode"}
WRITES = (
    ("POST", "/companies"),
    ("POST", "/meta/companies/sync"),
    ("PUT", "/companies/{company}"),
    ("PATCH", "/companies/{company}"),
    ("POST", "/companies/{company}/connections"),
    ("PATCH", "/companies/{company}/connections/{ledger}"),
    ("PUT", "/companies/{company}/connections/{ledger}/authorization"),
    ("POST", "/companies/{company}/data/commerce-orders"),
    ("PUT", "/companies/{company}/data/commerce-products"),
    ("POST", "/companies/{company}/connections/{own}/data/commerce-transactions"),
    ("POST", "/companies/{company}/connections/{ledger}/push/accounts"),
    ("POST", "/companies/{company}/sync/commerce/latest"),
    ("POST", "/meta/companies/{company}/sync/commerce/historic"),
)
READS = (
    "/companies",
    "/companies/{company}/connections",
    "/config/integrations",
    "/companies/{company}/data/history",
    "/companies/{company}/data/accounts",
    "/companies/{company}/push",
    "/companies/{company}/connections/{own}/data/commerce-orders",
)
NAMES = (
    "name description tags platformKey key status baseCurrency timeZone country id currency type nominalCode "
    "createdDate totalAmount orderLineItems payments syncTo dateRange start finish end orders other"
)
TEXTS = ("2026-03-01", "0001-01-01", "9999-12-31T23:59:59-14:00", "Unlinked", "mqjo", "GBP", "\x00")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.sampled_from(TEXTS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=5)
    ),
    max_leaves=12,
)
SETTINGS = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Target:
    """A company to shoot at."""

    def __init__(self, call: Caller, runtime: Runtime) -> None:
        self.call, self.runtime = call, runtime
        company = call("POST", "/meta/companies/sync", {"name": "Target"}).body
        ledger = call("POST", f"/companies/{company['id']}/connections", "mqjo").body["id"]
        call("PUT", f"/companies/{company['id']}/connections/{ledger}/authorization", {})
        self.names = {"company": company["id"], "own": company["dataConnections"][0]["id"], "ledger": ledger}

    def shoot(self, method: str, path: str, **more: Any) -> None:
        """Call and look at what comes back."""
        answer = self.call(method, path.format(**self.names), **more)
        assert answer.status in (200, 204, 400, 404, 413), (method, path, more, answer.body)
        if answer.status >= 400:
            assert set(answer.body) == ERROR
            assert answer.body["statusCode"] == answer.status
            assert isinstance(answer.body["canBeRetried"], str)


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with pytest.MonkeyPatch.context() as patch:
        yield Target(*api_over(patch))


@SETTINGS
@given(st.sampled_from(WRITES), values)
def test_any_json_is_answered(target: Target, operation: tuple[str, str], body: object) -> None:
    target.shoot(*operation, body=body)


@SETTINGS
@given(st.sampled_from(WRITES), st.binary(max_size=80), st.sampled_from(["", "gzip", "br"]))
def test_any_bytes_are_answered(
    target: Target, operation: tuple[str, str], raw: bytes, encoding: str
) -> None:
    target.shoot(*operation, raw=raw, encoding=encoding)


@SETTINGS
@given(
    st.sampled_from(READS),
    st.sampled_from(["page", "pageSize", "query", "orderBy", "dataType", "status"]),
    st.text(max_size=30),
)
def test_any_parameter_is_answered(target: Target, path: str, name: str, value: str) -> None:
    target.shoot("GET", f"{path}?{name}={quote(value, safe='', errors='replace')}")


@SETTINGS
@given(
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    st.sampled_from(READS),
    st.text(alphabet=st.characters(exclude_characters="{}?#", exclude_categories=["Cs"]), max_size=30),
)
def test_any_path_is_answered(target: Target, method: str, path: str, more: str) -> None:
    target.shoot(method, f"{path}/{quote(more)}")


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("item", ["x" * 1100, "é" * 600, "%00", "../..", "1%2F2", "﷽"])
def test_an_id_that_cannot_be_one_is_not_found(target: Target, path: str, item: str) -> None:
    target.shoot("GET", f"{path}/{item}")
