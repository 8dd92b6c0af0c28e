"""A merchant's ledger, looked at through its connection: accounts, tax rates, contacts, the company."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from daybook.domain.errors import BadRequest, NotFound, Problem
from daybook.domain.instants import utc_text
from daybook.platforms.interface import Account, Contact, ReferenceData, TaxRate
from daybook.services.connections import find_connection, own_data_connection
from daybook.services.identifiers import identifier
from daybook.services.integrations import READ
from daybook.services.ledger_connection import ledger_connection
from daybook.services.read_back import read_data_type
from daybook.services.show_dataset import LEDGER
from daybook.store import datasets, pushed_accounts
from daybook.store.connections import LINKED
from daybook.store.datasets import COMPLETE, Dataset
from daybook.wire import accounting as wire
from daybook.wire.models import answer
from daybook.wire.paging import Listing, page_of

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.connections import Connection

Rows = list[dict[str, Any]]


def linked_ledger(runtime: Runtime, company: Company, connection_id: str = "") -> Connection:
    """The connection to the company's books, the one named where one is named.

    Raises NotFound for an unknown connection, BadRequest for one that is not a linked ledger.
    """
    connection = ledger_connection(runtime, company)
    if connection_id and (connection is None or connection.id != identifier(connection_id, "connection")):
        find_connection(runtime, company, connection_id)
        connection = None
    if connection is None or connection.status != LINKED:
        message = "The company's accounting software is not linked. Link it, then try again."
        raise BadRequest(message, [Problem("$", message, "connection")])
    return connection


def list_data(
    runtime: Runtime, company: Company, kind: str, connection_id: str, listing: Listing, path: str
) -> dict[str, object]:
    """A page of one kind of the ledger's data: accounts, taxRates, customers, suppliers or bankAccounts.

    Of the connection named, else of the linked one. Raises NotFound for another kind.
    """
    return page_of(_rows(runtime, company, kind, connection_id), listing, path)


def read_one(
    runtime: Runtime, company: Company, kind: str, connection_id: str, item_id: str
) -> dict[str, Any]:
    """One account, bank account, tax rate, customer or supplier. Raises NotFound."""
    for row in _rows(runtime, company, kind, connection_id):
        if row["id"] == item_id:
            return row
    raise NotFound(_NAMES[kind])


def refresh_all(runtime: Runtime, company: Company) -> None:
    """Read every type of data the ledger has. Raises BadRequest when none is linked."""
    connection = linked_ledger(runtime, company)
    runtime.platform_for(connection).reference_data(fresh=True)
    for data_type in READ:
        _keep_dataset(runtime, connection, f"{LEDGER}{data_type}")


def refresh(runtime: Runtime, company: Company, data_type: str, connection_id: str) -> Dataset:
    """Read one type of data; a shop's own data is pushed, so there is nothing to read and it is complete.

    Raises BadRequest for a type there is not, and when the ledger is not linked.
    """
    if data_type.lower().startswith("commerce-"):
        kind = read_data_type(data_type)
        own = find_connection(runtime, company, connection_id) if connection_id else None
        return _keep_dataset(runtime, own or own_data_connection(runtime, company), kind)
    known = {name.lower(): name for name in READ} | {"accounts": "chartOfAccounts", "info": "company"}
    found = known.get(data_type.lower())
    if found is None:
        message = f"Data of type {data_type[:40]!r} is not read; there are {', '.join(READ)}."
        raise BadRequest(message, [Problem("dataType", message, "enum")])
    connection = linked_ledger(runtime, company, connection_id)
    runtime.platform_for(connection).reference_data(fresh=True)
    return _keep_dataset(runtime, connection, f"{LEDGER}{found}")


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
    account = runtime.platform_for(connection).create_account(
        request.name, request.nominal_code, request.type
    )
    now = utc_text(runtime.clock.now())
    key = runtime.ids.new()
    changed = wire.Change(record_ref=wire.RecordRef(id=account.id, data_type="chartOfAccounts"))
    operation = wire.PushOperation(
        push_operation_key=key,
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
    pushed_accounts.keep(runtime.table, company.id, key, answer(operation))
    return operation


def _keep_dataset(runtime: Runtime, connection: Connection, data_type: str) -> Dataset:
    now = runtime.clock.now()
    dataset = Dataset(
        id=runtime.ids.new(),
        company_id=connection.company_id,
        connection_id=connection.id,
        data_type=data_type,
        status=COMPLETE,
        requested=utc_text(now),
        completed=utc_text(now),
        progress=100,
    )
    datasets.create(runtime.table, dataset, b"", int(now.timestamp()))
    return dataset


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


def _rows(runtime: Runtime, company: Company, kind: str, connection_id: str) -> Rows:
    if kind not in _READERS:
        raise NotFound(f"data type {kind[:40]!r}")
    connection = linked_ledger(runtime, company, connection_id)
    return _READERS[kind](runtime.platform_for(connection).reference_data())
