"""How much one push may carry, through the deployed application."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from local.api_client import ApiError, Client, encode
from local.generator import generate
from local.merchant import Merchant

MOST = 5000
SHOP = "high-street"


@pytest.fixture(scope="module")
def orders() -> list[dict[str, Any]]:
    """A little more than a push may hold, in bodies of the usual size."""
    found = generate(orders=8600).latest[SHOP, "orders"]
    assert len(found) > MOST
    return found[: MOST + 1]


@pytest.fixture
def merchant(client: Client) -> Merchant:
    """A merchant of its own for each test."""
    return Merchant.create(client, "Push limits", [SHOP])


def test_five_thousand_orders_in_one_packed_request(merchant: Merchant, orders: list[dict[str, Any]]) -> None:
    """Three are bad: they are named, the others kept. Sent again and mended, only those three are new."""
    pushed = [dict(order) for order in orders[:MOST]]
    pushed[17]["currency"] = None
    pushed[2500]["createdDate"] = "the day before yesterday"
    pushed[4999]["totalAmount"] = Decimal("1.234")
    assert 5_000_000 < len(encode(pushed)) < 20_000_000
    (dataset,) = merchant.wait_for([merchant.push(SHOP, "orders", pushed)])
    assert (dataset["status"], dataset["isErrored"]) == ("Complete", False)
    assert (dataset["received"], dataset["accepted"], dataset["refused"]) == (MOST, MOST - 3, 3)
    named = {error["itemId"]: error["message"] for error in dataset["validation"]["errors"]}
    assert len(named) == 3
    for place, field in ((17, "currency"), (2500, "createdDate"), (4999, "totalAmount")):
        item = next(item for item in named if pushed[place]["id"] in item)
        assert field in item + named[item]
    assert "3" in dataset["errorMessage"]

    (dataset,) = merchant.wait_for([merchant.push(SHOP, "orders", orders[:MOST])])
    assert (dataset["status"], dataset["isErrored"]) == ("Complete", False)
    assert (dataset["accepted"], dataset["ignored"], dataset["refused"]) == (3, MOST - 3, 0)
    path = f"/companies/{merchant.company_id}/connections/{merchant.shops[SHOP]}/data/commerce-orders"
    assert merchant.client.get(path, page=1, pageSize=1)["totalResults"] == MOST


def test_one_record_too_many_says_what_to_do(merchant: Merchant, orders: list[dict[str, Any]]) -> None:
    with pytest.raises(ApiError) as refused:
        merchant.push(SHOP, "orders", orders)
    assert refused.value.status == 413
    assert re.search("5,?000", refused.value.body["error"])
    assert refused.value.body["statusCode"] == 413


def test_a_plain_body_too_large_says_what_to_do(merchant: Merchant, orders: list[dict[str, Any]]) -> None:
    path = f"/companies/{merchant.company_id}/data/commerce-orders"
    body = encode(orders[:MOST])
    assert len(body) > 6 * 1024 * 1024
    with pytest.raises(ApiError) as refused:
        merchant.client.call("POST", path, body)
    assert refused.value.status == 413
    assert refused.value.body["statusCode"] == 413
    assert "gzip" in refused.value.body["error"]
