"""Which account, tax rate, contact or time zone a merchant most likely means: proposals, never decisions.

Accounts are told by their names and types, as the charts that platforms hand out have them, in English and in
French. Only what may be chosen is proposed, and nothing where no name speaks for it: an empty choice is seen,
a wrong one is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from daybook.domain.account_keys import accounts_taken
from daybook.domain.account_names import NEVER, RULES, Rule, folded, words_of
from daybook.domain.configuration import CATEGORY_PREFIX, CUSTOM_PREFIX, section_of
from daybook.domain.ledger import Account, Contact, ReferenceData
from daybook.domain.schedule import DEFAULT_TIME_ZONE, known_zone
from daybook.domain.validation import active

Offered = TypeVar("Offered", Account, Contact)

# Whose account is proposed where no account speaks for the key itself.
_LIKE = MappingProxyType(
    {
        "refund": "sales",
        "sales-other": "sales",
        "onlineCard": "card",
        "paypalQr": "paypal",
        "prepaidPayment": "prepaid",
        "paymentFeeRefund": "paymentFee",
        "loanPayment": "loan",
    }
)
_CUSTOMERS = re.compile(
    r"daily sales|point of sale|\bpos\b|(counter|cash|walk in|till|shop|retail) (sales?|customers?)|walk ins?"
    r"|ventes? (du jour|au comptant|comptoir|au detail|de caisse)|clients? (divers|comptoir|de passage"
    r"|comptant)"
)
_SUPPLIERS = re.compile(
    r"payment (provider|processor|services?)|card (provider|processor)|merchant services?"
    r"|stripe|square|sumup|zettle|worldpay|clover|moneris|adyen"
    r"|(prestataire|fournisseur|processeur) de paiements?|services? de paiement|banque acquereuse"
)
# The zone of a country, and of one with several the zone most of its people live in.
_ZONES = MappingProxyType(
    {
        "AU": "Australia/Sydney",
        "BE": "Europe/Brussels",
        "CA": "America/Toronto",
        "CH": "Europe/Zurich",
        "DE": "Europe/Berlin",
        "ES": "Europe/Madrid",
        "FR": "Europe/Paris",
        "GB": "Europe/London",
        "IE": "Europe/Dublin",
        "IT": "Europe/Rome",
        "LU": "Europe/Luxembourg",
        "NL": "Europe/Amsterdam",
        "NO": "Europe/Oslo",
        "NZ": "Pacific/Auckland",
        "SE": "Europe/Stockholm",
        "SG": "Asia/Singapore",
        "US": "America/New_York",
        "ZA": "Africa/Johannesburg",
    }
)


def suggest_accounts(
    reference: ReferenceData, keys: Iterable[str], *, journal: bool, names: Mapping[str, str]
) -> dict[str, str]:
    """The id of the account proposed for each of these keys; keys that nothing speaks for are left out.

    `names` gives the names of product categories and payment methods by id. Payouts are never proposed the
    account that card payments wait in.
    """
    found: dict[str, str] = {}
    for key in keys:
        account = _suggest(reference, key, names, journal=journal)
        if account is not None:
            found[key] = account.id
    if "payout" in found and found["payout"] == found.get("card"):
        del found["card"]
    return found


def suggest_customer(reference: ReferenceData) -> str:
    """The id of the customer that a day's sales are most likely booked to, or "" for none."""
    return _named(active(reference.customers), _CUSTOMERS)


def suggest_supplier(reference: ReferenceData) -> str:
    """The id of the supplier that charges for taking payments, or "" for none."""
    return _named(active(reference.suppliers), _SUPPLIERS)


def suggest_zone(reference: ReferenceData | None) -> str:
    """The time zone the merchant's ledger keeps, else its country's, else UTC."""
    if reference is None:
        return DEFAULT_TIME_ZONE
    said = reference.company.time_zone
    if said != DEFAULT_TIME_ZONE and known_zone(said) is not None:
        return said
    return _ZONES.get(reference.company.country, DEFAULT_TIME_ZONE)


def _suggest(
    reference: ReferenceData, key: str, names: Mapping[str, str], *, journal: bool
) -> Account | None:
    taken = accounts_taken(reference, key, journal=journal)
    if key == "invoice":
        receivable = reference.company.receivable_account
        return next((account for account in taken if account.id == receivable), None)
    fit = [account for account in taken if _is_open(reference, account)]
    found = _by_rules(fit, _rules_of(key, names))
    if found is None and key == "payout":
        found = _only_bank(fit)
    if found is None and key in _LIKE:
        like = _suggest(reference, _LIKE[key], names, journal=journal)
        found = like if like in taken else None
    return found


def _is_open(reference: ReferenceData, account: Account) -> bool:
    """Whether an account is the merchant's to post to, and not kept by the platform for itself."""
    kept = {rate.account for rate in reference.tax_rates} | {reference.details.get("rounding", "")}
    return account.id not in kept and not NEVER.search(folded(account.name))


def _rules_of(key: str, names: Mapping[str, str]) -> Sequence[Rule]:
    if key in RULES:
        return RULES[key]
    for prefix, types in ((CATEGORY_PREFIX, ("Income",)), (CUSTOM_PREFIX, ("Asset", "Liability"))):
        if key.startswith(prefix):
            return _rules_by_name(names.get(key.removeprefix(prefix), ""), types)
    return _rules_by_name(key, ("Asset", "Liability")) if section_of(key) == "payments" else ()


def _rules_by_name(name: str, types: tuple[str, ...]) -> Sequence[Rule]:
    """An account that has every word of a name in its own, such as `Sales: Food` for `Food`."""
    words = words_of(name)
    if not words:
        return ()
    every = "".join(rf"(?=.*\b{re.escape(word)}\b)" for word in words)
    return (Rule(re.compile(every), types),)


def _by_rules(accounts: Sequence[Account], rules: Iterable[Rule]) -> Account | None:
    """The account that the first rule that finds any finds; of several the one with the plainest name."""
    for rule in rules:
        found = [account for account in accounts if rule.finds(account)]
        if found:
            return min(found, key=lambda account: (len(account.name), account.code, account.name))
    return None


def _only_bank(accounts: Iterable[Account]) -> Account | None:
    """The bank account of a merchant who has but one."""
    banks = [account for account in accounts if _is_bank(account)]
    return banks[0] if len(banks) == 1 else None


def _is_bank(account: Account) -> bool:
    is_other = re.search(
        r"saving|epargne|clearing|transit|attente|compensation|petty|\btill\b|cash|caisse|credit|visa|mastercard"
        r"|amex|paypal|stripe|square|klarna|mobile|wise\b|deposit|fonds",
        folded(account.name),
    )
    return account.is_bank and account.type == "Asset" and is_other is None


def _named(items: Iterable[Contact], pattern: re.Pattern[str]) -> str:
    found = _least([item for item in items if pattern.search(folded(item.name))], lambda item: item.name)
    return found.id if found else ""


def _least(items: Sequence[Offered], name: Callable[[Offered], str]) -> Offered | None:
    return min(items, key=lambda item: (len(name(item)), name(item)), default=None)
