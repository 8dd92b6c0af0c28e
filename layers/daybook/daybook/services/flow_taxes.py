"""The fields of the taxes that a merchant's sales bear."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from daybook.domain.ledger import TaxRate
from daybook.domain.selection import percentage_key
from daybook.domain.tax_suggestions import suggest_component_rate, suggest_no_tax, suggest_rate
from daybook.domain.validation import tax_rate_options, zero_rate_options
from daybook.services.flow_fields import (
    Field,
    Group,
    Option,
    Rows,
    Typed,
    account_groups,
    field_id,
    is_journal,
    settled,
    with_value,
)
from daybook.services.said import named, said
from daybook.wire.configuration_answer import USUAL_PERCENTAGES

if TYPE_CHECKING:
    from daybook.services.flow_setup import Setup


def tax_rows(setup: Setup, typed: Typed) -> Rows:
    """Fields for the taxes that sales bear: by component where there are any, else by percentage."""
    by_component = tuple(_component_field(setup, each, typed) for each in _combinations(setup))
    chosen = setup.chosen["sales"].get("taxRates", {})
    keys = dict.fromkeys((*USUAL_PERCENTAGES, *setup.offer.percentages, *map(percentage_key, chosen)))
    in_order = sorted(keys, key=_percent)
    by_percentage = tuple(_percentage_field(setup, key, typed, quiet=bool(by_component)) for key in in_order)
    if not by_component:
        return Rows(by_percentage)
    used = [each for each in by_percentage if each.is_required]
    return Rows((*by_component, *used), tuple(each for each in by_percentage if not each.is_required))


def zero_field(setup: Setup, typed: Typed) -> Field:
    """The field for sales without any tax."""
    reference = setup.offer.reference
    selected = setup.chosen["sales"].get("newTaxRates", {}).get("selectedDefaultZeroTaxRateId") or ""
    proposed = ""
    if reference is not None and not setup.is_touched("sales"):
        proposed = suggest_no_tax(reference)
    value, is_suggested = settled(typed("no-tax"), selected, proposed)
    rates = zero_rate_options(reference) if reference else ()
    known = {rate.id: rate.name for rate in reference.tax_rates} if reference else {}
    untaxed = any(
        not use.taxed and not use.components and not use.percentage for use in setup.situation.in_use
    )
    has_zero = bool(setup.chosen["sales"].get("taxRates", {}).get("0"))
    return Field(
        id="no-tax",
        path=".sales.newTaxRates.selectedDefaultZeroTaxRateId",
        label=said("flow.tax.none"),
        value=value,
        groups=with_value(_plain_group(rates), value, known),
        hint=said("flow.tax.none.hint"),
        is_required=untaxed and not has_zero and not _suspends(setup),
        is_suggested=is_suggested,
    )


def read_mappings(rows: Rows, form: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """Rows of the mapping of components, in the fields' order; what was not sent stays as it was."""
    found = []
    for each in (*rows.usual, *rows.more):
        if not each.key.startswith("components:"):
            continue
        answered = form(each.id)
        rate = each.value if answered is None else answered
        if rate:
            combination = json.loads(each.key.removeprefix("components:"))
            found.append({"selectedCommerceTaxRateIds": combination, "selectedAccountingTaxRateId": rate})
    return found


def _combinations(setup: Setup) -> list[tuple[str, ...]]:
    """Sets of tax components to be mapped: each by itself, those that lines bear together, those mapped."""
    alone = [(component,) for component in setup.offer.components]
    together = [tuple(sorted(use.components)) for use in setup.situation.in_use if use.components]
    rows = setup.chosen["sales"].get("newTaxRates", {}).get("taxRateMappings", [])
    mapped = [tuple(sorted(row["selectedCommerceTaxRateIds"])) for row in rows]
    return list(dict.fromkeys((*alone, *together, *mapped)))


def _component_field(setup: Setup, combination: tuple[str, ...], typed: Typed) -> Field:
    offer = setup.offer
    identity = field_id("taxes", json.dumps(combination))
    rows = setup.chosen["sales"].get("newTaxRates", {}).get("taxRateMappings", [])
    mapped = [tuple(sorted(row["selectedCommerceTaxRateIds"])) for row in rows]
    place = mapped.index(combination) if combination in mapped else -1
    chosen = rows[place]["selectedAccountingTaxRateId"] if place >= 0 else ""
    proposed = ""
    if offer.reference is not None and not setup.is_touched("sales"):
        named_taxes = [(offer.components.get(each, each), offer.fractions.get(each)) for each in combination]
        proposed = suggest_component_rate(offer.reference, named_taxes)
    value, is_suggested = settled(typed(identity), chosen, proposed)
    in_use = any(tuple(sorted(use.components)) == combination for use in setup.situation.in_use)
    path = f".sales.newTaxRates.taxRateMappings[{place}]" if value and place >= 0 else ""
    return Field(
        id=identity,
        path=path or (".sales.newTaxRates.taxRateMappings" if in_use and not value else ""),
        label=named(" + ".join(offer.components.get(each, each) for each in combination)),
        value=value,
        groups=_rate_groups(setup, value, is_journal(setup, typed)),
        key=f"components:{json.dumps(combination)}",
        is_required=in_use and not _suspends(setup),
        is_suggested=is_suggested,
    )


def _percentage_field(setup: Setup, key: str, typed: Typed, *, quiet: bool) -> Field:
    identity = field_id("tax", key.replace(".", "-"))
    chosen = setup.chosen["sales"].get("taxRates", {}).get(key, {}).get("selectedTaxRateId") or ""
    proposed = ""
    in_use = key in setup.offer.percentages and _percent(key) > 0
    if setup.offer.reference is not None and not setup.is_touched("sales") and not (quiet and not in_use):
        proposed = suggest_rate(setup.offer.reference, _percent(key))
    value, is_suggested = settled(typed(identity), chosen, proposed)
    published = {"0": "0", "5": "10", "10": "15", "20": "20"}
    label = (
        said(f"configure-content-sales-accounts-taxRates-entries-{published[key]}")
        if key in published
        else said("flow.tax.percentage", percentage=key)
    )
    return Field(
        id=identity,
        path=f".sales.taxRates.{key}",
        label=label,
        value=value,
        groups=_rate_groups(setup, value, is_journal(setup, typed)),
        key=f"percentage:{key}",
        is_required=in_use and not _suspends(setup),
        is_suggested=is_suggested,
    )


def _rate_groups(setup: Setup, value: str, journal: bool) -> tuple[Group, ...]:  # noqa: FBT001 - read, not chosen
    reference = setup.offer.reference
    if reference is None:
        return ()
    options = tax_rate_options(reference, journal=journal)
    rates = [each for each in options if isinstance(each, TaxRate)]
    accounts = [each for each in options if not isinstance(each, TaxRate)]
    found = [Group(said("flow.kind.TaxRate") if accounts else None, _options(rates))] if rates else []
    known = {rate.id: rate.name for rate in reference.tax_rates}
    known |= {account.id: account.name for account in reference.accounts}
    return with_value((*found, *account_groups(accounts, "sales")), value, known)


def _options(rates: Iterable[TaxRate]) -> tuple[Option, ...]:
    return tuple(Option(rate.id, named(rate.name)) for rate in rates)


def _plain_group(rates: Iterable[TaxRate]) -> tuple[Group, ...]:
    options = _options(rates)
    return (Group(None, options),) if options else ()


def _suspends(setup: Setup) -> bool:
    return bool(setup.chosen.get("suspenseAccountId"))


def _percent(key: str) -> Decimal:
    return Decimal(key)
