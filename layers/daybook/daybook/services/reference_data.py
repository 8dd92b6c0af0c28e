"""A merchant's ledger, looked at through its connection: accounts, tax rates, contacts, the company."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from daybook.domain.errors import BadRequest, NotFound, Problem
from daybook.platforms.interface import Account, Contact, ReferenceData, TaxRate
from daybook.services.connections import LINKED, ledger_connection
from daybook.wire import accounting as wire
from daybook.wire.models import answer, utc_text
from daybook.wire.paging import Listing, page_of

if TYPE_CHECKING:
    from daybook.platforms.interface import Platform
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.connections import Connection

Rows = list[dict[str, Any]]


def linked_ledger(runtime: Runtime, company: Company, connection_id: str = "") -> Connection:
    """The Linked connection to the company's books, or the one named. Raises BadRequest or NotFound."""
    connection = ledger_connection(runtime, company)
    if connection_id and (connection is None or connection.id != connection_id):
        raise NotFound("connection")
    if connection is None or connection.status != LINKED:
        message = "The company's accounting software is not linked. Link it, then try again."
        raise BadRequest(message, [Problem("$", message, "connection")])
    return connection


def list_data(
    runtime: Runtime, company: Company, kind: str, listing: Listing, path: str
) -> dict[str, object]:
    """A page of one kind of the ledger's data: accounts, taxRates, customers, suppliers or bankAccounts."""
    return page_of(_rows(_read(runtime, company), kind), listing, path)


def read_one(runtime: Runtime, company: Company, kind: str, item_id: str) -> dict[str, Any]:
    """One account, bank account, tax rate, customer or supplier. Raises NotFound."""
    for row in _rows(_read(runtime, company), kind):
        if row["id"] == item_id:
            return row
    raise NotFound(_NAMES[kind])


def company_info(runtime: Runtime, company: Company) -> wire.CompanyInfo:
    """The merchant's company as the accounting software knows it."""
    connection = linked_ledger(runtime, company)
    ledger = runtime.platform_for(connection).reference_data().company
    return wire.CompanyInfo(
        company_name=ledger.name,
        accounting_platform_ref=connection.platform_name,
        base_currency=ledger.base_currency,
        ledger_lock_date=ledger.lock_date.isoformat() + "T00:00:00Z" if ledger.lock_date else None,
    )


def create_account(
    runtime: Runtime, company: Company, connection: Connection, request: wire.AccountRequest
) -> wire.PushOperation:
    """Add an account to the ledger. Raises PlatformRejected with the platform's reason."""
    platform: Platform = runtime.platform_for(connection)
    account = platform.create_account(request.name, request.nominal_code, request.type)
    now = utc_text(runtime.clock.now())
    changed = wire.Change(record_ref=wire.RecordRef(id=account.id, data_type="chartOfAccounts"))
    return wire.PushOperation(
        push_operation_key=runtime.ids.new(),
        company_id=company.id,
        data_connection_key=connection.id,
        data_type="chartOfAccounts",
        status="Success",
        status_code=200,
        requested_on_utc=now,
        completed_on_utc=now,
        changes=[changed],
        data=answer(_account(account, account.currency)),
    )


def _read(runtime: Runtime, company: Company) -> ReferenceData:
    data: ReferenceData = runtime.platform_for(linked_ledger(runtime, company)).reference_data()
    return data


def _account(account: Account, base_currency: str) -> wire.Account:
    currency = account.currency or base_currency
    return wire.Account(
        id=account.id,
        nominal_code=account.code or None,
        name=account.name,
        fully_qualified_category=account.type,
        fully_qualified_name=f"{account.type}.{account.name}",
        currency=currency,
        type=account.type,
        status=account.status,
        is_bank_account=account.is_bank,
        valid_datatype_links=[{"property": "Id", "links": _links(account)}],
    )


def _links(account: Account) -> list[str]:
    """Where an account may stand in other data."""
    links = ["Invoices.LineItems.AccountRef.Id", "CreditNotes.LineItems.AccountRef.Id"]
    links += ["Bills.LineItems.AccountRef.Id", "JournalEntries.JournalLines.AccountRef.Id"]
    return [*links, "Payments.AccountRef.Id"] if account.takes_payments or account.is_bank else links


def _accounts(data: ReferenceData) -> Rows:
    return [answer(_account(account, data.company.base_currency)) for account in data.accounts]


def _bank_accounts(data: ReferenceData) -> Rows:
    return [
        answer(
            wire.BankAccount(
                id=account.id,
                account_name=account.name,
                nominal_code=account.code or None,
                currency=account.currency or data.company.base_currency,
                status=account.status,
            )
        )
        for account in data.accounts
        if account.is_bank
    ]


def _tax_rate(rate: TaxRate) -> dict[str, Any]:
    return answer(
        wire.TaxRate(
            id=rate.id,
            code=rate.code,
            name=rate.name,
            effective_tax_rate=rate.rate,
            total_tax_rate=rate.rate,
            components=[wire.RateComponent(name=rate.name, rate=rate.rate)],
            status=rate.status,
        )
    )


def _customer(contact: Contact) -> dict[str, Any]:
    return answer(wire.Customer(id=contact.id, customer_name=contact.name, status=contact.status))


def _supplier(contact: Contact) -> dict[str, Any]:
    return answer(wire.Supplier(id=contact.id, supplier_name=contact.name, status=contact.status))


_NAMES = MappingProxyType(
    {
        "accounts": "account",
        "bankAccounts": "bank account",
        "taxRates": "tax rate",
        "customers": "customer",
        "suppliers": "supplier",
    }
)
_READERS: MappingProxyType[str, Callable[[ReferenceData], Rows]] = MappingProxyType(
    {
        "accounts": _accounts,
        "bankAccounts": _bank_accounts,
        "taxRates": lambda data: [_tax_rate(rate) for rate in data.tax_rates],
        "customers": lambda data: [_customer(contact) for contact in data.customers],
        "suppliers": lambda data: [_supplier(contact) for contact in data.suppliers],
    }
)
KINDS = tuple(_READERS)


def _rows(data: ReferenceData, kind: str) -> Rows:
    return _READERS[kind](data)
