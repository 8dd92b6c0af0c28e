"""The tables of docs/compatibility.md, made of what a run found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.conformance.calls import WORKS, Finding
from tests.conformance.published import ASYNC, CURRENT, NAMES, V1, Method

DOCUMENT = Path(__file__).parents[2] / "docs" / "compatibility.md"
BEGIN, END = "<!-- made by `make compatibility`: begin -->", "<!-- made by `make compatibility`: end -->"
# Requests that the clients always send without a body: none can be bad.
BODILESS = {
    "advanced_controls.set_configuration": "the client has no parameter for the body",
    "configuration.set_configuration": "the client has no parameter for the body",
    "refresh_data.all": "has no body",
    "refresh_data.by_data_type": "has no body",
    "accounting_company_info.refresh": "has no body",
    "connections.delete_connection": "has no body",
    "companies.delete_company": "has no body",
}
__all__ = ["BODILESS", "DOCUMENT", "WORKS", "rendered", "takes_no_body"]


def takes_no_body(method: Method) -> bool:
    """Whether this client sends this request without a body, always."""
    return method.twin_of in BODILESS


def rendered(findings: Sequence[Finding], methods: Iterable[Method], document: str) -> str:
    """The document with its tables made anew."""
    known = list(methods)
    parts = [_summary(findings, known)]
    for client in (CURRENT, V1):
        parts += [f"### {NAMES[client]}", _table(findings, [each for each in known if each.client == client])]
    between = "\n\n".join(parts)
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    return pattern.sub(lambda _: f"{BEGIN}\n\n{between}\n\n{END}", document)


def _summary(findings: Sequence[Finding], methods: Sequence[Method]) -> str:
    lines = ["| client | methods | work | calls that must be refused, and are |", "|---|---|---|---|"]
    for client in (CURRENT, V1):
        mine = [each for each in methods if each.client == client]
        working = [each for each in mine if _works(findings, each)]
        refusals = {
            (each.method, each.case)
            for each in findings
            if each.client == client and each.case != WORKS and each.good
        }
        lines.append(
            f"| {NAMES[client]} | {len(mine)} | {len(working)} ({100 * len(working) // len(mine)} %) "
            f"| {len(refusals)} |"
        )
    return "\n".join(lines)


def _works(findings: Iterable[Finding], method: Method) -> bool:
    mine = [each for each in findings if (each.client, each.method) == (method.client, method.name)]
    return any(each.case == WORKS for each in mine) and all(each.good for each in mine)


def _table(findings: Sequence[Finding], methods: Sequence[Method]) -> str:
    lines = ["| operation | method | result | refused as it must be |", "|---|---|---|---|"]
    for method in methods:
        if method.name.endswith(ASYNC):
            continue
        twins = [each for each in methods if each.twin_of == method.name]
        name = f"`{method.name}`" + (", `_async`" if len(twins) > 1 else "")
        works = "works" if all(_works(findings, each) for each in twins) else _faults(findings, twins)
        lines.append(f"| {method.verb} {method.path} | {name} | {works} | {_refusals(findings, method)} |")
    return "\n".join(lines)


def _faults(findings: Iterable[Finding], twins: Sequence[Method]) -> str:
    names = {each.name for each in twins}
    wrong = [each for each in findings if each.client == twins[0].client and each.method in names]
    told = [f"{each.case}: {each.got}" for each in wrong if not each.good] or ["not called"]
    return "; ".join(dict.fromkeys(told)).replace("|", "/").replace("\n", " ")[:300]


def _refusals(findings: Iterable[Finding], method: Method) -> str:
    mine = [each for each in findings if (each.client, each.method) == (method.client, method.name)]
    refused = [f"{each.case}: {each.expected}" for each in mine if each.case != WORKS and each.good]
    return "; ".join(dict.fromkeys(refused))
