"""Which of a ledger's tax rates a merchant's tax most likely is: told by percentage first, then by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from daybook.domain.account_names import folded, words_of
from daybook.domain.ledger import ReferenceData, TaxRate
from daybook.domain.validation import active, zero_rate_options

# Rates that no sale over a counter bears: of purchases, of trade across borders, of taxes the buyer owes.
_NOT_SALES = re.compile(
    r"purchase|expense|input|capital|reverse|\b(rc|ec|ecg|ecs|eu|mrc|cis|moss|oss|ioss|drc)\b|acquisition|import"
    r"|adjust|postponed|\bpva?\b|achat|depense|intrant|autoliquidation|intracommunautaire|immobilisation"
)
_OF_SALES = re.compile(r"sales|income|output|standard|\bs$|vente|collect")
_ZERO = re.compile(r"zero|detaxe|taux nul|taux zero|\bz$")
_EXEMPT = re.compile(r"exempt|exonere|franchise")
_NO_TAX = re.compile(
    r"^(no (vat|tax|gst|hst)|out of scope|outside (of )?(the )?scope|not? taxable|non|none"
    r"|hors (du )?champ|sans (tva|taxe)|non (taxable|assujetti)|aucune taxe)"
)
_NOT_A_TAX = re.compile(rf"{_EXEMPT.pattern}|{_NO_TAX.pattern}")
# The same tax in Canada's two languages.
_ENGLISH = {"tps": "gst", "tvq": "qst", "tvh": "hst", "tvp": "pst", "tva": "vat"}
_ENOUGH_SHARED = 1


def suggest_rate(reference: ReferenceData, percentage: Decimal) -> str:
    """The id of the rate that sales with a tax of so many per cent bear, or "" for none."""
    rates = [rate for rate in _for_sales(reference) if rate.rate == percentage]
    if percentage:
        return _plainest(rates, _OF_SALES)
    zero = [rate for rate in rates if _NOT_A_TAX.search(folded(rate.name)) is None]
    return _plainest(zero, _ZERO)


def suggest_no_tax(reference: ReferenceData) -> str:
    """The id of the rate of sales without any tax, or "" for none."""
    rates = [
        rate
        for rate in zero_rate_options(reference)
        if rate.rate == 0 and _NOT_SALES.search(folded(rate.name)) is None
    ]
    for pattern in (_NO_TAX, _EXEMPT, _ZERO):
        found = [rate for rate in rates if pattern.search(folded(rate.name))]
        if found:
            return _plainest(found, pattern)
    return _plainest(rates, _ZERO)


def suggest_component_rate(reference: ReferenceData, components: Iterable[tuple[str, Decimal | None]]) -> str:
    """The id of the rate for a line with exactly these taxes, or "" for none.

    Each is a name and a rate, a fraction of the net; one whose rate is not known is told by its name alone.
    """
    taxes = tuple(components)
    names = " ".join(name for name, _ in taxes)
    fractions = [rate for _, rate in taxes if rate is not None]
    if len(fractions) < len(taxes):
        named = [rate for rate in _for_sales(reference) if folded(rate.name) == folded(names)]
        return _plainest(named, _OF_SALES)
    percentage = sum(fractions, Decimal(0)) * 100
    rates = [rate for rate in _for_sales(reference) if rate.rate == percentage]
    if not percentage:
        return _of_nought(rates, folded(names))
    shared = {rate.id: len(_taxes(rate.name) & _taxes(names)) for rate in rates}
    most = max(shared.values(), default=0)
    if most >= _ENOUGH_SHARED:
        rates = [rate for rate in rates if shared[rate.id] == most]
    return _plainest(rates, _OF_SALES)


def _of_nought(rates: list[TaxRate], names: str) -> str:
    """Zero-rated, exempt and no tax at all are all nought per cent, and different: the name decides."""
    for pattern in (_EXEMPT, _ZERO, _NO_TAX):
        if pattern.search(names):
            return _plainest([rate for rate in rates if pattern.search(folded(rate.name))], pattern)
    plain = [rate for rate in rates if _NOT_A_TAX.search(folded(rate.name)) is None]
    return _plainest(plain, _ZERO)


def _for_sales(reference: ReferenceData) -> list[TaxRate]:
    return [rate for rate in active(reference.tax_rates) if _NOT_SALES.search(folded(rate.name)) is None]


def _taxes(name: str) -> frozenset[str]:
    return frozenset(_ENGLISH.get(word, word) for word in words_of(name) if not word.isdigit())


def _plainest(rates: list[TaxRate], preferred: re.Pattern[str]) -> str:
    best = min(
        rates,
        key=lambda rate: (preferred.search(folded(rate.name)) is None, len(rate.name), rate.name),
        default=None,
    )
    return best.id if best else ""
