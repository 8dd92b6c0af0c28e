"""A document as FreeAgent takes it, and which call takes it. Pure.

FreeAgent works out the tax of invoice items itself (see `tax`). Elsewhere a tax that its arithmetic would not
make is written out. Amounts are sent as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import DRAFT, ReferenceData, TaxRate
from daybook.frozen import frozen
from daybook.platforms.freeagent import tax
from daybook.platforms.freeagent.authorisation import PLATFORM_NAME
from daybook.platforms.freeagent.reading import EXEMPT

MOST_BILL_ITEMS, LONGEST_REFERENCE, LONGEST_TEXT = 40, 255, 255
_NAUGHT = "0.0"
_OUT_OF_SCOPE = {"sales_tax_status": "OUT_OF_SCOPE"}


@frozen
class Resource:
    """Where FreeAgent keeps documents of some kinds: the list's name, one element's, and where its name is.

    What `is_sent` is made a draft, which does not count until it is marked as sent.
    """

    name: str
    element: str
    named_in: str
    is_sent: bool = False

    @property
    def path(self) -> str:
        """Below the host."""
        return f"/v2/{self.name}"


INVOICES = Resource("invoices", "invoice", "reference", is_sent=True)
CREDIT_NOTES = Resource("credit_notes", "credit_note", "reference", is_sent=True)
BILLS = Resource("bills", "bill", "reference")
EXPLANATIONS = Resource("bank_transaction_explanations", "bank_transaction_explanation", "description")
JOURNAL_SETS = Resource("journal_sets", "journal_set", "tag")


@frozen
class Call:
    """What a kind of document is in FreeAgent: its resource, and the sign that its amounts have there.

    `settles` is the field of an explanation for what it settles.
    """

    resource: Resource
    sign: int = 1
    settles: str = ""


CALLS: Mapping[Kind, Call] = MappingProxyType(
    {
        Kind.INVOICE: Call(INVOICES),
        Kind.CREDIT_NOTE: Call(CREDIT_NOTES, -1),
        Kind.BILL: Call(BILLS),
        Kind.BILL_CREDIT_NOTE: Call(BILLS, -1),
        Kind.PAYMENT: Call(EXPLANATIONS, 1, "paid_invoice"),
        Kind.REFUND: Call(EXPLANATIONS, -1, "paid_invoice"),
        Kind.BILL_PAYMENT: Call(EXPLANATIONS, -1, "paid_bill"),
        Kind.BILL_REFUND: Call(EXPLANATIONS, 1, "paid_bill"),
        Kind.SPEND_MONEY: Call(EXPLANATIONS, -1),
        Kind.RECEIVE_MONEY: Call(EXPLANATIONS, 1),
        Kind.TRANSFER: Call(EXPLANATIONS, -1),
        Kind.JOURNAL: Call(JOURNAL_SETS),
    }
)


def payload(document: Document, data: ReferenceData) -> dict[str, Any]:
    """The body of the request that creates a part of a document (see `parts`). Raises PlatformRejected."""
    _check(document, data)
    resource = CALLS[document.kind].resource
    if resource is JOURNAL_SETS:
        element = _journal_set(document)
    elif resource is EXPLANATIONS:
        element = _explanation(document, data)
    elif resource is BILLS:
        element = _bill(document, data)
    else:
        element = _invoice(document, data)
    return {resource.element: element}


def text(document: Document) -> str:
    """A document's description, which begins with its reference."""
    return f"{document.reference}: {document.description}"[:LONGEST_TEXT]


def is_draft(document: Document) -> bool:
    """Whether a document is to stay a draft."""
    return document.status.lower() == DRAFT.lower()


