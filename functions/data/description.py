"""What the operations on commerce data, datasets and the ledger's data take and answer."""

from __future__ import annotations

from typing import Any

from data import app
from data.direct_pushes import DIRECT_PUSHES
from data.examples import ACCOUNT, DATASET, DONE, LEDGER, READ, RECORDS_SENT
from daybook.wire import accounting
from daybook.wire.datasets import Dataset, DataStatus
from daybook.wire.described.data import SourceInfo
from daybook.wire.described.records import RECORDS, push_body
from describing import (
    COMPANY_ID,
    CONNECTION_ID,
    DATASET_ID,
    DOCUMENT_ID,
    LEDGER_ID,
    LISTING,
    NO_CONTENT,
    UUID,
    Described,
    Link,
    PageOf,
    Parameter,
    PerValue,
    Tag,
    page,
)

_NOT_LINKED = "The company's accounting software is not linked."
_NO_CONNECTION = "The connection is not one to commerce data."
_OF_DATASET = {"watch": Link("get_dataset", {"company_id": "path.company_id", "dataset_id": "id"})}
_TIMEOUT = Parameter(
    "timeoutInMinutes",
    "Accepted for older clients and not used: a push is tried until its fate is known.",
    schema={"type": "integer"},
)


def _push(data_type: str, where: str, error: str) -> Described:
    name, record = RECORDS_SENT[data_type]
    return Described(
        Tag.COMMERCE_DATA,
        summary=f"Push {name}{where}",
        request=push_body(data_type),
        answer=Dataset,
        request_example=[record],
        example={**DATASET, "dataType": f"commerce-{data_type}"},
        errors={
            400: f"The body is not JSON, or holds no array of records. {error}",
            413: "More than 5,000 records, or too many bytes: send them in several requests, or gzipped.",
        },
        links=_OF_DATASET,
    )


def _pushes(where: str, error: str) -> PerValue:
    return PerValue("data_type", {each: _push(each, where, error) for each in RECORDS_SENT})


def _records(data_type: str) -> Described:
    name, record = RECORDS_SENT[data_type]
    path = f"/companies/{COMPANY_ID}/connections/{CONNECTION_ID}/data/commerce-{data_type}"
    return Described(
        Tag.COMMERCE_DATA,
        summary=f"List {name}",
        parameters=LISTING,
        answer=PageOf(RECORDS[data_type]),
        example=page(record, path=path),
        errors={400: _NO_CONNECTION},
    )


def _record(data_type: str) -> Described:
    name, record = RECORDS_SENT[data_type]
    return Described(
        Tag.COMMERCE_DATA,
        summary=f"Get one of the {name}",
        parameters=(Parameter("recordId", "The record's own id.", "path", example=record["id"]),),
        answer=RECORDS[data_type],
        example=record,
        errors={400: _NO_CONNECTION},
    )


def _ledger_lists(where: str) -> PerValue:
    return PerValue(
        "kind",
        {
            kind: Described(
                Tag.LEDGER_DATA,
                summary=f"List {plural}{where}",
                parameters=LISTING,
                answer=PageOf(model),
                example=page(example, path=f"/companies/{COMPANY_ID}/data/{kind}"),
                errors={400: _NOT_LINKED},
            )
            for kind, (plural, _, model, example) in LEDGER.items()
        },
    )


def _ledger_items(where: str) -> PerValue:
    return PerValue(
        "kind",
        {
            kind: Described(
                Tag.LEDGER_DATA,
                summary=f"Get one {singular}{where}",
                parameters=(
                    Parameter("itemId", "The id it has in the books.", "path", example=example["id"]),
                ),
                answer=model,
                example=example,
                errors={400: _NOT_LINKED},
            )
            for kind, (_, singular, model, example) in LEDGER.items()
        },
    )


