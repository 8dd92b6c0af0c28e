"""Money spent and received without an invoice, and money moved between bank accounts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.simulators.xero.amounts import CENT, CONTROL, read_lines
from tests.simulators.xero.contacts import contact_of, named
from tests.simulators.xero.documents import NOT_TO_BE_MODIFIED
from tests.simulators.xero.organisation import Organisation, Record, as_date
from tests.simulators.xero.refusals import NO_ID, Refused, number, refuse_unless

# What a type does to its bank account, debit positive, and the system account of an overpayment.
_TYPES = {
    "RECEIVE": (1, ""),
    "SPEND": (-1, ""),
    "RECEIVE-OVERPAYMENT": (1, "DEBTORS"),
    "SPEND-OVERPAYMENT": (-1, "CREDITORS"),
}


def bank_account(organisation: Organisation, given: Mapping[str, Any] | None) -> Record:
    """A bank account that can be used. Raises Refused."""
    given = given or {}
    account = organisation.account(given.get("AccountID"), given.get("Code"))
    if account is None or account["Type"] != "BANK":
        raise Refused("The bank account could not be found: the account must be of type BANK")
    if account["Status"] != "ACTIVE":
        raise Refused(f"Account code '{account.get('Code')}' has been archived or has been deleted.")
    return account


class BankTransactions:
    """Spend and receive money."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation

    def save(self, given: Mapping[str, Any], unit_places: int, *, creating: bool) -> Record:
        """PUT or POST. Raises Refused."""
        document_id = given.get("BankTransactionID", NO_ID).lower()
        if document_id == NO_ID:
            return self._write({}, given, unit_places)
        known = self.organisation.held.bank_transactions.get(document_id)
        if known is None or creating:
            raise Refused("The document with the supplied id was not found for this endpoint.")
        if known["Status"] == "DELETED":
            raise Refused(NOT_TO_BE_MODIFIED)
        self.organisation.check_lock(known["Date"])
        if given.get("Status") == "DELETED":
            self.organisation.reverse(known["_posted"])
            return self._ended(known)
        return self._write(known, given, unit_places)

    def _ended(self, record: Record) -> Record:
        record |= {"Status": "DELETED", "UpdatedDateUTC": self.organisation.now()}
        return record

    def _write(self, known: Record, given: Mapping[str, Any], unit_places: int) -> Record:
        organisation = self.organisation
        if given.get("Type") not in _TYPES:
            raise Refused(f"Type is not valid: {given.get('Type')}")
        sign, system = _TYPES[given["Type"]]
        account = bank_account(organisation, given.get("BankAccount"))
        currency = given.get("CurrencyCode") or account["CurrencyCode"]
        amounts = given.get("LineAmountTypes", "Exclusive")
        if system:
            amounts, lines = "NoTax", self._overpaid(given, system)
        else:
            lines = read_lines(organisation, given["LineItems"], amounts, unit_places, draft=False)
        dated = as_date(given.get("Date"), organisation.now().date())
        refuse_unless(
            (bool(lines.records), "One or more line items must be specified"),
            (lines.total > 0, "The document total must be greater than zero"),
            (currency == account["CurrencyCode"], "The currency must be that of the bank account"),
            (given.get("Status", "AUTHORISED") == "AUTHORISED", "Status is not valid"),
        )
        organisation.check_lock(dated)
        record = self._record(known, given, account, contact_of(organisation, given.get("Contact")))
        record |= {
            "Date": dated,
            "CurrencyCode": currency,
            "LineAmountTypes": amounts,
            "LineItems": lines.records,
            "SubTotal": lines.subtotal,
            "TotalTax": lines.tax,
            "Total": lines.total,
        }
        if known:
            organisation.reverse(known["_posted"])
        organisation.held.bank_transactions[record["BankTransactionID"]] = record
        organisation.post(
            record["_posted"],
            dated,
            currency,
            [
                (account["Name"], sign * lines.total),
                *((name, -sign * net) for name, net in lines.nets),
                (organisation.tax_account, -sign * lines.tax),
            ],
        )
        return record

    def _overpaid(self, given: Mapping[str, Any], system: str) -> Any:
        """The one line of an overpayment, which goes to receivables or payables whatever account it names."""
        refuse_unless((len(given["LineItems"]) == 1, "An overpayment must have one line item"))
        plain = next(
            each
            for each in self.organisation.held.accounts.values()
            if each["Class"] == "LIABILITY" and each.get("SystemAccount") not in CONTROL
        )
        line = {**given["LineItems"][0], "AccountID": plain["AccountID"]}
        lines = read_lines(self.organisation, [line], "NoTax", 2, draft=False)
        control = next(
            each for each in self.organisation.held.accounts.values() if each.get("SystemAccount") == system
        )
        lines.records[0] |= {"AccountID": control["AccountID"], "AccountCode": control.get("Code")}
        return lines._replace(nets=[(control["Name"], lines.total)])

    def _record(self, known: Record, given: Mapping[str, Any], account: Record, contact: Record) -> Record:
        own = known.get("BankTransactionID") or self.organisation.new_id("bank transaction")
        revision = known.get("_revision", 0) + 1
        return {
            "BankTransactionID": own,
            "Type": given["Type"],
            "Contact": named(contact),
            "BankAccount": {name: account[name] for name in ("AccountID", "Code", "Name") if name in account},
            "IsReconciled": bool(given.get("IsReconciled")),
            "Reference": given.get("Reference", ""),
            "Url": given.get("Url"),
            "CurrencyRate": Decimal(1),
            "Status": "AUTHORISED",
            "HasAttachments": False,
            "UpdatedDateUTC": self.organisation.now(),
            **({"OverpaymentID": own} if "OVERPAYMENT" in given["Type"] else {}),
            "_revision": revision,
            "_posted": f"BankTransaction {own} {revision}",
            "_app": True,
        }