def _check(document: Document, data: ReferenceData) -> None:
    """Raises PlatformRejected for what FreeAgent cannot hold, known without asking."""
    amounts = [document.total, *(part for line in document.lines for part in (line.net, line.tax))]
    if any(amount != round(amount, 2) for amount in amounts):
        raise _rejected(f"FreeAgent keeps two decimals of amounts; those of {document.currency} have more.")
    if len(document.reference) > LONGEST_REFERENCE:
        raise _rejected(f"FreeAgent's references have at most {LONGEST_REFERENCE} characters.")
    base = data.company.base_currency
    if document.kind is Kind.JOURNAL and document.currency != base:
        raise _rejected(
            f"FreeAgent's journals are in {base} only, and this one is in {document.currency}. Choose "
            f"invoices instead of journals, on income accounts, for days with takings in {document.currency}."
        )
    for account in data.accounts:
        is_used = account.id in (document.account, document.to_account)
        if is_used and account.is_bank and account.currency != document.currency:
            raise _rejected(
                f'The bank account "{account.name}" is in {account.currency}, and this is in '
                f"{document.currency}. Choose one in {document.currency} in Daybook's settings."
            )


def _invoice(document: Document, data: ReferenceData) -> dict[str, Any]:
    sign = CALLS[document.kind].sign
    due = document.due or document.dated
    element: dict[str, Any] = {
        "contact": document.contact,
        "reference": document.reference,
        "dated_on": document.dated.isoformat(),
        "payment_terms_in_days": max((due - document.dated).days, 0),
        "currency": document.currency,
        "comments": text(document),
    }
    items = [item for line in document.lines for item in _items(line, sign, data)]
    if document.kind is Kind.CREDIT_NOTE:
        return element | {"credit_note_items": items}
    mails = dict.fromkeys(("send_new_invoice_emails", "send_reminder_emails", "send_thank_you_emails"), False)
    return element | mails | {"invoice_items": items}


def _items(line: DocumentLine, sign: int, data: ReferenceData) -> Iterator[dict[str, Any]]:
    rate = _rate(line, data)
    for item in _taxed(line, rate):
        taxed = rate if item.taxed else None
        words = line.description if item.taxed else f"{line.description} (rounding of tax)"
        yield {
            "description": words[:LONGEST_TEXT] or "-",
            "quantity": "1.0",
            "price": amount(sign * item.net),
            "category": line.account,
            **_item_tax(taxed, data),
        }


def _taxed(line: DocumentLine, rate: TaxRate | None) -> tuple[tax.Item, ...]:
    """The items of a line. Raises PlatformRejected when rounding does not explain its tax."""
    percent = rate.rate if rate else Decimal(0)
    _check_tax(line, percent)
    try:
        return tax.items(line.net, line.tax, percent)
    except ValueError:
        raise _wrong_rate(line, percent) from None


def _check_tax(line: DocumentLine, percent: Decimal) -> None:
    if not tax.is_plausible(line.net, line.tax, percent):
        raise _wrong_rate(line, percent)


def _wrong_rate(line: DocumentLine, percent: Decimal) -> PlatformRejected:
    return _rejected(
        f"The tax on {line.description} is {amount(line.tax)} of {amount(line.net)}; FreeAgent would make "
        f"{amount(tax.tax_on_top(line.net, percent))} of it at {percent:f} %. "
        "Choose another tax rate for it in Daybook's settings."
    )


def _item_tax(rate: TaxRate | None, data: ReferenceData) -> dict[str, Any]:
    """An invoice item's tax; without a rate, that it has none, since FreeAgent would else choose one."""
    if not data.tax_rates:
        return {}
    if rate is not None and rate.id != EXEMPT:
        return {"sales_tax_rate": percentage(rate.rate)}
    if rate is None and _has_naught(data):
        return {"sales_tax_rate": _NAUGHT}
    return {"sales_tax_status": "EXEMPT"}


def _bill(document: Document, data: ReferenceData) -> dict[str, Any]:
    if len(document.lines) > MOST_BILL_ITEMS:
        raise _rejected(
            f"A bill in FreeAgent has at most {MOST_BILL_ITEMS} items; this has {len(document.lines)}."
        )
    sign, own = CALLS[document.kind].sign, document.currency == data.company.base_currency
    return {
        "contact": document.contact,
        "reference": document.reference,
        "dated_on": document.dated.isoformat(),
        "due_on": (document.due or document.dated).isoformat(),
        "currency": document.currency,
        "comments": text(document),
        "bill_items": [
            {
                "description": line.description[:LONGEST_TEXT] or "-",
                "category": line.account,
                "total_value": amount(sign * (line.net + line.tax)),
                **_purchase_tax(line, sign, data, "manual_sales_tax_amount" if own else ""),
            }
            for line in document.lines
        ],
    }


