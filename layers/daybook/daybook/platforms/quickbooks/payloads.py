"""A document as QuickBooks takes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import ReferenceData
from daybook.domain.money import ZERO
from daybook.frozen import frozen
from daybook.platforms.quickbooks import forms, taxes
from daybook.platforms.quickbooks.faults import PLATFORM_NAME
from daybook.platforms.quickbooks.forms import account_type, form
from daybook.platforms.quickbooks.numbers import LONGEST, Step, note, part_number
from daybook.platforms.quickbooks.reading import CREDIT_CARD, PAYABLE, RECEIVABLE

_LONGEST_LINE = 4000


@frozen
class Known:
    """What a payload takes from beyond its document: the company, our items, and who stands in for nobody.

    `items` is the item for each account that sales lines bear. `customer` and `supplier` are whose debt it
    is that a journal moves without naming anybody.
    """

    data: ReferenceData
    items: Mapping[str, str]
    customer: str = ""
    supplier: str = ""


@frozen
class Piece:
    """One form to create. `step` says which of several it is; None for a document that is one form."""

    entity: str
    content: Mapping[str, Any]
    step: Step | None = None


def pieces(document: Document, known: Known) -> list[Piece]:
    """The forms that move the money of a document; all but journals are one.

    Raises PlatformRejected.
    """
    if len(part_number(document.reference, 1)) > LONGEST:
        raise _rejected(
            f"The number {document.reference} is too long: QuickBooks takes at most {LONGEST} characters."
        )
    chosen = form(document, known.data)
    if chosen.entity == forms.JOURNAL:
        return _journals(document, known, chosen.then)
    head = _head(document, known.data)
    if chosen.entity in forms.WITHOUT_NUMBER:
        del head["DocNumber"]
    content = _CONTENTS[chosen.entity](document, known)
    return [Piece(chosen.entity, {**head, **content})]


def matching(document: Document, known: Known, journal: str) -> Piece:
    """The payment of nothing that matches a journal with the document it settles."""
    step = Step(2, 2, document.total)
    head = _head(document, known.data, step)
    settled = {Kind.PAYMENT: forms.INVOICE, Kind.REFUND: forms.CREDIT_MEMO, Kind.BILL_PAYMENT: forms.BILL}
    lines = [
        _linked(document.total, journal, forms.JOURNAL),
        _linked(document.total, document.settles, settled.get(document.kind, forms.VENDOR_CREDIT)),
    ]
    entity = form(document, known.data).then
    if entity == forms.PAYMENT:
        head["PaymentRefNum"] = head.pop("DocNumber")
        return Piece(
            entity, {**head, "CustomerRef": _ref(document.contact), "TotalAmt": ZERO, "Line": lines}, step
        )
    content = {
        "VendorRef": _ref(document.contact),
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": _ref(forms.a_bank(known.data))},
        "TotalAmt": ZERO,
        "Line": lines,
    }
    return Piece(entity, {**head, **content}, step)


def needs(document: Document, data: ReferenceData) -> set[str]:
    """Whether a document's journals move what customers or suppliers owe without naming any."""
    if form(document, data).entity != forms.JOURNAL:
        return set()
    moved = {account_type(line.account, data) for line in _signed(document, data)}
    return (moved & {RECEIVABLE, PAYABLE}) - {_whose(document, data)}


def sold_on(document: Document) -> list[str]:
    """The accounts of the lines that need an item."""
    if document.kind not in (Kind.INVOICE, Kind.CREDIT_NOTE):
        return []
    return list(dict.fromkeys(line.account for line in document.lines))


def _whose(document: Document, data: ReferenceData) -> str:
    """The kind of control account that a document's own contact can stand on; "" when it names none."""
    if not document.contact:
        return ""
    if document.kind in (Kind.PAYMENT, Kind.REFUND):
        return RECEIVABLE
    if document.kind in (Kind.BILL_PAYMENT, Kind.BILL_REFUND):
        return PAYABLE
    is_customer = any(each.id == document.contact for each in data.customers)
    return RECEIVABLE if is_customer else PAYABLE


def _head(document: Document, data: ReferenceData, step: Step | None = None) -> dict[str, Any]:
    head: dict[str, Any] = {
        "DocNumber": document.reference,
        "TxnDate": document.dated.isoformat(),
        "PrivateNote": note(document.reference, document.description, step),
    }
    if data.details.get("multiCurrency"):
        head["CurrencyRef"] = _ref(document.currency)
    return head


def _sale(document: Document, known: Known) -> dict[str, Any]:
    due = {"DueDate": document.due.isoformat()} if document.due else {}
    lines = [
        _line(
            line,
            line.net,
            "SalesItemLineDetail",
            {
                "ItemRef": _ref(known.items[line.account]),
                "Qty": 1,
                "UnitPrice": line.net,
                **taxes.line_code(line, known.data, taxes.SALES),
            },
        )
        for line in document.lines
    ]
    return {
        "CustomerRef": _ref(document.contact),
        "Line": lines,
        **due,
        **taxes.whole(document, known.data, taxes.SALES),
    }


