"""Configurations exported from the service Daybook replaces, and what they select in another ledger.

An export is the answer of `GET /config/companies/{id}/sync/commerce`: the current shape, with `schedule` and
`configuration`, or the flat one of v1, with `sales`, `payments` and `fees` at the top. Pure, standard library
only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any
SECTIONS = ("mapSettings", "sales", "payments", "newPayments", "fees", "suspenseAccountId")
ACCOUNTS, TAX_RATES, CUSTOMERS, SUPPLIERS = "accounts", "taxRates", "customers", "suppliers"
# Which of the ledger's things a selection names.
SELECTIONS = {
    "selectedAccountId": ACCOUNTS,
    "suspenseAccountId": ACCOUNTS,
    "selectedTaxRateId": TAX_RATES,
    "selectedAccountingTaxRateId": TAX_RATES,
    "selectedDefaultZeroTaxRateId": TAX_RATES,
    "selectedCustomerId": CUSTOMERS,
    "selectedSupplierId": SUPPLIERS,
}
# What only explains or offers.
SHOWN = ("labelText", "descriptionText", "required", "countryCode")


class Unreadable(Exception):
    """The file is no export of a configuration. Says why."""


@dataclass(frozen=True, slots=True)
class Thing:
    """An account, tax rate, customer or supplier of a ledger; `code` is its nominal code or ""."""

    id: str
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """One company's configuration. `things` are those its options name, by id; `enabled` its switch.

    `merchant` is what flow URLs are asked for with: `merchantIdentifier` where the export was given one, else
    the old company id.
    """

    company_id: str
    merchant: str
    name: str
    enabled: bool
    schedule: Mapping[str, Json]
    sections: Mapping[str, Json]
    things: Mapping[str, Thing]


@dataclass(slots=True)
class Translation:
    """The selections in the new ledger, and a line for each that could not be carried over."""

    sections: dict[str, Json] = field(default_factory=dict)
    carried: int = 0
    missing: list[str] = field(default_factory=list)


def read_exports(value: Json, stem: str) -> list[Export]:
    """Read one configuration, a list of them, or a page with `results`.

    An export without `companyId`, as v1 answers it, is called by `stem`, the name of its file. Raises
    Unreadable.
    """
    if isinstance(value, dict) and isinstance(value.get("results"), list):
        value = value["results"]
    if isinstance(value, list):
        return [
            _export(each, stem if len(value) == 1 else f"{stem}-{number}")
            for number, each in enumerate(value, 1)
        ]
    return [_export(value, stem)]


def _export(value: Json, stem: str) -> Export:
    if not isinstance(value, dict):
        raise Unreadable("a configuration is a JSON object")
    nested = value.get("configuration")
    source = nested if isinstance(nested, dict) else value
    sections = {name: source[name] for name in SECTIONS if source.get(name) is not None}
    if not any(isinstance(sections.get(name), dict) for name in ("sales", "payments", "newPayments", "fees")):
        raise Unreadable("there are neither sales nor payments nor fees in it")
    company_id = str(value.get("companyId") or stem)
    return Export(
        company_id=company_id,
        merchant=str(value.get("merchantIdentifier") or company_id),
        name=str(value.get("accountingSoftwareCompanyName") or value.get("name") or "").strip(),
        enabled=bool(value.get("enable", value.get("enabled", True))),
        schedule=value.get("schedule") or {},
        sections=sections,
        things={each.id: each for each in _things(sections)},
    )


def _things(value: Json) -> Iterator[Thing]:
    """Everything that options name, wherever they stand."""
    if isinstance(value, dict):
        if value.get("id") is not None and value.get("name") is not None:
            yield Thing(str(value["id"]), str(value["name"]), str(value.get("nominalCode") or ""))
        for each in value.values():
            yield from _things(each)
    elif isinstance(value, list):
        for each in value:
            yield from _things(each)


def translate(
    export: Export, ledger: Mapping[str, Iterable[Thing]], chosen: Mapping[str, str]
) -> Translation:
    """What the export selects, with the ids of another ledger.

    `ledger` are its things by kind; `chosen` says by hand which thing (its id, code or name) takes the place
    of an exported id.
    """
    found = Translation()
    things = {kind: list(each) for kind, each in ledger.items()}

    def replacement(kind: str, old: str, at: str) -> str | None:
        thing, why = _same_thing(export.things.get(old, Thing(old, "")), things[kind], chosen.get(old))
        if thing is None:
            found.missing.append(f"{at}: {why}")
            return None
        found.carried += 1
        return thing.id

    def copied(value: Json, at: str) -> Json:
        if isinstance(value, list):
            return [copied(each, f"{at}[{number}]") for number, each in enumerate(value)]
        if not isinstance(value, dict):
            return value
        copy: dict[str, Json] = {}
        for name, each in value.items():
            offers = name.endswith("Options") and not name.startswith("selected")
            if each in (None, "") or name in SHOWN or offers:
                continue
            path = f"{at}.{name}" if at else name
            taken = replacement(SELECTIONS[name], str(each), path) if name in SELECTIONS else None
            if name not in SELECTIONS:
                taken = copied(each, path)
            if taken is not None:
                copy[name] = taken
        return copy

    found.sections = _one_section_of_payments(copied(dict(export.sections), ""))
    return found


def _one_section_of_payments(sections: dict[str, Json]) -> dict[str, Json]:
    """Both sections of payments as one: what both choose counts as the newer one has it."""
    older, newer = sections.pop("payments", None), sections.pop("newPayments", None)
    if older is None and newer is None:
        return sections
    both = {**(older or {}), **(newer or {})}
    accounts = {
        key: entry
        for section in (older, newer)
        for key, entry in ((section or {}).get("accounts") or {}).items()
        if entry
    }
    return {**sections, "newPayments": {**both, "accounts": accounts}}


def _same_thing(old: Thing, offered: list[Thing], chosen: str | None) -> tuple[Thing | None, str]:
    """The thing that takes an old one's place, or why there is none."""
    if chosen is not None:
        named = [each for each in offered if chosen in (each.id, each.code, each.name)]
        if len(named) == 1:
            return named[0], ""
        return None, f"the map says {chosen!r} for {_told(old)}, which the ledger has {len(named)} times"
    same = [each for each in offered if each.id == old.id]
    if same:
        return same[0], ""
    if not old.name:
        return None, f"id {old.id} is not among the options of the export, so that nobody knows its name"
    by_code = [each for each in offered if old.code and each.code == old.code]
    by_name = [each for each in offered if _plain(each.name) == _plain(old.name)]
    both = [each for each in by_code if each in by_name]
    for candidates in (both, by_code if not by_name else [], by_name if not by_code else []):
        if len(candidates) == 1:
            return candidates[0], ""
    if by_code or by_name:
        several = ", ".join(sorted({_told(each) for each in (*by_code, *by_name)}))
        return None, f"{_told(old)} may be any of {several}"
    return None, f"{_told(old)} is not in the ledger"


def _told(thing: Thing) -> str:
    code = f" ({thing.code})" if thing.code else ""
    return f"{thing.name!r}{code}, id {thing.id}"


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def holds(current: Json, wanted: Json) -> bool:
    """Whether a configuration as it is answered has everything that is wanted."""
    if isinstance(wanted, dict):
        return all(
            holds(current.get(name) if isinstance(current, dict) else None, each)
            for name, each in wanted.items()
        )
    if isinstance(wanted, list) and isinstance(current, list) and len(wanted) == len(current):
        return all(holds(*pair) for pair in zip(current, wanted, strict=True))
    return bool(current == wanted)


def selects_something(value: Json) -> bool:
    """Whether anything of the ledger is selected in a configuration as it is answered."""
    if isinstance(value, dict):
        return any((name in SELECTIONS and each) or selects_something(each) for name, each in value.items())
    return isinstance(value, list) and any(selects_something(each) for each in value)