def _purchase_tax(line: DocumentLine, sign: int, data: ReferenceData, manual: str) -> dict[str, Any]:
    """The tax within an amount; `manual` is the field that takes one FreeAgent would not make."""
    rate = _rate(line, data)
    if not data.tax_rates and not line.tax:
        return {}
    if rate is None and not line.tax:
        return _OUT_OF_SCOPE
    percent = rate.rate if rate else Decimal(0)
    _check_tax(line, percent)
    if tax.tax_within(line.net + line.tax, percent) == line.tax:
        return (
            {"sales_tax_status": EXEMPT}
            if rate and rate.id == EXEMPT
            else {"sales_tax_rate": percentage(percent)}
        )
    if manual:
        return {manual: amount(sign * line.tax)}
    raise _rejected(
        f"FreeAgent would make another tax of {line.description} than {amount(line.tax)}, and takes one "
        f"written out in {data.company.base_currency} only."
    )


def _explanation(document: Document, data: ReferenceData) -> dict[str, Any]:
    call = CALLS[document.kind]
    element: dict[str, Any] = {
        "bank_account": document.account,
        "dated_on": document.dated.isoformat(),
        "gross_value": amount(call.sign * document.total),
        "description": text(document),
        "receipt_reference": document.reference,
    }
    if call.settles:
        return element | {call.settles: document.settles}
    if document.kind is Kind.TRANSFER:
        return element | {"transfer_bank_account": document.to_account}
    (line,) = document.lines
    return element | {"category": line.account} | _explained_tax(line, call.sign, data)


def _explained_tax(line: DocumentLine, sign: int, data: ReferenceData) -> dict[str, Any]:
    """The tax of money spent or received; only income and expenses have any."""
    if line.account not in (*data.details["invoiced"], *data.details["billed"]):
        if line.tax:
            raise _rejected(f"Only income and expenses have tax in FreeAgent; {line.description} is neither.")
        return {}
    if not line.tax_rate and not line.tax and data.tax_rates and _has_naught(data):
        return {"sales_tax_rate": _NAUGHT}
    return _purchase_tax(line, sign, data, "sales_tax_value")


def _journal_set(document: Document) -> dict[str, Any]:
    return {
        "dated_on": document.dated.isoformat(),
        "description": text(document),
        "tag": document.reference,
        "journal_entries": [
            {
                "category": line.account,
                "debit_value": amount(line.net),
                "description": line.description[:LONGEST_TEXT] or "-",
            }
            for line in document.lines
        ],
    }


def amount(value: Decimal) -> str:
    """An amount as text: no exponent, no negative zero."""
    return f"{value.quantize(tax.PENNY) + 0:f}"


def percentage(rate: Decimal) -> str:
    """A rate as FreeAgent writes it: `20.0`, `17.5`, `9.975`."""
    return f"{rate:f}" if rate != rate.to_integral_value() else f"{int(rate)}.0"


def _rate(line: DocumentLine, data: ReferenceData) -> TaxRate | None:
    """The line's rate; None for none. Raises PlatformRejected for one the company does not have."""
    if not line.tax_rate:
        return None
    found = next((rate for rate in data.tax_rates if rate.id == line.tax_rate), None)
    if found is None:
        raise _rejected(
            f"The company in FreeAgent charges no tax at the rate chosen for {line.description}. "
            "Choose another tax rate in Daybook's settings."
        )
    return found


def _has_naught(data: ReferenceData) -> bool:
    return any(not rate.rate and rate.id != EXEMPT for rate in data.tax_rates)


def _rejected(reason: str) -> PlatformRejected:
    return PlatformRejected(PLATFORM_NAME, reason)
