"""Manual journals, and the trial balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tests.simulators.xero.amounts import ZERO, line_account, read_tax, rounded
from tests.simulators.xero.documents import NOT_TO_BE_MODIFIED
from tests.simulators.xero.organisation import Organisation, Record, as_date
from tests.simulators.xero.refusals import NO_ID, Refused, number, refuse_unless

_SECTIONS = {
    "REVENUE": "Revenue",
    "EXPENSE": "Expenses",
    "ASSET": "Assets",
    "LIABILITY": "Liabilities",
    "EQUITY": "Equity",
}
_ENDED = ("VOIDED", "DELETED")


class Journals:
    """The manual journals of an organisation; they are in its base currency."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation

    def save(self, given: Mapping[str, Any], *, creating: bool) -> Record:
        """PUT or POST. Raises Refused."""
        own = given.get("ManualJournalID", NO_ID).lower()
        if own == NO_ID:
            return self._write({}, given)
        known = self.organisation.held.journals.get(own)
        if known is None or creating:
            raise Refused("The document with the supplied id was not found for this endpoint.")
        if known["Status"] in _ENDED:
            raise Refused(NOT_TO_BE_MODIFIED)
        if known["_posted"]:
            self.organisation.check_lock(known["Date"])
        if given.get("Status") in _ENDED:
            return self._end(known, given["Status"])
        return self._write(known, given)

    def _end(self, record: Record, status: str) -> Record:
        if (record["Status"], status) not in (("POSTED", "VOIDED"), ("DRAFT", "DELETED")):
            raise Refused(NOT_TO_BE_MODIFIED)
        if record["_posted"]:
            self.organisation.reverse(record["_posted"])
        record |= {"Status": status, "_posted": "", "UpdatedDateUTC": self.organisation.now()}
        return record

    def _write(self, known: Record, given: Mapping[str, Any]) -> Record:
        organisation = self.organisation
        kept = ("Narration", "Date", "LineAmountTypes", "Status", "Url", "JournalLines")
        wanted = {name: known[name] for name in kept if name in known} | dict(given)
        amounts = wanted.get("LineAmountTypes", "NoTax")
        lines = [self._line(line, amounts) for line in wanted.get("JournalLines") or []]
        status = wanted.get("Status", "DRAFT")
        dated = as_date(wanted.get("Date"), organisation.now().date())
        entered = _entered(lines, amounts, organisation.tax_account)
        debits: Decimal = sum((amount for _, amount in entered if amount > 0), ZERO)
        credits_: Decimal = -sum((amount for _, amount in entered if amount < 0), ZERO)
        refuse_unless(
            (bool(str(wanted.get("Narration") or "").strip()), "Narration is required"),
            (status in ("DRAFT", "POSTED"), f"{status} is not a valid status"),
            (len(lines) > 1, "A manual journal must have at least two lines"),
            (debits == credits_, f"The total debits ({debits}) must equal total credits ({credits_})"),
        )
        if status == "POSTED":
            organisation.check_lock(dated)
        own = known.get("ManualJournalID") or organisation.new_id("journal")
        revision = known.get("_revision", 0) + 1
        record = {
            "ManualJournalID": own,
            "Narration": wanted["Narration"],
            "Date": dated,
            "LineAmountTypes": amounts,
            "Status": status,
            "Url": wanted.get("Url"),
            "ShowOnCashBasisReports": wanted.get("ShowOnCashBasisReports", True),
            "HasAttachments": False,
            "JournalLines": [record for _, record in lines],
            "UpdatedDateUTC": organisation.now(),
            "_revision": revision,
            "_posted": f"ManualJournal {own} {revision}" if status == "POSTED" else "",
            "_app": True,
        }
        if known.get("_posted"):
            organisation.reverse(known["_posted"])
        organisation.held.journals[own] = record
        if record["_posted"]:
            organisation.post(record["_posted"], dated, organisation.base_currency, entered)
        return record

    def _line(self, line: Mapping[str, Any], amounts: str) -> tuple[Record, Record]:
        account = line_account(self.organisation, line)
        assert account is not None
        amount = rounded(number(line.get("LineAmount"), "LineAmount"))
        tax_type, tax = read_tax(self.organisation, line, account, amount, amounts)
        return account, {
            "LineAmount": amount,
            "AccountID": account["AccountID"],
            "AccountCode": account.get("Code"),
            "Description": line.get("Description"),
            "TaxType": tax_type,
            "TaxAmount": tax,
            "Tracking": line.get("Tracking", []),
            "IsBlank": False,
        }


def _entered(lines: list[tuple[Record, Record]], amounts: str, tax_account: str) -> list[tuple[str, Decimal]]:
    found: list[tuple[str, Decimal]] = []
    for account, record in lines:
        tax = record["TaxAmount"]
        found.append((account["Name"], record["LineAmount"] - (tax if amounts == "Inclusive" else 0)))
        if tax:
            found.append((tax_account, tax))
    return found


def trial_balance(organisation: Organisation, until: date) -> Record:
    """The balances at the end of a day in the base currency, and what moved in its month, as a report."""
    balances: dict[str, Decimal] = defaultdict(Decimal)
    month: dict[str, Decimal] = defaultdict(Decimal)
    for (dated, name), amount in organisation.ledger.by_day(organisation.base_currency).items():
        if dated <= until:
            balances[name] += amount
            if (dated.year, dated.month) == (until.year, until.month):
                month[name] += amount
    titles = ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")
    rows: list[Record] = [{"RowType": "Header", "Cells": [{"Value": title} for title in titles]}]
    for kind, title in _SECTIONS.items():
        found = [each for each in organisation.held.accounts.values() if each["Class"] == kind]
        lines = [
            _row(each, month[each["Name"]], balances[each["Name"]])
            for each in found
            if balances[each["Name"]] or month[each["Name"]]
        ]
        if lines:
            rows.append({"RowType": "Section", "Title": title, "Rows": lines})
    return {
        "ReportID": "TrialBalance",
        "ReportName": "Trial Balance",
        "ReportType": "TrialBalance",
        "ReportTitles": ["Trial Balance", organisation.name, f"As at {until.day} {until:%B %Y}"],
        "ReportDate": f"{until.day} {until:%B %Y}",
        "UpdatedDateUTC": organisation.now(),
        "Rows": rows,
    }


def _row(account: Record, month: Decimal, balance: Decimal) -> Record:
    code = f" ({account['Code']})" if "Code" in account else ""
    values = [f"{account['Name']}{code}"]
    for amount in (month, balance):
        values += [str(amount) if amount > 0 else "", str(-amount) if amount < 0 else ""]
    attributes = [{"Id": "account", "Value": account["AccountID"]}]
    return {"RowType": "Row", "Cells": [{"Value": value, "Attributes": attributes} for value in values]}
