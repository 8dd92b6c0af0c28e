"""How the demo's results look on a terminal: plain text, a hundred columns at most."""

from __future__ import annotations

import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from local.api_client import Json
from local.generator import Change

WIDTH = 98
ZERO = Decimal(0)
_BAR = 24


def heading(number: int, title: str) -> None:
    """Begin a part of the demo."""
    print(f"\n {number}  {title}", flush=True)


def fact(name: str, text: str) -> None:
    """One thing worth knowing."""
    print(f"    {name:<12} {text}", flush=True)


def amount(value: Decimal | None, width: int = 11) -> str:
    """An amount in a column; nought is left blank."""
    return f"{value:>{width},.2f}" if value else " " * width


def long_day(day: date) -> str:
    """A day as people say it."""
    return f"{day:%A} {day.day} {day:%B}"


def short_day(text: str) -> str:
    """A day in a column."""
    day = date.fromisoformat(text)
    return f"{day:%a} {day.day:>2} {day:%b}"


class Progress:
    """A bar for a terminal; elsewhere it stays quiet."""

    def __init__(self, label: str, total: int) -> None:
        """Count up to `total`."""
        self._label, self._total, self._done = label, total, 0
        self._shown = sys.stdout.isatty()

    def advance(self, count: int) -> None:
        """Draw the bar again with this much more done."""
        self._done += count
        if self._shown:
            filled = _BAR * self._done // max(self._total, 1)
            bar = "#" * filled + "." * (_BAR - filled)
            print(f"\r    {self._label:<12} [{bar}] {self._done:,} of {self._total:,}", end="", flush=True)

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown:
            print("\r" + " " * WIDTH + "\r", end="", flush=True)


def words(kind: str) -> str:
    """A kind of document as one says it: `creditNote` is a credit note."""
    return re.sub(r"([A-Z])", r" \1", kind).strip().lower()


def count(number: int, things: str) -> str:
    """A number of things, one of them without its s."""
    return f"{number:,} {things.removesuffix('s') if number == 1 else things}"


def entries(books: Json, day: str) -> None:
    """The entries of one day: an account a line, debits left and credits right; payments on one line."""
    for entry in books["entries"]:
        if entry["date"] != day:
            continue
        sides = sorted(merged(entry["lines"]).items(), key=lambda pair: -pair[1])
        if len(sides) == len(("debit", "credit")):
            (debit, total), (credit, _) = sides
            print(f"    {words(entry['kind']):<12} {debit + ' <- ' + credit:<54} {amount(total, 12)}")
            continue
        print(f"    {words(entry['kind']):<12} {entry['description'][: WIDTH - 18]}")
        for name, balance in sides:
            print(f"      {name:<64} {_two_sides(balance)}")


def merged(lines: Iterable[Json]) -> dict[str, Decimal]:
    """Entry lines as account name to amount."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        sums[line["accountName"]] += line["amount"]
    return {name: total for name, total in sums.items() if total}


def _two_sides(balance: Decimal) -> str:
    debit, credit = (balance, None) if balance > 0 else (None, -balance)
    return f"{amount(debit, 12)} {amount(credit, 12)}".rstrip()


def adjustments(documents: Sequence[Json], changes: Sequence[Change]) -> None:
    """What was written for days posted before, under the records that made it necessary."""
    by_day: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        by_day[document["day"]].append(f"{words(document['kind'])} {document['total']:,.2f}")
    reasons: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for change in changes:
        reasons[change.day.isoformat()][change.reason].append(change.number)
    for day in sorted(set(by_day) | set(reasons)):
        label = short_day(day)
        for reason, numbers in reasons[day].items():
            which = numbers[0] if len(numbers) == 1 else f"{len(numbers)} orders from {numbers[0]}"
            print(f"    {label:<10}  {which}: {reason}")
            label = ""
        written = textwrap.wrap(", ".join(by_day[day]) or "nothing to write", WIDTH - 22)
        for place, text in enumerate(written):
            print(f"    {label:<10}  {'   ' if place else '-> '}{text}")
            label = ""


def trial_balance(books: Json) -> None:
    """Every account that moved, and that the two sides agree."""
    for ledger in books["trialBalance"]:
        for row in ledger["accounts"]:
            if row["balance"]:
                print(f"    {row['code']:<5} {row['name']:<46} {_two_sides(row['balance'])}")
        sums = f"{amount(ledger['debits'], 12)} {amount(ledger['credits'], 12)}"
        print(f"    {'':<5} {ledger['currency']:<46} {sums}")


def tie_out(rows: Iterable[Mapping[str, Json]], left: str, right: str) -> bool:
    """Each total beside what it must equal; answers whether all agree."""
    print(f"    {'':<50} {left:>12} {right:>12}")
    all_agree = True
    for row in rows:
        all_agree = all_agree and row["agrees"]
        mark = "agrees" if row["agrees"] else "DIFFERS"
        measure = re.sub(r"[a-z][A-Z]", lambda found: f"{found[0][0]} {found[0][1].lower()}", row["measure"])
        print(f"    {measure:<50} {row['left']:>12,.2f} {row['right']:>12,.2f}  {mark}")
    return all_agree
