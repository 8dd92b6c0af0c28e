"""What a partner does for one merchant: company, connections, configuration, pushes and syncs, by the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from local.api_client import ApiError, Client, Json, wait_until

JOURNAL, INVOICE = "JournalEntry", "Invoice"
SANDBOX, OWN_DATA = "mqjo", "lqai"
IN_PROGRESS = (1000, 1010)
SECTIONS = ("sales", "newPayments", "fees")


@dataclass(frozen=True, slots=True)
class Choices:
    """What to choose among the options, everything by the name the merchant would read.

    `accounts` is account key to account name, `taxes` maps a combination of the shop's tax component ids to
    the name of a tax rate, `no_tax` names the rate for lines without tax. `line_groups` are the groupings at
    line level, `sales_date` is "created" or "closed".
    """

    accounts: Mapping[str, str]
    taxes: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    no_tax: str = "Tax 0%"
    output_format: str = INVOICE
    start: str = "2026-03-01T00:00:00Z"
    zone: str = "Europe/London"
    sync_hour: int = 0
    line_groups: Sequence[str] = ()
    sales_date: str = ""


@dataclass(frozen=True, slots=True)
class Merchant:
    """One company and its connections; `shops` is a name of ours to the id of its commerce connection."""

    client: Client
    company_id: str
    books_connection: str
    shops: Mapping[str, str]

    @staticmethod
    def create(
        client: Client, name: str, shops: Sequence[str], books: Mapping[str, str] | None = None
    ) -> Merchant:
        """A new company, Sandbox books opened for it, and a commerce connection for each shop."""
        company_id = client.post("/companies", {"name": name})["id"]
        path = f"/companies/{company_id}/connections"
        made = {shop: _link(client, path, OWN_DATA, {}) for shop in shops}
        return Merchant(client, company_id, _link(client, path, SANDBOX, books or {}), made)

    def push(self, shop: str, data_type: str, records: Sequence[Json]) -> str:
        """Push records of one shop; answers the dataset's id."""
        path = f"/companies/{self.company_id}/connections/{self.shops[shop]}/data/commerce-{data_type}"
        dataset: str = self.client.push(path, records)["datasetId"]
        return dataset

    def dataset(self, dataset_id: str) -> Json:
        """How a dataset stands."""
        return self.client.get(f"/companies/{self.company_id}/data/history/{dataset_id}")

    def wait_for(self, datasets: Iterable[str], seconds: int = 120) -> list[Json]:
        """Wait until datasets are complete; answers them."""

        def completed(dataset_id: str) -> Json:
            dataset = self.dataset(dataset_id)
            return dataset if dataset["isCompleted"] else None

        return [wait_until(partial(completed, each), f"dataset {each}", seconds) for each in datasets]

    def options(self) -> Json:
        """The configuration with its options, live from the merchant's ledger."""
        return self.client.get(f"/config/companies/{self.company_id}/sync/commerce")

    def configure(self, choices: Choices) -> Json:
        """Choose among the options, by name, and save."""
        path = f"/config/companies/{self.company_id}/sync/commerce"
        return self.client.post(path, selection(self.options(), choices))

    def sync(self, kind: str, body: Json = None, seconds: int = 120) -> Json:
        """Run a sync, "latest" or "historic", and wait until it has ended; answers its status."""
        older = "/meta" if kind == "historic" else ""
        path = f"{older}/companies/{self.company_id}/sync/commerce/{kind}"
        sync_id = self.client.post(path, body)["syncId"]
        status = f"/companies/{self.company_id}/sync/commerce/syncs/{sync_id}/status"

        def ended() -> Json:
            found = self.client.get(status)
            return found if found["syncStatusCode"] not in IN_PROGRESS else None

        return wait_until(ended, f"sync {sync_id}", seconds)

    def historic(self, start: str, finish: str) -> Json:
        """Sync a range, and wait until it has ended."""
        return self.sync("historic", {"dateRange": {"start": start, "finish": finish}})

    def tie_out(self, sync_id: str) -> Json:
        """A sync's totals: of the source, of the documents, of the platform."""
        return self.client.get(f"/companies/{self.company_id}/sync/commerce/syncs/{sync_id}/tie-out")

    def books(self) -> Json:
        """The merchant's whole ledger."""
        return self.client.get(f"/sandbox/{self.company_id}/books", format="json")


