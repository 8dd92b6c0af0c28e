"""`python -m local.audit`: looks for weaknesses with tools made for it, and explains or refuses each finding.

bandit reads our own Python, checkov the template, pip-audit asks for known weaknesses of the packages that
we pin. `audit.toml` lists what we accept, each beside its reason: a finding that it does not list fails the
audit, and so does an entry that nothing matches any more. The tools have a virtual environment of their own,
for checkov pins packages that others need newer. Standard library only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local import setup
from local.settings import ROOT
from local.steps import alone, say, step, stop_with

AUDIT = ROOT / ".venv-audit"
ACCEPTED = ROOT / "audit.toml"
CODE = ("functions", "layers/daybook", "local", "benchmarks")
PINNED = (
    "layers/dependencies/requirements.txt",
    "requirements/run.txt",
    "requirements/test.txt",
    "requirements/ministack.txt",
    "requirements/audit.txt",
)
SECONDS = 300


@dataclass(frozen=True)
class Finding:
    """What a tool found: which tool and check, in which file, resource or package, and in its words."""

    tool: str
    check: str
    where: str
    what: str


@dataclass(frozen=True)
class Accepted:
    """Findings of one check that we live with; `where` are patterns as of a shell."""

    tool: str
    check: str
    where: tuple[str, ...]
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding is one of these."""
        same = (self.tool, self.check) == (finding.tool, finding.check)
        return same and any(fnmatchcase(finding.where, pattern) for pattern in self.where)


class NotRunError(Exception):
    """A tool could not do its work here; says why."""


def run(tool: str, *arguments: object) -> Any:
    """Run a tool and read the JSON it prints. Raises NotRunError when it prints none."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [str(AUDIT / "bin" / tool), *(str(argument) for argument in arguments)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=inherited, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise NotRunError(f"{tool} did not end within {SECONDS} s") from None
    except ValueError:
        raise NotRunError(f"{tool} answered no JSON: {done.stderr.strip()[-300:]}") from None


def bandit() -> list[Finding]:
    """Look through our own code."""
    report = run("bandit", "--quiet", "--format", "json", "--recursive", *CODE)
    if report["errors"]:
        raise NotRunError(f"bandit could not read {report['errors']}")
    return [
        Finding("bandit", each["test_id"], each["filename"], f"{each['line_number']}: {each['issue_text']}")
        for each in report["results"]
    ]


def checkov() -> list[Finding]:
    """Look through the template, without asking anybody on the network."""
    options = ("--framework", "cloudformation", "--skip-download", "--compact", "--output", "json")
    report = run("checkov", "--file", "template.yaml", *options)
    if report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
        raise NotRunError("checkov could not read the template")
    return [
        Finding("checkov", each["check_id"], each["resource"].rpartition(".")[2], each["check_name"])
        for each in report["results"]["failed_checks"]
    ]


def advisories() -> list[Finding]:
    """Ask for known weaknesses of every pinned package. Raises NotRunError when nobody answers."""
    found = []
    unknown: set[str] = set()
    asked = 0
    options = ("--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json")
    for path in PINNED:
        for package in run("pip-audit", *options, "--requirement", path)["dependencies"]:
            if "skip_reason" in package:
                unknown.add(package["name"])
                continue
            asked += 1
            named = f"{package['name']}=={package['version']}"
            found += [Finding("pip-audit", each["id"], named, path) for each in package["vulns"]]
        if not asked:
            raise NotRunError("the database of advisories does not answer from here")
    if unknown:
        say(f"  pip-audit  the database does not know {', '.join(sorted(unknown))}")
    return found


LOOKS = {"bandit": bandit, "checkov": checkov, "pip-audit": advisories}
# Without its database it can say nothing; the others need nothing from outside, so they always must run.
MAY_BE_MISSED = {"pip-audit"}


def read_accepted(path: Path) -> list[Accepted]:
    """Read what is accepted. Stops at an entry without a reason."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["accepted"]
    for entry in entries:
        if not entry.get("reason", "").strip():
            stop_with(f"audit.toml accepts {entry['check']} without a reason")
    return [
        Accepted(entry["tool"], entry["check"], tuple(entry["where"]), entry["reason"]) for entry in entries
    ]


def complaints(tool: str, findings: list[Finding], accepted: list[Accepted]) -> Iterator[str]:
    """Give a line for each finding that is not explained and each explanation that explains nothing."""
    ours = [entry for entry in accepted if entry.tool == tool]
    for finding in findings:
        if not any(entry.covers(finding) for entry in ours):
            yield f"{tool} {finding.check} in {finding.where}: {finding.what}"
    for entry in ours:
        if not any(entry.covers(finding) for finding in findings):
            yield f"audit.toml accepts {entry.check} of {tool}, which is found no more: take it out"


def audit(tools: list[str]) -> list[str]:
    """Run the tools; give what is wrong, a line each."""
    accepted = read_accepted(ACCEPTED)
    wrong: list[str] = []
    for tool in tools:
        try:
            findings = LOOKS[tool]()
        except NotRunError as missed:
            say(f"  {tool:<10} NOT RUN: {missed}")
            wrong += [] if tool in MAY_BE_MISSED else [f"{tool} was not run: {missed}"]
            continue
        new = list(complaints(tool, findings, accepted))
        say(f"  {tool:<10} {len(findings)} findings, {len(findings) - len(new)} explained in audit.toml")
        wrong += new
    return wrong


def main() -> None:
    """Install the tools, run those named or all, and fail when something is not explained."""
    tools = sys.argv[1:] or list(LOOKS)
    setup.check_prerequisites()
    with step("packages for `make audit`"), alone(ROOT / ".local" / "setup.lock"):
        setup.install(AUDIT, ["audit.txt"])
    wrong = audit(tools)
    for line in wrong:
        say(f"  {line}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