def _credit_memo(document: Document, known: Known) -> dict[str, Any]:
    content = _sale(document, known)
    content.pop("DueDate", None)
    return content


def _payment(document: Document, known: Known) -> dict[str, Any]:
    lines = [_linked(document.total, document.settles, forms.INVOICE)] if document.settles else []
    return {
        "CustomerRef": _ref(document.contact),
        "TotalAmt": document.total,
        "DepositToAccountRef": _ref(document.account),
        "PaymentRefNum": document.reference,
        **_control("ARAccountRef", known.data.company.receivable_account, document, known.data),
        **({"Line": lines} if lines else {}),
    }


def _purchase_lines(document: Document, known: Known) -> list[dict[str, Any]]:
    return [
        _line(
            line,
            line.net,
            "AccountBasedExpenseLineDetail",
            {"AccountRef": _ref(line.account), **taxes.line_code(line, known.data, taxes.PURCHASES)},
        )
        for line in document.lines
    ]


def _bill(document: Document, known: Known) -> dict[str, Any]:
    return {
        "VendorRef": _ref(document.contact),
        **_control("APAccountRef", known.data.company.payable_account, document, known.data),
        "Line": _purchase_lines(document, known),
        **({"DueDate": document.due.isoformat()} if document.due else {}),
        **taxes.whole(document, known.data, taxes.PURCHASES),
    }


