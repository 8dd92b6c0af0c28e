"""The check that every integration test leans on can fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.described import check_answer, check_event, document

PATH = "/companies/0b8f8b1a-5d6c-7c3e-9a51-3f1d2c4b5a60"


def company(**changed: Any) -> dict[str, Any]:
    answer = document()["paths"]["/companies/{companyId}"]["get"]["responses"]["200"]
    return {**answer["content"]["application/json"]["example"], **changed}


def test_a_true_answer_passes() -> None:
    check_answer("GET", PATH, 200, "application/json", company())


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (200, "application/json", company(id="x")),
        (200, "application/json", company(created="yesterday")),
        (200, "application/json", company(tags={"region": 1})),
        (200, "application/json", {name: value for name, value in company().items() if name != "redirect"}),
        (200, "application/json", company(dataConnections=[{"id": "x"}])),
        (200, "text/html", company()),
        (418, "application/json", company()),
        (404, "application/json", {"error": "gone"}),
    ],
)
def test_another_does_not(status: int, content_type: str, body: object) -> None:
    with pytest.raises(AssertionError, match="described"):
        check_answer("GET", PATH, status, content_type, body)


def test_nor_does_an_event_of_another_shape() -> None:
    about = document()["webhooks"]["SyncFailed"]["post"]["requestBody"]["content"]["application/json"]
    check_event(about["example"])
    with pytest.raises(AssertionError, match="not as described"):
        check_event({**about["example"], "Data": None})