def _link(client: Client, path: str, platform: str, credentials: Mapping[str, str]) -> str:
    """A connection, authorised on the merchant's behalf; answers its id."""
    connection = client.post(path, {"platformKey": platform})
    identifier: str = connection["id"]
    if connection["status"] != "Linked":
        connection = client.put(f"{path}/{identifier}/authorization", dict(credentials))
    if connection["status"] != "Linked":
        raise ApiError(200, {"error": f"connection {identifier} is {connection['status']}"})
    return identifier


def selection(options: Json, choices: Choices) -> Json:
    """The configuration to post, every choice found by its name. Raises KeyError for what is not offered."""
    offered = options["configuration"]
    accounts = _accounts(offered, choices)
    chosen: Json = {
        "mapSettings": {"outputFormat": JOURNAL if choices.output_format == JOURNAL else None},
        "sales": {"syncSales": True, "accounts": accounts["sales"], **_sales(offered["sales"], choices)},
        "newPayments": {"syncPayments": True, "accounts": accounts["newPayments"]},
        "fees": {
            "syncFees": True,
            "accounts": accounts["fees"],
            "feesSupplier": {"selectedSupplierId": first(offered["fees"]["feesSupplier"]["supplierOptions"])},
        },
    }
    schedule = {
        "selectedFrequency": "Daily",
        "startDate": choices.start,
        "syncHour": choices.sync_hour,
        "timeZone": choices.zone,
    }
    return {"enabled": True, "schedule": schedule, "configuration": chosen}


def _accounts(offered: Json, choices: Choices) -> dict[str, dict[str, Json]]:
    """Selected accounts by section and key; a key that no section lists is a way of paying."""
    known = {section: offered[section].get("accounts") or {} for section in SECTIONS}
    every = [entry for entries in known.values() for entry in entries.values()]
    ids = by_name(option for entry in every for option in entry.get("accountOptions") or [])
    accounts: dict[str, dict[str, Json]] = {section: {} for section in SECTIONS}
    for key, name in choices.accounts.items():
        section = next((each for each in SECTIONS if key in known[each]), "newPayments")
        accounts[section][key] = {"selectedAccountId": ids[name]}
    return accounts


def _sales(offered: Json, choices: Choices) -> dict[str, Json]:
    """Everything of the sales section but its accounts."""
    taxes = offered["newTaxRates"]
    rates = by_name(taxes["accountingTaxRateOptions"])
    chosen: dict[str, Json] = {
        "invoiceStatus": {"selectedInvoiceStatus": "Submitted"},
        "salesCustomer": {"selectedCustomerId": first(offered["salesCustomer"]["customerOptions"])},
        "newTaxRates": {
            "taxRateMappings": [
                {"selectedCommerceTaxRateIds": list(components), "selectedAccountingTaxRateId": rates[name]}
                for components, name in choices.taxes.items()
            ],
            "selectedDefaultZeroTaxRateId": by_name(taxes["defaultZeroTaxRateOptions"])[choices.no_tax],
        },
        "grouping": {
            "groupingPeriod": {"selectedGroupingPeriod": "Daily"},
            "groupingLevels": {"invoiceLineLevel": {"selectedGroupByOptions": list(choices.line_groups)}},
        },
    }
    return {**chosen, "salesDate": choices.sales_date} if choices.sales_date else chosen


def by_name(options: Iterable[Json]) -> dict[str, str]:
    """Options as name to id."""
    return {option["name"]: option["id"] for option in options}


def first(options: Sequence[Json]) -> str:
    """The id of the first option."""
    identifier: str = options[0]["id"]
    return identifier


def balances(books: Json) -> dict[tuple[str, str], Decimal]:
    """(currency, account name) to balance, debit positive; accounts at nought are left out."""
    return {
        (ledger["currency"], row["name"]): row["balance"]
        for ledger in books["trialBalance"]
        for row in ledger["accounts"]
        if row["balance"]
    }
