"""The documents in simulated books, read by the models of a published client (python-quickbooks)."""

from __future__ import annotations

import importlib
import importlib.util
import json
from decimal import Decimal

from tests.simulators.quickbooks.company import DOCUMENTS, Company
from tests.simulators.server import dump


def is_there() -> bool:
    """Whether the client is installed."""
    return importlib.util.find_spec("quickbooks") is not None


def read(company: Company) -> int:
    """Read every document; how many there were. Raises AssertionError where the client reads otherwise."""
    count = 0
    for kind in DOCUMENTS:
        model = getattr(importlib.import_module(f"quickbooks.objects.{kind.lower()}"), kind)
        for body in company.held[kind].values():
            read_back = model.from_json(json.loads(dump(body), parse_float=Decimal))
            assert read_back.Id == body["Id"]
            for name in ("TotalAmt", "Amount", "DocNumber", "TxnDate"):
                if name in body and hasattr(read_back, name):
                    assert getattr(read_back, name) == body[name], (kind, body["Id"], name)
            lines = [line["Amount"] for line in body.get("Line", ()) if "Amount" in line]
            assert [line.Amount for line in getattr(read_back, "Line", ())][: len(lines)] == lines
            count += 1
    return count
