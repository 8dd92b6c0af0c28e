"""The demo as a newcomer runs it, in both formats, and what its books hold afterwards."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from local.api_client import Client
from local.cafe import ZONE
from local.demo import ACCOUNTS, TAXES
from local.generator import generate
from local.merchant import balances
from local.settings import ROOT
from tests.fold import Choice, fold

LONGEST_OUTPUT = 120
SECONDS = 300
HLEDGER = shutil.which("hledger")
LATEST = {(shop, data_type): bodies for (shop, data_type), bodies in generate().latest_records().items()}


@pytest.fixture(scope="module", params=["invoice", "journal"])
def results(
    request: pytest.FixtureRequest, description: Path, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """One run of the demo: what it printed and what it did."""
    written = tmp_path_factory.mktemp("demo") / "results.json"
    command = [sys.executable, "-m", "local.demo", "--stack", description, "--json", written]
    done = subprocess.run(
        [*command, "--format", request.param],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(written.read_text()) | {"output": done.stdout}


def test_every_balance_is_the_fold_of_the_latest_records(results: Any, client: Client) -> None:
    tax_accounts = {frozenset(components): f"{name} payable" for components, name in TAXES.items()}
    records = [(shop, data_type, body) for (shop, data_type), bodies in LATEST.items() for body in bodies]
    expected = fold(records, Choice(dict(ACCOUNTS), tax_accounts, zone=str(ZONE)))
    books = client.get(f"/sandbox/{results['companyId']}/books", format="json")
    assert balances(books) == expected.balances()


def test_every_day_is_the_fold_of_the_latest_records(results: Any, client: Client) -> None:
    tax_accounts = {frozenset(components): f"{name} payable" for components, name in TAXES.items()}
    records = [(shop, data_type, body) for (shop, data_type), bodies in LATEST.items() for body in bodies]
    ledger = fold(records, Choice(dict(ACCOUNTS), tax_accounts, zone=str(ZONE)))
    books = client.get(f"/sandbox/{results['companyId']}/books", format="json")
    moved: dict[str, dict[tuple[str, str], Any]] = {}
    for entry in books["entries"]:
        day = moved.setdefault(entry["date"], {})
        for line in entry["lines"]:
            place = (entry["currency"], line["accountName"])
            day[place] = day.get(place, 0) + line["amount"]
    net = {day: {place: amount for place, amount in sums.items() if amount} for day, sums in moved.items()}
    assert net == {str(day): ledger.day(day) for day in ledger.days if ledger.day(day)}


def test_running_again_writes_nothing(results: Any) -> None:
    codes = {name: sync["syncStatusCode"] for name, sync in results["syncs"].items()}
    assert codes == {"historic": 2000, "latest": 2000, "latest again": 2040, "historic again": 2040}
    assert not results["syncs"]["latest again"]["dataPushed"]
    assert not results["syncs"]["historic again"]["dataPushed"]


def test_every_day_ties_out(results: Any) -> None:
    rows = [row for day in results["tieOut"] for row in day["rows"]]
    assert len(results["tieOut"]) >= 14
    assert rows
    assert all(row["agrees"] for row in rows)
    for row in rows:
        stated = {Decimal(row[side]) for side in ("source", "documents", "platform") if row[side] is not None}
        assert len(stated) == 1, row


def test_the_output_is_short_and_plain(results: Any) -> None:
    lines = results["output"].splitlines()
    assert len(lines) < LONGEST_OUTPUT
    assert max(map(len, lines)) <= 100
    assert "\r" not in results["output"]
    assert "\x1b" not in results["output"]


def test_beancount_accepts_the_books(results: Any, client: Client, tmp_path: Path) -> None:
    exported = tmp_path / "books.beancount"
    exported.write_text(client.text(f"/sandbox/{results['companyId']}/books?format=beancount"))
    check = [sys.executable, "-m", "beancount.scripts.check", exported]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert exported.read_text().count("\n") > 100


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed")
def test_hledger_accepts_the_books(results: Any, client: Client, tmp_path: Path) -> None:
    exported = tmp_path / "books.journal"
    exported.write_text(client.text(f"/sandbox/{results['companyId']}/books?format=hledger"))
    done = subprocess.run(
        [HLEDGER, "-f", exported, "check", "--strict"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
