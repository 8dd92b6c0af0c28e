"""The first integration that README.md shows is the one that `local/merchant.py` makes."""

from __future__ import annotations

import ast
import pathlib
import re
import sys
from dataclasses import dataclass, field
from typing import Any, ClassVar

from local.merchant import Choices, Merchant

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE = README.partition("| step | call |")[2].partition("\n\n")[0]
OPTION = {"id": "of the ledger", "name": "Tax 0%"}


@dataclass
class Calls:
    """Notes what is called, and answers as a company whose every step succeeds."""

    made: list[tuple[str, str, Any]] = field(default_factory=list)
    answers: ClassVar[dict[str, Any]] = {
        "/companies": {"id": "1"},
        "/connections": {"id": "2", "status": "PendingAuth"},
        "/authorization": {"status": "Linked"},
        "/latest": {"syncId": "3"},
        "/status": {"syncStatusCode": 2000},
        "/tie-out": {},
        "/sync/commerce": {
            "configuration": {
                "sales": {
                    "newTaxRates": {"accountingTaxRateOptions": [], "defaultZeroTaxRateOptions": [OPTION]},
                    "salesCustomer": {"customerOptions": [OPTION]},
                },
                "newPayments": {},
                "fees": {"feesSupplier": {"supplierOptions": [OPTION]}},
            }
        },
    }

    def get(self, path: str) -> Any:
        return self.post(path, None, "GET")

    def put(self, path: str, body: Any) -> Any:
        return self.post(path, body, "PUT")

    def push(self, path: str, body: Any) -> Any:
        self.made.append(("POST", path, body))
        return {"datasetId": "4"}

    def post(self, path: str, body: Any = None, method: str = "POST") -> Any:
        self.made.append((method, path, body))
        return next(answer for end, answer in self.answers.items() if path.endswith(end))


def shown() -> list[tuple[str, str]]:
    """Method and path of each call of the table; `-payments` after `.../commerce-orders` is another path."""
    calls: list[tuple[str, str]] = []
    methods: list[str] = []
    for quoted in re.findall(r"`([^`]+)`", TABLE):
        words = quoted.split()
        if words[0] in ("GET", "POST", "PUT"):
            methods.append(words.pop(0))
        path = words[0] if words else ""
        if path.startswith("-"):
            path = calls[-1][1].rpartition("-")[0] + path
        if path.startswith("..."):
            path = calls[-1][1].rpartition("/")[0] + path[3:]
        if path.startswith("/"):
            calls += [(method, path) for method in methods or [calls[-1][0]]]
            methods = []
    return calls


def made() -> list[tuple[str, str, Any]]:
    """What a partner's program does with the module for its first merchant."""
    calls: Any = Calls()
    merchant = Merchant.create(calls, "Copper Kettle", ["High Street"])
    for data_type in ("products", "taxComponents", "paymentMethods", "orders", "payments", "transactions"):
        merchant.push("High Street", data_type, [])
    merchant.configure(Choices({}))
    merchant.sync("latest")
    merchant.tie_out("3")
    return list(calls.made)


def test_each_call_of_the_first_integration_is_made() -> None:
    done = [(method, re.sub(r"/connections/\w+/data", "/data", path)) for method, path, _ in made()]
    wanted = [(method, re.sub(r"{\w+}", r"[^/]+", path)) for method, path in shown()]
    assert len(wanted) >= 14
    for method, path in wanted:
        assert any(method == called and re.fullmatch(path, at) for called, at in done), f"{method} {path}"
    for method, at in done:
        assert any(method == called and re.fullmatch(path, at) for called, path in wanted), f"{method} {at}"


def test_the_platform_keys_are_those_that_are_given() -> None:
    given = [body["platformKey"] for method, path, body in made() if path.endswith("/connections")]
    assert sorted(given) == sorted(
        re.findall(r'"(\w{4})"', TABLE.split("`POST /companies/{id}/connections`")[1])
    )


def test_it_takes_nothing_but_the_standard_library_in_as_many_lines_as_said() -> None:
    lines = 0
    for name in ("local/merchant.py", "local/api_client.py"):
        text = (ROOT / name).read_text(encoding="utf-8")
        lines += len(text.splitlines())
        froms = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
        named = [
            alias.name
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Import)
            for alias in node.names
        ]
        packages = {str(node.module).partition(".")[0] for node in froms} | {
            each.partition(".")[0] for each in named
        }
        assert packages <= {*sys.stdlib_module_names, "local"}
        assert {str(node.module) for node in froms if str(node.module).startswith("local")} <= {
            "local.api_client"
        }
    said = re.search(r"makes these calls in (\d+) lines", README)
    assert said
    assert abs(lines - int(said[1])) <= 20
