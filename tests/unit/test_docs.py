"""What README.md and docs tell a reader to run and to open is there, and runs as it is written."""

from __future__ import annotations

import importlib.util
import pathlib
import re
import shlex
import sys

import pytest

from daybook.services import portal_search, show_sync
from local import admin, migrate, operate

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
# Those that tell of the API; what stands in docs/platforms and docs/adr is of other people's APIs too.
PARTNERS = sorted((ROOT / "docs").glob("*.md"))
# `make bench` and `make scale` name in these captions what they ran, and say how on top of the page.
CAPTION = "Measured with `python -m benchmarks."
OURS = ("local", "tests", "benchmarks")
PYTHON = ".venv/bin/python"
PLACES = (
    "",
    "layers/daybook/daybook",
    "layers/daybook/daybook/domain",
    "tests/simulation",
    "tests/integration",
)


def found(pattern: str, pages: list[pathlib.Path], *, without: str = "") -> list[tuple[str, str]]:
    """Each match with the page and line it is in."""
    return [
        (f"{page.relative_to(ROOT)}:{number}", match[1])
        for page in pages
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        for match in re.finditer(pattern, line)
        if not (without and line.startswith(without))
    ]


@pytest.mark.parametrize(
    ("where", "command"),
    found(r"((?:[^\s`]*bin/)?python[\d.]* -m [\w.]+)", PAGES, without=CAPTION),
)
def test_a_module_is_run_by_the_python_that_has_what_it_needs(where: str, command: str) -> None:
    """Another Python has neither our packages nor those of others."""
    assert command.split(maxsplit=1)[0] == PYTHON, where


@pytest.mark.parametrize(("where", "module"), found(r"python[\d.]* -m ([\w.]+)", PAGES))
def test_every_module_that_is_run_exists(where: str, module: str) -> None:
    path = ROOT.joinpath(*module.split("."))
    ours = path.with_suffix(".py").exists() or (path / "__main__.py").exists()
    assert ours if module.partition(".")[0] in OURS else importlib.util.find_spec(module), where


@pytest.mark.parametrize(
    ("where", "command"),
    found(rf"(?:^|[ `]){re.escape(PYTHON)} -m (local\.(?:admin|operate|migrate) [^`|]+)", PAGES),
)
def test_every_command_is_taken(where: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's own reading of its options takes what a page says, with its placeholders."""
    assert where
    module, *words = shlex.split(re.sub(r"<[^>]+>", "ID", command), comments=True)
    if module == "local.migrate":
        monkeypatch.setattr(sys, "argv", [module, *words])
        assert migrate.read_arguments().exports
    else:
        assert {"local.admin": admin, "local.operate": operate}[module].parser().parse_args(words)


@pytest.mark.parametrize(("where", "target"), found(r"(?:^ {4}|`)make ([\w-]+)(?=[ `]|$)", PAGES))
def test_every_make_target_exists(where: str, target: str) -> None:
    targets = re.findall(r"(?m)^([\w -]+):", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert target in " ".join(targets).split(), where


@pytest.mark.parametrize(
    ("where", "name"),
    found(
        r"`(?!application/)([\w-][\w./-]*(?:/[\w.-]*|\.(?:py|yaml|toml|md)))`",
        [README, *PARTNERS],
    ),
)
def test_every_path_exists(where: str, name: str) -> None:
    assert any((ROOT / place / name).exists() for place in PLACES), where


@pytest.mark.parametrize(
    ("where", "path"),
    found(r"(?:^ {4}|`)(?:GET|POST|PUT|PATCH|DELETE)(?:, \w+)* +(/[^`\s?\[]+)", [README, *PARTNERS]),
)
def test_every_path_of_the_api_is_routed(where: str, path: str) -> None:
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    routes = re.findall(r"^ +(/[^:]*):", template, re.MULTILINE)
    patterns = [re.sub(r"\{\w+\+\}", ".+", re.sub(r"\{\w+\}", "[^/]+", route)) for route in routes]
    assert any(re.fullmatch(pattern, path) for pattern in patterns), f"{where}: template.yaml has no {path}"


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_the_readme_leads_to_every_page(page: pathlib.Path) -> None:
    assert f"docs/{page.name}" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.in")), ids=lambda path: path.name)
def test_every_package_that_is_asked_for_is_explained(path: pathlib.Path) -> None:
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    asked = re.findall(r"(?m)^([A-Za-z][\w.-]*)", path.read_text(encoding="utf-8"))
    assert [name for name in asked if not re.search(rf"(?<![\w-]){name.lower()}(?![\w-])", explained)] == []


def test_every_line_of_the_log_that_the_runbook_names_is_written() -> None:
    named = set(re.findall(r"(?:[Ll]ines?|for) `([a-z]+(?: [a-z]+)+)`", runbook()))
    code = "".join(
        path.read_text("utf-8")
        for part in ("layers/daybook", "functions")
        for path in (ROOT / part).rglob("*.py")
    )
    assert len(named) > 5
    assert {line for line in named if f'"{line}"' not in code} == set()


def runbook() -> str:
    return (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")


def codes() -> dict[int, list[str]]:
    """The rows of the runbook's table of codes: the code, and what its other cells say."""
    rows = re.findall(r"^\| (\d{4}) \|(.*)\|$", runbook(), re.MULTILINE)
    return {int(code): [cell.strip() for cell in cells.split(" | ")] for code, cells in rows}


def test_the_runbook_explains_each_failure_and_no_other() -> None:
    statuses = {
        code: name for code, name in show_sync._STATUSES.items() if code >= min(portal_search.FAILURES)
    }
    assert set(codes()) == set(portal_search.FAILURES) == set(statuses)
    assert {code: cells[0].strip("`") for code, cells in codes().items()} == statuses


@pytest.mark.parametrize("code", portal_search.FAILURES)
def test_a_failure_has_a_meaning_somebody_to_mend_it_a_first_look_and_a_remedy(code: int) -> None:
    _, meaning, whose, look, remedy = codes()[code]
    assert all(len(cell) >= 20 for cell in (meaning, look, remedy))
    assert whose
    entries = set(re.findall(r"^### (\w+)$", runbook(), re.MULTILINE))
    assert set(re.findall(r"\w+Alarm", " ".join(codes()[code]))) <= entries
