"""What a merchant's records make use of: the tax treatments and ways of paying that need a mapping."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

from daybook.domain.configuration import payment_key
from daybook.domain.records import Line, Order, Payment, Record, ServiceCharge
from daybook.frozen import frozen


@frozen
class TreatmentInUse:
    """A tax treatment that lines bear: their components where they name any, else their percentage.

    Neither means lines without any tax. `taxed` is whether such lines bear a tax amount.
    """

    components: tuple[str, ...]
    percentage: Decimal | None
    taxed: bool

    def text(self) -> str:
        """Write it as text that `read_treatment` reads, equal for equal treatments."""
        percentage = None if self.percentage is None else f"{self.percentage.normalize():f}"
        return json.dumps([list(self.components), percentage, self.taxed], separators=(",", ":"))


def read_treatment(text: str) -> TreatmentInUse:
    """Read what `TreatmentInUse.text` wrote."""
    components, percentage, taxed = json.loads(text)
    return TreatmentInUse(tuple(components), None if percentage is None else Decimal(percentage), taxed)


def treatments_of(record: Record) -> frozenset[TreatmentInUse]:
    """Answer the tax treatments of an order's lines and charges."""
    if not isinstance(record, Order):
        return frozenset()
    parts: tuple[Line | ServiceCharge, ...] = (*record.lines, *record.service_charges)
    return frozenset(_treatment(part) for part in parts)


def payment_keys_of(record: Record) -> frozenset[str]:
    """Answer the account keys of the payments in a record."""
    return frozenset(
        payment_key(payment.type or "Custom", payment.method_id) for payment in _payments(record)
    )


def _payments(record: Record) -> Iterator[Payment]:
    if isinstance(record, Payment):
        yield record
    elif isinstance(record, Order):
        yield from record.payments


def _treatment(part: Line | ServiceCharge) -> TreatmentInUse:
    components = tuple(sorted({tax.component_id for tax in part.taxes if tax.component_id}))
    if components:
        return TreatmentInUse(components, None, taxed=True)
    taxed = bool(part.tax)
    if not taxed and not part.tax_percentage:
        return TreatmentInUse((), None, taxed=False)
    return TreatmentInUse((), part.tax_percentage, taxed)
