"""`python -m local.demo [--format invoice|journal] [--json FILE]`: a fortnight of a cafe's trade, shown.

Everything goes through the public API of the local stack, as a partner's program would do it. Every run makes
a company of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from local import report
from local.api_client import ApiError, Client, Json
from local.cafe import CLOCKS_CHANGE, DAYS, FIRST_DAY, MEAL_CARD, NAME, SHOPS, ZONE
from local.generator import Trade, Wave, generate
from local.merchant import INVOICE, JOURNAL, Choices, Merchant

DESCRIPTION = Path(__file__).resolve().parent.parent / ".local" / "stack.json"
FORMATS = {"invoice": INVOICE, "journal": JOURNAL}
AT_ONCE = 1000
CATALOGUE = ("taxComponents", "productCategories", "products", "locations", "paymentMethods")

# The cafe's choices, by the names the merchant reads in the options.
ACCOUNTS = {
    "sales": "Sales",
    "refund": "Refunds",
    "gratuity": "Tips payable",
    "prepaid": "Gift card liability",
    "prepaidDiscount": "Promotions expense",
    "serviceCharge": "Service charge income",
    "shipping": "Shipping income",
    "rounding": "Rounding",
    "cash": "Cash on hand",
    "card": "Card clearing",
    "onlineCard": "Card clearing",
    f"custom-{MEAL_CARD}": "Mobile payments clearing",
    "prepaidPayment": "Gift card liability",
    "invoice": "Accounts receivable",
    "payout": "Bank current account",
    "paymentFee": "Payment fees",
}
TAXES: dict[tuple[str, ...], str] = {("standard",): "Tax 20%", ("reduced",): "Tax 5%", ("exempt",): "Exempt"}


@dataclass(frozen=True, slots=True)
class Fortnight:
    """The demo's days as the API wants them."""

    start: str
    finish: str

    @staticmethod
    def of_the_cafe() -> Fortnight:
        """From the first day's opening to the end of the last, in UTC."""
        opens = datetime.combine(FIRST_DAY, datetime.min.time(), ZONE)
        closes = datetime.combine(FIRST_DAY + timedelta(days=DAYS), datetime.min.time(), ZONE)
        return Fortnight(*(f"{each.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for each in (opens, closes)))


@dataclass(frozen=True, slots=True)
class Results:
    """What a run did, for those who check it."""

    company_id: str
    output_format: str
    syncs: dict[str, Json]
    tie_out: list[Json]

    def write(self, path: Path) -> None:
        """Write them as JSON, amounts as text."""
        found = {"companyId": self.company_id, "format": self.output_format, "syncs": self.syncs}
        path.write_text(
            json.dumps({**found, "tieOut": self.tie_out}, default=str, indent=2), encoding="utf-8"
        )


def choices(output_format: str) -> Choices:
    """The cafe's configuration."""
    start = Fortnight.of_the_cafe().start
    return Choices(ACCOUNTS, TAXES, output_format=output_format, start=start, zone=str(ZONE))


def show(client: Client, output_format: str) -> Results:
    """Run the demo from a new company to the proof that running again writes nothing."""
    trade = generate()
    first, last = report.long_day(FIRST_DAY), report.long_day(FIRST_DAY + timedelta(days=DAYS - 1))
    print(f"\n {NAME}, a cafe with two shops: {first} to {last} {FIRST_DAY.year}")
    merchant = set_up(client, trade, output_format)

    report.heading(2, "Its trade, as known when the fortnight is over")
    push(merchant, trade.first)

    report.heading(3, "Into the books: a historic sync of the fortnight")
    fortnight = {"dateRange": asdict(Fortnight.of_the_cafe())}
    syncs = {"historic": timed(merchant, "historic", fortnight)}
    books = merchant.books()
    days = len({document["day"] for document in books["documents"]})
    report.fact("written", f"{len(books['documents'])} documents for {days} days")
    night = f"{report.long_day(CLOCKS_CHANGE)}, 23 hours long, for the clocks went forward"
    report.heading(4, f"One day's entries: {night}")
    report.entries(books, CLOCKS_CHANGE.isoformat())

    report.heading(5, "Two days later: what a till kept back, what was edited, deleted or sent twice")
    push(merchant, trade.second)
    syncs["latest"] = timed(merchant, "latest", None)
    known = {document["id"] for document in books["documents"]}
    books = merchant.books()
    report.adjustments([each for each in books["documents"] if each["id"] not in known], trade.changes)

    report.heading(6, "Trial balance")
    report.trial_balance(books)
    tie_out = tie_outs(merchant, syncs)
    posted, written = totals(tie_out)
    report.heading(7, f"Tie-out of {len({day['day'] for day in tie_out})} days, to the penny")
    agree = report.tie_out(posted, "shops", "posted") and report.tie_out(written, "sent", "in the books")

    report.heading(8, "Once more, to see that nothing is written twice")
    syncs["latest again"] = timed(merchant, "latest", None)
    syncs["historic again"] = timed(merchant, "historic", fortnight)
    unchanged = merchant.books()["trialBalance"] == books["trialBalance"]
    report.fact("books", "as they were, to the penny" if unchanged else "HAVE CHANGED")
    report.fact("export", f"GET /sandbox/{merchant.company_id}/books?format=beancount")
    if not (agree and unchanged):
        sys.exit("daybook: the books do not agree with the trade")
    return Results(merchant.company_id, output_format, syncs, tie_out)


def set_up(client: Client, trade: Trade, output_format: str) -> Merchant:
    """Company, connections and configuration."""
    report.heading(1, "A company, its books and its shops")
    merchant = Merchant.create(client, NAME, [shop.id for shop in SHOPS])
    report.fact("company", f"{NAME}, {merchant.company_id}")
    report.fact(
        "connected", f"Sandbox books (GBP), and the shops {' and '.join(shop.name for shop in SHOPS)}"
    )
    datasets = [
        merchant.push(shop.id, data_type, trade.first[shop.id, data_type])
        for shop in SHOPS
        for data_type in CATALOGUE
    ]
    merchant.wait_for(datasets)
    chosen = choices(output_format)
    merchant.configure(chosen)
    rates = ", ".join(f"{'+'.join(components)} as {name}" for components, name in chosen.taxes.items())
    report.fact("configured", f"{len(ACCOUNTS)} accounts; tax: {rates}")
    invoices = "invoices, credit notes, payments, bills, transfers"
    written = "a journal a day" if output_format == JOURNAL else invoices
    report.fact("writes", f"{written}; {ZONE} days")
    return merchant


def push(merchant: Merchant, wave: Wave) -> None:
    """Push a wave's orders, payments and transactions, shop by shop, and wait until all are kept."""
    trade = {key: bodies for key, bodies in wave.items() if key[1] not in CATALOGUE}
    progress = report.Progress("pushing", 2 * sum(map(len, trade.values())))
    datasets: dict[str, list[str]] = defaultdict(list)
    for (shop_id, data_type), bodies in trade.items():
        for place in range(0, len(bodies), AT_ONCE):
            some = bodies[place : place + AT_ONCE]
            datasets[shop_id].append(merchant.push(shop_id, data_type, some))
            progress.advance(len(some))
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for shop_id, pushed in datasets.items():
        for dataset in pushed:
            (complete,) = merchant.wait_for([dataset])
            counted[shop_id].update({name: complete[name] for name in ("accepted", "ignored", "refused")})
            progress.advance(complete["received"])
    progress.clear()
    for shop in SHOPS:
        sent = ", ".join(report.count(len(trade[key]), key[1]) for key in trade if key[0] == shop.id)
        kept = counted[shop.id]
        known = f", {kept['ignored']} known already" if kept["ignored"] else ""
        refused = f", {kept['refused']} refused" if kept["refused"] else ""
        report.fact(shop.name, f"{sent}: {kept['accepted']:,} kept{known}{refused}")


def timed(merchant: Merchant, kind: str, body: Json) -> Json:
    """Run a sync and say how it ended."""
    began = time.monotonic()
    status = merchant.sync(kind, body)
    seconds = time.monotonic() - began
    failure = f": {status['errorMessage']}" if status["errorMessage"] else ""
    report.fact(
        kind, f"{status['syncStatusCode']} {report.words(status['syncStatus'])}, {seconds:.1f} s{failure}"
    )
    return status


def tie_outs(merchant: Merchant, syncs: dict[str, Json]) -> list[Json]:
    """The tie-outs of all syncs, a day after the other, the oldest sync's first."""
    return [day for status in syncs.values() for day in merchant.tie_out(status["syncId"])["days"]]


def totals(days: list[Json]) -> tuple[list[Json], list[Json]]:
    """Two tables: what the shops reported beside what is posted, what was sent beside what the books took.

    The first counts each day as the last sync that looked at it found it, the second adds all syncs up.
    """
    latest = {(day["day"], day["currency"]): day for day in days}
    posted = [row for day in latest.values() for row in day["rows"] if row["source"] is not None]
    written = [row for day in days for row in day["rows"] if row["platform"] is not None]
    return add_up(posted, "source", "documents"), add_up(written, "documents", "platform")


def add_up(rows: list[Json], *sides: str) -> list[Json]:
    """Rows as one for each measure: sums, agreeing where every row agrees."""
    sums: dict[str, Json] = {}
    for row in rows:
        total = sums.setdefault(row["measure"], {"measure": row["measure"], "agrees": True})
        for place, side in zip(("left", "right"), sides, strict=True):
            total[place] = total.get(place, Decimal(0)) + row[side]
        total["agrees"] = total["agrees"] and row["agrees"]
    return list(sums.values())


def main() -> None:
    """Show the demo against the local stack."""
    parser = argparse.ArgumentParser(
        prog="python -m local.demo", description="A fortnight of a cafe's trade."
    )
    parser.add_argument(
        "--format", choices=sorted(FORMATS), default="invoice", help="what to write (invoice)"
    )
    parser.add_argument("--json", type=Path, help="also write ids and results to this file")
    parser.add_argument(
        "--stack", type=Path, default=DESCRIPTION, help="the stack.json of another local stack"
    )
    arguments = parser.parse_args()
    if not arguments.stack.exists():
        sys.exit("daybook: nothing is deployed yet: make run")
    try:
        results = show(Client.of_stack(arguments.stack), FORMATS[arguments.format])
    except ConnectionRefusedError:
        sys.exit("daybook: the local stack is not running: make run")
    except ApiError as refused:
        sys.exit(f"daybook: {refused}")
    if arguments.json:
        results.write(arguments.json)


if __name__ == "__main__":
    main()
