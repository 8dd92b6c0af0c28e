"""What the clients lose without a word is found."""

from __future__ import annotations

from typing import Any

import codatsynccommerce.utils as v1_utils
import pytest
from codat_sync_for_commerce.models import shared as current
from codat_sync_for_commerce.utils import unmarshal
from codatsynccommerce.models import shared as v1

from tests.conformance.comparing import lost

Json = Any


def configuration(account: Json) -> Json:
    """A configuration with one account."""
    return {"configuration": {"sales": {"accounts": {"sales": account}}}}


def found(answered: Json) -> list[str]:
    """What the current client loses of a configuration."""
    return list(lost(unmarshal(answered, current.Configuration), answered))


def test_a_whole_model_loses_nothing() -> None:
    assert found(configuration({"selectedAccountId": "1", "required": True, "ours": 1})) == []


def test_an_object_that_vanished_is_found() -> None:
    assert found(configuration({"selectedAccountId": 1})) == [
        "$.configuration.sales.accounts has vanished",
    ]


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        ({"url": "x"}, "$.url is lost"),
        ({"url": ["x"]}, "$.url is lost"),
    ],
)
def test_a_property_that_was_lost_is_found(answered: Json, expected: str) -> None:
    assert list(lost(current.SyncFlowURL(), answered)) == [expected]


def test_a_number_that_was_cut_is_found() -> None:
    answered = {"id": "1", "quantity": 1.5}
    charge = v1_utils.unmarshal_json('{"quantity": 1.5}', v1.ServiceCharge)
    assert next(lost(charge, answered)).startswith("$.quantity is 1 instead of 1.5")
