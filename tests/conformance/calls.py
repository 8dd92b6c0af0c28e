"""One method called as a partner calls it: first by everybody who must not, then for good.

Every outcome becomes a Finding; the table in docs/compatibility.md is made of them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from tests.conformance.comparing import lost
from tests.conformance.published import Caller, Method, error_of

WORKS = "works"
WRONG_KEY, FOREIGN = "wrong key", "another client's company"
UNKNOWN = "11111111-2222-4333-8444-555555555555"
Json = Any


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one call: `case` is what was tried, `expected` and `got` are told as in the table."""

    client: str
    method: str
    verb: str
    path: str
    case: str
    expected: str
    got: str

    @property
    def good(self) -> bool:
        """Whether it came out as it must."""
        return self.got == self.expected

    def to_json(self) -> dict[str, str]:
        """For the file of results."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Callers:
    """The same client with the partner's key, with another client's, with one that nobody has."""

    own: Caller
    other: Caller
    wrong: Caller


@dataclass
class Call:
    """One step's method. Called with the fields of its request."""

    method: Method
    callers: Callers
    findings: list[Finding] = field(default_factory=list)
    probed: bool = False

    def __call__(self, **fields: Any) -> Any:
        """Call it with success; answers the client's model. Raises AssertionError for anything else."""
        if not self.probed:
            self.probed = True
            self._probe(fields)
        model = self._succeed(fields)
        assert all(finding.good for finding in self.findings), self.told()
        return model

    def refused(self, status: int, case: str, **fields: Any) -> None:
        """Call it so that it must be refused with this status."""
        self._refuse(self.callers.own, status, case, fields)

    def told(self) -> str:
        """What went wrong, a line each."""
        wrong = [finding for finding in self.findings if not finding.good]
        return "\n".join(
            f"{each.method}, {each.case}: {each.got} instead of {each.expected}" for each in wrong
        )

    def _probe(self, fields: dict[str, Any]) -> None:
        """Every wrong caller and every unknown identifier, with the request that will succeed."""
        self._refuse(self.callers.wrong, 401, WRONG_KEY, fields)
        for name in self.method.placeholders:
            # Of an enumeration a client sends no other value.
            if isinstance(fields.get(name), str) and not isinstance(fields[name], Enum):
                case = f"unknown {name.replace('_', ' ').removesuffix(' id')}"
                self._refuse(self.callers.own, 404, case, {**fields, name: UNKNOWN})
        if "company_id" in self.method.placeholders:
            self._refuse(self.callers.other, 404, FOREIGN, fields)

    def _succeed(self, fields: dict[str, Any]) -> Any:
        caller = self.callers.own
        try:
            model = caller.call(self.method.name, fields)
        except Exception as error:
            self._found(WORKS, WORKS, f"{' '.join(map(str, error_of(error)))}: {error}"[:1000])
            raise
        exchange = caller.exchanges[-1]
        answered = json.loads(exchange.text) if exchange.text.strip() else None
        # The v1 client has no model for the few answers that say nothing.
        vanished = "; ".join(lost(model, answered or None))
        if exchange.status != self.method.success:
            vanished = f"status {exchange.status}"
        self._found(WORKS, WORKS, vanished[:1000] or WORKS)
        return model

    def _refuse(self, caller: Caller, status: int, case: str, fields: dict[str, Any]) -> None:
        """The error class the client has for this status must come out, with the status, and whole."""
        listed = status in self.method.listed
        expected = f"{'ErrorMessage' if listed else 'SDKError'} {status}"
        try:
            caller.call(self.method.name, fields)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            name, carried = error_of(error)
            got = f"{name} {carried}" if carried is not None else f"{name}: {error}"[:500]
            answered = json.loads(caller.exchanges[-1].text)
            parts = lost(getattr(error, "data", error), answered) if name == "ErrorMessage" else ()
            vanished = "; ".join(parts)
            self._found(case, expected, f"{got}, but {vanished}" if vanished else got)
        else:
            self._found(case, expected, f"status {caller.exchanges[-1].status}, no error")

    def _found(self, case: str, expected: str, got: str) -> None:
        method = self.method
        found = Finding(method.client, method.name, method.verb, method.path, case, expected, got)
        self.findings.append(found)