def transfer(organisation: Organisation, given: Mapping[str, Any]) -> Record:
    """Move money between bank accounts. Raises Refused."""
    source = bank_account(organisation, given.get("FromBankAccount"))
    target = bank_account(organisation, given.get("ToBankAccount"))
    amount = number(given.get("Amount"), "Amount")
    dated = as_date(given.get("Date"), organisation.now().date())
    refuse_unless(
        (source is not target, "The accounts must not be the same"),
        (amount > 0, "The amount must be greater than 0"),
        (amount == amount.quantize(CENT), "The amount may have two decimal places"),
        (source["CurrencyCode"] == target["CurrencyCode"], "The accounts must have the same currency"),
    )
    organisation.check_lock(dated)
    shown = ("AccountID", "Code", "Name")
    record = {
        "BankTransferID": organisation.new_id("bank transfer"),
        "FromBankAccount": {name: source[name] for name in shown if name in source},
        "ToBankAccount": {name: target[name] for name in shown if name in target},
        "FromBankTransactionID": organisation.new_id("bank transaction"),
        "ToBankTransactionID": organisation.new_id("bank transaction"),
        "FromIsReconciled": bool(given.get("FromIsReconciled")),
        "ToIsReconciled": bool(given.get("ToIsReconciled")),
        "CurrencyRate": Decimal(1),
        "Amount": amount,
        "Date": dated,
        "Reference": given.get("Reference", ""),
        "HasAttachments": False,
        "Status": "AUTHORISED",
        "CreatedDateUTC": organisation.now(),
        "_app": True,
    }
    organisation.held.bank_transfers[record["BankTransferID"]] = record
    organisation.post(
        f"BankTransfer {record['BankTransferID']}",
        dated,
        source["CurrencyCode"],
        [(source["Name"], -amount), (target["Name"], amount)],
    )
    return record


def delete_transfer(organisation: Organisation, given: Mapping[str, Any]) -> Record:
    """Undo a transfer. Raises Refused."""
    record = organisation.held.bank_transfers.get(given.get("BankTransferID", "").lower())
    if record is None or record["Status"] == "DELETED":
        raise Refused("The document with the supplied id was not found for this endpoint.")
    organisation.check_lock(record["Date"])
    record["Status"] = "DELETED"
    organisation.reverse(f"BankTransfer {record['BankTransferID']}")
    return record
