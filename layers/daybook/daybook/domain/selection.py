"""From what a partner posts to the body that is kept: selections only, in one shape.

What a post leaves out (or gives as null) stays as it was. An entry that is given but selects nothing clears
its selection, so that an answer read, edited and posted back means what it shows; so does empty text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from daybook.domain.account_keys import is_payment_key
from daybook.domain.configuration import (
    BY_COUNTRY,
    BY_LOCATION,
    BY_PRODUCT_CATEGORY,
    CUSTOM_PREFIX,
    GROUPING_PERIODS,
    INVOICE_STATUSES,
    JOURNAL_ENTRY,
    PAID_PREFIX,
    PAYMENT_KEYS,
    SALE_CREATED,
    apart_from_others,
    in_camel_case,
    section_of,
)
from daybook.domain.schedule import DAILY, DEFAULT_TIME_ZONE, known_zone
from daybook.domain.times import parse_time

Body = dict[str, Any]
_SECTIONS = ("mapSettings", "sales", "payments", "newPayments", "fees", "suspenseAccountId")


def empty_body() -> Body:
    """Answer the body of a company that has chosen nothing yet."""
    return {
        "enable": False,
        "schedule": {"syncHour": 0, "timeZone": DEFAULT_TIME_ZONE},
        "configuration": {
            "mapSettings": {"outputFormat": None},
            "sales": {"syncSales": False, "accounts": {}},
            "payments": {"syncPayments": False, "accounts": {}},
            "fees": {"syncFees": False, "accounts": {}},
        },
    }


def merge(stored: Mapping[str, Any] | None, posted: Mapping[str, Any], today: date) -> Body:
    """Answer the body after a post; `posted` is as given, less its nulls.

    A company first configured through the flat shape, which knows neither schedule nor switch, runs daily
    from `today`.
    """
    base: Mapping[str, Any] = stored if stored is not None else empty_body()
    chosen = base["configuration"]
    given = _sections(posted)
    accounts = _placed(given)
    merged: Body = {
        "mapSettings": _map_settings(chosen["mapSettings"], given.get("mapSettings")),
        "sales": _sales(chosen["sales"], given.get("sales", {}), accounts["sales"]),
        "payments": _payments(chosen["payments"], given, accounts),
        "fees": _fees(chosen["fees"], given.get("fees", {}), accounts["fees"]),
    }
    suspense = given.get("suspenseAccountId", chosen.get("suspenseAccountId"))
    if suspense:
        merged["suspenseAccountId"] = suspense
    chooses = merged != chosen
    schedule = _schedule(base["schedule"], posted.get("schedule", {}))
    if chooses and "configuration" not in posted and not {"selectedFrequency", "startDate"} & set(schedule):
        schedule = {**schedule, "selectedFrequency": DAILY, "startDate": today.isoformat()}
    return {"enable": _enable(stored, posted, chooses=chooses), "schedule": schedule, "configuration": merged}


def _sections(posted: Mapping[str, Any]) -> dict[str, Any]:
    """Take the sections given, in either shape; where both give one the nested one counts."""
    nested = posted.get("configuration", {})
    return {
        name: nested.get(name, posted.get(name)) for name in _SECTIONS if name in nested or name in posted
    }


def _enable(stored: Mapping[str, Any] | None, posted: Mapping[str, Any], *, chooses: bool) -> bool:
    """Read the switch. Both spellings may be echoed and one of them edited: the edited one is meant.

    Whoever first chooses something without touching the switch means it to run.
    """
    before = stored["enable"] if stored is not None else None
    switches = [posted[name] for name in ("enable", "enabled") if name in posted]
    if not switches:
        return bool(before) if before is not None else chooses
    return bool(_meant(before, switches[-1], switches[0]))


def _meant(before: object, other: object, preferred: object) -> object:
    """Of two spellings of one choice, take the one that was edited; the preferred one when both were."""
    return other if preferred == before else preferred


def _placed(given: Mapping[str, Any]) -> dict[str, Body]:
    """Sort the account entries into their own sections, whatever section they were given in.

    Older partners have loans and cashback among the payments. An entry in its own section counts before a
    misplaced one; outside the payments an unknown key is an unknown property, and ignored.
    """
    placed: dict[str, Body] = {name: {} for name in ("sales", "payments", "newPayments", "fees")}
    own: dict[str, Body] = {name: {} for name in placed}
    for section in placed:
        for name, entry in given.get(section, {}).get("accounts", {}).items():
            is_payments = section in ("payments", "newPayments")
            key = _payment_key(name) if is_payments else name
            owner = section_of(key)
            if owner == section or (owner == "payments" and is_payments):
                own[section][key] = entry
            elif (owner != "payments" or key in PAYMENT_KEYS) and entry.get("selectedAccountId"):
                placed[owner][key] = entry
    for section, entries in own.items():
        placed[section].update({key: entry for key, entry in entries.items() if _is_known(key)})
    return placed


def _is_known(key: str) -> bool:
    return section_of(key) != "payments" or is_payment_key(key)


def _payment_key(name: str) -> str:
    """Spell a payment key as a payment of that type would; keys that are there stay as they are."""
    if name.startswith(CUSTOM_PREFIX) or (section_of(name) != "payments" and name != "prepaid"):
        return name
    if name.startswith(PAID_PREFIX) and is_payment_key(name):
        return name
    key = in_camel_case(name)
    return key if key in PAYMENT_KEYS else apart_from_others(key)


def _accounts(stored: Body, given: Mapping[str, Mapping[str, Any]]) -> Body:
    selected = dict(stored)
    for key, entry in given.items():
        account = entry.get("selectedAccountId")
        if account:
            selected[key] = {"selectedAccountId": account}
        else:
            selected.pop(key, None)
    return selected


def _map_settings(stored: Body, given: Mapping[str, Any] | None) -> Body:
    if given is None:
        return stored
    return {"outputFormat": JOURNAL_ENTRY if given.get("outputFormat") == JOURNAL_ENTRY else None}


def _sales(stored: Body, given: Mapping[str, Any], accounts: Body) -> Body:
    merged = {**stored, **{name: given[name] for name in ("syncSales", "salesDate") if name in given}}
    if merged.get("salesDate") == SALE_CREATED:
        del merged["salesDate"]
    merged["accounts"] = _accounts(stored["accounts"], accounts)
    if "salesCustomer" in given:
        merged["salesCustomer"] = _choice(given["salesCustomer"], "selectedCustomerId")
    if "invoiceStatus" in given:
        merged["invoiceStatus"] = _choice(given["invoiceStatus"], "selectedInvoiceStatus", INVOICE_STATUSES)
    if "taxRates" in given:
        merged["taxRates"] = _tax_rates(stored.get("taxRates", {}), given["taxRates"])
    if "newTaxRates" in given:
        merged["newTaxRates"] = _new_tax_rates(stored.get("newTaxRates", {}), given["newTaxRates"])
    if "grouping" in given:
        merged["grouping"] = _grouping(stored.get("grouping", {}), given["grouping"])
    return _without_empty(merged)


def _payments(stored: Body, given: Mapping[str, Any], accounts: Mapping[str, Body]) -> Body:
    """Payments come under two names; where they disagree, the one that was edited is meant."""
    before = stored["accounts"]
    old, new = (_accounts(before, accounts[name]) for name in ("payments", "newPayments"))
    merged = {key: _meant(before.get(key), old.get(key), new.get(key)) for key in {**old, **new}}
    switches = [
        given[name]["syncPayments"]
        for name in ("payments", "newPayments")
        if "syncPayments" in given.get(name, {})
    ]
    was_on = stored["syncPayments"]
    return {
        "syncPayments": _meant(was_on, switches[0], switches[-1]) if switches else was_on,
        "accounts": {key: entry for key, entry in merged.items() if entry is not None},
    }


def _fees(stored: Body, given: Mapping[str, Any], accounts: Body) -> Body:
    merged = {**stored, "syncFees": given.get("syncFees", stored["syncFees"])}
    merged["accounts"] = _accounts(stored["accounts"], accounts)
    if "feesSupplier" in given:
        merged["feesSupplier"] = _choice(given["feesSupplier"], "selectedSupplierId")
    return _without_empty(merged)


def _tax_rates(stored: Body, given: Mapping[str, Mapping[str, Any]]) -> Body:
    rates = dict(stored)
    for name, entry in given.items():
        rate = entry.get("selectedTaxRateId")
        key = percentage_key(name)
        if rate:
            rates[key] = {"selectedTaxRateId": rate}
        else:
            rates.pop(key, None)
    return rates


def percentage_key(name: str) -> str:
    """Spell a tax percentage one way: `20`, not `20.0`; what is no number stays as it is."""
    try:
        percentage = Decimal(name)
    except InvalidOperation:
        return name
    return f"{percentage.normalize():f}" if percentage.is_finite() else name


def _new_tax_rates(stored: Body, given: Mapping[str, Any]) -> Body:
    merged = {**stored, **{name: given[name] for name in ("selectedDefaultZeroTaxRateId",) if name in given}}
    if "taxRateMappings" in given:
        merged["taxRateMappings"] = [
            {
                "selectedCommerceTaxRateIds": sorted(set(row["selectedCommerceTaxRateIds"])),
                "selectedAccountingTaxRateId": row["selectedAccountingTaxRateId"],
            }
            for row in given["taxRateMappings"]
            if row.get("selectedCommerceTaxRateIds") and row.get("selectedAccountingTaxRateId")
        ]
    return _without_empty(merged)


def _grouping(stored: Body, given: Mapping[str, Any]) -> Body:
    merged = dict(stored)
    if "groupingPeriod" in given:
        merged["groupingPeriod"] = _choice(
            given["groupingPeriod"], "selectedGroupingPeriod", GROUPING_PERIODS
        )
    levels = dict(stored.get("groupingLevels", {}))
    for level, known in LEVEL_OPTIONS.items():
        if level in given.get("groupingLevels", {}):
            chosen = given["groupingLevels"][level].get("selectedGroupByOptions", [])
            levels.pop(level, None)
            if chosen:
                options = dict.fromkeys(_spelled(option, known) for option in chosen)
                levels[level] = {"selectedGroupByOptions": list(options)}
    return _without_empty({**merged, "groupingLevels": levels})


LEVEL_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "invoiceLevel": (BY_LOCATION, BY_COUNTRY),
    "invoiceLineLevel": (BY_PRODUCT_CATEGORY,),
}


def _choice(given: Mapping[str, Any], name: str, known: tuple[str, ...] = ()) -> Body:
    value = given.get(name)
    return {name: _spelled(value, known)} if value else {}


def _spelled(value: str, known: tuple[str, ...]) -> str:
    """Take the published spelling of an option written with other letter cases or spaces."""
    folded = value.replace(" ", "").lower()
    return next((option for option in known if option.lower() == folded), value)


def _schedule(stored: Body, given: Mapping[str, Any]) -> Body:
    names = ("selectedFrequency", "syncHour", "timeZone")
    merged = {**stored, **{name: given[name] for name in names if name in given}}
    merged["timeZone"] = merged["timeZone"] or DEFAULT_TIME_ZONE
    if "startDate" in given:
        merged["startDate"] = start_day(given["startDate"], merged["timeZone"])
    return _without_empty(merged)


def start_day(text: str, time_zone: str) -> str:
    """Read the first business day, as an ISO date; text that is no date is left as it is.

    Partners send a day as its midnight, whatever the offset written behind it; any other time is an instant
    and means the day it falls on in the company's zone.
    """
    try:
        moment = parse_time(text)
    except ValueError:
        return text
    zone = known_zone(time_zone)
    if moment.tzinfo is not None and moment.time() != time() and zone is not None:
        moment = moment.astimezone(zone)
    return moment.date().isoformat()


def today_in(now: datetime, time_zone: str) -> date:
    """Answer the date at this instant in a zone (UTC where the zone is unknown)."""
    return now.astimezone(known_zone(time_zone) or UTC).date()


def _without_empty(body: Body) -> Body:
    return {
        name: value for name, value in body.items() if value not in ({}, [], "", None) or name == "accounts"
    }
