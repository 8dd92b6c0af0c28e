"""`python -m local.migrate EXPORT.json --accounting KEY --start DATE`: companies of the old service, here.

An export is what the old service answered to `GET /config/companies/{id}/sync/commerce`, in either shape; a
file may hold one or a list. Each becomes a company with the same selections, over the API alone. Run it as
often as you like: what is there already is left as it is. Standard library only, so that `local/migrate.py`,
`local/exported.py` and `local/api_client.py` run wherever Python does.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.api_client import ApiError, Client
from local.exported import (
    ACCOUNTS,
    CUSTOMERS,
    SUPPLIERS,
    TAX_RATES,
    Export,
    Thing,
    Unreadable,
    holds,
    read_exports,
    selects_something,
    translate,
)

Json = Any
SANDBOX = "mqjo"
TAG = "importedFrom"
NAMES = {ACCOUNTS: "name", TAX_RATES: "name", CUSTOMERS: "customerName", SUPPLIERS: "supplierName"}
DAILY = "Daily"


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. `start` is the first day Daybook writes; `chosen` maps exported ids by hand."""

    client: Client
    accounting: str
    commerce: str
    start: str
    time_zone: str
    chosen: Mapping[str, str]
    enable: bool
    overwrite: bool
    dry_run: bool


@dataclass(slots=True)
class Outcome:
    """What became of one company: lines for whoever runs this, and whether nothing is left to do."""

    lines: list[str]
    done: bool = True

    def left(self, line: str) -> Outcome:
        """Note what remains to be done."""
        self.lines.append(line)
        self.done = False
        return self


def bring_over(order: Order, export: Export) -> Outcome:
    """Have a company with an export's selections. Raises ApiError for what the API refuses."""
    outcome = Outcome([])
    company = find_company(order, export)
    if company is None:
        if order.dry_run:
            outcome.lines.append("would be created")
            return outcome.left("what of its selections is in the ledger can be told once it is linked")
        company = create_company(order, export)
        outcome.lines.append(f"created as company {company['id']}")
    else:
        outcome.lines.append(f"is company {company['id']}")
    books = _connection(company, order.accounting)
    if books is None:
        return outcome.left(f"has no connection to {order.accounting}")
    if books["status"] != "Linked":
        if order.accounting != SANDBOX or order.dry_run:
            return outcome.left(f"is to be linked by the merchant, then run this again: {books['linkUrl']}")
        path = f"/companies/{company['id']}/connections/{books['id']}/authorization"
        order.client.put(path, {})
    return configure(order, export, company["id"], outcome)


def find_company(order: Order, export: Export) -> Json | None:
    """The company brought over earlier, found by its tag."""
    for company in order.client.pages("/companies"):
        if (company.get("tags") or {}).get(TAG) == export.company_id:
            return company
    return None


def create_company(order: Order, export: Export) -> Json:
    """A company that flow URLs find as before, with both connections."""
    path = f"/config/sync/commerce/{order.commerce}/{order.accounting}/start"
    url = order.client.get(path, merchantIdentifier=export.merchant)["url"]
    found = re.search(r"/flow/([0-9a-f-]{36})/", urlsplit(url).path)
    if found is None:
        raise ApiError(200, {"error": f"no company in the flow URL {url.partition('?')[0]}"})
    held = order.client.get(f"/companies/{found[1]}")
    named = {"name": export.name} if export.name else {}
    tags = {**(held.get("tags") or {}), TAG: export.company_id}
    return order.client.call("PATCH", f"/companies/{found[1]}", json.dumps({**named, "tags": tags}).encode())


def _connection(company: Json, platform: str) -> Json | None:
    connections = company.get("dataConnections") or []
    return next((each for each in connections if each["integrationKey"] == platform), None)


def configure(order: Order, export: Export, company_id: str, outcome: Outcome) -> Outcome:
    """Have the export's selections saved, unless something else was chosen meanwhile."""
    path = f"/config/companies/{company_id}/sync/commerce"
    found = translate(export, ledger_of(order.client, company_id), order.chosen)
    outcome.lines.append(f"{found.carried} selections are in the ledger")
    for each in found.missing:
        outcome.left(f"not carried over: {each}")
    if found.missing:
        return outcome.left("nothing was saved: add what is missing to the ledger or to --map, and run again")
    wanted = {"schedule": schedule_of(order, export), "configuration": found.sections}
    current = order.client.get(path)
    if not holds(current, wanted):
        if selects_something(current["configuration"]) and not order.overwrite:
            return outcome.left("was configured otherwise meanwhile: left as it is (--overwrite replaces it)")
        return _save(order, path, {**wanted, "enable": order.enable and export.enabled}, outcome)
    outcome.lines.append("is configured as exported")
    if order.enable and export.enabled and not current["enable"]:
        return _save(order, path, {"enable": True}, outcome)
    return outcome


