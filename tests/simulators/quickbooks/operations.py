"""What can be done under /v3/company/{realmId}, and how requests and answers of each are validated."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from tests.simulators.quickbooks import (
    faults,
    journals,
    lists,
    payments,
    purchases,
    query,
    reports,
    sales,
    schema,
)
from tests.simulators.quickbooks.company import DOCUMENTS, LISTS, Body, Company, Draft
from tests.simulators.quickbooks.faults import Refused
from tests.simulators.server import Request

BATCH_MOST = 30
ENTITIES = (*LISTS, *DOCUMENTS, "CompanyInfo", "Preferences")
WRITABLE = {name.lower(): name for name in ("Account", "Customer", "Vendor", "Item", *DOCUMENTS)}
_DRAFTS: dict[str, Callable[[Company, str, Body], Draft]] = {
    "Invoice": sales.sale,
    "CreditMemo": sales.sale,
    "RefundReceipt": sales.sale,
    "Bill": purchases.bill,
    "VendorCredit": purchases.bill,
    "Purchase": purchases.purchase,
    "Payment": payments.payment,
    "BillPayment": payments.bill_payment,
    "Deposit": payments.deposit,
    "Transfer": payments.transfer,
    "JournalEntry": journals.journal,
}
_DUPLICATES = "allowduplicatedocnum"


def company_info(company: Company, _: Request, identifier: str) -> Body:
    """GET companyinfo/{id}."""
    if identifier not in (company.realm, "1"):
        raise faults.not_found("CompanyInfo", identifier)
    return {"CompanyInfo": reports.company_info(company), "time": faults.now()}


def preferences(company: Company, _: Request) -> Body:
    """GET preferences."""
    return {"Preferences": reports.preferences(company), "time": faults.now()}


def ask(company: Company, request: Request) -> Body:
    """GET query, or POST with the query as the body."""
    text = request.query.get("query", "") if request.method == "GET" else request.body.decode()
    if not text:
        raise faults.missing("query")
    return {"QueryResponse": _run(company, text), "time": faults.now()}


def read(company: Company, _: Request, entity: str, identifier: str) -> Body:
    """GET {entity}/{id}."""
    kind = next((name for name in (*LISTS, *DOCUMENTS) if name.lower() == entity.lower()), "")
    if not kind:
        raise faults.unsupported(f"read {entity}")
    return {kind: company.get(kind, identifier), "time": faults.now()}


def write(company: Company, request: Request, entity: str) -> Body:
    """POST {entity}: create, or with an id, change."""
    kind = WRITABLE.get(entity.lower(), "")
    if not kind:
        raise faults.unsupported(f"create {entity}")
    if request.query.get("operation", "create") not in ("create", "update"):
        raise faults.unsupported(request.query["operation"])
    allowed = request.query.get("include", "").lower() == _DUPLICATES
    return {kind: _write(company, kind, request.json(), duplicates_allowed=allowed), "time": faults.now()}


def batch(company: Company, request: Request) -> Body:
    """POST batch: each item by itself, one after another; none sees what an earlier one made."""
    items = request.json()["BatchItemRequest"]
    if len(items) > BATCH_MOST:
        raise Refused(
            "1040",
            "Batch size exceeds allowed limit",
            f"The limit of a batch is {BATCH_MOST} items",
        )
    ids = [item.get("bId", "") for item in items]
    if not all(ids) or len(set(ids)) < len(ids):
        raise faults.missing("bId")
    if request.query.get("requestid") and any(len(each) > 10 for each in ids):
        raise faults.wrong_length("bId", 10, max(len(each) for each in ids))
    before = {kind: set(held) for kind, held in company.held.items()}
    answers = []
    for item in items:
        try:
            answer = _item(company, item, before)
        except Refused as refused:
            answer = {"Fault": refused.fault()}
        answers.append({**answer, "bId": item["bId"]})
    return {"BatchItemResponse": answers, "time": faults.now()}


def report(company: Company, request: Request, name: str) -> Body:
    """GET reports/{name}."""
    if name != "TrialBalance":
        raise faults.unsupported(f"report {name}")
    until = request.query.get("end_date")
    return reports.trial_balance(company, date.fromisoformat(until) if until else None)


OPERATIONS: tuple[tuple[str, str, Callable[..., Body]], ...] = (
    ("GET", "companyinfo/{identifier}", company_info),
    ("GET", "preferences", preferences),
    ("GET", "query", ask),
    ("POST", "query", ask),
    ("POST", "batch", batch),
    ("GET", "reports/{name}", report),
    ("GET", "{entity}/{identifier}", read),
    ("POST", "{entity}", write),
)


def check_request(request: Request) -> None:
    """Hold a request against the schema. Raises Unlike."""
    last = request.path.rstrip("/").rsplit("/", 1)[-1].lower()
    if request.method != "POST" or last == "query":
        return
    try:
        body = request.json()
    except ValueError as wrong:
        raise schema.Unlike("the body is not JSON") from wrong
    if last == "batch":
        schema.check("IntuitBatchRequest", body)
    elif last in WRITABLE:
        schema.check(WRITABLE[last], body)


def check_answer(path: str, body: Body) -> None:
    """Hold an answer against the schema. Raises AssertionError: the simulator is at fault."""
    name = "Report" if re.search(r"/reports/\w+/?$", path) and "Fault" not in body else "IntuitResponse"
    try:
        schema.check(name, body)
    except schema.Unlike as unlike:
        raise AssertionError(f"answer of {path}: {unlike}") from unlike


def _run(company: Company, text: str) -> Body:
    asked = query.parse(text, ENTITIES)
    whole = {"CompanyInfo": reports.company_info, "Preferences": reports.preferences}
    if asked.entity in whole:
        return asked.run([whole[asked.entity](company)])
    return asked.run(company.held[asked.entity].values())


def _item(company: Company, item: Body, before: dict[str, set[str]]) -> Body:
    if "Query" in item:
        return {"QueryResponse": _run(company, item["Query"])}
    kind = next((name for name in WRITABLE.values() if name in item), "")
    if not kind:
        raise faults.missing("resource")
    operation = item.get("operation")
    if operation not in ("create", "update") or (operation == "update") != ("Id" in item[kind]):
        raise faults.unsupported(f"{operation} {kind}")
    _blind(company, item[kind], before)
    allowed = _DUPLICATES in item.get("optionsData", "")
    # A copy: later items may change what this one made, the answer was given before.
    return {kind: copy.deepcopy(_write(company, kind, item[kind], duplicates_allowed=allowed))}


def _blind(company: Company, body: Body, before: dict[str, set[str]]) -> None:
    """Refuse links to what was made earlier in the same batch."""
    for line in body.get("Line", []):
        for link in line.get("LinkedTxn", []):
            kind, identifier = link.get("TxnType", ""), link.get("TxnId", "")
            if identifier in company.held.get(kind, {}) and identifier not in before[kind]:
                raise faults.unknown_reference(kind, identifier)


def _write(company: Company, kind: str, body: Any, *, duplicates_allowed: bool) -> Body:
    if company.settings.subscription_ended:
        raise faults.subscription_ended()
    if body.get("Id"):
        return lists.update(company, kind, body)
    given = {name: value for name, value in body.items() if name not in ("sparse", "domain", "SyncToken")}
    if kind not in _DRAFTS:
        return lists.create(company, kind, given)
    return company.enter(_DRAFTS[kind](company, kind, given), duplicates_allowed=duplicates_allowed)
