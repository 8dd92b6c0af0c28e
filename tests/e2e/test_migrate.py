"""Bringing companies over from configurations of the service Daybook replaces, in both of its shapes."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.api_client import Client
from local.settings import ROOT

Json = Any
ACCOUNTS = {
    "sales": {"sales": ("Sales", "200"), "refund": ("REFUNDS ", "no such code")},
    "payments": {"card": ("Card clearing", ""), "payout": ("Bank current account", "")},
    "fees": {"paymentFee": ("Payment fees", "")},
}


def accounts(section: str, ledger: dict[str, str]) -> Json:
    """Account entries as the old service answered them: ids of its own, names and codes among the options."""
    entries = {}
    for key, (name, code) in ACCOUNTS[section].items():
        known = ledger.get(name, code)
        options = [{"id": f"old-{key}", "name": name, "nominalCode": known}]
        entries[key] = {
            "labelText": "Label",
            "descriptionText": "Words",
            "required": True,
            "selectedAccountId": f"old-{key}",
            "accountOptions": options,
        }
    return entries


def sections(ledger: dict[str, str]) -> Json:
    """The sections of an export."""
    rates = [{"id": "old-20", "name": "Tax 20%"}, {"id": "old-0", "name": "tax 0%"}]
    return {
        "sales": {
            "syncSales": True,
            "accounts": accounts("sales", ledger),
            "invoiceStatus": {
                "selectedInvoiceStatus": "Submitted",
                "invoiceStatusOptions": ["Draft", "Submitted"],
            },
            "salesCustomer": {
                "selectedCustomerId": "old-customer",
                "customerOptions": [{"id": "old-customer", "name": "daily sales"}],
            },
            "taxRates": {
                "0": {"selectedTaxRateId": "old-0", "taxRateOptions": rates},
                "20": {"selectedTaxRateId": "old-20", "taxRateOptions": rates},
            },
            "grouping": {"groupingPeriod": {"selectedGroupingPeriod": "Daily"}},
        },
        "payments": {"syncPayments": True, "accounts": accounts("payments", ledger)},
        "fees": {
            "syncFees": True,
            "accounts": accounts("fees", ledger),
            "feesSupplier": {
                "selectedSupplierId": "old-supplier",
                "supplierOptions": [{"id": "old-supplier", "name": "Payment provider"}],
            },
        },
    }


def exported(shape: str, ledger: dict[str, str]) -> Json:
    """An export in the flat shape of v1 or in the current one."""
    if shape == "flat":
        return sections(ledger)
    return {
        "companyId": secrets.token_hex(8),
        "accountingSoftwareCompanyName": "Copper Kettle",
        "enable": True,
        "configured": True,
        "schedule": {
            "selectedFrequency": "Daily",
            "frequencyOptions": ["Daily", "Monthly"],
            "startDate": "2024-01-01T00:00:00Z",
            "syncHour": 4,
            "timeZone": "Europe/London",
        },
        "configuration": sections(ledger),
    }


@pytest.fixture(scope="module")
def ledger(client: Client) -> dict[str, str]:
    """Nominal codes by name, as Sandbox books has them; and the names of its customer and supplier."""
    company = client.post("/companies", {"name": "A ledger to look at"})["id"]
    path = f"/companies/{company}/connections"
    connection = client.post(path, {"platformKey": "mqjo"})["id"]
    client.put(f"{path}/{connection}/authorization", {})
    return {each["name"]: each["nominalCode"] for each in client.pages(f"/companies/{company}/data/accounts")}


def brought_over(client: Client, old: str) -> list[str]:
    """The ids of the companies brought over from an old one."""
    every = client.pages("/companies")
    return [each["id"] for each in every if (each["tags"] or {}).get("importedFrom") == old]


def migrate(description: Path, path: Path, *more: str) -> tuple[int, str]:
    """Run the importer as a partner would; its exit status and what it said."""
    program = [sys.executable, "-m", "local.migrate", path, "--accounting", "mqjo", "--start", "2026-03-01"]
    held = json.loads(description.read_text(encoding="utf-8"))
    environment = {**os.environ, "DAYBOOK_URL": held["apiUrl"], "DAYBOOK_API_KEY": held["apiKey"]}
    run = subprocess.run(
        [*program, *more],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    return run.returncode, run.stdout


@pytest.mark.parametrize("shape", ["flat", "nested"])
def test_an_export_becomes_a_company_with_the_same_selections(
    shape: str, ledger: dict[str, str], client: Client, description: Path, tmp_path: Path
) -> None:
    value = exported(shape, ledger)
    old = value.get("companyId") or secrets.token_hex(8)
    path = tmp_path / f"{old}.json"
    path.write_text(json.dumps(value), encoding="utf-8")

    assert migrate(description, path, "--dry-run") == (
        1,
        f"{old} {value.get('accountingSoftwareCompanyName', '')}".rstrip()
        + "\n  would be created\n  what of its selections is in the ledger can be told once it is linked\n",
    )
    assert not [
        each for each in client.pages("/companies") if (each["tags"] or {}).get("importedFrom") == old
    ]

    status, said = migrate(description, path)
    assert status == 0, said
    (company,) = brought_over(client, old)
    answered = client.get(f"/config/companies/{company}/sync/commerce")
    chosen = answered["configuration"]
    names = {each["id"]: each["name"] for each in client.pages(f"/companies/{company}/data/accounts")}
    for section, entries in ACCOUNTS.items():
        held = chosen["newPayments" if section == "payments" else section]["accounts"]
        for key, (name, _) in entries.items():
            assert names[held[key]["selectedAccountId"]].casefold() == name.strip().casefold()
    assert answered["configured"]
    assert answered["enable"] is False
    assert answered["schedule"]["startDate"] == "2026-03-01T00:00:00Z"
    assert answered["schedule"]["syncHour"] == (0 if shape == "flat" else 4)

    status, said = migrate(description, path, "--enable")
    assert (status, "is configured as exported" in said) == (0, True), said
    enabled = client.get(f"/config/companies/{company}/sync/commerce")
    assert enabled == {**answered, "enable": True, "enabled": True}

    status, said = migrate(description, path, "--enable")
    assert (status, "saved" in said) == (0, False), said
    assert client.get(f"/config/companies/{company}/sync/commerce") == enabled
    # The partner's own name for the merchant still leads to the same company.
    flow = client.get("/config/sync/commerce/lqai/mqjo/start", merchantIdentifier=old)["url"]
    assert company in flow


def test_what_the_ledger_lacks_is_told_and_nothing_saved(
    ledger: dict[str, str], client: Client, description: Path, tmp_path: Path
) -> None:
    value = exported("nested", ledger)
    option = value["configuration"]["sales"]["accounts"]["sales"]["accountOptions"][0]
    option.update(name="Takings", nominalCode="no such code")
    path = tmp_path / "export.json"
    path.write_text(json.dumps([value]), encoding="utf-8")
    status, said = migrate(description, path)
    assert status == 1
    assert "not carried over: sales.accounts.sales.selectedAccountId: 'Takings' (no such code)" in said
    (company,) = brought_over(client, value["companyId"])
    configuration = f"/config/companies/{company}/sync/commerce"
    assert client.get(configuration)["configured"] is False

    chosen = tmp_path / "map.json"
    chosen.write_text(json.dumps({"old-sales": "Sales"}), encoding="utf-8")
    status, said = migrate(description, path, "--map", str(chosen))
    assert status == 0, said
    assert client.get(configuration)["configured"] is True

    # What somebody chose here meanwhile is theirs, until they are told to lose it.
    client.post(configuration, {"schedule": {"syncHour": 7}})
    status, said = migrate(description, path, "--map", str(chosen))
    assert (status, "left as it is" in said) == (1, True), said
    assert client.get(configuration)["schedule"]["syncHour"] == 7
    assert migrate(description, path, "--map", str(chosen), "--overwrite")[0] == 0
    assert client.get(configuration)["schedule"]["syncHour"] == 4
