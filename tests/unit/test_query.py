"""The query language of list operations (specification: api, conventions)."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.errors import BadRequest
from daybook.domain.query import LONGEST_QUERY, in_order, parse_order, parse_query

COMPANY = {
    "name": "Café & Sons",
    "created": "2026-03-01T10:00:00Z",
    "enabled": True,
    "total": Decimal("12.50"),
    "code": "0042",
    "lastSync": None,
    "address": {"city": "Leeds"},
    "dataConnections": [{"status": "Linked", "n": 1}, {"status": "PendingAuth", "n": 2}],
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", True),
        ("name=café & sons", True),
        ("NAME~CAFÉ", True),
        ("name!=Café", True),
        ('name="Café & Sons"', True),
        ("enabled=true", True),
        ("enabled=false", False),
        ("total=12.5", True),
        ("total>9", True),
        ("total<=12.49", False),
        ("code=42", True),
        ("created>2026-02-28", True),
        ("created>=2026-03-01T11:00:00+01:00", True),
        ("created<2026-03-01T10:00:00Z", False),
        ("address.city=leeds", True),
        ("dataConnections.status=Linked", True),
        ("dataConnections.status=Linked && dataConnections.n=2", True),
        ("dataConnections.status!=Linked", False),
        ("lastSync=null", True),
        ("lastSync!=null", False),
        ("missing=x", False),
        ("missing!=x", True),
        ("missing>1", False),
        ("name=x || total=12.5 && enabled=true", True),
        ("{name=x || total=12.5} && enabled=false", False),
        ("{{total>1}&&{enabled=true}}", True),
        ("name ~ sons&&total > 1", True),
        ('name="a}b&&c"', False),
    ],
)
def test_matches(query: str, expected: object) -> None:
    assert parse_query(query).matches(COMPANY) is expected


def test_a_query_encoded_twice_means_the_same() -> None:
    twice = quote("enabled=true && total>1", safe="")
    assert parse_query(twice).matches(COMPANY)
    assert parse_query("enabled%3Dtrue").matches(COMPANY)


def test_a_percent_sign_beside_an_operator_is_itself() -> None:
    assert parse_query("name=100%3D").matches({"name": "100%3D"})


def test_a_link_is_a_value() -> None:
    assert parse_query("url=https://a.example/?b=c").matches({"url": "https://a.example/?b=c"})


def test_knows_the_properties_it_looks_at() -> None:
    assert parse_query("Name=x||dataConnections.status=y").properties == {"name", "dataconnections"}


@pytest.mark.parametrize(
    "query",
    [
        "name",
        "=x",
        "name=x &&",
        "{name=x",
        "name=x}",
        "&& name=x",
        "name=x || {}",
        "{" * 60 + "a=b" + "}" * 60,
        "a=" + "x" * LONGEST_QUERY,
    ],
)
def test_refuses_what_is_no_query(query: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_query(query)
    assert refused.value.problems[0].item == "query"


@given(st.text(max_size=60) | st.text(alphabet='ab={}&|~<>!" .%', max_size=30))
def test_any_text_is_a_query_or_a_bad_request(text: str) -> None:
    with contextlib.suppress(BadRequest):
        parse_query(text).matches(COMPANY)


def test_orders_by_several_properties_and_keeps_the_order_of_equals() -> None:
    items = [{"a": "b", "n": 1}, {"a": "A", "n": 2}, {"n": 3}, {"a": "b", "n": 4}]
    assert [item["n"] for item in in_order(items, parse_order("a"))] == [3, 2, 1, 4]
    assert [item["n"] for item in in_order(items, parse_order("-a,-n"))] == [4, 1, 2, 3]
    assert [item["n"] for item in in_order(items, ())] == [1, 2, 3, 4]


def test_orders_values_of_any_kind() -> None:
    values = ["x", None, Decimal(2), "10", True, "2026-01-01", {"b": 1}]
    assert len(in_order([{"v": value} for value in values], parse_order("v"))) == len(values)


def test_refuses_an_order_that_names_no_property() -> None:
    with pytest.raises(BadRequest):
        parse_order("name desc")
