"""Syncs and push history through their function (specification: api, operations)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.services.runtime import Runtime
from daybook.store import configurations
from daybook.store.documents import FAILED, PENDING, SUCCESS, StoredDocument, document_key
from daybook.store.syncs import FINISHED
from tests.configuration_bodies import nested
from tests.integration.api_calls import Caller, api_over

UNKNOWN = "00000000-0000-7000-8000-000000000000"
LATEST = "/companies/{}/sync/commerce/latest"
HISTORIC = "/meta/companies/{}/sync/commerce/historic"
RANGE = {"start": "2026-03-01T00:00:00Z", "finish": "2026-03-02T00:00:00Z"}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> tuple[Caller, Runtime]:
    return api_over(monkeypatch, ("companies", "syncs"))


@pytest.fixture
def call(api: tuple[Caller, Runtime]) -> Caller:
    return api[0]


@pytest.fixture
def runtime(api: tuple[Caller, Runtime]) -> Runtime:
    return api[1]


@pytest.fixture
def company(call: Caller, runtime: Runtime) -> str:
    """A company that is linked and configured, in Paris."""
    company_id: str = call("POST", "/meta/companies/sync", {"name": "Cafe"}).body["id"]
    connection = call("POST", f"/companies/{company_id}/connections", "mqjo").body
    call("PUT", f"/companies/{company_id}/connections/{connection['id']}/authorization", {})
    body = nested()
    body["schedule"]["timeZone"] = "Europe/Paris"
    configurations.save(runtime.table, company_id, body, None, "2026-03-01T00:00:00Z")
    return company_id


def finish(runtime: Runtime, company: str, sync_id: str, code: int, **changes: object) -> None:
    sync = runtime.syncs.get(company, sync_id)
    assert sync is not None
    ended = replace(sync, stage=FINISHED, status_code=code, finished="2026-03-02T10:00:00Z", **changes)
    runtime.syncs.save(ended)


@pytest.mark.parametrize("body", [None, {}, {"syncTo": None}, {"syncTo": "2026-03-02T08:00:00Z", "x": 1}])
def test_a_sync_to_now_or_to_a_time(call: Caller, company: str, body: object) -> None:
    answer = call("POST", LATEST.format(company), body)
    assert answer.status == 200
    assert answer.body["syncStatusCode"] == 1000
    assert answer.body["syncId"] == answer.body["commerceSyncId"]
    assert answer.body["dataPushed"] is False
    assert len(answer.body["dataConnections"]) == 2
    finish = answer.body["syncDateRangeUtc"]["finish"]
    sync_to = body.get("syncTo") if isinstance(body, dict) else None
    assert finish == sync_to if sync_to else finish > "2026-03-02T09"


@pytest.mark.parametrize("path", ["/companies/{}/sync/latest", "/meta/companies/{}/sync/commerce/latest"])
def test_older_spellings_of_latest(call: Caller, company: str, path: str) -> None:
    assert call("POST", path.format(company)).status == 200


@pytest.mark.parametrize(
    "path", [HISTORIC, "/companies/{}/sync/historic", "/companies/{}/sync/commerce/historic"]
)
@pytest.mark.parametrize("body", [{"dateRange": RANGE}, {"start": RANGE["start"], "end": RANGE["finish"]}])
def test_a_sync_of_a_range_in_both_forms(call: Caller, company: str, path: str, body: object) -> None:
    answer = call("POST", path.format(company), body)
    assert (answer.status, answer.body["syncDateRangeUtc"]) == (200, RANGE)


def test_a_range_without_offset_is_in_the_companys_zone(call: Caller, company: str) -> None:
    body = {"dateRange": {"start": "2026-03-01", "finish": "2026-03-02T12:00:00"}}
    answer = call("POST", HISTORIC.format(company), body)
    expected = {"start": "2026-02-28T23:00:00Z", "finish": "2026-03-02T11:00:00Z"}
    assert answer.body["syncDateRangeUtc"] == expected


@pytest.mark.parametrize(
    ("path", "body", "item"),
    [
        (LATEST, {"syncTo": "tomorrow"}, "$.syncTo"),
        (LATEST, {"syncTo": 5}, "$.syncTo"),
        (HISTORIC, None, "$"),
        (HISTORIC, {}, "$.dateRange"),
        (HISTORIC, {"dateRange": {"start": "2026-03-01"}}, "$.dateRange.finish"),
        (HISTORIC, {"start": "2026-03-01"}, "$.dateRange.finish"),
        (HISTORIC, {"dateRange": {"start": "x", "finish": "2026-03-01"}}, "$.dateRange.start"),
        (HISTORIC, {"dateRange": {"start": "2026-03-02", "finish": "2026-03-01"}}, "$.dateRange"),
    ],
)
def test_refuses_a_request_naming_what_is_wrong(
    call: Caller, company: str, path: str, body: object, item: str
) -> None:
    answer = call("POST", path.format(company), body)
    assert answer.status == 400
    assert [error["itemId"] for error in answer.body["validation"]["errors"]] == [item]


def test_a_company_that_cannot_sync_is_told_why(call: Caller, runtime: Runtime) -> None:
    company = call("POST", "/meta/companies/sync", {"name": "Cafe"}).body["id"]
    assert call("POST", LATEST.format(company)).status == 400
    assert "configur" in call("POST", LATEST.format(company)).body["error"]
    configurations.save(runtime.table, company, nested(), None, "2026-03-01T00:00:00Z")
    assert "linked" in call("POST", LATEST.format(company)).body["error"]


def test_the_status_operations_of_both_spellings(call: Caller, company: str, runtime: Runtime) -> None:
    statuses = "/companies/{}/sync/commerce/syncs/{}/status"
    for name in ("latest", "lastSuccessful", UNKNOWN, "nonsense"):
        assert call("GET", statuses.format(company, name)).status == 404
    assert call("GET", statuses.format(company, "list")).body == []
    assert call("GET", f"/meta/companies/{company}/sync/commerce/status").status == 404
    ids = [call("POST", LATEST.format(company)).body["syncId"] for _ in range(3)]
    finish(runtime, company, ids[0], 2000, data_pushed=True)
    finish(runtime, company, ids[1], 4200, error_message="Map 20 %.", exception_message="T20")
    listed = call("GET", statuses.format(company, "list")).body
    assert [row["syncId"] for row in listed] == ids[::-1]
    assert [row["syncStatusCode"] for row in listed] == [1000, 4200, 2000]
    assert (listed[1]["errorMessage"], listed[1]["syncExceptionMessage"]) == ("Map 20 %.", "T20")
    assert call("GET", statuses.format(company, "latest")).body == listed[0]
    assert call("GET", statuses.format(company, "lastSuccessful")).body == listed[2]
    assert call("GET", statuses.format(company, ids[1].upper())).body == listed[1]
    older = call("GET", f"/companies/{company}/sync/status/lastSuccessful")
    assert older.body == listed[2]
    summary = call("GET", f"/meta/companies/{company}/sync/commerce/status").body
    assert {name: summary[name] for name in listed[0]} == listed[0]
    assert len(summary["dataConnections"]) == 2
    assert call.as_client("client-b")("GET", statuses.format(company, ids[1])).status == 404


def test_a_sync_that_takes_long_says_so(call: Caller, company: str, runtime: Runtime) -> None:
    sync_id = call("POST", LATEST.format(company)).body["syncId"]
    runtime.clock.moment += timedelta(minutes=11)  # type: ignore[attr-defined]
    status = call("GET", f"/companies/{company}/sync/commerce/syncs/{sync_id}/status").body
    assert status["syncStatusCode"] == 1010


def stored(company: str, ordinal: int, kind: Kind, status: str, **changes: str) -> StoredDocument:
    day = date(2026, 3, 1)
    line = DocumentLine("Sales", "200", Decimal(10))
    reference = f"DB-{ordinal}"
    document = Document(kind, reference, day, day, "GBP", "Sales", Decimal(10), (line,))
    requested = f"2026-03-02T09:00:{ordinal:02}Z"
    return StoredDocument(
        document_key(company, reference), company, "sync", ordinal, document, status, requested, **changes
    )


def test_push_history(call: Caller, company: str, runtime: Runtime) -> None:
    documents = [
        stored(company, 1, Kind.INVOICE, SUCCESS, platform_id="i1", completed="2026-03-02T09:01:00Z"),
        stored(company, 2, Kind.PAYMENT, FAILED, error="The account is archived."),
        stored(company, 3, Kind.JOURNAL, PENDING),
    ]
    runtime.table.transact([write for each in documents for write in runtime.documents.planned(each)])
    history = call("GET", f"/companies/{company}/push").body
    rows = [(row["dataType"], row["status"], row["statusCode"]) for row in history["results"]]
    assert rows == [
        ("journalEntries", "Pending", 202),
        ("payments", "Failed", 400),
        ("invoices", "Success", 200),
    ]
    success = history["results"][2]
    assert success["changes"][0]["recordRef"] == {"id": "i1", "dataType": "invoices"}
    assert history["results"][1]["errorMessage"] == "The account is archived."
    assert call("GET", f"/companies/{company}/push/{documents[0].key}").body == success
    assert call("GET", f"/companies/{company}/push?query=status=Failed").body["totalResults"] == 1
    assert call("GET", f"/companies/{company}/push/{UNKNOWN}").status == 404
    assert call("GET", f"/companies/{company}/push/x").status == 404


def test_retry_syncs_again_when_documents_failed(call: Caller, company: str, runtime: Runtime) -> None:
    path = f"/companies/{company}/push/retry"
    nothing = {"retried": 0, "sync": None, "pushOperations": [], "notRetried": []}
    assert call("POST", path).body == nothing
    documents = [stored(company, 1, Kind.INVOICE, SUCCESS), stored(company, 2, Kind.PAYMENT, FAILED)]
    runtime.table.transact([write for each in documents for write in runtime.documents.planned(each)])
    answer = call("POST", path).body
    assert (answer["retried"], answer["sync"]["syncStatusCode"]) == (1, 1000)
    latest = call("GET", f"/companies/{company}/sync/commerce/syncs/latest/status").body
    assert latest["syncId"] == answer["sync"]["syncId"]
