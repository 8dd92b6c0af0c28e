"""What QuickBooks holds of a form, by its answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from daybook.domain.errors import PlatformError
from daybook.domain.ledger import Written
from daybook.domain.money import ZERO
from daybook.platforms.quickbooks import faults, forms

Record = Mapping[str, Any]


def outcome(entity: str, element: Record) -> Written | PlatformError:
    """What became of a form, by its element of a batch's answer."""
    found = faults.faults(element)
    if found:
        return faults.error(found)
    record = element.get(entity)
    held = written(entity, record) if isinstance(record, Mapping) else None
    return held or faults.unclear()


def written(entity: str, record: Record) -> Written | None:
    """What QuickBooks holds of a form; None when the answer does not say.

    Forms without tax state none; nor need a form of a company in the United States. What is sent is amounts
    before tax and the tax beside them, so that the total tells when a tax is missing.
    """
    identity, total = record.get("Id"), _total(entity, record)
    if not identity or total is None:
        return None
    detail = record.get("TxnTaxDetail")
    tax = _decimal(detail.get("TotalTax")) if isinstance(detail, Mapping) else None
    return Written(str(identity), total, tax)


def _total(entity: str, record: Record) -> Decimal | None:
    if entity == forms.JOURNAL:
        lines = record.get("Line")
        debits = [_debit(line) for line in lines or [] if isinstance(line, Mapping)]
        return sum(debits, ZERO) if debits else None
    return _decimal(record.get("Amount" if entity == forms.TRANSFER else "TotalAmt"))


def _debit(line: Record) -> Decimal:
    detail = line.get("JournalEntryLineDetail")
    is_debit = isinstance(detail, Mapping) and detail.get("PostingType") == "Debit"
    return (_decimal(line.get("Amount")) or ZERO) if is_debit else ZERO


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)