def _save(order: Order, path: str, body: Json, outcome: Outcome) -> Outcome:
    state = "on" if body["enable"] else "off"
    if order.dry_run:
        outcome.lines.append(f"would be saved, its syncs switched {state}")
        return outcome
    order.client.post(path, body)
    outcome.lines.append(f"saved, its syncs switched {state}")
    return outcome


def ledger_of(client: Client, company_id: str) -> dict[str, list[Thing]]:
    """What can be selected in the company's ledger, by kind."""
    return {
        kind: [
            Thing(each["id"], each[name] or "", each.get("nominalCode") or "")
            for each in client.pages(f"/companies/{company_id}/data/{kind}")
            if each.get("status", "Active") == "Active"
        ]
        for kind, name in NAMES.items()
    }


def schedule_of(order: Order, export: Export) -> Json:
    """The export's schedule from the new first day on; a flat export has none and runs at midnight."""
    return {
        "selectedFrequency": export.schedule.get("selectedFrequency") or DAILY,
        "startDate": f"{order.start}T00:00:00Z",
        "syncHour": export.schedule.get("syncHour") or 0,
        "timeZone": export.schedule.get("timeZone") or order.time_zone,
    }


def read_arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m local.migrate", description=__doc__)
    parser.add_argument("exports", nargs="+", type=Path, metavar="EXPORT.json")
    parser.add_argument("--accounting", required=True, help="key of the accounting platform, as gbol or mqjo")
    parser.add_argument("--start", required=True, help="first day that Daybook writes, YYYY-MM-DD")
    parser.add_argument("--commerce", default="lqai", help="key of the source of sales (default: your own)")
    parser.add_argument("--time-zone", default="Etc/UTC", help="for exports that name none, as v1's")
    parser.add_argument("--map", type=Path, help="JSON: exported id to the id, code or name in the ledger")
    parser.add_argument("--enable", action="store_true", help="switch syncs on where the export has them on")
    parser.add_argument("--overwrite", action="store_true", help="replace what was chosen meanwhile")
    parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and do nothing")
    parser.add_argument("--url", default=os.environ.get("DAYBOOK_URL"), help="or DAYBOOK_URL")
    parser.add_argument("--stack", type=Path, help="stack.json of a local stack, for its URL and key")
    return parser.parse_args()


def order_of(arguments: argparse.Namespace) -> Order:
    """Read the order. The key comes from DAYBOOK_API_KEY, never from a command line that others see."""
    key = os.environ.get("DAYBOOK_API_KEY", "")
    if arguments.stack is not None:
        client = Client.of_stack(arguments.stack)
    elif arguments.url and key:
        client = Client(arguments.url.rstrip("/"), key)
    else:
        raise Unreadable("where is Daybook? give --url and the environment DAYBOOK_API_KEY, or --stack")
    try:
        start = date.fromisoformat(arguments.start).isoformat()
        chosen = json.loads(arguments.map.read_text(encoding="utf-8")) if arguments.map else {}
    except ValueError as error:
        raise Unreadable(f"--start or --map: {error}") from None
    return Order(
        client=client,
        accounting=arguments.accounting,
        commerce=arguments.commerce,
        start=start,
        time_zone=arguments.time_zone,
        chosen=chosen,
        enable=arguments.enable,
        overwrite=arguments.overwrite,
        dry_run=arguments.dry_run,
    )


def read_files(paths: list[Path]) -> list[Export]:
    """Every export of every file. Raises Unreadable naming the file."""
    exports: list[Export] = []
    for path in paths:
        try:
            exports += read_exports(json.loads(path.read_text(encoding="utf-8-sig")), path.stem)
        except (OSError, ValueError, Unreadable) as error:
            raise Unreadable(f"{path}: {error}") from None
    return exports


def main() -> None:
    """Bring every export over; the exit status is 1 when something is left to do."""
    arguments = read_arguments()
    try:
        order, exports = order_of(arguments), read_files(arguments.exports)
    except Unreadable as error:
        sys.exit(f"daybook: {error}")
    done = True
    for export in exports:
        try:
            outcome = bring_over(order, export)
        except ApiError as error:
            outcome = Outcome([], done=False).left(f"refused: {error}")
        print(f"{export.company_id} {export.name}".rstrip())
        for line in outcome.lines:
            print(f"  {line}")
        done = done and outcome.done
    sys.exit(0 if done else 1)


if __name__ == "__main__":
    main()
