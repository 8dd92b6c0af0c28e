"""A ledger as one JSON document: reference data, trial balance, entries and documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from daybook.domain.ledger import Account, Contact, Entry, ReferenceData, Standing, trial_balance
from daybook.domain.money import ZERO, quantize
from daybook.platforms.sandbox.extract import Extract

Json = dict[str, Any]


def contents(ledger: Extract) -> Json:
    """Everything in the ledger, amounts as Decimal, debit positive where signed."""
    data = ledger.data
    accounts = {each.id: each for each in data.accounts}
    owed = _owed(ledger.entries)
    return {
        "company": company(data),
        "from": _date(ledger.first),
        "to": _date(ledger.last),
        "accounts": [account(each) for each in data.accounts],
        "taxRates": [
            {
                "id": rate.id,
                "code": rate.code,
                "name": rate.name,
                "rate": rate.rate,
                "accountId": rate.account,
                "status": rate.status,
            }
            for rate in data.tax_rates
        ],
        "customers": _contacts(data.customers, owed),
        "suppliers": _contacts(data.suppliers, owed),
        "trialBalance": [
            _trial_balance(currency, balances, accounts)
            for currency, balances in sorted(trial_balance(ledger.entries).items())
        ],
        "entries": [_entry(entry, accounts) for entry in ledger.entries],
        "documents": [_document(entry, ledger.standings[entry.id], accounts) for entry in ledger.entries],
    }


def _date(value: object) -> str | None:
    return None if value is None else str(value)


def company(data: ReferenceData) -> Json:
    """The company and its books' settings."""
    owner = data.company
    return {
        "name": owner.name,
        "baseCurrency": owner.base_currency,
        "country": owner.country,
        "timeZone": owner.time_zone,
        "lockDate": _date(owner.lock_date),
        "fault": data.details.get("fault") or None,
    }


def account(each: Account) -> Json:
    """An account of the chart."""
    return {
        "id": each.id,
        "code": each.code,
        "name": each.name,
        "type": each.type,
        "status": each.status,
        "isBank": each.is_bank,
        "takesPayments": each.takes_payments,
    }


def _owed(entries: Iterable[Entry]) -> Mapping[str, Mapping[str, Decimal]]:
    """Contact -> currency -> what they owe (positive) or are owed."""
    owed: dict[str, dict[str, Decimal]] = {}
    for entry in entries:
        currency = entry.document.currency
        for line in entry.lines:
            if line.contact:
                by_currency = owed.setdefault(line.contact, {})
                by_currency[currency] = by_currency.get(currency, ZERO) + line.amount
    return owed


def _contacts(contacts: Sequence[Contact], owed: Mapping[str, Mapping[str, Decimal]]) -> list[Json]:
    return [
        {
            "id": contact.id,
            "name": contact.name,
            "status": contact.status,
            "balances": [
                {"currency": currency, "balance": quantize(balance, currency)}
                for currency, balance in sorted(owed.get(contact.id, {}).items())
            ],
        }
        for contact in contacts
    ]


def _trial_balance(currency: str, balances: Mapping[str, Decimal], accounts: Mapping[str, Account]) -> Json:
    rows: list[Json] = [
        {
            "accountId": identity,
            "code": each.code,
            "name": each.name,
            "type": each.type,
            "balance": quantize(balances[identity], currency),
        }
        for identity, each in accounts.items()
        if identity in balances
    ]
    debits = sum((balance for balance in balances.values() if balance > 0), ZERO)
    credits_ = -sum((balance for balance in balances.values() if balance < 0), ZERO)
    return {
        "currency": currency,
        "debits": quantize(debits, currency),
        "credits": quantize(credits_, currency),
        "accounts": rows,
    }


def _entry(entry: Entry, accounts: Mapping[str, Account]) -> Json:
    document = entry.document
    return {
        "documentId": entry.id,
        "kind": str(document.kind),
        "reference": document.reference,
        "date": str(document.dated),
        "currency": document.currency,
        "description": document.description,
        "lines": [
            {
                "accountId": line.account,
                "accountName": accounts[line.account].name,
                "amount": quantize(line.amount, document.currency),
                "description": line.description,
                "contactId": line.contact or None,
            }
            for line in entry.lines
        ],
    }


def _document(entry: Entry, standing: Standing, accounts: Mapping[str, Account]) -> Json:
    document, currency = entry.document, entry.document.currency
    return {
        "id": entry.id,
        "kind": str(document.kind),
        "reference": document.reference,
        "direct": document.direct,
        "day": None if document.direct else str(document.day),
        "date": str(document.dated),
        "dueDate": _date(document.due),
        "currency": currency,
        "description": document.description,
        "status": standing.status,
        "total": quantize(document.total, currency),
        "tax": quantize(entry.tax, currency),
        "open": quantize(standing.open, currency),
        "contactId": standing.contact or None,
        "accountId": document.account or None,
        "toAccountId": document.to_account or None,
        "settles": document.settles or None,
        "settlesReference": document.settles_reference or None,
        "lines": [
            {
                "accountId": line.account,
                "accountName": accounts[line.account].name,
                "net": quantize(line.net, currency),
                "tax": quantize(line.tax, currency),
                "taxRateId": line.tax_rate or None,
                "description": line.description,
            }
            for line in document.lines
        ],
    }
