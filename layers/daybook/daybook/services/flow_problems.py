"""What is wrong with a set-up, for a merchant: on which page it is mended, and in plain words.

The configuration's rules say what is wrong, in the API's terms; here it only gets words in the reader's
language and a place beside a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from daybook.domain.errors import Problem
from daybook.frozen import frozen
from daybook.services.said import Said, named, said

_ROOT = "$.configuration"
# The end of a problem's path, or the whole of it, and how it is said when something is not chosen.
_MISSING = MappingProxyType(
    {
        "selectedAccountId": "flow.problem.account",
        "selectedCustomerId": "flow.problem.customer",
        "selectedSupplierId": "flow.problem.supplier",
        "selectedInvoiceStatus": "flow.problem.status",
        "selectedGroupingPeriod": "flow.problem.period",
        "selectedFrequency": "flow.problem.frequency",
        "startDate": "flow.problem.start",
    }
)
_DEPENDENCIES = MappingProxyType(
    {
        ".fees.syncFees": "flow.problem.fees-alone",
        ".payments.syncPayments": "flow.problem.payments-alone",
        ".sales.invoiceStatus.selectedInvoiceStatus": "flow.problem.draft-payments",
    }
)
_BY_RULE = MappingProxyType(
    {
        "option": "flow.problem.option",
        "mapping": "flow.problem.tax",
        "date": "flow.problem.start",
        "timeZone": "flow.problem.zone",
    }
)


@frozen
class Fault:
    """Something wrong on a page: the id of the field it stands beside ("" for none), and what it is."""

    field: str
    message: Said


def pages_of(problem: Problem) -> tuple[str, ...]:
    """The pages on which a problem can be mended; none for what no page can mend."""
    path = problem.item.removeprefix(_ROOT)
    if problem.validator == "dependency":
        # Fees come before payments: what they lack is said when payments are chosen.
        return ("sales", "payments") if "invoiceStatus" in path else ("payments",)
    if path.startswith("$.schedule"):
        return ("schedule",)
    section = path.split(".")[1] if "." in path and not path.startswith("$") else ""
    pages = {"sales": "sales", "fees": "fees", "payments": "payments"}
    if path.startswith((".mapSettings", ".suspenseAccountId")):
        section = "sales"
    return (pages[section],) if section in pages else ()


def faults_of(
    problems: Iterable[Problem], fields: Iterable[tuple[str, str, Said]], switch: str
) -> list[Fault]:
    """Problems beside their fields; `fields` are the id, path and label of each, in the page's order.

    `switch` is the id of the page's own switch, beside which stands what sections need of each other.
    """
    placed = tuple(fields)
    order = {field: place for place, (field, _, _) in enumerate(placed)}
    found = [_fault(problem, placed, switch) for problem in problems]
    return sorted(found, key=lambda fault: order.get(fault.field, -1))


def _fault(problem: Problem, fields: Iterable[tuple[str, str, Said]], switch: str) -> Fault:
    path = problem.item.removeprefix(_ROOT)
    field, label = "", named("")
    for each, at, called in fields:
        if at and (path == at or path.startswith(f"{at}.") or at.startswith(f"{path}.")):
            field, label = each, called
            break
    if problem.validator == "dependency" and not field:
        field = switch
    return Fault(field, _message(problem, path, label))


def _message(problem: Problem, path: str, label: Said) -> Said:
    last = path.rpartition(".")[2]
    if problem.validator == "dependency" and path in _DEPENDENCIES:
        return said(_DEPENDENCIES[path])
    if problem.validator == "distinct" and path.startswith(".payments"):
        return said("flow.problem.payout")
    if problem.validator == "required" and last in _MISSING:
        return said(_MISSING[last], label=label)
    if problem.validator == "connection":
        return said("flow.problem.connection")
    if last == "syncHour":
        return said("flow.problem.hour")
    if problem.validator in _BY_RULE:
        return said(_BY_RULE[problem.validator], label=label)
    return named(problem.message)


def by_field(faults: Iterable[Fault]) -> Mapping[str, Said]:
    """The first fault of each field."""
    found: dict[str, Said] = {}
    for fault in faults:
        if fault.field:
            found.setdefault(fault.field, fault.message)
    return found
