"""What FreeAgent says to a request: what it holds now, or why not, in words a merchant can act on. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from daybook.domain.documents import Kind
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.ledger import Written
from daybook.domain.money import ZERO
from daybook.platforms.freeagent.authorisation import PLATFORM_NAME
from daybook.platforms.freeagent.payloads import (
    BILLS,
    CALLS,
    CREDIT_NOTES,
    EXPLANATIONS,
    INVOICES,
    JOURNAL_SETS,
)
from daybook.platforms.freeagent.reading import decimal
from daybook.platforms.transport import Reply

Record = Mapping[str, Any]

DRAFT_STATUS = "Draft"
_LONGEST_REASON = 600
# What FreeAgent's reasons mean to a merchant, by words that stand in them. The first that fits is added.
_ADVICE = (
    (
        r"lock|filed|VAT return|accounting period|start date|year end",
        "That period is closed there. Open it in FreeAgent, or have the day written after it.",
    ),
    (
        r"reference|already been taken",
        "Give the document with this number in FreeAgent another one, or delete it.",
    ),
    (r"tax", "Choose another tax rate, or another account, in Daybook's settings."),
    (r"contact", "Choose another customer or supplier in Daybook's settings."),
    (r"currency", "Choose a bank account in this currency in Daybook's settings."),
    (r"bank account", "Choose another bank account in Daybook's settings."),
    (r"category|nominal", "Choose another account in Daybook's settings."),
    (
        r"invoice|bill|credit note|paid|status",
        "Look at it in FreeAgent: it may be a draft, deleted, or paid by another payment.",
    ),
)
_PLAN = re.compile(
    r"\b(subscription|trial)\b.*\b(expired|ended|cancel\w*|suspended|inactive|lapsed)\b"
    r"|\b(company|account) (is|has been) (cancelled|suspended|deactivated)\b"
    r"|API access is disabled",
    re.IGNORECASE | re.DOTALL,
)


def held(kind: Kind, element: Record, location: str = "") -> Written | None:
    """What FreeAgent holds of a document; None when the answer does not say."""
    identity = element.get("url") or location
    found = amounts(kind, element)
    if not isinstance(identity, str) or not identity or found is None:
        return None
    return Written(identity, *found)


def amounts(kind: Kind, element: Record) -> tuple[Decimal, Decimal | None] | None:
    """Total and tax of a document in FreeAgent, or None when it does not say.

    The tax is None of what has no lines that could bear one.
    """
    call = CALLS[kind]
    if call.resource is JOURNAL_SETS:
        entries = element.get("journal_entries")
        if not isinstance(entries, list) or not entries:
            return None
        debits = [decimal(each.get("debit_value")) or ZERO for each in entries if isinstance(each, Mapping)]
        return sum((each for each in debits if each > 0), ZERO), None
    total = decimal(element.get("gross_value" if call.resource is EXPLANATIONS else "total_value"))
    if total is None:
        return None
    return call.sign * total, _tax(kind, element, total)


def _tax(kind: Kind, element: Record, total: Decimal) -> Decimal | None:
    """The tax; of purchases FreeAgent tells it with the sign of what is claimed back."""
    call = CALLS[kind]
    if call.settles or kind is Kind.TRANSFER:
        return None
    told = decimal(element.get("sales_tax_value"))
    if call.resource in (INVOICES, CREDIT_NOTES):
        net = decimal(element.get("net_value"))
        return call.sign * (told if told is not None else total - (total if net is None else net))
    return abs(told or ZERO)


def names(kind: Kind, element: Record) -> tuple[str, str]:
    """The reference that a document in FreeAgent bears, and its description without that."""
    resource = CALLS[kind].resource
    described = "description" if resource in (EXPLANATIONS, JOURNAL_SETS) else "comments"
    first, _, rest = str(element.get(described) or "").partition(": ")
    if resource is EXPLANATIONS:
        return str(element.get("receipt_reference") or first), rest
    said = str(element.get(resource.named_in) or "")
    return said, rest if first == said else ""


def is_one(kind: Kind, element: Record) -> bool:
    """Whether an element of its list is of this kind: many share the list of explanations.

    The other side of a transfer, which FreeAgent adds, is none of ours.
    """
    call = CALLS[kind]
    total = decimal(element.get("total_value" if call.resource is BILLS else "gross_value")) or ZERO
    if call.resource is BILLS:
        return total * call.sign >= 0
    if call.resource is not EXPLANATIONS:
        return True
    settled = next((name for name in ("paid_invoice", "paid_bill") if element.get(name)), "")
    is_moved = bool(element.get("transfer_bank_account"))
    return total * call.sign > 0 and settled in ("", call.settles) and is_moved == (kind is Kind.TRANSFER)


def refused(reply: Reply) -> PlatformError:
    """The error of a request that FreeAgent refused; nothing of it was carried out.

    An answer that neither refuses nor can be read is PlatformUnclear.
    """
    said = " ".join(dict.fromkeys(_sentence(each) for each in _reasons(reply.json())))[:_LONGEST_REASON]
    if reply.status == HTTPStatus.PAYMENT_REQUIRED or (_is_refusal(reply) and _PLAN.search(said)):
        words = f"FreeAgent says: {said}" if said else "FreeAgent gives no access without a subscription."
        return SubscriptionExpired(PLATFORM_NAME, f"{words} Look at the subscription in FreeAgent.")
    if reply.status == HTTPStatus.FORBIDDEN:
        message = (
            f"FreeAgent does not let this connection do that. {said} Link it as a user with full access."
        )
        return AuthorisationLost(PLATFORM_NAME, " ".join(message.split()))
    if not _is_refusal(reply):
        return unreadable()
    if not said:
        is_gone = reply.status == HTTPStatus.NOT_FOUND
        known = "does not know what it refers to" if is_gone else "refused it without a reason"
        return PlatformRejected(PLATFORM_NAME, f"FreeAgent {known}.")
    advice = next((words for sign, words in _ADVICE if re.search(sign, said, re.IGNORECASE)), "")
    return PlatformRejected(PLATFORM_NAME, f"FreeAgent says: {said} {advice}".strip())


def unreadable() -> PlatformUnclear:
    """The error of an answer that leaves open what was done."""
    return PlatformUnclear(PLATFORM_NAME, "FreeAgent's answer cannot be read.")


def _is_refusal(reply: Reply) -> bool:
    return HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR


def _reasons(answer: object) -> Iterator[str]:
    """The reasons in an answer, however deep: FreeAgent has several forms of it."""
    if not isinstance(answer, Mapping):
        return
    for name in ("errors", "error", "message", "error_description"):
        if name in answer:
            yield from _texts(answer[name])
            return


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, Mapping):
        if "message" in value:
            yield from _texts(value["message"])
        else:
            for name, each in value.items():
                for words in _texts(each):
                    yield words if name == "error" else f"{str(name).replace('_', ' ')} {words}"


def _sentence(words: str) -> str:
    line = " ".join(words.split())
    return line if line[-1] in ".!?" else f"{line}."
