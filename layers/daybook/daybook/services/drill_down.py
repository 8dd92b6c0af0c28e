"""From a line in the ledger back to the records it is made of."""

from __future__ import annotations

from typing import Any

from daybook.domain.errors import NotFound
from daybook.domain.parts import parts_of_line
from daybook.services.runtime import Runtime
from daybook.store import parts
from daybook.store.companies import Company


def read_line(runtime: Runtime, company: Company, key: str, number: str) -> dict[str, Any]:
    """The records of a document's line (from 1), whose contributions add up to it. Raises NotFound."""
    stored = runtime.documents.find(company.id, key.strip().lower())
    if stored is None:
        raise NotFound("Document")
    document = stored.document
    rows = parts.of_document(runtime.table, stored)
    found = parts_of_line(document, rows, int(number)) if number.isdecimal() and rows else None
    if found is None:
        raise NotFound("Line")
    return {
        "documentId": stored.key,
        "reference": document.reference,
        "line": int(number),
        "currency": document.currency,
        "total": sum(found.values()),
        "records": [
            dict(zip(("connectionId", "dataType", "id"), label.split("/", 2), strict=True))
            | {"amount": amount}
            for label, amount in found.items()
        ],
    }