OPERATIONS: dict[Any, Described | PerValue] = {
    **DIRECT_PUSHES,
    app.push_records: _pushes("", "Or the company has no commerce connection."),
    app.push_records_to_connection: _pushes(" to a connection", _NO_CONNECTION),
    app.list_records: PerValue("data_type", {each: _records(each) for each in RECORDS_SENT}),
    app.get_record: PerValue("data_type", {each: _record(each) for each in RECORDS_SENT}),
    app.get_source_info: Described(
        Tag.COMMERCE_DATA,
        answer=SourceInfo,
        example={
            "companyName": "Harbour Cafe",
            "companyLegalName": "Harbour Cafe",
            "commercePlatformRef": CONNECTION_ID,
            "addresses": [],
            "phoneNumbers": [],
            "webLinks": [],
            "accountBalances": [],
            "createdDate": "2026-03-02T09:00:00Z",
            "modifiedDate": "2026-03-02T09:00:00Z",
            "timeZone": "Europe/London",
        },
        errors={400: _NO_CONNECTION},
    ),
    app.list_datasets: Described(
        Tag.DATASETS,
        parameters=(
            *LISTING,
            Parameter("dataType", "Only those of this type.", example="commerce-orders"),
            Parameter("status", "Only those with this status.", example="Complete"),
        ),
        answer=PageOf(Dataset),
        example=page(DONE, path=f"/companies/{COMPANY_ID}/data/history"),
    ),
    app.get_dataset: Described(Tag.DATASETS, answer=Dataset, example=DONE),
    app.get_data_status: Described(
        Tag.DATASETS,
        answer=dict[str, DataStatus],
        example={
            "commerce-orders": {
                "dataType": "commerce-orders",
                "lastSuccessfulSync": "2026-03-02T09:00:01Z",
                "currentStatus": "Complete",
                "latestSyncId": DATASET_ID,
                "latestSuccessfulSyncId": DATASET_ID,
            }
        },
    ),
    app.refresh_all: Described(Tag.LEDGER_DATA, answer=NO_CONTENT, errors={400: _NOT_LINKED}),
    app.refresh_data_type: Described(
        Tag.LEDGER_DATA,
        parameters=(
            Parameter("dataType", "Which type, by its published name.", "path", example="chartOfAccounts"),
            Parameter("connectionId", "The connection to read through.", schema=UUID),
        ),
        answer=Dataset,
        example=READ,
        errors={400: f"There is no such type of data. Or: {_NOT_LINKED}"},
        links=_OF_DATASET,
    ),
    app.refresh_company_info: Described(
        Tag.LEDGER_DATA,
        answer=Dataset,
        example={**READ, "dataType": "company"},
        errors={400: _NOT_LINKED},
        links=_OF_DATASET,
    ),
    app.get_company_info: Described(
        Tag.LEDGER_DATA,
        answer=accounting.CompanyInfo,
        example={
            "companyName": "Harbour Cafe",
            "companyLegalName": None,
            "accountingPlatformRef": "Sandbox books",
            "baseCurrency": "GBP",
            "ledgerLockDate": None,
            "createdDate": None,
            "addresses": [],
            "phoneNumbers": [],
            "webLinks": [],
        },
        errors={400: _NOT_LINKED},
    ),
    app.list_ledger_data: _ledger_lists(""),
    app.list_connection_data: _ledger_lists(" of a connection"),
    app.get_ledger_item: _ledger_items(""),
    app.get_connection_item: _ledger_items(" of a connection"),
    app.create_account: Described(
        Tag.LEDGER_DATA,
        parameters=(_TIMEOUT,),
        request=accounting.AccountRequest,
        answer=accounting.PushOperation,
        request_example={"name": "Sales of the pier", "nominalCode": "201", "type": "Income"},
        example={
            "pushOperationKey": DOCUMENT_ID,
            "companyId": COMPANY_ID,
            "dataConnectionKey": LEDGER_ID,
            "dataType": "chartOfAccounts",
            "status": "Success",
            "statusCode": 200,
            "requestedOnUtc": "2026-03-02T09:00:00Z",
            "completedOnUtc": "2026-03-02T09:00:00Z",
            "timeoutInMinutes": None,
            "timeoutInSeconds": None,
            "errorMessage": None,
            "validation": None,
            "changes": [
                {
                    "type": "Created",
                    "recordRef": {"id": ACCOUNT["id"], "dataType": "chartOfAccounts"},
                    "attachmentId": None,
                }
            ],
            "data": ACCOUNT,
            "syncId": None,
            "reference": None,
        },
        errors={400: f"The books refuse the account; `error` has their reason. Or: {_NOT_LINKED}"},
        links={
            "get": Link("get_push_operation", {"company_id": "path.company_id", "key": "pushOperationKey"})
        },
    ),
}
