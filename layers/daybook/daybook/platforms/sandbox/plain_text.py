"""A ledger as plain-text accounting, for beancount and for hledger.

Both get the same account names: the type, then the name with everything but letters and digits turned into
hyphens. What is between the lines (comments, tags) never decides an amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from daybook.domain.documents import Document
from daybook.domain.ledger import DRAFT, Account, Entry
from daybook.domain.money import decimals
from daybook.platforms.sandbox.extract import Extract

_ROOTS = {
    "Asset": "Assets",
    "Liability": "Liabilities",
    "Equity": "Equity",
    "Income": "Income",
    "Expense": "Expenses",
}
# Accounts are declared as of a day before every entry.
_BEGINNING = date(1970, 1, 1)
_INDENT = "  "
_SEPARATORS = re.compile(r"[\W_]+")


def account_names(accounts: Iterable[Account]) -> Mapping[str, str]:
    """Account id -> its name in plain text; of two that would be alike the later gets a number."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for account in accounts:
        plain = f"{_ROOTS[account.type]}:{_component(account.name)}"
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name.casefold())
        names[account.id] = name
    return names


def beancount(ledger: Extract) -> str:
    """The ledger as beancount reads it."""
    return "\n".join(_beancount(ledger)) + "\n"


def hledger(ledger: Extract) -> str:
    """The ledger as hledger reads it; strict checks pass, every account and commodity being declared."""
    return "\n".join(_hledger(ledger)) + "\n"


def _beancount(ledger: Extract) -> Iterator[str]:
    company = ledger.data.company
    yield from _heading(ledger)
    yield f"option {_quoted('title')} {_quoted(company.name)}"
    yield f"option {_quoted('operating_currency')} {_quoted(company.base_currency)}"
    yield ""
    opened = min((_BEGINNING, *(entry.document.dated for entry in ledger.entries)))
    for currency in ledger.currencies:
        yield f"{opened} commodity {currency}"
    yield ""
    names = account_names(ledger.data.accounts)
    for account in ledger.data.accounts:
        yield f"{opened} open {names[account.id]}"
        yield f"{_INDENT}name: {_quoted(account.name)}"
        yield f"{_INDENT}code: {_quoted(account.code)}"
    parties = _parties(ledger)
    for entry in ledger.entries:
        document = entry.document
        party = parties.get(ledger.standings[entry.id].contact)
        payee = f"{_quoted(party)} " if party else ""
        links = " ".join(f"^{_link(reference)}" for reference in _references(ledger, entry))
        yield ""
        yield (
            f"{document.dated} {_flag(document)} {payee}{_quoted(document.description)}"
            f" #{document.kind} {links}"
        )
        yield f"{_INDENT}id: {_quoted(entry.id)}"
        yield f"{_INDENT}reference: {_quoted(document.reference)}"
        yield f"{_INDENT}direct: TRUE" if document.direct else f"{_INDENT}day: {document.day}"
        yield from _lines(entry, names)


def _hledger(ledger: Extract) -> Iterator[str]:
    yield from _heading(ledger)
    yield "decimal-mark ."
    yield ""
    for currency in ledger.currencies:
        yield f"commodity 1000.{'0' * decimals(currency)} {currency}"
    yield ""
    names = account_names(ledger.data.accounts)
    for account in ledger.data.accounts:
        yield f"account {names[account.id]}{_INDENT}; code:{_tag(account.code)}, name:{_tag(account.name)}"
    parties = _parties(ledger)
    for entry in ledger.entries:
        document = entry.document
        party = parties.get(ledger.standings[entry.id].contact, "")
        text = " | ".join(filter(None, (_plain(party), _plain(document.description))))
        settled = _references(ledger, entry)[1:]
        yield ""
        yield f"{document.dated} {_flag(document)} ({_plain(document.reference)}) {text}".rstrip()
        yield (
            f"{_INDENT}; kind:{document.kind}, id:{entry.id}, reference:{_tag(document.reference)},"
            f" {'direct:yes' if document.direct else f'day:{document.day}'}"
            + "".join(f", settles:{_tag(reference)}" for reference in settled)
        )
        yield from _lines(entry, names)


def _heading(ledger: Extract) -> Iterator[str]:
    yield f"; Sandbox books of {_comment(ledger.data.company.name)}"
    if ledger.partial:
        first, last = ledger.first or "the beginning", ledger.last or "the end"
        yield f"; Only entries dated from {first} to {last}: balances are those of these entries alone."


def _lines(entry: Entry, names: Mapping[str, str]) -> Iterator[str]:
    document = entry.document
    places = decimals(document.currency)
    amounts = [f"{line.amount:.{places}f}" for line in entry.lines]
    account_width = max(len(names[line.account]) for line in entry.lines)
    amount_width = max(map(len, amounts))
    for line, amount in zip(entry.lines, amounts, strict=True):
        posting = f"{names[line.account]:<{account_width}}  {amount:>{amount_width}} {document.currency}"
        note = _comment(line.description) if line.description != document.description else ""
        yield f"{_INDENT}{posting}" + (f"  ; {note}" if note else "")


def _flag(document: Document) -> str:
    """A draft waits for the merchant's approval: pending."""
    return "!" if document.status.lower() == DRAFT.lower() else "*"


def _references(ledger: Extract, entry: Entry) -> list[str]:
    """The document's own number, then that of the document it settles."""
    document = entry.document
    settled = ledger.standings.get(document.settles)
    other = settled.reference if settled is not None else document.settles_reference
    return [document.reference, other] if other else [document.reference]


def _parties(ledger: Extract) -> Mapping[str, str]:
    return {contact.id: contact.name for contact in (*ledger.data.customers, *ledger.data.suppliers)}


def _component(name: str) -> str:
    """One part of an account's name: letters, digits and hyphens, beginning with a capital or a digit."""
    text = _SEPARATORS.sub("-", "".join(each if _is_plain(each) else " " for each in name)).strip("-")
    if not text:
        return "Account"
    capital = text[0].upper()
    if len(capital) == 1 and (capital.isupper() or capital.isdecimal()):
        return capital + text[1:]
    return f"X-{text}"  # scripts without capitals


def _is_plain(character: str) -> bool:
    return character.isalpha() or character.isdecimal()


def _one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _quoted(text: str) -> str:
    """A beancount string."""
    return '"' + _one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _link(reference: str) -> str:
    """A reference as a beancount link, which holds fewer characters than a reference may."""
    return re.sub(r"[^A-Za-z0-9\-_/.]", "-", reference)


def _comment(text: str) -> str:
    """Words for a comment: hledger looks for tags and dates in comments, and dates move entries."""
    return _one_line(text).replace(":", " -").replace("[", "(").replace("]", ")")


def _tag(text: str) -> str:
    """The value of an hledger tag, which ends at a comma."""
    return _comment(text).replace(",", " ")


def _plain(text: str) -> str:
    """Part of the first line of an hledger entry: no comment may begin in it, nor its number end."""
    for character, other in ((";", ","), ("(", "["), (")", "]"), ("|", "/")):
        text = text.replace(character, other)
    return _one_line(text)