def _bill_payment(document: Document, known: Known) -> dict[str, Any]:
    by_card = account_type(document.account, known.data) == CREDIT_CARD
    paid_from = (
        {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": _ref(document.account)}}
        if by_card
        else {"PayType": "Check", "CheckPayment": {"BankAccountRef": _ref(document.account)}}
    )
    return {
        "VendorRef": _ref(document.contact),
        **_control("APAccountRef", known.data.company.payable_account, document, known.data),
        **paid_from,
        "TotalAmt": document.total,
        "Line": [_linked(document.total, document.settles, forms.BILL)],
    }


def _purchase(document: Document, known: Known) -> dict[str, Any]:
    by_card = account_type(document.account, known.data) == CREDIT_CARD
    whose = _entity(document, known.data, ("Customer", "Vendor"))
    return {
        "PaymentType": "CreditCard" if by_card else "Cash",
        "AccountRef": _ref(document.account),
        **({"EntityRef": whose} if whose else {}),
        "Line": _purchase_lines(document, known),
        **taxes.whole(document, known.data, taxes.PURCHASES),
    }


def _deposit(document: Document, known: Known) -> dict[str, Any]:
    """Money received on an account: for lines of its own, or back from a supplier against what is owed."""
    data = known.data
    lines = document.lines
    if document.kind is Kind.BILL_REFUND:
        owing = forms.in_currency(data.company.payable_account, document.currency, data)
        lines = (DocumentLine(document.description, owing, document.total),)
    is_taxed = forms.is_global(data) and any(line.tax_rate for line in lines)
    whose = _entity(document, data, ("CUSTOMER", "VENDOR"))
    made = []
    for line in lines:
        detail: dict[str, Any] = {"AccountRef": _ref(line.account)}
        if whose:
            detail["Entity"] = whose
        if is_taxed:
            detail |= {**taxes.line_code(line, data, taxes.SALES), "TaxApplicableOn": "Sales"}
        made.append(_line(line, line.net, "DepositLineDetail", detail))
    taxed = taxes.whole(document, data, taxes.SALES) if is_taxed else {}
    return {"DepositToAccountRef": _ref(document.account), "Line": made, **taxed}


def _transfer(document: Document, known: Known) -> dict[str, Any]:  # noqa: ARG001 - as its like
    return {
        "FromAccountRef": _ref(document.account),
        "ToAccountRef": _ref(document.to_account),
        "Amount": document.total,
    }


_CONTENTS = {
    forms.INVOICE: _sale,
    forms.CREDIT_MEMO: _credit_memo,
    forms.PAYMENT: _payment,
    forms.BILL: _bill,
    forms.VENDOR_CREDIT: _bill,
    forms.BILL_PAYMENT: _bill_payment,
    forms.PURCHASE: _purchase,
    forms.DEPOSIT: _deposit,
    forms.TRANSFER: _transfer,
}


def _journals(document: Document, known: Known, then: str) -> list[Piece]:
    """The journal of a document, or several: one may move only one account that is kept by contact."""
    lines = _signed(document, known.data)
    parts = _by_control(lines, known.data)
    if len(parts) == 1 and not then:
        return [Piece(forms.JOURNAL, _journal(document, lines, known, 1, None))]
    if len(parts) == 1:
        step = Step(1, 2, document.total)
        return [Piece(forms.JOURNAL, _journal(document, lines, known, 1, step), step)]
    made = []
    for ordinal, part in enumerate(parts, 1):
        step = Step(ordinal, len(parts), document.total)
        made.append(Piece(forms.JOURNAL, _journal(document, part, known, ordinal, step), step))
    return made


def _by_control(lines: Sequence[DocumentLine], data: ReferenceData) -> list[list[DocumentLine]]:
    """The lines of each journal. What the parts lack to balance passes through an account of the whole."""
    controls = list(dict.fromkeys(line.account for line in lines if forms.is_control(line.account, data)))
    if len(controls) < 2:  # noqa: PLR2004 - one journal carries it
        return [list(lines)]
    plain = [line for line in lines if line.account not in controls]
    if not plain:
        raise _rejected(
            "QuickBooks takes no journal between what customers owe and what is owed to suppliers."
        )
    parts = []
    for number, control in enumerate(controls):
        part = [line for line in lines if line.account == control] + (plain if number == 0 else [])
        off = sum((line.net for line in part), ZERO)
        if off:
            part.append(replace(plain[0], description="Carried to another journal", net=-off))
        parts.append(part)
    return parts


def _journal(
    document: Document, lines: Sequence[DocumentLine], known: Known, ordinal: int, step: Step | None
) -> dict[str, Any]:
    number = part_number(document.reference, ordinal)
    if len(number) > LONGEST:
        raise _rejected(f"The number {number} is too long: QuickBooks takes at most {LONGEST} characters.")
    made = []
    for line in lines:
        detail: dict[str, Any] = {
            "PostingType": "Debit" if line.net >= 0 else "Credit",
            "AccountRef": _ref(line.account),
        }
        kind = account_type(line.account, known.data)
        if kind in (RECEIVABLE, PAYABLE):
            detail["Entity"] = _owed_by(document, kind, known)
        made.append(_line(line, abs(line.net), "JournalEntryLineDetail", detail))
    return {**_head(document, known.data, step), "DocNumber": number, "Line": made}


def _owed_by(document: Document, kind: str, known: Known) -> dict[str, Any]:
    is_receivable = kind == RECEIVABLE
    fits = _whose(document, known.data) == kind
    whose = document.contact if fits else (known.customer if is_receivable else known.supplier)
    return {"Type": "Customer" if is_receivable else "Vendor", "EntityRef": _ref(whose)}


def _signed(document: Document, data: ReferenceData) -> list[DocumentLine]:
    """Every account that a document's journal moves: net signed, debit positive."""
    if document.kind is Kind.JOURNAL:
        return [
            replace(line, account=forms.in_currency(line.account, document.currency, data))
            for line in document.lines
        ]
    text, total = document.description, document.total
    of_account = DocumentLine(text, document.account, total)
    owed, owing = (
        DocumentLine(text, forms.in_currency(account, document.currency, data), total)
        for account in (data.company.receivable_account, data.company.payable_account)
    )
    sides = {
        Kind.PAYMENT: (of_account, owed),
        Kind.REFUND: (owed, of_account),
        Kind.BILL_PAYMENT: (owing, of_account),
        Kind.BILL_REFUND: (of_account, owing),
        Kind.TRANSFER: (DocumentLine(text, document.to_account, total), of_account),
    }
    if document.kind in sides:
        debit, credit = sides[document.kind]
        return [debit, replace(credit, net=-total)]
    sign = 1 if document.kind is Kind.SPEND_MONEY else -1
    lines = [replace(line, net=sign * line.net) for line in _tax_apart(document, data) if line.net]
    return [replace(of_account, net=-sign * total), *lines]


def _tax_apart(document: Document, data: ReferenceData) -> list[DocumentLine]:
    accounts = {rate.id: rate.account for rate in data.tax_rates}
    lines = []
    for line in document.lines:
        lines.append(replace(line, tax=ZERO))
        if line.tax:
            account = accounts.get(line.tax_rate) or line.account
            lines.append(DocumentLine(f"Tax on {line.description}", account, line.tax))
    return lines


def _line(line: DocumentLine, amount: Decimal, kind: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"Amount": amount, "DetailType": kind, kind: detail}
    if line.description:
        made["Description"] = line.description[:_LONGEST_LINE]
    return made


def _linked(amount: Decimal, identity: str, entity: str) -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": identity, "TxnType": entity}]}


def _control(name: str, account: str, document: Document, data: ReferenceData) -> dict[str, Any]:
    """The company's receivables or payables, named where they are in its own currency."""
    return {name: _ref(account)} if account and document.currency == data.company.base_currency else {}


def _entity(document: Document, data: ReferenceData, words: tuple[str, str]) -> dict[str, str]:
    whose = _whose(document, data)
    return {"value": document.contact, "type": words[0 if whose == RECEIVABLE else 1]} if whose else {}


def _ref(identity: str) -> dict[str, str]:
    return {"value": identity}


def _rejected(reason: str) -> PlatformRejected:
    return PlatformRejected(PLATFORM_NAME, reason)
