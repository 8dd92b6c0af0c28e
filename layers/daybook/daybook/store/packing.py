"""How values the table cannot hold as they are are written: documents, postings, compressed text."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from daybook.domain.documents import Document, DocumentLine, Kind, Posting


def pack(value: object) -> bytes:
    """JSON text, compressed. Decimals must have been turned into text before."""
    return zlib.compress(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def unpack(data: bytes) -> Any:
    """The value that was packed."""
    return json.loads(zlib.decompress(data))


def pack_amounts(amounts: Mapping[Posting, Decimal]) -> bytes:
    """Postings with their amounts."""
    return pack([[*posting, str(amount)] for posting, amount in sorted(amounts.items())])


def unpack_amounts(data: bytes) -> dict[Posting, Decimal]:
    """The amounts that were packed."""
    return {Posting(*row[:-1]): Decimal(row[-1]) for row in unpack(data)}


def _pack_effects(effects: Iterable[tuple[Posting, Decimal]]) -> list[list[str]]:
    return [[*posting, str(amount)] for posting, amount in effects]


def pack_document(document: Document) -> bytes:
    """A whole document, so that writing it later needs nothing else."""
    return pack(
        {
            "kind": document.kind.value,
            "reference": document.reference,
            "day": document.day.isoformat(),
            "dated": document.dated.isoformat(),
            "currency": document.currency,
            "description": document.description,
            "total": str(document.total),
            "lines": [[x.description, x.account, str(x.net), str(x.tax), x.tax_rate] for x in document.lines],
            "contact": document.contact,
            "account": document.account,
            "to_account": document.to_account,
            "status": document.status,
            "settles": document.settles,
            "settles_reference": document.settles_reference,
            "effects": _pack_effects(document.effects),
            "direct": document.direct,
            "due": document.due.isoformat() if document.due else "",
        }
    )


def unpack_document(data: bytes) -> Document:
    """The document that was packed."""
    value = unpack(data)
    return Document(
        kind=Kind(value["kind"]),
        reference=value["reference"],
        day=date.fromisoformat(value["day"]),
        dated=date.fromisoformat(value["dated"]),
        currency=value["currency"],
        description=value["description"],
        total=Decimal(value["total"]),
        lines=tuple(DocumentLine(x[0], x[1], Decimal(x[2]), Decimal(x[3]), x[4]) for x in value["lines"]),
        contact=value["contact"],
        account=value["account"],
        to_account=value["to_account"],
        status=value["status"],
        settles=value["settles"],
        settles_reference=value["settles_reference"],
        effects=tuple((Posting(*row[:-1]), Decimal(row[-1])) for row in value["effects"]),
        # Documents stored before there were such lack both.
        direct=value.get("direct", False),
        due=date.fromisoformat(value["due"]) if value.get("due") else None,
    )
