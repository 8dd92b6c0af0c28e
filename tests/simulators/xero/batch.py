"""Requests with several elements: all of them or none, or each for itself when `summarizeErrors=false`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.simulators.server import Answer, Request
from tests.simulators.xero.organisation import Organisation, Record
from tests.simulators.xero.refusals import NO_ID, Refused, errors, invalid, rendered, unusable


def envelope(organisation: Organisation, collection: str, records: Sequence[Record], **more: Any) -> Answer:
    """Records as Xero answers them."""
    body = {
        "Id": organisation.new_id("answer"),
        "Status": "OK",
        "ProviderName": "Daybook",
        "DateTimeUTC": organisation.now(),
        **more,
        collection: records,
    }
    return Answer(200, rendered(body))


def many(
    organisation: Organisation,
    request: Request,
    collection: str,
    own_id: str,
    save: Callable[[Mapping[str, Any]], Record],
) -> Answer:
    """Do each element of a request.

    Without `summarizeErrors=false` one that is refused undoes the others, and the answer names only what was
    wrong; with it each is answered with what became of it.
    """
    elements = elements_of(request, collection)
    each_for_itself = request.query.get("summarizeErrors") == "false"
    kept = organisation.kept() if len(elements) > 1 and not each_for_itself else None
    answered: list[Record] = []
    refused: list[Record] = []
    for element in elements:
        try:
            record = save(element)
        except Refused as wrong:
            refused.append(
                {**element, own_id: element.get(own_id, NO_ID), "ValidationErrors": errors(wrong.messages)}
            )
            answered.append({**refused[-1], **_failed(collection)})
        else:
            status = {} if collection == "BankTransfers" else {"StatusAttributeString": "OK"}
            answered.append({**record, **(status if each_for_itself else {})})
    if refused and not each_for_itself:
        if kept is not None:
            organisation.back_to(kept)
        return invalid(refused)
    return envelope(organisation, collection, answered)


def one(organisation: Organisation, collection: str, do: Callable[[], Record]) -> Answer:
    """Do the one thing a request asks."""
    try:
        return envelope(organisation, collection, [do()])
    except Refused as wrong:
        return invalid([{"ValidationErrors": errors(wrong.messages)}])


def elements_of(request: Request, collection: str) -> list[Mapping[str, Any]]:
    """The elements of a request."""
    body = request.json() if request.body else None
    found = body.get(collection) if isinstance(body, dict) else None
    if not isinstance(found, list) or not found or not all(isinstance(each, dict) for each in found):
        raise unusable(17, "PostDataInvalidException", f"No {collection} were given")
    return found


def refused_something(answer: Answer) -> bool:
    """Whether an answer, as a whole or for one of its elements, refuses."""
    if answer.status != 200:
        return True
    lists = [each for each in answer.body.values() if isinstance(each, list)]
    return any(element.get("ValidationErrors") for found in lists for element in found)


def _failed(collection: str) -> Record:
    flag = "HasErrors" if collection in ("Invoices", "CreditNotes") else "HasValidationErrors"
    return {"StatusAttributeString": "ERROR", flag: True}
