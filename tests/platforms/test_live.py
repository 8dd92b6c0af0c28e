"""The live smoke test, run against each simulator as a person would run it."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from local import live
from tests.platforms.benches import benches
from tests.platforms.world import Bench
from tests.simulators.authorisation import CLIENT_ID, CLIENT_SECRET


@pytest.fixture(params=benches(), ids=str)
def bench(request: pytest.FixtureRequest) -> Bench:
    found: Bench = request.param
    return found


def tenant_of(simulator: Any) -> str:
    """How the platform calls the company."""
    if hasattr(simulator, "realm"):
        return str(simulator.realm)
    (company,) = simulator.organisations
    return str(getattr(company, "id", None) or company.subdomain)


@pytest.fixture
def simulator(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    started: Any = bench.simulator("GBP", "Europe/London")
    started.start()
    name = bench.name.upper()
    given = {
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": CLIENT_SECRET,
        "REFRESH_TOKEN": started.consented()[1],
        "TENANT": tenant_of(started),
        "URLS": json.dumps(started.credentials()["urls"]),
    }
    for key, value in given.items():
        monkeypatch.setenv(f"{name}_{key}", value)
    monkeypatch.setenv("DAYBOOK_LIVE_FOLDER", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["live", bench.name])
    yield started
    started.stop()
    assert not started.violations


def test_it_writes_two_documents_and_finds_them(
    bench: Bench, simulator: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    live.main()
    said = capsys.readouterr().out
    assert said.count("written ") == said.count("found ") == 2
    assert len(simulator.ledger.entries) == 2
    kept = tmp_path / f"{bench.name}.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    newest = json.loads(kept.read_text())["refresh"]
    assert newest not in said
    live.main()  # with the token in the environment as it was: the one that replaced it is used
    assert len(simulator.ledger.entries) == 4


def test_nothing_is_written_to_books_that_somebody_keeps(
    simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_HERE", "elsewhere")
    with pytest.raises(SystemExit, match="does not look like a sandbox company"):
        live.main()
    assert not simulator.ledger.entries


def test_it_says_what_is_missing(bench: Bench, simulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(f"{bench.name.upper()}_TENANT")
    with pytest.raises(SystemExit, match=f"set {bench.name.upper()}_TENANT "):
        live.main()
    assert not simulator.ledger.entries
