"""Clients as whoever runs Daybook makes and changes them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from daybook.domain.errors import NotFound
from daybook.store import branding, clients, keys, layout
from local import admin
from tests.simulation.memory import MemoryTable


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    """A deployed stack's table."""
    table = MemoryTable()
    target = type("Target", (), {"table": lambda _: table})()
    monkeypatch.setattr(admin, "target_of", lambda _stack, _endpoint: target)
    monkeypatch.setattr(admin, "grant_usage", lambda _target, _client: None)
    return table


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["admin", *arguments])
    admin.main()


def only_client(table: MemoryTable) -> clients.Client:
    (item,) = [item for item in table.everything() if item["SK"] == "CLIENT"]
    return clients.get(table, item["PK"].removeprefix("CLIENT#"))


def test_the_hosts_of_a_client_are_given_and_replaced(
    monkeypatch: pytest.MonkeyPatch, table: MemoryTable, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "create-client", "Till Makers", "--redirect-host", "Till.example")
    made = only_client(table)
    assert (made.name, made.redirect_hosts) == ("Till Makers", ("till.example",))
    hosts = ["--redirect-host", "a.example:8443", "--redirect-host", "localhost"]
    run(monkeypatch, "update-client", made.id, *hosts)
    assert only_client(table) == clients.Client(made.id, "Till Makers", ("a.example:8443", "localhost"))
    run(monkeypatch, "update-client", made.id)
    assert only_client(table).redirect_hosts == ()
    assert "no host" in capsys.readouterr().out


def test_a_client_there_is_not_cannot_be_changed(monkeypatch: pytest.MonkeyPatch, table: MemoryTable) -> None:
    with pytest.raises(NotFound):
        run(monkeypatch, "update-client", "x", "--redirect-host", "till.example")
    assert table.everything() == []


@pytest.mark.parametrize("host", ["https://till.example", "till.example/", "*", "a b", "", ".", "a@b", "a:b"])
def test_a_host_is_a_host(monkeypatch: pytest.MonkeyPatch, table: MemoryTable, host: str) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, "create-client", "Till Makers", "--redirect-host", host)
    assert table.everything() == []


def test_a_clients_pages_are_given_their_looks(
    monkeypatch: pytest.MonkeyPatch, table: MemoryTable, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run(monkeypatch, "create-client", "Till Makers")
    made = only_client(table)
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    run(monkeypatch, "set-branding", made.id, "--name", "Tills", "--colour", "#0A7C66", "--logo", str(logo))
    assert "Tills, #0a7c66, a logo" in capsys.readouterr().out
    chosen = branding.find(table, made.id)
    assert (chosen.name, chosen.colour) == ("Tills", "#0a7c66")
    assert chosen.logo is not None
    run(monkeypatch, "set-branding", made.id, "--logo", "default", "--name", "default")
    assert "Till Makers, #0a7c66, no images" in capsys.readouterr().out


def test_looks_that_cannot_be_are_refused(
    monkeypatch: pytest.MonkeyPatch, table: MemoryTable, tmp_path: Path
) -> None:
    run(monkeypatch, "create-client", "Till Makers")
    made = only_client(table)
    for arguments, reason in (
        (("--colour", "red"), "primaryColour"),
        (("--logo", str(tmp_path / "none.png")), "cannot be read"),
        (("--icon", __file__), "icon is neither"),
    ):
        with pytest.raises(SystemExit, match=reason):
            run(monkeypatch, "set-branding", made.id, *arguments)
    with pytest.raises(NotFound):
        run(monkeypatch, "set-branding", "x", "--name", "A")


def test_a_client_without_a_key_is_made_another(
    monkeypatch: pytest.MonkeyPatch, table: MemoryTable, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "create-client", "Till Makers")
    made = only_client(table)
    first = capsys.readouterr().out.split()[-1]
    pk, sk = layout.api_key(admin.digest_of(first))
    table.delete(pk, sk)
    run(monkeypatch, "create-key", made.id)
    second = capsys.readouterr().out.split()[-1]
    assert keys.find_key(table, admin.digest_of(first)) is None
    found = keys.find_key(table, admin.digest_of(second))
    assert found is not None
    assert (found.client_id, second != first) == (made.id, True)
    with pytest.raises(NotFound):
        run(monkeypatch, "create-key", "x")
