"""Journal sets, and new categories and contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.simulators.freeagent import chart
from tests.simulators.freeagent.company import Company
from tests.simulators.freeagent.values import ZERO, Record, amount, day, forbidden, invalid, refuse_unless


def create(company: Company, given: Mapping[str, Any]) -> Record:
    """A new journal set, in the company's own currency: FreeAgent has none in another."""
    dated = day(given, "dated_on")
    company.check_lock(dated)
    entries = [_entry(company, each) for each in given.get("journal_entries") or []]
    refuse_unless(
        (bool(given.get("description")), "description can't be blank"),
        (bool(entries), "journal_entries can't be blank"),
        (sum((entry["debit_value"] for entry in entries), ZERO) == 0, "journal_entries must balance"),
    )
    record = company.add(
        "journal_sets",
        {
            "dated_on": dated,
            "description": str(given["description"]),
            **({"tag": str(given["tag"])} if given.get("tag") else {}),
            "journal_entries": entries,
        },
    )
    lines = [(entry["_name"], entry["debit_value"]) for entry in entries]
    company.post(record, dated, company.base_currency, lines)
    return record


def _entry(company: Company, given: Mapping[str, Any]) -> Record:
    category = company.category(given.get("category"))
    code, needs = category["nominal_code"], category["_needs"]
    control = code in (chart.DEBTORS, chart.CREDITORS)
    refuse_unless(
        (code != chart.BANK, "category cannot be a bank account"),
        (not needs or bool(given.get(needs)), f"{needs} can't be blank"),
        (not control or company.journals_take_control_accounts, "category cannot be used in journals"),
    )
    company.numbers["journal_entries"] += 1
    return {
        "url": f"/v2/journal_entries/{company.numbers['journal_entries']}",
        "category": category["url"],
        "description": given.get("description", ""),
        "debit_value": amount(given, "debit_value"),
        "_name": category["description"],
    }


def delete(company: Company, record: Record) -> None:
    """Take a journal set away, unless it is in a locked period."""
    if company.is_locked(record["dated_on"]):
        raise forbidden("It is locked.")
    company.reverse(record)
    del company.held["journal_sets"][record["url"].rsplit("/", 1)[1]]


def create_category(company: Company, given: Mapping[str, Any]) -> Record:
    """A new category, with a code in the range of its group that nothing has yet."""
    group, code = str(given.get("category_group")), str(given.get("nominal_code") or "")
    refuse_unless((group in chart.RANGES, "category_group is not included in the list"))
    known = code.isdigit() and len(code) == len("001") and int(code) in chart.RANGES[group]
    name = given.get("tax_reporting_name")
    refuse_unless(
        (bool(given.get("description")), "description can't be blank"),
        (known, "nominal_code is not in the range of the group"),
        (code not in company.categories, "nominal_code has already been taken"),
        (
            group != "current_assets" or name is None or name in chart.ASSET_REPORTING_NAMES,
            "tax_reporting_name is not included in the list",
        ),
    )
    auto = given.get("auto_sales_tax_rate") or "Standard rate"
    refuse_unless((auto in chart.AUTO_RATES, "auto_sales_tax_rate is not included in the list"))
    listed = group if group in chart.GROUP_DESCRIPTIONS else chart.GENERAL
    record = company.add_category(chart.Row(code, str(given["description"]), listed), auto)
    if name is not None:
        record["tax_reporting_name"] = str(name).replace("_", " ").capitalize()
    return record


def create_contact(company: Company, given: Mapping[str, Any]) -> Record:
    """A new contact: an organisation, or a person with both names."""
    person = given.get("first_name") and given.get("last_name")
    if not given.get("organisation_name") and not person:
        raise invalid("organisation_name can't be blank", "first_name can't be blank")
    fields = {
        "contact_name_on_invoices": True,
        "locale": "en",
        "uses_contact_invoice_sequence": False,
        "charge_sales_tax": "Auto",
        "status": "Active",
        **given,
        "active_projects_count": 0,
        "account_balance": ZERO,
    }
    refuse_unless(
        (fields["status"] in ("Active", "Hidden"), "status is not included in the list"),
        (
            fields["charge_sales_tax"] in ("Auto", "Always", "Never"),
            "charge_sales_tax is not included in the list",
        ),
    )
    return company.add("contacts", fields)


def listed(company: Company, *, sub_accounts: bool) -> Record:
    """All categories in their four lists; with sub accounts, every bank account instead of one for all."""
    groups = (chart.ADMIN_EXPENSES, chart.COST_OF_SALES, chart.INCOME, chart.GENERAL)
    found: Record = {f"{group}_categories": [] for group in groups}
    for record in company.categories.values():
        into = found[f"{record['_group']}_categories"]
        if record["nominal_code"] == chart.BANK and sub_accounts:
            into.extend(_sub_accounts(company))
        else:
            into.append(record)
    return found


def _sub_accounts(company: Company) -> list[Record]:
    return [
        {
            "url": f"/v2/categories/{chart.BANK}-{number}",
            "description": f"Bank Account: {bank['name']}",
            "nominal_code": f"{chart.BANK}-{number}",
            "bank_account": bank["url"],
        }
        for number, bank in enumerate(company.held["bank_accounts"].values(), 1)
    ]


def trial_balance(company: Company, query: Mapping[str, str]) -> list[Record]:
    """What every category comes to in the company's currency, debit positive."""
    totals = company.balances(company.base_currency)
    if query.get("from_date") or query.get("to_date"):
        totals = {}
        for (dated, name), moved in company.ledger.by_day(company.base_currency).items():
            text = dated.isoformat()
            if query.get("from_date", "") <= text <= query.get("to_date", "9999"):
                totals[name] = totals.get(name, ZERO) + moved
    found = []
    for record in company.categories.values():
        code, name = record["nominal_code"], record["description"]
        if name in totals:
            row = {"category": record["url"], "nominal_code": code, "display_nominal_code": code}
            found.append({**row, "name": name, "total": totals[name]})
    for number, bank in enumerate(company.held["bank_accounts"].values(), 1):
        if bank["name"] in totals:
            own = bank["url"].rsplit("/", 1)[1]
            row = {
                "category": f"/v2/categories/{chart.BANK}",
                "nominal_code": f"{chart.BANK}-{own}",
                "display_nominal_code": f"{chart.BANK}-{number}",
                "name": f"Bank Account {bank['name']}",
                "bank_account": bank["url"],
            }
            found.append({**row, "total": totals[bank["name"]]})
    return found
